"""Authors, tags, breadcrumbs and translations: what stands around an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from mpsc_crawler.extraction.dom import El, clean
from mpsc_crawler.extraction.headline import key
from mpsc_crawler.extraction.naming import AUTHOR, CATEGORY, CRUMBS, TAGS, traits
from mpsc_crawler.extraction.parts import Reading, of_other
from mpsc_crawler.extraction.structured import Structured
from mpsc_crawler.extraction.urls import absolute, canonical_url
from mpsc_crawler.items import Evidence

_AUTHOR_LINE = re.compile(
    r"^(?i:gespeichert von|geschrieben von|verfasst von|veröffentlicht von|erstellt von|eingestellt von|autor(?:in)?\s*:|text\s*:|redaktion\s*:|ein beitrag von|von\s*:?|by|herausgeber(?:in)?\s*:|presse(?:stelle)?\s*:)\s*"
    r"(?P<name>[A-ZÄÖÜ][^,|\d(]{1,70}?)(?=\s*(?:$|[,|(\d]|\bam\b|\bvom\b|·|–))",
)
_ROLE = re.compile(
    r"^(?:von|by|autor(?:in)?\s*:?|geschrieben von\s*:?|verfasst von\s*:?|text\s*:|erstellt von)\s+", re.I
)

_CRUMB_NOISE = frozenset(
    (
        "sie sind hier",
        "siesindhier",
        "hier",
        "youarehere",
        "pfad",
        "brotkrümelnavigation",
        "pfadnavigation",
        "breadcrumb",
    )
)


def authors_of(structured: Structured, region: El, marked: Sequence[El]) -> tuple[list[str], list[Evidence]]:
    """Persons or offices that the page names as author; structured data first, then the byline.

    :param marked: the elements that the platform's reader knows as author.
    """
    site = key(structured.site_name)
    told = [t for t in structured.authors if 2 < len(t.value) < 100]
    strong = [t for t in told if t.confidence >= 0.8]
    for source in (strong, None, told):
        if source is None:
            found = _byline(region, marked)
            if found is not None:
                return [found[0]], [Evidence("authors", found[1], found[0], 0.75)]
            continue
        names = list(dict.fromkeys(_ROLE.sub("", clean(t.value)) for t in source))
        if names:
            return names, [
                Evidence("authors", t.rule, t.value, t.confidence if key(t.value) != site else 0.4) for t in source
            ]
    return [], []


# how the lines begin that _AUTHOR_LINE reads
_OPENINGS = (
    "gesp",
    "gesc",
    "verf",
    "verö",
    "erst",
    "eing",
    "auto",
    "text",
    "reda",
    "ein ",
    "von",
    "by",
    "hera",
    "pres",
)


def _may_open_byline(el: El) -> bool:
    """Whether the element's own text begins like a byline; a cheap look before the real one."""
    for child in el.children:
        if isinstance(child, str) and not child.isspace():
            return child.lstrip()[:4].lower().startswith(_OPENINGS)
        if not isinstance(child, str) and child.size:
            # "Von" may stand in an element of its own; what stands deeper is looked at by itself
            own = next((c for c in child.children if isinstance(c, str) and not c.isspace()), "")
            return own.lstrip()[:4].lower().startswith(_OPENINGS)
    return False


def _byline(region: El, marked: Sequence[El]) -> tuple[str, str] | None:
    known = {el.index for el in marked}
    for el in region.elements():
        if el.size > 160 or el.size < 3:
            continue
        named = el.traits & AUTHOR or el.index in known
        relation = (el.get("rel") or "").lower() if "rel" in el.attrs else ""
        if not named and relation != "author" and not _may_open_byline(el):
            continue
        text = el.text()
        if named or relation == "author":
            match = _AUTHOR_LINE.match(text)
            name = match.group("name") if match else _ROLE.sub("", text)
            name = clean(re.sub(r"\s*[|·,].*$", "", name)).strip(" :")
            if (
                2 < len(name) < 80
                and not any(char.isdigit() for char in name)
                and key(name) not in ("admin", "administrator")
            ):
                return name, "byline"
            continue
        if el.tag in ("p", "div", "span", "small", "li", "dd", "td") and any(
            isinstance(c, str) and c.strip() for c in el.children
        ):
            match = _AUTHOR_LINE.match(text)
            behind = text[match.end() :].lstrip()[:1] if match else ""
            if (match and (behind == "|" or not text.startswith(("Von ", "von ", "Text")))) or (
                match and len(text) < 60 and el.tag != "li" and "." not in text[:-1]
            ):
                name = clean(match.group("name")) if match else ""
                if match and len(name.split()) <= 6:
                    return name, "byline.text"
    return None


