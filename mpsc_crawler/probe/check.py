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
from mpsc_crawler.items import ArticleLink, Exchange
from mpsc_crawler.operations.failures import ADVICE, needs_javascript, of_page, of_status
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
                article_read = _read_article(source, listing.links[0], fetch, agent, robots, check)
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
    listing = _read(entry, entry.url, fetch)
    for part in listing.more[:_MOST_PARTS] if entry.kind == "sitemap" and not listing.links else []:
        listing.links += _read(entry, part, fetch).links
    return listing


def _read_article(
    source: Source,
    link: ArticleLink,
    fetch: Fetch,
    agent: str,
    robots: dict[str, tuple[Protego | None, str]],
    check: AddressCheck,
) -> bool:
    if not allowed(link.url, fetch, agent, robots, check):
        check.failure, check.detail = "robots", f"robots.txt forbids {link.url}"
        return False
    answer = fetch(link.url)
    if answer.status >= 400:
        check.failure, check.detail = of_status(answer.status), link.url
        return False
    content_type = answer.header("Content-Type")
    job = PageJob(
        answer.body,
        answer.url,
        answer.fetched_at,
        {"content-type": content_type} if content_type else {},
        source.slug,
        link,
    )
    articles = read_job(job)
    if not articles or not articles[0].body:
        check.failure = "needs-javascript" if needs_javascript(answer.body) else "no-article"
        check.detail = link.url
        return False
    first = articles[0]
    day = first.published.edtf if first.published else "no date"
    check.article = f"{first.headline or '(no headline)'} ({day}, {len(first.body.split())} words)"
    return True
