"""Names that a source gives to the parts of its articles, for the truly odd site."""

from __future__ import annotations

from mpsc_crawler.extraction.article import extract

FIRST = "Die Stadt Musterfeld hat den Digitalen Zwilling vorgestellt, an dem sie seit Monaten arbeitet und der nun allen offensteht."
PAGE = f"""<html lang="de"><head><title>Der Zwilling ist da</title><meta name="generator" content="TYPO3 CMS"></head><body>
<div class="b1"><h1>Der Zwilling ist da</h1><div class="k7">Smart City</div><div class="w3">16.05.2023</div><div class="z9">18.05.2023</div>
<div class="x1"><p>{FIRST}</p></div><div class="x2"><p>Dieser lange Text eines Nachbarn steht in derselben Spalte und gehört nicht zum Artikel,
obwohl er mehr Wörter hat als dieser und von vielen Menschen in der ganzen Stadt an jedem Tag gelesen wird.</p></div>
<div class="a5">Petra Muster</div></div></body></html>""".encode()
NAMES = {"content": "x1", "kicker": "k*", "published": "w3", "modified": "z9", "author": "a5"}


def test_the_names_of_a_source_go_before_the_platforms() -> None:
    article = extract(PAGE, "https://stadt.example/zwilling", names=NAMES)
    assert article is not None
    assert article.body == FIRST
    assert article.kicker == "Smart City"
    assert article.published is not None
    assert article.modified is not None
    assert (article.published.edtf, article.modified.edtf) == ("2023-05-16", "2023-05-18")
    assert article.authors == ["Petra Muster"]
    assert ("body", "source.markup") in {(e.field, e.rule) for e in article.evidence}


def test_names_that_stand_nowhere_change_nothing() -> None:
    plain = extract(PAGE, "https://stadt.example/zwilling")
    assert plain is not None
    assert "Nachbarn" in plain.body
    assert extract(PAGE, "https://stadt.example/zwilling", names={"content": "nirgends"}) == plain
