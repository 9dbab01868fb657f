"""``mpsc snapshot``: the corpus as files that can be cited."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from mpsc_crawler.cli.common import SOME_FAILED, guarded, number_of, plain_json, registry_of
from mpsc_crawler.cli.filters import filters_of_all, wanted_of
from mpsc_crawler.settings import load_settings

_SHOWN = 20


@click.group()
def snapshot() -> None:
    """Make, check and compare snapshots of the corpus (Frictionless Data Packages)."""


@snapshot.command("create")
@click.argument("folder", type=click.Path(path_type=Path))
@filters_of_all
@click.option("--texts", is_flag=True, help="With full texts, where their pages let them go; mind copyright.")
@click.option("--reserved", is_flag=True, help="With --texts: also those whose use is reserved (§ 60d UrhG).")
@click.option("--title", help="Title of the data set.")
@click.option("--creator", "creators", multiple=True, help="Who is to be cited; may be repeated.")
@click.option("--license", help="Address of a licence for the data.")
@click.option("--base-url", help="Where the folder will be published, for the metadata's addresses.")
@guarded
def snapshot_create(folder: Path, texts: bool, reserved: bool, title: str | None, **values: Any) -> None:
    """Write the corpus into a new FOLDER: tables with schemas, codebook, registry, citation, metadata, hashes.

    Gone articles are part of it, as they were published. Full texts are left out unless --texts asks for them.
    """
    from dataclasses import replace

    from mpsc_crawler.export.snapshot.create import Wish, create
    from mpsc_crawler.storage.session import open_for_reading

    if reserved and not texts:
        raise click.UsageError("--reserved says which texts --texts writes; give both")
    settings = load_settings()
    more = {name: values[name] for name in ("license", "base_url")} | {"creators": tuple(values["creators"])}
    own = Path(settings.codebook).read_bytes() if settings.codebook else None
    wish = Wish(codebook=own, wanted=wanted_of(values), texts=texts, reserved=reserved, **more)
    if title:
        wish = replace(wish, title=title)
    made = create(open_for_reading(settings.database_url), folder, wish, registry_of(settings))
    for name, rows in made.rows.items():
        click.echo(f"  {name:<15} {rows:>9}")
    click.echo(f"{made.folder}: a snapshot with the hash {made.digest}")
    click.echo(f"cite it by {made.folder}/CITATION.cff and this hash; `mpsc snapshot verify {made.folder}` checks it")


@snapshot.command("verify")
@click.argument("folder", type=click.Path(path_type=Path))
@guarded
def snapshot_verify(folder: Path) -> None:
    """Hold every file against the manifest; exit code 1 if one is not what it was."""
    from mpsc_crawler.export.snapshot.check import digest_of, verify

    problems = verify(folder)
    for problem in problems:
        click.echo(f"  {problem}")
    if problems:
        click.echo(f"{folder}: {number_of(len(problems), 'problem', 'problems')}")
        sys.exit(SOME_FAILED)
    click.echo(f"{folder}: whole; its hash is {digest_of(folder)}")


@snapshot.command("diff")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines, everything.")
@guarded
def snapshot_diff(before: Path, after: Path, as_json: bool) -> None:
    """Tell what changed from one snapshot to another: articles, their fields, their topics, software and codebook."""
    from dataclasses import asdict

    from mpsc_crawler.export.snapshot.check import compare

    told = compare(before, after)
    if as_json:
        click.echo(plain_json(asdict(told)))
        return
    for name, (a, b) in told.facts.items():
        click.echo(f"{name}: {a} -> {b}")
    for title, names in (("added", told.added), ("removed", told.removed)):
        click.echo(f"{number_of(len(names), 'article', 'articles')} {title}")
        _some(names)
    click.echo(f"{number_of(len(told.changed), 'article', 'articles')} changed")
    _some([f"{identity}: {', '.join(fields)}" for identity, fields in told.changed.items()])
    click.echo(f"{number_of(len(told.topics), 'article', 'articles')} with other topics")
    _some(
        [
            f"{identity}: {' '.join([*(f'-{t}' for t in went), *(f'+{t}' for t in came)])}"
            for identity, (went, came) in told.topics.items()
        ]
    )


def _some(lines: list[str]) -> None:
    for line in lines[:_SHOWN]:
        click.echo(f"  {line}")
    if len(lines) > _SHOWN:
        click.echo(f"  … and {len(lines) - _SHOWN} more; --json shows all")
