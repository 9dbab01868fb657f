"""From a fetched page to finished articles: extraction, then what the language says. Pure; runs in any process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlsplit

from mpsc_crawler.extraction.article import extract
from mpsc_crawler.extraction.blocks import as_html, as_text, blocks_of
from mpsc_crawler.extraction.dom import parse_fragment
from mpsc_crawler.extraction.images import images_in
from mpsc_crawler.extraction.language import detect_language
from mpsc_crawler.extraction.noise import survey
from mpsc_crawler.extraction.pdf import paragraphs, pdf_lines
from mpsc_crawler.extraction.posts import extract_all
from mpsc_crawler.extraction.published import lines_near
from mpsc_crawler.extraction.rights import with_tdmrep
from mpsc_crawler.extraction.urls import canonical_url, site_of, url_key
from mpsc_crawler.items import (
    BERLIN,
    ArticleLink,
    DateValue,
    Evidence,
    Exchange,
    Mention,
    NewsArticle,
    Relevance,
    media_evidence,
)
from mpsc_crawler.language.codebook import Codebook, shipped_codebook
from mpsc_crawler.language.dates import find_dates
from mpsc_crawler.language.events import name_events
from mpsc_crawler.language.gazetteer import Place, Project
from mpsc_crawler.language.matcher import Found, Matcher
from mpsc_crawler.language.mentions import Gazetteer
from mpsc_crawler.language.relevance import judge, relevance_codebook
from mpsc_crawler.language.sketch import sketch
from mpsc_crawler.language.topics import assigned, is_german, text_fields
from mpsc_crawler.sources.model import Source
from mpsc_crawler.sources.registry import load_registry, municipalities


@dataclass(slots=True)
class PageJob:
    """A page to be read. ``several`` asks for every post of a page that holds several."""

    body: bytes
    url: str
    fetched_at: datetime
    headers: dict[str, str]
    source: str
    link: ArticleLink | None = None
    platform: str | None = None
    names: dict[str, str] | None = None
    several: bool = False
    brands: tuple[str, ...] = ()
    judged: bool = True
    home: frozenset[str] = frozenset()


SHORTEST_BODY = 60
"""A page with less text than this holds no article."""


_READ_HEADERS = ("content-type", "x-robots-tag", "tdm-reservation", "tdm-policy")


def job_of(
    exchange: Exchange, source: Source, link: ArticleLink | None, brands: tuple[str, ...], *, several: bool = False
) -> PageJob:
    """How an answer is read that a page of a source gave, today or from the archive.

    :param link: what lists told of the article.
    """
    platform, names = source.read_as(exchange.fetched_at.astimezone(BERLIN).date())
    return PageJob(
        body=exchange.body,
        url=exchange.url,
        fetched_at=exchange.fetched_at,
        headers={name: told for name in _READ_HEADERS if (told := exchange.all_headers(name))},
        source=source.slug,
        link=link,
        platform=platform,
        names=names,
        several=several,
        brands=brands,
        judged=source.judged,
        home=source.home,
    )


@lru_cache(maxsize=4)
def _matcher(codebook: Codebook | None, *, judged: bool) -> Matcher:
    """Topics, and relevance where it is asked for, in one pass over the text."""
    first = codebook or shipped_codebook()
    return Matcher(first, relevance_codebook()) if judged else Matcher(first)


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Every municipality and district of the official register, the projects of the shipped registry, the bodies of the field."""
    places = [Place(m.ags, m.name, m.kind, m.population or 0) for m in municipalities().values()]
    projects = [
        Project(source.project, source.brands, tuple(member.ags for member in source.members if member.ags))
        for source in load_registry()
        if source.kind == "project" and source.project
    ]
    return Gazetteer(places, projects)


@lru_cache(maxsize=4)
def _others(brands: tuple[str, ...]) -> tuple[str, ...]:
    """The brands that the gazetteer does not know: those of an own registry."""
    return tuple(brand for brand in brands if brand not in gazetteer().brands)


