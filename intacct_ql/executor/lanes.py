"""How many connections are in use at a time.

In: callers that want one, and what tells them not to any more. Out: their turn. Refuses to know: what goes over a
connection.

The number is the caller's. It is halved when the gateway throttles, and grows back by one for so many exchanges without
a complaint.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

CONNECTIONS = 2
"""Some plans allow no more at a time (it is told in public, and documented nowhere)."""

_GROWS_AFTER = 20
_LOOKS_AGAIN = 0.25
"""Seconds after which who waits looks whether that is still of use; a call may have been interrupted, too, before it
told the others."""


def _on(*_: object) -> None:
    """Nothing keeps from going on."""


async def _on_async(*_: object) -> None:
    """The same for async callers."""


class Lanes:
    """Connections that may be in use at a time: at first ``most`` of them. Threads may share it; so may tasks."""

    def __init__(self, most: int = CONNECTIONS) -> None:
        self.most = most
        self.open = most
        self._users: set[object] = set()
        self._quiet = 0
        self._lock = threading.Lock()
        self._free = threading.Condition(self._lock)
        self._waiting: dict[object, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}

    @contextmanager
    def one(self, look: Callable[[float], object] = _on) -> Iterator[None]:
        """Use a connection for the length of the block; waits until one is free.

        ``look`` is called before it is used, and while it is waited for, with no seconds: what it raises is raised.
        """
        user = object()
        try:
            while not self._entered(user):
                look(0.0)
            look(0.0)
            yield
        finally:
            self._users.discard(user)  # before all else, and in one step: an interruption keeps no connection
            self._left()

    @asynccontextmanager
    async def one_async(self, look: Callable[[float], Awaitable[object]] = _on_async) -> AsyncIterator[None]:
        """The same for async callers."""
        user = object()
        try:
            while (event := self._enter(user)) is not None:
                later = asyncio.get_running_loop().call_later(_LOOKS_AGAIN, event.set)
                try:
                    await event.wait()
                finally:
                    later.cancel()
                await look(0.0)
            await look(0.0)
            yield
        finally:
            self._users.discard(user)
            self._waiting.pop(user, None)
            self._left()

    def narrow(self) -> None:
        """The gateway throttles: use half as many, but one."""
        with self._lock:
            self.open = max(1, self.open // 2)
            self._quiet = 0

    def _entered(self, user: object) -> bool:
        """Take a connection; False where none has become free for a while."""
        with self._free:
            if not self._free.wait_for(lambda: len(self._users) < self.open, _LOOKS_AGAIN):
                return False
            self._users.add(user)
            return True

    def _enter(self, user: object) -> asyncio.Event | None:
        """Take a connection, or give what will be set when one may be free."""
        with self._lock:
            if len(self._users) < self.open:
                self._users.add(user)
                return None
            event = asyncio.Event()
            self._waiting[user] = (asyncio.get_running_loop(), event)
            return event

    def _left(self) -> None:
        with self._free:
            self._quiet += 1
            if self._quiet >= _GROWS_AFTER and self.open < self.most:
                self.open, self._quiet = self.open + 1, 0
            self._free.notify_all()
            waiting, self._waiting = self._waiting, {}
        for loop, event in waiting.values():
            if not loop.is_closed():  # else who waited there was cancelled
                loop.call_soon_threadsafe(event.set)
