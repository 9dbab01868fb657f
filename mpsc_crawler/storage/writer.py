"""The one writer. Takes batches of what the crawl yields and stores each batch in one transaction, or none of it.

An article is written again only if something real changed: headline, kicker, teaser, body, publication date, authors,
media or attachments. Volatile markup never makes a revision.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

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
from mpsc_crawler.storage import presence, rows
from mpsc_crawler.storage.erase import erased_keys, keys_of
from mpsc_crawler.storage.hints import hints_of
from mpsc_crawler.storage.models import Article, AttachmentRow, ImageRow, IssueLog, Page, Revision, SourceRow, SourceRun
from mpsc_crawler.storage.session import explain
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
Keyed = Mapping[tuple[int, str], int]
_KNOWN = (
    Article.id,
    Article.identity,
    Article.canonical_url,
    Article.url,
    Article.page_id,
    Article.content_hash,
    Article.rights,
    *rows.DIFFED,
)


@dataclass(slots=True)
class Extra:
    """What goes with an item beside its content: archive position, the lists' hints, and what each list told."""

    position: Position | None = None
    told: dict[str, Any] | None = None
    hints: dict[str, Any] | None = None


@dataclass(slots=True)
class _Batch:
    """The work of one transaction, sorted by table."""

    pages: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)
    articles: list[NewsArticle] = field(default_factory=list)
    counts: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    looks: list[tuple[int, ListLook]] = field(default_factory=list)
    gone: list[tuple[int, PageGone]] = field(default_factory=list)
    listed: list[tuple[int, StillListed]] = field(default_factory=list)
    vanished: list[tuple[int, Vanished]] = field(default_factory=list)
    unchanged: list[tuple[int, PageUnchanged]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)


