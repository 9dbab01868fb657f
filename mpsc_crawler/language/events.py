"""Which event a date belongs to: the nearest name of an event and of a place, where the sentence says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mpsc_crawler.items import DateValue, Mention
from mpsc_crawler.language.dates.sentence import sentence

_HEADS = (
    "kongress konferenz fest festival messe tagung fachtag aktionstag warntag thementag projekttag familientag digitaltag"
    " infotag workshop werkstatt seminar seminare webinar webinare forum dialog barcamp hackathon sprechstunde treff treffen"
    " stammtisch café cafe führung führungen rundgang rundgänge spaziergang sitzung versammlung veranstaltung vortrag vorträge"
    " lesung konzert ausstellung eröffnung einweihung verleihung vorstellung feier jubiläum kirmes museumsnacht kulturnacht"
    " filmabend infoabend elternabend gespräch exkursion kurs kurse schulung schulungen camp gipfel wettbewerb premiere"
    " energieberatung beratung begehung symposium kick-off auftakt frühschoppen turnier börse woche schnuppertag flohmarkt"
    " hackday meetup planspiel bürgerrat ortstermin richtfest spatenstich abschlussfeier befahrung leerung abnahme erörterung"
    " podiumsdiskussion diskussion bustour radtour tour show parade umzug andacht gottesdienst weihnachtsmarkt adventsmarkt"
    " seniorennachmittag spielenachmittag projektwoche aktionswoche mobilitätswoche klimawoche digitalwoche"
)
_NO_EVENT = re.compile(
    r"(?:Woche|Kalenderwoche|Werkstatt|Beratung|Treffen|Tour|Kurs|Abnahme|Vorstellung|Forum|Diskussion|Gespräch|Wettbewerb|Auftakt"
    r"|Fußballspiel|Autowerkstatt|Bürgerforum e\.V\.)"
)


def _any(words: str, *, titled: bool = False) -> str:
    """A pattern for any of the words, the longest first; ``titled`` with a capital letter."""
    told = sorted(words.split(), key=len, reverse=True)
    return "|".join(re.escape(word.capitalize() if titled else word) for word in told)


_HEAD, _TITLED = _any(_HEADS), _any(_HEADS, titled=True)
_QUOTED = r"(?: [„\"»][^“\"«]{2,80}[“\"«])"
_OF = r"(?: (?:des|der|für|zum|zur|zu|über|mit|von|an der) (?:(?:die|das|den|der|dem) )?(?:[a-zäöüß]+(?:e|en|er|es) )?[A-ZÄÖÜ][\wäöüß:*-]+)"
_EVENT = re.compile(
    r"(?<![\w-])(?P<name>(?:\d{1,3}\. )?(?:(?:[A-ZÄÖÜ][a-zäöüß-]+(?:e|en|er|es)|MPSC|KI|IT|Smart-City)[ -])?"
    rf"(?:(?:[A-ZÄÖÜ][\wäöüß:*&-]*?(?:{_HEAD}s?e?n?)|(?:{_TITLED}))(?![\wäöüß])(?:{_OF}{{0,2}}{_QUOTED}?)"
    rf"|(?:Tag|Woche|Nacht|Langen? Nacht|Tage) (?:der|des) (?:[a-zäöüß]+ )?[A-ZÄÖÜ][\wäöüß-]+))"
)
_VENUES = (
    "halle saal haus hause rathaus zentrum museum bücherei bibliothek schule gymnasium platz park kirche schloss burg mensa aula"
    " raum bühne labor hof gasthaus stadion bad mühle fabrik hotel campus universität hochschule foyer turm markt garten gelände"
    " wiese straße bahnhof kreuzung haltestelle archiv theater kino studio treff orangerie heim kreishaus zollhaus gerätehaus"
    " bauhof stadthalle festsaal bürgersaal scheune werkstatt kloster zelt stadtwerke akademie kaserne feuerwache mediathek"
    " stube gewölbe hofgut landratsamt amt zimmer gemeindehaus fußgängerzone innenstadt altstadt"
)
_VENUE, _VENUES_TITLED = _any(_VENUES), _any(_VENUES, titled=True)
_PLACE = re.compile(
    r"(?:(?<=[ (|,])|^)(?:im|in der|in den|in dem|in die|ins|in|am|an der|auf dem|auf der|zum|vor dem|,|\|) "
    rf"(?P<place>(?:[a-zäöüß]+(?:en|e) )?(?:[A-ZÄÖÜ][a-zäöüß]+en )?(?:[A-ZÄÖÜ][\wäöüß-]*?(?:{_VENUE})|(?:{_VENUES_TITLED}))(?:e?s|en)?(?![\wäöüß])"
    r"(?: (?:[IVX]+|\d{1,2})\b)?(?:(?: (?:am|an der|der|des|im|in)(?: [a-zäöüß]+en)?)? [A-ZÄÖÜ][\wäöüß-]+){0,2}"
    + _QUOTED
    + "?)"
)
_REACH = 120


def _nearest(candidates: list[tuple[int, int, str]], begin: int, end: int) -> str | None:
    """The candidate next to the date; what stands within the date's own words is none."""
    apart = [
        (min(abs(start - end), abs(begin - stop)), start < begin, text)
        for start, stop, text in candidates
        if (stop <= begin or start >= end) and min(abs(start - end), abs(begin - stop)) <= _REACH
    ]
    return min(apart)[2] if apart else None


def name_events(text: str, dates: Sequence[DateValue], mentions: Sequence[Mention] = ()) -> list[DateValue]:
    """The same dates; those of events with the name of the event and its place, as far as their sentence tells them.

    :param text: the text that the spans of ``dates`` refer to.
    :param mentions: what is named in the same text; a municipality behind "in" is a place.
    """
    return [_named(text, value, mentions) if value.kind == "event" and value.span else value for value in dates]


def _named(text: str, value: DateValue, mentions: Sequence[Mention]) -> DateValue:
    begin, end = value.span or (0, 0)
    first, last = sentence(text, begin, end)
    names = [
        (found.start("name"), found.end("name"), found.group("name"))
        for found in _EVENT.finditer(text, first, last)
        if not _NO_EVENT.fullmatch(found.group("name"))
    ]
    places = [
        (found.start("place"), found.end("place"), found.group("place")) for found in _PLACE.finditer(text, first, last)
    ]
    if not places:
        places = [
            (m.start, m.end, m.surface)
            for m in mentions
            if m.kind == "municipality"
            and first <= m.start
            and m.end <= last
            and text[max(0, m.start - 5) : m.start].endswith((" in ", "In ", "nach "))
        ]
    name, place = _nearest(names, begin, end), _nearest(places, begin, end)
    return replace(value, name=name, place=place) if name or place else value
