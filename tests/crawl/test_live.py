"""Crawls of real HTTP on loopback: well-behaved sites complete, every fault in its class, politeness in the server's log."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from itertools import pairwise
from pathlib import Path

import pytest

from mpsc_crawler.archive.warc import read_exchanges
from tests.conftest import mpsc, start_mpsc
from tests.crawl import loopback as lb
from tests.crawl.loopback import Site
from tests.pdfs import make_pdf


def register(folder: Path, sites: dict[str, Site], kind: str = "list", path: str = "/news", **more: str) -> str:
    """Source files for the sites; returns their folder."""
    folder.mkdir(exist_ok=True)
    for name, site in sites.items():
        extra = "".join(f"{key} = {value}\n" for key, value in more.items())
        (folder / f"{name}.toml").write_text(
            f'slug = "{name}"\nname = "Site {name}"\nkind = "project"\n{extra}addresses = [{{ url = "{site.base}{path}", kind = "{kind}", origin = "seen", verified = true }}]\n',
            encoding="utf-8",
        )
    return str(folder)


def ask(database: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


FAULTS = {
    "errors": {"/news": lb.status(500)},
    "missing": {"/news": lb.status(404)},
    "loop": {"/news": lb.redirect("/news2"), "/news2": lb.redirect("/news")},
    "truncated": {"/news": lb.truncated_gzip},
    "huge": {"/news": lb.page(lb.listing("/news/gross")), "/news/gross": lb.endless(50)},
    "empty": {
        "/news": lb.page(lb.listing("/news/leer")),
        "/news/leer": lb.page(b"<html><head><title>x</title></head><body></body></html>"),
    },
    "wall": {"/news": lb.page(b"<title>Just a moment...</title>" + b"x" * 100)},
    "nolinks": {"/news": lb.page(b"<html><body><main><h1>Nichts hier</h1></main></body></html>")},
    "forbidden": {
        "/robots.txt": lb.page(b"User-agent: *\nDisallow: /", kind="text/plain"),
        "/news": lb.page(lb.listing("/news/1")),
    },
    "robotserror": {"/robots.txt": lb.status(503), "/news": lb.page(lb.listing("/news/1"))},
    "pdf": {"/news": lb.page(lb.listing("/news/plan")), "/news/plan": lb.page(b"%PDF-1.4", kind="application/pdf")},
    "calendar": {"/news": lb.calendar, "/kalender": lb.calendar, "/termin": lb.page(lb.article("Termin im Rathaus"))},
    "charset": {
        "/news": lb.page(lb.listing("/news/1")),
        "/news/1": lb.page(
            lb.article("Größe und Straße").decode().replace('<meta charset="utf-8">', "").encode("windows-1252"),
            kind="text/html; charset=utf-8",
        ),
    },
}
EXPECTED = {
    "errors": "http-5xx",
    "missing": "http-404",
    "loop": "redirect-loop",
    "truncated": "truncated",
    "huge": "too-large",
    "empty": "no-article",
    "wall": "not-a-list",
    "nolinks": "no-links",
    "forbidden": "robots",
    "robotserror": "robots-unreachable",
    "pdf": "content-type",
}


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory):
    """One crawl over every kind of fault and one healthy site."""
    folder = tmp_path_factory.mktemp("faults")
    with lb.serving(healthy=lb.healthy(8), **FAULTS) as sites:
        sources = register(folder / "sources", sites)
        (folder / "sources" / "nowhere.toml").write_text(
            'slug = "nowhere"\nname = "Nowhere"\nkind = "project"\naddresses = [{ url = "http://does-not-exist.invalid/news", kind = "list", origin = "seen", verified = true }]\n'
        )
        (folder / "sources" / "closed.toml").write_text(
            'slug = "closed"\nname = "Closed"\nkind = "project"\naddresses = [{ url = "http://127.0.0.1:9/news", kind = "list", origin = "seen", verified = true }]\n'
        )
        (folder / "sources" / "nofeed.toml").write_text(
            f'slug = "nofeed"\nname = "No feed"\nkind = "project"\naddresses = [{{ url = "{sites["healthy"].base}/news", kind = "feed", origin = "seen", verified = true }}]\n'
        )
        done = mpsc(
            "crawl",
            cwd=folder,
            MPSC_SOURCES_DIR=sources,
            MPSC_DELAY="0",
            MPSC_MAX_BYTES="3000000",
            MPSC_MAX_LIST_PAGES="4",
            MPSC_TIMEOUT="10",
            MPSC_CONTACT="test@example.org",
            timeout=240,
        )
        yield folder, done, sites


def test_the_run_ends_with_the_code_for_some_failed(faults) -> None:
    _, done, _ = faults
    assert done.returncode == 1, done.stderr[-3000:]
    assert "Traceback" not in done.stderr


def test_every_fault_is_in_its_class_and_named(faults) -> None:
    folder, done, _ = faults
    found = dict(
        ask(folder / "mpsc.db", "select s.slug, i.failure from issue_log i join source s on s.id = i.source_id")
    )
    for name, failure in (EXPECTED | {"nowhere": "dns", "closed": "connect", "nofeed": "not-a-list"}).items():
        assert found.get(name) == failure, (name, found.get(name))
        assert name in done.stdout and f"× {failure}:" in done.stdout


def test_the_healthy_site_is_complete_and_nothing_false_is_stored(faults) -> None:
    folder, _, _ = faults
    stored = dict(
        ask(
            folder / "mpsc.db",
            "select s.slug, count(*) from article a join source s on s.id = a.source_id group by s.slug",
        )
    )
    assert stored.pop("healthy") == 8
    assert stored.pop("charset") == 1
    assert 0 < stored.pop("calendar") <= 12, "an endless calendar ends at the limit of list pages"
    assert stored == {}


def test_a_wrong_charset_is_seen_through(faults) -> None:
    folder, _, _ = faults
    assert ask(
        folder / "mpsc.db",
        "select headline from article a join source s on s.id = a.source_id where s.slug = 'charset'",
    ) == [("Größe und Straße",)]


def test_the_user_agent_names_project_and_contact(faults) -> None:
    _, _, sites = faults
    agents = {agent for site in sites.values() for _, _, agent in site.log}
    assert len(agents) == 1 and "MPSC-Crawler/" in (agent := agents.pop()) and "test@example.org" in agent


def test_forbidden_paths_are_not_asked_for(faults) -> None:
    _, _, sites = faults
    assert [path for _, path, _ in sites["forbidden"].log] == ["/robots.txt"]
    assert {path for _, path, _ in sites["robotserror"].log} == {"/robots.txt"}


def test_the_delay_is_kept_and_one_request_at_a_time(tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(4)) as sites:
        sources = register(tmp_path / "sources", sites)
        done = mpsc("crawl", cwd=tmp_path, MPSC_SOURCES_DIR=sources, MPSC_DELAY="0.4", MPSC_CONTACT="x")
        assert done.returncode == 0, done.stderr
        moments = [moment for moment, _, _ in sites["one"].log]
    assert len(moments) == 7
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) >= 0.38, gaps


def test_a_crawl_delay_in_robots_txt_wins(tmp_path: Path) -> None:
    routes = lb.healthy(2) | {"/robots.txt": lb.page(b"User-agent: *\nCrawl-delay: 0.7\n", kind="text/plain")}
    with lb.serving(one=routes) as sites:
        sources = register(tmp_path / "sources", sites)
        assert mpsc("crawl", cwd=tmp_path, MPSC_SOURCES_DIR=sources, MPSC_DELAY="0.1", MPSC_CONTACT="x").returncode == 0
        moments = [moment for moment, _, _ in sites["one"].log]
    gaps = [later - earlier for earlier, later in pairwise(moments[1:])]
    assert gaps and min(gaps) >= 0.68, gaps


def test_a_second_run_asks_for_lists_only_and_keeps_everything(tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(6)) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
        sites["one"].log.clear()
        idle = mpsc("crawl", cwd=tmp_path, **env)
        assert (idle.returncode, sites["one"].log) == (0, []), "nothing is due yet"
        assert "1 source is not due yet" in idle.stdout
        assert mpsc("crawl", "one", cwd=tmp_path, **env).returncode == 0
        assert [path for _, path, _ in sites["one"].log] == ["/robots.txt", "/news"], "who is named is asked"
    assert ask(tmp_path / "mpsc.db", "select count(*) from article") == [(6,)]
    assert ask(tmp_path / "mpsc.db", "select count(*) from revision") == [(6,)]


def test_kill_9_in_the_middle_loses_nothing_and_the_same_command_goes_on(database_url: str, tmp_path: Path) -> None:
    def slow(number: int) -> lb.Handler:
        def send(request: lb.Request) -> None:
            time.sleep(0.02)
            request.answer(lb.article(f"Sensoren im Viertel {number}"))

        return send

    routes = {"/news": lb.page(lb.listing(*(f"/news/{n}" for n in range(60))))} | {
        f"/news/{n}": slow(n) for n in range(60)
    }
    with lb.serving(one=routes) as sites:
        env = {
            "MPSC_SOURCES_DIR": register(tmp_path / "sources", sites),
            "MPSC_DELAY": "0",
            "MPSC_CONTACT": "x",
            "MPSC_BATCH": "5",
            "MPSC_DATABASE_URL": database_url,
        }
        process = start_mpsc("crawl", cwd=tmp_path, **env)
        while len(sites["one"].log) < 35 and process.poll() is None:
            time.sleep(0.02)
        assert process.poll() is None, "killed too late to mean anything"
        process.send_signal(signal.SIGKILL)
        process.communicate()
        from sqlalchemy import text

        from mpsc_crawler.storage.session import open_database

        engine = open_database(database_url)
        with engine.connect() as connection:
            acknowledged = connection.execute(text("select count(*) from article")).scalar_one()
        assert 0 < acknowledged < 60
        done = mpsc("crawl", cwd=tmp_path, **env)
        assert done.returncode == 0, done.stderr[-2000:]
        with engine.connect() as connection:
            assert connection.execute(text("select count(*), count(distinct identity) from article")).one() == (60, 60)
            assert connection.execute(text("select count(*) from revision")).scalar_one() == 60
        engine.dispose()


def test_sigterm_ends_in_good_order(tmp_path: Path) -> None:
    def slow(request: lb.Request) -> None:
        time.sleep(0.1)
        request.answer(lb.article(f"Meldung {request.path}"))

    routes = {"/news": lb.page(lb.listing(*(f"/news/{n}" for n in range(200)))), "*": slow}
    with lb.serving(one=routes) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        process = start_mpsc("crawl", cwd=tmp_path, **env)
        while len(sites["one"].log) < 15:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Run 1" in out
    assert ask(tmp_path / "mpsc.db", "select status from run") == [("stopped",)]
    assert ask(tmp_path / "mpsc.db", "select count(*) from article")[0][0] >= 5


def test_the_archive_shows_what_the_site_said_and_can_be_crawled_again(tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(3)) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
    (warc,) = (tmp_path / "archive").glob("*.warc.gz")
    replay = mpsc("crawl", "--replay", str(warc), cwd=tmp_path, **env, MPSC_DATABASE_URL="sqlite:///again.db")
    assert replay.returncode == 0, replay.stderr
    columns = "select identity, headline, body, published_edtf, first_seen from article order by identity"
    first, again = ask(tmp_path / "mpsc.db", columns), ask(tmp_path / "again.db", columns)
    assert [row[:4] for row in again] == [row[:4] for row in first]
    assert [row[4][:19] for row in again] == [row[4][:19] for row in first], "the replay keeps the moment of the fetch"


def test_a_database_that_goes_read_only_stops_the_run_with_its_code(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        target = "/proc/none/mpsc.db"  # root may write anywhere else
    else:
        (tmp_path / "locked").mkdir(mode=0o500)
        target = str(tmp_path / "locked" / "mpsc.db")
    with lb.serving(one=lb.healthy(1)) as sites:
        done = mpsc(
            "crawl",
            cwd=tmp_path,
            MPSC_SOURCES_DIR=register(tmp_path / "sources", sites),
            MPSC_DATABASE_URL=f"sqlite:///{target}",
        )
        assert sites["one"].log == [], "nothing is fetched that cannot be stored"
    assert done.returncode == 4
    assert "check that the folder exists" in done.stderr and "Traceback" not in done.stderr


def test_a_database_that_may_only_be_read_ends_the_run_before_anything_is_fetched(tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(1)) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("db", "upgrade", cwd=tmp_path, **env).returncode == 0
        sites["one"].log.clear()
        done = mpsc(
            "crawl", cwd=tmp_path, **env, MPSC_DATABASE_URL=f"sqlite:///file:{tmp_path}/mpsc.db?mode=ro&uri=true"
        )
        assert sites["one"].log == []
    assert done.returncode == 4
    assert "make the file and its folder writable" in done.stderr and "Traceback" not in done.stderr


def test_a_database_that_is_locked_all_the_time_ends_the_run_with_its_code(tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(1)) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("db", "upgrade", cwd=tmp_path, **env).returncode == 0
        holder = sqlite3.connect(tmp_path / "mpsc.db", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        done = mpsc("crawl", cwd=tmp_path, **env)
        holder.rollback()
        holder.close()
    assert done.returncode == 4
    assert "another program is writing to it" in done.stderr and "Traceback" not in done.stderr


def test_worker_processes_give_the_same_articles(tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(6)) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
        assert (
            mpsc("crawl", cwd=tmp_path, **env, MPSC_WORKERS="2", MPSC_DATABASE_URL="sqlite:///workers.db").returncode
            == 0
        )
    columns = "select identity, headline, body, published_edtf, sketch from article order by identity"
    assert ask(tmp_path / "mpsc.db", columns) == ask(tmp_path / "workers.db", columns)


def test_an_own_codebook_reaches_articles_that_come_whole_in_a_feed(tmp_path: Path) -> None:
    feed = f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>x</title><item><title>Neues</title><link>/b/1</link><content:encoded><![CDATA[<p>{lb.TEXT}</p>]]></content:encoded></item></channel></rss>'
    (tmp_path / "mine.toml").write_text(
        'version = "mine"\nthreshold = 1\n[[topic]]\nslug = "stadtwerke"\nlabel = "Stadtwerke"\ndefinition = "x"\ninclude = ["stadtwerke*"]\n'
    )
    with lb.serving(one={"/feed.xml": lb.page(feed.encode(), kind="application/rss+xml")}) as sites:
        sources = register(tmp_path / "sources", sites, kind="feed", path="/feed.xml", read_from='"feed"')
        env = {"MPSC_SOURCES_DIR": sources, "MPSC_DELAY": "0", "MPSC_CONTACT": "x", "MPSC_CODEBOOK": "mine.toml"}
        done = mpsc("crawl", cwd=tmp_path, **env)
    assert done.returncode == 0, done.stderr
    found = ask(tmp_path / "mpsc.db", "select topic, codebook_version from article_topic")
    assert [(topic, version.split("+")[0]) for topic, version in found] == [("stadtwerke", "mine")]


def test_a_cover_page_takes_its_text_from_the_file(tmp_path: Path) -> None:
    file = make_pdf(
        [
            [
                "Pressemitteilung vom 12. Mai 2025",
                "",
                *(f"Satz {n} der Mitteilung über neue Sensoren in der Stadt." for n in range(12)),
            ]
        ]
    )
    cover = (
        '<!DOCTYPE html><html lang="de"><head><title>Neue Sensoren</title></head><body><main><article><h1>Neue Sensoren</h1>'
        "<p>Die Mitteilung steht {where}.</p><p><a href='/files/{name}.pdf'>Mitteilung (PDF)</a></p></article></main></body></html>"
    )
    routes = {
        "/news": lb.page(lb.listing("/news/1", "/news/2")),
        "/news/1": lb.page(cover.format(where="in der Datei", name="pm").encode()),
        "/news/2": lb.page(
            cover.format(where="in einer Datei, die es hier nicht mehr gibt, was schade ist", name="weg").encode()
        ),
        "/files/pm.pdf": lb.page(file, kind="application/pdf"),
    }
    with lb.serving(covers=routes) as sites:
        folder = register(tmp_path / "sources", sites)
        done = mpsc("crawl", cwd=tmp_path, MPSC_SOURCES_DIR=folder, MPSC_DELAY="0", MPSC_CONTACT="test")
    assert done.returncode == 0, done.stdout + done.stderr
    found = dict(
        ask(tmp_path / "mpsc.db", "select canonical_url, body || '|' || coalesce(published_date, '') from article")
    )
    bodies = {url.rsplit("/", 1)[1]: body for url, body in found.items()}
    assert "Satz 7 der Mitteilung" in bodies["1"]
    assert bodies["1"].endswith("|2025-05-12")
    assert bodies["2"].endswith("|"), "a file that is missing invents nothing"
    lost = ask(tmp_path / "mpsc.db", "select role, failure, url from issue_log")
    assert [(role, failure, url.rsplit("/", 1)[1]) for role, failure, url in lost] == [("file", "http-404", "weg.pdf")]
    assert ask(tmp_path / "mpsc.db", "select count(*) from page where url like '%.pdf'") == [(0,)]
    kept = [e.url for path in (tmp_path / "archive").glob("*.warc.gz") for e in read_exchanges(path)]
    assert any(url.endswith("/files/pm.pdf") for url in kept), "the file is archived with its page"


def test_a_file_that_is_away_for_once_does_not_cost_the_text(tmp_path: Path) -> None:
    file = make_pdf(
        [
            [
                "Pressemitteilung vom 12. Mai 2025",
                "",
                *(f"Satz {n} der Mitteilung über neue Sensoren." for n in range(12)),
            ]
        ]
    )
    cover = (
        '<!DOCTYPE html><html lang="de"><head><title>Neue Sensoren</title></head><body><main><article><h1>Neue Sensoren</h1>'
        "<p>Die Mitteilung steht in der Datei, die hier zum Herunterladen bereitliegt und alles Weitere erklärt.</p>"
        "<p><a href='/files/pm.pdf'>Mitteilung (PDF)</a></p></article></main></body></html>"
    )
    routes = {"/news": lb.page(lb.listing("/news/1")), "/news/1": lb.page(cover.encode())}
    with lb.serving(covers=routes | {"/files/pm.pdf": lb.page(file, kind="application/pdf")}) as sites:
        folder = register(tmp_path / "sources", sites)
        told = {"MPSC_SOURCES_DIR": folder, "MPSC_DELAY": "0", "MPSC_CONTACT": "test"}
        mpsc("crawl", cwd=tmp_path, **told)
        before = ask(tmp_path / "mpsc.db", "select body, published_date from article")
        sites["covers"].routes["/files/pm.pdf"] = lb.status(503)
        mpsc("crawl", "--full", cwd=tmp_path, **told)
    assert "Satz 7" in before[0][0]
    assert ask(tmp_path / "mpsc.db", "select body, published_date from article") == before
    assert ask(tmp_path / "mpsc.db", "select count(*) from revision") == [(1,)]
    assert ask(tmp_path / "mpsc.db", "select role, failure from issue_log") == [("file", "http-5xx")]


def _feed(*entries: tuple[str, str]) -> lb.Handler:
    items = "".join(
        f"<item><title>Sensoren im Viertel {path[-1]}</title><link>{{base}}{path}</link><pubDate>{day}</pubDate></item>"
        for path, day in entries
    )

    def send(request: lb.Request) -> None:
        text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
        request.answer(text.replace("{base}", request.server.base).encode(), "application/rss+xml")

    return send


def test_what_only_the_list_told_is_kept_when_the_article_is_read_again_without_it(tmp_path: Path) -> None:
    routes = lb.healthy(2) | {
        "/feed": _feed(("/news/0", "Tue, 04 Mar 2025 09:30:00 +0100"), ("/news/1", "Wed, 05 Mar 2025 10:00:00 +0100"))
    }
    routes["/news/0"] = lb.page(lb.article("Sensoren im Viertel 0", day=""))
    with lb.serving(one=routes) as sites:
        sources = register(tmp_path / "sources", sites, kind="feed", path="/feed")
        env = {"MPSC_SOURCES_DIR": sources, "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
        told = "select published_edtf from article where url like '%/news/0'"
        before = ask(tmp_path / "mpsc.db", told)
        assert before == [("2025-03-04T09:30:00+01:00",)]
        sites["one"].routes["/feed"] = _feed(("/news/1", "Wed, 05 Mar 2025 10:00:00 +0100"))
        connection = sqlite3.connect(tmp_path / "mpsc.db")
        connection.execute("update page set next_due = '2020-01-01 00:00:00' where url like '%/news/0'")
        connection.commit()
        connection.close()
        sites["one"].log.clear()
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
        assert "/news/0" in [path for _, path, _ in sites["one"].log], "the article was read again"
        assert ask(tmp_path / "mpsc.db", told) == before
    assert ask(tmp_path / "mpsc.db", "select count(*) from revision where origin <> 'first'") == [(0,)]
