"""A transport that looks at what is sent.

In: another transport, and a check of request bodies. Out: a transport. Refuses to know: what the check looks for.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager

from intacct_ql.transport.base import AsyncResponse, AsyncTransport, Response, Transport

Check = Callable[[bytes], None]
"""Raises for a body that must not be sent; called by any thread."""


class Checked:
    """Sends through ``transport`` what passes ``check``; what it raises comes out as it is, and nothing is sent."""

    def __init__(self, transport: Transport, check: Check) -> None:
        self._transport = transport
        self._check = check

    def send(self, url: str, body: bytes) -> AbstractContextManager[Response]:
        """Check ``body``, then post it to ``url``."""
        self._check(body)
        return self._transport.send(url, body)

    def close(self) -> None:
        """Close the other transport."""
        self._transport.close()


class AsyncChecked:
    """The same for async callers; ``check`` runs in the event loop."""

    def __init__(self, transport: AsyncTransport, check: Check) -> None:
        self._transport = transport
        self._check = check

    def send(self, url: str, body: bytes) -> AbstractAsyncContextManager[AsyncResponse]:
        """Check ``body``, then post it to ``url``."""
        self._check(body)
        return self._transport.send(url, body)

    async def close(self) -> None:
        """Close the other transport."""
        await self._transport.close()
