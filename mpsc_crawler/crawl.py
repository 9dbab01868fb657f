"""Runs crawls from a program or the command line: one after the other in one process, with a clean end on signals."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from mpsc_crawler.extensions.context import SourceTally
from mpsc_crawler.operations.worker import look_seldom
from mpsc_crawler.settings import Settings


@dataclass(slots=True)
class CrawlJob:
    """A crawl to be run. ``replay`` names WARC files that take the place of the network, as of ``replay_at``.

    ``clock`` tells the present moment (aware); tests and benchmarks let days pass with it.
    """

    settings: Settings
    sources: list[str] = field(default_factory=list)
    full: bool = False
    replay: list[Path] = field(default_factory=list)
    replay_at: datetime | None = None
    progress: bool = True
    clock: Callable[[], datetime] | None = None


@dataclass(slots=True)
class CrawlOutcome:
    """What a crawl did, by source."""

    run_id: int
    tallies: dict[str, SourceTally]
    fatal: Exception | None
    stopped: bool

    @property
    def reached(self) -> int:
        """How many sources gave at least one readable list."""
        return sum(1 for tally in self.tallies.values() if tally.status in ("done", "partly"))

    @property
    def busy(self) -> bool:
        """Whether every source was left to another run."""
        return bool(self.tallies) and all(tally.status == "busy" for tally in self.tallies.values())

    @property
    def troubled(self) -> bool:
        """Whether any source failed or was not finished; single pages that failed do not count, nor what another run does."""
        return any(tally.status not in ("done", "busy", "not-due") for tally in self.tallies.values())

    @property
    def idle(self) -> bool:
        """Whether nothing was asked, as nothing was due."""
        return bool(self.tallies) and all(tally.status == "not-due" for tally in self.tallies.values())

    @property
    def resting(self) -> bool:
        """Whether nothing more could be done, as every server that was due wants to be left alone."""
        return {tally.status for tally in self.tallies.values()} - {"not-due", "busy"} == {"resting"}


def run_crawls(jobs: list[CrawlJob]) -> list[CrawlOutcome]:
    """Run crawls one after the other. Once per process, as the event loop cannot be started again.

    :raises RegistryError, CodebookError, DatabaseError, ArchiveError, SettingsError: before anything is fetched.
    """
    from scrapy.crawler import AsyncCrawlerRunner, Crawler
    from scrapy.settings import Settings as ScrapySettings
    from scrapy.utils.reactor import install_reactor

    from mpsc_crawler.extensions.context import context_of, end_downloads
    from mpsc_crawler.scrapy_settings import scrapy_settings

    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor as installed

    from mpsc_crawler.spiders.news import NewsSpider

    reactor: Any = installed
    outcomes: list[CrawlOutcome] = []
    problem: list[BaseException] = []
    runner = AsyncCrawlerRunner(ScrapySettings({"SPIDER_MODULES": []}))
    stopping = False

    async def run() -> None:
        for job in jobs:
            values: dict[str, Any] = scrapy_settings(job.settings, replay=bool(job.replay))
            values |= {
                "MPSC_REPLAY": [str(path) for path in job.replay],
                "MPSC_REPLAY_AT": job.replay_at,
                "MPSC_PROGRESS": job.progress,
                "MPSC_CLOCK": job.clock,
            }
            crawler = Crawler(NewsSpider, ScrapySettings(values))
            context = context_of(crawler)
            await runner.crawl(crawler, sources=",".join(job.sources), full="1" if job.full else "")
            outcomes.append(CrawlOutcome(context.run_id, context.tallies, context.fatal, stopping))
            context.engine.dispose()
            if stopping:
                return

    async def end() -> None:
        for crawler in list(runner.crawlers):
            context_of(crawler).stopping = True
            end_downloads(crawler)
        await runner.stop()

    def finished(task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            problem.append(error)
        reactor.callLater(0, reactor.stop)

    def asked_to_stop(number: int, _frame: object) -> None:
        nonlocal stopping
        if stopping:
            os._exit(128 + number)
        stopping = True
        reactor.callFromThread(lambda: asyncio.ensure_future(end()))

    def begin() -> None:
        gc.collect()
        look_seldom()
        asyncio.get_event_loop().create_task(run()).add_done_callback(finished)

    previous = {number: signal.signal(number, asked_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        reactor.callWhenRunning(begin)
        reactor.run(installSignalHandlers=False)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    if problem:
        raise problem[0]
    return outcomes
