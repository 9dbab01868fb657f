"""An article as one flat row, for tables: CSV and Parquet. Texts only where their pages let them go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine

from mpsc_crawler.export.rights import longest_snippet, withheld
from mpsc_crawler.storage import queries
from mpsc_crawler.storage.queries import ArticleFilter

COLUMNS: dict[str, type] = {
    "number": int, "source": str, "source_name": str, "published": date, "published_at": datetime, "precision": str, "edtf": str,
    "modified": str, "headline": str, "url": str, "language": str, "words": int, "topics": list, "mentions": list, "authors": list,
    "tags": list, "story": int, "first_seen": datetime, "last_seen": datetime, "gone_since": datetime, "gone_reason": str,
    "codebook": str, "software": str, "identity": str, "withheld": list,
}  # fmt: skip
"""The columns of a row, each with its type; lists hold texts. Moments are UTC."""
TEXTS: dict[str, type] = {"kicker": str, "teaser": str, "body": str}
"""Columns that only come where texts are asked for."""


def records(
    engine: Engine, wanted: ArticleFilter, limit: int | None = None, *, texts: bool = False, reserved: bool = False
) -> Iterator[dict[str, Any]]:
    """The articles, newest first, streaming.

    :param texts: with kicker, teaser and body; ``None`` where the page keeps them to itself, unless ``reserved``.
    """
    for row, parts in queries.with_parts(engine, wanted, limit, ("topics", "mentions")):
        closed = withheld(row.rights) or (
            [f"max-snippet:{longest}"] if (longest := longest_snippet(row.rights)) else []
        )
        entry: dict[str, Any] = {
            "number": row.id,
            "source": row.source,
            "source_name": row.source_name,
            "published": row.published_date,
            "published_at": row.published_at,
            "precision": row.published_precision,
            "edtf": row.published_edtf,
            "modified": row.modified_edtf,
            "headline": row.headline,
            "url": row.url,
            "language": row.language,
            "words": row.word_count,
            "topics": [topic["topic"] for topic in parts["topics"]],
            "mentions": list(dict.fromkeys(m["entity"] for m in parts["mentions"])),
            "authors": row.authors,
            "tags": row.tags,
            "story": row.story_id,
            "first_seen": row.first_seen,
            "last_seen": row.last_seen,
            "gone_since": row.gone_since,
            "gone_reason": row.gone_reason,
            "codebook": row.codebook_version,
            "software": row.software,
            "identity": row.identity,
            "withheld": closed,
        }
        if texts:
            free = reserved or not closed
            entry |= {name: getattr(row, name) if free else None for name in TEXTS}
        yield entry
