"""The page shapes of the demo's publishers: each CMS's own markup, lists and addresses, with the traps of real pages."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
WEEKDAYS = "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split()
HTML = "text/html; charset=utf-8"
SP_CREDIT = '<small class="SP-Caption__copyright">© {}</small>'
IKISS_DATE = '<span class="datum">{}</span>'
ONE_DATE = '<p class="wann">{}</p>'
CURRENT = ' aria-current="page"'
Post = Any
Picture = dict[str, str]


@dataclass(slots=True)
class Answer:
    """What a server answers."""

    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200


def page(text: str, kind: str = HTML, encoding: str = "utf-8") -> Answer:
    """A successful answer with an ETag."""
    body = text.encode(encoding)
    return Answer(body, [("Content-Type", kind), ("ETag", f'"{hashlib.sha256(body).hexdigest()[:16]}"')])


def not_found(url: str) -> Answer:
    """What is left of a deleted page."""
    return Answer(
        b"<!DOCTYPE html><html><head><title>404</title></head><body><h1>Seite nicht gefunden</h1></body></html>",
        [("Content-Type", HTML)],
        404,
    )


def robots(host: str, rules: str = "Disallow: /wp-admin/") -> dict[str, Answer]:
    return {f"https://{host}/robots.txt": page(f"User-agent: *\n{rules}\n", "text/plain")}


def moment_of(text: str) -> datetime | None:
    """The publication as a local time; noon where only a day is told, ``None`` for nothing or a bare month."""
    if len(text) < 10:
        return None
    value = datetime.fromisoformat(text)
    return value.replace(hour=12, tzinfo=BERLIN) if len(text) == 10 else value.replace(tzinfo=BERLIN)


def long_date(text: str) -> str:
    if len(text) == 7:
        return f"{MONTHS[int(text[5:7]) - 1]} {text[:4]}"
    day = date.fromisoformat(text[:10])
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def dotted(text: str) -> str:
    return f"{text[8:10]}.{text[5:7]}.{text[:4]}"


def maybe(template: str, value: str) -> str:
    """The template filled with an escaped value, or nothing for an empty one."""
    return template.format(escape(value)) if value else ""


def gallery_of(post: Post, picture: Callable[[Picture], str]) -> str:
    """The pictures behind the text, in a gallery."""
    shown = "".join(picture(image) for image in post.gallery())
    return f'<div class="bildergalerie">{shown}</div>' if shown else ""


def glued(image: Picture, mark: str) -> str:
    """Caption and credit in one line, as editors type them; some captions hold their credit already."""
    caption, credit = escape(image["caption"]), escape(image["credit"])
    if not credit or image["credit"] in image["caption"]:
        return caption
    return f"{caption} {mark.format(credit)}".strip()


# ------------------------------------------------------------------ WordPress


def wordpress(posts: list[Post], now: datetime) -> dict[str, Answer]:
    """A block theme: REST off, feed and paged list on; related posts with dates below, tracking parameters in links."""
    host = "smartes-auental.example"
    base = f"https://{host}"

    def url(post: Post) -> str:
        path = f"/{post.published[:4]}/{post.published[5:7]}/{post.slug}/"
        return f"{base}/en{path}" if post.language == "en" else base + path

    def figure(image: Picture) -> str:
        file = f"{base}/wp-content/uploads/{image['file']}"
        caption = glued(image, "Foto: {}")
        shown = f'<figcaption class="wp-element-caption">{caption}</figcaption>' if caption else ""
        return f'<figure class="wp-block-image size-large"><img decoding="async" src="data:image/svg+xml;base64,PHN2Zy8+" data-src="{file}" alt="{escape(image["alt"])}" width="1024" height="683" class="lazyload"/>{shown}</figure>'

    def frame(title: str, inner: str, names: str, head: str = "") -> str:
        return f"""<!DOCTYPE html>
