"""Where publication dates stand on pages, and what is none."""

from __future__ import annotations

import pytest

from mpsc_crawler.extraction.article import extract

TEXT = (
    "<p>Die Stadt Musterfeld hat den Digitalen Zwilling vorgestellt, an dem sie seit Monaten arbeitet und der nun allen offensteht.</p>"
    "<p>Der Zwilling zeigt Bäume, Gebäude und Leitungen und wird von vielen Ämtern täglich benutzt, wie das Amt mitteilt.</p>"
)


def published(header: str = "", footer: str = "", *, head: str = "", before: str = "", text: str = TEXT) -> str:
    page = (
        f"<html><head><title>Der Zwilling ist da</title>{head}</head><body><main>{before}<article>"
        f"<h1>Der Zwilling ist da</h1>{header}<div class='text'>{text}</div>{footer}</article></main></body></html>"
    )
    article = extract(page.encode(), "https://stadt.example/zwilling")
    assert article is not None
    return str(article.published.edtf) if article.published is not None else ""


@pytest.mark.parametrize(
    "header",
    [
        "<abbr class='published' title='2023-05-16T18:52:11+02:00'>18:52</abbr>",
        "<p class='articleinfos'>16.05.2023, 10:27 | Recht &amp; Gesetz | Jetzt kommentieren</p>",
        "<p class='postmeta'>16. Mai 2023 · Abgelegt unter ziemlich privat</p>",
        "<div class='date'>16. Mai 2023 (DJV/FWR) Musterfeld/Neudorf</div>",
        "<a href='/zwilling' rel='bookmark'><time class='entry-date' datetime='2023-05-16T19:02:50+02:00'>16. Mai 2023</time></a>",
        "<ul class='kopf'><li class='artikeldatum'><time datetime='2023-05-16 16:11'>16. Mai 2023 16:11 Uhr</time></li><li><a href='#k'>Kommentare</a></li>"
        "<li><a href='#d'>Drucken</a></li><li><a href='#t'>Teilen</a></li></ul>",
        "<p>&middot; May 16, 2023 &middot;</p>",
        "<p>Veröffentlichung: <a href='/archiv'>16.05.2023</a></p>",
        "<table><tr><td>16 | 05 | 2023</td><td>Schweiz | Praxis</td></tr></table>",
        "<div class='eventbox'><span class='eventbox__subline'>Erschienen am:</span><h2 class='eventbox__title'>16.05.2023</h2></div>",
        "<div class='row--print-wide'><p>Pressemitteilung vom 16. Mai 2023 | Musterfeld – Ein Modell der Stadt.</p></div>",
    ],
)
def test_dates_of_a_header(header: str) -> None:
    assert published(header).startswith("2023-05-16")


@pytest.mark.parametrize(
    "footer",
    [
        "<div class='asset-meta'>Von Christian am 16.05.2023, 11:51 | 0 Meinungen | Energie sparen</div>",
        "<p class='postmetadata'>Dieser Beitrag wurde am Dienstag, 16. Mai 2023 um 12:40 Uhr veröffentlicht und wird unter Allgemein abgelegt."
        " Du kannst die Kommentare zu diesem Eintrag durch den Feed verfolgen und auch gern selbst etwas dazu schreiben.</p>",
        "<p>Letzte Änderung: 31.10.2023 - 14:49<br>Erschienen am: 16.05.2023<br>Lesungen: 61</p>",
        "<div class='author'>Author: Bo2man am 16.05.2023, 13:36 Uhr</div>",
        "<p class='postmetadata'><small>Dieser Beitrag wurde vor am Dienstag, 16. Mai 2023 um %H:%M Uhr veröffentlicht.</small></p>",
        "<p>Petra Muster<br>16. Mai 2023</p>",
    ],
)
def test_dates_behind_the_text(footer: str) -> None:
    assert published(footer=footer).startswith("2023-05-16")


def test_a_date_heading_above_the_headline() -> None:
    assert published(before="<h2 class='date-header'><span>Dienstag, 16. Mai 2023</span></h2>") == "2023-05-16"


