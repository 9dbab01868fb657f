"""Tables: CSV that a spreadsheet opens without running anything, and Parquet. Both stream."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from mpsc_crawler.export.files import ExportError, atomic, atomic_bytes
from mpsc_crawler.export.records import COLUMNS, TEXTS

_BATCH = 5_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: Any, *, safe: bool = True) -> str:  # noqa: ANN401 - a value of a row
    """A value as a cell's text: lists joined by ``; ``, moments and days in ISO 8601, nothing for unknown.

    :param safe: what a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV Injection").
    """
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    elif isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    elif isinstance(value, date):
        return value.isoformat()
    elif not isinstance(value, str):
        return str(value)
    text = value.replace("\0", "")
    return f"'{text}" if safe and text.startswith(_FORMULA) else text


def write_csv(path: Path, rows: Iterable[dict[str, Any]], *, texts: bool = False, delimiter: str = ",") -> int:
    """Write rows as CSV (RFC 4180, UTF-8 with the mark by which spreadsheets know it); returns how many.

    :raises ExportError: the file cannot be written.
    """
    columns = [*COLUMNS, *(TEXTS if texts else ())]
    number = 0
    with atomic(path) as stream:
        stream.write("\ufeff")
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([cell(row[name]) for name in columns])
            number += 1
    return number


def write_parquet(path: Path, rows: Iterable[dict[str, Any]], *, texts: bool = False) -> int:
    """Write rows as Parquet (zstd), typed, in batches; returns how many.

    :raises ExportError: pyarrow is missing, or the file cannot be written.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise ExportError("Parquet needs pyarrow; install it with: pip install 'mpsc-crawler[research]'") from error
    types = {
        int: pa.int64(), str: pa.string(), date: pa.date32(), datetime: pa.timestamp("us", tz="UTC"), list: pa.list_(pa.string()),
    }  # fmt: skip
    columns = COLUMNS | (TEXTS if texts else {})
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    number = 0
    with atomic_bytes(path) as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            number += len(batch)
    return number


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    whole = iter(rows)
    while batch := list(islice(whole, _BATCH)):
        yield batch
