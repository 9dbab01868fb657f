"""Matches the patterns of one or more codebooks in one pass over a text. Every distinct word is judged once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, compress, islice
from typing import NamedTuple

from mpsc_crawler.items import MatchedWord
from mpsc_crawler.language.codebook import Codebook, Pattern
from mpsc_crawler.language.pieces import pieces_of
from mpsc_crawler.language.remembered import Remembered
from mpsc_crawler.language.words import WORD, any_of, normalize

Found = dict[str, list[tuple[Pattern, MatchedWord]]]
_Numbered = tuple[int, int, Pattern]


class _Entry(NamedTuple):
    """What a word means by itself, and the phrases that may begin with it; each with the number of its codebook."""

    single: tuple[tuple[int, Pattern], ...]
    phrases: tuple[_Numbered, ...]


_JOINS = frozenset(("und", "oder", "sowie", "bzw.", "/", "&"))
_NOTHING = _Entry((), ())


class _Index:
    """Finds the few patterns of which one word can match a given word, by letters that it must hold."""

    def __init__(self, patterns: Iterable[_Numbered], position: int) -> None:
        self._by_letters: dict[str, list[_Numbered]] = defaultdict(list)
        self._short: list[_Numbered] = []
        self._exact: dict[str, list[_Numbered]] = defaultdict(list)
        self._position = position
        literals: list[str] = []
        for entry in patterns:
            words = entry[2].text.split()
            if len(words) <= position:
                continue
            literal = max(words[position].lower().split("*"), key=len)
            if "*" not in words[position]:
                self._exact[literal].append(entry)
                continue
            literals.append(literal)
            if len(literal) >= 3:
                self._by_letters[literal[:3]].append(entry)
            else:
                self._short.append(entry)
        self._any = any_of(literals or ["\0"])

    def matching(self, word: str) -> list[_Numbered]:
        """Patterns whose word at this position matches, in the codebooks' order."""
        exact = self._exact.get(word, ())
        if self._any.search(word) is None:
            return list(exact)
        found = {entry[0]: entry for entry in (*exact, *self._short)}
        by_letters = self._by_letters
        for start in range(len(word) - 2):
            for entry in by_letters.get(word[start : start + 3], ()):
                found[entry[0]] = entry
        position = self._position
        return [found[number] for number in sorted(found) if found[number][2].fits(position, word)]


_Part = tuple[str, int, int, _Entry]  # a word of a piece of text, its first and last position there, what it means


def _first_word(piece: str) -> str:
    match = WORD.search(piece)
    return match.group() if match is not None else ""


