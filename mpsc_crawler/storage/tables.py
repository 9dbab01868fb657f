"""The tables that researchers see: what is in which column, of which type, and from where. Shared by DataFrames and snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Engine, Select, select

from mpsc_crawler.storage.models import (
    Article,
    ArticleTopic,
    AttachmentRow,
    DateMention,
    EvidenceRow,
    ImageRow,
    MentionRow,
    Revision,
    SourceRow,
    Story,
)
from mpsc_crawler.storage.queries import ArticleFilter, filtered

Kind = Literal["day", "moment", "text", "whole", "real", "json"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, type, where it is in the database, and what it says.

    ``quotes``: it holds words of the page (a text, or a piece of one) that are left out where full texts are.
    """

    name: str
    kind: Kind
    of: Any
    says: str
    quotes: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns, and the part of an article that a row of it is; ``None`` where a row is an article."""

    says: str
    columns: tuple[Column, ...]
    part: type[Any] | None = None


_ARTICLE = Column("article", "whole", Article.id, "number of the article in its database")
_SOURCE = Column("source", "text", SourceRow.slug, "slug of the source")
_PUBLISHED = Column("published", "day", Article.published_date, "day of publication (Europe/Berlin); empty if unknown")
_WHERE = (_ARTICLE, _SOURCE, _PUBLISHED)

TABLES = {
    "articles": Table(
        "A row for each article.",
        (
            *_WHERE,
            Column("published_at", "moment", Article.published_at, "moment of publication (UTC) where a time is told"),
            Column("precision", "text", Article.published_precision, "how exactly it is known: year to minute"),
            Column("edtf", "text", Article.published_edtf, "publication in EDTF (ISO 8601-2), as it is known"),
            Column("headline", "text", Article.headline, "headline"),
            Column("teaser", "text", Article.teaser, "teaser", quotes=True),
            Column("body", "text", Article.body, "clean text, paragraphs parted by blank lines", quotes=True),
            Column("url", "text", Article.url, "address"),
            Column("language", "text", Article.language, "language, two letters"),
            Column("words", "whole", Article.word_count, "words of the text"),
            Column("relevance", "real", Article.relevance, "score by which it was kept, of sources that publish on everything"),
            Column("story", "whole", Article.story_id, "number of the story, where the text stands at several places"),
            Column("first_seen", "moment", Article.first_seen, "first look (UTC)"),
            Column("last_seen", "moment", Article.last_seen, "last look at which it was there (UTC)"),
            Column("gone_since", "moment", Article.gone_since, "since when it is gone (UTC)"),
            Column("gone_reason", "text", Article.gone_reason, "how it went: 404, 410, soft-404, moved, unlisted"),
            Column("codebook", "text", Article.codebook_version, "version of the codebook"),
            Column("software", "text", Article.software, "version of the software that read it"),
        ),
    ),
    "dates": Table(
        "A row for each date or period told in an article, its publication included.",
        (
            *_WHERE,
            Column("kind", "text", DateMention.kind, "published, updated, event, deadline, period or other"),
            Column("start", "day", DateMention.start_date, "first day; empty for an open side"),
            Column("end", "day", DateMention.end_date, "last day; empty for an open side"),
            Column("start_at", "moment", DateMention.start_at, "beginning (UTC) where a time is told"),
            Column("end_at", "moment", DateMention.end_at, "end (UTC) where a time is told"),
            Column("precision", "text", DateMention.precision, "year, quarter, month, week, day or minute"),
            Column("edtf", "text", DateMention.edtf, "in EDTF (ISO 8601-2)"),
            Column("raw", "text", DateMention.raw, "its words on the page"),
            Column("field", "text", DateMention.field, "where it stands: header, body, headline …"),
            Column("position", "whole", DateMention.position, "first character in that field"),
            Column("rule", "text", DateMention.rule, "the rule that read it"),
            Column("confidence", "real", DateMention.confidence, "how sure the rule is, 0 to 1"),
            Column("name", "text", DateMention.name, "the event's name, where the sentence says it"),
            Column("place", "text", DateMention.place, "the event's place, where the sentence says it"),
            Column("rrule", "text", DateMention.rrule, "recurrence (RFC 5545)"),
        ),
        DateMention,
    ),
    "topics": Table(
        "A row for each article and topic.",
        (
            *_WHERE,
            Column("topic", "text", ArticleTopic.topic, "slug of the topic in the codebook"),
            Column("score", "real", ArticleTopic.score, "score; the codebook names the threshold"),
            Column("codebook", "text", ArticleTopic.codebook_version, "version of the codebook"),
            Column("words", "json", ArticleTopic.words, "the matched words with field and position"),
        ),
        ArticleTopic,
    ),
    "mentions": Table(
        "A row for each naming of a municipality, project or body.",
        (
            *_WHERE,
            Column("entity", "text", MentionRow.entity, "key (AGS) of a municipality, else a name"),
            Column("kind", "text", MentionRow.kind, "municipality, project, agency, platform …"),
            Column("surface", "text", MentionRow.surface, "as it stands in the text"),
            Column("field", "text", MentionRow.field, "where it stands"),
            Column("position", "whole", MentionRow.position, "first character in that field"),
        ),
        MentionRow,
    ),
    "images": Table(
        "A row for each picture.",
        (
            *_WHERE,
            Column("url", "text", ImageRow.url, "address of the picture"),
            Column("alternative_text", "text", ImageRow.alternative_text, "alternative text", quotes=True),
            Column("caption", "text", ImageRow.caption, "caption without credit", quotes=True),
            Column("credit", "text", ImageRow.credit, "credit"),
            Column("place", "text", ImageRow.place, "hero, inline or gallery"),
            Column("number", "whole", ImageRow.number, "order on the page"),
        ),
        ImageRow,
    ),
    "attachments": Table(
        "A row for each file that an article offers.",
        (
            *_WHERE,
            Column("url", "text", AttachmentRow.url, "address of the file"),
            Column("title", "text", AttachmentRow.title, "title"),
            Column("type", "text", AttachmentRow.type, "type, by its ending"),
            Column("size", "text", AttachmentRow.size, "size, as printed"),
        ),
        AttachmentRow,
    ),
    "evidence": Table(
        "A row for each candidate of a field: why it has its value.",
        (
            *_WHERE,
            Column("field", "text", EvidenceRow.field, "the field"),
            Column("rule", "text", EvidenceRow.rule, "the rule that found the candidate"),
            Column("raw", "text", EvidenceRow.raw, "what stands on the page", quotes=True),
            Column("confidence", "real", EvidenceRow.confidence, "how sure the rule is, 0 to 1"),
            Column("chosen", "whole", EvidenceRow.chosen, "1: the field has this value; 0: a candidate that lost"),
        ),
        EvidenceRow,
    ),
    "revisions": Table(
        "A row for each state of an article.",
        (
            *_WHERE,
            Column("seen_at", "moment", Revision.seen_at, "when it was seen (UTC)"),
            Column("origin", "text", Revision.origin, "first, publisher, or reextraction (our rules changed, not the page)"),
            Column("run", "whole", Revision.run_id, "number of the run"),
            Column("diff", "json", Revision.diff, "fields that changed, each as [before, after]", quotes=True),
        ),
        Revision,
    ),
    "stories": Table(
        "A row for each placement of a text that stands at several places, the earliest of each story first.",
        (
            Column("story", "whole", Article.story_id, "number of the story"),
            Column("first_published", "day", Story.first_published, "its first publication"),
            Column("story_headline", "text", Story.headline, "headline of its earliest placement"),
            *_WHERE,
            Column("headline", "text", Article.headline, "headline here"),
            Column("url", "text", Article.url, "address here"),
        ),
    ),
}  # fmt: skip


def statement_of(
    engine: Engine, name: str, wanted: ArticleFilter, columns: tuple[Column, ...] | None = None
) -> Select[Any]:
    """The statement of a table, ordered, so that the same database gives the same rows in the same order.

    :raises NothingFoundError: the filter names what is not in the database.
    """
    table = TABLES[name]
    shown = [column.of.label(column.name) for column in (columns or table.columns)]
    statement = select(*shown).select_from(Article).join(SourceRow, SourceRow.id == Article.source_id)
    if table.part is not None:
        statement = statement.join(table.part, table.part.article_id == Article.id)
    if name == "stories":
        statement = statement.join(Story, Story.id == Article.story_id)
        order: tuple[Any, ...] = (
            Article.story_id,
            Article.published_date.is_(None),
            Article.published_date,
            Article.id,
        )
    else:
        order = (Article.id,) if table.part is None else (Article.id, table.part.id)
    return filtered(engine, statement, wanted).order_by(*order)
