"""What the sentence around a date says: where it begins and ends, and whether it tells of something past."""

from __future__ import annotations

import re

_BREAK = re.compile(r"[.!?]“?\s+|\n+")
_REACH = 400
_BEING = frozenset(("ist", "sind"))
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


def _ends_sentence(text: str, found: re.Match[str]) -> bool:
    """Whether a sign is the end of a sentence: behind a word or year and before a beginning, no "Dr." or "5."."""
    if text[found.start()] == "\n" or "\n" in found.group():
        return True
    before, behind = text[max(0, found.start() - 4) : found.start()], text[found.end() : found.end() + 1]
    whole = before[-3:].isalpha() and len(before) >= 3
    return (whole or (len(before) == 4 and before.isdigit())) and not behind.islower()


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """First and last position of the sentence in which ``start`` to ``end`` stands; 400 characters to each side at most."""
    low, high = max(0, start - _REACH), min(len(text), end + _REACH)
    begin, stop = low, high
    for found in _BREAK.finditer(text, low, start):
        if _ends_sentence(text, found):
            begin = found.end()
    for found in _BREAK.finditer(text, end, high):
        if _ends_sentence(text, found):
            stop = found.start() + (text[found.start()] != "\n")
            break
    return begin, stop


def tells_past(text: str, start: int, end: int) -> bool | None:
    """Whether the sentence around a date tells of something past; ``None`` where no verb is known."""
    begin, stop = sentence(text, start, end)
    begin = max(begin, text.rfind(";", begin, start) + 1)
    closing = text.find(";", end, stop)
    words = _WORD.findall(text[begin : closing if closing >= 0 else stop])
    lower = {word.lower() for word in words}
    ahead = lower & _AHEAD
    behind = bool(lower & _BEHIND) or any(_PRETERITE.match(word) and not _NO_PRETERITE.match(word) for word in words)
    if not behind and ahead and ahead <= _BEING and any(_PARTICIPLE.match(word) for word in words):
        return True  # "ist am Mittwoch auf den Schulhof gestürzt"
    if bool(ahead) == behind:
        return None
    return behind
