"""Times of day: "17–19 Uhr", "18.30 Uhr", "10:00 - 17:00", and how they hang on a day."""

from __future__ import annotations

from datetime import time

from mpsc_crawler.language.dates.tokens import Reader

_TIME_WORDS = frozenset("vormittags nachmittags abends morgens mittags".split())
_HALVES = {"nachmittags": 12, "abends": 12, "nachmittag": 12, "abend": 12}
_LATE = ("abend", "abends", "nachmittag", "nachmittags")
_DAY_WORDS = frozenset("abend nachmittag vormittag mittag morgen früh nacht".split())
_ENDINGS = frozenset("Ende endet enden schließt schließen".split())
_STARTS = frozenset("Abfahrt Beginn Start Treffpunkt Anpfiff Anstoß Treffen".split())
_CUES = frozenset(("um", "ab", "von", "jeweils", "zwischen", "bis"))
_BETWEEN = frozenset((",", "|", "·", ")", "…", "/", "-", "article", "(", ":", '"', "„", "“", "»", "«", "'"))
_NEW_DAY = frozenset("num month weekday weekdays holiday end ; ! ? every seit".split())
_FARTHEST = 26


class ClockReader(Reader):
    """Reads times."""

    def clock_after(self, index: int) -> tuple[time, time | None, int] | None:
        """The time that belongs to the day read before ``index``."""
        found = self._clock_near(index) or self._clock_far(index)
        if found is None or found[1] is not None:
            return found
        return self._with_end(found)

    def _with_end(self, found: tuple[time, time | None, int]) -> tuple[time, time | None, int]:
        """``ab 18 Uhr im Jugendtreff, Ende gegen 21 Uhr``."""
        for at in range(found[2], min(self.count, found[2] + 9)):
            kind = self.kind(at)
            if kind in ("num", "month", "weekday", ";") or (kind == "." and not self.glued(at + 1)):
                break
            if self.words[at] in _ENDINGS:
                clock = self.clock(self.skip(at + 1, "um", "ca", ":", ".", "article"))
                return (found[0], clock[0], clock[2]) if clock is not None and clock[3] else found
        return found

    def _clock_near(self, index: int) -> tuple[time, time | None, int] | None:
        at, words, cued = index, 0, False
        while True:
            kind, word = self.kind(at), self.words[at].lower()
            if kind in ("um", "ab", "von", "jeweils", "zwischen") or word in _TIME_WORDS:
                cued = True
            elif kind in (",", "|", "·", ")", "…", "/", "-", "article", "(", ":") or (
                kind == "." and self.kind(at - 1) == "um"
            ):
                pass
            elif kind in ("other", "in", "morgen") and words < 3 and word.isalpha():
                words += 1
            else:
                break
            at += 1
            if at - index > 8:
                return None
        if self.kind(at) == "half":
            return self._half_hour(index, at)
        if self.kind(at) != "num" or (words and not cued):
            return None
        clock = self.clock(at)
        if clock is None or (words and not clock[3]):
            return None
        if at == index and self.glued(at) and self.words[at - 1] != "T":
            return None
        start, end = clock[0], clock[1]
        if start.hour < 12 and clock[3] and self._late(index, at):
            start = start.replace(hour=start.hour + 12)
            end = end.replace(hour=end.hour + 12) if end is not None and end.hour < 12 else end
        return start, end, clock[2]

    def _late(self, index: int, at: int) -> bool:
        """Whether an evening or afternoon was named before the time: "Freitagabend um 8 Uhr"."""
        return any(self.words[i].lower().endswith(_LATE) for i in range(max(0, index - 2), at))

    def _half_hour(self, index: int, at: int) -> tuple[time, time | None, int] | None:
        """``abends um halb acht`` is 19:30; without a part of the day it is not known."""
        hour = self.count_of(at + 1)
        if hour is None or hour > 12:
            return None
        behind = self.words[at + 2].lower()
        if self._late(index, at) or behind in _LATE:
            return time(hour + 11, 30), None, at + 3 if behind in _LATE else at + 2
        if behind in ("morgens", "vormittags", "früh"):
            return time(hour - 1, 30), None, at + 3
        return None

    def _clock_far(self, index: int) -> tuple[time, time | None, int] | None:
        """A time said later in the same sentence: "am 5. Mai im Rathaus am Markt um 18 Uhr"."""
        at, most = index, min(self.count, index + _FARTHEST)
        while at < most:
            kind = self.kind(at)
            if (kind in _CUES or self.words[at] in _STARTS) and self.kind(at + 1) == "num":
                clock = self.clock(at + 1)
                # "bis 18 Uhr" is an end without a beginning, and other numbers are none of our times
                return (clock[0], clock[1], clock[2]) if clock is not None and clock[3] and kind != "bis" else None
            if kind in _NEW_DAY or (kind == "." and (self.broken(at + 1) or self.words[at + 1][:1].isupper())):
                return None
            if self.broken(at):
                return None
            at += 1
        return None

    def clock(self, index: int) -> tuple[time, time | None, int, bool] | None:
        """A time or range of times: start, end, index behind, and whether "Uhr" was said."""
        first = self._moment(index)
        if first is None:
            return None
        start, after, colon, uhr = first
        join = after
        if self.kind(join) in ("-", "bis") or (self.kind(join) == "und" and self.kind(index - 1) == "zwischen"):
            join = self.skip(join + 1, "um", ".", "article")
            second = None if self._day_at(join) else self._moment(join)
            if second is not None and not second[3] and not uhr and self.kind(second[1]) in ("und", ","):
                further = self.clock(second[1] + 1) if self.kind(second[1] + 1) == "num" else None
                if further is not None and further[1] is not None:
                    return start, further[1], further[2], further[3]  # "8–12 und 13–16 Uhr"
            if second is not None and (second[3] or uhr or (colon and second[2])):
                start, end = self._of_the_afternoon(second[1], start), self._of_the_afternoon(second[1], second[0])
                return start, end, self._behind_half(second[1]), uhr or second[3]
        if uhr or colon:
            return self._of_the_afternoon(after, start), None, self._behind_half(after), uhr
        return None

    def _day_at(self, index: int) -> bool:
        """Whether a number is the day of a date, not an hour: "20 Uhr bis 9. Mai", "bis 9.5. 5 Uhr"."""
        if self.kind(index) != "num" or self.kind(index + 1) != ".":
            return False
        number = self.kind(index + 2) == "num" and self.kind(index + 3) == "."
        return self.kind(index + 2) == "month" or number

    def _of_the_afternoon(self, after: int, clock: time) -> time:
        """``8 Uhr abends`` is 20:00."""
        hours = _HALVES.get(self.words[after].lower(), 0)
        return clock.replace(hour=clock.hour + hours) if hours and 1 <= clock.hour < 12 else clock

    def _behind_half(self, after: int) -> int:
        return after + 1 if self.words[after].lower() in _HALVES or self.words[after].lower() in _TIME_WORDS else after

    def _moment(self, index: int) -> tuple[time, int, bool, bool] | None:
        hour = self.number(index, 0, 24, (1, 2))
        if hour is None:
            return None
        minute, after, colon = 0, index + 1, False
        if self.kind(after) in (":", ".") and self.glued(after) and self.glued(after + 1):
            value = self.number(after + 1, 0, 59, (2,))
            if value is not None:
                dotted = self.kind(after) == "."
                minute, colon, after = value, not dotted, after + 2
                if self.kind(after) == ":" and self.number(after + 1, 0, 59, (2,)) is not None:
                    after += 2
                if dotted and self.kind(after) == "." and self.glued(after) and self.kind(after + 1) == "num":
                    return None
        uhr = self.kind(after) == "uhr"
        after = after + 1 if uhr else after
        if uhr and after == index + 2 and self.glued(after - 1) and self.glued(after):
            value = self.number(after, 0, 59, (2,))  # "18h30"
            minute, after = (value, after + 1) if value is not None else (minute, after)
        elif uhr and after == index + 2 and self.number(after, 5, 59, (2,)) is not None and self._ends(after + 1):
            minute, after = self.value(after), after + 1  # "18 Uhr 30"
        if hour == 24:
            hour, minute = (23, 59) if not minute else (hour, minute)
        if hour > 23:
            return None
        return time(hour, minute), after, colon, uhr

    def _ends(self, index: int) -> bool:
        return self.kind(index) in (",", ")", "end", "other", "article", "in") or (
            self.kind(index) == "." and not self.glued(index + 1)
        )

    def clock_before(self, index: int, floor: int = 0) -> tuple[time, time | None, int] | None:
        """The time right before a day: "11:47 10.07.2019", "um 18 Uhr am 5. Mai"; with the index where it begins.

        :param floor: what stands before this index belongs to another date.
        """
        while self.kind(index - 1) == "weekday":
            index -= 1
        for start in range(max(floor, index - 11), index - 1):
            if self.kind(start) != "num" or (self.kind(start - 1) == "." and self.glued(start)):
                continue
            clock = self.clock(start)
            if clock is None:
                continue
            behind, words = self.skip(clock[2], "|", "article", ","), 0
            if self.kind(start - 1) in ("um", "ab") and clock[3]:
                while behind < index and words < 4 and self.kind(behind) == "other" and self.words[behind].islower():
                    behind, words = behind + 1, words + 1  # "um 14 Uhr wird am 1. Dezember"
                behind = self.skip(behind, "article")
            if behind != index:
                continue
            return clock[0], clock[1], start
        return None
