"""Tables as the statistical offices publish them: read, joined by key, or refused with what to do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mpsc_crawler.analysis.errors import StatisticsError
from mpsc_crawler.analysis.statistics import join, read_statistics

TABLE = """Tabelle: 12411-01-01-5
Bevölkerung nach Gemeinden;;;
Stichtag: 31.12.2019;;;

AGS;Gemeinde;Einwohner;Anteil unter 18
16053000;Jena, Stadt;111.343;15,9
16052000;Gera, Stadt;93.125;.
05978036;Unna, Stadt;58.936;-
1001000;Flensburg, Stadt;90.164;16,0
;Summe;353.568;
_____
© Statistisches Bundesamt
"""


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-8-sig"])
def test_a_table_of_an_office_is_read_as_it_comes(encoding: str, tmp_path: Path) -> None:
    told = read_statistics(write(tmp_path / "t.csv", TABLE, encoding))
    assert list(told.columns) == ["Einwohner", "Anteil unter 18"] and list(told.index) == [
        "01001000",
        "05978036",
        "16052000",
        "16053000",
    ]
    assert told.loc["16053000", "Einwohner"] == 111343 and told.loc["16053000", "Anteil unter 18"] == 15.9
    assert np.isnan(told.loc["16052000", "Anteil unter 18"]), "a dot is unknown"
    assert told.loc["05978036", "Anteil unter 18"] == 0, "a dash is nothing"
    assert told.attrs["restored"] == ["01001000"], "a leading zero that a spreadsheet took away"


def test_keys_of_other_forms_lead_to_the_same_municipality(tmp_path: Path) -> None:
    text = "Regionalschlüssel;Wert\n160530000000;1\n16052;2\n05978;3\n"
    told = read_statistics(write(tmp_path / "t.csv", text))
    assert dict(told["Wert"]) == {"16053000": 1, "16052000": 2, "05978": 3}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("AGS;Wert\n16;1\n", "is the key of a state"),
        ("AGS;Wert\n165;1\n", "Regierungsbezirk"),
        ("AGS;Wert\n16053000;1\n16053000;2\n", "occurs twice"),
        ("AGS;Wert\n99999999;1\n", "not in the register .territory of 31.12.2020"),
        ("Ort;Wert\nJena;1\n", "no head with a column of keys"),
        ("AGS;Name\n16053000;Jena\n", "no column with numbers"),
        ("AGS;Wert\nkeine;1\n", "no column with numbers"),
    ],
)
def test_what_cannot_be_joined_is_refused_with_what_to_do(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(StatisticsError, match=message):
        read_statistics(write(tmp_path / "t.csv", text))
    with pytest.raises(StatisticsError, match="cannot be read"):
        read_statistics(tmp_path / "none.csv")


def test_later_mergers_can_be_left_out_and_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "AGS;Wert\n99999999;1\n16053000;2\n")
    told = read_statistics(path, drop_unknown=True)
    assert list(told.index) == ["16053000"] and "99999999" in told.attrs["dropped"][0]
    with pytest.raises(StatisticsError, match="no column Wort; there are: AGS, Wert"):
        read_statistics(path, values=["Wort"], drop_unknown=True)
    with pytest.raises(StatisticsError, match="'viel' is no number"):
        read_statistics(write(tmp_path / "u.csv", "AGS;Wert\n16053000;viel\n"), values=["Wert"])


def test_joining_keeps_every_row_and_says_what_has_no_statistics() -> None:
    counts = pd.DataFrame({"group": ["16053000", "16052000", "unknown"], "articles": [3, 1, 2]})
    statistics = pd.DataFrame({"debt": [12.5]}, index=pd.Index(["16053000"], name="ags"))
    told = join(counts, statistics)
    assert list(told["articles"]) == [3, 1, 2] and told["debt"].iloc[0] == 12.5 and told["debt"].isna().sum() == 2
    assert told.attrs["without"] == ["16052000"]
    with pytest.raises(StatisticsError, match="count per municipality"):
        join(counts.assign(group="jena"), statistics)
    with pytest.raises(StatisticsError, match="rename the statistics' columns"):
        join(counts, statistics.rename(columns={"debt": "articles"}))
    with pytest.raises(StatisticsError, match="no column 'town'"):
        join(counts, statistics, on="town")
