"""What stands around the body of an answer, within bounds.

In: the bytes of an HTTP answer as they arrive. Out: the same for the reader of the standard library, as long as they
are those of a reasonable server. Refuses to know: connections, and what reads bodies by it.

Readers of HTTP bound a line, and not how many there are: fields behind the last chunk, or answers that say to wait,
could go on for ever. And a chunk of less than nothing is read to the end of the stream, however far that is.
"""

import http.client
from typing import Any, BinaryIO

MOST_LINES = 256
"""Lines that may follow each other; the standard library takes 100 fields in a head."""

LONGEST = 65_536
"""Bytes of a line; the standard library's bound."""


class Answer(http.client.HTTPResponse):
    """An answer whose lines and reads are bounded."""

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.fp: Any = _Bounded(self.fp)


class _Bounded:
    """The bytes of an answer. What is beyond a bound is an ``HTTPException``."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._lines = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def readline(self, size: int = -1) -> bytes:
        """The next line."""
        self._lines += 1
        if self._lines > MOST_LINES:
            raise http.client.HTTPException("too many lines")
        line = self._source.readline(size if 0 <= size <= LONGEST else LONGEST + 1)
        if len(line) > LONGEST:
            raise http.client.LineTooLong("line")
        return line

    def read(self, size: int | None = None) -> bytes:
        """So many bytes: nobody here reads to the end of what may have none."""
        if size is None or size < 0:
            raise http.client.HTTPException("no length")
        self._lines = 0
        return self._source.read(size)
