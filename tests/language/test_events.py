"""Which event a date belongs to, where its sentence says so."""

from __future__ import annotations

from datetime import date

import pytest

from mpsc_crawler.language.dates import find_dates
from mpsc_crawler.language.events import name_events
from mpsc_crawler.reading import gazetteer

REFERENCE = date(2025, 11, 20)


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        ("Am 18. und 19.11.2025 nahm Jena am 7. MPSC-Kongress in Kiel teil.", "7. MPSC-Kongress", "Kiel"),
        ("Der Zukunftskongress findet am 18. November 2025 in der Stadthalle statt.", "Zukunftskongress", "Stadthalle"),
        ("Am 5. Mai 2025 ist Tag der offenen Tür im Rathaus.", "Tag der offenen Tür", "Rathaus"),
        ("Zum Workshop „Daten für alle“ am 3. Juni 2025 kamen 40 Gäste.", "Workshop „Daten für alle“", None),
        ("Am 3. Juni 2025 unterschrieb der Landrat.", None, None),
    ],
)
def test_the_nearest_event_and_place(text: str, name: str | None, place: str | None) -> None:
    (value,) = name_events(text, find_dates(text, REFERENCE), gazetteer().find({"": text}))
    assert (value.name, value.place) == (name, place)


def test_a_date_that_is_no_event_has_no_name() -> None:
    text = "Seit 2021 gibt es den Kongress im Rathaus."
    (value,) = name_events(text, find_dates(text, REFERENCE))
    assert (value.kind, value.name, value.place) == ("period", None, None)


def test_what_another_sentence_says_is_not_taken() -> None:
    text = "Der Kongress war voll. Am 3. Juni 2025 unterschrieb der Landrat."
    (value,) = name_events(text, find_dates(text, REFERENCE))
    assert value.name is None
