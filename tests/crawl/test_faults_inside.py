"""What fails inside the crawl's own parts is told and ends in good order; nothing waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from mpsc_crawler.extensions.context import CrawlContext
from mpsc_crawler.extensions.workers import PageReader, ReadPage
from mpsc_crawler.items import NewsArticle, PageUnchanged
from mpsc_crawler.pipelines.store import StorePipeline
from mpsc_crawler.reading import PageJob
from mpsc_crawler.storage.session import DatabaseError

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_writer_that_fails_ends_the_run_with_its_message(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    closed: list[str] = []

    def fail(_: object) -> None:
        raise RuntimeError("the writer is broken")

    pipeline = StorePipeline.__new__(StorePipeline)
    context = SimpleNamespace(fatal=None, archive=None, closers=[lambda: closed.append("storage failed")])
    context.give_up = lambda error: CrawlContext.give_up(context, error)  # type: ignore[arg-type]
    pipeline.context = context  # type: ignore[assignment]
    pipeline.size, pipeline.task = 2, None
    monkeypatch.setattr(pipeline, "_write", fail)

    async def run() -> None:
        pipeline.queue = asyncio.Queue(maxsize=4)
        for _ in range(30):  # many more than the queue holds
            await asyncio.wait_for(pipeline.process_item(PageUnchanged("jena", "https://jena.example/1", NOW)), 5)
        await asyncio.wait_for(pipeline.close_spider(), 5)

    asyncio.run(run())
    assert isinstance(pipeline.context.fatal, DatabaseError)
    assert "the writer is broken" in str(pipeline.context.fatal)
    assert closed == ["storage failed"]
    assert "nothing of this batch is stored" in caplog.text


class _AtOnce(Executor):
    """A pool whose answers are there at once; what it is asked is counted."""

    def __init__(self) -> None:
        self.loads: list[int] = []

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        self.loads.append(len(arguments[0]))
        future: Future[Any] = Future()
        future.set_result([ReadPage([NewsArticle(job.url, job.url)]) for job, _ in arguments[0]])
        return future


def test_every_page_is_read_whenever_it_comes() -> None:
    """Also one that comes between the end of a trip and the moment the loop hears of it."""
    reader = PageReader(0, None)
    reader._pool = _AtOnce()  # type: ignore[assignment]
    reader._most_trips = 1

    async def run() -> int:
        done = 0
        for number in range(200):
            job = PageJob(b"", f"https://jena.example/{number}", NOW, {}, "jena")
            waiting = asyncio.create_task(reader.read(job))
            for _ in range(number % 7):
                await asyncio.sleep(0)
            further = asyncio.create_task(reader.read(job))
            for page in await asyncio.wait_for(asyncio.gather(waiting, further), 5):
                done += len(page.articles)
        return done

    assert asyncio.run(run()) == 400
