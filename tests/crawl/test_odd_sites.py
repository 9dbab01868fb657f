"""Sites that are merely odd: nothing of theirs may cost another article, another list, or the run."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mpsc_crawler.extraction.rights import robots_directives, with_tdmrep
from mpsc_crawler.spiders.vanished import EVERYTHING, vanished
from mpsc_crawler.storage.registry import KnownPage
from tests.conftest import mpsc
from tests.crawl import loopback as lb
from tests.crawl.test_live import ask, register


def permanent(path: str) -> lb.Handler:
    return lambda request: request.answer(b"", status=301, Location=path)


def test_a_closing_slash_is_no_other_address(tmp_path: Path) -> None:
    routes = {"/news": lb.page(lb.listing("/news/1", "/news/2"))}
    for n in (1, 2):
        routes |= {
            f"/news/{n}": permanent(f"/news/{n}/"),
            f"/news/{n}/": lb.page(lb.article(f"Sensoren im Viertel {n}")),
        }
    with lb.serving(one=routes) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        for _ in range(3):
            sites["one"].log.clear()
            assert mpsc("crawl", "--full", cwd=tmp_path, **env).returncode == 0
        assert "/news/1/" in [path for _, path, _ in sites["one"].log], "it is read again and again"
    assert ask(tmp_path / "mpsc.db", "select decision from page where role = 'article'") == [("kept",), ("kept",)]
    assert ask(tmp_path / "mpsc.db", "select count(*) from article_address") == [(0,)]


def test_one_character_of_one_page_costs_that_page_only(database_url: str, tmp_path: Path) -> None:
    def told(**more: str) -> lb.Handler:
        data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Sensoren", **more}
        script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
        return lb.page(lb.article(f"Sensoren {len(more)} im Viertel").replace(b"<head>", f"<head>{script}".encode()))

    routes = lb.healthy(6)
    routes["/news/1"] = told(author="Max \ud83d")
    routes["/news/2"] = told(license="https://creativecommons.org/licenses/by/4.0/\u0000", keywords="a\u0000b, \ud800")
    routes["/.well-known/tdmrep.json"] = lb.page(
        json.dumps([{"location": "/\ud800\u0000", "tdm-reservation": 1}]).encode(), kind="application/json"
    )
    with lb.serving(one=routes) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        done = mpsc("crawl", cwd=tmp_path, MPSC_DATABASE_URL=database_url, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from article")).scalar_one() >= 5
    engine.dispose()


def test_a_value_that_cannot_be_stored_is_told_and_the_rest_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last line of defence: were a value to get through all the same."""
    (tmp_path / "sitecustomize.py").write_text(
        "import mpsc_crawler.storage.rows as rows\n"
        "plain = rows.content_hash\n"
        "def odd(article):\n"
        "    if article.headline.endswith('3'):\n"
        "        raise UnicodeEncodeError('utf-8', '\\ud800', 0, 1, 'surrogates not allowed')\n"
        "    return plain(article)\n"
        "rows.content_hash = odd\n"
    )
    with lb.serving(one=lb.healthy(6)) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        done = mpsc("crawl", cwd=tmp_path, PYTHONPATH=str(tmp_path), **env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ask(tmp_path / "mpsc.db", "select count(*) from article") == [(5,)]
    ((url, detail),) = ask(tmp_path / "mpsc.db", "select url, detail from issue_log")
    assert url.endswith("/news/3") and detail.startswith("cannot be stored: UnicodeEncodeError")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("feed", json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/x/1", "tags": 1, "authors": 2}]})),
        ("feed", '{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 5000),
        ("feed", "<rss version='2.0'><channel><ttl>²</ttl><item><title>x</title><link>/x/1</link></item></channel></rss>"),
        ("wordpress", json.dumps([{"id": 1, "link": "/x/1", "date_gmt": "9999-12-31T23:59:59", "title": {"rendered": "x"}}])),
        ("wordpress", json.dumps([{"id": "²", "link": 7, "title": 3}])),
        ("sitemap", "<urlset><url><loc>/x/1</loc><lastmod>9999-99-99</lastmod></url></urlset>"),
    ],
)  # fmt: skip
def test_an_odd_list_does_not_silence_the_others(tmp_path: Path, kind: str, body: str) -> None:
    routes = lb.healthy(4) | {"/odd": lb.page(body.encode(), kind="application/json"), "/x/1": lb.status(404)}
    with lb.serving(one=routes) as sites:
        folder = tmp_path / "sources"
        folder.mkdir()
        base = sites["one"].base
        lists = "".join(
            f'[[addresses]]\nurl = "{base}{path}"\nkind = "{what}"\norigin = "seen"\nverified = true\n'
            for path, what in (("/odd", kind), ("/news", "list"))
        )
        (folder / "one.toml").write_text(f'slug = "one"\nname = "x"\nkind = "project"\n{lists}')
        env = {"MPSC_SOURCES_DIR": str(folder), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        done = mpsc("crawl", cwd=tmp_path, **env)
    assert done.returncode in (0, 1), done.stderr
    assert ask(tmp_path / "mpsc.db", "select count(*) from article where url like '%/news/%'") == [(4,)]
    ((status, ended),) = ask(tmp_path / "mpsc.db", "select status, ended_at from source_run")
    assert status in ("done", "partly") and ended is not None


def test_a_list_that_holds_its_articles_keeps_its_own_rhythm(tmp_path: Path) -> None:
    posts = "".join(f"<h2>Sensoren im Viertel {n}</h2><p>1{n}.03.2019</p><p>{n}: {lb.TEXT}</p>" for n in range(4))
    body = f"<html lang='de'><head><title>x</title></head><body><main><h1>Aktuelles</h1>{posts}</main></body></html>"
    with lb.serving(one={"/news": lb.page(body.encode())}) as sites:
        env = {
            "MPSC_SOURCES_DIR": register(tmp_path / "sources", sites, read_from='"list"'),
            "MPSC_DELAY": "0",
            "MPSC_CONTACT": "x",
        }
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
    assert ask(tmp_path / "mpsc.db", "select count(*) from article") == [(4,)]
    ((decision, due),) = ask(tmp_path / "mpsc.db", "select decision, next_due from page where role = 'list'")
    assert decision == "read" and datetime.fromisoformat(due).replace(tzinfo=UTC) < datetime.now(UTC) + timedelta(
        days=2
    )


def test_a_server_that_refuses_with_its_robots_txt_is_asked_nothing_more(tmp_path: Path) -> None:
    routes = lb.healthy(3) | {"/robots.txt": lambda r: r.answer(b"", "text/plain", 429, Retry_After="3600")}
    with lb.serving(one=routes) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0.1", "MPSC_CONTACT": "x"}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 1
        assert [path for _, path, _ in sites["one"].log] == ["/robots.txt"]
        sites["one"].log.clear()
        began = time.monotonic()
        again = mpsc("crawl", "one", cwd=tmp_path, **env)
        assert again.returncode == 1 and "left alone until" in again.stdout and time.monotonic() - began < 20
        assert sites["one"].log == []


def test_a_deleted_article_whose_address_leads_home_is_not_taken_for_unchanged(tmp_path: Path) -> None:
    day = "Mon, 02 Mar 2026 08:00:00 GMT"

    def home(request: lb.Request) -> None:
        known = bool(request.headers["If-Modified-Since"])
        body = b"" if known else lb.listing("/news/0")  # a body behind a 304 would be taken for the next answer
        request.answer(body, status=304 if known else 200, Last_Modified=day)

    routes = lb.healthy(2)
    routes["/news/1"] = lambda request: request.answer(lb.article("Sensoren im Viertel 1"), Last_Modified=day)
    routes["/"] = home
    with lb.serving(one=routes) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
        routes["/news/1"] = lb.redirect("/")
        base = create_engine(f"sqlite:///{tmp_path / 'mpsc.db'}")
        with base.begin() as connection:
            connection.execute(text("update page set next_due = last_checked"))
        base.dispose()
        mpsc("crawl", cwd=tmp_path, **env)
    failures = ask(tmp_path / "mpsc.db", "select failure, url from issue_log")
    assert [(kind, url.rsplit("/", 1)[1]) for kind, url in failures] == [("redirect-elsewhere", "1")]


def test_a_message_of_a_site_cannot_forge_a_line_of_the_log(tmp_path: Path) -> None:
    body = json.dumps({"code": "x", "message": "\x1b[2J\x1b]0;fremd\x07\nmpsc: alles gut"}).encode()
    with lb.serving(one={"*": lb.page(body, kind="application/json")}) as sites:
        sources = register(tmp_path / "sources", sites, kind="wordpress", path="/wp-json/wp/v2/posts")
        done = mpsc("-v", "crawl", cwd=tmp_path, MPSC_SOURCES_DIR=sources, MPSC_DELAY="0", MPSC_CONTACT="x")
    assert "\x1b" not in done.stderr + done.stdout and "\nmpsc: alles gut" not in done.stderr


# --------------------------------------------------------------------- pure


def known(told: dict[str, dict[str, str]], day: str = "2026-02-20") -> KnownPage:
    hints = {"published": {"start": day}}
    return KnownPage("u", None, None, None, "kept", "article", 0, hints, told)


SAID = {"h": "x"}


@pytest.mark.parametrize(
    ("told", "reaches", "lost"),
    [
        ({"F": SAID, "L": SAID}, {"L": date(2026, 2, 1)}, False),  # F was not read anew: it may still name it
        ({"F": SAID, "L": SAID}, {"L": date(2026, 2, 1), "F": date(2026, 2, 1)}, True),
        ({"F": SAID, "L": SAID}, {"L": date(2026, 2, 1), "F": date(2026, 2, 25)}, True),  # F scrolled on
        ({"F": SAID, "L": SAID}, {"L": date(2026, 2, 25), "F": date(2026, 2, 25)}, False),
        ({"L": {"v": "1"}}, {"L": date(2026, 2, 1)}, True),  # the second look
        ({"L": SAID, "old": SAID}, {"L": date(2026, 2, 1)}, True),  # a list that the source has no more
        ({"L": SAID}, {"L": None}, False),
        ({"L": SAID}, {"L": EVERYTHING}, True),
    ],
)  # fmt: skip
def test_only_lists_that_were_read_anew_can_drop_an_article(told: dict, reaches: dict, lost: bool) -> None:
    found = vanished({"a": known(told)}, set(), reaches, {"F", "L"})
    assert bool(found) == lost


def test_patterns_of_stars_cost_nothing() -> None:
    rules = [{"location": "/" + "*a" * 19 + "*b", "reservation": True}]
    began = time.monotonic()
    assert with_tdmrep({}, rules, "https://x.example/" + "a" * 2000)[0] == {}
    assert time.monotonic() - began < 1
    for location, path, fits in (
        ("/a*c", "/abc", True), ("/a*c$", "/abcd", False), ("/a*c$", "/abcac", True), ("/a$", "/a", True), ("/a$", "/ab", False),
        ("*", "/x", True), ("/*/b*/c", "/a/bb/c", True), ("/ab*b$", "/ab", False),
    ):  # fmt: skip
        found, _ = with_tdmrep({}, [{"location": location, "reservation": True}], f"https://x.example{path}")
        assert bool(found) == fits, (location, path)


def test_a_date_in_the_robots_header_is_no_robot() -> None:
    assert robots_directives([], "unavailable_after: Wed, 25 Jun 2025 15:00:00 GMT, noarchive") == ["noarchive"]


def test_an_old_archive_that_is_replayed_takes_nothing_back(tmp_path: Path) -> None:
    with lb.serving(one=lb.healthy(3)) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
        (old,) = (tmp_path / "archive").glob("*.warc.gz")
        time.sleep(1.1)  # WARC tells seconds
        sites["one"].routes["/news/1"] = lb.page(lb.article("Sensoren im Viertel 1, berichtigt"))
        sites["one"].routes["/news/2"] = lb.status(404)
        mpsc("crawl", "--full", cwd=tmp_path, **env)
    columns = "headline, last_seen, missing_since, missing_reason, (select count(*) from revision r where r.article_id = a.id)"
    before = ask(tmp_path / "mpsc.db", f"select {columns} from article a order by id")
    assert before[2][3] == "404" and before[1][4] == 2
    assert mpsc("crawl", "--replay", str(old), cwd=tmp_path, **env).returncode == 0
    assert ask(tmp_path / "mpsc.db", f"select {columns} from article a order by id") == before


def test_a_run_that_its_limit_ends_is_told_as_such_and_is_no_alarm(tmp_path: Path) -> None:
    def slow(request: lb.Request) -> None:
        time.sleep(0.3)
        request.answer(lb.article(f"Meldung {request.path}"))

    with lb.serving(one={"/news": lb.page(lb.listing(*(f"/news/{n}" for n in range(60)))), "*": slow}) as sites:
        env = {
            "MPSC_SOURCES_DIR": register(tmp_path / "sources", sites),
            "MPSC_DELAY": "0",
            "MPSC_CONTACT": "x",
            "MPSC_TIME_LIMIT": "4",
        }
        done = mpsc("crawl", cwd=tmp_path, **env)
    assert done.returncode == 1 and "1 of 1 sources reached" in done.stdout, done.stdout
    assert ask(tmp_path / "mpsc.db", "select status from source_run") == [("partly",)]
    assert ask(tmp_path / "mpsc.db", "select count(*) from article")[0][0] >= 3
    assert mpsc("status", cwd=tmp_path, **env).returncode == 0
