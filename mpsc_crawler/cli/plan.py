"""``mpsc crawl --dry-run``: what a run would ask now, and why. Asks nobody and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import click
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.cli.common import console_for_people, local_time, number_of
from mpsc_crawler.operations.lock import Holder, is_held
from mpsc_crawler.settings import Settings
from mpsc_crawler.sources.model import Source
from mpsc_crawler.spiders.sourcecrawl import ListRequest, SourceCrawl
from mpsc_crawler.storage import history
from mpsc_crawler.storage.registry import KnownPage, known_pages
from mpsc_crawler.storage.session import NoDatabaseError, open_for_reading
from mpsc_crawler.storage.urlkey import key_of


def show_plan(settings: Settings, sources: Iterable[Source], *, full: bool, every: bool, now: datetime) -> None:
    """Print a line per source; with ``every`` each address and its reason, too.

    :raises DatabaseError: there is a database, but it cannot be read.
    """
    try:
        engine = open_for_reading(settings.database_url)
    except NoDatabaseError:
        engine = None
    busy = {
        host: f"asked by process {Holder.parse(holder).pid} since {local_time(since)}"
        for host, holder, since, beat in (history.held(engine) if engine is not None else [])
        if is_held(Holder.parse(holder), beat, now)
    }
    rests = history.resting(engine, now) if engine is not None else {}
    table = Table(title="What a run would ask now", title_justify="left")
    for name in ("source", "lists", "of these with validators", "articles", "remark"):
        table.add_column(name, justify="right" if name in ("lists", "of these with validators", "articles") else "left")
    lines: list[str] = []
    lists = articles = 0
    for source in sources:
        known = known_pages(engine, source.slug) if engine is not None else {}
        crawl = SourceCrawl(source, known, now, full, named=every)
        entries = crawl.first_requests()
        due = crawl.articles() if source.read_from == "page" else []
        guarded = [entry for entry in entries if crawl.seen_before(entry) is not None]
        remark = next((f"{host} is {busy[host]}: left alone" for host in sorted(source.hosts & busy.keys())), "")
        remark = remark or next(
            (f"{h} wants to be left alone until {local_time(rests[h])}" for h in sorted(source.hosts & rests.keys())),
            "",
        )
        if not remark:
            lists, articles = lists + len(entries), articles + len(due)
        table.add_row(
            source.slug, str(len(entries)), str(len(guarded) or ""), str(len(due) or ""),
            remark or ("never read before" if not known else ""),
        )  # fmt: skip
        lines += [f"  {source.slug}: {entry.entry.kind} {entry.url} ({_why(crawl, entry)})" for entry in entries]
        lines += [
            f"  {source.slug}: article {wanted.url} ({_why_article(wanted.known)})" for wanted in due if wanted.known
        ]
    if engine is not None:
        engine.dispose()
    console = console_for_people()
    console.print(table)
    for line in lines if every else ():
        console.print(escape(line), soft_wrap=True)
    ending = " Everything that is known is read again." if full else ""
    console.print(
        f"{number_of(lists, 'list', 'lists')} and {number_of(articles, 'article', 'articles')}; further pages of lists, and articles that are new or changed there, come on"
        f" top.{ending} Nothing was asked, nothing was written.",
        soft_wrap=True,
    )
    if not every:
        click.echo("Name sources to see each address and why.")


def _why(crawl: SourceCrawl, entry: ListRequest) -> str:
    if key_of(entry.url) not in crawl.known:
        return "never read before"
    if crawl.full:
        return "--full"
    return "every run, anew" if crawl.seen_before(entry) is None else "only if it has changed"


def _why_article(page: KnownPage | None) -> str:
    if page is None or page.decision == "queued":
        return "named by a list and not read yet, or judged anew"
    return f"due since {local_time(page.next_due)}" if page.next_due is not None else "due"
