"""A real WordPress, by feed, sitemap, REST and list: each way gives the same articles with the right dates.

Needs a running site with posts in all states: ``MPSC_TEST_WORDPRESS=http://127.0.0.1:8090``. Skipped without one.
"""

from __future__ import annotations

import json
import os
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mpsc_crawler.items import BERLIN
from tests.conftest import mpsc
from tests.crawl.test_live import ask

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
