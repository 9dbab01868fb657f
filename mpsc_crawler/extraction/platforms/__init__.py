"""Platform readers: how each content management system marks its articles, as data.

A reader is recognised by the platform's own traces and only ever adds candidates; a page that no reader knows is read
by the general rules alone. ``content``, ``teaser`` and the other patterns are matched against class names and ids.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qs, urlsplit

from mpsc_crawler.extraction.dom import El, Page


@dataclass(frozen=True)
class PlatformReader:
    """One platform. ``generator`` matches the meta element, ``address`` the URL, ``names`` lists classes and ids (``*``: and longer).

    ``identity`` finds the platform's own id of the article: in the address, the body's classes or a short link.
    """

    name: str
    generator: str = r"(?!)"
    names: str = ""
    address: str = r"(?!)"
    content: str = ""
    teaser: str = ""
    kicker: str = ""
    published: str = ""
    modified: str = ""
    author: str = ""
    identity_names: str = ""
    identity_address: str = ""

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """The compiled patterns by name; an empty one is left out."""
        names = (
            "generator",
            "address",
            "content",
            "teaser",
            "kicker",
            "published",
            "modified",
            "author",
            "identity_names",
            "identity_address",
        )
        return {name: re.compile(getattr(self, name), re.I) for name in names if getattr(self, name)}


READERS: tuple[PlatformReader, ...] = (
    PlatformReader(
        "wordpress",
        generator=r"^(?:wordpress|elementor|powered by|divi|avada|site kit)",
        names="wp-block* wp-site* wp-embed* wp-custom* et_pb_* avada-* fusion-* elementor* postid-* wp-singular wordpress",
        address=r"/wp-content/|/wp-json/|[?&]p=\d+",
        content=r"(?:^|\s)(?:entry-content|wp-block-post-content|et_pb_post_content|post-content|elementor-widget-theme-post-content|et_pb_text_inner|fusion-content-tb|single-post-content)(?:\s|$)",
        published=r"(?:^|\s)(?:entry-date|wp-block-post-date|published|posted-on|post-date|et_pb_title_meta_container|post-meta|fusion-meta-info|updated)(?:\s|$)",
        author=r"(?:^|\s)(?:author|vcard author|wp-block-post-author__name|byline)(?:\s|$)",
        identity_names=r"(?:^|\s)(?:postid|post|page-id)-(\d+)(?:\s|$)",
        identity_address=r"[?&]p=(\d+)",
    ),
    PlatformReader(
        "drupal",
        generator=r"^drupal",
        names="node--type-* field--name-* path-node views-row block-system-main-block",
        address=r"/node/\d+|/sites/default/files/",
        content=r"(?:^|\s)(?:field--name-body|field--name-field-(?:paragraphs|content|inhalt|text)\S*|node__content)(?:\s|$)",
        teaser=r"(?:^|\s)field--name-field-(?:teaser|lead|intro|summary|einleitung|subtitle|anreisser)\S*",
        kicker=r"(?:^|\s)field--name-field-(?:kicker|dachzeile|topline|overline)\S*",
        published=r"(?:^|\s)(?:field--name-field-(?:date|datum|published|publish-date|news-date)\S*|node__submitted|submitted)(?:\s|$)",
        author=r"(?:^|\s)(?:field--name-uid|username)(?:\s|$)",
        identity_names=r"(?:^|\s)(?:node|page-node|node-id)-(\d+)(?:\s|$)",
        identity_address=r"/node/(\d+)(?:$|[/?#])",
    ),
    PlatformReader(
        "typo3",
        generator=r"^typo3",
        names="tx-* news-single frame-type-* csc-default ce-text* ce-bodytext ce-gallery news-text-wrap",
        address=r"tx_news_pi1|/fileadmin/|/typo3temp/",
        content=r"(?:^|\s)(?:news-text-wrap|news-single__text|news-detail-text|ce-bodytext)(?:\s|$)",
        teaser=r"(?:^|\s)(?:news-teaser|teaser-text|lead|news-single__teaser)(?:\s|$)",
        published=r"(?:^|\s)(?:news-list-date|news-date|news-single__date|date)(?:\s|$)",
        author=r"(?:^|\s)(?:news-list-author|news-author)(?:\s|$)",
        identity_address=r"tx_news_pi1(?:%5B|\[)news(?:%5D|\])=(\d+)",
    ),
    PlatformReader(
        "sitepark",
        generator=r"sitepark|infosite|ies",
        names="sp-*",
        content=r"(?:^|\s)(?:sp-article__?body|sp-articlebody|sp-article-content|sp-text)(?:\s|$)",
        teaser=r"(?:^|\s)(?:sp-intro|sp-article__?intro)(?:\s|$)",
        kicker=r"(?:^|\s)sp-(?:kicker|article__?kicker|headline__kicker)(?:\s|$)",
        published=r"(?:^|\s)(?:sp-(?:article)?(?:__)?date|sp-date)(?:\s|$)",
    ),
    PlatformReader(
        "ikiss",
        generator=r"ikiss|advantic",
        names="mitteilungen_detail ikiss* ik-*",
        address=r"[?&](?:FID|ModID)=\d+|object=tx[,%|]",
        content=r"(?:^|\s)(?:mitteilungen_detail|detail-?text|artikel-?text)(?:\s|$)",
        published=r"(?:^|\s)(?:date|datum)(?:\s|$)",
        identity_address=r"[?&]FID=([\d.]+)",
    ),
    PlatformReader(
        "kommone",
        generator=r"komm\.?one|kiru|pb-cms",
        names="composedcontent-* basecontent-*",
        address=r"/pb/|,Lde",
        content=r"(?:^|\s)(?:composedcontent-(?:standardseite|pressemitteilung|article)\S*|basecontent-text)(?:\s|$)",
        identity_address=r"/pb/(?:,Lde/)?(\d+)\.html",
    ),
    PlatformReader(
        "gsb",
        generator=r"government site builder",
        names="gsb* c-publication* isfirstinslot singleview docdata",
        address=r"/SharedDocs/|__blob=|/DE/.*_node\.html",
        content=r"(?:^|\s)(?:singleview-text|article-text|richtext|main-content)(?:\s|$)",
        teaser=r"(?:^|\s)(?:abstract|singleview-abstract)(?:\s|$)",
        kicker=r"(?:^|\s)(?:topline|kicker|dachzeile)(?:\s|$)",
    ),
    PlatformReader(
        "contao",
        generator=r"^contao",
        names="mod_news* ce_text ce_download ce_downloads mod_article layout_full",
        address=r"/assets/images/|/files/",
        teaser=r"(?:^|\s)(?:teaser|ce_teaser)(?:\s|$)",
        published=r"(?:^|\s)info(?:\s|$)",
    ),
    PlatformReader(
        "joomla",
        generator=r"^joomla",
        names="com-content-article* item-page article-info com_content",
        address=r"option=com_content|/component/",
        content=r"(?:^|\s)(?:com-content-article__body|articlebody|article-body)(?:\s|$)",
        published=r"(?:^|\s)published(?:\s|$)",
        modified=r"(?:^|\s)modified(?:\s|$)",
        author=r"(?:^|\s)createdby(?:\s|$)",
        identity_address=r"[?&]id=(\d+)|/(\d+)-[^/]+$",
    ),
    PlatformReader(
        "nolis",
        generator=r"nolis",
        names="nolis* nlm*",
        address=r"/portal/meldungen/|/portal/seiten/",
        identity_address=r"-(\d{6,})-\d+\.html",
    ),
)
_DIGITS = re.compile(r"\d+")
_BY_NAME = {reader.name: reader for reader in READERS}


_BEGINNINGS = tuple(name.rstrip("*") for reader in READERS for name in reader.names.split())


def _speaks_for(reader: PlatformReader, word: str) -> bool:
    return any(word.startswith(n[:-1]) if n.endswith("*") else word == n for n in reader.names.split())


def recognise(page: Page, order: list[El]) -> PlatformReader | None:
    """The platform by its traces: the generator settles it, otherwise names and addresses are counted."""
    generator = page.meta("generator")
    if generator:
        for reader in READERS:
            if reader.patterns["generator"].search(generator):
                return reader
    counts = dict.fromkeys(_BY_NAME, 0)
    words = {word for names in {el.names for el in order} for word in names.split() if word.startswith(_BEGINNINGS)}
    for word in {_DIGITS.sub("0", word) for word in words}:
        for reader in READERS:
            if _speaks_for(reader, word):
                counts[reader.name] = min(6, counts[reader.name] + 2)
    best, most = None, 1
    addresses = "\n".join([page.url, *(link.get("href") or "" for link in page.links[:40])])
    for reader in READERS:
        count = counts[reader.name] + min(40, len(reader.patterns["address"].findall(addresses)))
        if count > most:
            best, most = reader, count
    return best


def by_name(name: str | None) -> PlatformReader | None:
    """The reader of that platform, or ``None``."""
    return _BY_NAME.get(name or "")


def platform_id(reader: PlatformReader | None, page: Page, order: list[El], url: str) -> str | None:
    """The platform's own id of the article, or ``None``."""
    if reader is None:
        return None
    in_address = reader.patterns.get("identity_address")
    if in_address is not None:
        for address in (url, page.linked("shortlink")):
            match = in_address.search(address)
            if match:
                return next(group for group in match.groups() if group)
    in_names = reader.patterns.get("identity_names")
    if in_names is not None:
        match = in_names.search(page.body.names)
        if match and (reader.name != "wordpress" or "page-id" not in match.group()):
            return match.group(1)
        for el in order:
            if el.tag == "article":
                match = in_names.search(el.names)
                if match:
                    return match.group(1)
    return None


def query_identity(url: str) -> str | None:
    """The identity that a query carries on platforms whose path says nothing (``FID=``, ``includeDocument=``)."""
    query = parse_qs(urlsplit(url).query)
    for name in ("FID", "includeDocument", "news"):
        if query.get(name):
            return f"{name}={query[name][0]}"
    return None
