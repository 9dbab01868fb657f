"""What did the page say that day? Writes WARC 1.1 files (ISO 28500:2017) and reads them back, also other tools'."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from mpsc_crawler.archive.filelock import lock
from mpsc_crawler.extraction.urls import canonical_url
from mpsc_crawler.items import Exchange

ROTATE_BYTES = 1_000_000_000
OPEN = ".open"
"""The ending of the marker beside a file that is being written."""
_DECODED = frozenset(("content-encoding", "transfer-encoding", "content-length"))


class ArchiveError(RuntimeError):
    """An archive cannot be read or written. Fit to be shown."""


def plain_record(write: Callable[[WARCWriter], object]) -> bytes:
    """What ``write`` gives to the writer, not compressed."""
    plain = BytesIO()
    write(WARCWriter(plain, gzip=False, warc_version="1.1"))
    return plain.getvalue()


def _record(write: Callable[[WARCWriter], object]) -> bytes:
    """What ``write`` gives to the writer, as a gzip member of its own.

    ISA-L packs five times as fast as zlib at the same size; level 2 is its default.
    """
    packer = isal_zlib.compressobj(2, isal_zlib.DEFLATED, isal_zlib.MAX_WBITS | 16)
    return packer.compress(plain_record(write)) + packer.flush()


def pack(exchange: Exchange) -> bytes:
    """The records of an exchange, response first, as they stand in an archive. Pure; runs in any process."""
    date = exchange.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = [(k, v) for k, v in exchange.headers if k.lower() not in _DECODED]
    headers.append(("Content-Length", str(len(exchange.body))))
    status = f"{exchange.status} {_reason(exchange.status)}"
    ident = ""

    def response(writer: WARCWriter) -> None:
        nonlocal ident
        record = writer.create_warc_record(
            exchange.url,
            "response",
            payload=BytesIO(exchange.body),
            length=len(exchange.body),
            http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": date},
        )
        ident = record.rec_headers.get_header("WARC-Record-ID")
        writer.write_record(record)

    def request(writer: WARCWriter) -> None:
        record = writer.create_warc_record(
            exchange.url,
            "request",
            http_headers=StatusAndHeaders(
                f"GET {exchange.url} HTTP/1.1", list(exchange.request_headers), is_http_request=True
            ),
            warc_headers_dict={"WARC-Date": date, "WARC-Concurrent-To": ident},
        )
        writer.write_record(record)

    packed = _record(response)
    return packed + _record(request) if exchange.request_headers else packed


class WarcArchive:
    """Appends exchanges to WARC files in a folder, each record compressed by itself; a new file past a gigabyte."""

    def __init__(self, folder: Path, software: str, now: datetime) -> None:
        self.folder = folder
        self.software = software
        self._started = now.astimezone(UTC)
        self._number = 0
        self._file: BinaryIO | None = None
        self._name = ""

    def _open(self) -> BinaryIO:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            while True:
                self._number += 1
                self._name = f"mpsc-{self._started:%Y%m%dT%H%M%SZ}-{os.getpid()}-{self._number:04d}.warc.gz"
                try:
                    file = (self.folder / self._name).open("xb")
                except FileExistsError:
                    continue
                lock(file)
                self._marker().touch()
                self._file = file
                break
        except OSError as error:
            raise ArchiveError(
                f"archive {self.folder}: {error.strerror}; set MPSC_ARCHIVE_DIR to a folder that may be written to"
            ) from error
        info = {
            "software": self.software,
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        }
        self._append(self._file, _record(lambda w: w.write_record(w.create_warcinfo_record(self._name, info))))
        return self._file

    def _append(self, file: BinaryIO, packed: bytes) -> None:
        try:
            file.write(packed)
        except OSError as error:
            raise ArchiveError(f"archive {self.folder / self._name}: {error.strerror}") from error

    def write(self, exchange: Exchange) -> tuple[str, int]:
        """Append request and response; returns the file's name and the response record's offset.

        :raises ArchiveError: the folder cannot be written to.
        """
        packed = exchange.packed or pack(exchange)
        file = self._file or self._open()
        name, offset = self._name, file.tell()
        self._append(file, packed)
        if file.tell() > ROTATE_BYTES:
            self.close()
        return name, offset

    def flush(self) -> None:
        """Hand everything written to the system, so that a killed process loses none of it."""
        if self._file is not None:
            try:
                self._file.flush()
            except OSError as error:
                raise ArchiveError(f"archive {self.folder / self._name}: {error.strerror}") from error

    def close(self) -> None:
        """Close the file; the next write opens a new one."""
        if self._file is not None:
            self._file.close()
            self._marker().unlink(missing_ok=True)
        self._file = None

    def _marker(self) -> Path:
        """Stands beside a file that is being written."""
        return self.folder / (self._name + OPEN)


def check_folder(folder: Path) -> None:
    """Make sure, before anything is fetched, that the archive's folder can be written to.

    :raises ArchiveError: it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        allowed = os.access(folder, os.W_OK)
    except OSError as error:
        raise ArchiveError(
            f"archive {folder}: {error.strerror}; set MPSC_ARCHIVE_DIR to a folder that may be written to"
        ) from error
    if not allowed:
        raise ArchiveError(f"archive {folder}: may not be written to; set MPSC_ARCHIVE_DIR to another folder")


