"""Where else does this text stand? Places new and changed articles into stories, and links the versions of one article in
other languages.

An article meets its candidates by equal entries of their sketches: an index look-up each, whatever the corpus's size. Entries that
many articles share are boilerplate: they are neither looked up nor stored any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, delete, func, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from mpsc_crawler.extraction.urls import canonical_url
from mpsc_crawler.language.sketch import sketch
from mpsc_crawler.language.stories import WINDOW, Told, boilerplate, same_story
from mpsc_crawler.storage.models import Article, ArticleAddress, ArticleTwin, Sketch, Story
from mpsc_crawler.storage.rows import pack_sketch, unpack_sketch
from mpsc_crawler.storage.session import begin_writing, explain, passes

HOT = 32
"""An entry of a sketch that more articles share tells nothing."""
_CANDIDATES, _SLIGHT, _NEIGHBOURS, _BATCH, _TRIES = 12, 4, 20, 200, 3
_LOCK = 0x6D707374  # "mpst"; of several runs that place articles on a server, one at a time
_OPTIONS = {"synchronize_session": False}
_COLUMNS = (
    Article.id,
    Article.source_id,
    Article.story_id,
    Article.sketch,
    Article.headline,
    Article.body,
    Article.published_date,
    Article.language,
    Article.canonical_url,
    Article.translations,
)


@dataclass(slots=True)
class Placed:
    """What placing did: articles looked at, those that joined a story, pairs of twins linked."""

    articles: int = 0
    joined: int = 0
    twins: int = 0


@dataclass(slots=True)
class _Placing:
    """One transaction. What is usual at a publisher is worked out once for all of them."""

    connection: Connection
    usual: dict[int, frozenset[int]]
    known: dict[int, Told] = field(default_factory=dict)
    stories: dict[int, int | None] = field(default_factory=dict)

    def told(self, row: Any) -> Told:  # noqa: ANN401 - a database row
        """An article as it is compared; the same candidates come up again and again."""
        if row.id not in self.known:
            self.known[row.id] = Told(row.source_id, row.headline, row.body, row.published_date)
        return self.known[row.id]

    def usual_at(self, source: int) -> frozenset[int]:
        if source not in self.usual:
            # dated ones first: their order is an index's, the others' would have to be made of all of them
            its = select(Article.body).where(Article.source_id == source).limit(_NEIGHBOURS)
            dated = its.where(Article.published_date.is_not(None)).order_by(Article.published_date.desc())
            texts = list(self.connection.execute(dated).scalars())
            if len(texts) < _NEIGHBOURS:
                texts += self.connection.execute(its.where(Article.published_date.is_(None))).scalars()
            self.usual[source] = boilerplate(texts)
        return self.usual[source]


def place_new(engine: Engine, stop: Callable[[], bool] = lambda: False) -> Placed:
    """Place all articles that are new or have changed since they were placed, in batches, each a transaction of its own.

    :param stop: asked between two batches; what is left over is placed the next time.
    :raises DatabaseError: the database refused; what earlier batches did is kept.
    """
    done, usual = Placed(), dict[int, frozenset[int]]()
    for _ in range(_TRIES):
        try:
            _place_all(engine, stop, usual, done)
        except SQLAlchemyError as error:
            if passes(error):
                continue
            raise explain(error, str(engine.url)) from error
        break
    return done


def _place_all(engine: Engine, stop: Callable[[], bool], usual: dict[int, frozenset[int]], done: Placed) -> None:
    while not stop():
        with engine.begin() as connection:
            begin_writing(connection)
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            # held until they are placed: a writer that changes one meanwhile has it placed again
            wanted = select(*_COLUMNS).where(~Article.placed).order_by(Article.id).limit(_BATCH)
            wanted = wanted.with_for_update(skip_locked=True)
            rows = connection.execute(wanted).all()
            if not rows:
                break
            _place(_Placing(connection, usual), rows, done)


def _place(placing: _Placing, rows: Sequence[Any], done: Placed) -> None:
    connection = placing.connection
    ids = [row.id for row in rows]
    placing.stories = {row.id: row.story_id for row in rows}
    connection.execute(delete(Sketch).where(Sketch.article_id.in_(ids)))
    connection.execute(delete(ArticleTwin).where(ArticleTwin.article_id.in_(ids)))
    for row in rows:
        values = unpack_sketch(row.sketch)
        if row.sketch is None and (values := sketch(row.body)):  # stored by an older version
            connection.execute(update(Article).where(Article.id == row.id).values(sketch=pack_sketch(values)))
        before = placing.stories.get(row.id)
        if before is not None:
            connection.execute(update(Article).where(Article.id == row.id).values(story_id=None))
        stories = _matches(placing, row, _meet(connection, row.id, values))
        story = _join(placing, row.id, stories) if stories else None
        done.joined += story is not None
        for number in {before, story} - {None}:
            describe_story(connection, number)
        done.twins += _link_twins(connection, row)
        done.articles += 1
    connection.execute(update(Article).where(Article.id.in_(ids)).values(placed=True).execution_options(**_OPTIONS))


@lru_cache(maxsize=32)
def _look(size: int) -> TextClause:
    """The articles that share any of so many entries, a bounded number for each; put together once, not for every article."""
    one = "SELECT value, article_id FROM (SELECT value, article_id FROM sketch WHERE value = :v{n} LIMIT {most}) e{n}"
    return text(" UNION ALL ".join(one.format(n=n, most=HOT + 1) for n in range(size)))


def _meet(connection: Connection, number: int, values: Sequence[int]) -> list[int]:
    """The articles that share entries of the sketch, those with most first; notes the article's own entries."""
    if not values:
        return []
    found: dict[int, list[int]] = {value: [] for value in values}
    for value, other in connection.execute(_look(len(values)), {f"v{n}": value for n, value in enumerate(values)}):
        found[value].append(other)
    cold = [value for value in values if len(found[value]) <= HOT]
    if cold:
        connection.execute(insert(Sketch), [{"value": value, "article_id": number} for value in cold])
    met = Counter(other for value in cold for other in found[value])
    best = met.most_common(_CANDIDATES)
    several = [other for other, shared in best if shared > 1]
    # one entry in common is mostly chance, or a paragraph that travels
    return several + [other for other, shared in best if shared == 1][:_SLIGHT]


