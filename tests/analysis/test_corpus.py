"""``Corpus`` on a small corpus whose answers are worked out by hand, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest
from sqlalchemy import Engine, insert, select, update

from mpsc_crawler.analysis import Corpus
from mpsc_crawler.analysis.corpus import AnalysisError
from mpsc_crawler.items import DateValue, Mention, NewsArticle, TopicMatch
from mpsc_crawler.operations.due import article_next_due
from mpsc_crawler.sources.registry import load_registry, municipalities
from mpsc_crawler.storage.models import Article, Page, SourceRow, SourceRun, Story
from mpsc_crawler.storage.queries import NothingFoundError
from mpsc_crawler.storage.registry import start_run, sync_registry
from mpsc_crawler.storage.session import DatabaseError, open_database
from mpsc_crawler.storage.writer import Writer
from tests.conftest import a_database
from tests.storage.test_writer import article

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)
JENA, GERA = "jena", "gera"


def piece(
    number: int, source: str, day: str | None, *topics: str, precision: str = "day", mentions: Any = (), **more: Any
) -> NewsArticle:
    url = f"https://{source}.example/{number}"
    told = None
    if day is not None:
        at = date.fromisoformat(day)
        told = DateValue(at, at, precision, day, day, "header", 0.9, None, "published")  # type: ignore[arg-type]
    made = article(
        1, url=url, canonical_url=url, identity=url, source=source, headline=more.pop("headline", f"Meldung {number}")
    )
    hits = [TopicMatch(topic, 1.0, "1") for topic in topics]
    made = replace(
        made,
        published=told,
        topics=hits,
        mentions=list(mentions),
        dates=more.pop("dates", []),
        fetched_at=NOW,
        teaser=None,
        tags=[],
    )
    return replace(made, **more)


def names(key: str) -> Mention:
    return Mention(key, "municipality", "Gera", "body", 0, 4)


ARTICLES = [
    piece(1, JENA, "2024-01-10", "verstetigung", body="Unser Wärmenetz in Jena wächst."),
    piece(2, JENA, "2024-01-20", "iot", "beteiligung", body="Sensoren am Markt.", mentions=[names("16052000"), names("16053000")]),
    piece(3, JENA, "2024-02-05", "verstetigung", "iot", body="Wärmenetz geplant."),
    piece(4, JENA, None, "verstetigung", body="Ohne Tag."),
    piece(5, JENA, "2024-01-01", "iot", precision="year", body="Irgendwann im Jahr."),
    piece(6, GERA, "2024-02-05", "verstetigung", "iot", body="Wärmenetz geplant."),
    piece(7, GERA, "2024-03-01", "beteiligung", body="Dialog im Rathaus.", dates=[
        DateValue(date(2024, 4, 2), date(2024, 4, 4), "day", "2024-04-02/2024-04-04", "2. bis 4. April", "range", 0.9, (0, 15), "event", "body", name="Festival", place="Gera"),
    ]),
]  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def corpus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    with a_database(request.param, tmp_path_factory.mktemp("corpus")) as url:
        engine = open_database(url)
        fill(engine)
        opened = Corpus.open(url)
        yield opened
        opened.engine.dispose()
        engine.dispose()


def fill(engine: Engine) -> None:
    sync_registry(engine, load_registry().select([JENA, GERA]), municipalities())
    run = start_run(engine, [JENA, GERA], "test", NOW, None)
    Writer(engine, run, "test", article_next_due).write(ARTICLES)
    with engine.begin() as connection:
        ids: dict[str, int] = dict(connection.execute(select(SourceRow.slug, SourceRow.id)).all())  # type: ignore[arg-type]
        looked: dict[str, Any] = {
            "run_id": run,
            "ended_at": NOW,
            "status": "done",
            "lists_read": 1,
            "complete": True,
            "new": 5,
            "started_at": NOW,
        }
        connection.execute(SourceRun.__table__.delete())
        connection.execute(insert(SourceRun), [
            {**looked, "source_id": ids[JENA], "oldest": date(2024, 1, 10)},
            {**looked, "source_id": ids[GERA], "oldest": date(2024, 2, 10)},
        ])  # fmt: skip
        story = connection.execute(
            insert(Story).values(first_published=date(2024, 2, 5), headline="x").returning(Story.id)
        ).scalar_one()
        both = Article.url.in_(["https://jena.example/3", "https://gera.example/6"])
        connection.execute(update(Article).where(both).values(story_id=story))
        connection.execute(insert(Page).values(source_id=ids[GERA], key="other", url="https://gera.example/other", role="article", decision="outside", published=date(2024, 3, 9), failures_in_row=0))  # fmt: skip


def told(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    shown = frame.assign(period=frame["period"].map(lambda day: str(day)[:7])) if "period" in frame else frame
    return [tuple(row) for row in shown[list(columns)].itertuples(index=False)]


def test_a_timeline_counts_what_is_there_and_shares_only_what_was_looked_at(corpus: Corpus) -> None:
    monthly = corpus.timeline(topic="verstetigung", by="month")
    assert told(monthly, "period", "articles", "of", "observed_articles", "observed_of") == [
        ("2024-01", 1, 2, 1, 2),
        ("2024-02", 2, 2, 1, 1),  # Gera's of 5 February lies before what was seen of Gera
        ("2024-03", 0, 1, 0, 1),
        ("NaT", 1, 2, 0, 0),  # one without any date, one of which only the year is known
    ]
    assert list(monthly["share"].dropna()) == [0.5, 1.0, 0.0]
    assert monthly["observed"].iloc[0] == pytest.approx(22 / 62)
    yearly = corpus.timeline(topic="iot", by="year")
    assert told(yearly, "period", "articles", "of") == [("2024-01", 4, 6), ("NaT", 0, 1)]


def test_a_story_counts_once_or_at_every_place(corpus: Corpus) -> None:
    placements = corpus.timeline(topic="iot", by="year", per="source")
    assert told(placements.dropna(subset="period"), "group", "articles") == [("gera", 1), ("jena", 3)]
    stories = corpus.timeline(topic="iot", by="year", per="source", count="stories")
    assert told(stories.dropna(subset="period"), "group", "articles", "of") == [("gera", 0, 1), ("jena", 3, 4)]


def test_all_news_of_a_town_hall_and_inhabitants(corpus: Corpus) -> None:
    told_of = corpus.where(source=GERA).timeline(topic="beteiligung", by="month", of="all-news", per="municipality")
    assert told(told_of, "period", "group", "articles", "of") == [
        ("2024-02", "16052000", 0, 1), ("2024-03", "16052000", 1, 2),
    ]  # fmt: skip
    people = municipalities()["16052000"].population
    assert told_of["inhabitants"].iloc[0] == people
    assert told_of["per_100000"].iloc[1] == pytest.approx(100_000 / people)


def test_an_article_may_have_several_topics(corpus: Corpus) -> None:
    both = corpus.where(topic="verstetigung").where(topic="iot")
    assert set(both.articles()["url"]) == {"https://jena.example/3", "https://gera.example/6"}
    within = corpus.where(topic="iot").timeline(topic="verstetigung", by="year")
    assert told(within, "articles", "of") == [(2, 4)]


def test_per_state_and_cohort(corpus: Corpus) -> None:
    assert set(corpus.timeline(by="year", per="state")["group"]) == {"Thüringen"}
    assert all(group.startswith("cohort ") for group in corpus.timeline(by="year", per="cohort")["group"])


def test_tables_are_typed_ordered_and_complete_even_if_empty(corpus: Corpus) -> None:
    articles = corpus.articles(texts=True)
    assert list(articles["url"]) == [a.url for a in ARTICLES]
    assert "Wärmenetz" in articles["body"].iloc[0] and "body" not in corpus.articles()
    assert str(articles["published"].dtype) == "datetime64[s]" and pd.isna(articles["published"].iloc[3])
    for name in ("articles", "dates", "topics", "mentions", "images", "revisions", "stories"):
        full = getattr(corpus, name)()
        empty = getattr(corpus.where(since="1999-01-01", until="1999-01-02"), name)()
        assert len(empty) == 0 and list(empty.dtypes.items()) == list(full.dtypes.items())
        assert corpus.arrow(name).num_rows == len(full)
    assert len(corpus.topics()) == 10 and len(corpus.stories()) == 2 and len(corpus.revisions()) == 7
    assert len(corpus) == 7 and len(corpus.where(state="Thüringen", source=GERA)) == 2


def test_coverage_tells_when_somebody_looked(corpus: Corpus) -> None:
    assert told(corpus.coverage().astype({"start": "str", "end": "str"}), "source", "start", "end", "state", "days") == [
        ("gera", "2024-02-10", "2024-07-01", "observed", 143), ("jena", "2024-01-10", "2024-07-01", "observed", 174),
    ]  # fmt: skip


def test_adoption_says_what_is_certain(corpus: Corpus) -> None:
    took = corpus.adoption("verstetigung")
    assert told(took.astype({"first": "str"}), "group", "first", "rank", "adopted", "certain") == [
        ("jena", "2024-01-10", 1, 0.5, False), ("gera", "2024-02-05", 2, 1.0, False),
    ]  # fmt: skip
    assert took.attrs["days_to_half"] == 0 and took.attrs["of"] == 2 and took.attrs["undated"] == ["jena"]
    certain = corpus.adoption("beteiligung")
    assert told(certain, "group", "certain") == [("jena", True), ("gera", True)]
    with pytest.raises(AnalysisError, match="name a topic or a query"):
        corpus.adoption()


def test_words_and_topics_that_set_two_groups_apart(corpus: Corpus) -> None:
    words = corpus.compare(corpus.where(topic="verstetigung"), least=2)
    first = words.iloc[0]
    assert (first["word"], first["articles_a"], first["articles_b"], first["share_a"]) == ("Wärmenetz", 3, 0, 0.75)
    topics = corpus.compare_topics(corpus.where(source=GERA), corpus.where(source=JENA)).set_index("topic")
    assert tuple(topics.loc["iot", ["articles_a", "articles_b"]]) == (1, 3)
    assert topics.loc["iot", "share_b"] == pytest.approx(0.6)
    with pytest.raises(AnalysisError, match="first group has no articles"):
        corpus.compare(corpus.where(since="1999-01-01", until="1999-01-02"))


def test_who_names_whom_itself_left_out_and_as_a_graph(corpus: Corpus, tmp_path: Path) -> None:
    assert told(corpus.network(), "source", "entity", "name", "articles") == [("jena", "16052000", "Gera", 1)]
    assert len(corpus.network(itself=True)) == 2
    path = tmp_path / "who.graphml"
    nx.write_graphml(corpus.graph(), path)
    again = nx.read_graphml(path)
    assert again.edges["source:jena", "municipality:16052000"]["weight"] == 1
    assert again.nodes["municipality:16052000"]["latitude"] == pytest.approx(50.88, abs=0.1)


def test_events_between_two_days(corpus: Corpus) -> None:
    found = corpus.events("2024-04-04", "2024-04-30")
    assert told(found, "name", "place", "edtf", "source") == [("Festival", "Gera", "2024-04-02/2024-04-04", "gera")]
    assert len(corpus.events("2024-04-05")) == 0
    assert len(corpus.where(since="2024-01-01", until="2024-01-31").events()) == 0


def test_search_within_a_corpus(corpus: Corpus) -> None:
    found = corpus.where(source=JENA).search("Wärmenetz")
    assert set(found["article"]) == {1, 3} and found.attrs["total"] == 2
    assert "**Wärmenetz**" in found["snippet"].iloc[0]
    assert len(corpus.where(query="Wärmenetz").where(query="wächst")) == 1
    assert told(corpus.timeline(query="Wärmenetz", by="year"), "articles") == [(3,), (0,)]


def test_similarity_and_clusters_leave_out_who_has_too_few(corpus: Corpus) -> None:
    alike = corpus.similarity(per="source", least=2)
    assert alike.loc["jena", "gera"] == pytest.approx(alike.loc["gera", "jena"])
    assert corpus.similarity(per="source", least=3).attrs["left_out"] == ["gera"]
    with pytest.raises(AnalysisError, match="lower `least`"):
        corpus.clusters(per="source", least=3)


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda c: c.where(since="31.1.2024"), AnalysisError, "write it as 2024-01-31"),
        (lambda c: c.where(since="2024-02-01", until="2024-01-01"), AnalysisError, "no day is between them"),
        (lambda c: c.where(since=2024), AnalysisError, "write it as 2024-01-31"),
        (lambda c: c.where(source=["jena", "gera"]), AnalysisError, "write a single text"),
        (lambda c: c.where(cohort="neu"), AnalysisError, "write a year"),
        (lambda c: c.similarity(per="town"), AnalysisError, "choose one of None, 'source'"),
        (lambda c: c.adoption("iot", per="town"), AnalysisError, "choose one of None, 'source'"),
        (lambda c: c.clusters(0), AnalysisError, "ask for one or more"),
        (lambda c: c.compare(c), AnalysisError, "both groups are the same"),
        (lambda c: c.where(source="jena").where(source="gera"), AnalysisError, "source is 'jena' already"),
        (lambda c: c.timeline(by="week"), AnalysisError, "choose one of 'month', 'quarter', 'year'"),
        (lambda c: c.timeline(per="town"), AnalysisError, "choose one of None, 'source'"),
        (lambda c: c.timeline("iot", "Wärme"), AnalysisError, "a topic or a query, not both"),
        (lambda c: len(c.where(topic="nix")), NothingFoundError, "no article has topic 'nix'"),
        (lambda c: c.arrow("pictures"), AnalysisError, "no table 'pictures'"),
        (lambda c: c.lead_lag("jena", "nix", topic="iot"), AnalysisError, "no source 'nix'; there are: gera, jena"),
        (lambda c: c.events("2024-02-01", "2024-01-01"), AnalysisError, "no day is between them"),
    ],
)
def test_a_wrong_question_says_what_to_do(corpus: Corpus, ask: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ask(corpus)


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="does not exist yet"):
        Corpus.open(f"sqlite:///{tmp_path}/none.db")
