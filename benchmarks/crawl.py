"""How fast is the whole crawl? Ours against bare Scrapy and against Scrapy with trafilatura, in one run on loopback.

``python -m benchmarks.crawl`` starts twenty hosts on 127.0.0.x with 200 article pages each (40 to 100 kB, half with
JSON-LD, texts of 5 to 6 kB) and crawls them: bare Scrapy that only downloads; our full pipeline to SQLite with archive,
in one process and with two worker processes; Scrapy with trafilatura inline and a plain SQLite table.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PORT = 8899
_SPIDER = """
import sys, sqlite3, scrapy
from scrapy.crawler import CrawlerProcess
MODE, HOSTS = sys.argv[1], int(sys.argv[2])
class S(scrapy.Spider):
    name = "bench"
    async def start(self):
        if MODE == "trafilatura":
            self.db = sqlite3.connect(sys.argv[3]); self.db.execute("create table a (url text primary key, title text, date text, body text)")
        for i in range(1, HOSTS + 1):
            yield scrapy.Request(f"http://127.0.0.{i+1}:PORT/news/", callback=self.list)
    def list(self, response):
        for href in response.css("h2 a::attr(href)").getall():
            yield response.follow(href, callback=self.page)
    def page(self, response):
        if MODE == "trafilatura":
            import trafilatura
            d = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
            d = d.as_dict() if hasattr(d, "as_dict") else d
            self.db.execute("insert or replace into a values (?,?,?,?)", (response.url, d.get("title"), d.get("date"), d.get("text")))
    def closed(self, reason):
        if MODE == "trafilatura": self.db.commit()
