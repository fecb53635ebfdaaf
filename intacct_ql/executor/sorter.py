"""Rows in order, however many: sorted runs on disk, merged.

In: rows in any order. Out: the same rows in order. Refuses to know: what the order is for.

Rows are sorted in memory, nearly all that is allowed at a time, and what does not fit goes to disk as sorted runs.
Sixteen runs become one longer run, and sixteen of those a longer one again, so few files are open and few blocks in
memory, however many rows there are. The last run is not written at all.

Runs are merged a block at a time, by the sort of the language: of all blocks the one whose last row comes first can be
given whole, and of the others the rows before that row. Together they are a few sorted stretches, which Timsort merges
about as fast as it reads them; a heap would run Python for every row.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from intacct_ql.executor.conditions import Row
from intacct_ql.executor.order import Order
from intacct_ql.executor.spill import Meter, Scratch, Spool

RUNS = 16
"""Runs that are merged into one."""

BLOCK = 512
"""Rows in a block at the most: few enough for a processor's cache, where they are packed twice as fast as beside it."""

_BLOCKS = 128
"""Blocks that would fill the memory, where rows are so large that fewer than ``BLOCK`` make one."""


class Sorter:
    """Takes rows, and gives them in order. Rows alike stay in the order in which they came.

    ``memory`` is in bytes. With ``most`` only so many first rows are given, and hardly more are kept.
    """

    def __init__(self, order: Order, memory: int, scratch: Scratch, *, most: int | None = None) -> None:
        self.rows = 0
        self._order = order
        self._memory = memory
        self._scratch = scratch
        self._most = most
        self._waiting: list[Row] = []
        self._meter = Meter()
        self._levels: list[list[Spool]] = []

    def push(self, rows: Sequence[Row]) -> None:
        """Take rows in. Raises ``Error`` where the disk refuses them."""
        self.rows += len(rows)
        self._waiting += rows
        self._meter.add(rows)
        if self._most is not None and len(self._waiting) >= 2 * self._most + BLOCK:
            self._waiting = self._run()
            self._meter.keep(len(self._waiting))
        if self._meter.bytes > self._memory - self._memory // 16:
            self._spill()

    def finish(self) -> Iterator[Row]:
        """All rows, in order; nothing may be pushed after."""
        last, self._waiting = self._run(), []
        spools = [spool for level in reversed(self._levels) for spool in level]  # those that came first in front
        self._levels = []
        if not spools:
            return iter(last)
        runs = [*(spool.blocks() for spool in spools), _blocks(last, self._block)]
        del last
        return islice(chain.from_iterable(merge(runs, self._order)), self._most)

    @property
    def _block(self) -> int:
        return max(1, min(BLOCK, self._memory // _BLOCKS // self._meter.each))

    def _run(self) -> list[Row]:
        return self._order.arranged(self._waiting)[: self._most]

    def _spill(self) -> None:
        spool = self._written([self._run()])
        self._waiting = []  # freed in the order in which they came, which is that of the memory: half the time
        self._meter.keep(0)
        for level in self._levels:
            level.append(spool)
            if len(level) < RUNS:
                return
            runs = [one.blocks() for one in level]
            level.clear()
            spool = self._written(merge(runs, self._order))
        self._levels.append([spool])

    def _written(self, batches: Iterable[list[Row]]) -> Spool:
        spool = self._scratch.spool()
        size = self._block
        for batch in batches:
            for start in range(0, len(batch), size):
                spool.write(batch[start : start + size])
        return spool


def merge(runs: Iterable[Iterator[list[Row]]], order: Order) -> Iterator[list[Row]]:
    """Sorted runs, given in blocks, as one; of rows alike those of an earlier run come first."""
    heads = [head for head in (_Head(run, order) for run in runs) if head.rows]
    while len(heads) > 1:
        bound = min(heads, key=lambda head: head.last)
        taken: list[Row] = []
        cut: Any = bisect_right  # rows of earlier runs stand before the bound, too, when they are alike
        for head in heads:
            if head is bound:
                taken += head.rows
                cut = bisect_left
            else:
                end = cut(head.rows, bound.last, key=order.place)
                taken += head.rows[:end]
                del head.rows[:end]
        bound.turn()
        if not bound.rows:
            heads.remove(bound)
        yield order.arranged(taken)
    for head in heads:
        yield head.rows
        yield from head.blocks


class _Head:
    """The block of a run that is being merged, and the place of its last row."""

    def __init__(self, blocks: Iterator[list[Row]], order: Order) -> None:
        self.blocks = blocks
        self._order = order
        self.turn()

    def turn(self) -> None:
        """On to the next block; there are no rows behind the last."""
        self.rows = next(self.blocks, [])
        self.last: tuple[Any, ...] = self._order.place(self.rows[-1]) if self.rows else ()


def _blocks(rows: list[Row], size: int) -> Iterator[list[Row]]:
    """The rows in blocks, from the beginning; the list is used up, so that what was given can be freed."""
    rows.reverse()
    while rows:
        block = rows[-size:]
        del rows[-size:]
        block.reverse()
        yield block
