"""What a run waits for, in words: where rows scroll past, and where nobody watches.

In: the pauses of a run. Out: a line for each that takes its time. Refuses to know: rows.
"""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intacct_ql.gateway.messages import Pause

_PATIENCE = 5.0
"""Seconds after which somebody might think that nothing happens any more."""


class Waits:
    """Says each wait once, however many connections wait together; they may be of several threads."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say
        self._until = 0.0

    def retry(self, pause: "Pause") -> None:
        """The run waits before it asks again."""
        why = "the gateway throttles" if pause.throttled else "a call failed"
        self._tell(pause.seconds, f"{why}; try {pause.tries + 1}")

    def wait(self, seconds: float) -> None:
        """No call is made for so long, because of the limit of calls a minute."""
        self._tell(seconds, "the limit of calls a minute; the next call")

    def _tell(self, seconds: float, words: str) -> None:
        now = monotonic()
        if seconds >= _PATIENCE and now >= self._until:
            self._until = now + seconds
            self._say(f"note: {words} in {seconds:.0f} s")
