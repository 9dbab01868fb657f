"""XML sitemaps (sitemaps.org 0.9): indexes, gzip, Google News, lastmod. Also plain text lists of addresses."""

from __future__ import annotations

import re
import zlib

from lxml import etree

from mpsc_crawler.discovery import Listing, NotAList
from mpsc_crawler.extraction.dom import clean
from mpsc_crawler.extraction.machine_dates import machine_date
from mpsc_crawler.extraction.urls import absolute
from mpsc_crawler.items import ArticleLink

MOST_BYTES = 50 * 1024 * 1024
"""A sitemap may be 50 MB uncompressed (sitemaps.org); more is cut off."""

_NO_ARTICLE = re.compile(
    r"/(?:tag|tags|kategorie|category|author|autor|impressum|datenschutz|kontakt|barrierefreiheit|sitemap|suche|search|login|feed|wp-content|wp-json|page/\d+)(?:/|$|\.)"
    r"|/(?:datenschutzerklaerung|erklaerung-zur-barrierefreiheit|cookie-richtlinie)[^/]*/?$",
    re.I,
)
_NOT_NEWS_MAP = re.compile(
    r"(?:category|tag|taxonom|author|user|image|video|page-sitemap|sitemap-pages?|posts-page|post_tag|-archives?|-taxonomies|-users)",
    re.I,
)


def gunzip(body: bytes) -> bytes:
    """Unpack a gzip body up to 50 MB; a truncated one gives what could be unpacked."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        return unpacker.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise NotAList(f"broken gzip: {error}") from error


def read_sitemap(body: bytes, url: str) -> Listing:
    """Read a sitemap or sitemap index.

    :returns: links with ``modified`` from lastmod and, in Google News sitemaps, headline and publication date; an
        index gives its parts as ``more`` (those that announce tags, authors or pictures are left out).
    :raises NotAList: the bytes are no sitemap.
    """
    if body[:2] == b"\x1f\x8b":
        body = gunzip(body)
    head = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head.startswith(b"<"):
        lines = [line.strip() for line in body.decode("utf-8", "replace").splitlines() if line.strip()]
        if lines and all(line.startswith("http") for line in lines[:20]):
            return Listing("sitemap", [ArticleLink(url=line, rule="sitemap.text", found_in=url) for line in lines])
        raise NotAList(f"{url} is no sitemap")
    if b"<html" in head or b"<!doctype html" in head:
        raise NotAList(f"{url} answers with an HTML page, not with an XML sitemap")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotAList(f"{url} is no readable XML: {error}") from error
    if root is None or etree.QName(root).localname not in ("urlset", "sitemapindex"):
        raise NotAList(f"{url} is XML, but no sitemap")
    listing = Listing("sitemap")
    if etree.QName(root).localname == "sitemapindex":
        parts = [part for part in (_child(node, "loc") for node in root if isinstance(node.tag, str)) if part]
        wanted = [part for part in parts if not _NOT_NEWS_MAP.search(part.rsplit("/", 1)[-1])]
        listing.more = [address for address in (absolute(url, part) for part in wanted or parts) if address]
        return listing
    for node in root:
        if not isinstance(node.tag, str):
            continue
        address = absolute(url, _child(node, "loc"))
        if address is None or _NO_ARTICLE.search(address) or address.rstrip("/").count("/") < 3:
            continue
        link = ArticleLink(url=address, rule="sitemap", found_in=url)
        lastmod = _child(node, "lastmod")
        link.modified = machine_date(lastmod, "sitemap.lastmod", 0.5) if lastmod else None
        news = next(
            (part for part in node if isinstance(part.tag, str) and etree.QName(part).localname == "news"), None
        )
        if news is not None:
            link.rule = "sitemap.news"
            link.headline = clean(_child(news, "title")) or None
            day = _child(news, "publication_date")
            link.published = machine_date(day, "sitemap.news", 0.92) if day else None
        listing.links.append(link)
    return listing


def _child(node: etree._Element, name: str) -> str:
    for child in node:
        if isinstance(child.tag, str) and etree.QName(child).localname == name:
            return clean(child.text or "")
    return ""
