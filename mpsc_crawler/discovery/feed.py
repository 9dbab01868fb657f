"""RSS, Atom and JSON Feed. Parsing is feedparser's; dates are read from their raw text, as real German feeds need."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import feedparser

from mpsc_crawler.discovery import Listing, NotAList
from mpsc_crawler.extraction.dom import clean, parse_fragment
from mpsc_crawler.extraction.machine_dates import machine_date
from mpsc_crawler.extraction.urls import absolute
from mpsc_crawler.items import ArticleLink, DateValue


def _plain(markup: str) -> str | None:
    if not markup:
        return None
    text = parse_fragment(markup, "").body.text() if "<" in markup or "&" in markup else clean(markup)
    return text or None


def _date(raw: str, rule: str) -> DateValue | None:
    return machine_date(raw, rule, 0.9) if raw else None


def read_feed(body: bytes, url: str, content_type: str | None = None) -> Listing:
    """Read a feed of any kind.

    :raises NotAList: the bytes are no feed.
    """
    head = body[:400].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        return _json_feed(body, url)
    lowered = body[:3000].lower()
    if b"<rss" not in lowered and b"<feed" not in lowered and b"<rdf" not in lowered:
        kind = "an HTML page" if b"<html" in lowered or b"<!doctype html" in lowered else "something else"
        raise NotAList(f"{url} answers with {kind}, not with a feed")
    headers = {"content-type": content_type or "application/xml", "content-location": url}
    parsed = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=True)
    if not parsed.version and not parsed.entries:
        reason = getattr(parsed, "bozo_exception", "unknown format")
        raise NotAList(f"{url} is no readable feed: {reason}")
    rule = "feed.atom" if parsed.version.startswith("atom") else "feed.rss"
    links = [link for link in (_entry(entry, url, rule) for entry in parsed.entries) if link is not None]
    listing = Listing(rule, links, ttl=_ttl(parsed.feed))
    following = (absolute(url, link.href) for link in parsed.feed.get("links", []) if link.get("rel") == "next")
    listing.more = [address for address in following if address]
    if not listing.more and links and "wordpress.org" in str(parsed.feed.get("generator") or ""):
        listing.more = [_next_wordpress_page(url)]
    return listing


_NUMBER = re.compile(r"[0-9]{1,9}")
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}


def _ttl(feed: Any) -> timedelta | None:  # noqa: ANN401 - feedparser's dictionary
    """RSS ``ttl`` in minutes, or the ``updatePeriod`` and ``updateFrequency`` of the RSS syndication module."""
    minutes = str(feed.get("ttl") or "").strip()
    if _NUMBER.fullmatch(minutes):
        return timedelta(minutes=min(int(minutes), 10**6))
    hours = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    times = str(feed.get("sy_updatefrequency") or "1").strip()
    return timedelta(hours=hours / max(1, int(times))) if hours and _NUMBER.fullmatch(times) else None


def _next_wordpress_page(url: str) -> str:
    """WordPress pages its feeds by ``?paged=2``; the page behind the last answers 404."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    number = query.get("paged", "1")
    query["paged"] = str(int(number) + 1 if _NUMBER.fullmatch(number) else 2)
    return urlunsplit(parts._replace(query=urlencode(query)))


def _entry(entry: Any, base: str, rule: str) -> ArticleLink | None:  # noqa: ANN401 - feedparser's dictionary
    address = entry.get("link") or (entry.get("id") if str(entry.get("id", "")).startswith("http") else "")
    url = absolute(base, address) if address else None
    if url is None:
        return None
    content = next((part.get("value") for part in entry.get("content", []) if part.get("value")), None)
    summary = entry.get("summary") or ""
    guid = str(entry.get("id") or "")
    updated = str(dict.get(entry, "updated") or "")  # feedparser's own get() passes the publication off as an update
    return ArticleLink(
        url=url,
        rule=rule,
        found_in=base,
        headline=_plain(entry.get("title") or ""),
        teaser=_plain(summary) if summary != content else None,
        published=_date(entry.get("published") or entry.get("date") or entry.get("issued") or "", rule),
        modified=_date(updated, rule) if updated and updated != entry.get("published") else None,
        platform_id=guid if "?p=" in guid else None,
        authors=tuple(name for name in [clean(str(entry.get("author") or ""))] if name and "@" not in name),
        tags=tuple(dict.fromkeys(clean(tag.get("term") or "") for tag in entry.get("tags", []) if tag.get("term"))),
        content_html=content,
    )


def _json_feed(body: bytes, url: str) -> Listing:
    """JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAList(f"{url} is no readable JSON: {error}") from error
    if (
        not isinstance(data, dict)
        or "jsonfeed.org" not in str(data.get("version"))
        or not isinstance(data.get("items"), list)
    ):
        raise NotAList(f"{url} is JSON, but no JSON Feed")
    links = []
    for item in data["items"]:
        if not isinstance(item, dict):
            continue
        address = absolute(url, str(item.get("url") or item.get("id") or ""))
        if address is None:
            continue
        authors = item.get("authors") or ([item["author"]] if isinstance(item.get("author"), dict) else [])
        authors = authors if isinstance(authors, list) else []
        tags = item["tags"] if isinstance(item.get("tags"), list) else []
        links.append(
            ArticleLink(
                url=address,
                rule="feed.json",
                found_in=url,
                headline=clean(str(item.get("title") or "")) or None,
                teaser=clean(str(item.get("summary") or "")) or None,
                published=_date(str(item.get("date_published") or ""), "feed.json"),
                modified=_date(str(item.get("date_modified") or ""), "feed.json"),
                language=str(item.get("language") or data.get("language") or "")[:2] or None,
                authors=tuple(clean(str(a.get("name"))) for a in authors if isinstance(a, dict) and a.get("name")),
                tags=tuple(clean(str(tag)) for tag in tags),
                content_html=item.get("content_html"),
            )
        )
    following = data.get("next_url")
    return Listing(
        "feed.json", links, [following] if isinstance(following, str) and following.startswith("http") else []
    )
