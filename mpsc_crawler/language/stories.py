"""Are two articles the same text at two places? A press release with small edits is; two that share boilerplate are not. Pure.

Judged is how much of the shorter text's runs of words the longer one holds, without the runs that either publisher has in many
articles. Within one publisher, recurring notices that differ in their numbers ("am 3. Mai", "am 7. Juni") are two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from re import compile as pattern

from mpsc_crawler.language.sketch import FEWEST, runs_of, shared

ENOUGH = 0.4
"""So much of the shorter text must stand in the longer one."""
NEARLY_ALL = 0.85
"""So much of it where both are of one publisher."""
WINDOW = timedelta(days=92)
"""Placements of a story are published within a quarter of a year."""
_USUAL = 3
_NUMBER = pattern(r"\d+")


@dataclass(frozen=True)
class Told:
    """An article as far as it is compared: its publisher, text, headline and publication day."""

    source: int
    headline: str | None
    body: str
    published: date | None

    @cached_property
    def runs(self) -> frozenset[int]:
        """The runs of words of the text."""
        return frozenset(runs_of(self.body))

    @cached_property
    def numbers(self) -> Counter[str]:
        """The numbers in headline and text."""
        return Counter(_NUMBER.findall(f"{self.headline or ''} {self.body}"))


def boilerplate(texts: Iterable[str]) -> frozenset[int]:
    """The runs that stand in at least three of a publisher's texts."""
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(set(runs_of(text)))
    return frozenset(run for run, times in counts.items() if times >= _USUAL)


def same_story(one: Told, other: Told, usual: frozenset[int] = frozenset()) -> bool:
    """Whether two articles are placements of one text.

    :param usual: the runs of words that do not count: the boilerplate of both publishers.
    """
    if one.published is not None and other.published is not None and abs(one.published - other.published) > WINDOW:
        return False
    first, second = one.runs - usual, other.runs - usual
    if min(len(first), len(second)) < FEWEST:
        return False
    held = shared(first, second)
    if one.source != other.source:
        return held >= ENOUGH
    return held >= NEARLY_ALL and one.numbers == other.numbers
