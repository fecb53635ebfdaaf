"""Blocks of rows on their way from the wire to the caller.

In: blocks, in the order they arrive in. Out: the same blocks, in the order of their keys or as they come; what has not
been handed on yet. Refuses to know: how blocks are asked for, and what becomes of their rows.

Where order counts, a block waits until everything before it has been handed on: the keys that are still missing say
which one is next. Only that one waits in memory, all others in a temporary file; that costs rows which are not typed
yet a quarter of what it costs typed ones.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from intacct_ql.executor import blocks
from intacct_ql.executor.spill import Scratch, Shelf
from intacct_ql.gateway.by_column import ByColumn
from intacct_ql.gateway.paging import Block, Interval, PageRequest


class _Shelved(NamedTuple):
    """Where the rows of a block stand, and what makes rows of those bytes."""

    stands: tuple[int, int]
    load: Callable[[bytes], Sequence[tuple[object, ...]]]


class Delivery:
    """Takes blocks in and hands them on.

    ``waiting`` is how many blocks have come and not been handed on, ``handed`` how many have. ``mark`` is what comes
    behind those: a request, or the ranges of keys that are still missing.
    """

    def __init__(self, scratch: Scratch, *, ordered: bool, mark: PageRequest | Sequence[Interval] | None) -> None:
        self._shelf = Shelf(scratch)
        self._ordered = ordered and not isinstance(mark, PageRequest)
        self._blocks: deque[Block] = deque()
        self._by_start: dict[float, tuple[Block, _Shelved | None]] = {}
        self.mark: PageRequest | list[Interval] | None = mark if isinstance(mark, PageRequest) else list(mark or ())
        self.waiting = 0
        self.handed = 0

    def put(self, block: Block) -> None:
        """Take a block in. Raises ``Error`` where a temporary file cannot be written."""
        if block.covers is None or not self._ordered:
            self._blocks.append(block)
        elif block.covers[0] < block.covers[1]:
            self._by_start[block.covers[0]] = self._kept(block)
        else:  # others had covered all of it
            return
        self.waiting += 1

    def pop(self) -> Block | None:
        """The next block, None where it has not come yet."""
        block = self._next()
        if block is None:
            return None
        self.waiting -= 1
        self.handed += 1
        if block.covers is None:
            self.mark = block.then
        elif isinstance(self.mark, list):
            self.mark = _without(self.mark, block.covers)
        return block

    @property
    def is_starved(self) -> bool:
        """Whether nothing can be handed on before more has come."""
        return self._peek() is None and not self._blocks

    def _next(self) -> Block | None:
        if self._blocks:
            return self._blocks.popleft()
        start = self._peek()
        if start is None:
            return None
        block, shelved = self._by_start.pop(start)
        return block if shelved is None else replace(block, rows=shelved.load(self._shelf.take(shelved.stands)))

    def _peek(self) -> float | None:
        """Where the next block starts, if it is here."""
        if not self._by_start or not isinstance(self.mark, list) or not self.mark:
            return None
        start = self.mark[0][0]
        return start if start in self._by_start else None

    def _kept(self, block: Block) -> tuple[Block, "_Shelved | None"]:
        """The block, its rows in the file unless they are next."""
        is_next = isinstance(self.mark, list) and self.mark and block.covers and self.mark[0][0] == block.covers[0]
        rows = block.rows
        if is_next or not rows:
            return block, None
        if isinstance(rows, ByColumn):
            shelved = _Shelved(self._shelf.put(rows.dump()), rows[:0].load)
        else:
            shelved = _Shelved(self._shelf.put(blocks.dump(rows)), blocks.load)
        return replace(block, rows=()), shelved


def _without(gaps: Sequence[Interval], covered: Interval) -> list[Interval]:
    """The gaps that are left when these keys have been read."""
    low, high = covered
    parts = [part for gap in gaps for part in ((gap[0], min(gap[1], low)), (max(gap[0], high), gap[1]))]
    return [part for part in parts if part[0] < part[1]]
