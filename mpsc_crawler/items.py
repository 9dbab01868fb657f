"""What is an article? The vocabulary of the whole house, free of I/O, clock and Scrapy.

Every value that a page yields is one of these types. Unknown is ``None`` or empty, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
"""Local time of every publisher in the registry."""

Precision = Literal["year", "quarter", "month", "week", "day", "minute"]
DateKind = Literal["published", "updated", "event", "deadline", "period", "other"]
Role = Literal["list", "article", "file", "rights"]
GoneReason = Literal["404", "410", "soft-404", "moved", "unlisted"]
Scope = Literal["all", "relevant"]


class _Packed:
    """Travels between processes as a plain tuple; what dataclasses do by themselves takes five times as long."""

    __slots__ = ()

    def __reduce__(self) -> tuple[type[Any], tuple[Any, ...]]:
        kind = type(self)
        return kind, tuple([getattr(self, name) for name in kind.__match_args__])  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class DateValue(_Packed):
    """A date, time, range or period as a page tells it.

    ``start`` and ``end`` are inclusive: a ``date``, or an aware ``datetime`` in Europe/Berlin where a time is
    told; ``None`` is an open side. A date without a time is a date, never midnight. ``edtf`` is the ISO 8601-2
    (Extended Date/Time Format) string, ``raw`` the page's own words, ``rule`` the rule that read them,
    ``confidence`` between 0 and 1, ``span`` the character positions of ``raw`` in the text it was found in. ``name``
    and ``place`` are those of an event, where its sentence tells them. ``rrule`` is the rule of what comes round again
    (RFC 5545); then ``start`` and ``end`` are the bounds that are told, mostly none.
    """

    start: date | datetime | None
    end: date | datetime | None
    precision: Precision
    edtf: str
    raw: str
    rule: str
    confidence: float = 1.0
    span: tuple[int, int] | None = None
    kind: DateKind = "other"
    field: str = ""
    name: str | None = None
    place: str | None = None
    rrule: str | None = None

    @property
    def day(self) -> date | None:
        """The first day in local time, or ``None`` for an open start."""
        if isinstance(self.start, datetime):
            return self.start.astimezone(BERLIN).date()
        return self.start


@dataclass(frozen=True, slots=True)
class Evidence(_Packed):
    """Why a field has its value: the rule that chose it, the page's raw text, and how sure the rule is.

    ``chosen`` is false for a candidate that lost against a differing value and is kept for the reader to judge.
    """

    field: str
    rule: str
    raw: str
    confidence: float
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class Image(_Packed):
    """A picture that belongs to an article. ``position``: hero (before the text), inline or gallery.

    ``rule`` says where its address was found.
    """

    url: str
    alternative_text: str = ""
    caption: str = ""
    credit: str = ""
    position: Literal["hero", "inline", "gallery"] = "inline"
    rule: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Attachment(_Packed):
    """A file that the article offers. ``type`` is the file's ending in lower case, ``size`` as printed.

    ``rule`` says by what the link is known to lead to a file.
    """

    url: str
    title: str = ""
    type: str = ""
    size: str = ""
    rule: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class MatchedWord(_Packed):
    """One place that made a topic count: the surface form, the field, and its character positions there."""

    word: str
    field: str
    start: int
    end: int
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class TopicMatch(_Packed):
    """A topic of the codebook found in an article."""

    topic: str
    score: float
    codebook_version: str
    words: tuple[MatchedWord, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention(_Packed):
    """A municipality, project or organisation named in the text."""

    entity: str
    kind: str
    surface: str
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Relevance(_Packed):
    """Whether a piece belongs to the field, with the words that decided and the version of the codebook."""

    relevant: bool
    score: float
    words: tuple[str, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange as it came over the wire, decoded from transfer and content encodings.

    ``fetched_at`` is aware, in UTC. ``headers`` keep their order; names as the server wrote them. ``packed`` are the
    archive's records of it, where another process has made them already.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    request_headers: tuple[tuple[str, str], ...] = ()
    packed: bytes | None = field(default=None, repr=False, compare=False)

    def header(self, name: str) -> str | None:
        """The first header of that name, case-insensitive."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def all_headers(self, name: str) -> str:
        """Every header of that name (lower case), joined by commas (RFC 9110, 5.3); of content types the first."""
        told = [value for key, value in self.headers if key.lower() == name]
        return told[0] if name == "content-type" and told else ", ".join(told)


@dataclass(slots=True)
class ArticleLink:
    """An article that a list, feed or sitemap names, with the hints it knows.

    ``rule`` says how it was found (``feed.rss``, ``sitemap``, ``listing``, ``wordpress.rest``), ``found_in`` where.
    ``content_html`` is set where the list carries the whole text.
    """

    url: str
    rule: str = ""
    found_in: str = ""
    headline: str | None = None
    teaser: str | None = None
    published: DateValue | None = None
    modified: DateValue | None = None
    platform_id: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    content_html: str | None = None

    def merge(self, other: ArticleLink) -> None:
        """Take from ``other`` what this link does not know yet; nothing known is overwritten."""
        for name in ("headline", "teaser", "published", "modified", "platform_id", "language", "content_html"):
            if getattr(self, name) is None:
                setattr(self, name, getattr(other, name))
        self.authors = self.authors or other.authors
        self.tags = self.tags or other.tags


