"""How well is German understood? Dates in sentences, topics, mentions and relevance on gold that ships beside this file.

``python -m benchmarks.german [dates topics mentions relevance] [--set dev|test] [-v]``. The gold was written from the
definitions by readers who saw neither code nor codebook (``benchmarks/gold/README.md``).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mpsc_crawler.items import DateValue
from mpsc_crawler.language.codebook import Codebook
from mpsc_crawler.language.dates import find_dates
from mpsc_crawler.language.events import name_events
from mpsc_crawler.language.relevance import relevance
from mpsc_crawler.language.topics import TopicCoder
from mpsc_crawler.reading import gazetteer
from mpsc_crawler.sources.registry import load_registry

GOLD = Path(__file__).parent / "gold"


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The items of a gold set; several files of one name are parts of it."""
    for path in sorted(GOLD.glob(f"{name}*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


@dataclass(slots=True)
class Tally:
    """Right ones, wrong ones and misses."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def __str__(self) -> str:
        return f"F1 {self.f1:.3f} (precision {self.precision:.3f}, recall {self.recall:.3f})"


def shown(value: date | datetime | None) -> str:
    """A day or minute as the gold writes it."""
    if value is None:
        return ".."
    return value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value.isoformat()


def place_of(text: str, raw: str, occurrence: int) -> tuple[int, int]:
    """Where the n-th occurrence of ``raw`` stands."""
    at = -1
    for _ in range(occurrence):
        at = text.index(raw, at + 1)
    return at, at + len(raw)


def _same(gold: dict[str, str], value: DateValue) -> bool:
    if gold.get("rrule") or value.rrule:
        return gold.get("rrule") == value.rrule
    return (gold["start"], gold["end"]) == (shown(value.start), shown(value.end))


def dates(name: str) -> tuple[Tally, int, int, Counter[str]]:
    """Span-and-value agreement; texts without a date, and how many of them were given one; agreement of kinds."""
    tally, traps, false = Tally(), 0, 0
    kinds: Counter[str] = Counter()
    for row in rows(name):
        text, found = row["text"], list(find_dates(row["text"], date.fromisoformat(row["reference"])))
        if not row["dates"]:
            traps += 1
            false += bool(found)
            if found:
                tally.lines.append(f"TRAP {text!r} {[(v.raw, shown(v.start), shown(v.end), v.rrule) for v in found]}")
        used: set[int] = set()
        seen: Counter[str] = Counter()
        for gold in row["dates"]:
            seen[gold["raw"]] += 1
            begin, end = place_of(text, gold["raw"], gold.get("occurrence", seen[gold["raw"]]))
            hit = next(
                (
                    i
                    for i, v in enumerate(found)
                    if i not in used and v.span and v.span[0] < end and begin < v.span[1] and _same(gold, v)
                ),
                None,
            )
            if hit is None:
                tally.missed += 1
                near = [(v.raw, shown(v.start), shown(v.end), v.rrule, v.rule) for v in found]
                wanted = gold.get("rrule") or f"{gold['start']} {gold['end']}"
                tally.lines.append(f"MISS [{row['reference']}] {text!r}: {gold['raw']!r} {wanted} <> {near}")
            else:
                used.add(hit)
                tally.right += 1
                kinds["same" if found[hit].kind == gold["kind"] else f"{gold['kind']}>{found[hit].kind}"] += 1
        extra = [v for i, v in enumerate(found) if i not in used]
        tally.wrong += len(extra)
        tally.lines += [
            f"EXTRA {text!r}: {v.raw!r} {shown(v.start)} {shown(v.end)} {v.rrule or ''} {v.rule}"
            for v in extra
            if row["dates"]
        ]
    return tally, traps, false, kinds


def events(name: str) -> tuple[Tally, Tally, list[str]]:
    """Names and places of events: right where the one holds the other."""
    names, places, lines = Tally(), Tally(), []
    book = gazetteer()
    for row in rows(name):
        text = row["text"]
        found = name_events(text, find_dates(text, date.fromisoformat(row["reference"])), book.find({"": text}))
        seen: Counter[str] = Counter()
        for gold in row["dates"]:
            seen[gold["raw"]] += 1
            begin, end = place_of(text, gold["raw"], gold.get("occurrence", seen[gold["raw"]]))
            value = next((v for v in found if v.span and v.span[0] < end and begin < v.span[1]), None)
            for tally, told, wanted in (
                (names, value.name if value else None, gold.get("name")),
                (places, value.place if value else None, gold.get("place")),
            ):
                if told and wanted and (told in wanted or wanted in told):
                    tally.right += 1
                    continue
                tally.wrong += bool(told)
                tally.missed += bool(wanted)
                if told or wanted:
                    lines.append(f"{'name' if tally is names else 'place'} {told!r} <> {wanted!r} in {text!r}")
    return names, places, lines


def report_events(which: str, verbose: bool) -> None:
    names, places, lines = events(f"dates_{which}")
    print(f"events ({which}): names {names}; places {places}")
    if verbose:
        print("\n".join(lines))


def report_dates(which: str, verbose: bool) -> None:
    tally, traps, false, kinds = dates(f"dates_{which}")
    same = kinds["same"] / max(1, kinds.total())
    print(
        f"dates ({which}): {tally.right + tally.missed} in sentences: {tally}; {traps} traps, {false} with a date; kind {same:.2f}"
    )
    if verbose:
        print("\n".join(tally.lines), kinds.most_common(), sep="\n")


def mentions(name: str) -> tuple[Tally, dict[str, Tally]]:
    """Agreement of span and entity; for organisations of span and kind, as their full names are a matter of taste."""
    book = gazetteer()
    total, each = Tally(), {"places": Tally(), "projects": Tally(), "organisations": Tally()}

    def group(kind: str) -> str:
        return (
            "places" if kind in ("municipality", "district") else "projects" if kind == "project" else "organisations"
        )

    for row in rows(name):
        text = row["text"]
        home = frozenset([row["source_state"]]) if row["source_state"] else frozenset()
        found = book.find({"body": text}, home=home)
        used: set[int] = set()
        for gold in row["mentions"]:
            begin, end = place_of(text, gold["surface"], gold.get("occurrence", 1))
            part = group(gold["kind"])
            hit = next(
                (
                    i
                    for i, m in enumerate(found)
                    if i not in used
                    and m.start < end
                    and begin < m.end
                    and m.kind == gold["kind"]
                    and (part == "organisations" or m.entity == gold["id"])
                ),
                None,
            )
            for tally in (total, each[part]):
                if hit is None:
                    tally.missed += 1
                else:
                    tally.right += 1
            if hit is None:
                near = [(m.surface, m.kind, m.entity) for m in found]
                total.lines.append(f"MISS {text!r}: {gold['surface']!r} {gold['kind']} {gold['id']} <> {near}")
            else:
                used.add(hit)
        for i, m in enumerate(found):
            if i not in used:
                total.wrong += 1
                each[group(m.kind)].wrong += 1
                total.lines.append(f"EXTRA {text!r}: {m.surface!r} {m.kind} {m.entity}")
    return total, each


def report_mentions(which: str, verbose: bool) -> None:
    total, each = mentions(f"mentions_{which}")
    print(
        f"mentions ({which}): {total.right + total.missed}: {total}; "
        + "; ".join(f"{name} {tally.f1:.3f}" for name, tally in each.items())
    )
    if verbose:
        print("\n".join(total.lines))


def topics(name: str, codebook: Codebook | None = None) -> tuple[dict[str, Tally], list[str]]:
    """Agreement by topic on whole articles."""
    coder = TopicCoder(codebook)
    each = {slug: Tally() for slug in coder.codebook.topics}
    lines = []
    for row in rows(name):
        fields = {"headline": row["headline"], "teaser": row["teaser"], "body": row["body"]}
        found, gold = {t.topic: t for t in coder.find(fields)}, set(row["topics"])
        for slug in each:
            if slug in found and slug in gold:
                each[slug].right += 1
            elif slug in found:
                each[slug].wrong += 1
                lines.append(
                    f"EXTRA {slug} {found[slug].score} in {row['headline']!r}: {sorted({w.word for w in found[slug].words})[:9]}"
                )
            elif slug in gold:
                each[slug].missed += 1
                lines.append(f"MISS {slug} in {row['headline']!r}: {row['body'][:160]!r}")
    return each, lines


def report_topics(which: str, verbose: bool) -> None:
    each, lines = topics(f"topics_{which}")
    total = Tally(*(sum(getattr(t, part) for t in each.values()) for part in ("right", "wrong", "missed")))
    macro = sum(t.f1 for t in each.values()) / len(each)
    count = sum(1 for _ in rows(f"topics_{which}"))
    print(f"topics ({which}): {count} articles, macro F1 {macro:.3f}, micro {total}")
    print("  " + "  ".join(f"{slug} {tally.f1:.2f}" for slug, tally in each.items()))
    if verbose:
        print("\n".join(lines))


def report_relevance(which: str, verbose: bool) -> None:
    tally, brands = Tally(), load_registry().brands
    items = list(rows(f"relevance_{which}"))
    for row in items:
        fields = {"headline": row["headline"], "teaser": row["teaser"]}
        found = relevance(fields, brands)
        if found.relevant and row["relevant"]:
            tally.right += 1
        elif found.relevant:
            tally.wrong += 1
            tally.lines.append(f"EXTRA {row['headline']!r} / {row['teaser']!r}: {found.score} {found.words}")
        elif row["relevant"]:
            tally.missed += 1
            tally.lines.append(f"MISS {row['headline']!r} / {row['teaser']!r}: {found.score} {found.words}")
    print(f"relevance ({which}): {len(items)} headlines with teasers: {tally}")
    if verbose:
        print("\n".join(tally.lines))


REPORTS = {
    "topics": report_topics,
    "relevance": report_relevance,
    "dates": report_dates,
    "events": report_events,
    "mentions": report_mentions,
}


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "what", nargs="*", choices=[*REPORTS, []], default=[], help="what to measure; all of it by default"
    )
    parser.add_argument(
        "--set", choices=("dev", "test"), default="test", help="dev is for looking at while writing rules"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="print every miss")
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    for name in given.what or REPORTS:
        REPORTS[name](given.set, given.verbose)


if __name__ == "__main__":
    main()
