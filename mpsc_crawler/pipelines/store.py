"""Stores what the spider yields: bounded queue, batches, one writer off the event loop.

The archive is written before the database, so that whatever the database acknowledges can be shown again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, cast, get_args

from itemadapter import ItemAdapter

from mpsc_crawler import SOFTWARE
from mpsc_crawler.archive.warc import ArchiveError
from mpsc_crawler.extensions.context import context_of
from mpsc_crawler.items import ListLook, PageFailure, Role
from mpsc_crawler.operations.due import article_next_due, failed_next_due
from mpsc_crawler.storage.batch import Extra, Item
from mpsc_crawler.storage.hints import hints_of
from mpsc_crawler.storage.search.index import index_if_needed
from mpsc_crawler.storage.session import BadDataError, DatabaseError
from mpsc_crawler.storage.stories import place_new
from mpsc_crawler.storage.writer import Writer

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

logger = logging.getLogger("mpsc")
_ITEMS = get_args(Item)
_LONGEST_WAIT = 3.0  # seconds after which a batch is written though it is not full


class StorePipeline:
    """Collects items and writes them in batches; a failing database ends the run in good order."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.context = context_of(crawler)
        self.size = self.context.settings.batch
        self.queue: asyncio.Queue[Item | None] = asyncio.Queue(maxsize=4 * self.size)
        self.task: asyncio.Task[None] | None = None
        self.writer: Writer | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:  # noqa: ANN401 - Scrapy items are anything
        """Queue an item; waits while the writer is behind."""
        if not isinstance(item, _ITEMS):
            raise TypeError(f"cannot store {ItemAdapter(item).item.__class__.__name__}")
        if self.context.fatal is None:
            if self.task is None:
                self.task = asyncio.create_task(self._run())
            await self.queue.put(cast(Item, item))
        return item

    async def close_spider(self) -> None:
        """Write what is left and close the archive."""
        if self.task is not None:
            await self.queue.put(None)
            await self.task
        if self.context.fatal is None and self.context.run_id:
            await asyncio.to_thread(self._look_at_all)
        if self.context.archive is not None:
            await asyncio.to_thread(self.context.archive.close)

    def _look_at_all(self) -> None:
        """Compare what is new with what is there, and index all if it never was; a run that is to end leaves that to the next one."""
        try:
            place_new(self.context.engine, lambda: self.context.stopping)
            index_if_needed(self.context.engine, lambda: self.context.stopping)
        except DatabaseError as error:
            logger.error("%s", error)
            self.context.fatal = error  # the run is closing already

    async def _run(self) -> None:
        ending = False
        while not ending:
            batch: list[Item] = []
            item = await self.queue.get()
            ending = item is None
            if item is not None:
                batch.append(item)
            last = time.monotonic() + _LONGEST_WAIT
            while len(batch) < self.size and not ending and time.monotonic() < last:
                try:
                    item = await asyncio.wait_for(self.queue.get(), timeout=0.5)
                except TimeoutError:
                    break
                ending = item is None
                if item is not None:
                    batch.append(item)
            if batch and self.context.fatal is None:
                await self._flush(batch)

    async def _flush(self, batch: list[Item]) -> None:
        try:
            counts = await asyncio.to_thread(self._write, batch)
        except (BadDataError, ValueError, TypeError, OverflowError) as error:
            # a value that cannot be stored must not cost the others, nor stop every run at the same page
            await self._flush_singly(batch, error)
            return
        except (DatabaseError, ArchiveError) as error:
            self._give_up(error)
            return
        except Exception as error:
            # a writer that dies without a word would leave the crawl waiting for ever
            logger.exception("the writer failed; nothing of this batch is stored")
            self._give_up(DatabaseError(f"storing failed: {type(error).__name__}: {error}"))
            return
        self._count(counts)

    async def _flush_singly(self, batch: list[Item], error: Exception) -> None:
        """Store what can be stored of a batch; what cannot becomes a failure of its page."""
        if len(batch) > 1:
            for item in batch:
                if self.context.fatal is None:
                    await self._flush([item])
            return
        (item,) = batch
        url, source = getattr(item, "url", ""), getattr(item, "source", None) or ""
        logger.error("%s: %s cannot be stored: %s", source, url, " ".join(str(error).split())[:300])
        if not url or isinstance(item, PageFailure):
            self._give_up(DatabaseError(f"storing failed: {type(error).__name__}: {error}"))
            return
        self.context.tally(source).failures["other"] += 1
        detail = f"cannot be stored: {type(error).__name__}: {error}".encode("ascii", "replace").decode()
        detail = "".join(sign if sign.isprintable() else " " for sign in detail)[:500]
        now = self.context.now()
        role: Role = "list" if isinstance(item, ListLook) else "article"
        failure = PageFailure(source, url, "other", detail, role, now, None, failed_next_due("no-article", now))
        await self._flush([failure])

    def _count(self, counts: dict[str, Counter[str]]) -> None:
        for slug, outcome in counts.items():
            self.context.tally(slug).counts.update(outcome)
        self.context.changed()

    def _give_up(self, error: Exception) -> None:
        logger.error("%s", error)
        self.context.give_up(error)

    def _write(self, batch: list[Item]) -> dict[str, Counter[str]]:
        """Runs in a thread: archive, flush, then one transaction; counts by source."""
        context = self.context
        if self.writer is None:
            self.writer = Writer(
                context.engine, context.run_id, SOFTWARE, article_next_due, replay=context.replay is not None
            )
        positions: dict[int, tuple[str, int]] = {}
        extras: dict[int, Extra] = {}
        for item in batch:
            exchange = getattr(item, "exchange", None)
            told, link = self.context.hints.pop(id(item), (None, None))
            extra = Extra(told=told, hints=hints_of(link) if link is not None else None)
            if exchange is not None and context.archive is not None:
                if id(exchange) not in positions:
                    positions[id(exchange)] = context.archive.write(exchange)
                extra.position = positions[id(exchange)]
            if context.archive is not None:
                for beside in getattr(item, "further", ()):
                    context.archive.write(beside)
            extras[id(item)] = extra
        if context.archive is not None:
            context.archive.flush()
        return self.writer.write(batch, extras)
