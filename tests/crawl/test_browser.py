"""Pages that only scripts fill, with a real Chromium."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from mpsc_crawler.archive.warc import read_exchanges
from tests.conftest import mpsc, unavailable
from tests.crawl import loopback as lb
from tests.crawl.test_live import ask, register

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_APP = b"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>Stadtportal</title></head>
<body><div id="app"></div><img src="/logo.png" alt=""><script src="/app.js"></script></body></html>"""
_SCRIPT = """
const go = async () => {
  const path = location.pathname.split('/').pop();
  const told = await (await fetch('/api/' + path)).json();
  document.title = told.title;
  document.getElementById('app').innerHTML = told.html;
};
go();
"""


def _api(title: str, html: str) -> lb.Handler:
    body = json.dumps({"title": title, "html": html}).encode()
    return lb.page(body, kind="application/json")


def site() -> dict[str, lb.Handler]:
    """A town hall whose list and articles are empty frames until scripts have run."""
    entries = "".join(
        f"<article><h2><a href='/news/{n}'>Sensoren im Viertel Nummer {n}</a></h2><p>Ein Anriss zur Meldung, der lang genug ist.</p></article>"
        for n in range(3)
    )
    routes: dict[str, lb.Handler] = {
        "/app.js": lb.page(_SCRIPT.encode(), kind="text/javascript"),
        "/aktuell": lb.page(_APP),
        "/api/aktuell": _api("Aktuelles", f"<main><h1>Aktuelles</h1>{entries}</main>"),
    }
    for n in range(3):
        routes[f"/news/{n}"] = lb.page(_APP)
        routes[f"/api/{n}"] = _api(
            f"Sensoren im Viertel Nummer {n}",
            f"<main><article><h1>Sensoren im Viertel Nummer {n}</h1><p class='date'>1{n}.03.2025</p><p>{lb.TEXT}</p></article></main>",
        )
    return routes


@pytest.fixture
def chromium() -> str:
    if CHROMIUM is None or importlib.util.find_spec("scrapy_playwright") is None:
        unavailable("no Chromium in the path, or the extra browser is not installed")
    assert CHROMIUM is not None
    return CHROMIUM


def test_a_source_that_asks_for_it_is_rendered(tmp_path: Path, chromium: str) -> None:
    with lb.serving(portal=site()) as sites:
        folder = register(tmp_path / "sources", sites, path="/aktuell", render="true")
        done = mpsc(
            "crawl", cwd=tmp_path, MPSC_SOURCES_DIR=folder, MPSC_DELAY="0", MPSC_CONTACT="test", MPSC_CHROMIUM=chromium
        )
        log = sites["portal"].log
    assert done.returncode == 0, done.stdout + done.stderr
    found = ask(tmp_path / "mpsc.db", "select headline, published_date, body from article order by headline")
    assert [row[:2] for row in found] == [(f"Sensoren im Viertel Nummer {n}", f"2025-03-1{n}") for n in range(3)]
    assert all("weitere Sensoren" in row[2] for row in found)
    agents = {agent for _, path, agent in log if path.startswith("/news")}
    assert len(agents) == 1
    assert "MPSC-Crawler" in agents.pop(), "a rendered page is asked for under the same honest name"
    assert not any(path == "/logo.png" for _, path, _ in log), "pictures are not loaded"
    kept = [e for path in (tmp_path / "archive").glob("*.warc.gz") for e in read_exchanges(path)]
    pages = [e for e in kept if "/news/" in e.url]
    assert len(pages) == 3
    assert all(e.header("X-MPSC-Rendered-By") == "Chromium" and b"weitere Sensoren" in e.body for e in pages)


def test_robots_txt_holds_for_rendered_pages(tmp_path: Path, chromium: str) -> None:
    routes = site() | {"/robots.txt": lb.page(b"User-agent: *\nDisallow: /news/", kind="text/plain")}
    with lb.serving(portal=routes) as sites:
        folder = register(tmp_path / "sources", sites, path="/aktuell", render="true")
        mpsc(
            "crawl", cwd=tmp_path, MPSC_SOURCES_DIR=folder, MPSC_DELAY="0", MPSC_CONTACT="test", MPSC_CHROMIUM=chromium
        )
        log = sites["portal"].log
    assert any(path == "/aktuell" for _, path, _ in log)
    assert not any(path.startswith("/news/") for _, path, _ in log)


