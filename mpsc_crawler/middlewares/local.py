"""A crawled site cannot make us ask addresses of the local network, by a redirect, a link or its DNS.

What a host name leads to is judged where it is resolved for the connection itself, so that a name cannot lead elsewhere a
moment later. A source may say that its hosts are on the local network: by an IP address in its file, or by ``local``.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import Request, Spider, signals
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from mpsc_crawler.extensions.context import context_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from scrapy.crawler import Crawler

    from mpsc_crawler.sources.model import Source

# an IPv4 address in the last 32 bits: RFC 6052, RFC 2765, RFC 4291 (section 2.5.5.1)
_TRANSLATED = tuple(map(IPv6Network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))
_LOCAL_TRANSLATION = IPv6Network("64:ff9b:1::/48")  # RFC 8215


class LocalAddressError(IgnoreRequest):
    """The host is on a local network, and no source says that it may be asked."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network (IANA's registries of special-purpose addresses).

    :param address: in any form that :mod:`ipaddress` reads; IPv4 inside IPv6 is judged as IPv4.
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and any(found in network for network in _TRANSLATED):
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if found.is_site_local or found in _LOCAL_TRANSLATION:
            return False
    return found.is_global and not found.is_multicast


def allowed_hosts(sources: Iterable[Source]) -> frozenset[str]:
    """The hosts of which the sources themselves say that they are on the local network."""
    return frozenset(
        host
        for source in sources
        for address in source.addresses
        if (host := urlsplit(address.url).hostname or "") and (source.local or _is_address(host))
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Hands on what is resolved, but for addresses of the local network."""

    def __init__(self, receiver: Any, host: str, refused: dict[str, str]) -> None:  # noqa: ANN401 - zope's interface
        self.receiver, self.host, self.refused = receiver, host, refused

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: ANN401 - Twisted's names
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: ANN401
        if is_public(address.host):
            self.receiver.addressResolved(address)
        else:
            self.refused[self.host] = address.host

    def resolutionComplete(self) -> None:
        self.receiver.resolutionComplete()


@implementer(IHostnameResolver)
class PublicResolver:
    """Resolves as the resolver behind it does; addresses of the local network only for hosts that may have them."""

    def __init__(self, behind: Any, allowed: frozenset[str]) -> None:  # noqa: ANN401 - zope's interface
        self.behind, self.allowed = behind, allowed
        self.refused: dict[str, str] = {}

    def resolveHostName(self, resolutionReceiver: Any, hostName: str, *args: Any, **more: Any) -> Any:  # noqa: ANN401
        """As :class:`twisted.internet.interfaces.IHostnameResolver` says."""
        receiver = resolutionReceiver
        if hostName not in self.allowed:
            receiver = _PublicOnly(resolutionReceiver, hostName, self.refused)
        return self.behind.resolveHostName(receiver, hostName, *args, **more)


class LocalNetwork:
    """Stands next to the downloader: refuses what :class:`PublicResolver` refused, by its own name."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.allowed: frozenset[str] = frozenset()
        self.resolver: PublicResolver | None = None
        crawler.signals.connect(self.opened, signal=signals.spider_opened)
        crawler.signals.connect(self.closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def opened(self, spider: Spider) -> None:
        """Stand before the reactor's resolver."""
        from twisted.internet import reactor

        # the operator's own proxy may be inside; what names lead to is then its affair
        proxies = frozenset(filter(None, (urlsplit(url).hostname for url in getproxies().values())))
        self.allowed = allowed_hosts(context_of(self.crawler).registry) | proxies
        self.resolver = PublicResolver(reactor.nameResolver, self.allowed)
        reactor.installNameResolver(self.resolver)

    def closed(self, spider: Spider) -> None:
        """Give the reactor its resolver back."""
        from twisted.internet import reactor

        if self.resolver is not None:
            reactor.installNameResolver(self.resolver.behind)

    async def process_request(self, request: Request) -> None:
        """Refuse plain addresses at once: behind a proxy nothing is resolved here."""
        host = urlparse_cached(request).hostname or ""
        if host not in self.allowed and _is_address(host) and not is_public(host):
            raise LocalAddressError(f"{host} is an address of a local network")

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Tell a refused address from a name that is not known."""
        host = urlparse_cached(request).hostname or ""
        unresolved = isinstance(exception, CannotResolveHostError)
        if unresolved and self.resolver is not None and host in self.resolver.refused:
            raise LocalAddressError(
                f"{host} leads to {self.resolver.refused[host]}, an address of a local network"
            ) from exception
