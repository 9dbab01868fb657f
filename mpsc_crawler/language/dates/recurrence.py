"""What comes round again: "jeden zweiten Dienstag im Monat um 18 Uhr" becomes a rule of RFC 5545 (iCalendar).

Parts stand in the order FREQ, INTERVAL, BYMONTH, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE. The time is that of the beginning.
"""

from __future__ import annotations

import re
from datetime import time

from mpsc_crawler.language.dates.clock import ClockReader
from mpsc_crawler.language.dates.values import Part

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ALWAYS = frozenset("immer stets jeweils regelmäßig".split())
_OFTEN = {0: "FREQ=DAILY", 1: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 2: "FREQ=WEEKLY;BYDAY=SA,SU"}
_MEETS = frozenset(
    "tagt tagen trifft treffen findet finden erscheint kommt kommen bietet statt lädt versammelt".split()
)
_OPEN = frozenset("geöffnet offen zugänglich öffnet verkehrt fährt besichtigt erreichbar besetzt".split())
_OPENING_HOURS = ("zeiten", "geöffnet", "sprechstunde", "sprechstunden", "öffnet")
_DAYS_BEFORE = re.compile(r"\b(?:mo|di|mi|do|fr|sa|so)\.?\s?(?:–|-|bis|,|und)")
_UNITS = {"tag": "DAILY", "woche": "WEEKLY", "monat": "MONTHLY", "jahr": "YEARLY"}


