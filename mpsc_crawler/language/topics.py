"""Which topics of the codebook an article has, and by which words. Same text, same codebook: same result."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from mpsc_crawler.items import MatchedWord, TopicMatch
from mpsc_crawler.language.codebook import Codebook, Pattern, shipped_codebook
from mpsc_crawler.language.words import WORD, normalize

_VOCABULARY_LIMIT = 200_000


class TopicCoder:
    """Applies one codebook. Every distinct word is matched against the patterns once and then remembered."""

    def __init__(self, codebook: Codebook | None = None) -> None:
        self.codebook = codebook or shipped_codebook()
        self._single = [p for p in self.codebook.patterns if len(p.words) == 1]
        self._phrases = [p for p in self.codebook.patterns if len(p.words) > 1]
        self._known: dict[str, tuple[tuple[Pattern, ...], tuple[Pattern, ...]]] = {}

    def _look_up(self, raw: str) -> tuple[tuple[Pattern, ...], tuple[Pattern, ...]]:
        word = normalize(raw)
        single: dict[str, Pattern] = {}
        for pattern in self._single:
            if pattern.words[0].fullmatch(word):
                known = single.get(pattern.topic)
                # an exclusion wins; otherwise the heaviest pattern of a topic counts
                if known is None or pattern.weight == 0 or (known.weight and pattern.weight > known.weight):
                    single[pattern.topic] = pattern
        phrases = tuple(p for p in self._phrases if p.words[0].fullmatch(word))
        entry = tuple(p for p in single.values() if p.weight), phrases
        if len(self._known) < _VOCABULARY_LIMIT:
            self._known[raw] = entry
        return entry

    def matches(self, text: str, field: str) -> dict[str, list[tuple[Pattern, MatchedWord]]]:
        """Every match in one field by topic, exclusions taken back, in order of the text."""
        found: dict[str, list[tuple[Pattern, MatchedWord]]] = defaultdict(list)
        blocked: dict[str, list[tuple[int, int]]] = defaultdict(list)
        tokens = list(WORD.finditer(text))
        known = self._known
        for index, token in enumerate(tokens):
            raw = token.group()
            entry = known.get(raw)
            if entry is None:
                entry = self._look_up(raw)
            single, phrases = entry
            for pattern in single:
                found[pattern.topic].append((pattern, MatchedWord(raw, field, token.start(), token.end(), pattern.text)))
            for pattern in phrases:
                end = index + len(pattern.words)
                rest = tokens[index + 1 : end]
                if len(rest) == len(pattern.words) - 1 and all(
                    regex.fullmatch(normalize(t.group())) for regex, t in zip(pattern.words[1:], rest, strict=True)
                ):
                    start, stop = token.start(), rest[-1].end()
                    if pattern.weight == 0:
                        blocked[pattern.topic].append((start, stop))
                    else:
                        match = MatchedWord(text[start:stop], field, start, stop, pattern.text)
                        found[pattern.topic].append((pattern, match))
        for topic, spans in blocked.items():
            found[topic] = [m for m in found[topic] if not any(a <= m[1].start and m[1].end <= b for a, b in spans)]
        return found

    def score(self, fields: Mapping[str, str]) -> dict[str, tuple[float, tuple[MatchedWord, ...]]]:
        """Score and matched words of every topic that has any, below the threshold too.

        :param fields: text by field name; names are those of the codebook's weights.
        """
        weights = self.codebook.weights
        everything: dict[str, list[tuple[Pattern, MatchedWord]]] = defaultdict(list)
        for field, text in fields.items():
            if text and weights.get(field):
                for topic, matches in self.matches(text, field).items():
                    everything[topic].extend(matches)
        length = sum(len(text) for text in fields.values())
        return {
            topic: (self._score(matches, weights, length), tuple(match for _, match in matches))
            for topic, matches in everything.items()
            if matches
        }

    def find(self, fields: Mapping[str, str]) -> list[TopicMatch]:
        """The topics of an article, best first; ``fields`` as for :meth:`score`."""
        result = [
            TopicMatch(topic, round(score, 3), self.codebook.version, words)
            for topic, (score, words) in self.score(fields).items()
            if score >= self.codebook.threshold
        ]
        return sorted(result, key=lambda t: (-t.score, t.topic))

    @staticmethod
    def _score(matches: list[tuple[Pattern, MatchedWord]], weights: Mapping[str, float], length: int) -> float:
        """Each pattern counts once in full, repetitions by logarithm; long texts need more than short ones."""
        best: dict[str, float] = {}
        count: dict[str, int] = defaultdict(int)
        for pattern, match in matches:
            value = pattern.weight * weights[match.field]
            best[pattern.text] = max(best.get(pattern.text, 0.0), value)
            count[pattern.text] += 1
        total = sum(value * (1 + 0.5 * math.log2(count[text])) for text, value in best.items())
        return total / max(1.0, math.log2(max(length, 1) / 700) if length > 1400 else 1.0)


def find_topics(fields: Mapping[str, str], codebook: Codebook | None = None) -> list[TopicMatch]:
    """As :meth:`TopicCoder.find`, for a single text."""
    return TopicCoder(codebook).find(fields)
