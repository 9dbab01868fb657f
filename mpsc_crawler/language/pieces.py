"""A text between its spaces. Dates, topics, mentions and sketch all look at the same pieces, so they are cut once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from mpsc_crawler.language.remembered import Remembered

# one object for all equal pieces: its hash is worked out once, and tables know it by identity
_SAME: Remembered[str] = Remembered(lambda piece: piece)


@lru_cache(maxsize=16)
def pieces_of(text: str) -> Sequence[str]:
    """What stands between the spaces and line breaks of a text, empty strings included; the last few texts are remembered.

    No word of German crosses a space. Piece ``i`` begins behind all pieces before it and ``i`` spaces.
    """
    return tuple(map(_SAME.__getitem__, text.replace("\n", " ").split(" ")))
