"""Stores what reading the archive again has changed: marked as ours, and nothing that tells when a page was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from mpsc_crawler.items import NewsArticle
from mpsc_crawler.storage import rows
from mpsc_crawler.storage.batch import Position
from mpsc_crawler.storage.models import Article, Page, Revision
from mpsc_crawler.storage.parts import revision_row, rewrite_parts, stored_parts
from mpsc_crawler.storage.session import begin_writing, explain

_PLACING = ("headline", "body", "sketch", "published_date", "translations")
"""What stories and twins depend on."""


@dataclass(frozen=True, slots=True)
class Reread:
    """A stored article as today's rules read it from the archived answer at ``position``."""

    number: int
    article: NewsArticle
    position: Position


@dataclass(frozen=True, slots=True)
class Rewriter:
    """Writes what one run of reading again found."""

    engine: Engine
    run_id: int
    software: str

    def write(self, items: Sequence[Reread], now: datetime) -> Counter[str]:
        """Store what reading the archive again has changed, in one transaction.

        Texts, dates or media that differ make a revision; other differences (topics, dates in the text, evidence …) are
        taken over without one. When a page was seen, and when it is due, stays as it is; an article that was read from a
        newer answer meanwhile is left alone.

        :param now: aware; the moment of the revisions.
        :returns: how many were changed, refreshed, unchanged or overtaken.
        :raises DatabaseError: the database refused; nothing of the batch is stored.
        """
        try:
            with self.engine.begin() as connection:
                return self._write(connection, items, now)
        except SQLAlchemyError as error:
            raise explain(error, str(self.engine.url)) from error

    def _write(self, connection: Connection, items: Sequence[Reread], now: datetime) -> Counter[str]:
        done: Counter[str] = Counter()
        ids = [item.number for item in items]
        # no crawl may come between looking and writing
        begin_writing(connection)
        connection.execute(select(Article.id).where(Article.id.in_(ids)).with_for_update())
        stored = {
            row["id"]: row
            for row in connection.execute(
                select(Article.__table__, Page.archive_file, Page.archive_offset)
                .join(Page, Page.id == Article.page_id)
                .where(Article.id.in_(ids))
            ).mappings()
        }
        parts = stored_parts(connection, ids)
        rewritten: list[tuple[int, NewsArticle]] = []
        revisions: list[dict[str, Any]] = []
        for item in items:
            row, article = stored.get(item.number), item.article
            if row is None or (row["archive_file"], row["archive_offset"]) != item.position:
                done["overtaken"] += 1
                continue
            digest = rows.content_hash(article)
            values = rows.article_values(article, now, self.software)
            values = {name: value for name, value in values.items() if name not in rows.OF_THE_LOOK}
            told = {table: list(values_of(item.number, article)) for table, values_of in rows.PART_ROWS.items()}
            same = digest == row["content_hash"]
            if same and told == parts[item.number] and all(row[name] == value for name, value in values.items()):
                done["unchanged"] += 1
                continue
            done["refreshed" if same else "changed"] += 1
            if not same:
                diff = rows.diff(
                    Article(**{c.key: row[c.key] for c in rows.DIFFED}), article, rows.media_in(parts[item.number])
                )
                revisions.append(revision_row(self.run_id, item.number, digest, now, diff, "reextraction"))
            placed = row["placed"] and all(row[name] == values[name] for name in _PLACING)
            connection.execute(
                update(Article)
                .where(Article.id == item.number)
                .values(**values, content_hash=digest, software=self.software, placed=placed)
            )
            if article.relevance is not None:
                told_of = {"relevance": article.relevance.score, "codebook_version": article.relevance.version}
                connection.execute(update(Page).where(Page.id == row["page_id"]).values(told_of))
            rewritten.append((item.number, article))
        rewrite_parts(connection, rewritten)
        if revisions:
            connection.execute(insert(Revision), revisions)
        return done
