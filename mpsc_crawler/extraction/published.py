"""When was this published? Weighs what structured data, the page's own lines and the list say. Wrong is worse than none.

A date inside a sentence is an event's, never the publication's; a date line counts only near the headline. A range or
a future day is an event. The day of the crawl in a page header is the clock on the wall.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from mpsc_crawler.extraction.dom import El, clean
from mpsc_crawler.extraction.machine_dates import date_in_url, machine_date
from mpsc_crawler.extraction.naming import EVENT
from mpsc_crawler.items import BERLIN, ArticleLink, DateValue, Evidence
from mpsc_crawler.language.dates import find_dates

_EARLIEST = date(1995, 1, 1)
SAYS_PUBLISHED = re.compile(
    r"veröffentlich|publiziert|erschienen|erstellt|eingestellt|pressemitteilung|pressemeldung|presseinformation|medieninformation"
    r"|medienservice|meldung|nachricht|\bvom\b|\bdatum\b|gespeichert|geschrieben|verfasst|gepostet|posted|published|beitrag|archiv|newsletter|artikel|online seit",
    re.I,
)
SAYS_MODIFIED = re.compile(r"\bstand\b|aktualisier|geändert|änderung|updated|modified|letzte bearbeitung|zuletzt", re.I)
SAYS_EVENT = re.compile(
    r"termin|veranstaltung|beginn|uhrzeit|\bwann\b|\bwo\b|\bort\b|einlass|anmelde|frist|schluss|\bbis\b|\bab\b|\bseit\b|start|treffpunkt|eintritt|laufzeit"
    r"|\w+halle\b|\w*saal\b|bürgerhaus|kulturzentrum|zeitraum|dauer|sitzung|gültig|copyright|©|lesezeit am|geburt|ausgabe vom",
    re.I,
)
_DIGIT = re.compile(r"[0-9]")
# two numbers with a sign between them, a number beside the beginning of a month's name, or eight digits
_MAY_TELL_DAY = re.compile(
    r"\d\s*[./-]\s*\d|\d{6}|jan|j[äa]n|feb|m[äa]e?r|mrz|apr|ma[iy]|jun|jul|aug|sep|o[kc]t|nov|de[zc]", re.I
)
_RESIDUE = re.compile(r"[^\W\d_]{2,}")
_HARMLESS = re.compile(
    r"\b(?:von|am|um|uhr|den|der|die|das|in|im|aus|für|vom|by|on|nr|redaktion|lesezeit|minuten|min|kategorien?|rubrik|aktuelles|news|neuigkeiten"
    r"|presse\w*|stadt\w*|gemeinde\w*|landkreis\w*|kreis\w*|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|\w*meldung(?:en)?|\w*mitteilung(?:en)?|autor(?:in)?)\b",
    re.I,
)
_BARS = re.compile(r"(?<=\d)\s\|\s(?=\d)")  # "26 | 01 | 2022"
_EDITION = re.compile(r"\bausgabe\b", re.I)  # the day on the paper, not that of the page
_NUMBERED = re.compile(r",\s*Nr\.\s*\d+\s*$")  # a press release may be numbered so, but so is a newspaper


@dataclass(frozen=True, slots=True)
class Decision:
    """The chosen date and the evidence, losers that differ included."""

    value: DateValue | None
    evidence: tuple[Evidence, ...]


def _sane(value: DateValue, fetched_at: datetime | None) -> bool:
    day = value.day
    if day is None or day < _EARLIEST:
        return False
    return fetched_at is None or day <= fetched_at.astimezone(BERLIN).date() + timedelta(days=1)


def may_tell_day(text: str) -> bool:
    """Whether a text can tell a day with its year: a cheap look before the real one."""
    return _DIGIT.search(text) is not None and _MAY_TELL_DAY.search(text) is not None


@lru_cache(maxsize=10_000)
def line_date(text: str, reference: date | None = None) -> tuple[DateValue, str] | None:
    """The one date of a line that holds little else, with what stands around it; ``None`` for sentences and ranges.

    :param text: one line of the page, such as "Pressemitteilung Nr. 338 vom 30.06.2022".
    """
    text = _BARS.sub(".", text)
    if len(text) > 160 or not may_tell_day(text):
        return None
    values = find_dates(text, reference)
    if not values:
        value = machine_date(text, "line", 0.8) if len(text) < 40 else None
        return (value, "") if value is not None and value.precision in ("day", "minute") else None
    value = values[0]
    if len({v.day for v in values}) > 2 or value.start is None or value.end is None or value.start != value.end:
        return None
    if value.precision not in ("day", "minute") or not re.search(r"\d{2,4}|'\d\d", value.raw) or value.confidence < 1:
        return None
    span = value.span or (0, 0)
    return value, f"{text[: span[0]]} {text[span[1] :]}"


def published_value(value: DateValue, raw: str, rule: str, confidence: float) -> DateValue:
    """A date found in a text, as a date of publication with its own evidence."""
    return replace(value, raw=raw, rule=rule, confidence=confidence, kind="published", span=None)


def lines_near(lines: list[str], where: str) -> tuple[list[DateValue], list[DateValue]]:
    """Publication and modification dates among the lines near the headline.

    :param lines: short texts of the page in order.
    :param where: names the place in the rule, e.g. ``near-headline``.
    """
    published: list[DateValue] = []
    modified: list[DateValue] = []
    label = ""
    for text in lines:
        found = line_date(text)
        if found is None:
            label = text if len(text) <= 40 else ""
            continue
        value, around = found
        around = f"{label} {around}" if label.rstrip().endswith((":", "am", "vom")) else around
        label = ""
        if _EDITION.search(around):
            continue
        said_published, said_modified = SAYS_PUBLISHED.search(around), SAYS_MODIFIED.search(around)
        values = find_dates(text, None) if said_modified and said_published else []
        if len(values) == 2:
            begin = 0
            for each in values:
                span = each.span or (0, 0)
                if SAYS_MODIFIED.search(text[begin : span[0]]):
                    modified.append(replace(published_value(each, text, f"{where}.label", 0.9), kind="updated"))
                else:
                    published.append(published_value(each, text, f"{where}.label", 0.9))
                begin = span[1]
            continue
        if said_modified and not said_published:
            modified.append(replace(published_value(value, text, f"{where}.label", 0.85), kind="updated"))
            continue
        if SAYS_EVENT.search(around) and not said_published:
            continue
        residue = _RESIDUE.findall(_HARMLESS.sub(" ", around))
        if said_published and len(residue) <= 12:
            published.append(published_value(value, text, f"{where}.label", 0.9))
        elif len(residue) <= 3:
            sure = 0.6 if _NUMBERED.search(text) else 0.84 if not residue else 0.78
            published.append(published_value(value, text, f"{where}.line", sure))
    return published, modified


_PLACE_BEFORE = re.compile(r"^[\W_]*(?:[A-ZÄÖÜ][\w.\-/ ]{1,40}?)?[,:]?\s*(?:\(?(?:den|am)\s+)?\(?$")
_RELEASE = re.compile(
    r"^(?:presse|medien)?(?:mitteilung|meldung|information|erklärung)e?n?\b[^.:]{0,30}\bvom\s*$", re.I
)
_QUOTED = re.compile(r"^\s+[„“»\"]")
_DASH_BEHIND = re.compile(r"^\)?\s*(?:uhr\s*)?(?:[–—:|]|-\s|\.\s*[–—-]|\)\s*[–—:.-]?)")


def dateline(first: str) -> DateValue | None:
    """The dateline that opens a body: "Naunhof, den 25. 09. 2020 – …", "12.12.2022 - …", "(pm) 3. Mai 2024: …"."""
    head = first[:90]
    values = find_dates(head, None) if may_tell_day(head) else []
    if not values:
        return None
    value = values[0]
    span = value.span or (0, 0)
    if span[0] > 60 or value.precision not in ("day", "minute") or value.start != value.end or value.confidence < 1:
        return None
    before, behind = head[: span[0]], head[span[1] :]
    if _RELEASE.match(before) or (span[0] == 0 and _QUOTED.match(behind)):
        return published_value(value, head[: span[1]], "dateline", 0.8)
    if re.match(r"^\s*am\b", before, re.I) or not _PLACE_BEFORE.match(before) or not _DASH_BEHIND.match(behind):
        return None
    return published_value(value, head[: span[1]], "dateline", 0.8)


def time_elements(elements: list[El]) -> tuple[list[DateValue], list[DateValue]]:
    """Dates of ``time`` elements of the article's own header."""
    published: list[DateValue] = []
    modified: list[DateValue] = []
    for el in elements:
        if "itemprop" in el.attrs:
            continue  # read as microdata: no second witness
        around_it = (el, el.parent) if el.parent is not None else (el,)
        if any(each.traits & EVENT for each in around_it):
            continue
        names = " ".join(each.names for each in around_it)
        raw = el.get("datetime") or el.text()
        around = el.parent.text() if el.parent is not None else ""
        found = machine_date(raw, "time", 0.87) or machine_date(el.text(), "time", 0.85)
        if found is not None and found.precision == "minute" and "T12:00:00" in raw:
            # noon stands for "no time told" where the visible text tells a day only
            shown = machine_date(el.text(), "time", 0.87)
            found = shown if shown is not None and shown.precision == "day" else found
        if found is None or (len(around) < 120 and SAYS_EVENT.search(around) and not SAYS_PUBLISHED.search(around)):
            continue
        if re.search(r"updated|modified|aktualis|geaendert|changed", names) or (
            len(around) < 120 and SAYS_MODIFIED.search(around) and not SAYS_PUBLISHED.search(around)
        ):
            modified.append(replace(found, rule="time.modified", kind="updated"))
        else:
            published.append(replace(found, rule="time", raw=clean(raw)))
    return published, modified


