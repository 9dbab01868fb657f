"""List pages as town halls build them: entries with headline, date and teaser, whatever the markup; and where it goes on."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from mpsc_crawler.discovery import Listing, NotAList
from mpsc_crawler.discovery.paging import PAGER, next_pages
from mpsc_crawler.extraction.dom import El, Page, clean, parse, parse_fragment
from mpsc_crawler.extraction.machine_dates import machine_date
from mpsc_crawler.extraction.noise import survey
from mpsc_crawler.extraction.published import line_date
from mpsc_crawler.extraction.urls import absolute, canonical_url, site_of, url_key
from mpsc_crawler.items import ArticleLink, DateValue

_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|jpe?g|png|gif|webp|svg|mp[34]|ics|xml|rss|css|js|json)(?:$|[?#])", re.I
)
_MORE_TEXT = re.compile(
    r"^(?:mehr|weiter(?:lesen)?|mehr (?:lesen|erfahren|infos?|dazu|informationen)|zum (?:artikel|beitrag)|details?|lesen|read more|more|anzeigen|zur meldung|hier (?:lesen|klicken)|ganzen (?:artikel|beitrag) lesen)\b.{0,60}$",
    re.I,
)
_NO_ARTICLE = re.compile(
    r"/(?:impressum|datenschutz(?:erklaerung|hinweis\w*)?|kontakt|barrierefreiheit|erklaerung-zur-barrierefreiheit|sitemap|inhaltsverzeichnis|suche|search|login|anmelden|warenkorb|gebaerdensprache|newsletter)(?:[/.?]|$)"
    r"|/(?:tag|tags|schlagwort|kategorie|category|author|autor|feed|archiv/\d{4})(?:/|:|$)|[?&](?:tag|cat|author|s|q|suche)=|wp-login|/wp-admin|/kalender/?$",
    re.I,
)
_DATE_WORDS = re.compile(r"\d{1,2}\.\s?(?:\d{1,2}\.|[A-Za-zä]+)\s?\d{2,4}|\d{4}-\d{2}-\d{2}")


@dataclass(slots=True)
class _Entry:
    url: str
    links: list[El]
    box: El
    heading: str = ""
    date: DateValue | None = None
    teaser: str = ""
    event: bool = False


def read_listing(body: bytes, url: str, content_type: str | None = None) -> Listing:
    """Read one page of a list.

    :returns: entries in page order; ``more`` holds the next page, if the page shows one; ``feeds`` the feeds that
        the page announces.
    :raises NotAList: the answer is neither HTML nor the JSON of a "load more" button.
    """
    head = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"[") and "html" not in (content_type or ""):
        return _from_json(body, url)
    if head.startswith(b"%PDF") or (content_type or "").startswith(("image/", "application/pdf", "video/", "audio/")):
        raise NotAList(f"{url} answers with {content_type or 'a file'}, not with a page")
    return _from_page(parse(body, url, content_type), url)


def _from_page(page: Page, url: str) -> Listing:
    order = survey(page.body)
    entries = _entries(order, page, url)
    listing = Listing("listing", [_link(entry, url) for entry in _wanted(entries)])
    listing.more = next_pages(order, page, url)
    listing.feeds = [
        address
        for link in page.links
        if "alternate" in (link.get("rel") or "").lower()
        and (link.get("type") or "").lower() in ("application/rss+xml", "application/atom+xml", "application/feed+json")
        and "comment" not in (link.get("href") or "").lower()
        and "kommentar" not in (link.get("title") or "").lower()
        and (address := absolute(page.base, link.get("href") or ""))
    ]
    page.release()
    return listing


def _entries(order: list[El], page: Page, url: str) -> list[_Entry]:
    site, own = site_of(url), url_key(canonical_url(url))
    by_url: dict[str, _Entry] = {}
    for el in order:
        if el.tag != "a" or el.noise or not el.get("href"):
            continue
        address = absolute(page.base, el.get("href"))
        if address is None or site_of(address) != site or _FILE.search(address):
            continue
        canonical = canonical_url(address)
        name = url_key(canonical)
        if (
            name == own
            or _NO_ARTICLE.search(unquote(canonical))
            or (urlsplit(canonical).path in ("", "/") and not urlsplit(canonical).query)
        ):
            continue
        if PAGER.search(el.names) or any(
            above.names and PAGER.search(above.names) for above in list(el.ancestors())[:4]
        ):
            continue
        if name in by_url:
            by_url[name].links.append(el)
        else:
            by_url[name] = _Entry(canonical, [el], el)
    entries = list(by_url.values())
    places = sorted(link.index for entry in entries for link in entry.links)
    for entry in entries:
        entry.box = _box(entry, places)
        _describe(entry)
    _dates_between(entries)
    return entries


def _box(entry: _Entry, places: list[int]) -> El:
    """The largest element around the entry's link that holds links to nothing else but perhaps categories.

    :param places: where the links of all entries stand, in order.
    """
    box = entry.links[0]
    for above in entry.links[0].ancestors():
        if above.tag in ("body", "main", "table", "tbody") or above.noise:
            break
        inside = bisect_right(places, above.last) - bisect_left(places, above.index)
        if inside > sum(1 for link in entry.links if above.holds(link)):
            break
        box = above
    return box


def _describe(entry: _Entry) -> None:
    box = entry.box
    texts = [link.text() for link in entry.links]
    inner = [h.text() for link in entry.links for h in link.find("h1", "h2", "h3", "h4", "h5")]
    headings = [h.text() for h in box.find("h1", "h2", "h3", "h4", "h5")] or inner
    within_heading = [
        link.text()
        for link in entry.links
        if any(a.tag in ("h1", "h2", "h3", "h4", "h5") for a in list(link.ancestors())[:3])
    ]
    named = [t for t in texts if t and not _MORE_TEXT.match(t)]
    titles = [link.get("title") for link in entry.links if link.get("title")]
    candidates = within_heading + headings + sorted(named, key=len, reverse=True)[:1] + titles
    entry.heading = next((text for text in candidates if text and len(text) <= 250 and line_date(text) is None), "")
    for el in box.elements():
        if el.size > 200 or not el.size:
            continue
        if el.tag == "time":
            found = machine_date(el.get("datetime") or el.text(), "listing.time", 0.8) or machine_date(
                el.text(), "listing.time", 0.8
            )
            if found is not None:
                entry.date = entry.date or found
        elif entry.date is None and any(isinstance(c, str) and _DATE_WORDS.search(c) for c in el.children):
            entry.date, entry.event = _line(el.text(), entry)
    paragraphs = [p.text() for p in box.find("p") if p.size > 40]
    entry.teaser = max(paragraphs, key=len, default="")


def _line(text: str, entry: _Entry) -> tuple[DateValue | None, bool]:
    found = line_date(text)
    if found is None:
        return None, entry.event
    value, around = found
    if re.search(r"\b(?:termin|beginn|uhrzeit|einlass|veranstaltung|anmeldeschluss|bis)\b", around, re.I):
        return None, True
    letters = len(re.findall(r"[^\W\d_]{3,}", around))
    if letters > 8:
        return None, entry.event
    return replace(
        value, rule="listing.line", confidence=0.75, kind="published", span=None, raw=clean(text)
    ), entry.event


def _dates_between(entries: list[_Entry]) -> None:
    """Flat lists: the date stands in a sibling before or behind the entry it belongs to, the same way throughout."""
    bare = [entry for entry in entries if entry.date is None]
    if len(bare) < max(2, len(entries) / 2):
        return
    siblings = _Siblings()
    boxes = sorted(entry.box.index for entry in entries)
    for step in (-1, 1):
        found: list[tuple[_Entry, DateValue]] = []
        taken: set[int] = set()
        for entry in bare:
            neighbour = siblings.beside(entry.box, step)
            for _ in range(3):
                if neighbour is None or bisect_left(boxes, neighbour.index) < bisect_right(boxes, neighbour.last):
                    break  # nothing there, or another entry
                value, _event = _line(neighbour.text(), entry) if neighbour.size <= 120 else (None, False)
                if value is not None and id(neighbour) not in taken:
                    taken.add(id(neighbour))
                    found.append((entry, value))
                    break
                if step < 0:
                    break
                neighbour = siblings.beside(neighbour, step)
        # the outermost entry tells which side the dates stand on
        outermost = bare[0] if step < 0 else bare[-1]
        if len(found) >= 0.6 * len(bare) and any(entry is outermost for entry, _ in found):
            for entry, value in found:
                entry.date = value
            return


class _Siblings:
    """Which element stands beside which; the children of every parent are counted once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[list[El], dict[int, int]]] = {}

    def beside(self, el: El, step: int) -> El | None:
        parent = el.parent
        if parent is None:
            return None
        if parent.index not in self._known:
            elements = [child for child in parent.children if not isinstance(child, str)]
            self._known[parent.index] = elements, {child.index: place for place, child in enumerate(elements)}
        elements, places = self._known[parent.index]
        place = places[el.index] + step
        return elements[place] if 0 <= place < len(elements) else None


