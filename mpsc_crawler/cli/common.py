"""What the commands share: exit codes, error messages, the console."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from mpsc_crawler.analysis.errors import AnalysisError
from mpsc_crawler.archive.warc import ArchiveError
from mpsc_crawler.demo import DemoError
from mpsc_crawler.export.files import ExportError
from mpsc_crawler.items import BERLIN
from mpsc_crawler.language.codebook import CodebookError
from mpsc_crawler.settings import Settings, SettingsError
from mpsc_crawler.sources.registry import Registry, RegistryError, load_registry
from mpsc_crawler.storage.queries import NothingFoundError
from mpsc_crawler.storage.search.query import QueryError
from mpsc_crawler.storage.session import DatabaseError

MOST = 2**31 - 1  # the greatest number that every database takes
OK, SOME_FAILED, USAGE, NOTHING_REACHED, STORAGE, LOCKED, ALARM, STOPPED = 0, 1, 2, 3, 4, 5, 6, 130
EXIT_CODES = {
    OK: "all well",
    SOME_FAILED: "done, but some sources failed or were not finished; the summary names them",
    USAGE: "the command, a setting, a source file, a codebook or a query is wrong; nothing was fetched",
    NOTHING_REACHED: "no source could be reached",
    STORAGE: "the database, the archive or an export file could not be used",
    LOCKED: "another run asks the hosts of every source that was to be crawled; nothing was fetched",
    ALARM: "a source needs a person to look at it; `mpsc status` says which and why",
    STOPPED: "stopped by a signal; everything acknowledged is stored",
}


def console_for_people() -> Console:
    wide = sys.stdout.isatty()
    return Console(width=None if wide else 160, highlight=False, soft_wrap=not wide)


def number_of(number: int, one: str, many: str) -> str:
    """ "1 file", "2 files"."""
    return f"{number} {one if number == 1 else many}"


def fail(message: str, code: int) -> NoReturn:
    for line in message.splitlines():
        click.echo(f"mpsc: {line}", err=True)
    sys.exit(code)


def guarded(command: Callable[..., Any]) -> Callable[..., Any]:
    """Errors are for people: one line each, and an exit code."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        try:
            return command(*args, **kwargs)
        except (
            RegistryError,
            SettingsError,
            CodebookError,
            NothingFoundError,
            QueryError,
            AnalysisError,
            DemoError,
        ) as error:
            fail(str(error), USAGE)
        except (DatabaseError, ArchiveError, ExportError) as error:
            fail(str(error), STORAGE)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(OK)

    return run


@contextmanager
def research_extra() -> Iterator[None]:
    """Around imports that need the extra ``research``: a missing library is told with what to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("mpsc_crawler"):
            raise
        fail(f"this needs {error.name}; install it with: pip install 'mpsc-crawler[research]'", USAGE)


def registry_of(settings: Settings) -> Registry:
    return load_registry(Path(settings.sources_dir) if settings.sources_dir else None)


def local_time(moment: datetime | None) -> str:
    """A moment as people read it, in Europe/Berlin; empty where there is none."""
    return moment.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") if moment is not None else ""


def plain_json(value: object) -> str:
    """For machines; moments and days in ISO 8601."""
    from mpsc_crawler.export.jsonl import plain

    return json.dumps(value, ensure_ascii=False, indent=1, default=plain)


def shown(url: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).render_as_string(hide_password=True)
