"""Compressed answers, a piece at a time.

In: pieces of a gzip stream. Out: pieces of what it holds, none large. Refuses to know: where they come from.

Written out because HTTP libraries inflate each piece whole: 64 kB off the wire can become 64 MB in memory before any
cap is looked at.
"""

import zlib
from collections.abc import Iterator

from intacct_ql.errors import TransportError

MAX_PIECE = 262_144

MAX_IDLE = 2**20
"""Bytes of a gzip stream that may follow each other and hold nothing: else it could go on for ever, below any cap."""

_GZIP = 16 + zlib.MAX_WBITS


class Inflater:
    """Undoes one ``Content-Encoding``: ``gzip`` or none. Raises ``TransportError`` for any other."""

    def __init__(self, encoding: str) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise TransportError("the reply is compressed in a way that was not asked for")
        self._stream = zlib.decompressobj(_GZIP) if "gzip" in encoding else None
        self._idle = 0

    @property
    def ended(self) -> bool:
        """Whether the stream says that nothing belongs to it any more; what is not compressed does not say."""
        return self._stream is not None and self._stream.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The pieces that ``data`` brings. Raises ``TransportError`` for what cannot be inflated, or brings nothing."""
        stream = self._stream
        if stream is None:
            yield data
            return
        try:
            while data and not stream.eof:
                piece = stream.decompress(data, MAX_PIECE)
                self._idle = 0 if piece else self._idle + len(data)
                if self._idle > MAX_IDLE:
                    raise TransportError("the reply goes on and holds nothing any more; the rest was not read")
                yield piece
                data = stream.unconsumed_tail
        except zlib.error:
            raise TransportError("the reply is not the gzip stream it claims to be") from None

    def close(self) -> None:
        """Say that the stream has ended. Raises ``TransportError`` if it ended too early."""
        if self._stream is not None and not self._stream.eof:
            raise TransportError("the reply was cut off before its end", passing=True)