def test_a_dateline_that_names_the_press_release() -> None:
    opening = "<p>Pressemitteilung vom 16. Mai 2023 | Musterfeld | " + TEXT.removeprefix("<p>")
    assert published(text=opening) == "2023-05-16"


def test_a_date_that_opens_the_text() -> None:
    assert (
        published(text="<p><strong>16.05.2023</strong> „Der Zwilling hilft“, sagt das Amt. " + TEXT.removeprefix("<p>"))
        == "2023-05-16"
    )


def test_structured_data_in_a_script_without_type() -> None:
    data = '{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Der Zwilling ist da", "datePublished": "2023-05-16"}'
    assert published(head=f"<script>{data}</script>") == "2023-05-16"


@pytest.mark.parametrize(
    "header",
    [
        "<p class='stand'>Stand: 16.05.2023</p>",
        "<p class='event-date'>16.05.2023</p>",
        "<p>Aktualisiert am 16.05.2023</p>",
        "<div class='date'>16.05. bis 18.05.2023</div>",
        "<div class='teaser'><ul><li><span class='date'>16.05.2023</span> <a href='/a'>Eine ganz andere Meldung</a></li>"
        "<li><span class='date'>12.05.2023</span> <a href='/b'>Noch eine andere Meldung</a></li>"
        "<li><span class='date'>11.05.2023</span> <a href='/c'>Die dritte andere Meldung</a></li></ul></div>",
        "<p>Anmeldung bis 16.05.2023</p>",
    ],
)
def test_what_is_no_publication_date(header: str) -> None:
    assert published(header) == ""


def test_an_edition_is_not_the_day_of_publication() -> None:
    data = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2023-05-15T19:30:00+02:00"}</script>'
    assert published("<p>Aus: Ausgabe vom 16.05.2023, Seite 1</p>", head=data).startswith("2023-05-15")


@pytest.mark.parametrize(
    "name",
    [
        "datePublished",
        "publishedAt",
        "published_at",
        "publicationDate",
        "first-publication",
        "firstPublication",
        "publish_date",
    ],
)
def test_a_date_in_a_script_where_nothing_else_tells_one(name: str) -> None:
    assert published(head=f'<script>var layer = {{"{name}":"2023-05-16 19:20","x":1}};</script>').startswith(
        "2023-05-16"
    )


def test_several_days_in_scripts_tell_nothing() -> None:
    layer = '[{"datePublished":"2023-05-16"},{"datePublished":"2023-05-17"}]'
    assert published(head=f"<script>var list = {layer};</script>") == ""


def test_a_date_called_so_far_from_the_article_is_not_its_own() -> None:
    far = "<footer class='article-end'><p>Datum: 16.05.2023</p></footer>"
    page = f"<html><body><main><article><h1>Der Zwilling ist da</h1><div class='text'>{TEXT}</div></article></main><div><div><p>x</p></div>{far}</div></body></html>"
    article = extract(page.encode(), "https://stadt.example/zwilling")
    assert article is not None
    assert article.published is None


def test_the_name_of_a_heading_that_leads_to_itself_is_not_another_article() -> None:
    page = (
        "<html><body><div class='post'><h2><a href='/zwilling'>Der Zwilling ist da</a></h2>"
        "<p class='postmeta'>16. Mai 2023 · Filed under <a href='/k/1'>Stadtplanung und Bauen</a>, <a href='/k/2'>Offene Daten</a></p>"
        f"<div class='entry'>{TEXT}</div></div></body></html>"
    )
    article = extract(page.encode(), "https://stadt.example/zwilling")
    assert article is not None
    assert article.published is not None
    assert article.published.edtf == "2023-05-16"


def test_the_same_element_is_one_witness() -> None:
    """A hidden element with microdata does not outvote head and visible line."""
    header = (
        "<div>16. Mai 2023</div><time itemprop='datePublished' datetime='2023-05-18T14:42:13+02:00'></time>"
        "<time itemprop='dateModified' datetime='2023-05-18T14:42:13+02:00'></time>"
    )
    head = "<meta property='article:published_time' content='2023-05-16T15:00:00+02:00'>"
    assert published(header, head=head).startswith("2023-05-16")


