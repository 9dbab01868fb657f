"""``mpsc status`` and ``mpsc runs``: is all well, and what did past runs do?"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.cli.common import (
    ALARM,
    MOST,
    OK,
    console_for_people,
    guarded,
    local_time,
    number_of,
    plain_json,
    shown,
)
from mpsc_crawler.operations.examine import examine, last_read, newest
from mpsc_crawler.operations.failures import ADVICE
from mpsc_crawler.operations.health import Finding
from mpsc_crawler.operations.lock import Holder, is_held
from mpsc_crawler.settings import load_settings

if TYPE_CHECKING:
    from mpsc_crawler.storage.history import SourcePast


_NO_RUN = timedelta(days=3)


@click.command()
@click.argument("sources", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("--all", "every", is_flag=True, help="Also list the sources that are well.")
@guarded
def status(sources: tuple[str, ...], as_json: bool, every: bool) -> None:
    """Is every source well? Held against its own past; exit code 6 where one needs a person."""
    from mpsc_crawler.storage import history
    from mpsc_crawler.storage.queries import NothingFoundError
    from mpsc_crawler.storage.session import open_for_reading

    settings = load_settings()
    engine = open_for_reading(settings.database_url)
    now = datetime.now(UTC)
    told = examine(engine, now, sources or None)
    unknown = set(sources) - {past.slug for past, _ in told}
    if unknown:
        raise NothingFoundError(f"not in the database: {', '.join(sorted(unknown))}; `mpsc sources list` names sources")
    alarms = [finding for _, found in told for finding in found if finding.alarm]
    last = history.runs(engine, 1)
    real = [run for run in history.runs(engine, 50) if run["replay"] is None]
    idle = now - real[0]["started_at"] if real else None
    asleep = idle is not None and idle > _NO_RUN
    busy = history.held(engine)
    engine.dispose()
    if as_json:
        click.echo(
            plain_json(_for_machines(told, last, now) | {"no_run_for_days": idle.days if asleep and idle else None})
        )
    else:
        _for_people(told, last, busy, now, shown(settings.database_url), every=every)
        if asleep and idle is not None:
            text = f"No run for {idle.days} days: look at the scheduled job (crontab, or systemctl status mpsc-crawl.timer)."
            console_for_people().print(text, soft_wrap=True)
    sys.exit(ALARM if alarms or asleep else OK)


def _for_machines(
    told: list[tuple[SourcePast, list[Finding]]], last: list[dict[str, Any]], now: datetime
) -> dict[str, Any]:
    return {
        "now": now,
        "last_run": last[0] if last else None,
        "sources": [
            {
                "source": past.slug,
                "last_read": last_read(past),
                "newest": newest(past),
                "articles": past.count,
                "findings": [
                    {"kind": f.kind, "text": f.text, "advice": f.advice, "alarm": f.alarm} for f in found
                ],
            }
            for past, found in told
        ],
    }  # fmt: skip


def _for_people(
    told: list[tuple[SourcePast, list[Finding]]],
    last: list[dict[str, Any]],
    busy: list[tuple[str, str, datetime, datetime]],
    now: datetime,
    database: str,
    *,
    every: bool,
) -> None:
    console = console_for_people()
    console.print(
        f"Database {database}: {number_of(sum(past.count for past, _ in told), 'article', 'articles')}"
        f" of {number_of(len(told), 'source', 'sources')}"
    )
    if last:
        run = last[0]
        console.print(f"Last run {run['id']}: {run['status']}, began {local_time(run['started_at'])}; {_outcome(run)}")
    else:
        console.print("No run yet: mpsc crawl")
    by_holder = Counter(
        (holder, is_held(Holder.parse(holder), beat, now), local_time(since)) for _, holder, since, beat in busy
    )
    for (holder, holds, began), hosts in by_holder.items():
        process = Holder.parse(holder)
        lost = "" if holds else "; it has ended or fallen silent, and the next run takes over"
        console.print(
            f"Process {process.pid} on {process.machine} asks hosts since {began}: {hosts}{lost}", soft_wrap=True
        )
    never = [past.slug for past, found in told if any(not f.alarm for f in found)]
    table = Table(box=None)
    for name in ("source", "last read", "newest", "articles", "what is not as ever"):
        table.add_column(name, no_wrap=name != "what is not as ever", justify="right" if name == "articles" else "left")
    for past, found in told:
        alarms = [finding for finding in found if finding.alarm]
        for number, finding in enumerate(alarms):
            first = number == 0
            table.add_row(*(_facts(past) if first else ("",) * 4), escape(f"{finding.text}: {finding.advice}"))
        if every and not found:
            table.add_row(*_facts(past), "well")
    if table.row_count:
        console.print(table)
    well = sum(1 for _, found in told if not found)
    need = sum(1 for _, found in told if any(f.alarm for f in found))
    console.print(f"Sources: {well} well, {need} to be looked at, {len(never)} never crawled.")


def _facts(past: SourcePast) -> tuple[str, str, str, str]:
    return past.slug, local_time(last_read(past)), str(newest(past) or ""), str(past.count)


def _by_status(run: dict[str, Any]) -> str:
    return ", ".join(f"{number} {status}" for status, number in sorted(run["sources"].items()))


def _outcome(run: dict[str, Any]) -> str:
    counts = run["counts"]
    found = ", ".join(
        f"{counts[name]} {name}" for name in ("new", "changed", "missing", "gone", "failed") if counts.get(name)
    )
    return f"sources: {_by_status(run) or 'none'}; articles: {found or 'nothing new'}"


@click.group(invoke_without_command=True)
@click.option(
    "--limit", type=click.IntRange(0, MOST), default=20, show_default=True, help="The newest so many; 0 for all."
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.pass_context
@guarded
def runs(context: click.Context, limit: int, as_json: bool) -> None:
    """List the runs, newest first; `mpsc runs show NUMBER` shows one by source."""
    if context.invoked_subcommand is not None:
        return
    from mpsc_crawler.storage import history
    from mpsc_crawler.storage.session import open_for_reading

    engine = open_for_reading(load_settings().database_url)
    found = history.runs(engine, limit or None)
    engine.dispose()
    if as_json:
        click.echo(plain_json(found))
        return
    table = Table()
    for name in ("run", "began", "took", "ended as", "sources", "new", "changed", "gone", "failed", "read from"):
        table.add_column(
            name, justify="right" if name in ("run", "took", "new", "changed", "gone", "failed") else "left"
        )
    for run in found:
        numbers = [str(run["counts"].get(name) or "") for name in ("new", "changed", "gone", "failed")]
        table.add_row(
            str(run["id"]), local_time(run["started_at"]), _took(run), run["status"], _by_status(run), *numbers,
            escape(run["replay"] or "the sites"),
        )  # fmt: skip
    console = console_for_people()
    console.print(table)
    console.print("Times are local (Europe/Berlin). `mpsc runs show NUMBER` shows one by source.")


def _took(row: dict[str, Any]) -> str:
    if row["ended_at"] is None:
        return ""
    minutes, seconds = divmod(int((row["ended_at"] - row["started_at"]).total_seconds()), 60)
    return f"{minutes}:{seconds:02} min" if minutes else f"{seconds} s"


@runs.command("show")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@guarded
def runs_show(number: int, as_json: bool) -> None:
    """Show what a run did at every source, and what failed."""
    from mpsc_crawler.storage import history
    from mpsc_crawler.storage.session import open_for_reading

    engine = open_for_reading(load_settings().database_url)
    run = history.run(engine, number)
    engine.dispose()
    if as_json:
        click.echo(plain_json(run))
        return
    console = console_for_people()
    console.print(
        f"Run {run['id']}: {run['status']}, {local_time(run['started_at'])} to {local_time(run['ended_at']) or '?'}, {run['software']}"
        + (f", replay of {escape(run['replay'])}" if run["replay"] else "")
    )
    table = Table()
    columns = ("requests", "links", "new", "changed", "unchanged", "missing", "gone", "outside", "failed")
    table.add_column("source", no_wrap=True)
    table.add_column("ended as")
    for name in (*columns, "MB"):
        table.add_column(name, justify="right")
    table.add_column("list back to")
    for source in run["sources"]:
        table.add_row(
            source["source"], source["status"], *(str(source[name] or "") for name in columns),
            f"{source['bytes'] / 1e6:.1f}", f"{source['oldest'] or ''}{' (whole)' if source['complete'] else ''}",
        )  # fmt: skip
    console.print(table)
    for kind, times in Counter(failure["failure"] for failure in run["failures"]).most_common():
        console.print(f"{times} × {kind}: {ADVICE.get(kind, '')}")
        for failure in [f for f in run["failures"] if f["failure"] == kind][:5]:
            console.print(
                f"    {failure['source'] or ''} {escape(failure['url'])} ({escape(failure['detail'])})", soft_wrap=True
            )
