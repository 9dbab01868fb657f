"""A 64-bit fingerprint of a text, close for texts that are nearly the same (SimHash; Charikar 2002)."""

from __future__ import annotations

import re
from zlib import crc32

_WORD = re.compile(r"\w+")
_LANES = [sum((1 << (16 * bit)) for bit in range(8) if byte >> bit & 1) for byte in range(256)]
_MASK = 0xFFFF


def fingerprint(text: str) -> int | None:
    """The fingerprint of a text over runs of three words; a signed 64-bit number, ``None`` for under 20 words.

    Only every second run (by its hash) is counted, which halves the cost and changes nothing for equal texts.
    """
    words = _WORD.findall(text.lower())
    if len(words) < 20:
        return None
    sums = [0] * 8
    count = 0
    for a, b, c in zip(words, words[1:], words[2:], strict=False):
        data = f"{a} {b} {c}".encode()
        first = crc32(data)
        if first & 1:
            continue
        count += 1
        if count > 4000:
            break
        both = first << 32 | crc32(data, 0x9E3779B9)
        sums[0] += _LANES[both & 255]
        sums[1] += _LANES[both >> 8 & 255]
        sums[2] += _LANES[both >> 16 & 255]
        sums[3] += _LANES[both >> 24 & 255]
        sums[4] += _LANES[both >> 32 & 255]
        sums[5] += _LANES[both >> 40 & 255]
        sums[6] += _LANES[both >> 48 & 255]
        sums[7] += _LANES[both >> 56 & 255]
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
