"""Which feeds there are: of everything, per source, per topic, per state; or the one that a filter names. In several forms.

What a page does not want in an index stands in no feed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from mpsc_crawler.export import atom, jsonfeed
from mpsc_crawler.export.jsonfeed import item
from mpsc_crawler.export.rights import in_feeds
from mpsc_crawler.language.codebook import shipped_codebook
from mpsc_crawler.storage import queries
from mpsc_crawler.storage.queries import ArticleFilter

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Form:
    """A form of feed: how its files are called and written."""

    suffix: str
    write: Callable[..., int]


JSON_FEED = Form("feed.json", jsonfeed.write_feed)
ATOM = Form("atom.xml", atom.write_feed)


def _items(engine: Engine, wanted: ArticleFilter, limit: int | None, *, full_text: bool) -> Iterator[dict[str, Any]]:
    for row, parts in queries.with_parts(engine, wanted, limit):
        if in_feeds(row.rights):
            yield item(row, parts, full_text=full_text)


def export_feeds(
    engine: Engine,
    folder: Path,
    wanted: ArticleFilter,
    *,
    limit: int | None = 200,
    full_text: bool = False,
    base_url: str | None = None,
    form: Form = JSON_FEED,
) -> list[tuple[Path, int]]:
    """Write the feed of all articles, one per source, one per topic and one per state (or the one that ``wanted`` names).

    :param limit: newest items per feed, ``None`` for all.
    :param base_url: where the folder will be served, for ``feed_url``.
    :returns: the files with their number of items.
    """
    queries.count(engine, wanted)  # a filter that names nothing is told before a file is touched
    written: list[tuple[Path, int]] = []

    def write(name: str, title: str, selection: ArticleFilter, home_page: str | None = None) -> None:
        path = folder / f"{name}.{form.suffix}"
        address = f"{base_url.rstrip('/')}/{name}.{form.suffix}" if base_url else None
        items = _items(engine, selection, limit, full_text=full_text)
        number = form.write(path, title, items, home_page=home_page, feed_url=address)
        written.append((path, number))

    named = _named(wanted)
    if named:
        name = "-".join(slug(part) for part in named)
        write(name, f"Modellprojekte Smart Cities: {', '.join(named)}", wanted)
        return written
    write("all", "Modellprojekte Smart Cities: alle Nachrichten", wanted)
    known = queries.sources(engine)
    for source in known:
        if source.articles:
            write(f"source/{source.slug}", source.name, replace(wanted, source=source.slug), source.website)
    book = shipped_codebook()
    for topic, _count in queries.topics(engine):
        write(f"topic/{topic}", f"Modellprojekte Smart Cities: {book.label_of(topic)}", replace(wanted, topic=topic))
    for state in sorted({state for source in known if source.articles for state in source.states}):
        write(f"state/{slug(state)}", f"Modellprojekte Smart Cities: {state}", replace(wanted, state=state))
    return written


def _named(wanted: ArticleFilter) -> list[str]:
    """What a filter asks for that makes a feed of its own."""
    cohort = f"Kohorte {wanted.cohort}" if wanted.cohort is not None else None
    told = (wanted.source, wanted.topic, wanted.state, wanted.municipality, cohort, wanted.query)
    return [part for part in told if part]


def slug(text: str) -> str:
    """A text as a part of a file's name: ASCII letters and digits, ``ü`` as ``ue``.

    What leaves nothing of itself gets a name by its hash; so does what would be longer than 60 letters.
    """
    plain = text.lower().translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if 0 < len(plain) <= 60:
        return plain
    return f"{plain[:48]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}".strip("-")