class Matcher:
    """Holds compiled codebooks and what is known of the words met so far."""

    def __init__(self, *codebooks: Codebook) -> None:
        self.codebooks = codebooks
        numbered = list(enumerate((book, p) for book, codebook in enumerate(codebooks) for p in codebook.patterns))
        patterns = [(number, book, pattern) for number, (book, pattern) in numbered]
        self._first, self._second = _Index(patterns, 0), _Index(patterns, 1)
        self._known = Remembered(self._look_up)
        self._seconds = Remembered(self._may_follow)
        # no word of German crosses a space, and what stands between two of them stands in many texts
        self._pieces = Remembered(self._take_apart)
        self._leading = Remembered(_first_word)
        self._halves = Remembered(self._whole)

    def _take_apart(self, piece: str) -> tuple[_Part, ...]:
        """The words between two spaces, or nothing where no word means anything."""
        if piece.isalpha():
            entry = self._known[piece]
            return () if entry is _NOTHING else ((piece, 0, len(piece), entry),)
        parts = tuple((m.group(), m.start(), m.end(), self._known[m.group()]) for m in WORD.finditer(piece))
        return () if all(part[3] is _NOTHING for part in parts) else parts

    def _look_up(self, raw: str) -> _Entry:
        word = normalize(raw)
        single: dict[tuple[int, str], Pattern] = {}
        phrases: list[_Numbered] = []
        for number, book, pattern in self._first.matching(word):
            if len(pattern.words) > 1:
                phrases.append((number, book, pattern))
                continue
            known = single.get((book, pattern.topic))
            # an exclusion wins; otherwise the heaviest pattern of a topic counts
            if known is None or pattern.weight == 0 or (known.weight and pattern.weight > known.weight):
                single[book, pattern.topic] = pattern
        kept = tuple((book, pattern) for (book, _), pattern in single.items() if pattern.weight)
        return _Entry(kept, tuple(phrases)) if kept or phrases else _NOTHING

    def _may_follow(self, raw: str) -> frozenset[int]:
        """The phrases whose second word this may be."""
        return frozenset(number for number, _, _ in self._second.matching(normalize(raw)))

    def _following(self, parts: tuple[_Part, ...], place: int, pieces: Sequence[str], index: int) -> frozenset[int]:
        """The phrases that the word behind the one at ``place`` of the piece at ``index`` may go on with."""
        if place + 1 < len(parts):
            return self._seconds[parts[place + 1][0]]
        for piece in pieces[index + 1 : index + 6]:
            word = self._leading[piece]
            if word:
                return self._seconds[word]
        return frozenset()

    def match(self, fields: Mapping[str, str]) -> list[Found]:
        """For each codebook the matches by topic, in order of the text; exclusions are taken back.

        :param fields: text by field name; a field that a codebook gives no weight is passed over for it.
        """
        found: list[Found] = [defaultdict(list) for _ in self.codebooks]
        for field, text in fields.items():
            if text:
                self._field(found, field, text)
        return found

    def _truncated(self, found: list[Found], field: str, text: str, pieces: Sequence[str]) -> None:
        """``Bürger- und Wirtschaftsbeteiligung`` holds *Bürgerbeteiligung*: what the first half leaves to the second."""
        begin = 0
        for index, piece in enumerate(pieces[:-2]):
            if piece.endswith("-") and len(piece) > 2 and pieces[index + 1] in _JOINS:
                first, second = self._leading[piece.rstrip("-")], self._leading[pieces[index + 2]]
                start = begin + piece.find(first)
                end = begin + len(piece) + len(pieces[index + 1]) + 2 + pieces[index + 2].find(second) + len(second)
                for book, pattern in self._halves[f"{first} {second}"] if first and second else ():
                    if self.codebooks[book].weights.get(field):
                        word = MatchedWord(text[start:end], field, start, end, pattern.text)
                        found[book][pattern.topic].append((pattern, word))
            begin += len(piece) + 1

    def _whole(self, pair: str) -> tuple[tuple[int, Pattern], ...]:
        """The patterns that match the first word with some ending of the second, and neither word alone."""
        first, second = pair.split(" ")
        told = {pattern.text for word in (first, second) for _, pattern in self._known[word].single}
        new: dict[str, tuple[int, Pattern]] = {}
        for cut in range(1, max(1, len(second) - 3)):
            for book, pattern in self._look_up(first + second[cut:].lower()).single:
                if pattern.text not in told:
                    new[pattern.text] = (book, pattern)
        return tuple(new.values())

    def _field(self, found: list[Found], field: str, text: str) -> None:
        pieces = pieces_of(text)
        if "- " in text:
            self._truncated(found, field, text, pieces)
        entries = list(map(self._pieces.__getitem__, pieces))
        telling = list(compress(range(len(pieces)), entries))
        if not telling:
            return
        lengths = list(accumulate(map(len, pieces), initial=0))
        weighed = [bool(codebook.weights.get(field)) for codebook in self.codebooks]
        blocked: list[tuple[int, str, int, int]] = []
        for index in telling:
            begin = lengths[index] + index  # one space before each piece
            parts = entries[index]
            for place, (raw, first, last, entry) in enumerate(parts):
                if entry is _NOTHING:
                    continue
                for book, pattern in entry.single:
                    if weighed[book]:
                        word = MatchedWord(raw, field, begin + first, begin + last, pattern.text)
                        found[book][pattern.topic].append((pattern, word))
                if not entry.phrases:
                    continue
                following = self._following(parts, place, pieces, index)
                for number, book, pattern in entry.phrases if following else ():
                    if number not in following or not weighed[book]:
                        continue
                    behind = [(p[0], begin + p[2]) for p in parts[place + 1 :]]
                    behind += islice(_words_from(text, begin + len(pieces[index])), max(0, len(pattern.words) - 1))
                    if not _continues(pattern, behind):
                        continue
                    start, stop = begin + first, behind[len(pattern.words) - 2][1]
                    if pattern.weight == 0:
                        blocked.append((book, pattern.topic, start, stop))
                    else:
                        word = MatchedWord(text[start:stop], field, start, stop, pattern.text)
                        found[book][pattern.topic].append((pattern, word))
        for book, topic, start, stop in blocked:
            kept = [
                m for m in found[book][topic] if m[1].field != field or not (start <= m[1].start and m[1].end <= stop)
            ]
            found[book][topic] = kept


def _words_from(text: str, begin: int) -> Iterator[tuple[str, int]]:
    """The words from a position on, each with the position behind it."""
    for match in WORD.finditer(text, begin):
        yield match.group(), match.end()


def _continues(pattern: Pattern, behind: list[tuple[str, int]]) -> bool:
    """Whether the third and further words of a phrase follow, too; ``behind`` are the words behind the first."""
    rest = range(2, len(pattern.words))
    told = behind[1 : 1 + len(rest)]
    return len(told) == len(rest) and all(
        pattern.fits(position, normalize(word)) for position, (word, _) in zip(rest, told, strict=True)
    )
