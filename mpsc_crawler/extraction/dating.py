"""Where on a page its dates stand: the article's header, named elements, the dateline, the end of the text."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mpsc_crawler.extraction.blocks import Block
from mpsc_crawler.extraction.dom import El, clean
from mpsc_crawler.extraction.naming import EVENT
from mpsc_crawler.extraction.parts import Reading
from mpsc_crawler.extraction.published import (
    dateline,
    decide,
    decide_modified,
    from_link,
    lines_near,
    time_elements,
)
from mpsc_crawler.items import ArticleLink, DateValue, Evidence

_HEADER_LINES = 14
_LINE_TAGS = frozenset(("p", "div", "span", "li", "dd", "small", "time", "strong", "td"))


def find_dates_of(
    reading: Reading,
    blocks: list[Block],
    all_blocks: list[Block],
    url: str,
    fetched_at: datetime | None,
    link: ArticleLink | None,
) -> tuple[DateValue | None, DateValue | None, list[Evidence]]:
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
            if len(text) <= 160 and not _in_list(el) and not any(above.tag == "li" for above in el.ancestors()):
                found_published, found_modified = lines_near(
                    [text], f"{reading.reader.name if reading.reader else ''}.{field}"
                )
                target.extend(
                    replace(v, kind="published" if kind == "published" else "updated", confidence=0.88)
                    for v in found_published
                )
                modified.extend(found_modified)
    if blocks:
        opening = dateline(all_blocks[0].text) or dateline(blocks[0].text)
        if opening is not None:
            published.append(opening)
        tail_published, tail_modified = lines_near(
            [b.text for b in all_blocks[-2:] if len(b.text) < 100 and b not in blocks], "end"
        )
        published += [replace(v, confidence=0.72) for v in tail_published]
        modified += tail_modified
    published += from_link(link)
    decision = decide(published, url, fetched_at, lambda: _page_header(reading))
    if link is not None and link.modified is not None:
        modified.append(replace(link.modified, rule=f"link:{link.rule}", confidence=0.6))
    changed = decide_modified(modified, decision.value, fetched_at)
    return decision.value, changed.value, [*decision.evidence, *changed.evidence]


def _header(reading: Reading, blocks: list[Block]) -> tuple[list[El], list[str]]:
    """The article's own header: its time elements and short lines."""
    head = reading.headline.element.index if reading.headline.element is not None else -1
    text = blocks[0].el.index if blocks else head + 1
    low, high = (min(head, text), max(head, text)) if head >= 0 else (text, text)
    times: list[El] = []
    lines_before: list[str] = []
    lines: list[str] = []
    behind = 0
    region = reading.region
    first = min(low, max(low - 60, region.index)) if region.tag != "body" else max(0, low - 60)
    for el in reading.order[max(0, first) : high + 26]:
        index = el.index
        inside = region.holds(el)
        if el.tag == "time" and inside and not _in_list(el):
            times.append(el)
        near = index >= low - 25
        if index > high + 12 or not el.size or not (inside or (near and not el.noise)):
            continue
        line = _line_of(el)
        if line is None or _in_list(el) or el.traits & EVENT:
            continue
        if index < low:
            lines_before.append(line)
        else:
            behind += index > high
            if behind <= 2:
                lines.append(line)
    return times, lines_before[-_HEADER_LINES:] + lines


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


def _in_list(el: El) -> bool:
    """Whether the element belongs to a list of other things (teasers, events) rather than to the article's header."""
    for above in el.ancestors():
        if above.tag == "a":
            return True
        if (
            above.tag in ("ul", "ol")
            and sum(1 for c in above.children if not isinstance(c, str) and c.first("a") is not None) > 2
        ):
            return True
    return False
