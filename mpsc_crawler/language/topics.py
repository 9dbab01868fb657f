"""Which topics of the codebook an article has, and by which words. Same text, same codebook: same result."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

from mpsc_crawler.items import MatchedWord, TopicMatch
from mpsc_crawler.language.codebook import Codebook, Pattern, shipped_codebook
from mpsc_crawler.language.matcher import Found, Matcher

_SHORT = 500
LEAD = 500
"""How many characters of a body are its lead."""


def text_fields(
    *, headline: str | None, kicker: str | None, teaser: str | None, tags: Iterable[str], body: str
) -> dict[str, str]:
    """The texts of an article by the field names of a codebook."""
    return {
        "headline": headline or "",
        "kicker": kicker or "",
        "teaser": teaser or "",
        "tags": ", ".join(tags),
        "body": body,
    }


def is_german(language: str | None) -> bool:
    """Whether a text is coded at all: codebooks and gazetteer read German; an unknown language is taken for it."""
    return language in (None, "de")


def scores(found: Found, codebook: Codebook, length: int) -> dict[str, tuple[float, tuple[MatchedWord, ...]]]:
    """Score and matched words of every topic that has any, below the threshold too.

    :param found: the matches of one codebook.
    :param length: characters of the whole text.
    """
    return {
        topic: (_score(matches, codebook.weights, length), tuple(match for _, match in matches))
        for topic, matches in found.items()
        if matches
    }


def _score(matches: list[tuple[Pattern, MatchedWord]], weights: Mapping[str, float], length: int) -> float:
    """Each pattern counts once in full, repetitions by logarithm; the sum is divided by the root of the length."""
    best: dict[str, float] = {}
    count: dict[str, int] = defaultdict(int)
    for pattern, match in matches:
        field = "lead" if match.field == "body" and match.start < LEAD else match.field
        value = pattern.weight * weights[field]
        best[pattern.text] = max(best.get(pattern.text, 0.0), value)
        count[pattern.text] += 1
    total = sum(value * (1 + 0.3 * math.log2(count[text])) for text, value in best.items())
    return total / math.sqrt(max(length, _SHORT) / 1000)


def assigned(found: Found, codebook: Codebook, length: int) -> list[TopicMatch]:
    """The topics at or above the codebook's threshold, best first."""
    all_scores = scores(found, codebook, length)
    least = max(codebook.threshold, codebook.share * max((score for score, _ in all_scores.values()), default=0.0))
    result = [
        TopicMatch(topic, round(score, 3), codebook.version, words)
        for topic, (score, words) in all_scores.items()
        if score >= least
    ]
    return sorted(result, key=lambda t: (-t.score, t.topic))


class TopicCoder:
    """Applies one codebook to texts."""

    def __init__(self, codebook: Codebook | None = None) -> None:
        self.codebook = codebook or shipped_codebook()
        self._matcher = Matcher(self.codebook)

    def find(self, fields: Mapping[str, str]) -> list[TopicMatch]:
        """The topics of an article, best first.

        :param fields: text by field name; names are those of the codebook's weights.
        """
        return assigned(self._matcher.match(fields)[0], self.codebook, sum(map(len, fields.values())))


def find_topics(fields: Mapping[str, str], codebook: Codebook | None = None) -> list[TopicMatch]:
    """As :meth:`TopicCoder.find`, for a single text."""
    return TopicCoder(codebook).find(fields)
