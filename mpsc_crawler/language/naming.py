"""What stands around a name, and whether it makes it one: articles, prepositions, titles, streets, dishes, clubs."""

from __future__ import annotations

import re
from typing import NamedTuple

from mpsc_crawler.language.gazetteer import EntityKind, Name, Words

_LETTER = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ɏ]")
_BEFORE = re.compile(r"(?:([A-Za-zÀ-ÖØ-öø-ɏ-]+)(\.?\s+))?([A-Za-zÀ-ÖØ-öø-ɏ.-]+)(\.?[\s„\"»(]+)$")
_NEXT = re.compile(r"[\s]+([A-Za-zÀ-ÖØ-öø-ɏ-]+)(?:[\s]+([A-Za-zÀ-ÖØ-öø-ɏ-]+))?")
_ARTICLES = frozenset(
    "der die das dem den des ein eine einen einem einer eines im am zum zur vom beim ins ans kein keine keinen mein meine unser unsere"
    " unserem sein seine ihr ihre dieser diese dieses diesem diesen jeder jede jedes jedem jeden alle viele manche welche".split()
)
_INHABITANTS = frozenset(
    "die den der viele alle aller für vieler junge jungen ältere älteren tausende hunderte zwischen".split()
)
_AT = frozenset(("in", "aus", "nach", "bei", "um"))
_FINITE = frozenset(
    "will hat plant setzt startet bekommt erhält baut testet führt gehört geht ist wird macht zählt digitalisiert investiert sucht"
    " beteiligt feiert eröffnet zeigt wählt stellt bringt richtet arbeitet gewinnt rüstet nutzt kann soll war wurde bleibt".split()
)
_FOOD = re.compile(
    r"Bäcker|Gebäck|Marmelade|Grill|Senf|Konditor|gefüllt|Teller|Rezept|Metzger|Imbiss|Pommes|Faschings|schmeck"
)
_ABROAD_BEFORE = re.compile(
    r"(?:österreichisch|schweizer|belgisch|italienisch|amerikanisch|französisch)\w*\s+(?:\w+\s+)?$", re.I
)
_LIST_BEFORE = re.compile(r"([A-ZÄÖÜ][\wäöüß-]+)(?:,| und| sowie| oder| bis|/)\s*$")
_LIST_BEHIND = re.compile(r"(?:,| und| sowie| oder|/)\s*([A-ZÄÖÜ][\wäöüß-]+)")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|\n\s*|[„\"»]\s*)$")

_SCHOOLS = {
    "Universität": "Universität",
    "Uni": "Universität",
    "Hochschule": "Hochschule",
    "Fachhochschule": "Fachhochschule",
    "TU": "Technische Universität",
    "TH": "Technische Hochschule",
    "FH": "Fachhochschule",
    "PH": "Pädagogische Hochschule",
    "OTH": "Ostbayerische Technische Hochschule",
    "HTW": "Hochschule für Technik und Wirtschaft",
    "HTWK": "Hochschule für Technik, Wirtschaft und Kultur",
    "HTWG": "Hochschule für Technik, Wirtschaft und Gestaltung",
    "HAW": "Hochschule für angewandte Wissenschaften",
    "RWTH": "RWTH",
    "LMU": "Ludwig-Maximilians-Universität",
}
_BEFORE_SCHOOL = re.compile(
    r"((?:(?:Ostbayerische|Brandenburgische|Technische|Freie|Pädagogische|Hanseatische|Evangelische|Katholische|Deutsche|Ernst-Abbe"
    r"|Westfälische|Rheinische|Philipps|Bauhaus|Leuphana|Private|Staatliche|Duale)[nrs]?\s+)*(?:[A-ZÄÖÜ][\wäöüß-]*-)?)$"
)
_LINKS = frozenset(("für", "und", "der", "des", "zu", "in", "am"))
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ-]+")
_PORTFOLIO = r"[A-ZÄÖÜ][\wäöüß-]+"
_MINISTRY = re.compile(
    rf"[A-ZÄÖÜ]?\w*[Mm]inisteriums? (?:für|des|der) (?:[a-zäöü]+ )?{_PORTFOLIO}(?:(?:, (?:für )?{_PORTFOLIO})*,? und (?:für |des |der |die )?{_PORTFOLIO})?"
    rf"|Senatsverwaltung für {_PORTFOLIO}(?:(?:, {_PORTFOLIO})* und {_PORTFOLIO})?"
)
_OF_STATE = re.compile(
    r"((?:(?:Hessisch|Sächsisch|Bayerisch|Niedersächsisch|Saarländisch|Brandenburgisch|Schleswig-Holsteinisch|Rheinland-Pfälzisch"
    r"|Nordrhein-Westfälisch|Baden-Württembergisch)e[nrsm]?|Thüringer) )$"
)
_SHORT_MINISTRY = re.compile(
    r"(?:Innen|Digital|Wirtschafts|Verkehrs|Bau|Umwelt|Sozial|Finanz|Kultus|Wissenschafts|Gesundheits)ministerium"
)