<html lang="de-DE"><head><meta charset="UTF-8"/><meta name="generator" content="WordPress 6.7.2"/><title>{escape(title)} – Smartes Auental</title>
<link rel="alternate" type="application/rss+xml" title="Smartes Auental &raquo; Feed" href="{base}/feed/"/>{head}</head>
<body class="{names} wp-embed-responsive"><a class="skip-link screen-reader-text" href="#wp--skip-link--target">Zum Inhalt springen</a>
<header class="wp-block-template-part"><p class="wp-block-site-title"><a href="{base}/">Smartes Auental</a></p><nav class="wp-block-navigation"><ul><li><a href="{base}/aktuelles/">Aktuelles</a></li><li><a href="{base}/projekte/">Projekte</a></li><li><a href="{base}/kontakt/">Kontakt</a></li></ul></nav></header>
<main class="wp-block-group" id="wp--skip-link--target">{inner}</main>
<footer class="wp-block-template-part"><p>Gefördert durch das Bundesministerium für Wohnen, Stadtentwicklung und Bauwesen und die KfW. <a href="{base}/impressum/">Impressum</a> <a href="{base}/datenschutz/">Datenschutz</a></p></footer>
<div id="BorlabsCookieBox" class="cookie-box" role="dialog"><p>Wir verwenden Cookies. Einige sind notwendig, andere helfen uns, diese Website zu verbessern.</p></div></body></html>"""

    answers = robots(host)
    for index, post in enumerate(posts):
        published = moment_of(post.published)
        assert published is not None
        hero = post.hero()
        graph = {
            "@context": "https://schema.org",
            "@graph": [
                {
                    "@type": "Article",
                    "headline": post.headline,
                    "datePublished": published.astimezone(UTC).isoformat(),
                    "author": {"name": post.author, "@id": f"{base}/#/schema/person/1"},
                    "keywords": post.tags,
                    "inLanguage": "de",
                },
                {"@type": "WebSite", "name": "Smartes Auental", "url": base + "/"},
                {
                    "@type": "BreadcrumbList",
                    "itemListElement": [
                        {"@type": "ListItem", "position": 1, "name": "Startseite", "item": base},
                        {"@type": "ListItem", "position": 2, "name": post.category, "item": f"{base}/aktuelles/"},
                        {"@type": "ListItem", "position": 3, "name": post.headline},
                    ],
                },
            ],
        }
        if post.modified:
            modified = moment_of(post.modified)
            assert modified is not None
            graph["@graph"][0]["dateModified"] = modified.astimezone(UTC).isoformat()
        related = "".join(
            f'<li class="wp-block-post"><a href="{url(other)}"><img src="{base}/wp-content/uploads/klein-{other.number}.jpg" alt=""/></a><h3 class="wp-block-post-title"><a href="{url(other)}">{escape(other.headline)}</a></h3><div class="wp-block-post-date"><time datetime="{other.published}">{long_date(other.published)}</time></div></li>'
            for other in (posts[index - 1], posts[index - 2])
            if other is not post
        )
        gallery = post.gallery()
        shown = (
            f'<figure class="wp-block-gallery has-nested-images">{"".join(figure(image) for image in gallery)}</figure>'
            if gallery
            else ""
        )
        files = "".join(
            f'<div class="wp-block-file"><a href="{base}/wp-content/uploads/{a["file"]}">{escape(a["title"])}</a> <a href="{base}/wp-content/uploads/{a["file"]}" class="wp-block-file__button" download>Herunterladen</a></div>'
            for a in post.attachments
        )
        kicker = f'<p class="kicker">{escape(post.kicker)}</p>' if post.kicker else ""
        teaser = (
            f'<div class="wp-block-post-excerpt"><p class="wp-block-post-excerpt__excerpt">{escape(post.teaser)}</p></div>'
            if post.teaser
            else ""
        )
        tags = "".join(f'<a href="{base}/tag/{i}/" rel="tag">{escape(tag)}</a> ' for i, tag in enumerate(post.tags))
        inner = f"""{kicker}<h1 class="wp-block-post-title">{escape(post.headline)}</h1>
