"""Which language is this text? Decided by the text, not by the path: German stands under ``/en/`` and vice versa."""

from __future__ import annotations

import re

from mpsc_crawler.items import Evidence

_WORD = re.compile(r"[a-zß-öø-ɏ]+|[^\W\d_]+")  # Latin letters as ranges: a named class is slower
# The commonest function words of the languages that occur on municipal sites.
_FUNCTION_WORDS = {
    "de": "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man wurde sei wir ihr".split(),
    "en": "the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you were her all their there been if more when will would who so no what can has its our we".split(),
    "pl": "w i na z do nie się jest że to od po o za co jak dla przez są ale oraz jego przy było czy lub już tym może które został".split(),
    "fr": "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont la avec son aux".split(),
    "da": "og i at det er en til af på med for ikke den som der de et har var vi kan om fra".split(),
}
_SETS = {language: frozenset(words) for language, words in _FUNCTION_WORDS.items()}


def detect_language(text: str, declared: str) -> tuple[str | None, Evidence]:
    """The language of a text by its function words; a short text is taken at the page's word.

    :param declared: what the page declares, two letters, or an empty string.
    :returns: the ISO 639-1 code or ``None``, and the evidence.
    """
    words = _WORD.findall(text[:1000].lower())
    counts = {"de": sum(map(_SETS["de"].__contains__, words))}
    if counts["de"] < 0.25 * len(words):
        counts |= {language: sum(map(known.__contains__, words)) for language, known in _SETS.items()}
    best = max(counts, key=lambda language: counts[language])
    share = counts[best] / len(words) if words else 0.0
    if len(words) >= 12 and share >= 0.12:
        return best, Evidence(
            "language", "function-words", f"{counts[best]} of {len(words)} words", round(min(0.99, 0.5 + share), 2)
        )
    return declared or None, Evidence("language", "declared", declared, 0.5 if declared else 0.0)
