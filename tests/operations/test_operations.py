"""When is it time, and what went wrong?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mpsc_crawler.operations.due import LONGEST, SHORTEST, UNDATED, article_next_due, failed_next_due, is_due
from mpsc_crawler.operations.failures import ADVICE, of_exception, of_page, of_status

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("published", "after"),
    [
        (date(2026, 3, 2), SHORTEST),
        (date(2026, 3, 10), SHORTEST),
        (date(2026, 1, 1), timedelta(days=15)),
        (date(2020, 1, 1), LONGEST),
        (None, UNDATED),
    ],
)
def test_young_articles_are_due_soon_and_old_ones_late(published: date | None, after: timedelta) -> None:
    assert article_next_due(published, NOW) == NOW + after
    assert is_due(NOW, NOW) and is_due(None, NOW) and not is_due(NOW + timedelta(seconds=1), NOW)


def test_a_passing_failure_is_tried_again_sooner_than_a_lasting_one() -> None:
    assert failed_next_due("timeout", NOW) < failed_next_due("protected", NOW)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (type("CannotResolveHostError", (Exception,), {"__module__": "scrapy.exceptions"})("no such host"), "dns"),
        (type("DownloadTimeoutError", (Exception,), {"__module__": "scrapy.exceptions"})("took longer"), "timeout"),
        (type("DownloadConnectionRefusedError", (Exception,), {"__module__": "scrapy.exceptions"})("x"), "connect"),
        (type("IgnoreRequest", (Exception,), {"__module__": "scrapy.exceptions"})("Forbidden by robots.txt"), "robots"),
        (
            type("IgnoreRequest", (Exception,), {"__module__": "scrapy.exceptions"})("max redirections reached"),
            "redirect-loop",
        ),
        (
            type("DownloadFailedError", (Exception,), {"__module__": "scrapy.exceptions"})("certificate verify failed"),
            "tls",
        ),
        (type("DownloadCancelledError", (Exception,), {"__module__": "scrapy.exceptions"})("larger than"), "too-large"),
        (type("ResponseDataLossError", (Exception,), {"__module__": "scrapy.exceptions"})("x"), "truncated"),
        (ValueError("odd"), "other"),
    ],
)
def test_every_exception_has_a_class_with_advice(error: Exception, failure: str) -> None:
    kind, detail = of_exception(error)
    assert kind == failure and kind in ADVICE and detail


def test_statuses_have_classes_with_advice() -> None:
    assert [of_status(s) for s in (403, 404, 410, 429, 418, 500, 503)] == [
        "http-403",
        "http-404",
        "http-410",
        "http-429",
        "http-4xx",
        "http-5xx",
        "http-5xx",
    ]
    assert all(of_status(status) in ADVICE for status in range(400, 600))


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<title>Just a moment...</title>", "bot-wall"),
        ("<title>Sicherheitsüberprüfung</title>", "bot-wall"),
        ("<title>Seite nicht gefunden | Stadt</title>", "soft-404"),
        ("<title>Cookie-Einstellungen</title>", "consent-wall"),
        ('<title>Geschützt: X</title><form class="post-password-form">', "protected"),
        ("<title>Einweihung der Sporthalle</title>", None),
        ("<p>ohne Titel</p>", None),
    ],
)
def test_walls_with_status_200_are_recognised(html: str, kind: str | None) -> None:
    assert of_page(html.encode()) == kind
    assert kind is None or kind in ADVICE
