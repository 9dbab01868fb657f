"""Is one word a part of another? German compounds, without a dictionary: what a corpus writes by itself is a word. Pure.

*Plattform* is part of *Wärmeplanungsplattform*, since *Wärmeplanung* is a word of its own somewhere or looks like one; *Rat* is
no part of *Beratung*, and *Stau* none of *Staubsauger*. The shorter the part, the more the corpus has to vouch for the rest.
Linking elements: Duden, Die Grammatik, "Fugenelemente".
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from mpsc_crawler.language.stemming import fold, stem

SHORTEST = 3
_SURE = 5  # letters from which on a part needs no voucher for what stands beside it
_LINKS = ("", "s", "n", "en", "er", "es", "e", "ens", "ns")
_ENDINGS = frozenset(("", "e", "n", "en", "er", "es", "s", "ern", "em", "nen", "in", "innen"))
_PREFIXES = frozenset(
    "be ge ver zer ent er emp miss un vor auf ab an aus ein um uber unter mit nach bei zu her hin durch wieder fest dar"
    " zusammen weiter fort hinter wider voll re de in heraus heran hinaus hinein hervor voran vorbei nieder empor".split()
)
_NOUN = re.compile(r".{2,}(?:heit|keit|ung|schaft|ion|tat|tum|ling|ismus|ing)s")
_ONSET = re.compile(
    r"(?:[bcdfghjklmnpqrstvwz]|bl|br|ch|chr|cl|cr|dr|fl|fr|gl|gn|gr|kl|kn|kr|pf|pfl|pfr|ph|pl|pr|ps|qu|sc|sch|schl|schm|schn|schr"
    r"|schw|sh|sk|sl|sm|sn|sp|spl|spr|st|str|sw|th|tr|tw|wr|zw)?[aeiouy]"
)
_VOWEL = re.compile("[aeiouy]")
# words of closed classes are no parts of compounds: articles, pronouns, prepositions, conjunctions, particles, auxiliaries (folded)
_NO_PARTS = frozenset(
    "der die das den dem des ein eine einer einem einen eines kein keine keiner keinem keinen keines ich du er sie es wir ihr man sich mich dich"
    " uns euch mir dir ihm ihn ihnen ihre ihrer ihrem ihren ihres sein seine seiner seinem seinen seines mein meine dein deine unser unsere unserer"
    " unserem unseren euer eure wer wen wem was wie wo wann warum welche welcher welches welchem welchen dieser diese dieses diesem diesen jener jene"
    " jenes jeder jede jedes jedem jeden alle alles allem allen aller und oder aber denn sondern sowie sowohl weder noch dass weil wenn als ob"
    " obwohl damit da nun so nur auch nicht schon sehr mehr im in an am auf aus bei beim bis durch fur gegen hinter mit nach ohne uber um unter von vom"
    " vor wahrend wegen zu zum zur zwischen ab seit trotz ist sind war waren wird werden wurde wurden worden hat haben hatte hatten kann konnen soll"
    " sollen will wollen muss mussen darf durfen hier dort dann dabei dazu davon dafur darauf daruber daran etwa etwas viel viele wenig wenige".split()
)
_S_BEFORE = frozenset("bdfghklmnrt")


def base(word: str) -> str:
    """A folded word without its inflection, so far as its letters tell."""
    for ending in ("ern", "en", "er", "es", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)] if stem(word) != word else word
    if word.endswith("s") and len(word) > 4 and word[-2] in _S_BEFORE:
        return word[:-1]
    return word


def _cuts(word: str, part: str) -> Iterator[tuple[str, str, str]]:
    """What stands before and behind the part, and the linking element between it and what follows."""
    at = word.find(part)
    while at >= 0:
        left, rest = word[:at], word[at + len(part) :]
        if rest in _ENDINGS:
            yield left, "", ""
        for link in _LINKS:
            if rest.startswith(link) and len(rest) - len(link) >= 3:
                yield left, link, rest[len(link) :]
        at = word.find(part, at + 1)


def _unlinked(piece: str) -> Iterator[str]:
    for link in _LINKS:
        if piece.endswith(link) and len(piece) - len(link) >= 3:
            yield piece[: len(piece) - len(link)]


def vouchers(word: str, part: str, *, sure: bool) -> set[str]:
    """The pieces whose being words of their own decides whether ``part`` is a part of ``word``; as for ``is_part``."""
    asked: set[str] = set()
    for left, link, right in _cuts(word, part):
        asked.update(_unlinked(left))
        if right:
            asked.update((right, part + link))
            if not sure:
                for first, last in _halves(right):
                    asked.update((first, last))
    return asked


def _halves(piece: str) -> Iterator[tuple[str, str]]:
    """Every way to cut a piece in two, without a linking element."""
    for cut in range(3, len(piece) - 2):
        for first in _unlinked(piece[:cut]):
            yield first, piece[cut:]


def is_part(word: str, part: str, known: Container[str], *, sure: bool) -> bool:
    """Whether ``part`` is a part of the compound ``word`` (both folded, ``part`` without inflection).

    :param sure: the part is long enough to be no chance; see ``part_of``.
    :param known: the words and stems of the corpus; what ``vouchers`` names is looked up in it.
    """
    if len(part) < SHORTEST or len(word) <= len(part):
        return False
    return any(
        _fits(part, left, link, right, known, sure=sure) for left, link, right in _cuts(word, part) if left or right
    )


def _is_word(piece: str, known: Container[str]) -> bool:
    return piece in known or stem(piece) in known


def _fits(part: str, left: str, link: str, right: str, known: Container[str], *, sure: bool) -> bool:
    if left:
        if left in _PREFIXES:
            return False
        vouched = any(_is_word(piece, known) for piece in _unlinked(left)) or _NOUN.fullmatch(left) is not None
        if not vouched and not (sure and len(left) >= 4 and _VOWEL.search(left)):
            return False
    if right:
        if link and _is_word(part + link, known) and stem(part + link) != stem(part):
            return False  # Bürger-Beteiligung, not Burg-er-Beteiligung
        if sure and len(right) >= 4 and _ONSET.match(right):
            return True
        # what follows a short part must be a word, or a compound of two
        return _is_word(right, known) or any(
            _is_word(first, known) and _is_word(last, known) for first, last in _halves(right)
        )
    return True


def part_of(query: str) -> tuple[str, bool] | None:
    """A word as it is looked for within others, and whether it is long enough to need no voucher for what stands beside it.

    ``None`` for what is no part of compounds: very short words, and those of closed classes (articles, prepositions …).
    """
    word = fold(query)
    part = base(word)
    if len(part) < SHORTEST or word in _NO_PARTS:
        return None
    return part, len(word) >= _SURE
