"""What follows a run: figures for Prometheus, messages about what is new only, an archive that is mended and dropped when old."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mpsc_crawler.archive.upkeep import look_through, mend
from mpsc_crawler.archive.warc import OPEN, WarcArchive, read_exchanges
from mpsc_crawler.items import Exchange
from mpsc_crawler.operations.health import Finding
from mpsc_crawler.operations.notify import notice_of
from tests.conftest import mpsc, start_mpsc
from tests.crawl import loopback as lb
from tests.crawl.test_live import ask, register

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SILENT = Finding("silent", "newest article of 2025-01-01", "look at the site")
FAILING = Finding("failing", "cannot be read since 2026-02-01", "try later")


def exchange(number: int, size: int = 3000) -> Exchange:
    body = random.Random(number).randbytes(size)
    return Exchange(f"https://jena.example/{number}", 200, (("Content-Type", "text/html"),), body, NOW)


def test_only_what_is_new_is_told() -> None:
    assert notice_of({"jena": [SILENT]}, {"jena": ["silent"]}) is None and notice_of({}, {}) is None
    worse = notice_of({"jena": [SILENT, FAILING], "bonn": [SILENT]}, {"jena": ["silent"], "bonn": ["silent"]})
    assert worse is not None and worse.title == "MPSC Crawler: 1 source needs a look"
    assert worse.text == "jena: cannot be read since 2026-02-01; try later"
    better = notice_of({"jena": [SILENT]}, {"jena": ["silent", "failing"], "bonn": ["silent"]})
    assert better is not None and better.text.splitlines() == ["Well again:", "bonn: silent", "jena: failing"]
    assert better.title == "MPSC Crawler: 2 are well again"
    nothing = notice_of({}, {}, "No source could be reached.")
    assert nothing is not None and nothing.text == "No source could be reached."


@pytest.mark.parametrize("cut", [1, 40, 900])
def test_a_file_that_a_killed_process_left_is_cut_behind_its_last_whole_record(tmp_path: Path, cut: int) -> None:
    archive = WarcArchive(tmp_path, "test", NOW)
    for number in range(4):
        archive.write(exchange(number))
    archive.flush()
    (path,) = tmp_path.glob("*.warc.gz")
    assert mend(tmp_path) == [], "somebody is writing to it"
    archive.close()
    assert not list(tmp_path.glob(f"*{OPEN}"))
    whole = path.stat().st_size
    os.truncate(path, whole - cut)
    (tmp_path / f"{path.name}{OPEN}").touch()
    ((mended, went),) = mend(tmp_path)
    assert mended == path and went > 0
    assert [e.url[-1] for e in read_exchanges(path)] == ["0", "1", "2"]
    (told,) = look_through(tmp_path, digests=True)
    assert (told.responses, told.problem, told.in_use) == (3, "", False)
    assert mend(tmp_path) == []


def test_a_damaged_file_is_told_with_its_place(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path / "archive", "test", NOW)
    for number in range(3):
        archive.write(exchange(number))
    archive.close()
    assert mpsc("archive", "verify", cwd=tmp_path).returncode == 0
    (path,) = (tmp_path / "archive").glob("*.warc.gz")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    done = mpsc("archive", "verify", cwd=tmp_path)
    assert done.returncode == 1 and path.name in done.stderr and "1 damaged" in done.stdout, done.stderr
    assert "Traceback" not in done.stderr


def test_a_killed_run_leaves_an_archive_that_the_next_one_mends(tmp_path: Path) -> None:
    def slow(request: lb.Request) -> None:
        time.sleep(0.02)
        request.answer(lb.article(f"Meldung {request.path}"))

    with lb.serving(one={"/news": lb.page(lb.listing(*(f"/news/{n}" for n in range(80)))), "*": slow}) as sites:
        env = {
            "MPSC_SOURCES_DIR": register(tmp_path / "sources", sites),
            "MPSC_DELAY": "0",
            "MPSC_CONTACT": "x",
            "MPSC_BATCH": "5",
        }
        process = start_mpsc("crawl", cwd=tmp_path, **env)
        while len(sites["one"].log) < 30:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        (left,) = (tmp_path / "archive").glob(f"*{OPEN}")
        with left.with_name(left.name.removesuffix(OPEN)).open("ab") as file:
            file.write(b"\x1f\x8b\x08\x00half a record")
        done = mpsc("crawl", cwd=tmp_path, **env)
    assert done.returncode == 0 and "of its last record were cut off" in done.stderr, done.stderr
    assert mpsc("archive", "verify", cwd=tmp_path, **env).returncode == 0
    assert ask(tmp_path / "mpsc.db", "select count(*) from article") == [(80,)]
    for name, offset, url in ask(
        tmp_path / "mpsc.db", "select archive_file, archive_offset, url from page where role = 'article'"
    ):
        assert next(read_exchanges(tmp_path / "archive" / name, offset)).url == url


def test_old_files_are_dropped_and_that_is_told(tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(3)) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
        (old,) = (tmp_path / "archive").glob("*.warc.gz")
        past = (datetime.now(UTC) - timedelta(days=40)).timestamp()
        os.utime(old, (past, past))
        kept = mpsc("archive", "drop", "--older-than", "50", cwd=tmp_path, **env)
        assert "0 files of the archive dropped" in kept.stdout and old.exists()
        done = mpsc("crawl", "one", cwd=tmp_path, MPSC_ARCHIVE_DAYS="30", **env)
        assert done.returncode == 0 and "1 file of the archive dropped" in done.stderr
        assert "3 articles cannot be read again" in done.stderr and not old.exists()
    assert ask(
        tmp_path / "mpsc.db", "select count(*) from page where archive_file is not null and role = 'article'"
    ) == [(0,)]
    (counts,) = ask(tmp_path / "mpsc.db", "select counts from run order by id desc limit 1")[0]
    assert json.loads(counts)["dropped"]["articles"] == 3
    assert mpsc("archive", "drop", "--older-than", "-1", cwd=tmp_path, **env).returncode == 2


def test_figures_and_messages_after_a_run(tmp_path: Path) -> None:
    taken: list[dict[str, str]] = []

    class Inbox(lb.Request):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.answer(b"{}", "application/json")

    with lb.serving(one=lb.healthy(3), other=lb.healthy(1)) as sites, lb.serving_at("127.0.2.1", {}) as inbox:
        inbox.RequestHandlerClass = Inbox
        address = f"json://127.0.2.1:{inbox.server_address[1]}/"
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        env |= {"MPSC_METRICS_FILE": str(tmp_path / "node" / "mpsc.prom"), "MPSC_NOTIFY": address}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
        assert taken == [], "all is well"
        figures = (tmp_path / "node" / "mpsc.prom").read_text()
        assert 'mpsc_source_articles{source="one"} 3.0' in figures and 'mpsc_run_articles{kind="new"} 4.0' in figures
        assert 'mpsc_run_status{status="done"} 1.0' in figures and 'mpsc_source_alarms{source="other"} 0.0' in figures
        for site in sites.values():
            site.routes["/news"] = lb.status(500)
        for _ in range(2):
            assert mpsc("crawl", "one", "other", cwd=tmp_path, **env).returncode == 3
            assert len(taken) == 1, "what stands is not repeated"
        assert taken[0]["message"] == "No source could be reached in this run." and taken[0]["type"] == "warning"
        assert 'mpsc_run_failures{failure="http-5xx"}' in (tmp_path / "node" / "mpsc.prom").read_text()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MPSC_NOTIFY", "nonsense", "address 1 is none that Apprise knows"),
        ("MPSC_NOTIFY", "json://127.0.0.1 quatsch://geheim:wort@x", "address 2 is none"),
        ("MPSC_ARCHIVE_DAYS", "bald", "MPSC_ARCHIVE_DAYS: must be a number"),
        ("MPSC_SHARED_SERVERS", "ja", "must be together or apart"),
    ],
)
def test_wrong_settings_are_told_before_anything_is_fetched(tmp_path: Path, name: str, value: str, told: str) -> None:
    with lb.serving(one=lb.healthy(1)) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_CONTACT": "x", name: value}
        done = mpsc("crawl", cwd=tmp_path, **env)
        assert (done.returncode, sites["one"].log) == (2, []), done.stderr
    assert told in done.stderr and "Traceback" not in done.stderr and "geheim" not in done.stderr