class Writer:
    """Writes the items of one run.

    :param due: says when an article is to be read again, from its publication day and the moment it was read.
    """

    def __init__(
        self,
        engine: Engine,
        run_id: int,
        software: str,
        due: Callable[[date | None, datetime], datetime],
    ) -> None:
        self.engine = engine
        self.run_id = run_id
        self.software = software
        self.due = due
        with engine.connect() as connection:
            self._sources: dict[str, int] = {
                slug: ident for slug, ident in connection.execute(select(SourceRow.slug, SourceRow.id))
            }

    def write(self, items: Sequence[Item], extras: Mapping[int, Extra] | None = None) -> dict[str, Counter[str]]:
        """Store a batch in one transaction.

        :param extras: by ``id()`` of the item.
        :returns: by source, how many items were new, changed, unchanged, gone, outside or failed.
        :raises DatabaseError: the database refused; nothing of the batch is stored.
        """
        for attempt in (1, 2):
            try:
                with self.engine.begin() as connection:
                    return self._write(connection, items, extras or {})
            except IntegrityError as error:
                if attempt == 2:  # the first time another process stored the same article meanwhile
                    raise explain(error, str(self.engine.url)) from error
            except SQLAlchemyError as error:
                raise explain(error, str(self.engine.url)) from error
        return {}

    def _write(
        self, connection: Connection, items: Sequence[Item], extras: Mapping[int, Extra]
    ) -> dict[str, Counter[str]]:
        batch = _Batch()
        erased = erased_keys(connection, (item for item in items if isinstance(item, NewsArticle)))
        for item in items:
            if erased and isinstance(item, NewsArticle) and not erased.isdisjoint(keys_of(item)):
                continue  # a feed or list still carries what was erased
            self._sort(batch, item, extras.get(id(item), Extra()))
        page_ids = self._write_pages(connection, batch.pages)
        self._write_articles(connection, batch, page_ids)
        presence.unchanged(connection, batch.unchanged, page_ids, self.due)
        for source_id, listed in batch.listed:
            presence.still_listed(connection, source_id, listed)
        for source_id, missing in batch.vanished:
            presence.vanished(connection, source_id, missing, batch.counts[source_id])
        for source_id, gone in batch.gone:
            page_id = page_ids[source_id, key_of(gone.url)]
            presence.gone(connection, source_id, gone, page_id, self.due, batch.counts[source_id])
        if batch.issues:
            connection.execute(insert(IssueLog), batch.issues)
        self._write_counts(connection, batch)
        names = {ident: slug for slug, ident in self._sources.items()}
        return {names[source_id]: counts for source_id, counts in batch.counts.items()}

    # ------------------------------------------------------------------ sorting

    def _sort(self, batch: _Batch, item: Item, extra: Extra) -> None:
        source_id = self._sources[item.source or ""]
        counts = batch.counts[source_id]
        if isinstance(item, NewsArticle):
            fetched = item.fetched_at or datetime.now(UTC)
            if item.moved_from is not None:
                self._page(batch, source_id, item.moved_from, "article", fetched, Extra())
            page = self._page(batch, source_id, item.url.split("#")[0], "article", fetched, extra)
            page["next_due"] = self.due(item.published.day if item.published else None, fetched)
            page["decision"] = "kept"
            page["relevance"] = item.relevance.score if item.relevance else None
            page["codebook_version"] = item.relevance.version if item.relevance else None
            if item.exchange is not None:
                self._validators(page, item.exchange.header, item.exchange.status)
            batch.articles.append(item)
        elif isinstance(item, ListLook):
            fetched = item.at or (item.exchange.fetched_at if item.exchange is not None else datetime.now(UTC))
            page = self._page(batch, source_id, item.url, "list", fetched, extra)
            if item.exchange is not None and not item.not_modified:
                self._validators(page, item.exchange.header, item.exchange.status)
            counts.update(lists_read=1, links=item.links)
            if item.not_modified:
                counts.update(lists_unchanged=1)
            if item.next_due is not None:
                page["next_due"] = item.next_due
            if item.reading is not None:
                first, decision = item.reading
                self._page(batch, source_id, first, "list", fetched, Extra())["decision"] = decision
            for queued in item.queued:
                self._queue(batch, source_id, queued, fetched)
            batch.looks.append((source_id, item))
        elif isinstance(item, OutsideScope):
            page = self._page(batch, source_id, item.url, "article", item.fetched_at, extra)
            page.update(decision="outside", relevance=item.relevance.score, headline=item.headline, last_status=200)
            page["published"] = item.published.day if item.published else None
            page["codebook_version"] = item.relevance.version
            # what is out of scope is not asked for again, and nothing else of it is kept
            page.update(next_due=None, hints=None, told=None)
            counts.update(outside=1)
        elif isinstance(item, SiteRights):
            page = self._page(batch, source_id, item.url, "rights", item.at, Extra(hints={"tdmrep": item.rules}))
            page.update(last_status=item.status, next_due=item.next_due)
        elif isinstance(item, ListEnd):
            self._page(batch, source_id, item.url, "list", item.at, Extra())["decision"] = item.decision
        elif isinstance(item, StillListed):
            batch.listed.append((source_id, item))
        elif isinstance(item, Vanished):
            batch.vanished.append((source_id, item))
        elif isinstance(item, PageUnchanged):
            page = self._page(batch, source_id, item.url, "article", item.fetched_at, extra)
            page.update(last_status=item.status, next_due=self.due(None, item.fetched_at))
            batch.unchanged.append((source_id, item))
            counts.update(unchanged=1)
        elif isinstance(item, PageGone):
            page = self._page(batch, source_id, item.url, "article", item.fetched_at, extra)
            page.update(last_status=item.status)
            batch.gone.append((source_id, item))
        else:
            self._sort_failure(batch, source_id, item, extra)

    def _sort_failure(self, batch: _Batch, source_id: int, item: PageFailure, extra: Extra) -> None:
        if item.role != "file" and item.failure != "not-archived":
            page = self._page(batch, source_id, item.url, item.role, item.at, extra)
            page.update(failure=item.failure, last_status=item.status, failed=True)
            page["next_due"] = item.retry_at
        batch.counts[source_id].update(failed=1)
        batch.issues.append(
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

    @staticmethod
    def _page(batch: _Batch, source_id: int, url: str, role: str, at: datetime, extra: Extra) -> dict[str, Any]:
        page = batch.pages.setdefault((source_id, key_of(url)), {"url": url, "role": role, "failed": False})
        page.pop("queued", None)
        page["last_checked"] = at
        if extra.position is not None:
            page["archive_file"], page["archive_offset"] = extra.position
        if extra.told is not None:
            page["told"] = extra.told
        if extra.hints is not None:
            page["hints"] = extra.hints
        return page

    @staticmethod
    def _queue(batch: _Batch, source_id: int, queued: Queued, at: datetime) -> None:
        """Remember an article that a list has named, until it is read."""
        name = (source_id, key_of(queued.link.url))
        if name not in batch.pages:
            values = {"hints": hints_of(queued.link), "told": queued.told, "decision": "queued", "next_due": at}
            batch.pages[name] = {"url": queued.link.url, "role": "article", "failed": False, "queued": True, **values}

    @staticmethod
    def _validators(page: dict[str, Any], header: Callable[[str], str | None], status: int) -> None:
        page.update(etag=header("ETag"), last_modified=header("Last-Modified"), last_status=status)

    # -------------------------------------------------------------------- pages

    def _write_pages(
        self, connection: Connection, pages: dict[tuple[int, str], dict[str, Any]]
    ) -> dict[tuple[int, str], int]:
        if not pages:
            return {}
        keys = sorted({key for _, key in pages})
        known = {
            (source_id, key): ident
            for ident, source_id, key in connection.execute(
                select(Page.id, Page.source_id, Page.key).where(Page.key.in_(keys))
            )
        }
        fresh = {name for name in pages if name not in known}
        if fresh:
            names_of = sorted(fresh)
            values = [rows.page_insert(source_id, key, pages[source_id, key]) for source_id, key in names_of]
            result = connection.execute(insert(Page).returning(Page.id, sort_by_parameter_order=True), values)
            known.update(zip(names_of, result.scalars(), strict=True))
        grouped: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for name, page in pages.items():
            if name in fresh or "queued" in page:
                continue  # what another run has stored meanwhile need not wait
            values_of = {k: v for k, v in page.items() if k not in ("failed", "role")}
            grouped[tuple(sorted(values_of))].append({**values_of, "b_id": known[name], "b_failed": page["failed"]})
        for names, changes in grouped.items():
            self._update_pages(connection, names, [c for c in changes if c["b_failed"]], failed=True)
            self._update_pages(connection, names, [c for c in changes if not c["b_failed"]], failed=False)
        return known

    @staticmethod
    def _update_pages(
        connection: Connection, names: tuple[str, ...], changes: list[dict[str, Any]], *, failed: bool
    ) -> None:
        if not changes:
            return
        table = Page.__table__
        values: dict[str, Any] = {name: bindparam(f"v_{name}") for name in names}
        values["failures_in_row"] = table.c.failures_in_row + 1 if failed else 0
        if not failed:
            values["failure"] = None
        statement = (
            update(Page)
            .where(table.c.id == bindparam("b_id"))
            .values(values)
            .execution_options(synchronize_session=False)
        )
        connection.execute(statement, [{"b_id": c["b_id"], **{f"v_{n}": c[n] for n in names}} for c in changes])

    # ----------------------------------------------------------------- articles

    def _write_articles(self, connection: Connection, batch: _Batch, page_ids: Keyed) -> None:
        if not batch.articles:
            return
        articles = _each_once(batch.articles)
        hashes = {article.identity: rows.content_hash(article) for article in articles}
        known = self._known(connection, articles)
        fresh: list[NewsArticle] = []
        changed: list[tuple[Any, NewsArticle]] = []
        seen: list[dict[str, Any]] = []
        for article in articles:
            source_id = self._sources[article.source or ""]
            row = known.get(article.identity) or known.get(article.canonical_url)
            if article.moved_from is not None:
                row = self._moved(connection, batch, article, row, page_ids)
            if row is None:
                fresh.append(article)
                batch.counts[source_id].update(new=1)
                continue
            seen.append({"b_key": row.id, "b_seen": article.fetched_at or datetime.now(UTC)})
            page_id = self._page_of(article, page_ids)
            if article.moved_from is None and page_id != row.page_id:
                presence.note_address(connection, row.id, page_id, article.url, article.fetched_at or datetime.now(UTC))
                article.url, article.canonical_url = row.url, row.canonical_url
            if row.content_hash == hashes[article.identity]:
                if (row.rights or {}) != article.rights:  # no change of the text, and to be respected from now on
                    connection.execute(update(Article).where(Article.id == row.id).values(rights=article.rights))
                batch.counts[source_id].update(unchanged=1)
            else:
                changed.append((row, article))
                batch.counts[source_id].update(changed=1)
        self._insert(connection, fresh, hashes, page_ids)
        self._change(connection, changed, hashes, page_ids)
        presence.seen_again(connection, seen, Article.id)

    def _insert(
        self, connection: Connection, fresh: list[NewsArticle], hashes: Mapping[str, str], page_ids: Keyed
    ) -> None:
        if not fresh:
            return
        values = [self._article(article, hashes[article.identity], page_ids, first=True) for article in fresh]
        result = connection.execute(insert(Article).returning(Article.id, sort_by_parameter_order=True), values)
        numbered = list(zip(result.scalars(), fresh, strict=True))
        revisions = [
            revision_row(
                self.run_id, ident, hashes[article.identity], article.fetched_at or datetime.now(UTC), {}, "first"
            )
            for ident, article in numbered
        ]
        write_parts(connection, numbered)
        connection.execute(insert(Revision), revisions)

    def _change(
        self,
        connection: Connection,
        changed: list[tuple[Any, NewsArticle]],
        hashes: Mapping[str, str],
        page_ids: Keyed,
    ) -> None:
        if not changed:
            return
        revisions: list[dict[str, Any]] = []
        stored = stored_parts(connection, [row.id for row, _ in changed], (ImageRow, AttachmentRow))
        for row, article in changed:
            digest, moment = hashes[article.identity], article.fetched_at or datetime.now(UTC)
            diff = rows.diff(row, article, rows.media_in(stored[row.id]))
            revisions.append(revision_row(self.run_id, row.id, digest, moment, diff, "publisher"))
            values_of = self._article(article, digest, page_ids, first=False)
            connection.execute(update(Article).where(Article.id == row.id).values(placed=False, **values_of))
        rewrite_parts(connection, [(row.id, article) for row, article in changed])
        connection.execute(insert(Revision), revisions)

    def _page_of(self, article: NewsArticle, page_ids: Keyed) -> int | None:
        return page_ids.get((self._sources[article.source or ""], key_of(article.url.split("#")[0])))

    def _moved(
        self,
        connection: Connection,
        batch: _Batch,
        article: NewsArticle,
        row: Any,  # noqa: ANN401
        page_ids: Keyed,
    ) -> Any:  # noqa: ANN401 - database rows
        """The stored article whose address leads to that of ``article`` now; it goes on there.

        Where both addresses were known as articles with a history of their own, the old one is gone as moved.
        """
        source_id = self._sources[article.source or ""]
        old_page = page_ids[source_id, key_of(article.moved_from or "")]
        new_page = self._page_of(article, page_ids)
        columns = (*_KNOWN, Article.last_seen)
        old = connection.execute(select(*columns).where(Article.page_id == old_page)).first()
        if old is None or new_page is None:
            return row
        if row is not None and row.id != old.id:
            told = connection.execute(select(Article.first_seen).where(Article.id == row.id)).scalar_one()
            if told < old.last_seen:
                at = article.fetched_at or datetime.now(UTC)
                left = PageGone(article.source or "", article.moved_from or "", "moved", at, None, article.url)
                batch.gone.append((source_id, left))
                return row
            # the new address was read, as a new article, before the old one told where it leads
            edits = update(Revision).where(Revision.article_id == row.id, Revision.origin == "publisher")
            connection.execute(edits.values(article_id=old.id).execution_options(synchronize_session=False))
            connection.execute(delete(Article).where(Article.id == row.id))
        presence.move(connection, old, article, old_page, new_page)
        return old

    @staticmethod
    def _known(connection: Connection, articles: Iterable[NewsArticle]) -> dict[str, Any]:
        identities = [a.identity for a in articles]
        urls = [a.canonical_url for a in articles]
        found: dict[str, Any] = {}
        for row in connection.execute(select(*_KNOWN).where(Article.canonical_url.in_(urls))):
            found[row.canonical_url] = row
        for row in connection.execute(select(*_KNOWN).where(Article.identity.in_(identities))):
            found[row.identity] = row
        return found

    def _article(self, article: NewsArticle, digest: str, page_ids: Keyed, *, first: bool) -> dict[str, Any]:
        source_id = self._sources[article.source or ""]
        now = article.fetched_at or datetime.now(UTC)
        values = rows.article_values(article, now, self.software)
        values["content_hash"] = digest
        if first:
            values["source_id"] = source_id
            values["first_seen"] = now
            values["page_id"] = self._page_of(article, page_ids)
            values["identity"] = article.identity
        return values

    def _write_counts(self, connection: Connection, batch: _Batch) -> None:
        oldest: dict[int, date] = {}
        complete: dict[int, bool] = {}
        for source_id, look in batch.looks:
            if look.oldest is not None:
                oldest[source_id] = min(oldest.get(source_id, look.oldest), look.oldest)
            complete[source_id] = complete.get(source_id, False) or look.complete
        plain: dict[tuple[str, ...], list[dict[str, int]]] = defaultdict(list)
        for source_id, counts in batch.counts.items():
            told = {name: number for name, number in counts.items() if number}
            if told:
                plain[tuple(told)].append({"b_source": source_id, **{f"b_{name}": n for name, n in told.items()}})
        table = SourceRun.__table__
        for names, rows_of in plain.items():
            statement = (
                update(SourceRun)
                .where(table.c.run_id == self.run_id, table.c.source_id == bindparam("b_source"))
                .values({name: table.c[name] + bindparam(f"b_{name}") for name in names})
                .execution_options(synchronize_session=False)
            )
            connection.execute(statement, rows_of)
        for source_id in oldest.keys() | complete.keys():
            values: dict[str, Any] = {}
            where = (SourceRun.run_id == self.run_id, SourceRun.source_id == source_id)
            if source_id in oldest:
                values["oldest"] = func.coalesce(
                    select(func.min(SourceRun.oldest))
                    .where(*where, SourceRun.oldest <= oldest[source_id])
                    .scalar_subquery(),
                    oldest[source_id],
                )
            if complete.get(source_id):
                values["complete"] = True
            if values:
                connection.execute(
                    update(SourceRun).where(*where).values(values).execution_options(synchronize_session=False)
                )


def _each_once(articles: Iterable[NewsArticle]) -> list[NewsArticle]:
    """One article of each identity: the last state, at an address that any of them has moved from."""
    found: dict[str, NewsArticle] = {}
    for article in articles:
        before = found.get(article.identity)
        if before is not None and article.moved_from is None:
            article.moved_from = before.moved_from
        found[article.identity] = article
    return list(found.values())


def revision_row(
    run_id: int, article_id: int, digest: str, at: datetime, diff: dict[str, Any], origin: str
) -> dict[str, Any]:
    """A state of an article as its row; ``origin`` is ``first``, ``publisher`` or ``reextraction``."""
    return {
        "article_id": article_id,
        "run_id": run_id,
        "seen_at": at,
        "origin": origin,
        "content_hash": digest,
        "diff": diff,
    }


def write_parts(connection: Connection, articles: Sequence[tuple[int, NewsArticle]]) -> None:
    """Add the dates, topics, mentions, media and evidence of articles, by their numbers."""
    for table, values_of in rows.PART_ROWS.items():
        values = [row for ident, article in articles for row in values_of(ident, article)]
        if values:
            connection.execute(insert(table), values)


def rewrite_parts(connection: Connection, articles: Sequence[tuple[int, NewsArticle]]) -> None:
    """Put the parts of articles in the place of those that are stored."""
    for part in rows.PART_ROWS if articles else ():
        connection.execute(delete(part).where(part.article_id.in_([number for number, _ in articles])))
    write_parts(connection, articles)


def stored_parts(
    connection: Connection, ids: Sequence[int], tables: Iterable[type[Any]] = tuple(rows.PART_ROWS)
) -> dict[int, rows.Parts]:
    """By article and table the rows that are stored, as :data:`rows.PART_ROWS` makes them."""
    found: dict[int, rows.Parts] = {number: {table: [] for table in tables} for number in ids}
    for table in tables:
        columns = [column for column in table.__table__.columns if column.name != "id"]
        for row in connection.execute(select(*columns).where(table.article_id.in_(ids)).order_by(table.id)):
            found[row.article_id][table].append(dict(row._mapping))
    return found
