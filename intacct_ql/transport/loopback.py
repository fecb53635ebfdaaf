"""A gateway in the same process.

In: a function from a request body to status, headers and answer. Out: a transport. Refuses to know: what the function
is, an emulator, a recording or three lines in a test.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

from intacct_ql.transport.base import AsyncResponse, Response

Handle = Callable[[bytes], tuple[int, Mapping[str, str], bytes]]
"""A request body to status, headers and answer; it may raise ``TransportError`` where a wire would break."""

_PIECE = 65_536


class Loopback:
    """Answers by a call of ``handle``; threads may share it if they may share ``handle``. The URL is not looked at."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    @contextmanager
    def send(self, url: str, body: bytes) -> Iterator[Response]:  # noqa: ARG002 - the protocol has it
        """Hand the body over and give the answer in pieces, as a wire would."""
        status, headers, answer = self._handle(body)
        yield Response(status=status, headers=_lower(headers), chunks=_pieces(answer))

    def close(self) -> None:
        """Nothing is open."""


class AsyncLoopback:
    """The same for async callers; ``handle`` runs in the event loop."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    @asynccontextmanager
    async def send(self, url: str, body: bytes) -> AsyncIterator[AsyncResponse]:  # noqa: ARG002 - the protocol has it
        """Hand the body over and give the answer in pieces, as a wire would."""
        status, headers, answer = self._handle(body)
        yield AsyncResponse(status=status, headers=_lower(headers), chunks=_async_pieces(answer))

    async def close(self) -> None:
        """Nothing is open."""


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _pieces(answer: bytes) -> Iterator[bytes]:
    return (answer[start : start + _PIECE] for start in range(0, len(answer), _PIECE))


async def _async_pieces(answer: bytes) -> AsyncIterator[bytes]:
    for piece in _pieces(answer):
        yield piece
