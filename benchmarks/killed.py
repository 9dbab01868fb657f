"""Is anything lost when a process is killed? A hundred times ``kill -9`` at random moments of crawls and re-extractions.

``python -m benchmarks.killed`` crawls ten hosts on loopback again and again, on SQLite and on PostgreSQL (where there is one), and
kills each process after a random time. After every kill it looks whether each article that was acknowledged is still there, once,
with revisions that agree with it; in the end a run is let finish, and every article and record of the archive is looked at.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from mpsc_crawler.archive.upkeep import look_through
from mpsc_crawler.archive.warc import read_exchanges

ROOT = Path(__file__).parents[1]
_INCONSISTENT = {
    "identities that are there twice": "select count(*) - count(distinct identity) from article",
    "articles without exactly one first state": "select count(*) from article a where (select count(*) from revision r"
    " where r.article_id = a.id and r.origin = 'first') <> 1",
    "articles whose last state is another": "select count(*) from article a where a.content_hash <>"
    " (select r.content_hash from revision r where r.article_id = a.id order by r.id desc limit 1)",
    "articles without their parts": "select count(*) from article a where not exists (select 1 from evidence e where e.article_id = a.id)",
    "articles without a page": "select count(*) from article where page_id is null",
    "states that nobody changed": "select count(*) from revision where origin = 'publisher'",
}


def look(url: str) -> tuple[set[str], list[str]]:
    """The articles that are there, and what is not consistent."""
    engine = create_engine(url)
    with engine.connect() as connection:
        there = set(connection.execute(text("select identity from article")).scalars())
        wrong = [
            f"{number} {what}"
            for what, question in _INCONSISTENT.items()
            if (number := connection.execute(text(question)).scalar_one())
        ]
    engine.dispose()
    return there, wrong


def archive_agrees(url: str, folder: Path) -> list[str]:
    """What of the archive does not agree with the database, or with itself."""
    problems = [f"{file.path.name}: {file.problem}" for file in look_through(folder, digests=True) if file.problem]
    engine = create_engine(url)
    question = "select archive_file, archive_offset, url from page where role = 'article' and archive_file is not null"
    with engine.connect() as connection:
        for name, offset, address in connection.execute(text(question)):
            exchange = next(read_exchanges(folder / name, offset), None)
            if exchange is None or exchange.url != address:
                problems.append(f"{address} is not at {name}:{offset}")
    engine.dispose()
    return problems


def trial(url: str, folder: Path, kills: int, total: int, rng: random.Random) -> list[str]:
    """So many kills on one database; returns every problem."""
    env = {
        **os.environ,
        "MPSC_SOURCES_DIR": str(folder.parent / "sources"), "MPSC_DATABASE_URL": url, "MPSC_DELAY": "0", "MPSC_CONTACT": "b",
        "MPSC_BATCH": "20", "MPSC_ARCHIVE_DIR": str(folder / "archive"), "MPSC_PER_HOST": "2", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    problems: list[str] = []
    acknowledged: set[str] = set()
    interrupted = 0
    for number in range(kills):
        again = len(acknowledged) > total // 2 and rng.random() < 0.4
        command = ["reextract"] if again else ["crawl", "--full"]
        process = subprocess.Popen(
            [sys.executable, "-m", "mpsc_crawler.cli", *command], env=env, cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(timeout=rng.uniform(0.5, 4.0))
        except subprocess.TimeoutExpired:
            interrupted += 1
        # the whole group: the workers of a re-extraction too
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        _, err = process.communicate()
        if "Traceback" in err and process.returncode != -signal.SIGKILL:
            problems.append(f"kill {number}: {err[-600:]}")
        if number == 0 and not sqlite_exists(url):
            continue
        there, wrong = look(url)
        lost = acknowledged - there
        problems += [f"kill {number} ({command[0]}): {one}" for one in wrong]
        if lost:
            problems.append(f"kill {number} ({command[0]}): {len(lost)} acknowledged articles are lost")
        acknowledged |= there
    print(
        f"  {interrupted} of {kills} runs were killed at work, {len(acknowledged)} of {total} articles by then",
        flush=True,
    )
    for command in (["crawl"], ["crawl", "--full"], ["reextract"]):
        done = subprocess.run(
            [sys.executable, "-m", "mpsc_crawler.cli", *command],
            env=env,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            problems.append(
                f"in the end {' '.join(command)} ended with {done.returncode}: {done.stdout[-400:]} {done.stderr[-600:]}"
            )
    there, wrong = look(url)
    problems += wrong + archive_agrees(url, folder / "archive")
    if len(there) != total:
        problems.append(f"in the end {len(there)} of {total} articles are there")
    return problems


def sqlite_exists(url: str) -> bool:
    """Whether there is a database to look at: the first process may be killed before it makes one."""
    database = make_url(url).database
    return not url.startswith("sqlite") or (database is not None and Path(database).exists())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=50, help="for each kind of database")
    parser.add_argument("--hosts", type=int, default=10)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--port", type=int, default=8893)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", default="postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
    given = parser.parse_args(arguments)
    rng = random.Random(given.seed)
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", str(given.hosts), str(given.articles), str(given.port)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    failed = False
    try:
        assert server.stdout is not None and server.stdout.readline().strip() == "ready"
        with tempfile.TemporaryDirectory() as name:
            sources = Path(name) / "sources"
            sources.mkdir()
            for index in range(1, given.hosts + 1):
                (sources / f"host-{index}.toml").write_text(
                    f'slug = "host-{index}"\nname = "Host {index}"\nkind = "project"\n'
                    f'addresses = [{{ url = "http://127.0.0.{index + 1}:{given.port}/news/", kind = "list", origin = "seen", verified = true }}]\n'
                )
            database = f"mpsc_killed_{uuid.uuid4().hex[:8]}"
            admin = create_engine(given.postgres, isolation_level="AUTOCOMMIT")
            urls = {"sqlite": f"sqlite:///{name}/sqlite/mpsc.db"}
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {database}"))
            urls["postgresql"] = make_url(given.postgres).set(database=database).render_as_string(hide_password=False)
            try:
                for kind, url in urls.items():
                    folder = Path(name) / kind
                    folder.mkdir()
                    began = time.monotonic()
                    print(f"{kind}:", flush=True)
                    if kind == "postgresql":
                        from mpsc_crawler.storage.session import open_database

                        open_database(url).dispose()
                    problems = trial(url, folder, given.kills, given.hosts * given.articles, rng)
                    failed |= bool(problems)
                    for problem in problems:
                        print(f"  MISS {problem}")
                    print(
                        f"  {'nothing lost, nothing inconsistent' if not problems else f'{len(problems)} problems'}, {time.monotonic() - began:.0f} s",
                        flush=True,
                    )
            finally:
                with admin.connect() as connection:
                    connection.execute(text(f"DROP DATABASE {database} WITH (FORCE)"))
                admin.dispose()
    finally:
        server.terminate()
        server.wait()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
