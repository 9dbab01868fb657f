"""``mpsc topics``: the codebook, why an article has its topics, and applying another codebook to the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.analysis.errors import CodedFileError
from mpsc_crawler.cli.common import (
    MOST,
    console_for_people,
    guarded,
    number_of,
    plain_json,
    registry_of,
    research_extra,
)
from mpsc_crawler.cli.filters import filters, wanted_of
from mpsc_crawler.language.codebook import Codebook, read_codebook, shipped_codebook
from mpsc_crawler.settings import Settings, load_settings

_SHOWN = 3

codebook_option = click.option(
    "--codebook",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Your own codebook file instead of the shipped one (or of MPSC_CODEBOOK).",
)


def codebook_of(given: Path | None, settings: Settings) -> Codebook | None:
    """The codebook of the option, else of the setting; ``None`` for the shipped one.

    :raises CodebookError: the file is missing or wrong.
    """
    path = given or (Path(settings.codebook) if settings.codebook else None)
    return read_codebook(path) if path is not None else None


@click.group()
def topics() -> None:
    """The topics: what they mean, why an article has them, and coding the database anew."""


@topics.command("list")
@codebook_option
@guarded
def topics_list(codebook: Path | None) -> None:
    """Show the topics of the codebook with their definitions; with --codebook, check a file of your own."""
    book = codebook_of(codebook, load_settings()) or shipped_codebook()
    console = console_for_people()
    table = Table(title=f"Codebook {book.version}: threshold {book.threshold:g}", title_justify="left")
    for name in ("topic", "label", "patterns", "definition"):
        table.add_column(name, no_wrap=name == "topic", justify="right" if name == "patterns" else "left")
    for slug, topic in book.topics.items():
        number = sum(1 for pattern in book.patterns if pattern.topic == slug)
        table.add_row(slug, escape(topic.label), str(number), escape(topic.definition))
    console.print(table)


@topics.command("explain")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@click.option(
    "--all", "everything", is_flag=True, help="Also topics below the threshold, as the codebook scores them today."
)
@codebook_option
@guarded
def topics_explain(number: int, everything: bool, codebook: Path | None) -> None:
    """Show why article NUMBER has its topics: the words that counted, in their sentences."""
    from mpsc_crawler.language.topics import is_german, text_fields
    from mpsc_crawler.storage import queries
    from mpsc_crawler.storage.session import open_for_reading

    settings = load_settings()
    book = codebook_of(codebook, settings) or shipped_codebook()
    found = queries.article(open_for_reading(settings.database_url), number)
    texts = text_fields(**{name: found[name] for name in ("headline", "kicker", "teaser", "tags", "body")})
    console = console_for_people()
    console.print(f"[bold]{escape(found['headline'] or '(no headline)')}[/bold]")
    console.print(f"  {escape(found['url'])}")
    if not is_german(found["language"]):
        console.print(f"  The text is in {found['language']!r}: the codebook reads German only, so it has no topics.")
        return
    if not found["topics"]:
        console.print(f"  No topic reached the threshold (codebook {found['codebook_version'] or 'none yet'}).")
    for topic in found["topics"]:
        label = book.topics[topic["topic"]].label if topic["topic"] in book.topics else topic["topic"]
        console.print(
            f"\n[bold]{escape(label)}[/bold]  score {topic['score']:.1f}, codebook {topic['codebook_version']}"
        )
        _show_words(console, topic["words"], texts)
    if everything:
        _show_below(console, book, texts, {topic["topic"] for topic in found["topics"]})
    elif found["codebook_version"] not in (None, book.version):
        console.print(
            f"\nCoded with {found['codebook_version']}; the codebook is {book.version} now. `mpsc topics recode` applies it."
        )


def _show_words(console: Any, words: list[list[Any]], texts: dict[str, str]) -> None:  # noqa: ANN401 - rich's console
    from mpsc_crawler.language.dates.sentence import sentence

    by_pattern: dict[str, list[list[Any]]] = {}
    for word in words:
        by_pattern.setdefault(word[4], []).append(word)
    for pattern, matched in by_pattern.items():
        times = f", {len(matched)} times" if len(matched) > 1 else ""
        console.print(f"  [cyan]{escape(pattern)}[/cyan]{times}")
        for _surface, field, start, end, _pattern in matched[:_SHOWN]:
            text = texts.get(field, "")
            first, last = sentence(text, start, end)
            before, surface, behind = text[first:start], text[start:end], text[end:last]
            line = f"{escape(before)}[bold reverse]{escape(surface)}[/bold reverse]{escape(behind)}".replace("\n", " ")
            console.print(f"    {field}: {line}", soft_wrap=True)


def _show_below(console: Any, book: Codebook, texts: dict[str, str], assigned: set[str]) -> None:  # noqa: ANN401
    from mpsc_crawler.language.matcher import Matcher
    from mpsc_crawler.language.topics import scores

    every = scores(Matcher(book).match(texts)[0], book, sum(map(len, texts.values())))
    below = sorted(
        ((score, slug, words) for slug, (score, words) in every.items() if slug not in assigned), reverse=True
    )
    console.print(f"\nBelow the threshold of {book.threshold:g} (codebook {book.version}):")
    for score, slug, words in below:
        told = ", ".join(dict.fromkeys(word.word for word in words))
        console.print(f"  {slug:20} {score:5.1f}  {escape(told)}")


@topics.command("recode")
@codebook_option
@guarded
def topics_recode(codebook: Path | None) -> None:
    """Apply the codebook to every stored article, and decide again about town halls' pages that were left out.

    Texts stay as they are. Pages that belong now are fetched by the next crawl.
    """
    from mpsc_crawler.operations.recode import recode
    from mpsc_crawler.storage.session import open_database

    settings = load_settings()
    book = codebook_of(codebook, settings)
    registry = registry_of(settings)
    scopes = {source.slug: source.scope for source in registry}
    engine = open_database(settings.database_url)
    done = recode(engine, book, scopes, registry.brands, datetime.now(UTC))
    engine.dispose()
    click.echo(f"Codebook {done.version}: {done.articles} articles coded, the topics of {done.topics_changed} changed.")
    if done.judged:
        click.echo(
            f"Of {done.judged} articles of sources that are kept only where relevant, {done.no_longer} would not be kept"
            " today; they stay, with their new score."
        )
    click.echo(
        f"{done.reconsidered} pages left out before were judged anew, {done.queued} of them are fetched by the next crawl."
    )


@topics.command("sample")
@click.argument("number", type=click.IntRange(1, MOST))
@filters
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), default=Path("to-code.csv"), show_default=True
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another number draws another sample.")
@codebook_option
@guarded
def topics_sample(number: int, output: Path, seed: int, codebook: Path | None, **values: Any) -> None:
    """Draw NUMBER articles to be coded by people: a table with a column for each topic, in which x means yes.

    As many from every main topic of the codebook (an article's strongest one) as from articles without any, so that rare topics can be judged, too; what the codebook says is
    not in the table. Whoever finds no topic writes x under none: what is left empty counts as not coded yet. `mpsc topics evaluate` reads it back.
    """
    with research_extra():
        from mpsc_crawler.analysis.coding import sample
    from mpsc_crawler.export.files import atomic
    from mpsc_crawler.storage.session import open_for_reading

    if output.exists():
        raise CodedFileError(f"{output}: is there already, perhaps with somebody's coding; name another file")
    settings = load_settings()
    book = codebook_of(codebook, settings) or shipped_codebook()
    drawn = sample(open_for_reading(settings.database_url), wanted_of(values), number, list(book.topics), seed=seed)
    with atomic(output) as stream:
        stream.write("\ufeff" + drawn.table)
    for name, (some, whole) in drawn.strata.items():
        click.echo(f"  {name:<24} {some:>5} of {whole}")
    click.echo(f"{output}: {number_of(sum(some for some, _ in drawn.strata.values()), 'article', 'articles')} to code")


@topics.command("evaluate")
@click.argument("coded", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--disagreements", type=click.IntRange(0, MOST), default=10, show_default=True, help="Show so many of them."
)
@click.option("--json", "as_json", is_flag=True, help="For machines, everything.")
@codebook_option
@guarded
def topics_evaluate(coded: Path, disagreements: int, as_json: bool, codebook: Path | None) -> None:
    """Compare the database's topics with those that people gave in the table CODED.

    Precision, recall (each with its 95 % interval), F1 and Krippendorff's alpha for every topic, what is taken for what, and the articles
    that disagree. Estimates for the whole corpus count each article for those it stands for (its weight).
    """
    from dataclasses import asdict

    with research_extra():
        from mpsc_crawler.analysis.coding import read_coded
        from mpsc_crawler.analysis.reliability import evaluate
    from mpsc_crawler.storage.session import open_for_reading

    settings = load_settings()
    book = codebook_of(codebook, settings) or shipped_codebook()
    read, left = read_coded(coded, open_for_reading(settings.database_url), list(book.topics))
    told = evaluate(read, list(book.topics))
    if as_json:
        shown = asdict(told)
        for article in shown["disagreements"]:
            article |= {"human": sorted(article["human"]), "machine": sorted(article["machine"])}
        click.echo(plain_json(shown))
        return
    console = console_for_people()
    table = Table()
    for name in ("topic", "people", "codebook", "both", "precision", "recall", "F1", "alpha", "corpus P", "corpus R"):
        table.add_column(name, justify="left" if name == "topic" else "right")
    for score in told.scores:
        if not score.human and not score.machine:
            continue
        table.add_row(
            score.topic, str(score.human), str(score.machine), str(score.both), _with(score.precision, score.precision_interval),
            _with(score.recall, score.recall_interval), _number(score.f1), _number(score.alpha), _number(score.weighted_precision),
            _number(score.weighted_recall),
        )  # fmt: skip
    console.print(table)
    console.print(
        f"{told.articles} articles; all decisions: precision {_number(told.micro_precision)}, recall {_number(told.micro_recall)},"
        f" F1 {_number(told.micro_f1)}; mean F1 of topics {_number(told.macro_f1)}; Krippendorff's alpha {_number(told.alpha)}"
    )
    if left:
        console.print(f"{number_of(left, 'row is', 'rows are')} not coded yet and left out")
    for human, machine, number in told.confusion[:5]:
        console.print(f"  {number} with {human} by people, and {machine} by the codebook only")
    for article in told.disagreements[:disagreements]:
        console.print(f"  {escape(article.name)}: people {_list(article.human)}, codebook {_list(article.machine)}")
    left = len(told.disagreements) - disagreements
    if left > 0:
        console.print(f"  … and {left} more that disagree; --disagreements or --json shows them")


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.2f}"


def _with(value: float | None, interval: tuple[float, float]) -> str:
    return "?" if value is None else f"{value:.2f} ({interval[0]:.2f}-{interval[1]:.2f})"


def _list(topics_of: frozenset[str]) -> str:
    return ", ".join(sorted(topics_of)) or "none"
