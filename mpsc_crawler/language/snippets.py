"""The piece of a text that shows best why it was found, with the hits marked in the original. Pure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from mpsc_crawler.language.stemming import Token, tokens

_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text. ``marks`` are the hits' positions in ``text``, ``start`` is where it begins in the original."""

    text: str
    start: int
    marks: tuple[tuple[int, int], ...]

    def marked(self, before: str = "**", after: str = "**") -> str:
        """The piece with a sign before and after every hit."""
        told, at = [], 0
        for start, end in self.marks:
            told += [self.text[at:start], before, self.text[start:end], after]
            at = end
        return "".join((*told, self.text[at:]))


def snippet(text: str, stems: Container[str], length: int = _LENGTH) -> Snippet:
    """Choose the window of about ``length`` characters with the most different hits, the earliest of equal ones.

    Cut at words; line breaks become spaces. Without any hit (a word may be found as part of a truncated one) it is the beginning.
    """
    hits = [token for token in tokens(text) if token.stem in stems]
    first, last = _window(hits, length) if hits else (0, 0)
    room = max(0, length - (last - first))
    start = max(0, first - room // 3)
    end = min(len(text), start + max(length, last - start))
    start = max(0, min(start, end - length))
    if start > 0:
        space = text.find(" ", start, first + 1)
        start = space + 1 if space >= 0 else first
    if end < len(text):
        space = text.rfind(" ", last, end)
        end = space if space >= 0 else max(end, last)
    piece = text[start:end].replace("\n", " ")
    marks = [(hit.start - start, hit.end - start) for hit in hits if start <= hit.start and hit.end <= end]
    before, after = "… " if start > 0 else "", " …" if end < len(text) else ""
    shift = len(before)
    return Snippet(f"{before}{piece}{after}", start, tuple(sorted({(a + shift, b + shift) for a, b in marks})))


def _window(hits: list[Token], length: int) -> tuple[int, int]:
    best, chosen = 0, (hits[0].start, hits[0].end)
    for number, hit in enumerate(hits):
        within = [other for other in hits[number : number + 50] if other.end - hit.start <= length]
        different = len({other.stem for other in within}) * 10 + min(len(within), 9)
        if different > best:
            best, chosen = different, (hit.start, max(other.end for other in (*within, hit)))
    return chosen
