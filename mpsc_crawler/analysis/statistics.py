"""Official statistics beside what the corpus tells, joined by the key of the municipality (AGS).

Tables are those of the statistical offices (regionalstatistik.de, GENESIS and the like): CSV, often with lines of title above and notes below,
semicolons, decimal commas, and signs in the place of numbers (DIN 55301): ``-`` is nothing, so 0; ``.``, ``...``, ``/``, ``x`` are unknown.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mpsc_crawler.analysis.errors import StatisticsError
from mpsc_crawler.sources.registry import municipalities

_KEY_NAMES = re.compile(
    r"(ags|ars|rs|gemeinde-?schl(ü|ue)ssel|amtlicher.*schl(ü|ue)ssel|regional-?schl(ü|ue)ssel|schl(ü|ue)ssel|1_auspraegung_code|kreis-?schl(ü|ue)ssel)",
    re.I,
)
_UNKNOWN = frozenset((".", "...", "…", "/", "x", "X", "", "•"))
_MOST_TOLD = 8


def read_statistics(
    path: Path, *, key: str | None = None, values: Sequence[str] | None = None, drop_unknown: bool = False
) -> pd.DataFrame:
    """Read a table of official statistics.

    :param key: the column that holds the keys; found by its name or its content if ``None``.
    :param values: the columns to keep; all that hold numbers if ``None``.
    :param drop_unknown: leave out keys that the register does not know, in the place of refusing the table.
    :returns: a row for each municipality or district, by ``ags`` (8 digits; a district's key has 5), with ``float`` columns. ``attrs`` tell
        what was ``dropped`` and what was ``restored`` (keys whose leading zero a spreadsheet took away).
    :raises StatisticsError: no key or value column is found, keys are of states, occur twice, or are not those of the register's territory.
    """
    rows, columns = _table(path, key)
    name = key or _key_column(rows, columns)
    if name not in columns:
        raise StatisticsError(f"{path}: no column {name!r}; there are: {', '.join(columns)}")
    at = columns.index(name)
    told = list(values) if values is not None else _number_columns(rows, columns, at)
    missing = [column for column in told if column not in columns]
    if missing or not told:
        raise StatisticsError(
            f"{path}: no column {', '.join(missing) or 'with numbers'}; there are: {', '.join(columns)}"
        )
    register = municipalities()
    found: dict[str, list[float]] = {}
    problems: list[str] = []
    dropped: list[str] = []
    restored: list[str] = []
    for row in rows:
        written = row[at].strip()
        if not re.fullmatch(r"\d{1,12}", written):
            continue  # titles between, sums, and the notes below
        ags, why = _key(written, register)
        if ags is None:
            (dropped if drop_unknown and "register" in why else problems).append(f"{written}: {why}")
            continue
        if len(written) in (4, 7, 11):
            restored.append(ags)
        if ags in found:
            problems.append(
                f"{ags}: occurs twice; a table with several years or sexes must be narrowed to one row for each key"
            )
            continue
        found[ags] = [_number(row[columns.index(column)], path, ags, column) for column in told]
    if problems:
        more = [f"… and {len(problems) - _MOST_TOLD} more"] if len(problems) > _MOST_TOLD else []
        raise StatisticsError("\n".join(f"{path}: {line}" for line in [*problems[:_MOST_TOLD], *more]))
    if not found:
        raise StatisticsError(f"{path}: no row with a key of the register in column {name!r}")
    frame = pd.DataFrame.from_dict(found, orient="index", columns=told, dtype="float64").rename_axis("ags").sort_index()
    frame.attrs.update(dropped=dropped, restored=restored)
    return frame


def join(frame: pd.DataFrame, statistics: pd.DataFrame, *, on: str = "group") -> pd.DataFrame:
    """What the corpus tells per municipality, with the statistics of each beside it.

    :param frame: such as ``corpus.timeline(per="municipality")``; its column ``on`` holds keys (AGS).
    :returns: all rows of ``frame``, in their order; unknown where the statistics have none. ``attrs["without"]`` names those.
    :raises StatisticsError: the column holds no keys, or statistics would take the place of a column.
    """
    if on not in frame.columns:
        raise StatisticsError(f"no column {on!r}; there are: {', '.join(map(str, frame.columns))}")
    keys = frame[on].astype("str")
    if not keys.str.fullmatch(r"\d{5}(\d{3})?").any():
        raise StatisticsError(f"column {on!r} holds no keys; count per municipality (per='municipality')")
    twice = sorted(set(frame.columns) & set(statistics.columns))
    if twice:
        raise StatisticsError(f"both tables have {', '.join(twice)}; rename the statistics' columns")
    joined = frame.join(statistics, on=on)
    without = sorted(set(keys) - set(statistics.index) - {"unknown"})
    joined.attrs = {**frame.attrs, "without": without}
    return joined


def _key(written: str, register: Mapping[str, object]) -> tuple[str | None, str]:
    """The key as the register has it, or why not."""
    digits = written.zfill({4: 5, 7: 8, 11: 12}.get(len(written), len(written)))
    if len(digits) in (1, 2):
        return None, "is the key of a state; municipalities (8 digits) or districts (5) are needed"
    if len(digits) == 3:
        return None, "is the key of a Regierungsbezirk; municipalities (8 digits) or districts (5) are needed"
    if len(digits) == 12:
        digits = digits[:5] + digits[9:]  # the ARS names the association of municipalities between
    if digits in register:
        return digits, ""
    if len(digits) == 5 and f"{digits}000" in register:
        return f"{digits}000", ""  # a town that is a district of its own
    return None, (
        "is not in the register (territory of 31.12.2020): merged, founded or renamed since, or older. Recalculate the table to that"
        " territory, or leave such rows out (drop_unknown)"
    )


def _table(path: Path, key: str | None) -> tuple[list[list[str]], list[str]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StatisticsError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")  # what the offices' downloads often are
    delimiter = max(";,\t", key=text.count)
    lines = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines(), delimiter=delimiter)]
    for at, row in enumerate(lines):
        named = [cell for cell in row if cell == key or (key is None and _KEY_NAMES.fullmatch(cell))]
        if named:
            width = len(row)
            return [line + [""] * (width - len(line)) for line in lines[at + 1 :] if line], row
    wanted = f"a column {key!r}" if key else "a column of keys (AGS, Schlüssel, 1_Auspraegung_Code …); name it"
    raise StatisticsError(f"{path}: has no head with {wanted}")


def _key_column(rows: list[list[str]], columns: list[str]) -> str:
    return next(name for name in columns if _KEY_NAMES.fullmatch(name))


def _number_columns(rows: list[list[str]], columns: list[str], at: int) -> list[str]:
    data = [row for row in rows if re.fullmatch(r"\d{1,12}", row[at])]
    found = []
    for number, name in enumerate(columns):
        told = [row[number] for row in data if number < len(row) and row[number] not in _UNKNOWN | {"-"}]
        if number != at and name and told and all(_plain(value) is not None for value in told):
            found.append(name)
    return found


def _plain(value: str) -> float | None:
    text = value.replace("\u00a0", "").replace(" ", "")
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", text) or "," in text:
        text = text.replace(".", "").replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return None


def _number(value: str, path: Path, ags: str, column: str) -> float:
    if value in _UNKNOWN:
        return float("nan")
    if value in ("-", "–"):
        return 0.0
    told = _plain(value)
    if told is None:
        raise StatisticsError(f"{path}: {ags}, {column}: {value!r} is no number")
    return told
