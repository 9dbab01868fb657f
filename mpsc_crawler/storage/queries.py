"""What readers ask the database: articles by filter, one article with all its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute

from mpsc_crawler.storage.models import (
    Article,
    ArticleAddress,
    ArticleTopic,
    ArticleTwin,
    AttachmentRow,
    DateMention,
    EvidenceRow,
    ImageRow,
    MentionRow,
    MunicipalityRow,
    Page,
    Revision,
    SourceMunicipality,
    SourceRow,
    SourceRun,
    Story,
)
from mpsc_crawler.storage.search.understand import hits


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """Which articles. Days are inclusive and local; articles without a date of ``date_kind`` match no day.

    :param municipality: its key in the official register (AGS) or its name; articles of the sources that speak for it.
    :param cohort: the year in which a project was chosen, such as 2020.
    :param gone: also articles that their publisher has removed.
    :param date_kind: which date ``since`` and ``until`` look at: ``published``, or a kind of date told in the text, such as ``event``.
    :param further_topics: topics that an article must have besides ``topic``.
    :param query: only what the search finds; see ``storage/search/query.py`` for its language.
    """

    source: str | None = None
    topic: str | None = None
    state: str | None = None
    since: date | None = None
    until: date | None = None
    language: str | None = None
    gone: bool = False
    municipality: str | None = None
    cohort: int | None = None
    date_kind: str = "published"
    query: str | None = None
    further_topics: tuple[str, ...] = ()

    @property
    def narrows(self) -> bool:
        """Whether any article is left out, but for those that are gone."""
        return self != ArticleFilter(gone=self.gone)

    @property
    def everything(self) -> bool:
        """Whether no article at all is left out."""
        return self.gone and not self.narrows


class NothingFoundError(LookupError):
    """A filter names what is not in the database, or no article has that number. Fit to be shown."""


def sources(engine: Engine) -> list[Row[Any]]:
    """Every source with the number of its articles, by slug."""
    count = func.count(Article.id)
    statement = (
        select(
            SourceRow.id,
            SourceRow.slug,
            SourceRow.name,
            SourceRow.kind,
            SourceRow.states,
            SourceRow.cohort,
            SourceRow.website,
            count.label("articles"),
        )
        .join(Article, Article.source_id == SourceRow.id, isouter=True)
        .group_by(SourceRow.id)
        .order_by(SourceRow.slug)
    )
    with engine.connect() as connection:
        return list(connection.execute(statement))


def topics(engine: Engine) -> list[tuple[str, int]]:
    """Every topic that occurs, with the number of articles, by slug."""
    statement = (
        select(ArticleTopic.topic, func.count(ArticleTopic.article_id))
        .group_by(ArticleTopic.topic)
        .order_by(ArticleTopic.topic)
    )
    with engine.connect() as connection:
        return [(topic, count) for topic, count in connection.execute(statement)]


def _of_sources(
    engine: Engine, statement: Select[Any], wanted: ArticleFilter, number: InstrumentedAttribute[int]
) -> Select[Any]:
    """Narrow a statement to the sources that a filter names."""
    known = sources(engine) if wanted.source or wanted.state else []
    if wanted.source:
        if wanted.source not in {row.slug for row in known}:
            raise NothingFoundError(
                f"source {wanted.source!r} is not in the database; it has: {', '.join(r.slug for r in known if r.articles) or 'none'}"
            )
        statement = statement.where(number.in_([row.id for row in known if row.slug == wanted.source]))
    if wanted.state:
        ids = [row.id for row in known if wanted.state in row.states]
        if not ids:
            states = sorted({state for row in known for state in row.states})
            raise NothingFoundError(
                f"no source in {wanted.state!r}; the database knows: {', '.join(states) or 'no states'}"
            )
        statement = statement.where(number.in_(ids))
    if wanted.municipality:
        statement = statement.where(number.in_({source for _, source in _speaking_for(engine, wanted.municipality)}))
    if wanted.cohort is not None:
        ids = [row.id for row in sources(engine) if row.cohort == wanted.cohort]
        if not ids:
            years = sorted({row.cohort for row in sources(engine) if row.cohort is not None})
            raise NothingFoundError(
                f"no source of cohort {wanted.cohort}; there are: {', '.join(map(str, years)) or 'none'}"
            )
        statement = statement.where(number.in_(ids))
    return statement


def _occurs(engine: Engine, topic: str) -> bool:
    with engine.connect() as connection:
        found = connection.execute(select(ArticleTopic.id).where(ArticleTopic.topic == topic).limit(1)).first()
    return found is not None


def filtered(engine: Engine, statement: Select[Any], wanted: ArticleFilter) -> Select[Any]:
    statement = _of_sources(engine, statement, wanted, Article.source_id)
    for topic in (wanted.topic, *wanted.further_topics):
        if not topic:
            continue
        if not _occurs(engine, topic):
            raise NothingFoundError(
                f"no article has topic {topic!r}; there are: {', '.join(t for t, _ in topics(engine)) or 'none'}"
            )
        statement = statement.where(Article.id.in_(select(ArticleTopic.article_id).where(ArticleTopic.topic == topic)))
    if wanted.query is not None:
        statement = statement.where(Article.id.in_(hits(engine, wanted.query)))
    statement = _dated(statement, wanted)
    if wanted.language:
        statement = statement.where(Article.language == wanted.language)
    if not wanted.gone:
        statement = statement.where(Article.gone_since.is_(None))
    return statement


DATE_KINDS = ("published", "updated", "event", "deadline", "period", "other")


def _dated(statement: Select[Any], wanted: ArticleFilter) -> Select[Any]:
    if wanted.date_kind not in DATE_KINDS:
        raise NothingFoundError(f"no kind of date {wanted.date_kind!r}; there are: {', '.join(DATE_KINDS)}")
    if wanted.since is None and wanted.until is None:
        return statement
    if wanted.date_kind == "published":
        if wanted.since:
            statement = statement.where(Article.published_date >= wanted.since)
        if wanted.until:
            statement = statement.where(Article.published_date <= wanted.until)
        return statement
    # a period counts where any day of it lies within; an open side ends nowhere
    told = select(DateMention.article_id).where(DateMention.kind == wanted.date_kind)
    if wanted.since:
        told = told.where((DateMention.end_date >= wanted.since) | (DateMention.end_date.is_(None)))
        told = told.where(DateMention.start_date.is_not(None) | DateMention.end_date.is_not(None))
    if wanted.until:
        told = told.where((DateMention.start_date <= wanted.until) | (DateMention.start_date.is_(None)))
    return statement.where(Article.id.in_(told))


def sources_of(engine: Engine, wanted: ArticleFilter) -> Select[Any]:
    """The numbers of the sources that a filter names, by source, municipality, state or cohort."""
    statement = select(SourceRow.id)
    only = ArticleFilter(
        source=wanted.source, municipality=wanted.municipality, state=wanted.state, cohort=wanted.cohort, gone=True
    )
    return _of_sources(engine, statement, only, SourceRow.id)


def asked_sources(connection: Connection) -> set[int]:
    """The numbers of the sources that a run ever asked, or that have articles."""
    asked = set(connection.execute(select(SourceRun.source_id).distinct()).scalars())
    some = exists().where(Article.source_id == SourceRow.id)
    return asked | set(connection.execute(select(SourceRow.id).where(some)).scalars())


def keys_of(engine: Engine, municipality: str) -> list[str]:
    """The key (AGS) of a municipality that a source speaks for, by key or name.

    :raises NothingFoundError: no source does, or several municipalities have that name.
    """
    return sorted({ags for ags, _ in _speaking_for(engine, municipality)})


def _speaking_for(engine: Engine, municipality: str) -> list[tuple[str, int]]:
    """The key of a municipality with the number of each source that speaks for it.

    :raises NothingFoundError: no source does, or several municipalities have that name.
    """
    named = select(MunicipalityRow.ags, MunicipalityRow.name, SourceMunicipality.source_id).join(
        SourceMunicipality, SourceMunicipality.ags == MunicipalityRow.ags
    )
    wanted = municipality.strip().casefold()
    with engine.connect() as connection:
        known = connection.execute(named).all()
    found = [row for row in known if wanted in (row.ags, row.name.casefold(), row.name.split(",")[0].casefold())]
    keys = sorted({row.ags for row in found})
    if len(keys) > 1:
        raise NothingFoundError(f"{municipality!r} names several: {', '.join(keys)}; give the key (AGS)")
    if not keys:
        near = sorted({row.name for row in known if row.name.casefold().startswith(wanted[:3])})
        hint = f"; similar ones: {', '.join(near[:8])}" if near else ""
        raise NothingFoundError(f"no source speaks for {municipality!r}{hint}")
    return [(row.ags, row.source_id) for row in found]


def articles(engine: Engine, wanted: ArticleFilter, limit: int | None = None) -> Iterator[Row[Any]]:
    """Articles with their source, newest publication first, undated ones last; streamed.

    :raises NothingFoundError: source, topic or state is not in the database.
    """
    statement = select(
        Article.__table__,
        SourceRow.slug.label("source"),
        SourceRow.name.label("source_name"),
        SourceRow.website.label("source_website"),
    )
    statement = filtered(engine, statement.join(SourceRow, SourceRow.id == Article.source_id), wanted)
    statement = statement.order_by(
        Article.published_date.is_(None), Article.published_date.desc(), Article.published_at.desc(), Article.id.desc()
    )
    if limit:
        statement = statement.limit(limit)
    with engine.connect().execution_options(yield_per=500) as connection:
        yield from connection.execute(statement)


def events(
    engine: Engine, wanted: ArticleFilter, since: date | None = None, until: date | None = None
) -> list[Row[Any]]:
    """The events that articles announce, by day; of repeats in one article the first. Only those of which the day is told.

    :param since: first day that an event may touch; ``until`` the last one it may begin on.
    """
    columns: tuple[Any, ...] = (
        DateMention.start_date.label("start"), DateMention.end_date.label("end"), DateMention.start_at, DateMention.end_at, DateMention.name,
        DateMention.place, DateMention.edtf, DateMention.rrule, Article.headline, SourceRow.slug.label("source"),
        Article.id.label("article"), Article.url, Article.identity, Article.first_seen.label("stamp"),
    )  # fmt: skip
    statement = select(*columns).join(SourceRow, SourceRow.id == Article.source_id)
    statement = filtered(engine, statement.join(DateMention, DateMention.article_id == Article.id), wanted)
    statement = statement.where(DateMention.kind == "event", DateMention.start_date.is_not(None))
    statement = statement.where(DateMention.precision.in_(("day", "minute")))
    if since:
        statement = statement.where(func.coalesce(DateMention.end_date, DateMention.start_date) >= since)
    if until:
        statement = statement.where(DateMention.start_date <= until)
    statement = statement.order_by(DateMention.start_date, DateMention.start_at, Article.id, DateMention.id)
    found: dict[tuple[Any, ...], Row[Any]] = {}
    with engine.connect() as connection:
        for row in connection.execute(statement):
            # of two namings of one day the one with a time tells more
            key = (row.article, row.start, row.end)
            if key not in found or (found[key].start_at is None and row.start_at is not None):
                found[key] = row
    return list(found.values())


def by_number(engine: Engine, numbers: Sequence[int]) -> list[Row[Any]]:
    """Articles with their source, in the order of the numbers; those that are not there are left out."""
    statement = (
        select(Article.__table__, SourceRow.slug.label("source"))
        .join(SourceRow, SourceRow.id == Article.source_id)
        .where(Article.id.in_(numbers))
    )
    with engine.connect() as connection:
        found = {row.id: row for row in connection.execute(statement)}
    return [found[number] for number in numbers if number in found]


def count(engine: Engine, wanted: ArticleFilter) -> tuple[int, int]:
    """How many articles match, and how many of them tell no publication date."""
    columns: tuple[Any, Any] = (func.count(Article.id), func.count(Article.published_date))
    statement: Select[Any] = select(*columns).join(SourceRow, SourceRow.id == Article.source_id)
    with engine.connect() as connection:
        total, dated = connection.execute(filtered(engine, statement, wanted)).one()
    return total, total - dated


_AT_ONCE = 200
INTERNAL = frozenset(("sketch", "placed"))
"""Columns of an article that serve the software, not its readers."""
PARTS: dict[str, type[Any]] = {
    "dates": DateMention,
    "topics": ArticleTopic,
    "mentions": MentionRow,
    "images": ImageRow,
    "attachments": AttachmentRow,
    "evidence": EvidenceRow,
}


def parts(
    engine: Engine, article_ids: list[int], names: Iterable[str] = tuple(PARTS)
) -> dict[str, dict[int, list[dict[str, Any]]]]:
    """The rows that belong to articles: part by name, then by article, in the order they were written."""
    found: dict[str, dict[int, list[dict[str, Any]]]] = {}
    with engine.connect() as connection:
        for name in names:
            model = PARTS[name]
            by_article: dict[int, list[dict[str, Any]]] = {}
            for row in connection.execute(
                select(model.__table__).where(model.article_id.in_(article_ids)).order_by(model.id)
            ).mappings():
                by_article.setdefault(row["article_id"], []).append(
                    {k: v for k, v in row.items() if k not in ("id", "article_id")}
                )
            found[name] = by_article
    return found


def with_parts(
    engine: Engine, wanted: ArticleFilter, limit: int | None = None, names: Iterable[str] = tuple(PARTS)
) -> Iterator[tuple[Row[Any], dict[str, list[dict[str, Any]]]]]:
    """Articles as :func:`articles` gives them, each with its rows of these parts; streamed."""
    rows = articles(engine, wanted, limit)
    while batch := list(islice(rows, _AT_ONCE)):
        found = parts(engine, [row.id for row in batch], names)
        for row in batch:
            yield row, {name: by_article.get(row.id, []) for name, by_article in found.items()}


def _placements(connection: Connection, story: int) -> list[dict[str, Any]]:
    """The articles of a story, the earliest first."""
    rows = connection.execute(
        select(
            Article.id,
            SourceRow.slug.label("source"),
            Article.headline,
            Article.url,
            Article.published_date,
            Article.first_seen,
            Article.word_count,
            Article.gone_since,
        )
        .join(SourceRow, SourceRow.id == Article.source_id)
        .where(Article.story_id == story)
        .order_by(Article.published_date.is_(None), Article.published_date, Article.first_seen, Article.id)
    )
    return [dict(row) for row in rows.mappings()]


def stories(engine: Engine, limit: int | None = None) -> list[dict[str, Any]]:
    """The stories with most placements first: number, headline and day of the earliest, how many places, at which sources."""
    count = func.count(Article.id)
    statement = (
        select(Story.id, Story.headline, Story.first_published, count.label("places"))
        .join(Article, Article.story_id == Story.id)
        .group_by(Story.id)
        .order_by(count.desc(), Story.first_published.desc(), Story.id)
    )
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(statement.limit(limit)).mappings()]
        for told in found:
            told["sources"] = sorted({placement["source"] for placement in _placements(connection, told["id"])})
    return found


def story(engine: Engine, number: int) -> dict[str, Any]:
    """One story with its placements, the earliest first.

    :raises NothingFoundError: there is no such story.
    """
    with engine.connect() as connection:
        row = connection.execute(select(Story.__table__).where(Story.id == number)).mappings().first()
        if row is None:
            raise NothingFoundError(f"no story has number {number}; `mpsc stories` lists the numbers")
        return {**row, "placements": _placements(connection, number)}


def article(engine: Engine, article_id: int) -> dict[str, Any]:
    """One article with its source, page and all parts.

    :raises NothingFoundError: there is no such article.
    """
    with engine.connect() as connection:
        row = (
            connection.execute(
                select(Article.__table__, SourceRow.slug.label("source"), SourceRow.name.label("source_name"))
                .join(SourceRow, SourceRow.id == Article.source_id)
                .where(Article.id == article_id)
            )
            .mappings()
            .first()
        )
        if row is None:
            raise NothingFoundError(f"no article has number {article_id}; `mpsc articles` lists the numbers")
        page = connection.execute(select(Page.__table__).where(Page.id == row["page_id"])).mappings().first()
        revisions = (
            connection.execute(
                select(Revision.__table__).where(Revision.article_id == article_id).order_by(Revision.id)
            )
            .mappings()
            .all()
        )
        story = connection.execute(select(Story.__table__).where(Story.id == row["story_id"])).mappings().first()
        placements = _placements(connection, row["story_id"]) if story is not None else []
        twins = connection.execute(
            select(ArticleTwin.twin_id, ArticleTwin.language, Article.headline, Article.url)
            .join(Article, Article.id == ArticleTwin.twin_id)
            .where(ArticleTwin.article_id == article_id)
            .order_by(ArticleTwin.language)
        ).mappings()
        addresses = connection.execute(
            select(ArticleAddress.url, ArticleAddress.seen_at, ArticleAddress.moved_at)
            .where(ArticleAddress.article_id == article_id)
            .order_by(ArticleAddress.id)
        ).mappings()
        beside = {
            "story": {**story, "placements": placements} if story is not None else None,
            "twins": [dict(twin) for twin in twins],
            "addresses": [dict(address) for address in addresses],
        }
    whole = {name: value for name, value in row.items() if name not in INTERNAL} | beside
    for name, by_article in parts(engine, [article_id]).items():
        whole[name] = by_article.get(article_id, [])
    whole["page"] = dict(page) if page is not None else None
    whole["revisions"] = [dict(r) for r in revisions]
    return whole
