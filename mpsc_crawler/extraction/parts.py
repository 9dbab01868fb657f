"""The parts of a page: one parse, the platform, the headline, the container of the text. Every reader shares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mpsc_crawler.extraction import platforms
from mpsc_crawler.extraction.body import choose_root
from mpsc_crawler.extraction.dom import El, Page, parse
from mpsc_crawler.extraction.headline import Headline, choose_headline
from mpsc_crawler.extraction.naming import EVENT
from mpsc_crawler.extraction.noise import survey
from mpsc_crawler.extraction.structured import Structured, read_structured
from mpsc_crawler.extraction.urls import site_of
from mpsc_crawler.items import ArticleLink

_HARDLY_ANY = 200


@dataclass(slots=True)
class Reading:
    """What the steps of one reading share."""

    page: Page
    order: list[El]
    structured: Structured
    reader: platforms.PlatformReader | None
    headline: Headline
    root: El
    region: El
    marked: dict[str, list[El]]
    own: frozenset[str] = frozenset()
    listings: dict[int, bool] = field(default_factory=dict)

    def in_list(self, el: El) -> bool:
        """Whether the element belongs to a list of other things (teasers, events) rather than to the article's header."""
        for above in el.ancestors():
            if above.tag == "a" and above.size > el.size + 12:
                return True
            if above.tag in ("ul", "ol"):
                known = self.listings.get(above.index)
                if known is None:
                    known = self.listings[above.index] = _lists_others(above)
                if known:
                    return True
        return False

    def named(self, part: str) -> list[El]:
        """The elements of the article that the platform's reader knows by this name."""
        entry = self.entry
        return [el for el in self.marked.get(part, ()) if entry.holds(el)]

    @property
    def entry(self) -> El:
        """The region, or the element around it that is the whole entry by its tag or microformat (``hentry``)."""
        for above in self.region.ancestors():
            if above.tag == "article" or "hentry" in above.names:
                return above
        return self.region


def _lists_others(el: El) -> bool:
    """Whether more than two items of a list lead somewhere by more than a word or two."""
    leading = 0
    for child in el.children:
        if not isinstance(child, str) and any(link.size > 15 for link in child.find("a")):
            leading += 1
            if leading > 2:
                return True
    return False


def of_other(el: El, head: El | None = None) -> bool:
    """Whether something is an event's, or belongs to another article: it stands in a small box with a heading that leads there."""
    above: El | None = el
    for _ in range(5):
        if above is None or above.tag in ("article", "main", "body"):
            return False
        if above.traits & EVENT:
            return True
        if above.size <= 700 and any(
            heading is not head and heading.size > 8 and heading.linked > 0.8 * heading.size
            for heading in above.find("h2", "h3", "h4", "h5", "h6")
        ):
            return True
        above = above.parent
    return False


def read_page(
    html: bytes,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    platform: str | None = None,
    link: ArticleLink | None = None,
    names: Mapping[str, str] | None = None,
) -> Reading:
    """Parse a page once and find its parts; the readers below share the result.

    :param names: classes and ids of the article's parts that the source names; they go before the platform's.
    """
    content_type = next((v for k, v in (headers or {}).items() if k.lower() == "content-type"), None)
    page = parse(html, url, content_type, lean=True)
    order = survey(page.body)
    if page.body.prose < _HARDLY_ANY:
        # perhaps the text stands where no article should: in what calls itself a menu or a footer
        page = parse(html, url, content_type)
        order = survey(page.body)
    structured = read_structured(page, order)
    reader = platforms.recognise(page, order) or platforms.by_name(platform)
    headline = choose_headline(page, order, structured, link, site_of(url))
    marked = reader.parts.sort(order) if reader is not None else {}
    own = platforms.names_of(names).sort(order) if names else {}
    marked |= own
    root = choose_root(page.body, headline.element, _content_of(marked.get("content", []), order))
    return Reading(
        page, order, structured, reader, headline, root, _region(root, headline.element), marked, frozenset(own)
    )


def _content_of(named: list[El], order: list[El]) -> El | None:
    marked = [el for el in named if not el.noise]
    marked = marked or [el for el in order if el.attrs.get("itemprop") == "articleBody" and not el.noise]
    if not marked:
        return None
    best = max(marked, key=lambda el: el.prose)
    outside = [el for el in marked if el.prose > 60 and not best.holds(el) and not el.holds(best)]
    if outside:
        # the content is spread over several elements of that name: take what holds them all
        for above in best.ancestors():
            if all(above.holds(el) for el in outside):
                return above if above.tag != "body" else best
    return best


def _region(root: El, headline: El | None) -> El:
    """The element around headline and text: pictures and attachments of the article stand in it."""
    if headline is None:
        return root
    node: El | None = root
    while node is not None and not node.holds(headline):
        node = node.parent
    if node is None or node.tag == "body":
        holder = next((el for el in root.ancestors() if el.tag in ("article", "main")), None)
        return holder if holder is not None else (node or root)
    return node
