"""Times of day: "17–19 Uhr", "18.30 Uhr", "10:00 - 17:00", and how they hang on a day."""

from __future__ import annotations

from datetime import time

from mpsc_crawler.language.dates.tokens import Reader

_TIME_WORDS = frozenset("vormittags nachmittags abends morgens mittags".split())


class ClockReader(Reader):
    """Reads times."""

    def clock_after(self, index: int) -> tuple[time, time | None, int] | None:
        """The time that belongs to the day read before ``index``."""
        at, words, cued = index, 0, False
        while True:
            kind, word = self.kind(at), self.words[at].lower()
            if kind in ("um", "ab", "von", "jeweils", "zwischen") or word in _TIME_WORDS:
                cued = True
            elif kind in (",", "|", "·", ")", "…", "/", "-", "article", "(") or (
                kind == "." and self.kind(at - 1) == "um"
            ):
                pass
            elif kind == "other" and words < 3 and word.isalpha():
                words += 1
            else:
                break
            at += 1
            if at - index > 8:
                return None
        if self.kind(at) != "num" or (words and not cued):
            return None
        clock = self.clock(at)
        if clock is None or (words and not clock[3]):
            return None
        if at == index and self.glued(at) and self.words[at - 1] != "T":
            return None
        return clock[0], clock[1], clock[2]

    def clock(self, index: int) -> tuple[time, time | None, int, bool] | None:
        """A time or range of times: start, end, index behind, and whether "Uhr" was said."""
        first = self._moment(index)
        if first is None:
            return None
        start, after, colon, uhr = first
        join = after
        if self.kind(join) in ("-", "bis"):
            join = self.skip(join + 1, "um", ".")
            second = self._moment(join)
            if second is not None and (second[3] or uhr or (colon and second[2])):
                return start, second[0], second[1], uhr or second[3]
        if uhr or colon:
            return start, None, after, uhr
        return None

    def _moment(self, index: int) -> tuple[time, int, bool, bool] | None:
        hour = self.number(index, 0, 23, (1, 2))
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
        return time(hour, minute), after + 1 if uhr else after, colon, uhr

    def clock_before(self, index: int) -> tuple[time, int] | None:
        """The time right before a day: "11:47 10.07.2019"."""
        for start in (index - 5, index - 4, index - 3, index - 2):
            if start < 0:
                continue
            moment = self._moment(start)
            if moment is not None and self.skip(moment[1], "|", "article", ",") == index and (moment[2] or moment[3]):
                return moment[0], start
        return None
