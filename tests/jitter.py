"""Threads that are late.

In: a seed. Out: threads of this process that begin, send and receive later than they would, at random. A test which
counts on who comes first passes on a quiet machine and fails on a busy one; so it fails here.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from intacct_ql.transport.http import HttpTransport
from intacct_ql.transport.loopback import Loopback

_MOST = 0.03
"""Seconds: many times what a test's own exchange takes."""


def hold_up(seed: int) -> None:
    """From now on, and for good."""
    lot = random.Random(seed)
    run_on = threading.Thread.run

    def pause() -> None:
        if threading.current_thread() is not threading.main_thread() and lot.random() < 0.5:
            time.sleep(_MOST * lot.random())

    def run(thread: threading.Thread) -> None:
        if thread.name.startswith("intacct-ql"):
            pause()
        run_on(thread)

    threading.Thread.run = run  # type: ignore[method-assign]
    for transport in (HttpTransport, Loopback):
        _late(transport, pause)


def _late(transport: Any, pause: Callable[[], None]) -> None:
    send = transport.send

    @contextmanager
    def late(self: object, url: str, body: bytes) -> Iterator[Any]:
        pause()
        with send(self, url, body) as response:
            pause()
            yield response

    transport.send = late
