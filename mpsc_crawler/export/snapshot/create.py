"""Make a snapshot: a Frictionless Data Package (https://specs.frictionlessdata.io/data-package/) with all that it takes to cite it.

Every table is a CSV file with its schema; beside them lie the codebook, the registry, ``CITATION.cff`` (https://citation-file-format.github.io),
metadata in DCAT-AP.de (https://www.dcat-ap.de/def/) and ``MANIFEST.sha256``. The same database gives the same bytes: nothing tells when the
snapshot was made, but to which day the data reach.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from mpsc_crawler import __version__
from mpsc_crawler.export.files import ExportError
from mpsc_crawler.export.rights import withheld
from mpsc_crawler.export.snapshot import describe
from mpsc_crawler.export.tabular import cell
from mpsc_crawler.storage import queries
from mpsc_crawler.storage.models import Article, MunicipalityRow, RunRow, SourceMunicipality, SourceRow, SourceRun
from mpsc_crawler.storage.queries import ArticleFilter, NothingFoundError
from mpsc_crawler.storage.session import head_revision, one_state
from mpsc_crawler.storage.tables import TABLES, Column, statement_of

MANIFEST = "MANIFEST.sha256"
_SOURCES = (
    Column("source", "text", SourceRow.slug, "slug"),
    Column("name", "text", SourceRow.name, "name"),
    Column("kind", "text", SourceRow.kind, "portal, project, municipality or press"),
    Column(
        "scope",
        "text",
        SourceRow.scope,
        "all: everything counts; relevant: only news on the programme's subjects was kept",
    ),
    Column("cohort", "whole", SourceRow.cohort, "year in which the project was chosen"),
    Column("states", "json", SourceRow.states, "states"),
    Column("website", "text", SourceRow.website, "website"),
)
_MUNICIPALITIES = (
    Column("source", "text", SourceRow.slug, "slug of the source that speaks for it"),
    Column("ags", "text", MunicipalityRow.ags, "key in the official register (AGS)"),
    Column("name", "text", MunicipalityRow.name, "name"),
    Column("state", "text", MunicipalityRow.state, "state"),
    Column("population", "whole", MunicipalityRow.population, "inhabitants"),
    Column("population_date", "day", MunicipalityRow.population_date, "day of that number"),
)
_LOOKS = (
    Column("source", "text", SourceRow.slug, "slug of the source"),
    Column("started_at", "moment", SourceRun.started_at, "beginning of the look (UTC)"),
    Column("ended_at", "moment", SourceRun.ended_at, "its end (UTC)"),
    Column("status", "text", SourceRun.status, "how it ended"),
    Column("lists_read", "whole", SourceRun.lists_read, "lists that could be read"),
    Column("lists_unchanged", "whole", SourceRun.lists_unchanged, "of these unchanged since the look before"),
    Column("new", "whole", SourceRun.new, "new articles"),
    Column("failed", "whole", SourceRun.failed, "pages that failed"),
    Column("oldest", "day", SourceRun.oldest, "day of the oldest entry that a list showed"),
    Column("complete", "whole", SourceRun.complete, "1: a list was read to its end"),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a snapshot is to be.

    :param texts: with full texts; without, their SHA-256 stands in their place, and captions and raw words are left out.
    :param reserved: also texts whose pages keep them to themselves.
    :param creators: who is to be cited.
    :param license: address of a licence for the data, if the publisher knows one.
    :param base_url: where the folder will be published, for the metadata's addresses.
    :param codebook: the codebook's file, if it is not the shipped one.
    """

    wanted: ArticleFilter = field(default_factory=lambda: ArticleFilter(gone=True))
    texts: bool = False
    reserved: bool = False
    title: str = "MPSC-Korpus: Nachrichten der Modellprojekte Smart Cities"
    creators: tuple[str, ...] = ()
    license: str | None = None
    base_url: str | None = None
    codebook: bytes | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A snapshot that was made: its folder, the hash by which it can be cited, and rows by table."""

    folder: Path
    digest: str
    rows: dict[str, int]


def create(engine: Engine, folder: Path, wish: Wish, registry: Iterable[Any] = ()) -> Made:
    """Make a snapshot in a new folder, whole or not at all.

    :param registry: the sources as the registry describes them now (with ``model_dump``).
    :raises ExportError: the folder is there already and not empty, or cannot be written.
    :raises NothingFoundError: no article matches.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(f"{folder}: is there already; name a new folder")
    total, _ = queries.count(engine, wish.wanted)
    if not total:
        raise NothingFoundError("no article matches; a snapshot of nothing is not made")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise ExportError(f"{folder}: cannot be written: {error.strerror}") from error
    try:
        with one_state(engine) as connection:
            told = _write(engine, connection, made, wish, registry)
        made.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        made.replace(folder)
    except OSError as error:
        raise ExportError(f"{folder}: cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return Made(folder, told.digest, told.rows)


def _write(engine: Engine, connection: Connection, folder: Path, wish: Wish, registry: Iterable[Any]) -> Made:
    (folder / "data").mkdir()
    tables: list[dict[str, Any]] = []
    for name, (says, columns, rows) in _contents(engine, connection, wish).items():
        tables.append(_table(folder, name, says, columns, rows))
    until = _reaches_to(connection)
    shipped = resources.files("mpsc_crawler.language.codebook") / "mpsc.toml"
    _file(folder / "codebook.toml", shipped.read_bytes() if wish.codebook is None else wish.codebook)
    told = [source.model_dump(mode="json", exclude_none=True) for source in registry]
    _file(folder / "registry.json", describe.plain_json(told))
    facts = describe.Facts(
        title=wish.title, creators=wish.creators or ("MPSC Crawler contributors",), license=wish.license, base_url=wish.base_url,
        until=until, software=f"MPSC Crawler {__version__}", schema=head_revision(), codebooks=_codebooks(connection),
        query={k: v for k, v in asdict(wish.wanted).items() if v is not None}, texts=wish.texts, resources=tables,
        first=_first_day(engine, connection, wish.wanted),
    )  # fmt: skip
    _file(folder / "datapackage.json", describe.plain_json(describe.datapackage(facts)))
    _file(folder / "CITATION.cff", describe.citation(facts).encode())
    _file(folder / "dcat-ap-de.jsonld", describe.plain_json(describe.dcat(facts)))
    _file(folder / "README.md", describe.readme(facts).encode())
    lines = [
        f"{digest(path)}  {path.relative_to(folder).as_posix()}" for path in sorted(folder.rglob("*")) if path.is_file()
    ]
    manifest = ("\n".join(lines) + "\n").encode()
    _file(folder / MANIFEST, manifest)
    return Made(folder, hashlib.sha256(manifest).hexdigest(), {r["name"]: r["rows"] for r in facts.resources})


def digest(path: Path) -> str:
    """The SHA-256 of a file, read in pieces, as tables may be larger than the memory."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _file(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o644)


_Content = tuple[str, tuple[Column, ...], Iterator[Any]]


def _contents(engine: Engine, connection: Connection, wish: Wish) -> dict[str, _Content]:
    found: dict[str, _Content] = {}
    for name, table in TABLES.items():
        columns = tuple(column for column in table.columns if wish.texts or not column.quotes)
        rows = _stream(connection, statement_of(engine, name, wish.wanted, (*columns, *_HIDDEN)))
        more = _MORE if name == "articles" else ()
        found[name] = (table.says, (*columns, *more), _let_go(rows, columns, wish, more))
    of_sources = queries.sources_of(engine, wish.wanted)
    plain = {
        "sources": ("A row for each source.", _SOURCES, select(*_shown(_SOURCES)).where(SourceRow.id.in_(of_sources)).order_by(SourceRow.slug)),
        "municipalities": (
            "A row for each municipality that a source speaks for. Register: Destatis, Gemeindeverzeichnis.",
            _MUNICIPALITIES,
            select(*_shown(_MUNICIPALITIES))
            .join(SourceMunicipality, SourceMunicipality.ags == MunicipalityRow.ags)
            .join(SourceRow, SourceRow.id == SourceMunicipality.source_id)
            .where(SourceRow.id.in_(of_sources))
            .order_by(SourceRow.slug, MunicipalityRow.ags),
        ),
        "looks": (
            "A row for each run at each source: when somebody looked, and how far back.",
            _LOOKS,
            select(*_shown(_LOOKS))
            .join(SourceRow, SourceRow.id == SourceRun.source_id)
            .where(SourceRow.id.in_(of_sources))
            .order_by(SourceRow.slug, SourceRun.started_at, SourceRun.id),
        ),
    }  # fmt: skip
    for name, (says, columns, statement) in plain.items():
        found[name] = (says, columns, (tuple(row) for row in _stream(connection, statement)))
    return found


_HIDDEN = (
    Column("_rights", "json", Article.rights, ""),
    Column("_body", "text", Article.body, ""),
    Column("_identity", "text", Article.identity, ""),
)
_MORE = (
    Column("identity", "text", None, "stable identity: the platform's own, or the canonical address"),
    Column("body_sha256", "text", None, "SHA-256 of the clean text (UTF-8)"),
    Column("withheld", "text", None, "why the page keeps its text to itself"),
)


def _shown(columns: tuple[Column, ...]) -> list[Any]:
    return [column.of.label(column.name) for column in columns]


def _stream(connection: Connection, statement: Any) -> Iterator[Any]:  # noqa: ANN401 - a statement
    yield from connection.execute(statement, execution_options={"yield_per": 1000})


def _let_go(rows: Iterator[Any], columns: tuple[Column, ...], wish: Wish, more: tuple[Column, ...]) -> Iterator[Any]:
    for row in rows:
        *values, rights, body, identity = row
        closed = withheld(rights)
        if closed and not wish.reserved:
            values = [None if column.quotes else value for column, value in zip(columns, values, strict=True)]
        if more:
            values += [identity, hashlib.sha256(body.encode()).hexdigest(), "; ".join(closed)]
        yield values


def _table(folder: Path, name: str, says: str, columns: tuple[Column, ...], rows: Iterable[Any]) -> dict[str, Any]:
    path, number = folder / "data" / f"{name}.csv", 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        for row in rows:
            writer.writerow([_cell(value, column) for value, column in zip(row, columns, strict=True)])
            number += 1
    path.chmod(0o644)
    return {
        "name": name, "path": f"data/{name}.csv", "says": says, "columns": columns, "rows": number,
        "bytes": path.stat().st_size, "hash": digest(path),
    }  # fmt: skip


def _cell(value: Any, column: Column) -> str:  # noqa: ANN401 - a value of the database
    if value is None:
        return ""
    if column.kind == "json":
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return cell(value, safe=False)  # for programs: what is there is what was there


def _reaches_to(connection: Connection) -> date:
    """The day (UTC) of the last look."""
    last = connection.execute(select(func.max(RunRow.started_at))).scalar()
    last = last or connection.execute(select(func.max(Article.last_seen))).scalar_one()
    moment: datetime = last if isinstance(last, datetime) else datetime.fromisoformat(str(last)).replace(tzinfo=UTC)
    return moment.date()


def _first_day(engine: Engine, connection: Connection, wanted: ArticleFilter) -> date | None:
    statement = select(func.min(Article.published_date))
    found: date | None = connection.execute(queries.filtered(engine, statement, wanted)).scalar()
    return found


def _codebooks(connection: Connection) -> list[str]:
    told = connection.execute(select(Article.codebook_version).distinct()).scalars()
    return sorted(version for version in told if version)
