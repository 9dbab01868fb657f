"""A 64-bit fingerprint of a text, close for texts that are nearly the same (SimHash; Charikar 2002)."""

from __future__ import annotations

import re
from itertools import chain
from zlib import crc32

from mpsc_crawler.language.pieces import pieces_of
from mpsc_crawler.language.remembered import Remembered

# words of five letters and more carry a text's content; the short ones are its grammar
_WORD = re.compile(r"[A-Za-z0-9_À-ÖØ-öø-ɏ]{5,}|[^\W\dA-Za-zÀ-ɏ]{3,}")
_LANES = [sum((1 << (16 * bit)) for bit in range(8) if byte >> bit & 1) for byte in range(256)]
_MASK = 0xFFFF


# the hashes of the long words between two spaces
_HASHES: Remembered[tuple[int, ...]] = Remembered(
    lambda piece: tuple(crc32(word.encode()) for word in _WORD.findall(piece.lower()))
)


def fingerprint(text: str) -> int | None:
    """The fingerprint of a text over runs of three long words; a signed 64-bit number, ``None`` for under ten of them.

    Of longer texts only every fourth or eighth run (by its hash) is counted: cheaper, and the same for equal texts.
    """
    pieces = pieces_of(text)
    hashes = list(chain.from_iterable(map(_HASHES.__getitem__, pieces)))
    if len(hashes) < 10:
        return None
    # samples of long texts are parts of those of short ones, so that an added paragraph changes little
    mask = 0 if len(hashes) < 50 else 0b01100000 if len(hashes) < 200 else 0b11100000
    lanes = _LANES
    sums = [0] * 8
    runs = [
        run
        for a, b, c in zip(hashes, hashes[1:], hashes[2:], strict=False)
        if not (run := a ^ (b << 1) ^ (c << 2)) & mask
    ][:4000]
    count = len(runs)
    for first in runs:
        both = first * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        both ^= both >> 32
        sums[0] += lanes[both & 255]
        sums[1] += lanes[both >> 8 & 255]
        sums[2] += lanes[both >> 16 & 255]
        sums[3] += lanes[both >> 24 & 255]
        sums[4] += lanes[both >> 32 & 255]
        sums[5] += lanes[both >> 40 & 255]
        sums[6] += lanes[both >> 48 & 255]
        sums[7] += lanes[both >> 56]
    if not count:
        return None
    value = 0
    for lane, total in enumerate(sums):
        for bit in range(8):
            if 2 * (total >> (16 * bit) & _MASK) > count:
                value |= 1 << (8 * lane + bit)
    return value - (1 << 64) if value >> 63 else value


def distance(a: int, b: int) -> int:
    """How many of the 64 bits differ."""
    return ((a ^ b) & ((1 << 64) - 1)).bit_count()
