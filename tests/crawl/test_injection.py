"""A site cannot write on the operator's terminal, into logs, feeds, the database or folders that are none of its affair."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.conftest import mpsc
from tests.crawl import loopback as lb
from tests.crawl.test_live import ask, register

ESCAPES = "\x1b]0;fremd\x07\x1b[2J\x9b31m"
TITLE = f"Neue{ESCAPES} Sensoren [bold]im[/bold] Viertel '); drop table article; -- <script>alert(1)</script> =1+1"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def test_nothing_of_a_page_gets_out_of_its_place(tmp_path: Path) -> None:
    escaped = TITLE.replace("<", "&lt;")
    page = lb.article(escaped, text=f"{lb.TEXT} {ESCAPES} ende.").replace(
        b"</article>",
        b"<figure><img src='/a.jpg' alt='x'><figcaption>Bild \x1b[31m rot</figcaption></figure></article>",
    )
    odd = f'<article><h2><a href="/news/%0d%0aSet-Cookie:x/..%2f..%2f\x1b[31m">Eine Meldung {ESCAPES} mit Adresse</a></h2><p>Ein Anriss, lang genug.</p></article>'
    listing = lb.listing("/news/1", "/news/../../../../etc/passwd").replace(b"</main>", f"{odd}</main>".encode())
    routes = {"/news": lb.page(listing), "/news/1": lb.page(page), "*": lb.status(500)}
    with lb.serving(one=routes) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        done = mpsc("-v", "crawl", cwd=tmp_path, **env)
    assert done.returncode in (0, 1), done.stderr
    tables = "article image evidence revision page issue_log"
    for table in tables.split():
        for row in ask(tmp_path / "mpsc.db", f"select * from {table}"):
            for value in row:
                if isinstance(value, str) and not value.startswith(("{", "[")):
                    assert not _CONTROL.search(value.replace("\n", "")), (table, value)
    ((headline,),) = ask(tmp_path / "mpsc.db", "select headline from article")
    assert "[bold]im[/bold]" in headline and "drop table article" in headline and "<script>" in headline
    told = [done.stdout, done.stderr]
    for command in (
        ("articles",),
        ("articles", "show", "1"),
        ("articles", "history", "1"),
        ("runs", "show", "1"),
        ("status",),
    ):
        shown = mpsc(*command, cwd=tmp_path, **env)
        assert shown.returncode in (0, 6), shown.stderr
        told += [shown.stdout, shown.stderr]
    assert not any(_CONTROL.search(text.replace("\n", "")) for text in told)
    assert "[bold]im[/bold]" in told[2], "brackets are no markup of ours"
    assert mpsc("export", "jsonfeed", cwd=tmp_path, **env).returncode == 0
    for path in (tmp_path / "exports").rglob("*.json"):
        json.loads(path.read_text())
    known = {"mpsc.db", "mpsc.db-shm", "mpsc.db-wal", "archive", "exports", "sources"}
    assert {path.name for path in tmp_path.iterdir()} <= known
