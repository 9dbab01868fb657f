"""Are placements of one press release found, and nothing else? And what does an article cost among a million?

``python -m benchmarks.stories`` makes 2,000 press releases with two to five placements each (shortened, headline changed, paragraph
added, lead rewritten, words replaced, umlauts transliterated, in any mixture) among 20,000 other articles of 100 publishers, with each
publisher's boilerplate, the programme's, and notices that recur with other dates; stores them shuffled; places them; and prints
pairwise precision and recall, by kind of edit too. Then what placing one article costs among 20,000 and among
1,000,000 (``--large 0`` leaves that out). The texts are the demo's sentences with most of their long words exchanged, so that
unrelated texts share no more than real ones do.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path

from sqlalchemy import Engine, func, insert, select

from benchmarks.pages import paragraphs
from mpsc_crawler.language.sketch import SIZE, sketch
from mpsc_crawler.storage.models import Article, Sketch, SourceRow
from mpsc_crawler.storage.rows import pack_sketch
from mpsc_crawler.storage.session import open_database
from mpsc_crawler.storage.stories import place_new

PUBLISHERS = 100
NOW = datetime(2026, 1, 1, tzinfo=UTC)
_FEDERAL = (
    "Das Vorhaben wird im Rahmen des Programms Modellprojekte Smart Cities gefördert durch das Bundesministerium für Wohnen, "
    "Stadtentwicklung und Bauwesen und die Kreditanstalt für Wiederaufbau. Kommunen entwickeln darin gemeinsam Lösungen, "
    "die andere übernehmen können."
)


@dataclass(frozen=True, slots=True)
class Made:
    """An article of the benchmark; ``release`` is the press release that it is a placement of, with its edits."""

    source: int
    headline: str
    body: str
    published: date | None
    release: int | None = None
    edits: tuple[str, ...] = ()


class Maker:
    """Makes texts; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.sentences = [s for p in paragraphs() for s in re.split(r"(?<=[.!?])\s+", p) if len(s) > 40]
        self.words = sorted({w for s in self.sentences for w in re.findall(r"[a-zäöüß]{5,}", s)})
        self.names = sorted({w for s in self.sentences for w in re.findall(r"[A-ZÄÖÜ][a-zäöüß]{4,}", s)})
        self.about = {
            n: " ".join(self.sentence() for _ in range(self.rng.randint(2, 5))) for n in range(1, PUBLISHERS + 1)
        }
        self.notices = {n: self.text(3) for n in range(1, PUBLISHERS + 1)}

    def sentence(self) -> str:
        def other(match: re.Match[str]) -> str:
            word = match.group()
            if self.rng.random() < 0.3:
                return word
            return self.rng.choice(self.names if word[0].isupper() else self.words)

        return re.sub(r"[A-Za-zÄÖÜäöüß]{5,}", other, self.rng.choice(self.sentences))

    def text(self, number: int) -> list[str]:
        return [" ".join(self.sentence() for _ in range(self.rng.randint(2, 5))) for _ in range(number)]

    def day(self) -> date:
        return date(2021, 1, 1) + timedelta(days=self.rng.randrange(1800))

    def headline(self) -> str:
        return " ".join(self.sentence().split()[: self.rng.randint(5, 9)])

    def dressed(self, source: int, text: list[str]) -> str:
        """With the boilerplate of publisher and programme, as most articles end."""
        text = list(text)
        if self.rng.random() < 0.6:
            text.append(self.about[source])
        if self.rng.random() < 0.4:
            text.append(_FEDERAL)
        return "\n\n".join(text)

    def others(self, number: int) -> Iterator[Made]:
        for _ in range(number):
            source = self.rng.randint(1, PUBLISHERS)
            day = self.day() if self.rng.random() < 0.85 else None
            if self.rng.random() < 0.06:  # a notice that comes round again
                day = self.day()
                text = [f"Am {day.day}.{day.month}.{day.year} ist es wieder so weit.", *self.notices[source]]
                yield Made(source, "Ausschuss tagt", self.dressed(source, text), day)
            else:
                yield Made(source, self.headline(), self.dressed(source, self.text(self.rng.randint(2, 9))), day)

    def release(self, number: int) -> Iterator[Made]:
        text, headline, day = self.text(self.rng.randint(4, 9)), self.headline(), self.day()
        sources = self.rng.sample(range(1, PUBLISHERS + 1), self.rng.randint(2, 5))
        for place, source in enumerate(sources):
            edits = tuple(sorted(self.rng.sample(_EDITS, self.rng.randint(0, 3)))) if place else ()
            title, body = self.edited(edits, headline, text)
            later = day + timedelta(days=self.rng.choice((0, 0, 0, 1, 2, 5, 14)) if place else 0)
            known = later if self.rng.random() < 0.85 else None
            yield Made(source, title, self.dressed(source, body), known, number, edits)

    def edited(self, edits: tuple[str, ...], headline: str, text: list[str]) -> tuple[str, list[str]]:
        text = list(text)
        if "shortened" in edits:
            text = text[: max(2, round(len(text) * self.rng.uniform(0.4, 0.8)))]
        if "headline" in edits:
            headline = self.headline()
        if "lead" in edits:
            text[0] = self.text(1)[0]
        if "added" in edits:
            text[self.rng.randint(0, len(text)) : 0] = self.text(self.rng.randint(1, 2))
        if "words" in edits:
            text = [self.reworded(paragraph) for paragraph in text]
        if "umlauts" in edits:
            table = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
            headline, text = headline.translate(table), [paragraph.translate(table) for paragraph in text]
        return headline, text

    def reworded(self, paragraph: str) -> str:
        words = paragraph.split(" ")
        for position in range(len(words)):
            if self.rng.random() < 0.03:
                words[position] = self.rng.choice(self.words)
        return " ".join(words)


