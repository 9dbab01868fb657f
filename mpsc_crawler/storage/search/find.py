"""Which articles does a query find, and in which order?

A query that finds few enough is ranked whole: BM25 on SQLite, ``ts_rank`` on PostgreSQL, a word in the headline counting eight
times one in the body; what says the words themselves comes before what says them within compounds. A query that finds
very many is not: there of its newest hits those come first that say it in their headline. Either way both databases find
the same articles.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Float,
    Integer,
    Select,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql

from mpsc_crawler.storage.models import Article
from mpsc_crawler.storage.queries import ArticleFilter, filtered
from mpsc_crawler.storage.search.compiled import for_postgresql, for_sqlite
from mpsc_crawler.storage.search.expand import stems_of, without_compounds
from mpsc_crawler.storage.search.index import NUMBER_BITS
from mpsc_crawler.storage.search.query import All, AnyOf, Node, Phrase, Stems
from mpsc_crawler.storage.search.understand import understood

RANKED = {"sqlite": 30_000, "postgresql": 8_000}
"""Up to so many hits are ranked one by one."""
_POOL, _NUMBER = 300, (1 << NUMBER_BITS) - 1


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found.

    :param numbers: the articles' numbers in their order.
    :param total: how many there are; ``None`` where they are too many to be counted quickly.
    :param stems: what to mark in the texts.
    :param held: by word of the query the compounds it was found in.
    :param ranked: whether all hits were ranked one by one.
    """

    numbers: tuple[int, ...]
    total: int | None
    stems: frozenset[str] = frozenset()
    held: dict[str, list[str]] = field(default_factory=dict)
    ranked: bool = True


def find(
    engine: Engine,
    query: str,
    wanted: ArticleFilter | None = None,
    *,
    limit: int = 20,
    newest: bool = False,
    compounds: bool = True,
) -> Found:
    """Look for articles.

    :param newest: by day of publication, the newest first, undated ones last.
    :param compounds: find a word as a part of others, too.
    :raises QueryError: the query cannot be understood.
    :raises NothingFoundError: the filter names what is not in the database.
    :raises NotIndexedError: the index is not ready.
    """
    wanted = wanted or ArticleFilter()
    chosen = filtered(engine, select(Article.id), wanted)
    with engine.connect() as connection:
        node, held = understood(connection, query, compounds=compounds)
        make = _Sqlite if connection.dialect.name == "sqlite" else _Postgresql
        search = make(connection, node, chosen, narrowed=wanted.narrows, gone=wanted.gone)
        found = _found(search, limit, newest=newest)
    return replace(found, stems=stems_of(node), held=held)


def _found(search: _Search, limit: int, *, newest: bool) -> Found:
    if newest or search.many():
        entries = search.newest(limit if newest else max(limit, _POOL))
        if newest:
            counted = None if search.many() else search.count()
            return Found(tuple(map(search.number_of, entries[:limit])), counted)
        said = search.in_headline(entries)
        entries = [n for n in entries if n in said] + [n for n in entries if n not in said]
        return Found(tuple(map(search.number_of, entries[:limit])), None, ranked=False)
    plain = without_compounds(search.node)
    best = list(search.best(plain, limit))
    if plain != search.node and len(best) < limit:
        known = set(best)
        best += [entry for entry in search.best(search.node, limit + len(known)) if entry not in known]
    return Found(tuple(map(search.number_of, best[:limit])), search.count())


def _in_headline(node: Node) -> Node:
    if isinstance(node, Stems | Phrase):
        return replace(node, field="headline")
    if isinstance(node, AnyOf):
        return AnyOf(tuple(_in_headline(inner) for inner in node.nodes))
    assert isinstance(node, All)
    return All(tuple(_in_headline(inner) for inner in node.wanted))


