"""One source in one run: which lists are read, when paging ends, which articles are asked for. Knows no Scrapy."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import unquote, urlsplit

from mpsc_crawler.discovery import Listing
from mpsc_crawler.extraction.urls import site_of, url_key
from mpsc_crawler.items import ArticleLink, ListLook
from mpsc_crawler.operations.due import is_due
from mpsc_crawler.sources.model import Address, Source
from mpsc_crawler.storage.hints import link_of
from mpsc_crawler.storage.registry import KnownPage
from mpsc_crawler.storage.urlkey import key_of

_RANK = ("wordpress.rest", "feed.json", "feed.rss", "feed.atom", "sitemap.news", "listing", "listing.json", "sitemap")


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list page to be read: ``number`` counts the pages of one list from 1."""

    entry: Address
    url: str
    number: int


@dataclass(frozen=True, slots=True)
class ArticleRequest:
    """An article page to be read, with all that lists told of it."""

    url: str
    link: ArticleLink | None
    known: KnownPage | None
    hint_hash: str | None
    reason: str


def hint_hash(link: ArticleLink, *, trust_modified: bool) -> str:
    """A hash over what lists tell of an article; when it changes, the article is read again."""
    parts = [
        link.headline or "",
        link.teaser or "",
        link.published.edtf if link.published else "",
        link.modified.edtf if link.modified and trust_modified else "",
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


@dataclass(slots=True)
class SourceCrawl:
    """What is known and found of one source while it is crawled."""

    source: Source
    known: Mapping[str, KnownPage]
    now: datetime
    full: bool = False
    max_pages: int = 50
    max_links: int = 5000
    pending: int = 0
    failed_lists: int = 0
    read_lists: int = 0
    requests: int = 0
    size: int = 0
    open_articles: int = 0
    started: bool = False
    found: dict[str, list[ArticleLink]] = field(default_factory=lambda: defaultdict(list))
    shown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    asked_lists: set[str] = field(default_factory=set)
    hosts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.hosts = self.source.hosts  # worked out once: every page and link is held against it

    def first_requests(self) -> list[ListRequest]:
        """The lists that the source file names."""
        requests = [ListRequest(entry, entry.url, 1) for entry in self.source.entries]
        unique = [r for r in requests if self._new_list(r.url)]
        self.pending += len(unique)
        return unique

    def seen_before(self, request: ListRequest) -> KnownPage | None:
        """What the server said of a list last time, where the answer "not modified" will do; else it is asked for anew.

        An unchanged index or first page of an API says nothing about its parts. A frame that scripts fill is unchanged while
        what they fetch changes.
        """
        whole = request.number == 1 and request.entry.kind in ("sitemap", "wordpress")
        if self.full or whole or self.source.render:
            return None
        known = self.known.get(key_of(request.url))
        return known if known is not None and (known.etag or known.last_modified) else None

    def _new_list(self, url: str) -> bool:
        key = url_key(url)
        if key in self.asked_lists:
            return False
        self.asked_lists.add(key)
        return True

    def belongs(self, link: ArticleLink) -> bool:
        """Whether a link stays on the source's own hosts, and below its sections where it names any."""
        site = site_of(link.url)
        if site not in self.hosts:
            return False
        sections = [s for s in self.source.within if s.split("/")[0] == site]
        if not sections:
            return True
        path = f"{site}{unquote(urlsplit(link.url).path)}"
        return any(path.startswith(unquote(section)) for section in sections)

    def take(self, request: ListRequest, listing: Listing) -> tuple[list[ListRequest], ListLook]:
        """Take over what a list page yields; returns the list pages to read next, and the record of the look.

        Paging goes on while a page shows something new; it ends at known and unchanged entries, at repeated pages
        and at the limits. The parts of a sitemap index and announced feeds are read too.
        """
        self.pending -= 1
        self.read_lists += 1
        links = [link for link in listing.links if self.belongs(link)]
        new, fresh, told = 0, 0, 0
        shown = self.shown[request.entry.url]
        for link in links:
            key = url_key(link.url)
            if key not in self.found and len(self.found) >= self.max_links:
                continue
            if key not in shown:
                shown.add(key)
                fresh += 1
                new += key not in self.known
            told += key not in self.found
            self.found[key].append(link)
        go_on = request.number < min(self.max_pages, self.source.max_pages) and len(self.found) < self.max_links
        index = not listing.links and listing.kind == "sitemap"
        onward = go_on and (index or new > 0 or (self.full and fresh > 0))
        more = [ListRequest(request.entry, url, request.number + 1) for url in listing.more if url] if onward else []
        if request.entry.kind == "website" and request.number == 1:
            more += [ListRequest(_as_feed(request.entry, url), url, 1) for url in listing.feeds[:2]]
        more = [r for r in more if site_of(r.url) in self.hosts and self._new_list(r.url)]
        self.pending += len(more)
        look = ListLook(
            source=self.source.slug,
            url=request.url,
            kind=listing.kind,
            links=told,
            new_links=new,
            oldest=listing.oldest,
            complete=not listing.more and not listing.kind.startswith("feed"),
        )
        return more, look

    def not_modified(self, request: ListRequest) -> ListLook:
        """A list that answered 304."""
        self.pending -= 1
        self.read_lists += 1
        return ListLook(
            self.source.slug, request.url, request.entry.kind, 0, 0, None, complete=False, not_modified=True
        )

    def ended(self) -> None:
        """A further page of a list that does not exist: the list has ended."""
        self.pending -= 1

    def still_listed(self, requests: list[ArticleRequest]) -> list[str]:
        """The keys of known articles that a list still names and that need not be asked for."""
        asked = {url_key(request.url) for request in requests}
        return [
            key
            for key, page in self.known.items()
            if key in self.found and key not in asked and page.decision == "kept"
        ]

    def list_failed(self) -> None:
        """A list that could not be read."""
        self.pending -= 1
        self.failed_lists += 1

    def articles(self) -> list[ArticleRequest]:
        """The articles to ask for, once all lists are read: new ones, those whose hints changed, those that are due."""
        trust = self._lastmod_is_honest()
        requests = []
        for key, links in self.found.items():
            link = merged(links)
            hints = hint_hash(link, trust_modified=trust)
            known = self.known.get(key)
            reason = self._reason(known, hints)
            if reason:
                if known is not None and known.hints:
                    link.merge(link_of(link.url, known.hints))  # another list may have told it that is silent now
                requests.append(ArticleRequest(link.url, link, known, hints, reason))
        for key, known in self.known.items():
            if (
                key not in self.found
                and known.role == "article"
                and known.decision in ("kept", "queued")
                and is_due(known.next_due, self.now)
            ):
                told = link_of(known.url, known.hints) if known.hints else None
                requests.append(ArticleRequest(known.url, told, known, None, "due"))
        return requests

    def _reason(self, known: KnownPage | None, hints: str) -> str:
        if known is None:
            return "new"
        if self.full and known.decision != "erased":
            return "full"
        if known.decision in ("outside", "erased"):
            return ""
        if known.decision is None:
            return "failed before" if is_due(known.next_due, self.now) else ""
        if known.hint_hash is not None and known.hint_hash != hints:
            return "hints changed"
        return "due" if is_due(known.next_due, self.now) else ""

    def _lastmod_is_honest(self) -> bool:
        """Sitemaps that date everything to the moment of the request tell nothing."""
        days: list[date] = [
            link.modified.day
            for links in self.found.values()
            for link in links
            if link.modified is not None and link.modified.day is not None
        ]
        recent = sum(1 for day in days if day >= self.now.date() - timedelta(days=1))
        return recent < 3 or recent < 0.5 * len(days)


def _as_feed(entry: Address, url: str) -> Address:
    return Address(url=url, kind="feed", verified=False, origin="inferred", evidence=entry.url)


def merged(links: list[ArticleLink]) -> ArticleLink:
    """One link from what several lists tell; the more exact kind of list comes first."""
    ordered = sorted(links, key=lambda link: _RANK.index(link.rule) if link.rule in _RANK else len(_RANK))
    first = ordered[0]
    for other in ordered[1:]:
        first.merge(other)
    return first
