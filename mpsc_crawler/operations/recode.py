"""Applies a codebook to what is stored already: topics of every article, and whether town halls' pages belong.

Texts are never changed. Each batch is a transaction of its own: what a stopped run has done stays, and the same command
finishes the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from mpsc_crawler.items import TopicMatch
from mpsc_crawler.language.codebook import Codebook, shipped_codebook
from mpsc_crawler.language.matcher import Matcher
from mpsc_crawler.language.relevance import relevance_codebook
from mpsc_crawler.language.topics import assigned, is_german, text_fields
from mpsc_crawler.reading import gazetteer, relevance_of
from mpsc_crawler.storage.models import Article, ArticleTopic, Page, SourceRow
from mpsc_crawler.storage.rows import topic_row
from mpsc_crawler.storage.session import explain

_BATCH = 200


@dataclass(slots=True)
class Recoded:
    """What a recoding did."""

    version: str = ""
    articles: int = 0
    topics_changed: int = 0
    judged: int = 0
    no_longer: int = 0
    reconsidered: int = 0
    queued: int = 0


def recode(
    engine: Engine,
    codebook: Codebook | None,
    scopes: Mapping[str, str],
    brands: tuple[str, ...],
    now: datetime,
) -> Recoded:
    """Code every stored article anew, and decide again about the pages that were left out.

    :param codebook: ``None`` for the shipped one.
    :param scopes: the scope of each source by slug; only sources of scope ``relevant`` are judged.
    :param brands: names of the projects; one that is named settles relevance.
    :param now: aware; from then on the queued pages are due.
    :raises DatabaseError: the database refused; what earlier batches did is kept.
    """
    book = codebook or shipped_codebook()
    matcher = Matcher(book, relevance_codebook())
    done = Recoded(book.version)
    try:
        last = 0
        while True:
            with engine.begin() as connection:
                rows = _batch(connection, last)
                if not rows:
                    break
                _recode_articles(connection, rows, matcher, scopes, brands, done)
                last = rows[-1].id
        with engine.begin() as connection:
            _reconsider(connection, matcher, scopes, brands, now, done)
    except SQLAlchemyError as error:
        raise explain(error, str(engine.url)) from error
    return done


def _batch(connection: Connection, last: int) -> Sequence[Any]:
    columns = (
        Article.id, Article.headline, Article.kicker, Article.teaser, Article.body, Article.tags, Article.language,
        Article.page_id, SourceRow.slug,
    )  # fmt: skip
    statement = select(*columns).join(SourceRow, SourceRow.id == Article.source_id)
    return connection.execute(statement.where(Article.id > last).order_by(Article.id).limit(_BATCH)).all()


def _recode_articles(
    connection: Connection,
    rows: Sequence[Any],
    matcher: Matcher,
    scopes: Mapping[str, str],
    brands: tuple[str, ...],
    done: Recoded,
) -> None:
    book = matcher.codebooks[0]
    ids = [row.id for row in rows]
    before: dict[int, list[tuple[str, float]]] = {}
    for article_id, topic, score in connection.execute(
        select(ArticleTopic.article_id, ArticleTopic.topic, ArticleTopic.score).where(ArticleTopic.article_id.in_(ids))
    ):
        before.setdefault(article_id, []).append((topic, score))
    values: list[dict[str, Any]] = []
    for row in rows:
        found: list[TopicMatch] = []
        changes: dict[str, Any] = {"codebook_version": book.version}
        if is_german(row.language):
            fields = text_fields(
                headline=row.headline, kicker=row.kicker, teaser=row.teaser, tags=row.tags, body=row.body
            )
            matches = matcher.match(fields)
            found = assigned(matches[0], book, sum(map(len, fields.values())))
            if scopes.get(row.slug) == "relevant":
                mentions = gazetteer().find({name: text for name, text in fields.items() if name != "tags"})
                verdict = relevance_of(matches[1], fields, brands, mentions)
                changes["relevance"] = verdict.score
                done.judged += 1
                done.no_longer += not verdict.relevant
                connection.execute(
                    update(Page)
                    .where(Page.id == row.page_id)
                    .values(relevance=verdict.score, codebook_version=verdict.version)
                )
        connection.execute(update(Article).where(Article.id == row.id).values(changes))
        done.topics_changed += sorted(before.get(row.id, [])) != sorted((t.topic, t.score) for t in found)
        values += [topic_row(row.id, topic) for topic in found]
    connection.execute(delete(ArticleTopic).where(ArticleTopic.article_id.in_(ids)))
    if values:
        connection.execute(insert(ArticleTopic), values)
    done.articles += len(rows)


def _reconsider(
    connection: Connection,
    matcher: Matcher,
    scopes: Mapping[str, str],
    brands: tuple[str, ...],
    now: datetime,
    done: Recoded,
) -> None:
    """Decide by the headline about pages that another codebook left out; those that belong now are due for a fetch."""
    version = relevance_codebook().version
    statement = (
        select(Page.id, Page.headline, SourceRow.slug)
        .join(SourceRow, SourceRow.id == Page.source_id)
        .where(Page.decision == "outside", (Page.codebook_version != version) | Page.codebook_version.is_(None))
    )
    for row in connection.execute(statement).all():
        done.reconsidered += 1
        fields = {"headline": row.headline or ""}
        verdict = relevance_of(matcher.match(fields)[1], fields, brands, gazetteer().find(fields))
        changes: dict[str, Any] = {"relevance": verdict.score, "codebook_version": version}
        if verdict.relevant or scopes.get(row.slug) == "all":
            # without validators: of this page there is no text that a 304 could stand for
            changes |= {"decision": "queued", "next_due": now, "etag": None, "last_modified": None}
            done.queued += 1
        connection.execute(update(Page).where(Page.id == row.id).values(changes))