def _wanted(entries: list[_Entry]) -> list[_Entry]:
    """Entries that look like news: told by date, heading or teaser, in a group of their like."""
    groups: dict[tuple[str, ...], list[_Entry]] = defaultdict(list)
    for entry in entries:
        if len(entry.heading) < 8:
            continue
        path = tuple(
            f"{a.tag}.{a.names.split(' ')[0] if a.names else ''}" for a in [entry.box, *entry.box.ancestors()][:3]
        )
        groups[path].append(entry)
    good: list[_Entry] = []
    for group in groups.values():
        dated = sum(1 for e in group if e.date is not None)
        told = sum(
            1
            for e in group
            if e.teaser
            or e.box.first("h2", "h3", "h4", "h5") is not None
            or e.links[0].first("h2", "h3", "h4", "h5") is not None
            or any(a.tag in ("h2", "h3", "h4", "h5") for a in list(e.links[0].ancestors())[:2])
        )
        if dated >= max(1, len(group) / 3) or told >= max(1, len(group) / 2):
            good += group
    if not good:
        for group in groups.values():
            long = [e for e in group if len(e.heading) >= 30]
            if len(long) >= 3 and len(long) >= 0.7 * len(group):
                good += long
    return sorted(good, key=lambda e: e.links[0].index)


