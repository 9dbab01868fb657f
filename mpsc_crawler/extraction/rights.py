"""What does a page say of its use? Robots directives, reservations of text and data mining, licences. Pure.

Robots: the ``robots`` meta element and the ``X-Robots-Tag`` header (RFC 9309 leaves both to practice; Google's and Bing's
documentation agree on the words). Reservation: TDM Reservation Protocol (W3C Community Group, 2024): header, meta element and
``/.well-known/tdmrep.json``; it is a machine-readable reservation in the sense of § 44b UrhG. Licences: ``rel="license"``,
JSON-LD ``license``, and links to the texts of Creative Commons and of the Datenlizenz Deutschland.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from mpsc_crawler.extraction.dom import Page, clean
from mpsc_crawler.extraction.urls import absolute
from mpsc_crawler.items import Evidence

_DIRECTIVES = frozenset(
    "noindex nofollow none noarchive nocache nosnippet noimageindex notranslate noai noimageai indexifembedded".split()
)
_OUR_NAMES = frozenset(("robots", "mpsc-crawler"))
_ROBOT = re.compile(r"[a-z][a-z_.*-]{2,40}")
_WITH_VALUES = ("max-", "unavailable_after")
_CC = re.compile(r"creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)(?:/([a-z]{2})\b)?", re.I)
_DL = re.compile(r"govdata\.de/dl-de/(by|zero)-(\d)-(\d)", re.I)
_PLAIN = re.compile(r"\b(CC[ -]?0|CC[ -]BY(?:-(?:NC|SA|ND)){0,2})[ -](\d\.\d)\b|\b(dl-de)/(by|zero)-(\d)-(\d)\b", re.I)
_IN_PICTURE = frozenset(("figure", "figcaption", "picture"))
_MOST_RULES = 200


def licence_name(told: str) -> str | None:
    """The short name of a licence by its address or name: ``CC-BY-4.0``, ``CC0-1.0``, ``dl-de/by-2-0``; ``None`` for others."""
    found = _CC.search(told)
    if found:
        kind, parts, version, country = found.groups()
        name = "CC0" if parts.lower() == "zero" else "PDM" if kind.lower() == "publicdomain" else f"CC-{parts.upper()}"
        return f"{name}-{version}" + (f"-{country.upper()}" if country else "")
    found = _DL.search(told)
    if found:
        return f"dl-de/{found.group(1).lower()}-{found.group(2)}-{found.group(3)}"
    found = _PLAIN.search(told)
    if found and found.group(1):
        return f"{found.group(1).upper().replace(' ', '-').replace('CC-0', 'CC0')}-{found.group(2)}"
    return f"dl-de/{found.group(4).lower()}-{found.group(5)}-{found.group(6)}" if found else None


def robots_directives(metas: Iterable[tuple[str, str]], header: str = "") -> list[str]:
    """The directives that hold for us, sorted: those for all robots and those that name us.

    :param metas: names (lower case) and contents of meta elements.
    :param header: ``X-Robots-Tag``, several joined by commas; "name: directive" names a robot.
    """
    told = [content for name, content in metas if name in _OUR_NAMES]
    robot = ""
    for part in header.split(","):
        name, colon, directive = part.partition(":")
        name = name.strip().lower()
        if colon and _ROBOT.fullmatch(name) and not name.startswith(_WITH_VALUES):
            robot, part = name, directive
        if not robot or robot in _OUR_NAMES:
            told.append(part)
    words = {word.strip().lower() for part in told for word in part.split(",")}
    return sorted(w for w in words if w in _DIRECTIVES or re.fullmatch(r"max-snippet\s*:\s*\d+", w))


def rights_of(page: Page, headers: Mapping[str, str], licences: Iterable[str]) -> tuple[dict[str, Any], list[Evidence]]:
    """What a page says of its use: ``robots``, ``tdm_reservation``, ``tdm_policy``, ``licence``, ``licence_url``; only what is said.

    :param headers: by name in lower case.
    :param licences: what JSON-LD names as the article's licence.
    """
    rights: dict[str, Any] = {}
    evidence: list[Evidence] = []
    directives = robots_directives(page.metas, headers.get("x-robots-tag", ""))
    if directives:
        rights["robots"] = directives
        evidence.append(Evidence("robots", "meta or header", ", ".join(directives), 0.95))
    for rule, told in (
        ("header", headers.get("tdm-reservation", "")),
        ("meta", page.meta("tdm-reservation")),
    ):
        if told.strip() in ("0", "1"):
            rights["tdm_reservation"] = told.strip() == "1"
            evidence.append(Evidence("tdm_reservation", f"tdmrep.{rule}", told.strip(), 0.95))
            policy = headers.get("tdm-policy", "") if rule == "header" else page.meta("tdm-policy")
            if policy:
                rights["tdm_policy"] = clean(policy)
            break
    for rule, address in _licences(page, licences):
        name = licence_name(address)
        if name is not None:
            rights |= {"licence": name, "licence_url": address} if address.startswith("http") else {"licence": name}
            evidence.append(Evidence("licence", rule, address[:300], 0.6 if rule == "link" else 0.9))
            break
    return rights, evidence


def _licences(page: Page, told: Iterable[str]) -> Iterable[tuple[str, str]]:
    """What names a licence for the page's text, the surest first; licences of pictures are theirs alone."""
    for address in told:
        yield "jsonld.license", clean(address)
    for link in page.links:
        if "license" in (link.get("rel") or "").lower().split():
            yield "rel.license", absolute(page.base, link.get("href") or "") or ""
    for name in ("dcterms.license", "dc.rights", "dcterms.rights"):
        yield f"meta.{name}", page.meta(name)
    source = page.source
    if b"license" not in source and b"creativecommons.org" not in source and b"govdata.de/dl-de" not in source:
        return
    plain = []
    for element in page.body.document:
        if element.tag != "a":
            continue
        address = absolute(page.base, element.get("href")) or ""
        if licence_name(address) is None or any(above.tag in _IN_PICTURE for above in element.ancestors()):
            continue
        if "license" in element.get("rel").lower().split():
            yield "rel.license", address
        plain.append(address)
    if len({licence_name(address) for address in plain}) == 1:
        yield "link", plain[0]


