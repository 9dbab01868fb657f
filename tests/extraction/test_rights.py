"""What pages say of their use: robots directives, reservations, licences; and who is meant by them."""

from __future__ import annotations

import json

import pytest

from mpsc_crawler.extraction.article import extract
from mpsc_crawler.extraction.rights import licence_name, read_tdmrep, robots_directives, with_tdmrep
from tests.crawl.loopback import TEXT

URL = "https://stadt.example/news/1"


def rights(head: str = "", foot: str = "", **headers: str) -> dict:
    page = f"<html lang='de'><head><title>Neue Sensoren</title>{head}</head><body><main><article><h1>Neue Sensoren</h1><p>{TEXT}</p>{foot}</article></main></body></html>"
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    found = extract(page.encode(), URL, headers={"content-type": "text/html; charset=utf-8"} | told)
    assert found is not None
    if found.rights:
        assert {e.field for e in found.evidence} & {"robots", "tdm_reservation", "licence"}, "nothing without evidence"
    return found.rights


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("http://creativecommons.org/licenses/by-sa/3.0/de/", "CC-BY-SA-3.0-DE"),
        ("https://creativecommons.org/licenses/by-nc-nd/4.0/deed.de", "CC-BY-NC-ND-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://www.govdata.de/dl-de/by-2-0", "dl-de/by-2-0"),
        ("https://www.govdata.de/dl-de/zero-2-0", "dl-de/zero-2-0"),
        ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
        ("dl-de/by-2-0", "dl-de/by-2-0"),
        ("https://stadt.example/impressum", None),
        ("Alle Rechte vorbehalten", None),
    ],
)
def test_licences_by_their_short_names(address: str, name: str | None) -> None:
    assert licence_name(address) == name


def test_a_page_that_says_nothing_has_no_rights_noted() -> None:
    assert rights('<meta name="robots" content="index, follow">') == {}


def test_directives_for_all_robots_and_for_us_count_and_those_for_others_do_not() -> None:
    assert rights('<meta name="robots" content="noindex, NOARCHIVE">') == {"robots": ["noarchive", "noindex"]}
    assert rights('<meta name="googlebot" content="noindex">') == {}
    assert robots_directives([], "googlebot: noindex, nofollow, mpsc-crawler: nosnippet") == ["nosnippet"]
    assert robots_directives([], "noarchive, unavailable_after: 25 Jun 2030 15:00:00 PST") == ["noarchive"]
    assert rights(x_robots_tag="noai, max-snippet:0")["robots"] == ["max-snippet:0", "noai"]


def test_a_reservation_in_header_or_meta() -> None:
    meta = '<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="https://stadt.example/tdm.json">'
    assert rights(meta) == {"tdm_reservation": True, "tdm_policy": "https://stadt.example/tdm.json"}
    assert rights(meta, tdm_reservation="0") == {"tdm_reservation": False}, "the header comes before the page"
    assert rights('<meta name="tdm-reservation" content="yes">') == {}


def test_the_licence_of_the_text_and_not_of_a_picture_in_it() -> None:
    by = "https://creativecommons.org/licenses/by/4.0/"
    assert rights(f'<link rel="license" href="{by}">') == {"licence": "CC-BY-4.0", "licence_url": by}
    data = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", "headline": "x", "license": by})
    assert rights(f'<script type="application/ld+json">{data}</script>')["licence"] == "CC-BY-4.0"
    assert rights(foot=f'<p>Text: <a rel="license" href="{by}">CC BY 4.0</a></p>')["licence"] == "CC-BY-4.0"
    assert rights(foot=f'<p>Dieser Text steht unter <a href="{by}">CC BY 4.0</a>.</p>')["licence"] == "CC-BY-4.0"
    picture = (
        f'<figure><img src="/a.jpg" alt=""><figcaption>Foto: Amt, <a href="{by}">CC BY 4.0</a></figcaption></figure>'
    )
    assert rights(foot=picture) == {}
    other = '<a href="https://creativecommons.org/licenses/by-sa/4.0/">CC BY-SA</a>'
    assert rights(foot=f'<p><a href="{by}">CC BY</a> oder {other}</p>') == {}, "two that differ tell nothing"


def test_what_a_site_reserves_holds_for_the_paths_it_names() -> None:
    rules = read_tdmrep(
        json.dumps(
            [
                {"location": "/frei/*", "tdm-reservation": 0},
                {"location": "/*.pdf$", "tdm-reservation": 1},
                {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://stadt.example/tdm.json"},
            ]
        ).encode()
    )
    found = {
        path: with_tdmrep({}, rules, f"https://stadt.example{path}")[0] for path in ("/frei/1", "/a.pdf", "/news/1")
    }
    assert found["/frei/1"] == {"tdm_reservation": False}
    assert found["/a.pdf"] == {"tdm_reservation": True}
    assert found["/news/1"] == {"tdm_reservation": True, "tdm_policy": "https://stadt.example/tdm.json"}
    assert with_tdmrep({"tdm_reservation": False}, rules, URL) == ({"tdm_reservation": False}, [])
    assert with_tdmrep({}, rules[:1], URL) == ({}, [])


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'[1, {"location": 3}]', b"[" * 100_000, b"\xff"])
def test_what_is_no_such_file_reserves_nothing(body: bytes) -> None:
    assert read_tdmrep(body) == []
