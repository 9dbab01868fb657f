"""``mpsc stories``: the same text at several places."""

from __future__ import annotations

import click
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.cli.common import MOST, console_for_people, guarded, number_of, plain_json
from mpsc_crawler.settings import load_settings


@click.group(invoke_without_command=True)
@click.option(
    "--limit", type=click.IntRange(0, MOST), default=30, show_default=True, help="At the most so many; 0 for all."
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.pass_context
@guarded
def stories(context: click.Context, limit: int, as_json: bool) -> None:
    """List the texts that stand at several places, most places first; `mpsc stories show NUMBER` shows one."""
    if context.invoked_subcommand is not None:
        return
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.session import open_for_reading
    from mpsc_crawler.storage.stories import unplaced

    engine = open_for_reading(load_settings().database_url)
    found = queries.stories(engine, limit or None)
    waiting = unplaced(engine)
    engine.dispose()
    if as_json:
        click.echo(plain_json(found))
        return
    console = console_for_people()
    table = Table()
    for name in ("story", "first published", "places", "headline of the earliest", "sources"):
        table.add_column(name, justify="right" if name in ("story", "places") else "left")
    for story in found:
        table.add_row(
            str(story["id"]), str(story["first_published"] or "unknown"), str(story["places"]),
            escape(story["headline"] or "(no headline)"), ", ".join(story["sources"]),
        )  # fmt: skip
    console.print(table)
    more = f" {waiting} articles are not compared yet; the next crawl, or `mpsc stories find`, does." if waiting else ""
    console.print(
        f"{number_of(len(found), 'story', 'stories')}. `mpsc stories show NUMBER` shows one.{more}", soft_wrap=True
    )


@stories.command("show")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@guarded
def stories_show(number: int, as_json: bool) -> None:
    """Show the placements of a story, the earliest first."""
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.session import open_for_reading

    engine = open_for_reading(load_settings().database_url)
    found = queries.story(engine, number)
    engine.dispose()
    if as_json:
        click.echo(plain_json(found))
        return
    table = Table(title=escape(found["headline"] or "(no headline)"), title_justify="left")
    for name in ("article", "published", "source", "words", "headline"):
        table.add_column(name, justify="right" if name in ("article", "words") else "left")
    for place in found["placements"]:
        gone = " [gone]" if place["gone_since"] else ""
        table.add_row(
            str(place["id"]), str(place["published_date"] or "unknown"), place["source"], str(place["word_count"]),
            escape((place["headline"] or "(no headline)") + gone),
        )  # fmt: skip
    console_for_people().print(table)


@stories.command("find")
@click.option(
    "--all", "every", is_flag=True, help="Compare every article again, not only those that are new or changed."
)
@guarded
def stories_find(every: bool) -> None:
    """Compare articles that no crawl has compared yet; needs no network."""
    from mpsc_crawler.storage.session import must_exist, open_database
    from mpsc_crawler.storage.stories import forget_places, place_new

    url = load_settings().database_url
    must_exist(url)
    engine = open_database(url)
    if every:
        forget_places(engine)
    done = place_new(engine)
    engine.dispose()
    click.echo(f"{number_of(done.articles, 'article', 'articles')} compared; {done.joined} joined a story.")
