"""A fast static server for many hosts on loopback: prepared answers, one process, no framework."""

from __future__ import annotations

import asyncio
import sys

from benchmarks.pages import article, listing


class Server(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, GET only."""

    answers: dict[bytes, bytes] = {}  # noqa: RUF012

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            self.transport.write(self.respond(head))  # type: ignore[attr-defined]

    def respond(self, head: bytes) -> bytes:
        """The whole answer to the head of a request."""
        path = head.split(b" ", 2)[1]
        host = next((line[6:].strip() for line in head.split(b"\r\n") if line.lower().startswith(b"host:")), b"")
        prepared = self.answers.get(host.split(b":")[0] + path)
        return prepared or b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def answer(body: bytes, kind: str = "text/html; charset=utf-8") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def serve(hosts: int, articles: int, port: int) -> None:
    for index in range(1, hosts + 1):
        host = f"127.0.0.{index + 1}"
        Server.answers[f"{host}/robots.txt".encode()] = answer(b"User-agent: *\nDisallow: /intern/\n", "text/plain")
        Server.answers[f"{host}/news/".encode()] = answer(listing(articles))
        for number in range(articles):
            Server.answers[f"{host}/news/{number}".encode()] = answer(article(host, number))
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Server, f"127.0.0.{index + 1}", port) for index in range(1, hosts + 1)]
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
