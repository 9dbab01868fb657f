"""How long is the archive kept? As long as the operator says; what is dropped is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from mpsc_crawler.archive.upkeep import older_than
from mpsc_crawler.archive.warc import ArchiveError
from mpsc_crawler.storage.archived import forget_files


@dataclass(frozen=True, slots=True)
class Dropped:
    """Files that were dropped, their bytes, and how many articles cannot be read again for that."""

    files: tuple[str, ...] = ()
    size: int = 0
    articles: int = 0

    def __str__(self) -> str:
        return (
            f"{len(self.files)} file{'' if len(self.files) == 1 else 's'} of the archive dropped ({self.size / 1e6:.1f} MB);"
            f" {self.articles} article{'' if self.articles == 1 else 's'} cannot be read again because of that"
        )


def drop_old(engine: Engine, folder: Path, days: float, now: datetime) -> Dropped:
    """Drop the files that were last written to more than so many days ago.

    The database forgets them first: a file that is left over by a crash is dropped the next time.

    :raises ArchiveError: a file cannot be removed.
    :raises DatabaseError: the database refused; nothing was dropped.
    """
    paths = older_than(folder, now - timedelta(days=days))
    if not paths:
        return Dropped()
    articles = forget_files(engine, [path.name for path in paths])
    size = 0
    for path in paths:
        try:
            size += path.stat().st_size
            path.unlink()
        except OSError as error:
            raise ArchiveError(f"archive {path}: {error.strerror}") from error
    return Dropped(tuple(path.name for path in paths), size, articles)
