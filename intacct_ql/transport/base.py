"""What every transport offers.

In: nothing. Out: two small protocols and the record of an answer. Refuses to know: HTTP libraries; HTTP and the
loopback are peers behind these names.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer that is still arriving.

    ``headers`` have lower-case names. ``chunks`` are decompressed, small, and can be read once, inside the
    with-statement that gave the response. Not ``counted``: nothing says where the answer ends, and one that is cut off
    seems whole.
    """

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes] = field(repr=False)
    counted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncResponse:
    """The same, read with ``async for``."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes] = field(repr=False)
    counted: bool = True


class Transport(Protocol):
    """Posts bytes and gives the answer. Threads may share it. Every failure is a ``TransportError``."""

    def send(self, url: str, body: bytes) -> AbstractContextManager[Response]:
        """Post ``body`` to ``url``; leaving the with-statement ends the exchange, read to its end or not."""

    def close(self) -> None:
        """Give connections back."""


class AsyncTransport(Protocol):
    """The same for async callers of one event loop."""

    def send(self, url: str, body: bytes) -> AbstractAsyncContextManager[AsyncResponse]:
        """Post ``body`` to ``url``; leaving the async with-statement ends the exchange."""

    async def close(self) -> None:
        """Give connections back."""
