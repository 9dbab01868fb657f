"""What does this page say? The conductor: bytes in, an article with its evidence out. Pure: no I/O, no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin

from mpsc_crawler.extraction import platforms
from mpsc_crawler.extraction.attachments import attachments_in
from mpsc_crawler.extraction.blocks import Block, as_html, as_text, blocks_of
from mpsc_crawler.extraction.body import choose_root, find_teaser, select, subheadings, within
from mpsc_crawler.extraction.dom import El, Page, clean, parse
from mpsc_crawler.extraction.headline import Headline, choose_headline, key
from mpsc_crawler.extraction.images import images_in
from mpsc_crawler.extraction.language import detect_language
from mpsc_crawler.extraction.meta import authors_of, breadcrumbs_of, tags_of, translations_of
from mpsc_crawler.extraction.noise import survey
from mpsc_crawler.extraction.published import (
    EVENT_NAMES,
    dateline,
    decide,
    decide_modified,
    from_link,
    lines_near,
    time_elements,
)
from mpsc_crawler.extraction.structured import Structured, read_structured
from mpsc_crawler.extraction.urls import canonical_url, site_of, url_key
from mpsc_crawler.items import ArticleLink, DateValue, Evidence, NewsArticle

_HEADER_LINES = 14
_HARDLY_ANY = 200
_LINE_TAGS = frozenset(("p", "div", "span", "li", "dd", "small", "time", "strong", "td"))


@dataclass(slots=True)
class Reading:
    """What the steps of one reading share."""

    page: Page
    order: list[El]
    structured: Structured
    reader: platforms.PlatformReader | None
    headline: Headline
    root: El
    region: El


def read_page(
    html: bytes,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    platform: str | None = None,
    link: ArticleLink | None = None,
) -> Reading:
    """Parse a page once and find its parts; the readers below share the result."""
    content_type = next((v for k, v in (headers or {}).items() if k.lower() == "content-type"), None)
    page = parse(html, url, content_type, lean=True)
    order = survey(page.body)
    if page.body.prose < _HARDLY_ANY:
        # perhaps the text stands where no article should: in what calls itself a menu or a footer
        page = parse(html, url, content_type)
        order = survey(page.body)
    structured = read_structured(page, order)
    reader = platforms.recognise(page, order) or platforms.by_name(platform)
    headline = choose_headline(page, order, structured, link, site_of(url))
    root = choose_root(page.body, headline.element, _content_of(reader, order))
    return Reading(page, order, structured, reader, headline, root, _region(root, headline.element))


def _content_of(reader: platforms.PlatformReader | None, order: list[El]) -> El | None:
    pattern = reader.patterns.get("content") if reader is not None else None
    marked = (
        [el for el in order if el.names and not el.noise and pattern.search(el.names)] if pattern is not None else []
    )
    marked = marked or [el for el in order if el.attrs.get("itemprop") == "articleBody" and not el.noise]
    if not marked:
        return None
    best = max(marked, key=lambda el: el.prose)
    outside = [el for el in marked if el.prose > 60 and not best.holds(el) and not el.holds(best)]
    if outside:
        # the content is spread over several elements of that name: take what holds them all
        for above in best.ancestors():
            if all(above.holds(el) for el in outside):
                return above if above.tag != "body" else best
    return best


def _region(root: El, headline: El | None) -> El:
    """The element around headline and text: pictures and attachments of the article stand in it."""
    if headline is None:
        return root
    node: El | None = root
    while node is not None and not node.holds(headline):
        node = node.parent
    if node is None or node.tag == "body":
        holder = next((el for el in root.ancestors() if el.tag in ("article", "main")), None)
        return holder if holder is not None else (node or root)
    return node


def extract(
    html: bytes,
    url: str,
    *,
    fetched_at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
    source: str | None = None,
    link: ArticleLink | None = None,
    platform: str | None = None,
) -> NewsArticle | None:
    """Read one article from one page.

    :param html: the body as served, decoded from transfer and content encodings.
    :param url: the address it was served at (after redirects).
    :param fetched_at: aware; used to refuse publication dates of the future and the clock in a page header.
    :param headers: the response headers, for the charset.
    :param source: the source's slug, stored with the article.
    :param link: what the list knew; its date and headline are weighed as further evidence.
    :param platform: the platform the registry names, used where the page shows no trace.
    :returns: ``None`` where the page holds no article (neither headline nor text).
    """
    reading = read_page(html, url, headers=headers, platform=platform, link=link)
    page, structured, order = reading.page, reading.structured, reading.order
    teaser_el = _teaser_element(reading)
    all_blocks = blocks_of(reading.root)
    if teaser_el is not None:
        all_blocks = [block for block in all_blocks if not within(block, teaser_el)]
    blocks = select(all_blocks, reading.headline.text, reading.headline.kicker)
    heads = subheadings(blocks)
    body = as_text(blocks)
    evidence = list(reading.headline.evidence)
    if not body and structured.body:
        body = structured.body
        evidence.append(Evidence("body", "jsonld.articleBody", body[:80], 0.7))
    elif body:
        rule = "platform." + reading.reader.name if reading.reader is not None else "general"
        evidence.append(Evidence("body", rule, f"<{reading.root.tag} class={reading.root.names[:60]!r}>", 0.8))
    if reading.headline.text is None and not body:
        return None
    teaser, teaser_evidence = _teaser(teaser_el)
    published, modified, date_evidence = _dates(reading, blocks, all_blocks, url, fetched_at, link)
    article = NewsArticle(
        url=url,
        canonical_url=_canonical(structured, url),
        headline=reading.headline.text,
        kicker=reading.headline.kicker or _named_text(reading, "kicker", 100),
        teaser=teaser,
        body=body,
        body_html=as_html(blocks),
        published=published,
        modified=modified,
        subheadings=heads,
        source=source,
        platform=reading.reader.name if reading.reader is not None else None,
        fetched_at=fetched_at,
        evidence=evidence + teaser_evidence + date_evidence,
    )
    first = blocks[0].el if blocks else None
    last = blocks[-1].el if blocks else None
    article.images = images_in(reading.region, first, last, page.base)
    article.attachments = attachments_in(reading.region, page.base)
    authors, author_evidence = authors_of(order, structured, reading.region, reading.reader)
    article.authors = authors
    article.evidence += author_evidence
    article.tags = tags_of(order, structured, reading.region)
    if article.tags:
        article.evidence.append(Evidence("tags", "page.tags", ", ".join(article.tags), 0.8))
    if article.kicker:
        article.evidence.append(Evidence("kicker", "page.kicker", article.kicker, 0.75))
    article.breadcrumbs = breadcrumbs_of(order, structured, article.headline)
    article.language, language_evidence = detect_language(
        f"{article.headline or ''}. {teaser or ''} {body}", page.language or structured.language
    )
    article.evidence.append(language_evidence)
    article.translations = translations_of(page.links, url)
    article.identity = identity_of(reading, url, article.canonical_url)
    page.release()
    return article


def identity_of(reading: Reading, url: str, canonical: str) -> str:
    """The platform's id where it has one, else the canonical address without scheme and ``www.``"""
    ident = platforms.platform_id(reading.reader, reading.page, reading.order, url)
    if ident is not None and reading.reader is not None:
        return f"{site_of(url)}#{reading.reader.name}:{ident}"
    query = platforms.query_identity(url)
    return f"{site_of(url)}#{query}" if query else url_key(canonical)


