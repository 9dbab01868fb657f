"""What lists told of an article, as it is kept with its page: lists forget, and articles are read again.

Pure: links in, plain values for JSON out, and back.
"""

from __future__ import annotations

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
