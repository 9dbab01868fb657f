"""``mpsc export``: feeds and files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mpsc_crawler.cli.common import MOST, guarded, number_of
from mpsc_crawler.cli.filters import filters, wanted_of
from mpsc_crawler.settings import load_settings
from mpsc_crawler.storage.queries import NothingFoundError

if TYPE_CHECKING:
    from sqlalchemy import Engine


@click.group()
def export() -> None:
    """Write feeds and files."""


def _from_to(output: Path | None, name: str) -> tuple[Engine, Path]:
    """The database to read from, and the file to write: the named one, else one of this name in the folder of exports."""
    from mpsc_crawler.storage.session import open_for_reading

    settings = load_settings()
    return open_for_reading(settings.database_url), output or Path(settings.export_dir) / name


def _feed_options(command: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder; default exports/."),
        click.option(
            "--limit",
            type=click.IntRange(0, MOST),
            default=200,
            show_default=True,
            help="Newest items per feed; 0 for all.",
        ),
        click.option("--full-text", is_flag=True, help="Put whole texts into the feed; mind copyright."),
        click.option("--base-url", help="Where the folder will be served, for the feed's own address."),
    )
    for option in reversed(options):
        command = option(command)
    return filters(command)


def _write_feeds(
    form: str, output: Path | None, limit: int, *, full_text: bool, base_url: str | None, **values: Any
) -> None:
    from mpsc_crawler.export.feeds import ATOM, JSON_FEED, export_feeds
    from mpsc_crawler.storage.session import open_for_reading

    if base_url and not base_url.startswith(("http://", "https://")):
        raise click.UsageError(f"--base-url must be a full http or https address, not {base_url!r}")
    settings = load_settings()
    engine = open_for_reading(settings.database_url)
    written = export_feeds(
        engine, output or Path(settings.export_dir), wanted_of(values), limit=limit or None, full_text=full_text,
        base_url=base_url, form=ATOM if form == "atom" else JSON_FEED,
    )  # fmt: skip
    for path, number in written:
        click.echo(f"{path}: {number_of(number, 'item', 'items')}")


@export.command("jsonfeed")
@_feed_options
@guarded
def export_jsonfeed(**values: Any) -> None:
    """JSON Feed 1.1: all, per source, per topic and per state; or one feed for the given filters."""
    _write_feeds("jsonfeed", **values)


@export.command("atom")
@_feed_options
@guarded
def export_atom(**values: Any) -> None:
    """Atom (RFC 4287): all, per source, per topic and per state; or one feed for the given filters."""
    _write_feeds("atom", **values)


@export.command("jsonl")
@filters
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File; default exports/articles.jsonl.")
@click.option("--limit", type=click.IntRange(0, MOST), default=0, help="Newest articles; 0 for all.")
@click.option(
    "--reserved", is_flag=True, help="Also texts whose use is reserved: only where the law lets you (§ 60d UrhG)."
)
@guarded
def export_jsonl_command(output: Path | None, limit: int, reserved: bool, **values: Any) -> None:
    """JSON Lines: one article per line with all parts and evidence; texts only where their pages let them go."""
    from mpsc_crawler.export.jsonl import export_jsonl

    engine, path = _from_to(output, "articles.jsonl")
    number = export_jsonl(engine, path, wanted_of(values), limit or None, reserved=reserved)
    click.echo(f"{path}: {number} articles")


_texts = click.option("--texts", is_flag=True, help="With kicker, teaser and body, where their pages let them go.")
_file_limit = click.option("--limit", type=click.IntRange(0, MOST), default=0, help="Newest articles; 0 for all.")


@export.command("csv")
@filters
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File; default exports/articles.csv.")
@click.option(
    "--delimiter", type=click.Choice([",", ";"]), default=",", show_default=True, help="; for a German spreadsheet."
)
@_file_limit
@_texts
@guarded
def export_csv(output: Path | None, delimiter: str, limit: int, texts: bool, **values: Any) -> None:
    """CSV: one article per line, for a spreadsheet; nothing in it is run as a formula."""
    from mpsc_crawler.export.records import records
    from mpsc_crawler.export.tabular import write_csv

    engine, path = _from_to(output, "articles.csv")
    rows = records(engine, wanted_of(values), limit or None, texts=texts)
    number = write_csv(path, rows, texts=texts, delimiter=delimiter)
    click.echo(f"{path}: {number_of(number, 'article', 'articles')}")


@export.command("parquet")
@filters
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="File; default exports/articles.parquet."
)
@_file_limit
@_texts
@guarded
def export_parquet(output: Path | None, limit: int, texts: bool, **values: Any) -> None:
    """Parquet: one article per row, typed, for pandas, R and DuckDB."""
    from mpsc_crawler.export.records import records
    from mpsc_crawler.export.tabular import write_parquet

    engine, path = _from_to(output, "articles.parquet")
    number = write_parquet(path, records(engine, wanted_of(values), limit or None, texts=texts), texts=texts)
    click.echo(f"{path}: {number_of(number, 'article', 'articles')}")


@export.command("ics")
@filters
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File; default exports/events.ics.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="Events from this day on.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Events that begin on or before this day.")
@guarded
def export_ics(output: Path | None, first: datetime | None, last: datetime | None, **values: Any) -> None:
    """iCalendar (RFC 5545): the events that articles announce, for a calendar program."""
    from mpsc_crawler.export.calendar import write_calendar
    from mpsc_crawler.storage import queries

    if first and last and first > last:
        raise NothingFoundError(f"--from {first:%Y-%m-%d} lies after --to {last:%Y-%m-%d}; no day is between them")
    engine, path = _from_to(output, "events.ics")
    found = queries.events(engine, wanted_of(values), first.date() if first else None, last.date() if last else None)
    number = write_calendar(path, found)
    click.echo(f"{path}: {number_of(number, 'event', 'events')}")
