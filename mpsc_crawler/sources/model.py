"""What a source file may say. One TOML file per publishing site, validated; see ``docs/sources.md``."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from mpsc_crawler.items import Scope

SourceKind = Literal["portal", "project", "municipality", "press"]
AddressKind = Literal["website", "list", "events", "feed", "sitemap", "wordpress", "example", "other"]
Origin = Literal["seen", "stated", "inferred", "guessed"]
State = Literal[
    "Baden-Württemberg",
    "Bayern",
    "Berlin",
    "Brandenburg",
    "Bremen",
    "Hamburg",
    "Hessen",
    "Mecklenburg-Vorpommern",
    "Niedersachsen",
    "Nordrhein-Westfalen",
    "Rheinland-Pfalz",
    "Saarland",
    "Sachsen",
    "Sachsen-Anhalt",
    "Schleswig-Holstein",
    "Thüringen",
]
PlatformName = Literal[
    "wordpress",
    "drupal",
    "typo3",
    "sitepark",
    "ikiss",
    "kommone",
    "gsb",
    "contao",
    "joomla",
    "nolis",
    "other",
]

READABLE: tuple[AddressKind, ...] = ("list", "feed", "sitemap", "wordpress")
"""The kinds of address that the crawl reads for article links; a source without one is read from its website."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Address(_Strict):
    """One address of a source. ``origin`` says how it is known:

    ``seen`` (a page at this address was read), ``stated`` (named by a public page), ``inferred`` (the parent path
    of a page that was seen), ``guessed``. Only the first two may call themselves ``verified``.
    """

    url: str
    kind: AddressKind
    verified: bool = False
    origin: Origin = "guessed"
    evidence: str = ""
    note: str = ""

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be a full http or https address")
        return value

    @model_validator(mode="after")
    def _honest(self) -> Address:
        if self.verified and self.origin in ("inferred", "guessed"):
            raise ValueError("an inferred or guessed address cannot be verified = true; use origin = 'seen'")
        return self


class Member(_Strict):
    """A municipality or district of the source; ``ags`` is the Amtlicher Gemeindeschlüssel (5 or 8 digits)."""

    name: str
    ags: Annotated[str, Field(pattern=r"^(\d{5}|\d{8})?$")] = ""


class Platform(_Strict):
    """The content management system behind the source, and whether anybody has checked."""

    name: PlatformName
    verified: bool = False
    trace: str = ""


class Markup(_Strict):
    """How the site marks its articles between two relaunches: classes or ids of their parts, words separated by space.

    A closing ``*`` stands for any ending. Both days are inclusive; a missing one is an open side.
    """

    since: date | None = None
    until: date | None = None
    platform: PlatformName | None = None
    content: str = ""
    teaser: str = ""
    kicker: str = ""
    published: str = ""
    modified: str = ""
    author: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Markup:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ValueError("since must not be later than until")
        return self

    @property
    def names(self) -> dict[str, str]:
        """The words by part; parts without any are left out."""
        parts = ("content", "teaser", "kicker", "published", "modified", "author")
        return {part: getattr(self, part) for part in parts if getattr(self, part)}


class Source(_Strict):
    """One publishing site."""

    slug: str
    name: str
    kind: SourceKind
    scope: Scope = "all"
    publisher: str = ""
    project: str = ""
    form: Literal["", "city", "district", "intermunicipal"] = ""
    cohort: Literal[2019, 2020, 2021] | None = None
    states: tuple[State, ...] = ()
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "de"
    members: tuple[Member, ...] = ()
    members_verified: bool = True
    within: tuple[str, ...] = ()
    active: bool = True
    inactive_reason: str = ""
    read_from: Literal["page", "feed", "list"] = "page"
    render: bool = False
    local: bool = False
    brands: tuple[str, ...] = ()
    max_pages: Annotated[int, Field(ge=1, le=1000)] = 50
    platform: Platform | None = None
    markup: tuple[Markup, ...] = ()
    addresses: tuple[Address, ...] = ()
    notes: str = ""

    @field_validator("slug")
    @classmethod
    def _slug(cls, value: str) -> str:
        if not _SLUG.fullmatch(value):
            raise ValueError("must be small letters, digits and single hyphens")
        return value

    @field_validator("within")
    @classmethod
    def _paths(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any("/" not in prefix or "://" in prefix or prefix.startswith("/") for prefix in value):
            raise ValueError("must be host/path prefixes such as 'www.ulm.de/digitale-stadt/'")
        return tuple(prefix.removeprefix("www.") for prefix in value)

    @model_validator(mode="after")
    def _readable(self) -> Source:
        if self.active and not self.entries:
            raise ValueError(
                "an active source needs at least one address of kind "
                f"{', '.join(READABLE)} or website (or active = false with inactive_reason)"
            )
        if not self.active and not self.inactive_reason:
            raise ValueError("active = false needs an inactive_reason")
        return self

    def markup_on(self, day: date) -> Markup | None:
        """The markup that held on a day; the first that fits counts."""
        for markup in self.markup:
            if (markup.since is None or markup.since <= day) and (markup.until is None or day <= markup.until):
                return markup
        return None

    def read_as(self, day: date) -> tuple[str | None, dict[str, str] | None]:
        """The platform, and the names of the articles' parts, by which pages of a day are read."""
        markup = self.markup_on(day)
        platform = self.platform.name if self.platform is not None else None
        if markup is None:
            return platform, None
        return markup.platform or platform, markup.names or None

    @property
    def judged(self) -> bool:
        """Whether only what belongs to the field is kept."""
        return self.scope == "relevant"

    @property
    def home(self) -> frozenset[str]:
        """The keys of the source's own municipalities and districts."""
        return frozenset(member.ags for member in self.members if member.ags)

    @property
    def website(self) -> str | None:
        """The first website address, or ``None``."""
        return next((a.url for a in self.addresses if a.kind == "website"), None)

    @property
    def entries(self) -> tuple[Address, ...]:
        """The addresses that the crawl reads: lists, feeds and sitemaps, else the websites."""
        readable = tuple(a for a in self.addresses if a.kind in READABLE)
        return readable or tuple(a for a in self.addresses if a.kind == "website")

    @property
    def hosts(self) -> frozenset[str]:
        """The host names of the source's own addresses, without ``www.``; article links stay on them."""
        own = (urlsplit(a.url).hostname or "" for a in self.addresses if a.kind != "other")
        return frozenset(host.removeprefix("www.").rstrip(".") for host in own)
