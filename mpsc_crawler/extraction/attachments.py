"""Files that the article offers: press releases as PDF, presentations, tables."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from mpsc_crawler.extraction.blocks import without_link_notice
from mpsc_crawler.extraction.dom import El, clean
from mpsc_crawler.extraction.urls import absolute
from mpsc_crawler.items import Attachment

_TYPES = "pdf docx doc odt xlsx xls ods csv pptx ppt odp zip ics mp3 json geojson gpx".split()
_ENDING = re.compile(r"\.(" + "|".join(_TYPES) + r")(?:$|[?#&;/])", re.I)
_SAID = re.compile(r"\b(pdf|docx?|xlsx?|pptx?|zip|odt)\b", re.I)
_SIZE = re.compile(r"\b\d+(?:[.,]\d+)?\s*(?:kb|mb|gb|kib|mib|bytes|kbyte|mbyte)\b", re.I)
_AROUND = re.compile(
    r"\s*[\(\[](?:[^()\[\]]*\b(?:pdf|docx?|xlsx?|pptx?|zip|odt|kb|mb|nicht barrierefrei|download)\b[^()\[\]]*)[\)\]]",
    re.I,
)
_LEADING = re.compile(r"^(?:download|herunterladen|pdf|datei)\s*[:–-]\s*", re.I)
_DOWNLOAD = re.compile(r"download|attachment|datei|file|anhang|dokument")


def attachments_in(region: El, base: str) -> list[Attachment]:
    """Links to files of the article, in page order, each address once: inside ``region``, and in a box for downloads beside it."""
    return _files(list(region.find("a")), base) or _files(_beside(region), base)


_BOX_OF_FILES = re.compile(r"download|herunterladen|dokument|anhang|anhänge|dateien|material", re.I)


def _beside(region: El) -> list[El]:
    """The links of small boxes outside the article whose heading promises files."""
    found = []
    for heading in region.document[0].find("h2", "h3", "h4", "h5"):
        box = heading.parent
        if box is None or region.holds(heading) or box.holds(region) or heading.size > 60 or box.size > 800:
            continue
        if _BOX_OF_FILES.search(heading.text()):
            found += list(box.find("a"))
    return found


def _files(links: list[El], base: str) -> list[Attachment]:
    found: dict[str, Attachment] = {}
    mute: set[str] = set()
    for link in links:
        href = link.get("href")
        if not href or not (
            _ENDING.search(href) or _DOWNLOAD.search(f"{link.names} {href}") or "download" in link.attrs
        ):
            continue
        url = absolute(base, href) if href else None
        if url is None or (url in found and not (url in mute and link.size)):
            continue
        text = clean(without_link_notice(link.text()))
        path = unquote(urlsplit(url).path + "?" + urlsplit(url).query)
        match = _ENDING.search(path)
        kind = match.group(1).lower() if match else ""
        rule = "link.ending"
        if not kind:
            rule = "link.said"
            said = next(
                filter(None, (_SAID.search(told) for told in (text, link.get("title"), link.get("type"), link.names))),
                None,
            )
            named = (
                _DOWNLOAD.search(link.names + " " + (link.parent.names if link.parent else ""))
                or "download" in link.attrs
            )
            if said is None or not named:
                continue
            kind = said.group(1).lower()
        unwanted = ("nav", "footer", "form", "aside")
        if any(above.tag in unwanted and not _BOX_OF_FILES.search(_first_heading(above)) for above in link.ancestors()):
            continue
        size = _SIZE.search(text)
        for above in list(link.ancestors())[:4] if size is None else ():
            around = above.text() if above.size < len(text) + 120 else ""
            size = _SIZE.search(around)
            if size is not None or not around:
                break
        title = _AROUND.sub("", text)
        title = _LEADING.sub("", _SIZE.sub("", title) if size else title).strip(" ,;–-()[]")
        title = re.sub(r"\s*[,;(|–-]?\s*\b(?:pdf|PDF)\b\s*[,;)|]*\s*$", "", title).strip(" ,;–-()[]")
        title = title or clean(link.get("title")) or path.split("?")[0].rsplit("/", 1)[-1]
        title += ")" if title.count("(") == title.count(")") + 1 else ""
        if not text:
            mute.add(url)  # an icon; a second link may tell the title
        found[url] = Attachment(url, title, kind, clean(size.group()) if size else "", rule)
    return list(found.values())


def _first_heading(el: El) -> str:
    heading = el.first("h2", "h3", "h4", "h5")
    return heading.text() if heading is not None and el.size <= 800 else ""
