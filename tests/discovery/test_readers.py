"""Feeds, sitemaps, lists and the WordPress API as real sites serve them."""

from __future__ import annotations

import gzip
import json

import pytest

from mpsc_crawler.discovery import NotAList
from mpsc_crawler.discovery.feed import read_feed
from mpsc_crawler.discovery.listing import read_listing
from mpsc_crawler.discovery.sitemap import read_sitemap
from mpsc_crawler.discovery.wordpress import first_page, read_posts

URL = "https://stadt.example/aktuelles"


def rss(date: str, extra: str = "") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{extra}<item><title>Eine &amp;amp; andere Meldung</title><link>/m/1?utm_source=rss</link><pubDate>{date}</pubDate><description><![CDATA[<p>Kurz <b>gesagt</b></p>]]></description></item></channel></rss>'.encode()


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Mon, 03 Jun 2024 10:15:00 +0200", "2024-06-03T10:15:00+02:00"),
        ("Mo, 03 Jun 2024 10:15:00", "2024-06-03T10:15:00+02:00"),
        ("Di, 12 Mär 2024 10:00:00", "2024-03-12T10:00:00+01:00"),
        ("2024-06-03T08:15:00Z", "2024-06-03T10:15:00+02:00"),
        ("03.06.2024", "2024-06-03"),
        ("3. Juni 2024, 10:15 Uhr", "2024-06-03T10:15:00+02:00"),
        ("Mon, 03 Jun 2024 00:00:00 +0200", "2024-06-03"),
        ("demnächst", None),
    ],
)
def test_feed_dates_as_real_german_feeds_write_them(date: str, expected: str | None) -> None:
    (link,) = read_feed(rss(date), "https://stadt.example/feed").links
    assert (link.published.edtf if link.published else None) == expected
    assert link.headline == "Eine & andere Meldung" and link.teaser == "Kurz gesagt"
    assert link.url == "https://stadt.example/m/1?utm_source=rss"


def test_atom_json_feed_and_wordpress_paging() -> None:
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><link rel="next" href="?page=2"/><entry><title>A</title><link href="https://stadt.example/a"/><published>2024-06-03T08:15:00Z</published><updated>2024-06-04T08:15:00Z</updated></entry></feed>'
    listing = read_feed(atom, "https://stadt.example/atom")
    assert listing.kind == "feed.atom" and listing.more == ["https://stadt.example/atom?page=2"]
    assert listing.links[0].modified is not None and listing.links[0].modified.edtf.startswith("2024-06-04")
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": "https://stadt.example/b", "title": "B", "content_html": "<p>x</p>", "authors": [{"name": "Amt"}]}
        ],
    }
    (link,) = read_feed(json.dumps(feed).encode(), "https://stadt.example/feed.json").links
    assert (link.headline, link.authors, link.content_html) == ("B", ("Amt",), "<p>x</p>")
    paged = read_feed(
        rss("", "<generator>https://wordpress.org/?v=6.5</generator>"), "https://stadt.example/feed/?paged=2"
    )
    assert paged.more == ["https://stadt.example/feed/?paged=3"]


@pytest.mark.parametrize(
    ("reader", "body", "message"),
    [
        (read_feed, b"<!DOCTYPE html><html><body>Anmeldung</body></html>", "an HTML page, not with a feed"),
        (read_feed, b"\x00\x01", "not with a feed"),
        (read_feed, b'{"version": 1}', "no JSON Feed"),
        (read_sitemap, b"<!DOCTYPE html><html></html>", "an HTML page, not with an XML sitemap"),
        (read_sitemap, b"\x1f\x8b\x08broken", "broken gzip"),
        (read_sitemap, b"<other/>", "no sitemap"),
        (read_listing, b"%PDF-1.4", "not with a page"),
        (read_posts, b'{"code":"rest_no_route","message":"Keine Route"}', "no list of posts: Keine Route"),
        (read_posts, b"<html>", "no readable JSON"),
    ],
)
def test_what_is_no_list_is_said(reader, body: bytes, message: str) -> None:
    with pytest.raises(NotAList, match=message):
        reader(body, URL)


def test_sitemap_index_news_gzip_and_truncation() -> None:
    index = b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://s.example/post_tag-sitemap.xml</loc></sitemap><sitemap><loc>https://s.example/post-sitemap.xml</loc></sitemap></sitemapindex>'
    assert read_sitemap(index, "https://s.example/sitemap.xml").more == ["https://s.example/post-sitemap.xml"]
    news = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://s.example/a/b</loc><lastmod>2024-06-04</lastmod><n:news><n:publication_date>2024-06-03</n:publication_date><n:title>Titel</n:title></n:news></url><url><loc>https://s.example/impressum</loc></url></urlset>'
    (link,) = read_sitemap(gzip.compress(news), "https://s.example/n.xml.gz").links
    assert (link.headline, link.published and link.published.edtf, link.modified and link.modified.edtf) == (
        "Titel",
        "2024-06-03",
        "2024-06-04",
    )
    assert read_sitemap(gzip.compress(news * 1)[:-20], "https://s.example/n.xml.gz").links, (
        "a truncated gzip gives what could be unpacked"
    )


def test_an_xml_bomb_is_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><urlset><url><loc>https://s.example/a/&b;</loc></url></urlset>'
    listing = read_sitemap(bomb, "https://s.example/s.xml")
    assert all("aaaaaaaaaa" not in link.url for link in listing.links)


