"""How is an edit told? The words that went and came between two states of a text, with a little around them. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Literal

Sign = Literal["kept", "went", "came", "gap"]
KEPT: Sign = "kept"
WENT: Sign = "went"
CAME: Sign = "came"
GAP: Sign = "gap"
_MOST_WORDS = 6_000  # comparing costs the square of the length


def changed_words(before: str | None, after: str | None, around: int = 8) -> list[tuple[Sign, str]]:
    """The pieces of an edit in the order of the text; empty where nothing changed.

    :param around: how many words are shown beside what changed; longer stretches that were kept become a gap.
    """
    old, new = (before or "").split(), (after or "").split()
    if old == new:
        return []
    if max(len(old), len(new)) > _MOST_WORDS:
        return [(WENT, before or ""), (CAME, after or "")]
    told: list[tuple[Sign, str]] = []
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (what, first, last, begin, end) in enumerate(steps):
        if what == "equal":
            told += _kept(old[first:last], around, opens=number == 0, closes=number == len(steps) - 1)
            continue
        if last > first:
            told.append((WENT, " ".join(old[first:last])))
        if end > begin:
            told.append((CAME, " ".join(new[begin:end])))
    return told


def _kept(words: list[str], around: int, *, opens: bool, closes: bool) -> list[tuple[Sign, str]]:
    """A stretch that was kept: its ends beside the changes, and a gap for the rest."""
    behind = [] if opens else words[:around]
    before = [] if closes else words[max(len(behind), len(words) - around) :]
    if len(behind) + len(before) >= len(words):
        return [(KEPT, " ".join(words))]
    told: list[tuple[Sign, str]] = [(KEPT, " ".join(behind))] if behind else []
    told.append((GAP, "…"))
    return [*told, (KEPT, " ".join(before))] if before else told
