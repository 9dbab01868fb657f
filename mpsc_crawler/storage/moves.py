"""Does the page that an address leads to hold the article that was stored from it?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, select

from mpsc_crawler.items import NewsArticle
from mpsc_crawler.language.sketch import alike
from mpsc_crawler.storage.models import Article, Page, SourceRow
from mpsc_crawler.storage.rows import unpack_sketch
from mpsc_crawler.storage.urlkey import key_of


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of an article, as far as it tells it from others."""

    identity: str
    headline: str | None
    sketch: tuple[int, ...]


def article_at(engine: Engine, slug: str, url: str) -> Stored | None:
    """The article that is known by an address of a source."""
    statement = (
        select(Article.identity, Article.headline, Article.sketch)
        .join(Page, Page.id == Article.page_id)
        .join(SourceRow, SourceRow.id == Page.source_id)
        .where(SourceRow.slug == slug, Page.key == key_of(url))
    )
    with engine.connect() as connection:
        row = connection.execute(statement).first()
    return Stored(row.identity, row.headline, unpack_sketch(row.sketch)) if row is not None else None


def same_article(stored: Stored, article: NewsArticle) -> bool:
    """By the platform's identity, else by headline or text."""
    if stored.identity == article.identity:
        return True
    if stored.headline and stored.headline == article.headline:
        return True
    return alike(stored.sketch, article.sketch) >= 0.5
