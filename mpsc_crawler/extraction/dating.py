"""Where on a page its dates stand: the article's header, named elements, the dateline, the end of the text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from itertools import islice

from mpsc_crawler.extraction.blocks import Block
from mpsc_crawler.extraction.dom import El, clean, parse
from mpsc_crawler.extraction.headline import key
from mpsc_crawler.extraction.machine_dates import date_in_scripts, date_in_title, machine_date
from mpsc_crawler.extraction.naming import AUTHOR, DATE, EVENT
from mpsc_crawler.extraction.noise import survey
from mpsc_crawler.extraction.parts import Reading, of_other
from mpsc_crawler.extraction.published import (
    SAYS_EVENT,
    SAYS_MODIFIED,
    SAYS_PUBLISHED,
    dateline,
    decide,
    decide_modified,
    from_link,
    line_date,
    lines_near,
    published_value,
    time_elements,
)
from mpsc_crawler.items import ArticleLink, DateValue, Evidence
from mpsc_crawler.language.dates import find_dates

_GOOD_ENOUGH = 0.78
_HEADER_LINES = 14
_NEAR = 60
_ABOVE = 12  # elements before the article in which its date may stand
_LINE_TAGS = frozenset(("p", "div", "span", "li", "dd", "small", "time", "strong", "td"))


def find_dates_of(
    reading: Reading,
    blocks: list[Block],
    all_blocks: list[Block],
    url: str,
    fetched_at: datetime | None,
    link: ArticleLink | None,
    teaser: str | None = None,
) -> tuple[DateValue | None, DateValue | None, list[Evidence]]:
    """Publication and modification date of an article with their evidence, losers included.

    :param blocks: the blocks of the body; ``all_blocks`` those of its container.
    :param fetched_at: when the page was fetched, aware.
    """
    published = list(reading.structured.published)
    modified = list(reading.structured.modified)
    elements, lines = _header(reading, blocks)
    for more, target in zip(time_elements(elements), (published, modified), strict=True):
        target.extend(more)
    near_published, near_modified = lines_near(lines, "near-headline")
    published += near_published
    modified += near_modified
    for field, target, kind in (("published", published, "published"), ("modified", modified, "updated")):
        for el in reading.named(field):
            text = el.text()
            if len(text) <= 160 and not reading.in_list(el) and not any(above.tag == "li" for above in el.ancestors()):
                found_published, found_modified = lines_near(
                    [text], f"{reading.reader.name if reading.reader else ''}.{field}"
                )
                target.extend(
                    replace(v, kind="published" if kind == "published" else "updated", confidence=0.88)
                    for v in found_published
                )
                modified.extend(found_modified)
    if blocks:
        opening_texts = [teaser or "", *(b.text for b in (*all_blocks[:2], blocks[0]))]
        opening = next(filter(None, (dateline(text) for text in opening_texts)), None)
        if opening is not None:
            published.append(opening)
        kept = {id(block) for block in blocks}
        left = [block for block in all_blocks if id(block) not in kept and len(block.text) < 100]
        last = {id(block) for block in all_blocks[-2:]}
        signed = _signature(blocks[-1].text)
        if signed is not None:
            published.append(signed)
        tail_published, tail_modified = lines_near([b.text for b in left if id(b) in last], "end")
        published += [replace(v, confidence=0.72) for v in tail_published]
        modified += tail_modified
        further = [b.text for b in left if id(b) not in last and SAYS_MODIFIED.search(b.text)]
        modified += lines_near(further, "end")[1]
    if not any(value.confidence >= _GOOD_ENOUGH for value in published):
        published += _marked(reading)
        carried = (date_in_title(reading.page.title), date_in_scripts(reading.page.source))
        published += [value for value in carried if value is not None]
    published += from_link(link)
    if not published:
        published += _left_out(reading)
    decision = decide(published, url, fetched_at, lambda: _page_header(reading))
    if link is not None and link.modified is not None:
        modified.append(replace(link.modified, rule=f"link:{link.rule}", confidence=0.6))
    changed = decide_modified(modified, decision.value, fetched_at)
    return decision.value, changed.value, [*decision.evidence, *changed.evidence]


_SIGNED = re.compile(r"(?:[A-ZÄÖÜ][\w.-]*\s?){1,5}")
_PLACE_OR_DAY = re.compile(
    r"halle|saal|platz|stra(?:ß|ss)e|haus\b|schule|zentrum|museum|kirche|bibliothek|bücherei|\bort\b|termin|frist|schluss|beginn|uhr\b",
    re.I,
)


def _signature(last: str) -> DateValue | None:
    """The date under a text that is signed like a letter: a name, and below it a day alone."""
    lines = last.split("\n")
    if not 2 <= len(lines) <= 3 or len(last) > 80:
        return None
    if any(not _SIGNED.fullmatch(line) or _PLACE_OR_DAY.search(line) or SAYS_EVENT.search(line) for line in lines[:-1]):
        return None
    found = line_date(lines[-1])
    if found is None or found[1].strip(" ,.()"):
        return None
    return published_value(found[0], lines[-1], "end.signature", 0.6)


def _header(reading: Reading, blocks: list[Block]) -> tuple[list[El], list[str]]:
    """The article's own header: its time elements and short lines."""
    head = reading.headline.element.index if reading.headline.element is not None else -1
    text = blocks[0].el.index if blocks else head + 1
    low, high = (min(head, text), max(head, text)) if head >= 0 else (text, text)
    times: list[El] = []
    lines_before: list[str] = []
    lines: list[str] = []
    behind = 0
    label = ""
    region = reading.region
    first = min(low, max(low - 60, region.index - _ABOVE)) if region.tag != "body" else max(0, low - 60)
    for el in reading.order[max(0, first) : high + 26]:
        index = el.index
        inside = region.holds(el)
        if el.tag == "time" and inside and not reading.in_list(el):
            times.append(el)
        near = index >= low - 25
        if index > high + 12 or not el.size or not (inside or (near and not el.noise)):
            continue
        line = _line_of(el)
        if line is None or reading.in_list(el):
            continue
        if el.traits & EVENT and not (_LABEL.search(line) or _LABEL.search(label)):
            continue
        label = line if len(line) <= 40 else ""
        if index < low:
            lines_before.append(line)
        else:
            behind += index > high
            if behind <= 2:
                lines.append(line)
    return times, lines_before[-_HEADER_LINES:] + lines


