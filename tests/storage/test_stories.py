"""The same text at several places is one story; what shares boilerplate is not; versions in other languages are linked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, update

from mpsc_crawler.items import DateValue, NewsArticle
from mpsc_crawler.language.sketch import sketch
from mpsc_crawler.operations.due import article_next_due
from mpsc_crawler.storage import queries
from mpsc_crawler.storage.models import Article, ArticleTwin, Sketch, Story
from mpsc_crawler.storage.registry import start_run, sync_registry
from mpsc_crawler.storage.stories import HOT, forget_places, place_new, unplaced
from mpsc_crawler.storage.writer import Writer
from tests.sites.demo.build import HERE, read_post
from tests.storage.test_writer import NOW, SOURCE, article, rows

TEXTS = [
    read_post(path).markdown
    for path in sorted(HERE.glob("*/*.md"))
    if not path.name.endswith(".day2.md") and "pegelnetz" not in path.name
]
DAY = date(2025, 10, 14)


@pytest.fixture
def writer(engine: Engine) -> Writer:
    towns = [SOURCE.model_copy(update={"slug": slug, "name": slug}) for slug in ("jena", "gera", "suhl", "weimar")]
    sync_registry(engine, towns, {})
    return Writer(engine, start_run(engine, ["jena"], "test", NOW, None), "test", article_next_due)


def piece(number: int, source: str, body: str, day: date | None = DAY, **changes: object) -> NewsArticle:
    url = f"https://smartcity.{source}.example/a/{number}"
    told = DateValue(day, day, "day", str(day), str(day), "header", 0.9, None, "published") if day else None
    made = article(1, url=url, canonical_url=url, identity=url, source=source, body=body, sketch=sketch(body))
    return replace(made, headline=f"Meldung {number}", published=told, **changes)


def story_of(engine: Engine) -> dict[str, int | None]:
    with engine.connect() as connection:
        told = connection.execute(select(Article.headline, Article.story_id))
        return {headline or "": story for headline, story in told}


def test_a_release_with_edits_is_one_story_told_by_its_earliest_placement(engine: Engine, writer: Writer) -> None:
    text, other = TEXTS[0], TEXTS[1]
    paragraphs = text.split("\n\n")
    shortened = "\n\n".join(paragraphs[: max(3, len(paragraphs) // 2)])
    spelt = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    writer.write([piece(1, "jena", text, DAY + timedelta(days=1)), piece(2, "gera", other)])
    assert place_new(engine).joined == 0 and rows(engine, Story) == []
    writer.write(
        [piece(3, "suhl", shortened), piece(4, "weimar", f"{TEXTS[2][:300]}\n\n{spelt}", DAY + timedelta(days=9))]
    )
    done = place_new(engine)
    assert (done.articles, done.joined, unplaced(engine)) == (2, 2, 0)
    found = story_of(engine)
    assert found["Meldung 1"] == found["Meldung 3"] == found["Meldung 4"] is not None and found["Meldung 2"] is None
    (story,) = queries.stories(engine)
    assert (story["headline"], story["first_published"], story["places"]) == ("Meldung 3", DAY, 3)
    assert [p["headline"] for p in queries.story(engine, story["id"])["placements"]] == [
        "Meldung 3",
        "Meldung 1",
        "Meldung 4",
    ]
    assert queries.article(engine, rows(engine, Article)[0].id)["story"]["id"] == story["id"]


def test_boilerplate_makes_no_story_nor_does_a_notice_that_comes_round_again(engine: Engine, writer: Writer) -> None:
    about = TEXTS[0][:900]
    writer.write([piece(n, "jena", f"{TEXTS[n][:500]}\n\n{about}") for n in range(1, 7)])
    writer.write([piece(10, "gera", f"{TEXTS[9][:500]}\n\n{about}")])
    notice = TEXTS[20][:700]
    writer.write(
        [piece(20 + n, "suhl", f"Am {n}. Mai tagt der Ausschuss.\n\n{notice}", DAY + timedelta(days=n)) for n in (1, 2)]
    )
    writer.write([piece(30, "weimar", TEXTS[30]), piece(31, "gera", TEXTS[30], DAY + timedelta(days=365))])
    place_new(engine)
    assert set(story_of(engine).values()) == {None}, "boilerplate, other numbers at one publisher, a year apart"


def test_a_placement_that_is_rewritten_leaves_its_story(engine: Engine, writer: Writer) -> None:
    first, second = piece(1, "jena", TEXTS[0]), piece(2, "gera", TEXTS[0])
    writer.write([first, second])
    place_new(engine)
    assert len(queries.stories(engine)) == 1
    writer.write([replace(second, body=TEXTS[1], sketch=sketch(TEXTS[1]), fetched_at=NOW + timedelta(days=1))])
    assert unplaced(engine) == 1
    place_new(engine)
    assert set(story_of(engine).values()) == {None} and rows(engine, Story) == []


def test_one_text_between_two_stories_joins_them_and_all_can_be_placed_anew(engine: Engine, writer: Writer) -> None:
    whole = f"{TEXTS[0]}\n\n{TEXTS[1]}"
    writer.write(
        [
            piece(1, "jena", TEXTS[0]),
            piece(2, "gera", TEXTS[0]),
            piece(3, "suhl", TEXTS[1]),
            piece(4, "weimar", TEXTS[1]),
        ]
    )
    place_new(engine)
    assert len(queries.stories(engine)) == 2
    writer.write([piece(5, "gera", whole)])
    place_new(engine)
    assert [story["places"] for story in queries.stories(engine)] == [5]
    forget_places(engine)
    assert (unplaced(engine), rows(engine, Story), rows(engine, Sketch)) == (5, [], [])
    with engine.begin() as connection:
        connection.execute(update(Article).values(sketch=None))  # as an older version stored them
    place_new(engine)
    assert [story["places"] for story in queries.stories(engine)] == [5]


def test_what_everybody_has_is_neither_looked_up_nor_kept(engine: Engine, writer: Writer) -> None:
    writer.write([piece(n, "jena", TEXTS[0], None) for n in range(HOT + 8)])
    place_new(engine)
    assert len(rows(engine, Sketch)) == len(sketch(TEXTS[0])) * (HOT + 1)


def test_versions_in_other_languages_are_linked_both_ways_and_not_merged(engine: Engine, writer: Writer) -> None:
    english, simple = "https://smartcity.jena.example/en/a/2", "https://smartcity.jena.example/a/3"
    named = {"en": english, "de-x-simple": simple, "x-default": "https://smartcity.jena.example/a/1"}
    one = piece(1, "jena", TEXTS[0], translations=named | {"de": "https://smartcity.jena.example/a/1"})
    two = replace(piece(2, "jena", TEXTS[1]), url=english, canonical_url=english, identity=english, language="en")
    writer.write([one])
    place_new(engine)
    assert rows(engine, ArticleTwin) == []
    writer.write([two, piece(3, "jena", TEXTS[2], translations=named)])
    place_new(engine)
    first, second, third = (row.id for row in rows(engine, Article))
    links = {(twin.article_id, twin.twin_id): twin.language for twin in rows(engine, ArticleTwin)}
    assert links == {(third, second): "en", (second, third): "de"}
    writer.write([replace(one, headline="Meldung 1, neu", fetched_at=NOW + timedelta(days=1))])
    place_new(engine)
    links = {(twin.article_id, twin.twin_id): twin.language for twin in rows(engine, ArticleTwin)}
    assert links[first, second] == "en" and links[first, third] == "de-x-simple" and links[second, first] == "de"
    assert set(story_of(engine).values()) == {None}
