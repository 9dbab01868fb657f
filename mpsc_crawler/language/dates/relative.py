"""Days and spans told from the day of writing: "übermorgen", "vor drei Wochen", "am kommenden Donnerstag"."""

from __future__ import annotations

from datetime import date, timedelta

from mpsc_crawler.language.dates.calendar import add_months
from mpsc_crawler.language.dates.days import DayReader
from mpsc_crawler.language.dates.tokens import SHIFTS
from mpsc_crawler.language.dates.values import Part, hull_in_year

_NEAR = {"heute": 0, "gestern": -1, "vorgestern": -2, "morgen": 1, "uebermorgen": 2}
_NOT_OF_THE_DAY = frozenset("von für schon noch auch bereits seit an zu ins als".split())
_BEFORE_BARE = frozenset(("am", "zum", "vom", "von", "ab", "bis", "seit", "auf"))
_PARTS_OF_DAY = frozenset(("abend", "nachmittag", "vormittag", "mittag", "früh", "nacht"))
_BEGINS = frozenset("findet beginnt startet lädt öffnet geht fällt tagt beginnen starten finden".split())
_FULL_WEEKDAY = 6
_DAYS_OF = {"tag": 1, "woche": 7}
_MONTHS_OF = {"monat": 1, "jahr": 12}
_UNITS = frozenset((*_DAYS_OF, *_MONTHS_OF))


def _moved(day: date, unit: str, count: int) -> date:
    """The day so many units later, or earlier."""
    return (
        day + timedelta(days=count * _DAYS_OF[unit]) if unit in _DAYS_OF else add_months(day, count * _MONTHS_OF[unit])
    )


