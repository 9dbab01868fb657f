"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).

A date of day precision becomes midnight in Europe/Berlin, with ``_mpsc.precision`` saying so; a coarser one is left
out. ``content_text`` is the teaser (or the first paragraph) unless full texts are asked for; the headline where the page
keeps its text to itself. What a page does not want in an index stands in no feed.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mpsc_crawler.export.files import atomic
from mpsc_crawler.export.rights import longest_snippet, withheld
from mpsc_crawler.items import BERLIN
from mpsc_crawler.language.codebook import shipped_codebook

VERSION = "https://jsonfeed.org/version/1.1"
_EXCERPT = 400


def moment(day: date | None, at: datetime | None, precision: str | None) -> str | None:
    """The RFC 3339 moment of a date, or ``None`` for a date coarser than a day."""
    if at is not None:
        return at.astimezone(BERLIN).isoformat(timespec="seconds")
    if day is None or precision not in (None, "day", "minute"):
        return None
    return datetime.combine(day, time(), tzinfo=BERLIN).isoformat(timespec="seconds")


def excerpt(teaser: str | None, body: str) -> str:
    """The teaser, else the first paragraph, cut at a word."""
    text = (teaser or body.split("\n\n", 1)[0]).strip()
    if len(text) <= _EXCERPT:
        return text
    return text[:_EXCERPT].rsplit(" ", 1)[0].rstrip(" ,;:–-") + " …"


def item(row: Any, parts: dict[str, list[dict[str, Any]]], *, full_text: bool) -> dict[str, Any]:  # noqa: ANN401 - a database row
    """One article as a feed item."""
    images = parts.get("images", [])
    topics = [topic["topic"] for topic in parts.get("topics", [])]
    book = shipped_codebook()
    reasons, longest = withheld(row.rights), longest_snippet(row.rights)
    closed = bool(reasons)
    text = row.body if full_text and longest is None else excerpt(row.teaser, row.body)[:longest]
    entry: dict[str, Any] = {
        "id": f"urn:mpsc:article:{quote(row.identity, safe=':/#=')}",
        "url": row.url,
        "title": row.headline,
        "content_text": row.headline or row.url if closed else text,
        "summary": row.teaser if full_text and not closed and longest is None else None,
        "image": next((image["url"] for image in images), None),
        "date_published": moment(row.published_date, row.published_at, row.published_precision),
        "date_modified": moment(row.modified_date, row.modified_at, None),
        "authors": [{"name": name} for name in row.authors] or None,
        "tags": list(dict.fromkeys([*row.tags, *map(book.label_of, topics)])) or None,
        "language": row.language,
        "attachments": [
            {
                "url": a["url"],
                "mime_type": mimetypes.guess_type(f"x.{a['type']}")[0] or "application/octet-stream",
                **({"title": a["title"]} if a["title"] else {}),
            }
            for a in parts.get("attachments", [])
        ]
        or None,
    }
    entry = {name: value for name, value in entry.items() if value is not None}
    entry["_mpsc"] = {
        "about": "https://www.smart-city-dialog.de/",
        "source": row.source,
        "precision": row.published_precision,
        "published": row.published_edtf,
        "topics": topics,
        "story": row.story_id,
        "rights": row.rights or {},
        "withheld": reasons,
        "mentions": _mentioned(parts.get("mentions", [])),
        "first_seen": row.first_seen.isoformat(timespec="seconds"),
    }
    return entry


def _mentioned(mentions: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What is named, each once, in the order of the text: key of the official register, project or body."""
    found = dict.fromkeys((m["entity"], m["kind"]) for m in mentions)
    return [{"entity": entity, "kind": kind} for entity, kind in found]


def write_feed(
    path: Path,
    title: str,
    items: Iterable[dict[str, Any]],
    *,
    home_page: str | None = None,
    feed_url: str | None = None,
) -> int:
    """Write one feed, item by item; returns how many there were."""
    head: dict[str, Any] = {"version": VERSION, "title": title, "language": "de"}
    if home_page:
        head["home_page_url"] = home_page
    if feed_url:
        head["feed_url"] = feed_url
    number = 0
    with atomic(path) as stream:
        stream.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "items": [')
        for entry in items:
            stream.write((",\n" if number else "\n") + json.dumps(entry, ensure_ascii=False))
            number += 1
        stream.write("\n]}\n")
    return number
