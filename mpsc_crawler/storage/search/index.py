"""The index: what articles say, as stems, kept up with every article that is written; made anew when the rules change."""

from __future__ import annotations

import logging
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from mpsc_crawler.language.stemming import ANALYSIS, also, tokens
from mpsc_crawler.storage.models import Article, SearchState, SearchWord
from mpsc_crawler.storage.session import begin_writing, explain

logger = logging.getLogger("mpsc")
_LEAST, _BATCH, _GAP, _LAST = 3, 500, 50, 16_383  # PostgreSQL keeps no position beyond the last
_WEIGHTS = ("A", "B", "C")
NUMBER_BITS = 28
"""So many bits of an entry's number in SQLite are the article's."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it is indexed: the stems of its fields in their order, and its words with their stems and as they are written."""

    number: int
    day: date | None
    fields: tuple[list[str], list[str], list[str]]
    also: list[str]
    words: dict[str, tuple[str, str]]


def entry_of(told: Document) -> int:
    """The number of an article's entry in SQLite's index: the newer, the greater; undated ones are the smallest."""
    return ((told.day.toordinal() if told.day else 0) << NUMBER_BITS) | told.number


def document(number: int, day: date | None, headline: str | None, lead: Iterable[str | None], body: str) -> Document:
    """Analyse an article.

    :param lead: kicker, teaser and tags; each begins anew, so that no phrase crosses two of them.
    """
    words: dict[str, tuple[str, str]] = {}

    def stems(part: str) -> list[str]:
        found = []
        for token in tokens(part):
            if token.word not in words:
                words[token.word] = (token.stem, token.written)
            found.append(token.stem)
        return found

    told = [part for part in lead if part]
    leading: list[str] = []
    for part in told:
        leading += [*([_BREAK] if leading else []), *stems(part)]
    fields = (stems(headline or ""), leading, stems(body))
    more = also("\n".join((headline or "", *told, body)), set(words))
    return Document(
        number,
        day,
        fields,
        more,
        {word: told for word, told in words.items() if len(word) >= _LEAST and not word.isdigit()},
    )


_BREAK = "\u2029"  # the paragraph separator: no word, so no query holds it


def write_index(connection: Connection, documents: Sequence[Document], *, known: set[str] | None = None) -> None:
    """Put articles into the index, in the place of what it held of them.

    :param known: words that are stored for sure; the new ones are added.
    """
    if not documents:
        return
    if connection.dialect.name == "sqlite":
        ordered = sorted(documents, key=entry_of)  # FTS5 writes much faster in this order
        old = "(SELECT entry FROM search_key WHERE article_id = :n)"
        connection.execute(text(f"DELETE FROM search_index WHERE rowid = {old}"), [{"n": t.number} for t in ordered])  # noqa: S608
        connection.execute(
            text("INSERT OR REPLACE INTO search_key(article_id, entry) VALUES (:n, :entry)"),
            [{"n": told.number, "entry": entry_of(told)} for told in ordered],
        )
        connection.execute(
            text(
                "INSERT INTO search_index(rowid, headline, lead, body, also) VALUES (:n, :headline, :lead, :body, :also)"
            ),
            [
                {
                    "n": entry_of(told),
                    **dict(zip(("headline", "lead", "body"), map(" ".join, told.fields), strict=True)),
                    "also": " ".join(told.also),
                }
                for told in ordered
            ],
        )
    else:
        connection.execute(
            text(
                "INSERT INTO search_document(article_id, day, vector) VALUES (:n, :day, CAST(:vector AS tsvector))"
                " ON CONFLICT (article_id) DO UPDATE SET day = excluded.day, vector = excluded.vector"
            ),
            [{"n": told.number, "day": told.day, "vector": _vector(told)} for told in documents],
        )
    words: dict[str, tuple[str, str]] = {}
    for told in documents:
        words.update(told.words)
    if known is not None:
        words = {word: told for word, told in words.items() if word not in known}
        known.update(words)
    if words:
        make: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        # in one order for all: two writers that meet then wait, and do not lock each other out
        rows = [{"word": word, "stem": words[word][0], "written": words[word][1]} for word in sorted(words)]
        connection.execute(make(SearchWord).on_conflict_do_nothing(), rows)


def _vector(told: Document) -> str:
    positions: dict[str, list[str]] = {}
    at = 1
    for weight, stems in zip(_WEIGHTS, told.fields, strict=True):
        for stem in stems:
            if stem != _BREAK:
                positions.setdefault(stem, []).append(f"{min(at, _LAST)}{weight}")
            at += 1
        at += _GAP
    for stem in told.also:
        positions.setdefault(stem, []).append(f"{min(at, _LAST)}D")
        at += 2
    return " ".join(f"'{stem}':{','.join(where[:256])}" for stem, where in positions.items())


def is_current(connection: Connection) -> bool:
    """Whether all articles are indexed, by today's rules."""
    return connection.execute(select(SearchState.analysis)).scalar() == ANALYSIS


def _documents(connection: Connection, numbers: Sequence[int]) -> list[Document]:
    columns: tuple[Any, ...] = (
        Article.id,
        Article.published_date,
        Article.headline,
        Article.kicker,
        Article.teaser,
        Article.tags,
        Article.body,
    )
    return [
        document(row.id, row.published_date, row.headline, (row.kicker, row.teaser, *row.tags), row.body)
        for row in connection.execute(select(*columns).where(Article.id.in_(numbers)))
    ]


def index_if_needed(engine: Engine, stop: Callable[[], bool] = lambda: False) -> None:
    """Index all articles where that was never done, or by other rules; as :func:`reindex`."""
    with engine.connect() as connection:
        current = is_current(connection)
    if not current and not stop():
        logger.warning("making the search's index: it is not there yet, or its rules have changed")
        reindex(engine, stop=stop)


def reindex(
    engine: Engine,
    progress: Callable[[int, int], None] = lambda done, of: None,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Index all articles anew; returns how many. While it runs, and if it is ended early, the search says that it is not ready.

    :param progress: told how many of how many are done.
    :param stop: asked between two batches; whether to end early.
    :raises DatabaseError: the database refused; what is indexed so far stays.
    """
    try:
        with engine.begin() as connection:
            begin_writing(connection)
            connection.execute(delete(SearchState))
            if engine.dialect.name == "sqlite":
                for statement in (
                    "DELETE FROM search_index",
                    "DELETE FROM search_key",
                    "INSERT INTO search_word_trigram(search_word_trigram) VALUES ('delete-all')",
                ):
                    connection.execute(text(statement))
            else:
                connection.execute(text("DELETE FROM search_document"))
            connection.execute(delete(SearchWord))
            # by day, as entries are numbered; what comes meanwhile is indexed by who writes it
            order = (Article.published_date, Article.id)
            numbers = array("q", connection.execute(select(Article.id).order_by(*order)).scalars())
        known: set[str] = set()
        for start in range(0, len(numbers), _BATCH):
            if stop():
                return start
            with engine.begin() as connection:
                begin_writing(connection)
                write_index(connection, _documents(connection, numbers[start : start + _BATCH]), known=known)
            progress(min(start + _BATCH, len(numbers)), len(numbers))
        with engine.begin() as connection:
            begin_writing(connection)
            connection.execute(delete(SearchState))
            connection.execute(insert(SearchState).values(id=1, analysis=ANALYSIS))
        return len(numbers)
    except SQLAlchemyError as error:
        raise explain(error, str(engine.url)) from error
