"""Atom (RFC 4287), made of the same items as the JSON feeds, streaming.

Atom wants a moment of the last change for every entry: that of the page's modification, else of its publication, else of our first
look; ``published`` is left out where the page does not tell it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from mpsc_crawler.export.files import atomic
from mpsc_crawler.items import BERLIN

_ATOM = "http://www.w3.org/2005/Atom"
_REPEATED = f' xmlns="{_ATOM}"'


def write_feed(
    path: Path,
    title: str,
    items: Iterable[dict[str, Any]],
    *,
    home_page: str | None = None,
    feed_url: str | None = None,
) -> int:
    """Write one feed; returns how many entries there were. ``items`` are those of :func:`mpsc_crawler.export.jsonfeed.item`.

    The feed's own ``updated`` is that of its newest entry, so that an unchanged feed is the same file; it stands behind the entries, as RFC
    4287 (4.1) lets it, so that none need be held till then.
    """
    identity = feed_url or f"urn:mpsc:feed:{hashlib.sha256(f'{title} {path.name}'.encode()).hexdigest()[:32]}"
    updated, number = datetime.fromtimestamp(0, UTC), 0
    with atomic(path) as stream:

        def write(element: etree._Element) -> None:
            stream.write(etree.tostring(element, encoding="unicode").replace(_REPEATED, "", 1) + "\n")

        stream.write(f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="{_ATOM}">\n')
        write(_element("id", identity))
        write(_element("title", title))
        if home_page:
            write(_element("link", href=home_page, rel="alternate"))
        if feed_url:
            write(_element("link", href=feed_url, rel="self"))
        for item in items:
            moment = _changed(item)
            updated = max(updated, datetime.fromisoformat(moment))
            write(_entry(item, moment))
            number += 1
        write(_element("updated", updated.astimezone(BERLIN).isoformat(timespec="seconds")))
        stream.write("</feed>\n")
    return number


def _changed(item: dict[str, Any]) -> str:
    told: str = item.get("date_modified") or item.get("date_published") or item["_mpsc"]["first_seen"]
    return told


def _element(tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    spaces: Any = {None: _ATOM}
    element = etree.Element(f"{{{_ATOM}}}{tag}", attributes, nsmap=spaces)
    element.text = text
    return element


def _entry(item: dict[str, Any], moment: str) -> etree._Element:
    entry = _element("entry")
    published = item.get("date_published")
    told = item["_mpsc"]
    add = entry.append
    add(_element("id", item["id"]))
    add(_element("title", item.get("title") or item["url"]))
    add(_element("updated", moment))
    if published:
        add(_element("published", published))
    add(
        _element(
            "link",
            href=item["url"],
            rel="alternate",
            **({"hreflang": item["language"]} if item.get("language") else {}),
        )
    )
    for attachment in item.get("attachments", ()):
        add(_element("link", href=attachment["url"], rel="enclosure", type=attachment["mime_type"]))
    authors = item.get("authors") or [{"name": told["source"]}]
    for author in authors:
        holder = _element("author")
        holder.append(_element("name", author["name"]))
        add(holder)
    for tag in item.get("tags", ()):
        add(_element("category", term=tag))
    add(_element("summary", item["content_text"]))
    return entry
