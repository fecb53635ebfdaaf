"""Compressed answers, a piece at a time.

In: pieces of a gzip stream. Out: pieces of what it holds, none large. Refuses to know: where they come from.

Written out because HTTP libraries inflate each piece whole: 64 kB off the wire can become 64 MB in memory before any
cap is looked at.
"""

import zlib
from collections.abc import Iterator

from intacct_ql.errors import TransportError

MAX_PIECE = 262_144

_GZIP = 16 + zlib.MAX_WBITS


class Inflater:
    """Undoes one ``Content-Encoding``: ``gzip`` or none. Raises ``TransportError`` for any other."""

    def __init__(self, encoding: str) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise TransportError("the reply is compressed in a way that was not asked for")
        self._stream = zlib.decompressobj(_GZIP) if "gzip" in encoding else None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The pieces that ``data`` brings."""
        stream = self._stream
        if stream is None:
            yield data
            return
        try:
            while data and not stream.eof:
                yield stream.decompress(data, MAX_PIECE)
                data = stream.unconsumed_tail
        except zlib.error:
            raise TransportError("the reply is not the gzip stream it claims to be") from None

    def close(self) -> None:
        """Say that the stream has ended. Raises ``TransportError`` if it ended too early."""
        if self._stream is not None and not self._stream.eof:
            raise TransportError("the reply was cut off before its end", passing=True)
