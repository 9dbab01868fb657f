"""What the crawl of a source needs whatever it asks for: settings, reader, records of failures and ends."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

import scrapy
from scrapy.http import Response
from sqlalchemy.exc import SQLAlchemyError
from twisted.python.failure import Failure

from mpsc_crawler.extensions.context import CrawlContext, context_of, end_downloads
from mpsc_crawler.extensions.workers import PageReader
from mpsc_crawler.items import Exchange, PageFailure, Role
from mpsc_crawler.middlewares import browser
from mpsc_crawler.middlewares.downloader import REFUSALS, PoliteDownloader, RestingError, RunEndsError
from mpsc_crawler.operations.due import failed_list_next_due, failed_next_due
from mpsc_crawler.operations.failures import of_exception
from mpsc_crawler.operations.lock import BEAT, Busy, HostLocks, Resting
from mpsc_crawler.operations.servers import shared_servers
from mpsc_crawler.reading import PageJob, job_of
from mpsc_crawler.sources.model import Source
from mpsc_crawler.spiders.sourcecrawl import ArticleRequest, SourceCrawl
from mpsc_crawler.storage.registry import end_source
from mpsc_crawler.storage.session import explain

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

logger = logging.getLogger("mpsc")
STATUSES = [304, *range(400, 600)]
_RENDERED = "X-MPSC-Rendered-By"


class SourceSpider(scrapy.Spider):
    """The sources asked for, and what every answer needs: exchange, job, failure, the end of a source."""

    def __init__(self, sources: str = "", full: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wanted = [part for part in sources.split(",") if part.strip()]
        self.full = full.lower() in ("1", "true", "yes")
        self.context: CrawlContext
        self.reader: PageReader
        self.archived = False
        self._beating: asyncio.Task[None] | None = None
        self._closing: asyncio.Future[None] | None = None
        self.sources: list[Source] = []
        self.brands: tuple[str, ...] = ()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.context = context_of(crawler)
        spider.sources = spider.context.registry.select(spider.wanted)
        spider.brands = spider.context.registry.brands
        rendered = [source for source in spider.sources if source.render]
        if rendered and spider.context.replay is None:
            browser.enable(crawler.settings, spider.context.settings, rendered)
        spider.context.closers.append(spider._end_at_once)
        spider.archived = spider.context.archive is not None
        spider.reader = PageReader(spider.context.settings.workers, spider.context.codebook)
        return spider

    def _end_at_once(self) -> None:
        end_downloads(self.crawler)
        if self.crawler.engine is not None and self.crawler.engine.spider is not None:
            closing = self.crawler.engine.close_spider_async(reason="storage failed")
            self._closing = asyncio.ensure_future(closing)  # not awaited: closing waits for whoever noticed

    async def _take_hosts(self) -> list[tuple[float, Source]]:
        """The sources whose hosts are ours alone, each with the seconds until it may be asked, soonest first.

        The others are left to the runs that ask them.
        """
        taken = []
        if self.context.locks is not None and self.context.settings.shared_servers == "together" and not getproxies():
            self.context.servers = await shared_servers(host for source in self.sources for host in source.hosts)
        for source in self.sources:
            wait = await self._take_hosts_of(source)
            if wait is not None:
                taken.append((wait, source))
        return sorted(taken, key=lambda pair: pair[0])

    async def _take_hosts_of(self, source: Source) -> float | None:
        locks = self.context.locks
        if locks is None:
            return 0.0
        pause = self.context.settings.delay
        servers = {self.context.servers[host] for host in source.hosts if host in self.context.servers}
        hosts = source.hosts | servers
        answer = await self.context.ask_database(locks.take, source.slug, hosts, self._now(), pause)
        if isinstance(answer, Busy | Resting):
            tally = self.context.tally(source.slug)
            status = "busy" if isinstance(answer, Busy) else "resting"
            tally.status, tally.worst = status, str(answer)
            logger.warning("%s: %s", source.slug, answer)
            self.context.changed()
            await self.context.ask_database(
                end_source, self.context.engine, self.context.run_id, source.slug, status, self._now(), 0, 0
            )
            return None
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat(locks))
        downloader = self._downloader()
        if downloader is not None:
            for host in hosts & locks.refusals.keys():
                if locks.refusals[host]:
                    downloader.refusals[downloader.key_of(host)] = locks.refusals[host]
        return answer

    async def _beat(self, locks: HostLocks) -> None:
        while True:
            await asyncio.sleep(BEAT.total_seconds())
            try:
                lost = await asyncio.to_thread(locks.beat, self._now())
            except SQLAlchemyError as error:
                # the writer judges whether the database is gone; one sign of life may be missed
                logger.warning("%s", explain(error, self.context.settings.database_url))
                continue
            if lost:
                logger.error("another run has taken over %s: this one was silent for too long", ", ".join(sorted(lost)))
                end_downloads(self.crawler)
                await self.crawler.engine.close_spider_async(reason="hosts were taken over")
                return

    def _downloader(self) -> PoliteDownloader | None:
        downloader = self.crawler.engine.downloader if self.crawler.engine is not None else None
        return downloader if isinstance(downloader, PoliteDownloader) else None

    async def _release_hosts(self, slug: str | None = None) -> None:
        """Let the hosts of a source go, or all of them; the next run may ask them after the usual pause."""
        locks = self.context.locks
        if locks is None:
            return
        pause, now, downloader = self.context.settings.delay, self._now(), self._downloader()
        pauses = {host: downloader.pause_of(host, pause) for host in locks.hosts} if downloader else {}
        refused = downloader.refusals if downloader else {}
        refusals = (
            {host: refused[downloader.key_of(host)] for host in locks.hosts if downloader.key_of(host) in refused}
            if downloader
            else {}
        )
        if slug is None:
            await self.context.ask_database(locks.release_all, now, pauses, pause, refusals)
        else:
            await self.context.ask_database(locks.release, slug, now, pauses, pause, refusals)

    async def closed(self, reason: str) -> None:
        """Let the workers and the hosts go."""
        self.reader.close()
        if self._beating is not None:
            self._beating.cancel()
        if self.context.run_id and self.context.fatal is None:
            await self._release_hosts()

    async def _article_done(self, crawl: SourceCrawl) -> None:
        crawl.open_articles -= 1
        if crawl.open_articles == 0:
            await self._finish(crawl)

    async def _finish(self, crawl: SourceCrawl) -> None:
        tally = self.context.tally(crawl.source.slug)
        failed_pages = sum(tally.failures.values()) - crawl.failed_lists
        partly = crawl.left_waiting > 0 or crawl.failed_lists > 0 or failed_pages > max(2, crawl.requests // 10)
        nothing_read = crawl.failed_lists + crawl.left_waiting > 0 and crawl.read_lists == 0
        idle = not crawl.requests and not crawl.left_waiting and crawl.source.entries
        if nothing_read and not tally.failures:
            tally.status = "resting" if crawl.rests else "stopped"
        else:
            tally.status = "not-due" if idle else "failed" if nothing_read else "partly" if partly else "done"
        self.context.changed()
        await self.context.ask_database(
            end_source,
            self.context.engine,
            self.context.run_id,
            crawl.source.slug,
            tally.status,
            self._now(),
            crawl.requests,
            crawl.size,
        )
        await self._release_hosts(crawl.source.slug)

    def _now(self) -> datetime:
        return self.context.now()

    def _exchange(self, response: Response, crawl: SourceCrawl) -> Exchange:
        crawl.size += len(response.body)
        headers = tuple(
            (k.decode("latin-1"), v.decode("latin-1")) for k, values in response.headers.items() for v in values
        )
        if "playwright" in response.flags:
            headers += ((_RENDERED, "Chromium"),)  # what is kept is the page after its scripts have run
        request = response.request
        sent = (
            tuple((k.decode("latin-1"), v.decode("latin-1")) for k, values in request.headers.items() for v in values)
            if request
            else ()
        )
        fetched = response.meta.get("fetched_at") or self._now()
        return Exchange(response.url, response.status, headers, response.body, fetched, sent)

    def _meta(self, crawl: SourceCrawl) -> dict[str, Any]:
        meta: dict[str, Any] = {"handle_httpstatus_list": STATUSES}
        if crawl.source.render and self.context.replay is None:
            meta |= browser.request_meta(self.context.settings)
        return meta

    def _job(
        self, exchange: Exchange, crawl: SourceCrawl, wanted: ArticleRequest | None, *, several: bool = False
    ) -> PageJob:
        link = wanted.link if wanted is not None else None
        return job_of(exchange, crawl.source, link, self.brands, several=several)

    def _exception(self, crawl: SourceCrawl, url: str, failure: Failure, role: Role) -> PageFailure | None:
        """What went wrong; ``None`` where nothing was asked, as the run is to end or the server rests."""
        if isinstance(failure.value, RunEndsError | RestingError):
            crawl.left_waiting += 1
            crawl.requests -= 1
            crawl.rests |= isinstance(failure.value, RestingError)
            if isinstance(failure.value, RestingError):
                self.context.tally(crawl.source.slug).worst = f"resting: {failure.value}; the rest comes in a later run"
            return None
        kind, detail = of_exception(failure.value) if failure.value is not None else ("other", "")
        return self._failure(crawl, url, kind, detail, role, None, self._now())

    def _failure(
        self, crawl: SourceCrawl, url: str, kind: str, detail: str, role: Role, status: int | None, at: datetime
    ) -> PageFailure:
        detail = "".join(sign if sign.isprintable() else " " for sign in detail)[:500]
        tally = self.context.tally(crawl.source.slug)
        tally.failures[kind] += 1
        if not tally.worst or role == "list":
            tally.worst = f"{kind}: {url}"
        logger.info("%s: %s %s (%s)", crawl.source.slug, kind, url, detail)
        before = crawl.failures_before(url)
        again = failed_list_next_due(at, before) if role == "list" else failed_next_due(kind, at, before)
        if status in REFUSALS:
            again = at  # the server rests, the page is not at fault
        return PageFailure(crawl.source.slug, url, kind, detail, role, at, status, again)
