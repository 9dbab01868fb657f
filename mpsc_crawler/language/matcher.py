"""Matches the patterns of one or more codebooks in one pass over a text. Every distinct word is judged once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from re import Match

from mpsc_crawler.items import MatchedWord
from mpsc_crawler.language.codebook import Codebook, Pattern
from mpsc_crawler.language.words import WORD, normalize

_VOCABULARY_LIMIT = 200_000
Found = dict[str, list[tuple[Pattern, MatchedWord]]]
_Entry = tuple[tuple[tuple[int, Pattern], ...], tuple[tuple[int, Pattern], ...]]
_NOTHING: _Entry = ((), ())


class _Index:
    """Finds the few patterns whose first word can match a given word, by three letters that it must hold."""

    def __init__(self, patterns: Iterable[tuple[int, Pattern]]) -> None:
        self._by_letters: dict[str, list[tuple[int, int, Pattern]]] = defaultdict(list)
        self._always: list[tuple[int, int, Pattern]] = []
        for number, (book, pattern) in enumerate(patterns):
            literal = max(pattern.text.split()[0].lower().split("*"), key=len)
            if len(literal) >= 3:
                self._by_letters[literal[:3]].append((number, book, pattern))
            else:
                self._always.append((number, book, pattern))

    def candidates(self, word: str) -> list[tuple[int, int, Pattern]]:
        """Patterns in the codebooks' order, each with the number of its codebook."""
        found = {entry[0]: entry for entry in self._always}
        by_letters = self._by_letters
        for start in range(len(word) - 2):
            for entry in by_letters.get(word[start : start + 3], ()):
                found[entry[0]] = entry
        return [found[number] for number in sorted(found)]


class Matcher:
    """Holds compiled codebooks and what is known of the words met so far."""

    def __init__(self, *codebooks: Codebook) -> None:
        self.codebooks = codebooks
        self._index = _Index(
            (book, pattern) for book, codebook in enumerate(codebooks) for pattern in codebook.patterns
        )
        self._known: dict[str, _Entry] = {}

    def _look_up(self, raw: str) -> _Entry:
        word = normalize(raw)
        single: dict[tuple[int, str], Pattern] = {}
        phrases: list[tuple[int, Pattern]] = []
        for _, book, pattern in self._index.candidates(word):
            if not pattern.words[0].fullmatch(word):
                continue
            if len(pattern.words) > 1:
                phrases.append((book, pattern))
                continue
            known = single.get((book, pattern.topic))
            # an exclusion wins; otherwise the heaviest pattern of a topic counts
            if known is None or pattern.weight == 0 or (known.weight and pattern.weight > known.weight):
                single[book, pattern.topic] = pattern
        kept = tuple((book, pattern) for (book, _), pattern in single.items() if pattern.weight)
        entry: _Entry = (kept, tuple(phrases)) if kept or phrases else _NOTHING
        if len(self._known) < _VOCABULARY_LIMIT:
            self._known[raw] = entry
        return entry

    def match(self, fields: Mapping[str, str]) -> list[Found]:
        """For each codebook the matches by topic, in order of the text; exclusions are taken back.

        :param fields: text by field name; a field that a codebook gives no weight is passed over for it.
        """
        found: list[Found] = [defaultdict(list) for _ in self.codebooks]
        for field, text in fields.items():
            if text:
                self._field(found, field, text)
        return found

    def _field(self, found: list[Found], field: str, text: str) -> None:
        blocked: list[tuple[int, str, int, int]] = []
        tokens = list(WORD.finditer(text))
        known = self._known
        weighed = [bool(codebook.weights.get(field)) for codebook in self.codebooks]
        for index, token in enumerate(tokens):
            raw = token.group()
            entry = known.get(raw)
            if entry is None:
                entry = self._look_up(raw)
            if entry is _NOTHING:
                continue
            for book, pattern in entry[0]:
                if weighed[book]:
                    found[book][pattern.topic].append(
                        (pattern, MatchedWord(raw, field, token.start(), token.end(), pattern.text))
                    )
            for book, pattern in entry[1]:
                stop = _phrase_end(pattern, tokens, index) if weighed[book] else None
                if stop is None:
                    continue
                start = token.start()
                if pattern.weight == 0:
                    blocked.append((book, pattern.topic, start, stop))
                else:
                    found[book][pattern.topic].append(
                        (pattern, MatchedWord(text[start:stop], field, start, stop, pattern.text))
                    )
        for book, topic, start, stop in blocked:
            kept = [
                m for m in found[book][topic] if m[1].field != field or not (start <= m[1].start and m[1].end <= stop)
            ]
            found[book][topic] = kept


def _phrase_end(pattern: Pattern, tokens: list[Match[str]], index: int) -> int | None:
    """Where a phrase that begins at this token ends, or ``None`` where its further words do not follow."""
    rest = tokens[index + 1 : index + len(pattern.words)]
    if len(rest) < len(pattern.words) - 1:
        return None
    for regex, token in zip(pattern.words[1:], rest, strict=True):
        if not regex.fullmatch(normalize(token.group())):
            return None
    return rest[-1].end()