@dataclass(slots=True)
class NewsArticle:
    """A published piece of news, as one page (or one part of a page) tells it; schema.org ``NewsArticle``.

    ``body`` is clean text, paragraphs separated by blank lines; ``body_html`` the same reduced to paragraphs,
    subheadings, lists, tables and quotations. ``published`` and ``modified`` stay ``None`` where nothing tells them.
    ``moved_from`` is an address that leads here for good; ``in_list`` says that a list carries it whole.
    """

    url: str
    canonical_url: str
    headline: str | None = None
    kicker: str | None = None
    teaser: str | None = None
    body: str = ""
    body_html: str = ""
    published: DateValue | None = None
    modified: DateValue | None = None
    language: str | None = None
    authors: list[str] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    breadcrumbs: list[str] = field(default_factory=list)
    subheadings: list[str] = field(default_factory=list)
    dates: list[DateValue] = field(default_factory=list)
    topics: list[TopicMatch] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    relevance: Relevance | None = None
    evidence: list[Evidence] = field(default_factory=list)
    source: str | None = None
    identity: str = ""
    platform: str | None = None
    translations: dict[str, str] = field(default_factory=dict)
    fetched_at: datetime | None = None
    sketch: tuple[int, ...] = ()
    rights: dict[str, Any] = field(default_factory=dict)
    codebook_version: str | None = None
    moved_from: str | None = None
    in_list: bool = False
    exchange: Exchange | None = field(default=None, repr=False, compare=False)
    further: list[Exchange] = field(default_factory=list, repr=False, compare=False)


def media_evidence(images: list[Image], attachments: list[Attachment]) -> list[Evidence]:
    """Why the pictures and files of an article are its own."""
    told = [Evidence("images", i.rule, i.url, 0.6 if i.rule == "jsonld.image" else 0.8) for i in images]
    return told + [Evidence("attachments", a.rule, a.url, 0.8) for a in attachments]


# What the spider yields beside articles. Each becomes rows, never an article.


@dataclass(slots=True)
class ListLook:
    """One look at a list, feed or sitemap that answered; ``reading`` tells a list's first page and how far it is read."""

    source: str
    url: str
    kind: str
    links: int
    new_links: int
    oldest: date | None
    complete: bool
    not_modified: bool = False
    at: datetime | None = None
    next_due: datetime | None = None
    queued: list[Queued] = field(default_factory=list, repr=False)
    reading: tuple[str, str] | None = None
    exchange: Exchange | None = field(default=None, repr=False, compare=False)


@dataclass(slots=True)
class ListEnd:
    """A list, by the address of its first page, has been read to its end: the page behind the last one does not exist."""

    source: str
    url: str
    decision: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Queued:
    """An article that a list has named for the first time: kept with the look at the list, so that it is not lost if it
    cannot be read in this run. ``told`` is what this list says of it, for comparison with the next look."""

    link: ArticleLink
    told: dict[str, dict[str, str]]


@dataclass(slots=True)
class StillListed:
    """Known articles, by the keys of their addresses, that a list still names; ``told`` where there is more to remember."""

    source: str
    keys: list[str]
    at: datetime
    told: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)


@dataclass(slots=True)
class Vanished:
    """Known articles, by the keys of their addresses, that the list which named them names no more, though it reaches
    back beyond them; with what lists have told of them, and which have dropped them. ``unlisted`` are those of lists whose
    word is enough; what a sitemap drops may still be there."""

    source: str
    told: dict[str, dict[str, dict[str, str]]]
    unlisted: set[str]
    at: datetime


@dataclass(slots=True)
class OutsideScope:
    """A page that does not belong to the field: address, headline, date and the decision, nothing else."""

    source: str
    url: str
    headline: str | None
    published: DateValue | None
    relevance: Relevance
    fetched_at: datetime


@dataclass(slots=True)
class PageUnchanged:
    """A known page that answered 304, or whose article is kept as it is."""

    source: str
    url: str
    fetched_at: datetime
    status: int = 304


@dataclass(slots=True)
class PageGone:
    """A known article page that answered as gone: 404, 410, "not found" with status 200, or by leading elsewhere."""

    source: str
    url: str
    reason: GoneReason
    fetched_at: datetime
    status: int | None = None
    moved_to: str | None = None


@dataclass(slots=True)
class SiteRights:
    """What a site reserves in ``/.well-known/tdmrep.json``; ``rules`` is empty where there is no such file."""

    source: str
    url: str
    rules: list[dict[str, Any]]
    at: datetime
    next_due: datetime
    status: int | None = None
    exchange: Exchange | None = field(default=None, repr=False, compare=False)


@dataclass(slots=True)
class PageFailure:
    """A request that gave no article. ``failure`` is one of the classes of ``operations.failures``.

    ``role``: what was asked for; ``file`` is the PDF that an article's page covers.
    """

    source: str
    url: str
    failure: str
    detail: str
    role: Role
    at: datetime
    status: int | None = None
    retry_at: datetime | None = None
