"""How many requests a gateway takes at a time and in a minute.

In: the beginning and the end of every request. Out: whether it is let in. Refuses to know: what the answer is, whether
the request was any good.

[?] How the gateway counts is documented nowhere. Decided here: any sixty seconds count, not the minutes of the clock,
and a request that was turned away uses up nothing.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_MINUTE = 60.0


class Meter:
    """The limits of one gateway; None is no limit. Safe to share between threads. ``clock`` gives seconds."""

    def __init__(self, *, at_most: int | None, per_minute: int | None, clock: Callable[[], float]) -> None:
        self._at_most = at_most
        self._per_minute = per_minute
        self._clock = clock
        self._at_work = 0
        self._let_in: deque[float] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def request(self) -> Iterator[bool]:
        """Whether the request of this block is let in. It is at work until the block ends."""
        let_in = self._enter()
        try:
            yield let_in
        finally:
            if let_in:
                with self._lock:
                    self._at_work -= 1

    def _enter(self) -> bool:
        with self._lock:
            if self._at_most is not None and self._at_work >= self._at_most:
                return False
            if self._per_minute is not None and not self._within_minute(self._per_minute):
                return False
            self._at_work += 1
            return True

    def _within_minute(self, limit: int) -> bool:
        now = self._clock()
        while self._let_in and self._let_in[0] <= now - _MINUTE:
            self._let_in.popleft()
        if len(self._let_in) >= limit:
            return False
        self._let_in.append(now)
        return True
