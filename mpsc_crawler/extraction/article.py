"""What does this page say? The conductor: bytes in, an article with its evidence out. Pure: no I/O, no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urljoin

from mpsc_crawler.extraction import platforms
from mpsc_crawler.extraction.attachments import attachments_in
from mpsc_crawler.extraction.blocks import as_html, as_text, blocks_of
from mpsc_crawler.extraction.body import (
    drop_cards,
    find_lead,
    find_teaser,
    select,
    subheadings,
    within,
    without_newsletters,
)
from mpsc_crawler.extraction.dating import find_dates_of
from mpsc_crawler.extraction.dom import El
from mpsc_crawler.extraction.headline import key
from mpsc_crawler.extraction.images import images_in, told_images
from mpsc_crawler.extraction.language import detect_language
from mpsc_crawler.extraction.meta import authors_of, breadcrumbs_of, categories_of, tags_of, translations_of
from mpsc_crawler.extraction.parts import Reading, read_page
from mpsc_crawler.extraction.rights import rights_of
from mpsc_crawler.extraction.structured import Structured
from mpsc_crawler.extraction.urls import canonical_url, site_of, url_key
from mpsc_crawler.items import ArticleLink, Evidence, NewsArticle, media_evidence


def extract(
    html: bytes,
    url: str,
    *,
    fetched_at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
    source: str | None = None,
    link: ArticleLink | None = None,
    platform: str | None = None,
    names: Mapping[str, str] | None = None,
) -> NewsArticle | None:
    """Read one article from one page.

    :param html: the body as served, decoded from transfer and content encodings.
    :param url: the address it was served at (after redirects).
    :param fetched_at: aware; used to refuse publication dates of the future and the clock in a page header.
    :param headers: the response headers by name in lower case, for the charset and what they say of the page's use.
    :param source: the source's slug, stored with the article.
    :param link: what the list knew; its date and headline are weighed as further evidence.
    :param platform: the platform the registry names, used where the page shows no trace.
    :param names: classes and ids that the source names for content, teaser, kicker, published, modified and author.
    :returns: ``None`` where the page holds no article (neither headline nor text).
    """
    reading = read_page(html, url, headers=headers, platform=platform, link=link, names=names)
    page, structured, order = reading.page, reading.structured, reading.order
    teaser_el = _teaser_element(reading)
    drop_cards(reading.root, reading.headline.element)
    all_blocks = without_newsletters(blocks_of(reading.root), reading.root, reading.headline.element)
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
        rule = "platform." + reading.reader.rule if reading.reader is not None else "general"
        rule = "source.markup" if "content" in reading.own else rule
        evidence.append(Evidence("body", rule, f"<{reading.root.tag} class={reading.root.names[:60]!r}>", 0.8))
    if reading.headline.text is None and not body:
        return None
    teaser, teaser_evidence = _teaser(teaser_el)
    published, modified, date_evidence = find_dates_of(reading, blocks, all_blocks, url, fetched_at, link, teaser)
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
    article.images = article.images or told_images(structured.images, page.base)
    article.attachments = attachments_in(reading.region, page.base)
    article.evidence += media_evidence(article.images, article.attachments)
    authors, author_evidence = authors_of(structured, reading.region, reading.marked.get("author", []))
    article.authors = authors
    article.evidence += author_evidence
    article.tags = tags_of(order, structured, reading.region)
    if article.tags:
        article.evidence.append(Evidence("tags", "page.tags", ", ".join(article.tags), 0.8))
    article.categories = categories_of(reading)
    if article.categories:
        article.evidence.append(Evidence("categories", "page.categories", ", ".join(article.categories), 0.8))
    if article.kicker:
        article.evidence.append(Evidence("kicker", "page.kicker", article.kicker, 0.75))
    article.breadcrumbs = breadcrumbs_of(order, structured, article.headline)
    article.language, language_evidence = detect_language(
        f"{article.headline or ''}. {teaser or ''} {body}", page.language or structured.language
    )
    article.evidence.append(language_evidence)
    article.translations = translations_of(page.links, url)
    article.rights, rights_evidence = rights_of(page, headers or {}, structured.licences)
    article.evidence += rights_evidence
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


def _named_text(reading: Reading, field: str, longest: int) -> str | None:
    for el in reading.named(field):
        text = el.text()
        if 2 < len(text) <= longest and key(text) != key(reading.headline.text or ""):
            return text
    return None


def _teaser_element(reading: Reading) -> El | None:
    for el in reading.named("teaser"):
        if 30 <= el.size <= 1200 and not el.noise and el is not reading.root:
            return el
    head = reading.headline.element
    return find_teaser(reading.order, head, reading.root) or find_lead(reading.order, head, reading.root)


def _teaser(element: El | None) -> tuple[str | None, list[Evidence]]:
    """The visible lead only: descriptions for search engines are often cut or written for another purpose."""
    if element is None:
        return None, []
    text = re.sub(r"\s*\[(?:…|\.\.\.)\]$", "", element.text())
    return text, [Evidence("teaser", "page.lead", text[:120], 0.85)]
