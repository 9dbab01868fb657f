"""``mpsc export``: feeds and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mpsc_crawler.cli.common import (
    guarded,
)
from mpsc_crawler.cli.filters import filters, wanted_of
from mpsc_crawler.settings import load_settings


@click.group()
def export() -> None:
    """Write feeds and files."""


@export.command("jsonfeed")
@filters
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder; default exports/.")
@click.option(
    "--limit", type=click.IntRange(min=0), default=200, show_default=True, help="Newest items per feed; 0 for all."
)
@click.option("--full-text", is_flag=True, help="Put whole texts into the feed; mind copyright.")
@click.option("--base-url", help="Where the folder will be served, for feed_url.")
@guarded
def export_jsonfeed(output: Path | None, limit: int, full_text: bool, base_url: str | None, **values: Any) -> None:
    """JSON Feed 1.1: all, per source and per topic; or one feed for the given filters."""
    from mpsc_crawler.export.jsonfeed import export_feeds
    from mpsc_crawler.storage.session import open_for_reading

    if base_url and not base_url.startswith(("http://", "https://")):
        raise click.UsageError(f"--base-url must be a full http or https address, not {base_url!r}")
    settings = load_settings()
    engine = open_for_reading(settings.database_url)
    folder = output or Path(settings.export_dir)
    written = export_feeds(
        engine, folder, wanted_of(values), limit=limit or None, full_text=full_text, base_url=base_url
    )
    for path, number in written:
        click.echo(f"{path}: {number} items")


@export.command("jsonl")
@filters
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File; default exports/articles.jsonl.")
@click.option("--limit", type=click.IntRange(min=0), default=0, help="Newest articles; 0 for all.")
@click.option(
    "--reserved", is_flag=True, help="Also texts whose use is reserved: only where the law lets you (§ 60d UrhG)."
)
@guarded
def export_jsonl_command(output: Path | None, limit: int, reserved: bool, **values: Any) -> None:
    """JSON Lines: one article per line with all parts and evidence; texts only where their pages let them go."""
    from mpsc_crawler.export.jsonl import export_jsonl
    from mpsc_crawler.storage.session import open_for_reading

    settings = load_settings()
    engine = open_for_reading(settings.database_url)
    path = output or Path(settings.export_dir) / "articles.jsonl"
    number = export_jsonl(engine, path, wanted_of(values), limit or None, reserved=reserved)
    click.echo(f"{path}: {number} articles")
