"""The index: what articles say, as stems, kept up with every article that is written; made anew when the rules change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from mpsc_crawler.language.stemming import ANALYSIS, also, tokens
from mpsc_crawler.storage.models import Article, SearchState, SearchWord
from mpsc_crawler.storage.session import begin_writing, explain

_LEAST, _BATCH, _GAP, _LAST = 3, 500, 50, 16_383  # PostgreSQL keeps no position beyond the last
_WEIGHTS = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it is indexed: the stems of its fields in their order, and its words with their stems and as they are written."""

    number: int
    fields: tuple[list[str], list[str], list[str]]
    also: list[str]
    words: dict[str, tuple[str, str]]


def document(number: int, headline: str | None, lead: Iterable[str | None], body: str) -> Document:
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
        number, fields, more, {word: told for word, told in words.items() if len(word) >= _LEAST and not word.isdigit()}
    )


_BREAK = "\u2029"  # the paragraph separator: no word, so no query holds it


def write_index(connection: Connection, documents: Sequence[Document], *, known: set[str] | None = None) -> None:
    """Put articles into the index, in the place of what it held of them.

    :param known: words that are stored for sure; the new ones are added.
    """
    if not documents:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(
            text("DELETE FROM search_index WHERE rowid = :n"), [{"n": told.number} for told in documents]
        )
        connection.execute(
            text(
                "INSERT INTO search_index(rowid, headline, lead, body, also) VALUES (:n, :headline, :lead, :body, :also)"
            ),
            [
                {
                    "n": told.number,
                    **dict(zip(("headline", "lead", "body"), map(" ".join, told.fields), strict=True)),
                    "also": " ".join(told.also),
                }
                for told in documents
            ],
        )
    else:
        connection.execute(
            text(
                "INSERT INTO search_document(article_id, vector) VALUES (:n, CAST(:vector AS tsvector))"
                " ON CONFLICT (article_id) DO UPDATE SET vector = excluded.vector"
            ),
            [{"n": told.number, "vector": _vector(told)} for told in documents],
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


def _documents(connection: Connection, after: int) -> list[Document]:
    columns = (Article.id, Article.headline, Article.kicker, Article.teaser, Article.tags, Article.body)
    rows = connection.execute(select(*columns).where(Article.id > after).order_by(Article.id).limit(_BATCH))
    return [document(row.id, row.headline, (row.kicker, row.teaser, *row.tags), row.body) for row in rows]


def reindex(engine: Engine, progress: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Index all articles anew; returns how many. While it runs, and if it is ended early, the search says that it is not ready.

    :param progress: told how many of how many are done.
    :raises DatabaseError: the database refused; what is indexed so far stays.
    """
    try:
        with engine.begin() as connection:
            begin_writing(connection)
            connection.execute(delete(SearchState))
            if engine.dialect.name == "sqlite":
                for statement in (
                    "DELETE FROM search_index",
                    "INSERT INTO search_word_trigram(search_word_trigram) VALUES ('delete-all')",
                ):
                    connection.execute(text(statement))
            else:
                connection.execute(text("DELETE FROM search_document"))
            connection.execute(delete(SearchWord))
            total = connection.execute(select(func.count(Article.id))).scalar_one()
        known: set[str] = set()
        after, done = 0, 0
        while True:
            with engine.begin() as connection:
                begin_writing(connection)
                batch = _documents(connection, after)
                if not batch:
                    connection.execute(delete(SearchState))
                    connection.execute(insert(SearchState).values(id=1, analysis=ANALYSIS))
                    break
                write_index(connection, batch, known=known)
                after, done = batch[-1].number, done + len(batch)
            progress(done, total)
        return done
    except SQLAlchemyError as error:
        raise explain(error, str(engine.url)) from error
