"""The one writer, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text

from mpsc_crawler.items import (
    Attachment,
    DateValue,
    Evidence,
    Exchange,
    Image,
    ListLook,
    MatchedWord,
    NewsArticle,
    OutsideScope,
    PageFailure,
    PageGone,
    PageUnchanged,
    Relevance,
    TopicMatch,
)
from mpsc_crawler.operations.due import article_next_due
from mpsc_crawler.sources.model import Address, Member, Source
from mpsc_crawler.sources.registry import municipalities
from mpsc_crawler.storage import queries
from mpsc_crawler.storage.batch import Extra
from mpsc_crawler.storage.models import (
    Article,
    ArticleTopic,
    DateMention,
    IssueLog,
    MunicipalityRow,
    Page,
    Revision,
    SourceRun,
)
from mpsc_crawler.storage.queries import ArticleFilter, NothingFoundError
from mpsc_crawler.storage.registry import end_source, known_pages, start_run, sync_registry
from mpsc_crawler.storage.rewriter import Reread, Rewriter
from mpsc_crawler.storage.rows import unpack_sketch
from mpsc_crawler.storage.session import DatabaseError
from mpsc_crawler.storage.writer import Writer

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
SOURCE = Source(
    slug="jena",
    name="Smart City Jena",
    kind="project",
    states=("Thüringen",),
    members=(Member(name="Jena", ags="16053000"),),
    addresses=(Address(url="https://smartcity.jena.example/aktuelles", kind="list", origin="seen", verified=True),),
)


TOLD = {"https://smartcity.jena.example/aktuelles": {"h": "0123456789"}}


def article(number: int, **changes: Any) -> NewsArticle:
    day = date(2024, 5, number)
    published = DateValue(
        day, day, "day", day.isoformat(), f"{number}. Mai 2024", "near-headline.line", 0.9, None, "published"
    )
    made = NewsArticle(
        url=f"https://smartcity.jena.example/a/{number}",
        canonical_url=f"https://smartcity.jena.example/a/{number}",
        headline=f"Meldung {number}",
        body="Erster Absatz.\n\nZweiter Absatz.",
        body_html="<p>Erster Absatz.</p>",
        published=published,
        language="de",
        authors=["Pressestelle"],
        images=[Image("https://smartcity.jena.example/i.jpg", "Alt", "Bildtext", "Stadt Jena", "hero")],
        attachments=[Attachment("https://smartcity.jena.example/p.pdf", "Plan", "pdf", "1 MB")],
        dates=[DateValue(day, None, "day", f"{day}/..", "ab 1. Mai", "ab:day-month", 0.8, (0, 9), "period", "body")],
        topics=[TopicMatch("iot", 4.0, "2026.1", (MatchedWord("Sensor", "body", 3, 9, "*sensor*"),))],
        evidence=[Evidence("headline", "heading.h1", f"Meldung {number}", 0.9)],
        source="jena",
        identity=f"smartcity.jena.example/a/{number}",
        fetched_at=NOW,
        codebook_version="2026.1",
        sketch=(-(2**63), 7),
        relevance=Relevance(True, 3.0),
    )
    return replace(made, **changes)


@pytest.fixture
def writer(engine: Engine) -> Writer:
    sync_registry(engine, [SOURCE], municipalities())
    return Writer(engine, start_run(engine, ["jena"], "test", NOW, None), "test", article_next_due)


def rows(engine: Engine, model: Any, *where: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(
            connection.execute(
                select(model.__table__)
                .where(*where)
                .order_by(model.__table__.c.id if "id" in model.__table__.c else text("1"))
            )
        )


def test_a_new_article_is_stored_with_all_its_parts(engine: Engine, writer: Writer) -> None:
    assert writer.write([article(1), article(2)]) == {"jena": {"new": 2}}
    first = queries.article(engine, rows(engine, Article)[0].id)
    assert (first["headline"], first["published_date"], first["published_precision"], first["authors"]) == (
        "Meldung 1",
        date(2024, 5, 1),
        "day",
        ["Pressestelle"],
    )
    assert first["published_at"] is None, "a date without time is no midnight"
    assert [(d["kind"], d["edtf"], d["raw"]) for d in first["dates"]] == [
        ("published", "2024-05-01", "1. Mai 2024"),
        ("period", "2024-05-01/..", "ab 1. Mai"),
    ]
    assert first["topics"][0]["words"] == [["Sensor", "body", 3, 9, "*sensor*"]]
    assert (first["images"][0]["credit"], first["attachments"][0]["size"], first["evidence"][0]["rule"]) == (
        "Stadt Jena",
        "1 MB",
        "heading.h1",
    )
    assert unpack_sketch(rows(engine, Article)[0].sketch) == (-(2**63), 7) and first["first_seen"] == NOW
    assert [(r["origin"], r["diff"]) for r in first["revisions"]] == [("first", {})]


def test_the_same_again_changes_nothing_but_last_seen(engine: Engine, writer: Writer) -> None:
    writer.write([article(1)])
    before = queries.article(engine, 1)
    later = NOW + timedelta(days=1)
    assert writer.write([article(1, fetched_at=later)]) == {"jena": {"unchanged": 1}}
    after = queries.article(engine, 1)
    assert after["last_seen"] == later
    assert {k: v for k, v in after.items() if k not in ("last_seen", "page")} == {
        k: v for k, v in before.items() if k not in ("last_seen", "page")
    }


def test_a_real_change_makes_a_revision_with_its_diff(engine: Engine, writer: Writer) -> None:
    writer.write([article(1)])
    assert writer.write([article(1, headline="Meldung 1, korrigiert", topics=[])]) == {"jena": {"changed": 1}}
    (revision,) = rows(engine, Revision, Revision.origin == "publisher")
    assert revision.diff == {"headline": ["Meldung 1", "Meldung 1, korrigiert"]}
    assert rows(engine, ArticleTopic) == [], "parts are rewritten whole"
    assert len(rows(engine, DateMention)) == 2
    writer.write([article(1, headline="Meldung 1, korrigiert", topics=[], images=[])])
    assert rows(engine, Revision)[-1].diff == {
        "images": [[["https://smartcity.jena.example/i.jpg", "Bildtext", "Stadt Jena", "Alt"]], []]
    }


def test_an_article_twice_in_a_batch_and_under_another_identity_is_one(engine: Engine, writer: Writer) -> None:
    writer.write([article(1), article(1, headline="Später gelesen")])
    writer.write([article(1, identity="smartcity.jena.example#drupal:88", headline="Später gelesen")])
    (row,) = rows(engine, Article)
    assert row.headline == "Später gelesen"


def test_gone_and_back(engine: Engine, writer: Writer) -> None:
    writer.write([article(1), article(2)])
    assert writer.write([PageGone("jena", article(1).url, "410", NOW)]) == {"jena": {"missing": 1}}
    missing, there = rows(engine, Article)
    assert (missing.missing_since, missing.gone_since, there.missing_since) == (NOW, None, None)
    soon = PageGone("jena", article(1).url, "410", NOW + timedelta(minutes=5))
    assert writer.write([soon]) == {"jena": {}}, "two looks within an hour are one"
    later = NOW + timedelta(days=1)
    assert writer.write([PageGone("jena", article(1).url, "404", later)]) == {"jena": {"gone": 1}}
    gone, there = rows(engine, Article)
    assert (gone.gone_reason, gone.gone_since, there.gone_since) == ("404", NOW, None)
    (page, _) = rows(engine, Page)
    assert page.next_due == later + timedelta(days=14)
    writer.write([article(1)])
    back = rows(engine, Article)[0]
    assert (back.gone_since, back.gone_reason, back.missing_since) == (None, None, None)


def test_an_unchanged_page_keeps_the_rhythm_of_its_age_and_shows_that_the_article_is_there(
    engine: Engine, writer: Writer
) -> None:
    day = date(2026, 2, 10)
    told = DateValue(day, day, "day", "2026-02-10", "10.2.2026", "header", 0.9, None, "published")
    young, old = replace(article(1), published=told), article(2)
    writer.write([young, old])
    writer.write([PageGone("jena", young.url, "404", NOW + timedelta(days=1))])
    later = NOW + timedelta(days=2)
    writer.write([PageUnchanged("jena", young.url, later), PageUnchanged("jena", old.url, later)])
    with engine.connect() as connection:
        due = dict(connection.execute(select(Page.url, Page.next_due).where(Page.role == "article")).all())
        rows = connection.execute(select(Article.last_seen, Article.gone_since, Article.gone_reason)).all()
    assert due[young.url] == article_next_due(day, later) < later + timedelta(days=7)
    assert due[old.url] == later + timedelta(days=90)
    assert rows == [(later, None, None)] * 2


def test_reading_again_never_writes_over_what_was_read_from_a_newer_answer(engine: Engine, writer: Writer) -> None:
    first, newer = article(1), article(1, headline="Meldung 1, korrigiert")
    writer.write([first], {id(first): Extra(("a.warc.gz", 17))})
    rewriter = Rewriter(engine, writer.run_id, "test")
    again = Reread(1, article(1, kicker="Neue Regel"), ("a.warc.gz", 17))
    assert rewriter.write([again], NOW) == {"changed": 1}
    assert rewriter.write([again], NOW) == {"unchanged": 1}
    writer.write([newer], {id(newer): Extra(("b.warc.gz", 5))})
    assert rewriter.write([again], NOW) == {"overtaken": 1}
    assert [(row.headline, row.kicker) for row in rows(engine, Article)] == [("Meldung 1, korrigiert", None)]
    assert [revision.origin for revision in rows(engine, Revision)] == ["first", "reextraction", "publisher"]


def test_pages_lists_failures_and_what_is_out_of_scope(engine: Engine, writer: Writer) -> None:
    exchange = Exchange(
        "https://smartcity.jena.example/a/1", 200, (("ETag", '"x"'), ("Last-Modified", "gestern")), b"", NOW
    )
    one = article(1, exchange=exchange)
    look = ListLook(
        "jena",
        "https://smartcity.jena.example/aktuelles",
        "listing",
        12,
        3,
        date(2021, 6, 1),
        complete=True,
        exchange=exchange,
    )
    outside = OutsideScope("jena", "https://smartcity.jena.example/fest", "Stadtfest", None, Relevance(False, 0.5), NOW)
    failure = PageFailure(
        "jena",
        "https://smartcity.jena.example/kaputt",
        "http-5xx",
        "status 500",
        "article",
        NOW,
        500,
        NOW + timedelta(days=1),
    )
    assert writer.write([one, look, outside, failure], {id(one): Extra(("a.warc.gz", 17), TOLD)}) == {
        "jena": {"new": 1, "lists_read": 1, "links": 12, "outside": 1, "failed": 1}
    }
    known = known_pages(engine, "jena")
    page = known["smartcity.jena.example/a/1"]
    assert (page.etag, page.last_modified, page.told, page.decision, page.role) == (
        '"x"',
        "gestern",
        TOLD,
        "kept",
        "article",
    )
    assert page.next_due == article_next_due(date(2024, 5, 1), NOW)
    assert (
        known["smartcity.jena.example/fest"].decision == "outside"
        and known["smartcity.jena.example/aktuelles"].role == "list"
    )
    writer.write([PageUnchanged("jena", one.url, NOW + timedelta(days=9)), failure])
    assert known_pages(engine, "jena")["smartcity.jena.example/kaputt"].failures_in_row == 2
    (row,) = rows(engine, Page, Page.key == "smartcity.jena.example/a/1")
    assert (row.archive_file, row.archive_offset, row.last_status) == ("a.warc.gz", 17, 304)
    (run,) = rows(engine, SourceRun)
    assert (run.new, run.links, run.outside, run.failed, run.unchanged, run.oldest, run.complete) == (
        1,
        12,
        1,
        2,
        1,
        date(2021, 6, 1),
        True,
    )
    assert [(i.failure, i.status) for i in rows(engine, IssueLog)] == [("http-5xx", 500)] * 2
    end_source(engine, writer.run_id, "jena", "done", NOW, 5, 1000)
    assert rows(engine, SourceRun)[0].status == "done"


def test_a_failing_batch_stores_nothing_of_it(engine: Engine, writer: Writer) -> None:
    with pytest.raises((DatabaseError, ValueError)):
        writer.write([article(1), article(2, fetched_at=datetime(2026, 1, 1))])  # noqa: DTZ001 - a naive moment is the point
    assert rows(engine, Article) == [] and rows(engine, Page) == []


def test_two_writers_at_once_store_every_article_once(engine: Engine, writer: Writer) -> None:
    problems: list[BaseException] = []

    def work() -> None:
        try:
            own = Writer(engine, writer.run_id, "test", article_next_due)
            for start in range(1, 28, 3):
                own.write([article(n) for n in range(start, start + 3)])
        except DatabaseError as error:
            problems.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with engine.connect() as connection:
        assert connection.execute(select(func.count(Article.id))).scalar_one() == 27
        assert connection.execute(select(func.count(Revision.id))).scalar_one() == 27


def test_readers_filter_by_source_topic_state_and_day(engine: Engine, writer: Writer) -> None:
    writer.write([article(n) for n in (1, 2, 3)] + [article(4, published=None, topics=[])])

    def headlines(**wanted: Any) -> list[str | None]:
        return [row.headline for row in queries.articles(engine, ArticleFilter(**wanted))]

    assert headlines() == ["Meldung 3", "Meldung 2", "Meldung 1", "Meldung 4"]
    assert headlines(topic="iot", since=date(2024, 5, 2)) == ["Meldung 3", "Meldung 2"]
    assert headlines(state="Thüringen", until=date(2024, 5, 1)) == ["Meldung 1"]
    assert queries.count(engine, ArticleFilter()) == (4, 1)
    for wanted in ({"source": "nix"}, {"topic": "nix"}, {"state": "Bayern"}):
        with pytest.raises(NothingFoundError):
            headlines(**wanted)
    with pytest.raises(NothingFoundError, match="mpsc articles"):
        queries.article(engine, 99)


def test_the_registry_is_synchronised_with_the_official_register(engine: Engine, writer: Writer) -> None:
    with engine.connect() as connection:
        (row,) = connection.execute(select(MunicipalityRow.__table__)).all()
    assert (row.ags, row.state, row.population_date) == ("16053000", "Thüringen", date(2019, 12, 31))
    sync_registry(engine, [SOURCE.model_copy(update={"name": "Jena, neu"})], municipalities())
    assert queries.sources(engine)[0].name == "Jena, neu"


def test_the_same_answer_read_otherwise_is_our_doing_and_not_the_publishers(engine: Engine, writer: Writer) -> None:
    def read(headline: str, body: bytes, told: dict[str, Any]) -> None:
        exchange = Exchange("https://smartcity.jena.example/a/1", 200, (), body, NOW)
        one = article(1, headline=headline, exchange=exchange)
        writer.write([one], {id(one): Extra(told=told)})

    read("Meldung 1", b"<h1>Meldung 1</h1>", TOLD)
    read("Meldung 1, mit neuer Regel gelesen", b"<h1>Meldung 1</h1>", TOLD)
    read("Meldung 1, berichtigt", b"<h1>Meldung 1, berichtigt</h1>", TOLD)
    read("Meldung 1, wie die Liste sagt", b"<h1>Meldung 1, berichtigt</h1>", {"liste": {"h": "ffff"}})
    origins = [revision.origin for revision in rows(engine, Revision)]
    assert origins == ["first", "reextraction", "publisher", "publisher"]
