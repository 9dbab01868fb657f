"""How fast is German read? Dates, and topics with mentions and relevance, beside dateparser's search, in one run on one core.

``python -m benchmarks.language --data DIR [--rounds N]``. The texts are those of the reference corpus that are in German
(read in place), else the gold articles of this folder. Each figure is the best of the rounds, in megabytes of UTF-8 a second;
the first round, in which every word is new, is told beside it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from benchmarks.german import rows
from mpsc_crawler.language.codebook import shipped_codebook
from mpsc_crawler.language.dates import find_dates
from mpsc_crawler.language.matcher import Matcher
from mpsc_crawler.language.relevance import judge, relevance_codebook
from mpsc_crawler.language.topics import assigned
from mpsc_crawler.reading import gazetteer
from mpsc_crawler.settings import load_settings

DAY = date(2025, 5, 1)


def texts(data: Path) -> list[str]:
    """German running texts."""
    gold = data / "corpus" / "gold.jsonl"
    if gold.is_file():
        pages = (json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines())
        return [page["body"] for page in pages if page.get("lang") == "de" and page.get("body")]
    return [f"{row['headline']}\n\n{row['teaser']}\n\n{row['body']}" for row in rows("topics_")]


def measure(name: str, read: Callable[[str], object], corpus: Sequence[str], rounds: int) -> float:
    """Print and return the best speed."""
    size = sum(len(text.encode()) for text in corpus) / 1e6
    speeds = []
    for _ in range(rounds):
        start = time.process_time()
        for text in corpus:
            read(text)
        speeds.append(size / (time.process_time() - start))
    best = max(speeds)
    print(f"  {name:34} {best:8.2f} MB/s (first round {speeds[0]:.2f}), {6 / best:.2f} ms for an article of 6 kB")
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--data", type=Path, default=Path(load_settings().data_dir), help="folder of the reference data"
    )
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    corpus = texts(given.data)
    matcher = Matcher(shipped_codebook(), relevance_codebook())
    book = gazetteer()

    def coded(text: str, named: Sequence[str] = ()) -> None:
        fields = {"body": text}
        found = matcher.match(fields)
        assigned(found[0], matcher.codebooks[0], len(text))
        judge(found[1], fields, (), named)

    def all_of_it(text: str) -> None:
        coded(text, [m.surface for m in book.find({"body": text}) if m.kind == "project"])

    print(f"{len(corpus)} texts, {sum(len(t.encode()) for t in corpus) / 1e6:.2f} MB")
    measure("dates: find_dates", lambda text: find_dates(text, DAY), corpus, given.rounds)
    measure("topics and relevance", coded, corpus, given.rounds)
    measure("mentions", lambda text: book.find({"body": text}), corpus, given.rounds)
    measure("topics, relevance and mentions", all_of_it, corpus, given.rounds)
    from dateparser.search import search_dates

    few = corpus[:12]
    measure("peer: dateparser search_dates", lambda text: search_dates(text[:2000], languages=["de"]), few, 1)


if __name__ == "__main__":
    main()
