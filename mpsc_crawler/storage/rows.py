"""From items to rows and back: what an article looks like in the tables."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from mpsc_crawler.items import DateValue, NewsArticle, TopicMatch
from mpsc_crawler.storage.models import (
    Article,
    ArticleTopic,
    AttachmentRow,
    DateMention,
    EvidenceRow,
    ImageRow,
    MentionRow,
)

DIFFED = (Article.headline, Article.kicker, Article.teaser, Article.body, Article.published_edtf, Article.authors)
"""The columns whose values a revision's diff names; media and attachments are named as such."""


OF_THE_LOOK = frozenset(("last_seen", "software"))
"""The columns of an article that follow from when it was looked at and by whom, not from what it says."""


def page_insert(source_id: int, key: str, page: dict[str, Any]) -> dict[str, Any]:
    """A complete row for a page that is not known yet."""
    row: dict[str, Any] = dict.fromkeys(
        (
            "etag",
            "last_modified",
            "last_status",
            "last_checked",
            "next_due",
            "content_hash",
            "hints",
            "told",
            "moved_to",
            "archive_file",
            "archive_offset",
            "failure",
            "decision",
            "relevance",
            "codebook_version",
            "headline",
            "published",
        )
    )
    row.update({name: value for name, value in page.items() if name != "failed"})
    row.update(source_id=source_id, key=key, failures_in_row=int(page["failed"]))
    return row


def pack_sketch(values: tuple[int, ...]) -> bytes | None:
    """The sketch of a text as it is stored with its article: signed 64-bit numbers, little-endian."""
    return struct.pack(f"<{len(values)}q", *values) if values else None


def unpack_sketch(stored: bytes | None) -> tuple[int, ...]:
    """The sketch that :func:`pack_sketch` was given."""
    return struct.unpack(f"<{len(stored) // 8}q", stored) if stored else ()


def _day_and_moment(value: DateValue | None) -> tuple[date | None, datetime | None]:
    if value is None:
        return None, None
    return value.day, value.start if isinstance(value.start, datetime) else None


def article_values(article: NewsArticle, now: datetime, software: str) -> dict[str, Any]:
    """The columns of an article that follow from its content."""
    published_day, published_at = _day_and_moment(article.published)
    modified_day, modified_at = _day_and_moment(article.modified)
    return {
        "url": article.url,
        "canonical_url": article.canonical_url,
        "headline": article.headline,
        "kicker": article.kicker,
        "teaser": article.teaser,
        "body": article.body,
        "body_html": article.body_html,
        "language": article.language,
        "platform": article.platform,
        "authors": article.authors,
        "tags": article.tags,
        "categories": article.categories,
        "breadcrumbs": article.breadcrumbs,
        "translations": article.translations,
        "published_date": published_day,
        "published_at": published_at,
        "published_precision": article.published.precision if article.published else None,
        "published_edtf": article.published.edtf if article.published else None,
        "modified_date": modified_day,
        "modified_at": modified_at,
        "modified_edtf": article.modified.edtf if article.modified else None,
        "word_count": len(article.body.split()),
        "relevance": article.relevance.score if article.relevance else None,
        "codebook_version": article.codebook_version,
        "rights": article.rights,
        "sketch": pack_sketch(article.sketch),
        "last_seen": now,
        "software": software,
    }


def content_hash(article: NewsArticle) -> str:
    """A hash over everything whose change makes a revision."""
    parts: list[Any] = [article.headline, article.kicker, article.teaser, article.body, article.authors]
    parts.append(article.published.edtf if article.published else None)
    parts.append([[i.url, i.caption, i.credit, i.alternative_text] for i in article.images])
    parts.append([[a.url, a.title] for a in article.attachments])
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


Parts = dict[type[Any], list[dict[str, Any]]]
"""The rows that belong to an article, by their table."""
Media = dict[str, list[list[str | None]]]
"""Pictures and files as a revision's diff tells them: address, caption, credit, alternative text; address, title."""


def media_of(article: NewsArticle) -> Media:
    """The pictures and files of an article, as far as their change makes a revision."""
    pictures = [[i.url, i.caption or None, i.credit or None, i.alternative_text or None] for i in article.images]
    return {"images": pictures, "attachments": [[a.url, a.title or None] for a in article.attachments]}


