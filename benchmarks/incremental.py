"""What does a run cost when nothing is new, and is every change noticed? Twenty hosts on loopback whose days pass.

``python -m benchmarks.incremental`` crawls twenty hosts with 200 articles each on six days, with the clock of the crawl set to
each: the first; a day later with nothing new; a day later with one new, one edited, one deleted and one moved article per host;
a day later; two days later; a hundred days later, when everything is due. Figures come from the servers' own log and from the database. Ends with code 1 where a goal
is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from sqlalchemy import create_engine, text

from benchmarks.days import DELETED, EDITED, MOVED, START, Host

DAYS = (1, 2, 3, 4, 6, 104)
_ARTICLE = ("/news/", "/aktuell/")


def snapshot(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything of the articles that must not change when nothing is new; last looks left out."""
    engine = create_engine(url)
    tables = "revision date_mention article_topic mention image attachment evidence".split()
    with engine.connect() as connection:
        found = {
            name: [tuple(row) for row in connection.execute(text(f"select * from {name} order by id"))]
            for name in tables
        }
        columns = (
            "id, identity, url, headline, body, published_edtf, content_hash, gone_since, gone_reason, missing_since"
        )
        found["article"] = [
            tuple(row) for row in connection.execute(text(f"select {columns} from article order by id"))
        ]
    engine.dispose()
    return found


def crawl_days(hosts: list[Host], folder: Path, url: str, workers: int) -> list[dict[str, Any]]:
    """Crawl on every day; returns by day what was asked and what the database told afterwards."""
    from mpsc_crawler.crawl import CrawlJob, run_crawls
    from mpsc_crawler.settings import Settings

    sources = folder / "sources"
    sources.mkdir()
    for host in hosts:
        path, kind = host.entry()
        (sources / f"host-{host.number}.toml").write_text(
            f'slug = "host-{host.number}"\nname = "Host {host.number}"\nkind = "project"\n'
            f'addresses = [{{ url = "{host.base}{path}", kind = "{kind}", origin = "seen", verified = true }}]\n'
        )
    told: list[dict[str, Any]] = []
    settings = Settings(
        database_url=url, sources_dir=str(sources), archive_dir=str(folder / "archive"), delay=0.0, per_host=4,
        contact="benchmark", workers=workers,
    )  # fmt: skip

    def ask(path: str) -> bytes:
        with urlopen(f"{hosts[0].base}{path}") as answer:
            return answer.read()

    def clock_of(number: int) -> Any:
        moment, begun = START + timedelta(days=DAYS[number] - 1), []

        def clock() -> Any:
            if not begun:
                begun.append(True)
                close(number - 1)
                ask(f"/_day/{DAYS[number]}")
            return moment

        return clock

    def close(number: int) -> None:
        if number >= 0:
            told.append({"day": DAYS[number], "log": json.loads(ask("/_log")), "stored": snapshot(url)})

    run_crawls([CrawlJob(settings, progress=False, clock=clock_of(number)) for number in range(len(DAYS))])
    close(len(DAYS) - 1)
    return told


def judge(hosts: list[Host], told: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """What is to be known, the figure, and whether it is as it should be."""
    found: list[tuple[str, str, bool]] = []

    def say(what: str, figure: str, good: bool) -> None:
        found.append((what, figure, good))

    first, second, third, fourth, fifth, last = told
    total = sum(host.articles for host in hosts)
    say("articles after the first run", str(len(first["stored"]["article"])), len(first["stored"]["article"]) == total)
    asked = [entry for entry in second["log"] if entry[2] != "/robots.txt"]
    per_host = len(asked) / len(hosts)
    say("nothing new: requests per host", f"{per_host:.2f} (at most 1.2)", per_host <= 1.2)
    again = [entry for entry in asked if entry[2].startswith(_ARTICLE) and entry[2].split("?")[0] != "/news/"]
    say("nothing new: articles asked for", str(len(again)), not again)
    size, before = sum(e[4] for e in second["log"]), sum(e[4] for e in first["log"])
    say("nothing new: bytes", f"{size / before:.2%} of the first run's (under 1 %)", size < 0.01 * before)
    same = first["stored"] == second["stored"]
    say("nothing new: rows of articles and their parts that changed", "none" if same else "some", same)

    def articles(day: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
        return {row[2]: row for row in day["stored"]["article"]}

    for day in (third, fourth, fifth, last):
        kinds: Counter[str] = Counter()
        by_url = articles(day)
        edits = {row[1] for row in day["stored"]["revision"] if "publisher" in row}
        by_article = Counter(row[1] for row in day["stored"]["revision"])
        wrong = 0
        for host in hosts:
            kinds["new"] += f"{host.base}/news/neu" in by_url
            edited = by_url[f"{host.base}/news/{EDITED}"]
            kinds["edited"] += edited[0] in edits
            deleted = by_url[f"{host.base}/news/{DELETED}"]
            kinds["missing"] += deleted[9] is not None and deleted[7] is None
            kinds["gone"] += deleted[8] == "404"
            kinds["moved"] += f"{host.base}/aktuell/{MOVED}" in by_url and f"{host.base}/news/{MOVED}" not in by_url
            touched = {edited[0], deleted[0]}
            for row in by_url.values():
                if row[2].startswith(host.base + "/") and row[0] not in touched:
                    wrong += row[7] is not None or (row[0] in edits) or by_article[row[0]] != 1
        extra = len(by_url) - total - kinds["new"]
        requests = len([e for e in day["log"] if e[2] != "/robots.txt"]) / len(hosts)
        figures = ", ".join(f"{name} {kinds[name]}" for name in ("new", "edited", "missing", "gone", "moved"))
        good = not wrong and not extra and kinds["new"] == len(hosts)
        say(f"day {day['day']}: of {len(hosts)}", f"{figures}; {requests:.1f} requests per host", good)
        if day is third:
            loud = sum(host.kind != "silent" for host in hosts)
            say("the edit is noticed where a list tells it", f"{kinds['edited']} of {loud}", kinds["edited"] == loud)
        if day is fourth:
            whole = kinds["gone"] == len(hosts)
            say("the deletion is confirmed at the second look", f"{kinds['gone']} of {len(hosts)}", whole)
        if day is last:
            whole = kinds["edited"] == kinds["moved"] == len(hosts)
            say("in the end every edit and move is known", f"{kinds['edited']}, {kinds['moved']}", whole)
            seen = kinds["gone"] + kinds["missing"]
            say("in the end every deletion is known", f"{seen}", seen == len(hosts))
        if wrong or extra:
            say(f"day {day['day']}: other articles that changed, or came twice", f"{wrong}, {extra}", False)
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--port", type=int, default=8897)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--database", help="address of an empty database; SQLite in a temporary folder by default")
    given = parser.parse_args(arguments)
    hosts = [Host(number, given.articles, given.port) for number in range(1, given.hosts + 1)]
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.days", str(given.hosts), str(given.articles), str(given.port)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
    )
    began = time.monotonic()
    try:
        assert server.stdout is not None and server.stdout.readline().strip() == "ready"
        with tempfile.TemporaryDirectory() as folder:
            url = given.database or f"sqlite:///{folder}/days.db"
            told = crawl_days(hosts, Path(folder), url, given.workers)
    finally:
        server.terminate()
        server.wait()
    found = judge(hosts, told)
    print(f"{given.hosts} hosts, {given.articles} articles each, six days, {time.monotonic() - began:.0f} s")
    for what, figure, good in found:
        print(f"{'ok  ' if good else 'MISS'}  {what}: {figure}")
    return 0 if all(good for *_, good in found) else 1


if __name__ == "__main__":
    sys.exit(main())