_LABEL = re.compile(r"^(?:erschienen|veröffentlicht|publiziert|datum der veröffentlichung)(?: am)?\s*:?\s*$", re.I)


def _line_of(el: El) -> str | None:
    """The short line that an element shows of its own, or ``None``."""
    own = [c for c in el.children if isinstance(c, str) and not c.isspace()]
    if not own:
        return None
    line = el.text() if el.size <= 160 and el.tag in _LINE_TAGS else clean(" ".join(own))
    return line if line and len(line) <= 160 else None


def _page_header(reading: Reading) -> list[str]:
    """The lines of the page's header, above and outside the article."""
    head = reading.headline.element
    end = head.index if head is not None else reading.root.index
    lines = (_line_of(el) for el in reading.order[:end] if el.size and (el.noise or not reading.region.holds(el)))
    return [line for line in lines if line is not None]


_SENTENCE = re.compile(
    r"^(?:Diese[rsn]? (?:Beitrag|Artikel|Eintrag|Text|Meldung)|Geschrieben|Veröffentlicht|Erschienen|Eingestellt|Gepostet)\b.{0,80}$",
    re.S,
)
_SAID = re.compile(
    r"(?:gepostet|veröffentlich\w*|erschienen|publiziert|online seit|eingestellt)\s*(?:am|:|am:)?\s*$", re.I
)


_CALLED_DATE = re.compile(r"\bdatum\s*:?\s*$", re.I)
_DIGIT = re.compile(r"\d")
_HINT = re.compile(r"röffentlich|rschienen|[Dd]atum|ubliziert|nline seit|ingestellt|eschrieben|epostet|Diese")


def _hints(el: El) -> bool:
    """Whether the element's own words may call a date one of publication; a cheap look before the real one."""
    return any(
        _HINT.search(child) is not None
        if isinstance(child, str)
        else child.tag in ("strong", "b", "span", "em", "label") and _HINT.search(child.text()[:60]) is not None
        for child in el.children
    )


