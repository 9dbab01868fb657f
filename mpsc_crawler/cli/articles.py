"""``mpsc articles``: a look at what is there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.cli.common import MOST, console_for_people, guarded, local_time, plain_json
from mpsc_crawler.cli.filters import filters, wanted_of
from mpsc_crawler.export.changes import CAME, GAP, WENT, changed_words
from mpsc_crawler.settings import load_settings


@click.group(invoke_without_command=True)
@filters
@click.option(
    "--limit", type=click.IntRange(0, MOST), default=30, show_default=True, help="At the most so many; 0 for all."
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
        "missing": f"at one look, {found['missing_since']:%Y-%m-%d} ({found['missing_reason']}); not confirmed yet"
        if found["missing_since"] and not found["gone_since"]
        else None,
        "moved from": ", ".join(a["url"] for a in found["addresses"] if a["moved_at"]),
        "also at": ", ".join(a["url"] for a in found["addresses"] if not a["moved_at"]),
        "story": _story(found),
        "twins": ", ".join(f"{twin['language']}: {twin['twin_id']}" for twin in found["twins"]),
        "rights": _rights(found["rights"]),
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


def _story(found: dict[str, Any]) -> str | None:
    """Where else the text of an article stands."""
    if found["story"] is None:
        return None
    others = [f"{p['source']} ({p['id']})" for p in found["story"]["placements"] if p["id"] != found["id"]]
    return f"{found['story']['id']}, also at {', '.join(others)}"


def _rights(rights: dict[str, Any]) -> str:
    """What the page says of its use, in one line."""
    return "; ".join(
        f"{name} {value if not isinstance(value, list) else ', '.join(value)}" for name, value in rights.items()
    )


_ORIGINS = {
    "first": "first seen",
    "publisher": "changed by the publisher",
    "reextraction": "read anew with other rules; the publisher changed nothing",
}
_SIGNS = {WENT: ("red strike", "[-{}-]"), CAME: ("green", "{{+{}+}}"), GAP: ("dim", "{}")}


@articles.command("history")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@click.option("--json", "as_json", is_flag=True, help="For machines: every state with its changes, [before, after].")
@guarded
def articles_history(number: int, as_json: bool) -> None:
    """Show how an article has changed, field by field; [-went-] and {+came+} mark words."""
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.session import open_for_reading

    engine = open_for_reading(load_settings().database_url)
    found = queries.article(engine, number)
    engine.dispose()
    gone = {"since": found["gone_since"], "reason": found["gone_reason"]} if found["gone_since"] else None
    if as_json:
        missing = (
            {"since": found["missing_since"], "reason": found["missing_reason"]} if found["missing_since"] else None
        )
        told = {"number": number, "identity": found["identity"], "url": found["url"], "gone": gone, "missing": missing}
        told["addresses"] = found["addresses"]
        click.echo(plain_json(told | {"revisions": found["revisions"]}))
        return
    console = console_for_people()
    console.print(f"[bold]{escape(found['headline'] or '(no headline)')}[/bold] ({escape(found['url'])})")
    events: list[tuple[datetime, list[str]]] = []
    for revision in found["revisions"]:
        origin = _ORIGINS.get(revision["origin"], revision["origin"])
        run = f", run {revision['run_id']}" if revision["run_id"] else ""
        changes = [f"  {field}: {_change(before, after)}" for field, (before, after) in revision["diff"].items()]
        events.append((revision["seen_at"], [f"{origin}{run}", *changes]))
    events += [(a["moved_at"], [f"moved from {escape(a['url'])}"]) for a in found["addresses"] if a["moved_at"]]
    if found["missing_since"] and gone is None:
        events.append((found["missing_since"], [f"missing ({found['missing_reason']}), to be confirmed"]))
    if gone is not None:
        events.append((found["gone_since"], [f"gone ({found['gone_reason']})"]))
    for moment, (first, *lines) in sorted(events, key=lambda event: event[0]):
        console.print(f"{local_time(moment)}  {first}", soft_wrap=True)
        for line in lines:
            console.print(line, soft_wrap=True)
    if len(events) == 1:
        console.print("It has not changed since.")
    console.print(f"{local_time(found['last_seen'])}  last seen; times are local (Europe/Berlin)")


def _change(before: object, after: object) -> str:
    """A change for people: words of a text; of lists and single values, what went and what came."""
    if isinstance(before, list) or isinstance(after, list):
        old, new = (
            [_entry(entry) for entry in side or []] if isinstance(side, list) else [] for side in (before, after)
        )
        pieces = [(WENT, entry) for entry in old if entry not in new] + [
            (CAME, entry) for entry in new if entry not in old
        ]
        pieces = pieces or [(GAP, "the same in another order")]
    else:
        old_text, new_text = (str(side) if side is not None else None for side in (before, after))
        pieces = changed_words(old_text, new_text) or [(GAP, "only line breaks" if old_text else "not recorded")]
    marked = [
        f"[{_SIGNS[sign][0]}]{escape(_SIGNS[sign][1].format(text))}[/]" if sign in _SIGNS else escape(text)
        for sign, text in pieces
    ]
    return " ".join(marked)


def _entry(entry: object) -> str:
    return " | ".join(str(part) for part in entry if part) if isinstance(entry, list) else str(entry)
