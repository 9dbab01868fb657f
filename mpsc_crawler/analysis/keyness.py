"""Which words and topics set two groups apart? Pure.

* G²: Dunning, T. (1993): Accurate methods for the statistics of surprise and coincidence. Computational Linguistics 19(1), 61-74; as
  used on two corpora by Rayson, P., Garside, R. (2000): Comparing corpora using frequency profiling.
* Log-odds with an informative Dirichlet prior: Monroe, B. L., Colaresi, M. P., Quinn, K. M. (2008): Fightin' Words. Political
  Analysis 16(4), 372-403, equations 15, 16, 20 and 22. The prior is the two groups together, scaled to ``strength`` words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt

STRENGTH = 500.0


@dataclass(frozen=True, slots=True)
class Key:
    """What a word (or topic) says of two groups. ``z`` is above 0 where the first group uses it more; beyond 1.96 hardly by chance."""

    name: str
    a: int
    b: int
    g2: float
    log_odds: float
    z: float


def g_squared(a: int, b: int, total_a: int, total_b: int) -> float:
    """Dunning's G² of a word's uses in two corpora of so many words.

    :raises ValueError: a corpus is empty, or holds less than the word's uses.
    """
    if not (0 <= a <= total_a and 0 <= b <= total_b and total_a and total_b):
        raise ValueError(f"{a} of {total_a} and {b} of {total_b} cannot be compared")
    share = (a + b) / (total_a + total_b)
    told = 0.0
    for uses, total in ((a, total_a), (b, total_b)):
        for seen, expected in ((uses, total * share), (total - uses, total * (1 - share))):
            if seen:
                told += seen * log(seen / expected)
    return max(0.0, 2 * told)


def keyness(a: Mapping[str, int], b: Mapping[str, int], *, strength: float = STRENGTH, least: int = 5) -> list[Key]:
    """Compare two groups' counts; the words of the first group come first, by ``z``.

    :param least: leave out what both together have fewer times.
    :param strength: the weight of the prior in words; the greater, the less do rare words stand out.
    :raises ValueError: a group is empty.
    """
    total_a, total_b = sum(a.values()), sum(b.values())
    if not total_a or not total_b:
        raise ValueError("a group without any word cannot be compared")
    both = total_a + total_b
    found = []
    for name in a.keys() | b.keys():
        uses_a, uses_b = a.get(name, 0), b.get(name, 0)
        if uses_a + uses_b < least:
            continue
        prior = strength * (uses_a + uses_b) / both
        odds_a = log((uses_a + prior) / (total_a + strength - uses_a - prior))
        odds_b = log((uses_b + prior) / (total_b + strength - uses_b - prior))
        variance = 1 / (uses_a + prior) + 1 / (uses_b + prior)
        delta = odds_a - odds_b
        found.append(
            Key(name, uses_a, uses_b, g_squared(uses_a, uses_b, total_a, total_b), delta, delta / sqrt(variance))
        )
    found.sort(key=lambda key: (-key.z, key.name))
    return found
