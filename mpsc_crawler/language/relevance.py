"""Does a piece belong to the field? Town halls publish everything; only what is relevant is kept whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources

from mpsc_crawler.items import Relevance
from mpsc_crawler.language.codebook import Codebook, read_codebook
from mpsc_crawler.language.matcher import Found, Matcher
from mpsc_crawler.language.topics import scores

_TELLING = frozenset(("headline", "kicker", "teaser"))
TOPIC, BESIDES = "field", "besides"


@lru_cache(maxsize=1)
def relevance_codebook() -> Codebook:
    """The patterns of the field, shipped as ``codebook/relevance.toml``."""
    with resources.as_file(resources.files("mpsc_crawler.language.codebook") / "relevance.toml") as path:
        return read_codebook(path)


@lru_cache(maxsize=1)
def _matcher() -> Matcher:
    return Matcher(relevance_codebook())


@lru_cache(maxsize=4)
def _any_brand(brands: tuple[str, ...]) -> re.Pattern[str]:
    """One look for all the names; the first letters settle most places of a text."""
    longest_first = sorted(filter(None, brands), key=len, reverse=True)
    firsts = "".join(sorted({re.escape(brand[0]) for brand in longest_first}))
    return re.compile(f"(?=[{firsts}])(?:{'|'.join(map(re.escape, longest_first))})")


def judge(found: Found, fields: Mapping[str, str], brands: Sequence[str] = (), named: Sequence[str] = ()) -> Relevance:
    """Judge a piece by matches of the relevance codebook that are known already.

    :param brands: names of projects to be looked for; ``named`` those that are known to stand in the text.
    """
    codebook = relevance_codebook()
    # only what a piece is about counts against it: no article is less digital for a closing "Anmeldung online unter …"
    about = [match for match in found.get(BESIDES, []) if match[1].field in _TELLING]
    every = scores({**found, BESIDES: about}, codebook, sum(map(len, fields.values())))
    score, matches = every.get(TOPIC, (0.0, ()))
    score -= every.get(BESIDES, (0.0, ()))[0]
    words = [match.word for match in matches]
    pattern = _any_brand(tuple(brands)) if any(brands) else None
    hits = [pattern.search(text) for text in fields.values()] if pattern is not None else []
    projects = [*named, *(hit.group() for hit in hits if hit is not None)]
    if projects:
        score, words = max(score, 0.0) + codebook.threshold, [*projects, *words]
    return Relevance(score >= codebook.threshold, round(score, 3), tuple(dict.fromkeys(words))[:12], codebook.version)


def relevance(fields: Mapping[str, str], brands: Sequence[str] = ()) -> Relevance:
    """Judge a piece by its text.

    :param fields: text by field name (headline, kicker, teaser, tags, body); a headline alone will do.
    :param brands: names under which the projects present themselves; one that is named settles it.
    """
    return judge(_matcher().match(fields)[0], fields, brands)
