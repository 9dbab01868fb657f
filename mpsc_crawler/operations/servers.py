"""Which hosts share a server? Resolves names, many at once, and gives hosts with the same address one name."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

_AT_ONCE, _PATIENCE = 32, 10.0


def server_of(addresses: Iterable[str]) -> str | None:
    """The name of a server with these addresses: its lowest one, IPv4 before IPv6; ``None`` for none."""
    found = sorted({ip_address(a) for a in addresses}, key=lambda a: (a.version, int(a)))
    return f"server {found[0]}" if found else None


def _resolve(host: str) -> set[str]:
    told = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    return {str(address[0]).partition("%")[0] for *_, address in told}


async def shared_servers(hosts: Iterable[str]) -> dict[str, str]:
    """By host the name of its server, for hosts that share one with another host; the others stand for themselves.

    A name that cannot be resolved, or not in ten seconds, is left out: asking it will tell why.
    """
    names = sorted(set(hosts))
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="names")
    asked = {loop.run_in_executor(pool, _resolve, name): name for name in names}
    found: dict[str, str] = {}
    if asked:
        done, _ = await asyncio.wait(asked, timeout=_PATIENCE)
        for future in done:
            server = server_of(future.result()) if future.exception() is None else None
            if server is not None:
                found[asked[future]] = server
    pool.shutdown(wait=False, cancel_futures=True)
    counts = list(found.values())
    return {host: server for host, server in found.items() if counts.count(server) > 1}
