"""The language of queries: words, "phrases", AND, OR, NOT, brackets, ``prefix*``, ``=exact``, ``headline:word``. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mpsc_crawler.language.stemming import tokens

FIELDS = ("headline", "lead", "body")
"""Where may be looked for words: the headline; kicker, teaser and tags; the body."""
_PIECES = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<minus>-(?=[\w"(=]))|(?P<field>[A-Za-zÄÖÜäöü]+):(?!in(?:nen)?\b)(?=\S)|"(?P<phrase>[^"]*)"|(?P<quote>")"""
    r"""|(?P<word>[^\s()"]+))"""
)
_NAMES = {"headline": "headline", "titel": "headline", "title": "headline", "lead": "lead", "teaser": "lead", "body": "body", "text": "body"}  # fmt: skip
_MOST_WORDS, _DEEPEST = 64, 20


class QueryError(ValueError):
    """A query that cannot be understood; the message says where and why, fit to be shown."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word, in its one spelling and as written. ``exact``: no compounds that hold it; ``prefix``: every word that begins so."""

    word: str
    written: str
    field: str | None = None
    exact: bool = False
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand one behind the other; given by their stems."""

    stems: tuple[str, ...]
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Stems:
    """What a term stands for in a corpus: one of these stems is to be found, in any field or in ``field`` only.

    Where ``own`` is set, so many of the first are the word's own; the others are compounds that hold it.
    """

    stems: tuple[str, ...]
    field: str | None = None
    own: int | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Everything of ``wanted``, and nothing of ``unwanted``."""

    wanted: tuple[Node, ...]
    unwanted: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these."""

    nodes: tuple[Node, ...]


Node = Term | Stems | Phrase | All | AnyOf


@dataclass(slots=True)
class _Piece:
    kind: str
    text: str
    at: int


def parse_query(query: str) -> Node:
    """Read a query.

    Words beside each other must all be there. ``OR`` binds weaker than ``AND``; operators are capital letters. A word
    with hyphens is a phrase of its words.

    :raises QueryError: it names no word, or brackets, quotation marks or operators do not fit.
    """
    pieces = list(_pieces(query))
    if sum(piece.kind in ("word", "phrase") for piece in pieces) > _MOST_WORDS:
        raise QueryError(f"the query has more than {_MOST_WORDS} words")
    parser = _Parser(query, pieces)
    node = parser.either()
    left = parser.peek()
    if left is not None:
        raise parser.wrong(
            left, "a closing bracket without an opening one" if left.kind == "close" else "cannot be read here"
        )
    return node


def _pieces(query: str) -> list[_Piece]:
    found: list[_Piece] = []
    at = 0
    while at < len(query) and query[at:].strip():
        match = _PIECES.match(query, at)
        if match is None or match.lastgroup is None:  # pragma: no cover - every sign is some piece
            raise QueryError(f"cannot read the query at sign {at + 1}")
        found.append(_Piece(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        at = match.end()
    return found


class _Parser:
    def __init__(self, query: str, pieces: list[_Piece]) -> None:
        self.query = query
        self.pieces = pieces
        self.at = 0
        self.depth = 0

    def peek(self) -> _Piece | None:
        return self.pieces[self.at] if self.at < len(self.pieces) else None

    def wrong(self, piece: _Piece | None, why: str) -> QueryError:
        where = f"at sign {piece.at + 1} ({piece.text})" if piece is not None else "at its end"
        return QueryError(f"query {self.query!r}, {where}: {why}")

    def _is(self, *words: str) -> bool:
        piece = self.peek()
        return piece is not None and piece.kind == "word" and piece.text in words

    def either(self) -> Node:
        nodes = [self.every()]
        while self._is("OR", "ODER"):
            self.at += 1
            nodes.append(self.every())
        return nodes[0] if len(nodes) == 1 else AnyOf(tuple(nodes))

    def every(self) -> Node:
        wanted: list[Node] = []
        unwanted: list[Node] = []
        begin = self.peek()
        while (piece := self.peek()) is not None and piece.kind != "close" and not self._is("OR", "ODER"):
            if self._is("AND", "UND"):
                after = self.pieces[self.at + 1] if self.at + 1 < len(self.pieces) else None
                if (not wanted and not unwanted) or after is None or after.kind == "close":
                    raise self.wrong(piece, f"{piece.text} stands between two words")
                self.at += 1
                continue
            negative = piece.kind == "minus" or self._is("NOT", "NICHT")
            if negative:
                self.at += 1
            (unwanted if negative else wanted).append(self.one())
        if not wanted:
            if unwanted:
                raise self.wrong(begin, "only says what must not be there; add a word to look for")
            raise self.wrong(begin, "a word is missing" if self.query.strip() else "there is nothing to look for")
        if len(wanted) == 1 and not unwanted:
            return wanted[0]
        return All(tuple(wanted), tuple(unwanted))

    def one(self) -> Node:
        piece = self.peek()
        if piece is None or piece.kind == "close" or self._is("AND", "OR", "NOT", "UND", "ODER", "NICHT"):
            raise self.wrong(piece, "a word is missing")
        self.at += 1
        if piece.kind == "quote":
            raise self.wrong(piece, "the quotation mark is not closed")
        if piece.kind == "minus":
            raise self.wrong(piece, "two signs for NOT")
        if piece.kind == "open":
            self.depth += 1
            if self.depth > _DEEPEST:
                raise self.wrong(piece, f"more than {_DEEPEST} brackets within each other")
            node = self.either()
            self.depth -= 1
            closing = self.peek()
            if closing is None or closing.kind != "close":
                raise self.wrong(piece, "the bracket is not closed")
            self.at += 1
            return node
        if piece.kind == "field":
            name = _NAMES.get(piece.text.lower())
            if name is None:
                raise self.wrong(piece, f"no field of that name; there are: {', '.join(FIELDS)}")
            after = self.peek()
            if after is not None and after.kind == "field":
                raise self.wrong(after, "one field within another")
            return self._within(self.one(), name)
        if piece.kind == "phrase":
            stems = tuple(token.stem for token in tokens(piece.text))
            if not stems:
                raise self.wrong(piece, "a phrase without a word")
            return Phrase(stems)
        return self._word(piece)

    def _within(self, node: Node, field: str) -> Node:
        if isinstance(node, Term | Phrase):
            return replace(node, field=field)
        if isinstance(node, AnyOf):
            return AnyOf(tuple(self._within(inner, field) for inner in node.nodes))
        assert isinstance(node, All)
        return All(
            tuple(self._within(inner, field) for inner in node.wanted),
            tuple(self._within(inner, field) for inner in node.unwanted),
        )

    def _word(self, piece: _Piece) -> Node:
        written = piece.text
        if written.endswith(":") and written[:-1].lower() in _NAMES:
            raise self.wrong(piece, "a word is missing behind the colon; write it without a space")
        exact, prefix = written.startswith("="), written.endswith("*")
        found = list(tokens(written.strip("=*")))
        if not found:
            raise self.wrong(piece, "holds neither letter nor digit")
        if len(found) > 1:
            if prefix:
                raise self.wrong(piece, "a star stands behind a single word")
            return Phrase(tuple(token.stem for token in found))
        word = found[0].word
        if prefix and len(word) < 3:
            raise self.wrong(piece, "write at least three letters before the star")
        return Term(word, found[0].written, None, exact, prefix)
