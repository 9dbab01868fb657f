"""In how many articles does each word stand? Read from the search's index; each article counts a word once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, Select, String, column, func, literal_column, select, table, text
from sqlalchemy.dialects import postgresql

from mpsc_crawler.storage.models import Article, SearchWord
from mpsc_crawler.storage.queries import ArticleFilter, filtered
from mpsc_crawler.storage.search.index import NUMBER_BITS
from mpsc_crawler.storage.search.understand import ready

_LONGEST_LIST = 500


def articles_by_stem(engine: Engine, wanted: ArticleFilter) -> tuple[Counter[str], int]:
    """By stem the number of articles that hold it in headline, teaser, tags or body; and how many articles there are.

    :raises NotIndexedError: the index is not ready.
    """
    chosen = filtered(engine, select(Article.id), wanted)
    counted: Counter[str] = Counter()
    number = 0
    with engine.connect() as connection:
        ready(connection)
        if engine.dialect.name == "sqlite":
            content = table("search_index", column("headline", String), column("lead", String), column("body", String))
            statement = select(content.c.headline, content.c.lead, content.c.body)
            if not wanted.everything:
                statement = statement.where(literal_column(f"rowid & {(1 << NUMBER_BITS) - 1}").in_(chosen))
            compiled = statement.compile(engine, compile_kwargs={"literal_binds": True})
            raw = connection.connection.cursor()
            for headline, lead, body in raw.execute(str(compiled)):
                counted.update(set(f"{headline} {lead} {body}".split(" ")))
                number += 1
            return _words(counted), number
        number = connection.execute(select(func.count()).select_from(chosen.subquery())).scalar_one()
        vectors: Select[Any] = select(literal_column("vector", postgresql.TSVECTOR)).select_from(
            table("search_document")
        )
        if not wanted.everything:
            vectors = vectors.where(literal_column("article_id").in_(chosen))
        inner = str(vectors.compile(engine, compile_kwargs={"literal_binds": True}))
        rows = connection.execute(text("SELECT word, ndoc FROM ts_stat(:inner, 'abc')"), {"inner": inner})
        counted.update({word: documents for word, documents in rows})
    return _words(counted), number


def _words(counted: Counter[str]) -> Counter[str]:
    """Without what holds no letter."""
    return Counter({stem: number for stem, number in counted.items() if any(map(str.isalpha, stem))})


def readable(engine: Engine, stems: Iterable[str]) -> dict[str, str]:
    """A written word for each stem: the shortest that the corpus has."""
    wanted = sorted(set(stems))
    found: dict[str, str] = {}
    with engine.connect() as connection:
        for start in range(0, len(wanted), _LONGEST_LIST):
            some = wanted[start : start + _LONGEST_LIST]
            for stem, written in connection.execute(
                select(SearchWord.stem, SearchWord.written).where(SearchWord.stem.in_(some))
            ):
                before = found.get(stem)
                if before is None or (len(written), written) < (len(before), before):
                    found[stem] = written
    return {stem: found.get(stem, stem) for stem in wanted}
