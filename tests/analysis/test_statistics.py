"""Each statistic against an independent implementation, or an example worked out by hand."""

from __future__ import annotations

from datetime import date
from math import log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cosine

from mpsc_crawler.analysis.intervals import wilson
from mpsc_crawler.analysis.keyness import g_squared, keyness
from mpsc_crawler.analysis.observed import Look, days_within, gaps, observed
from mpsc_crawler.analysis.relations import clusters, cooccurrence, neighbours, similarity
from mpsc_crawler.analysis.series import Counted, period_of, periods_between, series
from mpsc_crawler.analysis.spread import adoption, days_to_half, lead_lag


def day(text: str) -> date:
    return date.fromisoformat(text)


@given(st.integers(0, 300), st.integers(1, 300), st.sampled_from([0.9, 0.95, 0.99]))
def test_wilson_is_scipys(hits: int, total: int, confidence: float) -> None:
    hits = min(hits, total)
    expected = stats.binomtest(hits, total).proportion_ci(confidence, method="wilson")
    assert wilson(hits, total, confidence) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_wilson_of_nothing_knows_nothing_and_of_nonsense_refuses() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    for hits, total, confidence in ((2, 1, 0.95), (-1, 3, 0.95), (1, 2, 1.0)):
        with pytest.raises(ValueError, match=r"no share|between 0 and 1"):
            wilson(hits, total, confidence)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(51, 500), st.integers(51, 500))
def test_g_squared_is_scipys_log_likelihood(a: int, b: int, total_a: int, total_b: int) -> None:
    if a + b == 0:
        assert g_squared(a, b, total_a, total_b) == 0
        return
    table = [[a, b], [total_a - a, total_b - b]]
    expected = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
    assert g_squared(a, b, total_a, total_b) == pytest.approx(expected, abs=1e-7)


def test_log_odds_with_a_prior_as_worked_out_by_hand() -> None:
    # two words, 10 uses a side; prior of strength 10 shared 14 : 6 among 20, that is 7 and 3
    found = {key.name: key for key in keyness({"netz": 8, "rad": 2}, {"netz": 6, "rad": 4}, strength=10, least=1)}
    odds_a, odds_b = log((8 + 7) / (20 - 15)), log((6 + 7) / (20 - 13))
    assert found["netz"].log_odds == pytest.approx(odds_a - odds_b)
    assert found["netz"].z == pytest.approx((odds_a - odds_b) / (1 / 15 + 1 / 13) ** 0.5)
    assert found["rad"].z < 0 < found["netz"].z
    assert [key.name for key in keyness({"netz": 8, "rad": 2}, {"netz": 6, "rad": 4}, least=7)] == ["netz"]
    with pytest.raises(ValueError, match="without any word"):
        keyness({}, {"rad": 1})


def test_a_list_read_to_its_end_observes_back_to_its_oldest_entry_and_gaps_stay_open() -> None:
    first = Look(day("2024-05-10"), day("2023-01-05"), complete=True, nothing_new=False)
    known = Look(day("2024-05-20"), None, complete=False, nothing_new=True)
    assert observed([known, first]) == [(day("2023-01-05"), day("2024-05-20"))]
    late = Look(day("2024-09-01"), day("2024-08-11"), complete=False, nothing_new=False)
    spans = observed([first, known, late])
    assert spans == [(day("2023-01-05"), day("2024-05-20")), (day("2024-08-11"), day("2024-09-01"))]
    assert gaps(spans) == [(day("2024-05-21"), day("2024-08-10"))]
    reaching = Look(day("2024-09-01"), day("2024-05-19"), complete=False, nothing_new=False)
    assert observed([first, known, reaching]) == [(day("2023-01-05"), day("2024-09-01"))]
    # a first look that did not read the list to its end says nothing of the time before
    assert observed([Look(day("2024-05-10"), day("2023-01-05"), complete=False, nothing_new=False)]) == [
        (day("2024-05-10"), day("2024-05-10"))
    ]
    assert observed([]) == []
    assert days_within(spans, day("2024-05-19"), day("2024-08-12")) == 4


def frame(rows: list[tuple[int, str | None, int, bool]]) -> pd.DataFrame:
    told = pd.DataFrame(rows, columns=["source", "day", "articles", "observed"])
    return told.assign(day=pd.to_datetime(told["day"]).astype("datetime64[s]"))


