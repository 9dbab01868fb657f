"""What is kept. Times are UTC; a date without a time is a date; unknown is NULL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; SQLite keeps it without zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without time zone cannot be stored: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The tables, with names for constraints so that migrations can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), str: Text(), dict[str, Any]: JSON(), list[Any]: JSON()}  # noqa: RUF012


class SourceRow(Base):
    """A publishing site, synchronised from the registry."""

    __tablename__ = "source"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(String(20))
    publisher: Mapped[str | None]
    project: Mapped[str | None] = mapped_column(String(100))
    form: Mapped[str | None] = mapped_column(String(20))
    cohort: Mapped[int | None]
    states: Mapped[list[Any]]
    language: Mapped[str] = mapped_column(String(2))
    platform: Mapped[str | None] = mapped_column(String(20))
    website: Mapped[str | None]
    active: Mapped[bool]
    notes: Mapped[str | None]


class MunicipalityRow(Base):
    """A municipality or district of the official register."""

    __tablename__ = "municipality"
    ags: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    district_ags: Mapped[str | None] = mapped_column(String(5))
    population: Mapped[int | None]
    population_date: Mapped[date | None] = mapped_column(Date)
    population_origin: Mapped[str | None]
    area_km2: Mapped[float | None] = mapped_column(Float)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)


class SourceMunicipality(Base):
    """Which municipalities a source speaks for; members of joint projects."""

    __tablename__ = "source_municipality"
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    ags: Mapped[str] = mapped_column(ForeignKey("municipality.ags"), primary_key=True)
    verified: Mapped[bool]


class RunRow(Base):
    """One crawl."""

    __tablename__ = "run"
    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(20))
    software: Mapped[str] = mapped_column(String(40))
    replay: Mapped[str | None]
    holder: Mapped[str | None]
    counts: Mapped[dict[str, Any]]


class SourceRun(Base):
    """What one crawl did at one source."""

    __tablename__ = "source_run"
    __table_args__ = (UniqueConstraint("run_id", "source_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(20))
    requests: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    lists_read: Mapped[int] = mapped_column(default=0)
    lists_unchanged: Mapped[int] = mapped_column(default=0, server_default="0")
    links: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0, server_default="0")
    gone: Mapped[int] = mapped_column(default=0)
    outside: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    oldest: Mapped[date | None] = mapped_column(Date)
    complete: Mapped[bool] = mapped_column(Boolean, default=False)


class HostLock(Base):
    """Which run asks a host, and its last sign of life; without a holder: from when on the host may be asked again."""

    __tablename__ = "host_lock"
    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    holder: Mapped[str | None]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id", ondelete="SET NULL"))
    since: Mapped[datetime]
    beat: Mapped[datetime]
    free_at: Mapped[datetime | None]
    refusals: Mapped[int] = mapped_column(default=0, server_default="0")


class Page(Base):
    """An address we know: what the server said of it, and when it is due again."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("source_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    key: Mapped[str]
    url: Mapped[str]
    role: Mapped[str] = mapped_column(String(10))
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    last_status: Mapped[int | None]
    last_checked: Mapped[datetime | None]
    next_due: Mapped[datetime | None]
    content_hash: Mapped[str | None] = mapped_column(String(64))
    hints: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    told: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    moved_to: Mapped[str | None]
    archive_file: Mapped[str | None]
    archive_offset: Mapped[int | None] = mapped_column(BigInteger)
    failure: Mapped[str | None] = mapped_column(String(30))
    failures_in_row: Mapped[int] = mapped_column(default=0)
    decision: Mapped[str | None] = mapped_column(String(20))
    relevance: Mapped[float | None] = mapped_column(Float)
    codebook_version: Mapped[str | None] = mapped_column(String(40))
    headline: Mapped[str | None]
    published: Mapped[date | None] = mapped_column(Date)


class Story(Base):
    """The same text at several places; the earliest placement represents it."""

    __tablename__ = "story"
    id: Mapped[int] = mapped_column(primary_key=True)
    first_published: Mapped[date | None] = mapped_column(Date)
    headline: Mapped[str | None]


_GONE = text("gone_since IS NOT NULL")
COARSE = text("published_precision NOT IN ('day', 'minute')")
"""Articles whose publication is known less exactly than by its day."""


class Article(Base):
    """A published piece."""

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_source_published", "source_id", "published_date"),
        Index("ix_article_published_date", "published_date"),
        Index("ix_article_coarse", "id", sqlite_where=COARSE, postgresql_where=COARSE),
        Index("ix_article_gone", "id", sqlite_where=_GONE, postgresql_where=_GONE),
        Index("ix_article_unplaced", "id", sqlite_where=text("NOT placed"), postgresql_where=text("NOT placed")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="SET NULL"), index=True)
    story_id: Mapped[int | None] = mapped_column(ForeignKey("story.id", ondelete="SET NULL"), index=True)
    identity: Mapped[str] = mapped_column(Text, unique=True)
    url: Mapped[str]
    canonical_url: Mapped[str] = mapped_column(Text, index=True)
    headline: Mapped[str | None]
    kicker: Mapped[str | None]
    teaser: Mapped[str | None]
    body: Mapped[str]
    body_html: Mapped[str]
    language: Mapped[str | None] = mapped_column(String(8))
    platform: Mapped[str | None] = mapped_column(String(20))
    authors: Mapped[list[Any]]
    tags: Mapped[list[Any]]
    categories: Mapped[list[Any]] = mapped_column(server_default="[]")
    breadcrumbs: Mapped[list[Any]]
    translations: Mapped[dict[str, Any]]
    published_date: Mapped[date | None] = mapped_column(Date)
    published_at: Mapped[datetime | None]
    published_precision: Mapped[str | None] = mapped_column(String(10))
    published_edtf: Mapped[str | None]
    modified_date: Mapped[date | None] = mapped_column(Date)
    modified_at: Mapped[datetime | None]
    modified_edtf: Mapped[str | None]
    word_count: Mapped[int]
    relevance: Mapped[float | None] = mapped_column(Float)
    codebook_version: Mapped[str | None] = mapped_column(String(40))
    rights: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    sketch: Mapped[bytes | None] = mapped_column(LargeBinary)
    placed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    content_hash: Mapped[str] = mapped_column(String(64))
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    missing_since: Mapped[datetime | None]
    missing_reason: Mapped[str | None] = mapped_column(String(10))
    gone_since: Mapped[datetime | None]
    gone_reason: Mapped[str | None] = mapped_column(String(10))
    software: Mapped[str] = mapped_column(String(40))


