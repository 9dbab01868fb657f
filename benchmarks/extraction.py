"""How well and how fast are pages read? Ours beside other tools, in one run, on reference pages that are read in place.

``python -m benchmarks.extraction --data DIR`` with the folder of the reference data (its part ``corpus``); the default
is the setting ``MPSC_DATA_DIR``. The peers are measured where they are installed:
``pip install trafilatura htmldate readability-lxml resiliparse lxml_html_clean``. One core; every tool reads all
pages, one after the other, in the same process. Quality is the reference scorer's, rows of all German pages.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mpsc_crawler.settings import load_settings

Prediction = dict[str, str]
Reader = Callable[[bytes, str], Prediction]
COLUMNS = ("F1", "F1_4g", "segF1", "dateAcc", "datePrec", "title")


def ours() -> Reader:
    from mpsc_crawler.extraction.article import extract

    def read(body: bytes, url: str) -> Prediction:
        article = extract(body, url)
        if article is None:
            return {}
        value = article.published
        day = value.day.isoformat() if value and value.day and value.precision in ("day", "minute") else ""
        text = "\n\n".join(part for part in (article.teaser, article.body) if part)
        return {"title": article.headline or "", "date_published": day, "body": text}

    return read


def trafilatura(*, fast: bool = False) -> Reader:
    from trafilatura import bare_extraction

    def read(body: bytes, url: str) -> Prediction:
        document: Any = bare_extraction(body, url=url, with_metadata=True, fast=fast)
        told = document.as_dict() if document is not None else {}
        return {
            "title": told.get("title") or "",
            "date_published": told.get("date") or "",
            "body": told.get("text") or "",
        }

    return read


def htmldate() -> Reader:
    from htmldate import find_date

    def read(body: bytes, url: str) -> Prediction:
        return {"date_published": find_date(body.decode("utf-8", "replace"), url=url, original_date=True) or ""}

    return read


def readability() -> Reader:
    from lxml.html import fromstring
    from readability import Document

    def read(body: bytes, url: str) -> Prediction:
        document = Document(body.decode("utf-8", "replace"), url=url)
        summary = document.summary()
        text = fromstring(summary).text_content() if summary.strip() else ""
        return {"title": document.short_title() or "", "body": text}

    return read


def resiliparse() -> Reader:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def read(body: bytes, url: str) -> Prediction:
        tree = HTMLTree.parse_from_bytes(body)
        return {"title": tree.title or "", "body": extract_plain_text(tree, main_content=True, alt_texts=False)}

    return read


CONTESTANTS: dict[str, tuple[str, Callable[[], Reader]]] = {
    "ours": ("mpsc_crawler", ours),
    "trafilatura": ("trafilatura", trafilatura),
    "trafilatura, fast": ("trafilatura", lambda: trafilatura(fast=True)),
    "htmldate": ("htmldate", htmldate),
    "readability-lxml": ("readability", readability),
    "resiliparse": ("resiliparse", resiliparse),
}


def german_pages(corpus: Path) -> list[tuple[str, str, bytes]]:
    """Name, address and bytes of every German page of the reference data."""
    gold = [json.loads(line) for line in (corpus / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    return [
        (g["id"], g["url"], gzip.decompress((corpus / "pages" / f"{g['id']}.html.gz").read_bytes()))
        for g in gold
        if g["lang"] == "de"
    ]


def score(data: Path, predictions: dict[str, Prediction]) -> dict[str, float]:
    """The reference scorer's row of all German pages."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as stream:
        for ident, prediction in predictions.items():
            stream.write(json.dumps({"id": ident, **prediction}) + "\n")
        stream.flush()
        command = [sys.executable, str(data / "score.py"), str(data / "gold.jsonl"), stream.name, "--json"]
        told: dict[str, dict[str, float]] = json.loads(
            subprocess.run(command, capture_output=True, text=True, check=True).stdout
        )
    return told["ALL/de"]


def measure(reader: Reader, pages: list[tuple[str, str, bytes]]) -> tuple[dict[str, Prediction], float, int]:
    """Predictions, seconds for all pages and how many pages raised an exception."""
    predictions: dict[str, Prediction] = {}
    raised = 0
    began = time.perf_counter()
    for ident, url, body in pages:
        try:
            predictions[ident] = reader(body, url)
        except Exception:  # noqa: BLE001 - whatever a peer raises
            # a peer that fails on a page has not read it; how often is printed
            raised += 1
    return predictions, time.perf_counter() - began, raised


def _megabytes() -> float:
    match = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(match.group(1)) / 1024 if match else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--data", type=Path, default=Path(load_settings().data_dir), help="folder of the reference data"
    )
    parser.add_argument("--only", nargs="*", help="only these contestants")
    given = parser.parse_args()
    data = given.data / "corpus"
    if not data.is_dir():
        sys.exit(f"no reference pages at {data}; name the folder of the reference data with --data or MPSC_DATA_DIR")
    pages = german_pages(data)
    print(
        f"{len(pages)} German pages, {sum(len(body) for _, _, body in pages) / len(pages) / 1000:.0f} kB on average, one core"
    )
    print(f"{'':20}{'ms/page':>9}{'pages/s':>9}" + "".join(f"{name:>10}" for name in COLUMNS) + f"{'failed':>8}")
    rates: dict[str, float] = {}
    for name, (module, make) in CONTESTANTS.items():
        if given.only and name not in given.only:
            continue
        if importlib.util.find_spec(module) is None:
            print(f"{name:20} not installed")
            continue
        reader = make()
        before = _megabytes()
        predictions, seconds, raised = measure(reader, pages)
        grown = _megabytes() - before
        rates[name] = len(pages) / seconds
        row = score(data, predictions)
        cells = "".join(f"{row[c]:10.3f}" if row.get(c) else f"{'–':>10}" for c in COLUMNS)
        print(f"{name:20}{1000 * seconds / len(pages):9.2f}{rates[name]:9.0f}{cells}{raised:8d}")
        if name == "ours":
            _, again, _ = measure(reader, pages)
            after = _megabytes() - before - grown
            print(
                f"{'  once more, warm':20}{1000 * again / len(pages):9.2f}{len(pages) / again:9.0f}   memory: +{grown:.0f} MB in the first round, +{after:.0f} MB in the second"
            )
    if "ours" in rates and "trafilatura" in rates:
        print(f"ours / trafilatura: {rates['ours'] / rates['trafilatura']:.1f} times the pages per second")


if __name__ == "__main__":
    main()
