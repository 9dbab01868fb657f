"""Platform readers: how each content management system marks its articles, as data in ``readers.toml``.

A reader is recognised by the platform's own traces and only ever adds candidates; a page that no reader knows is read
by the general rules alone. A source may name classes of its own site on top (:class:`Names`), for the time between
two relaunches.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from urllib.parse import parse_qs, urlsplit

from mpsc_crawler.extraction.dom import El, Page

PARTS = ("content", "teaser", "kicker", "published", "modified", "author")
"""The parts of an article that a platform, or a single site, may have names for."""
_BITS = {part: 1 << position for position, part in enumerate(PARTS)}
_MOST_NAMES = 50_000


class Names:
    """Classes and ids of an article's parts. Every combination of names is judged once."""

    def __init__(self, *parts: Mapping[str, str]) -> None:
        """:param parts: by part, words separated by space; a closing ``*`` stands for any ending."""
        self._words: dict[str, int] = {}
        self._beginnings: dict[str, int] = {}
        for words, bit in ((told.get(part, ""), bit) for told in parts for part, bit in _BITS.items()):
            for word in words.lower().split():
                table, name = (self._beginnings, word[:-1]) if word.endswith("*") else (self._words, word)
                table[name] = table.get(name, 0) | bit
        self._begin = tuple(self._beginnings)
        self._known: dict[str, int] = {}

    def _judge(self, names: str) -> int:
        found = 0
        for word in names.split():
            found |= self._words.get(word, 0)
            if word.startswith(self._begin):
                for beginning, bits in self._beginnings.items():
                    found |= bits if word.startswith(beginning) else 0
        if len(self._known) < _MOST_NAMES:
            self._known[names] = found
        return found

    def sort(self, elements: Iterable[El]) -> dict[str, list[El]]:
        """The elements of each part, in the order given."""
        known = self._known
        found: dict[str, list[El]] = {}
        for el in elements:
            names = el.names
            if names:
                bits = known.get(names)
                if bits is None:
                    bits = self._judge(names)
                if bits:
                    for part, bit in _BITS.items():
                        if bits & bit:
                            found.setdefault(part, []).append(el)
        return found


@lru_cache(maxsize=512)
def _names(parts: tuple[tuple[str, str], ...]) -> Names:
    return Names(dict(parts))


def names_of(parts: Mapping[str, str]) -> Names:
    """The names that a single source gives to the parts of its articles; the same object for the same names."""
    return _names(tuple(sorted(parts.items())))


@dataclass(frozen=True, eq=False)
class PlatformReader:
    """One platform, or a theme of it (``variant``). ``identity_*`` find the platform's own id of the article."""

    name: str
    variant: str
    generator: re.Pattern[str]
    words: frozenset[str]
    beginnings: tuple[str, ...]
    address: tuple[str, ...]
    parts: Names
    identity_names: re.Pattern[str] | None = None
    identity_address: re.Pattern[str] | None = None
    variants: tuple[PlatformReader, ...] = field(default=())

    @property
    def rule(self) -> str:
        """The platform's name in rules: ``wordpress``, ``wordpress.divi``."""
        return f"{self.name}.{self.variant}" if self.variant else self.name

    def speaks(self, word: str) -> bool:
        """Whether a class or id is one of the platform's."""
        return word in self.words or word.startswith(self.beginnings)


def _reader(told: Mapping[str, str], base: Mapping[str, str] | None = None) -> PlatformReader:
    names = told["names"].split()
    whole = {**base, **told} if base is not None else told
    return PlatformReader(
        name=base["name"] if base is not None else told["name"],
        variant=told["name"] if base is not None else "",
        generator=re.compile(whole["generator"], re.I),
        words=frozenset(name for name in names if not name.endswith("*")),
        beginnings=tuple(name[:-1] for name in names if name.endswith("*")),
        address=tuple(told.get("address", "").split()),
        parts=Names(told) if base is None else Names(base, told),
        identity_names=re.compile(whole["identity_names"], re.I) if "identity_names" in whole else None,
        identity_address=re.compile(whole["identity_address"], re.I) if "identity_address" in whole else None,
        variants=tuple(_reader(variant, told) for variant in told.get("variant", ())),  # type: ignore[arg-type]
    )


def _load() -> tuple[PlatformReader, ...]:
    text = resources.files(__name__).joinpath("readers.toml").read_text(encoding="utf-8")
    return tuple(_reader(told) for told in tomllib.loads(text)["reader"])


READERS = _load()
_BY_NAME = {reader.name: reader for reader in READERS}
_DIGITS = re.compile(r"\d+")
_WHOLE_WORDS = frozenset(word for reader in READERS for word in reader.words)
_BEGINNINGS = tuple(begin for reader in READERS for begin in reader.beginnings)
# hardly any word begins like a platform's: the first two letters tell
_FIRST_LETTERS = frozenset(begin[:2] for begin in (*_BEGINNINGS, *_WHOLE_WORDS))


def _traces(order: list[El]) -> set[str]:
    """The names on a page by which a platform may be known; numbers in them count as one."""
    words = {word for names in {el.names for el in order} for word in names.split() if word[:2] in _FIRST_LETTERS}
    return {_DIGITS.sub("0", word) for word in words if word in _WHOLE_WORDS or word.startswith(_BEGINNINGS)}


def recognise(page: Page, order: list[El]) -> PlatformReader | None:
    """The platform by its traces: the generator settles it, otherwise names and addresses are counted."""
    generator = page.meta("generator")
    if generator:
        for reader in READERS:
            if reader.generator.search(generator):
                return _variant(reader, _traces(order) if reader.variants else set())
    words = _traces(order)
    addresses = "\n".join([page.url, *(link.get("href") or "" for link in page.links[:40])]).lower()
    best, most = None, 1
    for reader in READERS:
        named = min(6, 2 * sum(1 for word in words if reader.speaks(word)))
        count = named + min(40, sum(addresses.count(piece) for piece in reader.address))
        if count > most:
            best, most = reader, count
    return _variant(best, words) if best is not None else None


def _variant(reader: PlatformReader, words: set[str]) -> PlatformReader:
    """The theme or builder with the most names on the page, if it has several."""
    best, most = reader, 1
    for variant in reader.variants:
        count = sum(1 for word in words if variant.speaks(word))
        if count > most:
            best, most = variant, count
    return best


def by_name(name: str | None) -> PlatformReader | None:
    """The reader of that platform, or ``None``."""
    return _BY_NAME.get(name or "")


def platform_id(reader: PlatformReader | None, page: Page, order: list[El], url: str) -> str | None:
    """The platform's own id of the article, or ``None``."""
    if reader is None:
        return None
    if reader.identity_address is not None:
        for address in (url, page.linked("shortlink")):
            match = reader.identity_address.search(address)
            if match:
                return next(group for group in match.groups() if group)
    if reader.identity_names is not None:
        match = reader.identity_names.search(page.body.names)
        if match and (reader.name != "wordpress" or "page-id" not in match.group()):
            return match.group(1)
        for el in order:
            if el.tag == "article":
                match = reader.identity_names.search(el.names)
                if match:
                    return match.group(1)
    return None


def query_identity(url: str) -> str | None:
    """The identity that a query carries on platforms whose path says nothing (``FID=``, ``includeDocument=``)."""
    if "?" not in url:
        return None
    query = parse_qs(urlsplit(url).query)
    for name in ("FID", "includeDocument", "news"):
        if query.get(name):
            return f"{name}={query[name][0]}"
    return None
