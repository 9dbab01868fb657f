"""What the tests share: databases, a demo that has been crawled once, and small sites on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

POSTGRES = os.environ.get("MPSC_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
CI = os.environ.get("CI") == "true"


def unavailable(reason: str) -> None:
    """Skip visibly on a user's machine; fail in CI, where nothing may be missing."""
    if CI:
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def a_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of this kind, gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'test.db'}"
        return
    name = f"mpsc_test_{uuid.uuid4().hex[:12]}"
    try:
        admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except (OperationalError, ModuleNotFoundError) as error:
        unavailable(f"no PostgreSQL at {POSTGRES} (set MPSC_TEST_POSTGRES): {type(error).__name__}")
        return
    try:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, on SQLite and on PostgreSQL."""
    with a_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An opened, migrated database."""
    from mpsc_crawler.storage.session import open_database

    opened = open_database(database_url)
    yield opened
    opened.dispose()


def start_mpsc(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """Start the command line and leave it running: for tests that stop it, or start another beside it."""
    return subprocess.Popen(
        [sys.executable, "-m", "mpsc_crawler.cli", *arguments],
        cwd=cwd,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def mpsc(*arguments: str, cwd: Path, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would, in a process of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("MPSC_")} | environment
    return subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:mpsc_crawler", "-m", "mpsc_crawler.cli", *arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A folder in which `mpsc demo` has run, with what it said."""
    folder = tmp_path_factory.mktemp("demo")
    done = mpsc("demo", cwd=folder)
    return {"folder": folder, "done": done, "database": folder / "mpsc.db"}


def mpsc_here(*arguments: str, cwd: Path, **environment: str) -> Result:
    """Run the command line within this process: for what reads only, and need not be waited for."""
    from mpsc_crawler.cli import main

    env: dict[str, str | None] = {k: None for k in os.environ if k.startswith("MPSC_")} | dict(environment)
    with chdir(cwd):
        return CliRunner().invoke(main, list(arguments), env=env)
