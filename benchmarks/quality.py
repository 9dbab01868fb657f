"""How well are pages, dates and topics read? Prints figures on reference data that is read in place.

``python -m benchmarks.quality --data DIR``; the default folder is the setting ``MPSC_DATA_DIR``. Nothing is copied.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

from benchmarks.extraction import COLUMNS, german_pages, measure, ours, score
from benchmarks.german import shown
from mpsc_crawler.language.dates import parse_date
from mpsc_crawler.language.relevance import relevance
from mpsc_crawler.language.topics import TopicCoder
from mpsc_crawler.settings import load_settings


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def pages(data: Path) -> None:
    """Body, segments, date and title of the German pages, and the time per page on one core."""
    corpus = data / "corpus"
    german = german_pages(corpus)
    predictions, seconds, _ = measure(ours(), german)
    scores = score(corpus, predictions)
    print(f"pages: {len(german)}, {1000 * seconds / len(german):.2f} ms each, {len(german) / seconds:.0f} per second")
    print("  " + "  ".join(f"{name} {scores[name]:.3f}" for name in COLUMNS))


def dates(data: Path) -> None:
    """Start and end both right, by the reference scorer."""
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as stream:
        stream.write("expression\treference\tstart\tend\n")
        for row in table(data / "dates" / "pages.tsv"):
            value = parse_date(row["expression"], date.fromisoformat(row["reference"]) if row["reference"] else None)
            cells = (shown(value.start), shown(value.end)) if value else ("", "")
            stream.write("\t".join([row["expression"], row["reference"], *cells]) + "\n")
        stream.flush()
        command = [sys.executable, str(data / "dates" / "score.py"), str(data / "dates" / "pages.tsv"), stream.name]
        print("dates: " + subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0])


def titles(data: Path) -> None:
    """Topics from headlines alone, per topic and on average."""
    coder = TopicCoder()
    slugs = {topic.label: slug for slug, topic in coder.codebook.topics.items()}
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    rows = table(data / "topics" / "titles.tsv")
    for row in rows:
        gold = {slugs[label.strip()] for label in row["topics"].split(" | ") if label.strip()}
        found = {t.topic for t in coder.find({"headline": row["title"]})}
        right.update(gold & found)
        wrong.update(found - gold)
        missed.update(gold - found)
    each = {slug: 2 * right[slug] / max(1, 2 * right[slug] + wrong[slug] + missed[slug]) for slug in slugs.values()}
    total = 2 * right.total() / (2 * right.total() + wrong.total() + missed.total())
    relevant = sum(relevance({"headline": row["title"]}).relevant for row in rows) / len(rows)
    print(
        f"titles: {len(rows)}, micro F1 {total:.3f}, macro F1 {sum(each.values()) / len(each):.3f}, relevant by headline alone {relevant:.2f}"
    )
    print("  " + "  ".join(f"{slug} {value:.2f}" for slug, value in each.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--data", type=Path, default=Path(load_settings().data_dir), help="folder of the reference data"
    )
    data = parser.parse_args().data
    if not (data / "corpus").is_dir():
        sys.exit(f"no reference data at {data}; name its folder with --data or MPSC_DATA_DIR")
    pages(data)
    dates(data)
    titles(data)


if __name__ == "__main__":
    main()