def _marked(reading: Reading) -> list[DateValue]:
    """Dates of small print anywhere around the article, where nothing better was found; none if they disagree.

    What their element's name or a word before them calls a date of publication counts; lists of other articles never.
    """
    found: list[tuple[int, DateValue]] = []
    head = reading.headline.element
    place = head.index if head is not None else reading.root.index
    for el in reading.order:
        said = el.traits & (DATE | AUTHOR) and not el.traits & EVENT
        if not said and el.tag not in ("time", "p", "li", "span", "div", "small", "h2", "h3", "h4", "td", "dd"):
            continue
        if not said and el.tag != "time" and not (6 <= el.size <= 420 and _hints(el)):
            continue
        value = _of_mark(el, named=bool(said))
        near = reading.region.holds(el) or place - _NEAR <= el.index <= place
        if (
            value is not None
            and (near or (value.rule == "marked.label" and not _leads_elsewhere(el)))
            and not reading.in_list(el)
            and not of_other(el, head)
        ):
            found.append((abs(el.index - place), value))
    strong = [value for _, value in found if value.confidence >= 0.75]
    pool = strong or [value for _, value in sorted(found, key=lambda pair: pair[0])][:6]
    if len({value.day for value in pool}) > (2 if strong else 1):
        return []
    return pool[:1]


def _leads_elsewhere(el: El) -> bool:
    """Whether a link to something else stands in the same small box: the date is that of what it leads to."""
    for above in (el, *islice(el.ancestors(), 4)):
        if above.tag in ("article", "main", "body") or above.size > el.size + 200:
            return False
        if any(link.size >= 20 and "rel" not in link.attrs for link in above.find("a")):
            return True
    return False


_WORDS_AROUND = 1500
_SAYS_SO = re.compile(rb"(?:rschienen|ffentlicht|epostet|ubliziert)(?: (?:am|wurde)|:)")


def _left_out(reading: Reading) -> list[DateValue]:
    """Dates in sidebars and footers, which reading an article leaves out, where the page tells none elsewhere.

    Only a ``time`` element or what calls itself the date of publication counts, in a box that names the article.
    """
    page, headline = reading.page, key(reading.headline.text or "")
    if not headline:
        return []  # no box can name it
    seen = sum(1 for el in reading.order if el.tag == "time")
    if page.source.count(b"<time") <= seen and _SAYS_SO.search(page.source) is None:
        return []  # nothing was left out that could tell
    whole = parse(page.source, page.url, page.content_type)
    survey(whole.body)
    found: list[DateValue] = []
    for el in whole.body.document:
        told: list[DateValue] = []
        if el.tag == "time":
            told = time_elements([el])[0]
        elif 6 <= el.size <= 420 and el.tag in _LINE_TAGS and _hints(el):
            value = _of_mark(el, named=False)
            told = [value] if value is not None and value.rule == "marked.label" else []
        if told and not of_other(el):
            boxes = [above for above in (el, *el.ancestors()) if above.size <= _WORDS_AROUND]
            if boxes and headline in key(boxes[-1].text()):
                found += told
    whole.release()
    return [replace(value, confidence=0.7) for value in found[:1]] if len({v.day for v in found}) == 1 else []


def _of_mark(el: El, *, named: bool) -> DateValue | None:
    if el.tag == "time":
        return next(iter(time_elements([el])[0]), None)
    if named and "title" in el.attrs:
        value = machine_date(el.get("title"), "title-attribute", 0.82)
        if value is not None:
            return value
    if not 6 <= el.size <= 420:
        return None
    for text in _lines_of(el):
        if not _DIGIT.search(text):
            continue
        values = find_dates(text, None)
        value = values[0] if values else None
        if (
            value is None
            or value.precision not in ("day", "minute")
            or value.start != value.end
            or value.confidence < 1
        ):
            continue
        begin, end = value.span or (0, 0)
        before, whole = text[:begin], len(text) <= 160
        if _SAID.search(before) or (_SENTENCE.match(before) and SAYS_PUBLISHED.search(text)):
            return published_value(value, text, "marked.label", 0.78)
        named = named or bool(_CALLED_DATE.search(before))
        if not (named and whole) or len(values) > 1 or SAYS_EVENT.search(before) or SAYS_MODIFIED.search(before):
            continue
        if len(before) <= 45 and len(text) - end <= 90:
            return published_value(value, text, "marked.name", 0.7)
    return None


def _lines_of(el: El) -> list[str]:
    """The lines that an element shows of its own, broken at ``br``; inline elements belong to them."""
    if not any(isinstance(child, str) and not child.isspace() for child in el.children):
        return [el.text()] if el.traits & (DATE | AUTHOR) and len(el.children) <= 12 else []
    lines, pieces = [], []
    for child in el.children:
        if isinstance(child, str):
            pieces.append(child)
        elif child.tag == "br":
            lines.append(clean(" ".join(pieces)))
            pieces = []
        else:
            pieces.append(child.text())
    return [*lines, clean(" ".join(pieces))]