def _link(entry: _Entry, found_in: str) -> ArticleLink:
    return ArticleLink(
        url=entry.url,
        rule="listing",
        found_in=found_in,
        headline=entry.heading or None,
        teaser=re.sub(r"\s*(?:\[…\]|\[\.\.\.\])$", "", entry.teaser) or None,
        published=entry.date,
    )


def _from_json(body: bytes, url: str) -> Listing:
    """The answer of a "load more" endpoint: HTML inside JSON, or plain entries."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAList(f"{url} is no readable JSON: {error}") from error
    listing = Listing("listing.json")
    for item in _dictionaries(data):
        address = absolute(
            url, str(item.get("url") or item.get("link") or item.get("href") or item.get("permalink") or "")
        )
        title = item.get("title") or item.get("headline") or item.get("name")
        if isinstance(title, dict):
            title = title.get("rendered")
        if address and isinstance(title, str) and site_of(address) == site_of(url):
            raw = str(item.get("date") or item.get("published") or item.get("datePublished") or item.get("datum") or "")
            published = machine_date(raw, "listing.json", 0.8) if raw else None
            teaser = item.get("teaser") or item.get("excerpt") or item.get("description")
            listing.links.append(
                ArticleLink(
                    url=canonical_url(address),
                    rule="listing.json",
                    found_in=url,
                    headline=parse_fragment(title, url).body.text() or None,
                    teaser=clean(teaser) if isinstance(teaser, str) else None,
                    published=published,
                )
            )
        for name in ("html", "content", "data", "markup", "rendered"):
            markup = item.get(name)
            if isinstance(markup, str) and "<a" in markup:
                part = _from_page(parse_fragment(markup, url), url)
                listing.links += part.links
                listing.more += part.more
        for name in ("next", "nextUrl", "next_url", "more", "nextPage"):
            following = item.get(name)
            if (
                isinstance(following, str)
                and (address := absolute(url, following))
                and site_of(address) == site_of(url)
            ):
                listing.more.append(address)
    if not listing.links and not listing.more and not isinstance(data, list | dict):
        raise NotAList(f"{url} is JSON without entries")
    return listing


def _dictionaries(data: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON is anything
    found: list[dict[str, Any]] = []
    stack = [data]
    while stack and len(found) < 5000:
        item = stack.pop(0)
        if isinstance(item, dict):
            found.append(item)
            stack.extend(value for value in item.values() if isinstance(value, dict | list))
        elif isinstance(item, list):
            stack.extend(value for value in item if isinstance(value, dict | list))
    return found