class RelativeReader(DayReader):
    """Reads what needs the reference."""

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
            if self.kind(at) == "weekday" and self.kind(at + 1) != "other" and not self.broken(at):
                return part, at + 1
        return part, after

    def _relative_core(self, index: int) -> tuple[Part, int] | None:
        reference = self.reference
        if reference is None:
            return None
        kind = self.kind(index)
        if kind in _NEAR:
            return self._near(index, kind, reference)
        monday = reference - timedelta(days=reference.weekday())
        if kind in SHIFTS:
            return self._shifted(index, SHIFTS[kind], monday)
        if kind == "previous-month":
            month = add_months(reference.replace(day=1), -1)
            return Part("month", year=month.year, month=month.month, rule="relative-month"), index + 1
        if kind == "previous-week":
            start = monday - timedelta(days=7)
            return Part("week", exact=(start, start + timedelta(days=6)), rule="relative-week"), index + 1
        if kind == "weekday":
            at = self.skip(index + 1, "article")
            week = SHIFTS.get(self.kind(at))
            if week is not None and self.kind(at + 1) == "woche":
                day = monday + timedelta(days=7 * week + self.value(index))
                return Part("day", exact=(day, day), rule="weekday-of-week"), at + 2
            if self.kind(index + 1) == "(" and self._day(index + 2) is not None:
                return Part("day", exact=(reference, reference), rule="weekday"), index + 1
        if kind in ("vor", "seit") and (count := self.count_of(index + 1)) is not None:
            return self._ago(index, count)
        if kind == "in" and self.words[index].lower() == "in" and (count := self.count_of(index + 1)) is not None:
            return self._ahead(index, count, reference)
        if (
            kind == "wochenende"
            and self.words[index - 1].lower() in ("am", "zum", "vom", "bis")
            and not self._weekend_of_other(index + 1)
        ):
            return self._weekend(index, reference)
        return None

    def _weekend_of_other(self, index: int) -> bool:
        """Whether the weekend's own date, or what it is the weekend of, stands behind it."""
        at = self.skip(index, "(", ",", "von", "article")
        if self.kind(at) == "num" and self.kind(at + 1) in (".", "/", "-"):
            return True
        return self.words[index].lower() in ("im", "des", "der", "vor", "nach")

    def _near(self, index: int, kind: str, reference: date) -> tuple[Part, int] | None:
        """``heute`` is often "nowadays", ``Morgen`` the early day: in running text they need a sign of the day meant."""
        word, before = self.words[index], self.words[index - 1].lower()
        if kind == "morgen" and not word.lower().startswith("morg"):
            return None
        bare = word.lower() in ("heute", "morgen", "gestern")
        if self.strict and bare and not self._dated_behind(index + 1) and not self._meant(index, kind, word, before):
            return None
        day = reference + timedelta(days=_NEAR[kind])
        after = index + 1
        if self.kind(after) == "weekday" or (bare and self.words[after].lower() in _PARTS_OF_DAY):
            after += 1
        return Part("day", exact=(day, day), rule="relative-day", sure=self._dated_behind(index + 1)), after

    def _meant(self, index: int, kind: str, word: str, before: str) -> bool:
        if self.kind(index + 1) == "-" and self.glued(index + 1):
            return False  # "heute-journal"
        if {kind, self.kind(index + 2)} == {"heute", "morgen"} and self.kind(index + 1) == "und":
            return True
        if kind == "morgen" and self.kind(index - 1) == "und" and self.kind(index - 2) == "heute":
            return True
        if before == "von" and (self.words[index + 1] == "an" or self.kind(index + 1) == "bis"):
            return True
        if before == "bis":
            return kind == "heute"
        if before in _NOT_OF_THE_DAY and not (before == "seit" and kind == "gestern"):
            return False
        if before in ("„", '"') or self.words[index + 1] in ("“", '"'):
            return False
        following = self.words[index + 1].lower()
        if following in _PARTS_OF_DAY:
            return True
        if kind == "morgen":
            if word[0].isupper():
                opens = before in ("", ".", "!", "?", ":") or self.broken(index)
                if opens and self.kind(index + 1) in ("um", "ab") and self.kind(index + 2) == "num":
                    return True
                return opens and following.islower() and following.endswith("t") and self.kind(index + 1) == "other"
            return before not in ("am", "jeden", "guten", "gegen", "und") and following != "und"
        if kind == "gestern":
            return True
        if self.kind(index + 1) in ("um", "ab", "von") and self.kind(index + 2) == "num":
            return True
        return self._today(index)

    def _today(self, index: int) -> bool:
        """Whether ``heute`` is the day of writing: something was done, or begins, on it."""
        near = {word.lower() for word in self.words[max(0, index - 8) : index + 14]}
        return self.tells_past(index) is True or bool(near & _BEGINS)

    def _dated_behind(self, index: int) -> bool:
        """Whether an explicit day stands right behind: "heute, 5. Mai", "Morgen (19. Januar)"."""
        if self.kind(index) not in ("(", ",", "um", "ab"):
            return False
        return self._day(self.skip(index, ",", "(", "article")) is not None

    def _shifted(self, index: int, shift: int, monday: date) -> tuple[Part, int] | None:
        reference, target = self.reference, self.kind(index + 1)
        if reference is None:
            return None
        if target == "woche" and self.words[index + 1].lower() == "woche":
            start = monday + timedelta(days=7 * shift)
            named = self.skip(index + 2, "article")
            if self.kind(named) == "weekday" and len(self.words[named]) >= _FULL_WEEKDAY:
                day = start + timedelta(days=self.value(named))
                return Part("day", exact=(day, day), rule="weekday-of-week"), named + 1
            return Part("week", exact=(start, start + timedelta(days=6)), rule="relative-week"), index + 2
        if target == "wochenende":
            if self._weekend_of_other(index + 2):
                return None
            start = monday + timedelta(days=7 * shift + 5)
            if shift > 0 and reference.weekday() < 5:
                start -= timedelta(days=7)
            return Part("day", exact=(start, start + timedelta(days=1)), rule="relative-weekend"), index + 2
        if target == "monat" and not self.words[index + 1].lower().endswith(("ate", "aten")):
            month = add_months(reference.replace(day=1), shift)
            return Part("month", year=month.year, month=month.month, rule="relative-month"), index + 2
        if target in ("quartal", "halbjahr"):
            months = 3 if target == "quartal" else 6
            number = reference.year * (12 // months) + (reference.month - 1) // months + shift
            year, place = divmod(number, 12 // months)
            part = Part("quarter" if months == 3 else "half", year=year, index=place + 1, rule="relative-quarter")
            return part, index + 2
        if target == "weekday":
            day = self._weekday(reference, self.value(index + 1), shift)
            return Part("day", exact=(day, day), rule="relative-weekday"), index + 2
        if target in ("season", "month"):
            return self._shifted_part(index, shift, reference)
        if target == "schuljahr":
            first = reference.year - (reference.month < 8) + shift
            exact = (date(first, 8, 1), date(first + 1, 7, 31))
            return Part("year", exact=exact, rule="relative-school-year"), index + 2
        if target == "holiday" and (read := self._feast_name(index + 1)) is not None:
            name, after = read
            return Part("feast", feast=name, year=self._year_of_feast(name, shift), rule="relative-feast"), after
        count = 2 if self.words[index + 1].lower() == "beiden" else self.count_of(index + 1)
        if shift in (-1, 1) and count is not None:
            return self._running(index + 2, count * shift, reference)
        return None

    def _year_of_feast(self, name: str, shift: int) -> int | None:
        reference = self.reference
        if reference is None or shift == 0:
            return reference.year if reference is not None else None
        years = range(reference.year - 1, reference.year + 2)
        days = [(year, hull_in_year(Part("feast", feast=name), year)) for year in years]
        past = [year for year, hull in days if hull is not None and hull[1] < reference]
        ahead = [year for year, hull in days if hull is not None and hull[0] > reference]
        return (past[-1] if past else None) if shift < 0 else (ahead[0] if ahead else None)

    def _running(self, index: int, count: int, reference: date) -> tuple[Part, int] | None:
        """The days from the reference to so many units ahead, or back: "in den nächsten zwei Wochen"."""
        unit = self.kind(index)
        if unit not in _UNITS:
            return None
        first, last = sorted((reference, _moved(reference, unit, count)))
        return Part("week", exact=(first, last), rule="running-span", sure=False), index + 1

    def _shifted_part(self, index: int, shift: int, reference: date) -> tuple[Part, int] | None:
        if self.year(index + 2) is not None or abs(shift) > 1:
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
                or (shift == 0 and (hull[0] <= reference <= hull[1] or (year == reference.year and value != 3)))
            ):
                return part, index + 2
        return None

    @staticmethod
    def _weekday(reference: date, weekday: int, shift: int) -> date:
        if shift < 0:
            return reference - timedelta(days=(reference.weekday() - weekday - 1) % 7 + 1 + 7 * (-1 - shift))
        if shift > 0:
            return reference + timedelta(days=(weekday - reference.weekday() - 1) % 7 + 1 + 7 * (shift - 1))
        return reference + timedelta(days=weekday - reference.weekday())

    def _weekend(self, index: int, reference: date) -> tuple[Part, int]:
        saturday = reference + timedelta(days=(5 - reference.weekday()) % 7)
        if reference.weekday() == 6:
            saturday -= timedelta(days=7)
        past = self.strict and self.tells_past(index) is True
        if past:
            saturday = reference - timedelta(days=(reference.weekday() - 5) % 7 or 7)
        return Part("day", exact=(saturday, saturday + timedelta(days=1)), rule="weekend", sure=False), index + 1

    def _ago(self, index: int, count: int) -> tuple[Part, int] | None:
        reference, unit = self.reference, self.kind(index + 2)
        if reference is None or not 0 < count <= 400:
            return None
        since = self.kind(index) == "seit"
        rule = "since-ago" if since else "ago"
        if unit in _DAYS_OF or (since and unit in _MONTHS_OF and reference.year - count > 1900):
            day = _moved(reference, unit, -count)
            return Part("day", exact=(day, day), rule=rule), index + 3
        if unit == "monat" and not since:
            month = add_months(reference.replace(day=1), -count)
            return Part("month", year=month.year, month=month.month, rule=rule), index + 3
        if unit == "jahr" and reference.year - count >= 1900:
            return Part("year", year=reference.year - count, rule="ago"), index + 3
        return None

    def _ahead(self, index: int, count: int, reference: date) -> tuple[Part, int] | None:
        """``in zwei Wochen``; not the time that something took ("in drei Jahren Bauzeit", "wurde in zwei Wochen gebaut")."""
        unit, behind = self.kind(index + 2), self.words[index + 3]
        if unit not in _UNITS:
            return None
        if (self.kind(index + 3) == "other" and behind[:1].isupper()) or (self.strict and self.tells_past(index)):
            return None
        if unit in _DAYS_OF:
            day = _moved(reference, unit, count)
            return Part("day", exact=(day, day), rule="in-days", sure=False), index + 3
        if unit == "monat":
            month = add_months(reference.replace(day=1), count)
            return Part("month", year=month.year, month=month.month, rule="in-months", sure=False), index + 3
        if unit == "jahr" and reference.year + count <= 2100:
            return Part("year", year=reference.year + count, rule="in-years", sure=False), index + 3
        return None

    def _bare_weekday(self, index: int) -> tuple[Part, int] | None:
        """``am Donnerstag``: the next one, or the last one where the sentence tells of something past."""
        reference = self.reference
        if reference is None or self.kind(index) != "weekday" or len(self.words[index]) < _FULL_WEEKDAY:
            return None
        before = self.words[index - 1].lower()
        if before in ("voraussichtlich", "einschließlich", "spätestens", "zunächst"):
            before = self.words[index - 2].lower()
        joined = self.kind(index - 1) in ("und", "bis", "-", ",") and self.kind(index - 2) == "weekday"
        if self.strict and before not in _BEFORE_BARE and not joined and not self._bare_with_time(index):
            return None
        weekday = self.value(index)
        of_it = before == "vom" and self._noun(index - 2) and self.kind(index + 1) != "bis"  # "die Wahl vom Sonntag"
        if before == "seit" or of_it or (self.strict and before != "bis" and self.tells_past(index) is True):
            day = reference - timedelta(days=(reference.weekday() - weekday) % 7)
        elif self.strict:
            day = self._weekday(reference, weekday, 1)
        else:
            day = reference + timedelta(days=(weekday - reference.weekday()) % 7)
        return Part("day", exact=(day, day), rule="weekday", sure=False), index + 1

    def _bare_with_time(self, index: int) -> bool:
        """``Dienstag, 18 Uhr`` and ``Dienstag ab 18 Uhr``."""
        at = self.skip(index + 1, ",", "um", "ab", "von")
        return self.kind(at) == "num" and self.kind(at + 1) in ("uhr", ":", ".", "bis", "-") and at > index
