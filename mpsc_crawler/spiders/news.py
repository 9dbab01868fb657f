"""One crawl, told simply: read the lists of every source, ask for what is new or due, yield what the pages say."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from mpsc_crawler.discovery import Listing, NotAList
from mpsc_crawler.discovery.feed import read_feed
from mpsc_crawler.discovery.listing import read_listing
from mpsc_crawler.discovery.sitemap import read_sitemap
from mpsc_crawler.discovery.wordpress import first_page, read_posts
from mpsc_crawler.extensions.workers import ReadPage
from mpsc_crawler.extraction.rights import read_tdmrep
from mpsc_crawler.extraction.urls import canonical_url, site_of
from mpsc_crawler.items import (
    Exchange,
    GoneReason,
    ListEnd,
    ListLook,
    NewsArticle,
    OutsideScope,
    PageFailure,
    PageGone,
    PageUnchanged,
    SiteRights,
)
from mpsc_crawler.operations.due import list_next_due, rights_next_due, wish_of
from mpsc_crawler.operations.failures import of_empty_page, of_exception, of_page, of_status
from mpsc_crawler.reading import SHORTEST_BODY, cover_of, from_feed_entry, read_covered, tdmrep_of
from mpsc_crawler.spiders.base import STATUSES, SourceSpider
from mpsc_crawler.spiders.sourcecrawl import ArticleRequest, ListRequest, SourceCrawl
from mpsc_crawler.storage.moves import article_at, same_article
from mpsc_crawler.storage.registry import KnownPage, known_pages
from mpsc_crawler.storage.session import DatabaseError

logger = logging.getLogger("mpsc")
_UNLESS_CHANGED = ("due", "dropped", "listed again")
_PAGE_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


class NewsSpider(SourceSpider):
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
            if not first_requests:
                for request in await self._without_lists(crawl):
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
            headers=_validators(crawl.seen_before(wanted)),
            meta=self._meta(crawl),
            priority=10,
            dont_filter=True,
        )

    async def parse_list(self, response: Response, crawl: SourceCrawl, wanted: ListRequest) -> AsyncIterator[Any]:
        """A list, feed or sitemap: its links are taken over; when all lists are read, the articles are asked for."""
        exchange = self._exchange(response, crawl)
        if response.status == 304:
            look = crawl.not_modified(wanted)
            self._date(look, exchange, crawl, wanted, None)
            yield look
        elif response.status in (404, 410) and wanted.number > 1:
            reading = crawl.ended(wanted)  # the page behind the last one
            if reading is not None:
                yield ListEnd(crawl.source.slug, *reading, exchange.fetched_at)
        else:
            try:
                listing = self._read_list(response, wanted)
                failure = (
                    None
                    if listing.links or listing.more or crawl.source.read_from == "list" or wanted.number > 1
                    else "no-links"
                )
                detail = "no article links on the page"
            except NotAList as error:
                listing, failure, detail = Listing("none"), "not-a-list", str(error)
            if response.status >= 400:
                failure, detail = of_status(response.status), f"status {response.status}"
            if failure is not None:
                crawl.list_failed(wanted)
                yield self._failure(crawl, wanted.url, failure, detail, "list", response.status, exchange.fetched_at)
            else:
                more, look = crawl.take(wanted, listing)
                look.exchange = exchange
                self._date(look, exchange, crawl, wanted, listing.ttl)
                yield look
                for following in more:
                    yield self._list_request(crawl, following)
                async for item in self._from_list(exchange, crawl, listing):
                    yield item
        async for item in self._articles_if_ready(crawl):
            yield item

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
            return read_posts(response.body, response.url, int(total) if total.isdigit() else None)
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
                article.exchange = exchange
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

    async def _without_lists(self, crawl: SourceCrawl) -> list[Request]:
        """The articles of a source that are due while none of its lists is."""
        crawl.started = True
        requests = crawl.articles() if crawl.source.read_from == "page" else []
        crawl.open_articles = len(requests)
        if not requests:
            await self._finish(crawl)
        return self._after_rights(crawl, [self._article_request(crawl, wanted) for wanted in requests])

    # ------------------------------------------------------------------- rights

    def _after_rights(self, crawl: SourceCrawl, then: list[Request]) -> list[Request]:
        """The requests, or those that ask first what the sites reserve and hand them on."""
        due = crawl.rights_due(request.url for request in then)
        left = [len(due)]
        crawl.requests += len(due)
        meta = self._meta(crawl) | {"dont_retry": True, "download_timeout": 10.0}
        told = {"crawl": crawl, "then": then, "left": left}
        asked = [
            Request(
                url, callback=self.parse_rights, errback=self.rights_failed, cb_kwargs=told, meta=dict(meta),
                priority=20, dont_filter=True,
            )
            for url in due
        ]  # fmt: skip
        return asked or then

    async def parse_rights(
        self, response: Response, crawl: SourceCrawl, then: list[Request], left: list[int]
    ) -> AsyncIterator[Any]:
        """What a site reserves; then what was to be asked."""
        exchange = self._exchange(response, crawl)
        url = response.request.url if response.request is not None else response.url
        url = url if site_of(url) in crawl.hosts else response.url
        rules = read_tdmrep(response.body) if response.status == 200 and site_of(response.url) in crawl.hosts else []
        if response.status in (200, 404, 410, 403):
            asked = tdmrep_of(url)
            crawl.rules[asked] = rules
            again = rights_next_due(exchange.fetched_at)
            yield SiteRights(crawl.source.slug, asked, rules, exchange.fetched_at, again, response.status, exchange)
        for request in self._when_last(left, then):
            yield request

    def rights_failed(self, failure: Failure) -> AsyncIterator[Any]:
        """A site did not tell what it reserves: what is known of it goes on to hold, and it is asked again next time."""
        told = failure.request.cb_kwargs  # type: ignore[attr-defined]
        return self._after_failed_rights(told["left"], told["then"])

    async def _after_failed_rights(self, left: list[int], then: list[Request]) -> AsyncIterator[Any]:
        for request in self._when_last(left, then):
            yield request

    @staticmethod
    def _when_last(left: list[int], then: list[Request]) -> list[Request]:
        left[0] -= 1
        return then if left[0] == 0 else []

    def _article_request(self, crawl: SourceCrawl, wanted: ArticleRequest) -> Request:
        crawl.requests += 1
        return Request(
            wanted.url,
            callback=self.parse_article,
            errback=self.article_failed,
            cb_kwargs={"crawl": crawl, "wanted": wanted},
            headers=_validators(wanted.known) if wanted.reason in _UNLESS_CHANGED and not crawl.source.render else {},
            meta=self._meta(crawl),
            dont_filter=True,
        )

    async def parse_article(self, response: Response, crawl: SourceCrawl, wanted: ArticleRequest) -> AsyncIterator[Any]:
        """An article page: what it says, or why it says nothing."""
        handed_on = False
        try:
            async for item in self._read_article(response, crawl, wanted):
                handed_on = isinstance(item, Request)  # the file that the page covers ends the article
                yield item
        finally:
            if not handed_on:
                await self._article_done(crawl)

    async def _read_article(self, response: Response, crawl: SourceCrawl, wanted: ArticleRequest) -> AsyncIterator[Any]:
        exchange = self._exchange(response, crawl)
        slug = crawl.source.slug
        if response.status == 304 and response.url != wanted.url and moved_for_good(response):
            # the same page under another address: to be read there, as what it is
            yield self._article_request(crawl, replace(wanted, reason="moved"))
            return
        if response.status == 304:
            yield PageUnchanged(slug, wanted.url, exchange.fetched_at)
            return
        stored = wanted.known is not None and wanted.known.decision == "kept"
        if stored and response.status in (404, 410):
            yield self._gone(exchange, wanted, "404" if response.status == 404 else "410", crawl)
            return
        failure, detail = self._unreadable(response, crawl, wanted)
        if stored and failure == "redirect-elsewhere" and moved_for_good(response):
            yield self._gone(exchange, wanted, "moved", crawl)
            return
        articles: list[NewsArticle] = []
        if failure is None:
            try:
                page = await self.reader.read(self._job(exchange, crawl, wanted), exchange if self.archived else None)
            except Exception as error:
                logger.exception("%s: reading %s failed", slug, wanted.url)
                page = ReadPage([])
                failure, detail = of_exception(error)
            if page.packed is not None:
                exchange = replace(exchange, packed=page.packed)
            cover = self._cover(page.articles, exchange, crawl, wanted)
            if cover is not None:
                yield cover
                return
            articles = [article for article in page.articles if len(article.body) >= SHORTEST_BODY]
            if stored and page.wall == "soft-404":
                yield self._gone(exchange, wanted, "soft-404", crawl)
                return
            if page.wall is not None:
                failure, detail = page.wall, "recognised by its markup"
            elif not articles and failure is None:
                failure = of_empty_page(exchange.body)
                detail = "neither headline nor text could be read"
        if failure is not None:
            yield self._failure(crawl, wanted.url, failure, detail, "article", response.status, exchange.fetched_at)
        for article in articles:
            if stored and response.url != wanted.url and moved_for_good(response):
                if not await self._is_the_same(article, crawl, wanted):
                    yield self._gone(exchange, wanted, "moved", crawl)
                    continue
                article.moved_from = wanted.url
            yield self._judged(article, exchange, crawl, wanted)

    def _gone(self, exchange: Exchange, wanted: ArticleRequest, reason: GoneReason, crawl: SourceCrawl) -> PageGone:
        moved_to = exchange.url if reason == "moved" else None
        gone = PageGone(crawl.source.slug, wanted.url, reason, exchange.fetched_at, exchange.status, moved_to)
        if wanted.link is not None and wanted.told is not None:
            self.context.hints[id(gone)] = (wanted.told, wanted.link)
        return gone

    async def _is_the_same(self, article: NewsArticle, crawl: SourceCrawl, wanted: ArticleRequest) -> bool:
        """Whether the page that an article's address leads to holds that article, and not the list or its successor."""
        context = self.context
        stored = await context.ask_database(article_at, context.engine, crawl.source.slug, wanted.url)
        return stored is not None and same_article(stored, article)

    def _cover(
        self, articles: list[NewsArticle], exchange: Exchange, crawl: SourceCrawl, wanted: ArticleRequest
    ) -> Request | None:
        """Asks for the PDF that holds the text, where the page is only its cover."""
        address = cover_of(articles[0]) if len(articles) == 1 else None
        if address is None:
            return None
        crawl.requests += 1
        told = {"crawl": crawl, "wanted": wanted, "article": articles[0], "exchange": exchange}
        return Request(
            address,
            callback=self.parse_covered,
            errback=self.covered_failed,
            cb_kwargs=told,
            meta={"handle_httpstatus_list": STATUSES},
            dont_filter=True,
        )

    async def parse_covered(
        self, response: Response, crawl: SourceCrawl, wanted: ArticleRequest, article: NewsArticle, exchange: Exchange
    ) -> AsyncIterator[Any]:
        """The PDF behind a cover page: its text becomes the article's."""
        file = self._exchange(response, crawl)
        lost = None
        if response.status >= 400:
            kind, detail = of_status(response.status), f"status {response.status}"
            lost = self._failure(crawl, response.url, kind, detail, "file", response.status, file.fetched_at)
        elif await asyncio.to_thread(
            read_covered,
            article,
            file.body,
            file.url,
            self.context.codebook,
            self.brands,
            judged=crawl.source.judged,
            home=crawl.source.home,
        ):
            article.further.append(file)
        async for item in self._covered(lost, crawl, wanted, article, exchange):
            yield item

    def covered_failed(self, failure: Failure) -> AsyncIterator[Any]:
        """The PDF could not be fetched."""
        request = failure.request  # type: ignore[attr-defined]
        crawl = request.cb_kwargs["crawl"]
        lost = self._exception(crawl, request.url, failure, "file")
        if lost is None:
            return self._after_failed_article(crawl, None)  # with its file the article is read in a later run
        return self._covered(lost, **request.cb_kwargs)

    async def _covered(
        self,
        lost: PageFailure | None,
        crawl: SourceCrawl,
        wanted: ArticleRequest,
        article: NewsArticle,
        exchange: Exchange,
    ) -> AsyncIterator[Any]:
        """The article with what its file told; without the file, a text that is stored already is not given up."""
        try:
            if lost is not None:
                yield lost
            if lost is not None and wanted.known is not None and wanted.known.decision == "kept":
                yield PageUnchanged(crawl.source.slug, wanted.url, exchange.fetched_at, exchange.status)
            elif len(article.body) >= SHORTEST_BODY:
                yield self._judged(article, exchange, crawl, wanted)
            else:
                detail = "a headline and a file, but no text could be read"
                yield self._failure(
                    crawl, wanted.url, "no-article", detail, "article", exchange.status, exchange.fetched_at
                )
        finally:
            await self._article_done(crawl)

    def _judged(
        self, article: NewsArticle, exchange: Exchange, crawl: SourceCrawl, wanted: ArticleRequest
    ) -> NewsArticle | OutsideScope:
        if crawl.source.judged and article.relevance is not None and not article.relevance.relevant:
            return OutsideScope(
                crawl.source.slug,
                wanted.url,
                article.headline,
                article.published,
                article.relevance,
                exchange.fetched_at,
            )
        article.exchange = exchange
        article.url = canonical_url(exchange.url if article.moved_from is not None else wanted.url)
        crawl.reserve(article)
        if wanted.link is not None:
            self.context.hints[id(article)] = (wanted.told, wanted.link)
        return article

    def _unreadable(self, response: Response, crawl: SourceCrawl, wanted: ArticleRequest) -> tuple[str | None, str]:
        if response.status >= 400:
            return of_status(response.status), f"status {response.status}"
        kind = (response.headers.get("Content-Type") or b"text/html").decode("latin-1").split(";")[0].strip().lower()
        if not kind.startswith(_PAGE_TYPES):
            return "content-type", f"the answer is {kind}"
        if site_of(response.url) not in crawl.hosts:
            return "redirect-elsewhere", f"leads to {response.url}"
        if response.url != wanted.url and _is_home(response.url) and not _is_home(wanted.url):
            return "redirect-elsewhere", "leads to the home page"
        return None, ""

    def article_failed(self, failure: Failure) -> AsyncIterator[Any]:
        """An article page that could not be fetched."""
        crawl, wanted = failure.request.cb_kwargs["crawl"], failure.request.cb_kwargs["wanted"]  # type: ignore[attr-defined]
        return self._after_failed_article(crawl, self._exception(crawl, wanted.url, failure, "article"))

    async def _after_failed_article(self, crawl: SourceCrawl, item: PageFailure | None) -> AsyncIterator[Any]:
        if item is not None:
            yield item
        await self._article_done(crawl)


def moved_for_good(response: Response) -> bool:
    """Whether every redirect on the way to an answer was a permanent one (RFC 9110: 301, 308)."""
    reasons = response.meta.get("redirect_reasons") or []
    return bool(reasons) and all(reason in (301, 308) for reason in reasons)


def _validators(known: KnownPage | None) -> dict[str, str]:
    if known is None:
        return {}
    headers = {}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers
