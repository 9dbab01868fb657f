"""Opening databases: migrations give the models' schema, and what is wrong is explained."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from mpsc_crawler.items import NewsArticle, TopicMatch
from mpsc_crawler.operations.due import article_next_due
from mpsc_crawler.sources.model import Address, Source
from mpsc_crawler.storage.models import Base
from mpsc_crawler.storage.registry import start_run, sync_registry
from mpsc_crawler.storage.session import (
    DatabaseError,
    _config,
    head_revision,
    make_engine,
    open_database,
    open_for_reading,
)
from mpsc_crawler.storage.writer import Writer


def test_the_migrations_give_exactly_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        # the index's tables are each database's own, and no model's; that they work is shown by the search
        def ours(name: str | None, kind: str, _parents: object) -> bool:
            return name in Base.metadata.tables if kind == "table" else name != "ix_search_word_parts"

        context = MigrationContext.configure(connection, opts={"include_name": ours})
        newest = ScriptDirectory.from_config(_config("sqlite://")).get_current_head()
        assert context.get_current_revision() == head_revision() == newest
        assert compare_metadata(context, Base.metadata) == []


def test_an_older_database_is_brought_up_to_date_and_loses_nothing(engine: Engine, database_url: str) -> None:
    config = _config(database_url)

    def go(step: Callable[..., None], revision: str) -> None:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            step(config, revision)

    def count() -> list[int]:
        tables = ("source", "article", "article_topic", "revision", "run")
        with engine.connect() as connection:
            return [connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]

    store_one(engine)
    before = count()
    assert before == [1, 1, 1, 1, 1]
    go(command.downgrade, "0001")
    assert count() == before, "what refers to an article must survive the change of its table"
    engine.dispose()
    open_database(database_url).dispose()
    assert count() == before
    with engine.connect() as connection:
        assert connection.execute(text("SELECT categories FROM article")).scalar_one() in ("[]", [])


def store_one(engine: Engine) -> None:
    """One article with a topic, as the writer stores it."""
    source = Source(
        slug="musterstadt",
        name="Musterstadt",
        kind="project",
        addresses=(Address(url="https://musterstadt.example/", kind="list", origin="seen", verified=True),),
    )
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    sync_registry(engine, [source], {})
    article = NewsArticle(
        url="https://musterstadt.example/1",
        canonical_url="https://musterstadt.example/1",
        headline="Der Zwilling",
        body="Ein Text.",
        source="musterstadt",
        identity="musterstadt.example/1",
        fetched_at=now,
        topics=[TopicMatch("daten", 1.0, "1")],
    )
    Writer(engine, start_run(engine, ["musterstadt"], "test", now, None), "test", article_next_due).write([article])


def test_foreign_keys_are_on(engine: Engine) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"), engine.begin() as connection:
        connection.execute(
            text("INSERT INTO source_municipality (source_id, ags, verified) VALUES (99, '00000000', true)")
        )


def test_a_newer_schema_is_refused_and_left_alone(database_url: str) -> None:
    engine = open_database(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DatabaseError, match="newer than this version"):
        open_database(database_url)
    with pytest.raises(DatabaseError, match="schema '9999'"):
        open_for_reading(database_url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "no database address"),
        ("mysql://root@127.0.0.1/test", "only SQLite and PostgreSQL"),
        ("postgresql://nobody@127.0.0.1:1/none", "check that the server runs"),
        ("sqlite:////proc/none/mpsc.db", "check that the folder exists"),
    ],
)
def test_a_wrong_address_is_explained(url: str, message: str) -> None:
    with pytest.raises(DatabaseError, match=message):
        open_database(url)


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(b"Sehr geehrte Damen und Herren, " * 100)
    with pytest.raises(DatabaseError, match="no SQLite database or is damaged"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"Sehr geehrte")


def test_a_missing_and_an_empty_database_are_not_read(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="does not exist yet"):
        open_for_reading(f"sqlite:///{tmp_path / 'none.db'}")
    assert not (tmp_path / "none.db").exists(), "reading makes no database"
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()
    with pytest.raises(DatabaseError, match="holds no MPSC Crawler tables"):
        open_for_reading(f"sqlite:///{tmp_path / 'empty.db'}")


def test_a_locked_database_is_explained(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    open_database(url).dispose()
    holder = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    engine = make_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
        from mpsc_crawler.storage.session import explain

        with pytest.raises(Exception, match="locked") as caught:
            connection.exec_driver_sql(
                "INSERT INTO run (started_at, status, software, counts) VALUES ('2026-01-01', 'x', 'x', '{}')"
            )
    assert "another program is writing to it" in str(explain(caught.value, url))
    holder.rollback()
    holder.close()
    engine.dispose()


def test_a_password_is_never_shown() -> None:
    with pytest.raises(DatabaseError) as caught:
        open_database("postgresql://user:geheim@127.0.0.1:1/none")
    assert "geheim" not in str(caught.value)
