"""The archive is read again with today's rules: what changes is marked as ours, and nothing is lost on the way."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mpsc_crawler.operations.lock import Holder, this_process
from tests.conftest import mpsc
from tests.crawl import loopback as lb
from tests.crawl.test_live import _feed, ask, register
from tests.pdfs import make_pdf


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two sites that were crawled once and are gone since: pages of their own with a date that only a feed tells; a cover."""
    folder = tmp_path_factory.mktemp("reextract")
    day = "Tue, 04 Mar 2025 09:30:00 +0100"
    dated = {f"/news/{n}": lb.page(lb.article(f"Sensoren im Viertel {n}", day="")) for n in range(4)}
    cover = (
        '<html lang="de"><head><title>Haushalt</title></head><body><main><article><h1>Haushalt der Stadt</h1>'
        '<p>Die Mitteilung als Datei.</p><a href="/mitteilung.pdf">Pressemitteilung (PDF)</a></article></main></body></html>'
    )
    text = [
        "Pressemitteilung vom 5. Mai 2025",
        "",
        *(["Der Rat hat den Haushalt der Stadt mit grosser Mehrheit beschlossen."] * 12),
    ]
    sites_of: dict[str, Any] = {
        "one": dated | {"/feed": _feed(*((path, day) for path in dated))},
        "cover": {
            "/feed": _feed(("/news/9", day)),
            "/news/9": lb.page(cover.encode()),
            "/mitteilung.pdf": lb.page(make_pdf([text]), kind="application/pdf"),
        },
    }
    with lb.serving(**sites_of) as sites:
        env = {
            "MPSC_SOURCES_DIR": register(folder / "sources", sites, kind="feed", path="/feed"),
            "MPSC_DELAY": "0",
            "MPSC_CONTACT": "x",
        }
        done = mpsc("crawl", cwd=folder, **env)
        assert done.returncode == 0, done.stdout + done.stderr
    return {"folder": folder, "env": env, "database": folder / "mpsc.db"}


def state(database: Path) -> list[tuple[Any, ...]]:
    """Everything that is stored of articles, but for the moment of revisions."""
    queries = (
        "select * from article order by id",
        "select * from page order by id",
        "select article_id, origin, content_hash, diff from revision order by id",
        *(
            f"select * from {table} order by article_id, id"
            for table in ("date_mention", "article_topic", "mention", "image", "attachment", "evidence")
        ),
    )
    return [row for query in queries for row in ask(database, query)]


def test_the_same_rules_change_nothing_though_the_sites_are_gone(crawled: dict[str, Any]) -> None:
    before = state(crawled["database"])
    assert len(ask(crawled["database"], "select 1 from article")) == 5
    done = mpsc("reextract", cwd=crawled["folder"], **crawled["env"])
    assert done.returncode == 0, done.stderr
    assert "5 articles read again: 0 changed, 0 with other annotations, 5 as before" in done.stdout
    assert state(crawled["database"]) == before


def test_what_older_rules_read_is_put_right_and_marked_as_ours(crawled: dict[str, Any]) -> None:
    connection = sqlite3.connect(crawled["database"])
    connection.execute("update article set headline = 'Navigation', content_hash = 'old' where url like '%/news/1'")
    connection.execute("delete from evidence where article_id = (select id from article where url like '%/news/2')")
    seen = connection.execute("select last_seen, first_seen from article order by id").fetchall()
    connection.commit()
    connection.close()
    done = mpsc("reextract", "--workers", "2", cwd=crawled["folder"], **crawled["env"])
    assert "5 articles read again: 1 changed, 1 with other annotations, 3 as before" in done.stdout, done.stderr
    rows = ask(
        crawled["database"],
        "select a.headline, r.origin, json_extract(r.diff, '$.headline[0]') from revision r join article a on a.id = r.article_id"
        " where r.origin <> 'first'",
    )
    assert rows == [("Sensoren im Viertel 1", "reextraction", "Navigation")]
    assert ask(crawled["database"], "select last_seen, first_seen from article order by id") == seen
    dates = ask(
        crawled["database"],
        "select distinct published_edtf from article where url like '%/news/_' and url not like '%9'",
    )
    assert dates == [("2025-03-04T09:30:00+01:00",)], "what only the feed told stands"
    again = mpsc("reextract", cwd=crawled["folder"], **crawled["env"])
    assert "0 changed, 0 with other annotations, 5 as before" in again.stdout


