"""Servers that refuse are left alone, hosts on one server count as one, and a run ends within seconds: by the server's log."""

from __future__ import annotations

import signal
import sqlite3
import time
from itertools import pairwise
from pathlib import Path

from tests.conftest import mpsc, start_mpsc
from tests.crawl import loopback as lb
from tests.crawl.test_live import ask, register


def refusing(times: int, status: int, after: str | None, handler: lb.Handler) -> lb.Handler:
    """Refuses so many times, then answers."""
    left = [times]

    def send(request: lb.Request) -> None:
        if left[0] > 0:
            left[0] -= 1
            told = {"Retry_After": after} if after is not None else {}
            request.answer(b"<title>Zu viele Anfragen</title>", status=status, **told)
        else:
            handler(request)

    return send


def test_a_short_rest_is_waited_for_and_nothing_is_lost(tmp_path: Path) -> None:
    routes = lb.healthy(4)
    routes["/news/1"] = refusing(1, 429, "31", routes["/news/1"])
    with lb.serving(one=routes) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        done = mpsc("crawl", cwd=tmp_path, **env)
        log = sites["one"].log
    assert done.returncode == 0, done.stdout + done.stderr
    asked = [moment for moment, path, _ in log if path == "/news/1"]
    assert len(asked) == 2
    refused = asked[0]
    assert min(moment - refused for moment, _, _ in log if moment > refused) >= 30.5, "nobody else is asked meanwhile"
    assert ask(tmp_path / "mpsc.db", "select count(*) from article") == [(4,)]
    assert ask(tmp_path / "mpsc.db", "select refusals from host_lock") == [(0,)]


def test_a_long_rest_is_left_to_a_later_run_which_goes_on(tmp_path: Path) -> None:
    routes = lb.healthy(9)
    routes["/news/3"] = refusing(1, 503, "7200", routes["/news/3"])
    with lb.serving(one=routes, other=lb.healthy(3)) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0.05", "MPSC_CONTACT": "x"}
        first = mpsc("crawl", cwd=tmp_path, **env)
        after = [path for _, path, _ in sites["one"].log]
        assert first.returncode == 1 and "resting" in first.stdout, first.stdout
        assert after[-1] == "/news/3", "whatever waited in the queue is not asked for"
        sites["one"].log.clear()
        second = mpsc("crawl", "one", cwd=tmp_path, **env)
        assert sites["one"].log == [], "it is left alone"
        assert second.returncode == 1 and "refused once; it is left alone until" in second.stdout, second.stdout
        assert ask(tmp_path / "mpsc.db", "select status from source_run where run_id = 2") == [("resting",)]
        base = sqlite3.connect(tmp_path / "mpsc.db")
        (rest,) = base.execute(
            "select (julianday(free_at) - julianday(beat)) * 86400 from host_lock where refusals"
        ).fetchone()
        base.execute("update host_lock set free_at = beat")
        base.execute("update page set next_due = last_checked where role = 'list'")
        base.commit()
        base.close()
        assert 7190 < rest < 7210
        third = mpsc("crawl", cwd=tmp_path, **env)
    assert third.returncode == 0, third.stdout
    assert ask(tmp_path / "mpsc.db", "select count(*) from article") == [(12,)]
    failures = ask(tmp_path / "mpsc.db", "select failure, url from issue_log")
    assert [(kind, url.rsplit("/", 1)[1]) for kind, url in failures] == [("http-5xx", "3")]


def test_hosts_on_one_server_share_its_delay(tmp_path: Path) -> None:
    with lb.serving_at("127.0.0.1", lb.healthy(3)) as site:
        port = site.server_address[1]
        for name, host in (("one", "localhost"), ("two", "127.0.0.1")):
            (tmp_path / "sources").mkdir(exist_ok=True)
            (tmp_path / "sources" / f"{name}.toml").write_text(
                f'slug = "{name}"\nname = "{name}"\nkind = "project"\nlocal = true\n'
                f'addresses = [{{ url = "http://{host}:{port}/news", kind = "list", origin = "seen", verified = true }}]\n'
            )
        env = {"MPSC_SOURCES_DIR": str(tmp_path / "sources"), "MPSC_DELAY": "0.3", "MPSC_CONTACT": "x"}
        done = mpsc("crawl", cwd=tmp_path, **env)
        assert done.returncode == 0, done.stdout + done.stderr
        moments = [moment for moment, _, _ in site.log]
        assert len(moments) == 12
        assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.28
        site.log.clear()
        apart = mpsc("crawl", "--full", cwd=tmp_path, MPSC_SHARED_SERVERS="apart", **env)
        assert apart.returncode == 0
        moments = [moment for moment, _, _ in site.log]
        assert min(later - earlier for earlier, later in pairwise(moments)) < 0.2


def test_sigterm_ends_within_ten_seconds_whatever_the_delay_and_however_a_server_stalls(tmp_path: Path) -> None:
    def stalling(request: lb.Request) -> None:
        time.sleep(25)

    slow = {"/news": lb.page(lb.listing(*(f"/news/{n}" for n in range(60))))}
    slow |= {f"/news/{n}": lb.page(lb.article(f"Meldung {n}")) for n in range(60)}
    slow["/robots.txt"] = lb.page(b"User-agent: *\nCrawl-delay: 1\n", kind="text/plain")
    with lb.serving(slow=slow, stalls=lb.healthy(1) | {"/news/0": stalling}) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0.2", "MPSC_CONTACT": "x"}
        process = start_mpsc("crawl", cwd=tmp_path, **env)
        while len(sites["slow"].log) < 5 or len(sites["stalls"].log) < 3:
            time.sleep(0.05)
            assert process.poll() is None
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
        spent = time.monotonic() - began
        asked = len(sites["slow"].log)
    assert process.returncode == 130 and spent < 10, (spent, out, err)
    assert asked <= 8
    stored = ask(tmp_path / "mpsc.db", "select count(*) from article")[0][0]
    assert stored >= asked - 4
    assert ask(tmp_path / "mpsc.db", "select count(*) from issue_log") == [(0,)], (
        "what was not asked for has not failed"
    )
    waiting = ask(tmp_path / "mpsc.db", "select count(*) from page where decision = 'queued'")
    assert waiting == [(61 - stored,)]