def test_a_series_as_worked_out_by_hand() -> None:
    base = frame(
        [(1, "2024-01-10", 4, True), (1, "2024-02-20", 2, True), (2, "2024-01-31", 6, False), (2, None, 3, False)]
    )
    hits = frame([(1, "2024-01-10", 1, True), (2, "2024-01-31", 6, False), (2, None, 1, False)])
    spans = {1: [(day("2024-01-01"), day("2024-02-10"))]}
    told = series(Counted(hits, base), {1: ["a"], 2: ["a", "b"]}, spans, "month")
    rows = {(str(r.period)[:10], r.group): r for r in told.itertuples()}
    january = rows["2024-01-01", "a"]
    assert (january.articles, january.of, january.observed_articles, january.observed_of) == (7, 10, 1, 4)
    assert january.share == 0.25 and (january.low, january.high) == pytest.approx(wilson(1, 4))
    assert january.observed == pytest.approx(31 / 62)  # all January of one of two sources
    assert rows["2024-02-01", "a"].observed == pytest.approx(10 / 58) and rows["2024-02-01", "a"].articles == 0
    unseen = rows["2024-01-01", "b"]
    assert (unseen.articles, unseen.of, unseen.observed) == (6, 6, 0) and np.isnan(unseen.share)
    assert (rows["NaT", "b"].articles, rows["NaT", "b"].of) == (1, 3)
    assert ("NaT", "a") in rows and rows["2024-02-01", "b"].of == 0
    assert len(series(Counted(hits[:0], base[:0]), {}, {}, "month")) == 0


def test_periods() -> None:
    days = pd.Series(pd.to_datetime(["2024-01-31", "2024-12-31", "2023-05-01", None])).astype("datetime64[s]")
    assert [str(d)[:10] for d in period_of(days, "quarter")] == ["2024-01-01", "2024-10-01", "2023-04-01", "NaT"]
    assert [str(d)[:10] for d in period_of(days, "year")] == ["2024-01-01", "2024-01-01", "2023-01-01", "NaT"]
    assert periods_between(day("2023-11-30"), day("2024-02-01"), "month") == [
        day("2023-11-01"), day("2023-12-01"), day("2024-01-01"), day("2024-02-01"),
    ]  # fmt: skip
    assert periods_between(day("2023-11-30"), day("2024-02-01"), "quarter") == [day("2023-10-01"), day("2024-01-01")]


def test_adoption_by_hand() -> None:
    first = {"jena": day("2021-03-01"), "gera": day("2022-01-01"), "suhl": day("2021-03-01"), "ulm": day("2023-06-01")}
    since = {"jena": day("2020-01-01"), "gera": day("2022-01-01"), "ulm": day("2023-01-01")}
    told = adoption(first, since, of=8)
    assert [(a.name, a.rank, a.share, a.certain) for a in told] == [
        ("jena", 1, 0.125, True), ("suhl", 1, 0.25, False), ("gera", 3, 0.375, False), ("ulm", 4, 0.5, True),
    ]  # fmt: skip
    assert days_to_half(told, 8) == (day("2023-06-01") - day("2021-03-01")).days
    assert days_to_half(told, 9) is None and days_to_half([], 4) is None


def test_lead_lag_finds_the_shift_and_is_scipys_correlation() -> None:
    a: list[float | None] = [0.1, 0.5, 0.2, 0.9, None, 0.4, 0.3, 0.8, 0.1, 0.7]
    b: list[float | None] = [0.0, 0.3, *a[:-2]]
    told = {shift: (value, pairs) for shift, value, pairs in lead_lag(a, b, 3)}
    best = max((value or -1, shift) for shift, (value, _) in told.items())
    assert best[1] == 2 and best[0] == pytest.approx(1)
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    assert told[0] == (pytest.approx(stats.pearsonr(*zip(*pairs, strict=True)).statistic), len(pairs))
    assert lead_lag([1, 1, 1], [1, 2, 3], 0) == [(0, None, 3)]
    with pytest.raises(ValueError, match="same periods"):
        lead_lag([1], [1, 2], 0)


def test_cooccurrence_by_hand() -> None:
    coded = pd.DataFrame({"article": [1, 1, 2, 2, 2, 3], "topic": ["a", "b", "a", "b", "c", "a"]})
    told = cooccurrence(coded, 10).set_index(["a", "b"])
    assert tuple(told.loc[("a", "b")][["both", "articles_a", "articles_b"]]) == (2, 3, 2)
    assert told.loc[("a", "b"), "expected"] == pytest.approx(0.6)
    assert told.loc[("a", "b"), "pmi"] == pytest.approx(np.log2(2 / 0.6))
    assert told.loc[("a", "b"), "jaccard"] == pytest.approx(2 / 3)
    assert len(cooccurrence(coded[:0], 10)) == 0


def test_similarity_is_scipys_and_nothing_is_like_nothing() -> None:
    profiles = pd.DataFrame(
        [[0.5, 0.1, 0], [0.4, 0.2, 0.1], [0, 0, 0]], index=["jena", "gera", "suhl"], columns=list("xyz")
    )
    told = similarity(profiles)
    assert told.loc["jena", "gera"] == pytest.approx(1 - cosine(profiles.loc["jena"], profiles.loc["gera"]))
    assert np.isnan(told.loc["suhl", "jena"]) and told.loc["jena", "jena"] == pytest.approx(1)
    assert list(neighbours(told, 1)["b"]) == ["gera", "jena"]


def test_clusters_keep_alike_profiles_together() -> None:
    profiles = pd.DataFrame(
        [[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9], [1, 0.05]], index=list("abcde"), columns=["x", "y"]
    )
    assert dict(clusters(profiles, 2)) == {"a": 1, "b": 1, "e": 1, "c": 2, "d": 2}
    with pytest.raises(ValueError, match="fewer than two"):
        clusters(profiles[:1], 2)
