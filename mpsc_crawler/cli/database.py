"""``mpsc db``: the database."""

from __future__ import annotations

import click

from mpsc_crawler.cli.common import (
    guarded,
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
