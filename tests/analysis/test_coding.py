"""Reliability against hand-worked examples and the library; the way from a sample to its evaluation as a coder goes it."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from mpsc_crawler.analysis.coding import read_coded
from mpsc_crawler.analysis.errors import CodedFileError
from mpsc_crawler.analysis.reliability import Coded, allocate, alpha, evaluate
from mpsc_crawler.language.codebook import shipped_codebook
from mpsc_crawler.storage.session import open_for_reading
from tests.conftest import mpsc_here


def test_scores_as_worked_out_by_hand() -> None:
    coded = [
        Coded("1", frozenset("a"), frozenset("a"), 10),
        Coded("2", frozenset("a"), frozenset("b"), 1),
        Coded("3", frozenset("ab"), frozenset("ab"), 1),
        Coded("4", frozenset(), frozenset("a"), 5),
    ]
    told = evaluate(coded, ["a", "b", "c"])
    a, b, c = told.scores
    assert (a.human, a.machine, a.both, a.precision, a.recall) == (3, 3, 2, pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert (a.weighted_precision, a.weighted_recall) == (pytest.approx(11 / 16), pytest.approx(11 / 12))
    assert (b.precision, b.recall, b.f1) == (0.5, 1.0, pytest.approx(2 / 3))
    assert (c.precision, c.recall, c.f1, c.alpha) == (None, None, None, None) and c.precision_interval == (0.0, 1.0)
    assert told.macro_f1 == pytest.approx(2 / 3)
    assert (told.micro_precision, told.micro_recall) == (pytest.approx(3 / 5), pytest.approx(3 / 4))
    assert told.confusion == (("a", "b", 1),) and [d.name for d in told.disagreements] == ["2", "4"]


def test_alpha_of_krippendorffs_own_example() -> None:
    # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, binary data of two observers: 0.095
    one = [bool(int(x)) for x in "0100000010"]
    two = [bool(int(x)) for x in "1110010000"]
    assert alpha(one, two) == pytest.approx(0.095, abs=0.0005)
    assert alpha([True, False], [True, False]) == 1.0
    assert alpha([True, True], [True, True]) is None and alpha([], []) is None


def test_rare_strata_are_drawn_whole_and_the_rest_is_shared() -> None:
    assert allocate({"a": 100, "b": 3, "c": 50}, 33) == {"a": 15, "b": 3, "c": 15}
    assert allocate({"a": 1, "b": 1}, 10) == {"a": 1, "b": 1}
    assert sum(allocate({"a": 7, "b": 7, "c": 7}, 10).values()) == 10


def test_from_a_sample_to_its_evaluation(demo: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "to-code.csv"
    done = mpsc_here("topics", "sample", "30", "--output", str(path), cwd=demo["folder"])
    assert done.exit_code == 0 and "30 articles to code" in done.output, done.output
    again = mpsc_here("topics", "sample", "30", "--output", str(path), cwd=demo["folder"])
    assert again.exit_code == 2 and "is there already" in again.output, "nobody's coding is overwritten"
    mpsc_here("topics", "sample", "30", "--output", str(tmp_path / "again.csv"), cwd=demo["folder"])
    assert path.read_bytes() == (tmp_path / "again.csv").read_bytes()
    empty = mpsc_here("topics", "evaluate", str(path), cwd=demo["folder"])
    assert empty.exit_code == 2 and "holds no coded article" in empty.output
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 30 and not any(row["iot"] for row in rows) and all(row["text"] for row in rows)
    # a person who says what the codebook says, in another column's form, saved by a German spreadsheet
    done = mpsc_here("export", "jsonl", "--gone", "--output", str(tmp_path / "a.jsonl"), cwd=demo["folder"])
    topics = {
        a["identity"]: [t["topic"] for t in a["topics"]]
        for a in map(json.loads, (tmp_path / "a.jsonl").read_text().splitlines())
    }
    for row in rows:
        row |= dict.fromkeys(topics[row["identity"]] or ["none"], "x")
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    done = mpsc_here("topics", "evaluate", str(path), "--json", cwd=demo["folder"])
    told = json.loads(done.stdout)
    assert told["articles"] == 30 and told["micro_f1"] == 1 and told["alpha"] == 1 and told["disagreements"] == []
    rows[0] |= {"ki": "" if rows[0]["ki"] else "ja", "iot": "x", "none": ""}
    rows[1] |= dict.fromkeys([*topics[rows[1]["identity"]], "none"], "")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    done = mpsc_here("topics", "evaluate", str(path), cwd=demo["folder"])
    assert "1 row is not coded yet" in done.output
    assert done.exit_code == 0 and rows[0]["identity"] in done.stdout and "Krippendorff's alpha" in done.stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("identity,topics\nnix,iot\n", "line 2: no such article: 'nix'"),
        ("identity,zauberei\n{one},x\n", "no topic of the codebook: zauberei; there are:"),
        ("identity,topics\n{one},iot; zauberei\n", "line 2: no topic of the codebook: zauberei"),
        ("identity,iot\n{one},vielleicht\n", "write x for yes, nothing for no"),
        ("identity,iot\n{one},x\n{one},x\n", "is coded twice"),
        ("identity,iot,none\n{one},x,x\n", "has topics and none"),
        ("identity,iot,none\n{one},,\n", "mark topics with x, or none"),
        ("identity,iot,weight\n{one},x,viel\n", "not a number above 0"),
        ("identity,note\n{one},x\n", "neither columns named by topics"),
        ("iot\nx\n", "no column named identity or article"),
        ("identity,iot\n", "holds no coded article"),
    ],
)
def test_a_coded_table_that_cannot_be_used_says_why(text: str, told: str, demo: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "coded.csv"
    engine = open_for_reading(f"sqlite:///{demo['folder'] / 'mpsc.db'}")
    text = text.replace("identity", "article") if "{one}" in text else text
    path.write_text(text.replace("{one}", "1"))
    with pytest.raises(CodedFileError, match=re.escape(told)):
        read_coded(path, engine, list(shipped_codebook().topics))
    engine.dispose()
