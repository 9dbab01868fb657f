"""What went wrong, in classes that can be counted, and what to do about each. Knows no Scrapy: judges by names."""

from __future__ import annotations

import html
import re

ADVICE: dict[str, str] = {
    "dns": "the host name is not known: check the address, or your network",
    "local-address": "the address leads into a local network and is not asked for: if the site is your own, set local = true in its source file",
    "connect": "the server does not accept connections: try later, or check the address",
    "tls": "the server's certificate is not valid: tell its operator; it is not accepted here",
    "timeout": "the server did not answer in time: try later, or raise MPSC_TIMEOUT",
    "network": "the connection broke off: try later",
    "http-403": "the server refuses us: ask its operator for access",
    "http-404": "the address is gone: look for the new one and change the source file",
    "http-410": "the address is gone for good: remove it from the source file",
    "http-429": "the server asks for fewer requests: raise MPSC_DELAY",
    "http-4xx": "the server refuses the request: check the address",
    "http-5xx": "the server has an error: try later",
    "robots": "robots.txt does not allow this address: respect it, and ask the operator if it matters",
    "robots-unreachable": "robots.txt answers with a server error, so nothing may be fetched (RFC 9309): try later",
    "redirect-loop": "the address leads in a circle: look for the right one and change the source file",
    "redirect-elsewhere": "the address leads to another site: change the source file if the site has moved",
    "too-large": "the answer is larger than MPSC_MAX_BYTES",
    "truncated": "the answer broke off before its end: try later",
    "encoding": "the answer's compression is broken: try later, or tell the operator",
    "content-type": "the address holds no web page",
    "not-a-list": "the address is no list, feed or sitemap: change the kind or the address in the source file",
    "no-links": "the list shows no articles: look at it; it may have moved or need JavaScript",
    "no-article": "the page holds no article that could be read",
    "needs-javascript": "the page is made by scripts and needs JavaScript to be read: look for a feed of the site, or set render = true in the source file (extra browser)",
    "bot-wall": "the site asks to prove that one is human: ask its operator for access",
    "consent-wall": "the site shows only its consent banner: ask its operator, or look for a feed",
    "protected": "the page asks for a password: nothing of it is kept",
    "soft-404": "the page says that it does not exist, with status 200",
    "not-archived": "the archive that is replayed holds no answer for this address",
    "other": "see the detail",
}

_BY_EXCEPTION = (
    ("NotArchived", "not-archived"),
    ("LocalAddress", "local-address"),
    ("CannotResolveHost", "dns"),
    ("DNSLookup", "dns"),
    ("UnreachableHost", "dns"),
    ("ConnectionRefused", "connect"),
    ("Timeout", "timeout"),
    ("SSL", "tls"),
    ("Certificate", "tls"),
    ("VerificationError", "tls"),
    ("DownloadCancelled", "too-large"),
    ("TooLarge", "too-large"),
    ("DataLoss", "truncated"),
    ("RobotsUnreachable", "robots-unreachable"),
    ("OSError", "network"),
)


def of_exception(error: BaseException) -> tuple[str, str]:
    """The class of a failed request and a line of detail."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 6:
        chain.append(current)
        current = current.__cause__ or current.__context__
    names = " ".join(
        base.__name__ for e in chain for base in type(e).__mro__ if base.__module__ != "builtins" or base is OSError
    )
    text = " ".join(str(error).split())[:300] or type(error).__name__
    every = " ".join(str(e) for e in chain).lower()
    status = getattr(getattr(error, "response", None), "status", None)
    if isinstance(
        status, int
    ):  # an answer that nobody follows or reads: a redirect to no web address, a status there is not
        return ("redirect-elsewhere" if status < 400 else of_status(status)), f"status {status}"
    if "forbidden by robots" in every:
        return "robots", text
    if "max redirections" in every:
        return "redirect-loop", text
    if "certificate" in every or "ssl" in every or "tls" in every:
        return "tls", text
    if "zlib" in every or "gzip" in every or "brotli" in every or "decompress" in every:
        return ("too-large" if "max" in every and "size" in every else "encoding"), text
    if "no route to host" in every or "network is unreachable" in every or "connection refused" in every:
        return "connect", text
    for name, failure in _BY_EXCEPTION:
        if name in names:
            return failure, text
    if "DownloadFailed" in names or "ConnectionLost" in names or "ConnectionDone" in names or "ResponseFailed" in names:
        return "network", text
    return "other", f"{type(error).__name__}: {text}"


def of_status(status: int) -> str:
    """The class of an HTTP status that is no success."""
    if status in (403, 404, 410, 429):
        return f"http-{status}"
    return "http-5xx" if status >= 500 else "http-4xx"


_BOT_TITLE = re.compile(
    r"^(?:just a moment|attention required|access denied|ddos-guard|are you a robot|bot verification|sicherheitsabfrage|sicherheits(?:ü|ue)berpr(?:ü|ue)fung"
    r"|request rejected|pardon our interruption|human verification|einen moment)",
    re.I,
)
_BOT_MARKS = (
    b"cf-browser-verification",
    b"cf_chl_opt",
    b"_incapsula_resource",
    b"/_sec/cp_challenge",
    b"friendlycaptcha-gate",
    b"anubis_challenge",
)
_CONSENT_TITLE = re.compile(
    r"^.{0,60}(?:cookie-einstellungen|privacy settings|consent|datenschutz-einstellungen)", re.I
)
_SOFT_404 = re.compile(
    r"seite (?:wurde )?nicht gefunden|page not found|fehler 404|404 (?:not found|-|–)|nicht (?:mehr )?verfügbar|inhalt nicht gefunden",
    re.I,
)


def of_page(body: bytes) -> str | None:
    """A wall or error page that comes with status 200, or ``None`` for a page that may be read."""
    head = body[:20_000]
    start = head.find(b"<title")
    start = start if start >= 0 else head.find(b"<TITLE")
    if start >= 0:
        begin = head.find(b">", start) + 1
        title = html.unescape(head[begin : head.find(b"<", begin)][:300].decode("utf-8", "replace")).strip()
        if _BOT_TITLE.match(title) and len(body) < 80_000:
            return "bot-wall"
        if _SOFT_404.search(title):
            return "soft-404"
        if _CONSENT_TITLE.match(title):
            return "consent-wall"
    if b"post-password-form" in body:
        return "protected"
    if len(body) < 80_000 and any(mark in head for mark in _BOT_MARKS):
        return "bot-wall"
    return None


_EMPTY_APP = re.compile(
    rb"<(?:div|main|section)[^>]*\bid\s*=\s*[\"']?(?:root|app|__next|__nuxt|q-app|application|ember-app)\b[^>]*>\s*(?:<!--.{0,200}?-->\s*)*</"
    rb"|<app-root\b[^>]*>.{0,400}?</app-root>",
    re.I | re.S,
)
_ASKS_FOR_IT = re.compile(
    rb"<noscript>.{0,300}?(?:enable javascript|javascript (?:aktivieren|einschalten|zu aktivieren)|ben(?:\xc3\xb6|oe|\xf6)tigt? javascript)",
    re.I | re.S,
)


def of_empty_page(body: bytes) -> str:
    """Why a page held no article: it is an empty frame which scripts would fill, or there simply is none."""
    return "needs-javascript" if _EMPTY_APP.search(body) or _ASKS_FOR_IT.search(body) else "no-article"
