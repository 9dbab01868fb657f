"""Is a snapshot whole, and how do two differ?"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mpsc_crawler.export.files import ExportError
from mpsc_crawler.export.snapshot.create import MANIFEST, digest

_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_VOLATILE = frozenset(("article", "story", "last_seen", "software"))


@dataclass(frozen=True, slots=True)
class Difference:
    """How the second of two snapshots differs from the first: identities of articles, and what changed of the others."""

    added: list[str]
    removed: list[str]
    changed: dict[str, list[str]]
    topics: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    facts: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def none(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.removed or self.changed or self.topics or self.facts)


def verify(folder: Path) -> list[str]:
    """What is wrong with a snapshot, each as a sentence; empty where it is whole.

    :raises ExportError: there is no snapshot.
    """
    manifest = _read(folder / MANIFEST)
    problems: list[str] = []
    listed: set[str] = set()
    for line in manifest.decode("utf-8", "replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None or not _inside(folder, match[2]):
            problems.append(f"{MANIFEST}: not a line of a manifest: {line[:80]!r}")
            continue
        expected, name = match.groups()
        listed.add(name)
        path = folder / name
        if not path.is_file():
            problems.append(f"{name}: is missing")
        elif digest(path) != expected:
            problems.append(f"{name}: is not what it was (its SHA-256 differs)")
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {MANIFEST}
    problems += [f"{name}: belongs to no snapshot (the manifest does not list it)" for name in sorted(there - listed)]
    return problems


def _inside(folder: Path, name: str) -> bool:
    return (folder / name).resolve().is_relative_to(folder.resolve())


def digest_of(folder: Path) -> str:
    """The hash by which a snapshot is cited: that of its manifest."""
    return hashlib.sha256(_read(folder / MANIFEST)).hexdigest()


def compare(before: Path, after: Path) -> Difference:
    """Compare two snapshots by the identity of articles; numbers may differ from database to database.

    :raises ExportError: one of them is no snapshot.
    """
    old, new = _articles(before), _articles(after)
    shared = [name for name in new[0] if name in old[0] and name not in _VOLATILE]
    changed, topics = {}, {}
    old_topics, new_topics = _topics(before, old[1]), _topics(after, new[1])
    for identity in old[1].keys() & new[1].keys():
        fields = [name for name in shared if old[1][identity][name] != new[1][identity][name]]
        if fields:
            changed[identity] = fields
        went, came = old_topics.get(identity, set()), new_topics.get(identity, set())
        if went != came:
            topics[identity] = (sorted(went - came), sorted(came - went))
    facts = {
        name: (a, b)
        for name in ("software", "schema", "codebooks", "query", "texts")
        if (a := _facts(before).get(name)) != (b := _facts(after).get(name))
    }
    return Difference(
        sorted(new[1].keys() - old[1].keys()), sorted(old[1].keys() - new[1].keys()),
        dict(sorted(changed.items())), dict(sorted(topics.items())), facts,
    )  # fmt: skip


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ExportError(f"{path}: cannot be read: {error.strerror}; is this the folder of a snapshot?") from error


def _articles(folder: Path) -> tuple[list[str], dict[str, dict[str, str]]]:
    rows = _rows(folder, "articles")
    return (list(rows[0]) if rows else []), {row["identity"]: row for row in rows}


def _topics(folder: Path, articles: dict[str, dict[str, str]]) -> dict[str, set[str]]:
    names = {row["article"]: identity for identity, row in articles.items()}
    found: dict[str, set[str]] = {}
    for row in _rows(folder, "topics"):
        found.setdefault(names[row["article"]], set()).add(row["topic"])
    return found


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / "data" / f"{name}.csv"
    csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except OSError as error:
        raise ExportError(f"{path}: cannot be read: {error.strerror}; is this the folder of a snapshot?") from error


def _facts(folder: Path) -> dict[str, Any]:
    try:
        told = json.loads(_read(folder / "datapackage.json"))
    except ValueError as error:
        raise ExportError(f"{folder}/datapackage.json: is no JSON") from error
    return dict(told.get("mpsc", {}))
