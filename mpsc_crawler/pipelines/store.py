"""Stores what the spider yields: bounded queue, batches, one writer off the event loop.

The archive is written before the database, so that whatever the database acknowledges can be shown again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any, cast, get_args

from itemadapter import ItemAdapter

from mpsc_crawler import SOFTWARE
from mpsc_crawler.archive.warc import ArchiveError
from mpsc_crawler.extensions.context import context_of, end_downloads
from mpsc_crawler.operations.due import article_next_due
from mpsc_crawler.storage.batch import Extra, Item
from mpsc_crawler.storage.hints import hints_of
from mpsc_crawler.storage.session import DatabaseError
from mpsc_crawler.storage.stories import place_new
from mpsc_crawler.storage.writer import Writer

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

logger = logging.getLogger("mpsc")
_ITEMS = get_args(Item)


class StorePipeline:
    """Collects items and writes them in batches; a failing database ends the run in good order."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.context = context_of(crawler)
        self.size = self.context.settings.batch
        self.queue: asyncio.Queue[Item | None] = asyncio.Queue(maxsize=4 * self.size)
        self.task: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self.writer: Writer | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:  # noqa: ANN401 - Scrapy items are anything
        """Queue an item; waits while the writer is behind."""
        if not isinstance(item, _ITEMS):
            raise TypeError(f"cannot store {ItemAdapter(item).item.__class__.__name__}")
        if self.context.fatal is None:
            if self.task is None:
                self.task = asyncio.create_task(self._run())
            await self.queue.put(cast(Item, item))
        return item

    async def close_spider(self) -> None:
        """Write what is left and close the archive."""
        if self.task is not None:
            await self.queue.put(None)
            await self.task
        if self.context.fatal is None and self.context.run_id:
            await asyncio.to_thread(self._find_stories)
        if self.context.archive is not None:
            await asyncio.to_thread(self.context.archive.close)

    def _find_stories(self) -> None:
        """Compare what is new with what is there; a run that is to end leaves that to the next one."""
        try:
            place_new(self.context.engine, lambda: self.context.stopping)
        except DatabaseError as error:
            self.context.fatal = error
            logger.error("%s", error)

    async def _run(self) -> None:
        ending = False
        while not ending:
            batch: list[Item] = []
            item = await self.queue.get()
            ending = item is None
            if item is not None:
                batch.append(item)
            while len(batch) < self.size and not ending:
                try:
                    item = await asyncio.wait_for(self.queue.get(), timeout=0.5)
                except TimeoutError:
                    break
                ending = item is None
                if item is not None:
                    batch.append(item)
            if batch and self.context.fatal is None:
                await self._flush(batch)

    async def _flush(self, batch: list[Item]) -> None:
        try:
            counts = await asyncio.to_thread(self._write, batch)
        except (DatabaseError, ArchiveError) as error:
            await self._give_up(error)
            return
        except Exception as error:
            # a writer that dies without a word would leave the crawl waiting for ever
            logger.exception("the writer failed; nothing of this batch is stored")
            await self._give_up(DatabaseError(f"storing failed: {type(error).__name__}: {error}"))
            return
        for slug, outcome in counts.items():
            self.context.tally(slug).counts.update(outcome)
        self.context.changed()

    async def _give_up(self, error: Exception) -> None:
        self.context.fatal = error
        logger.error("%s", error)
        end_downloads(self.crawler)
        # not awaited: closing waits for this very task to end
        self._closing = asyncio.create_task(self.crawler.engine.close_spider_async(reason="storage failed"))

    def _write(self, batch: list[Item]) -> dict[str, Counter[str]]:
        """Runs in a thread: archive, flush, then one transaction; counts by source."""
        context = self.context
        if self.writer is None:
            self.writer = Writer(context.engine, context.run_id, SOFTWARE, article_next_due)
        positions: dict[int, tuple[str, int]] = {}
        extras: dict[int, Extra] = {}
        for item in batch:
            exchange = getattr(item, "exchange", None)
            told, link = self.context.hints.pop(id(item), (None, None))
            extra = Extra(told=told, hints=hints_of(link) if link is not None else None)
            if exchange is not None and context.archive is not None:
                if id(exchange) not in positions:
                    positions[id(exchange)] = context.archive.write(exchange)
                extra.position = positions[id(exchange)]
            if context.archive is not None:
                for beside in getattr(item, "further", ()):
                    context.archive.write(beside)
            extras[id(item)] = extra
        if context.archive is not None:
            context.archive.flush()
        return self.writer.write(batch, extras)
