"""The test command: style, types, import contracts, tests, warnings as errors. ``python -m tests``.

``--lowest`` makes an environment with the lowest supported dependencies beside this one and runs the tests there, but for those of the crawl, of
operations and of single commands: these are long, and about servers, processes, disks and messages rather than about what a library gives back.
The demo's whole crawl is run there, too, as many tests look at what it leaves.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
# most of a test is waiting for the command line to start: two run beside each other, four where there are more cores
PYTEST = ("-q", "-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")
WITHOUT_COMMANDS = ("--ignore=tests/crawl", "--ignore=tests/operations", "--ignore-glob=*/tests/test_*.py")
STEPS = (
    ("style", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "-q", "."]),
    ("types", [sys.executable, "-m", "mypy"]),
    ("floors of the house", [str(BIN / "lint-imports")]),
    ("tests", [sys.executable, "-m", "pytest", *PYTEST]),
)


def lowest() -> int:
    """Run pytest with the lowest supported versions of the direct dependencies."""
    with tempfile.TemporaryDirectory(prefix="mpsc-lowest-") as folder:
        python = f"{folder}/bin/python"
        for command in (
            [sys.executable, "-m", "venv", folder],
            [
                python,
                "-m",
                "pip",
                "install",
                "-q",
                "--disable-pip-version-check",
                "-c",
                "constraints/lowest.txt",
                "-e",
                ".[test]",
            ],
            [python, "-m", "pytest", *PYTEST, *WITHOUT_COMMANDS],
        ):
            print("$", " ".join(command), flush=True)
            code = subprocess.run(command, cwd=ROOT, check=False).returncode
            if code:
                return code
    return 0


def main() -> int:
    if "--lowest" in sys.argv[1:]:
        return lowest()
    failed = []
    for name, command in STEPS:
        print(f"== {name}: {' '.join(command)}", flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "all well", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