def from_link(link: ArticleLink | None) -> list[DateValue]:
    """What the list, feed or sitemap said."""
    if link is None or link.published is None:
        return []
    return [replace(link.published, rule=f"link:{link.rule}", kind="published")]


def decide(
    candidates: list[DateValue], url: str, fetched_at: datetime | None, header_lines: Callable[[], list[str]]
) -> Decision:
    """Choose the publication date.

    :param candidates: in any order, each with its rule and confidence.
    :param fetched_at: when the page was fetched (aware), to refuse future days and the clock on the wall.
    :param header_lines: gives the texts of the page's header when asked; a candidate line that stands there and equals the day of the
        fetch is refused.
    """
    in_url = date_in_url(url)
    pool = [c for c in candidates if _sane(c, fetched_at)]
    if fetched_at is not None:
        today = fetched_at.astimezone(BERLIN).date()
        if any(c.day == today for c in pool):
            in_header = set(header_lines())
            pool = [c for c in pool if not (c.day == today and c.raw in in_header)]
    if in_url is not None and _sane(in_url, fetched_at):
        pool.append(in_url)
    if not pool:
        return Decision(None, ())
    # independent witnesses of the same day strengthen each other; several lines of one header are one witness
    best_of: dict[tuple[date | None, str], float] = {}
    for candidate in pool:
        witness = (candidate.day, candidate.rule.split(".", 1)[0])
        told = candidate.confidence if candidate.precision != "month" else 0.0
        best_of[witness] = max(best_of.get(witness, 0.0), told)
    weight: dict[date | None, float] = {}
    for (told_day, _), confidence in best_of.items():
        weight[told_day] = weight.get(told_day, 1.0) * (1 - confidence)
    day = min(weight, key=lambda d: (weight[d], -max(c.confidence for c in pool if c.day == d)))
    agreeing = [c for c in pool if c.day == day]
    best = max(
        agreeing,
        key=lambda c: (c.precision == "minute", c.confidence) if c.confidence >= 0.7 else (False, c.confidence),
    )
    certainty = round(min(0.99, 1 - weight[day]) if best.precision != "month" else best.confidence, 3)
    chosen = replace(best, confidence=certainty)
    evidence = [Evidence("published", chosen.rule, chosen.raw, certainty)]
    losers = {c.day: c for c in sorted(pool, key=lambda c: c.confidence) if c.day != day and c.precision != "month"}
    evidence += [Evidence("published", c.rule, c.raw, round(c.confidence, 3), chosen=False) for c in losers.values()]
    return Decision(chosen, tuple(evidence))


def decide_modified(candidates: list[DateValue], published: DateValue | None, fetched_at: datetime | None) -> Decision:
    """Choose the modification date; one that equals or precedes the publication tells nothing."""
    pool = [c for c in candidates if _sane(c, fetched_at)]
    if published is not None and published.day is not None:
        since = published.day
        pool = [c for c in pool if c.day is not None and c.day >= since and c.start != published.start]
        pool = [c for c in pool if c.day != since or c.precision == "minute"]
    if not pool:
        return Decision(None, ())
    surest = max(pool, key=lambda c: (c.confidence, c.precision == "minute"))
    same_day = [c for c in pool if c.day == surest.day and c.confidence >= 0.7]
    best = next((c for c in same_day if c.precision == "minute"), surest)
    return Decision(replace(best, kind="updated"), (Evidence("modified", best.rule, best.raw, best.confidence),))
