"""The article that the project started from, through spider and database, in the page shape of its Drupal site.

The text is read in place from the reference data (``MPSC_DATA_DIR``); without it this test is skipped, and the page of
``tests/pages/drupal``, written for this project in the same shape, stands in for it.
"""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest

from mpsc_crawler.archive.warc import WarcArchive
from mpsc_crawler.items import Exchange
from mpsc_crawler.language.codebook import shipped_codebook
from tests.conftest import mpsc

DATA = Path(os.environ.get("MPSC_DATA_DIR", Path(__file__).parents[3] / "shared")) / "seed"
FETCHED = datetime(2025, 12, 1, 8, tzinfo=UTC)


def drupal_page(text: str, expected: dict[str, Any]) -> str:
    """The copied text put back into the shape of a Drupal page: field labels, media with caption and owner, gallery."""
    image = expected["images"][0]
    files = [i["file"] for i in expected["images"] if "file" in i]
    media = (
        '<article class="media media--type-image"><div class="field field--name-field-media-image"><div class="field__label">Bild</div>'
        f'<div class="field__item"><img src="/sites/default/files/poschmann.jpg" width="1200" height="800" alt="{escape(image["alternative_text"])}"></div></div>'
        f'<div class="field field--name-field-caption">{escape(image["caption"])}</div><div class="field field--name-field-owner copyright">{escape(image["credit"])}</div></article>'
    )
    blocks = [b.strip() for b in text.strip().split("\n\n") if b.strip()]
    assert blocks.pop(0) == expected["headline"]
    told = {"Bild", image["alternative_text"], image["caption"], image["credit"], *files}
    body = ""
    for block in blocks:
        lines = [line for line in block.splitlines() if line.strip() and line.strip() not in told]
        if not lines:
            if image["alternative_text"] in block:
                body += media
            continue
        tag = "h2" if lines[0] in expected["subheadings"] else "p"
        body += f"<{tag}>{escape(' '.join(lines))}</{tag}>\n"
    gallery = "".join(
        f'<div class="field__item"><a href="/sites/default/files/{name}">{name}</a></div>' for name in files
    )
    return f"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><meta name="Generator" content="Drupal 10 (https://www.drupal.org)"><title>{escape(expected["headline"])} | Smart City Jena</title></head>
<body class="path-node page-node-type-article"><a href="#main-content" class="visually-hidden">Direkt zum Inhalt</a><header role="banner"><nav class="menu"><ul><li><a href="/">Start</a></li></ul></nav></header>
<main role="main"><article class="node node--type-article node--view-mode-full"><h1 class="page-title">{escape(expected["headline"])}</h1>
<div class="node__content"><div class="field field--name-field-paragraphs">{body}</div><div class="field field--name-field-galerie">{gallery}</div></div></article></main>
<footer role="contentinfo"><p>Stadt Jena, Am Anger 15</p></footer></body></html>"""


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no reference data at {DATA} (set MPSC_DATA_DIR)")
def test_the_seed_article_gives_what_a_perfect_reading_yields(tmp_path: Path) -> None:
    expected = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
    text = (DATA / "jena-mpsc-kongress-kiel.txt").read_text(encoding="utf-8")
    entry = "https://smartcity.jena.de/smart-city-projekt"
    listing = f'<html lang="de"><body><main><h1>Aktuelles</h1><div class="views-row"><h3><a href="{expected["url"]}">{escape(expected["headline"])}</a></h3><p>Ein Anriss zum Kongress in Kiel, lang genug für eine Liste.</p></div></main></body></html>'
    archive = WarcArchive(tmp_path / "warc", "test", FETCHED)
    for url, page in ((entry, listing), (expected["url"], drupal_page(text, expected))):
        archive.write(Exchange(url, 200, (("Content-Type", "text/html; charset=utf-8"),), page.encode(), FETCHED))
    archive.close()
    (warc,) = (tmp_path / "warc").glob("*.warc.gz")
    done = mpsc("crawl", expected["source"], "--replay", str(warc), cwd=tmp_path)
    assert done.returncode == 0, done.stderr

    connection = sqlite3.connect(tmp_path / "mpsc.db")
    connection.row_factory = sqlite3.Row
    (article,) = connection.execute("select * from article").fetchall()
    assert article["headline"] == expected["headline"]
    assert article["language"] == expected["language"]
    assert article["published_edtf"] is expected["published"] is None
    body = article["body"]
    assert body.startswith(expected["body_must_start"]) and body.endswith(expected["body_must_end"])
    assert not any(phrase in body for phrase in expected["body_must_not_contain"])
    paragraphs = body.split("\n\n")
    assert [p for p in paragraphs if p in expected["subheadings"]] == expected["subheadings"]
    told = [
        dict(row)
        for row in connection.execute("select kind, start_date, end_date, edtf, raw, name, place from date_mention")
    ]
    for gold in expected["date_mentions"]:
        wanted = {
            "kind": gold["kind"],
            "start_date": gold["start"],
            "end_date": gold["end"],
            "edtf": gold["edtf"],
            "raw": gold["raw"],
            "name": gold["name"],
            "place": gold["place"],
        }
        assert wanted in told
    images = [dict(row) for row in connection.execute("select * from image order by number")]
    first = expected["images"][0]
    assert (images[0]["alternative_text"], images[0]["caption"], images[0]["credit"]) == (
        first["alternative_text"],
        first["caption"],
        first["credit"],
    )
    assert [i["url"].rsplit("/", 1)[-1] for i in images[1:]] == [i["file"] for i in expected["images"][1:]]
    slugs = {row["topic"] for row in connection.execute("select topic from article_topic")}
    labels = {topic.label for slug, topic in shipped_codebook().topics.items() if slug in slugs}
    assert set(expected["topics_must_have"]) <= labels
    assert (
        connection.execute("select count(*) from evidence where field in ('headline', 'body', 'language')").fetchone()[
            0
        ]
        >= 3
    )
    mentions = connection.execute("select surface, entity, field from mention").fetchall()
    assert set(expected["mentions_must_have"]) <= {row["surface"] for row in mentions}
    assert {"16053000", "01002000"} <= {row["entity"] for row in mentions}
    in_captions = {row["surface"] for row in mentions if row["field"].startswith("caption")}
    assert set(expected["mentions_in_caption"]) <= in_captions
    connection.close()
