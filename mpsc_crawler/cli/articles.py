"""``mpsc articles``: a look at what is there."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.cli.common import (
    console_for_people,
    guarded,
)
from mpsc_crawler.cli.filters import filters, wanted_of
from mpsc_crawler.settings import load_settings


@click.group(invoke_without_command=True)
@filters
@click.option(
    "--limit", type=click.IntRange(min=0), default=30, show_default=True, help="At the most so many; 0 for all."
)
@click.pass_context
@guarded
def articles(context: click.Context, limit: int, **values: Any) -> None:
    """List the articles in the database, newest first; `mpsc articles show NUMBER` shows one."""
    if context.invoked_subcommand is not None:
        return
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.session import open_for_reading

    wanted = wanted_of(values)
    engine = open_for_reading(load_settings().database_url)
    total, undated = queries.count(engine, wanted)
    rows = list(queries.articles(engine, wanted, limit or None))
    topics = queries.parts(engine, [row.id for row in rows])["topics"] if rows else {}
    console = console_for_people()
    table = Table()
    for name in ("number", "published", "source", "headline", "topics"):
        table.add_column(name, justify="right" if name == "number" else "left", no_wrap=name in ("published", "source"))
    for row in rows:
        found = ", ".join(topic["topic"] for topic in topics.get(row.id, []))
        gone = " [gone]" if row.gone_since else ""
        table.add_row(
            str(row.id),
            row.published_edtf[:16].replace("T", " ") if row.published_edtf else "unknown",
            row.source,
            escape((row.headline or "(no headline)") + gone),
            found,
        )
    console.print(table)
    shown = f"the newest {len(rows)} of {total}" if len(rows) < total else str(total)
    console.print(
        f"{shown} articles, {undated} of all without a publication date; times are local (Europe/Berlin). `mpsc articles show NUMBER` shows one."
    )


@articles.command("show")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@guarded
def articles_show(number: int) -> None:
    """Show one article with the evidence for every value."""
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.session import open_for_reading

    engine = open_for_reading(load_settings().database_url)
    found = queries.article(engine, number)
    console = console_for_people()
    if found["kicker"]:
        console.print(escape(found["kicker"]))
    console.print(f"[bold]{escape(found['headline'] or '(no headline)')}[/bold]")
    facts = {
        "source": f"{found['source_name']} ({found['source']})",
        "address": found["url"],
        "identity": found["identity"],
        "published": f"{found['published_edtf']} ({found['published_precision']})"
        if found["published_edtf"]
        else "unknown: nothing tells it",
        "modified": found["modified_edtf"],
        "language": found["language"],
        "authors": ", ".join(found["authors"]),
        "tags": ", ".join(found["tags"]),
        "categories": ", ".join(found["categories"]),
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
        console.print(
            f"  image        {escape(image['url'])} ({image['place']}) {escape(image['caption'] or '')}{' © ' + escape(image['credit']) if image['credit'] else ''}"
        )
    for attachment in found["attachments"]:
        console.print(
            f"  attachment   {escape(attachment['url'])} {escape(attachment['title'] or '')} {attachment['size'] or ''}"
        )
    for topic in found["topics"]:
        words = ", ".join(dict.fromkeys(word[0] for word in topic["words"]))
        console.print(
            f"  topic        {topic['topic']} {topic['score']:.1f} (codebook {topic['codebook_version']}): {escape(words)}"
        )
    for told in found["dates"]:
        console.print(
            f"  date         {told['edtf']} {told['kind']}: “{escape(told['raw'])}” in {told['field']}, rule {told['rule']}, {told['confidence']:.2f}"
        )
    for evidence in found["evidence"]:
        sign = "evidence" if evidence["chosen"] else "not chosen"
        console.print(
            f"  {sign:12} {evidence['field']}: {evidence['rule']} {evidence['confidence']:.2f} “{escape(evidence['raw'][:160])}”"
        )