def relevance_of(
    found: Found, fields: Mapping[str, str], brands: tuple[str, ...], mentions: Iterable[Mention]
) -> Relevance:
    """Judge a piece by the matches of the relevance codebook and the projects that are named in it.

    :param brands: the names of all projects, those of an own registry too.
    :param mentions: what the gazetteer found in the piece.
    """
    named = [mention.surface for mention in mentions if mention.kind == "project"]
    return judge(found, fields, _others(brands), named)


def reference_day(article: NewsArticle) -> date | None:
    """The day the text was written, as far as anything tells it: publication, else modification; never the fetch."""
    for value in (article.published, article.modified):
        if value is not None and value.day is not None:
            return value.day
    return None


def annotate(
    article: NewsArticle,
    codebook: Codebook | None = None,
    brands: tuple[str, ...] = (),
    *,
    judged: bool = True,
    home: frozenset[str] = frozenset(),
) -> NewsArticle:
    """Add what the language says: dates, topics, relevance, mentions and sketch. Changes ``article``.

    :param home: the keys of the source's own municipalities: among several places of one name the nearest is meant.
    :param judged: whether relevance is asked for; sources that are kept whole need none.
    """
    matcher = _matcher(codebook, judged=judged)
    reference = reference_day(article)
    fields = text_fields(
        headline=article.headline, kicker=article.kicker, teaser=article.teaser, tags=article.tags, body=article.body
    )
    german = is_german(article.language)
    named = {name: fields[name] for name in ("headline", "kicker", "teaser", "body")}
    named |= {f"caption:{number}": image.caption for number, image in enumerate(article.images) if image.caption}
    article.mentions = gazetteer().find(named, home=home) if german else []
    dates: list[DateValue] = []
    for field in ("headline", "teaser", "body"):
        text = fields[field]
        if text:
            # "veröffentlicht im Mai" inside a text is about something else than the text
            told = [
                replace(value, kind="other") if value.kind in ("published", "updated") else value
                for value in find_dates(text, reference, field)
            ]
            dates += name_events(text, told, [m for m in article.mentions if m.field == field]) if german else told
    article.dates = dates
    if german:
        found = matcher.match(fields)
        article.topics = assigned(found[0], matcher.codebooks[0], sum(map(len, fields.values())))
        if judged:
            article.relevance = relevance_of(found[1], fields, brands, article.mentions)
    article.codebook_version = matcher.codebooks[0].version
    article.sketch = sketch(article.body)
    return article


def tdmrep_of(url: str) -> str:
    """Where the site of an address says what it reserves (TDM Reservation Protocol)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/.well-known/tdmrep.json"


def reserve(article: NewsArticle, rules: Iterable[Mapping[str, Any]]) -> NewsArticle:
    """Add what the article's site reserves, where its page says nothing itself. Changes ``article``."""
    article.rights, evidence = with_tdmrep(article.rights, rules, article.url)
    article.evidence += evidence
    return article


def read_job(job: PageJob, codebook: Codebook | None = None) -> list[NewsArticle]:
    """Every article of a page, annotated; empty where the page holds none."""
    told: dict[str, Any] = {
        "fetched_at": job.fetched_at,
        "headers": job.headers,
        "source": job.source,
        "link": job.link,
        "platform": job.platform,
        "names": job.names,
    }
    single = None if job.several else extract(job.body, job.url, **told)
    found = extract_all(job.body, job.url, **told) if job.several else [single] if single is not None else []
    return [annotate(article, codebook, job.brands, judged=job.judged, home=job.home) for article in found]


_COVER = 400
_RELEASE = re.compile(r"(?:presse|medien)(?:mitteilung|meldung|information|erklärung)|veröffentlich|erschienen", re.I)
_LINES_OF_HEAD = 15


