"""What class names and ids say about an element: one vocabulary for all readers, judged once per name.

A page has thousands of class names and few different ones. Each is looked at once, and what it says is kept as bits:
``traits("entry-meta post-tags") & TAGS``. Names are general words of themes and content management systems, never of
a host.
"""

from __future__ import annotations

import re

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

# Whole parts of a name, hyphens left out: "share" is found in "post-share" and not in "shareholder", "socialmedia" in
# "social-media-bar".
_CHROME_WORDS = """
nav navi navigation navbar menu menue menü submenu metanav pagination pager paging offcanvas prevnext postnavigation navlinks
share sharing shariff social socials socialmedia sharebar addtoany sharedaddy addthis
cookie cookies cookiebar cookiebanner cookienotice cookieconsent cookiehinweis consent borlabs cmp klaro usercentrics ccm datenschutzhinweis
search suche suchformular searchform login toolbar skip skiplink skiplinks skipnav skiptocontent languageswitch languageswitcher langswitch
sidebar widget widgets widgetarea marginal marginalspalte randspalte infoboxright
newsletter subscribe abo paywall piano promo advert advertisement advertisements ad ads anzeige werbung sponsor sponsored taboola outbrain
comment comments kommentar kommentare respond disqus reply
related recommend recommended recommendation recommendations morenews weitereartikel weiteremeldungen weiterenachrichten weiterenews
weiterebeitraege mehrzumthema similar empfehlungen alsoread auchinteressant newsrelated
sitefooter pagefooter impressum copyrightbar colophon
modal popup overlay player playlist audioplayer ticker toc inhaltsverzeichnis
"""
_NOISE_WORDS = """
footer foot breadcrumb breadcrumbs brotkrume brotkrumen youarehere rootline klickpfad readmore weiterlesen
print drucken printlink readspeaker rsbutton rsskip vorlesen fontsize translate googletranslate lightboxcaption tooltip
tag tags taglist tagslinks tagcloud catlinks posttags fieldnamefieldtags schlagworte
byline entrymeta postmeta articlemeta metadata metainfo articleinfo postinfo etpbtitlemetacontainer newslistdate entryfooter submitted nodesubmitted
authorbox authorbio authorinfo authorcard autorbox autorenbox autorinfo autoreninfo autorprofil autorenprofil aboutauthor avatar
contactbox kontakt kontaktbox kontaktblock kontaktperson ansprechpartner ansprechperson ansprechpersonen vcard
rating votes likes viewcount postviews liveblognav jumplink jumplinks totop backtotop nachoben
"""
_HIDDEN_WORDS = (
    "sronly visuallyhidden screenreader screenreadertext elementinvisible hidetext hiddenprint unsichtbar invisible"
)
_WHOLE: dict[str, int] = {}
for _trait, _told in (
    (NOISE | CHROME, _CHROME_WORDS),
    (NOISE, _NOISE_WORDS),
    (NOISE | HIDDEN, _HIDDEN_WORDS),
    (
        TAGS,
        "tag tags tagslinks taglist posttags schlagwort schlagworte schlagwoerter keywords fieldnamefieldtags wpblockpostterms taxonomyposttag stichworte",
    ),
    (
        TEASER,
        "teaser teasertext lead leadtext lede intro introtext vorspann abstract standfirst excerpt anreisser anrisstext kurztext subline"
        " summary introduction einleitung",
    ),
    (
        DATE,
        "date datum posted postedon pubdate timestamp timedata byline entrymeta postmeta postmetadata metadata articlemeta articleinfo articleinfos"
        " postinfo entryinfo assetmeta textmeta submitted nodesubmitted metadate postedat published erstellt",
    ),
    (AUTHOR, "author autor autorin byline createdby verfasser username writtenby"),
):
    for _word in _told.split():
        _WHOLE[_word] = _WHOLE.get(_word, 0) | _trait

# Found anywhere in a name, hyphens left out there too (but for those that are written with their underscores).
_INSIDE: tuple[tuple[str, int], ...] = tuple(
    (_word, _trait)
    for _trait, _told in (
        (KEEP, "entrycontent articlebody postcontent newstext cetext bodytext fieldnamebody maincontent"),
        (CAPTION | CREDIT, "credit copyright fieldnamefieldowner fieldnamefieldimageowner"),
        (
            CAPTION,
            "caption bildunterschrift bildbeschreibung bildtext imagetext imagedesc imgtext imgdesc bildnachweis media__desc media__text picturetext",
        ),
        (CREDIT, "fotograf photographer bildquelle urheber rechte source"),
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
_PARTS = re.compile(r"[_./-]+")
_DIGITS = re.compile(r"\d+")
_MOST_NAMES = 50_000
_known: dict[str, int] = {}
_words: dict[str, int] = {}


def _judge(word: str) -> int:
    if ":" in word:
        return 0  # a utility of a framework that applies in a certain state: "print:hidden", "after:clear-both"
    parts = _PARTS.split(word)
    found = 0
    for begin in range(len(parts)):
        joined = ""
        for part in parts[begin : begin + 5]:
            joined += part
            found |= _WHOLE.get(joined, 0)
    if _TERM.match(word):
        found &= ~(NOISE | CHROME)
    whole = "".join(parts)
    for inner, trait in _INSIDE:
        if inner in (word if "_" in inner else whole):
            found |= trait
    return found | CONTENT if whole in _CONTENT else found


def traits(names: str) -> int:
    """What the names of an element say, as bits.

    :param names: classes and id in lower case, separated by white space.
    """
    found = _known.get(names)
    if found is not None:
        return found
    found = 0
    for word in _DIGITS.sub("0", names).split():
        known = _words.get(word)
        if known is None:
            known = _judge(word)
            if len(_words) < _MOST_NAMES:
                _words[word] = known
        found |= known
    if found & KEEP:
        found &= ~(NOISE | CHROME)
    if len(_known) < _MOST_NAMES:
        _known[names] = found
    return found
