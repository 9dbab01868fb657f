"""How well does the codebook code? Its topics against those of people. Pure.

Krippendorff, K. (2018): Content Analysis, 4th ed., chapter 12; his alpha (nominal) comes from the library ``krippendorff``. It is 1 for full
agreement, 0 for what chance gives; .8 is what he asks for, .667 the least to draw tentative conclusions from.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import krippendorff
import numpy as np

from mpsc_crawler.analysis.intervals import wilson


@dataclass(frozen=True, slots=True)
class Coded:
    """An article as people and codebook code it. ``weight``: how many articles of the corpus it stands for."""

    name: str
    human: frozenset[str]
    machine: frozenset[str]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """One topic. Counts are articles; precision and recall are ``None`` where nothing can be said; intervals are Wilson's.

    ``weighted_*`` are estimates for the whole corpus, each article counting for those it stands for.
    """

    topic: str
    human: int
    machine: int
    both: int
    precision: float | None
    precision_interval: tuple[float, float]
    recall: float | None
    recall_interval: tuple[float, float]
    f1: float | None
    alpha: float | None
    weighted_precision: float | None
    weighted_recall: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All topics, and all of them together: ``macro_f1`` is the mean over topics that people gave, ``alpha`` that of all decisions."""

    articles: int
    scores: tuple[Score, ...]
    micro_precision: float | None
    micro_recall: float | None
    micro_f1: float | None
    macro_f1: float | None
    alpha: float | None
    confusion: tuple[tuple[str, str, int], ...]
    disagreements: tuple[Coded, ...]


def _share(hits: float, total: float) -> float | None:
    return hits / total if total else None


def _f1(precision: float | None, recall: float | None) -> float | None:
    if precision is None or recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def alpha(a: Sequence[bool], b: Sequence[bool]) -> float | None:
    """Krippendorff's alpha of two coders' yes and no; ``None`` where all said the same throughout, which says nothing."""
    if not a or len({*a, *b}) < 2:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return float(krippendorff.alpha(np.array([a, b], dtype=float), level_of_measurement="nominal"))


def evaluate(coded: Iterable[Coded], topics: Sequence[str]) -> Evaluation:
    """Compare the codebook with people.

    :param topics: all topics that could be given, in the order in which they are told.
    :returns: ``confusion`` counts articles where people gave the first topic and only the codebook gave the second one.
    """
    articles = list(coded)
    scores = [_score(topic, articles) for topic in topics]
    both, human, machine = (sum(getattr(s, name) for s in scores) for name in ("both", "human", "machine"))
    micro_p, micro_r = _share(both, machine), _share(both, human)
    told = [s.f1 if s.f1 is not None else 0.0 for s in scores if s.human]
    confusion: Counter[tuple[str, str]] = Counter()
    for article in articles:
        for missed in article.human - article.machine:
            confusion.update((missed, wrong) for wrong in article.machine - article.human)
    pairs = [(t in a.human, t in a.machine) for a in articles for t in topics]
    return Evaluation(
        len(articles), tuple(scores), micro_p, micro_r, _f1(micro_p, micro_r), sum(told) / len(told) if told else None,
        alpha([h for h, _ in pairs], [m for _, m in pairs]),
        tuple((a, b, n) for (a, b), n in sorted(confusion.items(), key=lambda entry: (-entry[1], entry[0]))),
        tuple(article for article in articles if article.human != article.machine),
    )  # fmt: skip


def _score(topic: str, articles: Sequence[Coded]) -> Score:
    human, machine = [topic in a.human for a in articles], [topic in a.machine for a in articles]
    weights = [a.weight for a in articles]
    both = [h and m for h, m in zip(human, machine, strict=True)]
    n_both, n_human, n_machine = sum(both), sum(human), sum(machine)

    def weighed(which: Sequence[bool]) -> float:
        return sum(weight for weight, yes in zip(weights, which, strict=True) if yes)

    precision, recall = _share(n_both, n_machine), _share(n_both, n_human)
    return Score(
        topic, n_human, n_machine, n_both, precision, wilson(n_both, n_machine), recall, wilson(n_both, n_human), _f1(precision, recall),
        alpha(human, machine), _share(weighed(both), weighed(machine)), _share(weighed(both), weighed(human)),
    )  # fmt: skip


def allocate(sizes: dict[str, int], number: int) -> dict[str, int]:
    """How many of each stratum to draw: as equal shares as their sizes allow, so that rare ones can be judged, too."""
    drawn = dict.fromkeys(sizes, 0)
    left = min(number, sum(sizes.values()))
    while left:
        open_ones = [name for name in sorted(sizes) if drawn[name] < sizes[name]]
        each = max(1, left // len(open_ones))
        for name in open_ones:
            more = min(each, sizes[name] - drawn[name], left)
            drawn[name] += more
            left -= more
    return drawn