<div class="post-meta"><div class="wp-block-post-date"><time datetime="{published.isoformat()}">{long_date(post.published)}</time></div><p class="wp-block-post-author__name">{escape(post.author)}</p></div>
{teaser}{figure(hero).replace("wp-block-image", "wp-block-post-featured-image") if hero else ""}
<div class="entry-content wp-block-post-content">{post.html(figure)}
{shown}{files}
<div class="sharedaddy"><h3>Teilen mit:</h3><ul><li><a href="https://social.example/share">Mastodon</a></li></ul></div></div>
<div class="taxonomy-post_tag wp-block-post-terms">{tags}</div>
<div class="wp-block-group"><h2>Weitere Beiträge</h2><ul class="wp-block-post-template">{related}</ul></div>"""
        head = f'<script type="application/ld+json">{json.dumps(graph, ensure_ascii=False)}</script><link rel="canonical" href="{url(post)}"/><link rel="shortlink" href="{base}/?p={100 + post.number}"/>'
        text = frame(post.headline, inner, f"wp-singular post-template-default single postid-{100 + post.number}", head)
        answers[url(post)] = page(text.replace('lang="de-DE"', f'lang="{post.language}"', 1))
    for number in range(0, max(1, len(posts)), 5):
        entries = "".join(
            f'<li class="wp-block-post"><h2 class="wp-block-post-title"><a href="{url(p)}?utm_source=liste&amp;utm_medium=web">{escape(p.headline)}</a></h2><div class="wp-block-post-date"><time datetime="{p.published}">{long_date(p.published)}</time></div><div class="wp-block-post-excerpt"><p>{escape(p.teaser or p.markdown[:120])} […]</p></div></li>'
            for p in posts[number : number + 5]
        )
        this = number // 5 + 1
        nav = (
            f'<nav class="wp-block-query-pagination"><a href="{base}/aktuelles/page/{this + 1}/" class="wp-block-query-pagination-next">Ältere Beiträge</a></nav>'
            if number + 5 < len(posts)
            else ""
        )
        address = f"{base}/aktuelles/" if this == 1 else f"{base}/aktuelles/page/{this}/"
        answers[address] = page(
            frame(
                "Aktuelles",
                f'<h1>Aktuelles</h1><div class="wp-block-query"><ul class="wp-block-post-template">{entries}</ul></div>{nav}',
                "archive blog",
            )
        )
    items = "".join(
        f'<item><title>{escape(p.headline)}</title><link>{url(p)}</link><dc:creator><![CDATA[{p.author}]]></dc:creator><pubDate>{format_datetime(moment_of(p.published))}</pubDate><category><![CDATA[{p.category}]]></category><guid isPermaLink="false">{base}/?p={100 + p.number}</guid><description><![CDATA[{p.teaser}]]></description></item>\n'
        for p in posts[:10]
    )
    answers[f"{base}/feed/"] = page(
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Smartes Auental</title><link>{base}</link><language>de</language>\n{items}</channel></rss>',
        "application/rss+xml; charset=UTF-8",
    )
    return answers


# --------------------------------------------------------------------- Drupal


def drupal(posts: list[Post], now: datetime) -> dict[str, Answer]:
    """Field labels come through as text, hero caption and credit stand before the headline, paging counts from zero."""
    host = "smartcity.lindenfurt.example"
    base = f"https://{host}"

    def media(image: Picture) -> str:
        caption = (
            f'<div class="field field--name-field-bildunterschrift field__item">{escape(image["caption"])}</div>'
            if image["caption"]
            else ""
        )
        credit = (
            f'<div class="field field--name-field-copyright field__item">© {escape(image["credit"])}</div>'
            if image["credit"]
            else ""
        )
        return f'<article class="media media--type-image"><div class="field field--name-field-media-image"><div class="field__label visually-hidden">Bild</div><div class="field__item"><img src="/sites/default/files/styles/large/public/{image["file"]}" alt="{escape(image["alt"])}" width="1200" height="700"/></div></div>{caption}{credit}</article>'

    def frame(title: str, inner: str, names: str) -> str:
        return f"""<!DOCTYPE html><html lang="de" dir="ltr"><head><meta charset="utf-8"/><meta name="Generator" content="Drupal 10 (https://www.drupal.org)"/><title>{escape(title)} | Smart City Lindenfurt</title></head>
