"""Is it well? What a source's own history says of its present. Pure: histories in, findings out; ``now`` is passed in.

No fixed thresholds for what differs from site to site: a source is held against what it did before. One bad day is no
alarm: failures must have lasted, and what is counted must be too unlikely to be chance (one in a thousand).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import comb
from statistics import median

from mpsc_crawler.operations.failures import ADVICE

UNLIKELY = 0.001
_FAILED_RUNS, _FAILED_FOR = 3, timedelta(days=1)
_PAUSES, _FEWEST_PAUSES, _QUIET = 20, 5, timedelta(days=21)
_LOOKS_NOW, _LOOKS_BEFORE = 3, 10
_FIRST_RUN = timedelta(days=1)
_NEWEST, _FEWEST_NEW, _FEWEST_OLD = 10, 8, 20


@dataclass(frozen=True, slots=True)
class Look:
    """One run at a source: when, how it ended, how many links its lists showed, a failure of its lists, how many of them
    answered that they had not changed (and so showed no links)."""

    at: datetime
    status: str
    links: int
    failure: str | None = None
    unchanged_lists: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """An article as it was first seen, and which of its fields were found."""

    first_seen: datetime
    published: bool
    headline: bool
    teaser: bool
    words: int


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a source: looks oldest first, publication days, articles in the order they were first seen."""

    source: str
    looks: tuple[Look, ...]
    published: tuple[date, ...] = ()
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is not as it was: what, in words with figures, and what to do. ``alarm`` asks for a person."""

    kind: str
    text: str
    advice: str
    alarm: bool = True


def findings(history: History, now: datetime) -> list[Finding]:
    """What is not well at a source, the worst first; empty where all is as ever.

    A source that cannot be read is not judged further: silence and missing links follow from it.
    """
    looks = [look for look in history.looks if look.status not in ("busy", "waiting", "killed", "stopped", "not-due")]
    if not any(look.status in ("done", "partly") for look in looks):
        why = f"; the last run failed with {looks[-1].failure}" if looks and looks[-1].failure else ""
        advice = (
            ADVICE.get(looks[-1].failure or "other", ADVICE["other"])
            if looks
            else "crawl it: mpsc crawl " + history.source
        )
        return [Finding("never-read", f"has never been read{why}", advice, alarm=bool(looks))]
    failing = _failing(looks)
    if failing is not None:
        return [failing]
    old, new = _old_and_new(history)
    found = [_silent(history.published, now), _fewer_links(looks), *_missing(old, new), _shorter(old, new)]
    return [finding for finding in found if finding is not None]


def _failing(looks: Sequence[Look]) -> Finding | None:
    """Every run since a day or longer, and at least three of them."""
    row: list[Look] = []
    for look in reversed(looks):
        if look.status not in ("failed", "resting"):
            break
        row.append(look)
    if len(row) < _FAILED_RUNS or row[0].at - row[-1].at < _FAILED_FOR:
        return None
    last = row[0].failure or ("http-429" if row[0].status == "resting" else "other")
    text = f"cannot be read since {row[-1].at:%Y-%m-%d} ({len(row)} runs), last: {last}"
    return Finding("failing", text, ADVICE.get(last, ADVICE["other"]))


def _silent(published: Sequence[date], now: datetime) -> Finding | None:
    """Quiet for longer than twice the longest of the last twenty pauses, and for three weeks at least."""
    days = sorted({day for day in published if day <= now.date()})[-_PAUSES - 1 :]
    pauses = [later - earlier for earlier, later in pairwise(days)]
    if len(pauses) < _FEWEST_PAUSES:
        return None
    quiet, longest = now.date() - days[-1], max(pauses)
    if quiet <= max(_QUIET, 2 * longest):
        return None
    text = f"newest article of {days[-1]}, {quiet.days} days ago; the longest pause before was {longest.days} days"
    return Finding("silent", text, "look at the site: its list may have moved, or it has ended")


def _fewer_links(looks: Sequence[Look]) -> Finding | None:
    """The last three looks show less than half of what the ten before them showed, each of them."""
    read = [look for look in looks if look.status in ("done", "partly") and not look.unchanged_lists]
    counts = [look.links for look in read if look.links]
    now, before = counts[-_LOOKS_NOW:], counts[-_LOOKS_NOW - _LOOKS_BEFORE : -_LOOKS_NOW]
    if len(before) < _LOOKS_NOW or max(now) * 2 >= median(before):
        return None
    text = f"lists show {now[-1]} links, {median(before):.0f} were usual"
    return Finding("fewer-links", text, "look at the list: its paging or markup may have changed")


def _old_and_new(history: History) -> tuple[Sequence[Seen], Sequence[Seen]]:
    """The newest articles, and those before them; nothing where there are too few of either.

    What the first run found is old, whatever came last in it: it reads the newest pages first.
    """
    border = history.seen[0].first_seen + _FIRST_RUN if history.seen else None
    new = [article for article in history.seen[-_NEWEST:] if border is not None and article.first_seen > border]
    old = history.seen[: len(history.seen) - len(new)]
    return (old, new) if len(new) >= _FEWEST_NEW and len(old) >= _FEWEST_OLD else ((), ())


def _missing(old: Sequence[Seen], new: Sequence[Seen]) -> list[Finding]:
    found = []
    for field in ("published", "headline", "teaser") if new else ():
        have = sum(getattr(article, field) for article in new)
        had = sum(getattr(article, field) for article in old)
        if fewer_than_before(have, len(new), had, len(old)) < UNLIKELY:
            text = f"{field}: found in {have} of the newest {len(new)} articles, before in {had} of {len(old)}"
            advice = "look at one of them with mpsc extract ADDRESS: the site's markup may have changed"
            found.append(Finding(f"{field}-missing", text, advice))
    return found


def _shorter(old: Sequence[Seen], new: Sequence[Seen]) -> Finding | None:
    if not new:
        return None
    words, before = [article.words for article in new], [article.words for article in old]
    if shorter_than_before(words, before) >= UNLIKELY:
        return None
    text = f"the newest {len(words)} articles have {median(words):.0f} words (median), before {median(before):.0f}"
    return Finding(
        "shorter-texts", text, "look at one of them with mpsc extract ADDRESS: parts of the text may be missed"
    )


def fewer_than_before(have: int, of: int, had: int, out_of: int) -> float:
    """How likely at most ``have`` of ``of`` would be by chance, were there no difference to ``had`` of ``out_of``.

    Fisher's exact test, one-sided (R. A. Fisher, Statistical Methods for Research Workers, 5th ed. 1934, section 21.02).
    """
    hits, all_of = have + had, of + out_of
    ways = sum(
        comb(of, few) * comb(out_of, hits - few) for few in range(max(0, hits - out_of), have + 1) if hits - few >= 0
    )
    return ways / comb(all_of, hits)


def shorter_than_before(words: Sequence[int], before: Sequence[int]) -> float:
    """How likely so many texts below the shortest tenth of before would be by chance: a sign test on the tenth quantile."""
    border = sorted(before)[len(before) // 10]
    below = sum(1 for number in words if number < border)
    return sum(comb(len(words), k) * 0.1**k * 0.9 ** (len(words) - k) for k in range(below, len(words) + 1))
