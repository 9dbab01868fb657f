"""``mpsc sources probe``: from one address of a new site to a validated source file."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from click.testing import CliRunner, Result

from mpsc_crawler.cli import main
from mpsc_crawler.probe.site import slug_of_host
from mpsc_crawler.sources.model import Source
from mpsc_crawler.sources.registry import read_folder
from tests.crawl.loopback import Site, page, serving

TITLES = [
    "Der Zwilling der Stadt ist da",
    "Sensoren zählen die Fahrräder",
    "Das Rathaus wird zum Labor",
    "Ein Fest für offene Daten",
]
TEXT = (
    "<p>Die Stadt Musterfeld hat heute gezeigt, woran sie seit Monaten arbeitet, und alle Fragen dazu beantwortet.</p>"
    * 3
)
HEAD = "<meta name='generator' content='WordPress 6.8'><meta property='og:site_name' content='Smartes Musterfeld'>"


def article(number: int) -> bytes:
    return (
        f"<html lang='de'><head><title>{TITLES[number]}</title>{HEAD}</head><body class='single postid-{number}'><main><article>"
        f"<h1>{TITLES[number]}</h1><p class='entry-date'>{10 + number}.03.2025</p><div class='entry-content'>{TEXT}</div></article></main></body></html>"
    ).encode()


def overview(base: str) -> bytes:
    items = "".join(
        f"<article><h2><a href='{base}/news/beitrag-{n}/'>{title}</a></h2><p>{10 + n}.03.2025</p></article>"
        for n, title in enumerate(TITLES)
    )
    feed = "<link rel='alternate' type='application/rss+xml' href='/feed/'>"
    return f"<html lang='de'><head><title>Aktuelles</title>{HEAD}{feed}</head><body><main>{items}</main></body></html>".encode()


def rss(base: str) -> bytes:
    items = "".join(
        f"<item><title>{escape(t)}</title><link>{base}/news/beitrag-{n}/</link><pubDate>Mon, {10 + n} Mar 2025 09:00:00 +0100</pubDate></item>"
        for n, t in enumerate(TITLES)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(new={}) as running:
        site = running["new"]
        site.routes["/news/"] = page(overview(site.base))
        site.routes["/feed/"] = page(rss(site.base), kind="application/rss+xml")
        site.routes["/leer/"] = page(b"<html><body><div id='app'></div></body></html>")
        for number in range(len(TITLES)):
            site.routes[f"/news/beitrag-{number}/"] = page(article(number))
        yield site


def probe(*args: str) -> Result:
    return CliRunner().invoke(
        main, ["sources", "probe", *args], env={"MPSC_DELAY": "0", "MPSC_CONTACT": "test@example.org"}
    )


def test_a_list_becomes_a_source_file_that_is_valid(site: Site, tmp_path: Path) -> None:
    result = probe(f"{site.base}/news/", "--name", "musterfeld", "--write", str(tmp_path))
    assert result.exit_code == 0, result.output
    for title in TITLES:
        assert title in result.output
    source = read_folder(tmp_path).get("musterfeld")
    assert source.name == "Smartes Musterfeld"
    assert source.platform is not None and source.platform.name == "wordpress"
    kinds = {address.kind: address.url for address in source.addresses}
    assert kinds["list"] == f"{site.base}/news/"
    assert kinds["feed"] == f"{site.base}/feed/"
    assert "sitemap" not in kinds and "wordpress" not in kinds
    expected = tomllib.loads((tmp_path / "musterfeld" / "expected.toml").read_text(encoding="utf-8"))
    assert expected["headline"] in TITLES
    assert expected["published"].startswith("2025-03-1")
    assert (tmp_path / "musterfeld" / "page.html").read_bytes() in [article(n) for n in range(len(TITLES))]


def test_without_write_the_file_is_printed(site: Site) -> None:
    result = probe(f"{site.base}/news/")
    assert result.exit_code == 0, result.output
    text = result.output[result.output.index("slug = ") :].split("`--write")[0]
    assert Source.model_validate(tomllib.loads(text)).entries


def test_an_existing_file_is_not_overwritten(site: Site, tmp_path: Path) -> None:
    (tmp_path / "musterfeld.toml").write_text("mine")
    result = probe(f"{site.base}/news/", "--name", "musterfeld", "--write", str(tmp_path))
    assert result.exit_code == 4
    assert "is there already" in result.output
    assert (tmp_path / "musterfeld.toml").read_text() == "mine"


def test_robots_txt_is_respected(site: Site) -> None:
    site.routes["/robots.txt"] = lambda request: request.answer(b"User-agent: *\nDisallow: /news/\n", "text/plain")
    result = probe(f"{site.base}/news/")
    assert result.exit_code == 1
    assert "robots" in result.output
    assert "/news/" not in [path for _, path, _ in site.log]


@pytest.mark.parametrize(("path", "said", "code"), [("/nichts", "http-404", 1), ("/leer/", "JavaScript", 1)])
def test_why_there_is_no_source_file(site: Site, path: str, said: str, code: int) -> None:
    result = probe(f"{site.base}{path}")
    assert result.exit_code == code
    assert said in result.output


def test_an_unreachable_host_is_said() -> None:
    result = probe("http://127.0.0.1:9/")
    assert result.exit_code == 3
    assert "connect" in result.output


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://smartcity.jena.de/x", "smartcity-jena"),
        ("https://www.köln.de/", "koeln"),
        ("http://127.0.0.1:80/", "127-0-0-1"),
    ],
)
def test_names_are_made_from_hosts(url: str, slug: str) -> None:
    assert slug_of_host(url) == slug


def test_a_name_with_quotes_stays_valid() -> None:
    from mpsc_crawler.probe.site import source_file
    from mpsc_crawler.sources.model import Address

    told = 'Die "Stadt" \\ von\tmorgen'
    address = Address(url="https://a.example/n", kind="list", verified=True, origin="seen")
    text = source_file("a", told, "project", [address], website="https://a.example/")
    assert tomllib.loads(text)["name"] == told
    assert json.dumps(told) in text
