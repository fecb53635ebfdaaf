"""An interrupt that ends a pull, and what comes behind it too.

In: a result, and the way in which an interrupt stops one and keeps its rows. Out: the same, and an interrupt that comes
too late to stop anything is not lost: a script, or a query that is run again and again, ends with it. Refuses to know:
signals.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intacct_ql.result import Result, Stats


class _Noting:
    """A result as those see it who stop it."""

    def __init__(self, result: "Result") -> None:
        self.asked = False
        self._result = result

    @property
    def stats(self) -> "Stats":
        """What the run took so far."""
        return self._result.stats

    def stop(self) -> None:
        """Ask for nothing more."""
        self.asked = True
        self._result.stop()


@contextmanager
def stopping(
    result: "Result", softly: "Callable[[_Noting], AbstractContextManager[None]]", stopped: Sequence[object]
) -> Iterator[None]:
    """Let an interrupt stop the result within the block; ``stopped`` holds behind it what stopped the rows, if it did.

    Raises ``KeyboardInterrupt`` where one came and the rows had ended before they could be stopped.
    """
    noting = _Noting(result)
    with softly(noting):
        yield
    if noting.asked and not stopped:
        raise KeyboardInterrupt