def _matches(placing: _Placing, row: Any, candidates: Sequence[int]) -> dict[int, int | None]:  # noqa: ANN401
    """The candidates that are the same text, with the stories they belong to."""
    if not candidates:
        return {}
    columns = (Article.id, Article.source_id, Article.story_id, Article.headline, Article.body, Article.published_date)
    wanted = select(*columns).where(Article.id.in_(candidates))
    if row.published_date is not None:  # most candidates are of another time: their texts need not be looked at
        first, last = row.published_date - WINDOW, row.published_date + WINDOW
        near = Article.published_date.between(first, last)
        wanted = wanted.where(near | Article.published_date.is_(None))
    others = placing.connection.execute(wanted).all()
    mine = placing.told(row)
    found: dict[int, int | None] = {}
    for other in others:
        its = placing.told(other)
        usual = placing.usual_at(row.source_id) | placing.usual_at(other.source_id)
        if same_story(mine, its, usual):
            found[other.id] = other.story_id
    return found


def _join(placing: _Placing, number: int, matches: dict[int, int | None]) -> int:
    """Put an article and its matches into one story: the oldest that any of them belongs to, or a new one."""
    connection = placing.connection
    known = sorted({story for story in matches.values() if story is not None})
    story = known[0] if known else connection.execute(insert(Story).returning(Story.id)).scalar_one()
    if known[1:]:
        merged = update(Article).where(Article.story_id.in_(known[1:])).values(story_id=story)
        connection.execute(merged.execution_options(**_OPTIONS))
        connection.execute(delete(Story).where(Story.id.in_(known[1:])).execution_options(**_OPTIONS))
    joining = update(Article).where(Article.id.in_([number, *matches])).values(story_id=story)
    connection.execute(joining.execution_options(**_OPTIONS))
    merged_ids = {ident for ident, other in placing.stories.items() if other in known[1:]}
    for ident in (merged_ids | {number, *matches}) & placing.stories.keys():
        placing.stories[ident] = story
    return story


def describe_story(connection: Connection, story: int | None) -> None:
    """Bring a story's headline and day in line with its earliest placement; one placement alone is no story."""
    placements = connection.execute(
        select(Article.headline, Article.published_date)
        .where(Article.story_id == story)
        .order_by(Article.published_date.is_(None), Article.published_date, Article.first_seen, Article.id)
    ).all()
    if len(placements) < 2:
        connection.execute(update(Article).where(Article.story_id == story).values(story_id=None))
        connection.execute(delete(Story).where(Story.id == story))
        return
    first = placements[0]
    values = {"headline": first.headline, "first_published": first.published_date}
    connection.execute(update(Story).where(Story.id == story).values(values))


def _link_twins(connection: Connection, row: Any) -> int:  # noqa: ANN401 - a database row
    """Link the versions of an article that it names itself (hreflang), both ways."""
    named = {
        canonical_url(url): language for language, url in (row.translations or {}).items() if language != "x-default"
    }
    named.pop(row.canonical_url, None)
    if not named:
        return 0
    found = connection.execute(
        select(Article.id, Article.canonical_url)
        .where(Article.canonical_url.in_(named), Article.id != row.id)
        .union(
            select(ArticleAddress.article_id, ArticleAddress.url).where(
                ArticleAddress.url.in_(named), ArticleAddress.article_id != row.id
            )
        )
    ).all()
    links = {(row.id, ident): named[url] for ident, url in found}
    links |= {(ident, row.id): row.language or "" for ident, _ in found}
    pairs = select(ArticleTwin.article_id, ArticleTwin.twin_id)
    pairs = pairs.where((ArticleTwin.article_id == row.id) | (ArticleTwin.twin_id == row.id))
    known = {(article, twin) for article, twin in connection.execute(pairs)}
    fresh = [
        {"article_id": article, "twin_id": twin, "language": language[:20]}
        for (article, twin), language in links.items()
        if (article, twin) not in known
    ]
    if fresh:
        connection.execute(insert(ArticleTwin), fresh)
    return len(found)


def forget_places(engine: Engine) -> None:
    """Have every article placed anew: after the rules for stories have changed.

    :raises DatabaseError: the database refused; nothing has changed.
    """
    try:
        with engine.begin() as connection:
            connection.execute(delete(Sketch))
            connection.execute(update(Article).values(placed=False, story_id=None).execution_options(**_OPTIONS))
            connection.execute(delete(Story))
    except SQLAlchemyError as error:
        raise explain(error, str(engine.url)) from error


def unplaced(engine: Engine) -> int:
    """How many articles wait to be placed."""
    with engine.connect() as connection:
        return connection.execute(select(func.count(Article.id)).where(~Article.placed)).scalar_one()
