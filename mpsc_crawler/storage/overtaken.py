"""What an archive tells must not take the place of what was seen later: a replay into a newer database adds, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from mpsc_crawler.items import StillListed, Vanished
from mpsc_crawler.storage.batch import Item
from mpsc_crawler.storage.models import Page
from mpsc_crawler.storage.urlkey import key_of


def not_overtaken(connection: Connection, items: Sequence[Item]) -> list[Item]:
    """What is not older than what is known of its address."""
    keys = {item_key: at for item in items for item_key, at in _addresses_of(item)}
    later: set[str] = set()
    wanted = sorted(keys)
    for start in range(0, len(wanted), 1000):
        asked = select(Page.key, Page.last_checked).where(Page.key.in_(wanted[start : start + 1000]))
        later |= {key for key, seen in connection.execute(asked) if seen is not None and seen > keys[key]}
    kept: list[Item] = []
    for item in items:
        if isinstance(item, StillListed):
            listed = [key for key in item.keys if key not in later]
            kept.append(replace(item, keys=listed, told={k: v for k, v in item.told.items() if k not in later}))
        elif isinstance(item, Vanished):
            told = {key: said for key, said in item.told.items() if key not in later}
            kept.append(replace(item, told=told, unlisted=item.unlisted - later))
        elif not any(key in later for key, _ in _addresses_of(item)):
            kept.append(item)
    return kept


def _addresses_of(item: Item) -> list[tuple[str, datetime]]:
    """The keys of the addresses that an item tells of, and when it was seen."""
    if isinstance(item, StillListed):
        return [(key, item.at) for key in item.keys]
    if isinstance(item, Vanished):
        return [(key, item.at) for key in item.told]
    moment = getattr(item, "fetched_at", None) or getattr(item, "at", None)
    return [(key_of(item.url.split("#")[0]), moment)] if isinstance(moment, datetime) else []
