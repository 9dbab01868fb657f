"""``mpsc db``: the database."""

from __future__ import annotations

import click

from mpsc_crawler.cli.common import (
    guarded,
    number_of,
    shown,
)
from mpsc_crawler.settings import load_settings


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@guarded
def db_upgrade() -> None:
    """Bring the database's schema up to date, or make a new database."""
    from mpsc_crawler.storage.session import head_revision, open_database

    url = load_settings().database_url
    open_database(url).dispose()
    click.echo(f"{shown(url)}: schema {head_revision()}")


@db.command("reindex")
@guarded
def db_reindex() -> None:
    """Make the search's index anew: after an upgrade that says so, or to forget words that no article holds any more."""
    from mpsc_crawler.storage.search.index import reindex
    from mpsc_crawler.storage.session import must_exist, open_database

    url = load_settings().database_url
    must_exist(url)
    engine = open_database(url)
    with click.progressbar(length=0, label="indexing", show_pos=True) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        number = reindex(engine, progress)
    engine.dispose()
    click.echo(f"{shown(url)}: {number_of(number, 'article', 'articles')} indexed")
