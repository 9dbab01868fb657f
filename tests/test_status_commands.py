"""``mpsc status``, ``mpsc runs`` and ``mpsc articles history``, as a user meets them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mpsc_crawler.items import PageFailure
from mpsc_crawler.operations.due import article_next_due
from mpsc_crawler.operations.lock import HostLocks, this_process
from mpsc_crawler.sources.model import Address, Source
from mpsc_crawler.storage.registry import end_source, start_run, sync_registry
from mpsc_crawler.storage.session import open_database
from mpsc_crawler.storage.writer import Writer
from tests.conftest import mpsc
from tests.crawl.test_live import ask


@pytest.fixture
def past(database_url: str) -> str:
    """A database with three sources: one fails since four days, one is well, one was never crawled."""
    engine = open_database(database_url)
    sources = [
        Source(
            slug=slug,
            name=slug.title(),
            kind="project",
            addresses=(Address(url=f"https://{slug}.example/news", kind="list", origin="seen", verified=True),),
        )
        for slug in ("bamberg", "jena", "solingen")
    ]
    sync_registry(engine, sources, {})
    now = datetime.now(UTC)
    for days in range(12, -1, -1):
        at = now - timedelta(days=days, minutes=5)
        run = start_run(engine, ["bamberg", "jena"], "test", at, None)
        fails = days < 5
        if fails:
            Writer(engine, run, "test", article_next_due).write(
                [
                    PageFailure(
                        "jena", "https://jena.example/news", "tls", "certificate has expired", "list", at, None, at
                    )
                ]
            )
        end_source(engine, run, "jena", "failed" if fails else "done", at, 1, 0)
        end_source(engine, run, "bamberg", "done", at, 1, 0)
    HostLocks(engine, this_process(), run).take("bamberg", {"bamberg.example"}, now, 1.0)
    engine.dispose()
    return database_url


def test_status_names_the_source_that_needs_a_person(past: str, tmp_path: Path) -> None:
    done = mpsc("status", cwd=tmp_path, MPSC_DATABASE_URL=past)
    assert done.returncode == 6, done.stderr
    assert "jena" in done.stdout and "(5 runs), last: tls" in done.stdout
    assert "tell its operator" in done.stdout
    assert "Sources: 1 well, 1 to be looked at, 1 never crawled." in done.stdout
    assert " asks hosts since " in done.stdout
    assert "solingen" not in done.stdout, "what is no alarm takes no line"
    well = mpsc("status", "bamberg", cwd=tmp_path, MPSC_DATABASE_URL=past)
    assert well.returncode == 0, well.stderr


def test_status_for_machines(past: str, tmp_path: Path) -> None:
    told = json.loads(mpsc("status", "--json", cwd=tmp_path, MPSC_DATABASE_URL=past).stdout)
    by_slug = {source["source"]: source for source in told["sources"]}
    assert [finding["kind"] for finding in by_slug["jena"]["findings"]] == ["failing"]
    assert by_slug["bamberg"]["findings"] == []
    assert by_slug["solingen"]["findings"][0]["kind"] == "never-read"
    assert not by_slug["solingen"]["findings"][0]["alarm"]


def test_runs_are_listed_and_shown_with_their_failures(past: str, tmp_path: Path) -> None:
    listed = mpsc("runs", "--limit", "2", cwd=tmp_path, MPSC_DATABASE_URL=past)
    assert listed.returncode == 0 and "1 done, 1 failed" in listed.stdout, listed.stderr
    assert len(json.loads(mpsc("runs", "--limit", "0", "--json", cwd=tmp_path, MPSC_DATABASE_URL=past).stdout)) == 13
    shown = mpsc("runs", "show", "13", cwd=tmp_path, MPSC_DATABASE_URL=past)
    assert "1 × tls" in shown.stdout and "certificate has expired" in shown.stdout
    assert json.loads(mpsc("runs", "show", "13", "--json", cwd=tmp_path, MPSC_DATABASE_URL=past).stdout)["failures"]


def test_the_history_of_an_article_marks_the_words(demo: dict[str, Any]) -> None:
    found = ask(demo["database"], "select id from article where url like '%/waermeportal-gestartet/'")
    number = str(found[0][0])
    changed = mpsc("articles", "history", number, cwd=demo["folder"])
    assert changed.returncode == 0, changed.stderr
    assert "headline: Wärmeportal gestartet: Daten zu [-12.400-] {+21.400+} Gebäuden" in changed.stdout
    assert "first seen, run 1" in changed.stdout and "changed by the publisher, run 2" in changed.stdout
    told = json.loads(mpsc("articles", "history", number, "--json", cwd=demo["folder"]).stdout)
    assert [revision["origin"] for revision in told["revisions"]] == ["first", "publisher"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["status", "jenna"], "not in the database: jenna"),
        (["runs", "show", "99"], "no run has number 99"),
        (["articles", "history", "9999"], "no article has number 9999"),
    ],
)
def test_what_is_not_there_is_said(demo: dict[str, Any], arguments: list[str], message: str) -> None:
    done = mpsc(*arguments, cwd=demo["folder"])
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
