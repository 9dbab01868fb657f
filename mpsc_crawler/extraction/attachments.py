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
    """Links to files inside ``region``, in page order, each address once."""
    found: dict[str, Attachment] = {}
    for link in region.find("a"):
        href = link.get("href")
        if not href or not (
            _ENDING.search(href) or _DOWNLOAD.search(f"{link.names} {href}") or "download" in link.attrs
        ):
            continue
        url = absolute(base, href) if href else None
        if url is None or url in found:
            continue
        text = clean(without_link_notice(link.text()))
        path = unquote(urlsplit(url).path + "?" + urlsplit(url).query)
        match = _ENDING.search(path)
        kind = match.group(1).lower() if match else ""
        if not kind:
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
        if any(above.tag in ("nav", "footer", "form", "aside") for above in link.ancestors()):
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
        found[url] = Attachment(url, title, kind, clean(size.group()) if size else "")
    return list(found.values())
