"""A server cannot fill our memory with headers: an answer whose head is larger than a quarter of a megabyte is broken off.

Twisted bounds a header's length, and neither how many there are nor how long they go on; Scrapy's parser of answers is
Twisted's, forgiving lines without a colon.
"""

from __future__ import annotations

from scrapy.core.downloader.handlers import http11
from twisted.web._newclient import ParseError

LARGEST_HEAD = 256 * 1024


class BoundedParser(http11._LenientHTTPClientParser):
    """Scrapy's parser of answers, with a bound for the head."""

    _taken = 0

    def lineReceived(self, line: bytes) -> None:
        """A line of the head."""
        self._taken += len(line)
        if self._taken > LARGEST_HEAD:
            raise ParseError("the head of the answer is too large", line[:100])  # type: ignore[no-untyped-call]
        super().lineReceived(line)


def bound_heads() -> None:
    """Have every answer of this process read with the bound; the tests see it at work."""
    http11._LenientHTTPClientParser = BoundedParser  # type: ignore[misc]
