"""What a site reserves is asked before anything of it is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from mpsc_crawler.extraction.rights import read_tdmrep
from mpsc_crawler.extraction.urls import site_of
from mpsc_crawler.items import (
    SiteRights,
)
from mpsc_crawler.middlewares.downloader import REFUSALS
from mpsc_crawler.operations.due import rights_next_due
from mpsc_crawler.spiders.base import STATUSES, SourceSpider
from mpsc_crawler.spiders.sourcecrawl import SourceCrawl


class RightsSpider(SourceSpider):
    """Asks once a month for ``/.well-known/tdmrep.json``."""

    def _after_rights(self, crawl: SourceCrawl, then: list[Request]) -> list[Request]:
        """The requests, or those that ask first what the sites reserve and hand them on."""
        due = crawl.rights_due(request.url for request in then)
        left = [len(due)]
        crawl.requests += len(due)
        # never by a browser, which would make a page of it
        meta = {"handle_httpstatus_list": STATUSES, "dont_retry": True, "download_timeout": 10.0}
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
        asked = (response.meta.get("redirect_urls") or [response.url])[
            0
        ]  # what a site says holds for the site that was asked
        rules = read_tdmrep(response.body) if response.status == 200 and site_of(response.url) in crawl.hosts else []
        if response.status < 500 and response.status not in REFUSALS:
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
