"""Sites that misbehave, each in its own way, with the class that its failure is to be told in."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import brotli

from tests.conftest import unavailable
from tests.crawl import loopback as lb

LIST = lb.listing("/news/1")
PAGE = lb.article("Sensoren im Viertel 1")
STALL = 60.0


@dataclass(frozen=True)
class Fault:
    """A site: its routes, how its list is named in the source file, the class of its failure, and how many articles it has.

    ``failure`` is ``None`` for what is odd, but can be read.
    """

    routes: dict[str, lb.Handler]
    failure: str | None
    articles: int = 0
    kind: str = "list"
    path: str = "/news"
    more: dict[str, str] = field(default_factory=dict)


def raw(*pieces: bytes, pause: float = 0.0, reset: bool = False) -> lb.Handler:
    """Bytes as they are, then the connection ends: in good order, or by a reset."""

    def send(request: lb.Request) -> None:
        request.close_connection = True
        try:
            for piece in pieces:
                request.wfile.write(piece)
                request.wfile.flush()
                if pause:
                    time.sleep(pause)
            if reset:
                request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                request.connection.close()
        except OSError:
            pass  # the crawler hung up, as it should

    return send


def head(status: str = "200 OK", **fields: str) -> bytes:
    told = {"Content-Type": "text/html; charset=utf-8"} | {
        name.replace("_", "-"): value for name, value in fields.items()
    }
    return (
        f"HTTP/1.1 {status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told.items()) + "\r\n"
    ).encode()


def stalling(before: bytes = b"") -> lb.Handler:
    def send(request: lb.Request) -> None:
        raw(before)(request)
        time.sleep(STALL)

    return send


def dripping(request: lb.Request) -> None:
    """A byte a second: never silent for long, never done."""
    raw(head(Content_Length="500"), *[b"x"] * int(STALL), pause=1.0)(request)


def headers_without_end(request: lb.Request) -> None:
    line = b"X-A: " + b"b" * 1000 + b"\r\n"
    raw(b"HTTP/1.1 200 OK\r\n", *[line * 1000] * 500)(request)


def packed(body: bytes, encoding: str) -> lb.Handler:
    return lambda request: request.answer(body, Content_Encoding=encoding)


def counting(answer: Callable[[lb.Request, int], None]) -> lb.Handler:
    """Answers by how often it was asked."""
    asked = [0]

    def send(request: lb.Request) -> None:
        asked[0] += 1
        answer(request, asked[0])

    return send


def redirect(address: str, status: int = 302, **headers: str) -> lb.Handler:
    return lambda request: request.answer(b"", status=status, Location=address, **headers)


def paging(request: lb.Request) -> None:
    """A list whose every page leads to a next one, with entries of its own."""
    number = int(request.path.partition("?p=")[2] or "1")
    more = f'<div class="pager"><a rel="next" href="/news?p={number + 1}">Weiter</a></div>'
    request.answer(lb.listing(f"/meldung-{number}", more=more))


def with_list(article: lb.Handler, **more: lb.Handler) -> dict[str, lb.Handler]:
    return {"/news": lb.page(LIST), "/news/1": article} | {name: handler for name, handler in more.items()}


def sitemap(*addresses: str, index: bool = False, top: str = "") -> bytes:
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    told = "".join(f"<{inner}><loc>{address}</loc></{inner}>" for address in addresses)
    return f'<?xml version="1.0"?>{top}<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{told}</{outer}>'.encode()


def own(make: Callable[[str], bytes], kind: str = "application/xml") -> lb.Handler:
    """A body that names addresses of the site itself."""
    return lambda request: request.answer(make(request.server.base), kind)


_LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a0 'haha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)) + "]>"
)
_PASSWD = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_ZEROS = b"\0" * (80 * 1024 * 1024)
_BOMB = gzip.compress(LIST + _ZEROS)
_WALL = b"<html><head><title>Just a moment...</title></head><body>" + b"x" * 100 + b"</body></html>"
_LOGIN = b"<html><head><title>Geschuetzt</title></head><body><form class='post-password-form'></form></body></html>"
_SCRIPTS = (
    b"<html><head><title>App</title></head><body><div id='root'></div><script src='/a.js'></script></body></html>"
)
_CONSENT = (
    b"<html><head><title>Cookie-Einstellungen</title></head><body><main><p>Bitte entscheiden.</p></main></body></html>"
)
_RSS = b"<?xml version='1.0'?><rss version='2.0'><channel><title>x</title><item><title>Sensoren</title><link>/news/1</link></item>"
_NESTED = (
    b"<html><body><main><h1>Tief</h1>" + b"<div>" * 60_000 + b"Text" + b"</div>" * 60_000 + b"</main></body></html>"
)
_MANY = lb.listing(*(f"/meldung/{n}" for n in range(20_000)))
_ODD_LINKS = b"".join(
    f'<article><h2><a href="{link}">Eine Meldung mit sonderbarer Adresse {n}</a></h2><p>Ein Anriss, der lang genug ist.</p></article>'.encode()
    for n, link in enumerate(
        ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://stadt.example/x", "mailto:a@b.example",
         "http://[::1", "//", "http://user:pw@/x", "/news/1"))
)  # fmt: skip

FAULTS: dict[str, Fault] = {
    # what the server says
    "status500": Fault({"/news": lb.status(500)}, "http-5xx"),
    "status404": Fault({"/news": lb.status(404)}, "http-404"),
    "status410": Fault({"/news": lb.status(410)}, "http-410"),
    "status403": Fault({"/news": lb.status(403)}, "http-403"),
    "status418": Fault({"/news": lb.status(418)}, "http-4xx"),
    "status429": Fault({"/news": lambda r: r.answer(b"", status=429, Retry_After="3600")}, "http-429"),
    "status503": Fault({"/news": lambda r: r.answer(b"", status=503, Retry_After="3600")}, "http-5xx"),
    "status600": Fault({"/news": raw(head("600 Weird"), LIST)}, "http-5xx"),
    # where it leads
    "loop": Fault({"/news": redirect("/news2"), "/news2": redirect("/news")}, "redirect-loop"),
    "chase": Fault({"*": counting(lambda r, n: r.answer(b"", status=302, Location=f"/news-{n}"))}, "redirect-loop"),
    "cookies": Fault({"/news": redirect("/news", Set_Cookie="seen=1")}, "redirect-loop"),
    "inside": Fault({"/news": redirect("http://10.0.0.1/news")}, "local-address"),
    "metadata": Fault({"/news": redirect("http://169.254.169.254/latest/meta-data/")}, "local-address"),
    "localfile": Fault({"/news": redirect("file:///etc/passwd")}, "redirect-elsewhere"),
    "nowhere": Fault({"/news": redirect("http://does-not-exist.invalid/news")}, "dns"),
    # how it is packed
    "gziptruncated": Fault({"/news": lb.truncated_gzip}, "truncated"),
    "gzipnonsense": Fault({"/news": packed(b"\x1f\x8b\x08\x00 no gzip at all", "gzip")}, "encoding"),
    "deflatenonsense": Fault({"/news": packed(b"nothing of the kind", "deflate")}, "encoding"),
    "brotlinonsense": Fault({"/news": packed(b"\xff\xff\xff\xff nonsense", "br")}, "encoding"),
    "gzipbomb": Fault({"/news": packed(_BOMB, "gzip")}, "too-large"),
    "deflatebomb": Fault({"/news": packed(zlib.compress(_ZEROS), "deflate")}, "too-large"),
    "brotlibomb": Fault({"/news": packed(brotli.compress(_ZEROS, quality=1), "br")}, "too-large"),
    "strangeencoding": Fault({"/news": packed(LIST, "x-rot13"), "/news/1": lb.page(PAGE)}, None, 1),
    # how much, how slow
    "endless": Fault(with_list(lb.endless(50)), "too-large"),
    "claimslots": Fault(with_list(raw(head(Content_Length="90000000"), b"<h1>x</h1>")), "too-large"),
    "stallshead": Fault({"/news": stalling()}, "timeout"),
    "stallsbody": Fault({"/news": stalling(head(Content_Length="900") + b"<html>")}, "timeout"),
    "drips": Fault({"/news": dripping}, "timeout"),
    "toomanyheaders": Fault({"/news": raw(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200_000 + b"\r\n", LIST)}, "network"),
    "headersendless": Fault({"/news": headers_without_end}, "network"),
    "longheader": Fault({"/news": raw(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 2_000_000 + b"\r\n\r\n", LIST)}, "network"),
    # how the connection ends
    "hangsup": Fault({"/news": raw()}, "network"),
    "resets": Fault({"/news": raw(head(Content_Length="900") + b"<html>", reset=True)}, "truncated"),
    "resetsatonce": Fault({"/news": raw(reset=True)}, "network"),
    "tooshort": Fault({"/news": raw(head(Content_Length="90000"), LIST)}, "truncated"),
    "chunkscut": Fault({"/news": raw(head(Transfer_Encoding="chunked"), b"5\r\n<html\r\n")}, "truncated"),
    "chunksnonsense": Fault({"/news": raw(head(Transfer_Encoding="chunked"), b"zz\r\nnonsense\r\n")}, "truncated"),
    "nohttp": Fault({"/news": raw(b"SSH-2.0-OpenSSH_9.2\r\n")}, "network"),
    "oldhttp": Fault({"/news": raw(LIST)}, "network"),
    "badlength": Fault({"/news": raw(head(Content_Length="-5"), LIST)}, "network"),
    # what it holds
    "wall": Fault({"/news": lb.page(_WALL)}, "not-a-list"),
    "wallinside": Fault(with_list(lb.page(_WALL)), "bot-wall"),
    "consent": Fault(with_list(lb.page(_CONSENT)), "consent-wall"),
    "login": Fault(with_list(lb.page(_LOGIN)), "protected"),
    "soft404": Fault(with_list(lb.page(b"<html><title>Seite nicht gefunden</title><p>x</p></html>")), "soft-404"),
    "scripts": Fault(with_list(lb.page(_SCRIPTS)), "needs-javascript"),
    "empty": Fault(with_list(lb.page(b"")), "no-article"),
    "nolinks": Fault({"/news": lb.page(b"<html><body><main><h1>Nichts hier</h1></main></body></html>")}, "no-links"),
    "picture": Fault({"/news": lb.page(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, kind="image/png")}, "not-a-list"),
    "pdf": Fault(with_list(lb.page(b"%PDF-1.4", kind="application/pdf")), "content-type"),
    "nested": Fault(with_list(lb.page(_NESTED)), "no-article"),
    "nulls": Fault(with_list(lb.page(PAGE.replace(b"Stadtwerken", b"Stadt\0werken"))), None, 1),
    "badutf8": Fault(with_list(lb.page(PAGE.replace(b"Viertel", b"Viertel \xff\xfe\x80"))), None, 1),
    "wrongcharset": Fault(
        with_list(lb.page(lb.article("Größe und Straße").decode().replace('<meta charset="utf-8">', "").encode("cp1252"))), None, 1
    ),
    "oddlinks": Fault({"/news": lb.page(b"<main><h1>Aktuelles</h1>" + _ODD_LINKS + b"</main>"), "/news/1": lb.page(PAGE)}, None, 1),
    # lists without an end
    "pages": Fault({"/news": paging, "*": lb.page(PAGE)}, None, 4),
    "calendar": Fault({"/news": lb.calendar, "/kalender": lb.calendar, "/termin": lb.page(lb.article("Termin im Rathaus"))}, None, 12),
    "manylinks": Fault({"/news": lb.page(_MANY), "*": lb.page(PAGE)}, None, 50),
    # feeds and sitemaps
    "feedispage": Fault({"/news": lb.page(LIST)}, "not-a-list", kind="feed"),
    "feedcut": Fault({"/news": lb.page(_RSS, kind="application/rss+xml"), "/news/1": lb.page(PAGE)}, None, 1, "feed"),
    "feednojson": Fault({"/news": lb.page(b"{" * 5000, kind="application/json")}, "not-a-list", kind="feed"),
    "laughs": Fault({"/news": lb.page(sitemap("&a11;", top=_LAUGHS), kind="application/xml")}, "no-links", kind="sitemap"),
    "passwd": Fault({"/news": lb.page(sitemap("&x;", top=_PASSWD), kind="application/xml")}, "no-links", kind="sitemap"),
    "mapofmaps": Fault({"/news": own(lambda base: sitemap(f"{base}/news", index=True))}, "no-links", kind="sitemap"),
    "manymaps": Fault(
        {"/news": own(lambda base: sitemap(*(f"{base}/map-{n}.xml" for n in range(3000)), index=True)), "*": lb.status(404)},
        "http-404", kind="sitemap",
    ),
    "mapgzipped": Fault({"/news": lb.page(gzip.compress(sitemap() + _ZEROS), kind="application/gzip")}, "no-links", kind="sitemap"),
    "wordpresserror": Fault({"*": lb.page(json.dumps({"code": "rest_forbidden"}).encode(), kind="application/json")}, "not-a-list", kind="wordpress"),
    # robots.txt
    "robotsforbids": Fault({"/robots.txt": lb.page(b"User-agent: *\nDisallow: /", kind="text/plain"), "/news": lb.page(LIST)}, "robots"),
    "robotserror": Fault({"/robots.txt": lb.status(503), "/news": lb.page(LIST)}, "robots-unreachable"),
    "robotsnonsense": Fault({"/robots.txt": lb.page(bytes(range(256)) * 50, kind="text/plain")} | with_list(lb.page(PAGE)), None, 1),
    "robotsloop": Fault({"/robots.txt": redirect("/robots.txt")} | with_list(lb.page(PAGE)), None, 1),
    "robotslarge": Fault({"/robots.txt": lb.endless(20)} | with_list(lb.page(PAGE)), "too-large"),
    "robotshangs": Fault({"/robots.txt": stalling()} | with_list(lb.page(PAGE)), "timeout"),
    "robotsresets": Fault({"/robots.txt": raw(reset=True)} | with_list(lb.page(PAGE)), "network"),
    "reserveshangs": Fault({"/.well-known/tdmrep.json": stalling()} | with_list(lb.page(PAGE)), None, 1),
}  # fmt: skip


@contextmanager
def encrypted(folder: Path, host: str) -> Iterator[int]:
    """A server whose certificate nobody has signed; gives its port."""
    if shutil.which("openssl") is None:
        unavailable("openssl is not installed, which makes the certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=IP:{host}"]
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-keyout",
        str(key),
        "-out",
        str(certificate),
    ]
    subprocess.run([*made, *subject], check=True, capture_output=True)
    site = lb.Site(host, lb.healthy(2))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    threading.Thread(target=site.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield site.server_address[1]
    finally:
        site.shutdown()
        site.server_close()
