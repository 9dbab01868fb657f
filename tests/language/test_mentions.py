"""Names in texts: which place, project or body is meant, and what is none."""

from __future__ import annotations

import pytest

from mpsc_crawler.items import Mention
from mpsc_crawler.language.gazetteer import Place, Project, inflections, organisation_names, spellings, split_epithet
from mpsc_crawler.language.mentions import Gazetteer
from mpsc_crawler.reading import gazetteer


def found(text: str, *home: str) -> list[tuple[str, str]]:
    return [(m.surface, m.entity) for m in gazetteer().find({"body": text}, home=frozenset(home))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jena und Kiel tauschen sich aus.", [("Jena", "16053000"), ("Kiel", "01002000")]),
        ("Jenas Oberbürgermeister sprach.", [("Jenas", "16053000")]),
        ("Der Jenaer Stadtrat stimmte zu.", [("Jenaer", "16053000")]),
        ("In Halle (Saale) und Frankfurt (Oder)", [("Halle (Saale)", "15002000"), ("Frankfurt (Oder)", "12053000")]),
        ("in Frankfurt am Main", [("Frankfurt am Main", "06412000")]),
        ("Der Landkreis Hof fördert, die Stadt Hof auch.", [("Landkreis Hof", "09475"), ("Hof", "09464000")]),
        ("Landkreis Wunsiedel im Fichtelgebirge", [("Landkreis Wunsiedel im Fichtelgebirge", "09479")]),
        ("Der Rat von Kirchheim bei München tagte.", [("Kirchheim bei München", "09184131")]),
        ("in Wasserburg am Inn", [("Wasserburg am Inn", "09187182")]),
        ("in Oettingen in Bayern", [("Oettingen in Bayern", "09779197")]),
        ("im Landkreis Dillingen a. d. Donau", [("Landkreis Dillingen a. d. Donau", "09773")]),
        ("im Hochsauerlandkreis", [("Hochsauerlandkreis", "05958")]),
        ("Köln, Essen und Bonn", [("Köln", "05315000"), ("Essen", "05113000"), ("Bonn", "05314000")]),
        ("in Mühlhausen in Thüringen", [("Mühlhausen in Thüringen", "16064046")]),
        ("un:box cologne zieht Bilanz", [("un:box cologne", "koeln")]),
        ("Das Modellprojekt Smart City Jena wächst.", [("Modellprojekt Smart City Jena", "jena")]),
        ("im Team der Smarten KielRegion", [("Smarten KielRegion", "kiel")]),
        ("Die KfW und das BMWSB fördern.", [("KfW", "KfW"), ("BMWSB", "Bundesministerium für Wohnen, Stadtentwicklung und Bauwesen")]),
        ("Die Technische Universität Dresden rechnet mit.", [("Technische Universität Dresden", "Technische Universität Dresden")]),
        ("auf CIVITAS/CORE und dem Masterportal", [("CIVITAS/CORE", "CIVITAS/CORE"), ("Masterportal", "Masterportal")]),
        ("beim Deutschen Städtetag", [("Deutschen Städtetag", "Deutscher Städtetag")]),
    ],
)  # fmt: skip
def test_what_is_named(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Im Hof wird gefeiert.",
        "Das Essen schmeckt.",
        "Waren und Dienste werden teurer.",
        "Die Halle war voll.",
        "Frau Bremen und Dr. Hamburger sprachen mit Sabine Kassel.",
        "Die Berliner Straße ist gesperrt.",
        "Es gab Wiener Würstchen und Frankfurter Kranz.",
        "Der VfL Bochum gewann.",
        "Linz in Österreich war Vorbild.",
        "Die Weimarer Republik endete.",
        "www.jena.de und info@kiel.de",
        "Die Jena-App ist da.",
        "In Neustadt wird gebaut.",
    ],
)
def test_what_is_no_name(text: str) -> None:
    assert found(text) == []


def test_among_places_of_one_name_the_nearest_is_meant() -> None:
    assert found("In Neuenkirchen wird gebaut.") == []
    near = "03357"  # Landkreis Rotenburg (Wümme)
    places = [Place("03357037", "Neuenkirchen", "Gemeinde", 900), Place("01051079", "Neuenkirchen", "Gemeinde", 1000)]
    book = Gazetteer(places)
    (mention,) = book.find({"body": "In Neuenkirchen wird gebaut."}, home=frozenset([near]))
    assert mention.entity == "03357037"


def test_positions_lead_to_the_words() -> None:
    fields = {"headline": "Jena\u00a0lädt ein", "body": "Am Rand:\nKiel kommt nach Jena."}
    mentions = gazetteer().find(fields)
    assert [(m.field, m.surface) for m in mentions] == [("headline", "Jena"), ("body", "Kiel"), ("body", "Jena")]
    for m in mentions:
        assert isinstance(m, Mention) and fields[m.field][m.start : m.end] == m.surface


def test_an_own_project_is_found_by_its_brand_and_its_town() -> None:
    book = Gazetteer(
        [Place("99999999", "Auental, Stadt", "Stadt", 5000)], [Project("auental", ("Auen:Land",), ("99999999",))]
    )
    text = "Auen:Land heißt die Smart City Auental jetzt, sagt Auental."
    assert [(m.surface, m.entity) for m in book.find({"body": text})] == [
        ("Auen:Land", "auental"),
        ("Smart City Auental", "auental"),
        ("Auental", "99999999"),
    ]


def test_names_are_spelled_in_all_their_ways() -> None:
    assert split_epithet("Halle (Saale)") == ("Halle", "Saale")
    assert {"Halle (Saale)", "Halle/Saale", "Halle an der Saale"} <= set(spellings("Halle (Saale)"))
    assert "Neustadt a.d. Weinstraße" in spellings("Neustadt an der Weinstraße")
    assert {"Dillingen an der Donau", "Dillingen a. d. Donau"} <= set(spellings("Dillingen a.d.Donau"))
    assert not any(" am " in text or " in " in text for text in spellings("Dillingen a.d.Donau"))
    assert {"Deutscher Städtetag", "Deutschen Städtetages", "Deutschen Städtetag"} <= set(
        inflections("Deutscher Städtetag")
    )


def test_every_body_has_a_kind_and_no_spelling_stands_for_two() -> None:
    names: dict[str, set[str]] = {}
    for name in organisation_names():
        names.setdefault(name.text, set()).add(name.entity)
    assert {text: entities for text, entities in names.items() if len(entities) > 1} == {}
    assert {name.kind for name in organisation_names()} == {
        "ministry",
        "agency",
        "university",
        "association",
        "platform",
    }
