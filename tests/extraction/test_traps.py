"""The traps of real pages: dates that lie, encodings, broken bytes, identities, credits."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpsc_crawler.extraction.article import extract
from mpsc_crawler.extraction.dom import _shallow
from mpsc_crawler.extraction.images import split_credit
from mpsc_crawler.extraction.posts import extract_all
from mpsc_crawler.extraction.urls import canonical_url, url_key
from mpsc_crawler.items import ArticleLink, DateValue

FETCHED = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXT = "<p>Die Stadt hat den ersten Sensor am Marktplatz aufgehängt. Er misst Temperatur und Feuchte und funkt die Werte in das Rathaus.</p>"


def page(header: str = "", body: str = TEXT, head: str = "", above: str = "") -> bytes:
    return f'<!DOCTYPE html><html lang="de"><head><title>Sensoren am Markt | Stadt</title>{head}</head><body>{above}<main><article><h1>Sensoren am Markt</h1>{header}<div class="text">{body}{TEXT}</div></article></main></body></html>'.encode()


def published(
    html: bytes, url: str = "https://stadt.example/aktuelles/sensoren", link: ArticleLink | None = None
) -> str | None:
    article = extract(html, url, fetched_at=FETCHED, link=link)
    assert article is not None
    return article.published.edtf if article.published else None


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (page('<p class="date">18.10.2023</p>', above='<div class="bar">Montag, 2. März 2026</div>'), "2023-10-18"),
        (page(above='<div class="bar">Montag, 2. März 2026</div>'), None),
        (
            page(body="<p>Am 18. und 19. November 2025 fand der Kongress statt, an dem viele Städte teilnahmen.</p>"),
            None,
        ),
        (page("<p>Termin: 12.03.2025</p>"), None),
        (page("<p>Datum: 12.03.2025 bis 14.03.2025</p>"), None),
        (page("<p>Wann? 15. Juni 2021, 18 Uhr</p>"), None),
        (page("<p>Nachricht vom</p>"), None),
        (page("<p>Pressemitteilung Nr. 338 vom 30.06.2022</p>"), "2022-06-30"),
        (page("<p>22. Februar 2019 | Stadt Paderborn</p>"), "2019-02-22"),
        (page("<p>Gespeichert von Redaktion am Di., 24.05.2022 - 09:42</p>"), "2022-05-24T09:42:00+02:00"),
        (page("<p>Veröffentlicht am: 18.03.2021, zuletzt aktualisiert am 20.03.2021</p>"), "2021-03-18"),
        (page("<p>Stand: 12.03.2021</p>"), None),
        (
            page(body="<p>Naunhof, den 25. 09. 2020 – Die Stadt hat einen Plan beschlossen, der viele betrifft.</p>"),
            "2020-09-25",
        ),
        (
            page(body="<p>12.12.2022 - Die Stadt hat einen Plan beschlossen, der viele betrifft und allen nützt.</p>"),
            "2022-12-12",
        ),
        (
            page(head='<meta property="article:published_time" content="2024-05-13T22:30:00+00:00">'),
            "2024-05-14T00:30:00+02:00",
        ),
        (page(head='<meta property="article:published_time" content="2024-05-13T22:00:00Z">'), "2024-05-14"),
        (page(head='<meta property="article:published_time" content="2031-01-01T08:00:00Z">'), None),
        (
            page(
                head='<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2023-04-05",}</script>'
            ),
            "2023-04-05",
        ),
        (page('<time datetime="2024-09-13T10:00" class="event-date">13.09.2024</time>'), None),
    ],
)
def test_the_publication_date_or_none(html: bytes, expected: str | None) -> None:
    assert published(html) == expected


def test_the_date_of_another_item_below_is_not_taken() -> None:
    html = page().replace(
        b"</main>",
        b'<div class="more"><h2>Weitere Meldungen</h2><ul><li><a href="/a">Fest am 08.10.2023</a></li><li><a href="/b">Zwei</a></li><li><a href="/c">Drei</a></li></ul></div></main>',
    )
    assert published(html) is None


def test_list_and_address_fill_in_with_their_own_evidence() -> None:
    told = DateValue(
        date(2022, 5, 1), date(2022, 5, 1), "day", "2022-05-01", "01.05.2022", "listing.line", 0.75, None, "published"
    )
    article = extract(
        page(),
        "https://stadt.example/x",
        fetched_at=FETCHED,
        link=ArticleLink("https://stadt.example/x", rule="listing", published=told),
    )
    assert article is not None and article.published is not None
    assert (article.published.edtf, article.published.rule) == ("2022-05-01", "link:listing")
    assert published(page(), "https://stadt.example/2021/12/07/sensoren/") == "2021-12-07"
    assert published(page(), "https://stadt.example/aktuell/dezember-2024/sensoren") == "2024-12"


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        (page().decode().replace("aufgehängt", "aufgehängt – „schön“").encode("windows-1252"), "text/html"),
        (
            page().decode().replace("aufgehängt", "aufgehängt – „schön“").encode("windows-1252"),
            "text/html; charset=utf-8",
        ),
        (
            page().decode().replace("aufgehängt", "aufgehängt – „schön“").encode("utf-8-sig"),
            "text/html; charset=iso-8859-1",
        ),
        (page().decode().replace("aufgehängt", "aufgehängt – „schön“").encode("utf-16"), "text/html"),
    ],
)
def test_wrong_and_missing_charsets(raw: bytes, content_type: str) -> None:
    article = extract(raw, "https://stadt.example/x", headers={"Content-Type": content_type})
    assert article is not None and "aufgehängt – „schön“" in article.body


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(page())), st.binary(max_size=40))
def test_truncated_and_dirty_pages_never_raise(cut: int, dirt: bytes) -> None:
    extract(page()[:cut] + dirt, "https://stadt.example/x", fetched_at=FETCHED)
    extract_all(page()[:cut] + dirt + page()[cut:], "https://stadt.example/x", fetched_at=FETCHED)


@pytest.mark.parametrize(
    "html",
    [b"", b"\x00\x01\x02" * 1000, b"<div>" * 10_000, b"<p>x</p>" * 300_000, b"<!--" * 50_000, b"<a href=" * 20_000],
)
def test_hostile_pages_come_back_without_an_exception(html: bytes) -> None:
    article = extract(html, "https://stadt.example/x")
    assert article is None or isinstance(article.body, str)


@pytest.mark.parametrize("end", [b"", b"</div>" * 60_000])
def test_a_page_of_sixty_thousand_nested_elements_is_not_handed_to_the_parser_whole(end: bytes) -> None:
    html = page().replace(b"</body>", b"<div>" * 60_000 + b"Tief unten" + end + b"</body>")
    cut = _shallow(html)  # lexbor's time grows with the square of the depth: 7 s a parse
    assert cut.count(b"<div") < 25_000
    article = extract(html, "https://stadt.example/x", fetched_at=FETCHED)
    assert article is not None and article.headline == "Sensoren am Markt"
    flat = page().replace(b"</body>", b"<p>x</p>" * 60_000 + b"</body>")
    assert _shallow(flat) == flat


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("HTTPS://WWW.Stadt.example:443/index.php/node/88?utm_source=x&cHash=1", "https://www.stadt.example/node/88"),
        ("https://stadt.example/a;jsessionid=1A2B.live21302?id=7", "https://stadt.example/a?id=7"),
        ("https://stadt.example./a?mtm_campaign=rss&PHPSESSID=1", "https://stadt.example/a"),
        (
            "https://stadt.example/meldung.php?includeDocument=x.php&_font_size=2",
            "https://stadt.example/meldung.php?includeDocument=x.php",
        ),
        ("https://stadt.example/a?bPrint=true", "https://stadt.example/a"),
        ("https://städtetag.example/a", "https://xn--stdtetag-1za.example/a"),
        ("kein url", "kein url"),
    ],
)
def test_canonical_addresses(raw: str, expected: str) -> None:
    assert canonical_url(raw) == expected


def test_addresses_of_the_same_page_share_a_key() -> None:
    assert url_key("http://www.stadt.example/a/") == url_key("https://stadt.example/a?utm_medium=x")
    one = "https://k.example/Aktuelles/index.php?La=1&object=tx,2730.5&ModID=7&FID=2730.19501.1&NavID=2730.5"
    other = "https://www.k.example/Start/index.php?object=tx,2561.1&FID=2730.19501.1"
    assert url_key(one) == url_key(other)
    assert url_key("https://stadt.example/?id=1") != url_key("https://stadt.example/?id=2")


@pytest.mark.parametrize(
    ("glued", "caption", "credit"),
    [
        ("Der Marktplatz © Stadt Paderborn", "Der Marktplatz", "Stadt Paderborn"),
        ("Der Marktplatz. Foto: Mona Taube", "Der Marktplatz.", "Mona Taube"),
        ("Der Marktplatz (Bildquelle: Stadt Ulm)", "Der Marktplatz", "Stadt Ulm"),
        ("Fotos: (c) K. Meyer", "", "K. Meyer"),
        ("Copyright© DLR / Lars Grimmer", "", "DLR / Lars Grimmer"),
        ("Bildunterschrift: Der Platz am Abend", "Der Platz am Abend", ""),
        ("Das Foto zeigt den Marktplatz", "Das Foto zeigt den Marktplatz", ""),
    ],
)
def test_credits_are_split_from_captions(glued: str, caption: str, credit: str) -> None:
    assert split_credit(glued) == (caption, credit)


def test_several_posts_on_one_page_are_told_apart() -> None:
    posts = "".join(
        f"<h2>{title}</h2><p>{day}</p><p>{text}</p>"
        for title, day, text in (
            ("Sensoren hängen", "12.03.2024", "Am Dienstag wurden die ersten zehn Sensoren im Park aufgehängt."),
            (
                "Werkstatt öffnet",
                "März 2023",
                "Ab jetzt ist die Werkstatt jeden Mittwoch für alle geöffnet, kommt vorbei.",
            ),
            ("Sensoren hängen", "", "Der zweite Beitrag mit gleichem Titel hat kein Datum und bleibt doch eigen."),
        )
    )
    found = extract_all(
        f"<html><body><main><h1>Blog</h1>{posts}</main></body></html>".encode(),
        "https://lab.example/blog",
        fetched_at=FETCHED,
        source="lab",
    )
    assert [(a.headline, a.published.edtf if a.published else None) for a in found] == [
        ("Sensoren hängen", "2024-03-12"),
        ("Werkstatt öffnet", "2023-03"),
        ("Sensoren hängen", None),
    ]
    assert [a.identity for a in found] == [
        "lab.example/blog#sensoren-haengen",
        "lab.example/blog#werkstatt-oeffnet",
        "lab.example/blog#sensoren-haengen-2",
    ]


def test_german_under_an_english_path_is_german() -> None:
    article = extract(page().replace(b'lang="de"', b'lang="en"'), "https://stadt.example/en/sensors")
    assert article is not None and article.language == "de"


def test_a_page_without_article_gives_none() -> None:
    assert extract(b"<html><body></body></html>", "https://stadt.example/") is None


@pytest.mark.parametrize(
    "inside",
    [
        "<div class='sidebar'>" * 6000,
        "<h1>" + "<span class='a'>" * 9000 + "Titel" + "</span>" * 9000 + "</h1>",
        "<ul><li>12.03.2024 " * 6000,
        "<h3>Lesen Sie auch</h3><ul><li><a href='/a'>Eine andere Meldung</a></li></ul>" * 6000,
        "<ul>" + "<li><time datetime='2024-03-12'>12.03.2024</time> Ort</li>" * 6000 + "</ul>",
    ],
    ids=["sidebars", "heading", "lists", "hints", "times"],
)
def test_pages_built_to_cost_the_square_are_read(inside: str) -> None:
    text = (
        "<p>Die Stadt hat den Digitalen Zwilling vorgestellt, an dem sie seit Monaten arbeitet und der nun offensteht.</p>"
        * 4
    )
    article = extract(f"<html><body><main><h1>Der Zwilling</h1>{text}{inside}".encode(), "https://stadt.example/a")
    assert article is not None
    assert "Digitalen Zwilling" in article.body


def test_a_picture_that_only_structured_data_names() -> None:
    data = (
        '{"@graph":[{"@type":"NewsArticle","headline":"Der Zwilling ist da","image":{"@id":"#bild"}},'
        '{"@id":"#bild","@type":"ImageObject","url":"/bilder/zwilling.jpg"}]}'
    )
    page = (
        f'<html><head><script type="application/ld+json">{data}</script></head><body><article><h1>Der Zwilling ist da</h1>'
        "<p>Die Stadt hat den Digitalen Zwilling vorgestellt, an dem sie seit Monaten arbeitet und der nun offensteht.</p>{more}</article></body></html>"
    )
    alone = extract(page.replace("{more}", "").encode(), "https://stadt.example/a")
    assert alone is not None
    assert [(i.url, i.position, i.rule) for i in alone.images] == [
        ("https://stadt.example/bilder/zwilling.jpg", "hero", "jsonld.image")
    ]
    assert ("images", "jsonld.image") in {(e.field, e.rule) for e in alone.evidence}
    shown = extract(
        page.replace("{more}", "<img src='/bilder/platz.jpg' alt='Der Platz'>").encode(), "https://stadt.example/a"
    )
    assert shown is not None
    assert [i.rule for i in shown.images] == ["img.src"], "a picture that the page shows goes first"
    logo = extract(page.replace("zwilling.jpg", "logo.png").replace("{more}", "").encode(), "https://stadt.example/a")
    assert logo is not None
    assert logo.images == []
