"""One queue for each server: delays that robots.txt asks for, rests for servers that refuse, and a quick end.

Scrapy's downloader keeps one slot for a host. Here it is one for a server: ``www.`` and the bare host are one, and so are hosts with
one address. A server that answers 429, or 503 with ``Retry-After``, is left alone as long as it asks, and longer each time; a
short rest is waited for, a long one left to a later run.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.asyncio import call_later
from scrapy.utils.httpobj import urlparse_cached
from twisted.python.failure import Failure

from mpsc_crawler.extensions.context import context_of
from mpsc_crawler.middlewares.headers import bound_heads
from mpsc_crawler.operations.due import LONGEST_CRAWL_DELAY, PATIENCE, rest, retry_after

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

REFUSALS = (429, 503)
_GRACE = 4.0
_TRIES = 3
_AGAIN = "mpsc_asked_again"
logger = logging.getLogger("mpsc")


class RunEndsError(IgnoreRequest):
    """The run is to end: what has not been asked for is left to the next one."""


class RestingError(IgnoreRequest):
    """The server asked to be left alone for a while: what has not been asked for is left to a later run."""


class PoliteDownloader(Downloader):
    """Scrapy's downloader with one queue for each server."""

    def __init__(self, crawler: Crawler) -> None:
        bound_heads()
        super().__init__(crawler)
        self.asked_delays: dict[str, float] = {}
        self.refusals: dict[str, int] = {}
        self.resting: dict[str, datetime] = {}
        self._ends = False
        self._under_way: set[asyncio.Task[Response]] = set()
        self._waiting: set[asyncio.Task[None]] = set()
        crawler.signals.connect(self._robots_parsed, signal=signals.robots_parsed)
        if not crawler.settings.getlist("MPSC_REPLAY"):
            crawler.signals.connect(self._heard, signal=signals.headers_received)
            crawler.signals.connect(self._answered, signal=signals.response_downloaded)

    def get_slot_key(self, request: Request) -> str:
        """The server of the request's host, also for robots.txt and after redirects."""
        return self.key_of((urlparse_cached(request).hostname or "").removeprefix("www."))

    def key_of(self, host: str) -> str:
        """The name of a host's queue: its server's where that is known, else its own."""
        return context_of(self.crawler).servers.get(host, host)

    def pause_of(self, host: str, usual: float) -> float:
        """How many seconds a host is not to be asked after this run."""
        key = self.key_of(host)
        pause = self.asked_delays.get(key, usual)
        until = self.resting.get(key)
        if until is not None:
            pause = max(pause, (until - context_of(self.crawler).now()).total_seconds())
        return pause

    def _get_slot(self, request: Request, spider: Spider | None = None) -> tuple[str, Slot]:
        key, slot = super()._get_slot(request)
        if key in self.resting:
            raise RestingError(f"{key} asked to be left alone")  # what waited for robots.txt meanwhile, too
        asked = self.asked_delays.get(key)
        if asked is not None and slot.delay < asked:
            slot.delay = asked
        return key, slot

    def _robots_parsed(self, robotparser: RobotParser, request: Request, **_: Any) -> None:
        if self.crawler.settings.getlist("MPSC_REPLAY"):
            return
        parser = getattr(robotparser, "rp", None)
        delay = parser.crawl_delay(self.crawler.settings["USER_AGENT"]) if parser is not None else None
        if delay:
            key, asked = self.get_slot_key(request), min(float(delay), LONGEST_CRAWL_DELAY)
            self.asked_delays[key] = max(asked, self.asked_delays.get(key, 0.0))

    def _heard(self, request: Request, **_: Any) -> None:
        """The pause counts from the answer: how late a request reached its server is not known here."""
        slot = self.slots.get(self.get_slot_key(request))
        if slot is not None:
            slot.lastseen = max(slot.lastseen, monotonic())

    # --------------------------------------------------------------- refusals

    def _answered(self, response: Response, request: Request, **_: Any) -> None:
        """Called before the next request of the queue goes out."""
        key = self.get_slot_key(request)
        if response.status not in REFUSALS:
            if response.status < 400 and key not in self.resting:
                self.refusals.pop(key, None)
            return
        now = context_of(self.crawler).now()
        asked = retry_after((response.headers.get("Retry-After") or b"").decode("latin-1"), now)
        if response.status == 503 and asked is None:
            return  # an error of this page, perhaps, and nothing that is asked of us
        times = self.refusals[key] = self.refusals.get(key, 0) + 1
        pause = rest(times, asked)
        request.meta["dont_retry"] = True
        if pause <= PATIENCE and times < _TRIES:
            self._hold(key, pause)
            request.meta[_AGAIN] = True
            return
        self.resting[key] = now + pause
        logger.warning(
            "%s answers %d and is left alone until %s", key, response.status, f"{now + pause:%Y-%m-%d %H:%M} UTC"
        )
        slot = self.slots.get(key)
        if slot is not None:
            self._refuse_waiting(slot, RestingError(f"{key} asked to be left alone"))

    def _hold(self, key: str, pause: timedelta) -> None:
        """Let no request of a queue out for so long."""
        slot = self.slots.get(key)
        if slot is not None:
            slot.delay = max(
                slot.delay, 0.001
            )  # without any delay Scrapy does not look at the moment of the last request
            slot.lastseen = monotonic() + pause.total_seconds() - slot.delay

    @staticmethod
    def _refuse_waiting(slot: Slot, error: Exception) -> None:
        while slot.queue:
            _, waiting = slot.queue.popleft()
            waiting.errback(Failure(error))  # type: ignore[no-untyped-call]

    # ---------------------------------------------------------------- the end

    def end(self) -> None:
        """Ask for nothing more; what is under way has a few seconds left."""
        self._ends = True
        for slot in list(self.slots.values()):
            self._refuse_waiting(slot, RunEndsError("the run is to end"))
        asyncio.get_running_loop().call_later(_GRACE, self._break_off)

    def _break_off(self) -> None:
        for task in list(self._under_way):
            task.cancel()

    def _process_queue(self, slot: Slot) -> None:
        if not self._ends and self._is_closing():
            self.end()
        if self._ends:
            self._refuse_waiting(slot, RunEndsError("the run is to end"))
        if slot.latercall:
            return
        now, delay = monotonic(), slot.download_delay()
        if delay and (wait := delay - now + slot.lastseen) > 0:
            slot.latercall = call_later(wait, self._latercall, slot)
            return
        while slot.queue and slot.free_transfer_slots() > 0:
            slot.lastseen = now
            request, waiting = slot.queue.popleft()
            slot.transferring.add(
                request
            )  # Scrapy notes it when the task begins, and lets more than one go out till then
            task = asyncio.ensure_future(self._wait_for_download(slot, request, waiting))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)
            if delay:
                self._process_queue(slot)
                break

    def _is_closing(self) -> bool:
        """Whether something else closes the spider, as the limit of time does."""
        slot = getattr(self.crawler.engine, "_slot", None)
        return slot is not None and slot.closing is not None

    async def _download(self, slot: Slot, request: Request) -> Response:
        task = asyncio.ensure_future(super()._download(slot, request))
        self._under_way.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            raise RunEndsError("the run is to end") from None
        finally:
            self._under_way.discard(task)


class BackOff:
    """Asks a server again that refused and named a short rest; asks nothing of one that rests."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _downloader(self) -> PoliteDownloader:
        engine = self.crawler.engine
        assert engine is not None and isinstance(engine.downloader, PoliteDownloader)
        return engine.downloader

    async def process_request(self, request: Request) -> None:
        """Refuse what would go to a server that rests."""
        downloader = self._downloader()
        key = downloader.get_slot_key(request)
        if key in downloader.resting:
            raise RestingError(f"{key} asked to be left alone")

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        """Ask again after the rest that the queue keeps."""
        if response.status in REFUSALS and request.meta.pop(_AGAIN, False):
            return request.replace(dont_filter=True, priority=request.priority + 5)
        return response
