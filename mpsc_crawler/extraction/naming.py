"""What class names and ids say about an element: one vocabulary for all readers, judged once per name.

A page has thousands of class names and few different ones. Each is looked at once, and what it says is kept as bits:
``traits("entry-meta post-tags") & TAGS``. Names are general words of themes and content management systems, never of
a host.
"""

from __future__ import annotations

import re

from mpsc_crawler.language.words import any_of

NOISE = 1 << 0  # not the article: menus, banners, share bars, related items, bylines
KEEP = 1 << 1  # the article's text, whatever else the name says
CHROME = 1 << 2  # a menu, a share bar, related items: of no interest to any reader of articles
CAPTION = 1 << 3  # caption or credit of a picture
CREDIT = 1 << 4  # credit of a picture
TAGS = 1 << 5  # a list of tags
CATEGORY = 1 << 6  # a list of categories
CRUMBS = 1 << 7  # the way to the page
TEASER = 1 << 8  # the lead
CONTENT = 1 << 9  # the article's text in the words of themes
AUTHOR = 1 << 10  # who wrote it
GALLERY = 1 << 11  # several pictures
KICKER = 1 << 12  # the line above the headline
TITLE = 1 << 13  # the headline
EVENT = 1 << 14  # an event's data
HIDDEN = 1 << 16  # only for screen readers, or for nobody
DATE = 1 << 15  # when it was published, or the line of small print where that stands

# Whole parts of a name: "share" is found in "post-share", not in "shareholder". A word with a hyphen is found without it
# and with other signs, too: "social-media" in "socialmedia" and "social_media-bar".
_CHROME_WORDS = """
nav navi navigation navbar menu menue menü submenu meta-nav pagination pager paging off-canvas prev-next post-navigation nav-links
share sharing shariff social socials social-media share-bar addtoany sharedaddy addthis
cookie cookies cookie-bar cookie-banner cookie-notice cookie-consent cookie-hinweis consent borlabs cmp klaro usercentrics ccm datenschutzhinweis
search suche suchformular searchform login toolbar skip skip-link skip-links skip-nav skip-to-content language-switch language-switcher lang-switch
side-bar widget widgets widget-area marginal marginalspalte randspalte infobox-right
newsletter subscribe abo paywall piano promo advert advertisement advertisements ad ads anzeige werbung sponsor sponsored taboola outbrain
comment comments kommentar kommentare respond disqus reply
related recommend recommended recommendation recommendations more-news weitere-artikel weitere-meldungen weitere-nachrichten weitere-news
weitere-beitraege mehr-zum-thema similar empfehlungen also-read auch-interessant news-related
site-footer page-footer impressum copyright-bar colophon
modal popup overlay player playlist audio-player ticker toc inhaltsverzeichnis
"""
_NOISE_WORDS = """
footer foot breadcrumb breadcrumbs brotkrume brotkrumen you-are-here rootline klickpfad read-more weiterlesen
print drucken printlink readspeaker rs-button rs-skip vorlesen translate google-translate lightbox-caption tooltip
tag tags tag-list tags-links tagcloud cat-links post-tags field--name-field-tags schlagworte
byline entry-meta post-meta article-meta meta-data metainfo article-info post-info et_pb_title_meta_container news-list-date entry-footer submitted node__submitted
author-box author-bio author-info author-card autor-box autoren-box autor-info autoren-info autor-profil autoren-profil about-author avatar
contact-box kontakt kontakt-box kontakt-block kontakt-person ansprechpartner ansprechperson ansprechpersonen vcard
rating votes likes view-count post-views live-blog-nav jump-link jump-links to-top back-to-top nach-oben
"""
_HIDDEN_WORDS = "sr-only visually-hidden screen-reader screen-reader-text element-invisible hide-text hidden-print unsichtbar invisible aural"
_WHOLE: dict[str, int] = {}
_SPLIT: dict[str, int] = {}
_SPLIT_BEGINS: set[str] = set()
for _trait, _told in (
    (NOISE | CHROME, _CHROME_WORDS),
    (NOISE, _NOISE_WORDS),
    (NOISE | HIDDEN, _HIDDEN_WORDS),
    (
        TAGS,
        "tag tags tags-links tag-list post-tags schlagwort schlagworte schlagwoerter keywords field--name-field-tags wp-block-post-terms taxonomy-post_tag stichworte",
    ),
    (
        TEASER,
        "teaser teaser-text lead lead-text lede intro intro-text vorspann abstract standfirst excerpt anreisser anrisstext kurztext subline"
        " summary introduction einleitung",
    ),
    (
        DATE,
        "date datum posted posted-on pubdate timestamp timedata byline entry-meta post-meta post-metadata meta-data article-meta article-info article-infos"
        " post-info entry-info asset-meta text-meta submitted node__submitted meta-date posted-at published erstellt",
    ),
    (CRUMBS, "brot navpfad"),
    (AUTHOR, "author autor autorin byline createdby verfasser username writtenby"),
):
    for _word in _told.split():
        _joined = re.sub("[-_]", "", _word)
        _WHOLE[_joined] = _WHOLE.get(_joined, 0) | _trait
        if _joined != _word:
            _SPLIT[_joined] = _SPLIT.get(_joined, 0) | _trait
            _SPLIT_BEGINS.add(re.split("[-_]", _word, maxsplit=1)[0])

