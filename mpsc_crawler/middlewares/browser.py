"""Renders pages that only scripts fill, with Chromium through scrapy-playwright: for the sources that ask for it."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from scrapy.settings import BaseSettings

from mpsc_crawler.middlewares.local import allowed_hosts, is_public
from mpsc_crawler.settings import Settings, SettingsError
from mpsc_crawler.sources.model import Source

HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
_LONGEST_REST = 10.0
_SCHEMES = frozenset(("http", "https", "data", "blob", "about"))
_NOT_NEEDED = frozenset(("image", "media", "font"))


class Refusals:
    """What the browser is not to load: pictures, films and fonts hold no text, and the local network is none of a site's affair.

    A name is judged by what it leads to a moment before the browser asks for it. Playwright shows the first address of a chain of
    redirects only, and no WebSockets: what comes later gets past this, which is why only trusted sites should be rendered.

    :param allowed: hosts that sources name themselves as being on the local network.
    """

    def __init__(self, allowed: frozenset[str]) -> None:
        self.allowed = allowed
        self._public: dict[str, bool] = {}

    async def __call__(self, request: Any) -> bool:  # noqa: ANN401 - Playwright's request
        """Whether a request of the browser is broken off."""
        parts = urlsplit(request.url)
        if request.resource_type in _NOT_NEEDED or parts.scheme not in _SCHEMES:
            return True
        host = parts.hostname or ""
        return parts.scheme in ("http", "https") and not await self._may_be_asked(host)

    async def _may_be_asked(self, host: str) -> bool:
        if host in self.allowed:
            return True
        if host not in self._public:
            try:
                told = await asyncio.get_running_loop().getaddrinfo(host, None)
            except OSError:
                return True  # the browser tells that there is no such name
            addresses = {str(address[0]).partition("%")[0] for *_, address in told}
            self._public[host] = all(is_public(address) for address in addresses)
        return self._public[host]


async def settle(page: Any, milliseconds: float) -> None:  # noqa: ANN401 - Playwright's page
    """Wait until the page's own requests have come to rest; one that never rests is read as it is by then."""
    from playwright.async_api import TimeoutError as NeverResting

    with suppress(NeverResting):
        await page.wait_for_load_state("networkidle", timeout=milliseconds)


def request_meta(given: Settings) -> dict[str, Any]:
    """What a request carries to be rendered: the page is read when its own requests have come to rest."""
    from scrapy_playwright.page import PageMethod

    return {
        "playwright": True,
        "playwright_page_goto_kwargs": {"wait_until": "load", "timeout": 1000 * given.timeout},
        "playwright_page_methods": [PageMethod(settle, 1000 * min(_LONGEST_REST, given.timeout))],
    }


def enable(settings: BaseSettings, given: Settings, sources: list[Source]) -> None:
    """Let Scrapy answer marked requests with a browser.

    :param sources: those that ask for it.
    :raises SettingsError: the extra is not installed, or no Chromium is found.
    """
    named = ", ".join(source.slug for source in sources[:5])
    if importlib.util.find_spec("scrapy_playwright") is None:
        raise SettingsError(
            f"{named}: render = true needs a browser: pip install 'mpsc-crawler[browser]', and Chromium"
            " (apt install chromium, or playwright install chromium)"
        )
    executable = given.chromium or next(filter(None, map(shutil.which, _NAMES)), "")
    if given.chromium and shutil.which(given.chromium) is None:
        raise SettingsError(f"MPSC_CHROMIUM: {given.chromium} is no program that can be run")
    launch: dict[str, Any] = {"headless": True, "args": list(_ARGUMENTS)}
    if executable:
        launch["executable_path"] = executable
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        launch["args"].append("--no-sandbox")  # Chromium refuses to run as root with it
    handlers = dict(settings.getdict("DOWNLOAD_HANDLERS")) | {"http": HANDLER, "https": HANDLER}
    for name, value in {
        "DOWNLOAD_HANDLERS": handlers,
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch,
        "PLAYWRIGHT_ABORT_REQUEST": Refusals(allowed_hosts(sources)),
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 4,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 1000 * given.timeout,
    }.items():
        settings.set(name, value, priority="spider")
