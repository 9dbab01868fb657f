"""Does the cost of a page grow with its size, and no faster? Shapes that are known to cost the square elsewhere.

``python -m benchmarks.growth`` doubles each shape five times and prints milliseconds and the exponent between the
smallest and the largest (1.0 is linear). Every page is read whole, with evidence.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from mpsc_crawler.extraction.article import extract

_TEXT = "<p>Die Stadt hat den Digitalen Zwilling vorgestellt, an dem sie seit Monaten arbeitet und der nun allen offensteht.</p>"
SHAPES: dict[str, Callable[[int], str]] = {
    "paragraphs": lambda n: _TEXT * n,
    "links": lambda n: "<ul>" + "<li><a href='/news/1'>Eine andere Meldung der Stadt</a></li>" * n + "</ul>",
    "pictures": lambda n: "".join(
        f"<figure><img src='/b/{i}.jpg' alt='Bild'><figcaption>Der Platz. Foto: Stadt</figcaption></figure>"
        for i in range(n)
    ),
    "nested boxes": lambda n: "<div>" * n + _TEXT + "</div>" * n,
    "menus inside menus": lambda n: "<div class='menu'>" * n + _TEXT + "</div>" * n,
    "galleries inside galleries": lambda n: "<div class='gallery'><img src='/b.jpg'>" * n + "</div>" * n,
    "unclosed bold": lambda n: "<b><p>Ein Absatz der Stadt ohne Ende.</p>" * n,
    "headings": lambda n: "<h2>Der Zwilling im Stadtteil</h2><p>Kurz.</p>" * n,
    "dates": lambda n: "<p>Am 12. März 2024 von 17 bis 19 Uhr, am 13.03. und 14.03.2024 bis Ende Mai.</p>" * n,
    "table rows": lambda n: "<table>" + "<tr><td>Stadtteil</td><td>12 Sensoren</td></tr>" * n + "</table>",
    "class names": lambda n: "".join(f"<div class='c{chr(97 + i % 26)}{i} box-{i}'>Text</div>" for i in range(n)),
    "credits": lambda n: "<img src='/b.jpg'><p>Foto: Stadt</p>" * n,
}


def milliseconds(body: bytes) -> float:
    """The best of three readings."""
    best = math.inf
    for _ in range(3):
        began = time.perf_counter()
        extract(body, "https://stadt.example/news/zwilling")
        best = min(best, time.perf_counter() - began)
    return 1000 * best


def main() -> None:
    sizes = [250 * 2**step for step in range(6)]
    print(f"{'elements':28}" + "".join(f"{size:>9}" for size in sizes) + f"{'exponent':>10}   ms a page")
    for name, make in SHAPES.items():
        told = []
        for size in sizes:
            page = f"<html lang='de'><head><title>Der Zwilling</title></head><body><main><h1>Der Zwilling</h1>{_TEXT}{make(size)}</main></body></html>"
            told.append(milliseconds(page.encode()))
        exponent = math.log(told[-1] / told[1]) / math.log(sizes[-1] / sizes[1])
        print(f"{name:28}" + "".join(f"{ms:9.1f}" for ms in told) + f"{exponent:10.2f}", flush=True)


if __name__ == "__main__":
    main()