ENTRY = '<article class="teaser"><h3><a href="/aktuelles/{0}">Meldung Nummer {0} aus dem Rathaus</a></h3><p class="date">{1}</p><p>Ein Anriss, der etwas länger ist und neugierig macht.</p><a href="/aktuelles/{0}">mehr</a></article>'
MENU = '<nav class="main"><ul><li><a href="/rathaus/amt">Ein langer Menüpunkt im Rathaus der Stadt</a></li></ul></nav>'


def listing_page(pager: str = "", entries: str | None = None) -> bytes:
    shown = entries if entries is not None else "".join(ENTRY.format(n, f"0{n}.06.2024") for n in (1, 2, 3))
    return f'<html lang="de"><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>{MENU}<main><h1>Aktuelles</h1>{shown}{pager}</main><footer><a href="/impressum">Impressum der Stadt und ihrer Betriebe</a></footer></body></html>'.encode()


def test_a_list_gives_entries_with_hints_and_no_menus() -> None:
    listing = read_listing(listing_page(), URL)
    assert [link.url for link in listing.links] == [f"https://stadt.example/aktuelles/{n}" for n in (1, 2, 3)]
    assert [link.published and link.published.edtf for link in listing.links] == [
        "2024-06-01",
        "2024-06-02",
        "2024-06-03",
    ]
    assert listing.links[0].headline == "Meldung Nummer 1 aus dem Rathaus"
    assert listing.links[0].teaser == "Ein Anriss, der etwas länger ist und neugierig macht."
    assert listing.feeds == ["https://stadt.example/feed.xml"]


def test_a_date_below_the_item_belongs_to_the_item_above() -> None:
    flat = "".join(
        f'<h3><a href="/aktuelles/{n}">Meldung Nummer {n} aus dem Rathaus</a></h3><p>Ein Anriss zu dieser Meldung, lang genug.</p><p>0{n}.06.2024</p>'
        for n in (1, 2, 3)
    )
    listing = read_listing(listing_page(entries=flat), URL)
    assert [link.published and link.published.edtf for link in listing.links] == [
        "2024-06-01",
        "2024-06-02",
        "2024-06-03",
    ]


@pytest.mark.parametrize(
    ("pager", "following"),
    [
        (
            '<ul class="pager"><li class="is-active"><a href="?page=0">1</a></li><li><a href="?page=1">2</a></li></ul>',
            "https://stadt.example/aktuelles?page=1",
        ),
        (
            '<div class="nav-links"><a class="next page-numbers" href="/aktuelles/page/2/">Weiter</a></div>',
            "https://stadt.example/aktuelles/page/2/",
        ),
        (
            '<div class="pagination"><span class="current">3</span><a href="?start=1470">4</a></div>',
            "https://stadt.example/aktuelles?start=1470",
        ),
        (
            '<div class="pagination"><a href="/page/2/?et_blog">« Ältere Einträge</a><a class="next" href="/page/2/?et_blog" aria-label="Nächste">›</a></div>',
            "https://stadt.example/page/2/?et_blog",
        ),
        (
            '<button class="more" data-url="/api/news?offset=10">Mehr laden</button>',
            "https://stadt.example/api/news?offset=10",
        ),
        ('<div class="blaettern"><a href="?start=7">weiter</a></div>', "https://stadt.example/aktuelles?start=7"),
    ],
)
def test_every_paging_scheme_leads_on(pager: str, following: str) -> None:
    assert read_listing(listing_page(pager), URL).more == [following]


def test_load_more_answers_with_html_in_json_or_entries() -> None:
    html = read_listing(
        json.dumps(
            {"html": "".join(ENTRY.format(n, f"0{n}.06.2024") for n in (4, 5)), "next": "/api/news?offset=20"}
        ).encode(),
        URL,
        "application/json",
    )
    assert [link.url[-1] for link in html.links] == ["4", "5"] and html.more == [
        "https://stadt.example/api/news?offset=20"
    ]
    plain = read_listing(
        json.dumps({"items": [{"url": "/aktuelles/6", "title": "Sechste Meldung", "date": "2024-06-06"}]}).encode(),
        URL,
        "application/json",
    )
    assert [(link.headline, link.published and link.published.edtf) for link in plain.links] == [
        ("Sechste Meldung", "2024-06-06")
    ]


def test_wordpress_posts_have_exact_dates_and_leave_out_what_is_not_public() -> None:
    posts = [
        {
            "id": 1,
            "link": "https://w.example/a/",
            "date": "2024-06-03T10:15:00",
            "date_gmt": "2024-06-03T08:15:00",
            "modified_gmt": "2024-06-03T08:15:00",
            "title": {"rendered": "A &#8211; B"},
            "excerpt": {"rendered": "<p>kurz</p>"},
            "status": "publish",
            "content": {"protected": False},
        },
        {"id": 2, "link": "https://w.example/b/", "status": "publish", "content": {"protected": True}},
        {"id": 3, "link": "https://w.example/c/", "status": "private"},
    ]
    listing = read_posts(json.dumps(posts).encode(), first_page("https://w.example/wp-json/wp/v2/posts"), total_pages=2)
    assert [(link.headline, link.published and link.published.edtf) for link in listing.links] == [
        ("A – B", "2024-06-03T10:15:00+02:00")
    ]
    assert len(listing.more) == 1 and "page=2" in listing.more[0]
    assert (
        read_posts(b'{"code":"rest_post_invalid_page_number"}', "https://w.example/wp-json/wp/v2/posts?page=9").more
        == []
    )
