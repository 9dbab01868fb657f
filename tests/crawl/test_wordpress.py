"""A real WordPress, by feed, sitemap, REST and list: each way gives the same articles with the right dates.

Needs a running site with posts in all states: ``MPSC_TEST_WORDPRESS=http://127.0.0.1:8090``. Skipped without one. The life of
a post also needs a user who may write, with an application password: ``MPSC_TEST_WORDPRESS_USER=name:password``.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import urllib.request
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mpsc_crawler.items import BERLIN
from tests.conftest import mpsc
from tests.crawl.test_live import ask

ROOT = Path(__file__).parents[2]
USER = os.environ.get("MPSC_TEST_WORDPRESS_USER", "")
BASE = os.environ.get("MPSC_TEST_WORDPRESS", "").rstrip("/")
WAYS = {"feed": "/feed/", "sitemap": "/wp-sitemap.xml", "wordpress": "/wp-json/wp/v2/posts", "list": "/"}


def public_posts() -> dict[str, str]:
    """Address and local moment of every public post, as the site's own interface tells them."""
    found, page = {}, 1
    while True:
        url = f"{BASE}/wp-json/wp/v2/posts?per_page=100&page={page}&_fields=link,date_gmt,content.protected"
        with urllib.request.urlopen(url) as answer:
            for post in json.load(answer):
                if not post["content"]["protected"]:
                    moment = datetime.fromisoformat(post["date_gmt"]).replace(tzinfo=UTC).astimezone(BERLIN)
                    found[post["link"]] = moment.strftime("%Y-%m-%dT%H:%M")
            if page >= int(answer.headers["X-WP-TotalPages"]):
                return found
        page += 1


@pytest.mark.skipif(not BASE, reason="no WordPress (set MPSC_TEST_WORDPRESS to the address of one)")
@pytest.mark.parametrize("kind", WAYS)
def test_every_way_gives_the_public_posts_and_no_others(tmp_path: Path, kind: str) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "wp.toml").write_text(
        f'slug = "wp"\nname = "WordPress"\nkind = "project"\nplatform = {{ name = "wordpress" }}\n'
        f'addresses = [{{ url = "{BASE}{WAYS[kind]}", kind = "{kind}", origin = "seen", verified = true }}]\n'
    )
    done = mpsc("crawl", cwd=tmp_path, MPSC_SOURCES_DIR=str(tmp_path / "sources"), MPSC_DELAY="0", MPSC_CONTACT="x")
    assert done.returncode == 0, done.stderr
    rows = ask(tmp_path / "mpsc.db", "select url, published_edtf, identity, platform from article")
    assert {url: moment[:16] for url, moment, _, _ in rows} == public_posts()
    assert all("#wordpress:" in identity and platform == "wordpress" for _, _, identity, platform in rows)


