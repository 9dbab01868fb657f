"""Human coding: a sample to code as a table, and the coded table read back."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from mpsc_crawler.analysis.errors import CodedFileError
from mpsc_crawler.analysis.reliability import Coded, allocate
from mpsc_crawler.export.tabular import cell
from mpsc_crawler.storage.models import Article, ArticleTopic, SourceRow
from mpsc_crawler.storage.queries import ArticleFilter, NothingFoundError, filtered

_FIXED = ("article", "identity", "weight", "source", "published", "headline", "url", "text")
_YES = frozenset(("1", "x", "ja", "j", "yes", "y", "true", "wahr"))
_NO = frozenset(("", "0", "nein", "n", "no", "false", "falsch", "-"))
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample: the table's text, and how many were drawn of how many, by stratum (main topic of the codebook)."""

    table: str
    strata: dict[str, tuple[int, int]]


def sample(engine: Engine, wanted: ArticleFilter, number: int, topics: Sequence[str], *, seed: int = 1) -> Sample:
    """Draw articles to be coded by people, as equally as possible from every main topic and from those without any.

    The same database, number and seed give the same sample. The table does not tell what the codebook says, so that it does not lead;
    ``weight`` says how many articles each one stands for.

    :raises NothingFoundError: no article matches.
    """
    columns: tuple[Any, ...] = (Article.id, Article.identity, SourceRow.slug, Article.published_edtf, Article.headline, Article.url, Article.teaser, Article.body)  # fmt: skip
    statement = select(*columns).join(SourceRow, SourceRow.id == Article.source_id)
    best = select(ArticleTopic.article_id, ArticleTopic.topic).order_by(ArticleTopic.score, ArticleTopic.topic.desc())
    named: tuple[Any, ...] = (Article.id, Article.identity)
    keys = select(*named)
    with engine.connect() as connection:
        main: dict[int, str] = {}
        for article, topic in connection.execute(best):
            main[article] = topic
        strata: dict[str, list[tuple[str, int]]] = {}
        for article, identity in connection.execute(filtered(engine, keys, wanted)):
            lot = hashlib.sha256(f"{seed} {identity}".encode()).hexdigest()
            strata.setdefault(main.get(article, _NONE), []).append((lot, article))
        if not strata:
            raise NothingFoundError("no article matches; there is nothing to code")
        drawn = allocate({name: len(those) for name, those in strata.items()}, number)
        weights = {
            article: len(those) / drawn[name]
            for name, those in strata.items()
            for _, article in sorted(those)[: drawn[name]]
        }
        rows = [
            row for row in connection.execute(statement.where(Article.id.in_(sorted(weights)))) if row.id in weights
        ]
    rows.sort(key=lambda row: hashlib.sha256(f"{seed} {row.identity} order".encode()).hexdigest())
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_FIXED, *topics, _NONE])
    for row in rows:
        text = "\n\n".join(part for part in (row.teaser, row.body) if part)
        told = (row.id, row.identity, f"{weights[row.id]:g}", row.slug, row.published_edtf, row.headline, row.url, text)
        writer.writerow([*(cell(value) for value in told), *([""] * (len(topics) + 1))])
    return Sample(out.getvalue(), {name: (drawn[name], len(those)) for name, those in sorted(strata.items())})


