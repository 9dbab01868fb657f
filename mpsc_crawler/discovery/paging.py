"""Where a list goes on: ``rel=next``, links that say so, numbers behind the current one, buttons that load more."""

from __future__ import annotations

import re

from mpsc_crawler.extraction.dom import El, Page
from mpsc_crawler.extraction.urls import absolute, canonical_url, site_of, url_key

_NEXT_TEXT = re.compile(
    r"^(?:nächste(?: seite)?|weiter|vor|vorwärts|next(?: page)?|ältere (?:beiträge|einträge|meldungen|artikel)|older (?:posts|entries)|nächste einträge|›|»|>|>>|→|weitere (?:meldungen|beiträge|einträge) laden)\s*[›»>→]*$",
    re.I,
)
_LOAD_MORE = re.compile(
    r"mehr (?:laden|anzeigen|beiträge|meldungen|news)|weitere .{0,20}(?:laden|anzeigen)|load more", re.I
)
PAGER = re.compile(
    r"pag(?:er|ination|inat|ing)|page-?(?:nav|numbers?|browser|links)|seitenzahl|seitennavi|blaettern|blätter|nav-links|wp-pagenavi|load-?more|f3-widget-paginator",
    re.I,
)
_CURRENT = re.compile(r"(?:^|[\s_-])(?:current|active|aktiv|selected|is-active)(?:$|[\s_-])")
_ENDPOINTS = (
    "data-url",
    "data-href",
    "data-next",
    "data-next-url",
    "data-endpoint",
    "data-ajax-url",
    "data-load-more",
    "data-src",
)


def next_pages(order: list[El], page: Page, url: str) -> list[str]:
    """The next page: ``rel=next``, a link that says so, the number behind the current one, or a button's endpoint."""
    own = url_key(canonical_url(url))

    def usable(href: str) -> str | None:
        address = absolute(page.base, href)
        return (
            address if address and site_of(address) == site_of(url) and url_key(canonical_url(address)) != own else None
        )

    for link in page.links:
        if (link.get("rel") or "").lower() == "next" and (address := usable(link.get("href") or "")):
            return [address]
    pagers = [el for el in order if el.names and PAGER.search(el.names)] + [
        el for el in order if "blätter" in el.get("aria-label").lower() or "seiten" in el.get("aria-label").lower()
    ]
    anchors = [el for pager in pagers for el in pager.elements() if el.tag == "a" and el.get("href")]
    for el in anchors:
        label = f"{el.get('aria-label')} {el.get('title')}".strip()
        says_next = (
            "next" in el.get("rel")
            or _NEXT_TEXT.match(el.text())
            or re.search(r"nächste|next|weiter", label, re.I)
            or re.search(r"(?:^|[\s_-])(?:next|naechste|weiter)(?:$|[\s_-])", el.names)
        )
        if says_next and (address := usable(el.get("href"))):
            return [address]
    for pager in pagers:
        current = next(
            (
                el
                for el in pager.elements()
                if el is not pager
                and el.text().isdigit()
                and ("aria-current" in el.attrs or _CURRENT.search(el.names) or el.tag in ("strong", "em", "b"))
            ),
            None,
        )
        if current is None:
            continue
        wanted = str(int(current.text()[:6]) + 1)
        for el in pager.elements():
            if el.tag == "a" and el.text().strip() == wanted and (address := usable(el.get("href"))):
                return [address]
    for el in order:
        if el.tag in ("a", "button", "div", "span") and 0 < el.size <= 60:
            if (
                el.tag == "a"
                and not el.noise
                and _NEXT_TEXT.match(el.text())
                and len(el.text()) > 3
                and (address := usable(el.get("href")))
            ):
                return [address]
            if _LOAD_MORE.search(el.text()):
                endpoint = next(
                    (el.get(name) for name in _ENDPOINTS if el.get(name)), el.get("href") if el.tag == "a" else ""
                )
                if endpoint and (address := usable(endpoint)):
                    return [address]
    return []
