"""Writing a file so that readers see the old one or the new one, never half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO


class ExportError(RuntimeError):
    """An export cannot be written. Fit to be shown."""


@contextmanager
def atomic(path: Path) -> Iterator[TextIO]:
    """Open a temporary text file beside ``path`` and put it in its place when the block ends without an error.

    :raises ExportError: the folder cannot be made or written to.
    """
    with _beside(path) as handle, os.fdopen(handle, "w", encoding="utf-8", newline="\n", closefd=False) as stream:
        yield stream


@contextmanager
def atomic_bytes(path: Path) -> Iterator[BinaryIO]:
    """As :func:`atomic`, for bytes."""
    with _beside(path) as handle, os.fdopen(handle, "wb", closefd=False) as stream:
        yield stream


@contextmanager
def _beside(path: Path) -> Iterator[int]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    except OSError as error:
        raise ExportError(
            f"{path}: cannot be written: {error.strerror}; set MPSC_EXPORT_DIR or use --output"
        ) from error
    temporary = Path(name)
    try:
        try:
            yield handle
            os.fsync(handle)
        finally:
            os.close(handle)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ExportError(f"{path}: cannot be written: {error.strerror}") from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
