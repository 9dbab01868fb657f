"""How fast is the archive read again, and does a second core help? One run, one archive, one database for both.

``python -m benchmarks.reextract [--pages N] [--rounds N]`` puts generated article pages (40 to 100 kB, half with JSON-LD,
texts of 5 to 6 kB) into an archive and their articles into SQLite, reads all of it again in one process and with two, in
turn, and checks that nothing has changed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.pages import article as generated
from mpsc_crawler.archive.warc import WarcArchive
from mpsc_crawler.items import Exchange
from mpsc_crawler.operations.due import article_next_due
from mpsc_crawler.operations.reextract import Reextracted, reextract, wanted_pages
from mpsc_crawler.reading import job_of, read_job
from mpsc_crawler.sources.model import Address, Source
from mpsc_crawler.storage.batch import Extra
from mpsc_crawler.storage.registry import start_run, sync_registry
from mpsc_crawler.storage.rewriter import Rewriter
from mpsc_crawler.storage.session import open_database
from mpsc_crawler.storage.writer import Writer

_HOST = "bench.example"
_SOURCE = Source(
    slug="bench",
    name="bench",
    kind="project",
    addresses=(Address(url=f"https://{_HOST}/news/", kind="list", origin="seen", verified=True),),
)


def fill(engine: Engine, folder: Path, pages: int, now: datetime) -> None:
    """An archive and a database as a crawl leaves them."""
    sync_registry(engine, [_SOURCE], {})
    writer = Writer(engine, start_run(engine, ["bench"], "bench", now, None), "bench", article_next_due)
    archive = WarcArchive(folder, "bench", now)
    for number in range(pages):
        url = f"https://{_HOST}/news/{number}"
        exchange = Exchange(url, 200, (("Content-Type", "text/html"),), generated(_HOST, number), now)
        items = read_job(job_of(exchange, _SOURCE, None, ()))
        position = archive.write(exchange)
        writer.write(items, {id(item): Extra(position) for item in items})
    archive.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = open_database(f"sqlite:///{folder}/bench.db")
        fill(engine, folder / "archive", given.pages, now)
        run = start_run(engine, [], "bench", now, "archive")
        writer = Rewriter(engine, run, "bench")
        best = {1: 0.0, 2: 0.0}
        for _ in range(given.rounds):
            for workers in best:
                began = time.monotonic()
                done = Reextracted()
                reextract(wanted_pages(engine, folder / "archive", [_SOURCE]), writer, None, (), workers, now, done)
                best[workers] = max(best[workers], given.pages / (time.monotonic() - began))
                assert dict(done.counts) == {"unchanged": given.pages}, done.counts
        engine.dispose()
    print(f"{given.pages} pages, best of {given.rounds} rounds, nothing changed in any")
    print(f"one process   {best[1]:7.1f} pages/s")
    print(f"two processes {best[2]:7.1f} pages/s, {best[2] / best[1]:.2f} times as fast (goal 1.8)")


if __name__ == "__main__":
    main()