# Found anywhere in a name, hyphens left out there too (but for those that are written with their underscores).
_INSIDE: tuple[tuple[str, int], ...] = tuple(
    (_word, _trait)
    for _trait, _told in (
        (KEEP, "entrycontent articlebody postcontent newstext cetext bodytext fieldnamebody maincontent"),
        (CAPTION | CREDIT, "credit copyright fieldnamefieldowner fieldnamefieldimageowner"),
        (
            CAPTION,
            "caption unterschrift legende bildbeschreibung bildtext imagetext imagedesc imgtext imgdesc bildnachweis media__desc media__text picturetext",
        ),
        (CAPTION | CREDIT, "fotograf photographer bildquelle"),
        (CREDIT, "urheber rechte source"),
        (CATEGORY, "catlinks categor kategorie"),
        (CRUMBS, "breadcrumb brotkr rootline klickpfad youarehere navpath wayhome siesindhier"),
        (GALLERY, "galler galerie slider slideshow swiper carousel karussell lightboxgroup bildstrecke"),
        (
            KICKER,
            "kicker topline dachzeile roofline overline spitzmarke eyebrow preheadline oberzeile headlinetop superheadline",
        ),
        (TITLE, "headline title titel ueberschrift"),
        (DATE, "publish datum pubdate postdate entrydate newsdate dateheader"),
        (EVENT, "event termin veranstalt calendar kalender countdown deadline"),
    )
    for _word in _told.split()
)
_CONTENT = frozenset(
    "entrycontent postcontent articlecontent articlebody singlecontent tdpostcontent newstextwrap fieldnamebody nodecontent"
    " etpbpostcontent storybody carticlecontent contentbody richtext".split()
)
# classes that name a post's own terms ("tag-social", "category-suche") or how a label is shown say nothing about the element
_TERM = re.compile(r"(?:tag|category|term|kategorie|thema)-(?!list|links|cloud)|field--label-")
# states and switches: "has-share", "no-sidebar", "js-readmore", "print-full"
_STATE = re.compile(r"(?:.*--)?(?:has|no|non|with|without|is|js|print|hide|show)[-_]")
_PARTS = re.compile(r"[_./-]+")
_DIGITS = re.compile(r"\d+")
_MOST_NAMES = 50_000


# most names hold none: one look settles them. Words with underscores are looked for as written, the others without hyphens
_INSIDE_AS_WRITTEN = tuple((word, trait) for word, trait in _INSIDE if "_" in word)
_INSIDE_JOINED = tuple((word, trait) for word, trait in _INSIDE if "_" not in word)
_AS_WRITTEN = any_of(word for word, _ in _INSIDE_AS_WRITTEN)
_JOINED = any_of(word for word, _ in _INSIDE_JOINED)
_known: dict[str, int] = {}
_words: dict[str, int] = {}


def _judge(word: str) -> int:
    if ":" in word:
        return 0  # a utility of a framework that applies in a certain state: "print:hidden", "after:clear-both"
    parts = _PARTS.split(word)
    found = 0
    if len(parts) == 1:
        found = _WHOLE.get(word, 0)
    else:
        if "widget" in parts and (parts[0] == "elementor" or "image" in parts):
            parts.remove("widget")  # Elementor calls all its parts widgets
        for begin, first in enumerate(parts):
            if first in _WHOLE:
                found |= _WHOLE[first]
            if first in _SPLIT_BEGINS:
                joined = first
                for part in parts[begin + 1 : begin + 5]:
                    joined += part
                    found |= _SPLIT.get(joined, 0)
    if found & (NOISE | CHROME) and (_TERM.match(word) or _STATE.match(word)):
        found &= ~(NOISE | CHROME)
    whole = "".join(parts)
    if _JOINED.search(whole) is not None:
        for inner, trait in _INSIDE_JOINED:
            if inner in whole:
                found |= trait
    if "_" in word and _AS_WRITTEN.search(word) is not None:
        for inner, trait in _INSIDE_AS_WRITTEN:
            if inner in word:
                found |= trait
    return found | CONTENT if whole in _CONTENT else found


def _look_up(word: str) -> int:
    """A name that was not met yet; numbers in names are all the same."""
    plain = _DIGITS.sub("0", word)
    known = _words.get(plain)
    if known is None:
        known = _judge(plain)
        if len(_words) < _MOST_NAMES:
            _words[plain] = known
    return known


def traits(names: str) -> int:
    """What the names of an element say, as bits.

    :param names: classes and id in lower case, separated by white space.
    """
    found = _known.get(names)
    if found is not None:
        return found
    found = 0
    for word in names.split():
        known = _words.get(word)
        found |= _look_up(word) if known is None else known
    if found & KEEP:
        found &= ~(NOISE | CHROME)
    if len(_known) < _MOST_NAMES:
        _known[names] = found
    return found
