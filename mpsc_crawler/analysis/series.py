"""Counts and shares over time, with where nobody looked. Pure: counts by source and day in, a table out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from mpsc_crawler.analysis.intervals import wilson
from mpsc_crawler.analysis.observed import Span, days_within

By = Literal["month", "quarter", "year"]
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
COLUMNS = {
    "period": "datetime64[s]", "group": "str", "articles": "int64", "of": "int64", "observed": "float64", "share": "float64",
    "low": "float64", "high": "float64", "observed_articles": "int64", "observed_of": "int64",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """What a series is made of: articles in question and all articles, by source and day, and whether the day is observed."""

    hits: pd.DataFrame
    base: pd.DataFrame


def period_of(days: pd.Series, by: By) -> pd.Series:
    """The first day of each day's period; ``NaT`` stays."""
    months = days.to_numpy(dtype="datetime64[M]")
    unknown = np.isnat(months)
    # counted from January 1970, so that quarters and years begin where the rest is nothing
    counted = np.where(unknown, 0, months.astype("int64"))
    first = (counted - counted % _MONTHS[by]).astype("datetime64[M]").astype("datetime64[s]")
    first[unknown] = np.datetime64("NaT")
    return pd.Series(first, index=days.index)


def periods_between(first: date, last: date, by: By) -> list[date]:
    """The first days of all periods from that of ``first`` to that of ``last``."""
    months = _MONTHS[by]
    at = first.year * 12 + (first.month - 1) // months * months
    end = last.year * 12 + last.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(at, end + 1, months)]


def series(
    counted: Counted,
    groups: Mapping[int, Sequence[str]],
    spans: Mapping[int, Sequence[Span]],
    by: By,
    *,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Counts and shares by period and group.

    :param groups: the groups of each source (its number); a source of several counts in each.
    :param spans: the observed days of each source.
    :returns: a row for every period from the first to the last with any article, and every group; where articles are undated, one with
        period ``NaT``, too. ``articles`` of ``of`` are all that are known; ``share`` with its Wilson interval is that of the
        observed days alone, and unknown where there is none; ``observed`` is the part of the period's days (times sources) that is observed.
    """
    hits, base = (_by_period(frame, by) for frame in (counted.hits, counted.base))
    dated = base["period"].dropna()
    names = sorted({group for told in groups.values() for group in told})
    if not names:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
    grid: list[pd.Timestamp | None] = []
    if len(dated):
        grid = [pd.Timestamp(day) for day in periods_between(dated.min().date(), dated.max().date(), by)]
    undated = bool(base["period"].isna().any())
    told = {name: _grouped(frame, groups) for name, frame in (("hits", hits), ("base", base))}
    rows = []
    for period in [*grid, *([None] if undated else [])]:
        for name in names:
            key = (period if period is not None else pd.NaT, name)
            n, n_seen = told["hits"].get(_key(*key), (0, 0))
            of, of_seen = told["base"].get(_key(*key), (0, 0))
            if period is None and not of:
                continue
            part = _observed_part(period, by, name, groups, spans) if period is not None else np.nan
            share, low, high = np.nan, np.nan, np.nan
            if of_seen:
                share = n_seen / of_seen
                low, high = wilson(n_seen, of_seen, confidence)
            rows.append((period, name, n, of, part, share, low, high, n_seen, of_seen))
    frame = pd.DataFrame.from_records(rows, columns=list(COLUMNS))
    frame["period"] = pd.to_datetime(frame["period"])
    return frame.astype(COLUMNS)


def _by_period(frame: pd.DataFrame, by: By) -> pd.DataFrame:
    return frame.assign(period=period_of(frame["day"], by), seen=frame["articles"].where(frame["observed"], 0))


def _key(period: object, name: str) -> tuple[str, str]:
    return ("" if pd.isna(period) else str(pd.Timestamp(period).date()), name)


def _grouped(frame: pd.DataFrame, groups: Mapping[int, Sequence[str]]) -> dict[tuple[str, str], tuple[int, int]]:
    summed = frame.groupby(["source", "period"], dropna=False)[["articles", "seen"]].sum().reset_index()
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for source, period, articles, seen in summed.itertuples(index=False):
        for name in groups.get(int(source), ()):
            key = _key(period, name)
            before = found.get(key, (0, 0))
            found[key] = (before[0] + int(articles), before[1] + int(seen))
    return found


def _observed_part(
    period: pd.Timestamp, by: By, name: str, groups: Mapping[int, Sequence[str]], spans: Mapping[int, Sequence[Span]]
) -> float:
    start: date = period.date()
    month = start.year * 12 + start.month - 1 + _MONTHS[by]
    end = date(month // 12, month % 12 + 1, 1)
    days = (end - start).days
    last = date.fromordinal(end.toordinal() - 1)
    own = [source for source, told in groups.items() if name in told]
    return sum(days_within(spans.get(source, ()), start, last) for source in own) / (days * len(own))
