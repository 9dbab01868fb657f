"""Takes the answers of an address out of WARC files, in place: every other record keeps its position."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from mpsc_crawler.archive.warc import ArchiveError, plain_record
from mpsc_crawler.extraction.urls import canonical_url

_FLAG_COMMENT = 16


def padded_member(payload: bytes, size: int) -> bytes | None:
    """``payload`` as one gzip member of exactly ``size`` bytes, its comment field filled up (RFC 1952).

    ``None`` where it does not fit.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(payload) + packer.flush()
    tail = struct.pack("<II", zlib.crc32(payload), len(payload) & 0xFFFFFFFF)
    head = b"\x1f\x8b\x08" + bytes([_FLAG_COMMENT]) + b"\x00\x00\x00\x00\x00\xff"
    room = size - len(head) - len(packed) - len(tail) - 1
    if room < 0:
        return None
    return head + b"-" * room + b"\x00" + packed + tail


def erase_records(folder: Path, addresses: Iterable[str], now: datetime) -> int:
    """Overwrite every record of these addresses in the WARC files of a folder; returns how many there were.

    In its place stands a ``metadata`` record of the same length that says that something was erased and when, without the
    address. Positions of other records stay what they are.

    :param now: aware.
    :raises ArchiveError: a file cannot be read or written.
    """
    wanted = {canonical_url(address) for address in addresses}
    erased = 0
    for path in sorted(folder.glob("*.warc.gz")):
        try:
            with path.open("rb") as stream:
                places = _places(stream, wanted)
            if places:
                with path.open("r+b") as file:
                    for offset, length in places:
                        file.seek(offset)
                        file.write(_stone(length, now))
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise ArchiveError(f"archive {path}: {error.strerror}") from error
        except ArchiveLoadFailed as error:
            raise ArchiveError(f"archive {path}: no readable WARC file ({error})") from error
        erased += len(places)
    return erased


def _places(stream: BinaryIO, wanted: set[str]) -> list[tuple[int, int]]:
    """Position and length of the records of these addresses."""
    found: list[tuple[int, int]] = []
    records = ArchiveIterator(stream)
    for record in records:
        address = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
        offset = records.get_record_offset()
        length = records.get_record_length()
        if address and canonical_url(address) in wanted:
            found.append((offset, length))
    return found


def _stone(length: int, now: datetime) -> bytes:
    """What stands in the place of an erased record."""
    date = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    stone = plain_record(
        lambda writer: writer.write_record(
            writer.create_warc_record(
                "urn:mpsc:erased",
                "metadata",
                payload=BytesIO(b"erased\r\n"),
                length=8,
                warc_content_type="application/warc-fields",
                warc_headers_dict={"WARC-Date": date},
            )
        )
    )
    member = padded_member(stone, length)
    # a record shorter than its stone cannot be: the stone's headers are fewer than those of any request or response
    return member if member is not None else padded_member(b"", length) or b"\x00" * length
