"""Snapshots: valid for a library that we did not write, the same bytes for the same database, honest about what changed."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from frictionless import Package, system
from sqlalchemy import update

from mpsc_crawler.export.snapshot.check import compare, verify
from mpsc_crawler.export.snapshot.create import Wish, create
from mpsc_crawler.storage.models import Article, ArticleTopic
from mpsc_crawler.storage.queries import ArticleFilter
from mpsc_crawler.storage.session import open_database
from tests.analysis.test_corpus import fill
from tests.conftest import a_database, mpsc, mpsc_here


@pytest.fixture(scope="module")
def made(demo: dict[str, Any]) -> Path:
    done = mpsc("snapshot", "create", "stand", cwd=demo["folder"])
    assert done.returncode == 0, done.stderr
    assert "cite it by stand/CITATION.cff" in done.stdout
    folder: Path = demo["folder"] / "stand"
    return folder


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_library_finds_it_valid_with_keys_and_hashes(made: Path) -> None:
    system.trusted = True
    report = Package(str(made / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "message"])
    assert (
        {task.name: task.stats.get("rows", 0) for task in report.tasks}["articles"] == len(rows(made, "articles")) > 80
    )


def test_full_texts_stay_away_unless_asked_for_and_hashes_tell_them(made: Path, demo: dict[str, Any]) -> None:
    whole = (made / "data" / "articles.csv").read_text()
    assert "body_sha256" in whole and ",body," not in whole.splitlines()[0] and ",teaser," not in whole.splitlines()[0]
    for name, quoted in (("images", "caption"), ("evidence", "raw"), ("revisions", "diff")):
        assert quoted not in (made / "data" / f"{name}.csv").read_text().splitlines()[0].split(",")
    done = mpsc("snapshot", "create", "texte", "--texts", cwd=demo["folder"])
    assert done.returncode == 0, done.stderr
    told = rows(demo["folder"] / "texte", "articles")
    closed = [row for row in told if row["withheld"]]
    assert all(row["body"] == "" for row in closed) and any(row["body"] for row in told)


def test_citation_and_metadata_are_what_they_claim(made: Path) -> None:
    cff = yaml.safe_load((made / "CITATION.cff").read_text())
    assert cff["cff-version"] == "1.2.0" and cff["type"] == "dataset" and cff["authors"] and cff["title"]
    assert str(cff["date-released"]) == cff["version"] == "2026-03-18"
    told = json.loads((made / "dcat-ap-de.jsonld").read_text())
    assert told["@type"] == "dcat:Dataset" and len(told["dcat:distribution"]) == len(list((made / "data").iterdir()))
    assert json.loads((made / "registry.json").read_text()) and (made / "codebook.toml").read_text().startswith("#")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_same_database_gives_the_same_bytes_and_a_change_is_told(kind: str, tmp_path: Path) -> None:
    with a_database(kind, tmp_path) as url:
        engine = open_database(url)
        fill(engine)
        first = create(engine, tmp_path / "eins", Wish())
        again = create(engine, tmp_path / "zwei", Wish())
        assert first.digest == again.digest and compare(first.folder, again.folder).none
        with engine.begin() as connection:
            connection.execute(update(Article).where(Article.id == 1).values(headline="Anders", body="Anders."))
            connection.execute(update(ArticleTopic).where(ArticleTopic.article_id == 2).values(topic="ki"))
            connection.execute(Article.__table__.delete().where(Article.id == 7))
        told = compare(first.folder, create(engine, tmp_path / "drei", Wish()).folder)
        assert told.changed == {"https://jena.example/1": ["headline", "body_sha256"]}
        assert told.removed == ["https://gera.example/7"] and told.added == []
        assert told.topics == {"https://jena.example/2": (["beteiligung", "iot"], ["ki"])}
        narrow = create(engine, tmp_path / "vier", Wish(wanted=ArticleFilter(source="gera", gone=True)))
        assert narrow.rows["articles"] == 1 and narrow.rows["sources"] == 1
        engine.dispose()


def test_the_same_corpus_on_both_databases_is_the_same_snapshot(tmp_path: Path) -> None:
    digests = []
    for kind in ("sqlite", "postgresql"):
        with a_database(kind, tmp_path) as url:
            engine = open_database(url)
            fill(engine)
            digests.append(create(engine, tmp_path / kind, Wish()).digest)
            engine.dispose()
    assert compare(tmp_path / "sqlite", tmp_path / "postgresql").none
    assert digests[0] == digests[1]


def test_what_was_tampered_with_is_told(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "kopie"
    shutil.copytree(made, folder)
    assert verify(folder) == []
    (folder / "data" / "topics.csv").write_text("article\n1\n")
    (folder / "README.md").unlink()
    (folder / "mehr.txt").write_text("x")
    manifest = folder / "MANIFEST.sha256"
    manifest.write_text(manifest.read_text() + f"{'0' * 64}  ../../etc/passwd\n")
    told = verify(folder)
    assert len(told) == 4
    for part in (
        "README.md: is missing",
        "data/topics.csv: is not what it was",
        "mehr.txt: belongs to no snapshot",
        "not a line of a manifest",
    ):
        assert any(part in line for line in told), part
    done = mpsc("snapshot", "verify", str(folder), cwd=tmp_path)
    assert done.returncode == 1 and "4 problems" in done.stdout


def test_wrong_wishes_are_told_and_leave_nothing_behind(made: Path, demo: dict[str, Any], tmp_path: Path) -> None:
    def there() -> list[str]:
        return sorted(name for name in os.listdir(demo["folder"]) if not name.startswith("mpsc.db-"))

    before = there()
    for arguments, code, told in (
        (("create", "stand"), 4, "is there already"),
        (("create", "neu", "--since", "1999-01-01", "--until", "1999-01-02"), 2, "no article matches"),
        (("create", "neu", "--reserved"), 2, "give both"),
        (("create", "neu", "--topic", "nix"), 2, "no article has topic 'nix'"),
        (("verify", str(tmp_path)), 4, "is this the folder of a snapshot?"),
        (("diff", "stand", str(tmp_path)), 4, "is this the folder of a snapshot?"),
    ):
        done = mpsc_here("snapshot", *arguments, cwd=demo["folder"])
        assert (done.exit_code, told in done.output) == (code, True), done.output
    assert there() == before
