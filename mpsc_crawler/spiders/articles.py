"""An article's page: asked for, and read as what it is: an article, gone, moved, out of scope, or a failure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from mpsc_crawler.extensions.workers import ReadPage
from mpsc_crawler.extraction.urls import canonical_url, site_of, url_key
from mpsc_crawler.items import (
    Exchange,
    GoneReason,
    NewsArticle,
    OutsideScope,
    PageFailure,
    PageGone,
    PageUnchanged,
)
from mpsc_crawler.operations.failures import of_empty_page, of_exception, of_status
from mpsc_crawler.reading import SHORTEST_BODY, cover_of, read_covered
from mpsc_crawler.spiders.base import STATUSES
from mpsc_crawler.spiders.rights import RightsSpider
from mpsc_crawler.spiders.sourcecrawl import ArticleRequest, SourceCrawl
from mpsc_crawler.storage.moves import article_at, same_article
from mpsc_crawler.storage.registry import KnownPage

logger = logging.getLogger("mpsc")
_UNLESS_CHANGED = ("due", "dropped", "listed again")
_PAGE_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


class ArticleSpider(RightsSpider):
    """What is done with the answer of an article's page, and with that of a file which the page only covers."""

    def _article_request(self, crawl: SourceCrawl, wanted: ArticleRequest) -> Request:
        crawl.requests += 1
        return Request(
            wanted.url,
            callback=self.parse_article,
            errback=self.article_failed,
            cb_kwargs={"crawl": crawl, "wanted": wanted},
            headers=validators(wanted.known) if wanted.reason in _UNLESS_CHANGED and not crawl.source.render else {},
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
        elsewhere = url_key(response.url) != url_key(wanted.url)
        if response.status == 304 and elsewhere and wanted.reason != "moved":
            # what has not changed is another page: it is to be read, as what it is
            yield self._article_request(crawl, replace(wanted, reason="moved"))
            return
        if response.status == 304 and not elsewhere:
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
            if stored and elsewhere and moved_for_good(response):
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
        if response.status == 304:
            return "other", "not modified, though nothing of it is known"
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


def validators(known: KnownPage | None) -> dict[str, str]:
    """The headers that ask for a page only if it has changed."""
    if known is None:
        return {}
    headers = {}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers
