"""Reads pages in the crawling process, or in processes beside it."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from mpsc_crawler.items import NewsArticle
from mpsc_crawler.language.codebook import Codebook
from mpsc_crawler.reading import PageJob, read_job

_CODEBOOK: Codebook | None = None


def _prepare(codebook: Codebook | None) -> None:
    import gc
    import signal

    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    global _CODEBOOK
    _CODEBOOK = codebook
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the crawling process decides when to end


def _read(job: PageJob) -> list[NewsArticle]:
    return read_job(job, _CODEBOOK)


class PageReader:
    """Reads pages with ``workers`` processes; none means in this process."""

    def __init__(self, workers: int, codebook: Codebook | None) -> None:
        self.codebook = codebook
        self._pool: ProcessPoolExecutor | None = None
        if workers:
            self._pool = ProcessPoolExecutor(
                workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(codebook,)
            )

    async def read(self, job: PageJob) -> list[NewsArticle]:
        """Every article of the page, annotated."""
        if self._pool is None:
            return read_job(job, self.codebook)
        return await asyncio.get_running_loop().run_in_executor(self._pool, _read, job)

    def close(self) -> None:
        """End the worker processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
