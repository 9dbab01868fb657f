"""JSON Lines: one article per line with every part and its evidence, for programs."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from mpsc_crawler.export.files import atomic
from mpsc_crawler.export.rights import without_texts
from mpsc_crawler.storage import queries
from mpsc_crawler.storage.queries import ArticleFilter

_LEFT_OUT = queries.INTERNAL | {"source_id", "page_id"}


def plain(value: Any) -> str:  # noqa: ANN401 - what json cannot write itself
    """Dates and moments as ISO 8601, for ``json.dumps(default=...)``.

    :raises TypeError: anything else.
    """
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


def export_jsonl(
    engine: Engine, path: Path, wanted: ArticleFilter, limit: int | None = None, *, reserved: bool = False
) -> int:
    """Write the articles, newest first, streaming; returns how many there were. Times are UTC.

    :param reserved: also write texts that their pages keep to themselves.
    """
    number = 0
    with atomic(path) as stream:
        for row, parts in queries.with_parts(engine, wanted, limit):
            record = {k: v for k, v in row._mapping.items() if k not in _LEFT_OUT} | parts
            record = record if reserved else without_texts(record)
            stream.write(json.dumps(record, ensure_ascii=False, default=plain) + "\n")
            number += 1
    return number
