"""One self-contained HTML report of a corpus: opens offline, prints well, and can be read without seeing its charts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import pandas as pd

from mpsc_crawler import __version__
from mpsc_crawler.analysis import charts, relations
from mpsc_crawler.analysis.charts import Lang
from mpsc_crawler.analysis.corpus import Corpus
from mpsc_crawler.analysis.errors import AnalysisError
from mpsc_crawler.language.codebook import shipped_codebook

_TOPICS, _SOURCES, _STORIES, _EDGES = 6, 14, 12, 25
_WORDS = {
    "title": ("Bericht zum Korpus", "Report on the corpus"),
    "what": ("Was im Korpus ist", "What is in the corpus"),
    "coverage": ("Wann jemand hingesehen hat", "When somebody looked"),
    "coverage_note": (
        "Anteile im Lauf der Zeit gelten nur für beobachtete Zeit; der Vergleich der Quellen zählt alle bekannten Artikel. Wo niemand hingesehen hat, heißt „kein Artikel“ nichts.",
        "Shares over time hold for observed time only; the comparison of sources counts all known articles. Where nobody looked, “no article” says nothing.",
    ),
    "time": ("Themen im Lauf der Zeit", "Topics over time"),
    "compare": ("Vergleich", "Comparison"),
    "map": ("Karte", "Map"),
    "network": ("Wer nennt wen", "Who names whom"),
    "stories": ("Neueste Artikel", "Newest articles"),
    "articles": ("Artikel", "articles"), "sources": ("Quellen", "sources"), "undated": ("ohne Veröffentlichungsdatum", "without a publication date"),
    "gone": ("inzwischen entfernt", "gone by now"), "several": ("Texte an mehreren Orten", "texts at several places"), "first": ("frühester Tag", "first day"),
    "last": ("spätester Tag", "last day"), "source": ("Quelle", "source"), "from": ("von", "from"), "to": ("bis", "to"), "days": ("Tage", "days"),
    "state": ("Beobachtung", "observation"), "topic": ("Thema", "topic"), "share": ("Anteil", "share"), "number": ("Zahl", "number"), "name": ("genannt", "named"),
    "day": ("Tag", "day"), "headline": ("Überschrift", "headline"), "observed": ("beobachtet", "observed"), "gap": ("Lücke", "gap"), "municipality": ("Kommune", "municipality"),
    "profile": ("Wie ähnlich sind die Themenprofile (Kosinus)?", "How alike are the topic profiles (cosine)?"),
    "nothing": ("Dazu reicht der Korpus nicht.", "The corpus is too small for this."),
    "no topic": ("Kein Artikel hat ein Thema.", "No article has a topic."),
    "no profile": ("Weniger als zwei Quellen haben fünf Artikel.", "Fewer than two sources have five articles."),
    "no place": ("Von keiner Kommune, für die eine Quelle spricht, ist der Ort bekannt.", "No source speaks for a municipality whose place is known."),
    "no naming": ("Kein Artikel nennt eine andere Kommune, ein Projekt oder eine Stelle.", "No article names another municipality, project or body."),
    "foot": ("Erstellt mit", "Made with"), "codebook": ("Kodierbuch", "codebook"), "data": ("als Tabelle", "as a table"), "jump": ("Inhalt", "Contents"),
    "most": ("die häufigsten Themen", "the most frequent topics"), "interval": ("95-%-Intervall", "95 % interval"), "left": ("ohne genug Artikel", "without enough articles"),
}  # fmt: skip
_STYLE = """
body{font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;color:#1a1a1a;background:#fff;max-width:60rem;margin:0 auto;padding:1rem 1.25rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:.5rem 0}h2{font-size:1.35rem;margin:2.5rem 0 .5rem;border-bottom:2px solid #0072B2;padding-bottom:.2rem}
figure{margin:1rem 0;overflow-x:auto}figure svg{max-width:100%;height:auto}figcaption,.note{color:#444;font-size:.92rem}
table{border-collapse:collapse;margin:.75rem 0;width:100%}caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
a{color:#00507d}dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.75rem;margin:1rem 0}dl div{border-left:4px solid #0072B2;padding-left:.7rem}
dt{color:#444;font-size:.9rem}dd{margin:0;font-size:1.4rem;font-weight:600;overflow-wrap:anywhere}nav ol{columns:2;padding-left:1.2rem}
details summary{cursor:pointer;color:#00507d}.wide{overflow-x:auto}
@media print{body{max-width:none;font-size:11pt;padding:0}h2,figure,tr{break-inside:avoid}h2{break-after:avoid}a{color:#000}details[open] summary{display:none}nav{display:none}}
"""


@dataclass(frozen=True, slots=True)
class _Maker:
    """What every section needs: the language, and the articles, which are read once."""

    lang: Lang
    articles: pd.DataFrame

    def word(self, name: str) -> str:
        return _WORDS[name][self.lang == "en"]

    def table(self, caption: str, heads: Iterable[tuple[str, bool]], rows: Iterable[Iterable[object]]) -> str:
        """A table; a head is (words, whether its column holds numbers), a cell plain text or ready HTML in a tuple."""
        columns = list(heads)
        head = "".join(f'<th scope="col"{_right(number)}>{escape(name)}</th>' for name, number in columns)
        body = "".join(
            "<tr>" + "".join(f"<td{_right(number)}>{_cell(value)}</td>" for value, (_, number) in zip(row, columns, strict=True)) + "</tr>"
            for row in rows
        )  # fmt: skip
        return f'<div class="wide" tabindex="0" role="group" aria-label="{escape(caption)}"><table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'

    def figure(self, chart: Any, says: str) -> str:  # noqa: ANN401 - an Altair chart
        """A chart as SVG with what it says for those who cannot see it."""
        drawn = charts.svg(chart)
        drawn = re.sub(r"<svg ", f'<svg role="img" aria-label="{escape(says)}" ', drawn, count=1)
        return f"<figure>{_quiet(drawn)}<figcaption>{escape(says)}</figcaption></figure>"

    def folded(self, table: str) -> str:
        return f"<details><summary>{escape(self.word('data'))}</summary>{table}</details>"


def _renumbered(html: str) -> str:
    """Names within the charts in the order in which they come: Vega goes on counting from one report to the next."""
    names: dict[str, str] = {}
    return re.sub(r"\b(gradient_|clip)\d+\b", lambda m: names.setdefault(m[0], f"{m[1]}{len(names) + 1}"), html)


class _MissingError(AnalysisError):
    """A section has nothing to show; the message is a word of the report."""


def _quiet(svg: str) -> str:
    """Without the roles that Vega gives to every mark: the chart is one picture with one description, the table tells the rest."""
    return re.sub(r' (?:role|aria-roledescription|aria-label)="[^"]*"(?=[^>]*>)', "", svg.partition(">")[2]).join(
        [svg.partition(">")[0] + ">", ""]
    )


def _right(number: bool) -> str:
    return ' class="n"' if number else ""


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return str(value[0])
    return "" if value is None or (not isinstance(value, str) and pd.isna(value)) else escape(str(value))


def report(corpus: Corpus, *, lang: Lang = "de", title: str = "", today: date | None = None) -> str:
    """The report as HTML.

    :param today: the day that stands on it; left out if ``None``, so that the same corpus gives the same bytes.
    :raises AnalysisError: the corpus holds no article.
    """
    maker = _Maker(lang, corpus.articles())
    if maker.articles.empty:
        raise AnalysisError("no article matches; there is nothing to report")
    parts: list[tuple[str, Callable[[_Maker, Corpus], str]]] = [
        ("what", _what), ("coverage", _coverage), ("time", _time), ("compare", _compare), ("map", _map), ("network", _network), ("stories", _stories),
    ]  # fmt: skip
    sections = []
    for name, make in parts:
        try:
            body = make(maker, corpus)
        except AnalysisError as error:
            body = f'<p class="note">{escape(maker.word(str(error) if isinstance(error, _MissingError) else "nothing"))}</p>'
        sections.append(
            f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(maker.word(name))}</h2>{body}</section>'
        )
    sections = [_renumbered("".join(sections))]
    heading = title or f"Modellprojekte Smart Cities: {maker.word('title')}"
    contents = "".join(f'<li><a href="#{name}">{escape(maker.word(name))}</a></li>' for name, _ in parts)
    day = f" · {today.isoformat()}" if today else ""
    return f"""<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(heading)}</title><style>{_STYLE}</style></head>
<body><header><h1>{escape(heading)}</h1></header>
<nav aria-label="{escape(maker.word("jump"))}"><ol>{contents}</ol></nav>
<main>{"".join(sections)}</main>
<footer><p class="note">{escape(maker.word("foot"))} MPSC Crawler {__version__}{day}</p></footer></body></html>
"""


def _what(maker: _Maker, _corpus: Corpus) -> str:
    articles = maker.articles
    days = articles["published"].dropna()
    facts = [
        ("articles", len(articles)), ("sources", articles["source"].nunique()), ("first", days.min().date() if len(days) else "?"),
        ("last", days.max().date() if len(days) else "?"), ("undated", int(articles["published"].isna().sum())),
        ("gone", int(articles["gone_since"].notna().sum())), ("several", int(articles["story"].dropna().nunique())),
        ("codebook", ", ".join(sorted(articles["codebook"].dropna().unique())) or "?"),
    ]  # fmt: skip
    told = "".join(
        f"<div><dt>{escape(maker.word(name))}</dt><dd>{escape(str(value))}</dd></div>" for name, value in facts
    )
    by_source = (
        articles.groupby("source")
        .agg(n=("article", "size"), first=("published", "min"), last=("published", "max"))
        .reset_index()
    )
    rows = [
        (r.source, r.n, _date(r.first), _date(r.last))
        for r in by_source.sort_values(["n", "source"], ascending=[False, True]).itertuples()
    ]
    heads = (
        (maker.word("source"), False),
        (maker.word("articles"), True),
        (maker.word("first"), False),
        (maker.word("last"), False),
    )
    return f"<dl>{told}</dl>{maker.table(maker.word('sources'), heads, rows)}"


def _date(value: Any) -> str:  # noqa: ANN401 - a timestamp
    return "?" if pd.isna(value) else str(value.date())


def _coverage(maker: _Maker, corpus: Corpus) -> str:
    frame = corpus.coverage()
    note = f'<p class="note">{escape(maker.word("coverage_note"))}</p>'
    rows = [(r.source, maker.word(r.state), _date(r.start), _date(r.end), r.days) for r in frame.itertuples()]
    heads = (
        (maker.word("source"), False),
        (maker.word("state"), False),
        (maker.word("from"), False),
        (maker.word("to"), False),
        (maker.word("days"), True),
    )
    chart = maker.figure(charts.coverage(frame, lang=maker.lang), maker.word("coverage"))
    return note + chart + maker.folded(maker.table(maker.word("coverage"), heads, rows))


def _by_number(values: pd.Series) -> list[str]:
    """What occurs, the most frequent first, equals by name."""
    return list(values.value_counts().sort_index().sort_values(ascending=False, kind="stable").index)


def _time(maker: _Maker, corpus: Corpus) -> str:
    coded = corpus.topics()
    if coded.empty:
        raise _MissingError("no topic")
    heads = tuple(
        (maker.word(name), name != "day") for name in ("day", "articles", "number", "share", "interval", "observed")
    )
    told = []
    for topic in _by_number(coded["topic"])[:_TOPICS]:
        label = shipped_codebook().label_of(topic)
        frame = corpus.timeline(topic, by="year")
        chart = maker.figure(charts.timeline(frame, lang=maker.lang, title=label), f"{label}: {maker.word('time')}")
        rows = [(_year(r.period), r.articles, r.of, _percent(r.share), f"{_percent(r.low)} - {_percent(r.high)}", _percent(r.observed)) for r in frame.itertuples()]  # fmt: skip
        told.append(chart + maker.folded(maker.table(f"{label}: {maker.word('time')}", heads, rows)))
    return "".join(told)


def _year(value: Any) -> str:  # noqa: ANN401 - a timestamp
    return "?" if pd.isna(value) else str(value.year)


def _percent(value: float) -> str:
    return "?" if pd.isna(value) else f"{100 * value:.0f} %"


def _compare(maker: _Maker, corpus: Corpus) -> str:
    profiles, left = corpus.profiles(per="source")
    if len(profiles) < 2:
        raise _MissingError("no profile")
    chosen = [name for name in _by_number(maker.articles["source"]) if name in profiles.index][:_SOURCES]
    square = relations.similarity(profiles).loc[chosen, chosen]
    chart = maker.figure(charts.similarity(square, lang=maker.lang), maker.word("profile"))
    book = shipped_codebook()
    top = profiles.loc[chosen, profiles.loc[chosen].mean().sort_values(ascending=False, kind="stable").index[:_TOPICS]]
    whole = maker.articles["source"].value_counts()
    heads = (
        (maker.word("source"), False),
        (maker.word("articles"), True),
        *((book.label_of(topic), True) for topic in top.columns),
    )
    rows = [
        (source, int(whole[source]), *(_percent(value) for value in row))
        for source, row in zip(top.index, top.to_numpy(), strict=True)
    ]
    note = f'<p class="note">{escape(maker.word("left"))}: {escape(", ".join(left))}</p>' if left else ""
    return chart + maker.table(f"{maker.word('share')}: {maker.word('most')}", heads, rows) + note


def _map(maker: _Maker, corpus: Corpus) -> str:
    from mpsc_crawler.sources.registry import municipalities

    counts = corpus.timeline(by="year", per="municipality").groupby("group")["articles"].sum()
    places = corpus.municipalities().set_index("ags")
    known = places[places.index.isin(counts.index) & places["latitude"].notna()]
    if known.empty:
        raise _MissingError("no place")
    frame = known.assign(articles=counts.reindex(known.index)).reset_index()
    every = sorted(municipalities().values(), key=lambda m: m.ags)[::4]
    # an area that Germany and Luxembourg share has the coordinates 0, 0 in the register
    background = [(m.longitude, m.latitude) for m in every if m.longitude and m.latitude]
    chart = maker.figure(charts.places(frame, background, lang=maker.lang), maker.word("map"))
    rows = [
        (r.name, r.articles)
        for r in frame.sort_values(["articles", "name"], ascending=[False, True])[["name", "articles"]].itertuples(
            index=False, name="R"
        )
    ]
    return chart + maker.folded(
        maker.table(maker.word("map"), ((maker.word("municipality"), False), (maker.word("articles"), True)), rows)
    )


def _network(maker: _Maker, corpus: Corpus) -> str:
    edges = corpus.network()
    if edges.empty:
        raise _MissingError("no naming")
    chart = maker.figure(charts.network(edges, lang=maker.lang), maker.word("network"))
    rows = [
        (r.source, r.name, r.articles)
        for r in edges[["source", "name", "articles"]].head(_EDGES).itertuples(index=False, name="R")
    ]
    return chart + maker.table(
        maker.word("network"),
        ((maker.word("source"), False), (maker.word("name"), False), (maker.word("articles"), True)),
        rows,
    )


def _stories(maker: _Maker, _corpus: Corpus) -> str:
    articles = (
        maker.articles.dropna(subset=["published"])
        .sort_values(["published", "article"], ascending=False)
        .head(_STORIES)
    )
    rows = [
        (_date(r.published), r.source, (_link(r.url, r.headline),))
        for r in articles[["published", "source", "url", "headline"]].itertuples(index=False, name="R")
    ]
    return maker.table(
        maker.word("stories"),
        ((maker.word("day"), False), (maker.word("source"), False), (maker.word("headline"), False)),
        rows,
    )


def _link(url: str, text: Any) -> str:  # noqa: ANN401 - a text, or nothing
    shown = escape(url if pd.isna(text) else str(text))
    # an address of a page is a stranger's text: only what a browser fetches becomes a link
    return f'<a href="{escape(url)}">{shown}</a>' if url.startswith(("http://", "https://")) else shown
