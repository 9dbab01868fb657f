"""A query as this database takes it."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, Integer, TextualSelect, column, text

from mpsc_crawler.storage.search.compiled import for_postgresql, for_sqlite
from mpsc_crawler.storage.search.expand import expand
from mpsc_crawler.storage.search.index import NUMBER_BITS, is_current
from mpsc_crawler.storage.search.query import Node, parse_query
from mpsc_crawler.storage.session import DatabaseError

HITS = {
    "sqlite": f"SELECT rowid & {(1 << NUMBER_BITS) - 1} FROM search_index WHERE search_index MATCH :q",  # noqa: S608 - an integer
    "postgresql": "SELECT article_id FROM search_document WHERE vector @@ CAST(:q AS tsquery)",
}
"""The numbers of all articles that a query finds, in no order."""


class NotIndexedError(DatabaseError):
    """The index is not made, or by other rules. Fit to be shown."""


def ready(connection: Connection) -> None:
    """Make sure that all articles are indexed, by today's rules.

    :raises NotIndexedError: they are not.
    """
    if not is_current(connection):
        raise NotIndexedError(
            "the articles of this database are not indexed for the search yet; run `mpsc db reindex` once"
        )


def understood(connection: Connection, query: str, *, compounds: bool = True) -> tuple[Node, dict[str, list[str]]]:
    """The query in the stems of the corpus, and by its words the compounds that hold them.

    :raises QueryError: it cannot be understood.
    :raises NotIndexedError: the index is not ready.
    """
    node = parse_query(query)
    ready(connection)
    return expand(connection, node, compounds=compounds)


def hits(engine: Engine, query: str) -> TextualSelect:
    """The numbers of all articles that a query finds, to be used within another statement.

    :raises QueryError: it cannot be understood.
    :raises NotIndexedError: the index is not ready.
    """
    with engine.connect() as connection:
        node, _ = understood(connection, query)
    compiled = for_sqlite(node) if engine.dialect.name == "sqlite" else for_postgresql(node)
    return text(HITS[engine.dialect.name]).bindparams(q=compiled).columns(column("id", Integer))
