"""Floors under the figures on the gold that ships with the benchmarks, so that nothing sinks unseen."""

from __future__ import annotations

import pytest

from benchmarks import german


def test_dates_in_sentences_and_none_in_traps() -> None:
    tally, traps, false, _ = german.dates("dates_test")
    assert tally.f1 >= 0.93 and false / traps <= 0.015


def test_topics_of_whole_articles() -> None:
    each, _ = german.topics("topics_test")
    assert sum(tally.f1 for tally in each.values()) / len(each) >= 0.83


def test_mentions() -> None:
    total, each = german.mentions("mentions_test")
    assert total.f1 >= 0.96 and min(tally.f1 for tally in each.values()) >= 0.94


@pytest.mark.parametrize(("which", "least"), [("names", 0.55), ("places", 0.5)])
def test_events(which: str, least: float) -> None:
    names, places, _ = german.events("dates_test")
    assert (names if which == "names" else places).f1 >= least
