"""Answers requests from an archive in the place of the network: the door for demo, tests and re-reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from mpsc_crawler.extensions.context import context_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


class NotArchivedError(DownloadFailedError):
    """The archive holds no answer for the address."""


class ReplayHandler(BaseDownloadHandler):
    """A download handler over WARC files; answers 304 where the recorded validators match."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        replay = context_of(crawler).replay
        if replay is None:
            raise ValueError("MPSC_REPLAY is not set")
        self._replay = replay

    async def download_request(self, request: Request) -> Response:
        """The recorded answer, with its moment in ``request.meta['fetched_at']``."""
        exchange = self._replay.get(request.url)
        if exchange is None:
            raise NotArchivedError(f"not in the archive: {request.url}")
        request.meta["fetched_at"] = exchange.fetched_at
        headers = Headers()
        for name, value in exchange.headers:
            headers.appendlist(name, value)
        etag, since = request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")
        same = (etag is not None and etag == headers.get("ETag")) or (
            etag is None and since is not None and since == headers.get("Last-Modified")
        )
        if exchange.status == 200 and same:
            return Response(request.url, status=304, headers=headers)
        kind = responsetypes.from_args(headers=headers, url=request.url, body=exchange.body)
        return kind(request.url, status=exchange.status, headers=headers, body=exchange.body)
