"""Who is crawled? Reads and validates the registry: one TOML file per source, one table of municipalities."""

from __future__ import annotations

import csv
import difflib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from mpsc_crawler.sources.model import Source

POPULATION_DATE = "2019-12-31"
POPULATION_ORIGIN = "Statistisches Bundesamt (Destatis), Gemeindeverzeichnis-Informationssystem"


class RegistryError(ValueError):
    """A source file or a source name is wrong. The message is one line per problem, fit to be shown."""


@dataclass(frozen=True, slots=True)
class Municipality:
    """A row of the official register. ``None`` is unknown. Population of ``POPULATION_DATE``."""

    ags: str
    name: str
    kind: str
    state: str
    district_ags: str | None
    population: int | None
    area_km2: float | None
    latitude: float | None
    longitude: float | None


class Registry:
    """The validated sources by slug, in alphabetical order."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = {source.slug: source for source in sorted(sources, key=lambda s: s.slug)}

    def __iter__(self) -> Iterator[Source]:
        return iter(self._sources.values())

    def __len__(self) -> int:
        return len(self._sources)

    def __contains__(self, slug: object) -> bool:
        return slug in self._sources

    @property
    def brands(self) -> tuple[str, ...]:
        """The names under which the projects present themselves, each once."""
        return tuple(dict.fromkeys(brand for source in self for brand in source.brands))

    def get(self, slug: str) -> Source:
        """The source of that name.

        :raises RegistryError: there is none; the message names the nearest ones.
        """
        if slug not in self._sources:
            raise RegistryError(self._unknown(slug))
        return self._sources[slug]

    def select(self, slugs: Iterable[str] | None = None) -> list[Source]:
        """The named sources, or all active ones where none is named.

        :raises RegistryError: a name is unknown.
        """
        names = [name.strip() for name in slugs or () if name.strip()]
        if not names:
            return [source for source in self if source.active]
        unknown = [self._unknown(name) for name in names if name not in self._sources]
        if unknown:
            raise RegistryError("\n".join(unknown))
        return [self._sources[name] for name in dict.fromkeys(names)]

    def _unknown(self, slug: str) -> str:
        near = difflib.get_close_matches(slug, self._sources, n=3, cutoff=0.6)
        hint = f"did you mean {', '.join(near)}?" if near else "`mpsc sources list` shows all names"
        return f"unknown source {slug!r}: {hint}"


def _problems(name: str, error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"]) or "(file)"
        given = problem.get("input")
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(str(problem["loc"][-1]), Source.model_fields, n=1)
            message = "unknown key" + (
                f", did you mean {near[0]}?" if near else f"; allowed: {', '.join(Source.model_fields)}"
            )
        elif problem["type"] == "missing":
            message = "required key is missing"
        elif isinstance(given, str | int | float | bool):
            message = f"{message}, not {given!r}"
        lines.append(f"{name}: {key}: {message}")
    return lines


def read_source(path: Path) -> Source:
    """Read and validate one source file.

    :raises RegistryError: one line per problem: file, key, what is wrong, what is allowed.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RegistryError(f"{path.name}: not valid TOML: {error}") from error
    try:
        source = Source.model_validate(data)
    except ValidationError as error:
        raise RegistryError("\n".join(_problems(path.name, error))) from error
    if source.slug != path.stem:
        raise RegistryError(f"{path.name}: slug: must equal the file's name {path.stem!r}, not {source.slug!r}")
    return source


def read_folder(folder: Path) -> Registry:
    """Read every ``*.toml`` of a folder.

    :raises RegistryError: the folder is missing or empty, or a file is wrong (every file's problems, a line each).
    """
    if not folder.is_dir():
        raise RegistryError(f"{folder}: no such folder")
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise RegistryError(f"{folder}: no source files (*.toml) here")
    sources, problems = [], []
    for path in files:
        try:
            sources.append(read_source(path))
        except RegistryError as error:
            problems.append(str(error))
    if problems:
        raise RegistryError("\n".join(problems))
    return Registry(sources)


def load_registry(folder: Path | None = None) -> Registry:
    """The registry that ships with the package, or that of another folder.

    :raises RegistryError: as :func:`read_folder`.
    """
    return read_folder(folder) if folder is not None else _shipped()


@lru_cache(maxsize=1)
def _shipped() -> Registry:
    with resources.as_file(resources.files("mpsc_crawler.sources") / "data") as folder:
        return read_folder(folder)


def _number(text: str) -> float | None:
    return float(text) if text else None


@lru_cache(maxsize=1)
def municipalities() -> dict[str, Municipality]:
    """Every municipality and district of the official register by AGS (8 digits; districts 5)."""
    table = (resources.files("mpsc_crawler.sources") / "municipalities.csv").read_text(encoding="utf-8")
    rows = {}
    for row in csv.DictReader(table.splitlines()):
        rows[row["ags"]] = Municipality(
            ags=row["ags"],
            name=row["name"],
            kind=row["kind"],
            state=row["state"],
            district_ags=row["district_ags"] or None,
            population=int(row["population"]) if row["population"] else None,
            area_km2=_number(row["area_km2"]),
            latitude=_number(row["latitude"]),
            longitude=_number(row["longitude"]),
        )
    return rows