def media_in(parts: Parts) -> Media:
    """The pictures and files among the stored parts of an article."""
    pictures = [[i["url"], i["caption"], i["credit"], i["alternative_text"]] for i in parts[ImageRow]]
    return {"images": pictures, "attachments": [[a["url"], a["title"]] for a in parts[AttachmentRow]]}


def diff(row: Any, article: NewsArticle, media: Media) -> dict[str, Any]:  # noqa: ANN401 - a database row
    """The fields that differ, each as [before, after].

    :param media: the pictures and files that are stored.
    """
    after = {
        "headline": article.headline,
        "kicker": article.kicker,
        "teaser": article.teaser,
        "body": article.body,
        "published_edtf": article.published.edtf if article.published else None,
        "authors": article.authors,
    }
    changes = {name: [getattr(row, name), value] for name, value in after.items() if getattr(row, name) != value}
    return changes | {name: [media[name], now] for name, now in media_of(article).items() if media[name] != now}


def _date_row(article_id: int, value: DateValue, field: str) -> dict[str, Any]:
    start, end = value.start, value.end
    return {
        "article_id": article_id,
        "kind": value.kind,
        "start_date": value.day,
        "end_date": end.date() if isinstance(end, datetime) else end,
        "start_at": start if isinstance(start, datetime) else None,
        "end_at": end if isinstance(end, datetime) else None,
        "precision": value.precision,
        "edtf": value.edtf,
        "raw": value.raw,
        "field": field,
        "position": value.span[0] if value.span else None,
        "position_end": value.span[1] if value.span else None,
        "rule": value.rule,
        "confidence": value.confidence,
        "name": value.name,
        "place": value.place,
        "rrule": value.rrule,
    }


def _dates(article_id: int, article: NewsArticle) -> Iterator[dict[str, Any]]:
    for field, value in (("published", article.published), ("modified", article.modified)):
        if value is not None:
            yield _date_row(article_id, value, field)
    for value in article.dates:
        yield _date_row(article_id, value, value.field)


def topic_row(article_id: int, topic: TopicMatch) -> dict[str, Any]:
    """A topic of an article as its row."""
    return {
        "article_id": article_id,
        "topic": topic.topic,
        "score": topic.score,
        "codebook_version": topic.codebook_version,
        "words": [[w.word, w.field, w.start, w.end, w.pattern] for w in topic.words],
    }


def _topics(article_id: int, article: NewsArticle) -> Iterator[dict[str, Any]]:
    for topic in article.topics:
        yield topic_row(article_id, topic)


def _mentions(article_id: int, article: NewsArticle) -> Iterator[dict[str, Any]]:
    for m in article.mentions:
        yield {
            "article_id": article_id,
            "entity": m.entity,
            "kind": m.kind,
            "surface": m.surface,
            "field": m.field,
            "position": m.start,
            "position_end": m.end,
        }


def _images(article_id: int, article: NewsArticle) -> Iterator[dict[str, Any]]:
    for number, image in enumerate(article.images):
        yield {
            "article_id": article_id,
            "url": image.url,
            "alternative_text": image.alternative_text or None,
            "caption": image.caption or None,
            "credit": image.credit or None,
            "place": image.position,
            "number": number,
        }


def _attachments(article_id: int, article: NewsArticle) -> Iterator[dict[str, Any]]:
    for number, attachment in enumerate(article.attachments):
        yield {
            "article_id": article_id,
            "url": attachment.url,
            "title": attachment.title or None,
            "type": attachment.type or None,
            "size": attachment.size or None,
            "number": number,
        }


def _evidence(article_id: int, article: NewsArticle) -> Iterator[dict[str, Any]]:
    for e in article.evidence:
        yield {
            "article_id": article_id,
            "field": e.field,
            "rule": e.rule,
            "raw": e.raw[:2000],
            "confidence": e.confidence,
            "chosen": e.chosen,
        }


PART_ROWS: dict[type[Any], Callable[[int, NewsArticle], Iterator[dict[str, Any]]]] = {
    DateMention: _dates,
    ArticleTopic: _topics,
    MentionRow: _mentions,
    ImageRow: _images,
    AttachmentRow: _attachments,
    EvidenceRow: _evidence,
}
