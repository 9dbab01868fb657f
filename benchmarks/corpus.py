"""Is the researcher's desk quick on a million articles? Search, comparisons, and files, beside the plain way of doing it.

``python -m benchmarks.corpus make --articles 1000000 [--url sqlite:////tmp/corpus.db]`` makes the corpus (the same for the same
number): German sentences of the demo with most long words exchanged, Zipf's law, 100 sources of the registry, ten years. Then
``python -m benchmarks.corpus search --url …`` prints the time of searches by how often their words occur, beside plain FTS5 (or
plain ``to_tsvector('german')``) over the same texts; ``questions`` that of every question of ``Corpus``, beside pandas over the whole
tables; ``files`` the rate and memory of exports.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
import sqlite3
import statistics
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.engine import make_url

from benchmarks.pages import paragraphs
from mpsc_crawler.language.codebook import shipped_codebook
from mpsc_crawler.language.stemming import fold
from mpsc_crawler.sources.registry import load_registry, municipalities
from mpsc_crawler.storage.models import (
    Article,
    ArticleTopic,
    MentionRow,
    Revision,
    RunRow,
    SourceMunicipality,
    SourceRow,
    SourceRun,
)
from mpsc_crawler.storage.registry import sync_registry
from mpsc_crawler.storage.search.find import find
from mpsc_crawler.storage.search.index import reindex
from mpsc_crawler.storage.session import open_database, open_for_reading

URL = "sqlite:////tmp/mpsc-corpus/corpus.db"
FIRST, DAYS, SOURCES = date(2016, 1, 1), 3653, 100
_WORD = re.compile(r"[^\W\d_]{7,}")
_PARTS = (
    "Daten Wärme Klima Energie Verkehr Bürger Stadt Wasser Sensor Netz Schul Gesundheits Mobilitäts Planungs Wirtschafts Quartiers Kultur"
    " Umwelt Park Licht Wohn Bau Digital Wissens Hochwasser Innovations Beteiligungs Verwaltungs Bildungs Rad Bus Markt Hafen"
).split()
_HEADS = (
    "plattform planung konzept strategie projekt zentrum labor messung modell karte portal werkstatt beratung station leitung versorgung"
    " beteiligung entwicklung rat amt tag preis wende anpassung vorsorge steuerung nutzung forschung zwilling"
).split()


class Maker:
    """Makes articles; the same for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self.rng = random.Random(seed)
        self.sentences = [s for p in paragraphs() for s in re.split(r"(?<=[.!?])\s+", p) if 40 < len(s) < 240]
        words = sorted({word for s in self.sentences for word in _WORD.findall(s)})
        self.rng.shuffle(words)
        compounds = [a + b for a in _PARTS for b in _HEADS] + [
            a + b.lower() + "s" + c for a, b, c in itertools.product(_PARTS, ("Daten", "Planung", "Nutzung"), _HEADS)
        ]
        names = [
            "".join(
                self.rng.choice(("ba", "ke", "li", "mo", "tu", "ran", "schel", "bru", "gen", "hof")) for _ in range(4)
            ).capitalize()
            for _ in range(60_000)
        ]
        self.rng.shuffle(compounds)
        self.words = words + compounds + names
        weights = [1 / (rank + 5) for rank in range(len(self.words))]
        self.weights = list(itertools.accumulate(weights))

    def text(self, sentences: int) -> str:
        """So many sentences, most of whose long words are others."""
        told = self.rng.choices(self.sentences, k=sentences)
        fresh = iter(self.rng.choices(self.words, cum_weights=self.weights, k=12 * sentences))
        return " ".join(_WORD.sub(lambda m: next(fresh, m[0]) if self.rng.random() < 0.7 else m[0], s) for s in told)


