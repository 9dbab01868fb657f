"""What on a page is not the article: navigation, banners, share bars, related items, field labels.

Judged by element, role and class names, never by host. A name only counts where the element does not hold
the bulk of the page's prose, for themes love to call their wrapper ``page-with-sidebar``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mpsc_crawler.extraction.dom import El

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

_EXACT = re.compile(
    r"(?:^|[\s_.:/-])(?:"
    r"nav|navi|navigation|navbar|menu|menue|menü|submenu|breadcrumbs?|brotkrumen?|brotkrume|you-are-here|rootline|klickpfad"
    r"|pagination|pager|paging|prev-?next|post-navigation|nav-links"
    r"|side-?bar|widgets?|widget-area|marginal(?:spalte)?|randspalte|infobox-right"
    r"|share|sharing|shariff|social|socials|social-?media|sharebar|addtoany|sharedaddy|addthis"
    r"|cookies?|cookie-?(?:bar|banner|notice|consent|hinweis)|consent|ccm|borlabs|cmp|klaro|usercentrics|datenschutzhinweis"
    r"|newsletter|subscribe|abo|paywall|piano|promo|advert(?:isement)?s?|ads?|anzeige|werbung|sponsor(?:ed)?|taboola|outbrain"
    r"|comments?|kommentare?|respond|disqus|reply"
    r"|related|recommend(?:ed|ations?)?|more-?news|weitere-?(?:artikel|meldungen|nachrichten|news|beitraege)|mehr-?zum-?thema|read-?more|readmore|weiterlesen|similar|empfehlungen|also-?read|auch-?interessant|news-related"
    r"|footer|foot|site-footer|page-footer|impressum|copyright-bar|colophon|meta-?nav"
    r"|skip(?:-?links?|nav)?|skip-to-content|sr-only|visually-?hidden|screen-?reader(?:-text)?|element-invisible|hide-?text|hidden-print|unsichtbar|invisible"
    r"|toolbar|print|drucken|printlink|readspeaker|rs_?(?:button|skip)|vorlesen|fontsize|translate|google-?translate|language-?switch(?:er)?|lang-?switch"
    r"|search|suche|suchformular|searchform|login|modal|popup|overlay|lightbox-caption|tooltip|offcanvas"
    r"|tags?|tag-?list|tags-links|tagcloud|cat-links|post-tags|field--name-field-tags|schlagworte"
    r"|byline|entry-meta|post-?meta|article-?meta|meta-?data|metainfo|article-info|post-info|et_pb_title_meta_container|news-list-date|entry-footer|submitted|node__submitted"
    r"|author-?(?:box|bio|info|card)|autor(?:en)?-?(?:box|info|profil)|about-author|avatar|contact-?box|kontakt(?:box|-?box|block|person)?|ansprechpartner|ansprechpersonen?|vcard"
    r"|rating|votes|likes|view-?count|post-views|player|playlist|audio-?player|ticker|live-?blog-nav|toc|inhaltsverzeichnis|jump-?links?|to-?top|back-?to-?top|nach-?oben"
    r")(?:$|[\s_.:/-])",
    re.I,
)
_TERM = re.compile(r"(?:tag|category|term|kategorie|thema)-(?!list|links|cloud)")
_CAPTION = re.compile(
    r"caption|bildunterschrift|bildbeschreibung|bild-?text|image-?(?:text|desc|credit)|img-?(?:text|desc|caption)|credit|copyright|bildnachweis|fotocredit|media__(?:desc|text)|picture-?text|field--name-field-(?:image-)?(?:copyright|credit|caption|owner)",
    re.I,
)
_KEEP = re.compile(
    r"entry-content|article-?body|post-?content|news-text|newstext|ce_text|bodytext|body-?text|field--name-body|main-?content",
    re.I,
)


@lru_cache(maxsize=20_000)
def noisy_name(names: str) -> bool:
    """Whether class names and id say that this is not the article."""
    if "tag-" in names or "category-" in names or "term-" in names:
        # classes that name the post's own terms ("tag-social", "category-suche") say nothing about the element
        names = " ".join(part for part in names.split() if not _TERM.match(part))
    return bool(_EXACT.search(names)) and not _KEEP.search(names)


@lru_cache(maxsize=20_000)
def caption_name(names: str) -> bool:
    """Whether class names say that this is the caption or credit of a picture."""
    return bool(_CAPTION.search(names))


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
    if el.tag in _TAGS:
        return True
    if el.attrs:
        if el.attrs.get("role") in _ROLES or hidden(el):
            return True
        if el.names and noisy_name(el.names):
            return True
        if "data-nosnippet" in el.attrs:
            return True
    return False


_BLOCK_PROSE = frozenset(("p", "blockquote", "li", "dd", "pre", "td"))


def survey(body: El) -> list[El]:
    """Measure every element: text, linked text, prose, noise. Returns the elements in document order."""
    order = body.document
    for el in reversed(order):
        if el.tag == "a":
            el.linked = el.size
        elif el.tag in _BLOCK_PROSE and el.prose == 0:
            own = el.size - el.linked
            el.prose = own if own >= 25 else 0
        elif el.prose == 0 and el.size >= 80 and el.tag in ("div", "span", "section", "article", "font", "center"):
            own = sum(len(child) for child in el.children if isinstance(child, str) and not child.isspace())
            el.prose = own if own >= 80 else 0
        parent = el.parent
        if parent is not None:
            parent.size += el.size
            parent.linked += el.linked
            parent.prose += el.prose
    total = max(1, body.prose)
    for el in order:
        if el is body or el.noise:
            continue
        if is_noise(el) and el.prose < 0.5 * total:
            taken = el.prose
            for inner in el.elements():
                inner.noise = True
                inner.prose = 0
            for above in el.ancestors():
                above.prose -= taken
            total = max(1, body.prose)
    return order
