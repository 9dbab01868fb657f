"""What the crawl yields, sorted into the work of one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from mpsc_crawler.items import (
    ListEnd,
    ListLook,
    NewsArticle,
    OutsideScope,
    PageFailure,
    PageGone,
    PageUnchanged,
    Queued,
    SiteRights,
    StillListed,
    Vanished,
)
from mpsc_crawler.storage.hints import hints_of
from mpsc_crawler.storage.urlkey import key_of

Item = (
    NewsArticle
    | ListLook
    | ListEnd
    | StillListed
    | Vanished
    | OutsideScope
    | SiteRights
    | PageUnchanged
    | PageGone
    | PageFailure
)
Position = tuple[str, int]


@dataclass(slots=True)
class Extra:
    """What goes with an item beside its content: archive position, the lists' hints, and what each list told."""

    position: Position | None = None
    told: dict[str, Any] | None = None
    hints: dict[str, Any] | None = None


@dataclass(slots=True)
class Batch:
    """The work of one transaction, sorted by table.

    :param sources: the numbers of sources by slug.
    :param due: says when an article is to be read again.
    """

    sources: Mapping[str, int]
    run_id: int
    due: Callable[[date | None, datetime], datetime]
    pages: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)
    articles: list[NewsArticle] = field(default_factory=list)
    counts: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    looks: list[tuple[int, ListLook]] = field(default_factory=list)
    gone: list[tuple[int, PageGone]] = field(default_factory=list)
    listed: list[tuple[int, StillListed]] = field(default_factory=list)
    vanished: list[tuple[int, Vanished]] = field(default_factory=list)
    unchanged: list[tuple[int, PageUnchanged]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)

    def sort(self, item: Item, extra: Extra) -> None:
        """Take over one item."""
        source_id = self.sources[item.source or ""]
        counts = self.counts[source_id]
        if isinstance(item, NewsArticle):
            fetched = item.fetched_at or datetime.now(UTC)
            if item.moved_from is not None:
                self._page(source_id, item.moved_from, "article", fetched, Extra())
            address = item.url.split("#")[0]
            told_by_list = item.in_list and item.exchange is not None and key_of(item.exchange.url) == key_of(address)
            page = self._page(source_id, address, "list" if told_by_list else "article", fetched, extra)
            if not told_by_list:  # a list that holds its articles has a rhythm of its own
                page["next_due"] = self.due(item.published.day if item.published else None, fetched)
                page["decision"] = "kept"
                page["relevance"] = item.relevance.score if item.relevance else None
                page["codebook_version"] = item.relevance.version if item.relevance else None
            if item.exchange is not None and not item.in_list:
                self._validators(page, item.exchange.header, item.exchange.status)
                page["content_hash"] = hashlib.sha256(item.exchange.body).hexdigest()
            self.articles.append(item)
        elif isinstance(item, ListLook):
            fetched = item.at or (item.exchange.fetched_at if item.exchange is not None else datetime.now(UTC))
            page = self._page(source_id, item.url, "list", fetched, extra)
            if item.exchange is not None and not item.not_modified:
                self._validators(page, item.exchange.header, item.exchange.status)
            counts.update(lists_read=1, links=item.links)
            if item.not_modified:
                counts.update(lists_unchanged=1)
            if item.next_due is not None:
                page["next_due"] = item.next_due
            if item.reading is not None:
                first, decision = item.reading
                self._page(source_id, first, "list", fetched, Extra())["decision"] = decision
            for queued in item.queued:
                self._queue(source_id, queued, fetched)
            self.looks.append((source_id, item))
        elif isinstance(item, OutsideScope):
            page = self._page(source_id, item.url, "article", item.fetched_at, extra)
            page.update(decision="outside", relevance=item.relevance.score, headline=item.headline, last_status=200)
            page["published"] = item.published.day if item.published else None
            page["codebook_version"] = item.relevance.version
            # what is out of scope is not asked for again, and nothing else of it is kept
            page.update(next_due=None, hints=None, told=None)
            counts.update(outside=1)
        elif isinstance(item, SiteRights):
            page = self._page(source_id, item.url, "rights", item.at, Extra(hints={"tdmrep": item.rules}))
            page.update(last_status=item.status, next_due=item.next_due)
        elif isinstance(item, ListEnd):
            self._page(source_id, item.url, "list", item.at, Extra())["decision"] = item.decision
        elif isinstance(item, StillListed):
            self.listed.append((source_id, item))
        elif isinstance(item, Vanished):
            self.vanished.append((source_id, item))
        elif isinstance(item, PageUnchanged):
            page = self._page(source_id, item.url, "article", item.fetched_at, extra)
            page.update(last_status=item.status, next_due=self.due(None, item.fetched_at))
            self.unchanged.append((source_id, item))
            counts.update(unchanged=1)
        elif isinstance(item, PageGone):
            page = self._page(source_id, item.url, "article", item.fetched_at, extra)
            page.update(last_status=item.status)
            self.gone.append((source_id, item))
        else:
            self._sort_failure(source_id, item, extra)

    def _sort_failure(self, source_id: int, item: PageFailure, extra: Extra) -> None:
        if item.role != "file" and item.failure != "not-archived":
            page = self._page(source_id, item.url, item.role, item.at, extra)
            page.update(failure=item.failure, last_status=item.status, failed=True)
            page["next_due"] = item.retry_at
        self.counts[source_id].update(failed=1)
        self.issues.append(
            {
                "run_id": self.run_id,
                "source_id": source_id,
                "at": item.at,
                "url": item.url,
                "role": item.role,
                "failure": item.failure,
                "detail": item.detail[:1000],
                "status": item.status,
            }
        )

    def _page(self, source_id: int, url: str, role: str, at: datetime, extra: Extra) -> dict[str, Any]:
        page = self.pages.setdefault((source_id, key_of(url)), {"url": url, "role": role, "failed": False})
        page.pop("queued", None)
        page["last_checked"] = at
        if extra.position is not None:
            page["archive_file"], page["archive_offset"] = extra.position
        if extra.told is not None:
            page["told"] = extra.told
        if extra.hints is not None:
            page["hints"] = extra.hints
        return page

    def _queue(self, source_id: int, queued: Queued, at: datetime) -> None:
        """Remember an article that a list has named, until it is read."""
        name = (source_id, key_of(queued.link.url))
        if name not in self.pages:
            values = {"hints": hints_of(queued.link), "told": queued.told, "decision": "queued", "next_due": at}
            self.pages[name] = {"url": queued.link.url, "role": "article", "failed": False, "queued": True, **values}

    @staticmethod
    def _validators(page: dict[str, Any], header: Callable[[str], str | None], status: int) -> None:
        page.update(etag=header("ETag"), last_modified=header("Last-Modified"), last_status=status)