def make(url: str, number: int) -> None:
    """Fill an empty database."""
    if make_url(url).get_backend_name() == "sqlite":
        Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = open_database(url)
    registry = load_registry()
    sync_registry(engine, list(registry), municipalities())
    maker = Maker()
    topics = list(shipped_codebook().topics)
    with engine.connect() as connection:
        ids = list(connection.execute(select(SourceRow.id).order_by(SourceRow.id).limit(SOURCES)).scalars())
        keys = sorted(set(connection.execute(select(SourceMunicipality.ags)).scalars()))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with engine.begin() as connection:
        for year in range(2016, 2026):
            run = connection.execute(
                insert(RunRow)
                .values(
                    started_at=datetime(year, 12, 31, tzinfo=UTC),
                    ended_at=datetime(year, 12, 31, 1, tzinfo=UTC),
                    status="done",
                    software="bench",
                    counts={},
                )
                .returning(RunRow.id)
            ).scalar_one()
            connection.execute(insert(SourceRun), [{"run_id": run, "source_id": ident, "started_at": datetime(year, 12, 31, tzinfo=UTC), "ended_at": datetime(year, 12, 31, 1, tzinfo=UTC), "status": "done", "oldest": date(year, 1, 1), "complete": True} for ident in ids])  # fmt: skip
    began = time.perf_counter()
    rng = maker.rng
    for start in range(0, number, 5000):
        articles, coded, named, firsts = [], [], [], []
        for n in range(start + 1, min(number, start + 5000) + 1):
            source, day = (
                ids[int(SOURCES * rng.random() ** 1.5)],
                FIRST + timedelta(days=int(DAYS * rng.random() ** 0.7)),
            )
            url_of = f"https://bench.example/{source}/{n}"
            body = maker.text(rng.randint(4, 12))
            articles.append({
                "id": n, "source_id": source, "identity": url_of, "url": url_of, "canonical_url": url_of, "headline": maker.text(1)[:90],
                "teaser": None, "body": body, "body_html": "", "language": "de", "authors": [], "tags": [], "breadcrumbs": [], "translations": {},
                "published_date": day if rng.random() > 0.02 else None, "published_precision": "day", "published_edtf": day.isoformat(),
                "word_count": body.count(" ") + 1, "content_hash": "x" * 64, "first_seen": now, "last_seen": now, "software": "bench", "placed": True,
            })  # fmt: skip
            firsts.append({"article_id": n, "seen_at": now, "origin": "first", "content_hash": "x" * 64, "diff": {}})
            coded += [{"article_id": n, "topic": topic, "score": 1.0, "codebook_version": "1", "words": []} for topic in set(rng.choices(topics, weights=range(len(topics), 0, -1), k=rng.randint(0, 3)))]  # fmt: skip
            named += [{"article_id": n, "entity": rng.choice(keys), "kind": "municipality", "surface": "x", "field": "body", "position": 0, "position_end": 1} for _ in range(rng.randint(0, 2))]  # fmt: skip
        with engine.begin() as connection:
            connection.execute(insert(Article), articles)
            connection.execute(insert(Revision), firsts)
            connection.execute(insert(ArticleTopic), coded)
            connection.execute(insert(MentionRow), named)
        if start % 50_000 == 0:
            print(f"made {start + len(articles):,} in {time.perf_counter() - began:.0f} s", flush=True)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            for table in ("article", "article_topic", "mention", "revision"):
                connection.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
                )
    began = time.perf_counter()
    reindex(
        engine,
        lambda done, of: (
            print(f"indexed {done:,} in {time.perf_counter() - began:.0f} s", flush=True)
            if done % 50_000 == 0
            else None
        ),
    )
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    print(f"{url}: {number:,} articles, index {(time.perf_counter() - began) * 1000 / number:.2f} ms an article")


