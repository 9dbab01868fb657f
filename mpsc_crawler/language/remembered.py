"""What was worked out once for a word is looked up ever after: German texts repeat most of their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

_T = TypeVar("_T")
_MOST = 200_000


class Remembered(dict[str, _T]):
    """A table that works out what it does not know yet; a known key is a plain look-up. Bounded, so that memory is."""

    def __init__(self, judge: Callable[[str], _T], known: Mapping[str, _T] | None = None) -> None:
        """:param judge: pure; gives the value of a key. ``known`` are values to begin with."""
        super().__init__(known or {})
        self._judge = judge

    def __missing__(self, key: str) -> _T:
        value = self._judge(key)
        if len(self) < _MOST:
            self[key] = value
        return value