def read_coded(path: Path, engine: Engine, topics: Sequence[str]) -> tuple[list[Coded], int]:
    """Read a coded table and put the database's topics beside it; also how many rows are not coded yet.

    Either a column for each topic (``x``, ``1`` or ``ja`` for yes, nothing for no), as :func:`sample` writes it, or one column ``topics`` with
    slugs between semicolons. A row in which nothing is
    marked, ``none`` neither, is not coded yet. Articles are known by ``identity``, else by ``article`` (their number in this database).

    :raises CodedFileError: it cannot be read, names topics or articles that are not there, or a cell is neither yes nor no.
    """
    rows, columns = _rows(path)
    known = [name for name in columns if name in topics]
    strange = [
        name
        for name in columns
        if name not in topics and name not in _FIXED and name not in ("topics", "coder", "note", "notes", _NONE)
    ]
    if strange:
        raise CodedFileError(
            f"{path}: no topic of the codebook: {', '.join(strange[:10])}; there are: {', '.join(topics)}"
            " (notes may stand in a column named notes)"
        )
    if not known and "topics" not in columns:
        raise CodedFileError(f"{path}: has neither columns named by topics nor a column named topics")
    if "identity" not in columns and "article" not in columns:
        raise CodedFileError(f"{path}: has no column named identity or article")
    machine, numbers = _machine(engine)
    problems: list[str] = []
    coded: list[Coded] = []
    seen: set[str] = set()
    left = 0
    for line, row in enumerate(rows, 2):
        identity = _plain(row.get("identity")) or numbers.get(_plain(row.get("article")), "")
        if identity not in machine:
            problems.append(f"{path}, line {line}: no such article: {identity or row.get('article')!r}")
            continue
        if identity in seen:
            problems.append(f"{path}, line {line}: {identity} is coded twice")
        seen.add(identity)
        human = _human(row, known, topics, f"{path}, line {line}", problems)
        if human is None:
            left += 1
            continue
        coded.append(Coded(identity, human, machine[identity], _weight(row, f"{path}, line {line}", problems)))
    if problems:
        more = [f"… and {len(problems) - 10} more"] if len(problems) > 10 else []
        raise CodedFileError("\n".join(problems[:10] + more))
    if not coded:
        raise CodedFileError(f"{path}: holds no coded article; mark topics with x, or none where there is none")
    return coded, left


def _rows(path: Path) -> tuple[list[dict[str, str]], list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CodedFileError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CodedFileError(f"{path}: is not UTF-8; save it as CSV UTF-8") from error
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    columns = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = columns
    return list(reader), columns


def _plain(value: str | None) -> str:
    """A cell without the apostrophe that keeps spreadsheets from running it."""
    text = (value or "").strip()
    return text[1:] if text[:2] in ("'=", "'+", "'-", "'@") else text


def _human(
    row: dict[str, str], known: list[str], topics: Sequence[str], where: str, problems: list[str]
) -> frozenset[str] | None:
    given = {part.strip() for part in (row.get("topics") or "").split(";") if part.strip()}
    none = _NONE in given or (row.get(_NONE) or "").strip().lower() in _YES
    unknown = given - set(topics) - {_NONE}
    if unknown:
        problems.append(f"{where}: no topic of the codebook: {', '.join(sorted(unknown))}")
    for name in known:
        value = (row.get(name) or "").strip().lower()
        if value in _YES:
            given.add(name)
        elif value not in _NO:
            problems.append(f"{where}: {name} is {value!r}; write x for yes, nothing for no")
    told = frozenset(given & set(topics))
    if told and none:
        problems.append(f"{where}: has topics and none; one of them is a mistake")
    return told if told or none else None


def _weight(row: dict[str, str], where: str, problems: list[str]) -> float:
    told = (row.get("weight") or "1").strip().replace(",", ".")
    try:
        weight = float(told)
    except ValueError:
        weight = 0.0
    if not weight > 0:
        problems.append(f"{where}: weight is {told!r}, not a number above 0")
    return weight


def _machine(engine: Engine) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    with engine.connect() as connection:
        numbers = {
            str(number): identity for number, identity in connection.execute(select(Article.id, Article.identity))
        }
        topics: dict[str, set[str]] = {identity: set() for identity in numbers.values()}
        for number, topic in connection.execute(select(ArticleTopic.article_id, ArticleTopic.topic)):
            topics[numbers[str(number)]].add(topic)
    return {identity: frozenset(those) for identity, those in topics.items()}, numbers