class Body(NamedTuple):
    """A university or ministry that its name tells by itself."""

    entity: str
    kind: EntityKind
    start: int
    end: int


def names_of_bodies(word: str) -> bool:
    """Whether a word begins, or ends, the name of a university or ministry."""
    return word in _SCHOOLS or word.endswith(("inisterium", "inisteriums")) or word == "Senatsverwaltung"


class Context:
    """One text, and what may be asked of the places in it."""

    def __init__(self, text: str, plain: str, words: Words, towns: frozenset[str]) -> None:
        """:param plain: ``text`` with every white space a space."""
        self.text, self.plain, self.words, self.towns = text, plain, words, towns

    def bounded(self, start: int, end: int, name: Name) -> bool:
        """Whether the name is not a part of a longer word or address; with a hyphen behind it, only bodies keep theirs."""
        plain = self.plain
        before, behind = plain[start - 1 : start], plain[end : end + 1]
        if (before and (_LETTER.match(before) or before in "-@/.#_&")) and not (
            before == "/" and plain[start - 2 : start - 1].isalpha() and "://" not in plain[max(0, start - 40) : start]
        ):
            return False
        if behind and (_LETTER.match(behind) or behind in "@_"):
            return False
        following = plain[end + 1 : end + 2]
        if behind == "-" and following and _LETTER.match(following):
            return name.kind not in ("municipality", "district")
        return not (behind == "." and following.islower())

    def _before(self, start: int) -> tuple[str, str, str]:
        """The second last word, the last, and what stands between it and the name."""
        found = _BEFORE.search(self.plain, max(0, start - 60), start)
        return (found.group(1) or "", found.group(3).rstrip("."), found.group(4)) if found else ("", "", "")

    def _next(self, end: int) -> tuple[str, str]:
        found = _NEXT.match(self.plain, end)
        return (found.group(1), found.group(2) or "") if found else ("", "")

    def _of_person_or_club(self, start: int) -> bool:
        second, last, gap = self._before(start)
        words = self.words
        if last in words.before_people or (last in words.first_names and not _SENTENCE_START.search(gap)):
            return True
        if len(last) == 1 and last.isupper() and second in words.before_people | words.first_names:
            return True
        return last in words.before_clubs or second in words.before_clubs

    def _abroad(self, start: int, end: int) -> bool:
        behind = re.match(r"\s*(?:in |\(|, |/)\s*([A-ZÄÖÜ][\wäöüß-]+)", self.plain[end : end + 40])
        if behind is not None and behind.group(1) in self.words.abroad:
            return True
        return _ABROAD_BEFORE.search(self.plain[max(0, start - 40) : start]) is not None

    def _listed(self, start: int, end: int) -> bool:
        """Whether the name stands in a row with the name of a town that is no common word."""
        before = _LIST_BEFORE.search(self.plain[max(0, start - 50) : start])
        behind = _LIST_BEHIND.match(self.plain, end)
        near = {found.group(1) for found in (before, behind) if found is not None}
        return any(name in self.towns and name not in self.words.ambiguous for name in near)

    def _of_street(self, end: int) -> bool:
        following, _ = self._next(end)
        return following.lower().endswith(self.words.after_streets) and following.lower() not in ("markt", "hof")

    def is_place(self, start: int, end: int, *, known: bool, near: bool, told: bool) -> bool:
        """Whether a bare name is meant as a place.

        :param known: it is a large town; ``near``: it belongs to the source; ``told``: the state stands behind it.
        """
        if self._of_person_or_club(start) or self._abroad(start, end):
            return False
        name = self.plain[start:end]
        _second, last, gap = self._before(start)
        ordinary = name in self.words.ambiguous or name.removesuffix("s") in self.words.ambiguous
        if last.lower() in _ARTICLES and gap.strip() == "":
            return False
        if not ordinary:
            return not self._of_street(end) or last.lower() in _AT
        if told or (last in self.words.before_places and gap.strip() == ""):
            return True
        if self._listed(start, end):
            return True
        if last.lower() in _AT and gap.strip() == "" and (known or near):
            return last.lower() != "nach" or known
        following, _ = self._next(end)
        opens = _SENTENCE_START.search(self.text[max(0, start - 4) : start]) is not None
        return known and opens and following in _FINITE

    def is_region(self, start: int, end: int) -> bool:
        """Whether the bare name of a district, which is often that of a landscape, is meant as a place."""
        return not self._of_person_or_club(start) and not self._of_street(end)

    def is_adjective(self, start: int, end: int) -> bool:
        """Whether a form in -er is said of a town: "Jenaer Stadtrat", "die Kölner"; not of a street, dish or family."""
        if self._of_person_or_club(start) or self._abroad(start, end):
            return False
        following, further = self._next(end)
        if following.lower().endswith(self.words.after_streets) and following[:1].isupper():
            return False
        if following in self.words.after_other or further in self.words.after_other:
            return False
        if following[:1].isupper() or (further[:1].isupper() and following.endswith(("e", "en", "er", "es", "em"))):
            return True
        if self.plain[start:end].islower():
            return False
        _, last, _ = self._before(start)
        if last.lower() not in _INHABITANTS:
            return False
        return _FOOD.search(self.plain[max(0, start - 80) : end + 80]) is None

    def is_brand(self, start: int, end: int, name: Name) -> bool:
        """Whether a brand or body is meant; what is written in small letters only stands by itself or in quotation marks."""
        if not name.text.islower() or name.kind != "project" or any(sign in name.text for sign in ".:"):
            return True
        before = self.plain[max(0, start - 30) : start]
        return bool(re.search(r"[„\"»'‚]$|(?:Projekt|Modellprojekt|Initiative|Team|Marke|von|bei)s? $", before))

    def body(self, word: str, start: int, end: int) -> Body | None:
        """The university or ministry whose name a word is part of."""
        if word in _SCHOOLS:
            return self._school(word, start, end)
        if not names_of_bodies(word):
            return None
        found = _MINISTRY.match(self.plain, start)
        if found is not None:
            before = _OF_STATE.search(self.plain[max(0, start - 60) : start])
            lead = before.group(1) if before is not None else ""
            name = re.sub(r"^(\w*[Mm]inisterium)s ", r"\1 ", found.group())
            entity = re.sub(r"(isch)e[nms]? ", r"\1es ", lead) + name
            return Body(entity, "ministry", start - len(lead), found.end())
        if _SHORT_MINISTRY.match(word):
            return Body(word.removesuffix("s"), "ministry", start, end)
        return None

    def _school(self, word: str, start: int, end: int) -> Body | None:
        plain = self.plain
        at = end
        for _ in range(9):
            found = _WORD.match(plain, at + 1)
            if (
                found is None
                or plain[at : at + 1] not in (" ", ",")
                or (plain[at : at + 1] == "," and "für" not in plain[end:at])
            ):
                return None
            if plain[at : at + 1] == ",":
                found = _WORD.match(plain, at + 2)
                if found is None:
                    return None
            part = found.group()
            town = part if part in self.towns else part.split("-")[0] if part.split("-")[0] in self.towns else ""
            if town:
                stop = found.end()
                further = re.match(r" (?:am|an der|im) [A-ZÄÖÜ]\w+", plain[stop : stop + 30])
                if further is not None and town in ("Frankfurt", "Ludwigshafen"):
                    stop += further.end()
                return self._named_school(word, start, end, stop)
            if not part[:1].isupper() and part not in _LINKS:
                return None
            at = found.end()
        return None

    def _named_school(self, word: str, start: int, end: int, stop: int) -> Body:
        before = _BEFORE_SCHOOL.search(self.plain[max(0, start - 60) : start])
        lead = before.group(1) if before is not None else ""
        title = re.sub(r"e[nrs] ", "e ", lead) + (_SCHOOLS[word] if not lead.endswith("-") else word)
        return Body(f"{title} {self.plain[end:stop].strip()}", "university", start - len(lead), stop)
