"""What docs/research.md shows is run as it stands there, on the demo."""

from __future__ import annotations

import re
import shlex
import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import mpsc_here

TEXT = (Path(__file__).parents[2] / "docs" / "research.md").read_text(encoding="utf-8")
SHELL = [
    line
    for block in re.findall(r"```sh\n(.*?)```", TEXT, re.S)
    for line in block.splitlines()
    if line.startswith("mpsc ")
]
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.S)


@pytest.fixture(scope="module")
def folder(demo: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("research")
    shutil.copy(demo["folder"] / "mpsc.db", made)
    return made


def test_every_command_of_the_first_hour_works(folder: Path) -> None:
    assert len(SHELL) >= 14 and SHELL[0] == "mpsc demo"
    for line in SHELL[1:]:
        done = mpsc_here(*shlex.split(line)[1:], cwd=folder)
        assert done.exit_code == 0, f"{line}: {done.output}"
    for name in (
        "verstetigung.svg",
        "vergleich.svg",
        "report.html",
        "korpus-2026-03/CITATION.cff",
        "exports/articles.parquet",
    ):
        assert (folder / name).stat().st_size > 500


def test_every_line_of_python_works(folder: Path) -> None:
    names: dict[str, Any] = {}
    with chdir(folder):
        for block in PYTHON:
            exec(compile(block, "docs/research.md", "exec"), names)
    assert len(PYTHON) == 3 and len(names["recent"]) > 10 and names["took"].attrs["days_to_half"] > 0
    assert (folder / "iot.svg").read_text().startswith("<svg") and names["joined"]["Schulden je Kopf"].iloc[0] == 1204.5