def cover_of(article: NewsArticle) -> str | None:
    """The address of the PDF that holds the text, where the page is only its cover; else ``None``."""
    files = [file.url for file in article.attachments if file.type == "pdf"]
    if len(article.body) >= _COVER or not article.headline or len(files) != 1:
        return None
    return files[0] if site_of(files[0]) == site_of(article.url) else None


def read_covered(
    article: NewsArticle,
    data: bytes,
    address: str,
    codebook: Codebook | None = None,
    brands: tuple[str, ...] = (),
    *,
    judged: bool = True,
    home: frozenset[str] = frozenset(),
) -> bool:
    """Give an article the text, and where the page tells none the date, of the PDF that it only covers.

    :param data: the file at ``address``.
    :returns: whether there was a text to read; if not, ``article`` is unchanged.
    """
    pages = pdf_lines(data)
    told = paragraphs(pages) if pages is not None else []
    text = "\n\n".join(told)
    if pages is None or len(text) < max(200, len(article.body)):
        return False
    kept = [part for part in article.body.split("\n\n") if part and part not in text]
    article.body = "\n\n".join([*kept, text])
    article.body_html = "\n".join(f"<p>{escape(part, quote=False)}</p>" for part in article.body.split("\n\n"))
    article.evidence.append(Evidence("body", "attachment.pdf", address, 0.7))
    if article.published is None:
        found, _ = lines_near([line for line in pages[0] if line][:_LINES_OF_HEAD], "pdf")
        day = article.fetched_at.astimezone(BERLIN).date() if article.fetched_at is not None else None
        # a flyer's head tells the day of an event: only what calls itself a release tells its own
        said = [v for v in found if v.day is not None and _RELEASE.search(v.raw) and v.rule.endswith("label")]
        if len({v.day for v in said}) == 1 and (day is None or (said[0].day or day) <= day):
            article.published = replace(said[0], confidence=0.7)
            article.evidence.append(Evidence("published", article.published.rule, article.published.raw, 0.7))
    article.language, spoken = detect_language(f"{article.headline}. {article.body}", article.language or "")
    article.evidence.append(spoken)
    annotate(article, codebook, brands, judged=judged, home=home)
    return True


def from_feed_entry(link: ArticleLink, *, fetched_at: datetime, source: str) -> NewsArticle | None:
    """An article made from what a feed carries whole, for sites whose pages cannot be read without a browser; not annotated.

    :returns: ``None`` where the entry carries no text.
    """
    if not link.content_html:
        return None
    page = parse_fragment(link.content_html, link.url)
    survey(page.body)
    blocks = blocks_of(page.body)
    body = as_text(blocks)
    if not body:
        return None
    url = canonical_url(link.url)
    language, language_evidence = detect_language(f"{link.headline or ''}. {body}", link.language or "")
    evidence = [
        Evidence("headline", f"{link.rule}.title", link.headline or "", 0.9),
        Evidence("body", f"{link.rule}.content", body[:80], 0.9),
        language_evidence,
    ]
    if link.authors:
        evidence.append(Evidence("authors", f"{link.rule}.author", ", ".join(link.authors), 0.85))
    published = link.published
    if published is not None and published.day is not None and published.day > fetched_at.astimezone(BERLIN).date():
        published = None
    if published is not None:
        evidence.append(Evidence("published", f"{link.rule}.published", published.raw, published.confidence))
    images = images_in(page.body, blocks[0].el, blocks[-1].el, link.url)
    evidence += media_evidence(images, [])
    article = NewsArticle(
        url=url,
        canonical_url=url,
        headline=link.headline,
        teaser=link.teaser,
        body=body,
        body_html=as_html(blocks),
        published=published,
        modified=link.modified,
        language=language,
        authors=list(link.authors),
        tags=list(link.tags),
        images=images,
        source=source,
        identity=url_key(url),
        fetched_at=fetched_at,
        evidence=evidence,
    )
    page.release()
    return article
