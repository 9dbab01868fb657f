"""How does a topic spread? Who took it up first, how long till half of all, who leads whom. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, sqrt


@dataclass(frozen=True, slots=True)
class Adopter:
    """Who took a topic up, when, as which, and whether there was a look before: else it may have been earlier."""

    name: str
    first: date
    rank: int
    share: float
    certain: bool


def adoption(first: Mapping[str, date], observed_since: Mapping[str, date], of: int | None = None) -> list[Adopter]:
    """Those that took a topic up, in the order in which they did; those of one day share a rank.

    :param observed_since: by name since when it is observed without a gap before ``first``; adopted on that day or without such: uncertain.
    :param of: how many could have taken it up; those of ``first`` if ``None``.
    """
    whole = of if of is not None else len(first)
    ordered = sorted(first.items(), key=lambda entry: (entry[1], entry[0]))
    found: list[Adopter] = []
    for number, (name, day) in enumerate(ordered, 1):
        rank = found[-1].rank if found and found[-1].first == day else number
        since = observed_since.get(name)
        found.append(Adopter(name, day, rank, number / whole if whole else 0.0, since is not None and since < day))
    return found


def days_to_half(adopters: Sequence[Adopter], of: int) -> int | None:
    """Days from the first adopter to the one with whom half of all have taken it up; ``None`` if they have not."""
    half = ceil(of / 2)
    if not adopters or of <= 0 or len(adopters) < half:
        return None
    return (adopters[max(half, 1) - 1].first - adopters[0].first).days


def correlation(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Pearson's correlation; ``None`` where one does not vary or fewer than three pairs are known."""
    number = len(a)
    if number < 3 or number != len(b):
        return None
    mean_a, mean_b = sum(a) / number, sum(b) / number
    covariance = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    spread = sqrt(sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b))
    return covariance / spread if spread else None


def lead_lag(a: Sequence[float | None], b: Sequence[float | None], most: int) -> list[tuple[int, float | None, int]]:
    """The correlation of two series at every shift up to ``most``: (shift, correlation, pairs).

    At a shift of 2, ``a`` is held against ``b`` two periods later: a high value says that ``a`` is ahead. Unknown values
    (``None``) are left out with their partner.

    :raises ValueError: the series are of different length.
    """
    if len(a) != len(b):
        raise ValueError("both series must cover the same periods")
    found = []
    for shift in range(-most, most + 1):
        pairs = [
            (x, b[at + shift])
            for at, x in enumerate(a)
            if 0 <= at + shift < len(b) and x is not None and b[at + shift] is not None
        ]
        told = correlation([x for x, _ in pairs], [y for _, y in pairs if y is not None])
        found.append((shift, told, len(pairs)))
    return found
