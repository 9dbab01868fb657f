"""Is one word a part of another? German compounds, without a dictionary: what a corpus writes by itself is a word. Pure.

*Plattform* is part of *Wärmeplanungsplattform*, since *Wärmeplanung* is a word of its own somewhere or looks like one; *Rat* is
no part of *Beratung*, and *Stau* none of *Staubsauger*. The shorter the part, the more the corpus has to vouch for the rest:
``Part.short`` and ``Part.long``.
Linking elements: Duden, Die Grammatik, "Fugenelemente".
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from mpsc_crawler.language.stemming import fold, stem

SHORTEST = 3
_MIDDLE = 5  # letters from which on a stem is hardly there by chance
_MUCH = 9  # letters of a rest that is hardly there by chance
_SAFE_LINKS = ("", "s", "es", "n", "en")
_LINKS = ("", "s", "n", "en", "er", "es", "e", "ens", "ns")
_ENDINGS = frozenset(("", "e", "n", "en", "er", "es", "s", "ern", "em", "nen", "in", "innen"))
_PREFIXES = frozenset(
    "be ge ver zer ent er emp miss un vor auf ab an aus ein um uber unter mit nach bei zu her hin durch wieder fest dar"
    " zusammen weiter fort hinter wider voll re de in heraus heran hinaus hinein hervor voran vorbei nieder empor".split()
)
_NOUN = re.compile(r".{2,}(?:heit|keit|ung|schaft|ion|tat|tum|ling|ismus|ing)s")
_SUFFIX = re.compile(r"(?:lich|ig|isch|bar|sam|haft|los|(?:n?at)?iv)(?:e[rnms]?|es)?")
_LIKE_ENDINGS = frozenset(("end", "ende"))
_NOUN_END = re.compile(r".{2,}(?:heit|keit|ung|schaft|ion|tat|tum|ling|ismus)(?:en|s|e)?")
_ONSET = re.compile(
    r"(?:[bcdfghjklmnpqrstvwz]|bl|br|ch|chr|cl|cr|dr|fl|fr|gl|gn|gr|kl|kn|kr|pf|pfl|pfr|ph|pl|pr|ps|qu|sc|sch|schl|schm|schn|schr"
    r"|schw|sh|sk|sl|sm|sn|sp|spl|spr|st|str|sw|th|tr|tw|wr|zw)?[aeiouy]"
)
_VOWEL = re.compile("[aeiouy]")
_UMLAUT = re.compile("[äöü]|[aou]e")
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


@dataclass(frozen=True, slots=True)
class Part:
    """A word as it is looked for within others: folded, without inflection; ``vowel``: with an ``e`` at its end that may be its own."""

    text: str
    vowel: bool = False

    @property
    def short(self) -> bool:
        """Up to four letters: what stands beside it must be words of the corpus."""
        return len(self.text) < _MIDDLE

    @property
    def long(self) -> bool:
        """From six letters on it is hardly there by chance."""
        return len(self.text) > _MIDDLE


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a corpus writes: its words, folded, and their stems."""

    words: Container[str]
    stems: Container[str]

    def knows(self, piece: str, least: int = _MIDDLE) -> bool:
        """Whether a piece is a word, or, if it has so many letters that it is no chance, has the stem of one."""
        return piece in self.words or (len(piece) >= least and stem(piece) in self.stems)


def base(query: str) -> str:
    """A word, folded and without its inflection, so far as its letters and its stem tell.

    ``-er`` is an ending only beside an umlaut (*Häuser*, not *Wasser*), and what is left of three letters must be more than chance.
    """
    word = fold(query)
    told = stem(word)
    ending = word[len(told) :]
    changed = _UMLAUT.search(query.lower()) is not None
    fits = word.startswith(told) and ending in _ENDINGS and (ending not in ("er", "ern") or changed)
    if fits and (len(told) > SHORTEST or (len(told) == SHORTEST and ending in ("e", "er") and changed)):
        return told
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


def vouchers(word: str, part: Part) -> set[str]:
    """The pieces whose being words of their own decides whether ``part`` is a part of ``word`` (folded)."""
    asked: set[str] = set()
    for left, link, right in _cuts(word, part.text):
        asked.update(_unlinked(left))
        if right:
            asked.update((right, part.text + link))
            for first, last in _halves(right):
                asked.update((first, last))
    return asked


def _halves(piece: str) -> Iterator[tuple[str, str]]:
    """Every way to cut a piece in two, without a linking element."""
    for cut in range(3, len(piece) - 2):
        for first in _unlinked(piece[:cut]):
            yield first, piece[cut:]


def is_part(word: str, part: Part, known: Vocabulary) -> bool:
    """Whether ``part`` is a part of the compound ``word`` (folded).

    :param known: of the corpus; what ``vouchers`` names is looked up in it.
    """
    if len(word) <= len(part.text):
        return False
    return any(_fits(part, left, link, right, known) for left, link, right in _cuts(word, part.text) if left or right)


def _fits(part: Part, left: str, link: str, right: str, known: Vocabulary) -> bool:
    if left in _PREFIXES or (part.short and link not in _SAFE_LINKS and not (link == "e" and part.vowel)):
        return False
    if (
        part.text in _LIKE_ENDINGS
        and not right
        and not (left in known.words and len(left) >= _MIDDLE)
        and left[-1:] != "s"
    ):
        return False  # Jahresende, Wochenende; not lernende
    if right and link and known.knows(part.text + link) and stem(part.text + link) != stem(part.text):
        return False  # Bürger-Beteiligung, not Burg-er-Beteiligung
    before = not left or _vouched_before(left, known, short=part.short)
    behind = not right or _vouched_behind(right, known, short=part.short)
    if before and behind:
        return True
    if part.short:
        return False
    if not (before or not left or (_looks_like_a_word(left) and (part.long or behind))):
        return False
    return behind or not right or (_looks_like_a_word(right) and not _SUFFIX.match(right))


def _vouched_before(left: str, known: Vocabulary, *, short: bool) -> bool:
    words = (piece for piece in _unlinked(left) if piece not in _PREFIXES and piece not in _NO_PARTS)
    if any(map(known.knows, words)) or _NOUN.fullmatch(left):
        return True
    return not short and len(left) >= _MUCH


def _vouched_behind(right: str, known: Vocabulary, *, short: bool) -> bool:
    if known.knows(right, SHORTEST):
        return True
    if not short and (_NOUN_END.fullmatch(right) or (_ONSET.match(right) and len(right) >= _MUCH)):
        return True
    return any(known.knows(first) and known.knows(last) for first, last in _halves(right))


def _looks_like_a_word(piece: str) -> bool:
    return len(piece) >= 4 and _VOWEL.search(piece) is not None and _ONSET.match(piece) is not None


def part_of(query: str) -> Part | None:
    """A word as it is looked for within others; ``None`` for what is no part of compounds: very short words, closed classes."""
    part = base(query)
    if len(part) < SHORTEST or fold(query) in _NO_PARTS:
        return None
    return Part(part, fold(query).endswith("e"))