class ArticleAddress(Base):
    """A further address of an article: another that it was seen at, or, with ``moved_at``, one that it has left."""

    __tablename__ = "article_address"
    __table_args__ = (UniqueConstraint("article_id", "url"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="SET NULL"), index=True)
    url: Mapped[str]
    seen_at: Mapped[datetime]
    moved_at: Mapped[datetime | None]


class Sketch(Base):
    """One of the few hashes by which an article is found as a candidate for a story."""

    __tablename__ = "sketch"
    __table_args__ = ({"sqlite_with_rowid": False},)
    value: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )


class ArticleTwin(Base):
    """Another language's version of an article, or its version in Leichte Sprache; linked, never merged."""

    __tablename__ = "article_twin"
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    twin_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, index=True)
    language: Mapped[str] = mapped_column(String(20))


class SearchWord(Base):
    """A word of the corpus in the search's one spelling, its stem, and as it was first written.

    Words may outlive their articles until all is indexed anew.
    """

    __tablename__ = "search_word"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"), unique=True)
    stem: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"), index=True)
    written: Mapped[str]


class SearchState(Base):
    """By which rules of analysis the articles were indexed; a single row."""

    __tablename__ = "search_state"
    id: Mapped[int] = mapped_column(primary_key=True)
    analysis: Mapped[str] = mapped_column(String(20))


class Revision(Base):
    """One state of an article; ``diff`` holds the fields that changed, each as [before, after]."""

    __tablename__ = "revision"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id", ondelete="SET NULL"))
    seen_at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(String(20))
    content_hash: Mapped[str] = mapped_column(String(64))
    diff: Mapped[dict[str, Any]]


class _OfArticle:
    """Every part of an article names its article."""

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)


class DateMention(_OfArticle, Base):
    """A date or period told in an article, its publication included. ``*_at`` is set where a time is told."""

    __tablename__ = "date_mention"
    __table_args__ = (Index("ix_date_mention_start_date", "start_date"),)
    kind: Mapped[str] = mapped_column(String(10))
    start_date: Mapped[date | None] = mapped_column(Date)
    end_date: Mapped[date | None] = mapped_column(Date)
    start_at: Mapped[datetime | None]
    end_at: Mapped[datetime | None]
    precision: Mapped[str] = mapped_column(String(10))
    edtf: Mapped[str]
    raw: Mapped[str]
    field: Mapped[str] = mapped_column(String(20))
    position: Mapped[int | None]
    position_end: Mapped[int | None]
    rule: Mapped[str]
    confidence: Mapped[float] = mapped_column(Float)
    name: Mapped[str | None]
    place: Mapped[str | None]
    rrule: Mapped[str | None]


class ArticleTopic(_OfArticle, Base):
    """A topic found; ``words`` lists the matched words with field and position."""

    __tablename__ = "article_topic"
    __table_args__ = (Index("ix_article_topic_topic", "topic"),)
    topic: Mapped[str] = mapped_column(String(60))
    score: Mapped[float] = mapped_column(Float)
    codebook_version: Mapped[str] = mapped_column(String(40))
    words: Mapped[list[Any]]


class MentionRow(_OfArticle, Base):
    """A municipality, project or organisation named in an article."""

    __tablename__ = "mention"
    __table_args__ = (Index("ix_mention_entity", "entity"),)
    entity: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
    surface: Mapped[str]
    field: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    position_end: Mapped[int]


class ImageRow(_OfArticle, Base):
    """A picture of an article; ``place`` is hero, inline or gallery."""

    __tablename__ = "image"
    url: Mapped[str]
    alternative_text: Mapped[str | None]
    caption: Mapped[str | None]
    credit: Mapped[str | None]
    place: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(Integer)


class AttachmentRow(_OfArticle, Base):
    """A file that an article offers; ``size`` as printed."""

    __tablename__ = "attachment"
    url: Mapped[str]
    title: Mapped[str | None]
    type: Mapped[str | None] = mapped_column(String(10))
    size: Mapped[str | None]
    number: Mapped[int] = mapped_column(Integer)


class EvidenceRow(_OfArticle, Base):
    """Why a field has its value; ``chosen`` is false for a candidate that lost."""

    __tablename__ = "evidence"
    field: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str]
    raw: Mapped[str]
    confidence: Mapped[float] = mapped_column(Float)
    chosen: Mapped[bool]


class IssueLog(Base):
    """A failed request or a page that gave no article."""

    __tablename__ = "issue_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    url: Mapped[str]
    role: Mapped[str] = mapped_column(String(10))
    failure: Mapped[str] = mapped_column(String(30))
    detail: Mapped[str]
    status: Mapped[int | None]
