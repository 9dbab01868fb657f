"""Which words of the corpus does a word of the query stand for? Its forms, the compounds that hold it, what begins with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, column, select, table, text

from mpsc_crawler.language.compounds import Vocabulary, is_part, part_of, vouchers
from mpsc_crawler.language.stemming import stem
from mpsc_crawler.storage.search.query import All, AnyOf, Node, Phrase, QueryError, Stems, Term

MOST_FORMS = 2_000
_CHUNK = 500
_WORDS = table("search_word", column("word"), column("stem"), column("written"))


def expand(connection: Connection, node: Node, *, compounds: bool = True) -> tuple[Node, dict[str, list[str]]]:
    """Put the stems of the corpus in the place of the query's words.

    :param compounds: also find a word as a part of others.
    :returns: the query, and by word of the query the compounds that it was found in.
    :raises QueryError: a word stands for more than 2,000 others.
    """
    held: dict[str, list[str]] = {}

    def of(node: Node) -> Node:
        if isinstance(node, Term):
            return _stems(connection, node, held, compounds=compounds)
        if isinstance(node, AnyOf):
            return AnyOf(tuple(of(inner) for inner in node.nodes))
        if isinstance(node, All):
            return All(tuple(of(inner) for inner in node.wanted), tuple(of(inner) for inner in node.unwanted))
        return node

    return of(node), held


def _stems(connection: Connection, term: Term, held: dict[str, list[str]], *, compounds: bool) -> Stems:
    if term.prefix:
        stems = sorted({told for _, told in _beginning(connection, term.word)})
        if len(stems) > MOST_FORMS:
            raise QueryError(f"{term.written}* stands for more than {MOST_FORMS} words; write more letters")
        return Stems(tuple(stems) or (term.word,), term.field)
    own = stem(term.word)
    if term.exact or not compounds:
        return Stems((own,), term.field)
    part = part_of(term.written)
    if part is None:
        return Stems((own,), term.field)
    found = _holding(connection, part.text)
    found = [row for row in found if row.stem != own]
    asked: set[str] = set()
    for row in found:
        asked |= vouchers(row.word, part)
    known = _known(connection, asked)
    whole = [row for row in found if is_part(row.word, part, known)]
    if whole:
        held[term.written] = sorted({row.written for row in whole}, key=lambda word: (len(word), word))
    stems = sorted({row.stem for row in whole} - {own})
    if len(stems) > MOST_FORMS:
        raise QueryError(
            f"{term.written!r} is part of more than {MOST_FORMS} words; write ={term.written} for itself only"
        )
    return Stems((own, *stems), term.field, own=1)


def _beginning(connection: Connection, start: str) -> list[tuple[str, str]]:
    statement = select(_WORDS.c.word, _WORDS.c.stem).where(_WORDS.c.word >= start, _WORDS.c.word < start + "\U0010ffff")
    rows = connection.execute(statement.limit(4 * MOST_FORMS + 1))
    return [(word, told) for word, told in rows]


def _holding(connection: Connection, part: str) -> Sequence[Row[Any]]:
    if connection.dialect.name == "sqlite":
        statement = text(
            "SELECT w.word, w.stem, w.written FROM search_word_trigram t JOIN search_word w ON w.id = t.rowid"
            " WHERE search_word_trigram MATCH :part"
        )
        return connection.execute(statement, {"part": f'"{part}"'}).all()
    statement = text("SELECT word, stem, written FROM search_word WHERE word LIKE :part")
    return connection.execute(statement, {"part": f"%{part}%"}).all()


def _known(connection: Connection, pieces: Iterable[str]) -> Vocabulary:
    """Which of the pieces are words of the corpus, and which have the stem of one."""
    asked = sorted(pieces)
    found: list[frozenset[str]] = []
    for name, wanted in ((_WORDS.c.word, asked), (_WORDS.c.stem, sorted(set(map(stem, asked))))):
        told: set[str] = set()
        for start in range(0, len(wanted), _CHUNK):
            statement = select(name).where(name.in_(bindparam("some", expanding=True)))
            told.update(connection.execute(statement, {"some": wanted[start : start + _CHUNK]}).scalars())
        found.append(frozenset(told))
    return Vocabulary(*found)


def without_compounds(node: Node) -> Node:
    """An expanded query, as if no word were looked for within others."""
    if isinstance(node, Stems):
        return replace(node, stems=node.stems[: node.own], own=None) if node.own else node
    if isinstance(node, AnyOf):
        return AnyOf(tuple(without_compounds(inner) for inner in node.nodes))
    if isinstance(node, All):
        return All(tuple(without_compounds(inner) for inner in node.wanted), node.unwanted)
    return node


def stems_of(node: Node) -> frozenset[str]:
    """Every stem that a hit of the query may show; what must not be there is left out."""
    if isinstance(node, Stems | Phrase):
        return frozenset(node.stems)
    if isinstance(node, AnyOf):
        return frozenset().union(*(stems_of(inner) for inner in node.nodes))
    if isinstance(node, All):
        return frozenset().union(*(stems_of(inner) for inner in node.wanted))
    return frozenset()
