"""The command line: ``mpsc …``, one thin function per command. Exit codes are listed in docs/operating.md."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mpsc_crawler import __version__
from mpsc_crawler.archive.warc import ArchiveError
from mpsc_crawler.demo import DemoError
from mpsc_crawler.export.files import ExportError
from mpsc_crawler.language.codebook import CodebookError
from mpsc_crawler.settings import Settings, SettingsError, load_settings
from mpsc_crawler.sources.registry import Registry, RegistryError, load_registry, municipalities
from mpsc_crawler.storage.queries import ArticleFilter, NothingFoundError
from mpsc_crawler.storage.session import DatabaseError

if TYPE_CHECKING:
    from mpsc_crawler.crawl import CrawlOutcome

OK, SOME_FAILED, USAGE, NOTHING_REACHED, STORAGE, STOPPED = 0, 1, 2, 3, 4, 130
EXIT_CODES = {
    OK: "all well",
    SOME_FAILED: "done, but some sources or pages failed; the summary names them",
    USAGE: "the command, a setting, a source file or a codebook is wrong; nothing was fetched",
    NOTHING_REACHED: "no source could be reached",
    STORAGE: "the database, the archive or an export file could not be used",
    STOPPED: "stopped by a signal; everything acknowledged is stored",
}


def _console() -> Console:
    wide = sys.stdout.isatty()
    return Console(width=None if wide else 160, highlight=False, soft_wrap=not wide)


def _fail(message: str, code: int) -> None:
    for line in message.splitlines():
        click.echo(f"mpsc: {line}", err=True)
    sys.exit(code)


def _guarded(command: Callable[..., Any]) -> Callable[..., Any]:
    """Errors are for people: one line each, and an exit code."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        try:
            return command(*args, **kwargs)
        except (RegistryError, SettingsError, CodebookError, NothingFoundError, DemoError) as error:
            _fail(str(error), USAGE)
        except (DatabaseError, ArchiveError, ExportError) as error:
            _fail(str(error), STORAGE)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(OK)

    return run


def _registry(settings: Settings) -> Registry:
    return load_registry(Path(settings.sources_dir) if settings.sources_dir else None)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="mpsc")