class RecurrenceReader(ClockReader):
    """Reads recurrences."""

    def _recurrence(self, index: int) -> tuple[Part, int] | None:
        kind = self.kind(index)
        if kind == "every":
            read = self._every(index)
        elif kind == "all":
            read = self._all(index)
        elif kind == "weekdays":
            read = self._weekly(index)
        elif kind == "weekday":
            read = self._named_weekdays(index)
        elif kind == "often":
            read = self._often(index)
        elif kind in ("quarterly", "half-yearly"):
            rule = f"FREQ=MONTHLY;INTERVAL={3 if kind == 'quarterly' else 6}"
            read = (rule, index + 1) if self._met(index) else None
        elif kind in ("monthly", "yearly", "weekly", "fortnightly"):
            read = self._adverb(index, kind)
        elif kind in ("ordinal", "num", "last"):
            read = self._nth_of_month(index)
        else:
            return None
        if read is None:
            return None
        rule, after = read
        rule, after = self._timed(rule, after)
        return Part("rule", rrule=rule, rule="recurrence"), after

    def _timed(self, rule: str, after: int) -> tuple[str, int]:
        clock = self.clock_after(after)
        if clock is None:
            return rule, after
        return f"{rule};{_at(clock[0])}", clock[2]

    def _every(self, index: int) -> tuple[str, int] | None:
        """``jeden Dienstag``, "jeden zweiten Dienstag [im Monat]", "jeden Tag", "jedes Jahr am 3. Oktober"."""
        if self.words[index - 1].lower() in ("für", "fast", "nahezu", "zu"):
            return None
        at = index + 1
        kind = self.kind(at)
        if kind == "weekday":
            return self._weekly(at)
        if kind in ("tag", "wochenende"):
            rule = "FREQ=DAILY" if kind == "tag" else "FREQ=WEEKLY;BYDAY=SA,SU"
            meant = kind == "wochenende" or self._opened(index) or self.clock_after(at + 1) is not None
            return (rule, at + 1) if meant and self.words[at].lower() in ("tag", "wochenende") else None
        if kind == "woche" and self.words[at].lower() == "woche":
            after = self.skip(at + 1, "article")
            if self.kind(after) in ("weekday", "weekdays"):
                return self._weekly(after)
            return None
        if kind == "jahr":
            return self._yearly(at + 1)
        return self._last_weekday(at) or self._every_nth(at)

    def _every_nth(self, at: int) -> tuple[str, int] | None:
        numbers: list[int] = []
        while (read := self.ordinal(at, 31)) is not None and len(numbers) < 5:
            numbers.append(read[0])
            at = read[1]
            if self.kind(at) not in ("und", ","):
                break
            at += 1
        if not numbers:
            return None
        if self.kind(at) == "weekday" and max(numbers) <= 5:
            after = self._behind_month(at + 1)
            day = _DAYS[self.value(at)]
            if after > at + 1 or len(numbers) > 1 or numbers[0] == 1:
                return "FREQ=MONTHLY;BYDAY=" + ",".join(f"{n}{day}" for n in numbers), after
            return f"FREQ=WEEKLY;INTERVAL={numbers[0]};BYDAY={day}", after
        if self.kind(at) in _UNITS and len(numbers) == 1 and self.kind(at) in ("tag", "woche", "monat"):
            return None if self._behind_month(at + 1) > at + 1 else (self._interval(self.kind(at), numbers[0]), at + 1)
        after = self._behind_month(at)
        if after > at:
            return "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, numbers)), after
        return None

    def _last_weekday(self, index: int) -> tuple[str, int] | None:
        """``letzten Freitag [im Monat]``."""
        if self.kind(index) != "last" or self.kind(index + 1) != "weekday":
            return None
        return f"FREQ=MONTHLY;BYDAY=-1{_DAYS[self.value(index + 1)]}", self._behind_month(index + 2)

    @staticmethod
    def _interval(unit: str, number: int) -> str:
        return f"FREQ={_UNITS[unit]}" + (f";INTERVAL={number}" if number > 1 else "")

    def _behind_month(self, index: int) -> int:
        """Behind "im Monat", "des Monats", "eines (jeden) Monats"; ``index`` itself where nothing of that stands there."""
        at = self.skip(index, "article", "every", "number")
        return at + 1 if at > index and self.kind(at) == "monat" else index

    def _nth_of_month(self, index: int) -> tuple[str, int] | None:
        """``am ersten Samstag im Monat``, "am letzten Freitag des Monats", "am 15. eines Monats"."""
        if self.kind(index) == "last":
            last = self._last_weekday(index)
            return last if last is not None and last[1] > index + 2 else None
        if self.ordinal(index, 31) is None:
            return None
        read = self._every_nth(index)
        if read is None or not read[0].startswith("FREQ=MONTHLY;BY"):
            return None
        if self._behind_month(read[1] - 1) == read[1] - 1 and self.kind(read[1] - 1) != "monat":
            return None  # "am ersten Samstag": of what month is not said
        if "BYMONTHDAY" in read[0] and self.kind(read[1] - 2) == "article" and self.words[read[1] - 1] == "Monats":
            every = "every" in (self.kind(read[1] - 3), self.kind(read[1] - 2))
            return read if every else None  # "am 15. des Monats" may be the running one
        return read

    def _all(self, index: int) -> tuple[str, int] | None:
        """``alle zwei Wochen [dienstags]``, "alle 14 Tage"."""
        count = self.count_of(index + 1)
        unit = self.kind(index + 2)
        if count is None or count < 2 or unit not in _UNITS:
            return None
        after = index + 3
        if unit == "tag" and count in (7, 14):
            unit, count = "woche", count // 7
        at = self.skip(after, "article", ",", "jeweils")
        if unit == "woche" and self.kind(at) in ("weekday", "weekdays"):
            return self._weekly(at, count)
        return self._interval(unit, count), after

    def _days_listed(self, index: int) -> tuple[list[str], int]:
        """Weekdays joined by commas, "und", or "bis"."""
        kind, found = self.kind(index), [self.value(index)]
        at = self.skip(index + 1, ".") if len(self.words[index]) == 2 else index + 1
        while len(found) < 8:
            join = self.kind(at)
            following = at + 1
            if join == "," and self.kind(following) == "und":
                following += 1
            if self.words[at] == "u" and self.kind(following) == ".":
                following += 1
            following = self.skip(following, "article", "every") if join == "und" else following
            if join not in ("und", ",", "bis", "-", "/") or self.kind(following) not in (kind, "weekdays"):
                break
            value = self.value(following)
            if join in ("bis", "-"):
                length = (value - found[-1]) % 7
                found += [(found[-1] + step) % 7 for step in range(1, length + 1)]
            else:
                found.append(value)
            at = self.skip(following + 1, ".") if len(self.words[following]) == 2 else following + 1
        return [_DAYS[day] for day in sorted(set(found))], at

    def _weekly(self, index: int, interval: int = 1) -> tuple[str, int]:
        """The weekdays that stand at ``index``, every so many weeks."""
        days, after = self._days_listed(index)
        return f"{self._interval('woche', interval)};BYDAY={','.join(days)}", after

    def _named_weekdays(self, index: int) -> tuple[str, int] | None:
        """``Mo–Fr 8–12 Uhr``, "Montag bis Freitag von 8 bis 16 Uhr", "Di und Do 14 Uhr", "immer am Dienstag"."""
        before = self.words[index - 1].lower()
        rule, after = self._weekly(index)
        if before in _ALWAYS or (before in ("am", "an") and self.words[index - 2].lower() in _ALWAYS):
            return rule, after
        single = "," not in rule and not self._of_opening_hours(index)
        if single or before in ("am", "kommenden", "nächsten", "vergangenen", "letzten"):
            return None
        at = self.skip(after, ",", ":", "von", "jeweils", "um", "|")
        clock = self.clock(at) if self.kind(at) == "num" else None
        return (rule, after) if clock is not None else None

    def _met(self, index: int) -> bool:
        """Whether what is said near is that people meet or something appears."""
        return any(word.lower() in _MEETS for word in self.words[max(0, index - 7) : index + 7])

    def _of_opening_hours(self, index: int) -> bool:
        """Whether the line tells opening hours: there "Do 14–18 Uhr" is every Thursday."""
        begin = self.text.rfind("\n", 0, self.starts[index]) + 1
        line = self.text[max(begin, self.starts[index] - 160) : self.starts[index]].lower()
        return any(word in line for word in _OPENING_HOURS) or _DAYS_BEFORE.search(line) is not None

    def _opened(self, index: int) -> bool:
        """Whether what is said near is that something is open or runs."""
        return any(word.lower() in _OPEN for word in self.words[max(0, index - 6) : index + 8])

    def _often(self, index: int) -> tuple[str, int] | None:
        """``täglich von 10 bis 18 Uhr``, "werktags ab 8 Uhr"; without a time only where something opens or happens."""
        after = index + 1
        if self.words[after].lower() in ("außer", "ausser") and self.kind(after + 1) == "weekdays":
            off = self.value(after + 1)
            days = ",".join(day for number, day in enumerate(_DAYS) if number != off)
            return f"FREQ=WEEKLY;BYDAY={days}", after + 2
        return (
            (_OFTEN[self.value(index)], after) if self._opened(index) or self.clock_after(after) is not None else None
        )

    def _adverb(self, index: int, kind: str) -> tuple[str, int] | None:
        at = self.skip(index + 1, "article", ",", "jeweils")
        if kind in ("monthly", "weekly") and self._met(index) and self.kind(at) not in ("weekday", "weekdays", "num"):
            return f"FREQ={kind.upper()}", index + 1
        if kind == "yearly":
            return self._yearly(index + 1)
        if kind == "monthly":
            day = self.ordinal(at, 31)
            if day is None:
                return None
            return self._every_nth(at) or (f"FREQ=MONTHLY;BYMONTHDAY={day[0]}", day[1])
        if self.kind(at) not in ("weekday", "weekdays"):
            return None
        return self._weekly(at, 2 if kind == "fortnightly" else 1)

    def _yearly(self, index: int) -> tuple[str, int] | None:
        """``jährlich am 1. Mai``, "jedes Jahr im Oktober"."""
        at = self.skip(index, "article")
        if self.kind(at) == "month" and at > index:
            return f"FREQ=YEARLY;BYMONTH={self.value(at)}", at + 1
        if self.kind(at) == "last":
            number, behind = -1, at + 1
        else:
            day = self.ordinal(at, 31)
            if day is None or at == index:
                return None
            number, behind = day
            if self.kind(behind) == "month" and self.year(behind + 1) is None:
                return f"FREQ=YEARLY;BYMONTH={self.value(behind)};BYMONTHDAY={number}", behind + 1
        month = self.skip(behind + 1, "article")
        if self.kind(behind) != "weekday" or number > 5 or self.kind(month) != "month":
            return None
        return f"FREQ=YEARLY;BYMONTH={self.value(month)};BYDAY={number}{_DAYS[self.value(behind)]}", month + 1


def _at(clock: time) -> str:
    return f"BYHOUR={clock.hour};BYMINUTE={clock.minute}"
