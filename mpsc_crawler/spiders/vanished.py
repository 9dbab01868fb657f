"""Which articles has a list dropped? Only what it reaches back beyond can be missed; pure, knows no Scrapy.

A list shows the newest entries, and what is older than its last ones has merely scrolled off. An entry that it named before,
younger than where it ends now, and not named by any list of this run, has vanished. A sitemap is no list of news: it may be cut
off anywhere, so what it drops is only asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from mpsc_crawler.storage.hints import Told
from mpsc_crawler.storage.registry import KnownPage

GONE_FROM = "v"
"""The mark in what a list told of an article that this list has dropped."""
EVERYTHING = date.min
"""The reach of a sitemap that was read whole."""
_FEWEST_DATED, _TAIL, _IN_ORDER = 5, 3, 0.8


def reach(days: Sequence[date | None]) -> date | None:
    """The day back to which a list names everything: that of its last entries, read in its order.

    :param days: the publication days that the list tells, from its top on, over the pages that were read.
    :returns: ``None`` where the list is not ordered by day, or tells too few days to know.
    """
    told = [day for day in days if day is not None]
    if len(told) < _FEWEST_DATED:
        return None
    falling = sum(1 for above, below in pairwise(told) if above >= below)
    if falling < _IN_ORDER * (len(told) - 1):
        return None
    return max(told[-_TAIL:])  # entries on the border, and old ones pinned to the top, do not stretch it


def vanished(
    known: Mapping[str, KnownPage],
    found: Collection[str],
    reaches: Mapping[str, date | None],
    lists: Collection[str],
) -> dict[str, list[str]]:
    """By list, the keys of the articles that it has dropped.

    :param found: the keys that any list named in this run.
    :param reaches: by list that was read anew in this run, how far back it names everything.
    :param lists: the lists of the source. One that was not read anew may still name what the others have dropped.
    :returns: nothing for a list that seems to have lost more than half of what it should show: then it is the list that
        is broken, or has been made anew.
    """
    expected: Counter[str] = Counter()
    lost: dict[str, list[str]] = {}
    for key, page in known.items():
        if page.role != "article" or page.decision != "kept" or not page.told or page.gone_reason is not None:
            continue
        told = [entry for entry in page.told if entry in lists or entry in reaches]
        named = [entry for entry in told if GONE_FROM not in page.told[entry]] or told
        covering = [entry for entry in named if _covers(reaches.get(entry), page)]
        expected.update(covering)
        if key not in found and covering and all(entry in reaches for entry in named):
            for entry in covering:
                lost.setdefault(entry, []).append(key)
    return {entry: keys for entry, keys in lost.items() if len(keys) <= max(3, expected[entry] // 2)}


def _covers(back: date | None, page: KnownPage) -> bool:
    """Whether a list with this reach would name the article."""
    if back is None or back == EVERYTHING:
        return back is not None
    day = _listed_day(page)
    return day is not None and day > back


def _listed_day(page: KnownPage) -> date | None:
    """The day that lists told of the article: the article's own may be another, and would not fit their order."""
    told = (page.hints or {}).get("published") or {}
    start = str(told.get("start") or "")[:10]
    return date.fromisoformat(start) if start else None


def without(told: Mapping[str, Any] | None, entries: Iterable[str]) -> Told:
    """What lists told of an article, after these have dropped it."""
    return {entry: dict(said) for entry, said in (told or {}).items()} | {entry: {GONE_FROM: "1"} for entry in entries}
