"""Opening a database: SQLite by default, PostgreSQL by address; migrated on opening, refused if it is newer than we are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DataError, NoSuchModuleError, SQLAlchemyError

if TYPE_CHECKING:
    from alembic.config import Config

_NEWEST = "0006"  # Alembic is loaded only where it has to work: every command would wait for it
_MIGRATION_LOCK = 0x6D707363  # "mpsc"; any number that no other program on the server uses for an advisory lock


class DatabaseError(RuntimeError):
    """The database cannot be used. The message says what happened, with which database, and what to do."""


class BadDataError(DatabaseError):
    """The database does not take a value: the fault of what was to be stored, not of the database."""


def passes(error: Exception) -> bool:
    """Whether trying again helps: of two transactions that wait for each other PostgreSQL breaks one off (40P01, 40001)."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in ("40P01", "40001")


class NoDatabaseError(DatabaseError):
    """There is no database yet."""


def _shown(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url


def explain(error: Exception, url: str) -> DatabaseError:
    """Turn a driver's error into a message for people."""
    told = str(getattr(error, "orig", None) or error).strip().splitlines()[0] if str(error) else type(error).__name__
    lowered = told.lower()
    name = _shown(url)
    if "locked" in lowered:
        hint = "another program is writing to it; wait until it has ended, or stop it"
    elif "readonly" in lowered or "read-only" in lowered or "read only" in lowered:
        hint = "make the file and its folder writable, or set MPSC_DATABASE_URL to another place"
    elif "unable to open" in lowered:
        hint = "check that the folder exists and may be written to"
    elif "not a database" in lowered or "malformed" in lowered:
        hint = "the file is no SQLite database or is damaged; restore a backup or choose another file"
    elif (
        "refused" in lowered
        or "could not connect" in lowered
        or "connection failed" in lowered
        or "could not translate" in lowered
    ):
        hint = "check that the server runs and that MPSC_DATABASE_URL names its host, port and database"
    elif "disk" in lowered and "full" in lowered:
        hint = "free some space; nothing that was acknowledged is lost"
    else:
        hint = "see docs/operating.md, section Database"
    kind = BadDataError if isinstance(error, DataError) else DatabaseError
    return kind(f"database {name}: {told}; {hint}")


def _config(url: str) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def head_revision() -> str:
    """The schema revision that this version of the software knows as the newest."""
    return _NEWEST


def make_engine(url: str, *, read_only: bool = False) -> Engine:
    """An engine with foreign keys on, and on SQLite write-ahead logging and full synchronisation.

    :raises DatabaseError: the address or its driver is unknown.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        options: dict[str, Any] = {}
        if parsed.get_backend_name() == "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise DatabaseError(
                    "MPSC_DATABASE_URL names a database in memory, which ends with the command; write sqlite:///mpsc.db"
                )
            options["connect_args"] = {"timeout": 15.0}
        elif parsed.get_backend_name() == "postgresql":
            options["pool_pre_ping"] = True
        else:
            raise DatabaseError(f"database {_shown(url)}: only SQLite and PostgreSQL are supported")
        engine = create_engine(parsed, **options)
    except (ArgumentError, NoSuchModuleError) as error:
        raise DatabaseError(
            f"MPSC_DATABASE_URL is no database address: {_shown(url)!r}; write sqlite:///mpsc.db or postgresql+psycopg://user@host/name"
        ) from error
    except ModuleNotFoundError as error:
        raise DatabaseError(
            f"database {_shown(url)}: driver {error.name!r} is missing; install it with: pip install 'mpsc-crawler[postgres]'"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite_reading if read_only else _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _prepare_sqlite_reading(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA query_only=ON")


def open_database(url: str) -> Engine:
    """Open a database for writing and bring its schema up to date; create it where there is none.

    :raises DatabaseError: it cannot be reached, is locked, read-only or of a newer schema.
    """
    engine = make_engine(url)
    try:
        _migrate(engine, url)
    except (SQLAlchemyError, sqlite3.Error) as error:
        engine.dispose()
        raise explain(error, url) from error
    except DatabaseError:
        engine.dispose()
        raise
    return engine


def _current(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    """The schema's revision, as Alembic notes it; ``None`` where there is none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _migrate(engine: Engine, url: str) -> None:
    current, head = _current(engine), head_revision()
    if current == head:
        return
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config(url)).walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseError(
            f"database {_shown(url)}: its schema {current!r} is newer than this version of MPSC Crawler knows ({head!r});"
            " upgrade the software"
        )
    _upgrade(engine, url)


def _upgrade(engine: Engine, url: str) -> None:
    from alembic import command

    config = _config(url)
    with engine.begin() as connection:
        # of several runs that find an old or empty database at the same moment, one brings it up to date
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        begin_writing(connection)
        if _revision(connection) == head_revision():
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def begin_writing(connection: Connection) -> None:
    """Keep other writers out of an SQLite file before the first look, so that nothing comes between looking and writing.

    PostgreSQL locks rows as they are looked at: ``with_for_update``. To be called before anything else of a transaction.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def one_state(engine: Engine) -> Iterator[Connection]:
    """A connection for reading that sees the database as it is at the first look, whatever is written meanwhile."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
            yield connection
        else:
            yield connection.execution_options(isolation_level="REPEATABLE READ")


def must_exist(url: str) -> None:
    """For commands that have nothing to do without a database: it is not made.

    :raises NoDatabaseError: there is no such SQLite file.
    """
    parsed = make_url(url)
    if (
        parsed.get_backend_name() == "sqlite"
        and parsed.database
        and parsed.database != ":memory:"
        and not Path(parsed.database).exists()
    ):
        raise NoDatabaseError(
            f"database {_shown(url)} does not exist yet; `mpsc demo` or `mpsc crawl` makes one, MPSC_DATABASE_URL names another"
        )


def open_for_reading(url: str) -> Engine:
    """Open an existing database for reading only.

    :raises DatabaseError: it does not exist, cannot be reached, or its schema is not the one this version knows.
    """
    engine = make_engine(url, read_only=True)
    must_exist(url)
    try:
        current = _current(engine)
    except (SQLAlchemyError, sqlite3.Error) as error:
        engine.dispose()
        raise explain(error, url) from error
    head = head_revision()
    if current != head:
        engine.dispose()
        what = (
            "holds no MPSC Crawler tables"
            if current is None
            else f"has schema {current!r}, this version needs {head!r}"
        )
        raise DatabaseError(f"database {_shown(url)} {what}; `mpsc db upgrade` brings an older one up to date")
    return engine
