"""``mpsc timeline``, ``compare``, ``report``: what the corpus says, in the terminal and as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click
from rich.markup import escape
from rich.table import Table

from mpsc_crawler.analysis.errors import AnalysisError
from mpsc_crawler.cli.common import MOST, console_for_people, guarded, plain_json, research_extra
from mpsc_crawler.cli.filters import filters_of_all, wanted_of
from mpsc_crawler.language.codebook import shipped_codebook
from mpsc_crawler.settings import load_settings

Lang = Literal["de", "en"]
_BAR = 24
_KEYS = ("source", "municipality", "state", "cohort", "topic", "query", "since", "until", "language", "year")
_BLOCKS = " ▏▎▍▌▋▊▉█"

_as_json = click.option("--json", "as_json", is_flag=True, help="For machines, everything.")
_chart = click.option("--chart", type=click.Path(path_type=Path, dir_okay=False), help="Also draw it: .svg, .png, .html or .json (Vega-Lite).")  # fmt: skip
_lang = click.option(
    "--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Of charts and reports."
)


def bar(share: float | None, most: float = 1.0) -> str:
    """A bar of block signs, an eighth of a sign fine."""
    if share is None or share != share or most <= 0:
        return ""
    eighths = round(max(0.0, min(1.0, share / most)) * _BAR * 8)
    return "█" * (eighths // 8) + (_BLOCKS[eighths % 8] if eighths % 8 else "")


def _percent(value: float) -> str:
    return "?" if value != value else f"{100 * value:.1f} %"


def _corpus(values: dict[str, Any]) -> Any:  # noqa: ANN401 - a Corpus, which needs pandas
    with research_extra():
        from mpsc_crawler.analysis.corpus import Corpus

    from mpsc_crawler.storage.session import open_for_reading

    return Corpus(open_for_reading(load_settings().database_url), wanted_of(values))


def _records(frame: Any) -> str:  # noqa: ANN401 - a DataFrame
    import json

    return plain_json(json.loads(frame.to_json(orient="records", date_format="iso")))


@click.command()
@click.option("--of-topic", help="Count articles with this topic.")
@click.option("--of-query", help="Count what the search finds.")
@click.option("--by", type=click.Choice(["month", "quarter", "year"]), default="year", show_default=True)
@click.option("--per", type=click.Choice(["source", "municipality", "state", "cohort"]), help="A series for each.")
@click.option("--count", type=click.Choice(["placements", "stories"]), default="placements", show_default=True, help="A text at several places: at each, or once.")  # fmt: skip
@click.option("--of", type=click.Choice(["articles", "all-news"]), default="articles", show_default=True, help="all-news: shares of everything that a town hall published.")  # fmt: skip
@_chart
@_lang
@_as_json
@filters_of_all
@guarded
def timeline(
    of_topic: str | None,
    of_query: str | None,
    by: str,
    per: str | None,
    count: str,
    of: str,
    chart: Path | None,
    lang: Lang,
    as_json: bool,
    **values: Any,
) -> None:
    """Count articles over time, with shares over the time in which somebody looked.

    Gone articles count, as they were published. Undated ones stand in a line of their own.
    """
    told = _corpus(values).timeline(of_topic, of_query, by=by, per=per, count=count, of=of)
    if chart is not None:
        with research_extra():
            from mpsc_crawler.analysis import charts
        charts.save(
            charts.timeline(
                told,
                lang=lang,
                title=shipped_codebook().label_of(of_topic) if of_topic else of_query or "",
                value="share" if of_topic or of_query else "articles",
            ),
            chart,
        )
    if as_json:
        click.echo(_records(told))
        return
    console = console_for_people()
    if told.empty:
        raise AnalysisError("no article matches; there is nothing to count")
    table = Table()
    for name in (
        "period",
        *(["group"] if per else []),
        "articles",
        "of",
        "looked at",
        "share",
        "95 % interval",
        "observed",
        "",
    ):
        table.add_column(name, justify="left" if name in ("period", "group", "") else "right", no_wrap=True)
    shown = told["share"] if of_topic or of_query else told["articles"]
    most = max((value for value in shown if value == value), default=1.0)
    for row in told.itertuples():
        period = "undated" if str(row.period) == "NaT" else str(row.period)[: {"year": 4}.get(by, 7)]
        interval = "" if row.low != row.low else f"{100 * row.low:.1f} - {100 * row.high:.1f} %"
        seen = "" if row.observed != row.observed else f"{100 * row.observed:.0f} %"
        cells = [
            period,
            *([escape(row.group)] if per else []),
            str(row.articles),
            str(row.of),
            f"{row.observed_articles} of {row.observed_of}" if period != "undated" else "",
            _percent(row.share),
            interval,
            seen,
            bar(row.share if of_topic or of_query else row.articles, most),
        ]
        table.add_row(*cells)
    console.print(table)
    console.print(
        "gone articles count; looked at, share and interval: observed days only; observed: the part of the time in which somebody looked (docs/research.md)"
    )
    if chart is not None:
        console.print(f"{chart}: written")


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@click.option("--words/--topics", default=False, help="Compare words instead of topics.")
@click.option("--most", type=click.IntRange(1, MOST), default=15, show_default=True, help="So many words for each.")
@_chart
@_lang
@_as_json
@filters_of_all
@guarded
def compare(
    a: str, b: str | None, words: bool, most: int, chart: Path | None, lang: Lang, as_json: bool, **values: Any
) -> None:
    """What sets two groups apart? A and B are such as state=Thüringen, source=jena, cohort=2020, year=2024 or topic=iot,cohort=2019.

    Without B: A and all others. Topics with their shares and intervals, or (--words) the words that are typical of each. The sign of z says
    whose they are; beyond 1.96 hardly by chance (Monroe, Colaresi, Quinn 2008).
    """
    corpus = _corpus(values)
    first, second = _narrowed(corpus, a), _narrowed(corpus, b) if b else None
    told = corpus.compare(first, second, most=most) if words else corpus.compare_topics(first, second)
    names = (a, b or "all others")
    if chart is not None:
        if words:
            raise AnalysisError("--chart draws topics; leave out --words")
        with research_extra():
            from mpsc_crawler.analysis import charts
        charts.save(charts.comparison(told, names, lang=lang), chart)
    if as_json:
        click.echo(_records(told))
        return
    console = console_for_people()
    table = Table(
        title=f"{escape(names[0])}: {told.attrs['articles_a']} articles; {escape(names[1])}: {told.attrs['articles_b']}",
        title_justify="left",
    )
    for name in ("word" if words else "topic", names[0], "", names[1], " ", "z", "G²"):
        table.add_column(escape(name), justify="right" if name in (*names, "z", "G²") else "left", no_wrap=True)
    most_share = max([*told["share_a"], *told["share_b"]], default=1.0)
    for row in told.itertuples():
        table.add_row(
            escape(row[1]), _percent(row.share_a), bar(row.share_a, most_share), _percent(row.share_b), bar(row.share_b, most_share),
            f"{row.z:+.2f}", f"{row.g2:.1f}",
        )  # fmt: skip
    console.print(table)
    if chart is not None:
        console.print(f"{chart}: written")


def _narrowed(corpus: Any, told: str) -> Any:  # noqa: ANN401 - a Corpus
    """A corpus by words such as ``state=Thüringen,year=2024``."""
    for part in told.split(","):
        name, equals, value = part.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or name not in _KEYS or not value:
            raise AnalysisError(
                f"{told!r}: write such as state=Thüringen or source=jena,year=2024; names are {', '.join(_KEYS)}"
            )
        if name == "year":
            if not (value.isdigit() and len(value) == 4):
                raise AnalysisError(f"{told!r}: {value} is no year")
            corpus = corpus.where(since=f"{value}-01-01", until=f"{value}-12-31")
        elif name == "cohort":
            if not value.isdigit():
                raise AnalysisError(f"{told!r}: a cohort is a year, such as 2020")
            corpus = corpus.where(cohort=int(value))
        else:
            corpus = corpus.where(**{name: value})
    return corpus


@click.command()
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File; default exports/report.html.")
@click.option("--title", default="", help="Heading of the report.")
@click.option("--no-date", is_flag=True, help="Without the day, so that the same corpus gives the same file.")
@_lang
@filters_of_all
@guarded
def report(output: Path | None, title: str, no_date: bool, lang: Lang, **values: Any) -> None:
    """Write one self-contained HTML report: contents, coverage, topics over time, comparison, map, network, newest articles.

    It opens offline, prints well, and every chart is there as a table, too.
    """
    from datetime import datetime

    from mpsc_crawler.export.files import atomic
    from mpsc_crawler.items import BERLIN

    corpus = _corpus(values)
    with research_extra():
        from mpsc_crawler.analysis.report import report as made

    path = output or Path(load_settings().export_dir) / "report.html"
    html = made(corpus, lang=lang, title=title, today=None if no_date else datetime.now(BERLIN).date())
    with atomic(path) as stream:
        stream.write(html)
    click.echo(f"{path}: written")