p = CrawlerProcess({"LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 32, "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "ROBOTSTXT_OBEY": MODE != "bare"})
p.crawl(S); p.start()
"""


def run(command: list[str], env: dict[str, str], cwd: Path) -> tuple[float, list[tuple[float, int]]]:
    """Seconds and memory samples (seconds, resident kB) of a command."""
    started = time.monotonic()
    told = cwd / "output.txt"  # a pipe that nobody empties would stop a contestant that says much
    with told.open("w") as output:
        process = subprocess.Popen(command, env=env, cwd=cwd, stdout=output, stderr=subprocess.STDOUT)
    samples = []
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
            found = re.search(r"VmRSS:\s+(\d+)", status)
            if found:
                samples.append((time.monotonic() - started, int(found.group(1))))
        except OSError:
            pass
        time.sleep(0.1)
    seconds = time.monotonic() - started
    said = told.read_text()
    if process.returncode or "Traceback" in said:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}\n{said[-4000:]}")
    return seconds, samples


def stages(hosts: int, articles: int) -> dict[str, float]:
    """Milliseconds per page of each stage, measured alone in this process."""
    from datetime import UTC, datetime

    from benchmarks.pages import article
    from mpsc_crawler.archive.warc import WarcArchive
    from mpsc_crawler.extraction.article import extract
    from mpsc_crawler.extraction.dom import parse
    from mpsc_crawler.items import Exchange
    from mpsc_crawler.operations.due import article_next_due
    from mpsc_crawler.reading import annotate
    from mpsc_crawler.sources.model import Address, Source
    from mpsc_crawler.storage.registry import start_run, sync_registry
    from mpsc_crawler.storage.session import open_database
    from mpsc_crawler.storage.writer import Writer

    now = datetime.now(UTC)
    pages = [(f"http://127.0.0.2:{PORT}/news/{n}", article("127.0.0.2", n)) for n in range(min(200, articles))]
    spent: dict[str, float] = {}

    def timed(name: str, began: float) -> None:
        spent[name] = (time.perf_counter() - began) / len(pages) * 1000

    began = time.perf_counter()
    for url, body in pages:
        parse(body, url, lean=True).release()
    timed("parse", began)
    began = time.perf_counter()
    found = [extract(body, url, fetched_at=now, source="bench") for url, body in pages]
    timed("extract", began)
    spent["extract"] -= spent["parse"]
    began = time.perf_counter()
    done = [annotate(a, judged=False) for a in found if a is not None]
    timed("dates, topics, sketch", began)
    with tempfile.TemporaryDirectory() as folder:
        archive = WarcArchive(Path(folder) / "warc", "bench", now)
        began = time.perf_counter()
        for url, body in pages:
            archive.write(Exchange(url, 200, (("Content-Type", "text/html"),), body, now))
        archive.flush()
        timed("archive", began)
        engine = open_database(f"sqlite:///{folder}/bench.db")
        source = Source(
            slug="bench",
            name="bench",
            kind="project",
            addresses=(Address(url=pages[0][0], kind="list", origin="seen", verified=True),),
        )
        sync_registry(engine, [source], {})
        writer = Writer(engine, start_run(engine, ["bench"], "bench", now, None), "bench", article_next_due)
        began = time.perf_counter()
        for start in range(0, len(done), 50):
            writer.write(done[start : start + 50])
        timed("database", began)
        engine.dispose()
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument(
        "--rounds", type=int, default=1, help="run all contestants so many times, interleaved; the best counts"
    )
    parser.add_argument("--skip-trafilatura", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mpsc-bench-"))
    total = given.hosts * given.articles
    registry = folder / "sources"
    registry.mkdir()
    for index in range(1, given.hosts + 1):
        (registry / f"host-{index}.toml").write_text(
            f'slug = "host-{index}"\nname = "Host {index}"\nkind = "project"\n'
            f'addresses = [{{ url = "http://127.0.0.{index + 1}:{PORT}/news/", kind = "list", origin = "seen", verified = true }}]\n'
        )
    (folder / "bench_spider.py").write_text(_SPIDER.replace("PORT", str(PORT)))
    root = Path(__file__).parents[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", str(given.hosts), str(given.articles), str(PORT)],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None and server.stdout.readline().strip() == "ready"
        env = {
            **os.environ,
            "MPSC_SOURCES_DIR": str(registry),
            "MPSC_DELAY": "0",
            "MPSC_PER_HOST": "4",
            "MPSC_CONTACT": "benchmark",
            "MPSC_ARCHIVE_DIR": str(folder / "archive"),
            "PYTHONPATH": str(root),
        }
        best: dict[str, float] = {}
        memory: list[tuple[float, int]] = []
        for round_number in range(given.rounds):
            contestants = {
                "bare Scrapy, download only": [sys.executable, "bench_spider.py", "bare", str(given.hosts)],
                "ours, one process": [sys.executable, "-m", "mpsc_crawler.cli", "crawl", "--full"],
                "ours, two workers beside": [sys.executable, "-m", "mpsc_crawler.cli", "crawl", "--full"],
                "Scrapy with trafilatura": [
                    sys.executable,
                    "bench_spider.py",
                    "trafilatura",
                    str(given.hosts),
                    f"t{round_number}.db",
                ],
            }
            if given.skip_trafilatura:
                del contestants["Scrapy with trafilatura"]
            for name, command in contestants.items():
                database = folder / f"{name.replace(' ', '-').replace(',', '')}-{round_number}.db"
                workers = "2" if "worker" in name else "0"
                seconds, samples = run(
                    command, {**env, "MPSC_DATABASE_URL": f"sqlite:///{database}", "MPSC_WORKERS": workers}, folder
                )
                best[name] = max(best.get(name, 0.0), total / seconds)
                if name == "ours, one process":
                    memory = samples
                    import sqlite3

                    stored = sqlite3.connect(database).execute("select count(*) from article").fetchone()[0]
                    assert stored == total, f"{stored} of {total} articles stored"
        bare = best["bare Scrapy, download only"]
        print(f"{given.hosts} hosts, {given.articles} articles each, {os.cpu_count()} cores")
        for name, rate in best.items():
            print(f"{name:30} {rate:7.1f} pages/s   {rate / bare:5.2f} of bare")
        if "Scrapy with trafilatura" in best:
            peer = best["Scrapy with trafilatura"]
            one, two = best["ours, one process"] / peer, best["ours, two workers beside"] / peer
            print(f"ours / trafilatura: {one:.2f} in one process, {two:.2f} with two workers")
        half = [kb for at, kb in memory if at > 0.3 * memory[-1][0]]
        print(
            f"memory of ours: {half[0] / 1024:.0f} MB after 30 % of the time, {half[len(half) // 2] / 1024:.0f} MB after 65 %, peak {max(half) / 1024:.0f} MB"
        )
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)
    spent = stages(given.hosts, given.articles)
    whole = sum(spent.values())
    print("stages, each alone, ms per page:")
    for name, ms in spent.items():
        print(f"  {name:28} {ms:6.2f}  {ms / whole:5.0%}")


if __name__ == "__main__":
    main()
