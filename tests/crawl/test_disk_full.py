"""A full disk ends the run with its code and a clear word; nothing is damaged, and the next run goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import mpsc
from tests.crawl import loopback as lb
from tests.crawl.test_live import ask, register


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no limits of file sizes on this system")
@pytest.mark.parametrize("kilobytes", [400, 900])
def test_a_full_disk(tmp_path: Path, kilobytes: int) -> None:
    """Files may not grow beyond a size, as if the disk were full: database and archive stop at different moments."""
    long = " ".join(f"{word} im Viertel" for word in map(str, range(6000)))
    routes = {"/news": lb.page(lb.listing(*(f"/news/{n}" for n in range(40))))}
    routes |= {
        f"/news/{n}": lb.page(lb.article(f"Sensoren {n}", text=f"{n} {long} {os.urandom(9000).hex()}"))
        for n in range(40)
    }
    with lb.serving(one=routes) as sites:
        env = {
            "MPSC_SOURCES_DIR": register(tmp_path / "sources", sites),
            "MPSC_DELAY": "0",
            "MPSC_CONTACT": "x",
            "MPSC_BATCH": "5",
        }
        assert mpsc("db", "upgrade", cwd=tmp_path, **env).returncode == 0
        limited = f'ulimit -f {2 * kilobytes}; exec "{sys.executable}" -m mpsc_crawler.cli crawl'
        done = subprocess.run(
            ["sh", "-c", limited],
            cwd=tmp_path,
            env=os.environ | env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 4, (done.returncode, done.stdout, done.stderr[-1500:])
        assert "Traceback" not in done.stderr and ("database" in done.stderr or "archive" in done.stderr)
        assert ask(tmp_path / "mpsc.db", "pragma integrity_check") == [("ok",)]
        before = ask(tmp_path / "mpsc.db", "select count(*) from article")[0][0]
        assert before < 40
        again = mpsc("crawl", "one", cwd=tmp_path, **env)
        assert again.returncode == 0, again.stdout + again.stderr
    assert ask(tmp_path / "mpsc.db", "select count(*), count(distinct identity) from article") == [(40, 40)]
    assert mpsc("archive", "verify", cwd=tmp_path, **env).returncode == 0
