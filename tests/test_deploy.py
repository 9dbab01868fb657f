"""The files in ``deploy/`` are what their programs accept, and name what exists."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from kubernetes_validate import validate

from mpsc_crawler.cli import _COMMANDS
from mpsc_crawler.settings import DOCUMENTATION
from tests.conftest import unavailable

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.*r*"))


@pytest.mark.parametrize("unit", [u for u in UNITS if u.suffix in (".service", ".timer")], ids=lambda u: u.name)
def test_systemd_accepts_every_unit(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        unavailable("systemd-analyze is not installed (Debian: systemd)")
    for other in UNITS:
        text = other.read_text().replace("/opt/mpsc/.venv/bin/mpsc", "/bin/true")
        (tmp_path / other.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and done.stderr.strip() == "", done.stderr


def test_every_setting_and_command_in_the_files_exists() -> None:
    known = {f"MPSC_{name.upper()}" for name in DOCUMENTATION}
    texts = {path: path.read_text() for path in DEPLOY.rglob("*") if path.is_file() and path.suffix != ".md"}
    assert len(texts) >= 8
    for path, text in texts.items():
        assert set(re.findall(r"\bMPSC_[A-Z_]+", text)) <= known, path
        for command in re.findall(r"(?:^|[ /])mpsc ([a-z]+)", re.sub(r"^\s*#.*", "", text, flags=re.M)):
            assert command in _COMMANDS, (path, command)


def test_the_crontab_has_five_times_and_a_command_in_every_line() -> None:
    lines = [line for line in (DEPLOY / "cron" / "mpsc.crontab").read_text().splitlines() if line and line[0] != "#"]
    jobs = [line for line in lines if not re.match(r"[A-Z_]+=\S+$", line)]
    assert len(jobs) == 3
    for job in jobs:
        times, command = job.split(None, 5)[:5], job.split(None, 5)[5]
        assert all(re.fullmatch(r"[\d*/,-]+", part) for part in times), job
        assert "%" not in command, "cron takes it for a line break"
        assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0


def test_kubernetes_accepts_every_resource_in_old_and_new_versions() -> None:
    resources = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "cronjob.yaml").read_text()))
    assert [resource["kind"] for resource in resources] == ["PersistentVolumeClaim", "ConfigMap", "Secret", "CronJob"]
    for resource in resources:
        for version in ("1.30", "1.32"):
            validate(resource, version, strict=True)


@pytest.mark.parametrize(("code", "expected"), [(0, 0), (1, 0), (5, 0), (4, 4), (3, 3)])
def test_the_job_of_kubernetes_fails_only_where_the_run_did(code: int, expected: int, tmp_path: Path) -> None:
    done = subprocess.run(["sh", "-c", _script()], env=_with_mpsc(tmp_path, f"exit {code}"), timeout=20, check=False)
    assert done.returncode == expected
    assert (tmp_path / "asked").read_text().split("\n")[:2] == ["crawl --no-progress", "export jsonfeed"]


def test_the_job_of_kubernetes_hands_the_signal_on_and_waits(tmp_path: Path) -> None:
    work = "trap 'sleep 0.5; exit 130' TERM; while :; do sleep 0.05; done"
    process = subprocess.Popen(["sh", "-c", _script()], env=_with_mpsc(tmp_path, work))
    while not (tmp_path / "asked").exists():
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 130
    assert (tmp_path / "asked").read_text().splitlines() == ["crawl --no-progress", "export jsonfeed"]


def _script() -> str:
    resources = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "cronjob.yaml").read_text()))
    (container,) = resources[-1]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["/bin/sh", "-c"]
    (script,) = container["args"]
    return str(script)


def _with_mpsc(folder: Path, work: str) -> dict[str, str]:
    """A path on which ``mpsc crawl`` does that work."""
    program = folder / "mpsc"
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {shlex.quote(str(folder / "asked"))}\n[ "$1" = crawl ] || exit 0\n{work}\n'
    )
    program.chmod(0o755)
    return os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}


def test_the_container_copies_what_there_is() -> None:
    text = (DEPLOY / "container" / "Containerfile").read_text()
    copied = [part for line in re.findall(r"^COPY (?!--)(.+)$", text, re.M) for part in line.split()[:-1]]
    assert copied and all((ROOT / part).exists() for part in copied)
    extras = set(
        re.findall(r"^(\w+) = \[", (ROOT / "pyproject.toml").read_text().split("optional-dependencies]")[1], re.M)
    )
    assert set(re.findall(r"EXTRAS=([\w,]+)", text)[0].split(",")) <= extras
