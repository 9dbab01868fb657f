"""``mpsc extract``: what is read from one page and why, field by field; the tool to debug a site with."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.cli.common import NOTHING_REACHED, SOME_FAILED, USAGE, console_for_people, fail, guarded
from mpsc_crawler.export.jsonl import plain
from mpsc_crawler.items import DateValue, Evidence, Exchange, Image, NewsArticle
from mpsc_crawler.settings import Settings, load_settings

_LONGEST = 300
_LEFT_OUT = ("exchange", "sketch")


@click.command()
@click.argument("page", metavar="FILE|URL")
@click.option("--url", help="The address that a file was served at; addresses inside it are resolved against it.")
@click.option("--platform", help="The platform to assume where the page shows no trace of one.")
@click.option("--several", is_flag=True, help="Read every post of a page that holds several.")
@click.option("--text", is_flag=True, help="Show the whole body.")
@click.option("--json", "as_json", is_flag=True, help="Write everything as JSON.")
@guarded
def extract(page: str, url: str | None, platform: str | None, several: bool, text: bool, as_json: bool) -> None:
    """Show what is read from a page and why, with the candidates that lost.

    Nothing is stored. An address is asked once, without looking at robots.txt, as a person with a browser would.
    """
    from mpsc_crawler.operations.failures import ADVICE, of_empty_page, of_page
    from mpsc_crawler.reading import PageJob, read_job

    exchange = _of_address(page, load_settings()) if page.startswith(("http://", "https://")) else _of_file(page, url)
    wall = of_page(exchange.body)
    job = PageJob(
        exchange.body,
        exchange.url,
        exchange.fetched_at,
        dict(exchange.headers),
        "",
        platform=platform,
        several=several,
    )
    articles = read_job(job) if wall is None else []
    if as_json:
        click.echo(json.dumps(list(map(_record, articles)), ensure_ascii=False, indent=2, default=_part))
    if not any(article.body for article in articles):
        failure = wall or of_empty_page(exchange.body)
        fail(f"{page}: {failure}: {ADVICE[failure]}", SOME_FAILED)
    if not as_json:
        console = console_for_people()
        for number, article in enumerate(articles, 1):
            if len(articles) > 1:
                console.rule(f"post {number} of {len(articles)}")
            _show(console, article, whole=text)


def _of_file(name: str, url: str | None) -> Exchange:
    path = Path(name)
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        fail(f"{name}: no such file; give a file, or an address that begins with http:// or https://", USAGE)
    except IsADirectoryError:
        fail(f"{name}: is a folder; give a file", USAGE)
    except OSError as error:
        fail(f"{name}: cannot be read: {error.strerror}", USAGE)
    return Exchange(url or _told_address(body), 200, (), body, datetime.now(UTC))


def _told_address(body: bytes) -> str:
    """The address that a saved page tells of itself."""
    from mpsc_crawler.extraction.dom import parse

    page = parse(body, "https://unknown.example/")
    told = page.linked("canonical") or page.meta("og:url")
    return told if told.startswith(("http://", "https://")) else page.url


def _of_address(url: str, settings: Settings) -> Exchange:
    from mpsc_crawler.extensions.context import user_agent
    from mpsc_crawler.operations.failures import ADVICE, of_status
    from mpsc_crawler.operations.fetch import FetchError, fetch

    try:
        exchange = fetch(url, user_agent(settings), settings.timeout, settings.max_bytes)
    except FetchError as error:
        fail(f"{url}: {error.failure}: {ADVICE.get(error.failure, '')} ({error})", NOTHING_REACHED)
    if exchange.status >= 400:
        failure = of_status(exchange.status)
        fail(f"{url}: status {exchange.status}: {ADVICE.get(failure, failure)}", NOTHING_REACHED)
    return exchange


def _record(article: NewsArticle) -> dict[str, Any]:
    return {field.name: getattr(article, field.name) for field in fields(article) if field.name not in _LEFT_OUT}


def _part(value: Any) -> Any:  # noqa: ANN401 - what json cannot write itself
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else plain(value)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _values(article: NewsArticle, *, whole: bool) -> dict[str, str]:
    """The fields as people read them, in the order in which a page tells them."""
    words = len(article.body.split())
    body = article.body if whole else _short(article.body)
    return {
        "platform": article.platform or "none recognised: read by the general rules",
        "language": article.language or "unknown",
        "kicker": article.kicker or "",
        "headline": article.headline or "none",
        "teaser": article.teaser or "",
        "published": _when(article.published) or "none: nothing tells it",
        "modified": _when(article.modified),
        "authors": ", ".join(article.authors),
        "body": f"({words} words)\n{body}" if body else "none",
        "subheadings": "\n".join(article.subheadings),
        "images": "\n".join(_image(image) for image in article.images),
        "attachments": "\n".join(
            " · ".join(filter(None, (a.title, a.type, a.size, a.url))) for a in article.attachments
        ),
        "tags": ", ".join(article.tags),
        "categories": ", ".join(article.categories),
        "breadcrumbs": " > ".join(article.breadcrumbs),
        "translations": "\n".join(f"{language}: {url}" for language, url in article.translations.items()),
        "canonical": article.canonical_url,
        "identity": article.identity,
        "dates told": "\n".join(_told(d) for d in article.dates),
        "mentions": "\n".join(
            f"{surface}: {kind} {entity}"
            for surface, kind, entity in dict.fromkeys((m.surface, m.kind, m.entity) for m in article.mentions)
        ),
        "topics": "\n".join(
            f"{t.topic} {t.score:.1f}: {', '.join(dict.fromkeys(w.word for w in t.words))}" for t in article.topics
        ),
    }


def _told(value: DateValue) -> str:
    """A date with what it is, where, and the event that it belongs to."""
    when = value.rrule or value.edtf
    event = "".join(f", {what} “{text}”" for what, text in (("event", value.name), ("place", value.place)) if text)
    return f"{when} ({value.kind}, {value.rule}) “{_short(value.raw)}” in {value.field}{event}"


def _when(value: DateValue | None) -> str:
    return f"{value.edtf} ({value.precision})" if value is not None else ""


def _image(image: Image) -> str:
    told = [f"{image.position}: {image.url}"]
    told += [
        f"{name}: {text}"
        for name, text in (("caption", image.caption), ("credit", image.credit), ("alt", image.alternative_text))
        if text
    ]
    return "\n  ".join(told)


def _show(console: Console, article: NewsArticle, *, whole: bool) -> None:
    told: dict[str, list[Evidence]] = defaultdict(list)
    for evidence in article.evidence:
        told[evidence.field].append(evidence)
    table = Table(show_lines=True)
    table.add_column("field", no_wrap=True)
    table.add_column("value", overflow="fold", ratio=3)
    table.add_column("rule, confidence and raw text; what lost", overflow="fold", ratio=2)
    for name, value in _values(article, whole=whole).items():
        if not value:
            continue
        why = []
        for evidence in told.get(name, []):
            line = escape(f"{evidence.rule} {evidence.confidence:.2f} “{_short(evidence.raw)[:120]}”")
            why.append(line if evidence.chosen else f"[yellow]not chosen:[/yellow] {line}")
        table.add_row(name, escape(value), "\n".join(why))
    console.print(escape(article.url))
    console.print(table)
