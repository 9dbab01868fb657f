"""Coding the database anew, and erasing articles for good; on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, update

from mpsc_crawler.archive.erase import erase_records, padded_member
from mpsc_crawler.archive.warc import WarcArchive, read_exchanges
from mpsc_crawler.items import Exchange, OutsideScope, Relevance
from mpsc_crawler.language.codebook import read_codebook, shipped_codebook
from mpsc_crawler.operations.recode import recode
from mpsc_crawler.storage.batch import Extra
from mpsc_crawler.storage.erase import articles_naming, erase_article, erase_page, pages_naming
from mpsc_crawler.storage.models import Article, ArticleAddress, ArticleTopic, DateMention, Page, Revision, Story
from mpsc_crawler.storage.queries import NothingFoundError
from mpsc_crawler.storage.registry import known_pages
from mpsc_crawler.storage.writer import Writer
from tests.storage.test_writer import NOW, article, rows, writer

__all__ = ["writer"]  # a fixture
LATER = datetime(2026, 4, 1, tzinfo=UTC)
MINE = 'version = "mine"\nthreshold = 1\n[[topic]]\nslug = "absatz"\nlabel = "Absatz"\ndefinition = "x"\ninclude = ["absatz"]\n'


def outside(number: int, headline: str) -> OutsideScope:
    url = f"https://smartcity.jena.example/o/{number}"
    return OutsideScope("jena", url, headline, None, Relevance(False, 0.0, (), "old+00000000"), NOW)


def test_another_codebook_replaces_the_topics_and_nothing_else(engine: Engine, writer: Writer, tmp_path: Path) -> None:
    writer.write([article(1), article(2, language="en")])
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    book = read_codebook(tmp_path / "mine.toml")
    before = rows(engine, Article)[0]
    done = recode(engine, book, {"jena": "all"}, (), LATER)
    assert (done.articles, done.topics_changed, done.judged) == (2, 2, 0)
    (topic,) = rows(engine, ArticleTopic)
    assert (topic.topic, topic.codebook_version, topic.words[0][0]) == ("absatz", book.version, "Absatz")
    after = rows(engine, Article)[0]
    assert (after.body, after.content_hash, after.last_seen) == (before.body, before.content_hash, before.last_seen)
    assert after.codebook_version == book.version and len(rows(engine, Revision)) == 2
    assert recode(engine, book, {"jena": "all"}, (), LATER).topics_changed == 0, "the same again changes nothing"


def test_pages_left_out_before_are_queued_when_they_belong_now(engine: Engine, writer: Writer) -> None:
    writer.write([outside(1, "Smart City: Sensoren im ganzen Tal"), outside(2, "Straße gesperrt")])
    with engine.begin() as connection:
        connection.execute(update(Page).values(etag='"1"'))
    done = recode(engine, None, {"jena": "relevant"}, (), LATER)
    assert (done.reconsidered, done.queued) == (2, 1)
    pages = known_pages(engine, "jena")
    queued = next(p for p in pages.values() if p.url.endswith("/1"))
    assert (queued.decision, queued.next_due, queued.etag) == ("queued", LATER, None)
    assert next(p for p in pages.values() if p.url.endswith("/2")).decision == "outside"
    assert recode(engine, None, {"jena": "relevant"}, (), LATER).reconsidered == 0, "judged by this codebook already"


def test_articles_that_would_not_be_kept_today_are_counted_and_stay(engine: Engine, writer: Writer) -> None:
    writer.write([article(1)])
    done = recode(engine, shipped_codebook(), {"jena": "relevant"}, (), LATER)
    assert (done.judged, done.no_longer) == (1, 1)
    assert len(rows(engine, Article)) == 1


def test_erasing_takes_everything_and_the_article_never_comes_back(engine: Engine, writer: Writer) -> None:
    writer.write([article(1, body="Frau Beispiel kam."), article(2)])
    assert [row.id for row in articles_naming(engine, "frau beispiel")] == [1]
    addresses = erase_article(engine, 1)
    assert addresses == ("https://smartcity.jena.example/a/1", "https://smartcity.jena.example/p.pdf")
    assert [row.id for row in rows(engine, Article)] == [2]
    for model in (DateMention, ArticleTopic, Revision):
        with engine.connect() as connection:
            number = connection.execute(select(func.count()).where(model.article_id == 1)).scalar_one()
        assert number == 0
    page = next(p for p in rows(engine, Page) if p.url.endswith("/1"))
    assert (page.decision, page.headline, page.archive_file, page.next_due) == ("erased", None, None, None)
    writer.write([article(1, body="Frau Beispiel kam.")])  # a feed still carries it
    assert [row.id for row in rows(engine, Article)] == [2]
    assert articles_naming(engine, "beispiel") == []
    with pytest.raises(NothingFoundError, match="no article has number 1"):
        erase_article(engine, 1)


def test_a_search_for_a_name_takes_no_wildcards(engine: Engine, writer: Writer) -> None:
    writer.write([article(1)])
    assert articles_naming(engine, "%") == [] and articles_naming(engine, "_bsatz") == []


def exchange(number: int, size: int) -> Exchange:
    url = f"https://a.example/{number}"
    return Exchange(url, 200, (("Content-Type", "text/html"),), b"x" * size, NOW, (("User-Agent", "test"),))


def test_records_are_overwritten_in_place_and_all_others_keep_their_position(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, "test", NOW)
    places = [archive.write(exchange(number, size)) for number, size in ((1, 10), (2, 50_000), (1, 0), (3, 7))]
    archive.close()
    (path,) = tmp_path.glob("*.warc.gz")
    before = path.read_bytes()
    assert erase_records(tmp_path, ["https://a.example/1"], LATER) == 4, "two answers and their requests"
    after = path.read_bytes()
    assert len(after) == len(before) and b"a.example/1" not in after
    assert [e.url for e in read_exchanges(path)] == ["https://a.example/2", "https://a.example/3"]
    for name, offset in (places[1], places[3]):
        assert after[offset : offset + 40] == before[offset : offset + 40] and (tmp_path / name).exists()
    assert erase_records(tmp_path, ["https://a.example/1"], LATER) == 0


@pytest.mark.parametrize("size", [200, 1000, 70_000])
def test_a_padded_member_is_a_valid_gzip_of_any_length(size: int) -> None:
    import gzip

    member = padded_member(b"erased", size)
    assert member is not None and len(member) == size and gzip.decompress(member) == b"erased"
    assert padded_member(b"erased", 5) is None


def test_the_same_headline_keeps_its_decision(engine: Engine, writer: Writer) -> None:
    item = outside(1, "Straße gesperrt")
    writer.write([item, replace(item)])
    assert [p.decision for p in rows(engine, Page)] == ["outside"]


def test_other_posts_of_a_page_stay_and_the_erased_one_never_comes_back(engine: Engine, writer: Writer) -> None:
    posts = [
        article(
            n,
            url=f"https://smartcity.jena.example/blog#p{n}",
            canonical_url=f"https://smartcity.jena.example/blog#p{n}",
        )
        for n in (1, 2, 3)
    ]
    writer.write(posts[:2])
    erase_article(engine, 1)
    assert [row.id for row in rows(engine, Article)] == [2]
    writer.write(posts)
    assert sorted(row.headline for row in rows(engine, Article)) == ["Meldung 2", "Meldung 3"]


def test_a_name_is_found_wherever_it_stands_and_however_it_is_written(engine: Engine, writer: Writer) -> None:
    writer.write([article(1, body="ÖZIL kam."), article(2, authors=["Ömer Beispiel"])])
    assert [row.id for row in articles_naming(engine, "özil")] == [1]
    assert [row.id for row in articles_naming(engine, "Ömer")] == [2]
    assert [row.id for row in articles_naming(engine, "Stadt Jena")] == [1, 2], "the credit of a picture"


def test_the_headline_of_a_page_out_of_scope_can_be_forgotten(engine: Engine, writer: Writer) -> None:
    writer.write([outside(1, "Landrätin ehrt Frau Ärmel"), article(1)])
    (page,) = pages_naming(engine, "ärmel")
    assert erase_page(engine, page.url) == 1 and pages_naming(engine, "ärmel") == []
    assert erase_page(engine, "https://smartcity.jena.example/a/1") == 0, (
        "a page with an article is erased by its number"
    )


def test_a_name_that_only_a_list_told_is_found_and_goes(engine: Engine, writer: Writer) -> None:
    piece = article(1)
    writer.write([piece], {id(piece): Extra(hints={"rule": "feed.rss", "authors": ["Ömer Beispiel"]})})
    assert [row.id for row in articles_naming(engine, "ömer")] == [1]
    erase_article(engine, 1)
    assert [page.hints for page in rows(engine, Page)] == [None]


def test_erasing_takes_further_addresses_and_a_story_told_by_the_article_too(engine: Engine, writer: Writer) -> None:
    one, two = article(1), article(2, published=None)
    moved = article(1, moved_from=one.url)
    moved.url = moved.canonical_url = "https://smartcity.jena.example/neu/1"
    writer.write([one, two])
    writer.write([moved])
    with engine.begin() as connection:
        story = connection.execute(insert(Story).values(headline="Meldung 1").returning(Story.id)).scalar_one()
        connection.execute(update(Article).values(story_id=story))
    assert erase_article(engine, 1) == (
        "https://smartcity.jena.example/a/1",
        "https://smartcity.jena.example/neu/1",
        "https://smartcity.jena.example/p.pdf",
    )
    decisions = {page.url.rsplit("example/")[1]: page.decision for page in rows(engine, Page)}
    assert decisions == {"a/1": "erased", "neu/1": "erased", "a/2": "kept"}
    assert rows(engine, Story) == [] and rows(engine, ArticleAddress) == []
    assert writer.write([article(1)]) == {}, "its old address brings nothing back"
