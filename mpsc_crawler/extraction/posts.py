"""Several posts on one page, with no pages of their own: split by heading and date, named by fragment or heading."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from mpsc_crawler.extraction.article import extract
from mpsc_crawler.extraction.attachments import attachments_in
from mpsc_crawler.extraction.blocks import Block, as_html, as_text, blocks_of
from mpsc_crawler.extraction.body import select
from mpsc_crawler.extraction.dom import El
from mpsc_crawler.extraction.images import images_in
from mpsc_crawler.extraction.language import detect_language
from mpsc_crawler.extraction.parts import Reading, read_page
from mpsc_crawler.extraction.published import line_date, lines_near, time_elements
from mpsc_crawler.extraction.rights import rights_of
from mpsc_crawler.extraction.urls import canonical_url, url_key
from mpsc_crawler.items import ArticleLink, DateValue, Evidence, NewsArticle, media_evidence
from mpsc_crawler.language.dates import parse_date

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def slug_of(text: str) -> str:
    """A fragment made from a heading: lower case, ASCII, hyphens."""
    folded = unicodedata.normalize("NFKD", text.lower().translate(_UMLAUTS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:80]


def extract_all(
    html: bytes,
    url: str,
    *,
    fetched_at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
    source: str | None = None,
    link: ArticleLink | None = None,
    platform: str | None = None,
    names: Mapping[str, str] | None = None,
) -> list[NewsArticle]:
    """Every post of a page that holds several; a page that holds one article gives that one.

    Parameters as for :func:`mpsc_crawler.extraction.article.extract`. Each post's address is the page's with the
    post's own fragment, or one made from its heading.
    """
    reading = read_page(html, url, headers=headers, platform=platform, link=link, names=names)
    posts = _split(reading, url, fetched_at, source)
    rights, rights_evidence = rights_of(reading.page, headers or {}, reading.structured.licences) if posts else ({}, [])
    for post in posts:
        post.rights = dict(rights)
        post.evidence += rights_evidence
    reading.page.release()
    if len(posts) >= 2:
        return posts
    told = {"headers": headers, "source": source, "link": link, "platform": platform, "names": names}
    single = extract(html, url, fetched_at=fetched_at, **told)  # type: ignore[arg-type]
    return [single] if single is not None else []


def _split(reading: Reading, url: str, fetched_at: datetime | None, source: str | None) -> list[NewsArticle]:
    body = reading.page.body
    root = max(
        (el for el in reading.order if el.tag in ("main", "article") or el is reading.root),
        key=lambda el: el.prose,
        default=body,
    )
    blocks = blocks_of(root)
    level = _post_level(blocks)
    if level is None:
        return []
    starts = [index for index, block in enumerate(blocks) if block.kind == "h" and block.level == level]
    # a date above the heading belongs to the post below it, if the page writes all its dates there
    above = sum(1 for index in starts if index and _is_date(blocks[index - 1]))
    shift = 1 if above > len(starts) / 2 else 0
    bounds = [max(0, index - shift) if shift and index and _is_date(blocks[index - 1]) else index for index in starts]
    posts = []
    used: Counter[str] = Counter()
    for number, (index, begin) in enumerate(zip(starts, bounds, strict=True)):
        end = bounds[number + 1] if number + 1 < len(bounds) else len(blocks)
        post = _post(reading, blocks[index], blocks[begin:end], url, fetched_at, source, used)
        if post is not None:
            posts.append(post)
    return posts


def _is_date(block: Block) -> bool:
    return (
        block.kind != "h"
        and len(block.text) <= 80
        and (line_date(block.text) is not None or _month_line(block.text) is not None)
    )


def _month_line(text: str) -> DateValue | None:
    if len(text) > 30:
        return None
    value = parse_date(text, None)
    return value if value is not None and value.precision == "month" and value.raw == text.strip() else None


def _post_level(blocks: list[Block]) -> int | None:
    """The heading level that opens posts: the highest one that stands at least twice with text below it."""
    count: Counter[int] = Counter()
    for block, following in pairwise(blocks):
        if block.kind == "h" and following.kind != "h":
            count[block.level] += 1
    return min((level for level, times in count.items() if times >= 2 and level > 1), default=None)


def _fragment(heading: El, root: El) -> str:
    node: El | None = heading
    while node is not None and node is not root and node.tag not in ("main", "body"):
        if node.get("id"):
            return node.get("id")
        if sum(1 for other in node.find("h1", "h2", "h3", "h4")) > 1:
            break
        node = node.parent
    return next((a.get("name") or a.get("id") for a in heading.find("a") if a.get("name") or a.get("id")), "")


def _post(
    reading: Reading,
    heading: Block,
    blocks: list[Block],
    url: str,
    fetched_at: datetime | None,
    source: str | None,
    used: Counter[str],
) -> NewsArticle | None:
    lines = [block.text for block in blocks if block.kind != "h" and len(block.text) <= 160]
    holder = _holder(heading.el, reading)
    times = [el for el in holder.find("time")] if holder is not None else []
    published = [*time_elements(times)[0], *lines_near(lines, "post")[0]]
    published += [
        replace(v, rule="post.month", kind="published", confidence=0.7, span=None)
        for v in map(_month_line, lines)
        if v is not None
    ]
    texts = select([b for b in blocks if b is not heading and not _is_date(b)], heading.text, None)
    body = as_text(texts)
    if len(body) < 30:
        return None
    fragment = _fragment(heading.el, reading.root) or slug_of(heading.text)
    used[fragment] += 1
    if used[fragment] > 1:
        fragment = f"{fragment}-{used[fragment]}"
    address = f"{canonical_url(url)}#{fragment}"
    best = max(published, key=lambda v: v.confidence, default=None)
    if best is not None and fetched_at is not None and best.day is not None and best.day > fetched_at.date():
        best = None
    language, language_evidence = detect_language(f"{heading.text}. {body}", reading.page.language)
    region = holder if holder is not None else heading.el
    images = images_in(region, texts[0].el if texts else None, texts[-1].el if texts else None, reading.page.base)
    attachments = attachments_in(region, reading.page.base)
    evidence = [Evidence("headline", f"post.h{heading.level}", heading.text, 0.8), language_evidence]
    evidence.append(Evidence("body", "post.section", body[:80], 0.75))
    if best is not None:
        evidence.append(Evidence("published", best.rule, best.raw, best.confidence))
    evidence += media_evidence(images, attachments)
    return NewsArticle(
        url=address,
        canonical_url=address,
        headline=heading.text,
        body=body,
        body_html=as_html(texts),
        published=best,
        language=language,
        images=images,
        attachments=attachments,
        subheadings=[block.text for block in texts if block.kind == "h"],
        source=source,
        platform=reading.reader.name if reading.reader is not None else None,
        identity=url_key(address),
        fetched_at=fetched_at,
        evidence=evidence,
    )


def _holder(heading: El, reading: Reading) -> El | None:
    """The element that holds this post and no other: the largest with a single heading of its level."""
    best: El | None = None
    node = heading.parent
    while node is not None and node.tag not in ("main", "body") and node is not reading.root:
        if sum(1 for _ in node.find(heading.tag)) > 1:
            break
        best = node
        node = node.parent
    return best
