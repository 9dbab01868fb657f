"""Is a source well? Judged by its own history; every figure here is worked out by hand in the comments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mpsc_crawler.operations.health import History, Look, Seen, fewer_than_before, findings, shorter_than_before

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def looks(*told: tuple[int, str, int]) -> tuple[Look, ...]:
    """Looks so many days ago, with status and number of links, oldest first."""
    return tuple(
        Look(NOW - timedelta(days=days), status, links, "dns" if status == "failed" else None)
        for days, status, links in told
    )


def history(told: tuple[Look, ...], published: tuple[date, ...] = (), seen: tuple[Seen, ...] = ()) -> History:
    return History("jena", told, published, seen)


def kinds(told: History) -> list[str]:
    return [finding.kind for finding in findings(told, NOW)]


def weekly(count: int, last: date) -> tuple[date, ...]:
    return tuple(last - timedelta(days=7 * n) for n in range(count))


def test_a_source_that_was_never_read_says_so() -> None:
    assert kinds(history(())) == ["never-read"]
    assert kinds(history(looks((1, "busy", 0)))) == ["never-read"]


def test_one_bad_day_is_no_alarm_but_three_are() -> None:
    fine = tuple((days, "done", 20) for days in range(20, 3, -1))
    published = weekly(10, date(2026, 2, 27))
    assert kinds(history(looks(*fine, (1, "failed", 0)), published)) == []
    assert kinds(history(looks(*fine, (2, "failed", 0), (1, "failed", 0), (0, "failed", 0)), published)) == ["failing"]
    found = findings(history(looks(*fine, (2, "failed", 0), (1, "failed", 0), (0, "failed", 0)), published), NOW)[0]
    assert "3 runs" in found.text and "2026-02-28" in found.text and "dns" in found.text
    three_within_an_hour = tuple(Look(NOW - timedelta(minutes=20 * n), "failed", 0, "dns") for n in range(2, -1, -1))
    assert kinds(history((*looks(*fine), *three_within_an_hour), published)) == []


def test_silence_is_measured_by_the_rhythm_of_the_source() -> None:
    read = looks((1, "done", 20))
    # weekly until 35 days ago: twice the longest pause is 14 days, but nobody is alarmed before 21
    assert kinds(history(read, weekly(12, date(2026, 1, 26)))) == ["silent"]
    assert kinds(history(read, weekly(12, date(2026, 2, 12)))) == []
    # once in two months: 35 days tell nothing
    assert kinds(history(read, tuple(date(2026, 1, 26) - timedelta(days=60 * n) for n in range(8)))) == []
    # four dates are no rhythm; a date ahead is none that was published
    assert kinds(history(read, weekly(4, date(2025, 1, 1)))) == []
    assert kinds(history(read, (date(2026, 9, 1), *weekly(12, date(2026, 1, 26))))) == ["silent"]


def test_links_that_halve_for_three_looks_are_told() -> None:
    fine = tuple((days, "done", 20) for days in range(20, 3, -1))
    published = weekly(10, date(2026, 2, 27))
    assert kinds(history(looks(*fine, (3, "done", 6), (2, "done", 7)), published)) == []
    assert kinds(history(looks(*fine, (3, "done", 6), (2, "done", 7), (1, "done", 6)), published)) == ["fewer-links"]
    # a list that answers "not modified" shows no links, and says nothing
    quiet = tuple((days, "done", 0) for days in (3, 2, 1))
    assert kinds(history(looks(*fine, *quiet), published)) == []


@pytest.mark.parametrize(
    ("have", "of", "had", "out_of", "expected"),
    [
        # 2 of 10 now, 30 of 30 before: C(8+... ): all 8 misses among the 10 newest of 40: C(10,8)/C(40,8) = 45/76904685
        (2, 10, 30, 30, 45 / 76904685),
        # nothing missing anywhere
        (10, 10, 30, 30, 1.0),
        # 1 of 2 now, 1 of 2 before: P(at most 1 of the 2 that have it among the 2 newest) = 1 - C(2,2)/C(4,2) = 5/6
        (1, 2, 1, 2, 5 / 6),
    ],
)
def test_fewer_than_before_is_fishers_exact_test(have: int, of: int, had: int, out_of: int, expected: float) -> None:
    assert fewer_than_before(have, of, had, out_of) == pytest.approx(expected)


def test_shorter_than_before_asks_how_likely_so_many_short_ones_are() -> None:
    before = list(range(100, 200))  # a tenth of them lies below 110
    # ten of ten below: 0.1 ** 10; none below: certain
    assert shorter_than_before([50] * 10, before) == pytest.approx(1e-10)
    assert shorter_than_before([150] * 10, before) == pytest.approx(1.0)


def seen(number: int, *, published: bool = True, words: int = 300, days: int = 100) -> tuple[Seen, ...]:
    return tuple(Seen(NOW - timedelta(days=days), published, True, True, words + n) for n in range(number))


def test_dates_that_are_no_longer_found_and_texts_that_collapse_are_told() -> None:
    read, published = looks(*((days, "done", 20) for days in range(20, 0, -1))), weekly(10, date(2026, 2, 27))
    before = seen(40)
    assert kinds(history(read, published, (*before, *seen(10, days=5)))) == []
    assert kinds(history(read, published, (*before, *seen(10, days=5, published=False)))) == ["published-missing"]
    assert kinds(history(read, published, (*before, *seen(10, days=5, words=20)))) == ["shorter-texts"]
    # three new articles are too few to tell
    assert kinds(history(read, published, (*before, *seen(3, days=5, published=False)))) == []


def test_the_first_run_is_no_sign_of_change_whatever_came_last_in_it() -> None:
    first = (*seen(25), *seen(20, published=False))
    assert kinds(history(looks((1, "done", 45)), weekly(10, date(2026, 2, 27)), first)) == []


def test_a_killed_run_says_nothing_of_a_source() -> None:
    failed = tuple((days, "failed", 0) for days in range(20, 1, -1))
    told = looks((30, "done", 20), *failed, (1, "killed", 0))
    assert kinds(history(told, weekly(10, date(2026, 2, 27)))) == ["failing"]
    never = findings(history(looks((1, "killed", 0))), NOW)
    assert [(finding.kind, finding.alarm) for finding in never] == [("never-read", False)]


def test_a_list_that_has_not_changed_is_not_a_shorter_list() -> None:
    busy = tuple(Look(NOW - timedelta(days=days), "done", 26) for days in range(15, 3, -1))
    quiet = tuple(Look(NOW - timedelta(days=days), "done", 6, None, 1) for days in (3, 2, 1))
    assert kinds(history((*busy, *quiet), weekly(10, date(2026, 2, 27)))) == []


def test_findings_name_what_to_do_and_come_worst_first() -> None:
    fine = tuple((days, "done", 20) for days in range(60, 10, -1))
    told = findings(
        history(looks(*fine, (4, "failed", 0), (2, "failed", 0), (0, "failed", 0)), weekly(12, date(2026, 1, 1))), NOW
    )
    assert [finding.kind for finding in told] == ["failing"], "a source that cannot be read is not blamed for silence"
    assert told[0].advice
