"""What the parts of one crawl share: settings, registry, database, archive, workers, the clock. One per crawler."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from mpsc_crawler import SOFTWARE
from mpsc_crawler.archive.upkeep import mend
from mpsc_crawler.archive.warc import ReplayArchive, WarcArchive, check_folder
from mpsc_crawler.items import ArticleLink
from mpsc_crawler.language.codebook import Codebook, read_codebook
from mpsc_crawler.operations.afterwards import check_afterwards
from mpsc_crawler.operations.lock import HostLocks, bury_dead_runs, this_process
from mpsc_crawler.settings import Settings, archive_path, load_settings
from mpsc_crawler.sources.registry import Registry, load_registry, municipalities
from mpsc_crawler.storage.registry import start_run, sync_registry
from mpsc_crawler.storage.session import explain, open_database, passes

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger("mpsc")
_T = TypeVar("_T")
_TRIES, _PATIENCE = 5, 5.0


def user_agent(settings: Settings) -> str:
    """The honest user agent: the project's name and version, its purpose, and the operator's contact."""
    contact = settings.contact or "operator has set no contact"
    return f"{SOFTWARE} (research crawler for news of Modellprojekte Smart Cities; {contact})"


@dataclass(slots=True)
class SourceTally:
    """What happened at one source, for the display and the summary."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    worst: str = ""
    status: str = "waiting"


@dataclass(eq=False)
class CrawlContext:
    """Built once per crawler, on first use. The run's record opens when the sources are known."""

    settings: Settings
    registry: Registry
    engine: Engine
    codebook: Codebook | None
    replay: ReplayArchive | None
    replay_name: str | None
    archive: WarcArchive | None
    locks: HostLocks | None
    run_id: int = 0
    tallies: dict[str, SourceTally] = field(default_factory=dict)
    hints: dict[int, tuple[dict[str, Any] | None, ArticleLink]] = field(default_factory=dict)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    fatal: Exception | None = None
    stopping: bool = False
    servers: dict[str, str] = field(default_factory=dict)
    watchers: list[Callable[[], None]] = field(default_factory=list)
    closers: list[Callable[[], None]] = field(default_factory=list)

    def now(self) -> datetime:
        """The present moment, or that of the replay."""
        return self.replay.now if self.replay is not None else self.clock()

    def start(self, slugs: list[str]) -> None:
        """Bring the registry into the database and open the run's record."""
        named = any(source.members for source in self.registry)
        for attempt in range(_TRIES):
            began = time.monotonic()
            try:
                sync_registry(self.engine, list(self.registry), municipalities() if named else {})
                break
            except (IntegrityError, OperationalError):
                # another run that started at the same moment writes the same rows
                if attempt == _TRIES - 1 or time.monotonic() - began > _PATIENCE:
                    raise  # no collision, but a database that is held for long
                time.sleep(0.2 * (attempt + 1))
        bury_dead_runs(self.engine, self.now())
        holder = str(this_process())
        self.run_id = start_run(self.engine, slugs, SOFTWARE, self.now(), self.replay_name, holder)
        if self.locks is not None:
            self.locks.run_id = self.run_id
        self.tallies = {slug: SourceTally() for slug in slugs}

    async def ask_database(self, function: Callable[..., _T], *arguments: Any) -> _T:
        """Run a database function off the event loop.

        :raises DatabaseError: the database refused; noted as fatal, so that the run ends with its exit code.
        """
        for attempt in range(_TRIES):
            try:
                return await asyncio.to_thread(function, *arguments)
            except OperationalError as error:
                if attempt == _TRIES - 1 or not (passes(error) or "locked" in str(error)):
                    raise self.give_up(explain(error, self.settings.database_url)) from error
            except SQLAlchemyError as error:
                raise self.give_up(explain(error, self.settings.database_url)) from error
        raise AssertionError("unreachable")

    def give_up(self, error: Exception) -> Exception:
        """Note what ends the run, and have it end: nothing more is asked that could not be stored. Returns ``error``."""
        if self.fatal is None:
            self.fatal = error
            for close in self.closers:
                close()
        return error

    def tally(self, slug: str) -> SourceTally:
        """The tally of a source."""
        return self.tallies.setdefault(slug, SourceTally())

    def changed(self) -> None:
        """Tell the display that something happened."""
        for watcher in self.watchers:
            watcher()


def end_downloads(crawler: Crawler) -> None:
    """Have a crawl ask for nothing more, so that it can end within seconds, whatever delays its servers ask for."""
    end = getattr(getattr(crawler.engine, "downloader", None), "end", None)
    if end is not None:
        end()


_CONTEXTS: WeakKeyDictionary[Crawler, CrawlContext] = WeakKeyDictionary()


def context_of(crawler: Crawler) -> CrawlContext:
    """The context of a crawler, made from its settings on first use.

    :raises RegistryError, CodebookError, SettingsError, DatabaseError, ArchiveError: each with a message for people.
    """
    found = _CONTEXTS.get(crawler)
    if found is None:
        found = _CONTEXTS[crawler] = _make(crawler)
    return found


def _make(crawler: Crawler) -> CrawlContext:
    given = crawler.settings.get("MPSC_SETTINGS")
    settings = given if isinstance(given, Settings) else load_settings()
    registry = load_registry(Path(settings.sources_dir) if settings.sources_dir else None)
    codebook = read_codebook(Path(settings.codebook)) if settings.codebook else None
    paths = [Path(path) for path in crawler.settings.getlist("MPSC_REPLAY")]
    moment = crawler.settings.get("MPSC_REPLAY_AT")
    replay = ReplayArchive(paths, moment) if paths else None
    engine = open_database(settings.database_url)
    folder = archive_path(settings)
    if replay is None:
        check_afterwards(settings)
    if folder is not None and replay is None:
        check_folder(folder)
        for path, size in mend(folder):
            logger.warning("%s: a run was killed while it wrote; %d bytes of its last record were cut off", path, size)
    clock = crawler.settings.get("MPSC_CLOCK") or (lambda: datetime.now(UTC))
    now = clock()
    archive = WarcArchive(folder, SOFTWARE, now) if folder is not None and replay is None else None
    locks = HostLocks(engine, this_process()) if replay is None else None  # an archive is read without asking any host
    name = ", ".join(path.name for path in paths) or None
    return CrawlContext(settings, registry, engine, codebook, replay, name, archive, locks, clock=clock)
