"""German words as a codebook sees them: lower case, gendered forms and soft hyphens made one word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

# Latin letters as ranges: a named class is slower; other scripts come second
_LATIN = r"[A-Za-z0-9À-ÖØ-öø-ɏ]"
_JOINTS = r"[-:*_/·'’\u00ad]"
WORD = re.compile(rf"{_LATIN}+(?:{_JOINTS}{_LATIN}+)*|[^\W_]+(?:{_JOINTS}[^\W_]+)*")
_GENDER = re.compile(r"[:*_/·](?:i|I)n(?:nen)?\b")
_INNER_CAPITAL = re.compile(r"(?<=[a-zäöüß])Innen\b")


def normalize(word: str) -> str:
    """``Bürger:innen``, ``Bürger*innen`` and ``BürgerInnen`` become ``bürgerinnen``; soft hyphens go."""
    if "\u00ad" in word:
        word = word.replace("\u00ad", "")
    if not word.isalpha():
        word = _GENDER.sub(lambda match: match.group()[1:].lower(), word)
    if "Innen" in word:
        word = _INNER_CAPITAL.sub("innen", word)
    return word.lower()


def any_of(pieces: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds out at one look whether a word holds any of the pieces: a tree of their letters."""
    tree: dict[str, Any] = {}
    for piece in pieces:
        node = tree
        for letter in piece:
            node = node.setdefault(letter, {})
        node[""] = {}
    return re.compile(_branches(tree))


def _branches(node: dict[str, Any]) -> str:
    if "" in node:
        return ""  # a piece ends here: what longer ones hold is held already
    grown = [re.escape(letter) + _branches(below) for letter, below in node.items()]
    return grown[0] if len(grown) == 1 else f"(?:{'|'.join(grown)})"


def words(text: str) -> Iterator[tuple[str, int, int]]:
    """Every word of a text, normalised, with its character positions in the text."""
    for match in WORD.finditer(text):
        yield normalize(match.group()), match.start(), match.end()
