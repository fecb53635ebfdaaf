"""How many connections are in use at a time.

In: callers that want one. Out: their turn. Refuses to know: what goes over a connection.

The number is the caller's. It is halved when the gateway throttles, and grows back by one for so many exchanges without
a complaint.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

CONNECTIONS = 2
"""Some plans allow no more at a time (it is told in public, and documented nowhere)."""

_GROWS_AFTER = 20


class Lanes:
    """Connections that may be in use at a time: at first ``most`` of them. Threads may share it; so may tasks."""

    def __init__(self, most: int = CONNECTIONS) -> None:
        self.most = most
        self.open = most
        self._used = 0
        self._quiet = 0
        self._lock = threading.Lock()
        self._free = threading.Condition(self._lock)
        self._waiting: deque[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = deque()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Use a connection for the length of the block; waits until one is free."""
        with self._free:
            while self._used >= self.open:
                self._free.wait()
            self._used += 1
        try:
            yield
        finally:
            self._leave()

    @asynccontextmanager
    async def one_async(self) -> AsyncIterator[None]:
        """The same for async callers."""
        while (event := self._enter()) is not None:
            await event.wait()
        try:
            yield
        finally:
            self._leave()

    def narrow(self) -> None:
        """The gateway throttles: use half as many, but one."""
        with self._lock:
            self.open = max(1, self.open // 2)
            self._quiet = 0

    def _enter(self) -> asyncio.Event | None:
        """Take a connection, or give what will be set when one may be free."""
        with self._lock:
            if self._used < self.open:
                self._used += 1
                return None
            event = asyncio.Event()
            self._waiting.append((asyncio.get_running_loop(), event))
            return event

    def _leave(self) -> None:
        with self._free:
            self._used -= 1
            self._quiet += 1
            if self._quiet >= _GROWS_AFTER and self.open < self.most:
                self.open, self._quiet = self.open + 1, 0
            self._free.notify_all()
            waiting, self._waiting = self._waiting, deque()
        for loop, event in waiting:
            if not loop.is_closed():  # else who waited there was cancelled
                loop.call_soon_threadsafe(event.set)
