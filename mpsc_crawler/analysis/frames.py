"""The database as pandas DataFrames: the tables of :mod:`mpsc_crawler.storage.tables`, typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from mpsc_crawler.analysis import groups
from mpsc_crawler.storage.queries import ArticleFilter
from mpsc_crawler.storage.tables import TABLES, statement_of

_DAY, _MOMENT, _TEXT, _WHOLE, _REAL = "datetime64[s]", "datetime64[us, UTC]", "str", "Int64", "Float64"
_TYPES = {"day": _DAY, "moment": _MOMENT, "text": _TEXT, "whole": _WHOLE, "real": _REAL, "json": "object"}
_LONG = frozenset(("teaser", "body"))


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
    """One of the tables for the articles that the filter lets pass; ``texts``: with teaser and body."""
    columns = tuple(column for column in TABLES[name].columns if texts or column.name not in _LONG)
    with engine.connect() as connection:
        rows = connection.execute(statement_of(engine, name, wanted, columns))
        return typed(rows, {column.name: _TYPES[column.kind] for column in columns})


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
