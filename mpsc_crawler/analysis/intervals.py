"""How sure is a share? Wilson's score interval. Pure.

Wilson, E. B. (1927): Probable inference, the law of succession, and statistical inference. JASA 22, 209-212; recommended for small
numbers by Brown, Cai, DasGupta (2001): Interval estimation for a binomial proportion. Statistical Science 16, 101-133.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def wilson(hits: float, total: float, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of a share ``hits / total``, both between 0 and 1; the whole range where the total is 0.

    :raises ValueError: the hits are negative or more than the total, or the confidence lies not between 0 and 1.
    """
    if not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total} is no share")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not {confidence}")
    if total == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, square = hits / total, z * z / total
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * sqrt(share * (1 - share) / total + square / (4 * total))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if hits == 0 else low), (1.0 if hits == total else high)
