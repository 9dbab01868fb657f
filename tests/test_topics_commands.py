"""``mpsc topics`` and ``mpsc erase`` as a user calls them, on the demo's database."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import mpsc


@pytest.fixture
def copy(demo: dict[str, Any], tmp_path: Path) -> Path:
    """A folder with a copy of the demo's database."""
    for file in demo["folder"].glob("mpsc.db*"):
        shutil.copy(file, tmp_path)
    return tmp_path


def number_of(folder: Path, headline: str) -> int:
    connection = sqlite3.connect(folder / "mpsc.db")
    (row,) = connection.execute("select id from article where headline like ?", (f"%{headline}%",)).fetchall()[:1]
    connection.close()
    return int(row[0])


def test_explain_prints_the_sentences_that_counted(copy: Path) -> None:
    done = mpsc("topics", "explain", str(number_of(copy, "Neu im Maschinenpark")), "--all", cwd=copy)
    assert done.returncode == 0, done.stderr
    assert "Bildung & Kompetenzen" in done.stdout and "*lasercutter*" in done.stdout
    assert "body: Unser Lasercutter ist da!" in done.stdout and "Below the threshold" in done.stdout


def test_recode_with_an_own_codebook_and_back(copy: Path) -> None:
    (copy / "mine.toml").write_text(
        'version = "mine"\nthreshold = 1\n[[topic]]\nslug = "laser"\nlabel = "Laser"\ndefinition = "x"\ninclude = ["*laser*"]\n'
    )
    done = mpsc("topics", "recode", "--codebook", "mine.toml", cwd=copy)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Codebook mine\+[0-9a-f]{8}: \d\d articles coded, the topics of \d\d changed", done.stdout)
    assert "laser" in mpsc("articles", "--topic", "laser", cwd=copy).stdout
    assert "coded" in mpsc("topics", "recode", cwd=copy).stdout
    assert "no article has topic 'laser'" in mpsc("articles", "--topic", "laser", cwd=copy).stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "nowhere.toml: cannot be read"),
        ("version = ", "not valid TOML"),
        ('version = "x"\nthreshold = 1\n', "topic: Field required"),
        ('version = "x"\nthreshold = 0\n[[topic]]\nslug="a"\nlabel="A"\ndefinition="x"\n', "threshold"),
    ],
)
def test_a_wrong_codebook_is_told_and_nothing_is_changed(copy: Path, text: str | None, message: str) -> None:
    if text is not None:
        (copy / "nowhere.toml").write_text(text)
    before = (copy / "mpsc.db").read_bytes()
    for command in (("topics", "recode"), ("topics", "list"), ("crawl",), ("demo",)):
        done = mpsc(*command, "--codebook", "nowhere.toml", cwd=copy)
        assert done.returncode == 2 and message in done.stderr, done.stderr
    assert (copy / "mpsc.db").read_bytes() == before


def test_list_shows_the_definitions() -> None:
    done = mpsc("topics", "list", cwd=Path.cwd())
    assert done.returncode == 0 and "Verstetigung" in done.stdout and "threshold" in done.stdout


def test_erase_finds_asks_and_erases(copy: Path) -> None:
    number = number_of(copy, "Neu im Maschinenpark")
    listed = mpsc("erase", "--find", "LightBurn", cwd=copy)
    assert "1 articles hold 'LightBurn'" in listed.stdout
    refused = mpsc("erase", str(number), cwd=copy)
    assert refused.returncode == 1 and "Aborted" in refused.stderr
    done = mpsc("erase", str(number), "--yes", cwd=copy)
    assert done.returncode == 0 and f"{number}: erased" in done.stdout, done.stderr
    assert "0 articles hold" in mpsc("erase", "--find", "LightBurn", cwd=copy).stdout
    assert "no article has number" in mpsc("erase", str(number), "--yes", cwd=copy).stderr
    assert mpsc("demo", cwd=copy).returncode == 0, "the same crawl again"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((), "name the numbers"), (("--find", "ab"), "at least three"), (("1", "--find", "abc"), "--find only lists")],
)
def test_a_wrong_call_says_what_to_do(copy: Path, arguments: tuple[str, ...], message: str) -> None:
    done = mpsc("erase", *arguments, cwd=copy)
    assert done.returncode == 2 and message in done.stderr
