"""What may be named: municipalities and districts, projects, organisations. Data and the forms of their names.

The tables of places and projects are handed in by the caller (this floor knows no registry); organisations and the words
that tell a name from a word ship beside this file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

EntityKind = Literal[
    "municipality", "district", "project", "ministry", "agency", "university", "association", "platform"
]

_EPITHET = re.compile(
    r"\s*(?:\(([^)]*)\)|/\s?(.*)|,? ((?:an|am|im|in|bei|ob|vor|auf|unter|zu|zur|v\.|a\.|i\.|b\.|o\.) ?.*))$"
)
# the longer before the shorter: "a.d.Donau" is no "am d.Donau"
_STARTS = (
    ("an der ", "a. d. ", "a.d. ", "a.d."),
    ("vor der ", "v. d. ", "v.d. ", "v.d."),
    ("in der ", "i. d. ", "i.d. ", "i.d."),
    ("ob der ", "o. d. ", "o.d. ", "o.d."),
    ("am ", "a. ", "a."),
    ("im ", "in ", "i. ", "i."),
    ("bei ", "b. ", "b."),
)
_ABBREVIATIONS = {
    "OPf.": "Oberpfalz",
    "Oldb": "Oldenburg",
    "Westf.": "Westfalen",
    "Rhld.": "Rheinland",
    "Schwarzw.": "Schwarzwald",
    "Odw.": "Odenwald",
    "Erzgeb.": "Erzgebirge",
    "Sa.": "Sachsen",
    "Thür.": "Thüringen",
    "NB": "Niederbayern",
    "OB": "Oberbayern",
    "Bay.": "Bayern",
    "Württ.": "Württemberg",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality (AGS of 8 digits) or district (5 digits) of the official register."""

    ags: str
    name: str
    kind: str
    population: int


@dataclass(frozen=True, slots=True)
class Project:
    """A project with the names under which it presents itself and the keys of its members."""

    slug: str
    brands: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """One way to write an entity: the whole spelling, and what it stands for."""

    text: str
    entity: str
    kind: EntityKind
    form: Literal["full", "base", "adjective"] = "full"


@dataclass(frozen=True, slots=True)
class Words:
    """The words that decide whether a name is a name."""

    ambiguous: frozenset[str]
    before_people: frozenset[str]
    first_names: frozenset[str]
    before_clubs: frozenset[str]
    after_streets: tuple[str, ...]
    after_other: frozenset[str]
    abroad: frozenset[str]
    before_places: frozenset[str]
    adjectives: dict[str, list[str]] = field(default_factory=dict)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def deciding_words() -> Words:
    """The shipped ``words.toml``."""
    data = _read("words.toml")
    sets = {
        name: frozenset(data[name].split())
        for name in Words.__match_args__
        if name not in ("after_streets", "adjectives")
    }
    return Words(after_streets=tuple(data["after_streets"].split()), adjectives=data["adjectives"], **sets)


def plain_name(registered: str) -> str:
    """``Flensburg, Stadt`` as it is said: Flensburg."""
    return registered.split(",")[0].strip()


def split_epithet(name: str) -> tuple[str, str]:
    """``Halle (Saale)`` is Halle with the epithet Saale; the epithet is empty where there is none."""
    found = _EPITHET.search(name)
    if found is None or not name[: found.start()].strip():
        return name, ""
    return name[: found.start()].strip(), next(part for part in found.groups() if part is not None).strip()


def spellings(name: str) -> list[str]:
    """The ways to write a name in full: with its epithet in brackets, behind a slash, in words and short."""
    base, epithet = split_epithet(name)
    if not epithet:
        return [name]
    found = {name, f"{base} {epithet}", f"{base} ({epithet})", f"{base}/{epithet}", f"{base}, {epithet}"}
    for starts in _STARTS:
        start = next((start for start in starts if epithet.startswith(start)), None)
        if start is not None:
            rest = epithet.removeprefix(start).strip()
            found |= {f"{base} {other}{rest}" for other in starts}
            break
    else:
        if " " not in epithet:
            found |= {f"{base} {start}{epithet}" for start in ("an der ", "in ", "im ", "am ")}
    for short, long in _ABBREVIATIONS.items():
        if epithet.endswith(short):
            found |= {text.replace(short, long) for text in found}
    return sorted(found, key=len, reverse=True)


def adjectives(base: str) -> list[str]:
    """The forms in -er of a town: Jenaer, Bremer, Solinger, Dresdner; those that no rule makes stand in ``words.toml``."""
    if base.endswith("en"):
        return [base[:-2] + "er", base + "er", base[:-2] + "ner"]
    if base.endswith("e"):
        return [base + "r"]
    return [base + "er"]


