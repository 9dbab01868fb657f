"""JSON Feed 1.1 and JSON Lines: the specification's rules, dates as promised, files replaced whole."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from mpsc_crawler.export.files import ExportError, atomic
from mpsc_crawler.export.jsonfeed import excerpt, moment
from mpsc_crawler.items import BERLIN
from tests.conftest import mpsc


@pytest.fixture(scope="module")
def exported(demo: dict[str, Any]) -> Path:
    done = mpsc("export", "jsonfeed", "--base-url", "https://feeds.example/", cwd=demo["folder"])
    assert done.returncode == 0, done.stderr
    done = mpsc("export", "jsonl", cwd=demo["folder"])
    assert done.returncode == 0, done.stderr
    return demo["folder"] / "exports"


def check_feed(feed: dict[str, Any]) -> None:
    """The rules of https://www.jsonfeed.org/version/1.1/ for what a feed and its items must and may hold."""
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str) and isinstance(feed["items"], list)
    known = {
        "version",
        "title",
        "home_page_url",
        "feed_url",
        "description",
        "user_comment",
        "next_url",
        "icon",
        "favicon",
        "authors",
        "language",
        "expired",
        "hubs",
        "items",
    }
    assert set(feed) <= known
    ids = [item["id"] for item in feed["items"]]
    assert len(ids) == len(set(ids))
    fields = {
        "id",
        "url",
        "external_url",
        "title",
        "content_html",
        "content_text",
        "summary",
        "image",
        "banner_image",
        "date_published",
        "date_modified",
        "authors",
        "tags",
        "language",
        "attachments",
    }
    for item in feed["items"]:
        assert isinstance(item["id"], str) and item["id"]
        assert "content_html" in item or "content_text" in item
        assert all(key in fields or key.startswith("_") for key in item)
        for key in ("url", "image"):
            assert key not in item or item[key].startswith(("http://", "https://"))
        for key in ("date_published", "date_modified"):
            if key in item:
                assert datetime.fromisoformat(item[key]).tzinfo is not None
        for author in item.get("authors", []):
            assert set(author) <= {"name", "url", "avatar"} and author
        for attachment in item.get("attachments", []):
            assert attachment["url"] and "/" in attachment["mime_type"]
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
        assert isinstance(item["_mpsc"]["about"], str)


def test_every_feed_follows_the_specification(exported: Path) -> None:
    files = sorted(exported.rglob("*.feed.json"))
    names = {str(path.relative_to(exported)) for path in files}
    assert "all.feed.json" in names and "source/auental.feed.json" in names and "topic/verstetigung.feed.json" in names
    for path in files:
        feed = json.loads(path.read_text(encoding="utf-8"))
        check_feed(feed)
        assert feed["items"], path
        assert feed["feed_url"] == f"https://feeds.example/{path.relative_to(exported)}"


def test_dates_are_as_precise_as_they_are_known(exported: Path) -> None:
    items = json.loads((exported / "all.feed.json").read_text(encoding="utf-8"))["items"]
    by_precision: dict[str | None, list[dict[str, Any]]] = {}
    for item in items:
        by_precision.setdefault(item["_mpsc"]["precision"], []).append(item)
    for item in by_precision["day"]:
        local = datetime.fromisoformat(item["date_published"]).astimezone(BERLIN)
        assert (local.hour, local.minute) == (0, 0) and local.date().isoformat() == item["_mpsc"]["published"]
    for precision in ("month", None):
        assert all("date_published" not in item for item in by_precision[precision])
    assert len(by_precision["minute"]) > 10


def test_content_is_the_teaser_unless_full_texts_are_asked_for(
    exported: Path, demo: dict[str, Any], tmp_path: Path
) -> None:
    short = {i["id"]: i for i in json.loads((exported / "source/auental.feed.json").read_text())["items"]}
    done = mpsc(
        "export", "jsonfeed", "--source", "auental", "--full-text", "--output", str(tmp_path), cwd=demo["folder"]
    )
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.rglob("*.feed.json")
    full = json.loads(path.read_text())
    check_feed(full)
    for item in full["items"]:
        assert len(item["content_text"]) > len(short[item["id"]]["content_text"])
        assert len(short[item["id"]]["content_text"]) <= 420


def test_jsonl_holds_every_part_with_its_evidence(exported: Path) -> None:
    lines = [json.loads(line) for line in (exported / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) >= 80
    for line in lines:
        assert {
            "headline",
            "body",
            "dates",
            "topics",
            "images",
            "attachments",
            "evidence",
            "source",
            "identity",
        } <= set(line)
        assert {e["field"] for e in line["evidence"] if e["chosen"]} >= {"headline", "body"}


@pytest.mark.parametrize(
    ("day", "at", "precision", "expected"),
    [
        (date(2024, 7, 1), None, "day", "2024-07-01T00:00:00+02:00"),
        (date(2024, 1, 1), None, "day", "2024-01-01T00:00:00+01:00"),
        (date(2024, 7, 1), None, "month", None),
        (None, None, None, None),
        (date(2024, 7, 1), datetime(2024, 7, 1, 8, 30, tzinfo=BERLIN), "minute", "2024-07-01T08:30:00+02:00"),
    ],
)
def test_moments(day: date | None, at: datetime | None, precision: str | None, expected: str | None) -> None:
    assert moment(day, at, precision) == expected


def test_an_excerpt_ends_at_a_word() -> None:
    text = excerpt(None, "Wort " * 200 + "\n\nZweiter Absatz")
    assert text.endswith("Wort …") and len(text) <= 402
    assert excerpt("Teaser", "Body") == "Teaser"


def test_a_failed_export_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    path.write_text("alt")
    with pytest.raises(RuntimeError, match="mittendrin"), atomic(path) as stream:
        stream.write("neu")
        raise RuntimeError("mittendrin")
    assert path.read_text() == "alt" and list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportError, match="MPSC_EXPORT_DIR"), atomic(tmp_path / "file" / "feed.json"):
        pytest.fail("must not open")