<body class="{names}"><a href="#main-content" class="visually-hidden focusable skip-link">Direkt zum Inhalt</a><header role="banner"><a href="/" rel="home">Smart City Lindenfurt</a><nav class="menu--main"><ul class="menu"><li><a href="/aktuelles">Aktuelles</a></li><li><a href="/projekte">Projekte</a></li></ul></nav></header>
<div class="region-breadcrumb"><nav class="breadcrumb" aria-labelledby="b"><h2 id="b" class="visually-hidden">Pfadnavigation</h2><ol><li><a href="/">Startseite</a></li><li><a href="/aktuelles">Aktuelles</a></li></ol></nav></div>
<main role="main"><a id="main-content" tabindex="-1"></a>{inner}</main>
<footer><p>Die Universitätsstadt Lindenfurt ist eines der Modellprojekte Smart Cities.</p><ul><li><a href="/impressum">Impressum</a></li></ul></footer></body></html>"""

    answers = robots(host, "Disallow: /admin/\nCrawl-delay: 1")
    for post in posts:
        hero = post.hero()
        published = (
            f'<div class="field field--name-field-datum field__item"><time datetime="{post.published}T12:00:00Z">{dotted(post.published)}</time></div>'
            if post.published
            else ""
        )
        changed = f'<p class="stand">Zuletzt aktualisiert: {dotted(post.modified)}</p>' if post.modified else ""
        teaser = (
            f'<div class="field field--name-field-teaser field__item">{escape(post.teaser)}</div>'
            if post.teaser
            else ""
        )
        kicker = (
            f'<div class="field field--name-field-dachzeile field__item">{escape(post.kicker)}</div>'
            if post.kicker
            else ""
        )
        gallery = post.gallery()
        shown = (
            f'<div class="paragraph paragraph--type--galerie field--name-field-galerie"><div class="field__label">Galerie</div>{"".join(media(image) for image in gallery)}</div>'
            if gallery
            else ""
        )
        files = "".join(
            f'<span class="file file--mime-application-pdf"><a href="/sites/default/files/{a["file"]}" type="application/pdf">{escape(a["title"])}</a></span> <span>({a["size"]})</span>'
            if a["size"]
            else f'<span class="file file--mime-application-pdf"><a href="/sites/default/files/{a["file"]}" type="application/pdf">{escape(a["title"])}</a></span>'
            for a in post.attachments
        )
        shown += (
            f'<div class="field field--name-field-dateien"><div class="field__label">Dateien</div>{files}</div>'
            if files
            else ""
        )
        tags = "".join(
            f'<div class="field__item"><a href="/schlagwort/{i}" hreflang="de">{escape(t)}</a></div>'
            for i, t in enumerate(post.tags)
        )
        shown += (
            f'<div class="field field--name-field-tags"><div class="field__label">Schlagworte</div><div class="field__items">{tags}</div></div>'
            if tags
            else ""
        )
        inner = f"""<div class="region region-content"><article class="node node--type-article node--view-mode-full">{f'<div class="field field--name-field-media">{media(hero)}</div>' if hero else ""}
{kicker}<h1 class="page-title"><span class="field field--name-title">{escape(post.headline)}</span></h1>
<div class="node__content">{published}{teaser}<div class="field__label">Main content</div><div class="field field--name-field-paragraphs"><div class="paragraph paragraph--type--text"><div class="field field--name-field-text">{post.html(media)}</div></div></div>{shown}{changed}</div></article>
<div class="views-element-container block-related"><h2>Das könnte Sie auch interessieren</h2><ul><li><a href="/aktuelles/{posts[0].slug}">{escape(posts[0].headline)}</a> am 08.10.23</li></ul></div></div>"""
        text = frame(post.headline, inner, "path-node page-node-type-article")
        answers[f"{base}/aktuelles/{post.slug}"] = page(
            text.replace(
                "</head>",
                f'<link rel="canonical" href="{base}/aktuelles/{post.slug}"/><link rel="shortlink" href="{base}/node/{300 + post.number}"/></head>',
                1,
            )
        )
    for number in range(0, max(1, len(posts)), 6):
        rows = "".join(
            f'<div class="views-row"><div class="node node--type-article node--view-mode-teaser"><h3><a href="{"/index.php" if i % 3 == 0 else ""}/aktuelles/{p.slug}">{escape(p.headline)}</a></h3><p>{escape(p.teaser or p.markdown[:140])}</p><a href="/aktuelles/{p.slug}">Weiterlesen</a></div></div>'
            for i, p in enumerate(posts[number : number + 6])
        )
        this = number // 6
        pages = "".join(
            f'<li class="pager__item{" is-active" if n == this else ""}"><a href="?page={n}"{CURRENT if n == this else ""}>{n + 1}</a></li>'
            for n in range((len(posts) + 5) // 6)
        )
        following = (
            f'<li class="pager__item pager__item--next"><a href="?page={this + 1}" title="Zur nächsten Seite" rel="next"><span class="visually-hidden">Nächste Seite</span> ››</a></li>'
            if number + 6 < len(posts)
            else ""
        )
        listing = page(
            frame(
                "Aktuelles",
                f'<h1>Aktuelles</h1><div class="view-content">{rows}</div><nav class="pager" role="navigation"><ul>{pages}{following}</ul></nav>',
                "path-aktuelles",
            )
        )
        answers[f"{base}/aktuelles" + (f"?page={this}" if this else "")] = listing
        if this == 0:
            answers[f"{base}/aktuelles?page=0"] = listing
    return answers


# ---------------------------------------------------------------------- TYPO3


def typo3(posts: list[Post], now: datetime) -> dict[str, Answer]:
    """The day of the visit stands in the page header; list addresses carry cHash; a teaser, files and a contact box."""
    host = "www.hohenbrueck.example"
    base = f"https://{host}"
    today = now.astimezone(BERLIN)
    clock = f"{WEEKDAYS[today.weekday()]}, {today.day}. {MONTHS[today.month - 1]} {today.year}"

    def picture(image: Picture) -> str:
        return f'<div class="ce-gallery"><figure class="image"><img class="image-embed-item" loading="lazy" src="/fileadmin/_processed_/{image["file"]}" alt="{escape(image["alt"])}" title="" width="850" height="567"/><figcaption class="image-caption">{glued(image, "(Foto: {})")}</figcaption></figure></div>'

    def frame(title: str, inner: str) -> str:
        return f"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><meta name="generator" content="TYPO3 CMS"><title>{escape(title)} - Stadt Hohenbrück</title></head>
<body id="p24" class="page-24"><div class="header-bar"><span class="today">{clock}</span> <span class="weather">8 °C, bedeckt</span></div><a class="sr-only" href="#content">Zum Hauptinhalt springen</a>
<nav class="navbar mainnav"><ul><li><a href="/rathaus">Rathaus</a></li><li><a href="/leben">Leben in Hohenbrück</a></li><li><a href="/aktuelles">Aktuelles</a></li></ul></nav>
<ol class="breadcrumb"><li><a href="/">Startseite</a></li><li><a href="/aktuelles">Aktuelles</a></li></ol><main id="content">{inner}</main>
<footer><address>Stadt Hohenbrück, Marktplatz 1</address><a href="/impressum">Impressum</a></footer></body></html>"""

    answers = robots(host, "Disallow: /typo3/")
    for post in posts:
        hero = post.hero()
        teaser = (
            f'<div class="lead teaser-text" itemprop="description"><p>{escape(post.teaser)}</p></div>'
            if post.teaser
            else ""
        )
        files = "".join(
            f'<li><a href="/fileadmin/downloads/{a["file"]}" target="_blank">{escape(a["title"])}</a> <span class="filesize">{a["size"]}</span></li>'
            for a in post.attachments
        )
        inner = f"""<div class="news news-single"><div class="article" itemscope itemtype="http://schema.org/Article">
<p class="news-meta"><span class="news-list-date"><time itemprop="datePublished" datetime="{post.published}">{dotted(post.published)}</time></span> <span class="news-list-category">{escape(post.category)}</span>{f' <span class="news-list-author">{escape(post.author)}</span>' if post.author else ""}</p>
{f'<p class="kicker">{escape(post.kicker)}</p>' if post.kicker else ""}<div class="header"><h1 itemprop="headline">{escape(post.headline)}</h1></div>{teaser}
{f'<div class="news-img-wrap">{picture(hero)}</div>' if hero else ""}<div class="news-text-wrap" itemprop="articleBody">{post.html(picture)}</div>{gallery_of(post, picture)}
{f'<div class="news-related news-related-files"><h4>Dateien</h4><ul>{files}</ul></div>' if files else ""}
{f'<p class="news-modified">Zuletzt geändert am {dotted(post.modified)}</p>' if post.modified else ""}
<div class="kontaktbox"><h3>Pressestelle</h3><p>Telefon 05999 110-33, presse@hohenbrueck.example</p></div><div class="news-backlink-wrap"><a href="/aktuelles">Zurück</a></div></div></div>"""
        answers[f"{base}/aktuelles/detail/{post.slug}"] = page(frame(post.headline, inner))
    for number in range(0, max(1, len(posts)), 8):
        this = number // 8 + 1
        entries = "".join(
            f'<div class="article articletype-0" itemscope><div class="header"><h3><a title="{escape(p.headline)}" href="/aktuelles/detail/{p.slug}?cHash={hashlib.md5(p.slug.encode()).hexdigest()}">{escape(p.headline)}</a></h3></div><div class="footer-meta"><time datetime="{p.published}">{dotted(p.published)}</time></div><div class="teaser-text"><p>{escape(p.teaser or p.markdown[:130])} <a class="more" href="/aktuelles/detail/{p.slug}">mehr</a></p></div></div>'
            for p in posts[number : number + 8]
        )
        nav = (
            f'<div class="page-navigation"><ul class="f3-widget-paginator"><li class="current">{this}</li><li class="next"><a href="/aktuelles?tx_news_pi1%5BcurrentPage%5D={this + 1}&amp;cHash=ab{this}">nächste</a></li></ul></div>'
            if number + 8 < len(posts)
            else ""
        )
        address = (
            f"{base}/aktuelles"
            if this == 1
            else f"{base}/aktuelles?tx_news_pi1%5BcurrentPage%5D={this}&cHash=ab{this - 1}"
        )
        answers[address] = page(
            frame("Aktuelles", f'<h1>Aktuelles</h1><div class="news-list-view">{entries}</div>{nav}')
        )
    return answers


