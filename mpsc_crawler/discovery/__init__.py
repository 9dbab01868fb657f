"""Where does a source keep its articles? Each reader turns the bytes of a list into article links with hints."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from mpsc_crawler.items import ArticleLink


class NotAList(ValueError):
    """The answer is not what the address promises (HTML where a feed should be, a broken sitemap). Fit to be shown."""


@dataclass(slots=True)
class Listing:
    """What one list page, feed or sitemap yields.

    ``more`` are further addresses of the same list (next pages, parts of an index), in order of reading;
    ``ttl`` is how long a feed asks not to be asked for again.
    """

    kind: str
    links: list[ArticleLink] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    ttl: timedelta | None = None

    @property
    def oldest(self) -> date | None:
        """The oldest day that the list tells of any entry."""
        days = [
            link.published.day for link in self.links if link.published is not None and link.published.day is not None
        ]
        return min(days, default=None)
