"""``mpsc sources``: the registry."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.cli.common import (
    NOTHING_REACHED,
    OK,
    SOME_FAILED,
    console_for_people,
    guarded,
    registry_of,
)
from mpsc_crawler.settings import load_settings
from mpsc_crawler.sources.registry import municipalities


@click.group()
def sources() -> None:
    """The registry: who is crawled."""


@sources.command("list")
@click.option(
    "--kind", type=click.Choice(["portal", "project", "municipality", "press"]), help="Only sources of this kind."
)
@click.option("--names", is_flag=True, help="Only the names, a line each.")
@guarded
def sources_list(kind: str | None, names: bool) -> None:
    """List the sources."""
    wanted = [source for source in registry_of(load_settings()) if kind in (None, source.kind)]
    if names:
        for source in wanted:
            click.echo(source.slug)
        return
    console = console_for_people()
    table = Table()
    for name in ("name", "kind", "scope", "state", "cohort", "read from", "verified", "title"):
        table.add_column(name, no_wrap=name in ("name", "kind"))
    for source in wanted:
        verified = (
            f"{sum(a.verified for a in source.entries)} of {len(source.entries)}" if source.active else "inactive"
        )
        kinds = ", ".join(dict.fromkeys(a.kind for a in source.entries))
        table.add_row(
            source.slug,
            source.kind,
            source.scope,
            ", ".join(source.states),
            str(source.cohort or ""),
            kinds,
            verified,
            escape(source.name),
        )
    console.print(table)
    console.print(f"{len(wanted)} sources. `mpsc sources show NAME` shows one.")


@sources.command("show")
@click.argument("name")
@guarded
def sources_show(name: str) -> None:
    """Show everything the registry knows of one source, and how sure it is."""
    source = registry_of(load_settings()).get(name)
    register = municipalities()
    console = console_for_people()
    console.print(f"[bold]{escape(source.name)}[/bold] ({source.slug})")
    platform = (
        f"{source.platform.name} ({'verified' if source.platform.verified else 'unverified'})"
        if source.platform
        else "unknown"
    )
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
        told = (
            f"AGS {member.ags}, {row.population:,} inhabitants ({row.state})"
            if row and row.population
            else f"AGS {member.ags or 'unknown'}"
        )
        console.print(f"  member     {escape(member.name)}, {told}{'' if source.members_verified else ' (unverified)'}")
    for address in source.addresses:
        sure = "verified" if address.verified else "unverified"
        console.print(
            f"  {address.kind:10} {escape(address.url)}  [{'green' if address.verified else 'yellow'}]{sure}, {address.origin}[/]"
        )
        if address.note:
            console.print(f"             {escape(address.note)}")
    if source.notes:
        console.print(f"  notes      {escape(source.notes)}")


@sources.command("check")
@click.argument("names", nargs=-1)
@guarded
def sources_check(names: tuple[str, ...]) -> None:
    """Ask the live sites: robots.txt, list, links, first article; and say what to do."""
    from mpsc_crawler.extensions.context import user_agent
    from mpsc_crawler.operations.fetch import fetch
    from mpsc_crawler.probe import check_source

    settings = load_settings()
    wanted = registry_of(settings).select(names)
    agent = user_agent(settings)

    def polite(url: str) -> Any:  # noqa: ANN401
        time.sleep(settings.delay)
        return fetch(url, agent, settings.timeout, settings.max_bytes)

    with ThreadPoolExecutor(8) as pool:
        checks = [check for found in pool.map(lambda s: check_source(s, polite, agent), wanted) for check in found]
    console = console_for_people()
    table = Table()
    for name in ("source", "kind", "address", "robots", "links", "first article", "what to do"):
        table.add_column(name, overflow="fold")
    for check in checks:
        todo = f"{check.failure}: {check.advice}" if check.failure else "nothing"
        table.add_row(
            check.source,
            check.kind,
            escape(check.url),
            check.robots,
            "" if check.links is None else str(check.links),
            escape(check.article),
            escape(todo),
        )
    console.print(table)
    bad = sum(1 for check in checks if check.failure)
    console.print(f"{len(checks) - bad} of {len(checks)} addresses are well.")
    sys.exit(OK if not bad else NOTHING_REACHED if bad == len(checks) else SOME_FAILED)
