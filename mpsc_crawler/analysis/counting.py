"""How many articles had each source on each day, and when was it looked at? What every series is made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Engine, String, cast, func, select

from mpsc_crawler.analysis.frames import typed
from mpsc_crawler.analysis.observed import Look, Span, observed
from mpsc_crawler.items import BERLIN
from mpsc_crawler.storage.models import COARSE, Article, Page, SourceRow, SourceRun
from mpsc_crawler.storage.queries import ArticleFilter, filtered

_TYPES = {"source": "int64", "day": "datetime64[s]", "articles": "int64"}


def per_day(engine: Engine, wanted: ArticleFilter) -> pd.DataFrame:
    """Articles by source (its number) and day of publication; ``NaT`` where none is known."""
    day = Article.published_date
    columns: tuple[Any, ...] = (Article.source_id, cast(day, String), func.count())
    statement = select(*columns).select_from(Article)
    with engine.connect() as connection:
        rows = connection.execute(filtered(engine, statement, wanted).group_by(Article.source_id, day)).all()
    return typed(rows, _TYPES)


def coarse(engine: Engine, wanted: ArticleFilter) -> pd.DataFrame:
    """Articles whose publication is known less exactly than by its day, counted as in :func:`per_day`, with its ``precision``."""
    columns: tuple[Any, ...] = (Article.source_id, Article.published_date, func.count(), Article.published_precision)
    # found by an index of their own, then sieved: they are few
    few = select(Article.id).where(COARSE)
    statement = select(*columns).where(Article.id.in_(few))
    statement = filtered(engine, statement, wanted)
    statement = statement.group_by(Article.source_id, Article.published_date, Article.published_precision)
    with engine.connect() as connection:
        return typed(connection.execute(statement), {**_TYPES, "precision": "str"})


def exact_enough(counts: pd.DataFrame, vague: pd.DataFrame, by: str) -> pd.DataFrame:
    """Counts with what is known less exactly than by its period among the undated: a year is no month."""
    unfit = {"month": ("year", "quarter"), "quarter": ("year",)}.get(by, ())
    moved = vague[vague["precision"].isin(unfit)][["source", "day", "articles"]]
    if moved.empty:
        return counts
    nowhere = moved.assign(day=pd.NaT).astype(_TYPES)
    return pd.concat([without(counts, moved), nowhere], ignore_index=True)


def repeated(engine: Engine, wanted: ArticleFilter) -> pd.DataFrame:
    """Of stories with several placements among the articles, all placements but the earliest, counted as in :func:`per_day`."""
    columns: tuple[Any, ...] = (Article.source_id, Article.published_date, Article.story_id, Article.id)
    statement = select(*columns)
    statement = statement.where(Article.story_id.is_not(None))
    order = (Article.story_id, Article.published_date.is_(None), Article.published_date, Article.id)
    with engine.connect() as connection:
        rows = connection.execute(filtered(engine, statement, wanted).order_by(*order)).all()
    seen: set[int] = set()
    more = []
    for source, day, story, _ in rows:
        if story in seen:
            more.append((source, day, 1))
        seen.add(story)
    return typed(more, _TYPES)


def outside(engine: Engine, wanted: ArticleFilter) -> pd.DataFrame:
    """Other news of sources that publish on everything: pages judged out of scope, counted as in :func:`per_day`."""
    statement = select(Page.source_id, cast(Page.published, String), func.count(func.distinct(Page.id)))
    statement = statement.where(Page.decision == "outside")
    allowed = select(SourceRow.id)
    narrowed = replace(
        wanted, topic=None, further_topics=(), query=None, language=None, since=None, until=None, gone=True
    )
    if not narrowed.everything:
        allowed = filtered(engine, select(Article.source_id), narrowed)
    statement = statement.where(Page.source_id.in_(allowed))
    if wanted.since:
        statement = statement.where(Page.published >= wanted.since)
    if wanted.until:
        statement = statement.where(Page.published <= wanted.until)
    with engine.connect() as connection:
        return typed(connection.execute(statement.group_by(Page.source_id, Page.published)), _TYPES)


def without(counts: pd.DataFrame, less: pd.DataFrame) -> pd.DataFrame:
    """Counts less others."""
    taken = less.assign(articles=-less["articles"])
    both = pd.concat([counts, taken]).groupby(["source", "day"], dropna=False, as_index=False)["articles"].sum()
    return both[both["articles"] > 0].reset_index(drop=True)


def looks(engine: Engine) -> dict[int, list[Look]]:
    """By source (its number) the runs in which its lists could be read.

    Where entries are undated, the oldest article that a first look brought stands for its oldest entry.
    """
    columns: tuple[Any, ...] = (
        SourceRun.source_id, SourceRun.ended_at, SourceRun.started_at, SourceRun.oldest, SourceRun.complete, SourceRun.lists_read,
        SourceRun.lists_unchanged, SourceRun.new, SourceRun.outside, SourceRun.failed,
    )  # fmt: skip
    statement = select(*columns).where(SourceRun.lists_read > 0).order_by(SourceRun.source_id, SourceRun.started_at)
    oldest = select(Article.source_id, func.min(Article.published_date)).group_by(Article.source_id)
    found: dict[int, list[Look]] = {}
    with engine.connect() as connection:
        first = {source: day for source, day in connection.execute(oldest)}
        for row in connection.execute(statement):
            known = found.setdefault(row.source_id, [])
            reached: date | None = row.oldest
            if reached is None and row.complete and not known:
                reached = first.get(row.source_id)
            unchanged = row.lists_unchanged == row.lists_read
            nothing_new = unchanged or row.new + row.outside + row.failed == 0
            moment = row.ended_at or row.started_at
            known.append(Look(moment.astimezone(BERLIN).date(), reached, row.complete, nothing_new))
    return found


def spans(engine: Engine) -> dict[int, list[Span]]:
    """By source (its number) its observed days."""
    return {source: observed(told) for source, told in looks(engine).items()}


def within(counts: pd.DataFrame, seen: dict[int, list[Span]]) -> pd.Series:
    """For every row of counts whether its source was observed on its day; undated ones never are."""
    found = np.zeros(len(counts), dtype=bool)
    days = counts["day"].to_numpy()
    by_source = counts["source"].to_numpy()
    for source in np.unique(by_source):
        own = by_source == source
        for start, end in seen.get(int(source), []):
            found |= own & (days >= np.datetime64(start)) & (days <= np.datetime64(end))
    return pd.Series(found, index=counts.index)
