"""Erasure: an article with everything that belongs to it goes, and its address is never asked for again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, delete, func, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from mpsc_crawler.storage.models import Article, IssueLog, Page, SourceRow
from mpsc_crawler.storage.queries import NothingFoundError
from mpsc_crawler.storage.session import explain


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: the article's addresses, of which the archive may hold answers."""

    number: int
    headline: str | None
    addresses: tuple[str, ...]


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


def erase_article(engine: Engine, number: int) -> Erased:
    """Erase one article in one transaction: the article, its revisions, dates, topics, mentions, media and evidence.

    Of its page only the address stays, with the decision ``erased``, so that no later crawl fetches it again; other
    articles of the same page go too, as the page would be their only origin. Log lines lose their details.

    :raises NothingFoundError: there is no such article.
    :raises DatabaseError: the database refused; nothing was erased.
    """
    try:
        with engine.begin() as connection:
            row = connection.execute(
                select(Article.headline, Article.url, Article.canonical_url, Article.page_id).where(
                    Article.id == number
                )
            ).first()
            if row is None:
                raise NothingFoundError(f"no article has number {number}; `mpsc articles` lists the numbers")
            addresses = {row.url.split("#")[0], row.canonical_url.split("#")[0]}
            if row.page_id is not None:
                addresses.add(connection.execute(select(Page.url).where(Page.id == row.page_id)).scalar_one())
                connection.execute(delete(Article).where(Article.page_id == row.page_id))
                connection.execute(
                    update(Page)
                    .where(Page.id == row.page_id)
                    .values(
                        decision="erased",
                        next_due=None,
                        headline=None,
                        published=None,
                        relevance=None,
                        etag=None,
                        last_modified=None,
                        content_hash=None,
                        hint_hash=None,
                        archive_file=None,
                        archive_offset=None,
                    )
                )
            connection.execute(delete(Article).where(Article.id == number))
            connection.execute(update(IssueLog).where(IssueLog.url.in_(addresses)).values(detail="erased"))
            return Erased(number, row.headline, tuple(sorted(addresses)))
    except SQLAlchemyError as error:
        raise explain(error, str(engine.url)) from error