def test_a_plain_date_in_the_head_is_weaker_than_the_line_on_the_page() -> None:
    assert published("<p>16.05.2023</p>", head="<meta name='date' content='2023-05-23'>") == "2023-05-16"


def test_the_day_on_a_newspaper_is_not_that_of_the_page() -> None:
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2023-05-16T19:30:04+02:00"}</script>'
        "<meta name='date' content='2023-05-17'>"
    )
    assert published("<p>Mittwoch, 17. Mai 2023, Nr. 98</p>", head=head).startswith("2023-05-16")


@pytest.mark.parametrize(
    "sidebar",
    [
        "<div class='sidebar'><p class='h1'>Der Zwilling ist da</p><p><time datetime='2023-05-16'>16. Mai 2023</time></p></div>",
        "<div class='sidebar'><p>Der Zwilling wurde am <b>16. Mai 2023</b> um <b>23:03</b> Uhr gepostet.</p><p>Erschienen am: 16.05.2023</p></div>",
    ],
)
def test_a_date_in_a_sidebar_is_found_where_the_page_tells_none_elsewhere(sidebar: str) -> None:
    assert published(footer=sidebar) == "2023-05-16"


def test_a_date_of_another_article_in_a_sidebar_is_not() -> None:
    other = "<div class='sidebar'><h3><a href='/bad'>Das Stadtbad öffnet wieder</a></h3><time datetime='2023-05-16'>16. Mai 2023</time></div>"
    assert published(footer=other) == ""


def test_the_time_of_a_change_is_kept_where_the_line_tells_the_day_only() -> None:
    page = (
        "<html><head><meta name='generator' content='WordPress 6.5'></head><body><article class='hentry'><h1>Der Zwilling ist da</h1>"
        "<p>Veröffentlicht am: 16. Mai 2023 | Zuletzt aktualisiert: 18. Mai 2023 | Kategorien: Meldungen | 2 min Lesezeit |</p>"
        f"<div class='entry-content'>{TEXT}</div><span class='updated' style='display:none'>2023-05-18T10:42:07+02:00</span></article></body></html>"
    )
    article = extract(page.encode(), "https://stadt.example/zwilling")
    assert article is not None
    assert article.published is not None
    assert article.modified is not None
    assert (article.published.edtf, article.modified.edtf) == ("2023-05-16", "2023-05-18T10:42:00+02:00")
    assert "Lesezeit" not in article.body


@pytest.mark.parametrize(
    "end",
    [
        "Stadthalle Musterstadt<br>12.05.2023",
        "Bewerbungsschluss:<br>12.05.2023",
        "Nächster Termin<br>12.05.2023",
        "Ort: Rathaus<br>12.05.2023",
    ],
)
def test_a_place_or_deadline_under_a_text_is_no_signature(end: str) -> None:
    assert published(footer=f"<p>{end}</p>") == ""


@pytest.mark.parametrize(
    "aside",
    [
        "<aside><div><a href='/bad'>Das Stadtbad öffnet am Montag wieder</a><p>Veröffentlicht am 3. Mai 2023</p></div></aside>",
        "<aside><ul><li><a href='/bad'>Das Stadtbad öffnet am Montag wieder</a><p>Veröffentlicht am 3. Mai 2023</p></li></ul></aside>",
        "<div class='sidebar'><p>Amtsblatt Nr. 5 veröffentlicht am 3. Mai 2023</p></div>",
    ],
)
def test_what_a_neighbour_says_of_itself_is_not_said_of_the_article(aside: str) -> None:
    page = (
        f"<html><head><title>Der Zwilling ist da</title></head><body><main><article><h1>Der Zwilling ist da</h1>{TEXT}</article></main>"
        f"{aside}<footer><p>Datenschutzerklärung. Veröffentlicht am: 3. Mai 2022</p></footer></body></html>"
    )
    article = extract(page.encode(), "https://stadt.example/zwilling")
    assert article is not None
    assert article.published is None
