"""What is this called? The headline without site name, kicker or slogan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mpsc_crawler.extraction.dom import El, Page, clean
from mpsc_crawler.extraction.naming import HIDDEN, KICKER, TITLE
from mpsc_crawler.extraction.structured import Structured, Told
from mpsc_crawler.items import ArticleLink, Evidence

_SEPARATORS = re.compile(r"\s+[|•·»«:]{1,2}\s+|\s+[–—-]\s+|\s*\|\s*|\s*»\s*|\s+::\s+")
_KEY = re.compile(r"\W+")
_REPLIES = re.compile(r"^\d+ (?:Antwort|Kommentar|Gedanke|Reaktion|comment|thought|response)", re.I)
_SECTION = frozenset(
    "aktuelles neuigkeiten news presse pressemitteilungen pressemitteilung nachrichten meldungen startseite home blog suche menü"
    " projekte newsdetail detail artikel service inhalt hauptinhalt willkommen pressemeldung pressemeldungen aktuell".split()
)


@dataclass(frozen=True, slots=True)
class Headline:
    """The choice, the element it stands in (if it stands in the body) and its evidence."""

    text: str | None
    kicker: str | None
    element: El | None
    evidence: tuple[Evidence, ...]


def key(text: str) -> str:
    """Letters and digits only, in lower case: equal for texts that differ in signs and space."""
    return _KEY.sub("", text).casefold()


def without_site_name(title: str, site_name: str, host: str) -> str:
    """Cut site name and section off a ``title`` element: "Headline | Stadt Jena" becomes "Headline"."""
    parts = [part for part in _SEPARATORS.split(title) if part and part.strip()]
    if len(parts) < 2:
        return title
    site, host_key = key(site_name), key(host.split(".")[-2] if host.count(".") else host)

    def names_site(part: str) -> bool:
        told = key(part)
        return bool(told) and (
            (bool(site) and (told in site or site in told))
            or (len(host_key) > 3 and host_key in told)
            or told in _SECTION
        )

    first, last = 0, len(parts)
    while last - first > 1 and names_site(parts[last - 1]):
        last -= 1
    while last - first > 1 and names_site(parts[first]):
        first += 1
    if (first, last) == (0, len(parts)):
        # nobody told the site's name: what stands behind an upright bar is hardly ever part of a headline
        start = re.split(r"\s+[|»•]\s+", title, maxsplit=1)[0]
        return start if len(start) >= 20 and start.count(" ") >= 2 else title
    begin = title.index(parts[first])
    end = title.rindex(parts[last - 1]) + len(parts[last - 1])
    return title[begin:end].strip()


_SHORT_KICKER = 70


def _heading_text(el: El, witnesses: list[str], told: Sequence[str] = ()) -> tuple[str, str | None]:
    """The heading's own words and a kicker that stands inside it.

    :param witnesses: keys of what head and list call the article; they tell a kicker that no name announces.
    :param told: the same as they are written.
    """
    el = _unwrapped(el)
    parts: list[str] = []
    makers: list[El | None] = []
    for child in el.children:
        if isinstance(child, str):
            text = clean(child)
        elif child.noise or child.traits & HIDDEN:
            continue
        else:
            text = child.text()
        if text:
            parts.append(text)
            makers.append(None if isinstance(child, str) else child)
    whole = clean(" ".join(parts))
    if len(parts) < 2:
        return whole, None
    first, rest = parts[0].rstrip(_EDGES), clean(" ".join(parts[1:])).lstrip(_EDGES)
    start, last = clean(" ".join(parts[:-1])).rstrip(_EDGES), parts[-1].strip(_EDGES + ",")
    if _announced(makers[-1]) and len(start) > 10:
        return start, last
    divided = _divided(told, first, rest)
    confirmed = key(whole) in witnesses and not divided
    if len(first) <= _SHORT_KICKER and len(rest) > 10 and not (key(first) in witnesses and key(rest) not in witnesses):
        apart = None not in makers and len(parts) == 2 and len(first) < len(rest) and _apart(el)
        if _announced(makers[0]) or divided or (not confirmed and (key(rest) in witnesses or apart)):
            return rest, first
    if not confirmed and key(start) in witnesses and len(start) > 10:
        return start, None  # what stands behind is a date or a section
    return whole, None


_EDGES = " :–-|·"
_DIVIDER = re.compile(r"\s*(?:[:|–—?!]|\s-\s)\s*$")


def _announced(maker: El | None) -> bool:
    """Whether the element calls itself a kicker, or holds one."""
    return maker is not None and any(inner.traits & KICKER for inner in maker.elements())


def _divided(told: Sequence[str], first: str, rest: str) -> bool:
    """Whether somebody writes a sign between the two: "Tunesien: Große Aufgaben für die neue Regierung"."""
    for text in told:
        at = text.find(rest)
        if at > 0 and key(text[:at]).endswith(key(first)) and _DIVIDER.search(text[:at]):
            return True
    return False


def _unwrapped(el: El) -> El:
    """The innermost element that still holds all of the heading: a link or span around everything is passed through."""
    while True:
        inside = [child for child in el.children if not isinstance(child, str) or not child.isspace()]
        if len(inside) != 1 or isinstance(inside[0], str) or inside[0].noise:
            return el
        el = inside[0]


def _apart(el: El) -> bool:
    """Whether the two elements inside a heading are of different make: other tags or other names."""
    inside = [child for child in el.children if not isinstance(child, str) and not child.noise and child.text()]
    return len(inside) == 2 and (inside[0].tag, inside[0].names) != (inside[1].tag, inside[1].names)


def _kicker_near(el: El) -> str | None:
    """A kicker in the element right before the headline or in its header."""
    node: El | None = el
    for _ in range(3):
        parent = node.parent if node is not None else None
        if node is None or parent is None:
            return None
        index = next((i for i, child in enumerate(parent.children) if child is node), 0)
        nearest = True
        for child in reversed(parent.children[:index]):
            if isinstance(child, str):
                continue
            text = child.text()
            if 2 < len(text) < 100 and (child.traits & KICKER or (nearest and _heads_alike(child, node))):
                return text
            nearest = nearest and not text
        if parent.tag in ("body", "main"):
            return None
        node = parent
    return None


_SCORES = {"h1": 0.5, "h2": 0.2, "h3": 0.1}


_DIGITS = re.compile(r"\d+")


def _heads_alike(before: El, headline: El) -> bool:
    """Whether a builder made the line right before the headline with the same module, as a title of its own."""
    return (
        bool(before.traits & TITLE)
        and before.linked == 0
        and before.size <= _SHORT_KICKER
        and before.first("h1", "h2", "img") is None
        and {_DIGITS.sub("", name) for name in before.names.split()[:2]}
        == {_DIGITS.sub("", name) for name in headline.names.split()[:2]}
    )


def choose_headline(
    page: Page, order: list[El], structured: Structured, link: ArticleLink | None, host: str
) -> Headline:
    """Weigh headings of the page against what the head, structured data and the list call the article."""
    title = without_site_name(page.title, structured.site_name, host) if page.title else ""
    witnesses = [
        Told(without_site_name(t.value, structured.site_name, host), t.rule, t.confidence) for t in structured.headlines
    ]
    if title:
        witnesses.append(Told(title, "title", 0.6))
    if link is not None and link.headline:
        witnesses.append(Told(clean(link.headline), f"link:{link.rule}", 0.55))
    witness_keys = [(key(w.value), w.confidence) for w in witnesses if w.value]
    # microdata is the heading itself, and tells nothing of its parts
    others = [w.value for w in witnesses if w.value and not w.rule.startswith("microdata")]
    keys = [key(text) for text in others]
    best: tuple[float, str, str | None, El] | None = None
    site_key = key(structured.site_name)
    headings = [el for el in order if el.tag in _SCORES and not el.noise]
    for index, el in enumerate(headings[:41]):
        text, kicker = _heading_text(el, keys, others)
        if not 3 <= len(text) <= 300 or _REPLIES.match(text):
            continue
        score = _SCORES[el.tag] - 0.004 * index
        own = key(text)
        if own in _SECTION or own == site_key:
            score -= 0.6
        agreement = 0.0
        for witness, confidence in witness_keys:
            if witness == own:
                agreement = max(agreement, confidence)
            elif (
                own
                and len(own) > 8
                and (own in witness or witness in own)
                and min(len(own), len(witness)) > 0.5 * max(len(own), len(witness))
            ):
                agreement = max(agreement, confidence * 0.7)
        score += agreement
        if el.traits & TITLE:
            score += 0.1
        if best is None or score > best[0]:
            best = (score, text, kicker, el)
    told = max(witnesses, key=lambda w: w.confidence, default=None)
    if best is not None and best[0] >= 0.45:
        score, text, kicker, el = best
        kicker = kicker or _kicker_near(el)
        evidence = [Evidence("headline", f"heading.{el.tag}", text, round(min(0.99, 0.45 + score / 2), 2))]
        if told is not None and key(told.value) != key(text):
            evidence.append(Evidence("headline", told.rule, told.value, told.confidence, chosen=False))
        return Headline(text, kicker, el, tuple(evidence))
    if told is not None:
        return Headline(
            told.value, None, best[3] if best else None, (Evidence("headline", told.rule, told.value, told.confidence),)
        )
    if best is not None:
        return Headline(best[1], best[2], best[3], (Evidence("headline", f"heading.{best[3].tag}", best[1], 0.3),))
    return Headline(None, None, None, ())