class _Search:
    """One search in one database. An entry is what the index calls an article."""

    entry: ColumnElement[int]
    number: ColumnElement[int]

    def __init__(self, connection: Connection, node: Node, chosen: Select[Any], *, narrowed: bool, gone: bool) -> None:
        self.run = connection.execute
        self.connection = connection
        self.node = node
        self.chosen = chosen
        self.narrowed = narrowed
        self.gone = gone

    def of_index(self, node: Node, told: Sequence[ColumnElement[Any]]) -> Select[Any]:
        """The index's entries that match, whatever the filter says."""
        raise NotImplementedError

    def rank(self, node: Node) -> ColumnElement[Any]:
        """Ascending: the best first."""
        raise NotImplementedError

    def many(self) -> bool:
        """Whether the hits are too many to be ranked one by one."""
        raise NotImplementedError

    def by_day(self, statement: Select[Any]) -> Select[Any]:
        """The newest first, undated ones last."""
        raise NotImplementedError

    def in_headline(self, entries: Sequence[int]) -> set[int]:
        """Which of these entries, the newest that there are, say it in their headline."""
        raise NotImplementedError

    def number_of(self, entry: int) -> int:
        """The number of an entry's article."""
        return entry

    def hits(self, node: Node, *told: ColumnElement[Any]) -> Select[Any]:
        """The hits that the filter lets pass: their entries, or what is ``told`` of them."""
        found = self.of_index(node, told or (self.entry,))
        if self.narrowed:
            return found.where(self.number.in_(self.chosen))
        if not self.gone:  # few are gone, so these are sorted out
            return found.where(self.number.not_in(select(Article.id).where(Article.gone_since.is_not(None))))
        return found

    def count(self) -> int:
        """How many hits the filter lets pass."""
        return int(self.run(self.hits(self.node, func.count())).scalar_one())

    def best(self, node: Node, limit: int) -> Iterable[int]:
        """The best hits."""
        ordered = self.hits(node).order_by(self.rank(node), self.entry.desc()).limit(limit)
        found: Iterable[int] = self.run(ordered).scalars()
        return found

    def newest(self, limit: int) -> list[int]:
        """The newest hits."""
        return list(self.run(self.by_day(self.hits(self.node)).limit(limit)).scalars())


class _Sqlite(_Search):
    """FTS5. Entries are numbered by day, so the newest are found without looking at the others."""

    entry = literal_column("rowid", Integer)
    number = literal_column(f"(rowid & {_NUMBER})", Integer)

    def number_of(self, entry: int) -> int:
        return entry & _NUMBER

    def of_index(self, node: Node, told: Sequence[ColumnElement[Any]]) -> Select[Any]:
        matches = text("search_index MATCH :q").bindparams(bindparam("q", for_sqlite(node), unique=True))
        return select(*told).select_from(table("search_index")).where(matches)

    def rank(self, node: Node) -> ColumnElement[Any]:
        return literal_column("bm25(search_index, 8.0, 3.0, 1.0, 0.5)", Float)

    def many(self) -> bool:
        some = self.of_index(self.node, (self.entry,)).limit(RANKED["sqlite"] + 1).subquery()
        return bool(self.run(select(func.count()).select_from(some)).scalar_one() > RANKED["sqlite"])

    def by_day(self, statement: Select[Any]) -> Select[Any]:
        return statement.order_by(self.entry.desc())

    def in_headline(self, entries: Sequence[int]) -> set[int]:
        if not entries:
            return set()
        told = self.of_index(_in_headline(self.node), (self.entry,))
        return set(self.run(told.where(self.entry >= min(entries), self.entry <= max(entries))).scalars())


class _Postgresql(_Search):
    entry = number = literal_column("article_id", Integer)

    def of_index(self, node: Node, told: Sequence[ColumnElement[Any]]) -> Select[Any]:
        asked: Any = bindparam("q", for_postgresql(node), unique=True)
        matches = text("vector @@ CAST(:q AS tsquery)").bindparams(asked)
        return select(*told).select_from(table("search_document")).where(matches)

    def rank(self, node: Node) -> ColumnElement[Any]:
        weights: ColumnElement[Any] = literal_column("CAST('{0.06, 0.125, 0.375, 1.0}' AS float4[])")
        asked: ColumnElement[Any] = cast(bindparam(None, for_postgresql(node)), postgresql.TSQUERY)
        return -func.ts_rank(weights, literal_column("vector", postgresql.TSVECTOR), asked, 1)

    def many(self) -> bool:
        """By the planner's estimate: counting would read every hit."""
        statement = self.of_index(self.node, (self.entry,)).compile(self.connection)
        told = self.connection.exec_driver_sql(
            f"EXPLAIN (FORMAT JSON) {statement}", statement.construct_params()
        ).scalar_one()
        plan = json.loads(told) if isinstance(told, str) else told
        return bool(plan[0]["Plan"]["Plan Rows"] > RANKED["postgresql"])

    def by_day(self, statement: Select[Any]) -> Select[Any]:
        return statement.order_by(literal_column("day").desc().nulls_last(), self.entry.desc())

    def in_headline(self, entries: Sequence[int]) -> set[int]:
        told = self.of_index(_in_headline(self.node), (self.entry,))
        return set(self.run(told.where(self.entry.in_(list(entries)))).scalars())
