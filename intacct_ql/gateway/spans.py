"""Keys that have not been read yet, and the requests that are under way for them.

In: keys of pages as they are read. Out: how many rows are left, and behind which key about so many of them end. Refuses
to know: what is asked for next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from intacct_ql.gateway.paging import Interval

Pace = tuple[int, int]

_PACED = 16
"""Pages that say how near to each other keys are; as many and less before them do, too."""


@dataclass(slots=True, eq=False)
class Span:
    """Keys behind ``low``, up to ``high``; ``left`` is about how many rows they are, None where nobody knows yet.

    ``paces`` say of its last pages, and of those before, how far their keys went, and in how many steps.
    """

    low: float
    high: float
    left: int | None = None
    paces: tuple[Pace, Pace] = ((0, 0), (0, 0))
    rising: "Flight | None" = None
    falling: "Flight | None" = None

    @property
    def is_done(self) -> bool:
        """Whether all its keys have been read."""
        return self.low >= self.high

    def keep_pace(self, start: int, keys: Sequence[int]) -> None:
        """Reckon with the keys of a page behind ``start``; those of long ago do not count."""
        (way, steps), before = self.paces
        if steps > _PACED * len(keys):
            (way, steps), before = (0, 0), (way, steps)
        self.paces = (way + keys[-1] - start, steps + len(keys) - (start == keys[0])), before

    def behind(self, rows: int) -> float:
        """The key behind about so many rows; no further than if keys lay evenly. Infinite where nobody knows."""
        if self.low == -inf:
            return inf
        paces = [tuple(map(sum, zip(*self.paces, strict=True)))]
        if self.high != inf:
            paces.append((int(self.high - self.low), self.left or 0))
        return min([int(self.low) + rows * way // steps for way, steps in paces if steps], default=inf)

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
