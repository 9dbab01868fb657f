"""Reads the archive again with today's rules: what did the pages say, as we would read them now? No network.

Every article is read from the answer that its present state was read from, with what lists told of it. What changes is our
doing: it makes a revision of origin ``reextraction``. What cannot be read again stays as it is, and is told.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from mpsc_crawler.archive.warc import ArchiveError, read_exchanges
from mpsc_crawler.discovery import NotAList
from mpsc_crawler.discovery.feed import read_feed
from mpsc_crawler.extraction.urls import canonical_url
from mpsc_crawler.items import ArticleLink, Exchange, NewsArticle
from mpsc_crawler.language.codebook import Codebook
from mpsc_crawler.operations.failures import of_page
from mpsc_crawler.operations.worker import prepare_worker
from mpsc_crawler.reading import (
    SHORTEST_BODY,
    annotate,
    cover_of,
    from_feed_entry,
    job_of,
    read_covered,
    read_job,
    reserve,
    tdmrep_of,
)
from mpsc_crawler.sources.model import Source
from mpsc_crawler.storage.hints import link_of
from mpsc_crawler.storage.models import Article, Page, SourceRow
from mpsc_crawler.storage.rewriter import Reread, Rewriter

_AT_ONCE = 25  # pages that travel to a worker together
_TOLD = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to be read again: where its answer stands, and the numbers of its articles by identity."""

    source: Source
    url: str
    path: str
    offset: int
    link: ArticleLink | None
    numbers: dict[str, int]
    rules: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(slots=True)
class Reextracted:
    """What reading again did: numbers of articles, and some of what could not be read with the reason."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many articles were read again."""
        return self.counts["changed"] + self.counts["refreshed"] + self.counts["unchanged"]


def wanted_pages(
    engine: Engine, folder: Path, sources: Iterable[Source], since: datetime | None = None
) -> Iterator[Wanted]:
    """The pages of all articles that have an answer in the archive, in the order of the archive.

    :param since: only articles that were first seen at that moment or later (aware).
    """
    by_slug = {source.slug: source for source in sources}
    statement = (
        select(
            Article.id, Article.identity, Page.url, Page.archive_file, Page.archive_offset, Page.hints, SourceRow.slug
        )
        .join(Page, Page.id == Article.page_id)
        .join(SourceRow, SourceRow.id == Article.source_id)
        .where(Page.archive_file.is_not(None), SourceRow.slug.in_(by_slug))
        .order_by(Page.archive_file, Page.archive_offset, Article.id)
    )
    if since is not None:
        statement = statement.where(Article.first_seen >= since)
    rules = _reserved(engine, by_slug)
    with engine.connect().execution_options(yield_per=500) as connection:
        rows = connection.execute(statement)
        for (file, offset), group in groupby(rows, key=lambda row: (row.archive_file, row.archive_offset)):
            articles = list(group)
            first = articles[0]
            link = link_of(first.url, first.hints) if first.hints else None
            numbers = {row.identity: row.id for row in articles}
            told = rules.get(first.slug, {})
            yield Wanted(by_slug[first.slug], first.url, str(folder / file), offset, link, numbers, told)


