"""The rows that belong to an article, and those that tell its states: written, replaced, read back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from mpsc_crawler.items import (
    NewsArticle,
)
from mpsc_crawler.storage import rows
from mpsc_crawler.storage.search.index import document, write_index


def revision_row(
    run_id: int, article_id: int, digest: str, at: datetime, diff: dict[str, Any], origin: str
) -> dict[str, Any]:
    """A state of an article as its row; ``origin`` is ``first``, ``publisher`` or ``reextraction``."""
    return {
        "article_id": article_id,
        "run_id": run_id,
        "seen_at": at,
        "origin": origin,
        "content_hash": digest,
        "diff": diff,
    }


def write_parts(connection: Connection, articles: Sequence[tuple[int, NewsArticle]]) -> None:
    """Add the dates, topics, mentions, media and evidence of articles, by their numbers, and what the search looks at."""
    for table, values_of in rows.PART_ROWS.items():
        values = [row for ident, article in articles for row in values_of(ident, article)]
        if values:
            connection.execute(insert(table), values)
    write_index(
        connection,
        [
            document(
                number, a.published.day if a.published else None, a.headline, (a.kicker, a.teaser, *a.tags), a.body
            )
            for number, a in articles
        ],
    )


def rewrite_parts(connection: Connection, articles: Sequence[tuple[int, NewsArticle]]) -> None:
    """Put the parts of articles in the place of those that are stored."""
    for part in rows.PART_ROWS if articles else ():
        connection.execute(delete(part).where(part.article_id.in_([number for number, _ in articles])))
    write_parts(connection, articles)


def stored_parts(
    connection: Connection, ids: Sequence[int], tables: Iterable[type[Any]] = tuple(rows.PART_ROWS)
) -> dict[int, rows.Parts]:
    """By article and table the rows that are stored, as :data:`rows.PART_ROWS` makes them."""
    found: dict[int, rows.Parts] = {number: {table: [] for table in tables} for number in ids}
    for table in tables:
        columns = [column for column in table.__table__.columns if column.name != "id"]
        for row in connection.execute(select(*columns).where(table.article_id.in_(ids)).order_by(table.id)):
            found[row.article_id][table].append(dict(row._mapping))
    return found
