"""The text of a press release that exists only as a PDF, when its page is a mere cover. Pure: bytes in, paragraphs out."""

from __future__ import annotations

import logging
import re
from io import BytesIO

from mpsc_crawler.extraction.dom import clean

_MOST_PAGES = 30
_MOST_CHARACTERS = 200_000
_LONGEST_CONTENT = 1_000_000
# fonts with a wrong map give control characters and halves of characters, which no database takes
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_PAGE_NUMBER = re.compile(r"^(?:[-–]\s*)?(?:seite\s*)?\d{1,3}(?:\s*(?:/|von)\s*\d{1,3})?(?:\s*[-–])?$", re.I)
_ENDS = (".", "!", "?", ":", "“", "”", '"', "»", "«")
_BULLET = re.compile(r"^[•▪◦●■–-]\s+")


def pdf_lines(data: bytes) -> list[list[str]] | None:
    """The lines of each page, running headers and page numbers left out.

    :param data: the file as served.
    :returns: ``None`` for what is no PDF, is locked, broken, or holds no text (a scan).
    """
    from pypdf import PdfReader  # slow to import, and rarely needed

    # it says on its logger what is wrong with a file; whether it could be read is all that matters here
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages: list[list[str]] = []
    length = 0
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return None
        for page in reader.pages[:_MOST_PAGES]:
            content = page.get_contents()
            if content is not None and len(content.get_data()) > _LONGEST_CONTENT:
                continue  # a drawing or a bomb, no page of text
            text = _NO_TEXT.sub("", page.extract_text())[: _MOST_CHARACTERS - length]
            length += len(text)
            pages.append([clean(line) for line in text.splitlines()])
            if length >= _MOST_CHARACTERS:
                break
    except Exception:  # noqa: BLE001 - a broken file fails anywhere inside the library, with whatever error
        return None
    if length < 40:
        return None
    repeated = _repeated(pages)
    return [[line for line in lines if line not in repeated and not _PAGE_NUMBER.match(line)] for lines in pages]


def _repeated(pages: list[list[str]]) -> set[str]:
    """Headers and footers: lines that stand at the edge of every page."""
    edges = [{line for line in (*lines[:4], *lines[-4:]) if line} for lines in pages]
    return set.intersection(*edges) if len(edges) > 1 else set()


def paragraphs(pages: list[list[str]]) -> list[str]:
    """Lines joined to paragraphs: hyphens at line ends go, a short line that ends a sentence ends its paragraph."""
    lines = [line for page in pages for line in page]
    told = sorted(len(line) for line in lines if line)
    width = told[int(len(told) * 0.8)] if told else 0
    found: list[str] = []
    pieces: list[str] = []

    def end() -> None:
        if pieces:
            found.append("".join(pieces))
        pieces.clear()

    for line in lines:
        if not line or _BULLET.match(line):
            end()
            if line:
                pieces.append(line)
            continue
        if pieces and pieces[-1].endswith("-") and line[:1].islower():
            pieces[-1] = pieces[-1][:-1]
        elif pieces:
            pieces.append(" ")
        pieces.append(line)
        if len(line) < 0.75 * width and (line.endswith(_ENDS) or len(line) < 0.5 * width):
            end()
    end()
    return found
