"""Several runs at once: no host is asked by two of them, nothing is stored twice, the delay is kept in the server's log."""

from __future__ import annotations

import signal
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from sqlalchemy import create_engine, text

from mpsc_crawler.storage.session import open_database
from tests.conftest import mpsc, start_mpsc
from tests.crawl import loopback as lb
from tests.crawl.test_live import register


def test_three_processes_started_at_once_keep_the_delay_of_every_host(database_url: str, tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(5), two=lb.healthy(5), three=lb.healthy(5)) as sites:
        env = {
            "MPSC_SOURCES_DIR": register(tmp_path / "sources", sites),
            "MPSC_DELAY": "0.5",
            "MPSC_CONTACT": "x",
            "MPSC_DATABASE_URL": database_url,
        }
        runs = [start_mpsc("crawl", cwd=tmp_path, **env) for _ in range(3)]
        said = [run.communicate(timeout=120) for run in runs]
        codes = [run.returncode for run in runs]
        assert 0 in codes and set(codes) <= {0, 5}, (codes, said)
        for site in sites.values():
            gaps = [later - earlier for earlier, later in pairwise(moment for moment, _, _ in site.log)]
            assert min(gaps) >= 0.48, (site.log, codes)
            asked = Counter(path for _, path, _ in site.log if path.startswith("/news/"))
            assert len(asked) == 5 and set(asked.values()) == {1}, asked
    engine = open_database(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*), count(distinct identity) from article")).one() == (15, 15)
        assert connection.execute(text("select count(*) from host_lock where holder is not null")).scalar_one() == 0
        assert connection.execute(text("select count(*) from source")).scalar_one() == 3
    engine.dispose()


def test_a_second_run_names_who_is_busy_and_takes_over_from_a_killed_one(database_url: str, tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(40)) as sites:
        env = {
            "MPSC_SOURCES_DIR": register(tmp_path / "sources", sites),
            "MPSC_DELAY": "0.2",
            "MPSC_CONTACT": "x",
            "MPSC_DATABASE_URL": database_url,
        }
        first = start_mpsc("crawl", cwd=tmp_path, **env)
        while len(sites["one"].log) < 5 and first.poll() is None:
            time.sleep(0.02)
        second = mpsc("crawl", cwd=tmp_path, **env)
        assert second.returncode == 5, second.stderr
        assert f"process {first.pid}" in second.stdout and "busy" in second.stdout
        first.send_signal(signal.SIGKILL)
        first.communicate()
        third = mpsc("crawl", cwd=tmp_path, **(env | {"MPSC_DELAY": "0"}))
        assert third.returncode == 0, third.stdout + third.stderr
    engine = open_database(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*), count(distinct identity) from article")).one() == (40, 40)
        statuses = connection.execute(text("select status from source_run order by id")).scalars().all()
        assert statuses[1:] == ["busy", "done"]
        assert connection.execute(text("select status from run order by id")).scalars().all() == [
            "killed",
            "busy",
            "done",
        ]
    engine.dispose()


def test_a_dry_run_says_what_would_be_asked_and_asks_nobody(tmp_path: Path) -> None:
    def listing(request: lb.Request) -> None:
        request.answer(lb.listing("/news/0", "/news/1"), ETag='"a"')

    with lb.serving(one=lb.healthy(2) | {"/news": listing}, two=lb.healthy(1)) as sites:
        env = {
            "MPSC_SOURCES_DIR": register(tmp_path / "sources", sites),
            "MPSC_DELAY": "0",
            "MPSC_CONTACT": "x",
        }
        before = mpsc("crawl", "--dry-run", cwd=tmp_path, **env)
        assert before.returncode == 0 and before.stdout.count("never read before") == 2, before.stderr
        assert not (tmp_path / "mpsc.db").exists() and not sites["one"].log
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
        database = create_engine(f"sqlite:///{tmp_path / 'mpsc.db'}")
        with database.begin() as connection:
            connection.execute(text("update page set next_due = '2020-01-01 00:00:00' where url like '%/news/1'"))
        for site in sites.values():
            site.log.clear()
        told = mpsc("crawl", "--dry-run", "one", cwd=tmp_path, **env)
        assert told.returncode == 0, told.stderr
        assert f"list {sites['one'].base}/news (only if it has changed)" in told.stdout
        assert f"article {sites['one'].base}/news/1 (due since 2020-01-01 01:00)" in told.stdout
        assert "/news/0" not in told.stdout
        assert "1 list and 1 article" in told.stdout
        assert not sites["one"].log
        assert mpsc("crawl", "one", cwd=tmp_path, **env).returncode == 0
        asked = [path for _, path, _ in sites["one"].log if path != "/robots.txt"]
        assert asked == ["/news", "/news/1"], "the run asks what the dry run told"
        database.dispose()
