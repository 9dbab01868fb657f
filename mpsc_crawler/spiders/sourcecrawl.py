"""One source in one run: which lists are read, when paging ends, which articles are asked for. Knows no Scrapy."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from mpsc_crawler.discovery import Listing
from mpsc_crawler.extraction.urls import site_of, url_key
from mpsc_crawler.items import ArticleLink, ListLook, NewsArticle, Queued, StillListed, Vanished
from mpsc_crawler.operations.due import is_due, rhythm
from mpsc_crawler.reading import reserve, tdmrep_of
from mpsc_crawler.sources.model import Address, Source
from mpsc_crawler.spiders.vanished import EVERYTHING, GONE_FROM, reach, vanished, without
from mpsc_crawler.storage.hints import Told, differs, link_of, merged_told, told_of
from mpsc_crawler.storage.registry import KnownPage
from mpsc_crawler.storage.urlkey import key_of

BEGUN, READ = "begun", "read"
"""The state of a list in its page's ``decision``: its further pages are still to be read, or it was read as far as wanted."""
_MOST_SITES = 10
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
    told: Told | None
    reason: str


@dataclass(slots=True)
class _Reading:
    """How one list is read in this run: the days of its entries in order, and whether its end was in sight."""

    days: list[date | None] = field(default_factory=list)
    under_way: int = 0
    asked: int = 1
    failed: bool = False
    index: bool = False
    sitemap: bool = False
    cut: bool = False
    partial: bool = False


