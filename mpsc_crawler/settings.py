"""Every knob, its default, its environment variable. ``docs/settings.md`` lists them; a test keeps both the same."""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

ENV_PREFIX = "MPSC_"
ZERO_ALLOWED = frozenset(("delay", "workers", "time_limit", "archive_days"))


class SettingsError(ValueError):
    """An environment variable holds what it must not. Fit to be shown."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set, by environment variable ``MPSC_<NAME>``."""

    database_url: str = "sqlite:///mpsc.db"
    contact: str = ""
    sources_dir: str = ""
    archive_dir: str = "archive"
    archive_days: float = 0.0
    export_dir: str = "exports"
    codebook: str = ""
    data_dir: str = "../shared"
    delay: float = 1.0
    concurrency: int = 32
    per_host: int = 1
    timeout: float = 30.0
    max_bytes: int = 10 * 1024 * 1024
    max_list_pages: int = 50
    max_links: int = 5000
    workers: int = 0
    batch: int = 100
    chromium: str = ""
    time_limit: float = 0.0
    metrics_file: str = ""
    notify: str = ""
    shared_servers: str = "together"


DOCUMENTATION: dict[str, str] = {
    "database_url": "SQLAlchemy address of the database; SQLite or PostgreSQL (`postgresql+psycopg://user@host/name`)",
    "contact": "mail address or page where a site's operator reaches you; part of the user agent",
    "sources_dir": "folder of your own source files instead of the shipped registry",
    "archive_dir": "folder of the WARC files; empty switches the archive off",
    "archive_days": "days for which a WARC file is kept after it was last written to; 0 for ever; what is dropped is told",
    "export_dir": "folder for exports",
    "codebook": "your own codebook file instead of the shipped one",
    "data_dir": "folder of reference corpora for the benchmarks",
    "delay": "seconds between two requests to one host; a longer Crawl-delay in robots.txt wins",
    "concurrency": "requests under way at once over all hosts",
    "per_host": "requests under way at once to one host; more than one only for your own servers",
    "timeout": "seconds until a request is given up",
    "max_bytes": "bytes of an answer beyond which it is given up",
    "max_list_pages": "pages of one list that are read at the most in one run; a source may ask for fewer",
    "max_links": "article links of one source that are taken at the most in one run",
    "workers": "processes that read pages beside the crawling one; 0 reads in the crawling process",
    "chromium": "program that renders pages of sources with `render = true`; empty looks for Chromium in the path",
    "batch": "items that are written to the database in one transaction",
    "metrics_file": "file for Prometheus' textfile collector, written after each run; needs the extra `operations`",
    "notify": "Apprise addresses, separated by spaces, that are told of new alarms; needs the extra `operations`",
    "shared_servers": "`together`: hosts with one address count as one server with one delay; `apart`: each host for itself",
    "time_limit": "seconds after which a run ends in good order; 0 for no limit",
}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment.

    :raises SettingsError: a number is none, or out of range; the message names the variable.
    """
    given = os.environ if environ is None else environ
    known = {ENV_PREFIX + field.name.upper() for field in fields(Settings)}
    for name in given:
        if name.startswith(ENV_PREFIX) and name not in known and not name.startswith(ENV_PREFIX + "TEST_"):
            near = difflib.get_close_matches(name, known, n=1)
            raise SettingsError(
                f"{name}: unknown setting" + (f", did you mean {near[0]}?" if near else "; docs/settings.md lists all")
            )
    values: dict[str, object] = {}
    for field in fields(Settings):
        name = ENV_PREFIX + field.name.upper()
        raw = given.get(name)
        if raw is None:
            continue
        default = field.default
        values[field.name] = (
            raw.strip() if isinstance(default, str) else _number(name, raw, whole=isinstance(default, int))
        )
    contact = str(values.get("contact", ""))
    if not contact.isprintable() or not contact.isascii():
        raise SettingsError(
            f"{ENV_PREFIX}CONTACT: must be plain ASCII on one line, as it is sent in a header, not {contact!r}"
        )
    if values.get("shared_servers", "together") not in ("together", "apart"):
        raise SettingsError(f"{ENV_PREFIX}SHARED_SERVERS: must be together or apart, not {values['shared_servers']!r}")
    return Settings(**values)  # type: ignore[arg-type]


def _number(name: str, raw: str, *, whole: bool) -> float:
    """A number from the environment; zero only where it means something."""
    try:
        number = int(raw) if whole else float(raw)
    except ValueError:
        raise SettingsError(f"{name}: must be a {'whole ' if whole else ''}number, not {raw!r}") from None
    zero = name.removeprefix(ENV_PREFIX).lower() in ZERO_ALLOWED
    if not math.isfinite(number) or number < 0 or (number == 0 and not zero):
        raise SettingsError(f"{name}: must be {'0 or more' if zero else 'more than 0'}, not {raw!r}")
    return number


def archive_path(settings: Settings) -> Path | None:
    """The archive's folder, or ``None`` where it is switched off."""
    return Path(settings.archive_dir) if settings.archive_dir else None
