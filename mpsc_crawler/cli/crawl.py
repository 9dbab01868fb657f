"""``mpsc crawl`` and ``mpsc demo``."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.cli.common import (
    LOCKED,
    NOTHING_REACHED,
    OK,
    SOME_FAILED,
    STOPPED,
    STORAGE,
    console_for_people,
    fail,
    guarded,
    number_of,
    registry_of,
    shown,
)
from mpsc_crawler.cli.plan import show_plan
from mpsc_crawler.cli.topics import codebook_of, codebook_option
from mpsc_crawler.settings import Settings, load_settings
from mpsc_crawler.sources.registry import load_registry
from mpsc_crawler.storage.queries import ArticleFilter

if TYPE_CHECKING:
    from mpsc_crawler.crawl import CrawlOutcome


@click.command()
@click.argument("sources", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would be asked now and why; ask nobody, write nothing.")
@click.option("--full", is_flag=True, help="Read every list to its end and every article again.")
@click.option(
    "--replay",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Read from this WARC file in the place of the network; may be repeated.",
)
@click.option(
    "--replay-at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Replay as of this moment (UTC)."
)
@click.option("--progress/--no-progress", default=True, help="Show progress when a person watches.")
@codebook_option
@guarded
def crawl(
    sources: tuple[str, ...],
    dry_run: bool,
    full: bool,
    replay: tuple[Path, ...],
    replay_at: datetime | None,
    progress: bool,
    codebook: Path | None,
) -> None:
    """Gather the news of all sources, or of those named (as in `mpsc crawl jena bamberg`)."""
    from mpsc_crawler.crawl import CrawlJob, run_crawls
    from mpsc_crawler.demo import remove_demo

    if replay_at is not None and not replay:
        raise click.UsageError("--replay-at needs --replay: only an archive can be read as of a moment")
    settings = _with_codebook(load_settings(), codebook)
    wanted = [name.strip() for part in sources for name in part.split(",")]
    if "" in wanted:
        raise click.UsageError("a source's name is empty; name sources, or none at all for every active one")
    registry = registry_of(settings)
    selected = registry.select(wanted)
    if dry_run:
        if replay:
            raise click.UsageError("--dry-run says what would be asked of the sites; a replay asks none")
        show_plan(settings, selected, full=full, every=bool(wanted), now=datetime.now(UTC))
        return
    if not replay and remove_demo(settings, registry):
        click.echo("The demo's made-up publishers were removed from the database.", err=True)
    moment = replay_at.replace(tzinfo=UTC) if replay_at else None
    started = time.monotonic()
    job = CrawlJob(settings, wanted, full, list(replay), moment, progress)
    outcome = run_crawls([job])[0]
    if outcome.fatal is not None:
        fail(str(outcome.fatal), STORAGE)
    _summary(outcome, settings, time.monotonic() - started)
    sys.exit(_exit_code(outcome))


def _with_codebook(settings: Settings, given: Path | None) -> Settings:
    """The settings with the codebook of the option; a wrong file is told before anything is fetched."""
    codebook_of(given, settings)
    return replace(settings, codebook=str(given)) if given is not None else settings


def _exit_code(outcome: CrawlOutcome) -> int:
    if outcome.stopped:
        return STOPPED
    if outcome.busy:
        return LOCKED
    if outcome.idle:
        return OK
    if outcome.resting:
        return SOME_FAILED
    if outcome.tallies and outcome.reached == 0:
        return NOTHING_REACHED
    return SOME_FAILED if outcome.troubled else OK


def _summary(outcome: CrawlOutcome, settings: Settings, seconds: float) -> None:
    from mpsc_crawler.operations.failures import ADVICE

    console = console_for_people()
    table = Table(title=f"Run {outcome.run_id}", title_justify="left")
    table.add_column("source", no_wrap=True)
    for name in ("links", "new", "changed", "known", "missing", "gone", "outside", "failed"):
        table.add_column(name, justify="right")
    for slug, tally in sorted(outcome.tallies.items()):
        counts = tally.counts
        numbers = [
            str(counts[name] or "")
            for name in ("links", "new", "changed", "unchanged", "missing", "gone", "outside", "failed")
        ]
        if tally.status != "not-due":
            table.add_row(slug, *numbers)
    if table.row_count:
        console.print(table)
    waiting = sum(1 for tally in outcome.tallies.values() if tally.status == "not-due")
    if waiting:
        told = number_of(waiting, "source is not due yet and was", "sources are not due yet and were")
        console.print(f"{told} not asked; name one to ask it now.")
    for slug, tally in sorted(outcome.tallies.items()):
        if tally.worst:
            console.print(f"  {slug}: {escape(tally.worst)}", soft_wrap=True)
    failures = sorted({kind for tally in outcome.tallies.values() for kind in tally.failures})
    for kind in failures:
        number = sum(tally.failures[kind] for tally in outcome.tallies.values())
        console.print(f"{number} × {kind}: {ADVICE.get(kind, '')}")
    console.print(
        f"{outcome.reached} of {len(outcome.tallies) - waiting} sources reached in {seconds:.0f} s; database {shown(settings.database_url)}"
    )
    if outcome.stopped:
        console.print("Stopped before its end: what was read is stored, and the next run goes on with the rest.")
    if not settings.contact:
        console.print("Please set MPSC_CONTACT to a mail address or page: site operators should be able to reach you.")


@click.command()
@codebook_option
@guarded
def demo(codebook: Path | None) -> None:
    """Crawl eight made-up publishers from an archive inside the package; needs no network."""
    from mpsc_crawler.crawl import CrawlJob, run_crawls
    from mpsc_crawler.demo import ARCHIVE, DAYS, SOURCES, prepare
    from mpsc_crawler.storage.session import open_database

    given = _with_codebook(load_settings(), codebook)
    settings = replace(given, sources_dir=str(SOURCES), archive_dir="", contact="demo")
    engine = open_database(settings.database_url)
    prepare(engine)
    engine.dispose()
    started = time.monotonic()
    outcomes = run_crawls([CrawlJob(settings, replay=[ARCHIVE], replay_at=day, progress=False) for day in DAYS])
    for outcome in outcomes:
        if outcome.fatal is not None:
            fail(str(outcome.fatal), STORAGE)
    _demo_summary(outcomes, settings, time.monotonic() - started)
    sys.exit(max(_exit_code(outcome) for outcome in outcomes))


def _demo_summary(outcomes: list[CrawlOutcome], settings: Settings, seconds: float) -> None:
    from mpsc_crawler.demo import SOURCES
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.session import open_for_reading

    console = console_for_people()
    names = {source.slug: source for source in load_registry(SOURCES)}
    table = Table(
        title="Three recorded days of eight made-up publishers: 2, 16 and 18 March 2026", title_justify="left"
    )
    table.add_column("source", no_wrap=True)
    table.add_column("publisher", no_wrap=True)
    table.add_column("how it publishes")
    for name in ("new", "changed", "missing", "gone", "outside scope"):
        table.add_column(name, justify="right")
    for slug, source in names.items():
        told = source.notes.removeprefix("invented; ")
        pairs = [
            tuple(str(outcome.tallies[slug].counts[name]) for outcome in outcomes)
            for name in ("new", "changed", "missing", "gone", "outside")
        ]
        table.add_row(slug, source.name, told, *(" / ".join(pair) for pair in pairs))
    console.print(table)
    engine = open_for_reading(settings.database_url)
    total, undated = queries.count(engine, ArticleFilter(gone=True))
    engine.dispose()
    console.print(
        f"{total} articles in {seconds:.1f} s, {undated} of them without a publication date, as their pages tell none."
    )
    console.print("An article is missing at the first look in vain, and gone at the second.")
    console.print(f"Database: {shown(settings.database_url)}")
    console.print("Worth trying next:")
    for command in ("mpsc articles --topic verstetigung", "mpsc articles show 1", "mpsc export jsonfeed"):
        console.print(f"  {command}")
