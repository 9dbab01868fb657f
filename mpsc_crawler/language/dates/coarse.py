"""Coarse dates: months, seasons, quarters, half-years, weeks, years and their parts."""

from __future__ import annotations

from datetime import date

from mpsc_crawler.language.dates.tokens import Reader
from mpsc_crawler.language.dates.values import Part

_ISSUE_WORDS = frozenset(("ausgabe", "stand", "heft", "nr"))


class CoarseReader(Reader):
    """Reads what is coarser than a day."""

    def _coarse(self, index: int) -> tuple[Part, int] | None:
        portion = {"part1": 1, "part2": 2, "part3": 3}.get(self.kind(index), 0)
        if self.kind(index) in ("jahresende", "jahresanfang"):
            part = Part("year", portion=3 if self.kind(index) == "jahresende" else 1, rule="year-part")
            return self._year_of(part, index + 1)
        at = index
        if portion:
            at = self.skip(index + 1, "article")
        shift = {"this": 0, "last": -1, "next": 1}.get(self.kind(at))
        if (
            shift is not None
            and self.reference is not None
            and self.kind(at + 1) == "jahr"
            and self.words[at + 1].lower() != "jahren"
            and (shift or portion or self.words[at + 1].lower() != "jahre")
        ):
            if self.year(at + 2) is not None:
                return Part("year", year=self.value(at + 2), portion=portion, rule="year"), at + 3
            return Part("year", year=self.reference.year + shift, portion=portion, rule="relative-year"), at + 2
        kind = self.kind(at)
        if kind == "month":
            return self._with_year(Part("month", month=self.value(at), portion=portion, rule="month"), at + 1)
        if kind == "season" and not portion:
            return self._with_year(Part("season", index=self.value(at), rule="season"), at + 1)
        if kind == "jahr" and (portion or self.year(at + 1) is not None):
            return self._year_of(Part("year", portion=portion, rule="year-part" if portion else "year"), at)
        year = self.year(at)
        if year is not None:
            return self._bare_year(at, year, portion)
        if portion:
            return None
        return self._quarter(at) or self._week(at) or self._month_number(at)

    def _year_of(self, part: Part, index: int) -> tuple[Part, int] | None:
        at = self.skip(index, "article", "jahr")
        year = self.year(at)
        if year is None:
            if self.reference is None or self.kind(at) == "num":
                return None
            part.year = self.reference.year
            return part, self.skip(index, "jahr") if self.kind(index) == "jahr" else (
                at if self.kind(at - 1) == "jahr" else index
            )
        read = self._bare_year(at, year, part.portion)
        return read if read is not None else None

    def _bare_year(self, index: int, year: int, portion: int) -> tuple[Part, int] | None:
        if (
            self.glued(index)
            and self.kind(index - 1) in ("-", ".", ",", "/", ":")
            and self.kind(index - 2) == "num"
            and self.strict
        ):
            joined = self.year(index - 2) is not None
            if not joined:
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
                if self.kind(index - 1) == "schuljahr":
                    part.exact, part.rule = (date(year, 8, 1), date(second, 7, 31)), "school-year"
                return part, after + 2
            if full is None and self.kind(after + 1) == "num":
                return None
        return part, after

    def _quarter(self, index: int) -> tuple[Part, int] | None:
        ordinal = 0
        at = index
        if self.kind(at) == "ordinal":
            ordinal, at = self.value(at), self.skip(at + 1, ".")
        elif self.number(at, 1, 4, (1,)) is not None and self.kind(at + 1) == ".":
            ordinal, at = self.value(at), at + 2
        kind = self.kind(at)
        if kind in ("quartal", "halbjahr") and ordinal:
            unit = "quarter" if kind == "quartal" else "half"
            if unit == "half" and ordinal > 2:
                return None
            at += 1
            if self.kind(at) == "/":
                at += 1
            return self._with_year(Part("quarter" if unit == "quarter" else "half", index=ordinal, rule=unit), at)
        if kind in ("quartal", "q") and not ordinal:
            number = self.number(at + 1, 1, 4, (1,))
            if number is not None and (kind == "quartal" or self.glued(at + 1)):
                after = at + 2
                if self.kind(after) in ("/", "-"):
                    after += 1
                return self._with_year(Part("quarter", index=number, rule="quarter"), after)
        return None

    def _week(self, index: int) -> tuple[Part, int] | None:
        if self.kind(index) != "kw":
            return None
        at = self.skip(index + 1, ".")
        number = self.number(at, 1, 53, (1, 2))
        if number is None:
            return None
        after = at + 1
        if self.kind(after) == "/":
            after += 1
        return self._with_year(Part("week", index=number, rule="week"), after)

    def _month_number(self, index: int) -> tuple[Part, int] | None:
        """``11/2018``, ``03.2020`` and "Ausgabe 8-2021"."""
        month, year = self.number(index, 1, 12, (1, 2)), self.year(index + 2)
        if month is None or year is None or not (self.glued(index + 1) and self.glued(index + 2)):
            return None
        if self.glued(index) and self.kind(index - 1) in (".", "/", "-", ":", ","):
            return None
        sign, word = self.kind(index + 1), self.words[index]
        before = self.words[index - 1].lower()
        if self.kind(index + 3) in ("-", ".", "/") and self.glued(index + 4) and self.kind(index + 4) == "num":
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
