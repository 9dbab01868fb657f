"""The search on both databases: the gold's queries, and that both find the same."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from mpsc_crawler.items import DateValue, NewsArticle
from mpsc_crawler.language.snippets import snippet
from mpsc_crawler.language.stemming import stem
from mpsc_crawler.operations.due import article_next_due
from mpsc_crawler.storage import queries
from mpsc_crawler.storage.erase import erase_article
from mpsc_crawler.storage.models import SearchState
from mpsc_crawler.storage.queries import ArticleFilter, NothingFoundError
from mpsc_crawler.storage.registry import start_run, sync_registry
from mpsc_crawler.storage.search import find as searching
from mpsc_crawler.storage.search.find import find
from mpsc_crawler.storage.search.index import index_if_needed, reindex
from mpsc_crawler.storage.search.query import QueryError, parse_query
from mpsc_crawler.storage.search.understand import NotIndexedError
from mpsc_crawler.storage.session import open_database
from mpsc_crawler.storage.writer import Writer
from tests.conftest import a_database
from tests.storage.test_writer import NOW, SOURCE, article

GOLD = tomllib.loads((Path(__file__).parent / "search_gold.toml").read_text())
NAMES = list(GOLD["docs"])
QUERIES = [(entry["q"], frozenset(entry["hits"]), frozenset(entry["never"])) for entry in GOLD["queries"]]


def store(engine: Engine, told: list[tuple[str, str]]) -> Writer:
    """Write articles with the one writer, each a day older than the one before."""
    sync_registry(engine, [SOURCE.model_copy(update={"slug": "jena", "name": "jena"})], {})
    writer = Writer(engine, start_run(engine, ["jena"], "test", NOW, None), "test", article_next_due)
    writer.write([piece(number, *texts) for number, texts in enumerate(told, 1)])
    return writer


def piece(number: int, headline: str, body: str, **changes: object) -> NewsArticle:
    url, day = f"https://smartcity.jena.example/a/{number}", date(2026, 3, 1) - timedelta(days=number)
    told = DateValue(day, day, "day", str(day), str(day), "header", 0.9, None, "published")
    made = article(1, url=url, canonical_url=url, identity=url, source="jena", headline=headline, body=body)
    return replace(made, teaser=None, kicker=None, tags=[], published=told, **changes)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def searched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with a_database(request.param, tmp_path_factory.mktemp("search")) as url:
        engine = open_database(url)
        store(engine, list(GOLD["docs"].values()))
        yield engine
        engine.dispose()


@pytest.mark.parametrize(("query", "hits", "never"), QUERIES, ids=[query for query, *_ in QUERIES])
def test_what_must_be_found_and_what_must_not(
    query: str, hits: frozenset[str], never: frozenset[str], searched: Engine
) -> None:
    found = {NAMES[number - 1] for number in find(searched, query, limit=100).numbers}
    assert hits - found == set(), "missed"
    assert never & found == set(), "wrongly found"


def test_both_databases_find_the_same_and_only_the_best_is_first(tmp_path: Path) -> None:
    found = []
    for kind in ("sqlite", "postgresql"):
        with a_database(kind, tmp_path) as url:
            engine = open_database(url)
            store(engine, list(GOLD["docs"].values()))
            found.append({query: frozenset(find(engine, query, limit=100).numbers) for query, *_ in QUERIES})
            assert find(engine, "Wärmeplanung").numbers[0] == NAMES.index("waermeplan") + 1
            engine.dispose()
    assert found[0] == found[1]


def names(engine: Engine, query: str, wanted: ArticleFilter | None = None, **options: bool) -> list[str]:
    return [NAMES[number - 1] for number in find(engine, query, wanted, limit=100, **options).numbers]


def test_where_very_many_match_the_newest_come_and_none_that_does_not_match(
    searched: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = set(names(searched, "Stadt"))
    newest = names(searched, "Stadt", newest=True)
    assert newest == [name for name in NAMES if name in whole]  # each is a day older than the one before
    monkeypatch.setattr(searching, "RANKED", {"sqlite": 0, "postgresql": 0})
    found = find(searched, "Stadt", limit=100)
    assert found.total is None and not found.ranked
    told = [NAMES[number - 1] for number in found.numbers]
    assert set(told) == whole
    said = [name for name in newest if set(names(searched, "headline:Stadt")) >= {name}]
    assert told == said + [name for name in newest if name not in said]
    assert names(searched, "Stadt", newest=True) == newest
    assert names(searched, "Stadt -Plattform -Netze")[:1] == told[:1]


def test_filters_narrow_what_is_found(searched: Engine) -> None:
    days = ArticleFilter(since=date(2026, 2, 20), until=date(2026, 2, 25))
    assert names(searched, "Wärmeplanung", days) == ["waermeplan_ae"]
    assert find(searched, "Wärmeplanung", days).total == 1
    with pytest.raises(NothingFoundError, match="no source speaks for 'Gotham'"):
        find(searched, "Wärmeplanung", ArticleFilter(municipality="Gotham"))
    with pytest.raises(NothingFoundError, match="no source of cohort 2"):
        find(searched, "Wärmeplanung", ArticleFilter(cohort=2))
    told = queries.count(searched, ArticleFilter(query="Wärmeplanung NOT Plattform"))
    assert told == (3, 0)


def test_compounds_are_told_as_they_are_written_and_can_be_left_out(searched: Engine) -> None:
    found = find(searched, "Beteiligung")
    assert found.held == {"Beteiligung": ["Wirtschaftsbeteiligung", "Jugendbeteiligungsprojekt"]}
    assert "jugend" not in names(searched, "Beteiligung", compounds=False)


def test_the_index_follows_changes_erasure_and_a_new_making(engine: Engine) -> None:
    writer = store(engine, [("Wärmepumpe geplant", "Ein Gerät für Wärme."), ("Speicher läuft", "Er brummt.")])
    assert find(engine, "Wärmepumpe").numbers == (1,)
    writer.write([piece(1, "Kältepumpe geplant", "Ein anderes Gerät für Kälte.")])
    assert find(engine, "Wärmepumpe").numbers == ()
    assert find(engine, "Kältepumpe").numbers == (1,)
    erase_article(engine, 1)
    assert find(engine, "Kältepumpe").numbers == ()
    assert find(engine, "Speicher").numbers == (2,)
    assert find(engine, "Pumpe").held == {"Pumpe": ["Kältepumpe", "Wärmepumpe"]}, "words outlive their articles"
    assert reindex(engine) == 1
    assert find(engine, "Pumpe").held == {}
    assert find(engine, "Speicher").numbers == (2,)
    with engine.begin() as connection:
        connection.execute(update(SearchState).values(analysis="an older one"))
    with pytest.raises(NotIndexedError, match="mpsc db reindex"):
        find(engine, "Speicher")
    index_if_needed(engine, stop=lambda: True)
    assert reindex(engine, stop=lambda: True) == 0
    with pytest.raises(NotIndexedError, match="mpsc db reindex"):
        find(engine, "Speicher")
    index_if_needed(engine)
    assert find(engine, "Speicher").numbers == (2,)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "nothing to look for"),
        ("   ", "nothing to look for"),
        ("a (b", "bracket is not closed"),
        ("a) b", "closing bracket without an opening one"),
        ('"offen', "quotation mark is not closed"),
        ('""', "a phrase without a word"),
        ("NOT Stadt", "only says what must not be there"),
        ("Stadt AND", "stands between two words"),
        ("AND Stadt", "stands between two words"),
        ("Stadt OR", "a word is missing"),
        ("ort:Gera", "no field of that name; there are: headline, lead, body"),
        ("St*", "at least three letters"),
        ("***", "neither letter nor digit"),
        ("Smart-City*", "a star stands behind a single word"),
        ("x " * 70, "more than 64 words"),
        ("(" * 500 + "x" + ")" * 500, "more than 20 brackets"),
        ("headline: Stadt", "behind the colon"),
        ("headline:" * 400 + "x", "one field within another"),
    ],
)
def test_a_query_that_cannot_be_understood_says_where_and_why(query: str, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        parse_query(query)


@pytest.mark.parametrize(
    "odd", ["'; DROP TABLE article; --", "NEAR(a b)", "a:b:c", 'x"y"z', "🙂 Stadt", "a\0b", "{headline} : x", "\\'x"]
)
def test_nothing_in_a_query_reaches_the_database_as_its_own_language(odd: str, searched: Engine) -> None:
    try:
        found = find(searched, odd)
    except QueryError as error:
        assert "query" in str(error)
        return
    assert isinstance(found.numbers, tuple)


def test_a_snippet_shows_the_hits_in_the_original_text() -> None:
    text = (
        "Vorwort. " * 60
        + "Der Rat hat die kommunale Wärme\u00adplanung und die Pläne der Bürger*innen beschlossen. "
        + "Nachwort. " * 60
    )
    piece = snippet(text, {stem("Wärmeplanung"), stem("Bürgerinnen")})
    assert piece.text.startswith("… ") and piece.text.endswith(" …") and len(piece.text) < 220
    assert [piece.text[a:b] for a, b in piece.marks] == ["Wärme\u00adplanung", "Bürger*innen"]
    assert text[piece.start :].startswith(piece.text[2:60])
    assert "**Bürger*innen**" in piece.marked()
    assert snippet("Kurz.", {"nichts"}).text == "Kurz."
    assert snippet("", {"nichts"}).text == ""
