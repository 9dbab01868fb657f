"""``mpsc erase``: takes articles out of the database and the archive for good."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.cli.common import console_for_people, guarded
from mpsc_crawler.settings import archive_path, load_settings


@click.command()
@click.argument("numbers", type=click.IntRange(1, 2**63 - 1), nargs=-1)
@click.option(
    "--find",
    "text",
    metavar="TEXT",
    help="List the articles in which this text stands, for instance a name; erases nothing.",
)
@click.option(
    "--page",
    "pages",
    metavar="ADDRESS",
    multiple=True,
    help="Forget the headline of a page out of scope; may be repeated.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@guarded
def erase(numbers: tuple[int, ...], text: str | None, pages: tuple[str, ...], yes: bool) -> None:
    """Erase articles by NUMBER: text, revisions, everything derived from it, and the recorded pages in the archive.

    Their addresses stay, marked as erased, so that no later crawl fetches them again. Exports made before are not
    touched. See docs/data-protection.md.
    """
    if text is not None:
        if numbers or pages:
            raise click.UsageError("--find only lists; name numbers without it to erase")
        if len(text.strip()) < 3:
            raise click.UsageError("--find needs at least three characters")
        _list(text.strip())
        return
    if not numbers and not pages:
        raise click.UsageError("name the numbers of the articles, or look for them with --find TEXT")
    if pages:
        _forget(pages)
    if numbers:
        _erase(numbers, yes=yes)


def _forget(pages: tuple[str, ...]) -> None:
    from mpsc_crawler.storage.erase import erase_page
    from mpsc_crawler.storage.session import open_database

    engine = open_database(load_settings().database_url)
    for address in dict.fromkeys(pages):
        number = erase_page(engine, address)
        click.echo(f"{address}: forgotten" if number else f"{address}: no page out of scope has this address")
    engine.dispose()


def _list(text: str) -> None:
    from mpsc_crawler.storage.erase import articles_naming, pages_naming
    from mpsc_crawler.storage.session import open_for_reading

    engine = open_for_reading(load_settings().database_url)
    rows, outside = articles_naming(engine, text), pages_naming(engine, text)
    table = Table()
    for name in ("number", "source", "published", "headline"):
        table.add_column(name, justify="right" if name == "number" else "left")
    for number, source, published, headline in rows:
        table.add_row(str(number), source, published or "unknown", escape(headline or "(no headline)"))
    console = console_for_people()
    if rows:
        console.print(table)
    console.print(f"{len(rows)} articles hold {text!r}. `mpsc erase NUMBER …` erases them.")
    for source, address, headline in outside:
        console.print(
            f"Page out of scope: {source} {escape(address)} “{escape(headline)}”; `mpsc erase --page ADDRESS` forgets it."
        )


def _erase(numbers: tuple[int, ...], *, yes: bool) -> None:
    from mpsc_crawler.archive.erase import erase_records
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.erase import addresses_of, erase_article
    from mpsc_crawler.storage.session import open_database, open_for_reading

    settings = load_settings()
    reading = open_for_reading(settings.database_url)
    here: list[int] = []
    for number in dict.fromkeys(numbers):
        try:
            found = queries.article(reading, number)
        except queries.NothingFoundError:
            if len(set(numbers)) == 1:
                raise
            click.echo(f"{number}: there is no such article (erased before?)")
            continue
        here.append(number)
        click.echo(f"{number}: {found['headline'] or '(no headline)'} ({found['url']})")
    reading.dispose()
    if not here:
        raise queries.NothingFoundError("none of these articles is in the database; `mpsc articles` lists the numbers")
    if not yes:
        click.confirm("Erase for good?", abort=True)
    engine = open_database(settings.database_url)
    folder = archive_path(settings)
    for number in here:
        # the archive first: once the article is gone, nothing tells its addresses any more
        addresses = addresses_of(engine, number)
        kept = folder is not None and folder.is_dir()
        records = erase_records(folder, addresses, datetime.now(UTC)) if folder is not None and kept else 0
        erase_article(engine, number)
        click.echo(f"{number}: erased; {records} records overwritten in the archive")
    engine.dispose()