def read_tdmrep(body: bytes) -> list[dict[str, Any]]:
    """The rules of ``/.well-known/tdmrep.json``: ``location``, ``reservation``, ``policy``; empty for what is no such file."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return []
    rules = []
    for entry in data[:_MOST_RULES] if isinstance(data, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("location"), str):
            continue
        rule = {"location": clean(entry["location"])[:500], "reservation": str(entry.get("tdm-reservation")) == "1"}
        if isinstance(entry.get("tdm-policy"), str):
            rule["policy"] = clean(entry["tdm-policy"])[:500]
        rules.append(rule)
    return rules


def with_tdmrep(
    rights: dict[str, Any], rules: Iterable[Mapping[str, Any]], url: str
) -> tuple[dict[str, Any], list[Evidence]]:
    """The rights of a page with what its site reserves; what the page says itself comes first, then the first rule that fits."""
    if "tdm_reservation" in rights:
        return rights, []
    parts = urlsplit(url)
    path = unquote(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    for rule in rules:
        if _fits(str(rule["location"]), path):
            told: dict[str, Any] = {"tdm_reservation": bool(rule["reservation"])}
            if rule.get("policy"):
                told["tdm_policy"] = rule["policy"]
            return rights | told, [Evidence("tdm_reservation", "tdmrep.site", str(rule["location"]), 0.95)]
    return rights, []


def _fits(location: str, path: str) -> bool:
    """As paths match in robots.txt: a beginning, ``*`` for anything, ``$`` for the end (RFC 9309, 2.2.3)."""
    wanted = unquote(location)
    first, *others = wanted.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    position = len(first)
    last = others.pop() if others and wanted.endswith("$") else None
    for piece in others:
        # the first place is as good as any later one: what follows may stand anywhere behind it
        found = path.find(piece, position)
        if found < 0:
            return False
        position = found + len(piece)
    if last is not None:
        return len(path) - len(last) >= position and path.endswith(last)
    return not wanted.endswith("$") or position == len(path)
