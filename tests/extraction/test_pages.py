"""Every hand-made page in its platform's markup gives exactly what a reader wrote down before the code ran."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mpsc_crawler.extraction.article import extract
from mpsc_crawler.items import DateValue, NewsArticle

PAGES = Path(__file__).parents[1] / "pages"
NAMES = sorted(path.name for path in PAGES.iterdir() if path.is_dir())
FETCHED = datetime(2026, 3, 2, 9, tzinfo=UTC)


def read(name: str) -> tuple[dict[str, Any], NewsArticle]:
    gold = tomllib.loads((PAGES / name / "expected.toml").read_text(encoding="utf-8"))
    article = extract((PAGES / name / "page.html").read_bytes(), gold["url"], fetched_at=FETCHED)
    assert article is not None
    return gold, article


def moment(value: DateValue | None) -> str:
    if value is None or value.start is None:
        return ""
    return value.start.strftime("%Y-%m-%dT%H:%M") if value.precision == "minute" else value.start.isoformat()


def test_the_platforms_of_the_issue_are_all_there() -> None:
    platforms = {read(name)[0]["platform"] for name in NAMES}
    assert platforms == {
        "wordpress",
        "drupal",
        "typo3",
        "sitepark",
        "ikiss",
        "kommone",
        "gsb",
        "nolis",
        "contao",
        "joomla",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_page_gives_its_expected_article(name: str) -> None:
    gold, article = read(name)
    found = {
        "platform": article.platform,
        "headline": article.headline,
        "kicker": article.kicker or "",
        "teaser": article.teaser or "",
        "published": moment(article.published),
        "modified": moment(article.modified),
        "language": article.language,
        "authors": article.authors,
        "tags": article.tags,
        "categories": article.categories,
        "breadcrumbs": article.breadcrumbs,
        "body": article.body.strip(),
        "subheadings": article.subheadings,
        "images": [(i.url, i.alternative_text, i.caption, i.credit, i.position == "hero") for i in article.images],
        "attachments": [(a.url, a.title, a.type, a.size) for a in article.attachments],
    }
    wanted = {key: gold.get(key, "" if isinstance(value, str) else []) for key, value in found.items()}
    wanted["body"] = gold["body"].strip()
    wanted["images"] = [
        (i["url"], i["alternative_text"], i["caption"], i["credit"], i["hero"]) for i in gold.get("images", [])
    ]
    wanted["attachments"] = [(a["url"], a["title"], a["type"], a["size"]) for a in gold.get("attachments", [])]
    assert found == wanted
    for phrase in gold["body_must_not_contain"]:
        assert phrase not in article.body


@pytest.mark.parametrize("name", NAMES)
def test_every_value_says_where_it_comes_from(name: str) -> None:
    _, article = read(name)
    chosen = {e.field for e in article.evidence if e.chosen}
    told = {
        field
        for field in ("headline", "teaser", "body", "published", "modified", "language", "authors")
        if getattr(article, field)
    }
    assert told <= chosen
    assert all(0 <= e.confidence <= 1 and e.rule for e in article.evidence)