def queries_by_frequency(engine: Engine) -> dict[str, list[str]]:
    """Words by how many of a sample of the articles hold them."""
    with engine.connect() as connection:
        total = connection.execute(select(func.max(Article.id))).scalar_one()
        numbers = random.Random(2).sample(range(1, total + 1), min(4000, total))
        bodies = [body for some in range(0, len(numbers), 500) for body in connection.execute(select(Article.body).where(Article.id.in_(numbers[some : some + 500]))).scalars()]  # fmt: skip
    counts = Counter(word for body in bodies for word in {fold(w) for w in re.findall(r"[^\W\d_]{3,}", body)})
    bands = {"rare (in one of 1000 or less)": (0, 0.001), "middle (1 to 5 of 100)": (0.01, 0.05), "common (10 to 40 of 100)": (0.1, 0.4), "very common (over 60 of 100)": (0.6, 1.01)}  # fmt: skip
    rng = random.Random(3)
    chosen = {}
    for name, (low, high) in bands.items():
        words = sorted(
            w for w, c in counts.items() if low <= c / len(bodies) < high or (low == 0 and c <= len(bodies) * high)
        )
        chosen[name] = rng.sample(words, min(60, len(words)))
    rare, middle = chosen["rare (in one of 1000 or less)"], chosen["middle (1 to 5 of 100)"]
    chosen["two words, both middle"] = [f"{a} {b}" for a, b in zip(middle[::2], middle[1::2], strict=False)]
    chosen["a phrase of two"] = [f'"{" ".join(pair)}"' for pair in _pairs(bodies, rng)]
    chosen["rare OR middle, NOT another"] = [
        f"({a} OR {b}) NOT {c}" for a, b, c in zip(rare, middle, rare[1:], strict=False)
    ]
    chosen["beginning with four letters"] = [f"{w[:5]}*" for w in middle if len(w) > 6]
    return chosen


def _pairs(bodies: list[str], rng: random.Random) -> list[tuple[str, str]]:
    found = []
    for body in rng.sample(bodies, min(60, len(bodies))):
        words = re.findall(r"[^\W\d_]{4,}", body)
        at = rng.randrange(len(words) - 1)
        if f"{words[at]} {words[at + 1]}" in body:
            found.append((words[at], words[at + 1]))
    return found


def timed(action: Any, arguments: list[str]) -> tuple[float, float, int]:
    """Median and 95th percentile in milliseconds, and how many."""
    action(arguments[0])
    told = []
    for argument in arguments:
        began = time.perf_counter()
        action(argument)
        told.append((time.perf_counter() - began) * 1000)
    told.sort()
    return statistics.median(told), told[int(0.95 * (len(told) - 1))], len(told)


def measure_search(url: str) -> None:
    engine = open_for_reading(url)
    print(f"{'query':32}{'median':>9}{'p95':>9}   plain: median      p95   (ms, {engine.dialect.name})")
    plain = _plain(engine, url)
    for name, asked in queries_by_frequency(engine).items():
        if not asked:
            continue
        middle, high, number = timed(lambda q: find(engine, q, limit=20), asked)
        other = ""
        if name.split()[0] in ("rare", "middle", "common", "very") and "OR" not in name:
            peer_middle, peer_high, _ = timed(plain, asked)
            other = f"{peer_middle:15.1f}{peer_high:9.1f}"
        print(f"{name:32}{middle:9.1f}{high:9.1f}{other:26}   {number} queries", flush=True)


def _plain(engine: Engine, url: str) -> Any:
    """The same texts in the database's own full text, ranked, made once."""
    if engine.dialect.name == "sqlite":
        path = Path(make_url(url).database or "").with_suffix(".plain.db")
        fresh = not path.exists()
        connection = sqlite3.connect(path)
        if fresh:
            connection.execute("CREATE VIRTUAL TABLE t USING fts5(headline, body)")
            connection.execute(f"ATTACH '{make_url(url).database}' AS c")
            connection.execute("INSERT INTO t(rowid, headline, body) SELECT id, headline, body FROM c.article")
            connection.commit()
        return lambda q: connection.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 20", (q,)
        ).fetchall()
    writing = open_database(url)
    with writing.begin() as made:
        made.execute(text("CREATE TABLE IF NOT EXISTS plain_text (id INTEGER PRIMARY KEY, v tsvector)"))
        if made.execute(text("SELECT 1 FROM plain_text LIMIT 1")).first() is None:
            made.execute(
                text(
                    "INSERT INTO plain_text SELECT id, to_tsvector('german', coalesce(headline, '') || ' ' || body) FROM article"
                )
            )
            made.execute(text("CREATE INDEX ON plain_text USING gin (v)"))

    def ask(q: str) -> Any:
        with engine.connect() as connection:
            return connection.execute(
                text(
                    "SELECT id FROM plain_text, plainto_tsquery('german', :q) q WHERE v @@ q ORDER BY ts_rank(v, q) DESC LIMIT 20"
                ),
                {"q": q},
            ).all()

    return ask


