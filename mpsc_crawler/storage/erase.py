"""Erasure: an article with everything that belongs to it goes, and its address is never asked for again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, delete, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from mpsc_crawler.storage.models import Article, AttachmentRow, IssueLog, Page, SourceRow
from mpsc_crawler.storage.queries import NothingFoundError
from mpsc_crawler.storage.session import explain

_FORGOTTEN: dict[str, Any] = {
    "decision": "erased",
    **dict.fromkeys(
        "next_due headline published relevance etag last_modified content_hash hint_hash archive_file archive_offset".split()
    ),
}


def articles_naming(engine: Engine, text: str) -> list[Any]:
    """Number, source, day and headline of every article in which ``text`` stands, small and capital letters alike."""
    pattern = "%" + text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    columns = (Article.headline, Article.kicker, Article.teaser, Article.body, Article.body_html)
    statement = (
        select(Article.id, SourceRow.slug, Article.published_edtf, Article.headline)
        .join(SourceRow, SourceRow.id == Article.source_id)
        .where(or_(*(func.lower(column).like(pattern, escape="\\") for column in columns)))
        .order_by(Article.id)
    )
    with engine.connect() as connection:
        return list(connection.execute(statement))


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
    files = connection.execute(select(AttachmentRow.url).where(AttachmentRow.article_id == number)).scalars()
    return tuple(sorted({address.split("#")[0] for address in (*row, *files) if address}))


def erase_article(engine: Engine, number: int) -> tuple[str, ...]:
    """Erase one article in one transaction: the article, its revisions, dates, topics, mentions, media and evidence.

    Of its page only the address stays, with the decision ``erased``, so that no later crawl fetches it again; other
    articles of the same page go too, as the page would be their only origin. Log lines lose their details.

    :returns: the article's addresses.
    :raises NothingFoundError: there is no such article.
    :raises DatabaseError: the database refused; nothing was erased.
    """
    try:
        with engine.begin() as connection:
            addresses = _addresses(connection, number)
            page_id = connection.execute(select(Article.page_id).where(Article.id == number)).scalar_one()
            if page_id is not None:
                connection.execute(delete(Article).where(Article.page_id == page_id))
                connection.execute(update(Page).where(Page.id == page_id).values(**_FORGOTTEN))
            connection.execute(delete(Article).where(Article.id == number))
            connection.execute(update(IssueLog).where(IssueLog.url.in_(addresses)).values(detail="erased"))
            return addresses
    except SQLAlchemyError as error:
        raise explain(error, str(engine.url)) from error
