"""What the page says of itself to machines: JSON-LD, microdata, OpenGraph, Dublin Core."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mpsc_crawler.extraction.dom import El, Page, clean
from mpsc_crawler.extraction.machine_dates import machine_date
from mpsc_crawler.items import DateValue

_ARTICLE_TYPES = frozenset(
    "article newsarticle reportagenewsarticle analysisnewsarticle blogposting pressrelease report socialmediaposting"
    " discussionforumposting opinionnewsarticle reviewnewsarticle backgroundnewsarticle advertisercontentarticle techarticle scholarlyarticle liveblogposting newsmediaorganizationarticle".split()
)
_PAGE_TYPES = frozenset(("webpage", "itempage", "collectionpage"))
_NOT_A_PERSON = re.compile(
    r"^(?:admin(?:istrator)?|root|redakteur\d*|webmaster|user\d*|wp-?admin|https?:.*|\d+|editor)$", re.I
)


_CDATA = re.compile(r"^\s*(?://)?<!\[CDATA\[|(?://)?\]\]>\s*$")
_STRAY_COMMA = re.compile(r",\s*([}\]])")


@dataclass(slots=True)
class Told:
    """A value that structured data tells, with the rule and confidence."""

    value: str
    rule: str
    confidence: float


@dataclass(slots=True)
class Structured:
    """Everything machine-readable that bears on the article."""

    headlines: list[Told] = field(default_factory=list)
    published: list[DateValue] = field(default_factory=list)
    modified: list[DateValue] = field(default_factory=list)
    authors: list[Told] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    breadcrumbs: list[str] = field(default_factory=list)
    licences: list[str] = field(default_factory=list)
    body: str = ""
    language: str = ""
    site_name: str = ""
    canonical: str = ""


def _load(text: str) -> Any:  # noqa: ANN401 - JSON is anything
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip()
    if "CDATA" in text:
        text = _CDATA.sub("", text)
    # real pages ship broken JSON; each reading is more forgiving than the one before
    for mend in (None, _without_stray_commas, html.unescape):
        try:
            return json.loads(mend(text) if mend is not None else text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _without_stray_commas(text: str) -> str:
    return _STRAY_COMMA.sub(r"\1", text)


def _nodes(data: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    stack = [data]
    seen = 0
    while stack and seen < 2000:
        item = stack.pop(0)
        seen += 1
        if isinstance(item, list):
            stack[:0] = item
        elif isinstance(item, dict):
            yield item
            for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
                inner = item.get(key)
                if isinstance(inner, list | dict):
                    stack.append(inner)


def _types(node: dict[str, Any]) -> set[str]:
    kinds = node.get("@type") or ()
    return {str(k).rsplit("/", 1)[-1].lower() for k in (kinds if isinstance(kinds, list) else [kinds])}


def _text(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("url") or ""
    return clean(html.unescape(str(value))) if value else ""


def _names(value: Any, graph: dict[str, dict[str, Any]]) -> list[str]:  # noqa: ANN401
    names = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            item = graph.get(str(item.get("@id")), item) if "name" not in item else item
            names.append(_text(item.get("name")))
        elif isinstance(item, str):
            names.append(clean(item))
    return [name for name in names if name and not _NOT_A_PERSON.match(name)]


def _addresses(value: Any, graph: dict[str, dict[str, Any]]) -> list[str]:  # noqa: ANN401
    found = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            node = item if item.get("url") or item.get("contentUrl") else graph.get(str(item.get("@id")), item)
            item = node.get("url") or node.get("contentUrl")
        if isinstance(item, str) and item.strip():
            found.append(item.strip())
    return found


def _keywords(value: Any) -> list[str]:  # noqa: ANN401
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return [clean(str(part)) for part in parts if clean(str(part))]


def _add_date(target: list[DateValue], raw: str, rule: str, confidence: float) -> None:
    value = machine_date(raw, rule, confidence) if raw else None
    if value is not None:
        target.append(value)


def _read_json_ld(page: Page, out: Structured) -> None:
    loaded = [data for data in map(_load, page.json_ld) if data is not None]
    nodes = [node for data in loaded for node in _nodes(data)]
    graph = {str(node["@id"]): node for node in nodes if "@id" in node and "name" in node}
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node}
    articles = [node for node in nodes if _types(node) & _ARTICLE_TYPES]
    for node in articles[:1]:
        headline = _text(node.get("headline") or node.get("name"))
        if headline:
            out.headlines.append(Told(headline, "jsonld.headline", 0.85))
        _add_date(
            out.published, _text(node.get("datePublished") or node.get("dateCreated")), "jsonld.datePublished", 0.95
        )
        _add_date(out.modified, _text(node.get("dateModified")), "jsonld.dateModified", 0.9)
        out.authors += [Told(name, "jsonld.author", 0.85) for name in _names(node.get("author"), graph)]
        out.tags += _keywords(node.get("keywords"))
        out.categories += _keywords(node.get("articleSection"))
        out.images = _addresses(node.get("image"), by_id)
        out.licences = _addresses(node.get("license"), by_id)
        out.body = _text(node.get("articleBody"))
        out.language = _text(node.get("inLanguage"))[:2].lower()
    for node in nodes:
        types = _types(node)
        if types & _PAGE_TYPES and not articles:
            _add_date(out.published, _text(node.get("datePublished")), "jsonld.WebPage.datePublished", 0.8)
            _add_date(out.modified, _text(node.get("dateModified")), "jsonld.WebPage.dateModified", 0.75)
        if "breadcrumblist" in types and not out.breadcrumbs:
            items = [item for item in node.get("itemListElement") or [] if isinstance(item, dict)]
            items.sort(key=lambda item: str(item.get("position") or "").zfill(4))
            names = [_text(item.get("name")) or _text(item.get("item")) for item in items]
            out.breadcrumbs = [name for name in names if name and not name.startswith("http")]
        if "website" in types and not out.site_name:
            out.site_name = _text(node.get("name"))


# a plain "date" is on many a platform that of the last change
_PUBLISHED_METAS = (
    ("article:published_time", 0.93),
    ("og:article:published_time", 0.93),
    ("datepublished", 0.9),
    ("dcterms.issued", 0.88),
    ("dc.date.issued", 0.88),
    ("dcterms.created", 0.85),
    ("dc.date.created", 0.85),
    ("dcterms.date", 0.72),
    ("dc.date", 0.72),
    ("dc.terms.date", 0.72),
    ("publish-date", 0.85),
    ("publication_date", 0.85),
    ("pubdate", 0.85),
    ("sailthru.date", 0.85),
    ("parsely-pub-date", 0.85),
    ("date", 0.7),
)
_MODIFIED_METAS = (
    ("article:modified_time", 0.9),
    ("og:updated_time", 0.8),
    ("dcterms.modified", 0.85),
    ("dc.date.modified", 0.85),
    ("datemodified", 0.85),
    ("last-modified", 0.6),
    ("revised", 0.6),
)


def _read_metas(page: Page, out: Structured) -> None:
    metas = dict(reversed(page.metas))
    for known, target in ((_PUBLISHED_METAS, out.published), (_MODIFIED_METAS, out.modified)):
        for name, confidence in known:
            if name in metas:
                _add_date(target, metas[name], f"meta.{name}", confidence)
    for name, confidence in (("og:title", 0.75), ("twitter:title", 0.65), ("dc.title", 0.6), ("dcterms.title", 0.6)):
        if metas.get(name):
            out.headlines.append(Told(metas[name], f"meta.{name}", confidence))
    for name in ("author", "dc.creator", "dcterms.creator"):
        if metas.get(name) and not _NOT_A_PERSON.match(metas[name]):
            out.authors.append(Told(metas[name], f"meta.{name}", 0.6))
    out.tags += [content for name, content in page.metas if name == "article:tag"]
    out.categories = out.categories or [content for name, content in page.metas if name == "article:section"]
    out.site_name = metas.get("og:site_name", "") or out.site_name
    out.language = out.language or metas.get("og:locale", "")[:2].lower() or metas.get("dc.language", "")[:2].lower()


def _read_microdata(order: list[El], out: Structured) -> None:
    for el in order:
        if "itemprop" not in el.attrs:
            continue
        prop = el.attrs["itemprop"]
        if not prop or (el.noise and prop not in ("datePublished", "dateModified")):
            continue
        raw = el.get("content") or el.get("datetime") or (el.text() if prop != "articleBody" else "")
        if prop == "datePublished":
            _add_date(out.published, raw, "microdata.datePublished", 0.93)
        elif prop == "dateModified":
            _add_date(out.modified, raw, "microdata.dateModified", 0.88)
        elif prop == "headline" and raw:
            out.headlines.append(Told(clean(raw), "microdata.headline", 0.85))
        elif prop == "author" and raw and len(raw) < 80 and not _NOT_A_PERSON.match(clean(raw)):
            out.authors.append(Told(clean(raw), "microdata.author", 0.8))


def read_structured(page: Page, order: list[El]) -> Structured:
    """Collect structured data from the head, the JSON-LD scripts and the body's microdata."""
    out = Structured()
    if page.json_ld:
        _read_json_ld(page, out)
    _read_metas(page, out)
    _read_microdata(order, out)
    out.canonical = page.linked("canonical")
    return out
