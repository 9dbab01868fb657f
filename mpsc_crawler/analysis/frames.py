"""The database as pandas DataFrames: what is in which column, of which type, in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Engine, Select, select

from mpsc_crawler.analysis import groups
from mpsc_crawler.storage.models import (
    Article,
    ArticleTopic,
    DateMention,
    ImageRow,
    MentionRow,
    Revision,
    SourceRow,
    Story,
)
from mpsc_crawler.storage.queries import ArticleFilter, filtered

_DAY, _MOMENT, _TEXT, _WHOLE, _REAL = "datetime64[s]", "datetime64[us, UTC]", "str", "Int64", "Float64"


@dataclass(frozen=True, slots=True)
class Frame:
    """A table for researchers: its columns as (name, type, what of the database)."""

    columns: tuple[tuple[str, str, Any], ...]
    of: type[Any] | None = None

    @property
    def types(self) -> dict[str, str]:
        """The pandas type of every column."""
        return {name: kind for name, kind, _ in self.columns}


_OF_ARTICLE = (
    ("article", _WHOLE, Article.id),
    ("source", _TEXT, SourceRow.slug),
    ("published", _DAY, Article.published_date),
)
FRAMES = {
    "articles": Frame(
        (
            *_OF_ARTICLE,
            ("published_at", _MOMENT, Article.published_at),
            ("precision", _TEXT, Article.published_precision),
            ("edtf", _TEXT, Article.published_edtf),
            ("headline", _TEXT, Article.headline),
            ("teaser", _TEXT, Article.teaser),
            ("body", _TEXT, Article.body),
            ("url", _TEXT, Article.url),
            ("language", _TEXT, Article.language),
            ("words", _WHOLE, Article.word_count),
            ("relevance", _REAL, Article.relevance),
            ("story", _WHOLE, Article.story_id),
            ("first_seen", _MOMENT, Article.first_seen),
            ("last_seen", _MOMENT, Article.last_seen),
            ("gone_since", _MOMENT, Article.gone_since),
            ("gone_reason", _TEXT, Article.gone_reason),
            ("codebook", _TEXT, Article.codebook_version),
            ("software", _TEXT, Article.software),
        )
    ),
    "dates": Frame(
        (
            *_OF_ARTICLE,
            ("kind", _TEXT, DateMention.kind),
            ("start", _DAY, DateMention.start_date),
            ("end", _DAY, DateMention.end_date),
            ("start_at", _MOMENT, DateMention.start_at),
            ("end_at", _MOMENT, DateMention.end_at),
            ("precision", _TEXT, DateMention.precision),
            ("edtf", _TEXT, DateMention.edtf),
            ("raw", _TEXT, DateMention.raw),
            ("field", _TEXT, DateMention.field),
            ("position", _WHOLE, DateMention.position),
            ("rule", _TEXT, DateMention.rule),
            ("confidence", _REAL, DateMention.confidence),
            ("name", _TEXT, DateMention.name),
            ("place", _TEXT, DateMention.place),
            ("rrule", _TEXT, DateMention.rrule),
        ),
        DateMention,
    ),
    "topics": Frame(
        (
            *_OF_ARTICLE,
            ("topic", _TEXT, ArticleTopic.topic),
            ("score", _REAL, ArticleTopic.score),
            ("codebook", _TEXT, ArticleTopic.codebook_version),
        ),
        ArticleTopic,
    ),
    "mentions": Frame(
        (
            *_OF_ARTICLE,
            ("entity", _TEXT, MentionRow.entity),
            ("kind", _TEXT, MentionRow.kind),
            ("surface", _TEXT, MentionRow.surface),
            ("field", _TEXT, MentionRow.field),
            ("position", _WHOLE, MentionRow.position),
        ),
        MentionRow,
    ),
    "images": Frame(
        (
            *_OF_ARTICLE,
            ("url", _TEXT, ImageRow.url),
            ("alternative_text", _TEXT, ImageRow.alternative_text),
            ("caption", _TEXT, ImageRow.caption),
            ("credit", _TEXT, ImageRow.credit),
            ("place", _TEXT, ImageRow.place),
            ("number", _WHOLE, ImageRow.number),
        ),
        ImageRow,
    ),
    "revisions": Frame(
        (
            *_OF_ARTICLE,
            ("seen_at", _MOMENT, Revision.seen_at),
            ("origin", _TEXT, Revision.origin),
            ("run", _WHOLE, Revision.run_id),
            ("diff", "object", Revision.diff),
        ),
        Revision,
    ),
    "stories": Frame(
        (
            ("story", _WHOLE, Article.story_id),
            ("first_published", _DAY, Story.first_published),
            ("story_headline", _TEXT, Story.headline),
            *_OF_ARTICLE,
            ("headline", _TEXT, Article.headline),
            ("url", _TEXT, Article.url),
        )
    ),
}
TEXTS = frozenset(("teaser", "body"))


def statement_of(engine: Engine, name: str, wanted: ArticleFilter, *, texts: bool = False) -> Select[Any]:
    """The statement of a table, ordered, so that the same database gives the same rows in the same order.

    :raises NothingFoundError: the filter names what is not in the database.
    """
    frame = FRAMES[name]
    columns = [column.label(label) for label, _, column in frame.columns if texts or label not in TEXTS]
    statement = select(*columns).select_from(Article).join(SourceRow, SourceRow.id == Article.source_id)
    if frame.of is not None:
        statement = statement.join(frame.of, frame.of.article_id == Article.id)
    if name == "stories":
        statement = statement.join(Story, Story.id == Article.story_id)
        order: tuple[Any, ...] = (
            Article.story_id,
            Article.published_date.is_(None),
            Article.published_date,
            Article.id,
        )
    else:
        order = (Article.id,) if frame.of is None else (Article.id, frame.of.id)
    return filtered(engine, statement, wanted).order_by(*order)


def typed(rows: Iterable[Any], types: dict[str, str]) -> pd.DataFrame:
    """Rows as a DataFrame with exactly these columns and types; also if there is no row."""
    frame = pd.DataFrame.from_records([tuple(row) for row in rows], columns=list(types))
    for name, kind in types.items():
        if kind == _DAY:
            frame[name] = pd.to_datetime(frame[name], errors="coerce").astype(_DAY)
        elif kind == _MOMENT:
            frame[name] = pd.to_datetime(frame[name], utc=True).astype(_MOMENT)
        elif kind != "object":
            frame[name] = frame[name].astype(kind)
    return frame


def table(engine: Engine, name: str, wanted: ArticleFilter, *, texts: bool = False) -> pd.DataFrame:
    """One of :data:`FRAMES` for the articles that the filter lets pass."""
    types = {n: kind for n, kind in FRAMES[name].types.items() if texts or n not in TEXTS}
    with engine.connect() as connection:
        return typed(connection.execute(statement_of(engine, name, wanted, texts=texts)), types)


SOURCES = {
    "source": _TEXT,
    "name": _TEXT,
    "kind": _TEXT,
    "scope": _TEXT,
    "cohort": _WHOLE,
    "states": "object",
    "ags": "object",
}
MUNICIPALITIES = {
    "ags": _TEXT,
    "name": _TEXT,
    "state": _TEXT,
    "population": _WHOLE,
    "population_date": _DAY,
    "latitude": _REAL,
    "longitude": _REAL,
}


def sources(engine: Engine) -> pd.DataFrame:
    """Every source: slug, name, kind, cohort, states, and the keys of its municipalities."""
    told = groups.sources(engine)
    return typed([(s.slug, s.name, s.kind, s.scope, s.cohort, list(s.states), list(s.ags)) for s in told], SOURCES)


def municipalities(engine: Engine) -> pd.DataFrame:
    """The municipalities that a source speaks for: key, name, state, inhabitants, coordinates."""
    return typed(groups.municipalities(engine), MUNICIPALITIES)
