"""What address is this really? Canonical URLs, and the key by which two addresses are the same page."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "hsa_", "matomo_", "piwik_", "wt_", "mc_")
_TRACKING = frozenset(
    "fbclid gclid dclid msclkid yclid igshid chash jsessionid phpsessid sessionid sid _font_size sds et_blog no_cache"
    " modus bprint print druck drucken tmpl hslang ref_src _ga _gl cn-reloaded".split()
)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.I)
_QUERY_IDENTITY = re.compile(r"(?:^|&)(FID=\d+\.\d+\.\d+)")


_SAFE = re.compile(r"[A-Za-z0-9._~/?&=:+,;@!$*()-]+")  # no sign that would have to be written otherwise


@lru_cache(maxsize=4096)
def canonical_url(url: str, *, keep_fragment: bool = False) -> str:
    """The address as it should be stored.

    Scheme and host in lower case, no default port, no trailing dot, no ``index.php/`` before a path, no session or
    tracking parameters; parameters that may carry identity stay, in their order. Unparseable input comes back as is.
    """
    try:
        url = url.strip()
        parts = urlsplit(url if _SAFE.fullmatch(url) else safe_url_string(url))
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").rstrip(".").lower()
    if not host:
        return url
    if any(ord(char) > 127 for char in host):
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return url
    scheme = parts.scheme.lower()
    if port and not (scheme == "http" and port == 80) and not (scheme == "https" and port == 443):
        host = f"{host}:{port}"
    path = _SESSION_PATH.sub("", parts.path) or "/"
    if "/index.php/" in path and path.rstrip("/") != "/index.php":
        path = path.replace("/index.php/", "/", 1)
    query = parts.query
    if query:
        pairs = parse_qsl(query, keep_blank_values=True)
        kept = [(k, v) for k, v in pairs if k.lower() not in _TRACKING and not k.lower().startswith(_TRACKING_PREFIXES)]
        if len(kept) != len(pairs):
            query = urlencode(kept, quote_via=quote, safe="/:,[]|")
    return urlunsplit((scheme, host, path, query, parts.fragment if keep_fragment else ""))


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def url_key(url: str) -> str:
    """A key that is equal for addresses of the same page: no scheme, no ``www.``, no closing slash."""
    parts = urlsplit(canonical_url(url, keep_fragment=True))
    host = parts.netloc.removeprefix("www.")
    ident = _QUERY_IDENTITY.search(parts.query)
    if ident is not None:
        return f"{host}?{ident.group(1)}"
    path = unquote(parts.path).rstrip("/") or "/"
    if not path.isprintable():
        path = _CONTROL.sub(lambda sign: quote(sign.group()), path)
    key = f"{host}{path}"
    if parts.query:
        key += f"?{parts.query}"
    if parts.fragment:
        key += f"#{parts.fragment}"
    return key


@lru_cache(maxsize=4096)
def site_of(url: str) -> str:
    """The host without ``www.``, in lower case."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return ""


_NO_PAGE = ("#", "javascript:", "mailto:", "tel:", "data:", "fax:", "whatsapp:", "sms:")
_PLAIN = re.compile(r"[!-~\u00a1-\ufffd]*", re.S)  # no white space or control characters, that URLs may not hold


@lru_cache(maxsize=256)
def _origin(base: str) -> str:
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.hostname else ""


def absolute(base: str, href: str) -> str | None:
    """``href`` resolved against ``base``; ``None`` for what is no web page (mailto, javascript, broken)."""
    href = href.strip()
    if not href or href.startswith(_NO_PAGE):
        return None
    try:
        if (
            href[0] == "/"
            and href[1:2] != "/"
            and "/." not in href
            and href[-1] not in "#?;"
            and _PLAIN.fullmatch(href) is not None
        ):
            origin = _origin(base)  # the commonest kind, without the general rules' cost
            if origin:
                return origin + href
        url = urljoin(base, href)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None