def measure_questions(url: str) -> None:
    """Every kind of question once, beside pandas over the whole tables; and files, with the memory that they take."""
    import pandas as pd

    from mpsc_crawler.analysis import Corpus

    corpus = Corpus.open(url)
    topic = "verstetigung"
    state = next(s for s in corpus.timeline(by="year", per="state")["group"].unique() if s != "unknown")
    questions: dict[str, Any] = {
        "timeline of a topic by month": lambda: corpus.timeline(topic, by="month"),
        "the same per source": lambda: corpus.timeline(topic, by="month", per="source"),
        "the same per municipality": lambda: corpus.timeline(topic, by="month", per="municipality"),
        "the same, stories once": lambda: corpus.timeline(topic, by="month", count="stories"),
        "timeline of a rare query": lambda: corpus.timeline(query="Wärmenetz", by="month"),
        "topics of a state and the rest": lambda: corpus.compare_topics(corpus.where(state=state)),
        "topics of two years": lambda: corpus.compare_topics(
            corpus.where(since="2024-01-01", until="2024-12-31"), corpus.where(since="2025-01-01", until="2025-12-31")
        ),
        "adoption of a topic": lambda: corpus.adoption(topic),
        "topics in one article": lambda: corpus.cooccurrence(),
        "similarity of municipalities": lambda: corpus.similarity(),
        "who names whom": lambda: corpus.network(),
        "words of a state and the rest": lambda: corpus.compare(corpus.where(state=state)),
        "words of two years": lambda: corpus.compare(
            corpus.where(since="2024-01-01", until="2024-12-31"), corpus.where(since="2025-01-01", until="2025-12-31")
        ),
    }
    print(f"{'question':34}{'seconds':>9}   ({corpus.engine.dialect.name})")
    for name, ask in questions.items():
        began = time.perf_counter()
        told = ask()
        print(f"{name:34}{time.perf_counter() - began:9.2f}   {len(told)} rows", flush=True)

    def plain() -> Any:
        with corpus.engine.connect() as connection:
            articles = pd.read_sql(text("SELECT id, source_id, published_date FROM article"), connection)
            topics = pd.read_sql(text("SELECT article_id, topic FROM article_topic"), connection)
        both = topics.merge(articles, left_on="article_id", right_on="id")
        both["month"] = both["published_date"].astype("str").str[:7]
        return both.groupby(["topic", "source_id", "month"]).size()

    began = time.perf_counter()
    plain()
    print(f"{'plain: pandas over both tables':34}{time.perf_counter() - began:9.2f}", flush=True)


def measure_files(url: str) -> None:
    """All articles as JSON Lines and Parquet: rate by tenth, and the peak of memory."""
    import resource
    import tempfile

    from mpsc_crawler.export.jsonl import export_jsonl
    from mpsc_crawler.export.records import records
    from mpsc_crawler.export.tabular import write_parquet
    from mpsc_crawler.storage.queries import ArticleFilter

    engine = open_for_reading(url)
    marks: list[float] = []

    def watched(rows: Any) -> Any:
        for at, row in enumerate(rows, 1):
            if at % 100_000 == 0:
                marks.append(time.perf_counter())
            yield row

    with tempfile.TemporaryDirectory() as folder:
        for name in ("parquet", "jsonl"):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            began = time.perf_counter()
            if name == "jsonl":
                number = export_jsonl(engine, Path(folder) / "a.jsonl", ArticleFilter(gone=True))
            else:
                marks.clear()
                rows = watched(records(engine, ArticleFilter(gone=True), texts=True))
                number = write_parquet(Path(folder) / "a.parquet", rows, texts=True)
                steps = [100_000 / (b - a) for a, b in itertools.pairwise([began, *marks])]
                print("  articles a second by hundred thousand:", " ".join(f"{step:.0f}" for step in steps))
            seconds = time.perf_counter() - began
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{name}: {number:,} articles, {number / seconds:.0f} a second, memory {before:.0f} -> {peak:.0f} MB",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["make", "search", "questions", "files"])
    parser.add_argument("--url", default=URL)
    parser.add_argument("--articles", type=int, default=1_000_000)
    given = parser.parse_args()
    if given.what == "make":
        make(given.url, given.articles)
    else:
        {"search": measure_search, "questions": measure_questions, "files": measure_files}[given.what](given.url)


if __name__ == "__main__":
    main()
