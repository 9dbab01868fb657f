"""The words of German dates as they are written on pages: each with its kind and the number it stands for."""

from __future__ import annotations

_MONTHS = {
    1: "januar jan jänner jaenner jän",
    2: "februar feb feber february febr",
    3: "märz mär maerz mrz march mar",
    4: "april apr",
    5: "mai may",
    6: "juni jun june juno",
    7: "juli jul july",
    8: "august aug",
    9: "september sep sept",
    10: "oktober okt october oct",
    11: "november nov",
    12: "dezember dez december dec",
}
LONG_MONTHS = (
    ("januar", 1),
    ("februar", 2),
    ("april", 4),
    ("august", 8),
    ("september", 9),
    ("oktober", 10),
    ("november", 11),
    ("dezember", 12),
)
"""Names long enough to be known with one typing error in them."""
_WEEKDAYS = {
    0: "montag mo monday kirmesmontag",
    1: "dienstag di tuesday",
    2: "mittwoch mi wednesday",
    3: "donnerstag do thursday",
    4: "freitag fr friday",
    5: "samstag sa sonnabend saturday",
    6: "sonntag so sunday",
}
_DAY_PARTS = ("abend", "nachmittag", "vormittag", "mittag", "morgen", "nacht", "früh")
_SEASONS = {0: "frühjahr frühling spring fruehjahr", 1: "sommer summer", 2: "herbst autumn spätherbst", 3: "winter"}
_NUMBERS = (
    "ein|eine|einem|einer|eines|einen zwei|zweier drei|dreier vier fünf sechs sieben acht neun zehn elf zwölf dreizehn"
    " vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig"
)
_ORDINALS = (
    "erst zweit dritt viert fünft sechst siebt|siebent acht neunt zehnt elft zwölft dreizehnt vierzehnt fünfzehnt sechzehnt"
    " siebzehnt achtzehnt neunzehnt zwanzigst einundzwanzigst zweiundzwanzigst dreiundzwanzigst vierundzwanzigst"
    " fünfundzwanzigst sechsundzwanzigst siebenundzwanzigst achtundzwanzigst neunundzwanzigst dreißigst einunddreißigst"
)
_ROMAN = {1: "i", 2: "ii", 3: "iii", 4: "iv"}
_KEYS = {
    "part1": "anfang beginn",
    "part2": "mitte",
    "part3": "ende end",
    "bis": "bis until till",
    "von": "von vom from",
    "und": "und sowie and oder bzw u",
    "ab": "ab beginnend startend",
    "seit": "seit since",
    "nach": "nach",
    "vor": "vor",
    "um": "um gegen circa ca etwa at",
    "jeweils": "jeweils je",
    "uhr": "uhr h",
    "article": "der den dem des das die the of zum zur im am",
    "jahr": "jahr jahre jahres jahren",
    "monat": "monat monats monate monaten",
    "woche": "woche wochen",
    "tag": "tag tage tagen tages",
    "wochenende": "wochenende wochenendes wochenenden",
    "jahresende": "jahresende jahresschluss",
    "jahresanfang": "jahresanfang jahresbeginn",
    "jahresmitte": "jahresmitte",
    "jahreswechsel": "jahreswechsel",
    "monatsende": "monatsende",
    "monatsanfang": "monatsanfang monatsbeginn",
    "heute": "heute heutigen heutige today",
    "gestern": "gestern gestrigen gestrige yesterday",
    "vorgestern": "vorgestern",
    "morgen": "morgen morgigen morgige tomorrow",
    "uebermorgen": "übermorgen",
    "this": "dieses diesen diesem diese dieser laufenden laufendes",
    "last": "letzten letztes letzte letzter letztem vergangenen vergangene vergangenes vergangener vergangenem vorigen"
    " voriges vorige voriger",
    "next": "kommenden kommende kommendes kommender kommendem nächsten nächste nächstes nächster nächstem folgenden",
    "overnext": "übernächsten übernächste übernächstes übernächster",
    "overlast": "vorletzten vorletzte vorletztes vorletzter vorvergangenen vorvergangene",
    "previous-year": "vorjahr vorjahres",
    "previous-month": "vormonat vormonats",
    "previous-week": "vorwoche",
    "quartal": "quartal quartals quartale",
    "halbjahr": "halbjahr halbjahres halbjahrs jahreshälfte",
    "kw": "kw kalenderwoche",
    "q": "q",
    "schuljahr": "schuljahr schuljahres kindergartenjahr kindergartenjahres kitajahr ausbildungsjahr",
    "wintersemester": "wintersemester wintersemesters",
    "sommersemester": "sommersemester sommersemesters",
    "span": "haushaltsjahr förderperiode saison spielzeit wintersaison doppelhaushalt",
    "zwischen": "zwischen between",
    "einschliesslich": "einschließlich einschliesslich inklusive inkl einschl",
    "zeitraum": "zeitraum",
    "in": "in innerhalb binnen",
    "every": "jeden jede jeder jedem jedes",
    "all": "alle aller allen",
    "decades": "neunziger achtziger siebziger sechziger fünfziger zwanziger",
    "century": "jahrhundert jahrhunderts",
    "heuer": "heuer",
    "holy": "heilige heiliger heiligen",
    "monthly": "monatlich monatlichen",
    "yearly": "jährlich alljährlich",
    "weekly": "wöchentlich",
    "fortnightly": "vierzehntägig vierzehntäglich zweiwöchentlich zweiwöchig",
    "quarterly": "vierteljährlich",
    "half-yearly": "halbjährlich",
    "half": "halb",
}
_DECADES = {
    "neunziger": 1990,
    "achtziger": 1980,
    "siebziger": 1970,
    "sechziger": 1960,
    "fünfziger": 1950,
    "zwanziger": 2020,
}
_OFTEN = {"täglich": 0, "werktags": 1, "werktäglich": 1, "wochentags": 1, "wochenends": 2}

