"""``mpsc sources``: the registry."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.cli.common import (
    NOTHING_REACHED,
    OK,
    SOME_FAILED,
    console_for_people,
    fail,
    guarded,
    registry_of,
)
from mpsc_crawler.items import Exchange
from mpsc_crawler.settings import Settings, load_settings
from mpsc_crawler.sources.model import SourceKind
from mpsc_crawler.sources.registry import municipalities

if TYPE_CHECKING:
    from mpsc_crawler.probe.check import Sample


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


def _polite(settings: Settings, agent: str) -> Callable[[str], Exchange]:
    """A fetch that waits before each request, as the settings ask."""
    from mpsc_crawler.operations.fetch import fetch

    def polite(url: str) -> Exchange:
        time.sleep(settings.delay)
        return fetch(url, agent, settings.timeout, settings.max_bytes)

    return polite


@sources.command("check")
@click.argument("names", nargs=-1)
@guarded
def sources_check(names: tuple[str, ...]) -> None:
    """Ask the live sites: robots.txt, list, links, first article; and say what to do."""
    from mpsc_crawler.extensions.context import user_agent
    from mpsc_crawler.probe import check_source

    settings = load_settings()
    wanted = registry_of(settings).select(names)
    agent = user_agent(settings)
    polite = _polite(settings, agent)
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


@sources.command("probe")
@click.argument("url")
@click.option(
    "--kind",
    type=click.Choice(["portal", "project", "municipality", "press"]),
    default="project",
    show_default=True,
    help="What kind of source it is.",
)
@click.option("--name", "slug", help="The new source's name; made from the host if not given.")
@click.option(
    "--write",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the source file into this folder, and the first article's page with what was read beside it.",
)
@guarded
def sources_probe(url: str, kind: SourceKind, slug: str | None, write: Path | None) -> None:
    """Look at a new site and propose a source file, with five articles as they would be stored.

    Give the address of its news list if you know it, else its home page. robots.txt is respected.
    """
    from mpsc_crawler.extensions.context import user_agent
    from mpsc_crawler.operations.failures import ADVICE
    from mpsc_crawler.operations.fetch import FetchError
    from mpsc_crawler.probe import probe_site
    from mpsc_crawler.probe.write import write_proposal

    settings = load_settings()
    agent = user_agent(settings)
    polite = _polite(settings, agent)
    known = [source.slug for source in registry_of(settings)]
    try:
        proposal = probe_site(url, polite, agent, kind=kind, slug=slug, known=known)
    except FetchError as error:
        fail(f"{url}: {error.failure}: {ADVICE.get(error.failure, '')} ({error})", NOTHING_REACHED)
    console = console_for_people()
    table = Table()
    for title in ("kind", "address", "robots", "links", "what to do"):
        table.add_column(title, overflow="fold")
    for check in proposal.checks:
        # what was only tried on the chance is left out of the file; there is nothing to do about it
        tried = f"{check.failure}: left out" if check.url != url else f"{check.failure}: {check.advice}"
        todo = tried if check.failure else "nothing"
        table.add_row(
            check.kind, escape(check.url), check.robots, "" if check.links is None else str(check.links), escape(todo)
        )
    console.print(table)
    if proposal.source is None:
        fail(f"{url}: no source file: {proposal.failure}: {ADVICE.get(proposal.failure, proposal.detail)}", SOME_FAILED)
    console.print(_samples(proposal.samples))
    if write is None:
        click.echo(proposal.toml)
        console.print("`--write FOLDER` writes this file and the page of the first article.")
        return
    for path in write_proposal(proposal, write):
        console.print(f"written: {path}")
    console.print("Fill in what the file asks for, then `mpsc sources check` with MPSC_SOURCES_DIR set to the folder.")


def _samples(samples: list[Sample]) -> Table:
    table = Table()
    for title in ("article", "published", "words", "pictures", "files", "teaser or what went wrong"):
        table.add_column(title, overflow="fold")
    for sample in samples:
        article = sample.article
        if article is None:
            table.add_row(escape(sample.url), "", "", "", "", sample.failure)
            continue
        table.add_row(
            escape(article.headline or "(no headline)"),
            article.published.edtf[:16].replace("T", " ") if article.published else "unknown",
            str(len(article.body.split())),
            str(len(article.images)),
            str(len(article.attachments)),
            escape((article.teaser or "")[:120]),
        )
    return table
