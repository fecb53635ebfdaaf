"""Keys that have not been read yet, and the requests that are under way for them.

In: what has been read and asked for. Out: how many rows are left. Refuses to know: what is asked for next.
"""

from dataclasses import dataclass

from intacct_ql.gateway.paging import Interval


@dataclass(slots=True, eq=False)
class Span:
    """Keys behind ``low``, up to ``high``; ``left`` is about how many rows they are, None where nobody knows yet."""

    low: float
    high: float
    left: int | None = None
    rising: "Flight | None" = None
    falling: "Flight | None" = None

    @property
    def is_done(self) -> bool:
        """Whether all its keys have been read."""
        return self.low >= self.high

    def open(self, page_size: int) -> int:
        """Rows that no request under way will bring, as far as anybody knows."""
        if self.left is None or self.is_done:
            return 0
        return self.left - page_size * ((self.rising is not None) + (self.falling is not None))


@dataclass(slots=True, eq=False)
class Flight:
    """A request under way: the keys it asked about, and the rows that others took of them meanwhile.

    Once its last key has been ``glimpsed``, only the keys up to there are its own: the span goes on behind them, or,
    where it comes from above, ends before them.
    """

    span: Span
    asked: Interval
    taken: int = 0
    glimpsed: bool = False