def _reserved(engine: Engine, slugs: Iterable[str]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """By source and address of the file what its sites reserve."""
    statement = select(SourceRow.slug, Page.url, Page.hints).join(Page, Page.source_id == SourceRow.id)
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    with engine.connect() as connection:
        for slug, url, hints in connection.execute(statement.where(Page.role == "rights", SourceRow.slug.in_(slugs))):
            found.setdefault(slug, {})[url] = (hints or {}).get("tdmrep") or []
    return found


def read_again(
    wanted: Wanted, codebook: Codebook | None, brands: tuple[str, ...]
) -> tuple[list[tuple[int, NewsArticle]], str]:
    """The articles of an archived answer by their numbers; and why some or all could not be read, or nothing."""
    try:
        answers = read_exchanges(Path(wanted.path), wanted.offset)
        exchange = next(answers, None)
        if exchange is None:
            return [], "the archive holds no answer at this place"
        wall = of_page(exchange.body)
        if wall is not None:
            return [], f"recognised as {wall} today"
        source, several = wanted.source, wanted.source.read_from == "list"
        if source.read_from == "feed":
            return _from_feed(wanted, exchange, codebook)
        articles = read_job(job_of(exchange, source, wanted.link, brands, several=several), codebook)
        address = cover_of(articles[0]) if not several and len(articles) == 1 else None
        if address is not None:
            # the file that the page covers was written right behind it
            file = next(answers, None)
            if (
                file is None
                or file.body[:5] != b"%PDF-"
                or not read_covered(
                    articles[0], file.body, file.url, codebook, brands, judged=source.judged, home=source.home
                )
            ):
                return [], "the archive does not hold the file that the page covers"
    except (ArchiveError, OSError) as error:
        return [], str(error)
    found: dict[str, NewsArticle] = {}
    for article in articles:
        if not several:
            article.url = canonical_url(wanted.url)
        reserve(article, wanted.rules.get(tdmrep_of(article.url), ()))
        if several or len(article.body) >= SHORTEST_BODY:
            found[article.identity] = article
    if not several and len(found) == 1 and len(wanted.numbers) == 1:
        # the identity may be read otherwise today; the page holds one article, and it is this one
        return [(next(iter(wanted.numbers.values())), next(iter(found.values())))], ""
    pairs = [(number, found[identity]) for identity, number in wanted.numbers.items() if identity in found]
    lost = len(wanted.numbers) - len(pairs)
    return pairs, f"{lost} of its articles cannot be read from the archived answer" if lost else ""


def _from_feed(
    wanted: Wanted, exchange: Exchange, codebook: Codebook | None
) -> tuple[list[tuple[int, NewsArticle]], str]:
    """The articles that a feed carried whole."""
    try:
        listing = read_feed(exchange.body, exchange.url, exchange.header("Content-Type") or "")
    except NotAList as error:
        return [], str(error)
    source, found = wanted.source, dict[str, NewsArticle]()
    for link in listing.links:
        article = from_feed_entry(link, fetched_at=exchange.fetched_at, source=source.slug)
        if article is not None and article.identity in wanted.numbers:
            reserve(article, wanted.rules.get(tdmrep_of(article.url), ()))
            found[article.identity] = annotate(article, codebook, home=source.home)
    pairs = [(number, found[identity]) for identity, number in wanted.numbers.items() if identity in found]
    lost = len(wanted.numbers) - len(pairs)
    return pairs, f"{lost} of its articles cannot be read from the archived feed" if lost else ""


_Answers = list[tuple[Wanted, list[tuple[int, NewsArticle]], str]]
_CODEBOOK: Codebook | None = None
_BRANDS: tuple[str, ...] = ()


def _begin(codebook: Codebook | None, brands: tuple[str, ...]) -> None:
    global _CODEBOOK, _BRANDS
    _CODEBOOK, _BRANDS = codebook, brands
    prepare_worker()


def _read_some(pages: Sequence[Wanted]) -> _Answers:
    return [(page, *_guarded(page, _CODEBOOK, _BRANDS)) for page in pages]


def _guarded(
    page: Wanted, codebook: Codebook | None, brands: tuple[str, ...]
) -> tuple[list[tuple[int, NewsArticle]], str]:
    """What one page raises concerns that page only."""
    try:
        return read_again(page, codebook, brands)
    except Exception as error:  # noqa: BLE001 - told with the page, which keeps what is stored
        return [], f"{type(error).__name__}: {error}"


def reextract(
    pages: Iterable[Wanted],
    writer: Rewriter,
    codebook: Codebook | None,
    brands: tuple[str, ...],
    workers: int,
    now: datetime,
    done: Reextracted,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Read pages again and store what has changed; each batch is a transaction of its own.

    :param workers: processes that read; one or none reads in this process.
    :param now: aware; the moment of the revisions.
    :param done: is told what has been stored, batch by batch.
    :param stop: asked between two batches.
    :raises DatabaseError: the database refused; what earlier batches did is kept.
    """
    for answers in _answers(iter(pages), codebook, brands, workers):
        reread: list[Reread] = []
        for page, articles, problem in answers:
            position = (Path(page.path).name, page.offset)
            reread += [Reread(number, article, position) for number, article in articles]
            if problem:
                done.counts["left"] += len(page.numbers) - len(articles)
                if len(done.problems) < _TOLD:
                    done.problems.append(f"{page.source.slug}: {page.url}: {problem}")
        done.counts.update(writer.write(reread, now))
        if stop():
            return


def _answers(
    pages: Iterator[Wanted], codebook: Codebook | None, brands: tuple[str, ...], workers: int
) -> Iterator[_Answers]:
    if workers <= 1:
        while some := list(islice(pages, _AT_ONCE)):
            yield [(page, *_guarded(page, codebook, brands)) for page in some]
        return
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(codebook, brands)
    ) as pool:
        under_way: set[Future[_Answers]] = set()
        while True:
            while len(under_way) < 2 * workers and (some := list(islice(pages, _AT_ONCE))):
                under_way.add(pool.submit(_read_some, some))
            if not under_way:
                return
            finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()


def cores() -> int:
    """How many processes may read at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def articles_without_answer(engine: Engine, slugs: Iterable[str]) -> int:
    """How many articles of these sources the archive holds no answer for: those that came whole in a feed, above all."""
    statement = (
        select(func.count(Article.id))
        .join(SourceRow, SourceRow.id == Article.source_id)
        .join(Page, Page.id == Article.page_id, isouter=True)
        .where(Page.archive_file.is_(None), SourceRow.slug.in_(list(slugs)))
    )
    with engine.connect() as connection:
        return connection.execute(statement).scalar_one()
