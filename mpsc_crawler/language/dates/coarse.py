"""Coarse dates: months, seasons, quarters, half-years, weeks, years and their parts."""

from __future__ import annotations

from datetime import date

from mpsc_crawler.language.dates.calendar import add_months
from mpsc_crawler.language.dates.tokens import SHIFTS, Reader
from mpsc_crawler.language.dates.values import Part, Unit

_PARTS_OF_YEAR = {"jahresende": 3, "jahresanfang": 1, "jahresmitte": 2}
_ISSUE_WORDS = frozenset(("ausgabe", "stand", "heft", "nr"))


_OF_NUMBERS = (
    "nr",
    "az",
    "vorlage",
    "drucksache",
    "plan",
    "nummer",
    "aktenzeichen",
    "antrag",
    "satzung",
    "beschluss",
    "akte",
)


def before_number(words: list[str], index: int) -> bool:
    """Whether what stands before a number says that it counts files: "Nr.", "Az.", "Beschlussvorlage"."""
    near = [word.lower() for word in words[max(0, index - 3) : index]]
    return any(word.endswith(_OF_NUMBERS) for word in near)


class CoarseReader(Reader):
    """Reads what is coarser than a day."""

    def _coarse(self, index: int) -> tuple[Part, int] | None:
        portion = {"part1": 1, "part2": 2, "part3": 3}.get(self.kind(index), 0)
        kind = self.kind(index)
        if kind in _PARTS_OF_YEAR:
            return self._year_of(Part("year", portion=_PARTS_OF_YEAR[kind], rule="year-part"), index + 1)
        if kind in ("monatsende", "monatsanfang"):
            return self._part_of_month(index + 1, 3 if kind == "monatsende" else 1)
        if kind == "jahreswechsel":
            return self._turn_of_year(index)
        at = index
        if portion:
            at = self.skip(index + 1, "article")
        years = self._shifted_year(at, portion)
        if years is not None:
            return years
        kind = self.kind(at)
        if portion and kind in (*SHIFTS, "monat"):
            month = at + 1 if kind in SHIFTS else at
            if self.kind(month) == "monat":
                return self._part_of_month(month + 1, portion, SHIFTS.get(kind, 0))
        if kind == "month":
            part, after = self._with_year(Part("month", month=self.value(at), portion=portion, rule="month"), at + 1)
            if part.year is None and self.kind(index - 1) == "article" and self._year_of_months(index - 2):
                return self._filled(part, self.value(index - 2)), after  # "2024 im März, Juni und September"
            return part, after
        if kind == "season":
            return self._with_year(Part("season", index=self.value(at), portion=portion, rule="season"), at + 1)
        if kind == "jahr" and (portion or self.year(at + 1, 1000) is not None):
            return self._year_of(Part("year", portion=portion, rule="year-part" if portion else "year"), at)
        if portion:
            year = self.year(at)
            return self._bare_year(at, year, portion) if year is not None else None
        return self._decade(at) or self._quarter(at) or self._week(at) or self._term(at)

    def _coarse_number(self, index: int) -> tuple[Part, int] | None:
        """``2024``, "1990er Jahre", "11/2018"."""
        old = self.words[index - 1].lower() in ("seit", "anno", "wurde")
        year = self.year(index, 1000 if old else 1900)
        if self.glued(index + 1) and self.words[index + 1] in ("er", "ern"):
            return self._decade(index)
        return self._bare_year(index, year, 0) if year is not None else self._month_number(index)

    def _year_of_months(self, index: int) -> bool:
        """Whether a year stands here that months follow: "2024 im März"."""
        behind = self.words[index + 1].lower() == "im" and self.kind(index + 2) == "month"
        return index >= 0 and self.year(index) is not None and behind and self.year(index + 3) is None

    def _shifted_year(self, at: int, portion: int) -> tuple[Part, int] | None:
        """``im kommenden Jahr``, "Ende letzten Jahres", "im Vorjahr", "heuer"."""
        if self.reference is None:
            return None
        kind = self.kind(at)
        if kind in ("previous-year", "heuer"):
            year = self.reference.year - (kind == "previous-year")
            return Part("year", year=year, portion=portion, rule="relative-year"), at + 1
        shift = SHIFTS.get(kind)
        word = self.words[at + 1].lower()
        if (
            shift is None
            or self.kind(at + 1) != "jahr"
            or word == "jahren"
            or not (shift or portion or word != "jahre")
        ):
            return None
        if self.year(at + 2) is not None:
            return Part("year", year=self.value(at + 2), portion=portion, rule="year"), at + 3
        return Part("year", year=self.reference.year + shift, portion=portion, rule="relative-year"), at + 2

    def _part_of_month(self, after: int, portion: int, shift: int = 0) -> tuple[Part, int] | None:
        if self.reference is None:
            return None
        month = add_months(self.reference.replace(day=1), shift)
        return Part("month", year=month.year, month=month.month, portion=portion, rule="relative-month"), after

    def _turn_of_year(self, index: int) -> tuple[Part, int] | None:
        """``zum Jahreswechsel 2024/25``: 31 December and 1 January."""
        year = self.year(index + 1)
        after = index + 2 if year is not None else index + 1
        if year is not None and self.kind(after) == "/" and self.kind(after + 1) == "num":
            after += 2
        elif year is None and self.reference is not None:
            year = self.reference.year - (self.reference.month <= 3)
        if year is None:
            return None
        return Part("day", exact=(date(year, 12, 31), date(year + 1, 1, 1)), rule="turn-of-year"), after

    def _decade(self, index: int) -> tuple[Part, int] | None:
        """``in den 1990er Jahren``, "90er-Jahre", "neunziger Jahre"."""
        first: int | None = None
        after = index + 1
        if self.kind(index) == "decade":
            return Part("year", year=self.value(index), year_end=self.value(index) + 9, rule="decade"), after
        if self.kind(index) == "decades":
            first = self.value(index)
        elif self.words[index + 1] in ("er", "ern") and self.glued(index + 1):
            first = self.year(index)
            short = self.number(index, 10, 90, (2,))
            if first is None and short is not None:
                first = (1900 if short >= 30 else 2000) + short
            after = index + 2
        if first is None or first % 10:
            return None
        after = self.skip(after, "-")
        if self.kind(after) != "jahr" or self.words[after].lower() not in ("jahre", "jahren"):
            return None
        return Part("year", year=first, year_end=first + 9, rule="decade"), after + 1

    def _century(self, index: int) -> tuple[Part, int] | None:
        read = self.ordinal(index, 21)
        if read is None or read[0] < 20 or self.kind(read[1]) != "century":
            return None  # earlier ones are history, beyond the years that are told here
        first = (read[0] - 1) * 100 + 1
        return Part("year", year=first, year_end=first + 99, rule="century"), read[1] + 1

    def _term(self, index: int) -> tuple[Part, int] | None:
        """School years and semesters: "Schuljahr 2024/25", "Wintersemester 2024/2025", "Sommersemester 2025"."""
        kind = self.kind(index)
        if kind not in ("schuljahr", "wintersemester", "sommersemester"):
            return None
        first = self.year(index + 1)
        if first is None:
            short = self.number(index + 1, 0, 98, (2,))
            if short is None or self.kind(index + 2) not in ("/", "-") or self.number(index + 3, 0, 99, (2,)) is None:
                return None
            first = 2000 + short
        after = index + 2
        second = None
        if self.kind(after) in ("/", "-") and self.glued(after):
            second = self.year(after + 1) or self.number(after + 1, 0, 99, (2,))
            after += 2 if second is not None else 0
        if kind == "sommersemester":
            return Part("year", exact=(date(first, 4, 1), date(first, 9, 30)), rule="semester"), after
        if second is not None and (second - first) % 100 != 1:
            return None
        if kind == "wintersemester":
            return Part("year", exact=(date(first, 10, 1), date(first + 1, 3, 31)), rule="semester"), after
        if second is None:
            return None
        return Part("year", exact=(date(first, 8, 1), date(first + 1, 7, 31)), rule="school-year"), after

    def _year_of(self, part: Part, index: int) -> tuple[Part, int] | None:
        at = self.skip(index, "article", "jahr")
        year = self.year(at, 1000 if self.kind(at - 1) == "jahr" else 1900)
        if year is None:
            if self.reference is None or self.kind(at) == "num":
                return None
            part.year = self.reference.year
            return part, self.skip(index, "jahr") if self.kind(index) == "jahr" else (
                at if self.kind(at - 1) == "jahr" else index
            )
        return self._bare_year(at, year, part.portion)

    def _bare_year(self, index: int, year: int, portion: int) -> tuple[Part, int] | None:
        if (
            self.glued(index)
            and self.kind(index - 1) in ("-", ".", ",", "/", ":")
            and self.kind(index - 2) == "num"
            and self.strict
            and self.year(index - 2) is None
        ):
            return None
        after = index + 1
        if (
            self.kind(after) in (".", ",", ":")
            and self.glued(after)
            and self.kind(after + 1) == "num"
            and self.glued(after + 1)
        ):
            return None
        part = Part("year", year=year, portion=portion, rule="year")
        if self.kind(after) == "/" and self.glued(after) and self.glued(after + 1):
            full, short = self.year(after + 1), self.number(after + 1, 0, 99, (2,))
            second = full if full is not None else (year // 100 * 100 + short if short is not None else None)
            if second is not None and 0 < second - year <= 10:
                part.year_end, part.rule = second, "years"
                return part, after + 2
            if full is None and self.kind(after + 1) == "num":
                return None
        return part, after

    def _quarter(self, index: int) -> tuple[Part, int] | None:
        last = 0
        read = self.ordinal(index, 4)
        at = index
        if read is not None:
            ordinal, at = read
            if self.kind(at) in ("und", "/", "bis", "-") and (further := self.ordinal(at + 1, 4)) is not None:
                if self.kind(at) in ("und", "/") and further[0] != ordinal + 1:
                    return None  # "im 1. und 3. Quartal"
                last, at = further
        else:
            ordinal = 0
        kind = self.kind(at)
        if kind in ("quartal", "halbjahr") and ordinal:
            if kind == "halbjahr" and (ordinal > 2 or last):
                return None
            at += 1
            if self.kind(at) == "/":
                at += 1
            unit: Unit = "quarter" if kind == "quartal" else "half"
            part = Part(unit, index=ordinal, index_end=last if last > ordinal else 0, rule=unit)
            return self._with_year(part, at)
        if kind in ("quartal", "q") and not ordinal:
            roman = self.kind(at + 1) == "ordinal" and kind == "quartal" and self.words[at + 1].isupper()
            number = self.value(at + 1) if roman else self.number(at + 1, 1, 4, (1,))
            if number is not None and (kind == "quartal" or self.glued(at + 1)):
                after = at + 2
                if self.kind(after) in ("/", "-"):
                    after += 1
                return self._with_year(Part("quarter", index=number, rule="quarter"), after)
        return None

    def _week(self, index: int) -> tuple[Part, int] | None:
        """``KW 12/2024``, "12. Kalenderwoche", "KW 12 bis 14"."""
        at, last = index, 0
        if self.kind(index) == "kw":
            at = self.skip(index + 1, ".", "-")
            number = self.number(at, 1, 53, (1, 2))
            at += 1
            second = self.number(at + 1, 1, 53, (1, 2)) if self.kind(at) in ("-", "bis", "und") else None
            if second is not None and self.kind(at + 2) not in (".", ":"):
                last, at = second, at + 2
        else:
            read = self.ordinal(index, 53) if self.kind(index) == "num" else None
            number = read[0] if read is not None else None
            at = read[1] if read is not None else index
            if self.kind(at) in ("und", "bis", "-", "/") and (further := self.ordinal(at + 1, 53)) is not None:
                last, at = further
            if self.kind(at) != "kw":
                return None
            at += 1
        if number is None:
            return None
        if self.kind(at) == "/":
            at += 1
        if self.kind(at) == "(" and self.year(at + 1) is not None:
            at += 1
        part = Part("week", index=number, index_end=last if last > number else 0, rule="week")
        return self._with_year(part, at)

    def _month_number(self, index: int) -> tuple[Part, int] | None:
        """``11/2018``, ``03.2020`` and "Ausgabe 8-2021"."""
        month, year = self.number(index, 1, 12, (1, 2)), self.year(index + 2)
        if month is None or year is None or not (self.glued(index + 1) and self.glued(index + 2)):
            return None
        joined = self.kind(index - 1) == "-" and self.kind(index - 3) == "/" and self.year(index - 2) is not None
        if self.glued(index) and self.kind(index - 1) in (".", "/", "-", ":", ",") and not joined:
            return None
        further = self.kind(index + 5) == "/" and self.year(index + 6) is not None
        if (
            self.strict
            and (self._noun(index - 1) or self.kind(index - 1) in (".", "q"))
            and before_number(self.words, index)
        ):
            return None  # "Bebauungsplan Nr. 12/2024"
        sign, word = self.kind(index + 1), self.words[index]
        before = self.words[index - 1].lower()
        if (
            not further
            and self.kind(index + 3) in ("-", ".", "/")
            and self.glued(index + 4)
            and self.kind(index + 4) == "num"
        ):
            return None
        if (
            (sign == "/" and len(word) == 2)
            or (sign in ("/", "-", ".") and before in _ISSUE_WORDS)
            or (
                sign in ("/", ".")
                and len(word) == 2
                and (self.kind(index - 1) in ("seit", "ab", "bis") or not self.strict)
            )
        ):
            return Part("month", year=year, month=month, rule="m/y"), index + 3
        return None
