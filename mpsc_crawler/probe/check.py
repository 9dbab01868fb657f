"""Does a source still work? Asks its live site: robots.txt, the list, the links, the first article."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from mpsc_crawler.discovery import Listing, NotAList
from mpsc_crawler.discovery.feed import read_feed
from mpsc_crawler.discovery.listing import read_listing
from mpsc_crawler.discovery.sitemap import read_sitemap
from mpsc_crawler.discovery.wordpress import first_page, read_posts
from mpsc_crawler.items import BERLIN, ArticleLink, Exchange, NewsArticle
from mpsc_crawler.operations.failures import ADVICE, of_empty_page, of_page, of_status
from mpsc_crawler.operations.fetch import FetchError
from mpsc_crawler.reading import PageJob, read_job
from mpsc_crawler.sources.model import Address, Source

Fetch = Callable[[str], Exchange]
_MOST_PARTS = 3


@dataclass(slots=True)
class AddressCheck:
    """What was found at one address of a source."""

    source: str
    url: str
    kind: str
    robots: str = "?"
    links: int | None = None
    article: str = ""
    failure: str = ""
    detail: str = ""

    @property
    def advice(self) -> str:
        """What to do about it; empty where all is well."""
        return ADVICE.get(self.failure, self.detail) if self.failure else ""


@dataclass(slots=True)
class Sample:
    """One article as it would be stored, or why there is none. ``exchange`` is its page."""

    url: str
    article: NewsArticle | None = None
    failure: str = ""
    exchange: Exchange | None = None

    @property
    def summary(self) -> str:
        """Headline, date and length in a line; empty where there is no article."""
        article = self.article
        if article is None:
            return ""
        day = article.published.edtf if article.published else "no date"
        return f"{article.headline or '(no headline)'} ({day}, {len(article.body.split())} words)"


def check_source(source: Source, fetch: Fetch, agent: str) -> list[AddressCheck]:
    """Check every address that the crawl would read; the first article of the first list that has one is read too.

    :param fetch: gets one address, raising :class:`FetchError`.
    """
    checks = []
    robots: dict[str, tuple[Protego | None, str]] = {}
    article_read = False
    for entry in source.entries:
        check = AddressCheck(source.slug, entry.url, entry.kind)
        checks.append(check)
        try:
            if not allowed(entry.url, fetch, agent, robots, check):
                check.failure = check.failure or "robots"
                continue
            listing = read_with_parts(entry, fetch)
            check.links = len(listing.links)
            if not listing.links and source.read_from != "list":
                check.failure = "no-links"
            elif not article_read and source.read_from == "page" and listing.links:
                sample = read_sample(source, listing.links[0], fetch, agent, robots, check)
                check.failure, check.detail, article_read = sample.failure, sample.url, sample.article is not None
                check.article = sample.summary
        except FetchError as error:
            check.failure, check.detail = error.failure, str(error)
        except NotAList as error:
            check.failure, check.detail = "not-a-list", str(error)
    return checks


def allowed(
    url: str, fetch: Fetch, agent: str, known: dict[str, tuple[Protego | None, str]], check: AddressCheck
) -> bool:
    """Whether robots.txt of the address's host lets us ask for it; ``known`` remembers the rules by host.

    :raises FetchError: robots.txt could not be asked for.
    """
    parts = urlsplit(url)
    host = f"{parts.scheme}://{parts.netloc}"
    if host not in known:
        answer = fetch(f"{host}/robots.txt")
        if answer.status >= 500:
            known[host] = (None, "server error")
        elif answer.status >= 400:
            known[host] = (Protego.parse(""), "none")
        else:
            known[host] = (Protego.parse(answer.body.decode("utf-8", "replace")), "ok")
    rules, said = known[host]
    check.robots = said
    if rules is None:
        check.failure = "robots-unreachable"
        return False
    allowed = bool(rules.can_fetch(url, agent))
    check.robots = said if allowed else "forbids"
    return allowed


def _read(entry: Address, url: str, fetch: Fetch) -> Listing:
    answer = fetch(first_page(url) if entry.kind == "wordpress" else url)
    if answer.status >= 400:
        raise FetchError(of_status(answer.status), f"status {answer.status}")
    if entry.kind == "feed":
        return read_feed(answer.body, answer.url, answer.header("Content-Type"))
    if entry.kind == "sitemap":
        return read_sitemap(answer.body, answer.url)
    if entry.kind == "wordpress":
        return read_posts(answer.body, answer.url)
    wall = of_page(answer.body)
    if wall is not None:
        raise FetchError(wall, "recognised by its markup")
    return read_listing(answer.body, answer.url, answer.header("Content-Type"))


def read_with_parts(entry: Address, fetch: Fetch) -> Listing:
    """What a list, feed or sitemap yields; of a sitemap index its first parts are read.

    :raises FetchError: it could not be fetched.
    :raises NotAList: it is not what it promises.
    """
    listing = _read(entry, entry.url, fetch)
    for part in listing.more[:_MOST_PARTS] if entry.kind == "sitemap" and not listing.links else []:
        listing.links += _read(entry, part, fetch).links
    return listing


def read_sample(
    source: Source,
    link: ArticleLink,
    fetch: Fetch,
    agent: str,
    robots: dict[str, tuple[Protego | None, str]],
    check: AddressCheck,
) -> Sample:
    """Read one article of a source as the crawl would.

    :param check: told what robots.txt says of the article's address.
    :raises FetchError: it could not be fetched.
    """
    if not allowed(link.url, fetch, agent, robots, check):
        return Sample(link.url, failure="robots")
    answer = fetch(link.url)
    if answer.status >= 400:
        return Sample(link.url, failure=of_status(answer.status))
    wall = of_page(answer.body)
    if wall is not None:
        return Sample(link.url, failure=wall)
    content_type = answer.header("Content-Type")
    headers = {"content-type": content_type} if content_type else {}
    platform, names = source.read_as(answer.fetched_at.astimezone(BERLIN).date())
    articles = read_job(
        PageJob(answer.body, answer.url, answer.fetched_at, headers, source.slug, link, platform, names)
    )
    if not articles or not articles[0].body:
        return Sample(link.url, failure=of_empty_page(answer.body))
    return Sample(link.url, articles[0], exchange=answer)
