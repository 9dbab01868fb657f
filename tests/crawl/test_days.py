"""Six days of five kinds of sites: cheap when nothing is new, every change noticed, nothing else changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_six_days_of_five_sites(database_url: str) -> None:
    port = "8871" if database_url.startswith("sqlite") else "8872"
    command = [sys.executable, "-m", "benchmarks.incremental", "--hosts", "5", "--articles", "24", "--port", port]
    command += ["--workers", "0", "--database", database_url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert done.stdout.count("ok    ") >= 12 and "MISS" not in done.stdout
