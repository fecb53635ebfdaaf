"""Blocks of rows on their way from the wire to the caller.

In: blocks, as pagers give them. Out: the same blocks, one after the other; what has not been handed on yet. Refuses to
know: how blocks are asked for, and what becomes of their rows.
"""

from collections import deque
from collections.abc import Sequence

from intacct_ql.gateway.paging import Block, Interval, PageRequest


class Delivery:
    """Takes blocks in and hands them on.

    ``mark`` is what comes behind those that were handed on: a request, or the ranges of keys that are still missing.
    """

    def __init__(self, mark: PageRequest | Sequence[Interval] | None) -> None:
        self._blocks: deque[Block] = deque()
        self.mark: PageRequest | list[Interval] | None = mark if isinstance(mark, PageRequest) else list(mark or ())

    @property
    def waiting(self) -> int:
        """How many blocks have come and not been handed on."""
        return len(self._blocks)

    def put(self, block: Block) -> None:
        """Take a block in."""
        self._blocks.append(block)

    def pop(self) -> Block | None:
        """The next block, None where it has not come yet."""
        if not self._blocks:
            return None
        block = self._blocks.popleft()
        if block.covers is None:
            self.mark = block.then
        elif isinstance(self.mark, list):
            self.mark = _without(self.mark, block.covers)
        return block


def _without(gaps: Sequence[Interval], covered: Interval) -> list[Interval]:
    """The gaps that are left when these keys have been read."""
    low, high = covered
    parts = [part for gap in gaps for part in ((gap[0], min(gap[1], low)), (max(gap[0], high), gap[1]))]
    return [part for part in parts if part[0] < part[1]]
