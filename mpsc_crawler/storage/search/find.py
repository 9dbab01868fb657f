"""Which articles does a query find, and in which order?

A query that finds few enough is ranked whole: BM25 on SQLite, ``ts_rank`` on PostgreSQL, a word in the headline counting eight
times one in the body; what says the words themselves comes before what says them within compounds. A query that finds very many is not: there of its newest hits those come first that say it in
their headline. Either way both databases find the same articles.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Select, select, text

from mpsc_crawler.storage.models import Article, SourceRow
from mpsc_crawler.storage.queries import ArticleFilter, filtered
from mpsc_crawler.storage.search.compiled import for_postgresql, for_sqlite
from mpsc_crawler.storage.search.expand import stems_of, without_compounds
from mpsc_crawler.storage.search.query import All, AnyOf, Node, Phrase, Stems
from mpsc_crawler.storage.search.understand import HITS, understood

RANKED = {"sqlite": 60_000, "postgresql": 8_000}
"""Up to so many hits are ranked one by one."""
_POOL, _CHUNK = 300, 500
_BM25 = "bm25(search_index, 8.0, 3.0, 1.0, 0.5)"
_TS_RANK = "ts_rank('{0.06, 0.125, 0.375, 1.0}', d.vector, CAST(:q AS tsquery), 1)"


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
    chosen = filtered(engine, select(Article.id).join(SourceRow, SourceRow.id == Article.source_id), wanted)
    narrowed = wanted != ArticleFilter(gone=wanted.gone)
    with engine.connect() as connection:
        node, held = understood(connection, query, compounds=compounds)
        found = _found(connection, node, chosen, limit, newest=newest, narrowed=narrowed)
    return replace(found, stems=stems_of(node), held=held)


def _found(
    connection: Connection, node: Node, chosen: Select[Any], limit: int, *, newest: bool, narrowed: bool
) -> Found:
    search = _Sqlite(connection, node) if connection.dialect.name == "sqlite" else _Postgresql(connection, node)
    if search.many():
        pool = _first(search, connection, chosen, limit if newest else max(limit, _POOL))
        if not newest:
            told = search.of(pool, headline=True)
            pool = [n for n in pool if n in told] + [n for n in pool if n not in told]
        return Found(tuple(pool[:limit]), None, ranked=False)
    if newest:
        numbers = search.all()
        ordered = [number for some in _batched(numbers, 20_000) for number in connection.execute(
            chosen.where(Article.id.in_(some)).add_columns(Article.published_date)
        ).all()]  # fmt: skip
        ordered.sort(key=lambda row: (row[1] is not None, row[1] or 0, row[0]), reverse=True)
        return Found(tuple(row[0] for row in ordered[:limit]), len(ordered))
    return search.ranked(chosen, limit)


def _first(search: _Sqlite | _Postgresql, connection: Connection, chosen: Select[Any], number: int) -> list[int]:
    """The newest articles that match, found by walking from the newest back."""
    dated = chosen.where(Article.published_date.is_not(None)).order_by(Article.published_date.desc(), Article.id.desc())
    undated = chosen.where(Article.published_date.is_(None)).order_by(Article.id.desc())
    found: list[int] = []
    for statement in (dated, undated):
        rows = connection.execution_options(yield_per=_CHUNK).execute(statement).scalars()
        for some in _batched(rows, _CHUNK):
            matching_ones = search.of(some)
            found += [n for n in some if n in matching_ones]
            if len(found) >= number:
                return found[:number]
    return found


def _batched(numbers: Iterable[int], size: int) -> Iterator[tuple[int, ...]]:
    whole = iter(numbers)
    while some := tuple(islice(whole, size)):
        yield some


def _in_headline(node: Node) -> Node:
    if isinstance(node, Stems | Phrase):
        return replace(node, field="headline")
    if isinstance(node, AnyOf):
        return AnyOf(tuple(_in_headline(inner) for inner in node.nodes))
    assert isinstance(node, All)
    return All(tuple(_in_headline(inner) for inner in node.wanted))


class _Sqlite:
    def __init__(self, connection: Connection, node: Node) -> None:
        self.connection = connection
        self.node = node
        self.query = {"q": for_sqlite(node)}

    def many(self) -> bool:
        counted = text(
            f"SELECT count(*) FROM (SELECT rowid FROM search_index WHERE search_index MATCH :q LIMIT {RANKED['sqlite'] + 1})"  # noqa: S608
        )
        return bool(self.connection.execute(counted, self.query).scalar_one() > RANKED["sqlite"])

    def all(self) -> list[int]:
        return list(self.connection.execute(text(HITS["sqlite"]), self.query).scalars())

    def of(self, numbers: Sequence[int], *, headline: bool = False) -> set[int]:
        query = for_sqlite(_in_headline(self.node)) if headline else self.query["q"]
        listed = ",".join(map(str, numbers))
        statement = text(f"SELECT rowid FROM search_index WHERE search_index MATCH :q AND rowid IN ({listed})")  # noqa: S608 - integers
        return set(self.connection.execute(statement, {"q": query}).scalars())

    def ranked(self, chosen: Select[Any], limit: int) -> Found:
        statement = text(f"SELECT rowid, {_BM25} FROM search_index WHERE search_index MATCH :q")  # noqa: S608
        scored = sorted(self.connection.execute(statement, self.query).all(), key=lambda row: (row[1], -row[0]))
        return _among(_themselves_first([row[0] for row in scored], self), self.connection, chosen, limit)


def _themselves_first(numbers: list[int], search: _Sqlite | _Postgresql) -> list[int]:
    plain = without_compounds(search.node)
    if plain == search.node:
        return numbers
    say = set(type(search)(search.connection, plain).all())
    return [n for n in numbers if n in say] + [n for n in numbers if n not in say]


def _among(numbers: list[int], connection: Connection, chosen: Select[Any], limit: int) -> Found:
    """The first of the numbers that the filter lets pass, and how many it lets pass."""
    allowed: set[int] = set()
    for some in _batched(numbers, 20_000):
        allowed.update(connection.execute(chosen.where(Article.id.in_(some))).scalars())
    passed = [number for number in numbers if number in allowed]
    return Found(tuple(passed[:limit]), len(passed))


class _Postgresql:
    def __init__(self, connection: Connection, node: Node) -> None:
        self.connection = connection
        self.node = node
        self.query = {"q": for_postgresql(node)}

    def many(self) -> bool:
        """By the planner's estimate: counting would read every hit."""
        told = self.connection.execute(text(f"EXPLAIN (FORMAT JSON) {HITS['postgresql']}"), self.query).scalar_one()
        plan = json.loads(told) if isinstance(told, str) else told
        return bool(plan[0]["Plan"]["Plan Rows"] > RANKED["postgresql"])

    def all(self) -> list[int]:
        return list(self.connection.execute(text(HITS["postgresql"]), self.query).scalars())

    def of(self, numbers: Sequence[int], *, headline: bool = False) -> set[int]:
        query = for_postgresql(_in_headline(self.node)) if headline else self.query["q"]
        statement = text(
            "SELECT article_id FROM search_document WHERE article_id = ANY(:some) AND vector @@ CAST(:q AS tsquery)"
        )
        return set(self.connection.execute(statement, {"q": query, "some": list(numbers)}).scalars())

    def ranked(self, chosen: Select[Any], limit: int) -> Found:
        statement = text(
            f"SELECT d.article_id FROM search_document d WHERE d.vector @@ CAST(:q AS tsquery) ORDER BY {_TS_RANK} DESC, d.article_id DESC"  # noqa: S608
        )
        numbers = list(self.connection.execute(statement, self.query).scalars())
        return _among(_themselves_first(numbers, self), self.connection, chosen, limit)
