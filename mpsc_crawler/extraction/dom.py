"""One parse: bytes become a light tree of Python objects that every reader shares.

The parsing is lexbor's (through selectolax); the tree keeps what readers need and nothing else: scripts, styles and
comments are gone, script texts that hold structured data are kept apart. Nothing here recurses, so depth is harmless.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mpsc_crawler.extraction.encoding import decode, is_utf8, says_utf8
from mpsc_crawler.extraction.naming import CATEGORY, CHROME, CRUMBS, TAGS, traits

_DROPPED = frozenset(
    ("style", "template", "svg", "head", "object", "embed", "canvas", "math", "map", "datalist", "script")
)
_DEEPEST = 400
_MOST_NODES = 60_000
# control characters (a terminal would obey them), soft hyphens, zero-width signs, changes of direction
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff]"
)


class El:
    """An element. ``names`` holds its classes and id in lower case, ``traits`` what they say (see ``naming``).

    Children are elements and text.
    """

    __slots__ = (
        "attrs",
        "children",
        "document",
        "folded",
        "index",
        "last",
        "linked",
        "names",
        "noise",
        "parent",
        "prose",
        "size",
        "tag",
        "traits",
    )

    def __init__(
        self, tag: str, attrs: dict[str, str | None], parent: El | None, document: list[El], index: int
    ) -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent = parent
        self.children: list[El | str] = []
        self.size = self.linked = self.prose = 0
        self.noise = False
        self.index = self.last = index
        self.document = document
        self.folded: str | None = None
        if attrs:
            css, ident = attrs.get("class"), attrs.get("id")
            if css:
                self.names = names = (f"{css} {ident}" if ident else css).lower()
                self.traits = traits(names)
                return
            if ident:
                self.names = names = ident.lower()
                self.traits = traits(names)
                return
        self.names = ""
        self.traits = 0

    def get(self, name: str) -> str:
        """The attribute's value, or an empty string."""
        return self.attrs.get(name) or ""

    def elements(self) -> list[El]:
        """This element and all elements below it, in document order."""
        return self.document[self.index : self.last + 1]

    def holds(self, other: El) -> bool:
        """Whether ``other`` is this element or stands below it."""
        return self.index <= other.index <= self.last

    def find(self, *tags: str) -> Iterator[El]:
        """The elements below (not this one) with one of these tags, in document order."""
        for node in self.document[self.index + 1 : self.last + 1]:
            if node.tag in tags:
                yield node

    def first(self, *tags: str) -> El | None:
        """The first element below with one of these tags."""
        return next(self.find(*tags), None)

    def ancestors(self) -> Iterator[El]:
        """The elements above, nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def text(self) -> str:
        """All text below, white space folded."""
        if self.folded is None:
            self.folded = clean(" ".join(self.strings()))
        return self.folded

    def strings(self) -> Iterator[str]:
        """The text pieces below, in document order."""
        stack: list[El | str] = [self]
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                yield node
            else:
                stack.extend(reversed(node.children))


@dataclass(slots=True)
class Page:
    """A parsed page: the body's tree, what the head says, and the bytes themselves.

    ``suspicious`` is a text of the page in which something may be no UTF-8.
    """

    url: str
    body: El
    title: str
    metas: list[tuple[str, str]]
    links: list[dict[str, str | None]]
    json_ld: list[str]
    language: str
    base: str
    source: bytes
    suspicious: str = ""
    content_type: str | None = None

    def release(self) -> None:
        """Take the tree apart, so that it is freed at once and not by the garbage collector."""
        document = self.body.document
        for element in document:
            element.parent = None
        document.clear()

    def linked(self, relation: str) -> str:
        """The address of the first link element with this relation, or an empty string."""
        return next((link.get("href") or "" for link in self.links if (link.get("rel") or "").lower() == relation), "")

    def meta(self, *names: str) -> str:
        """The content of the first meta element with one of these names (lower case), in their order."""
        for wanted in names:
            for name, content in self.metas:
                if name == wanted and content:
                    return content
        return ""


def clean(text: str) -> str:
    """Fold white space, drop control characters, soft hyphens and zero-width signs, compose letters and accents (NFC)."""
    folded = " ".join(text.split())
    if folded.isascii() and folded.isprintable():
        return folded
    if not unicodedata.is_normalized("NFC", folded):
        folded = unicodedata.normalize("NFC", folded)
    # what is to be dropped is not printable, and hardly ever there
    if folded.isprintable():
        return folded
    return " ".join(_UNSEEN.sub("", folded).split())


_KEPT_NAV = re.compile(r"bread|brot|crumb|rootline|klickpfad|pfad|wayhome|tag|categor", re.I)
_CHROME_TAGS = frozenset(("nav", "footer"))
_CONTAINERS = frozenset(("div", "ul", "ol", "section", "header", "form", "aside"))
_MOST_IN_CHROME = 0.35
_MOST_LOOKS = 200  # one inside the other, they would cost the square of their number
# few and simple ones: each selector is tried at every element of the page
_KEPT_IN_CHROME = "h1,a[href*='.pdf' i],a[href*='.doc' i],a[download],[class*=crumb i]"
_ASKED = "meta,link,title,base,script[type*=json i]"
_ASKED_LEAN = f"{_ASKED},{_KEPT_IN_CHROME}"
_KEPT_FOOTER = re.compile(r"entry|post|article|news|meta|beitrag|artikel|tag|author|card|teaser", re.I)
_MOST_OPEN = 20_000
_STEP = 61
_BLOCK = 1 << 14
_SAMPLED_TO = _MOST_OPEN * _STEP // 2
# what only a list page's reader looks at
_DROPPED_LEAN = _DROPPED | {"noscript", "iframe", "select", "button", "textarea", "input", "option", "audio", "video"}


def _shallow(html: bytes) -> bytes:
    """Cut a page where many thousand elements stand open at once: HTML's own rules make parsing it quadratic."""
    if len(html) < 3 * _MOST_OPEN:
        return html
    # a sample tells of nearly every page that it is far from the bound; its step is prime, so that no pattern escapes it
    if len(html) < _SAMPLED_TO and html[::_STEP].count(b"<") * _STEP < _MOST_OPEN // 2:
        return html
    if html.count(b"<") <= _MOST_OPEN:
        return html
    # how many are open is looked at now and then only: a page may well close them, but at its very end
    still_open = 0
    for start in range(0, len(html), _BLOCK):
        still_open += html.count(b"<", start, start + _BLOCK) - 2 * html.count(b"</", start, start + _BLOCK)
        if still_open > _MOST_OPEN:
            return html[:start]
    return html