# ------------------------------------------------------------------- Sitepark


def sitepark(posts: list[Post], now: datetime) -> dict[str, Answer]:
    """``.php`` pages in month folders, a date line between headline and teaser, notices behind links."""
    host = "www.landkreis-tannwald.example"
    base = f"https://{host}"

    def url(post: Post) -> str:
        return f"{base}/pressemitteilungen/{post.published[:4]}/{MONTHS[int(post.published[5:7]) - 1].lower().replace('ä', 'ae')}/{post.slug}.php"

    def picture(image: Picture) -> str:
        return f'<figure class="SP-Picture"><picture class="SP-Image"><source data-srcset="/img/{image["file"]}"><img class="SP-Image__image lazyload" alt="{escape(image["caption"] or image["alt"])}" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/img/{image["file"]}" width="1280" height="720"></picture><figcaption class="SP-Caption"><span class="SP-Caption__text">{escape(image["caption"])}</span>{maybe(SP_CREDIT, image["credit"])}</figcaption></figure>'

    def frame(title: str, inner: str, metas: str = "") -> str:
        return f"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><meta name="generator" content="IES / Sitepark InfoSite"><title>{escape(title)} | Landkreis Tannwald</title>{metas}</head>
<body class="SP-Page"><nav class="SP-SkipLinks"><ul><li><a href="#content">Zum Hauptinhalt springen</a></li></ul></nav><div class="SP-CookieBanner" role="dialog"><p>Diese Seite verwendet nur technisch notwendige Cookies.</p></div>
<header class="SP-Header"><a class="SP-Logo" href="/">Landkreis Tannwald</a><nav class="SP-MainNavigation"><ul><li><a href="/kreisverwaltung/">Kreisverwaltung</a></li><li><a href="/pressemitteilungen/">Presse</a></li></ul></nav></header>
<nav class="SP-Breadcrumb" aria-label="Brotkrumennavigation"><ol><li><a href="/">Startseite</a></li><li><a href="/pressemitteilungen/">Pressemitteilungen</a></li></ol></nav><main id="content">{inner}</main>
<footer class="SP-Footer"><p>Landkreis Tannwald, Am Forst 3</p></footer></body></html>"""

    answers = robots(host, "Disallow: /intern/")
    for post in posts:
        hero = post.hero()
        body = post.html(picture).replace("</a>", '<span class="SP-Link__hint"> (Öffnet in einem neuen Tab)</span></a>')
        files = "".join(
            f'<li class="SP-Download"><a href="/downloads/{a["file"]}">{escape(a["title"])} <span class="SP-Download__meta">(PDF, {a["size"]})</span></a></li>'
            if a["size"]
            else f'<li class="SP-Download"><a href="/downloads/{a["file"]}">{escape(a["title"])}</a></li>'
            for a in post.attachments
        )
        inner = f"""<article class="SP-Article"><header class="SP-ArticleHeader">{f'<p class="SP-Kicker"><span>{escape(post.kicker)}</span></p>' if post.kicker else ""}<h1 class="SP-Headline--article">{escape(post.headline)}</h1>
