"""Is an article still there? Four ways to be gone, each believed at the second look only, and undone when it comes back.

404 and 410: its page says so. moved: its page leads elsewhere. soft-404: its page says so with status 200. unlisted: the list
that named it reaches back beyond it and names it no more, while its page is there. An article that is found at a new
address stays the same article; the address it has left is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from mpsc_crawler.items import NewsArticle, PageGone, PageUnchanged, StillListed, Vanished
from mpsc_crawler.storage.models import Article, ArticleAddress, Page
from mpsc_crawler.storage.urlkey import key_of

APART = timedelta(hours=1)
"""Two looks that are nearer to each other count as one."""
SECOND_LOOK = timedelta(hours=20)
"""So long after the first look in vain a page is asked for again: a daily job must find it due."""
_BACK = {"missing_since": None, "missing_reason": None, "gone_since": None, "gone_reason": None}
_OPTIONS = {"synchronize_session": False}
Due = Callable[[date | None, datetime], datetime]
Keyed = Mapping[tuple[int, str], int]


def seen_again(connection: Connection, seen: Sequence[dict[str, Any]], column: Any) -> None:  # noqa: ANN401 - a column
    """Articles whose pages were read: no longer missing or gone. Whether a list names them only a list can tell.

    :param seen: ``b_key`` and ``b_seen``.
    :param column: what ``b_key`` is.
    """
    if not seen:
        return
    where = column == bindparam("b_key")
    by_list = func.coalesce(Article.gone_reason, Article.missing_reason, "") == "unlisted"
    back = update(Article).where(where, ~by_list).values(last_seen=bindparam("b_seen"), **_BACK)
    connection.execute(back.execution_options(**_OPTIONS), seen)
    kept = update(Article).where(where, by_list).values(last_seen=bindparam("b_seen"))
    connection.execute(kept.execution_options(**_OPTIONS), seen)


def still_listed(connection: Connection, source_id: int, item: StillListed) -> None:
    """Articles that a list names: what was unlisted is back; what their pages said stays."""
    keys, told = list(item.keys), item.told
    for start in range(0, len(keys), 500):
        pages = select(Page.id).where(Page.source_id == source_id, Page.key.in_(keys[start : start + 500]))
        listed = update(Article).where(Article.page_id.in_(pages)).execution_options(**_OPTIONS)
        connection.execute(listed.values(last_seen=item.at))
        connection.execute(listed.where(Article.gone_reason == "unlisted").values(gone_since=None, gone_reason=None))
        back = listed.where(Article.missing_reason == "unlisted", Article.gone_since.is_(None))
        connection.execute(back.values(missing_since=None, missing_reason=None))
    _note_told(connection, source_id, told)


def _note_told(connection: Connection, source_id: int, told: Mapping[str, Any]) -> None:
    if told:
        statement = update(Page).where(Page.source_id == source_id, Page.key == bindparam("b_key"))
        statement = statement.values(told=bindparam("b_told", type_=Page.told.type)).execution_options(**_OPTIONS)
        connection.execute(statement, [{"b_key": key, "b_told": value} for key, value in told.items()])


def unchanged(connection: Connection, looked: Sequence[tuple[int, PageUnchanged]], page_ids: Keyed, due: Due) -> None:
    """What answers "not modified" is there, and is looked at again as its age asks, as if it had been read."""
    moments = {page_ids[source_id, key_of(item.url)]: item.fetched_at for source_id, item in looked}
    if not moments:
        return
    next_due: dict[int, datetime] = {}
    dated = select(Page.id, Article.published_date).join(Article, Article.page_id == Page.id)
    for page_id, published in connection.execute(dated.where(Page.id.in_(moments))):
        moment = due(published, moments[page_id])
        next_due[page_id] = min(moment, next_due.get(page_id, moment))
    if not next_due:
        return
    pages = update(Page).where(Page.id == bindparam("b_page")).values(next_due=bindparam("b_due"))
    told = [{"b_page": page, "b_due": moment} for page, moment in next_due.items()]
    connection.execute(pages.execution_options(**_OPTIONS), told)
    seen_again(connection, [{"b_key": page, "b_seen": moments[page]} for page in next_due], Article.page_id)


def vanished(connection: Connection, source_id: int, item: Vanished, counts: Counter[str]) -> None:
    """Articles that their list names no more; which list has dropped them is noted, so that their return is noticed."""
    pages = select(Page.id).where(Page.source_id == source_id, Page.key.in_(item.unlisted))
    ids = list(connection.execute(pages).scalars())
    _note_told(connection, source_id, item.told)
    rows = connection.execute(
        select(Article.id, Article.missing_since, Article.missing_reason).where(
            Article.page_id.in_(ids), Article.gone_since.is_(None)
        )
    ).all()
    first = [row.id for row in rows if row.missing_since is None]
    second = [
        row.id
        for row in rows
        if row.missing_since is not None and row.missing_reason == "unlisted" and item.at - row.missing_since >= APART
    ]
    for numbers, values in (
        (first, {"missing_since": item.at, "missing_reason": "unlisted"}),
        (second, {"gone_since": Article.missing_since, "gone_reason": "unlisted"}),
    ):
        statement = update(Article).where(Article.id.in_(numbers)).values(values)
        connection.execute(statement.execution_options(**_OPTIONS))
    counts.update(missing=len(first), gone=len(second))


def gone(connection: Connection, source_id: int, item: PageGone, page_id: int, due: Due, counts: Counter[str]) -> None:
    """A page that answered as gone: missing at the first look, gone at the second; or moved, where another address is known."""
    rows = connection.execute(
        select(Article.id, Article.missing_since, Article.gone_since, Article.gone_reason).where(
            Article.page_id == page_id
        )
    ).all()
    again = item.fetched_at + SECOND_LOOK
    for row in rows:
        if _elsewhere(connection, row.id, page_id, item.fetched_at):
            connection.execute(update(Page).where(Page.id == page_id).values(decision="moved", next_due=None))
            return
        told: dict[str, Any] = {"missing_reason": item.reason}
        if row.gone_since is not None:
            told["gone_reason"] = item.reason
        elif row.missing_since is None:
            told["missing_since"] = item.fetched_at
            counts.update(missing=1)
        elif item.fetched_at - row.missing_since >= APART:
            told |= {"gone_since": row.missing_since, "gone_reason": item.reason}
            counts.update(gone=1)
        since = row.gone_since or told.get("gone_since")
        if since is not None:  # the longer it is away, the more rarely it is looked for
            again = max(due(None, item.fetched_at), item.fetched_at + (item.fetched_at - since))
        connection.execute(update(Article).where(Article.id == row.id).values(told))
    connection.execute(update(Page).where(Page.id == page_id).values(next_due=again, moved_to=item.moved_to))


def _elsewhere(connection: Connection, number: int, page_id: int, at: datetime) -> bool:
    """Whether the article is known at another address; then that is its address from now on, and the old one is noted."""
    other = connection.execute(
        select(ArticleAddress.page_id, ArticleAddress.url)
        .join(Page, Page.id == ArticleAddress.page_id)
        .where(
            ArticleAddress.article_id == number,
            ArticleAddress.page_id != page_id,
            ArticleAddress.moved_at.is_(None),
            Page.decision == "kept",
            Page.failure.is_(None),
        )
        .order_by(ArticleAddress.seen_at.desc())
    ).first()
    if other is None:
        return False
    old = connection.execute(select(Article.url).where(Article.id == number)).scalar_one()
    leave(connection, number, page_id, old, at)
    connection.execute(
        update(Article).where(Article.id == number).values(page_id=other.page_id, url=other.url, **_BACK)
    )
    return True


def note_address(connection: Connection, number: int, page_id: int | None, url: str, at: datetime) -> None:
    """An article was read at an address that is not the one it is known by."""
    known = connection.execute(
        select(ArticleAddress.id).where(ArticleAddress.article_id == number, ArticleAddress.url == url)
    ).scalar()
    values = {"page_id": page_id, "seen_at": at, "moved_at": None}
    if known is None:
        connection.execute(insert(ArticleAddress).values(article_id=number, url=url, **values))
    else:
        connection.execute(update(ArticleAddress).where(ArticleAddress.id == known).values(values))


def leave(connection: Connection, number: int, page_id: int | None, url: str, at: datetime) -> None:
    """Note that an article has left an address."""
    note_address(connection, number, page_id, url, at)
    connection.execute(
        update(ArticleAddress)
        .where(ArticleAddress.article_id == number, ArticleAddress.url == url)
        .values(moved_at=at)
        .execution_options(**_OPTIONS)
    )


def move(connection: Connection, row: Any, article: NewsArticle, old_page: int, new_page: int) -> None:  # noqa: ANN401
    """The address of an article leads to a new one for good, which holds the same article.

    :param row: the stored article: ``id`` and ``url``.
    """
    at = article.fetched_at
    if at is None:
        raise ValueError("an article that has moved must tell when it was read")
    leave(connection, row.id, old_page, row.url, at)
    connection.execute(
        update(ArticleAddress)
        .where(ArticleAddress.article_id == row.id, ArticleAddress.page_id == new_page)
        .values(moved_at=None)
        .execution_options(**_OPTIONS)
    )
    connection.execute(
        update(Page).where(Page.id == old_page).values(decision="moved", next_due=None, moved_to=article.url)
    )
    values = {"page_id": new_page, "url": article.url, "canonical_url": article.canonical_url}
    connection.execute(update(Article).where(Article.id == row.id).values(values))
