"""What may leave? Pages that say how they may be used are taken at their word in everything that is written out. Pure.

``noindex`` and ``none`` keep an article out of feeds; ``nosnippet``, ``max-snippet:0``, ``noarchive``, ``nocache``, ``noai`` and a
reservation of text and data mining keep its texts out of feeds and files: headline, address, dates and annotations stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NO_TEXT = frozenset(("nosnippet", "noarchive", "nocache", "none", "noai", "max-snippet:0"))
_NO_FEED = frozenset(("noindex", "none"))
_TEXTS = ("kicker", "teaser", "body", "body_html")
_QUOTED = frozenset(("kicker", "teaser", "body"))


def withheld(rights: Mapping[str, Any] | None) -> list[str]:
    """Why the texts of an article are not to be written out; empty where they may."""
    told = rights or {}
    reasons = [word for word in told.get("robots", ()) if word.replace(" ", "") in _NO_TEXT]
    return reasons + (["tdm-reservation"] if told.get("tdm_reservation") else [])


def longest_snippet(rights: Mapping[str, Any] | None) -> int | None:
    """How many characters of its text a page lets stand beside its headline (``max-snippet``); ``None`` where it names no number."""
    told = [
        word.partition(":")[2].strip() for word in (rights or {}).get("robots", ()) if word.startswith("max-snippet")
    ]
    return min((int(number) for number in told if number), default=None)


def in_feeds(rights: Mapping[str, Any] | None) -> bool:
    """Whether an article may stand in a feed."""
    return not _NO_FEED & set((rights or {}).get("robots", ()))


def without_texts(record: dict[str, Any]) -> dict[str, Any]:
    """An article's record with no text that its page keeps to itself; ``withheld`` tells why. Others are as they were."""
    reasons = withheld(record.get("rights"))
    if not reasons:
        return record
    kept = record | dict.fromkeys(_TEXTS) | {"withheld": reasons}
    kept["evidence"] = [told for told in record.get("evidence", []) if told["field"] not in _QUOTED]
    return kept
