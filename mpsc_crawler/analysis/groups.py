"""For whom does a source speak? Sources by state, cohort and municipality, with their inhabitants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Engine, Row, select

from mpsc_crawler.analysis.errors import choose
from mpsc_crawler.storage import queries
from mpsc_crawler.storage.models import MunicipalityRow, SourceMunicipality, SourceRow
from mpsc_crawler.storage.queries import ArticleFilter

Per = Literal["source", "municipality", "state", "cohort"]
PERS = (None, "source", "municipality", "state", "cohort")
ALL, UNKNOWN = "all", "unknown"
"""The one group of all sources, and that of sources of which the registry does not say what is asked for."""


@dataclass(frozen=True, slots=True)
class SourceTold:
    """A source with the keys (AGS) of the municipalities that it speaks for."""

    number: int
    slug: str
    name: str
    kind: str
    scope: str
    cohort: int | None
    states: tuple[str, ...]
    ags: tuple[str, ...]


def sources(engine: Engine) -> list[SourceTold]:
    """Every source, by slug."""
    columns: tuple[Any, ...] = (
        SourceRow.id,
        SourceRow.slug,
        SourceRow.name,
        SourceRow.kind,
        SourceRow.scope,
        SourceRow.cohort,
        SourceRow.states,
    )
    members = select(SourceMunicipality.source_id, SourceMunicipality.ags).order_by(SourceMunicipality.ags)
    with engine.connect() as connection:
        keys: dict[int, list[str]] = {}
        for source, ags in connection.execute(members):
            keys.setdefault(source, []).append(ags)
        rows = connection.execute(select(*columns).order_by(SourceRow.slug))
        return [
            SourceTold(r.id, r.slug, r.name, r.kind, r.scope, r.cohort, tuple(r.states), tuple(keys.get(r.id, ())))
            for r in rows
        ]


def municipalities(engine: Engine) -> list[Row[Any]]:
    """Key, name, state, inhabitants with their day, and coordinates of the municipalities that a source speaks for, by key."""
    columns: tuple[Any, ...] = (
        MunicipalityRow.ags,
        MunicipalityRow.name,
        MunicipalityRow.state,
        MunicipalityRow.population,
        MunicipalityRow.population_date,
        MunicipalityRow.latitude,
        MunicipalityRow.longitude,
    )
    spoken_for = MunicipalityRow.ags.in_(select(SourceMunicipality.ags))
    with engine.connect() as connection:
        return list(connection.execute(select(*columns).where(spoken_for).order_by(MunicipalityRow.ags)))


def chosen(engine: Engine, wanted: ArticleFilter) -> list[SourceTold]:
    """The sources that the filter lets pass and that were ever asked, or have articles."""
    with engine.connect() as connection:
        allowed = set(connection.execute(queries.sources_of(engine, wanted)).scalars())
        allowed &= queries.asked_sources(connection)
    return [source for source in sources(engine) if source.number in allowed]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of each source (its number), and the inhabitants of each group where all are known."""

    of: dict[int, list[str]]
    inhabitants: dict[str, int]

    @property
    def names(self) -> list[str]:
        """All groups, in order."""
        return sorted({name for told in self.of.values() for name in told})

    def members(self, name: str) -> list[int]:
        """The numbers of a group's sources."""
        return [source for source, told in self.of.items() if name in told]


def grouping(engine: Engine, wanted: ArticleFilter, per: Per | None) -> Grouping:
    """Sort the sources that the filter lets pass. A source that speaks for several municipalities or states is in each.

    :raises AnalysisError: ``per`` is none of those that there are.
    """
    choose("per", per, PERS)
    register = {row.ags: row for row in municipalities(engine)}
    only = queries.keys_of(engine, wanted.municipality) if wanted.municipality else None
    found: dict[int, list[str]] = {}
    members: dict[str, set[str]] = {}
    for source in chosen(engine, wanted):
        told = _groups(source, per, register)
        if per == "municipality" and only is not None:
            told = [key for key in told if key in only]
        if per == "state" and wanted.state is not None:
            told = [wanted.state]
        found[source.number] = told
        for name in told:
            # of a group that is a state, only its own municipalities count
            own = [k for k in source.ags if per != "state" or k not in register or register[k].state == name]
            members.setdefault(name, set()).update([name] if per == "municipality" else own)
    inhabitants = {}
    for name, keys in members.items():
        people = [register[key].population if key in register else None for key in keys]
        if people and None not in people:
            inhabitants[name] = sum(number for number in people if number is not None)
    return Grouping(found, inhabitants)


def _groups(source: SourceTold, per: Per | None, register: dict[str, Row[Any]]) -> list[str]:
    if per is None:
        return [ALL]
    if per == "source":
        return [source.slug]
    if per == "municipality":
        return list(source.ags) or [UNKNOWN]
    if per == "state":
        told = list(source.states) or sorted({register[key].state for key in source.ags if key in register})
        return told or [UNKNOWN]
    return [f"cohort {source.cohort}" if source.cohort is not None else "no cohort"]
