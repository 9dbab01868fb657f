"""Erasure: an article with everything that belongs to it goes, and its address is never asked for again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from mpsc_crawler.items import NewsArticle
from mpsc_crawler.storage.models import (
    Article,
    ArticleAddress,
    AttachmentRow,
    ImageRow,
    IssueLog,
    Page,
    Revision,
    SourceRow,
)
from mpsc_crawler.storage.queries import NothingFoundError
from mpsc_crawler.storage.session import explain
from mpsc_crawler.storage.stories import describe_story
from mpsc_crawler.storage.urlkey import key_of

_FORGOTTEN: dict[str, Any] = {
    "decision": "erased",
    **dict.fromkeys(
        "next_due headline published relevance etag last_modified content_hash hints told moved_to archive_file archive_offset".split()
    ),
}
_UNARCHIVED: dict[str, Any] = dict.fromkeys("etag last_modified hints told archive_file archive_offset".split())


def tombstone(identity: str) -> str:
    """The key under which an erased post of a page that holds others is remembered; it does not tell the identity."""
    return "erased:" + hashlib.sha256(identity.encode()).hexdigest()


def keys_of(article: NewsArticle) -> tuple[str, str]:
    """Under which an article may have been erased: with its whole page, or as one post of it."""
    return key_of(article.url.split("#")[0]), tombstone(article.identity)


def erased_keys(connection: Connection, articles: Iterable[NewsArticle]) -> frozenset[str]:
    """The keys of these articles under which something was erased for good."""
    asked = sorted({key for article in articles for key in keys_of(article)})
    if not asked:
        return frozenset()
    statement = select(Page.key).where(Page.key.in_(asked), Page.decision == "erased")
    return frozenset(connection.execute(statement).scalars())


def articles_naming(engine: Engine, text: str) -> list[Any]:
    """Number, source, day and headline of every article in which ``text`` stands, small and capital letters alike.

    Looked through are its texts, authors, tags, the words of pictures and files, its revisions, and what lists told of it.
    Compared here and not by the database: SQLite knows small and capital letters of ASCII only.
    """
    wanted = text.casefold()
    found: set[int] = set()
    columns = (
        Article.headline,
        Article.kicker,
        Article.teaser,
        Article.body,
        Article.body_html,
        Article.authors,
        Article.tags,
    )
    parts: tuple[Select[*tuple[Any, ...]], ...] = (
        select(Article.id, *columns),
        select(ImageRow.article_id, ImageRow.caption, ImageRow.credit, ImageRow.alternative_text),
        select(AttachmentRow.article_id, AttachmentRow.title, AttachmentRow.url),
        select(Revision.article_id, Revision.diff),
        select(Article.id, Page.hints).join(Page, Page.id == Article.page_id),
    )
    with engine.connect().execution_options(yield_per=500) as connection:
        for part in parts:
            for number, *values in connection.execute(part):
                if any(wanted in _plain(value) for value in values if value):
                    found.add(number)
    statement = (
        select(Article.id, SourceRow.slug, Article.published_edtf, Article.headline)
        .join(SourceRow, SourceRow.id == Article.source_id)
        .order_by(Article.id)
    )
    with engine.connect() as connection:
        return [row for row in connection.execute(statement) if row.id in found]


def pages_naming(engine: Engine, text: str) -> list[Any]:
    """Source, address and headline of every page out of scope whose headline or address holds ``text``."""
    wanted = text.casefold()
    statement = (
        select(SourceRow.slug, Page.url, Page.headline)
        .join(SourceRow, SourceRow.id == Page.source_id)
        .where(Page.headline.is_not(None))
        .order_by(Page.id)
    )
    with engine.connect() as connection:
        rows = connection.execute(statement)
        return [row for row in rows if wanted in (row.headline or "").casefold() or wanted in row.url.casefold()]


def erase_page(engine: Engine, address: str) -> int:
    """Forget the headline, date and decision of a page that holds no article; returns how many pages had that address.

    :raises DatabaseError: the database refused; nothing was erased.
    """
    holds_article = select(Article.page_id).where(Article.page_id.is_not(None))
    try:
        with engine.begin() as connection:
            result = connection.execute(
                update(Page).where(Page.url == address, Page.id.not_in(holds_article)).values(**_FORGOTTEN)
            )
            connection.execute(update(IssueLog).where(IssueLog.url == address).values(detail="erased"))
            return max(0, result.rowcount)
    except SQLAlchemyError as error:
        raise explain(error, str(engine.url)) from error


def _plain(value: Any) -> str:  # noqa: ANN401 - a text or what JSON holds
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).casefold()


def addresses_of(engine: Engine, number: int) -> tuple[str, ...]:
    """The addresses under which the archive may hold an article, its own files included.

    :raises NothingFoundError: there is no such article.
    """
    with engine.connect() as connection:
        return _addresses(connection, number)


def _addresses(connection: Connection, number: int) -> tuple[str, ...]:
    row = connection.execute(
        select(Article.url, Article.canonical_url, Page.url.label("page"))
        .join(Page, Page.id == Article.page_id, isouter=True)
        .where(Article.id == number)
    ).first()
    if row is None:
        raise NothingFoundError(f"no article has number {number}; `mpsc articles` lists the numbers")
    others = connection.execute(select(ArticleAddress.url).where(ArticleAddress.article_id == number)).scalars()
    files = connection.execute(select(AttachmentRow.url).where(AttachmentRow.article_id == number)).scalars()
    return tuple(sorted({address.split("#")[0] for address in (*row, *others, *files) if address}))


def erase_article(engine: Engine, number: int) -> tuple[str, ...]:
    """Erase one article in one transaction: the article, its revisions, dates, topics, mentions, media and evidence.

    Where its page holds nothing else, only the page's address stays, with the decision ``erased``, so that no later crawl
    fetches it again. Other articles of a page stay, and so does the page: of the erased one a key is remembered that does
    not tell what it was, and no later crawl stores it again. Log lines lose their details.

    :returns: the article's addresses.
    :raises NothingFoundError: there is no such article.
    :raises DatabaseError: the database refused; nothing was erased.
    """
    try:
        with engine.begin() as connection:
            addresses = _addresses(connection, number)
            article = connection.execute(
                select(Article.page_id, Article.source_id, Article.identity, Article.url, Article.story_id).where(
                    Article.id == number
                )
            ).one()
            elsewhere = select(ArticleAddress.page_id).where(ArticleAddress.article_id == number)
            connection.execute(update(Page).where(Page.id.in_(elsewhere)).values(**_FORGOTTEN))
            others = select(func.count(Article.id)).where(Article.page_id == article.page_id, Article.id != number)
            shared = article.page_id is None or "#" in article.url or connection.execute(others).scalar_one() > 0
            if article.page_id is not None:
                values = _UNARCHIVED if shared else _FORGOTTEN
                connection.execute(update(Page).where(Page.id == article.page_id).values(**values))
            if shared:
                key = tombstone(article.identity)
                connection.execute(delete(Page).where(Page.source_id == article.source_id, Page.key == key))
                connection.execute(
                    insert(Page).values(
                        source_id=article.source_id,
                        key=key,
                        url=article.url.split("#")[0],
                        role="article",
                        decision="erased",
                    )
                )
            connection.execute(delete(Article).where(Article.id == number))
            if article.story_id is not None:
                describe_story(connection, article.story_id)  # its headline may have been the erased one's
            connection.execute(update(IssueLog).where(IssueLog.url.in_(addresses)).values(detail="erased"))
            return addresses
    except SQLAlchemyError as error:
        raise explain(error, str(engine.url)) from error
