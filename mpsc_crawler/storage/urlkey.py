"""The key under which an address is known; a storage-side name for the extraction's rule."""

from __future__ import annotations

from functools import lru_cache

from mpsc_crawler.extraction.urls import url_key


@lru_cache(maxsize=50_000)
def key_of(url: str) -> str:
    """As :func:`mpsc_crawler.extraction.urls.url_key`, remembered."""
    return url_key(url)
