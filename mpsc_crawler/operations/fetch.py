"""A plain, polite fetch for checking single addresses outside a crawl."""

from __future__ import annotations

import gzip
import ssl
import urllib.error
import urllib.request
import zlib
from datetime import UTC, datetime

from mpsc_crawler.items import Exchange


class FetchError(RuntimeError):
    """The address could not be fetched; ``failure`` is a class of ``operations.failures``."""

    def __init__(self, failure: str, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure


def fetch(url: str, agent: str, timeout: float, max_bytes: int) -> Exchange:
    """Fetch one address over http or https, certificates verified; error statuses are answers too.

    :raises FetchError: nothing was answered, or too much.
    """
    if not url.startswith(("http://", "https://")):
        raise FetchError("content-type", f"not a web address: {url}")
    headers = {
        "User-Agent": agent,
        "Accept": "text/html,application/xml;q=0.9,*/*;q=0.5",
        "Accept-Language": "de",
        "Accept-Encoding": "gzip",
    }
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the scheme was checked
    try:
        try:
            answer = urllib.request.urlopen(request, timeout=timeout)  # noqa: S310
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            body = answer.read(max_bytes + 1)
            received = tuple(answer.headers.items())
            final, status = answer.geturl(), int(answer.status or 0)
    except urllib.error.URLError as error:
        raise FetchError(_class(error.reason), str(error.reason)) from error
    except (OSError, ValueError) as error:
        raise FetchError(_class(error), str(error)) from error
    if len(body) > max_bytes:
        raise FetchError("too-large", f"more than {max_bytes} bytes")
    if dict(received).get("Content-Encoding", "").lower() == "gzip":
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError, zlib.error) as error:
            raise FetchError("encoding", str(error)) from error
    return Exchange(final, status, received, body, datetime.now(UTC))


def _class(reason: object) -> str:
    text = str(reason).lower()
    if isinstance(reason, ssl.SSLError) or "certificate" in text:
        return "tls"
    if isinstance(reason, TimeoutError) or "timed out" in text:
        return "timeout"
    if "name or service" in text or "name resolution" in text or "no address" in text or "nodename" in text:
        return "dns"
    if "refused" in text or "unreachable" in text or "no route" in text:
        return "connect"
    return "network"
