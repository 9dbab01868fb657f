"""Kickers inside headings, site names in titles, headings that are none."""

from __future__ import annotations

import pytest

from mpsc_crawler.extraction.article import extract
from mpsc_crawler.items import NewsArticle

TEXT = (
    "<p>Die Stadt Musterfeld hat den Digitalen Zwilling vorgestellt, an dem sie seit Monaten arbeitet und der nun allen offensteht.</p>"
    "<p>Der Zwilling zeigt Bäume, Gebäude und Leitungen und wird von vielen Ämtern täglich benutzt, wie das Amt mitteilt.</p>"
)
SAID = "Der Zwilling ist endlich da"


def read(heading: str, *, title: str = "", head: str = "") -> NewsArticle:
    page = f"<html><head><title>{title}</title>{head}</head><body><main><article>{heading}{TEXT}</article></main></body></html>"
    article = extract(page.encode(), "https://stadt.example/zwilling")
    assert article is not None
    return article


@pytest.mark.parametrize(
    ("heading", "head"),
    [
        (f"<h1><span class='dachzeile'>Smart City</span> {SAID}</h1>", ""),
        (f"<h1><span>Smart City</span> <span class='h-text'>{SAID}</span></h1>", ""),
        (f"<h1><small>Smart City:</small><br>{SAID}</h1>", f"<meta property='og:title' content='{SAID}'>"),
        (
            f"<h2><a href='/zwilling'><span class='a'>Smart City</span><span class='b'>{SAID}</span></a></h2>",
            f"<meta property='og:title' content='{SAID}'>",
        ),
    ],
)
def test_a_kicker_inside_the_heading_is_its_own_field(heading: str, head: str) -> None:
    article = read(heading, head=head)
    assert (article.headline, article.kicker) == (SAID, "Smart City")


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        (f"<h1><small>Smart City</small><br>{SAID}</h1>", f"Smart City: {SAID} | Stadt"),
        (f"<h1><div class='topic-label'>Smart City</div>{SAID}</h1>", f"Smart City – {SAID}"),
        (f"<h1>{SAID} <small class='c-topline'>Smart City</small></h1>", ""),
        (
            f"<div class='mod-title mod-title-1'><div class='mod-heading'>Smart City</div></div>"
            f"<div class='mod-title mod-title-2'><h1>{SAID}</h1></div>",
            "",
        ),
    ],
)
def test_a_kicker_is_told_by_a_divider_or_by_its_make(heading: str, title: str) -> None:
    article = read(heading, title=title)
    assert (article.headline, article.kicker) == (SAID, "Smart City")


def test_a_known_headline_is_not_taken_for_the_kicker_of_its_subtitle() -> None:
    subtitle = "Ein Modell der ganzen Stadt, frei zugänglich für alle"
    article = read(
        f"<h1><span class='primary'>{SAID}</span><span class='subtitle'>{subtitle}</span></h1>",
        title=f"{SAID} - stadt.de",
    )
    assert article.headline == SAID


def test_a_heading_with_an_emphasised_word_stays_whole() -> None:
    assert read("<h1>Der <em>Zwilling</em> ist endlich da</h1>").headline == SAID


def test_two_spans_of_one_make_stay_one_headline() -> None:
    assert read("<h1><span class='l'>Der Zwilling</span> <span class='l'>ist endlich da</span></h1>").headline == SAID


def test_a_label_for_screen_readers_is_no_part_of_it() -> None:
    assert read(f"<h1><span class='sr-only'>Überschrift:</span> {SAID}</h1>").headline == SAID


def test_what_stands_behind_a_known_headline_goes() -> None:
    article = read(
        f"<h1>{SAID} <small>02.02.2022 • Presse</small></h1>", head=f"<meta property='og:title' content='{SAID}'>"
    )
    assert article.headline == SAID


def test_a_heading_of_comments_is_no_headline() -> None:
    article = read(f"<h3>5 Antworten zu „{SAID}“</h3>", title=f"{SAID} | Ein Blog über Städte")
    assert article.headline == SAID


def test_a_title_with_an_unknown_site_name() -> None:
    assert read("", title=f"{SAID} | Mehr über die Bibliothek").headline == SAID
