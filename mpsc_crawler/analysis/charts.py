"""Pictures of what ``Corpus`` tells: Altair charts, readable in print and for colour-blind people, labelled in German or English.

``save`` writes SVG, PNG, HTML or Vega-Lite without any network. Colours: Okabe, M., Ito, K. (2008): Color Universal Design.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import altair as alt
import pandas as pd
import vl_convert

from mpsc_crawler.analysis.errors import AnalysisError
from mpsc_crawler.export.files import atomic, atomic_bytes

Lang = Literal["de", "en"]
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3], [10, 2])
MOST_LINES = len(COLOURS)
_GREY = "#767676"
_LABELS = {
    "period": ("Zeitraum", "period"), "share": ("Anteil", "share"), "articles": ("Artikel", "articles"), "observed": ("beobachtet", "observed"),
    "group": ("Gruppe", "group"), "adopted": ("Anteil, der das Thema aufgegriffen hat", "part that has taken the topic up"),
    "day": ("Tag", "day"), "source": ("Quelle", "source"),
    "similarity": ("Ähnlichkeit", "similarity"), "state": ("Beobachtung", "observation"),
    "gap": ("Lücke", "gap"), "certain": ("sicher der erste", "certainly the first"), "yes": ("ja", "yes"), "no": ("nein", "no"),
    "entity": ("genannt", "named"), "band": ("Band: 95-%-Intervall", "band: 95 % interval"), "bars": ("Balken unten: beobachteter Teil der Zeit", "bars below: part of the time observed"),
}  # fmt: skip


def label(name: str, lang: Lang) -> str:
    """A word of the charts in German or English."""
    return _LABELS[name][lang == "en"]


def _theme(chart: Any) -> Any:  # noqa: ANN401 - an Altair chart
    return (
        chart.configure(font="DejaVu Sans, Arial, sans-serif", background="white")
        .configure_axis(labelFontSize=12, titleFontSize=12, gridColor="#dddddd", labelLimit=260)
        .configure_legend(labelFontSize=12, titleFontSize=12, symbolStrokeWidth=3, labelLimit=260)
        .configure_view(stroke=None)
        .configure_title(fontSize=14, anchor="start")
    )


def _titled(title: str) -> dict[str, str]:
    return {"title": title} if title else {}


def _not_empty(frame: pd.DataFrame) -> None:
    if frame.empty:
        raise AnalysisError("there is nothing to draw; widen the filter")


def timeline(
    frame: pd.DataFrame, *, lang: Lang = "de", title: str = "", value: Literal["share", "articles"] = "share"
) -> Any:  # noqa: ANN401
    """A line for each group with its interval, and below it which part of each period was observed.

    :param frame: what :meth:`Corpus.timeline` gives; undated articles are told in the subtitle.
    :raises AnalysisError: nothing to draw, or more than seven groups, which no reader can tell apart.
    """
    dated = frame.dropna(subset=["period"])
    _not_empty(dated)
    groups = sorted(dated["group"].unique())
    if len(groups) > MOST_LINES:
        raise AnalysisError(f"{len(groups)} lines cannot be told apart; choose up to {MOST_LINES} groups")
    undated = int(frame.loc[frame["period"].isna(), "articles"].sum())
    notes = [label("band", lang)] if value == "share" and len(groups) == 1 else []
    notes.append(label("bars", lang))
    if undated:
        notes.append(f"{undated} ohne Datum" if lang == "de" else f"{undated} undated")
    x = alt.X("period:T", title=label("period", lang), axis=_time(dated["period"]))
    several = len(groups) > 1
    colour: Any = alt.Color("group:N", title=label("group", lang), scale=alt.Scale(domain=groups, range=list(COLOURS[: len(groups)])), legend=alt.Legend() if several else None)  # fmt: skip
    dash: Any = alt.StrokeDash("group:N", title=label("group", lang), scale=alt.Scale(domain=groups, range=list(_DASHES[: len(groups)])), legend=alt.Legend() if several else None)  # fmt: skip
    axis = alt.Axis(format=".0%") if value == "share" else alt.Axis(tickMinStep=1, format="d")
    y = alt.Y(f"{value}:Q", title=label(value, lang), axis=axis, scale=alt.Scale(domainMin=0))
    base = alt.Chart(_plain(dated))
    layers = [
        base.mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=45)).encode(
            x=x, y=y, color=colour, strokeDash=dash
        )
    ]
    if value == "share" and not several:
        layers.insert(
            0,
            base.mark_area(opacity=0.2).encode(
                x=x, y=alt.Y("low:Q", title=label(value, lang)), y2="high:Q", color=colour
            ),
        )
    seen = dated.groupby("period", as_index=False)["observed"].mean()
    below = (
        alt.Chart(_plain(seen))
        .mark_bar(color=_GREY, size=max(2, min(18, 400 // max(1, len(seen)))))
        .encode(
            x=alt.X("period:T", title=None, axis=None),
            y=alt.Y(
                "observed:Q",
                title=label("observed", lang),
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format=".0%", tickCount=2),
            ),
        )
        .properties(height=45, width=640)
    )
    upper = alt.layer(*layers).properties(width=640, height=280)
    told = alt.TitleParams(title or " ", subtitle=notes)
    return _theme(alt.vconcat(upper, below, title=told).resolve_scale(x="shared"))


def _time(days: pd.Series) -> Any:  # noqa: ANN401 - an axis
    """Years where they are many, else months as numbers: names of months would be English ones."""
    if days.max() - days.min() > pd.Timedelta(days=900):
        return alt.Axis(format="%Y", tickCount="year")
    return alt.Axis(format="%m/%Y", tickCount="month", labelOverlap=True)


def adoption(frame: pd.DataFrame, *, lang: Lang = "de", title: str = "") -> Any:  # noqa: ANN401
    """The part of all that has taken a topic up, as steps; a hollow point may have been earlier, as nobody looked."""
    _not_empty(frame)
    told = frame.assign(certain=frame["certain"].map({True: label("yes", lang), False: label("no", lang)}))
    base = alt.Chart(_plain(told)).encode(
        x=alt.X("first:T", title=label("day", lang), axis=_time(frame["first"])),
        y=alt.Y("adopted:Q", title=label("adopted", lang), axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])),
    )
    points = base.mark_point(size=70, strokeWidth=2, color=COLOURS[0]).encode(
        fill=alt.Fill("certain:N", title=label("certain", lang), scale=alt.Scale(domain=[label("yes", lang), label("no", lang)], range=[COLOURS[0], "white"]))
    )  # fmt: skip
    shown = alt.layer(base.mark_line(interpolate="step-after", color=COLOURS[0], strokeWidth=2), points)
    if len(frame) <= 20:
        shown = alt.layer(shown, base.mark_text(align="left", dx=8, dy=10, fontSize=11).encode(text="group:N"))
    return _theme(shown.properties(width=640, height=320, **_titled(title)))


def comparison(frame: pd.DataFrame, names: tuple[str, str], *, lang: Lang = "de", title: str = "") -> Any:  # noqa: ANN401
    """Two points for each topic with their intervals: the share in each group. ``frame`` is that of :meth:`Corpus.compare_topics`."""
    _not_empty(frame)
    rows = [
        {"topic": row.topic, "group": name, "share": getattr(row, f"share_{side}"), "low": getattr(row, f"low_{side}"), "high": getattr(row, f"high_{side}")}
        for row in frame.itertuples()
        for side, name in zip("ab", names, strict=True)
    ]  # fmt: skip
    base = alt.Chart(_plain(pd.DataFrame(rows))).encode(
        y=alt.Y("topic:N", title=None, sort=list(frame["topic"])),
        color=alt.Color("group:N", title=None, scale=alt.Scale(domain=list(names), range=list(COLOURS[:2]))),
        yOffset=alt.YOffset("group:N", sort=list(names)),
    )
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=label("share", lang), axis=alt.Axis(format=".0%")), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("share:Q", title=label("share", lang)), shape=alt.Shape("group:N", title=None, scale=alt.Scale(domain=list(names), range=["circle", "square"]))
    )  # fmt: skip
    return _theme(alt.layer(bars, points).properties(width=520, height=alt.Step(12), **_titled(title)))


def coverage(frame: pd.DataFrame, *, lang: Lang = "de", title: str = "") -> Any:  # noqa: ANN401
    """When each source was looked at: bars, gaps in a colour of their own. ``frame`` is that of :meth:`Corpus.coverage`."""
    _not_empty(frame)
    words = {"observed": label("observed", lang), "gap": label("gap", lang)}
    told = frame.assign(state=frame["state"].map(words), end=frame["end"] + pd.Timedelta(days=1))
    chart = alt.Chart(_plain(told)).mark_bar(height=10).encode(
        x=alt.X("start:T", title=label("day", lang), axis=_time(pd.concat([frame["start"], frame["end"]]))), x2="end:T", y=alt.Y("source:N", title=None),
        color=alt.Color("state:N", title=label("state", lang), scale=alt.Scale(domain=list(words.values()), range=[COLOURS[0], COLOURS[1]])),
    )  # fmt: skip
    return _theme(chart.properties(width=600, height=alt.Step(16), **_titled(title)))


def similarity(square: pd.DataFrame, *, lang: Lang = "de", title: str = "") -> Any:  # noqa: ANN401
    """A square of shades with its numbers: how alike are topic profiles. ``square`` is that of :meth:`Corpus.similarity`."""
    _not_empty(square)
    told = square.rename_axis("a", axis=0).rename_axis("b", axis=1).stack().rename("value").reset_index()
    base = alt.Chart(_plain(told)).encode(
        x=alt.X("b:N", title=None, axis=alt.Axis(labelAngle=-60)), y=alt.Y("a:N", title=None)
    )
    shown = base.mark_rect().encode(
        color=alt.Color("value:Q", title=label("similarity", lang), scale=alt.Scale(scheme="blues", domain=[0, 1]))
    )
    if len(square) <= 16:
        white = alt.condition("datum.value > 0.6", alt.value("white"), alt.value("black"))
        shown = alt.layer(
            shown, base.mark_text(fontSize=11).encode(text=alt.Text("value:Q", format=".2f"), color=white)
        )
    return _theme(shown.properties(width=alt.Step(34), height=alt.Step(24), **_titled(title)))


def places(
    frame: pd.DataFrame, background: Sequence[tuple[float, float]] = (), *, lang: Lang = "de", title: str = ""
) -> Any:  # noqa: ANN401
    """A map: a circle for each municipality, as large as it has articles.

    :param frame: ``name``, ``latitude``, ``longitude``, ``articles``.
    :param background: (longitude, latitude) of all municipalities, as faint points that give the country its shape.
    """
    _not_empty(frame)
    dots = alt.Chart(pd.DataFrame(background, columns=["longitude", "latitude"])).mark_circle(
        size=4, color="#d0d0d0", opacity=1
    )
    circles = alt.Chart(_plain(frame)).mark_circle(color=COLOURS[0], opacity=0.75, stroke="white")
    circles = circles.encode(longitude="longitude:Q", latitude="latitude:Q", size=alt.Size("articles:Q", title=label("articles", lang), scale=alt.Scale(range=[20, 700])))  # fmt: skip
    shown = alt.layer(dots.encode(longitude="longitude:Q", latitude="latitude:Q"), circles)
    return _theme(shown.project("mercator").properties(width=440, height=560, **_titled(title)))


def network(edges: pd.DataFrame, *, lang: Lang = "de", title: str = "", most: int = 40) -> Any:  # noqa: ANN401
    """Who names whom: publishers left, what they name right, the thicker the line the more often; the ``most`` frequent namings.

    Two columns and no cloud of points: every name can be read, on paper, too.
    """
    _not_empty(edges)
    shown = edges.head(most)
    left = list(shown.groupby("source")["articles"].sum().sort_values(ascending=False, kind="stable").index)
    at = {name: (row + 0.5) / len(left) for row, name in enumerate(left)}
    # what is named stands near those who name it, so that few lines cross
    pulls = (
        shown.assign(pull=shown["source"].map(at) * shown["articles"])
        .groupby(["entity", "name"])[["pull", "articles"]]
        .sum()
    )
    right = list((pulls["pull"] / pulls["articles"]).sort_values(kind="stable").index)
    beside = {entity: (row + 0.5) / len(right) for row, (entity, _) in enumerate(right)}
    lines = pd.DataFrame(
        [
            {"x": 0, "y": at[r.source], "x2": 1, "y2": beside[r.entity], "articles": float(r.articles)}
            for r in shown.itertuples()
        ]
    )
    none = alt.Axis(labels=False, ticks=False, grid=False, domain=False)
    x = alt.X("x:Q", axis=none, title=None, scale=alt.Scale(domain=[-0.9, 1.9]))
    y = alt.Y("y:Q", axis=none, title=None, scale=alt.Scale(domain=[1, 0]))
    width = alt.StrokeWidth(
        "articles:Q",
        title=label("articles", lang),
        legend=alt.Legend(orient="bottom", format="d", tickMinStep=1),
        scale=alt.Scale(range=[0.7, 6]),
    )
    layers = [
        alt.Chart(lines)
        .mark_rule(color="#8a8a8a", opacity=0.8)
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", strokeWidth=width)
    ]
    columns: tuple[tuple[pd.DataFrame, Any, int, str, str], ...] = (
        (pd.DataFrame([{"x": 0, "y": at[name], "name": name} for name in left]), "right", -8, "square", COLOURS[1]),
        (pd.DataFrame([{"x": 1, "y": beside[e], "name": name} for e, name in right]), "left", 8, "circle", COLOURS[0]),
    )
    for frame, align, dx, shape, colour in columns:
        base = alt.Chart(frame).encode(x=x, y=y)
        layers += [
            base.mark_point(filled=True, size=70, opacity=1, shape=shape, color=colour),
            base.mark_text(align=align, dx=dx, fontSize=12, limit=210).encode(text="name:N"),
        ]
    heads = pd.DataFrame(
        [{"x": 0, "y": 0.0, "name": label("source", lang)}, {"x": 1, "y": 0.0, "name": label("entity", lang)}]
    )
    layers.append(alt.Chart(heads).mark_text(dy=-10, fontWeight="bold", fontSize=12).encode(x=x, y=y, text="name:N"))
    height = max(120, 18 * max(len(left), len(right)))
    return _theme(alt.layer(*layers).properties(width=640, height=height, **_titled(title)))


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Types that Altair takes: pandas' nullable numbers become floats, days texts."""
    told = frame.copy()
    for name in told.columns:
        if str(told[name].dtype) in ("Int64", "Float64"):
            told[name] = told[name].astype("float64")
    return told


def save(chart: Any, path: Path | str) -> None:  # noqa: ANN401 - an Altair chart
    """Write a chart by the ending of its name: ``.svg``, ``.png`` (twice the size), ``.html`` (opens offline), ``.json`` (Vega-Lite).

    :raises AnalysisError: another ending.
    :raises ExportError: the file cannot be written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    spec = chart.to_dict()
    if ending == ".svg":
        with atomic(path) as stream:
            stream.write(svg(chart))
    elif ending == ".png":
        with atomic_bytes(path) as binary:
            binary.write(vl_convert.vegalite_to_png(spec, scale=2))
    elif ending == ".html":
        with atomic(path) as stream:
            stream.write(vl_convert.vegalite_to_html(spec, bundle=True))
    elif ending == ".json":
        with atomic(path) as stream:
            stream.write(json.dumps(spec, ensure_ascii=False, indent=1))
    else:
        raise AnalysisError(f"{path}: a chart is written as .svg, .png, .html or .json")


def svg(chart: Any) -> str:  # noqa: ANN401 - an Altair chart
    """A chart as SVG."""
    told: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return told
