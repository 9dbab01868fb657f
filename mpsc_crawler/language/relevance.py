"""Does a piece belong to the field? Town halls publish everything; only what is relevant is kept whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources

from mpsc_crawler.items import Relevance
from mpsc_crawler.language.codebook import Codebook, read_codebook
from mpsc_crawler.language.matcher import Found, Matcher
from mpsc_crawler.language.topics import scores

TOPIC, BESIDES = "field", "besides"


@lru_cache(maxsize=1)
def relevance_codebook() -> Codebook:
    """The patterns of the field, shipped as ``codebook/relevance.toml``."""
    with resources.as_file(resources.files("mpsc_crawler.language.codebook") / "relevance.toml") as path:
        return read_codebook(path)


@lru_cache(maxsize=1)
def _matcher() -> Matcher:
    return Matcher(relevance_codebook())


def judge(found: Found, fields: Mapping[str, str], brands: Sequence[str] = ()) -> Relevance:
    """Judge a piece by matches of the relevance codebook that are known already."""
    codebook = relevance_codebook()
    every = scores(found, codebook, sum(map(len, fields.values())))
    score, matches = every.get(TOPIC, (0.0, ()))
    score -= every.get(BESIDES, (0.0, ()))[0]
    words = [match.word for match in matches]
    named = [brand for brand in brands if any(brand in text for text in fields.values())]
    if named:
        score, words = max(score, 0.0) + codebook.threshold, [*named, *words]
    return Relevance(score >= codebook.threshold, round(score, 3), tuple(dict.fromkeys(words))[:12], codebook.version)


def relevance(fields: Mapping[str, str], brands: Sequence[str] = ()) -> Relevance:
    """Judge a piece by its text.

    :param fields: text by field name (headline, kicker, teaser, tags, body); a headline alone will do.
    :param brands: names under which the projects present themselves; one that is named settles it.
    """
    return judge(_matcher().match(fields)[0], fields, brands)