def test_one_source_since_a_day_and_what_is_not_there(crawled: dict[str, Any]) -> None:
    one = mpsc("reextract", "--source", "one", cwd=crawled["folder"], **crawled["env"])
    assert "4 articles read again" in one.stdout
    none = mpsc("reextract", "--since", "2099-01-01", cwd=crawled["folder"], **crawled["env"])
    assert none.returncode == 0 and "0 articles read again" in none.stdout
    wrong = mpsc("reextract", "--source", "zwei", cwd=crawled["folder"], **crawled["env"])
    assert wrong.returncode == 2 and "unknown source 'zwei'" in wrong.stderr
    empty = mpsc("reextract", cwd=crawled["folder"], **(crawled["env"] | {"MPSC_ARCHIVE_DIR": ""}))
    assert empty.returncode == 2 and "MPSC_ARCHIVE_DIR" in empty.stderr


def test_a_record_that_cannot_be_read_costs_nothing_but_is_told(crawled: dict[str, Any], tmp_path: Path) -> None:
    before = state(crawled["database"])
    (tmp_path / "archive").mkdir()
    done = mpsc(
        "reextract", cwd=crawled["folder"], **(crawled["env"] | {"MPSC_ARCHIVE_DIR": str(tmp_path / "archive")})
    )
    assert done.returncode == 1, done.stderr
    assert "5 not read again" in done.stdout and "No such file" in done.stdout
    assert state(crawled["database"]) == before


def test_both_databases_give_back_what_was_stored(database_url: str, tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(3)) as sites:
        env = {
            "MPSC_SOURCES_DIR": register(tmp_path / "sources", sites),
            "MPSC_DELAY": "0",
            "MPSC_CONTACT": "x",
            "MPSC_DATABASE_URL": database_url,
        }
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
        done = mpsc("reextract", "--workers", "1", cwd=tmp_path, **env)
    assert "3 articles read again: 0 changed, 0 with other annotations, 3 as before" in done.stdout, done.stderr


def test_articles_that_came_whole_in_a_feed_are_read_again_from_it(tmp_path: Path) -> None:
    feed = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>x</title>'
        + "".join(
            f"<item><title>Neues {n}</title><link>/b/{n}</link><content:encoded><![CDATA[<p>{n}: {lb.TEXT}</p>]]></content:encoded></item>"
            for n in range(3)
        )
    )
    routes = {"/feed.xml": lb.page(f"{feed}</channel></rss>".encode(), kind="application/rss+xml")}
    with lb.serving(one=routes) as sites:
        sources = register(tmp_path / "sources", sites, kind="feed", path="/feed.xml", read_from='"feed"')
        env = {"MPSC_SOURCES_DIR": sources, "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
    same = mpsc("reextract", cwd=tmp_path, **env)
    assert (
        same.returncode == 0
        and "3 articles read again: 0 changed, 0 with other annotations, 3 as before" in same.stdout
    ), same.stdout
    database = sqlite3.connect(tmp_path / "mpsc.db")
    database.execute("update article set body = 'anders', content_hash = 'x' where headline = 'Neues 1'")
    database.commit()
    database.close()
    assert "3 articles read again: 1 changed" in mpsc("reextract", cwd=tmp_path, **env).stdout
    assert ask(tmp_path / "mpsc.db", "select count(*) from article where body like '%Stadtwerken%'") == [(3,)]
    assert ask(tmp_path / "mpsc.db", "select origin, count(*) from revision group by 1") == [
        ("first", 3),
        ("reextraction", 1),
    ]


def test_a_killed_run_is_known_as_killed_with_the_next_one(tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(2)) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
    ended = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    told = this_process()
    holder = Holder(told.machine, ended.pid, f"{told.began.rpartition('/')[0]}/1")
    database = sqlite3.connect(tmp_path / "mpsc.db")
    columns = "(started_at, status, software, counts, holder)"
    database.execute(f"insert into run {columns} values ('2026-01-01 00:00:00', 'running', 'x', '{{}}', '{holder}')")
    database.execute(f"insert into run {columns} values ('2026-01-01 00:00:00', 'running', 'x', '{{}}', '{told}')")
    database.commit()
    database.close()
    ended.kill()
    ended.wait()
    assert mpsc("reextract", cwd=tmp_path, **env).returncode == 0
    assert ask(tmp_path / "mpsc.db", "select status from run order by id") == [
        ("done",),
        ("killed",),
        ("running",),
        ("done",),
    ]
