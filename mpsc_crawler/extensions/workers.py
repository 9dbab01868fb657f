"""Reads pages in the crawling process, or in processes beside it."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from mpsc_crawler.archive.warc import pack
from mpsc_crawler.items import Exchange, NewsArticle
from mpsc_crawler.language.codebook import Codebook
from mpsc_crawler.operations.failures import of_page
from mpsc_crawler.operations.worker import prepare_worker
from mpsc_crawler.reading import PageJob, read_job

_CODEBOOK: Codebook | None = None
_AT_ONCE = 8


def _prepare(codebook: Codebook | None) -> None:
    global _CODEBOOK
    _CODEBOOK = codebook
    prepare_worker()


@dataclass(slots=True)
class ReadPage:
    """What a page says: its articles, or the wall that stands in their place; and its records for the archive."""

    articles: list[NewsArticle]
    wall: str | None = None
    packed: bytes | None = None


def read(job: PageJob, codebook: Codebook | None) -> ReadPage:
    """Read one page."""
    wall = of_page(job.body)
    return ReadPage([] if wall is not None else read_job(job, codebook), wall)


def _read_and_pack(jobs: list[tuple[PageJob, Exchange | None]]) -> list[ReadPage | Exception]:
    """Read several pages; what one of them raises concerns that one only."""
    results: list[ReadPage | Exception] = []
    for job, exchange in jobs:
        try:
            page = read(job, _CODEBOOK)
            if exchange is not None and any(a.relevance is None or a.relevance.relevant for a in page.articles):
                page.packed = pack(exchange)
            results.append(page)
        except Exception as error:  # noqa: BLE001 - handed to the caller, who raises it
            results.append(error)
    return results


class PageReader:
    """Reads pages with ``workers`` processes; none means in this process.

    Pages that wait while the workers are busy travel together, for a trip costs more than a page.
    """

    def __init__(self, workers: int, codebook: Codebook | None) -> None:
        self.codebook = codebook
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: list[tuple[PageJob, Exchange | None, asyncio.Future[ReadPage]]] = []
        self._trips: set[asyncio.Task[None]] = set()
        self._most_trips = workers + 1
        if workers:
            self._pool = ProcessPoolExecutor(
                workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(codebook,)
            )
            for _ in range(workers):
                self._pool.submit(_read_and_pack, [])  # they start while the lists are still being read

    async def read(self, job: PageJob, to_pack: Exchange | None = None) -> ReadPage:
        """Every article of the page, annotated.

        :param to_pack: what the archive will be asked to keep if the page holds an article; processes beside the
            crawling one pack it right away.
        """
        if self._pool is None:
            return read(job, self.codebook)
        future: asyncio.Future[ReadPage] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, to_pack, future))
        if len(self._trips) < self._most_trips:
            trip = asyncio.create_task(self._travel(self._pool))
            self._trips.add(trip)
            trip.add_done_callback(self._trips.discard)
        return await future

    async def _travel(self, pool: ProcessPoolExecutor) -> None:
        """Take what waits to a worker, again and again until nothing waits."""
        while self._waiting:
            taken, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            load = [(job, to_pack) for job, to_pack, _ in taken]
            try:
                results = await asyncio.get_running_loop().run_in_executor(pool, _read_and_pack, load)
            except Exception as error:  # noqa: BLE001 - a dead pool: every page that travelled is told
                results = [error] * len(taken)
            for (_, _, future), result in zip(taken, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)
        # at once, not by the callback: a page that comes in between must find that nobody travels
        current = asyncio.current_task()
        if current is not None:
            self._trips.discard(current)

    def close(self) -> None:
        """End the worker processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
