"""The one writer. Takes batches of what the crawl yields and stores each batch in one transaction, or none of it.

An article is written again only if something real changed: headline, kicker, teaser, body, publication date, authors,
media or attachments. Volatile markup never makes a revision.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from mpsc_crawler.items import (
    NewsArticle,
    PageGone,
)
from mpsc_crawler.storage import presence, rows
from mpsc_crawler.storage.batch import Batch, Extra, Item
from mpsc_crawler.storage.erase import erased_keys, keys_of
from mpsc_crawler.storage.models import Article, AttachmentRow, ImageRow, IssueLog, Revision, SourceRow, SourceRun
from mpsc_crawler.storage.overtaken import not_overtaken
from mpsc_crawler.storage.pages import Name, write_pages
from mpsc_crawler.storage.parts import revision_row, rewrite_parts, stored_parts, write_parts
from mpsc_crawler.storage.session import explain, passes
from mpsc_crawler.storage.stories import describe_story
from mpsc_crawler.storage.urlkey import key_of

_TRIES = 3
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


class Writer:
    """Writes the items of one run.

    :param due: says when an article is to be read again, from its publication day and the moment it was read.
    :param replay: what is written comes from an archive: it must not take the place of what was seen later.
    """

    def __init__(
        self,
        engine: Engine,
        run_id: int,
        software: str,
        due: Callable[[date | None, datetime], datetime],
        *,
        replay: bool = False,
    ) -> None:
        self.engine = engine
        self.replay = replay
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
        for attempt in range(_TRIES):
            try:
                with self.engine.begin() as connection:
                    return self._write(connection, items, extras or {})
            except SQLAlchemyError as error:
                # another process stored the same article meanwhile, or both waited for each other
                if attempt == _TRIES - 1 or not (isinstance(error, IntegrityError) or passes(error)):
                    raise explain(error, str(self.engine.url)) from error
        return {}

    def _write(
        self, connection: Connection, items: Sequence[Item], extras: Mapping[int, Extra]
    ) -> dict[str, Counter[str]]:
        if self.replay:
            items = not_overtaken(connection, items)
        batch = Batch(self._sources, self.run_id, self.due)
        erased = erased_keys(connection, (item for item in items if isinstance(item, NewsArticle)))
        for item in items:
            if erased and isinstance(item, NewsArticle) and not erased.isdisjoint(keys_of(item)):
                continue  # a feed or list still carries what was erased
            batch.sort(item, extras.get(id(item), Extra()))
        page_ids, before = write_pages(connection, batch.pages)
        self._write_articles(connection, batch, page_ids, before)
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

    # ----------------------------------------------------------------- articles

    def _write_articles(
        self, connection: Connection, batch: Batch, page_ids: Keyed, before: Mapping[Name, tuple[str | None, Any]]
    ) -> None:
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
        ours = {id(article) for _, article in changed if self._answered_the_same(article, batch, before)}
        self._change(connection, changed, hashes, page_ids, ours)
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
        ours: Container[int],
    ) -> None:
        if not changed:
            return
        revisions: list[dict[str, Any]] = []
        stored = stored_parts(connection, [row.id for row, _ in changed], (ImageRow, AttachmentRow))
        for row, article in changed:
            digest, moment = hashes[article.identity], article.fetched_at or datetime.now(UTC)
            diff = rows.diff(row, article, rows.media_in(stored[row.id]))
            origin = "reextraction" if id(article) in ours else "publisher"
            revisions.append(revision_row(self.run_id, row.id, digest, moment, diff, origin))
            values_of = self._article(article, digest, page_ids, first=False)
            connection.execute(update(Article).where(Article.id == row.id).values(placed=False, **values_of))
        rewrite_parts(connection, [(row.id, article) for row, article in changed])
        connection.execute(insert(Revision), revisions)

    def _answered_the_same(
        self, article: NewsArticle, batch: Batch, before: Mapping[Name, tuple[str | None, Any]]
    ) -> bool:
        """Whether page and lists said just what they said before: then it is our rules that have changed."""
        name = (self._sources[article.source or ""], key_of(article.url.split("#")[0]))
        page, (digest, told) = batch.pages.get(name, {}), before.get(name, (None, None))
        return digest is not None and page.get("content_hash") == digest and page.get("told", told) == told

    def _page_of(self, article: NewsArticle, page_ids: Keyed) -> int | None:
        return page_ids.get((self._sources[article.source or ""], key_of(article.url.split("#")[0])))

    def _moved(
        self,
        connection: Connection,
        batch: Batch,
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
        if old is None or new_page is None or new_page == old_page:
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
            story = select(Article.story_id).where(Article.id == row.id)
            described = connection.execute(story).scalar()
            connection.execute(delete(Article).where(Article.id == row.id))
            if described is not None:
                describe_story(connection, described)
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

    def _write_counts(self, connection: Connection, batch: Batch) -> None:
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
