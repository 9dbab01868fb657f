"""Reads pages in the crawling process, or in processes beside it."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from mpsc_crawler.items import NewsArticle
from mpsc_crawler.language.codebook import Codebook
from mpsc_crawler.reading import PageJob, read_job

_CODEBOOK: Codebook | None = None
_AT_ONCE = 8


def _prepare(codebook: Codebook | None) -> None:
    import gc
    import signal

    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    global _CODEBOOK
    _CODEBOOK = codebook
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the crawling process decides when to end


def _read(jobs: list[PageJob]) -> list[list[NewsArticle] | Exception]:
    """Read several pages; what one of them raises concerns that one only."""
    results: list[list[NewsArticle] | Exception] = []
    for job in jobs:
        try:
            results.append(read_job(job, _CODEBOOK))
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
        self._waiting: list[tuple[PageJob, asyncio.Future[list[NewsArticle]]]] = []
        self._trips: set[asyncio.Task[None]] = set()
        self._most_trips = workers + 1
        if workers:
            self._pool = ProcessPoolExecutor(
                workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(codebook,)
            )

    async def read(self, job: PageJob) -> list[NewsArticle]:
        """Every article of the page, annotated."""
        if self._pool is None:
            return read_job(job, self.codebook)
        future: asyncio.Future[list[NewsArticle]] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if len(self._trips) < self._most_trips:
            trip = asyncio.create_task(self._travel(self._pool))
            self._trips.add(trip)
            trip.add_done_callback(self._trips.discard)
        return await future

    async def _travel(self, pool: ProcessPoolExecutor) -> None:
        """Take what waits to a worker, again and again until nothing waits."""
        while self._waiting:
            taken, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            try:
                results = await asyncio.get_running_loop().run_in_executor(pool, _read, [job for job, _ in taken])
            except Exception as error:  # noqa: BLE001 - a dead pool: every page that travelled is told
                results = [error] * len(taken)
            for (_, future), result in zip(taken, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)

    def close(self) -> None:
        """End the worker processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
