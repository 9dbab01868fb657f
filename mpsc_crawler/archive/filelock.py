"""A lock on an open file that the system lets go when its process ends, however it ends; no lock where the system has none."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, BinaryIO

_FCNTL: Any = import_module("fcntl") if find_spec("fcntl") is not None else None  # Windows has none


def lock(file: BinaryIO) -> bool:
    """Take the lock; ``False`` where another process holds it, or there are no locks."""
    if _FCNTL is None:
        return False
    try:
        _FCNTL.flock(file, _FCNTL.LOCK_EX | _FCNTL.LOCK_NB)
    except OSError:
        return False
    return True
