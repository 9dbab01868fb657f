"""Which encoding is this page in? BOM, HTTP header and meta declaration, and what the bytes say of them."""

from __future__ import annotations

import re

from w3lib.encoding import html_to_unicode

_LONGEST = 5_000_000
_UTF8_HEADER = re.compile(r"charset\s*=\s*[\"']?utf-?8", re.I)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)


def decode(html: bytes, content_type: str | None) -> str:
    """Bytes to text: BOM, HTTP header, meta declaration, else UTF-8 if it is that, else windows-1252."""

    def undeclared(body: bytes) -> str:
        try:
            body.decode("utf-8")
        except UnicodeDecodeError as error:
            # a text cut off inside a character is still UTF-8
            return "utf-8" if error.start >= len(body) - 4 and error.start > 0 else "windows-1252"
        return "utf-8"

    encoding, text = html_to_unicode(content_type, html[:_LONGEST], auto_detect_fun=undeclared)
    if encoding == "utf-8" and text.count("\ufffd") > 5 and undeclared(html[:_LONGEST]) != "utf-8":
        return html[:_LONGEST].decode("windows-1252", "replace")  # declared as UTF-8, served as something else
    return text


def says_utf8(html: bytes, content_type: str | None) -> bool:
    """Whether the page is UTF-8 by its declarations, or declares nothing; the bytes themselves are not looked at."""
    declared = content_type or ""
    if "charset" in declared.lower():
        plain = bool(_UTF8_HEADER.search(declared))
    else:
        match = _CHARSET.search(html, 0, 4096)
        plain = match is None or match.group(1).lower() in (b"utf-8", b"utf8")
    return plain and not html.startswith((b"\xff\xfe", b"\xfe\xff")) and len(html) <= _LONGEST


def is_utf8(html: bytes) -> bool:
    """Whether all bytes are UTF-8."""
    try:
        html.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
