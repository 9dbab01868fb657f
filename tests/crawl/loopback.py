"""Small sites on loopback that behave well or badly, each on an address of its own; counts what was asked."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Handler = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """One request; ``self.server`` is the site."""

    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        self.server.log.append((time.monotonic(), self.path, self.headers.get("User-Agent", "")))
        route = self.server.routes.get(self.path.split("?")[0]) or self.server.routes.get("*")
        if self.path == "/robots.txt" and "/robots.txt" not in self.server.routes:
            self.answer(b"User-agent: *\nDisallow: /intern/\n", "text/plain")
        elif route is None:
            self.answer(b"<title>404</title>", status=404)
        else:
            route(self)

    def answer(self, body: bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


class Site(ThreadingHTTPServer):
    """A site with its routes and its log of (moment, path, user agent)."""

    daemon_threads = True

    def __init__(self, host: str, routes: dict[str, Handler]) -> None:
        super().__init__((host, 0), Request)
        self.routes = routes
        self.log: list[tuple[float, str, str]] = []
        self.base = f"http://{host}:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error of the site."""


@contextmanager
def serving_at(host: str, routes: dict[str, Handler]) -> Iterator[Site]:
    """Serve a site on this address."""
    site = Site(host, routes)
    threading.Thread(target=site.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()


@contextmanager
def serving(**sites: dict[str, Handler]) -> Iterator[dict[str, Site]]:
    """Serve each site on an address of its own; names are keys."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(serving_at(f"127.0.1.{number}", routes))
            for number, (name, routes) in enumerate(sites.items(), 1)
        }


TEXT = (
    "Die Stadt hat gemeinsam mit den Stadtwerken weitere Sensoren aufgehängt, die Temperatur und Feuchte messen. " * 4
)


def article(title: str, day: str = "12.03.2025", text: str = TEXT) -> bytes:
    return f'<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>{title}</title></head><body><main><article><h1>{title}</h1><p class="date">{day}</p><p>{text}</p></article></main></body></html>'.encode()


def listing(*paths: str, more: str = "") -> bytes:
    entries = "".join(
        f'<article><h2><a href="{path}">Meldung unter der Adresse {path}</a></h2><p>Ein Anriss zur Meldung, der lang genug ist.</p></article>'
        for path in paths
    )
    return f'<!DOCTYPE html><html lang="de"><head><title>Aktuelles</title></head><body><main><h1>Aktuelles</h1>{entries}</main>{more}</body></html>'.encode()


def page(body: bytes, **options: str) -> Handler:
    return lambda request: request.answer(body, **options)  # type: ignore[arg-type]


def status(code: int) -> Handler:
    return lambda request: request.answer(b"<title>Fehler</title>", status=code)


def redirect(path: str) -> Handler:
    return lambda request: request.answer(b"", status=302, Location=path)


def healthy(number: int = 5) -> dict[str, Handler]:
    """A site with a list and so many articles."""
    routes: dict[str, Handler] = {"/news": page(listing(*(f"/news/{n}" for n in range(number))))}
    routes |= {f"/news/{n}": page(article(f"Sensoren im Viertel {n}")) for n in range(number)}
    return routes


def truncated_gzip(request: Request) -> None:
    body = gzip.compress(listing("/news/1") * 50)[:200]
    request.answer(body, Content_Encoding="gzip")


def endless(size: int) -> Handler:
    """An answer of that many megabytes."""

    def send(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Connection", "close")
        request.end_headers()
        request.close_connection = True
        try:
            for _ in range(size):
                request.wfile.write(b"<p>" + b"x" * (1024 * 1024 - 7) + b"</p>")
        except (BrokenPipeError, ConnectionResetError):
            pass  # the crawler hung up, as it should

    return send


def calendar(request: Request) -> None:
    """An endless calendar: every month leads to the next, each with links of its own."""
    query = request.path.split("?", 1)[1] if "?" in request.path else "m=1"
    month = int(query.split("=")[1])
    more = f'<div class="pager"><a rel="next" class="next" href="/kalender?m={month + 1}">Nächster Monat</a></div>'
    request.answer(listing(*(f"/termin?m={month}&t={t}" for t in range(3)), more=more))
