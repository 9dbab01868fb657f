"""Closes the run's record, and shows progress: a table when a person watches, plain log lines when not."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from scrapy import Spider, signals
from scrapy.exceptions import NotConfigured

from mpsc_crawler.archive.warc import ArchiveError
from mpsc_crawler.extensions.context import context_of
from mpsc_crawler.operations.afterwards import afterwards
from mpsc_crawler.storage.registry import end_run, end_source
from mpsc_crawler.storage.session import DatabaseError

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

logger = logging.getLogger("mpsc")
_AT_WORK = ("reading lists", "reading articles")
_ENDED = ("done", "partly", "failed", "busy", "not-due", "resting", "stopped")


class RunReport:
    """One per crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.live: Live | None = None
        self._logged: set[str] = set()
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if crawler.spidercls.name != "news":
            raise NotConfigured
        return cls(crawler)

    def opened(self, spider: Spider) -> None:
        """Start the display."""
        self.context = context_of(self.crawler)
        self.began = self.context.now()
        if sys.stderr.isatty() and self.crawler.settings.getbool("MPSC_PROGRESS", True):
            self.live = Live(self._table(), console=Console(stderr=True), refresh_per_second=4, transient=True)
            self.live.start()
        self.context.watchers.append(self.changed)

    def changed(self) -> None:
        """Refresh the display, or log sources that have ended."""
        if self.live is not None:
            self.live.update(self._table())
            return
        for slug, tally in self.context.tallies.items():
            if tally.status in _ENDED and slug not in self._logged:
                self._logged.add(slug)
                logger.info("%s: %s", slug, tally.status)

    async def _close_unfinished(self) -> None:
        """Sources that the end of the run has cut short: partly done, or not begun."""
        context = self.context
        for slug, tally in context.tallies.items():
            if tally.status in ("waiting", *_AT_WORK):
                tally.status = "partly" if tally.counts["lists_read"] else "stopped"
                tally.worst = tally.worst or "stopped: the run ended before it was done; the next one goes on"
                record = (context.engine, context.run_id, slug, tally.status, context.now(), None, None)
                with suppress(DatabaseError):
                    await context.ask_database(end_source, *record)

    def _table(self) -> Table:
        tallies = self.context.tallies
        total: Counter[str] = Counter()
        for tally in tallies.values():
            total.update(tally.counts)
        ended = sum(1 for t in tallies.values() if t.status in _ENDED)
        table = Table(
            title=f"{ended} of {len(tallies)} sources, {total['new']} new, {total['failed']} failed",
            title_justify="left",
        )
        for name in ("source", "at", "new", "known", "failed"):
            table.add_column(name)
        for slug, tally in list(tallies.items()):
            if tally.status in _AT_WORK and table.row_count < 12:
                counts = tally.counts
                table.add_row(slug, tally.status, str(counts["new"]), str(counts["unchanged"]), str(counts["failed"]))
        return table

    async def closed(self, spider: Spider, reason: str) -> None:
        """Close the run's record with its counts."""
        if self.live is not None:
            self.live.stop()
        context = self.context
        if not context.run_id or context.fatal is not None:
            return
        total: Counter[str] = Counter()
        failures: Counter[str] = Counter()
        for tally in context.tallies.values():
            total.update(tally.counts)
            failures.update(tally.failures)
        await self._close_unfinished()
        statuses = {tally.status for tally in context.tallies.values()} - {"not-due", "resting"}
        ended = (
            "busy" if statuses == {"busy"} else "done" if statuses & {"done", "partly"} or not statuses else "failed"
        )
        status = ended if reason == "finished" else "stopped"
        counts: dict[str, Any] = {**total, "failures": dict(failures), "reason": reason}
        record = (context.engine, context.run_id, status, context.now())
        try:
            await context.ask_database(end_run, *record, counts)
            if context.replay is None and not context.stopping:
                started = (context.engine, context.settings, context.run_id, self.began, context.now(), status, counts)
                counts |= await context.ask_database(afterwards, *started)
            await context.ask_database(end_run, *record, counts)
        except (DatabaseError, ArchiveError) as error:
            context.fatal = error
            logger.error("%s", error)
