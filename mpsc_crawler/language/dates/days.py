"""Single days, written out or in numbers, and days told from the day of writing."""

from __future__ import annotations

from datetime import date, timedelta

from mpsc_crawler.language.dates.tokens import Reader
from mpsc_crawler.language.dates.values import Part, day_or_none, hull_in_year


class DayReader(Reader):
    """Reads days and relative dates."""

    def _day(self, index: int) -> tuple[Part, int] | None:
        start = index
        if self.kind(index) == "weekday":
            index = self.skip(index + 1, ".", ",")
            index = self.skip(index, "article", "(")
            if self.kind(index) == "weekday" or index - start > 4:
                return None
        read = self._day_core(index)
        if read is not None:
            return read
        # English and American order: "May 21, 2025", "June 13"
        if self.kind(index) == "month":
            day = self.number(index + 1, 1, 31, (1, 2))
            if day is not None and self.kind(index + 2) not in (".", ":", "uhr", "-", "bis"):
                after = self.skip(index + 2, ",")
                if self.kind(after) == "und" and self.number(after + 1, 1, 31, (1, 2)) is not None:
                    second = self.skip(after + 2, ",")
                    year = self.year(second)
                    last = self.value(after + 1)
                    first_day = day_or_none(year, self.value(index), day) if year else None
                    last_day = day_or_none(year, self.value(index), last) if year else None
                    if first_day and last_day:
                        return Part("day", exact=(first_day, last_day), rule="month-day-and-day"), second + 1
                year = self.year(after)
                if year is not None:
                    part = Part("day", year=year, month=self.value(index), day=day, rule="month-day-year")
                    return part, after + 1
        return None

    def _month_first(self, index: int) -> tuple[Part, int] | None:
        """The English order, which the themes of many a German blog write: "November 22, 2011"."""
        day = self.number(index + 1, 1, 31, (1, 2))
        at = index + 3 if self.kind(index + 2) == "," else index + 2
        year = self.year(at)
        if day is None or year is None or day_or_none(year, self.value(index), day) is None:
            return None
        return Part("day", year=year, month=self.value(index), day=day, rule="month-day-year"), at + 1

    def _day_core(self, index: int) -> tuple[Part, int] | None:
        if self.kind(index) == "month":
            return self._month_first(index)
        if self.kind(index) != "num":
            return None
        if (
            self.glued(index)
            and self.kind(index - 1) in (".", ":", ",")
            and self.kind(index - 2) == "num"
            and self.glued(index - 1)
        ):
            return None  # the tail of a longer number: version, address, account
        iso = self._iso(index)
        if iso is not None:
            return iso
        day = self.number(index, 1, 31, (1, 2))
        if day is None:
            return None
        dot = self.kind(index + 1)
        if dot == "month" or (dot == "." and self.kind(index + 2) == "month"):
            at = index + 1 if dot == "month" else index + 2
            return self._with_year(Part("day", month=self.value(at), day=day, rule="day-month"), at + 1)
        if dot == "/" and self.glued(index + 2) and self.kind(index + 3) == "/":
            month, year = self.number(index + 2, 1, 12, (1, 2)), self.year(index + 4)
            if month and year and day_or_none(year, month, day):
                return Part("day", year=year, month=month, day=day, rule="d/m/y"), index + 5
        if dot != ".":
            return None
        month = self.number(index + 2, 1, 12, (1, 2))
        if month is None:
            return None
        if self.kind(index + 3) == ".":
            return self._dotted(index, day, month)
        two = len(self.words[index]) == 2 and len(self.words[index + 2]) == 2 and self.glued(index + 2)
        after = self.kind(index + 3)
        cued = self.kind(index - 1) in ("bis", "von", "ab", "weekday", "article") or self.kind(index - 2) == "weekday"
        timed = after == "," and self.kind(index + 4) == "num" and self.kind(index + 5) == ":"
        if two and (timed or (cued and after not in ("uhr", "num", ":", "-", "/", "other", "bis", "%", "month"))):
            return Part("day", month=month, day=day, rule="d.m"), index + 3
        return None

    def _dotted(self, index: int, day: int, month: int) -> tuple[Part, int] | None:
        """``d.m.`` with or without a year."""
        year_at = index + 4
        year = self.year(year_at)
        longer = (
            self.kind(year_at + 1) in (".", ":")
            and self.glued(year_at + 1)
            and self.kind(year_at + 2) == "num"
            and self.glued(year_at + 2)
        )
        if year is None and self.glued(year_at):
            short = self.number(year_at, 0, 99, (2,))
            if short is not None and not longer and self.kind(year_at + 1) not in ("uhr", "%"):
                year = 2000 + short if short < 70 else 1900 + short
            elif self.kind(year_at) == "num":
                return None
        full = len(self.words[index]) == 2 and len(self.words[index + 2]) == 2
        if self.strict and not full and (year is None or len(self.words[year_at]) == 2) and not self._cued(index):
            return None  # "EUPL 1.2.", "LightBurn 1.7.08": a version is no date without a word that makes it one
        if year is None:
            if self.kind(year_at) == "num" and self.kind(year_at + 1) == "." and self.glued(year_at):
                return None
            return Part("day", month=month, day=day, rule="d.m."), year_at
        if day_or_none(year, month, day) is None:
            return None
        return Part("day", year=year, month=month, day=day, rule="d.m.y"), year_at + 1

    def _cued(self, index: int) -> bool:
        """Whether what stands before a number lets a date be expected: "am", "vom", a weekday, a sign, the beginning."""
        return self.kind(index - 1) != "other" or self.words[index - 1].lower() in ("dem", "den", "freitags")

    def _iso(self, index: int) -> tuple[Part, int] | None:
        year = self.year(index)
        if year is None or self.kind(index + 1) != "-" or self.kind(index + 3) != "-":
            return None
        month, day = self.number(index + 2, 1, 12, (2,)), self.number(index + 4, 1, 31, (2,))
        if not (month and day and all(self.glued(index + step) for step in (1, 2, 3, 4))):
            return None
        if day_or_none(year, month, day) is None:
            return None
        after = index + 5
        if self.words[after] == "T" and self.glued(after):
            after += 1
        return Part("day", year=year, month=month, day=day, rule="iso"), after

    def _day_only(self, index: int) -> tuple[Part, int] | None:
        """A day that leaves its month to the next one: the "12." of "12.–14.06.2024"."""
        start = index
        if self.kind(index) == "weekday":
            index = self.skip(index + 1, ".", ",", "article")
        day = self.number(index, 1, 31, (1, 2))
        if day is None or (
            self.glued(index)
            and self.kind(index - 1) in (".", ":", "-", "/")
            and self.kind(index - 2) == "num"
            and start == index
        ):
            return None
        after = index + 1
        if self.kind(after) == ".":
            after += 1
        elif self.kind(after) not in ("-", "bis", "und"):
            return None
        if self.kind(after) not in ("-", "bis", "und", ",", "/"):
            return None
        return Part("day", day=day, rule="shared-month"), after

    def _relative(self, index: int) -> tuple[Part, int] | None:
        """Dates told from the day of writing. An explicit day right behind ("gestern, am 10. September") wins."""
        if self.reference is None:
            return None
        read = self._relative_core(index)
        if read is None:
            return None
        part, after = read
        at = self.skip(after, ",", "(")
        at = self.skip(at, "article") if at > after else at
        if at > after or self.kind(after) == "weekday":
            explicit = self._day(at)
            if explicit is not None:
                behind = explicit[1]
                return explicit[0], behind + 1 if self.kind(behind) == ")" else behind
            if self.kind(at) == "weekday" and self.kind(at + 1) != "other":
                return part, at + 1
        return part, after

    def _relative_core(self, index: int) -> tuple[Part, int] | None:
        reference = self.reference
        if reference is None:
            return None
        kind = self.kind(index)
        days = {"heute": 0, "gestern": -1, "vorgestern": -2, "morgen": 1, "uebermorgen": 2}.get(kind)
        if days is not None:
            if kind == "morgen" and not self.words[index].lower().startswith("morg"):
                return None
            # "heute" is mostly "nowadays", "Morgen" mostly the early day: in running text only before a day or time
            if self.strict and kind in ("heute", "morgen") and not self._dated_behind(index + 1):
                return None
            day = reference + timedelta(days=days)
            after = index + 1
            if self.kind(after) == "weekday":
                after += 1
            return Part("day", exact=(day, day), rule="relative-day"), after
        shift = {"this": 0, "last": -1, "next": 1}.get(kind)
        monday = reference - timedelta(days=reference.weekday())
        if shift is not None:
            return self._shifted(index, shift, monday)
        if kind == "weekday":
            at = self.skip(index + 1, "article")
            week = {"this": 0, "last": -1, "next": 1}.get(self.kind(at))
            if week is not None and self.kind(at + 1) == "woche":
                day = monday + timedelta(days=7 * week + self.value(index))
                return Part("day", exact=(day, day), rule="weekday-of-week"), at + 2
            if self.kind(index + 1) == "(" and self._day(index + 2) is not None:
                return Part("day", exact=(reference, reference), rule="weekday"), index + 1
        if kind in ("vor", "seit") and self.kind(index + 1) in ("number", "num"):
            return self._ago(index, self.value(index + 1))
        return None

    def _dated_behind(self, index: int) -> bool:
        """Whether an explicit day stands right behind: "heute, 5. Mai", "Morgen (19. Januar)"."""
        if self.kind(index) not in ("(", ",", "um", "ab"):
            return False
        return self._day(self.skip(index, ",", "(", "article")) is not None

    def _shifted(self, index: int, shift: int, monday: date) -> tuple[Part, int] | None:
        reference, target = self.reference, self.kind(index + 1)
        if reference is None:
            return None
        if target == "woche":
            start = monday + timedelta(days=7 * shift)
            return Part("week", exact=(start, start + timedelta(days=6)), rule="relative-week"), index + 2
        if target == "wochenende":
            start = monday + timedelta(days=7 * shift + 5)
            if shift > 0 and reference.weekday() < 5:
                start -= timedelta(days=7)
            return Part("day", exact=(start, start + timedelta(days=1)), rule="relative-weekend"), index + 2
        if target == "monat":
            month = reference.year * 12 + reference.month - 1 + shift
            return Part("month", year=month // 12, month=month % 12 + 1, rule="relative-month"), index + 2
        if target == "weekday":
            day = self._weekday(reference, self.value(index + 1), shift)
            return Part("day", exact=(day, day), rule="relative-weekday"), index + 2
        if target in ("season", "month"):
            return self._shifted_part(index, shift, reference)
        return None

    def _shifted_part(self, index: int, shift: int, reference: date) -> tuple[Part, int] | None:
        if self.year(index + 2) is not None:
            return None
        season, value = self.kind(index + 1) == "season", self.value(index + 1)
        for year in (reference.year - 1, reference.year, reference.year + 1)[:: 1 if shift > 0 else -1]:
            part = Part("season" if season else "month", year=year, index=value, month=value, rule="relative-part")
            hull = hull_in_year(part, year)
            if hull is None:
                continue
            if (
                (shift < 0 and hull[1] < reference)
                or (shift > 0 and hull[0] > reference)
                or (shift == 0 and year == reference.year)
            ):
                return part, index + 2
        return None

    @staticmethod
    def _weekday(reference: date, weekday: int, shift: int) -> date:
        if shift < 0:
            return reference - timedelta(days=(reference.weekday() - weekday - 1) % 7 + 1)
        if shift > 0:
            return reference + timedelta(days=(weekday - reference.weekday() - 1) % 7 + 1)
        return reference + timedelta(days=weekday - reference.weekday())

    def _ago(self, index: int, count: int) -> tuple[Part, int] | None:
        reference, unit = self.reference, self.kind(index + 2)
        if reference is None or not 0 < count <= 400:
            return None
        rule = "since-ago" if self.kind(index) == "seit" else "ago"
        days = {"tag": 1, "woche": 7}.get(unit)
        if days is not None:
            day = reference - timedelta(days=days * count)
            return Part("day", exact=(day, day), rule=rule), index + 3
        if unit == "monat":
            month = reference.year * 12 + reference.month - 1 - count
            return Part("month", year=month // 12, month=month % 12 + 1, rule=rule), index + 3
        if unit == "jahr" and self.kind(index) == "vor":
            return Part("year", year=reference.year - count, rule="ago"), index + 3
        return None
