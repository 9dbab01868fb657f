"""What the sentence around a date says: where it begins and ends, and whether it tells of something past."""

from __future__ import annotations

import re

_BREAK = re.compile(r"(?<=[^\W\d]{3}[.!?])\s+(?=[^a-zäöüß\s])|(?<=[^\W\d]{3}[!?]“)\s+|\n+|(?<=\d{4}\.)\s+(?=[A-ZÄÖÜ„])")
_REACH = 400
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+")
_AHEAD = frozenset(
    "wird werden findet finden lädt laden startet starten beginnt beginnen kann können gibt steht stehen zeigt zeigen kommt"
    " kommen trifft treffen soll sollen möchte möchten ist sind bleibt bleiben dürfen darf bietet bieten folgt folgen endet"
    " tagt öffnet öffnen geht gehen dreht lockt spielt liest spricht erwartet freut freuen stellt heißt will wollen macht"
    " tritt treten präsentiert informiert referiert diskutiert sitzt bitten bittet anmelden fährt fahren rollt rücken".split()
)
_BEHIND = frozenset(
    "hat haben hatte hatten wurde wurden war waren fand fanden ging gingen kam kamen gab gaben lud luden nahm nahmen beschloss"
    " beschlossen sprach sprachen stand standen begann begannen traf trafen rief riefen zog zogen schloss schlossen erhielt"
    " erhielten blieb blieben überreichte übergab übergaben stieß hieß trat traten fiel fielen hielt hielten las sah sahen"
    " gewann gewannen empfing unterschrieb unterzeichnete bekam schrieb worden gewesen".split()
)
_PRETERITE = re.compile(
    r"^(?:[a-zäöüß]{3,}(?:te|ten)|(?:ab|an|auf|aus|be|ein|ent|er|ge|ver|vor|zu|über|unter|wider|statt|teil|nach|mit|um|weg|zurück)?"
    r"(?:stand|kam|ging|fand|nahm|gab|lief|fiel|hielt|trat|ließ|bot|schlug|stieg|wuchs|warf|brach|sprang|sang|schien|blies|bewies"
    r"|half|bat|trug|fuhr|griff|verlor|schnitt|schloss|zog|flog|sprach|traf|rief|wies|lud|lag|saß|sah|las|aß|trank|wurd|begann|gewann"
    r"|rann|schob|schuf|schwand|schwoll|zwang|grub|lud|riss|ritt|stieß|strich)(?:en)?)$"
)
_PARTICIPLE = re.compile(
    r"^(?:[a-zäöü]{2,6})?(?:gestürzt|gefallen|gekommen|gegangen|gestartet|gefahren|gestorben|geworden|gelaufen|getroffen|erschienen"
    r"|gestrandet|geraten|gelungen|geplatzt|gebrochen|gebrannt|gezogen|gereist|angetreten|entstanden)$"
)
_NO_PRETERITE = re.compile(
    r"^(?:heute|letzten?|bitten?|guten?|alten?|weiten?|breiten?|roten?|ersten?|zweiten?|dritten?|vierten?|fünften?|sechsten?"
    r"|sieb(?:en)?ten?|achten?|neunten?|zehnten?|.*(?:zehnten?|zwanzigsten?)|nächsten?|meisten?|besten?|leuten?|ge.*ten?|be.*(?:ierten|igten)"
    r"|.*ierten?|.*ierte|könnten?|möchten?|sollten?|müssten?|wollten|dürften?|hätten?|rechten?|echten?|leichten?|bekannten?"
    r"|gesamten?|konkreten?|privaten?|direkten?|satten?|seiten|mitten|unten|selten|warten|arbeiten|bieten|gelten|starten"
    r"|leisten|testen|posten|kosten|.*halten|.*treten|.*beiten|.*leiten|.*haften?|.*isten|.*esten?)$"
)


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """First and last position of the sentence in which ``start`` to ``end`` stands; 400 characters to each side at most."""
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    begin = low
    for found in _BREAK.finditer(text, low, start):
        begin = found.end()
    behind = _BREAK.search(text, end, high)
    return begin, behind.start() if behind is not None else high


def tells_past(text: str, start: int, end: int) -> bool | None:
    """Whether the sentence around a date tells of something past; ``None`` where no verb is known."""
    begin, stop = sentence(text, start, end)
    begin = max(begin, text.rfind(";", begin, start) + 1)
    closing = text.find(";", end, stop)
    words = _WORD.findall(text[begin : closing if closing >= 0 else stop])
    lower = [word.lower() for word in words]
    behind = any(word in _BEHIND for word in lower) or any(
        _PRETERITE.match(word) and not _NO_PRETERITE.match(word) for word in words
    )
    ahead = any(word in _AHEAD for word in lower)
    others = any(word in _AHEAD and word not in ("ist", "sind") for word in lower)
    if (
        not behind
        and not others
        and ("ist" in lower or "sind" in lower)
        and any(_PARTICIPLE.match(word) for word in words)
    ):
        return True  # "ist am Mittwoch auf den Schulhof gestürzt"
    if ahead == behind:
        return None
    return behind
