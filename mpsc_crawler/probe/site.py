"""What would we make of this new site? Recognition and discovery on one address give a source file and sample articles."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urljoin, urlsplit

from protego import Protego

from mpsc_crawler.discovery import Listing, NotAList
from mpsc_crawler.discovery.listing import read_listing
from mpsc_crawler.extraction import platforms
from mpsc_crawler.extraction.dom import parse
from mpsc_crawler.extraction.headline import without_site_name
from mpsc_crawler.extraction.noise import survey
from mpsc_crawler.extraction.posts import slug_of
from mpsc_crawler.extraction.urls import site_of
from mpsc_crawler.items import ArticleLink, Exchange
from mpsc_crawler.operations.failures import of_empty_page, of_page, of_status
from mpsc_crawler.operations.fetch import FetchError
from mpsc_crawler.probe.check import AddressCheck, Fetch, Sample, allowed, read_sample, read_with_parts
from mpsc_crawler.sources.model import Address, AddressKind, Source, SourceKind

_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.I | re.M)
_LANGUAGE = re.compile(r"[a-z]{2}")
_MOST_CANDIDATES = 4


@dataclass(slots=True)
class Proposal:
    """A validated source file for a new site, and what it rests on.

    ``source`` and ``toml`` are ``None`` and empty where no address gave article links.
    """

    source: Source | None
    toml: str
    checks: list[AddressCheck] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    failure: str = ""
    detail: str = ""


def probe_site(
    url: str,
    fetch: Fetch,
    agent: str,
    *,
    kind: SourceKind = "project",
    slug: str | None = None,
    known: Sequence[str] = (),
    samples: int = 5,
) -> Proposal:
    """Look at a site from one of its addresses: best its news list, else its home page.

    :param fetch: gets one address, raising :class:`FetchError`; robots.txt is respected.
    :param slug: the name of the new source; made from the host where it is not given.
    :param known: names that are taken.
    :param samples: so many articles are read.
    :raises FetchError: the address itself could not be fetched.
    """
    fetch = cache(fetch)  # robots.txt and the page itself are needed more than once, and asked for once
    robots: dict[str, tuple[Protego | None, str]] = {}
    first = AddressCheck("", url, "list")
    if not allowed(url, fetch, agent, robots, first):
        return Proposal(None, "", [first], failure=first.failure or "robots", detail=url)
    answer = fetch(url)
    if answer.status >= 400:
        return Proposal(None, "", [first], failure=of_status(answer.status), detail=f"status {answer.status}")
    wall = of_page(answer.body)
    if wall is not None:
        return Proposal(None, "", [first], failure=wall, detail="recognised by its markup")
    page = parse(answer.body, answer.url, answer.header("Content-Type"))
    platform = platforms.recognise(page, survey(page.body))
    checks: list[AddressCheck] = []
    readable: list[tuple[Address, Listing]] = []
    for candidate in _candidates(answer, platform.name if platform else "", fetch):
        check = AddressCheck("", candidate.url, candidate.kind)
        checks.append(check)
        try:
            if not allowed(candidate.url, fetch, agent, robots, check):
                check.failure = check.failure or "robots"
                continue
            listing = read_with_parts(candidate, fetch)
        except FetchError as error:
            check.failure, check.detail = error.failure, str(error)
            continue
        except NotAList as error:
            check.failure, check.detail = "not-a-list", str(error)
            continue
        check.links = len(listing.links)
        if listing.links:
            readable.append((candidate, listing))
        else:
            check.failure = "no-links"
    chosen = _choice(readable)
    if not chosen:
        why = of_empty_page(answer.body)
        failure = "no-links" if why == "no-article" else why
        return Proposal(None, "", checks, failure=failure, detail=url)
    name = page.meta("og:site_name") or without_site_name(page.title, "", "") or site_of(url)
    text = source_file(
        _free_slug(slug or slug_of_host(url), known),
        name,
        kind,
        [address for address, _ in chosen],
        website=f"{urlsplit(answer.url).scheme}://{urlsplit(answer.url).netloc}/",
        platform=platform.name if platform else "",
        language=page.language if _LANGUAGE.fullmatch(page.language) else "de",
    )
    source = Source.model_validate(tomllib.loads(text))
    links = max(
        (listing for _, listing in chosen), key=lambda listing: sum(_told(link) for link in listing.links)
    ).links
    found = [_sample(source, link, fetch, agent, robots) for link in links[:samples]]
    return Proposal(source, text, checks, found)


def _told(link: ArticleLink) -> int:
    return 1 + bool(link.headline) + bool(link.published)


def _candidates(answer: Exchange, platform: str, fetch: Fetch) -> list[Address]:
    """Where the site may keep its articles: the page itself, its feeds, the platform's interface, the sitemaps."""
    parts = urlsplit(answer.url)
    root = f"{parts.scheme}://{parts.netloc}/"
    listed: list[tuple[str, AddressKind]] = []
    try:
        feeds = read_listing(answer.body, answer.url, answer.header("Content-Type")).feeds
    except NotAList:
        feeds = []
    content_type = (answer.header("Content-Type") or "").lower()
    head = answer.body[:600].lower()
    if b"<rss" in head or b"<feed" in head or "json" in content_type:
        listed.append((answer.url, "feed"))
    elif b"<urlset" in head or b"<sitemapindex" in head:
        listed.append((answer.url, "sitemap"))
    else:
        listed.append((answer.url, "list"))
    own = [feed for feed in feeds if "comment" not in feed.lower() and "kommentar" not in feed.lower()]
    listed += [(feed, "feed") for feed in own[:_MOST_CANDIDATES]]
    if platform == "wordpress":
        listed.append((urljoin(root, "wp-json/wp/v2/posts"), "wordpress"))
        listed += [(urljoin(root, "feed/"), "feed")] if not own else []
    listed += [(sitemap, "sitemap") for sitemap in _sitemaps(root, fetch)[:2]]
    first: dict[str, AddressKind] = {}
    for address, kind in listed:
        first.setdefault(address, kind)
    return [Address(url=address, kind=kind, verified=True, origin="seen") for address, kind in first.items()]


