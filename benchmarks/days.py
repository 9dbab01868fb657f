"""Sites on loopback whose days pass: what is new, edited, deleted or moved on which day, and a log of what was asked.

Hosts take turns in how they publish: a paged list without validators, a list with ETag, a feed, a sitemap, a list that tells
nothing of edits.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import cache

from benchmarks import server
from benchmarks.pages import article

START = datetime(2026, 6, 1, 6, tzinfo=UTC)
"""The first day; what happens, happens on the third."""
KINDS = ("paged", "etag", "feed", "sitemap", "silent")
NEW, EDITED, DELETED, MOVED = "new", 3, 5, 7
_ON_A_PAGE = 20


@dataclass(frozen=True)
class Host:
    """One site: its number, how it publishes, and how many articles it has."""

    number: int
    articles: int
    port: int

    @property
    def address(self) -> str:
        return f"127.0.0.{self.number + 1}"

    @property
    def kind(self) -> str:
        return KINDS[(self.number - 1) % len(KINDS)]

    @property
    def base(self) -> str:
        return f"http://{self.address}:{self.port}"

    def day_of(self, number: int | str) -> date:
        """When an article was published; the new one on the third day."""
        if number == NEW:
            return (START + timedelta(days=2)).date()
        return START.date() - timedelta(days=2 + 4 * int(number))

    def present(self, day: int) -> list[tuple[int | str, str, int]]:
        """The articles of a day, newest first: number, path, and which edition."""
        found: list[tuple[int | str, str, int]] = [(NEW, "/news/neu", 1)] if day >= 3 else []
        for number in range(self.articles):
            if number == DELETED and day >= 3:
                continue
            path = f"/aktuell/{number}" if number == MOVED and day >= 3 else f"/news/{number}"
            found.append((number, path, 2 if number == EDITED and day >= 3 else 1))
        return found

    def title(self, number: int | str, edition: int) -> str:
        rng = random.Random(f"{self.address}/{number}")
        words = [rng.choice(("Sensoren", "Daten", "Wärme", "Verkehr", "Bildung", "Pegel")) for _ in range(3)]
        return f"{' und '.join(words)} in Musterfeld {number}" + (", berichtigt" if edition > 1 else "")

    def page(self, number: int | str, edition: int) -> bytes:
        made = _article(self.address, 999 if number == NEW else int(number)).decode()
        day = self.day_of(number)
        title = self.title(number, 1 if self.kind == "silent" else edition)
        made = re.sub(r"<h1>.*?</h1>", f"<h1>{title}</h1>", made)
        made = re.sub(r"<title>.*?</title>", f"<title>{title} | Stadt Musterfeld</title>", made)
        made = re.sub(r'<meta property="og:title" content=".*?">', "", made)
        made = re.sub(r'<script type="application/ld\+json">.*?</script>', "", made)
        made = re.sub(r'<time datetime=".*?">.*?</time>', f'<time datetime="{day}">{day:%d.%m.%Y}</time>', made)
        if edition > 1:
            made = made.replace("<p>", "<p>Berichtigt am dritten Tag: Der Beginn hat sich verschoben. ", 2)
        return made.encode()

    def list_page(self, day: int, number: int) -> bytes:
        entries = self.present(day)
        shown = entries[(number - 1) * _ON_A_PAGE : number * _ON_A_PAGE] if self.kind == "paged" else entries
        told = "".join(
            f'<article class="teaser"><h2><a href="{path}">{self.title(n, 1 if self.kind == "silent" else edition)}</a></h2>'
            f'<p class="date"><time datetime="{self.day_of(n)}">{self.day_of(n):%d.%m.%Y}</time></p>'
            f"<p>Kurzer Anriss der Meldung {n}, damit die Liste echt aussieht.</p></article>"
            for n, path, edition in shown
        )
        more = ""
        if self.kind == "paged" and number * _ON_A_PAGE < len(entries):
            more = f'<nav class="pager"><a rel="next" href="/news/?page={number + 1}">Weiter</a></nav>'
        return f'<!DOCTYPE html><html lang="de"><head><title>Aktuelles</title></head><body><main><h1>Aktuelles</h1>{told}</main>{more}</body></html>'.encode()

    def feed(self, day: int) -> bytes:
        items = "".join(
            f"<item><title>{self.title(n, edition)}</title><link>{self.base}{path}</link>"
            f"<pubDate>{format_datetime(datetime.combine(self.day_of(n), datetime.min.time(), UTC))}</pubDate></item>"
            for n, path, edition in self.present(day)
        )
        return (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>Aktuelles</title>{items}</channel></rss>'.encode()
        )

    def sitemap(self, day: int) -> bytes:
        items = "".join(
            f"<url><loc>{self.base}{path}</loc><lastmod>{START.date() + timedelta(days=2) if edition > 1 else self.day_of(n)}</lastmod></url>"
            for n, path, edition in self.present(day)
        )
        return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</urlset>'.encode()

    def entry(self) -> tuple[str, str]:
        """Path and kind of the list, as a source file names them."""
        return {"feed": ("/feed.xml", "feed"), "sitemap": ("/sitemap.xml", "sitemap")}.get(
            self.kind, ("/news/", "list")
        )

    def answer(self, path: str, day: int) -> tuple[int, str, bytes, str]:
        """Status, type, body and location of an address on a day."""
        if path == "/robots.txt":
            return 200, "text/plain", b"User-agent: *\nDisallow: /intern/\n", ""
        if path.startswith("/news/") and path.split("?")[0] == "/news/":
            return 200, "text/html", self.list_page(day, int(path.partition("page=")[2] or 1)), ""
        if path == "/feed.xml":
            return 200, "application/rss+xml", self.feed(day), ""
        if path == "/sitemap.xml":
            return 200, "application/xml", self.sitemap(day), ""
        if path == f"/news/{MOVED}" and day >= 3:
            return 301, "text/html", b"", f"{self.base}/aktuell/{MOVED}"
        for number, known, edition in self.present(day):
            if known == path:
                return 200, "text/html", self.page(number, edition), ""
        return 404, "text/html", b"<title>404</title>", ""


@cache
def _article(address: str, number: int) -> bytes:
    return article(address, number)


class Server(server.Server):
    """As the fast server answers, with days that pass, conditional requests and a log."""

    hosts: dict[str, Host] = {}  # noqa: RUF012
    log: list[tuple[int, str, str, int, int]] = []  # noqa: RUF012
    day = 1

    def respond(self, head: bytes) -> bytes:
        lines = head.decode("latin-1").split("\r\n")
        path = lines[0].split(" ")[1]
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        address = fields.get("host", "").split(":")[0]
        if path.startswith("/_day/"):
            Server.day = int(path.rpartition("/")[2])
            return _http(200, "text/plain", b"ok")
        if path == "/_log":
            told = json.dumps(Server.log).encode()
            Server.log.clear()
            return _http(200, "application/json", told)
        host = self.hosts[address]
        status, kind, body, location = host.answer(path, Server.day)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"' if host.kind != "paged" and path != "/robots.txt" else ""
        if status == 200 and etag and fields.get("if-none-match") == etag:
            status, body = 304, b""
        Server.log.append((Server.day, address, path, status, len(body)))
        return _http(status, kind, body, etag=etag, location=location)


def _http(status: int, kind: str, body: bytes, *, etag: str = "", location: str = "") -> bytes:
    more = (f"ETag: {etag}\r\n" if etag else "") + (f"Location: {location}\r\n" if location else "")
    return (
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode()
        + body
    )


async def serve(hosts: list[Host]) -> None:
    Server.hosts = {host.address: host for host in hosts}
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Server, host.address, host.port) for host in hosts]
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    count, articles, port = (int(argument) for argument in sys.argv[1:4])
    asyncio.run(serve([Host(number, articles, port) for number in range(1, count + 1)]))
