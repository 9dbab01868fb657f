"""Realistic article pages for the crawl benchmark: 40 to 100 kB, texts of 5 to 6 kB made of the demo's paragraphs."""

from __future__ import annotations

import json
import random
from functools import cache
from html import escape
from pathlib import Path

DEMO = Path(__file__).parents[1] / "tests" / "sites" / "demo"
_SCRIPT = "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)};gtag('js',new Date());"


@cache
def paragraphs() -> list[str]:
    """Paragraphs of the demo's articles."""
    found = []
    for path in sorted(DEMO.glob("*/*.md")):
        body = path.read_text(encoding="utf-8").split("+++", 2)[2]
        found += [
            p.strip() for p in body.split("\n\n") if len(p.strip()) > 120 and not p.startswith(("[[", "- ", "##", ">"))
        ]
    return found


def article(host: str, number: int) -> bytes:
    """One page; the same for the same host and number."""
    rng = random.Random(f"{host}/{number}")
    pool = paragraphs()
    text: list[str] = []
    plain = [p for p in pool if not any(c.isdigit() for c in p)]
    while sum(map(len, text)) < 5000:
        # real articles hold four to six dates in so much text, the demo's trap-laden ones three times as many
        text.append(rng.choice(pool if rng.random() < 0.3 else plain))
    title = f"{' '.join(rng.choice(pool).split()[:8])} {number}".replace("„", "").replace("“", "")
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(2021, 2025)
    published = f"{year}-{month:02d}-{day:02d}T09:15:00+02:00"
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": published,
        "author": {"@type": "Person", "name": "Pressestelle"},
    }
    ld = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>' if number % 2 else ""
    nav = "".join(
        f'<li class="nav-item level-{i % 3}"><a class="nav-link" href="/bereich/{i}">Bereich {i} der Stadt</a></li>'
        for i in range(120)
    )
    related = "".join(
        f'<li class="teaser"><a href="/news/{(number + i) % 200}"><img src="/img/{i}.jpg" alt=""><h3>Weitere Meldung {i}</h3></a><p>{escape(rng.choice(pool)[:160])}</p></li>'
        for i in range(6)
    )
    body = "".join(
        f"<p>{escape(p)}</p>\n" + ("<h2>Zwischenüberschrift</h2>\n" if i == 3 else "") for i, p in enumerate(text)
    )
    size = rng.randint(40_000, 100_000)
    page = f"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>{escape(title)} | Stadt Musterfeld</title><meta property="og:title" content="{escape(title)}"><meta name="generator" content="TYPO3 CMS">{ld}</head>
<body class="page"><div id="top"><a class="sr-only" href="#c">Zum Inhalt</a></div><nav class="mainnav"><ul>{nav}</ul></nav><ol class="breadcrumb"><li><a href="/">Start</a></li><li><a href="/news/">Aktuelles</a></li></ol>
<main id="c"><article class="news-single"><header><p class="news-list-date"><time datetime="{published[:10]}">{day:02d}.{month:02d}.{year}</time></p><h1>{escape(title)}</h1></header>
<figure class="image"><img src="/img/{number}.jpg" alt="Bild {number}" width="800" height="500"><figcaption>Blick auf das Rathaus. Foto: Stadt Musterfeld</figcaption></figure>
<div class="news-text-wrap">{body}</div><p><a href="/files/{number}.pdf">Pressemitteilung {number} (PDF, 0,3 MB)</a></p></article><section class="related"><h2>Weitere Meldungen</h2><ul>{related}</ul></section></main>
<footer><p>Stadt Musterfeld</p></footer>"""
    filler = _menus(rng, (size - len(page)) // 3)
    while len(page) + len(filler) < size:
        filler += f"<script>{_SCRIPT}var c{len(filler)}={{'a':{rng.random()},'list':[{','.join(str(rng.randint(0, 999)) for _ in range(80))}]}};</script>\n"
        filler += (
            "<style>"
            + "".join(
                f".c-{rng.randint(0, 9999)}{{margin:0 {i}px;color:#{rng.randint(0, 0xFFFFFF):06x}}}" for i in range(30)
            )
            + "</style>\n"
        )
    return (page.replace('<div id="top">', filler + '<div id="top">', 1) + "</body></html>").encode()


def _menus(rng: random.Random, size: int) -> str:
    """Mega menus, quick links, teaser rails: the markup that fills a third of a real page beside scripts."""
    out = '<div class="offcanvas" aria-hidden="true"><ul class="menu menu-level-1">'
    number = 0
    while len(out) < size:
        number += 1
        words = " ".join(rng.choice(paragraphs()).split()[: rng.randint(2, 5)])
        out += f'<li class="menu-item menu-item-{number} has-children"><a class="menu-link" href="/themen/{number}" title="{escape(words)}"><span class="icon icon-arrow" aria-hidden="true"></span><span class="menu-text">{escape(words)}</span></a>'
        out += (
            '<ul class="menu menu-level-2">'
            + "".join(
                f'<li class="menu-item"><a class="menu-link" href="/themen/{number}/{i}">Unterpunkt {i}</a></li>'
                for i in range(rng.randint(1, 6))
            )
            + "</ul></li>"
        )
    return out + "</ul></div>\n"


def listing(articles: int) -> bytes:
    """A list page that names every article."""
    entries = "".join(
        f'<article class="teaser"><h2><a href="/news/{n}">Meldung Nummer {n} aus dem Rathaus</a></h2><p>Kurzer Anriss der Meldung mit der Nummer {n}, damit die Liste echt aussieht.</p></article>'
        for n in range(articles)
    )
    return f'<!DOCTYPE html><html lang="de"><head><title>Aktuelles</title></head><body><main><h1>Aktuelles</h1>{entries}</main></body></html>'.encode()
