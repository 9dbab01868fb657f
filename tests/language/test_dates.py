"""German dates: what they mean, where they stand, and what is none."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpsc_crawler.items import BERLIN, DateValue
from mpsc_crawler.language.dates import find_dates, parse_date

REFERENCE = date(2024, 5, 15)  # a Wednesday


def shown(value: date | datetime | None) -> str:
    if value is None:
        return ".."
    return value.strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value.isoformat()


@pytest.mark.parametrize(
    ("expression", "start", "end"),
    [
        ("3. Juni 2024", "2024-06-03", "2024-06-03"),
        ("03.06.2024", "2024-06-03", "2024-06-03"),
        ("3.6.24", "2024-06-03", "2024-06-03"),
        ("25. 09. 2020", "2020-09-25", "2020-09-25"),
        ("15.März 2023", "2023-03-15", "2023-03-15"),
        ("2024-06-03", "2024-06-03", "2024-06-03"),
        ("2024-06-03T18:30", "2024-06-03T18:30", "2024-06-03T18:30"),
        ("Montag, den 3. Juni", "2024-06-03", "2024-06-03"),
        ("Dienstag, 3. Juni 2024", "2024-06-03", "2024-06-03"),
        ("3. Juni 2024, 18 Uhr", "2024-06-03T18:00", "2024-06-03T18:00"),
        ("am 3. Juni von 17.30 bis 19 Uhr", "2024-06-03T17:30", "2024-06-03T19:00"),
        ("Do 06.06. 17–19 Uhr", "2024-06-06T17:00", "2024-06-06T19:00"),
        ("4.-6. Juni 2024", "2024-06-04", "2024-06-06"),
        ("12.–14.06.2026", "2026-06-12", "2026-06-14"),
        ("vom 30. Dezember bis 2. Januar 2025", "2024-12-30", "2025-01-02"),
        ("16., 17. und 20. Mai 2024", "2024-05-16", "2024-05-20"),
        ("30.09, 10:00 - 02.10.25, 17:00", "2025-09-30T10:00", "2025-10-02T17:00"),
        ("04.-06.06.2024\n10:00 - 17:00", "2024-06-04T10:00", "2024-06-06T17:00"),
        ("Mai 2024", "2024-05-01", "2024-05-31"),
        ("Ende Februar 2024", "2024-02-21", "2024-02-29"),
        ("Mitte des Jahres 2023", "2023-06-01", "2023-07-31"),
        ("bis Mitte 2023", "..", "2023-06-30"),
        ("im Sommer 2024", "2024-06-01", "2024-08-31"),
        ("Winter 2023", "2023-12-01", "2024-02-29"),
        ("Quartal 2/2021", "2021-04-01", "2021-06-30"),
        ("erstes Halbjahr 2025", "2025-01-01", "2025-06-30"),
        ("KW 12/2024", "2024-03-18", "2024-03-24"),
        ("Schuljahr 2024/25", "2024-08-01", "2025-07-31"),
        ("seit 2021", "2021-01-01", ".."),
        ("ab dem 1. Juli", "2024-07-01", ".."),
        ("bis zum 31. Dezember", "..", "2024-12-31"),
        ("nach dem 17. Juni 2024", "2024-06-18", ".."),
        ("Anmeldeschluss ist der 12.04.2023", "..", "2023-04-12"),
        ("am kommenden Donnerstag", "2024-05-16", "2024-05-16"),
        ("vergangene Woche", "2024-05-06", "2024-05-12"),
        ("im vergangenen Sommer", "2023-06-01", "2023-08-31"),
        ("vor drei Wochen", "2024-04-24", "2024-04-24"),
        ("übermorgen", "2024-05-17", "2024-05-17"),
        ("Ende letzten Jahres", "2023-10-01", "2023-12-31"),
        ("5. Jänner 2024", "2024-01-05", "2024-01-05"),
        ("zwischen April und Juni 2022", "2022-04-01", "2022-06-30"),
    ],
)
def test_one_expression(expression: str, start: str, end: str) -> None:
    value = parse_date(expression, REFERENCE)
    assert value is not None
    assert (shown(value.start), shown(value.end)) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "Version 2.4.1 ist da",
        "Rufen Sie an: 03641 49-2010",
        "nach § 12.3 der Satzung",
        "Adresse 192.168.10.12 im Netz",
        "kostet 12,50 Euro im Monat",
        "gewann mit 3:2",
        "Az. 10.24.15/2",
        "in Raum 2.11",
        "IBAN DE12 5001 0517 0648 4898 90",
        "rund 2000 Menschen kamen",
        "Das Klima ist gut.",
        "von 8 bis 12 Jahren",
        "die Strategie „Auental 2030“",
        "Lizenz EUPL 1.2 und BITV 2.0",
        "unter der EUPL 1.2. In beiden Städten",
        "mit LightBurn 1.7.08 geschnitten",
        "Kennziffer SA-04/26 angeben",
    ],
)
def test_what_is_no_date_stays_none(text: str) -> None:
    assert [v.raw for v in find_dates(text, REFERENCE)] == []


def test_each_day_or_range_by_itself_and_two_days_in_a_row_as_one() -> None:
    found = find_dates("Der Kongress am 18. und 19.11.2025, dann Werkstätten am 31. Mai und 21. Juni 2026.", None)
    assert [(v.raw, v.edtf) for v in found] == [
        ("18. und 19.11.2025", "2025-11-18/2025-11-19"),
        ("31. Mai", "2026-05-31"),
        ("21. Juni 2026", "2026-06-21"),
    ]


def test_spans_give_the_words_of_the_date() -> None:
    text = "Am Mittwoch, den 5. Juni 2024, von 10 bis 12 Uhr und seit Juni 2023 im Rathaus."
    for value in find_dates(text, REFERENCE):
        assert value.span is not None
        assert text[value.span[0] : value.span[1]] == value.raw
    assert [v.raw for v in find_dates(text, REFERENCE)] == [
        "Mittwoch, den 5. Juni 2024, von 10 bis 12 Uhr",
        "Juni 2023",
    ]


def test_a_time_is_local_and_knows_both_clock_changes() -> None:
    winter, summer = parse_date("30.03.2024, 12:00 Uhr", None), parse_date("31.03.2024, 12:00 Uhr", None)
    assert winter is not None and isinstance(winter.start, datetime) and winter.start.utcoffset() == timedelta(hours=1)
    assert summer is not None and isinstance(summer.start, datetime) and summer.start.utcoffset() == timedelta(hours=2)
    assert summer.start.tzinfo is BERLIN


def test_without_a_reference_a_missing_year_stays_missing() -> None:
    assert find_dates("Am 5. Mai um 18 Uhr", None) == []
    assert parse_date("am kommenden Donnerstag", None) is None


def test_a_date_without_time_is_no_midnight() -> None:
    value = parse_date("5. Mai 2024", None)
    assert value is not None and not isinstance(value.start, datetime) and value.precision == "day"


MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
WEEKDAYS = "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split()
FORMS = [
    lambda d: f"{d.day}. {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d.day:02d}.{d.month:02d}.{d.year}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{d.day:02d}. {d.month:02d}. {d.year}",
    lambda d: f"{WEEKDAYS[d.weekday()]}, {d.day}. {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{WEEKDAYS[d.weekday()][:2]}, {d:%d.%m.%Y}",
    lambda d: f"den {d.day}. {MONTHS[d.month - 1]} {d.year}",
    lambda d: (
        f"{d.day}. {MONTHS[d.month - 1][:3]}. {d.year}"
        if d.month not in (3, 5, 6, 7)
        else f"{d.day}. {MONTHS[d.month - 1]} {d.year}"
    ),
    lambda d: d.isoformat(),
    lambda d: f"[{d:%d.%m.%Y}]",
    lambda d: f"Pressemitteilung vom {d:%d.%m.%Y}",
    lambda d: f"{d:%d.%m.%y}",
]


@given(st.dates(date(2000, 1, 1), date(2068, 12, 31)), st.sampled_from(range(len(FORMS))))
def test_every_day_written_in_german_is_read_back(day: date, form: int) -> None:
    value = parse_date(FORMS[form](day), None)
    assert value is not None and (value.start, value.end) == (day, day)


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from([*"0123456789.-–:, /()abMiDo", "Mai", " bis ", " Uhr", "Juni ", "seit ", "KW "]), max_size=60
    ).map("".join)
)
def test_never_an_exception_and_never_outside_the_text(text: str) -> None:
    for value in find_dates(text, REFERENCE):
        assert isinstance(value, DateValue) and value.span is not None
        assert 0 <= value.span[0] < value.span[1] <= len(text)
        assert text[value.span[0] : value.span[1]] == value.raw


def test_a_megabyte_of_digits_and_dots_is_read_to_its_limit() -> None:
    """A grammar that backtracks would not come back from this; how long it takes is a matter of the benchmarks."""
    text = "1.2.3.4-5-6 bis " * 65_536
    assert all(value.span is not None and value.span[1] <= 200_000 for value in find_dates(text, REFERENCE))
