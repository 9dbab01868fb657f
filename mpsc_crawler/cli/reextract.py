"""``mpsc reextract``: what did the pages say, as we would read them now?"""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from mpsc_crawler import SOFTWARE
from mpsc_crawler.cli.common import OK, SOME_FAILED, STOPPED, guarded, number_of, registry_of
from mpsc_crawler.cli.topics import codebook_of, codebook_option
from mpsc_crawler.items import BERLIN
from mpsc_crawler.settings import SettingsError, archive_path, load_settings


@click.command()
@click.option("--source", "sources", multiple=True, help="Only this source; may be repeated.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only articles first seen on this day or later.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes that read; by default one per core.")
@codebook_option
@guarded
def reextract(sources: tuple[str, ...], since: datetime | None, workers: int | None, codebook: Path | None) -> None:
    """Read the archive again with today's rules; no network.

    What changes makes a revision that is marked as ours, never as the publisher's. What cannot be read stays as it is.
    """
    from mpsc_crawler.operations.lock import bury_dead_runs, this_process
    from mpsc_crawler.operations.reextract import Reextracted, articles_without_answer, cores, wanted_pages
    from mpsc_crawler.operations.reextract import reextract as read_all
    from mpsc_crawler.storage.registry import end_run, start_run
    from mpsc_crawler.storage.rewriter import Rewriter
    from mpsc_crawler.storage.session import explain, must_exist, open_database

    settings = load_settings()
    book = codebook_of(codebook, settings)
    registry = registry_of(settings)
    chosen = registry.select(list(sources))
    folder = archive_path(settings)
    if folder is None:
        raise SettingsError("MPSC_ARCHIVE_DIR is empty: there is no archive that could be read again")
    must_exist(settings.database_url)
    engine = open_database(settings.database_url)
    done = Reextracted()
    from_day = since.replace(tzinfo=BERLIN) if since is not None else None
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())  # a transaction is never cut short
    try:
        now = datetime.now(UTC)
        bury_dead_runs(engine, now)
        run = start_run(engine, [], SOFTWARE, now, f"reextract {folder}", str(this_process()))
        status = "stopped"
        try:
            pages = wanted_pages(engine, folder, chosen, from_day)
            rewriter = Rewriter(engine, run, SOFTWARE)
            read_all(pages, rewriter, book, registry.brands, workers or cores(), now, done, asked.is_set)
            status = "stopped" if asked.is_set() else "done"
        finally:
            end_run(engine, run, status, datetime.now(UTC), dict(done.counts))
        without = articles_without_answer(engine, [source.slug for source in chosen])
    except SQLAlchemyError as error:
        raise explain(error, settings.database_url) from error
    engine.dispose()
    counts = done.counts
    click.echo(
        f"{done.read} articles read again: {counts['changed']} changed, {counts['refreshed']} with other annotations,"
        f" {counts['unchanged']} as before."
    )
    if counts["overtaken"]:
        click.echo(f"{counts['overtaken']} were read from a newer answer meanwhile and left alone.")
    if without:
        told = number_of(without, "article has", "articles have")
        click.echo(f"{told} no answer in the archive (dropped, or stored without one) and stay as they are.")
    if counts["left"]:
        click.echo(f"{counts['left']} not read again; they stay as they are:")
        for problem in done.problems:
            click.echo(f"  {problem}")
    if asked.is_set():
        click.echo("Stopped; what was read again is stored.")
    sys.exit(STOPPED if asked.is_set() else SOME_FAILED if counts["left"] else OK)
