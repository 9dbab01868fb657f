"""A compressed answer that broke off is a failure, not a short page: Scrapy unpacks what there is without a word."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from scrapy.exceptions import ResponseDataLossError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

_KEY = "compressed_answer"


class RememberCompressed:
    """Stands before Scrapy's unpacking and keeps a gzip answer for the check behind it."""

    async def process_response(self, request: Request, response: Response) -> Response:
        """Remember the packed bytes."""
        if b"gzip" in (response.headers.get("Content-Encoding") or b"").lower() and response.body[:2] == b"\x1f\x8b":
            request.meta[_KEY] = response.body
        return response


class CheckCompressed:
    """Stands behind Scrapy's unpacking: the length that gzip's trailer tells must be the length that came out."""

    async def process_response(self, request: Request, response: Response) -> Response:
        """Raise :class:`ResponseDataLossError` for an answer that broke off."""
        packed = request.meta.pop(_KEY, None)
        if (
            packed is not None
            and int.from_bytes(packed[-4:], "little") != len(response.body) & 0xFFFFFFFF
            and not _whole(packed)
        ):
            raise ResponseDataLossError(f"the compressed answer broke off after {len(packed)} bytes")
        return response


def _whole(packed: bytes) -> bool:
    """Whether every gzip member is complete; several members make the simple comparison fail."""
    while packed:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            unpacker.decompress(packed)
        except zlib.error:
            return False
        if not unpacker.eof:
            return False
        packed = unpacker.unused_data.lstrip(b"\0")
    return True
