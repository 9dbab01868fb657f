"""Keeps the archive in order: mends files that a killed process left behind, verifies them, drops old ones.

While a file is written, a marker stands beside it (``NAME.open``) and the process holds a lock on it. A marker without a lock
tells of a process that was killed: the file is cut behind its last whole record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib
from isal.isal_zlib import IsalError
from warcio.archiveiterator import ArchiveIterator

from mpsc_crawler.archive.filelock import lock
from mpsc_crawler.archive.warc import OPEN, ArchiveError

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file of the archive: its size in bytes, how many responses it holds, from when to when (UTC), and what is wrong."""

    path: Path
    size: int
    responses: int
    first: datetime | None
    last: datetime | None
    problem: str = ""
    in_use: bool = False


def mend(folder: Path) -> list[tuple[Path, int]]:
    """Cut files that killed processes left behind to their last whole record; returns them with how many bytes went.

    :raises ArchiveError: a file cannot be read or written.
    """
    mended = []
    for marker in sorted(folder.glob(f"*{OPEN}")):
        path = marker.with_name(marker.name.removesuffix(OPEN))
        try:
            if not path.exists():
                marker.unlink(missing_ok=True)
                continue
            with path.open("r+b") as file:
                if not lock(file):
                    continue  # somebody is writing to it
                whole = _whole(file)
                size = file.seek(0, 2)
                if whole < size:
                    file.truncate(whole)
                    mended.append((path, size - whole))
                marker.unlink(missing_ok=True)
        except OSError as error:
            raise ArchiveError(f"archive {path}: {error.strerror}") from error
    return mended


def _whole(file: BinaryIO) -> int:
    """The position behind the last gzip member that is whole."""
    file.seek(0)
    position = whole = 0
    unpacker = isal_zlib.decompressobj(isal_zlib.MAX_WBITS | 16)
    left = b""
    while chunk := left or file.read(_CHUNK):
        left = b""
        try:
            unpacker.decompress(chunk)
        except IsalError:  # type: ignore[misc]  # its stub tells another kind
            return whole
        if unpacker.eof:
            left = unpacker.unused_data
            position += len(chunk) - len(left)
            whole = position
            unpacker = isal_zlib.decompressobj(isal_zlib.MAX_WBITS | 16)
        else:
            position += len(chunk)
    return whole


def look_through(folder: Path, *, digests: bool = False) -> Iterator[ArchiveFile]:
    """Every file of the archive with what it holds; with ``digests`` every record is held against its own (slower).

    :raises ArchiveError: the folder cannot be read.
    """
    for path in sorted(folder.glob("*.warc.gz")):
        yield _look(path, digests=digests)


def _look(path: Path, *, digests: bool) -> ArchiveFile:
    responses, problem = 0, ""
    first = last = None
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            records = ArchiveIterator(stream, check_digests=digests)
            for record in records:
                record.raw_stream.read() if not digests else record.content_stream().read()
                checker = record.digest_checker
                if digests and checker is not None and checker.passed is False:
                    problem = f"the record at {records.get_record_offset()} does not agree with its digest"
                if record.rec_type != "response":
                    continue
                responses += 1
                moment = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date").replace("Z", "+00:00"))
                first = min(first or moment, moment)
                last = max(last or moment, moment)
        if not problem and digests:
            with path.open("rb") as stream:
                whole = _whole(stream)
            problem = f"it breaks off in the record at {whole}" if whole < size else "it is empty" if not size else ""
    except OSError as error:
        raise ArchiveError(f"archive {path}: {error.strerror}") from error
    except Exception as error:  # noqa: BLE001 - what is damaged fails in many ways, and is told, not raised
        told = "".join(sign if sign.isprintable() else "?" for sign in str(error))
        problem = f"not a readable WARC file: {told[:100] or type(error).__name__}"
    in_use = path.with_name(path.name + OPEN).exists()
    return ArchiveFile(path, size, responses, first, last, problem, in_use)


def older_than(folder: Path, moment: datetime) -> list[Path]:
    """The files that were last written to before that moment and that nobody writes to.

    :raises ArchiveError: the folder cannot be read.
    """
    found = []
    for path in sorted(folder.glob("*.warc.gz")):
        try:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError as error:
            raise ArchiveError(f"archive {path}: {error.strerror}") from error
        if written < moment and not path.with_name(path.name + OPEN).exists():
            found.append(path)
    return found
