"""``mpsc extract``: what is read from a page, and why."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mpsc_crawler.cli import main

PAGES = Path(__file__).parent / "pages"
PAGE = PAGES / "drupal" / "page.html"


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["extract", *args])


@pytest.fixture
def site() -> Iterator[str]:
    """The pages' folder on loopback."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(PAGES))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_file_is_shown_field_by_field_with_the_rules() -> None:
    result = run(str(PAGE), "--url", "https://smartcity.wesselingen.example/aktuelles/datenwerkstatt")
    assert result.exit_code == 0, result.output
    for word in ("headline", "published", "platform", "drupal", "images", "rule"):
        assert word in result.output
    assert "Datenwerkstatt" in result.output


def test_competing_candidates_are_shown(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    text = "Die Stadt hat den Zwilling vorgestellt, an dem sie seit Monaten arbeitet und der nun allen offensteht. " * 3
    page.write_text(
        f"<html><head><meta property='article:published_time' content='2024-03-04'></head><body><article><h1>Der Zwilling</h1>"
        f"<p class='date'>05.03.2024</p><p>{text}</p></article></body></html>"
    )
    result = run(str(page))
    assert result.exit_code == 0, result.output
    assert "2024-03-04" in result.output
    assert "05.03.2024" in result.output
    assert "not chosen" in result.output


def test_an_address_is_fetched(site: str) -> None:
    result = run(f"{site}/drupal/page.html")
    assert result.exit_code == 0, result.output
    assert "Datenwerkstatt" in result.output


def test_as_json() -> None:
    result = run(str(PAGE), "--json")
    told = json.loads(result.output)
    assert told[0]["headline"]
    assert {"field", "rule", "raw", "confidence", "chosen"} <= set(told[0]["evidence"][0])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<html><body><div id='app'></div><script src='/a.js'></script></body></html>", "needs JavaScript"),
        ("<html><body></body></html>", "no article"),
    ],
)
def test_a_page_without_article_says_why(tmp_path: Path, content: str, said: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(content)
    result = run(str(page))
    assert result.exit_code == 1
    assert said in result.output


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("missing.html", "missing.html: no such file"),
        ("http://127.0.0.1:9/x", "http://127.0.0.1:9/x: connect"),
        (".", "is a folder"),
    ],
)
def test_what_cannot_be_read_is_said(argument: str, said: str) -> None:
    result = run(argument)
    assert result.exit_code in (2, 3)
    assert said in result.output


def test_an_error_status_is_said(site: str) -> None:
    result = run(f"{site}/nothing-here")
    assert result.exit_code == 3
    assert "404" in result.output


def test_a_saved_page_tells_its_own_address(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    text = "Die Stadt hat den Zwilling vorgestellt, an dem sie seit Monaten arbeitet und der nun allen offensteht. " * 3
    page.write_text(
        f"<html><head><link rel='canonical' href='https://stadt.example/a'></head><body><h1>Der Zwilling</h1><p>{text}</p></body></html>"
    )
    assert json.loads(run(str(page), "--json").output)[0]["url"] == "https://stadt.example/a"