def _canonical(structured: Structured, url: str) -> str:
    own = canonical_url(url)
    told = canonical_url(urljoin(url, structured.canonical)) if structured.canonical else ""
    same_site = bool(told) and site_of(told) == site_of(own)
    home = told.rstrip("/").count("/") <= 2 and own.rstrip("/").count("/") > 2
    lost_identity = (
        platforms.query_identity(url) is not None
        and platforms.query_identity(told) is None
        and "?" not in told
        and told == own.split("?")[0]
    )
    return told if same_site and not home and not lost_identity else own


def _named(reading: Reading, field: str) -> list[El]:
    pattern = reading.reader.patterns.get(field) if reading.reader is not None else None
    if pattern is None:
        return []
    return [el for el in reading.region.elements() if el.names and pattern.search(el.names)]


def _named_text(reading: Reading, field: str, longest: int) -> str | None:
    for el in _named(reading, field):
        text = el.text()
        if 2 < len(text) <= longest and key(text) != key(reading.headline.text or ""):
            return text
    return None


def _teaser_element(reading: Reading) -> El | None:
    for el in _named(reading, "teaser"):
        if 30 <= el.size <= 1200 and not el.noise and el is not reading.root:
            return el
    return find_teaser(reading.order, reading.headline.element, reading.root)


def _teaser(element: El | None) -> tuple[str | None, list[Evidence]]:
    """The visible lead only: descriptions for search engines are often cut or written for another purpose."""
    if element is None:
        return None, []
    text = re.sub(r"\s*\[(?:…|\.\.\.)\]$", "", element.text())
    return text, [Evidence("teaser", "page.lead", text[:120], 0.85)]


def _dates(
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
        for el in _named(reading, field):
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
        if line is None or _in_list(el) or (el.names and EVENT_NAMES.search(el.names)):
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