@click.option("-v", "--verbose", count=True, help="Log more; twice for everything.")
def main(verbose: int) -> None:
    """Gathers the news of the German Modellprojekte Smart Cities into one database."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for name in ("scrapy", "twisted", "alembic", "asyncio"):
        logging.getLogger(name).setLevel(logging.ERROR if verbose < 2 else logging.DEBUG)
    if verbose == 0 and not sys.stderr.isatty():
        logging.getLogger("mpsc").setLevel(logging.INFO)


# ------------------------------------------------------------------------ crawl


@main.command()
@click.argument("sources", nargs=-1)
@click.option("--full", is_flag=True, help="Read every list to its end and every article again.")
@click.option("--replay", type=click.Path(path_type=Path), multiple=True, help="Read from this WARC file in the place of the network; may be repeated.")
@click.option("--replay-at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Replay as of this moment (UTC).")
@click.option("--progress/--no-progress", default=True, help="Show progress when a person watches.")
@_guarded
def crawl(sources: tuple[str, ...], full: bool, replay: tuple[Path, ...], replay_at: datetime | None, progress: bool) -> None:
    """Gather the news of all sources, or of those named (as in `mpsc crawl jena bamberg`)."""
    from mpsc_crawler.crawl import CrawlJob, run_crawls

    settings = load_settings()
    wanted = [name for part in sources for name in part.split(",")]
    _registry(settings).select(wanted)
    moment = replay_at.replace(tzinfo=UTC) if replay_at else None
    started = time.monotonic()
    job = CrawlJob(settings, wanted, full, list(replay), moment, progress)
    outcome = run_crawls([job])[0]
    if outcome.fatal is not None:
        _fail(str(outcome.fatal), STORAGE)
    _summary(outcome, settings, time.monotonic() - started)
    sys.exit(_exit_code(outcome))


def _exit_code(outcome: CrawlOutcome) -> int:
    if outcome.stopped:
        return STOPPED
    if outcome.tallies and outcome.reached == 0:
        return NOTHING_REACHED
    return SOME_FAILED if outcome.troubled else OK


def _summary(outcome: CrawlOutcome, settings: Settings, seconds: float) -> None:
    from mpsc_crawler.operations.failures import ADVICE

    console = _console()
    table = Table(title=f"Run {outcome.run_id}", title_justify="left")
    table.add_column("source", no_wrap=True)
    for name in ("links", "new", "changed", "known", "gone", "outside", "failed"):
        table.add_column(name, justify="right")
    table.add_column("trouble", overflow="fold")
    for slug, tally in sorted(outcome.tallies.items()):
        counts = tally.counts
        numbers = [str(counts[name] or "") for name in ("links", "new", "changed", "unchanged", "gone", "outside", "failed")]
        table.add_row(slug, *numbers, escape(tally.worst))
    console.print(table)
    failures = sorted({kind for tally in outcome.tallies.values() for kind in tally.failures})
    for kind in failures:
        number = sum(tally.failures[kind] for tally in outcome.tallies.values())
        console.print(f"{number} × {kind}: {ADVICE.get(kind, '')}")
    console.print(f"{outcome.reached} of {len(outcome.tallies)} sources reached in {seconds:.0f} s; database {_shown(settings.database_url)}")
    if not settings.contact:
        console.print("Please set MPSC_CONTACT to a mail address or page: site operators should be able to reach you.")


def _shown(url: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).render_as_string(hide_password=True)


@main.command()
@_guarded
def demo() -> None:
    """Crawl eight made-up publishers from an archive inside the package; needs no network."""
    from mpsc_crawler.crawl import CrawlJob, run_crawls
    from mpsc_crawler.demo import ARCHIVE, DAYS, SOURCES, prepare
    from mpsc_crawler.storage.session import open_database

    settings = replace(load_settings(), sources_dir=str(SOURCES), archive_dir="", contact="demo")
    engine = open_database(settings.database_url)
    prepare(engine)
    engine.dispose()
    started = time.monotonic()
    outcomes = run_crawls([CrawlJob(settings, replay=[ARCHIVE], replay_at=day, progress=False) for day in DAYS])
    for outcome in outcomes:
        if outcome.fatal is not None:
            _fail(str(outcome.fatal), STORAGE)
    _demo_summary(outcomes, settings, time.monotonic() - started)
    sys.exit(max(_exit_code(outcome) for outcome in outcomes))


def _demo_summary(outcomes: list[CrawlOutcome], settings: Settings, seconds: float) -> None:
    from mpsc_crawler.demo import SOURCES
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.session import open_for_reading

    console = _console()
    names = {source.slug: source for source in load_registry(SOURCES)}
    table = Table(title="Two recorded days of eight made-up publishers: 2 March 2026 / 16 March 2026", title_justify="left")
    table.add_column("source", no_wrap=True)
    table.add_column("publisher", no_wrap=True)
    table.add_column("how it publishes")
    for name in ("new", "changed", "gone", "outside scope"):
        table.add_column(name, justify="right")
    for slug, source in names.items():
        told = source.notes.removeprefix("invented; ")
        pairs = [tuple(str(outcome.tallies[slug].counts[name]) for outcome in outcomes) for name in ("new", "changed", "gone", "outside")]
        table.add_row(slug, source.name, told, *(" / ".join(pair) for pair in pairs))
    console.print(table)
    engine = open_for_reading(settings.database_url)
    total, undated = queries.count(engine, ArticleFilter(gone=True))
    engine.dispose()
    console.print(f"{total} articles in {seconds:.1f} s, {undated} of them without a publication date, as their pages tell none.")
    console.print(f"Database: {_shown(settings.database_url)}")
    console.print("Worth trying next:")
    for command in ("mpsc articles --topic verstetigung", "mpsc articles show 1", "mpsc export jsonfeed"):
        console.print(f"  {command}")


# ---------------------------------------------------------------------- sources


@main.group()
def sources() -> None:
    """The registry: who is crawled."""


@sources.command("list")
@click.option("--kind", type=click.Choice(["portal", "project", "municipality", "press"]), help="Only sources of this kind.")
@click.option("--names", is_flag=True, help="Only the names, a line each.")
@_guarded
def sources_list(kind: str | None, names: bool) -> None:
    """List the sources."""
    wanted = [source for source in _registry(load_settings()) if kind in (None, source.kind)]
    if names:
        for source in wanted:
            click.echo(source.slug)
        return
    console = _console()
    table = Table()
    for name in ("name", "kind", "scope", "state", "cohort", "read from", "verified", "title"):
        table.add_column(name, no_wrap=name in ("name", "kind"))
    for source in wanted:
        verified = f"{sum(a.verified for a in source.entries)} of {len(source.entries)}" if source.active else "inactive"
        kinds = ", ".join(dict.fromkeys(a.kind for a in source.entries))
        table.add_row(source.slug, source.kind, source.scope, ", ".join(source.states), str(source.cohort or ""), kinds, verified, escape(source.name))
    console.print(table)
    console.print(f"{len(wanted)} sources. `mpsc sources show NAME` shows one.")


@sources.command("show")
@click.argument("name")
@_guarded
def sources_show(name: str) -> None:
    """Show everything the registry knows of one source, and how sure it is."""
    source = _registry(load_settings()).get(name)
    register = municipalities()
    console = _console()
    console.print(f"[bold]{escape(source.name)}[/bold] ({source.slug})")
    platform = f"{source.platform.name} ({'verified' if source.platform.verified else 'unverified'})" if source.platform else "unknown"
    facts = {
        "kind": source.kind,
        "scope": "everything is kept" if source.scope == "all" else "only what belongs to the field is kept",
        "project": source.project,
        "publisher": source.publisher,
        "form": source.form,
        "cohort": source.cohort,
        "states": ", ".join(source.states),
        "language": source.language,
        "platform": platform,
        "only below": ", ".join(source.within),
        "active": "yes" if source.active else f"no: {source.inactive_reason}",
    }
    for key, value in facts.items():
        if value:
            console.print(f"  {key:10} {escape(str(value))}")
    for member in source.members:
        row = register.get(member.ags)
        told = f"AGS {member.ags}, {row.population:,} inhabitants ({row.state})" if row and row.population else f"AGS {member.ags or 'unknown'}"
        console.print(f"  member     {escape(member.name)}, {told}{'' if source.members_verified else ' (unverified)'}")
    for address in source.addresses:
        sure = "verified" if address.verified else "unverified"
        console.print(f"  {address.kind:10} {escape(address.url)}  [{'green' if address.verified else 'yellow'}]{sure}, {address.origin}[/]")
        if address.note:
            console.print(f"             {escape(address.note)}")
    if source.notes:
        console.print(f"  notes      {escape(source.notes)}")


@sources.command("check")
@click.argument("names", nargs=-1)
@_guarded
def sources_check(names: tuple[str, ...]) -> None:
    """Ask the live sites: robots.txt, list, links, first article; and say what to do."""
    from mpsc_crawler.extensions.context import user_agent
    from mpsc_crawler.operations.fetch import fetch
    from mpsc_crawler.probe import check_source

    settings = load_settings()
    wanted = _registry(settings).select(names)
    agent = user_agent(settings)

    def polite(url: str) -> Any:  # noqa: ANN401
        time.sleep(settings.delay)
        return fetch(url, agent, settings.timeout, settings.max_bytes)

    with ThreadPoolExecutor(8) as pool:
        checks = [check for found in pool.map(lambda s: check_source(s, polite, agent), wanted) for check in found]
    console = _console()
    table = Table()
    for name in ("source", "kind", "address", "robots", "links", "first article", "what to do"):
        table.add_column(name, overflow="fold")
    for check in checks:
        todo = f"{check.failure}: {check.advice}" if check.failure else "nothing"
        table.add_row(check.source, check.kind, escape(check.url), check.robots, "" if check.links is None else str(check.links), escape(check.article), escape(todo))
    console.print(table)
    bad = sum(1 for check in checks if check.failure)
    console.print(f"{len(checks) - bad} of {len(checks)} addresses are well.")
    sys.exit(OK if not bad else NOTHING_REACHED if bad == len(checks) else SOME_FAILED)


# --------------------------------------------------------------------- articles

_FILTERS = (
    click.option("--source", help="Only this source."),
    click.option("--topic", help="Only this topic of the codebook."),
    click.option("--state", help="Only sources of this state, such as Thüringen."),
    click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Published on or after this day."),
    click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Published on or before this day."),
    click.option("--language", help="Only this language (two letters)."),
    click.option("--gone", is_flag=True, help="Also what its publisher has removed."),
)


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_FILTERS):
        command = option(command)
    return command


def _wanted(values: dict[str, Any]) -> ArticleFilter:
    since, until = _day(values["since"]), _day(values["until"])
    if since and until and since > until:
        raise NothingFoundError(f"--since {since} lies after --until {until}; no day is between them")
    return ArticleFilter(values["source"], values["topic"], values["state"], since, until, values["language"], values["gone"])


def _day(value: datetime | None) -> date | None:
    return value.date() if value is not None else None


@main.group(invoke_without_command=True)
@_filters
@click.option("--limit", default=30, show_default=True, help="At the most so many; 0 for all.")
@click.pass_context
@_guarded
def articles(context: click.Context, limit: int, **values: Any) -> None:
    """List the articles in the database, newest first; `mpsc articles show NUMBER` shows one."""
    if context.invoked_subcommand is not None:
        return
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.session import open_for_reading

    wanted = _wanted(values)
    engine = open_for_reading(load_settings().database_url)
    total, undated = queries.count(engine, wanted)
    rows = list(queries.articles(engine, wanted, limit or None))
    topics = queries.parts(engine, [row.id for row in rows])["topics"] if rows else {}
    console = _console()
    table = Table()
    for name in ("number", "published", "source", "headline", "topics"):
        table.add_column(name, justify="right" if name == "number" else "left", no_wrap=name in ("published", "source"))
    for row in rows:
        found = ", ".join(topic["topic"] for topic in topics.get(row.id, []))
        gone = " [gone]" if row.gone_since else ""
        table.add_row(str(row.id), row.published_edtf[:16].replace("T", " ") if row.published_edtf else "unknown", row.source, escape((row.headline or "(no headline)") + gone), found)
    console.print(table)
    shown = f"the newest {len(rows)} of {total}" if len(rows) < total else str(total)
    console.print(f"{shown} articles, {undated} of all without a publication date. `mpsc articles show NUMBER` shows one.")


@articles.command("show")
@click.argument("number", type=int)
@_guarded
def articles_show(number: int) -> None:
    """Show one article with the evidence for every value."""
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.session import open_for_reading

    engine = open_for_reading(load_settings().database_url)
    found = queries.article(engine, number)
    console = _console()
    if found["kicker"]:
        console.print(escape(found["kicker"]))
    console.print(f"[bold]{escape(found['headline'] or '(no headline)')}[/bold]")
    facts = {
        "source": f"{found['source_name']} ({found['source']})",
        "address": found["url"],
        "identity": found["identity"],
        "published": f"{found['published_edtf']} ({found['published_precision']})" if found["published_edtf"] else "unknown: nothing tells it",
        "modified": found["modified_edtf"],
        "language": found["language"],
        "authors": ", ".join(found["authors"]),
        "tags": ", ".join(found["tags"]),
        "breadcrumbs": " > ".join(found["breadcrumbs"]),
        "first seen": found["first_seen"].isoformat(timespec="minutes"),
        "last seen": found["last_seen"].isoformat(timespec="minutes"),
        "gone": f"since {found['gone_since']:%Y-%m-%d} ({found['gone_reason']})" if found["gone_since"] else None,
        "revisions": len(found["revisions"]),
        "archived in": found["page"]["archive_file"] if found["page"] else None,
    }
    for key, value in facts.items():
        if value:
            console.print(f"  {key:12} {escape(str(value))}")
    if found["teaser"]:
        console.print(f"\n[italic]{escape(found['teaser'])}[/italic]")
    console.print(f"\n{escape(found['body'])}\n")
    for image in found["images"]:
        console.print(f"  image        {escape(image['url'])} ({image['place']}) {escape(image['caption'] or '')}{' © ' + escape(image['credit']) if image['credit'] else ''}")
    for attachment in found["attachments"]:
        console.print(f"  attachment   {escape(attachment['url'])} {escape(attachment['title'] or '')} {attachment['size'] or ''}")
    for topic in found["topics"]:
        words = ", ".join(dict.fromkeys(word[0] for word in topic["words"]))
        console.print(f"  topic        {topic['topic']} {topic['score']:.1f} (codebook {topic['codebook_version']}): {escape(words)}")
    for told in found["dates"]:
        console.print(f"  date         {told['edtf']} {told['kind']}: “{escape(told['raw'])}” in {told['field']}, rule {told['rule']}, {told['confidence']:.2f}")
    for evidence in found["evidence"]:
        sign = "evidence" if evidence["chosen"] else "not chosen"
        console.print(f"  {sign:12} {evidence['field']}: {evidence['rule']} {evidence['confidence']:.2f} “{escape(evidence['raw'][:160])}”")


# ----------------------------------------------------------------------- export


@main.group()
def export() -> None:
    """Write feeds and files."""


@export.command("jsonfeed")
@_filters
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder; default exports/.")
@click.option("--limit", default=200, show_default=True, help="Newest items per feed; 0 for all.")
@click.option("--full-text", is_flag=True, help="Put whole texts into the feed; mind copyright.")
@click.option("--base-url", help="Where the folder will be served, for feed_url.")
@_guarded
def export_jsonfeed(output: Path | None, limit: int, full_text: bool, base_url: str | None, **values: Any) -> None:
    """JSON Feed 1.1: all, per source and per topic; or one feed for the given filters."""
    from mpsc_crawler.export.jsonfeed import export_feeds
    from mpsc_crawler.storage.session import open_for_reading

    settings = load_settings()
    engine = open_for_reading(settings.database_url)
    folder = output or Path(settings.export_dir)
    written = export_feeds(engine, folder, _wanted(values), limit=limit or None, full_text=full_text, base_url=base_url)
    for path, number in written:
        click.echo(f"{path}: {number} items")


@export.command("jsonl")
@_filters
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File; default exports/articles.jsonl.")
@click.option("--limit", default=0, help="Newest articles; 0 for all.")
@_guarded
def export_jsonl_command(output: Path | None, limit: int, **values: Any) -> None:
    """JSON Lines: one article per line with all parts and evidence."""
    from mpsc_crawler.export.jsonl import export_jsonl
    from mpsc_crawler.storage.session import open_for_reading

    settings = load_settings()
    engine = open_for_reading(settings.database_url)
    path = output or Path(settings.export_dir) / "articles.jsonl"
    number = export_jsonl(engine, path, _wanted(values), limit or None)
    click.echo(f"{path}: {number} articles")


# --------------------------------------------------------------------- database


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@_guarded
def db_upgrade() -> None:
    """Bring the database's schema up to date, or make a new database."""
    from mpsc_crawler.storage.session import head_revision, open_database

    url = load_settings().database_url
    open_database(url).dispose()
    click.echo(f"{_shown(url)}: schema {head_revision()}")


if __name__ == "__main__":
    main()
