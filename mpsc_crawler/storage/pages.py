"""The addresses we know: added, updated, their failures counted."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from mpsc_crawler.storage import rows
from mpsc_crawler.storage.models import Page

Name = tuple[int, str]
_AT_ONCE = 1000  # a database takes so many parameters and no more


def write_pages(
    connection: Connection, pages: dict[Name, dict[str, Any]]
) -> tuple[dict[Name, int], dict[Name, tuple[str | None, Any]]]:
    """Add or update addresses.

    :returns: their numbers by source and key; and of those that were known the hash of what they answered last time, with
        what lists had told.
    """
    if not pages:
        return {}, {}
    keys = sorted({key for _, key in pages})
    columns = (Page.id, Page.source_id, Page.key, Page.content_hash, Page.told)
    known: dict[Name, int] = {}
    before: dict[Name, tuple[str | None, Any]] = {}
    for start in range(0, len(keys), _AT_ONCE):
        for row in connection.execute(select(*columns).where(Page.key.in_(keys[start : start + _AT_ONCE]))):
            known[row.source_id, row.key] = row.id
            before[row.source_id, row.key] = (row.content_hash, row.told)
    fresh = {name for name in pages if name not in known}
    if fresh:
        names_of = sorted(fresh)
        values = [rows.page_insert(source_id, key, pages[source_id, key]) for source_id, key in names_of]
        result = connection.execute(insert(Page).returning(Page.id, sort_by_parameter_order=True), values)
        known.update(zip(names_of, result.scalars(), strict=True))
    grouped: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for name, page in pages.items():
        if name in fresh or "queued" in page:
            continue  # what another run has stored meanwhile need not wait
        values_of = {k: v for k, v in page.items() if k not in ("failed", "role")}
        grouped[tuple(sorted(values_of))].append({**values_of, "b_id": known[name], "b_failed": page["failed"]})
    for names, changes in grouped.items():
        _update_pages(connection, names, [c for c in changes if c["b_failed"]], failed=True)
        _update_pages(connection, names, [c for c in changes if not c["b_failed"]], failed=False)
    return known, before


def _update_pages(
    connection: Connection, names: tuple[str, ...], changes: list[dict[str, Any]], *, failed: bool
) -> None:
    if not changes:
        return
    table = Page.__table__
    values: dict[str, Any] = {name: bindparam(f"v_{name}") for name in names}
    values["failures_in_row"] = table.c.failures_in_row + 1 if failed else 0
    if not failed:
        values["failure"] = None
    statement = (
        update(Page).where(table.c.id == bindparam("b_id")).values(values).execution_options(synchronize_session=False)
    )
    connection.execute(statement, [{"b_id": c["b_id"], **{f"v_{n}": c[n] for n in names}} for c in changes])
