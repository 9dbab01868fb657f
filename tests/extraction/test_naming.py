"""What class names and ids say."""

from __future__ import annotations

import pytest

from mpsc_crawler.extraction.article import extract
from mpsc_crawler.extraction.naming import CAPTION, CHROME, CRUMBS, KICKER, NOISE, TAGS, TEASER, traits


@pytest.mark.parametrize(
    "names", ["post-share", "social-media-bar", "entry-meta", "related-posts", "c-nav__list", "site_footer footer"]
)
def test_names_that_are_no_article(names: str) -> None:
    assert traits(names) & NOISE


@pytest.mark.parametrize(
    "names",
    [
        "shareholder-report",
        "entry-content social-wall",
        "navigator",
        "tag-social category-suche post-12",
        "field--label-visually_hidden",
        "",
    ],
)
def test_names_that_say_nothing_against_the_element(names: str) -> None:
    assert not traits(names) & (NOISE | CHROME)


@pytest.mark.parametrize(
    ("names", "trait"),
    [
        ("wp-caption-text", CAPTION),
        ("c-bild-unterschrift bild-text", CAPTION),
        ("post-tags", TAGS),
        ("nav-rootline", CRUMBS),
        ("article__intro-text", TEASER),
        ("headline__kicker", KICKER),
    ],
)
def test_names_that_say_what_it_is(names: str, trait: int) -> None:
    assert traits(names) & trait


def test_an_article_inside_what_calls_itself_a_sidebar_is_found() -> None:
    text = "Die Stadt Musterfeld hat gestern den Digitalen Zwilling vorgestellt und alle Fragen beantwortet. " * 3
    page = f"<html><body><h1>Der Zwilling</h1><div class='sidebar widget'><p>{text}</p></div><ul class='menu'><li><a href='/'>Start</a></li></ul></body></html>"
    article = extract(page.encode(), "https://stadt.example/a")
    assert article is not None
    assert "Digitalen Zwilling" in article.body


def test_a_paragraphless_article_inside_what_calls_itself_an_overlay_is_found() -> None:
    text = "Die Stadt Musterfeld hat gestern den Digitalen Zwilling vorgestellt und alle Fragen beantwortet. " * 3
    page = f"<html><body><h2>Der Zwilling</h2><div class='modal overlay'>{text}<br><br>{text}</div></body></html>"
    article = extract(page.encode(), "https://stadt.example/a")
    assert article is not None
    assert "Digitalen Zwilling" in article.body
