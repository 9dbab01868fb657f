"""What on a page is not the article: navigation, banners, share bars, related items, field labels.

Judged by element, role and class names, never by host. A name only counts where the element does not hold
the bulk of the page's prose, for themes love to call their wrapper ``page-with-sidebar``.
"""

from __future__ import annotations

from mpsc_crawler.extraction.dom import El
from mpsc_crawler.extraction.naming import CHROME, HIDDEN, NOISE

_TAGS = frozenset(
    (
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "select",
        "input",
        "textarea",
        "label",
        "noscript",
        "iframe",
        "dialog",
        "audio",
        "video",
        "menu",
    )
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))  # named after what they head or what points to them
_ROLES = frozenset(
    (
        "navigation",
        "search",
        "banner",
        "contentinfo",
        "complementary",
        "dialog",
        "alertdialog",
        "menu",
        "menubar",
        "tablist",
        "toolbar",
        "alert",
    )
)


# the attributes by which an element may say that it is no part of the article
_TELLING = frozenset(("role", "hidden", "aria-hidden", "style", "data-nosnippet"))


def hidden(el: El) -> bool:
    """Whether the element says of itself that nobody sees it."""
    attrs = el.attrs
    if "hidden" in attrs or attrs.get("aria-hidden") == "true":
        return True
    style = attrs.get("style")
    if not style:
        return False
    folded = style.replace(" ", "").lower()
    return "display:none" in folded or "visibility:hidden" in folded


def is_noise(el: El) -> bool:
    """Whether the element, by itself, announces that it is not part of the article."""
    if el.tag in _TAGS or el.traits & (HIDDEN if el.tag in _HEADINGS else NOISE):
        return True
    attrs = el.attrs
    if _TELLING.isdisjoint(attrs):
        return False
    return attrs.get("role") in _ROLES or "data-nosnippet" in attrs or hidden(el)


_BLOCK_PROSE = frozenset(("p", "blockquote", "li", "dd", "pre", "td"))
_LOOSE_PROSE = frozenset(("div", "span", "section", "article", "font", "center"))


def survey(body: El) -> list[El]:
    """Measure every element: text, linked text, prose, noise. Returns the elements in document order."""
    order = body.document
    for el in reversed(order):
        tag, size = el.tag, el.size
        if tag == "a":
            el.linked = size
        elif not size:
            continue  # an empty element has nothing to pass on
        elif el.prose == 0:
            if tag in _BLOCK_PROSE:
                own = size - el.linked
                if own >= 25:
                    el.prose = own
            elif size >= 80 and tag in _LOOSE_PROSE:
                own = sum([len(child) for child in el.children if isinstance(child, str) and not child.isspace()])
                if own >= 80:
                    el.prose = own
        parent = el.parent
        if parent is not None:
            parent.size += size
            parent.linked += el.linked
            parent.prose += el.prose
    total = max(1, body.prose)
    index, count = 1, len(order)
    while index < count:
        el = order[index]
        if (el.attrs or el.tag in _TAGS) and is_noise(el) and _dispensable(el, total):
            taken = el.prose
            for inner in order[index : el.last + 1]:
                inner.noise = True
                inner.prose = 0
            if taken:
                for above in el.ancestors():
                    above.prose -= taken
                total = max(1, body.prose)
            index = el.last
        index += 1
    return order


_ENOUGH = 600


def _dispensable(el: El, total: int) -> bool:
    """Whether a page keeps a text without the element: a wrapper with a misleading name holds it all."""
    if el.prose < 0.5 * total:
        return True
    # a long sidebar beside a short article
    return total - el.prose >= max(_ENOUGH, 0.4 * el.prose) and bool(el.traits & CHROME) and el.first("h1") is None