<p class="SP-ArticleHeader__date">{dotted(post.published)}</p>{f'<div class="SP-ArticleHeader__intro SP-Intro"><p>{escape(post.teaser)}</p></div>' if post.teaser else ""}{picture(hero) if hero else ""}</header>
<div class="SP-ArticleContent"><section class="SP-Text"><div class="SP-Paragraph">{body}</div></section>{gallery_of(post, picture)}{f'<section class="SP-Downloads"><h2>Downloads</h2><ul>{files}</ul></section>' if files else ""}</div>
<aside class="SP-Contact"><h2>Kontakt</h2><p>{escape(post.author)}</p></aside><ul class="SP-Share"><li><a href="https://social.example/">Seite teilen</a></li></ul></article>"""
        metas = f'<meta name="DC.creator" content="{escape(post.author)}">' + (
            f'<meta name="DC.date.modified" content="{post.modified[:10]}">' if post.modified else ""
        )
        answers[url(post)] = page(frame(post.headline, inner, metas))
    for number in range(0, max(1, len(posts)), 10):
        entries = "".join(
            f'<li class="SP-TeaserList__item"><article class="SP-Teaser"><a class="SP-Teaser__link" href="{url(p).removeprefix(base)}"><p class="SP-Teaser__date">{dotted(p.published)}</p><h3 class="SP-Teaser__headline">{escape(p.headline)}</h3><p class="SP-Teaser__text">{escape(p.teaser or p.markdown[:110])}</p></a></article></li>'
            for p in posts[number : number + 10]
        )
        this = number // 10
        nav = (
            f'<nav class="SP-Pagination" aria-label="Seiten"><a class="SP-Pagination__next" href="/pressemitteilungen/index.php?sp%3Apage%5B0%5D={this + 2}" aria-label="Nächste Seite">›</a></nav>'
            if number + 10 < len(posts)
            else ""
        )
        address = (
            f"{base}/pressemitteilungen/"
            if not this
            else f"{base}/pressemitteilungen/index.php?sp%3Apage%5B0%5D={this + 1}"
        )
        answers[address] = page(
            frame("Pressemitteilungen", f'<h1>Pressemitteilungen</h1><ul class="SP-TeaserList">{entries}</ul>{nav}')
        )
    return answers


# ---------------------------------------------------------------------- iKISS


def ikiss(posts: list[Post], now: datetime) -> dict[str, Answer]:
    """The article's identity stands in the query (FID), other parameters vary; windows-1252 without declaration."""
    host = "www.moorbek.example"
    base = f"https://{host}"

    def url(post: Post, navigation: str = "2730.5") -> str:
        return f"{base}/Aktuelles/index.php?La=1&object=tx,2730.{post.number}&ModID=7&FID=2730.{19000 + post.number}.1&NavID={navigation}"

    def picture(image: Picture) -> str:
        return f'<div class="bild"><img src="/media/custom/2730_{image["file"]}" alt="{escape(image["alt"])}" width="640" height="427"><div class="bildunterschrift">{glued(image, "Copyright: {}")}</div></div>'

    def frame(title: str, inner: str) -> str:
        return f"""<!DOCTYPE html><html lang="de"><head><meta name="generator" content="iKISS CMS"><title>{escape(title)} / Gemeinde Moorbek</title></head><body class="ikiss">
<div id="google_translate_element" class="translate"><p>Hinweis: Bei der Übersetzung mit Google Translate werden Daten an Dritte übertragen.</p></div>
<div id="navi"><ul><li><a href="/Rathaus">Rathaus</a></li><li><a href="/Aktuelles">Aktuelles</a></li></ul></div><div class="brotkrume">Sie sind hier: <a href="/">Startseite</a> / <a href="/Aktuelles">Aktuelles</a></div><div id="content">{inner}</div><div id="footer">Gemeinde Moorbek, Dorfstraße 12</div></body></html>"""

    answers = robots(host, "Disallow: /login")
    for post in posts:
        hero = post.hero()
        files = "".join(
            f'<li><a href="/media/custom/2730_{a["file"]}">{escape(a["title"])}</a>{maybe(" ({})", a["size"])}</li>'
            for a in post.attachments
        )
        inner = f"""<div class="mitteilungen_detail">{f'<small class="date">{dotted(post.published)}</small>' if post.published else ""}{maybe('<p class="dachzeile">{}</p>', post.kicker)}<h1>{escape(post.headline)}</h1>{f'<p class="vorspann">{escape(post.teaser)}</p>' if post.teaser else ""}
{picture(hero) if hero else ""}{post.html(picture)}{gallery_of(post, picture)}{f"<p><small>Autor: {escape(post.author)}</small></p>" if post.author else ""}{f"<p>Stand: {dotted(post.modified)}</p>" if post.modified else ""}{f'<div class="downloads"><h2>Dokumente</h2><ul>{files}</ul></div>' if files else ""}
<p class="druck"><a href="{url(post)}&amp;bPrint=true">Drucken</a> <a href="#top">nach oben</a></p></div>"""
        answer = page(frame(post.headline, inner), "text/html", "windows-1252")
        answers[url(post)] = answer
        answers[url(post, "2561.1")] = answer
    for start in range(0, max(1, len(posts)), 7):
        entries = "".join(
            f'<div class="mitteilung"><h2><a href="{escape(url(p, "2730.5" if i % 2 else "2561.1"))}">{escape(p.headline)}</a></h2><p>{escape(p.teaser or p.markdown[:120])}</p>{maybe(IKISS_DATE, dotted(p.published) if p.published else "")}</div>'
            for i, p in enumerate(posts[start : start + 7])
        )
        nav = (
            f'<div class="blaettern"><a href="{base}/Aktuelles/?start={start + 7}">weiter</a></div>'
            if start + 7 < len(posts)
            else ""
        )
        answers[f"{base}/Aktuelles/" + (f"?start={start}" if start else "")] = page(
            frame("Aktuelles", f"<h1>Aktuelles aus Moorbek</h1>{entries}{nav}"), "text/html", "windows-1252"
        )
    return answers


