"""Puts the demo's articles into their publishers' page shapes and writes the archive that ``mpsc demo`` crawls.

Run ``python -m tests.sites.demo.build`` after changing an article or a shape. The result is reproducible.
"""

from __future__ import annotations

import gzip
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.sites.demo import shapes

HERE = Path(__file__).parent
TARGET = Path(__file__).parents[3] / "mpsc_crawler" / "demo" / "demo.warc.gz"
DAYS = tuple(datetime(2026, 3, day, 6, 30, tzinfo=UTC) for day in (2, 16, 18))


@dataclass(slots=True)
class Post:
    """One article as its author wrote it."""

    publisher: str
    number: int
    facts: dict[str, Any]
    markdown: str

    def __getattr__(self, name: str) -> Any:
        try:
            return self.facts[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def images(self) -> list[dict[str, str]]:
        return self.facts.get("images", [])

    @property
    def attachments(self) -> list[dict[str, str]]:
        return self.facts.get("attachments", [])

    def html(self, picture: Callable[[dict[str, str]], str]) -> str:
        """The body as a CMS stores it; ``picture`` renders an inline image."""
        parts = []
        for block in re.split(r"\n\s*\n", self.markdown.strip()):
            block = block.strip()
            lines = block.splitlines()
            if all(line.startswith("- ") for line in lines):
                parts.append("<ul>\n" + "\n".join(f"<li>{inline(line[2:])}</li>" for line in lines) + "\n</ul>")
            elif block.startswith("## "):
                parts.append(f"<h2>{inline(lines[0][3:])}</h2>")
                if len(lines) > 1:
                    parts.append(f"<p>{inline(' '.join(lines[1:]))}</p>")
            elif block.startswith("> "):
                parts.append(
                    "<blockquote><p>"
                    + inline(" ".join(line.removeprefix("> ").removeprefix(">") for line in lines))
                    + "</p></blockquote>"
                )
            elif match := re.fullmatch(r"\[\[image:(\d+)\]\]", block):
                parts.append(picture(self.inline_images()[int(match.group(1)) - 1]))
            else:
                head = [line for line in lines if not line.startswith("- ")]
                items = [line[2:] for line in lines if line.startswith("- ")]
                parts.append(f"<p>{inline(' '.join(head))}</p>")
                if items:
                    parts.append("<ul>\n" + "\n".join(f"<li>{inline(item)}</li>" for item in items) + "\n</ul>")
        return "\n".join(parts)

    def inline_images(self) -> list[dict[str, str]]:
        return [image for image in self.images if image.get("position") == "inline"]

    def hero(self) -> dict[str, str] | None:
        return next((image for image in self.images if image.get("position") == "hero"), None)

    def gallery(self) -> list[dict[str, str]]:
        return [image for image in self.images if image.get("position") == "gallery"]


def inline(text: str) -> str:
    """Markdown's emphasis and links; the rest is escaped."""
    text = escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"\[([^\]]+)\]\((https?://[^)\s]+)\)", r'<a href="\2">\1</a>', text)


def read_post(path: Path) -> Post:
    """Read one article file."""
    _, front, body = path.read_text(encoding="utf-8").split("+++", 2)
    facts = tomllib.loads(front)
    return Post(path.parent.name, int(path.name.split("-")[0]), facts, body.strip())


def posts_of(publisher: str, day: int) -> list[Post]:
    """What a publisher had online on the first or second recorded day, newest first."""
    posts = []
    for path in sorted((HERE / publisher).glob("*.md")):
        if path.name.endswith(".day2.md"):
            continue
        post = read_post(path)
        if (day == 1 and post.facts.get("day", 1) == 2) or (day == 2 and post.facts.get("gone")):
            continue
        edited = path.with_name(path.name.removesuffix(".md") + ".day2.md")
        posts.append(read_post(edited) if day == 2 and edited.exists() else post)
    return sorted(posts, key=lambda p: (p.published or "0000", p.number), reverse=True)


def exchanges() -> Iterator[tuple[datetime, str, int, list[tuple[str, str]], bytes]]:
    """Every answer of the three days: moment, address, status, headers, body. On the third nothing is new."""
    gone = []
    for day, moment in enumerate(DAYS[:2], 1):
        for publisher, shape in shapes.SHAPES.items():
            pages = shape(posts_of(publisher, day), moment)
            if day == 2:
                before = shape(posts_of(publisher, 1), DAYS[0])
                for url in sorted(before.keys() - pages.keys()):
                    pages[url] = shapes.not_found(url)
            for url, answer in pages.items():
                yield moment, url, answer.status, answer.headers, answer.body
                if answer.status == 404:
                    gone.append((DAYS[2], url, answer.status, answer.headers, answer.body))
    yield from gone


def build(target: Path = TARGET) -> None:
    """Write the archive."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
    info = writer.create_warcinfo_record(
        "demo.warc.gz", {"software": "MPSC Crawler demo", "format": "WARC File Format 1.1"}
    )
    fixed(info, 0, DAYS[0])
    writer.write_record(info)
    for number, (moment, url, status, headers, body) in enumerate(exchanges(), 1):
        record = writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders(
                f"{status} {'OK' if status == 200 else 'Not Found'}",
                [*headers, ("Content-Length", str(len(body)))],
                protocol="HTTP/1.1",
            ),
        )
        fixed(record, number, moment)
        writer.write_record(record)
    target.write_bytes(without_times(buffer.getvalue()))


def fixed(record: Any, number: int, moment: datetime) -> None:
    """Identifiers and dates that do not change from build to build."""
    record.rec_headers.replace_header("WARC-Record-ID", f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>")
    record.rec_headers.replace_header("WARC-Date", moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def without_times(data: bytes) -> bytes:
    """Compress each record again with best compression and no time stamp."""
    out, start = BytesIO(), 0
    import zlib

    while start < len(data):
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        record = unpacker.decompress(data[start:])
        start = len(data) - len(unpacker.unused_data)
        out.write(gzip.compress(record, 9, mtime=0))
    return out.getvalue()


if __name__ == "__main__":
    build()
    print(f"{TARGET} written, {TARGET.stat().st_size:,} bytes")
