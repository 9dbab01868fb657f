"""Does a piece belong to the field? Town halls publish everything; only what is relevant is kept whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources

from mpsc_crawler.items import Relevance
from mpsc_crawler.language.codebook import Codebook, read_codebook
from mpsc_crawler.language.topics import TopicCoder


@lru_cache(maxsize=1)
def relevance_codebook() -> Codebook:
    """The patterns of the field, shipped as ``codebook/relevance.toml``."""
    with resources.as_file(resources.files("mpsc_crawler.language.codebook") / "relevance.toml") as path:
        return read_codebook(path)


@lru_cache(maxsize=1)
def _coder() -> TopicCoder:
    return TopicCoder(relevance_codebook())


def relevance(fields: Mapping[str, str], brands: Sequence[str] = ()) -> Relevance:
    """Judge a piece by its text.

    :param fields: text by field name (headline, kicker, teaser, tags, body); a headline alone will do.
    :param brands: names under which the projects present themselves; one that is named settles it.
    """
    coder = _coder()
    found = coder.score(fields)
    score, matches = found.get("field", (0.0, ()))
    words = [match.word for match in matches]
    text = " ".join(fields.values())
    for brand in brands:
        if brand in text:
            score += coder.codebook.threshold
            words.insert(0, brand)
    return Relevance(score >= coder.codebook.threshold, round(score, 3), tuple(dict.fromkeys(words))[:12])