_EDITS = ("shortened", "headline", "lead", "added", "words", "umlauts")


def store(engine: Engine, made: list[Made]) -> list[int]:
    """Store articles as the crawl leaves them; returns their numbers."""
    values = [
        {
            "source_id": one.source, "identity": f"https://h{one.source}.example/{time.perf_counter_ns()}-{number}", "url": "u",
            "canonical_url": f"https://h{one.source}.example/{number}", "headline": one.headline, "body": one.body,
            "body_html": "", "authors": [], "tags": [], "categories": [], "breadcrumbs": [], "translations": {},
            "published_date": one.published, "word_count": 0, "content_hash": "", "first_seen": NOW, "last_seen": NOW,
            "software": "benchmark", "language": "de", "rights": {}, "sketch": pack_sketch(sketch(one.body)),
        }
        for number, one in enumerate(made)
    ]  # fmt: skip
    with engine.begin() as connection:
        if not connection.execute(select(func.count(SourceRow.id))).scalar_one():
            publishers = [
                {"slug": f"h{n}", "name": f"h{n}", "kind": "project", "scope": "all", "states": [], "language": "de", "active": True}
                for n in range(1, PUBLISHERS + 1)
            ]  # fmt: skip
            connection.execute(insert(SourceRow), publishers)
        result = connection.execute(insert(Article).returning(Article.id, sort_by_parameter_order=True), values)
        return list(result.scalars())


def judge(engine: Engine, made: dict[int, Made]) -> tuple[int, int, int, Counter[str], Counter[str]]:
    """Pairs found rightly, wrongly and missed; and by kind of edit how many placements there are and how many were lost."""
    stories: dict[int, list[int]] = defaultdict(list)
    with engine.connect() as connection:
        for ident, story in connection.execute(select(Article.id, Article.story_id)):
            if story is not None and ident in made:
                stories[story].append(ident)
    found = {pair for members in stories.values() for pair in combinations(sorted(members), 2)}
    releases: dict[int, list[int]] = defaultdict(list)
    for ident, one in made.items():
        if one.release is not None:
            releases[one.release].append(ident)
    gold = {pair for members in releases.values() for pair in combinations(sorted(members), 2)}
    joined = {ident for pair in found & gold for ident in pair}
    total: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for ident, one in made.items():
        if one.release is not None:
            for edit in one.edits or ("none",):
                total[edit] += 1
                lost[edit] += ident not in joined
    return len(found & gold), len(found - gold), len(gold - found), total, lost


