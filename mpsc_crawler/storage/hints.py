"""What lists told of an article, as it is kept with its page: lists forget, and articles are read again.

Pure: links in, plain values for JSON out, and back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from mpsc_crawler.items import BERLIN, ArticleLink, DateValue

_PLAIN = ("rule", "found_in", "headline", "teaser", "platform_id", "language")
_SEVERAL = ("authors", "tags")
_DATES = ("published", "modified")


def hints_of(link: ArticleLink) -> dict[str, Any]:
    """The hints of a link; what it does not know is left out, and so is a text that a feed carries whole."""
    told: dict[str, Any] = {name: getattr(link, name) for name in _PLAIN}
    told |= {name: list(getattr(link, name)) for name in _SEVERAL}
    told |= {name: _plain(value) for name in _DATES if (value := getattr(link, name)) is not None}
    return {name: value for name, value in told.items() if value}


def link_of(url: str, hints: dict[str, Any]) -> ArticleLink:
    """The link that :func:`hints_of` was given."""
    told: dict[str, Any] = {name: hints[name] for name in _PLAIN if name in hints}
    told |= {name: tuple(hints[name]) for name in _SEVERAL if name in hints}
    told |= {name: _value(hints[name]) for name in _DATES if name in hints}
    return ArticleLink(url, **told)


_TOLD = frozenset("htpm")
Told = dict[str, dict[str, str]]
"""By list, what it says of an article: hashes of headline and teaser, its dates."""


def told_of(links: Iterable[ArticleLink]) -> dict[str, str]:
    """What one list says of an article, made small; the first of several entries comes first."""
    told: dict[str, str] = {}
    for link in links:
        said = {
            "h": _hash(link.headline),
            "t": _hash(link.teaser),
            "p": link.published.edtf if link.published else "",
            "m": link.modified.edtf if link.modified else "",
        }
        told = {name: value for name, value in said.items() if value} | told
    return told


def differs(before: Mapping[str, Mapping[str, str]], now: Told, *, trust_modified: bool) -> bool:
    """Whether any list says something else of an article than that same list said before.

    What a list is silent about is no change, and what another list says is none either: they shorten differently.
    """
    for source, said in now.items():
        earlier = before.get(source, {})
        for name, value in said.items():
            if (name != "m" or trust_modified) and name in earlier and earlier[name] != value:
                return True
    return False


def merged_told(before: Mapping[str, Mapping[str, str]] | None, now: Told) -> Told:
    """What lists have said of an article up to now; the newest word counts."""
    told = {source: dict(said) for source, said in (before or {}).items()}
    for source, said in now.items():
        told[source] = {name: value for name, value in told.get(source, {}).items() if name in _TOLD} | said
    return told


def _hash(text: str | None) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10] if text else ""


def _plain(value: DateValue) -> dict[str, Any]:
    start, end = (side.isoformat() if side is not None else None for side in (value.start, value.end))
    return {
        "start": start,
        "end": end,
        "precision": value.precision,
        "edtf": value.edtf,
        "raw": value.raw,
        "rule": value.rule,
        "confidence": value.confidence,
        "kind": value.kind,
    }


def _value(told: dict[str, Any]) -> DateValue:
    return DateValue(**told | {"start": _side(told["start"]), "end": _side(told["end"])})


def _side(told: str | None) -> date | datetime | None:
    if told is None:
        return None
    return datetime.fromisoformat(told).astimezone(BERLIN) if "T" in told else date.fromisoformat(told)
