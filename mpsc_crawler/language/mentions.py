"""Which municipalities, projects and organisations a text names. Names that are also words, or that several places bear,
count only where the text says which is meant. Private persons are never looked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import accumulate, compress

from mpsc_crawler.items import Mention
from mpsc_crawler.language.gazetteer import (
    Name,
    Place,
    Project,
    deciding_words,
    organisation_names,
    place_names,
    plain_name,
    project_names,
)
from mpsc_crawler.language.naming import Context, names_of_bodies
from mpsc_crawler.language.pieces import pieces_of
from mpsc_crawler.language.remembered import Remembered

_RUN = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ɏ]+")
_DOMINANT, _LARGE, _KNOWN = 7, 20_000, 80_000
STATES = {
    "Schleswig-Holstein": "01", "Hamburg": "02", "Niedersachsen": "03", "Bremen": "04", "Nordrhein-Westfalen": "05", "NRW": "05",
    "Hessen": "06", "Rheinland-Pfalz": "07", "Baden-Württemberg": "08", "Bayern": "09", "Saarland": "10", "Berlin": "11",
    "Brandenburg": "12", "Mecklenburg-Vorpommern": "13", "Sachsen": "14", "Sachsen-Anhalt": "15", "Thüringen": "16",
}  # fmt: skip
_STATE_BEHIND = re.compile(rf"\s*(?:in|\(|,)\s*({'|'.join(sorted(map(re.escape, STATES), key=len, reverse=True))})\b")
_DISTRICT_BEHIND = re.compile(r"\s*(?:\(|im |, )\s*((?:Landkreis|Kreis) [A-ZÄÖÜ][\w-]+|[A-ZÄÖÜ][\w-]+kreis)")

_SECOND = re.compile(r"[^A-Za-z0-9À-ÖØ-öø-ɏ]{0,3}([A-Za-z0-9À-ÖØ-öø-ɏ]+)")
# a spelling, how many signs stand before its first letter ("#HANnovativ"), and what it stands for
_Spelling = tuple[str, int, tuple[Name, ...]]
# the spellings that begin with a word, by the second word; "" for those of one word
_Names = Mapping[str, tuple[_Spelling, ...]]
_Found = tuple[str, int, int, _Names]
_NONE: _Names = {}


class Gazetteer:
    """Every name that counts, indexed by its first word, and what is known of the words met so far."""

    def __init__(self, places: Iterable[Place] = (), projects: Iterable[Project] = ()) -> None:
        """:param places: municipalities and districts of the official register; ``projects`` those of the programme."""
        places, projects = list(places), list(projects)
        self.words = deciding_words()
        self.population = {place.ags: place.population for place in places}
        self.members = frozenset(key for project in projects for key in project.members)
        titles = {place.ags: place.name for place in places}
        self.brands = frozenset(brand for project in projects for brand in project.brands)
        self.districts = {plain_name(place.name): place.ags for place in places if len(place.ags) == 5}
        names = [
            *place_names(places, self.members, self.words),
            *project_names(projects, titles),
            *organisation_names(),
        ]
        grouped: dict[str, dict[str, list[Name]]] = defaultdict(lambda: defaultdict(list))
        for name in names:
            first = _RUN.search(name.text)
            if first is not None:
                grouped[first.group()][name.text].append(name)
        # most of the register is never named: its spellings are put in order when their first word is met
        self._grouped = grouped
        self._ordered: Remembered[_Names] = Remembered(lambda word: _by_second(grouped[word]))
        self.towns = frozenset(
            name.text
            for name in names
            if name.kind == "municipality" and name.form != "adjective" and " " not in name.text
        )
        self._pieces: Remembered[tuple[_Found, ...]] = Remembered(self._take_apart)

    def _begun_by(self, word: str) -> _Names:
        return self._ordered[word] if word in self._grouped else _NONE

    def _take_apart(self, piece: str) -> tuple[_Found, ...]:
        """The words between two spaces that may begin a name."""
        found: list[_Found] = []
        for run in _RUN.finditer(piece):
            word = run.group()
            names = self._begun_by(word)
            if not names and word.endswith("s"):
                stem = word[:-1]
                names = {
                    "": tuple(
                        (text + "s", lead, group)
                        for text, lead, group in self._begun_by(stem).get("", ())
                        if text == stem
                        and group[0].kind in ("municipality", "project")
                        and group[0].form != "adjective"
                    )
                }
            if any(names.values()) or names_of_bodies(word):
                found.append((word, run.start(), run.end(), names))
        return tuple(found)

    def find(self, fields: Mapping[str, str], *, home: frozenset[str] = frozenset()) -> list[Mention]:
        """Every mention in the texts of an article, in order of the fields and of the text.

        :param fields: text by field name.
        :param home: keys of the source's own municipalities and districts, or of its state (two digits): among several
            places of one name the nearest is meant.
        """
        found: list[Mention] = []
        for field, text in fields.items():
            if text:
                found += self._field(field, text, home)
        return found

    def _field(self, field: str, text: str, home: frozenset[str]) -> list[Mention]:
        spaced = text.replace("\u00a0", " ")
        plain = spaced.replace("\n", " ")
        pieces = pieces_of(spaced)
        entries = list(map(self._pieces.__getitem__, pieces))
        telling = list(compress(range(len(pieces)), entries))
        if not telling:
            return []
        lengths = list(accumulate(map(len, pieces), initial=0))
        context = Context(text, plain, self.words, self.towns)
        found: list[Mention] = []
        behind = 0
        for index in telling:
            begin = lengths[index] + index
            for word, first, last, names in entries[index]:
                start = begin + first
                if start < behind:
                    continue
                mention = self._at(context, field, word, start, begin + last, names, home)
                if mention is not None:
                    found.append(mention)
                    behind = mention.end
        return found

    def _at(
        self,
        context: Context,
        field: str,
        word: str,
        start: int,
        end: int,
        names: _Names,
        home: frozenset[str],
    ) -> Mention | None:
        body = context.body(word, start, end)
        second = _SECOND.match(context.plain, end) if len(names) > ("" in names) else None
        longer = names.get(second.group(1), ()) if second is not None else ()
        for text, lead, group in (*longer, *names.get("", ())):
            first = start - lead
            stop = first + len(text)
            if body is not None and stop <= body.end:
                break
            if first < 0 or not context.plain.startswith(text, first) or not context.bounded(first, stop, group[0]):
                continue
            entity = self._meant(context, group, first, stop, home)
            if entity is not None:
                name, stop = entity
                return Mention(name.entity, name.kind, context.text[first:stop], field, first, stop)
            if group[0].kind not in ("municipality", "district"):
                continue
            # a place that is not told from others hides the shorter names inside it
            if " " in text:
                return None
        if body is None:
            return None
        return Mention(body.entity, body.kind, context.text[body.start : body.end], field, body.start, body.end)

    def _meant(
        self, context: Context, group: tuple[Name, ...], start: int, end: int, home: frozenset[str]
    ) -> tuple[Name, int] | None:
        """Which of the bearers of a name is meant, and where the mention ends; ``None`` where that is not told."""
        others = [name for name in group if name.kind != "municipality"]
        if others and others[0].kind != "district":
            return (others[0], end) if context.is_brand(start, end, others[0]) else None
        name = group[0]
        if name.kind == "district":
            return (name, end) if name.form == "full" or context.is_region(start, end) else None
        group = tuple(name for name in group if name.kind == "municipality")
        largest = max(group, key=lambda n: self.population.get(n.entity, 0))
        if name.form == "adjective":
            return (largest, end) if context.is_adjective(start, end) and self._dominates(largest, group) else None
        behind = _STATE_BEHIND.match(context.plain, end)
        bare = name.form == "base"
        if bare and not context.is_place(
            start,
            end,
            known=self.population.get(largest.entity, 0) >= _KNOWN,
            near=any(n.entity in home or n.entity[:5] in home for n in group),
            told=behind is not None,
        ):
            return None
        if behind is not None and bare:
            here = [n for n in group if n.entity.startswith(STATES[behind.group(1)])]
            if len(here) >= 1:
                best = max(here, key=lambda n: self.population.get(n.entity, 0))
                if self._dominates(best, tuple(here)):
                    return best, behind.end(1) if " in " in behind.group() else end
        chosen = self._nearest(context, group, end, home, largest)
        return (chosen, end) if chosen is not None else None

    def _nearest(
        self, context: Context, group: tuple[Name, ...], end: int, home: frozenset[str], largest: Name
    ) -> Name | None:
        if len(group) == 1:
            return largest
        district = _DISTRICT_BEHIND.match(context.plain, end)
        if district is not None:
            key = self.districts.get(district.group(1).removeprefix("Landkreis ").removeprefix("Kreis "))
            here = [n for n in group if n.entity[:5] == key]
            if len(here) == 1:
                return here[0]
        for width in (8, 5):
            near = [n for n in group if n.entity[:width] in home]
            if len(near) == 1:
                return near[0]
        if self._dominates(largest, group):
            return largest
        members = [n for n in group if n.entity in self.members]
        if len(members) == 1:
            return members[0]
        states = {key[:2] for key in home}
        near = [n for n in group if n.entity[:2] in states] if len(states) == 1 else []
        return near[0] if len(near) == 1 else None

    def _dominates(self, largest: Name, group: tuple[Name, ...]) -> bool:
        """Whether one bearer of a name is so much larger than all others that it is meant wherever nothing else is said."""
        if len(group) == 1:
            return True
        sizes = sorted((self.population.get(n.entity, 0) for n in group), reverse=True)
        return sizes[0] >= _LARGE and sizes[0] >= _DOMINANT * max(1, sizes[1])


def _towns_first(group: list[Name]) -> tuple[Name, ...]:
    """A name that a town and the district around it bear is the town's, unless "Landkreis" stands before it."""
    towns = [name for name in group if name.kind == "municipality"]
    return tuple(towns or group) if all(name.kind in ("municipality", "district") for name in group) else tuple(group)


def _by_second(texts: Mapping[str, list[Name]]) -> _Names:
    """The spellings of one first word, longest first, by their second word: "Smart City …" are hundreds."""
    found: dict[str, list[_Spelling]] = defaultdict(list)
    for text, group in sorted(texts.items(), key=lambda t: -len(t[0])):
        runs = _RUN.findall(text)
        first = _RUN.search(text)
        found[runs[1] if len(runs) > 1 else ""].append((text, first.start() if first else 0, _towns_first(group)))
    return {second: tuple(spellings) for second, spellings in found.items()}