def tags_of(order: list[El], structured: Structured, region: El) -> list[str]:
    """The article's own tags: links of a tag list or with ``rel=tag``, else what structured data names."""
    holders = [el for el in order if el.traits & TAGS and 0 < el.size < 600 and not el.traits & CATEGORY]
    found: list[str] = []
    for el in order:
        if el.tag != "a" or not 1 < el.size < 80:
            continue
        relation = el.get("rel").split() if "rel" in el.attrs else []
        marked = "tag" in relation and "category" not in relation
        if marked and any(above.traits & CATEGORY for above in (el, *islice(el.ancestors(), 3))):
            marked = False
        if marked or any(holder.holds(el) for holder in holders):
            found.append(el.text().lstrip("#"))
    return list(dict.fromkeys(found or _unlinked(holders) or structured.tags))


_TO_CATEGORY = re.compile(r"/(?:category|kategorie|rubrik|rubriken|kategorien)/", re.I)
_CATEGORY_LABEL = re.compile(r"^(?:in|kategorien?|rubriken?|thema|themen|abgelegt unter)\s*:?\s+", re.I)


def categories_of(reading: Reading) -> list[str]:
    """Where the site files the article: links to categories in its own small print, else what structured data names."""
    head = reading.headline.element
    found: list[str] = []
    for el in reading.entry.elements():
        if (el.tag != "a" and not el.traits & CATEGORY) or not 1 < el.size < 200:
            continue
        if el.tag == "a":
            relation = el.get("rel").split() if "rel" in el.attrs else ()
            filed = any(above.traits & CATEGORY for above in (el, *islice(el.ancestors(), 3)))
            leads = filed or "category" in relation or bool(_TO_CATEGORY.search(el.get("href")))
            text = el.text() if leads and el.size < 60 else ""
        elif el.size < 60 and el.first("a") is None and not found:
            text = _CATEGORY_LABEL.sub("", el.text())
        else:
            continue
        if text and not reading.in_list(el) and not of_other(el, head):
            found.append(text)
    return list(dict.fromkeys(found or reading.structured.categories))


def _unlinked(holders: list[El]) -> list[str]:
    """Tags that lead nowhere: the pieces of a tag list in elements of their own."""
    for holder in holders:
        pieces = [el for el in holder.find("span", "li") if 1 < el.size < 60 and el.first("span", "li") is None]
        told = [el.text().strip(" ,;|").lstrip("#") for el in pieces if not el.noise or holder.noise]
        if told and holder.linked == 0 and sum(map(len, told)) > 0.6 * len(holder.text()):
            return [text for text in told if text]
    return []


def breadcrumbs_of(order: list[El], structured: Structured, headline: str | None) -> list[str]:
    """The way to the page, without the page itself."""
    crumbs = list(structured.breadcrumbs)
    if not crumbs:
        holder = next(
            (el for el in order if 0 < el.size < 1000 and (el.traits | traits(el.get("aria-label").lower())) & CRUMBS),
            None,
        )
        if holder is not None:
            items = list(holder.find("li")) or list(holder.find("a", "span"))
            crumbs = [
                clean(item.text().strip("›»>/|→ "))
                for item in items
                if not any(i is not item and item.holds(i) for i in items)
            ]
    crumbs = [crumb for crumb in crumbs if crumb and key(crumb) and key(crumb) not in _CRUMB_NOISE]
    crumbs = [crumb for index, crumb in enumerate(crumbs) if index == 0 or crumb != crumbs[index - 1]]
    if crumbs and headline:
        last, own = key(crumbs[-1].rstrip(".…")), key(headline)
        if last and (own.startswith(last) or last.startswith(own)):
            crumbs.pop()
    return crumbs[:12]


def translations_of(links: list[dict[str, str | None]], url: str) -> dict[str, str]:
    """The page in other languages and in Leichte Sprache, by language code, from ``hreflang``."""
    own = canonical_url(url)
    found = {}
    for link in links:
        language = (link.get("hreflang") or "").lower()
        if "alternate" in (link.get("rel") or "").lower() and language and language != "x-default":
            address = absolute(url, link.get("href") or "")
            if address and canonical_url(address) != own:
                simple = "-x-" in language or "simple" in language or "leicht" in language
                found[language if simple else language[:2]] = canonical_url(address)
    return found
