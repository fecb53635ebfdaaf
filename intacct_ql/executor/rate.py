"""A limit of calls in a time, shared between threads and, through a file, between processes.

In: the start and the end of every call. Out: a ticket, or how long to wait before asking again. Refuses to know: what a
call is, how to wait; blocking and async callers ask alike and sleep in their own way.

The one who counts is the server, by the moment a request reaches it, which nobody here sees. It lies between ``enter``
and ``leave``; so a slot is taken by ``enter`` and free again only when ``seconds`` have passed since ``leave``:

    enter ─── request arrives ─── leave ──────── seconds ──────── + margin ─── free

Of any two calls that share a slot the second enters more than ``seconds`` after the first has arrived, so that no
window of ``seconds`` sees more arrivals than there are slots.
"""

import os
import time
from collections.abc import Callable
from functools import partial
from uuid import uuid4

from intacct_ql.errors import ConfigError, Error
from intacct_ql.executor.rate_book import Book, Call, FileBook, MemoryBook

MARGIN = 0.1
"""Seconds that a slot rests beyond the window, because two clocks never run alike: 0.16 % of a minute."""

TIMEOUT = 300.0
"""Seconds after which a call that never left counts as over: the HTTP time-out, behind which nothing arrives."""

_SHORTEST = 0.005
"""Seconds; who asks more often than that is spinning."""


class Ticket:
    """A call that may be made now. ``leave`` says that it is over; ``is_shared`` as of its rate."""

    __slots__ = ("_end", "is_shared")

    def __init__(self, end: Callable[[], None], *, is_shared: bool = False) -> None:
        self._end: Callable[[], None] | None = end
        self.is_shared = is_shared

    def leave(self) -> None:
        """The reply was read, or the call failed. Leaving twice is harmless.

        Never raises: what cannot be written into the file counts as a call that never left, and the next ``enter``
        says what is wrong.
        """
        end, self._end = self._end, None
        if end is not None:
            end()


class Rate:
    """At most ``calls`` requests reach the server within any ``seconds``. Threads may share it.

    Everyone who names the same ``file`` shares it, across the processes of one machine; each keeps to its own
    ``calls``, the strictest waits most. Without a file it is kept in memory. A call that has not left after ``timeout``
    seconds counts as over, because its process may be dead; a request must not reach the server later than that after
    its ``enter``. ``clock`` gives seconds. The default never jumps and is one for all processes of a machine; one that
    jumps back costs ``seconds`` of waiting (``timeout`` more for calls under way), not the length of the jump.
    ``is_shared``: there is a file, whose lock may have to be waited for.

    Raises:
        ConfigError: a number makes no sense, or ``file`` cannot be used.
        Error: another process keeps ``file`` locked.
    """

    def __init__(
        self,
        calls: int,
        *,
        seconds: float = 60.0,
        file: str | os.PathLike[str] | None = None,
        timeout: float = TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if calls < 1:
            raise ConfigError(f"a rate is 1 call or more, not {calls}")
        for name, number in (("window", seconds), ("time-out", timeout)):
            if not 0 < number < float("inf"):
                raise ConfigError(f"the {name} of a rate is more than 0 seconds, not {number}")
        self._slots = calls
        self._rest = seconds + MARGIN
        self._timeout = timeout
        self._clock = clock
        self.is_shared = file is not None
        self._book: Book = MemoryBook() if file is None else FileBook(file, seconds=seconds)

    def enter(self) -> Ticket | float:
        """A ticket if a call may be made now, else the seconds until a slot can be free at the earliest.

        Never waits for a slot. With a file it may wait for the lock on it, which is held for milliseconds.

        Raises:
            ConfigError: the file cannot be used any more.
            Error: another process keeps the file locked.
        """
        with self._book.opened() as calls:
            now = self._clock()
            self._tidy(calls, now)
            if len(calls) >= self._slots:
                return self._wait(calls, now)
            name = uuid4().hex
            calls[name] = Call(since=now, over=now + self._timeout)
        return Ticket(partial(self._leave, name), is_shared=self.is_shared)

    def _leave(self, name: str) -> None:
        try:
            with self._book.opened() as calls:
                now = self._clock()
                calls[name] = Call(since=now, over=now)  # also where it had been given up: it was alive after all
        except Error:
            return

    def _tidy(self, calls: dict[str, Call], now: float) -> None:
        """Free the slots that have rested. What a clock says to lie ahead is of now at the latest."""
        for name, call in tuple(calls.items()):
            if call.since > now:
                calls[name] = Call(since=now, over=now + (call.over - call.since))
            elif call.over + self._rest <= now:
                del calls[name]

    def _wait(self, calls: dict[str, Call], now: float) -> float:
        """How long until one slot less than there are can be taken; a call under way might leave this very moment."""
        free = sorted(min(call.over, now) + self._rest for call in calls.values())
        return max(free[len(calls) - self._slots] - now, _SHORTEST)
