"""Which blocks of a page are the article's text: leads, link lists, tails, quotations."""

from __future__ import annotations

from mpsc_crawler.extraction.article import extract
from mpsc_crawler.items import NewsArticle

FIRST = "Die Stadt Musterfeld hat den Digitalen Zwilling vorgestellt, an dem sie seit Monaten arbeitet und der nun allen offensteht."
SECOND = (
    "Der Zwilling zeigt Bäume, Gebäude und Leitungen und wird von vielen Ämtern täglich benutzt, wie das Amt mitteilt."
)
THIRD = "Im nächsten Jahr kommen die Daten der Nachbargemeinden dazu, danach soll das Modell auch Starkregen berechnen können."


def read(inside: str, *, before: str = "", headline: str = "Der Zwilling ist da") -> NewsArticle:
    page = (
        f"<html><head><title>{headline}</title></head><body><main><article><header><h1>{headline}</h1>{before}</header>"
        f"<div class='wrap'><div class='text'>{inside}</div></div></article></main></body></html>"
    )
    article = extract(page.encode(), "https://stadt.example/zwilling")
    assert article is not None
    return article


def test_a_lead_without_a_name_is_the_teaser() -> None:
    lead = "Ein Modell der ganzen Stadt, frei zugänglich: Musterfeld zeigt, was mit offenen Daten möglich ist."
    article = read(
        f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>", before=f"<div class='k7'><p class='x9'>{lead}</p></div>"
    )
    assert article.teaser == lead
    assert article.body.startswith(FIRST)


def test_a_byline_above_the_text_is_no_lead() -> None:
    article = read(
        f"<p>{FIRST}</p><p>{SECOND}</p>",
        before="<p>Von Petra Muster, Pressestelle der Stadt Musterfeld am Rathausplatz</p>",
    )
    assert article.teaser is None


def test_a_hint_in_the_middle_does_not_end_the_text() -> None:
    article = read(
        f"<p>{FIRST}</p><h4>Lesen Sie auch</h4><ul><li><a href='/a'>Eine andere Meldung der Stadt</a></li></ul><p>{SECOND}</p><p>{THIRD}</p>"
    )
    assert THIRD in article.body
    assert "Lesen Sie auch" not in article.body
    assert "andere Meldung" not in article.body


def test_behind_the_text_the_tail_goes() -> None:
    article = read(
        f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><h3>Weitere Meldungen</h3><p>Stadtbad öffnet wieder am Montag</p>"
    )
    assert article.body.endswith(THIRD)


def test_names_of_utilities_are_no_noise() -> None:
    article = read(f"<div class='after:clear print:default dark:hidden'><p>{FIRST}</p></div><p>{SECOND}</p>")
    assert FIRST in article.body


def test_a_subheading_that_an_index_points_to_stays() -> None:
    article = read(f"<p>{FIRST}</p><h3 class='toc-2'>Was als Nächstes kommt</h3><p>{SECOND}</p>")
    assert article.subheadings == ["Was als Nächstes kommt"]


def test_a_quotation_in_a_figure_belongs_to_the_text() -> None:
    article = read(f"<p>{FIRST}</p><figure><blockquote><p>{SECOND}</p></blockquote></figure><p>{THIRD}</p>")
    assert SECOND in article.body


def test_a_list_of_nothing_but_links_is_no_text() -> None:
    items = "".join(
        f"<li><a href='/{n}'>Die Meldung Nummer {n} mit einem langen Titel, der über die ganze Zeile reicht und noch weiter, bis ans Ende</a></li>"
        for n in range(3)
    )
    article = read(f"<p>{FIRST}</p><p>{SECOND}</p><ul>{items}</ul><p>{THIRD}</p>")
    assert "Die Meldung Nummer" not in article.body


def test_a_list_with_some_links_stays() -> None:
    article = read(
        f"<p>{FIRST}</p><ul><li>Die Karte der <a href='/b'>Bäume</a> der Stadt</li><li><a href='/k'>Die Karte der Leitungen</a></li></ul><p>{SECOND}</p>"
    )
    assert "- Die Karte der Bäume der Stadt" in article.body
    assert "- Die Karte der Leitungen" in article.body


def test_kicker_and_headline_in_one_line_are_not_repeated() -> None:
    article = read(
        f"<h2>Smart City - Der Zwilling der Stadt ist endlich da</h2><p>{FIRST}</p><p>{SECOND}</p>",
        headline="Der Zwilling der Stadt ist endlich da",
    )
    assert article.body.startswith(FIRST)


def test_a_caption_without_a_name_stays_out() -> None:
    article = read(
        f"<p>{FIRST}</p><div class='z4'><div><img src='/a.jpg' width='800'></div><div class='z5'><p>Der Marktplatz im Modell, von oben gesehen</p></div></div><p>{SECOND}</p>"
    )
    assert "Marktplatz" not in article.body


def test_a_paragraph_with_a_picture_in_it_stays() -> None:
    article = read(f"<p>{FIRST}</p><p><img src='/a.jpg' width='300'> {SECOND}</p>")
    assert SECOND in article.body


def test_a_box_with_a_newsletter_goes() -> None:
    box = (
        "<div class='group'><h3>Stadtpost per E-Mail</h3><p>Unser Newsletter erscheint jeden zweiten Freitag.</p>"
        "<div><a href='/abo'>Jetzt anmelden</a></div></div>"
    )
    article = read(f"<p>{FIRST}</p><p>{SECOND}</p>{box}<p>{THIRD}</p>")
    assert "Stadtpost" not in article.body
    assert THIRD in article.body


def test_a_text_about_a_newsletter_stays() -> None:
    about = "Der neue Newsletter der Stadt erscheint ab März und wird von der Pressestelle geschrieben."
    assert about in read(f"<p>{FIRST}</p><p>{about}</p><p>{THIRD}</p>").body


def test_credits_behind_a_picture_and_pictures_in_full_size() -> None:
    figures = (
        "<div><a href='/up/platz.jpg'><img src='/up/platz-400x284.jpg' alt='Der Platz'></a></div>"
        "<div class='module'><p>Foto: Stadt Musterfeld</p></div>"
        "<figure><img src='/up/karte.png'><figcaption>Die Karte. Abbildung: Büro Klaasen</figcaption></figure>"
    )
    article = read(f"{figures}<p>{FIRST}</p><p>{SECOND}</p>")
    assert [(i.url, i.credit) for i in article.images] == [
        ("https://stadt.example/up/platz.jpg", "Stadt Musterfeld"),
        ("https://stadt.example/up/karte.png", "Büro Klaasen"),
    ]
    assert article.images[1].caption == "Die Karte."
