"""Politeness per host: robots.txt as RFC 9309 says, hosts that cannot be reached, an honest name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.utils.httpobj import urlparse_cached

from mpsc_crawler.extensions.context import context_of, user_agent

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser


class RobotsUnreachableError(IgnoreRequest):
    """robots.txt answered with a server error: nothing may be fetched (RFC 9309, 2.3.1.4)."""


class UnreachableHostError(IgnoreRequest):
    """The host could not be reached earlier in this run."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's robots.txt middleware, with RFC 9309's meaning of errors: 4xx allows all; 5xx, and a robots.txt that cannot be
    fetched, forbid all. A chain of redirects without an end counts as 4xx (2.3.1.2)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._unreachable: set[str] = set()
        self._errors: dict[str, Exception] = {}

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500:
            self._unreachable.add(netloc)
        if (
            response.status >= 400
            or not isinstance(response, TextResponse)
            or response.body[:200].lstrip().lower().startswith((b"<!doctype", b"<html"))
        ):
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        replayed = bool(self.crawler.settings.getlist("MPSC_REPLAY"))  # an archive holds no robots.txt, and asks nobody
        if not replayed and "max redirections" not in str(exc).lower():
            self._errors[netloc] = exc
        super()._robots_error(exc, netloc)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        error = self._errors.get(urlparse_cached(request).netloc)
        if error is not None:
            raise error  # told in its own class
        if urlparse_cached(request).netloc in self._unreachable:
            raise RobotsUnreachableError("robots.txt answers with a server error")
        super().process_request_2(rp, request)


class UnreachableHosts:
    """Asks a host that could not be resolved or connected to only once in a run."""

    def __init__(self, crawler: Crawler) -> None:
        self._failed: dict[str, str] = {}
        self._answered: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse requests to a host that has failed before."""
        reason = self._failed.get(urlparse_cached(request).netloc)
        if reason is not None:
            raise UnreachableHostError(reason)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Remember that the host answers."""
        self._answered.add(urlparse_cached(request).netloc)
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Remember hosts that never answered and cannot be reached."""
        netloc = urlparse_cached(request).netloc
        if netloc not in self._answered and isinstance(
            exception, CannotResolveHostError | DownloadConnectionRefusedError
        ):
            self._failed.setdefault(netloc, str(exception))


class HonestUserAgent:
    """Says who we are in every request."""

    def __init__(self, agent: str) -> None:
        self.agent = agent

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(user_agent(context_of(crawler).settings))

    async def process_request(self, request: Request) -> None:
        """Set the User-Agent header."""
        request.headers["User-Agent"] = self.agent