def test_without_it_the_page_is_told_to_need_scripts(tmp_path: Path) -> None:
    routes = site() | {"/aktuell": lb.page(lb.listing("/news/0", "/news/1"))}
    with lb.serving(portal=routes) as sites:
        folder = register(tmp_path / "sources", sites, path="/aktuell")
        done = mpsc("crawl", cwd=tmp_path, MPSC_SOURCES_DIR=folder, MPSC_DELAY="0", MPSC_CONTACT="test")
    assert "needs-javascript" in done.stdout
    assert "render = true" in done.stdout
    assert ask(tmp_path / "mpsc.db", "select count(*) from article") == [(0,)]


def test_a_wrong_program_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    if importlib.util.find_spec("scrapy_playwright") is None:
        unavailable("the extra browser is not installed")
    with lb.serving(portal=site()) as sites:
        folder = register(tmp_path / "sources", sites, path="/aktuell", render="true")
        done = mpsc("crawl", cwd=tmp_path, MPSC_SOURCES_DIR=folder, MPSC_CHROMIUM="/nowhere/chromium")
        log = sites["portal"].log
    assert done.returncode == 2
    assert "MPSC_CHROMIUM" in done.stderr
    assert log == []


def test_a_second_run_asks_for_the_frame_anew(tmp_path: Path, chromium: str) -> None:
    """A frame with an ETag stays the same while what fills it changes."""

    def frame(request: lb.Request) -> None:
        if request.headers.get("If-None-Match"):
            request.answer(b"", status=304)
        else:
            request.answer(_APP, ETag='"1"')

    routes = site() | {"/aktuell": frame}
    with lb.serving(portal=routes) as sites:
        folder = register(tmp_path / "sources", sites, path="/aktuell", render="true")
        told = {"MPSC_SOURCES_DIR": folder, "MPSC_DELAY": "0", "MPSC_CONTACT": "test", "MPSC_CHROMIUM": chromium}
        first = mpsc("crawl", cwd=tmp_path, **told)
        second = mpsc("crawl", cwd=tmp_path, **told)
    assert (first.returncode, second.returncode) == (0, 0), second.stdout + second.stderr


def test_a_page_that_never_rests_is_read_all_the_same(tmp_path: Path, chromium: str) -> None:
    restless = _SCRIPT + "setInterval(() => fetch('/api/0'), 100);"
    routes = site() | {
        "/app.js": lb.page(restless.encode(), kind="text/javascript"),
        "/aktuell": lb.page(lb.listing("/news/1")),
    }
    with lb.serving(portal=routes) as sites:
        folder = register(tmp_path / "sources", sites, path="/aktuell", render="true")
        done = mpsc(
            "crawl",
            cwd=tmp_path,
            MPSC_SOURCES_DIR=folder,
            MPSC_DELAY="0",
            MPSC_CONTACT="test",
            MPSC_CHROMIUM=chromium,
            MPSC_TIMEOUT="3",
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ask(tmp_path / "mpsc.db", "select count(*) from article") == [(1,)]


def test_a_rendered_page_does_not_lead_the_browser_into_the_local_network(tmp_path: Path, chromium: str) -> None:
    with lb.serving_at("127.0.9.9", {"*": lb.page(b"geheim", kind="text/plain")}) as inside:
        port = inside.server_address[1]
        spying = _SCRIPT + "".join(
            f"fetch('http://{host}:{port}/{n}', {{mode: 'no-cors'}}).catch(() => 0);"
            for n, host in enumerate(("127.0.9.9", "localhost"))
        )
        spying += f"const frame = document.createElement('iframe'); frame.src = 'http://127.0.9.9:{port}/frame'; document.body.append(frame);"
        with lb.serving(portal=site() | {"/app.js": lb.page(spying.encode(), kind="text/javascript")}) as sites:
            folder = register(tmp_path / "sources", sites, path="/aktuell", render="true")
            env = {"MPSC_SOURCES_DIR": folder, "MPSC_DELAY": "0", "MPSC_CONTACT": "test", "MPSC_CHROMIUM": chromium}
            done = mpsc("crawl", cwd=tmp_path, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ask(tmp_path / "mpsc.db", "select count(*) from article") == [(3,)]
    assert inside.log == []
