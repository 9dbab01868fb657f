"""What sites reserve is asked for once, noted with every article, and respected in everything that is written out."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import mpsc
from tests.crawl import loopback as lb
from tests.crawl.test_live import ask, register


def test_reservations_are_noted_and_respected(tmp_path: Path) -> None:
    rules = json.dumps([{"location": "/news/0", "tdm-reservation": 1}]).encode()
    asked = [rules]
    routes = lb.healthy(4) | {"/.well-known/tdmrep.json": lambda request: request.answer(asked[0], "application/json")}
    hidden = lb.article("Sensoren im Viertel 1").replace(b"<head>", b'<head><meta name="robots" content="noindex">')
    routes["/news/1"] = lb.page(hidden)
    free = '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">'
    routes["/news/2"] = lb.page(lb.article("Sensoren im Viertel 2").replace(b"<head>", f"<head>{free}".encode()))
    with lb.serving(one=routes) as sites:
        env = {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
        assert mpsc("crawl", cwd=tmp_path, **env).returncode == 0
        paths = [path for _, path, _ in sites["one"].log]
        assert paths.count("/.well-known/tdmrep.json") == 1
        assert paths.index("/.well-known/tdmrep.json") < paths.index("/news/0")
        told = dict(ask(tmp_path / "mpsc.db", "select substr(headline, -1), rights from article"))
        assert {number: json.loads(rights) for number, rights in told.items()} == {
            "0": {"tdm_reservation": True},
            "1": {"robots": ["noindex"]},
            "2": {"licence": "CC-BY-4.0", "licence_url": "https://creativecommons.org/licenses/by/4.0/"},
            "3": {},
        }
        sites["one"].log.clear()
        routes["/news/3"] = lb.page(
            lb.article("Sensoren im Viertel 3").replace(b"<head>", b'<head><meta name="tdm-reservation" content="1">')
        )
        assert mpsc("crawl", "--full", cwd=tmp_path, **env).returncode == 0
        assert "/.well-known/tdmrep.json" not in [path for _, path, _ in sites["one"].log], "asked once a month"
    assert ask(tmp_path / "mpsc.db", "select rights from article where headline like '%3'") == [
        ('{"tdm_reservation": true}',)
    ]
    assert ask(tmp_path / "mpsc.db", "select count(*) from revision") == [(4,)], (
        "a reservation is no change of the text"
    )
    assert mpsc("reextract", cwd=tmp_path, **env).returncode == 0
    assert ask(tmp_path / "mpsc.db", "select count(*) from article where rights like '%tdm_reservation%'") == [(2,)]
    assert mpsc("export", "jsonfeed", "--full-text", cwd=tmp_path, **env).returncode == 0
    feed = json.loads((tmp_path / "exports" / "all.feed.json").read_text())
    items = {item["title"][-1]: item for item in feed["items"]}
    assert items.keys() == {"0", "2", "3"}
    assert items["0"]["content_text"] == items["0"]["title"] and "Stadtwerken" in items["2"]["content_text"]
    assert items["2"]["_mpsc"]["rights"]["licence"] == "CC-BY-4.0"
    assert mpsc("export", "jsonl", cwd=tmp_path, **env).returncode == 0
    lines = [json.loads(line) for line in (tmp_path / "exports" / "articles.jsonl").read_text().splitlines()]
    records = {record["headline"][-1]: record for record in lines}
    assert (records["0"]["body"], records["0"]["withheld"]) == (None, ["tdm-reservation"])
    assert "body" not in {told["field"] for told in records["0"]["evidence"]} and records["0"]["topics"]
    assert "Stadtwerken" in records["1"]["body"] and "withheld" not in records["1"]
    assert mpsc("export", "jsonl", "--reserved", cwd=tmp_path, **env).returncode == 0
    assert (tmp_path / "exports" / "articles.jsonl").read_text().count("Stadtwerken weitere") >= 4
    shown = mpsc("articles", "show", "1", cwd=tmp_path, **env)
    assert "tdm_reservation True" in shown.stdout