def _reason(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _exchange(record: object) -> Exchange | None:
    if record.rec_type != "response" or record.http_headers is None:  # type: ignore[attr-defined]
        return None
    headers = record.rec_headers  # type: ignore[attr-defined]
    moment = datetime.fromisoformat(headers.get_header("WARC-Date").replace("Z", "+00:00"))
    status = record.http_headers.get_statuscode()  # type: ignore[attr-defined]
    return Exchange(
        url=headers.get_header("WARC-Target-URI").strip("<>"),
        status=int(status) if status.isdigit() else 0,
        headers=tuple(record.http_headers.headers),  # type: ignore[attr-defined]
        body=record.content_stream().read(),  # type: ignore[attr-defined]
        fetched_at=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
    )


def read_exchanges(path: Path, offset: int = 0) -> Iterator[Exchange]:
    """Every HTTP response of a WARC file, in order; from the record at ``offset`` on.

    :raises ArchiveError: the file is missing or no WARC file; a cut-off last record ends the reading.
    """
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            for record in ArchiveIterator(stream):
                exchange = _exchange(record)
                if exchange is not None:
                    yield exchange
    except OSError as error:
        raise ArchiveError(f"archive {path}: {error.strerror}") from error
    except ArchiveLoadFailed as error:
        what = f"no record at {offset}" if offset else "no readable WARC file"
        raise ArchiveError(f"archive {path}: {what} ({error})") from error


class ReplayArchive:
    """Answers requests from WARC files in the place of the network.

    :param moment: answers are the latest recorded up to then; ``None`` for the latest of all.
    """

    def __init__(self, paths: list[Path], moment: datetime | None = None) -> None:
        self._records: dict[str, list[Exchange]] = defaultdict(list)
        self.moments: list[datetime] = []
        self.moment = moment
        for path in paths:
            for exchange in read_exchanges(path):
                self._records[canonical_url(exchange.url)].append(exchange)
                self.moments.append(exchange.fetched_at)
        if not self._records:
            raise ArchiveError(f"archive {', '.join(map(str, paths))}: holds no HTTP responses")
        for records in self._records.values():
            records.sort(key=lambda e: e.fetched_at)

    @property
    def now(self) -> datetime:
        """The moment of the replay: the one asked for, else that of the latest record."""
        return self.moment or max(self.moments)

    def get(self, url: str) -> Exchange | None:
        """The latest answer recorded for the address by the moment of the replay, or ``None``."""
        found = [
            e for e in self._records.get(canonical_url(url), ()) if self.moment is None or e.fetched_at <= self.moment
        ]
        return found[-1] if found else None
