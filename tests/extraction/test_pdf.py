"""Press releases that exist only as PDF: their text, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mpsc_crawler.extraction.article import extract
from mpsc_crawler.extraction.pdf import paragraphs, pdf_lines
from mpsc_crawler.reading import cover_of, read_covered
from tests.pdfs import make_pdf

RELEASE = [
    [
        "Stadt Musterfeld - Pressestelle",
        "Pressemitteilung vom 16. Mai 2023",
        "",
        "Der Zwilling ist da",
        "",
        "Die Stadt Musterfeld hat den Digitalen Zwilling vorgestellt, an dem sie seit Mona-",
        "ten arbeitet und der nun allen offensteht. Er zeigt Bäume, Gebäude und Leitungen",
        "und wird von vielen Ämtern täglich benutzt.",
        "Im nächsten Jahr kommen die Daten der Nachbargemeinden dazu, danach soll das",
        "Modell auch Starkregen berechnen können.",
        "Seite 1 von 2",
    ],
    [
        "Stadt Musterfeld - Pressestelle",
        "Der Zwilling kostet 240.000 Euro; das Land trägt davon zwei Drittel.",
        "Seite 2 von 2",
    ],
]
FETCHED = datetime(2023, 6, 1, 9, tzinfo=UTC)


def cover(text: str = "<p>Die Pressemitteilung finden Sie hier.</p>", more: str = "") -> bytes:
    return (
        "<html lang='de'><head><title>Der Zwilling ist da</title></head><body><main><article><h1>Der Zwilling ist da</h1>"
        f"{text}<p><a href='/files/pm-112.pdf'>Pressemitteilung (PDF, 0,2 MB)</a></p>{more}</article></main></body></html>"
    ).encode()


def test_lines_become_paragraphs() -> None:
    pages = pdf_lines(make_pdf(RELEASE))
    assert pages is not None
    assert paragraphs(pages) == [
        "Pressemitteilung vom 16. Mai 2023",
        "Der Zwilling ist da",
        "Die Stadt Musterfeld hat den Digitalen Zwilling vorgestellt, an dem sie seit Monaten arbeitet und der nun allen offensteht."
        " Er zeigt Bäume, Gebäude und Leitungen und wird von vielen Ämtern täglich benutzt.",
        "Im nächsten Jahr kommen die Daten der Nachbargemeinden dazu, danach soll das Modell auch Starkregen berechnen können.",
        "Der Zwilling kostet 240.000 Euro; das Land trägt davon zwei Drittel.",
    ]


def test_a_cover_takes_text_and_date_from_its_file() -> None:
    article = extract(cover(), "https://stadt.example/presse/112", fetched_at=FETCHED)
    assert article is not None
    assert article.published is None
    address = cover_of(article)
    assert address == "https://stadt.example/files/pm-112.pdf"
    assert read_covered(article, make_pdf(RELEASE), address)
    assert "seit Monaten arbeitet" in article.body
    assert article.published is not None
    assert (article.published.edtf, article.published.rule) == ("2023-05-16", "pdf.label")
    rules = {(e.field, e.rule) for e in article.evidence}
    assert ("body", "attachment.pdf") in rules
    assert article.sketch


@pytest.mark.parametrize(
    "page",
    [
        cover(
            "<p>"
            + "Der Zwilling zeigt Bäume, Gebäude und Leitungen und wird von vielen Ämtern täglich benutzt. " * 6
            + "</p>"
        ),
        cover(more="<p><a href='/files/anlage.pdf'>Anlage (PDF, 1 MB)</a></p>"),
        cover().replace(b"/files/pm", b"https://anderswo.example/pm"),
        cover().replace(b"pm-112.pdf", b"pm-112.docx"),
    ],
    ids=["a whole text", "several files", "another host", "no PDF"],
)
def test_what_is_no_cover(page: bytes) -> None:
    article = extract(page, "https://stadt.example/presse/112")
    assert article is not None
    assert cover_of(article) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.4\n",
        b"<html>404</html>",
        make_pdf([[""]]),
        make_pdf(RELEASE)[:300],
        make_pdf(RELEASE).replace(b"/Contents", b"/Kontents"),
    ],
    ids=["nothing", "a head only", "no PDF", "a scan", "cut off", "broken"],
)
def test_files_without_a_text_change_nothing(data: bytes) -> None:
    article = extract(cover(), "https://stadt.example/presse/112", fetched_at=FETCHED)
    assert article is not None
    before = article.body
    assert not read_covered(article, data, "https://stadt.example/files/pm-112.pdf")
    assert article.body == before
    assert article.published is None


@pytest.mark.parametrize(
    "head",
    [
        "Samstag, 12. Juli 2022",
        "Satzung vom 12.03.1998",
        "Einladung für den 12. Juli 2022, 14 Uhr",
        "Pressemitteilung vom 12. Juli 2099",
    ],
)
def test_a_day_in_the_head_of_a_flyer_is_no_date_of_publication(head: str) -> None:
    article = extract(cover(), "https://stadt.example/presse/112", fetched_at=FETCHED)
    assert article is not None
    flyer = [[head, *RELEASE[0][3:]]]
    assert read_covered(article, make_pdf(flyer), "https://stadt.example/files/pm-112.pdf")
    assert article.published is None


def test_what_no_database_takes_is_left_out() -> None:
    """Fonts with a wrong map of characters: NUL and halves of characters come out of them."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 99 0 R>>"
    table = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange"
        b" 2 beginbfchar <41> <0000> <42> <D800> endbfchar endcmap"
    )
    plain = make_pdf([["Der Absatz A und B steht hier, und er ist lang genug, um ein Text zu sein."] * 6])
    stream = b"99 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(table), table)
    broken = plain.replace(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>", font)
    broken = broken.replace(b"xref\n", stream + b"xref\n", 1)
    pages = pdf_lines(broken)
    assert pages is not None
    told = "".join(line for page in pages for line in page)
    assert "steht hier" in told
    told.encode("utf-8")
    assert "\x00" not in told


def test_a_file_of_endless_lines_is_bounded() -> None:
    pages = pdf_lines(make_pdf([["Ein Satz der Mitteilung über neue Sensoren in der Stadt."] * 200 for _ in range(60)]))
    assert pages is not None
    assert sum(len(line) for page in pages for line in page) <= 200_000
    assert len(pages) <= 30


def test_a_file_cut_anywhere_never_raises() -> None:
    whole = make_pdf(RELEASE)
    for end in range(0, len(whole), 37):
        told = pdf_lines(whole[:end])
        assert told is None or isinstance(told, list)
