"""``mpsc archive``: what is kept, whether it is whole, and dropping what is old."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from mpsc_crawler.cli.common import SOME_FAILED, console_for_people, guarded, local_time, number_of, plain_json
from mpsc_crawler.settings import SettingsError, archive_path, load_settings

if TYPE_CHECKING:
    from mpsc_crawler.archive.upkeep import ArchiveFile


def _folder() -> Path:
    folder = archive_path(load_settings())
    if folder is None:
        raise SettingsError("MPSC_ARCHIVE_DIR is empty: there is no archive")
    return folder


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.pass_context
@guarded
def archive(context: click.Context, as_json: bool) -> None:
    """List the files of the archive: what they hold, from when to when."""
    if context.invoked_subcommand is not None:
        return
    from mpsc_crawler.archive.upkeep import look_through

    found = list(look_through(_folder()))
    if as_json:
        click.echo(plain_json([_for_machines(file) for file in found]))
        return
    console = console_for_people()
    table = Table()
    for name in ("file", "MB", "answers", "from", "to", ""):
        table.add_column(name, justify="right" if name in ("MB", "answers") else "left", no_wrap=name == "file")
    for file in found:
        table.add_row(
            file.path.name, f"{file.size / 1e6:.1f}", str(file.responses), local_time(file.first), local_time(file.last),
            "being written" if file.in_use else file.problem,
        )  # fmt: skip
    console.print(table)
    console.print(
        f"{number_of(len(found), 'file', 'files')} in {_folder()}, {sum(file.size for file in found) / 1e6:.1f} MB.",
        soft_wrap=True,
    )


def _for_machines(file: ArchiveFile) -> dict[str, object]:
    return {
        "file": file.path.name, "bytes": file.size, "answers": file.responses, "from": file.first, "to": file.last,
        "problem": file.problem or None, "in_use": file.in_use,
    }  # fmt: skip


@archive.command("verify")
@guarded
def archive_verify() -> None:
    """Mend what a killed process left behind, then hold every record against its digest; exit code 1 for a damaged file."""
    from mpsc_crawler.archive.upkeep import look_through, mend

    folder = _folder()
    for path, size in mend(folder):
        click.echo(f"{path.name}: {size} bytes of a record that was not finished were cut off")
    damaged = files = 0
    there = set()
    for file in look_through(folder, digests=True):
        files += 1
        there.add(file.path.name)
        if file.problem and not file.in_use:
            damaged += 1
            click.echo(f"{file.path.name}: {file.problem}; restore it from a backup", err=True)
    needed = _needed()
    missing = sorted(needed.keys() - there)
    for name in missing:
        articles = number_of(needed[name], "article was", "articles were")
        click.echo(f"{name}: missing, though {articles} read from it; restore it from a backup", err=True)
    click.echo(f"{number_of(files, 'file', 'files')} verified, {damaged} damaged, {len(missing)} missing.")
    sys.exit(SOME_FAILED if damaged or missing else 0)


def _needed() -> dict[str, int]:
    """The files that the database names; none where there is no database."""
    from mpsc_crawler.storage.archived import articles_by_file
    from mpsc_crawler.storage.session import NoDatabaseError, open_for_reading

    try:
        engine = open_for_reading(load_settings().database_url)
    except NoDatabaseError:
        return {}
    found = articles_by_file(engine)
    engine.dispose()
    return found


@archive.command("drop")
@click.option(
    "--older-than", "days", type=click.FloatRange(min=0), required=True, help="Days since a file was written."
)
@guarded
def archive_drop(days: float) -> None:
    """Drop old files of the archive; their articles stay, but cannot be read again. MPSC_ARCHIVE_DAYS does so after every crawl."""
    from mpsc_crawler.operations.retention import drop_old
    from mpsc_crawler.storage.session import must_exist, open_database

    folder, url = _folder(), load_settings().database_url
    must_exist(url)
    engine = open_database(url)
    dropped = drop_old(engine, folder, days, datetime.now(UTC))
    engine.dispose()
    click.echo(f"{dropped}.")
    for name in dropped.files:
        click.echo(f"  {name}")
