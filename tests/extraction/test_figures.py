"""Figures of all shapes: picture, caption and credit as a reader wrote them down before the code ran."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mpsc_crawler.extraction.article import extract

FIGURES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "figures.toml").read_text(encoding="utf-8"))[
    "figure"
]
FIRST = "<p>Die Stadt Musterfeld hat den Digitalen Zwilling vorgestellt, an dem sie seit Monaten arbeitet und der nun offensteht.</p>"
LAST = "<p>Der Zwilling zeigt Bäume, Gebäude und Leitungen und wird von vielen Ämtern täglich benutzt, wie das Amt mitteilt.</p>"


def read(figure: dict[str, Any]) -> tuple[str, str, str, str]:
    page = (
        f"<html><body><main><article><h1>Der Zwilling</h1>{FIRST}{figure['html']}{LAST}</article></main></body></html>"
    )
    article = extract(page.encode(), "https://stadt.example/news/a")
    assert article is not None
    if not article.images:
        return "", "", "", ""
    image = article.images[0]
    return image.url, image.caption, image.credit, image.alternative_text


@pytest.mark.parametrize("figure", FIGURES, ids=[figure["name"] for figure in FIGURES])
def test_a_figure_is_read(figure: dict[str, Any]) -> None:
    assert read(figure) == (figure["url"], figure["caption"], figure["credit"], figure["alt"])


def test_there_are_enough_of_them() -> None:
    assert len(FIGURES) >= 60