@dataclass(slots=True)
class SourceCrawl:
    """What is known and found of one source while it is crawled."""

    source: Source
    known: Mapping[str, KnownPage]
    now: datetime
    full: bool = False
    max_pages: int = 50
    max_links: int = 5000
    named: bool = False
    pending: int = 0
    failed_lists: int = 0
    read_lists: int = 0
    requests: int = 0
    size: int = 0
    open_articles: int = 0
    started: bool = False
    left_waiting: int = 0
    rests: bool = False
    found: dict[str, dict[str, list[ArticleLink]]] = field(default_factory=dict)
    readings: dict[str, _Reading] = field(default_factory=lambda: defaultdict(_Reading))
    shown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    asked_lists: set[str] = field(default_factory=set)
    rules: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    usual: timedelta | None = None

    def __post_init__(self) -> None:
        self.hosts = self.source.hosts  # worked out once: every page and link is held against it
        self.usual = rhythm(page.published for page in self.known.values())

    def first_requests(self) -> list[ListRequest]:
        """The lists that the source file names, as far as they are due; all of them where the source was asked for by name."""
        requests = [ListRequest(entry, entry.url, 1) for entry in self.source.entries]
        unique = [r for r in requests if self._new_list(r.url) and self._list_is_due(r)]
        self.pending += len(unique)
        for request in unique:
            self.readings[request.entry.url].under_way += 1
        return unique

    def _list_is_due(self, request: ListRequest) -> bool:
        known = self.known.get(key_of(request.url))
        return self.full or self.named or known is None or is_due(known.next_due, self.now)

    def rights_due(self, addresses: Iterable[str]) -> list[str]:
        """Where the sites of these addresses say what they reserve, as far as that is to be asked now."""
        found = dict.fromkeys(tdmrep_of(address) for address in addresses)
        known = {url: self.known.get(key_of(url)) for url in found}
        return [url for url, page in known.items() if page is None or is_due(page.next_due, self.now)][:_MOST_SITES]

    def reserve(self, article: NewsArticle) -> NewsArticle:
        """Add what the article's site reserves. Changes ``article``."""
        url = tdmrep_of(article.url)
        known = self.known.get(key_of(url))
        rules = self.rules[url] if url in self.rules else ((known.hints or {}).get("tdmrep") if known else None)
        return reserve(article, rules or ())

    def _is_unfinished(self, entry: Address) -> bool:
        """Whether the run before ended while it was reading the list: then known entries do not tell that the rest is known."""
        known = self.known.get(key_of(entry.url))
        return known is not None and known.decision == BEGUN

    def seen_before(self, request: ListRequest) -> KnownPage | None:
        """What the server said of a list last time, where the answer "not modified" will do; else it is asked for anew.

        An unchanged index or first page of an API says nothing about its parts. A frame that scripts fill is unchanged while
        what they fetch changes.
        """
        whole = request.number == 1 and request.entry.kind in ("sitemap", "wordpress")
        if self.full or whole or self.source.render or self._is_unfinished(request.entry):
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
        new, fresh, first, queued = 0, 0, 0, []
        entry, reading = request.entry.url, self.readings[request.entry.url]
        reading.sitemap |= listing.kind == "sitemap"
        shown = self.shown[entry]
        for link in links:
            key = url_key(link.url)
            if key not in self.found and len(self.found) >= self.max_links:
                reading.partial = True
                continue
            if key not in shown:
                shown.add(key)
                fresh += 1
                new += key not in self.known
                reading.days.append(link.published.day if link.published is not None else None)
            if key not in self.found:
                first += 1
                if key not in self.known and self.source.read_from == "page":
                    queued.append(link)
            self.found.setdefault(key, {}).setdefault(entry, []).append(link)
        go_on = request.number < min(self.max_pages, self.source.max_pages) and len(self.found) < self.max_links
        index = not listing.links and listing.kind == "sitemap"
        thorough = self.full or self._is_unfinished(request.entry)
        onward = go_on and (index or new > 0 or (thorough and fresh > 0))
        reading.cut |= bool(listing.more) and not onward
        more = [ListRequest(request.entry, url, request.number + 1) for url in listing.more if url] if onward else []
        if request.entry.kind == "website" and request.number == 1:
            more += [ListRequest(_as_feed(request.entry, url), url, 1) for url in listing.feeds[:2]]
        reading.cut |= any(site_of(r.url) not in self.hosts for r in more)
        more = [r for r in more if site_of(r.url) in self.hosts and self._new_list(r.url)]
        room = max(0, min(self.max_pages, self.source.max_pages) - reading.asked)
        reading.cut |= len(more) > room
        more = more[:room]
        reading.index |= index
        self.pending += len(more)
        for following in more:
            self.readings[following.entry.url].under_way += 1
            self.readings[following.entry.url].asked += 1
        look = ListLook(
            source=self.source.slug,
            url=request.url,
            kind=listing.kind,
            links=first,
            new_links=new,
            oldest=listing.oldest,
            complete=not listing.more and not listing.kind.startswith("feed"),
            queued=[Queued(link, {entry: told_of([link])}) for link in queued],
        )
        look.reading = self._one_less(request)
        return more, look

    def _one_less(self, request: ListRequest, *, failed: bool = False) -> tuple[str, str] | None:
        """A page of a list is done with. Tells how far the reading of the list has come, where that is to be remembered."""
        entry, reading = request.entry.url, self.readings[request.entry.url]
        reading.under_way -= 1
        reading.failed |= failed
        if reading.under_way:
            return (entry, BEGUN) if request.number == 1 else None
        return None if reading.failed else (entry, READ)

    def not_modified(self, request: ListRequest) -> ListLook:
        """A list that answered 304."""
        self.pending -= 1
        self.read_lists += 1
        look = ListLook(
            self.source.slug, request.url, request.entry.kind, 0, 0, None, complete=False, not_modified=True
        )
        self.readings[request.entry.url].partial = True  # it names what it named, which we do not know
        look.reading = self._one_less(request)
        return look

    def ended(self, request: ListRequest) -> tuple[str, str] | None:
        """A further page of a list that does not exist: the list has ended."""
        self.pending -= 1
        return self._one_less(request)

    def list_failed(self, request: ListRequest) -> None:
        """A list that could not be read."""
        self.pending -= 1
        self.failed_lists += 1
        self._one_less(request, failed=True)

    def empty_indexes(self) -> list[str]:
        """The indexes of sitemaps whose parts were read and name no article."""
        empty = [
            entry
            for entry, reading in self.readings.items()
            if reading.index and not reading.failed and not self.shown[entry]
        ]
        self.failed_lists += len(empty)
        self.read_lists -= len(empty)
        return empty

    def failures_before(self, url: str) -> int:
        """How often in a row an address has failed up to now."""
        known = self.known.get(key_of(url))
        return known.failures_in_row if known is not None else 0

    # ----------------------------------------------------------------- articles

    def still_listed(self, requests: list[ArticleRequest], at: datetime) -> StillListed | None:
        """The known articles that a list still names and that need not be asked for."""
        asked = {url_key(request.url) for request in requests}
        trust = self._lastmod_is_honest()
        keys, news = [], {}
        for key in self.found:
            page = self.known.get(key)
            if page is None or key in asked or page.decision != "kept":
                continue
            keys.append(key)
            said = self._told(key)
            if not trust:  # what is not believed is not noted again and again
                said = {entry: {n: v for n, v in words.items() if n != "m"} for entry, words in said.items()}
            merged = merged_told(page.told, said)
            if merged != page.told:
                news[key] = merged
        return StillListed(self.source.slug, keys, at, news) if keys else None

    def vanished(self, at: datetime) -> Vanished | None:
        """The known articles that the list which named them has dropped."""
        lost = self._lost()
        told = {key: without(self.known[key].told, entries) for key, entries in lost.items()}
        unlisted = {key for key, entries in lost.items() if any(self._reach(entry) != EVERYTHING for entry in entries)}
        return Vanished(self.source.slug, told, unlisted, at) if told else None

    def _reach(self, entry: str) -> date | None:
        reading = self.readings[entry]
        if reading.sitemap and not any(reading.days):
            return None if reading.cut else EVERYTHING
        return reach(reading.days)

    def _lost(self) -> dict[str, list[str]]:
        """By key of a dropped article the lists that dropped it."""
        reaches = {
            entry: self._reach(entry)
            for entry, reading in self.readings.items()
            if reading.days and not reading.under_way and not reading.failed and not reading.partial
        }
        lists = {entry.url for entry in self.source.entries}
        lost: dict[str, list[str]] = {}
        for entry, keys in vanished(self.known, self.found, reaches, lists).items():
            for key in keys:
                lost.setdefault(key, []).append(entry)
        return lost

    def _told(self, key: str) -> Told:
        return {entry: told_of(links) for entry, links in self.found[key].items()}

    def articles(self) -> list[ArticleRequest]:
        """The articles to ask for, once all lists are read.

        Dropped and due ones come first: a moved article is to be found by its old address before its new one is read.
        """
        trust = self._lastmod_is_honest()
        lost = self._lost()
        requests = []
        for key, known in self.known.items():
            if key in self.found or known.role != "article" or known.decision not in ("kept", "queued"):
                continue
            dropped = key in lost and not any(GONE_FROM in (known.told or {}).get(entry, {}) for entry in lost[key])
            if dropped or self.full or is_due(known.next_due, self.now):
                link = link_of(known.url, known.hints) if known.hints else None
                reason = "full" if self.full else "dropped" if dropped else "due"
                requests.append(ArticleRequest(known.url, link, known, None, reason))
        for key, by_list in self.found.items():
            known_page = self.known.get(key)
            told = self._told(key)
            reason = self._reason(known_page, told, trust_modified=trust)
            if reason:
                link = merged([link for links in by_list.values() for link in links])
                if known_page is not None and known_page.hints:
                    # another list may have told it that is silent now
                    link.merge(link_of(link.url, known_page.hints))
                before = known_page.told if known_page is not None else None
                requests.append(ArticleRequest(link.url, link, known_page, merged_told(before, told), reason))
        return requests

    def _reason(self, known: KnownPage | None, told: Told, *, trust_modified: bool) -> str:
        if known is None:
            return "new"
        if self.full and known.decision != "erased":
            return "full"
        if known.decision in ("outside", "erased", "moved"):
            return ""
        due = is_due(known.next_due, self.now)
        if known.decision in (None, "queued"):
            return "queued" if due else ""
        back = any(GONE_FROM in said for said in (known.told or {}).values())
        if back and (known.gone_reason or known.missing_reason or "unlisted") != "unlisted":
            return "listed again"
        if differs(known.told or {}, told, trust_modified=trust_modified):
            return "hints changed"
        return "due" if due else ""

    def _lastmod_is_honest(self) -> bool:
        """Sitemaps that date everything to the moment of the request, or to one and the same day, tell nothing."""
        days: list[date] = [
            link.modified.day
            for by_list in self.found.values()
            for links in by_list.values()
            for link in links
            if link.modified is not None and link.modified.day is not None
        ]
        recent = sum(1 for day in days if day >= self.now.date() - timedelta(days=1))
        _, most = Counter(days).most_common(1)[0] if days else (None, 0)
        return (recent < 3 or recent < 0.5 * len(days)) and (most < 10 or most < 0.5 * len(days))


def _as_feed(entry: Address, url: str) -> Address:
    return Address(url=url, kind="feed", verified=False, origin="inferred", evidence=entry.url)


def merged(links: list[ArticleLink]) -> ArticleLink:
    """One link from what several lists tell; the more exact kind of list comes first."""
    ordered = sorted(links, key=lambda link: _RANK.index(link.rule) if link.rule in _RANK else len(_RANK))
    first = ordered[0]
    for other in ordered[1:]:
        first.merge(other)
    return first
