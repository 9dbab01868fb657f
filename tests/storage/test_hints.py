"""What lists told comes back as it was."""

from __future__ import annotations

import json
from datetime import date, datetime

from mpsc_crawler.items import BERLIN, ArticleLink, DateValue
from mpsc_crawler.storage.hints import hints_of, link_of


def test_a_link_with_everything_comes_back_through_json() -> None:
    moment = datetime(2025, 3, 4, 9, 30, tzinfo=BERLIN)
    day = date(2025, 3, 6)
    link = ArticleLink(
        "https://stadt.example/1",
        "feed.rss",
        "https://stadt.example/feed",
        "Überschrift",
        "Anriss",
        DateValue(moment, moment, "minute", moment.isoformat(), "Tue, 04 Mar 2025 09:30:00 +0100", "feed.rss", 0.9, kind="published"),
        DateValue(day, day, "day", "2025-03-06", "6.3.2025", "listing.time", 0.7, kind="updated"),
        "wordpress:7",
        "de",
        ("Pressestelle",),
        ("Sensoren", "Klima"),
    )  # fmt: skip
    assert link_of(link.url, json.loads(json.dumps(hints_of(link)))) == link


def test_what_a_link_does_not_know_takes_no_room() -> None:
    assert hints_of(ArticleLink("https://stadt.example/1", "listing", content_html="<p>lang</p>")) == {
        "rule": "listing"
    }
