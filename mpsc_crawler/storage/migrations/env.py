"""Alembic's entry: runs the migrations on the connection that the caller holds open."""

from __future__ import annotations

from alembic import context
from sqlalchemy import engine_from_config, pool

from mpsc_crawler.storage.models import Base


def run() -> None:
    """Migrate on the given connection, or on one made from the configured address."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    section = context.config.get_section(context.config.config_ini_section) or {}
    engine = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
    with engine.begin() as own:
        context.configure(connection=own, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()


run()