def write(path: str, **values: Any) -> dict[str, Any]:
    """Change something by the site's own interface."""
    token = base64.b64encode(USER.encode()).decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {token}"}
    method = values.pop("method", "POST")
    request = urllib.request.Request(f"{BASE}/wp-json{path}", json.dumps(values).encode(), headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return dict(json.load(answer))


def publish(title: str, text: str, **more: Any) -> dict[str, Any]:
    body = "".join(
        f"<!-- wp:paragraph --><p>{part} {text}</p><!-- /wp:paragraph -->" for part in (title, "Weiter:", "Und:")
    )
    return write("/wp/v2/posts", title=title, content=body, status="publish", **more)


@pytest.mark.skipif(not BASE or not USER, reason="no WordPress that may be written to (set MPSC_TEST_WORDPRESS_USER)")
@pytest.mark.parametrize("kind", ["feed", "wordpress", "list"])
def test_the_life_of_a_post(tmp_path: Path, kind: str) -> None:
    """Published, edited, given another address, put into the bin and taken out again, scheduled, shut by a password."""
    mark = uuid.uuid4().hex[:8]
    text = (
        f"Die Stadt {mark} hat weitere Sensoren aufgehängt, die Temperatur und Feuchte messen und die Werte offen zeigen. "
        * 3
    )
    posts = {
        name: publish(f"{name} {mark}", f"{name} {text}") for name in ("Bleibt", "Ändert", "Zieht", "Geht", "Schließt")
    }
    later = write(
        "/wp/v2/posts",
        title=f"Später {mark}",
        content=f"<p>{text}</p>",
        status="future",
        date_gmt="2098-01-01T08:00:00",
    )
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "wp.toml").write_text(
        f'slug = "wp"\nname = "WordPress"\nkind = "project"\nplatform = {{ name = "wordpress" }}\n'
        f'addresses = [{{ url = "{BASE}{WAYS[kind]}", kind = "{kind}", origin = "seen", verified = true }}]\n'
    )
    env = {k: v for k, v in os.environ.items() if not k.startswith("MPSC_")}
    env |= {
        "MPSC_SOURCES_DIR": str(tmp_path / "sources"),
        "MPSC_DELAY": "0",
        "MPSC_CONTACT": "x",
        "PYTHONPATH": str(ROOT),
    }
    told: list[str] = []

    def crawl(day: float) -> None:
        command = [sys.executable, "-m", "tests.crawl.clocked", str(day)]
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        told.append(done.stdout)

    def stored() -> dict[str, tuple[Any, ...]]:
        columns = "a.headline, a.id, a.url, a.missing_reason, a.gone_reason, (select count(*) from revision r where r.article_id = a.id)"
        rows = ask(tmp_path / "mpsc.db", f"select {columns} from article a where a.headline like '%{mark}%'")
        return {row[0].split()[0]: row[1:] for row in rows}

    try:
        crawl(0)
        first = stored()
        assert first.keys() == posts.keys(), "what is scheduled is not there yet"
        others = ask(tmp_path / "mpsc.db", f"select count(*) from article where headline not like '%{mark}%'")
        write(
            f"/wp/v2/posts/{posts['Ändert']['id']}",
            title=f"Ändert {mark}",
            content=f"<p>Berichtigt: {text}</p>",
            excerpt="Berichtigt",
        )
        write(f"/wp/v2/posts/{posts['Zieht']['id']}", slug=f"umgezogen-{mark}")
        write(f"/wp/v2/posts/{posts['Geht']['id']}", method="DELETE")
        write(f"/wp/v2/posts/{posts['Schließt']['id']}", password="geheim")
        write(f"/wp/v2/posts/{later['id']}", status="publish", date_gmt="2026-11-20T08:00:00")
        crawl(1)
        second = stored()
        assert second["Bleibt"] == first["Bleibt"]
        assert second["Später"][1].startswith(BASE), "published when its time came"
        assert second["Zieht"][0] == first["Zieht"][0] and f"umgezogen-{mark}" in second["Zieht"][1], told
        assert second["Zieht"][2:4] == (None, None) and second["Zieht"][4] == 1, "another address is no other text"
        assert second["Geht"][2:4] == ("404", None), told
        crawl(3)
        third = stored()
        assert third["Geht"][3] == "404" and third["Ändert"][4] == 2, told
        assert third["Schließt"][:2] == first["Schließt"][:2] and third["Schließt"][4] == 1, (
            "what was public stays as it was"
        )
        addresses = ask(tmp_path / "mpsc.db", f"select url from article_address where article_id = {first['Zieht'][0]}")
        assert addresses == [(first["Zieht"][1],)]
        write(f"/wp/v2/posts/{posts['Geht']['id']}", status="publish")
        crawl(4)
        assert stored()["Geht"][:4] == (*first["Geht"][:2], None, None), told
        assert ask(tmp_path / "mpsc.db", f"select count(*) from article where headline not like '%{mark}%'") == others
        assert (
            ask(tmp_path / "mpsc.db", "select count(*), count(distinct identity) from article")[0][0]
            == others[0][0] + 6
        )
    finally:
        for post in (*posts.values(), later):
            write(f"/wp/v2/posts/{post['id']}?force=true", method="DELETE")


@pytest.mark.skipif(not BASE or not USER, reason="no WordPress that may be written to (set MPSC_TEST_WORDPRESS_USER)")
def test_a_thousand_posts_that_are_imported_at_once(tmp_path: Path) -> None:
    """All of them are found, though a run before has read the list, and its first page holds ten."""
    mark = uuid.uuid4().hex[:8]
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "wp.toml").write_text(
        f'slug = "wp"\nname = "WordPress"\nkind = "project"\nmax_pages = 200\nplatform = {{ name = "wordpress" }}\n'
        f'addresses = [{{ url = "{BASE}/feed/", kind = "feed", origin = "seen", verified = true }}]\n'
    )
    env = {
        "MPSC_SOURCES_DIR": str(tmp_path / "sources"),
        "MPSC_DELAY": "0",
        "MPSC_CONTACT": "x",
        "MPSC_MAX_LIST_PAGES": "200",
        "MPSC_PER_HOST": "4",
    }
    assert mpsc("crawl", cwd=tmp_path, timeout=300, **env).returncode == 0
    made: list[int] = []
    try:
        for start in range(0, 1000, 25):
            requests = [
                {"method": "POST", "path": "/wp/v2/posts", "body": {
                    "title": f"Einfuhr {n} {mark}", "status": "publish", "date_gmt": f"20{10 + n % 15}-05-{1 + n % 28:02}T08:00:00",
                    "content": f"<p>Nachricht {n}: Die Stadt {mark} hat weitere Sensoren aufgehängt, die Feuchte messen, und zeigt die Werte.</p>"}}
                for n in range(start, start + 25)
            ]  # fmt: skip
            made += [answer["body"]["id"] for answer in write("/batch/v1", requests=requests)["responses"]]
        assert len(made) == 1000
        done = mpsc("crawl", "--full", "wp", cwd=tmp_path, timeout=900, **env)
        assert done.returncode == 0, done.stdout + done.stderr
        found = ask(
            tmp_path / "mpsc.db",
            f"select count(*), count(distinct identity) from article where headline like 'Einfuhr % {mark}'",
        )
        assert found == [(1000, 1000)]
    finally:
        for start in range(0, len(made), 25):
            requests = [{"method": "DELETE", "path": f"/wp/v2/posts/{n}?force=true"} for n in made[start : start + 25]]
            write("/batch/v1", requests=requests)
