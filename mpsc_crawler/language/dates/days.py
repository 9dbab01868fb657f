"""Single days, written out or in numbers, feast days, and the n-th weekday of a month."""

from __future__ import annotations

from mpsc_crawler.language.dates.calendar import add_months, day_or_none
from mpsc_crawler.language.dates.lexer import misspelt_month
from mpsc_crawler.language.dates.tokens import SHIFTS, Reader
from mpsc_crawler.language.dates.values import Part
from mpsc_crawler.language.dates.vocabulary import HOLIDAYS

_FEASTS = list(HOLIDAYS.values())
_PLACES = ("straße", "strasse", "str", "platz", "allee", "ring", "ufer", "weg", "brücke", "siedlung", "kaserne")
_DATED = frozenset(
    "Stand Datum Termin Beginn Ende Start Ausgabe Meldung Artikel Pressemitteilung Pressemeldung Redaktion".split()
)
_BEFORE_DAYS = frozenset("dem den freitags spätestens einschließlich voraussichtlich etwa".split())
_DAYS_OF = {"einheit": "tag der deutschen einheit", "arbeit": "tag der arbeit"}


class DayReader(Reader):
    """Reads days."""

    def _day(self, index: int) -> tuple[Part, int] | None:
        start = index
        index = self._behind_weekdays(index)
        if index != start:
            index = self.skip(index, "article", "(")
            if self.kind(index) == "weekday" or index - start > 10:
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

    def _behind_weekdays(self, index: int) -> int:
        """Behind the weekdays that stand before a day: "Di.,", "Samstag und Sonntag,", "Sa./So.", "Karfreitag,"."""
        if self.kind(index) == "holiday":
            after = self.skip(index + 1, ",")
            return after if after > index + 1 or self.kind(after) in ("article", "(") else index
        at, most = index, index + 8
        while self.kind(at) == "weekday" and at < most:
            at = self.skip(at + 1, ".", ",")
            if self.kind(at) in ("und", "/", "-", "bis") and self.kind(at + 1) == "weekday":
                at += 1
            elif self.kind(at) != "weekday":
                break
        return at

    def _month_first(self, index: int) -> tuple[Part, int] | None:
        """The English order, which the themes of many a German blog write: "November 22, 2011"."""
        day = self.number(index + 1, 1, 31, (1, 2))
        at = index + 3 if self.kind(index + 2) == "," else index + 2
        year = self.year(at)
        if day is None or year is None or day_or_none(year, self.value(index), day) is None:
            return None
        return Part("day", year=year, month=self.value(index), day=day, rule="month-day-year"), at + 1

    def _day_core(self, index: int) -> tuple[Part, int] | None:
        kind = self.kind(index)
        if kind == "month":
            return self._month_first(index)
        if kind == "ordinal" and "Monats" in (self.words[index + 2], self.words[index + 3]):
            return self._of_this_month(index, self.value(index))
        if kind == "ordinal" and self.kind(index + 1) == "month":
            part = Part("day", month=self.value(index + 1), day=self.value(index), rule="ordinal-month")
            return self._with_year(part, index + 2)
        if kind != "num":
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
        if day is None or (self.glued(index) and self.kind(index - 1) == "other" and len(self.words[index - 1]) == 1):
            return None
        if self._of_street(index):
            return None
        return self._named_month(index, day) or self._numbered_month(index, day) or self._of_this_month(index, day)

    def _of_street(self, index: int) -> bool:
        """Whether a place is called after the day: "Straße des 17. Juni", "Platz des 18. März"."""
        place = self.words[index - 2].lower()
        return self.words[index - 1] in ("des", "vom") and place.endswith(_PLACES) and place[:1] != ""

    def _of_this_month(self, index: int, day: int) -> tuple[Part, int] | None:
        """``am 15. des Monats``, "zum 1. des kommenden Monats"."""
        behind = index + 1 if self.kind(index) == "ordinal" else index + 2
        at = self.skip(behind, "article")
        shift = SHIFTS.get(self.kind(at))
        month_at = at + 1 if shift is not None else at
        told_so = self.kind(behind - 1) in (".", "ordinal") and self.words[month_at] == "Monats" and month_at > behind
        if self.reference is None or not told_so:
            return None
        month = add_months(self.reference.replace(day=1), shift or 0)
        told = day_or_none(month.year, month.month, day)
        return (Part("day", exact=(told, told), rule="day-of-month", sure=False), month_at + 1) if told else None

    def _named_month(self, index: int, day: int) -> tuple[Part, int] | None:
        sign = self.kind(index + 1)
        slip = sign in (",", "-") and self.glued(index + 1) and self.glued(index + 2) == (sign == ",")
        at = index + 2 if sign == "." or slip else index + 1  # "5,März", "8- Dezember"
        month: int | None = self.value(at) if self.kind(at) == "month" else None
        rule = "day-month"
        if month is None and self.kind(at) == "other" and self.kind(index + 1) == ".":
            month, rule = misspelt_month(self.words[at]), "day-misspelt"
        if month is None:
            return None
        return self._with_year(Part("day", month=month, day=day, rule=rule), at + 1)

    def _numbered_month(self, index: int, day: int) -> tuple[Part, int] | None:
        dot = self.kind(index + 1)
        if dot in ("/", "-", ",") and self.glued(index + 1) and self.glued(index + 2):
            closing = {"/": "/", "-": "-", ",": "."}[dot]
            month, year = self.number(index + 2, 1, 12, (1, 2)), self.year(index + 4)
            if (
                month is not None
                and year is not None
                and self.kind(index + 3) == closing
                and self.glued(index + 4)
                and (dot == "/" or not self.glued(index) or self.kind(index - 1) == "(")
                and (dot != "-" or len(self.words[index]) == len(self.words[index + 2]) == 2)
                and day_or_none(year, month, day)
            ):
                return Part("day", year=year, month=month, day=day, rule=f"d{dot}m{closing}y"), index + 5
        if dot != ".":
            return None
        month = self.number(index + 2, 1, 12, (1, 2))
        if month is None:
            return None
        if self.kind(index + 3) == ".":
            return self._dotted(index, day, month)
        two = len(self.words[index]) == 2 and len(self.words[index + 2]) == 2 and self.glued(index + 2)
        after = self.kind(index + 3)
        at = index + 4 if after == "," and self.glued(index + 4) else index + 3
        if two and self._cued(index) and (year := self.year(at)) and not self._noun(at + 1):
            return Part("day", year=year, month=month, day=day, rule="d.m y"), at + 1
        cued = self.kind(index - 1) in ("bis", "von", "ab", "weekday", "article") or self.kind(index - 2) == "weekday"
        ranged = after in ("-", "bis") and self.kind(index + 4) == "num" and self.kind(index + 5) == "."
        if ranged and self._cued(index) and self.number(index + 6, 1, 12, (1, 2)) is not None:
            return Part("day", month=month, day=day, rule="d.m"), index + 3  # "vom 7.11 - 11.11.2022"
        timed = after == "," and self.kind(index + 4) == "num" and self.kind(index + 5) == ":"
        if two and (timed or (cued and after not in ("uhr", "num", ":", "-", "/", "other", "bis", "%", "month"))):
            return Part("day", month=month, day=day, rule="d.m"), index + 3
        return None

    def _dotted(self, index: int, day: int, month: int) -> tuple[Part, int] | None:
        """``d.m.`` with or without a year."""
        year_at = index + 4
        year = self.year(year_at)
        if self.kind(year_at) == "'" and self.glued(year_at) and self.number(year_at + 1, 0, 99, (2,)) is not None:
            year_at += 1
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
        if (
            self.strict
            and len(self.words[year_at]) == 2
            and self._noun(index - 1)
            and self.words[index - 1] not in _DATED
        ):
            return None  # "das Produkt 12.06.01"
        if self.strict and not full and (year is None or len(self.words[year_at]) == 2) and not self._cued(index):
            return None  # "EUPL 1.2.", "LightBurn 1.7.08": a version is no date without a word that makes it one
        if year is None:
            if self.kind(year_at) == "num" and self.kind(year_at + 1) == "." and self.glued(year_at):
                return None
            part = Part("day", month=month, day=day, rule="d.m.")
            shared = self.skip(year_at, "article")
            if self.kind(shared) in ("this", "last", "next"):
                return self._with_year(part, shared)
            return part, year_at
        if day_or_none(year, month, day) is None:
            return None
        return Part("day", year=year, month=month, day=day, rule="d.m.y"), year_at + 1

    def _cued(self, index: int) -> bool:
        """Whether what stands before a number lets a date be expected: "am", "vom", a weekday, a sign, the beginning."""
        if self.kind(index - 1) == "und" and self.kind(index - 2) == "." and self.kind(index - 5) == "num":
            return self._cued(index - 5)  # "die Anlagen 4.5. und 4.6."
        return self.kind(index - 1) not in ("other", "§", "in") or self.words[index - 1].lower() in _BEFORE_DAYS

    def _iso(self, index: int) -> tuple[Part, int] | None:
        year = self.year(index)
        sign = self.kind(index + 1)
        if year is None or sign not in ("-", "/") or self.kind(index + 3) != sign:
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
        index = self._behind_weekdays(index)
        if index != start:
            index = self.skip(index, "article")
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
        if self.kind(after) not in ("-", "bis", "und", ",", "/") and self.words[after] != "auf":
            return None
        return Part("day", day=day, rule="shared-month"), after

    def _ordinal_only(self, index: int) -> tuple[Part, int] | None:
        """The "zweiten" of "vom zweiten bis zum zwölften Juni"."""
        at = self.skip(index + 1, "bis", "und", "article")
        if at == index + 1 or self.kind(at) != "ordinal" or self.kind(at + 1) != "month":
            return None
        return Part("day", day=self.value(index), rule="shared-month"), index + 1

    def _feast(self, index: int) -> tuple[Part, int] | None:
        """A feast day: "Ostermontag 2025", "Christi Himmelfahrt", "3. Advent", "Tag der Deutschen Einheit"."""
        read = self._feast_name(index)
        if read is None:
            return None
        name, after = read
        if self.kind(after) == "-" and self.glued(after):
            return None  # "Oster-Aktion", "Weihnachts-App"
        part, behind = self._with_year(Part("feast", feast=name, rule="feast"), after)
        if part.year is None and self.kind(after) == "(" and self.year(after + 1) is not None:
            return self._filled(part, self.value(after + 1)), after + 3
        return part, behind

    def _feast_name(self, index: int) -> tuple[str, int] | None:
        kind = self.kind(index)
        if kind == "holiday":
            name = _FEASTS[self.value(index)]
            assumption = name == "himmelfahrt" and self.words[index - 1].lower() in ("mariä", "maria", "mariae")
            return "mariä himmelfahrt" if assumption else name, index + 1
        if kind == "holy":
            if self.words[index + 1].lower() in ("abend", "abends"):
                return "heiligabend", index + 2
            kings = self.words[index + 1].lower() == "drei" and self.words[index + 2].lower() in ("könige", "königen")
            return ("dreikönig", index + 3) if kings else None
        if kind == "tag" and self.words[index + 1].lower() == "der":
            at = index + 3 if self.words[index + 2].lower() == "deutschen" else index + 2
            day = _DAYS_OF.get(self.words[at].lower())
            return (day, at + 1) if day else None
        if kind in ("num", "ordinal"):
            read = self.ordinal(index, 4)
            if read is not None and self.kind(read[1]) == "advent":
                return f"{read[0]}. advent", read[1] + 1
            if read is not None and self.words[read[1]].lower() in ("weihnachtstag", "weihnachtsfeiertag"):
                return (f"{read[0]}. weihnachtstag", read[1] + 1) if read[0] <= 2 else None
        return None

    def _nth_weekday(self, index: int) -> tuple[Part, int] | None:
        """``am zweiten Sonntag im September 2025``: the n-th weekday of a month that is named."""
        if self.kind(index) == "last":
            number, at = -1, index + 1
        else:
            read = self.ordinal(index, 5)
            if read is None:
                return None
            number, at = read
        if self.kind(at) != "weekday":
            return None
        month_at = self.skip(at + 1, "article")
        if self.kind(month_at) != "month" or month_at == at + 1:
            return None
        part = Part("nth", month=self.value(month_at), day=self.value(at), index=number, rule="nth-weekday")
        return self._with_year(part, month_at + 1)