def parse(html: bytes, url: str, content_type: str | None = None, *, lean: bool = False) -> Page:
    """Parse a page. Never raises on any bytes.

    :param html: the body as served, decoded from transfer and content encodings; more than 5 MB is cut.
    :param content_type: the HTTP ``Content-Type`` header, for its charset.
    :param lean: leave out menus and page footers, as reading an article needs none of them.
    """
    if says_utf8(html, content_type):
        page = _parse_utf8(html, url, html, lean=lean)
        # what is no UTF-8 comes out as a sign of its own: only then the bytes must be looked at
        if "\ufffd" not in page.suspicious or is_utf8(html):
            page.content_type = content_type
            return page
        page.release()
    page = _parse_utf8(decode(html, content_type).encode("utf-8", "replace"), url, html, lean=lean)
    page.content_type = content_type
    return page


def _parse_utf8(html: bytes, url: str, source: bytes, *, lean: bool) -> Page:
    tree = LexborHTMLParser(_shallow(html))
    metas, links, json_ld = [], [], []
    title = base = None
    chrome = _Chrome()
    # one walk over the page for everything that is asked of all of it
    for node in tree.css(_ASKED_LEAN if lean else _ASKED):
        attrs, tag = node.attributes, node.tag
        if tag == "meta":
            name = attrs.get("property") or attrs.get("name") or attrs.get("http-equiv") or attrs.get("itemprop")
            content = attrs.get("content")
            if name and content:
                metas.append((name.strip().lower(), clean(content)))
        elif tag == "link":
            if attrs.get("href"):
                links.append(attrs)
        elif tag == "script":
            if "ld+json" in (attrs.get("type") or "").lower():
                json_ld.append(node.text())
        elif tag == "base":
            base = base or attrs.get("href")
        elif tag == "title":
            if title is None and (node.parent is None or node.parent.tag != "svg"):
                title = node.text()
        else:
            chrome.kept.append(node)
    if not json_ld and b'"@context"' in html:
        # some pages forget the type of the script that holds their structured data
        told = (node.text().strip() for node in tree.css("script:not([src])") if not node.attributes.get("type"))
        json_ld += [text for text in told if text.startswith("{") and '"@context"' in text[:80]]
    root = tree.root
    language = (root.attributes.get("lang") or "") if root is not None else ""
    body, suspicious = _build(tree, chrome, lean=lean)
    return Page(
        url=url,
        body=body,
        title=clean(title or ""),
        metas=metas,
        links=links,
        json_ld=json_ld,
        language=language.lower()[:2],
        base=_base(base, url),
        source=source,
        suspicious=f"{suspicious} {title}",
    )