def _sitemaps(root: str, fetch: Fetch) -> list[str]:
    try:
        answer = fetch(urljoin(root, "robots.txt"))
    except FetchError:
        return [urljoin(root, "sitemap.xml")]
    told = _SITEMAP_LINE.findall(answer.body.decode("utf-8", "replace")) if answer.status < 400 else []
    return [address for address in told if address.startswith("http")] or [urljoin(root, "sitemap.xml")]


def _choice(readable: list[tuple[Address, Listing]]) -> list[tuple[Address, Listing]]:
    """What the source file names: lists, feeds and interfaces; a sitemap, which names every page, only for want of them."""
    better = [(address, listing) for address, listing in readable if address.kind != "sitemap"]
    return better or readable[:1]


def slug_of_host(url: str) -> str:
    """A source's name made from its host: ``https://smartcity.jena.de/`` gives ``smartcity-jena``."""
    host = site_of(url)
    stem = host.rsplit(".", 1)[0] if "." in host and not host.replace(".", "").isdigit() else host
    return slug_of(stem) or "source"


def _free_slug(slug: str, known: Sequence[str]) -> str:
    slug = slug_of(slug) or "source"
    number, free = 2, slug
    while free in known:
        free, number = f"{slug}-{number}", number + 1
    return free


def quoted(text: str) -> str:
    """A TOML basic string; its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)


def source_file(
    slug: str,
    name: str,
    kind: SourceKind,
    addresses: Sequence[Address],
    *,
    website: str,
    platform: str = "",
    language: str = "de",
) -> str:
    """The text of a source file, with a comment for what only a person can know."""

    lines = [
        f"slug = {quoted(slug)}",
        f"name = {quoted(name)}",
        f"kind = {quoted(kind)}  # portal, project, municipality or press",
        f"scope = {quoted('all' if kind in ('project', 'portal') else 'relevant')}",
        f"language = {quoted(language)}",
        "# to be filled in by hand: project, cohort, states, members with their AGS (see docs/sources.md)",
    ]
    if platform:
        lines += ["", "[platform]", f"name = {quoted(platform)}", "verified = true"]
    listed = {address.url for address in addresses}
    if website not in listed:
        lines += _address_lines(Address(url=website, kind="website", verified=True, origin="seen"))
    for address in addresses:
        lines += _address_lines(address)
    return "\n".join(lines) + "\n"


def _address_lines(address: Address) -> list[str]:
    return [
        "",
        "[[addresses]]",
        f"url = {quoted(address.url)}",
        f'kind = "{address.kind}"',
        f"verified = {'true' if address.verified else 'false'}",
        f'origin = "{address.origin}"',
    ]


def _sample(
    source: Source, link: ArticleLink, fetch: Fetch, agent: str, robots: dict[str, tuple[Protego | None, str]]
) -> Sample:
    try:
        return read_sample(source, link, fetch, agent, robots, AddressCheck(source.slug, link.url, "article"))
    except FetchError as error:
        return Sample(link.url, failure=error.failure)
