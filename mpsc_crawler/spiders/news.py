"""One crawl, told simply: read the lists of every source, ask for what is new or due, yield what the pages say."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from mpsc_crawler.discovery import Listing, NotAList
from mpsc_crawler.discovery.feed import read_feed
from mpsc_crawler.discovery.listing import read_listing
from mpsc_crawler.discovery.sitemap import read_sitemap
from mpsc_crawler.discovery.wordpress import first_page, read_posts
from mpsc_crawler.items import (
    Exchange,
    ListEnd,
    ListLook,
    PageFailure,
)
from mpsc_crawler.operations.due import list_next_due, wish_of
from mpsc_crawler.operations.failures import of_exception, of_page, of_status
from mpsc_crawler.reading import from_feed_entry
from mpsc_crawler.spiders.articles import ArticleSpider, validators
from mpsc_crawler.spiders.sourcecrawl import ListRequest, SourceCrawl
from mpsc_crawler.storage.registry import known_pages
from mpsc_crawler.storage.session import DatabaseError

logger = logging.getLogger("mpsc")
_NUMBER = re.compile(r"[0-9]{1,9}")


class NewsSpider(ArticleSpider):
    """All sources, or those named: ``scrapy crawl news -a sources=jena,bamberg``; ``-a full=1`` reads everything again."""

    name = "news"

    # -------------------------------------------------------------------- start

    async def start(self) -> AsyncIterator[Request]:
        """The first request of every source's lists."""
        context = self.context
        try:
            await context.ask_database(context.start, [source.slug for source in self.sources])
        except DatabaseError as error:
            logger.error("%s", error)
            return
        began = time.monotonic()
        for wait, source in await self._take_hosts():
            await asyncio.sleep(max(0.0, began + wait - time.monotonic()))
            known = await context.ask_database(known_pages, context.engine, source.slug)
            crawl = SourceCrawl(
                source,
                known,
                context.now(),
                self.full,
                context.settings.max_list_pages,
                context.settings.max_links,
                named=bool(self.wanted) or context.replay is not None,
            )
            context.tally(source.slug).status = "reading lists"
            first_requests = crawl.first_requests()
            asked = [self._list_request(crawl, first) for first in first_requests]
            if (
                source.read_from != "page"
            ):  # the list holds the articles: what is reserved must be known before it is read
                asked = self._after_rights(crawl, asked)
            for request in asked:
                yield request
            if not first_requests:  # articles may be due all the same
                async for request in self._articles_if_ready(crawl):
                    yield request

    # -------------------------------------------------------------------- lists

    def _list_request(self, crawl: SourceCrawl, wanted: ListRequest) -> Request:
        crawl.requests += 1
        url = first_page(wanted.url) if wanted.entry.kind == "wordpress" and wanted.number == 1 else wanted.url
        return Request(
            url,
            callback=self.parse_list,
            errback=self.list_failed,
            cb_kwargs={"crawl": crawl, "wanted": wanted},
            headers=validators(crawl.seen_before(wanted)),
            meta=self._meta(crawl),
            priority=10,
            dont_filter=True,
        )

    async def parse_list(self, response: Response, crawl: SourceCrawl, wanted: ListRequest) -> AsyncIterator[Any]:
        """A list, feed or sitemap: its links are taken over; when all lists are read, the articles are asked for."""
        exchange = self._exchange(response, crawl)
        found: list[Any] = []
        waiting = crawl.pending
        try:
            await self._take_list(response, exchange, crawl, wanted, found)
        except Exception as error:
            # one list that cannot be read must not silence the others, nor what is due
            logger.exception("%s: reading %s failed", crawl.source.slug, wanted.url)
            if crawl.pending == waiting:
                crawl.list_failed(wanted)
            kind, detail = of_exception(error)
            at, status = exchange.fetched_at, response.status
            found.append(self._failure(crawl, wanted.url, kind, detail, "list", status, at))
        for item in found:
            yield item
        async for item in self._articles_if_ready(crawl):
            yield item

    async def _take_list(
        self, response: Response, exchange: Exchange, crawl: SourceCrawl, wanted: ListRequest, found: list[Any]
    ) -> None:
        """Adds to ``found`` what is to be stored and asked; articles before the look that says that they were there."""
        if response.status == 304:
            look = crawl.not_modified(wanted)
            self._date(look, exchange, crawl, wanted, None)
            found.append(look)
            return
        if response.status in (404, 410) and wanted.number > 1 and wanted.entry.kind != "sitemap":
            reading = crawl.ended(wanted)  # the page behind the last one
            if reading is not None:
                found.append(ListEnd(crawl.source.slug, *reading, exchange.fetched_at))
            return
        try:
            listing = self._read_list(response, wanted)
            expected = not (crawl.source.read_from == "list" or wanted.number > 1)
            failure = "no-links" if expected and not listing.links and not listing.more else None
            detail = "no article links on the page"
        except NotAList as error:
            listing, failure, detail = Listing("none"), "not-a-list", str(error)
        if response.status >= 400:
            failure, detail = of_status(response.status), f"status {response.status}"
        if failure is not None:
            crawl.list_failed(wanted)
            at, status = exchange.fetched_at, response.status
            found.append(self._failure(crawl, wanted.url, failure, detail, "list", status, at))
            return
        more, look = crawl.take(wanted, listing)
        found += [self._list_request(crawl, following) for following in more]
        look.exchange = exchange
        self._date(look, exchange, crawl, wanted, listing.ttl)
        async for item in self._from_list(exchange, crawl, listing):
            found.append(item)
        found.append(look)

    @staticmethod
    def _date(
        look: ListLook, exchange: Exchange, crawl: SourceCrawl, wanted: ListRequest, ttl: timedelta | None
    ) -> None:
        """When the look was, and when the list is due again."""
        look.at = exchange.fetched_at
        if wanted.number == 1:
            headers = {name.lower(): value for name, value in exchange.headers}
            wish = wish_of(headers, exchange.fetched_at, ttl)
            look.next_due = list_next_due(crawl.usual, exchange.fetched_at, wish)

    def _read_list(self, response: Response, wanted: ListRequest) -> Listing:
        if response.status >= 400:
            return Listing("none")
        kind = wanted.entry.kind
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        if kind == "feed":
            return read_feed(response.body, response.url, content_type)
        if kind == "sitemap":
            return read_sitemap(response.body, response.url)
        if kind == "wordpress":
            total = (response.headers.get("X-WP-TotalPages") or b"").decode("latin-1")
            return read_posts(response.body, response.url, int(total) if _NUMBER.fullmatch(total) else None)
        wall = of_page(response.body)
        if wall is not None:
            raise NotAList(f"{response.url}: {wall}")
        return read_listing(response.body, response.url, content_type)

    async def _from_list(self, exchange: Exchange, crawl: SourceCrawl, listing: Listing) -> AsyncIterator[Any]:
        """Articles that stand in the list itself: whole in a feed, or several posts on one page."""
        source = crawl.source
        if source.read_from == "feed":
            for link in listing.links:
                article = from_feed_entry(link, fetched_at=exchange.fetched_at, source=source.slug)
                if article is not None:
                    article.exchange, article.in_list = exchange, True
                    yield crawl.reserve(article)
        elif source.read_from == "list":
            articles = (await self.reader.read(self._job(exchange, crawl, None, several=True))).articles
            if not articles:
                yield self._failure(
                    crawl,
                    exchange.url,
                    "no-article",
                    "no posts on the page",
                    "list",
                    exchange.status,
                    exchange.fetched_at,
                )
            for article in articles:
                article.exchange, article.in_list = exchange, True
                yield crawl.reserve(article)

    def list_failed(self, failure: Failure) -> AsyncIterator[Any]:
        """A list that could not be fetched."""
        crawl, wanted = failure.request.cb_kwargs["crawl"], failure.request.cb_kwargs["wanted"]  # type: ignore[attr-defined]
        crawl.list_failed(wanted)
        return self._after_failed_list(crawl, self._exception(crawl, wanted.url, failure, "list"))

    async def _after_failed_list(self, crawl: SourceCrawl, item: PageFailure | None) -> AsyncIterator[Any]:
        if item is not None:
            yield item
        async for following in self._articles_if_ready(crawl):
            yield following

    # ----------------------------------------------------------------- articles

    async def _articles_if_ready(self, crawl: SourceCrawl) -> AsyncIterator[Any]:
        if crawl.pending or crawl.started:
            return
        crawl.started = True
        for url in crawl.empty_indexes():
            yield self._failure(
                crawl, url, "no-links", "no part of the index names an article", "list", 200, self._now()
            )
        requests = crawl.articles() if crawl.source.read_from == "page" else []
        crawl.open_articles = len(requests)
        self.context.tally(crawl.source.slug).status = "reading articles"
        self.context.changed()
        for item in (crawl.still_listed(requests, self._now()), crawl.vanished(self._now())):
            if item is not None:
                yield item
        for request in self._after_rights(crawl, [self._article_request(crawl, wanted) for wanted in requests]):
            yield request
        if not requests:
            await self._finish(crawl)
