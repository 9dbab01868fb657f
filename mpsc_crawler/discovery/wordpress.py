"""The WordPress REST API (``/wp-json/wp/v2/posts``): published posts with exact dates, page by page."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from mpsc_crawler.discovery import Listing, NotAList
from mpsc_crawler.extraction.dom import parse_fragment
from mpsc_crawler.extraction.machine_dates import machine_date, of_moment
from mpsc_crawler.extraction.urls import absolute, site_of
from mpsc_crawler.items import ArticleLink, DateValue

PER_PAGE = 50


def first_page(url: str) -> str:
    """The first request of a REST address: at most 50 posts, newest first, only the fields that are needed."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    query.setdefault("per_page", str(PER_PAGE))
    query.setdefault("page", "1")
    query.setdefault("_fields", "id,link,date,date_gmt,modified_gmt,title,excerpt,content.protected,status,type")
    return urlunsplit(parts._replace(query=urlencode(query, safe=",")))


def _moment(post: dict[str, object], name: str) -> DateValue | None:
    gmt, local = str(post.get(f"{name}_gmt") or ""), str(post.get(name) or "")
    if gmt and not gmt.startswith("0000"):
        try:
            return of_moment(datetime.fromisoformat(gmt).replace(tzinfo=UTC), gmt, "wordpress.rest", 0.97)
        except ValueError:
            return None
    return machine_date(local, "wordpress.rest", 0.95) if local else None


def read_posts(body: bytes, url: str, total_pages: int | None = None) -> Listing:
    """Read one page of posts.

    :param total_pages: the ``X-WP-TotalPages`` header, if the server sent it; without it a full page asks for one more.
    :raises NotAList: the answer is no list of posts.
    """
    try:
        data = json.loads(body)
    except ValueError as error:
        raise NotAList(f"{url} is no readable JSON: {error}") from error
    if isinstance(data, dict) and data.get("code") == "rest_post_invalid_page_number":
        return Listing("wordpress.rest")
    if not isinstance(data, list):
        reason = data.get("message") if isinstance(data, dict) else "unexpected answer"
        raise NotAList(f"{url} is no list of posts: {reason}")
    listing = Listing("wordpress.rest")
    for post in data:
        if not isinstance(post, dict) or post.get("status", "publish") != "publish":
            continue
        content = post.get("content")
        if isinstance(content, dict) and content.get("protected"):
            continue
        address = absolute(url, str(post.get("link") or ""))
        if address is None:
            continue
        listing.links.append(
            ArticleLink(
                url=address,
                rule="wordpress.rest",
                found_in=url,
                headline=_rendered(post.get("title")),
                teaser=_rendered(post.get("excerpt")),
                published=_moment(post, "date"),
                modified=_moment(post, "modified"),
                platform_id=f"{site_of(address)}#wordpress:{post.get('id')}" if post.get("id") else None,
            )
        )
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    page = int(query["page"]) if re.fullmatch(r"[0-9]{1,9}", query.get("page", "")) else 1
    full = len(data) >= int(query.get("per_page", "10") or 10)
    if (total_pages is not None and page < total_pages) or (total_pages is None and full and data):
        query["page"] = str(page + 1)
        listing.more = [urlunsplit(parts._replace(query=urlencode(query, safe=",")))]
    return listing


def _rendered(value: object) -> str | None:
    markup = value.get("rendered") if isinstance(value, dict) else None
    return parse_fragment(str(markup), "").body.text() or None if markup else None
