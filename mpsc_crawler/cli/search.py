"""``mpsc search``: full text."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape

from mpsc_crawler.cli.common import MOST, console_for_people, guarded, plain_json
from mpsc_crawler.cli.filters import filters, wanted_of
from mpsc_crawler.settings import load_settings

_SHOWN = 6


# so that -word is a word that must not be there, and no row of options of one letter
@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, required=True, metavar="QUERY...")
@filters
@click.option("--limit", type=click.IntRange(1, MOST), default=10, show_default=True, help="At the most so many.")
@click.option("--newest", is_flag=True, help="The newest first, not the best.")
@click.option("--no-compounds", is_flag=True, help="Do not find a word as a part of others.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@guarded
def search(words: tuple[str, ...], limit: int, newest: bool, no_compounds: bool, as_json: bool, **values: Any) -> None:
    """Look for words in headlines and texts.

    All words must be there; "several words" is a phrase; AND, OR, NOT (or -word) and brackets; anf* for what begins so; =word for
    a word that is not to be found within others; headline:word. Inflection, umlauts (ä, ae, a) and gendered forms do not matter.
    """
    from mpsc_crawler.language.snippets import snippet
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.search.find import find
    from mpsc_crawler.storage.session import open_for_reading

    strange = next((word for word in words if word.startswith("--")), None)
    if strange is not None:
        raise click.UsageError(f"no such option: {strange}")
    query = " ".join(words)
    engine = open_for_reading(load_settings().database_url)
    found = find(engine, query, wanted_of(values), limit=limit, newest=newest, compounds=not no_compounds)
    rows = queries.by_number(engine, found.numbers)
    if as_json:
        hits = []
        for row in rows:
            piece = snippet(row.body, found.stems)
            hits.append(
                {
                    "number": row.id,
                    "source": row.source,
                    "published": row.published_edtf,
                    "headline": row.headline,
                    "url": row.url,
                    "snippet": piece.text,
                    "marks": piece.marks,
                }
            )
        click.echo(plain_json({"query": query, "total": found.total, "within": found.held, "hits": hits}))
        return
    console = console_for_people()
    for row in rows:
        headline = snippet(row.headline or "(no headline)", found.stems, 10_000)
        told = (row.published_edtf or "unknown")[:10]
        gone = " (gone)" if row.gone_since else ""
        console.print(f"{row.id:>7}  {told:<10}  {row.source}{gone}  {_marked(headline)}")
        console.print(f"         {_marked(snippet(row.body, found.stems))}", style="dim")
    if found.total is None:
        console.print(
            f"very many articles match; the {len(rows)} here are among the newest. Narrow it: another word, --since, --source"
        )
    elif not rows:
        console.print(f"nothing found for {escape(query)}")
    else:
        console.print(f"{len(rows)} of {found.total} found")
    for word, compounds in found.held.items():
        more = f" and {len(compounds) - _SHOWN} more" if len(compounds) > _SHOWN else ""
        console.print(
            f"{word} also within: {escape(', '.join(compounds[:_SHOWN]))}{more}; ={word} looks for itself only"
        )


def _marked(piece: Any) -> str:  # noqa: ANN401 - a snippet
    told, at = "", 0
    for start, end in piece.marks:
        told += f"{escape(piece.text[at:start])}[bold]{escape(piece.text[start:end])}[/bold]"
        at = end
    return told + escape(piece.text[at:])
