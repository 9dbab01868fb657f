"""How well are pages, dates and topics read? Prints figures on reference data that is read in place.

``python -m benchmarks.quality --data DIR``; the default folder is the setting ``MPSC_DATA_DIR``. Nothing is copied.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date, datetime
from pathlib import Path

from mpsc_crawler.extraction.article import extract
from mpsc_crawler.language.dates import parse_date
from mpsc_crawler.language.relevance import relevance
from mpsc_crawler.language.topics import TopicCoder
from mpsc_crawler.settings import load_settings


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def pages(data: Path) -> None:
    """Body, segments, date and title of the German pages, and the time per page on one core."""
    gold = [json.loads(line) for line in (data / "corpus" / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    german = [g for g in gold if g["lang"] == "de"]
    bodies = {g["id"]: gzip.decompress((data / "corpus" / "pages" / f"{g['id']}.html.gz").read_bytes()) for g in german}
    began = time.perf_counter()
    found = {g["id"]: extract(bodies[g["id"]], g["url"]) for g in german}
    seconds = time.perf_counter() - began
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as stream:
        for ident, article in found.items():
            if article is not None:
                value = article.published
                day = value.day.isoformat() if value and value.day and value.precision in ("day", "minute") else ""
                body = "\n\n".join(part for part in (article.teaser, article.body) if part)
                stream.write(
                    json.dumps({"id": ident, "title": article.headline or "", "date_published": day, "body": body})
                    + "\n"
                )
        stream.flush()
        command = [
            sys.executable,
            str(data / "corpus" / "score.py"),
            str(data / "corpus" / "gold.jsonl"),
            stream.name,
            "--json",
        ]
        scores = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["ALL/de"]
    print(f"pages: {len(german)}, {1000 * seconds / len(german):.2f} ms each, {len(german) / seconds:.0f} per second")
    print(
        "  "
        + "  ".join(f"{name} {scores[name]:.3f}" for name in ("F1", "F1_4g", "segF1", "dateAcc", "datePrec", "title"))
    )


def dates(data: Path) -> None:
    """Start and end both right, by the reference scorer."""

    def shown(value: date | datetime | None) -> str:
        return (
            ".."
            if value is None
            else value.strftime("%Y-%m-%dT%H:%M")
            if isinstance(value, datetime)
            else value.isoformat()
        )

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