def place_names(places: Iterable[Place], members: frozenset[str], words: Words) -> list[Name]:
    """Every spelling of every place.

    :param members: the keys of members of projects; they have adjectives whatever their size.
    """
    names: list[Name] = []
    for place in places:
        if len(place.ags) == 5:
            names += _district_names(place)
            continue
        if "gemeindefrei" in place.kind or "gemfr" in place.name:
            continue
        name = plain_name(place.name)
        base, _epithet = split_epithet(name)
        names += [Name(text, place.ags, "municipality") for text in spellings(name) if text != base]
        names.append(Name(base, place.ags, "municipality", "base"))
        if " " in base and base.split()[0] in ("Sankt", "St."):
            other = base.replace("Sankt ", "St. ") if base.startswith("Sankt ") else base.replace("St. ", "Sankt ")
            names.append(Name(other, place.ags, "municipality", "base"))
        if base.startswith("Lutherstadt "):
            names.append(Name(base.removeprefix("Lutherstadt "), place.ags, "municipality", "base"))
        special = words.adjectives.get(name) or words.adjectives.get(base, [])
        if (place.population >= 10_000 or place.ags in members) and " " not in base:
            forms = adjectives(base) if base not in words.ambiguous or place.population >= 100_000 else []
            names += [Name(form, place.ags, "municipality", "adjective") for form in dict.fromkeys((*special, *forms))]
    return names


def _district_names(place: Place) -> list[Name]:
    name = plain_name(place.name)
    base = re.sub(r"\s*\(.*\)", "", name)
    if "kreis" in name.lower() or name.startswith(("Region ", "Städteregion ", "Regionalverband ")):
        inflected = [
            name,
            name + "es",
            name + "s",
            name.replace("cher Kreis", "chen Kreis"),
            name.replace("cher Kreis", "chen Kreises"),
        ]
        return [Name(text, place.ags, "district") for text in dict.fromkeys(inflected)]
    if place.kind not in ("Landkreis", "Kreis", "Regionalverband"):
        return []
    plain, epithet = split_epithet(base)
    whole = [plain, *spellings(base)] if epithet else []
    titles = ("Landkreis", "Landkreises", "Landkreise", "Kreis", "Kreises", "Kreise", "LK", "Lkr.")
    names = [
        Name(f"{title} {text}", place.ags, "district")
        for title in titles
        for text in dict.fromkeys((base, name, *whole))
    ]
    return [*names, Name(base, place.ags, "district", "base")]


_SMART = (
    "Smart City {}", "Smart-City {}", "Smartcity {}", "SmartCity {}", "Smarte Stadt {}", "Smart Region {}", "Smarte Region {}",
    "Smarten Region {}", "Digitale Stadt {}", "Digitalen Stadt {}", "Modellprojekt Smart City {}", "Modellprojekt Smart Cities {}",
    "Modellprojekts Smart City {}", "Modellprojektes Smart City {}", "Modellprojekte Smart Cities {}", "MPSC {}", "Smart {}", "Smartes {}",
)  # fmt: skip


def project_names(projects: Iterable[Project], places: dict[str, str]) -> list[Name]:
    """Brands, and "Smart City Jena" for the project whose only member Jena is.

    :param places: the name of each key as registered.
    """
    names: list[Name] = []
    for project in projects:
        for brand in project.brands:
            inflected = [brand]
            if brand.startswith(("Smarte ", "Smartes ", "Digitale ", "Vernetzte ")):
                first, rest = brand.split(" ", 1)
                stem = first.removesuffix("s").removesuffix("e")
                inflected += [f"{stem}e{ending} {rest}" for ending in ("", "n", "r", "s", "m")]
            names += [Name(text, project.slug, "project") for text in dict.fromkeys(inflected)]
        if len(project.members) == 1 and project.members[0] in places:
            name = plain_name(places[project.members[0]])
            base = split_epithet(name)[0] if len(project.members[0]) == 8 else name
            for text in dict.fromkeys((base, name)):
                names += [Name(form.format(text), project.slug, "project") for form in _SMART]
    return names


@lru_cache(maxsize=1)
def organisation_names() -> list[Name]:
    """The shipped ``organisations.toml``; every word but abbreviations may carry the endings of its case."""
    found: list[Name] = []
    for group in _read("organisations.toml")["entity"]:
        for names in group["names"]:
            for text in names:
                found += [Name(form, names[0], group["kind"]) for form in inflections(text)]
    return found


def inflections(text: str) -> list[str]:
    """A name of several words in its cases: "Deutscher Städtetag", "Deutschen Städtetages", "Deutsche Städtetag"."""
    words = text.split(" ")
    heads = [words[0]]
    adjective = re.match(r"^(\w+?)(er|es|e)$", words[0]) if len(words) > 1 else None
    if adjective is not None and words[0].startswith(
        ("Deutsch", "Bayerisch", "Hessisch", "Sächsisch", "Statistisch", "Digital")
    ):
        heads = [adjective.group(1) + ending for ending in ("er", "e", "en", "es", "em")]
    tails = [""]
    last = words[-1]
    if not (last.isupper() or any(sign in last for sign in "./+]")) and not last[-1].isdigit():
        tails = ["", "s", "es"] if last[-1] not in "sxzß" else ["", "es"]
    forms = {" ".join([head, *words[1:]]) + tail for head in heads for tail in tails}
    if len(words) > 1 and words[0].endswith("ministerium"):
        office = words[0].removesuffix("ium")
        forms |= {" ".join([head, *words[1:]]) for head in (words[0] + "s", office, office + "in", office + "s")}
    if len(words) > 1 and words[0].endswith(("amt", "institut")):
        forms |= {" ".join([words[0] + ending, *words[1:]]) for ending in ("s", "es")}
    return sorted(forms)