# -------------------------------------------------------------- one-page list


def one_page(posts: list[Post], now: datetime) -> dict[str, Answer]:
    """Posts below each other on one page, with no pages of their own; the date stands under the heading."""
    host = "werkstatt-kiesgrund.example"
    base = f"https://{host}"

    def picture(image: Picture) -> str:
        return f'<figure><img src="/bilder/{image["file"]}" alt="{escape(image["alt"])}" width="800" height="600"><figcaption>{glued(image, "© {}")}</figcaption></figure>'

    ordered = sorted(posts, key=lambda p: p.number, reverse=True)
    entries = "".join(
        f'<section class="eintrag" id="{post.slug}"><h2>{escape(post.headline)}</h2>{maybe(ONE_DATE, long_date(post.published) if post.published else "")}{f"<p><em>{escape(post.teaser)}</em></p>" if post.teaser else ""}{post.html(picture)}</section>\n'
        for post in ordered
    )
    text = f"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>Werkstattblog – Digitalwerkstatt Kiesgrund</title></head><body><header><a href="/">Digitalwerkstatt Kiesgrund</a><nav><a href="/blog">Blog</a> <a href="/oeffnungszeiten">Öffnungszeiten</a></nav></header>
<main><h1>Werkstattblog</h1><p>Was bei uns passiert, das Neueste zuerst.</p>{entries}</main><footer><p>Digitalwerkstatt Kiesgrund, Gartenstraße 8. Dienstag bis Donnerstag von 15 bis 19 Uhr.</p></footer></body></html>"""
    return {**robots(host, "Disallow:"), f"{base}/blog": page(text)}


# ------------------------------------------------------------------- RSS only


def rss_only(posts: list[Post], now: datetime) -> dict[str, Answer]:
    """The pages need JavaScript; the feed carries the whole text. Dates in German words, as some feeds have them."""
    host = "digitalregion-oberkamp.example"
    base = f"https://{host}"
    days, months = "Mo Di Mi Do Fr Sa So".split(), "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez".split()

    def picture(image: Picture) -> str:
        return f'<figure><img src="{base}/assets/{image["file"]}" alt="{escape(image["alt"])}"><figcaption>{glued(image, "Foto: {}")}</figcaption></figure>'

    def rfc(post: Post) -> str:
        moment = moment_of(post.published)
        assert moment is not None
        if post.number % 2:
            return format_datetime(moment)
        return f"{days[moment.weekday()]}, {moment.day:02d} {months[moment.month - 1]} {moment.year} {moment:%H:%M:%S}"

    shell = page(
        '<!DOCTYPE html><html lang="de"><head><title>Digitalregion Oberkamp</title></head><body><noscript>Bitte aktivieren Sie JavaScript.</noscript><div id="root"></div><script src="/app.js"></script></body></html>'
    )
    answers = {**robots(host, "Disallow:"), f"{base}/": shell}
    items = ""
    for post in posts:
        answers[f"{base}/beitrag/{post.slug}"] = shell
        categories = "".join(f"<category>{escape(tag)}</category>" for tag in post.tags)
        teaser = f"<p><strong>{escape(post.teaser)}</strong></p>" if post.teaser else ""
        items += f'<item><title>{escape(post.headline)}</title><link>{base}/beitrag/{post.slug}?mtm_campaign=rss</link><guid isPermaLink="false">oberkamp-{post.number}</guid><dc:creator>{escape(post.author)}</dc:creator><pubDate>{rfc(post)}</pubDate>{categories}<content:encoded><![CDATA[{teaser}{post.html(picture)}]]></content:encoded></item>\n'
    answers[f"{base}/feed.xml"] = page(
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Digitalregion Oberkamp</title><link>{base}/</link><language>de</language>\n{items}</channel></rss>',
        "application/rss+xml",
    )
    return answers


# --------------------------------------------------------------- sitemap only


def sitemap_only(posts: list[Post], now: datetime) -> dict[str, Answer]:
    """Neither list nor feed: an index of sitemaps, one of them gzipped, one that announces tags only."""
    host = "smart-silberau.example"
    base = f"https://{host}"

    def picture(image: Picture) -> str:
        return f'<figure class="bild"><img srcset="/m/480/{image["file"]} 480w, /m/1200/{image["file"]} 1200w" src="/m/1200/{image["file"]}" alt="{escape(image["alt"])}"><figcaption>{escape(image["caption"])}{maybe(" | Bildquelle: {}", image["credit"] if image["credit"] not in image["caption"] else "")}</figcaption></figure>'

    answers = robots(host, f"Disallow:\nSitemap: https://{host}/sitemap.xml")
    locations = []
    for post in posts:
        url = f"{base}/{post.slug}"
        hero = post.hero()
        published = moment_of(post.published)
        data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": post.headline}
        if published:
            data["datePublished"] = published.isoformat() if len(post.published) > 10 else post.published
        if post.modified:
            data["dateModified"] = post.modified
        if post.author:
            data["author"] = [{"@type": "Person", "name": post.author}]
        line = (
            f'<p class="zeile">{long_date(post.published)}{", " + post.published[11:16] + " Uhr" if len(post.published) > 10 else ""}{" | von " + escape(post.author) if post.author else ""}</p>'
            if post.published
            else ""
        )
        tags = "".join(f'<li><a href="/themen/{i}">{escape(t)}</a></li>' for i, t in enumerate(post.tags))
        text = f"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>{escape(post.headline)} | Smart Silberau</title><meta property="og:site_name" content="Smart Silberau"><meta property="og:title" content="{escape(post.headline)}"><script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script></head>
<body><header class="kopf"><a href="/">Smart Silberau</a></header><main><article><header>{f'<p class="dachzeile">{escape(post.kicker)}</p>' if post.kicker else ""}<h1>{escape(post.headline)}</h1>{line}{f'<p class="vorspann">{escape(post.teaser)}</p>' if post.teaser else ""}</header>{picture(hero) if hero else ""}
<div class="text">{post.html(picture)}</div>{gallery_of(post, picture)}{f'<ul class="schlagworte">{tags}</ul>' if tags else ""}<div class="newsletter"><h3>Newsletter</h3><p>Jeden Monat das Wichtigste aus Silberau in Ihr Postfach.</p></div></article></main><footer>Stadt Silberau</footer></body></html>"""
        answers[url] = page(text)
        changed = post.modified or post.published or "2025-01-15"
        locations.append(f"<url><loc>{url}</loc><lastmod>{changed[:10]}</lastmod></url>")
    answers[f"{base}/"] = page(
        '<!DOCTYPE html><html lang="de"><head><title>Smart Silberau</title></head><body><main><h1>Willkommen in Silberau</h1><p>Wir machen die alte Bergstadt fit für morgen.</p></main></body></html>'
    )
    answers[f"{base}/impressum"] = page(
        '<!DOCTYPE html><html lang="de"><head><title>Impressum</title></head><body><h1>Impressum</h1><p>Stadt Silberau</p></body></html>'
    )
    answers[f"{base}/sitemap.xml"] = page(
        f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{base}/sitemap-tags.xml</loc></sitemap><sitemap><loc>{base}/sitemap-beitraege-1.xml.gz</loc></sitemap><sitemap><loc>{base}/sitemap-beitraege-2.xml</loc></sitemap></sitemapindex>',
        "application/xml",
    )
    half = len(locations) // 2
    for number, part in ((1, locations[:half]), (2, [*locations[half:], f"<url><loc>{base}/impressum</loc></url>"])):
        text = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(part)}</urlset>'
        if number == 1:
            body = gzip.compress(text.encode(), 9, mtime=0)
            answers[f"{base}/sitemap-beitraege-1.xml.gz"] = Answer(body, [("Content-Type", "application/gzip")])
        else:
            answers[f"{base}/sitemap-beitraege-2.xml"] = page(text, "application/xml")
    return answers


SHAPES: dict[str, Callable[[list[Post], datetime], dict[str, Answer]]] = {
    "auental": wordpress,
    "lindenfurt": drupal,
    "hohenbrueck": typo3,
    "tannwald": sitepark,
    "moorbek": ikiss,
    "kiesgrund": one_page,
    "oberkamp": rss_only,
    "silberau": sitemap_only,
}