HOLIDAYS: dict[str, str] = {
    "neujahr neujahrstag": "neujahr",
    "dreikönigstag dreikönig": "dreikönig",
    "valentinstag": "valentin",
    "weiberfastnacht": "weiberfastnacht",
    "rosenmontag": "rosenmontag",
    "fastnachtsdienstag faschingsdienstag veilchendienstag": "fastnacht",
    "aschermittwoch": "aschermittwoch",
    "weltfrauentag frauentag": "frauentag",
    "palmsonntag": "palmsonntag",
    "gründonnerstag": "gründonnerstag",
    "karfreitag": "karfreitag",
    "karsamstag": "karsamstag",
    "ostersamstag": "karsamstag",
    "ostern osterfest": "ostern",
    "ostersonntag": "ostersonntag",
    "ostermontag": "ostermontag",
    "osterwochenende": "osterwochenende",
    "walpurgisnacht": "walpurgis",
    "maifeiertag": "tag der arbeit",
    "muttertag": "muttertag",
    "himmelfahrt himmelfahrtstag vatertag christihimmelfahrt": "himmelfahrt",
    "pfingsten pfingstfest": "pfingsten",
    "pfingstsonntag": "pfingstsonntag",
    "pfingstmontag": "pfingstmontag",
    "pfingstsamstag": "pfingstsamstag",
    "pfingstwochenende": "pfingstwochenende",
    "fronleichnam": "fronleichnam",
    "weltkindertag": "weltkindertag",
    "erntedank erntedankfest erntedanksonntag": "erntedank",
    "reformationstag": "reformationstag",
    "halloween": "halloween",
    "allerheiligen": "allerheiligen",
    "allerseelen": "allerseelen",
    "martinstag sankt-martins-tag": "martinstag",
    "volkstrauertag": "volkstrauertag",
    "bußtag bettag": "buß- und bettag",
    "totensonntag ewigkeitssonntag": "totensonntag",
    "nikolaustag nikolausabend": "nikolaus",
    "heiligabend": "heiligabend",
    "weihnachten weihnachtsfest weihnachtsfeiertage weihnachtsfeiertagen": "weihnachten",
    "silvester sylvester silvesterabend": "silvester",
}
"""Feast days of one word. Those of several words are put together by the grammar."""
_ADVENT = "advent adventssonntag adventsonntag adventswochenende adventssamstag"


def _inflected(stems: str, endings: tuple[str, ...]) -> dict[int, list[str]]:
    return {
        value: [stem + ending for stem in group.split("|") for ending in endings]
        for value, group in enumerate(stems.split(), 1)
    }


def _lexicon() -> dict[str, tuple[str, int]]:
    words: dict[str, tuple[str, int]] = {}
    for key, forms in _KEYS.items():
        for form in forms.split():
            words[form] = (key, _DECADES.get(form, 0))
    for form, first in _DECADES.items():
        words.update({form + ending: ("decade", first) for ending in ("jahre", "jahren", "jahrn")})
    for value, numerals in _inflected(_NUMBERS, ("",)).items():
        words.update({form: ("number", value) for form in numerals})
    for value, numerals in _inflected(_ORDINALS, ("e", "en", "es", "er", "em")).items():
        words.update({form: ("ordinal", value) for form in numerals})
    for value, forms in _ROMAN.items():
        words[forms] = ("ordinal", value)
    for value, forms in _SEASONS.items():
        words.update({form: ("season", value) for form in forms.split()})
        words.update({form + "s": ("season", value) for form in forms.split()[:2]})
    for value, forms in _MONTHS.items():
        for form in forms.split():
            words[form] = ("month", value)
            if len(form) > 4:
                words[form + "s"] = ("month", value)
    for value, forms in _WEEKDAYS.items():
        for form in forms.split():
            words[form] = ("weekday", value)
            if len(form) > 4 and not form.endswith("day"):
                words[form + "s"] = ("weekdays", value)
                words.update({form + part: ("weekday", value) for part in _DAY_PARTS})
                words.update({form + part + "s": ("weekdays", value) for part in _DAY_PARTS})
    for value, stem in enumerate(("frühjahrs", "sommer", "herbst", "winter")):
        words[stem + "ausgabe"] = ("season", value)
    words.update({word: ("often", value) for word, value in _OFTEN.items()})
    for number, forms in enumerate(HOLIDAYS):
        words.update({form: ("holiday", number) for form in forms.split()})
    words.update({word: ("advent", 0) for word in _ADVENT.split()})
    return words


def spellings() -> dict[str, tuple[str, int]]:
    """Every key word as it may be written, so that reading needs one look-up and no change of case."""
    spelled: dict[str, tuple[str, int]] = {}
    spelled["WiSe"] = spelled["WS"] = ("wintersemester", 0)
    spelled["SoSe"] = ("sommersemester", 0)
    for word, entry in _lexicon().items():
        spelled[word.capitalize()] = spelled[word.upper()] = entry
        if entry[0] in ("month", "weekday") and len(word) < 5 and word != "mai":
            continue  # "so", "do", "mi", "mar" are only dates as abbreviations with a capital letter
        spelled[word] = entry
    return spelled