def _base(href: str | None, url: str) -> str:
    try:
        return urljoin(url, href or "")
    except ValueError:
        return url


def parse_fragment(html: str, url: str) -> Page:
    """Parse a piece of HTML such as a feed's ``content:encoded``."""
    return parse(
        ("<!DOCTYPE html><html><head></head><body>" + html + "</body></html>").encode(), url, "text/html; charset=utf-8"
    )


def _told(node: LexborNode) -> int:
    """How many characters stand in paragraphs."""
    return sum([len(p.text()) for p in node.css("p")])


class _Chrome:
    """Judges menus and sidebars of one page; what the whole page tells is counted once, and only if it is asked for."""

    def __init__(self) -> None:
        self.kept: list[LexborNode] = []
        self._holders: set[int] | None = None
        self._total: int | None = None
        self._looks = 0

    def idle(self, node: LexborNode, body: LexborNode) -> bool:
        """Whether the element holds neither the headline nor much of the text."""
        if self._holders is None:
            self._holders = self._around_kept()
        self._looks += 1
        if node.mem_id in self._holders or self._looks > _MOST_LOOKS:
            return False
        own = _told(node)
        if not own:
            return True
        if self._total is None:
            self._total = _told(body)
        return own < _MOST_IN_CHROME * self._total

    def _around_kept(self) -> set[int]:
        """The elements around everything that must not be lost."""
        holders: set[int] = set()
        for node in self.kept:
            above = node.parent
            while above is not None and above.mem_id not in holders:
                holders.add(above.mem_id)
                above = above.parent
        return holders


def _barren(node: LexborNode, element: El, chrome: _Chrome, body: LexborNode) -> bool:
    """Whether an element of an article page need not be built at all: menus, page footers, what nobody sees."""
    attributes, tag = element.attrs, element.tag
    if attributes.get("aria-hidden") == "true":
        return True
    if tag == "nav":
        told = f"{element.names} {attributes.get('aria-label')} {attributes.get('aria-labelledby')}"
        return not _KEPT_NAV.search(told)
    if tag == "footer":
        return not _KEPT_FOOTER.search(element.names)
    said = element.traits
    if not said & CHROME or said & (CRUMBS | TAGS | CATEGORY) or tag not in _CONTAINERS:
        return False
    # a wrapper may call itself a sidebar or a search
    return chrome.idle(node, body)


def _build(tree: LexborHTMLParser, chrome: _Chrome, *, lean: bool) -> tuple[El, str]:
    """The body's tree, and the first of its texts that holds what may be no UTF-8."""
    body = tree.body
    suspicious = ""
    order: list[El] = []
    top = El("body", body.attributes if body is not None else {}, None, order, 0)
    order.append(top)
    if body is None:
        return top, suspicious
    add = order.append
    dropped = _DROPPED_LEAN if lean else _DROPPED
    # a stack of (lexbor node, parent element, depth): siblings follow, children come first
    stack = [(body.child, top, 0)]
    nodes, index = 0, 1
    while stack and nodes < _MOST_NODES:
        node, parent, depth = stack.pop()
        append = parent.children.append
        while node is not None:
            nodes += 1
            tag = node.tag
            if tag == "-text":
                content = node.text_content or ""
                append(content)
                if not content.isspace():
                    parent.size += len(content)
                    if "\ufffd" in content:
                        suspicious = content
            elif tag and tag > "@" and tag not in dropped:  # comments and the like begin with a sign
                attributes = node.attributes
                element = El(tag, attributes, parent, order, index)
                if (
                    lean
                    and (element.traits & CHROME or tag in _CHROME_TAGS or "aria-hidden" in attributes)
                    and _barren(node, element, chrome, body)
                ):
                    node = node.next
                    continue
                add(element)
                index += 1
                append(element)
                child = node.child
                if child is not None:
                    following = node.next
                    if following is not None:
                        stack.append((following, parent, depth))
                    stack.append((child, element if depth < _DEEPEST else parent, depth + 1))
                    break
            node = node.next
    for element in reversed(order):
        above = element.parent
        if above is not None and above.last < element.last:
            above.last = element.last
    return top, suspicious
