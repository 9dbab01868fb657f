"""Atom, CSV, Parquet, iCalendar: read by libraries that we did not write; nothing runs in a spreadsheet."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import feedparser
import icalendar
import pandas as pd
import pyarrow.parquet as pq
import pytest
from lxml import etree

from mpsc_crawler.export.feeds import slug
from mpsc_crawler.export.tabular import cell
from tests.conftest import mpsc


@pytest.fixture(scope="module")
def written(demo: dict[str, Any]) -> Path:
    folder: Path = demo["folder"] / "tabellen"
    for form, name in (("atom", ""), ("csv", "a.csv"), ("parquet", "a.parquet"), ("ics", "a.ics")):
        done = mpsc("export", form, "--output", str(folder / name), cwd=demo["folder"])
        assert done.returncode == 0, done.stderr
    return folder


def test_atom_is_read_by_a_feed_reader_and_keeps_the_rules(written: Path, demo: dict[str, Any]) -> None:
    told = feedparser.parse((written / "all.atom.xml").read_bytes())
    assert not told.bozo and told.version == "atom10" and len(told.entries) > 80
    feed = etree.parse(written / "all.atom.xml").getroot()
    space = {"a": "http://www.w3.org/2005/Atom"}
    for entry in feed.findall("a:entry", space):
        assert all(len(entry.findall(f"a:{tag}", space)) == 1 for tag in ("id", "title", "updated"))
        assert entry.findall("a:author", space) and entry.findall("a:link[@rel='alternate']", space)
    moments = [datetime.fromisoformat(e.findtext("a:updated", "", space)) for e in feed.findall("a:entry", space)]
    assert datetime.fromisoformat(feed.findtext("a:updated", "", space)) == max(moments)
    assert {path.stem.split(".")[0] for path in (written / "source").iterdir()} >= {"moorbek", "auental"}
    before = (written / "all.atom.xml").read_bytes()
    assert mpsc("export", "atom", "--output", str(written), cwd=demo["folder"]).returncode == 0
    assert (written / "all.atom.xml").read_bytes() == before


def test_a_feed_of_a_query_has_a_name_of_its_own(written: Path, demo: dict[str, Any]) -> None:
    for form, name in (
        ("atom", "waermeplanung-not-infoabend.atom.xml"),
        ("jsonfeed", "waermeplanung-not-infoabend.feed.json"),
    ):
        done = mpsc(
            "export", form, "--query", "Wärmeplanung NOT Infoabend", "--output", str(written), cwd=demo["folder"]
        )
        assert done.returncode == 0 and (written / name).exists(), done.stdout + done.stderr


def test_csv_and_parquet_hold_the_same_articles(written: Path) -> None:
    with (written / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        told = list(csv.DictReader(stream))
    table = pq.read_table(written / "a.parquet").to_pandas()
    assert [row["identity"] for row in told] == list(table["identity"]) and len(told) > 80
    assert [row["published"] for row in told] == ["" if pd.isna(day) else day.isoformat() for day in table["published"]]
    assert [row["topics"] for row in told] == ["; ".join(topics) for topics in table["topics"]]
    assert str(table["first_seen"].dtype) == "datetime64[us, UTC]" and "body" not in table


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+49 3641", "'+49 3641"), ("-x", "'-x"), ("@a", "'@a"), ("\t=1", "'\t=1"), ("gut", "gut"),
        (["=a", "b"], "'=a; b"), (None, ""), (-3, "-3"), (date(2024, 1, 2), "2024-01-02"), ("a\0b", "ab"),
        (datetime(2024, 1, 2, 3, tzinfo=UTC), "2024-01-02T03:00:00+00:00"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_the_calendar_is_read_by_the_library_and_ends_after_its_last_day(written: Path, demo: dict[str, Any]) -> None:
    calendar = icalendar.Calendar.from_ical((written / "a.ics").read_bytes())
    events = list(calendar.walk("VEVENT"))
    assert len(events) > 100 and len({str(e["uid"]) for e in events}) == len(events)
    for event in events:
        assert event["dtstamp"].dt.tzinfo is not None
        begin, end = event["dtstart"].dt, event.get("dtend")
        assert end is None or end.dt > begin
    done = mpsc(
        "export",
        "ics",
        "--from",
        "2026-03-01",
        "--to",
        "2026-03-31",
        "--output",
        str(written / "b.ics"),
        cwd=demo["folder"],
    )
    assert done.returncode == 0
    march = list(icalendar.Calendar.from_ical((written / "b.ics").read_bytes()).walk("VEVENT"))
    assert 0 < len(march) < len(events)


def test_names_of_files_are_plain() -> None:
    assert slug("Baden-Württemberg") == "baden-wuerttemberg"
    assert slug("../../etc/passwd") == "etc-passwd"
    assert slug("!!!") != slug("???") and slug("!!!")
    assert len(slug("x" * 500)) <= 60
