"""German words as a codebook sees them: lower case, gendered forms and soft hyphens made one word."""

from __future__ import annotations

import re
from collections.abc import Iterator

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


def words(text: str) -> Iterator[tuple[str, int, int]]:
    """Every word of a text, normalised, with its character positions in the text."""
    for match in WORD.finditer(text):
        yield normalize(match.group()), match.start(), match.end()
