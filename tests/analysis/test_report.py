"""Charts, the report and the terminal: what they show, that they need no network, and that a reader without eyes can use them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from mpsc_crawler.analysis import Corpus, charts
from mpsc_crawler.analysis.errors import AnalysisError
from mpsc_crawler.analysis.report import report
from mpsc_crawler.cli.research import bar
from tests.conftest import mpsc, mpsc_here, unavailable

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def corpus(demo: dict[str, Any]) -> Corpus:
    return Corpus.open(f"sqlite:///{demo['folder'] / 'mpsc.db'}")


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_chart_is_drawn_in_both_languages(lang: Any, corpus: Corpus) -> None:
    words = {
        "de": ("Anteil", "Zeitraum", "beobachtet", "Ähnlichkeit"), "en": ("share", "period", "observed", "similarity")
    }[lang]  # fmt: skip
    drawn = [
        charts.svg(charts.timeline(corpus.timeline("verstetigung", by="quarter"), lang=lang, title="Verstetigung")),
        charts.svg(charts.timeline(corpus.timeline("iot", by="year", per="cohort"), lang=lang)),
        charts.svg(charts.adoption(corpus.adoption("iot"), lang=lang)),
        charts.svg(
            charts.comparison(corpus.compare_topics(corpus.where(source="moorbek")), ("Moorbek", "x"), lang=lang)
        ),
        charts.svg(charts.coverage(corpus.coverage(), lang=lang)),
        charts.svg(charts.similarity(corpus.similarity(per="source"), lang=lang)),
        charts.svg(charts.network(corpus.network(), lang=lang)),
    ]
    assert all(svg.startswith("<svg") and len(svg) > 2000 for svg in drawn)
    assert all(any(word in svg for svg in drawn) for word in words)


def test_a_chart_is_saved_by_its_ending_and_needs_no_network(corpus: Corpus, tmp_path: Path) -> None:
    chart = charts.coverage(corpus.coverage())
    for name, start in (("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("a.html", b"<!DOCTYPE"), ("a.json", b"{")):
        charts.save(chart, tmp_path / name)
        assert (tmp_path / name).read_bytes().lstrip().upper().startswith(start.upper())
    html = (tmp_path / "a.html").read_text()
    assert not re.search(r"<(?:script|link)[^>]+(?:src|href)=[\"']?https?:", html)
    with pytest.raises(AnalysisError, match=r"written as \.svg"):
        charts.save(chart, tmp_path / "a.pdf")


def test_what_cannot_be_read_is_not_drawn(corpus: Corpus) -> None:
    with pytest.raises(AnalysisError, match="cannot be told apart"):
        charts.timeline(corpus.timeline("iot", by="year", per="source"))
    with pytest.raises(AnalysisError, match="nothing to draw"):
        charts.coverage(corpus.coverage()[:0])


def test_the_report_is_whole_the_same_and_needs_nothing_else(corpus: Corpus) -> None:
    told = report(corpus)
    assert told == report(corpus) and "Wer nennt wen" in told and told.count("<svg ") >= 9
    assert "Von keiner Kommune" in told  # the demo's towns are made up, so there is no map
    assert "http-equiv" not in told and not re.search(r"<(?:script|link|img|iframe)\b", told)
    assert "Who names whom" in report(corpus.where(source="moorbek"), lang="en", title="A <b>title</b>")
    assert "A &lt;b&gt;title" in report(corpus.where(source="moorbek"), lang="en", title="A <b>title</b>")
    with pytest.raises(AnalysisError, match="nothing to report"):
        report(corpus.where(since="1999-01-01", until="1999-01-02"))


def test_the_report_passes_an_accessibility_check_in_a_real_browser(corpus: Corpus, tmp_path: Path) -> None:
    if CHROMIUM is None:
        unavailable("no Chromium in the path")
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    path = tmp_path / "report.html"
    path.write_text(report(corpus), encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        found = Axe().run(page)
        wide = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        browser.close()
    assert found.violations_count == 0, found.generate_report()
    assert asked == [path.as_uri()] and wide


def test_the_terminal_tells_numbers_gaps_and_files(demo: dict[str, Any], tmp_path: Path) -> None:
    done = mpsc_here("timeline", "--of-topic", "verstetigung", "--chart", str(tmp_path / "v.svg"), cwd=demo["folder"])
    assert done.exit_code == 0 and "22.2 %" in done.output and "undated" in done.output and "observed" in done.output
    assert (tmp_path / "v.svg").read_text().startswith("<svg")
    told = json.loads(
        mpsc_here("timeline", "--of-query", "Zwilling", "--per", "cohort", "--json", cwd=demo["folder"]).output
    )
    assert {row["group"] for row in told} == {"cohort 2020", "cohort 2021", "no cohort"}
    done = mpsc_here("compare", "source=moorbek", "cohort=2020,year=2025", cwd=demo["folder"])
    assert done.exit_code == 0 and "█" in done.output and "source=moorbek: 10 articles" in done.output
    done = mpsc_here("compare", "topic=verstetigung", "--words", "--most", "3", cwd=demo["folder"])
    assert done.exit_code == 0 and "Förderung" in done.output and "all others" in done.output
    done = mpsc_here("report", "--output", str(tmp_path / "r.html"), "--no-date", cwd=demo["folder"])
    assert done.exit_code == 0 and (tmp_path / "r.html").read_text().startswith("<!DOCTYPE html>")
    done = mpsc_here("search", "Stadt", "-Hochwasser", "--limit", "3", cwd=demo["folder"])
    assert done.exit_code == 0 and "3 of " in done.output
    done = mpsc_here("search", "Wärmeplanung", "--newest", cwd=demo["folder"])
    assert done.exit_code == 0 and "found" in done.output and "Wärmeplanung also within" in done.output


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("compare", "source=moorbek,source=auental"), 2, "source is 'moorbek' already"),
        (("compare", "topic=verstetigung,topic=iot"), 2, "first group has no articles"),
        (("timeline", "--since", "2099-01-01"), 2, "nothing to count"),
        (("export", "ics", "--from", "2026-05-01", "--to", "2026-04-01"), 2, "no day is between them"),
        (("search", "x", "--limit", "99999999999999999999"), 2, "not in the range"),
        (("search", "x", "--limt"), 2, "no such option: --limt"),
        (("compare", "moorbek"), 2, "write such as state=Thüringen"),
        (("compare", "year=neu"), 2, "neu is no year"),
        (("compare", "cohort=neu"), 2, "a cohort is a year"),
        (("compare", "source=nix"), 2, "source 'nix' is not in the database"),
        (("compare", "source=moorbek", "--words", "--chart", "x.svg"), 2, "--chart draws topics"),
        (("timeline", "--of-topic", "iot", "--of-query", "x"), 2, "a topic or a query, not both"),
        (("timeline", "--cohort", "1999"), 2, "no source of cohort 1999; there are: 2020, 2021"),
        (("timeline", "--of-query", "(x"), 2, "the bracket is not closed"),
        (("timeline", "--chart", "x.pdf"), 2, "written as .svg, .png, .html or .json"),
        (("search", "NOT x"), 2, "only says what must not be there"),
        (("report", "--since", "1999-01-01", "--until", "1999-01-02"), 2, "nothing to report"),
        (("topics", "sample", "3", "--since", "1999-01-01", "--until", "1999-01-02"), 2, "nothing to code"),
    ],
)
def test_a_wrong_question_says_what_to_do(
    arguments: tuple[str, ...], code: int, told: str, demo: dict[str, Any]
) -> None:
    done = mpsc_here(*arguments, cwd=demo["folder"])
    assert (done.exit_code, told in done.output) == (code, True), done.output


def test_bars_are_an_eighth_of_a_sign_fine() -> None:
    assert bar(1.0) == "█" * 24 and bar(0.0) == "" and bar(None) == "" and bar(float("nan")) == ""
    assert bar(0.5, 1.0) == "█" * 12 and bar(1 / 192) == "▏"


@pytest.mark.parametrize("arguments", [("compare", "source=moorbek"), ("report",), ("topics", "sample", "3")])
def test_without_the_extra_it_says_what_to_install(
    arguments: tuple[str, ...], demo: dict[str, Any], tmp_path: Path
) -> None:
    for name in ("pandas", "krippendorff"):
        (tmp_path / f"{name}.py").write_text(f"raise ModuleNotFoundError('No module named {name}', name='{name}')")
    done = mpsc(*arguments, cwd=demo["folder"], PYTHONPATH=str(tmp_path))
    assert done.returncode == 2 and "pip install 'mpsc-crawler[research]'" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
