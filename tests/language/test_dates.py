"""German dates: what they mean, where they stand, and what is none."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import holidays
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from mpsc_crawler.items import BERLIN, DateValue
from mpsc_crawler.language.dates import find_dates, parse_date
from mpsc_crawler.language.dates.feasts import feast

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
ORDINALS = (
    "ersten zweiten dritten vierten fünften sechsten siebten achten neunten zehnten elften zwölften dreizehnten vierzehnten"
    " fünfzehnten sechzehnten siebzehnten achtzehnten neunzehnten zwanzigsten einundzwanzigsten zweiundzwanzigsten"
    " dreiundzwanzigsten vierundzwanzigsten fünfundzwanzigsten sechsundzwanzigsten siebenundzwanzigsten achtundzwanzigsten"
    " neunundzwanzigsten dreißigsten einunddreißigsten"
).split()
AUSTRIAN = {1: "Jänner", 2: "Feber"}


def month(d: date) -> str:
    return MONTHS[d.month - 1]


def weekday(d: date) -> str:
    return WEEKDAYS[d.weekday()]


def short_month(d: date) -> str:
    return month(d) if d.month in (3, 5, 6, 7) else f"{month(d)[:3]}."


FORMS = [
    lambda d: f"{d.day}. {month(d)} {d.year}",
    lambda d: f"{d.day:02d}. {month(d)} {d.year}",
    lambda d: f"{d.day}.{month(d)} {d.year}",
    lambda d: f"{d.day}. {AUSTRIAN.get(d.month, month(d))} {d.year}",
    lambda d: f"{d.day}. {short_month(d)} {d.year}",
    lambda d: f"{d.day}. {month(d).upper()} {d.year}",
    lambda d: f"{d.day}.{month(d)}{d.year}",
    lambda d: f"{d:%d.%m.%Y}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{d:%d. %m. %Y}",
    lambda d: f"{d.day}. {d.month}. {d.year}",
    lambda d: f"{d:%d . %m . %Y}",
    lambda d: f"{d:%d.%m.%y}",
    lambda d: f"{d:%d/%m/%Y}",
    lambda d: f"{d:%d-%m-%Y}",
    lambda d: d.isoformat(),
    lambda d: f"{d:%Y/%m/%d}",
    lambda d: f"[{d:%d.%m.%Y}]",
    lambda d: f"({d:%d.%m.%Y})",
    lambda d: f"{weekday(d)}, {d.day}. {month(d)} {d.year}",
    lambda d: f"{weekday(d)}, den {d.day}. {month(d)} {d.year}",
    lambda d: f"{weekday(d)}, dem {d.day}. {month(d)} {d.year}",
    lambda d: f"am {weekday(d)}, {d:%d.%m.%Y}",
    lambda d: f"{weekday(d)[:2]}, {d:%d.%m.%Y}",
    lambda d: f"{weekday(d)[:2]}., {d:%d.%m.%Y}",
    lambda d: f"{weekday(d)[:2]} {d.day}.{d.month}.{d.year}",
    lambda d: f"{weekday(d)[:2]}., {d.day}. {short_month(d)} {d.year}",
    lambda d: f"den {d.day}. {month(d)} {d.year}",
    lambda d: f"am {ORDINALS[d.day - 1]} {month(d)} {d.year}",
    lambda d: f"{d.day}. {month(d)}, {d.year}",
    lambda d: f"{month(d)} {d.day}, {d.year}",
    lambda d: f"Pressemitteilung vom {d:%d.%m.%Y}",
    lambda d: f"Pressemitteilung Nr. 338 vom {d:%d.%m.%Y}",
    lambda d: f"Veröffentlicht am {d.day}. {month(d)} {d.year}",
    lambda d: f"Stand: {d:%d.%m.%Y}",
    lambda d: f"Naunhof, den {d:%d. %m. %Y}",
    lambda d: f"{d:%d.%m.%Y} - Stadt Jena",
    lambda d: f"{d.day}. {month(d)} {d.year} | Stadt Jena",
    lambda d: f"Erstellt am {weekday(d)}, {d.day}. {month(d)} {d.year}",
    lambda d: f"{d.day}. des Monats {month(d)} {d.year}" if d.day > 31 else f"zum {d.day}. {month(d)} {d.year}",
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


@pytest.mark.parametrize(
    "pattern", ["1.2.3.4-5-6 bis ", "1.1.", "der dem ", "1., ", "Jahr ", "seit ", "jeden ", "Mo, ", "16. und "]
)
def test_a_megabyte_of_anything_is_read_in_one_go(pattern: str) -> None:
    """A grammar that backtracks would not come back from this; how long it takes is a matter of the benchmarks."""
    text = pattern * ((1_000_000 if pattern[0].isdigit() else 200_000) // len(pattern))
    for value in find_dates(text, REFERENCE):
        assert value.span is not None and text[value.span[0] : value.span[1]] == value.raw


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("jeden zweiten Dienstag im Monat um 18 Uhr", "FREQ=MONTHLY;BYDAY=2TU;BYHOUR=18;BYMINUTE=0"),
        ("jeden letzten Freitag im Monat", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("am ersten und dritten Montag im Monat, 17.30 Uhr", "FREQ=MONTHLY;BYDAY=1MO,3MO;BYHOUR=17;BYMINUTE=30"),
        ("jeden zweiten Dienstag", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("montags bis freitags von 8 bis 16 Uhr", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=0"),
        ("Mo–Fr 8–12 Uhr", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=0"),
        ("alle zwei Wochen dienstags", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("täglich von 10 bis 18 Uhr geöffnet", "FREQ=DAILY;BYHOUR=10;BYMINUTE=0"),
        ("jährlich am 1. Mai", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1"),
        ("jedes Jahr am ersten Sonntag im Oktober", "FREQ=YEARLY;BYMONTH=10;BYDAY=1SU"),
    ],
)
def test_what_comes_round_again_is_a_rule(text: str, rule: str) -> None:
    (value,) = find_dates(f"Der Treff ist {text}.", REFERENCE)
    assert (value.rrule, value.start, value.end) == (rule, None, None)
    parsed = rrulestr(rule.replace("RRULE:", ""), dtstart=datetime(2024, 1, 1))  # noqa: DTZ001 - rules know no zone
    assert parsed.after(datetime(2024, 1, 1)) is not None, "another library can read the rule"  # noqa: DTZ001


def test_a_recurrence_keeps_the_bounds_told_beside_it() -> None:
    (value,) = find_dates("Führungen von April bis Oktober 2024 jeden Sonntag um 11 Uhr.", REFERENCE)
    assert (value.start, value.end) == (date(2024, 4, 1), date(2024, 10, 31))
    assert value.rrule == "FREQ=WEEKLY;BYDAY=SU;BYHOUR=11;BYMINUTE=0"


@pytest.mark.parametrize("year", range(1995, 2051, 5))
def test_feasts_agree_with_the_official_days_of_all_states(year: int) -> None:
    names = {
        "Neujahr": "neujahr",
        "Heilige Drei Könige": "dreikönig",
        "Karfreitag": "karfreitag",
        "Ostersonntag": "ostersonntag",
        "Ostermontag": "ostermontag",
        "Erster Mai": "tag der arbeit",
        "Christi Himmelfahrt": "himmelfahrt",
        "Pfingstsonntag": "pfingstsonntag",
        "Pfingstmontag": "pfingstmontag",
        "Fronleichnam": "fronleichnam",
        "Mariä Himmelfahrt": "mariä himmelfahrt",
        "Tag der Deutschen Einheit": "tag der deutschen einheit",
        "Reformationstag": "reformationstag",
        "Allerheiligen": "allerheiligen",
        "Buß- und Bettag": "buß- und bettag",
        "Erster Weihnachtstag": "1. weihnachtstag",
        "Zweiter Weihnachtstag": "2. weihnachtstag",
        "Internationaler Frauentag": "frauentag",
        "Weltkindertag": "weltkindertag",
        "Augsburger Hohes Friedensfest": "friedensfest",
    }
    checked = set()
    for state in holidays.country_holidays("DE").subdivisions:
        official = holidays.country_holidays(
            "DE", subdiv=state, years=year, categories=("public", "catholic"), language="de"
        )
        for day, name in official.items():
            for part in name.split("; "):
                if part in names:
                    assert feast(names[part], year) == (day, day), (state, part)
                    checked.add(part)
    assert len(checked) >= 14, checked


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Am Donnerstag tagt der Rat.", "2024-05-16"),
        ("Der Rat hat am Donnerstag beschlossen.", "2024-05-09"),
        ("Am Donnerstag besuchte die Ministerin das Rathaus.", "2024-05-09"),
        ("Die Wahl vom Sonntag ist ausgezählt.", "2024-05-12"),
        ("Seit Montag ist die Brücke offen.", "2024-05-13"),
    ],
)
def test_a_weekday_alone_goes_by_the_tense_of_its_sentence(text: str, day: str) -> None:
    (value,) = find_dates(text, REFERENCE)
    assert shown(value.start) == day and value.confidence < 0.8


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Einsendeschluss für den Fotowettbewerb der Stadt ist der 15. August 2024.", "..", "2024-08-15"),
        ("Frist für Stellungnahmen: 9. August 2024", "..", "2024-08-09"),
        ("In zwei Tagen endet die Bewerbungsfrist.", "..", "2024-05-17"),
        ("Vom 1. Juni an gilt der neue Plan.", "2024-06-01", ".."),
        ("Die Nacht der Museen dauert am 17. August 2024 von 18 bis 1 Uhr.", "2024-08-17T18:00", "2024-08-18T01:00"),
        ("Freitagabend um 8 Uhr", "2024-05-17T20:00", "2024-05-17T20:00"),
        ("Das erste Modem piepte 1996.", "1996-01-01", "1996-12-31"),
        ("in den 1990er Jahren", "1990-01-01", "1999-12-31"),
        ("am 5. Febuar 2024", "2024-02-05", "2024-02-05"),
        ("am l2. Mai 2O24", "2024-05-12", "2024-05-12"),
        ("am dritten Advent 2024", "2024-12-15", "2024-12-15"),
        ("an Mariä Himmelfahrt 2024", "2024-08-15", "2024-08-15"),
        ("zum Jahreswechsel 2024/25", "2024-12-31", "2025-01-01"),
        ("im Wintersemester 2024/25", "2024-10-01", "2025-03-31"),
        ("am zweiten Samstag im September 2024", "2024-09-14", "2024-09-14"),
        ("in den nächsten zwei Wochen", "2024-05-15", "2024-05-29"),
        ("Gesperrt vom 8. Mai 2024 20 Uhr bis 9. Mai 2024 5 Uhr", "2024-05-08T20:00", "2024-05-09T05:00"),
        ("Am Wochenende 8./9. Juni ist Stadtfest.", "2024-06-08", "2024-06-09"),
        ("Nächste Woche am Mittwoch um 18 Uhr", "2024-05-22T18:00", "2024-05-22T18:00"),
        ("in KW 12 bis 14/2024", "2024-03-18", "2024-04-07"),
    ],
)
def test_running_text(text: str, start: str, end: str) -> None:
    (value,) = find_dates(text, REFERENCE)
    assert (shown(value.start), shown(value.end)) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "Die Straße des 17. Juni wird saniert.",
        "Die Agenda 2030 gilt weiter.",
        "Ein BMW 2002 stand im Museum.",
        "Der Verein Freitag & Partner GmbH",
        "Raum 2.05 und Raum 2.06",
        "Herr Silvester Brandl kam.",
        "die Stadt von morgen",
        "Rund 2024 Menschen kamen.",
        "zur Mai-Bowle im Hof",
        "das heute-journal",
        "ein Format von 1920 x 1080 Punkten",
        "zwei bis drei Wochen lang",
        "der Bebauungsplan Nr. 12/2024",
        "die Beschlussvorlage 05/2026",
    ],
)
def test_lookalikes_of_dates_are_none(text: str) -> None:
    assert [v.raw for v in find_dates(text, REFERENCE)] == []


@pytest.mark.parametrize("reference", [date(1, 1, 1), date(1949, 12, 31), date(2099, 12, 31), date(9999, 12, 31)])
def test_a_reference_out_of_all_ages_is_none(reference: date) -> None:
    for text in ("kommende Woche", "vorgestern", "am Montag", "zum Jahreswechsel", "letzten Winter", "in 400 Tagen"):
        assert find_dates(text, reference) == [] and parse_date(text, reference) is None


@given(st.dates(date(1950, 1, 1), date(2095, 12, 31)), st.sampled_from("heute Abend|gestern|kommende Woche|in 400 Tagen|vor 40 Jahren|letzten Winter|seit 40 Jahren|am Montag|zum Jahreswechsel|nächstes Ostern|am 29. Februar|übernächsten Monat|Ende nächsten Jahres|im nächsten Schuljahr|am letzten Freitag im Februar".split("|")))  # fmt: skip
def test_every_day_of_writing_will_do(reference: date, text: str) -> None:
    assert all(v.start is None or v.end is None or shown(v.start) <= shown(v.end) for v in find_dates(text, reference))