def cost(engine: Engine, maker: Maker, number: int) -> float:
    """Milliseconds to place one article among those that are there; half of them have a candidate or more."""
    fresh = list(maker.others(number // 2))
    for release in range(10**6, 10**6 + number):
        fresh += list(maker.release(release))
        if len(fresh) >= number:
            break
    store(engine, fresh[:number])
    began = time.perf_counter()
    done = place_new(engine)
    return (time.perf_counter() - began) / done.articles * 1000


def grow(engine: Engine, number: int) -> None:
    """So many further articles with random sketches and a short text."""
    rng = random.Random(7)
    with engine.connect() as connection:
        last = connection.execute(select(func.max(Article.id))).scalar_one()
    for start in range(last + 1, number + 1, 20_000):
        ids = range(start, min(start + 20_000, number + 1))
        values = [
            {
                "id": n, "source_id": 1 + n % PUBLISHERS, "identity": f"g{n}", "url": "u", "canonical_url": f"g{n}", "body": "",
                "body_html": "", "authors": [], "tags": [], "breadcrumbs": [], "translations": {}, "word_count": 0,
                "content_hash": "", "first_seen": NOW, "last_seen": NOW, "software": "b", "placed": True,
            }
            for n in ids
        ]  # fmt: skip
        entries = [{"value": rng.getrandbits(63), "article_id": n} for n in ids for _ in range(SIZE)]
        with engine.begin() as connection:
            connection.execute(insert(Article), values)
            connection.execute(insert(Sketch), entries)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            name = "article_id_seq"
            connection.exec_driver_sql(f"SELECT setval('{name}', {number + 1})")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--releases", type=int, default=2000)
    parser.add_argument("--others", type=int, default=20_000)
    parser.add_argument("--large", type=int, default=1_000_000, help="articles of the large corpus; 0 leaves it out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="address of an empty database; SQLite in a temporary folder by default")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(given.database or f"sqlite:///{Path(folder) / 'stories.db'}")
        maker = Maker(given.seed)
        made = [one for number in range(given.releases) for one in maker.release(number)] + list(
            maker.others(given.others)
        )
        maker.rng.shuffle(made)
        numbered = dict(zip(store(engine, made), made, strict=True))
        began = time.perf_counter()
        done = place_new(engine)
        spent = time.perf_counter() - began
        right, wrong, missed, total, lost = judge(engine, numbered)
        precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
        print(
            f"{given.releases} releases at {sum(m.release is not None for m in made)} places among {given.others} others"
        )
        print(
            f"pairs: precision {precision:.4f} (goal .99), recall {recall:.4f} (goal .97); {wrong} wrong, {missed} missed"
        )
        print("placements lost: " + ", ".join(f"{edit} {lost[edit]} of {total[edit]}" for edit in sorted(total)))
        print(f"{done.articles / spent:.0f} articles a second, {spent / done.articles * 1000:.2f} ms each")
        small = cost(engine, maker, 1000)
        print(f"placing one article among {len(made):,}: {small:.2f} ms")
        if given.large:
            grow(engine, given.large)
            large = cost(engine, maker, 1000)
            print(f"placing one article among {given.large:,}: {large:.2f} ms, {large / small:.2f} times")
        engine.dispose()
    return 0 if precision >= 0.99 and recall >= 0.97 else 1


if __name__ == "__main__":
    sys.exit(main())
