"""Pages of a result that the gateway keeps, as ``readByQuery`` and ``readMore`` give them.

In: pages as they arrive. Out: page requests. Refuses to know: how a page is fetched, and what the rows mean.

The gateway moves on by itself: a page that got lost on its way is not given again, and the result dies with its
session. What is announced to remain tells: it falls by one page at the most, and by no less than the rows that came. It
may fall by more than came, because a row that was deleted meanwhile leaves a gap; where nothing came a page got lost.

Where rows have a whole-number key, nothing is lost for good: what is missing is looked for in ranges of keys, each so
narrow that it fits into one page, which can be asked for as often as it gets lost. Rows that were given already are
passed over.
"""

from array import array
from collections.abc import Collection, Sequence
from itertools import pairwise
from math import inf
from operator import itemgetter

from intacct_ql.errors import GatewayError, TransportError
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.paging import Block, Interval, OneByOne, PageRequest
from intacct_ql.gateway.patience import rule_for

_FILLED = 0.8
"""How full a page is meant to be that a range of keys is cut out for: keys are not spread evenly."""


class Kept(OneByOne):
    """A pager through a kept result, at least to its ``limit``; ``index`` is the place of a whole-number key."""

    def __init__(self, page_size: int, limit: int | None = None, *, index: int | None = None) -> None:
        self._size = page_size if limit is None else min(page_size, limit)
        self._limit = limit
        self._index = index
        self._given = array("q")
        self._before: set[float] = set()
        self._ranges: list[Interval] | None = None
        self._read = 0
        self._remaining: int | None = None
        self._next = None if limit == 0 else PageRequest(size=self._size)
        self._asked = False
        self.left_over = limit == 0

    def ask(self, *, ahead: bool = True) -> PageRequest | None:  # noqa: ARG002 - the protocol has it
        """The next part, unless it is under way."""
        if self._asked:
            return None
        self._asked = self._next is not None
        return self._next

    def take(self, request: PageRequest, page: Page) -> list[Block]:
        """The rows of the page that have not been given yet."""
        self._asked = False
        if self._ranges is not None:
            left = self._found(page)
        else:
            left, missing = self._left(page)
            if missing is not None and not self._look_for_missing():
                raise missing
            self._remaining = left  # not before: a page that is refused changes nothing
        rows = self._new_rows(page)
        self._read += len(rows)
        more = left > 0 and (self._limit is None or self._read < self._limit)
        self.left_over = left > 0 and not more
        self._next = self._request(page.resultid or request.resultid) if more else None
        return [Block(rows=rows, then=self._next)]

    def lost(self, request: PageRequest, failure: Exception | None) -> bool:
        """A refused ``readMore`` means that the result is gone; what it had left is looked for."""
        self._asked = False
        if request.resultid is None or not isinstance(failure, GatewayError):
            return False
        rule = rule_for(failure)
        return (rule is None or not rule.untouched) and self._look_for_missing()

    def _request(self, resultid: str | None) -> PageRequest:
        if self._ranges is not None:
            low, high = self._ranges[-1]
            ends = ((">", low), ("<=", high))
            bounds = tuple([(operator, int(end)) for operator, end in ends if abs(end) != inf])
            return PageRequest(bounds=bounds, size=self._size)
        if resultid is None:
            raise TransportError("more rows are announced, and the result they belong to has no id")
        return PageRequest(size=self._size, resultid=resultid)

    def _left(self, page: Page) -> tuple[int, TransportError | None]:
        """How many rows remain behind a page, and the error if that tells of a page that got lost."""
        before = self._remaining
        if before is None:
            left = _remaining(page, self._size)
            total = page.count + left if page.totalcount is None else page.totalcount
            missing = None if total == page.count + left else _rows_missing(total, page.count, left)
        else:
            left = before - page.count if page.numremaining is None else page.numremaining
            whole = page.count <= before - left <= self._size and (page.count > 0 or before == 0)
            missing = None if whole else _rows_missing(before, page.count, left)
        return (left, None) if missing is None else (max(left, 1), missing)

    def _new_rows(self, page: Page) -> list[tuple[object, ...]]:
        rows = list(page.rows)
        if self._index is None:
            return rows
        key = itemgetter(self._index)
        if self._ranges is not None:
            rows = [row for row in rows if key(row) not in self._before]
            self._before.update(map(key, rows))  # the parts of a range bring them again
        try:
            self._given.extend(map(key, rows))
        except (TypeError, OverflowError):
            self._index = None  # keys of another kind than was told: they help nobody
        return rows

    # The ranges.

    def _look_for_missing(self) -> bool:
        """Go on by ranges of keys, all of them to begin with; not where rows have no such key."""
        if self._index is None:
            return False
        self._ranges = [(-inf, inf)]
        self._before = set(self._given)
        self._next = self._request(None)
        return True

    def _found(self, page: Page) -> int:
        """Narrow the range that the page is of, or be done with it; how many are left."""
        ranges, left, parts = self._ranges or [], _remaining(page, self._size), []
        if left:
            if self._index is None or not page.rows:
                raise _rows_missing(left, page.count, left)
            cells = page.column(self._index)
            if {*map(type, cells)} - {int}:
                raise TransportError("paging cannot go on: a row has no key, or one that is not a whole number")
            keys: list[int] = list(cells)  # type: ignore[arg-type]
            parts = _parts(ranges[-1], keys, left + page.count, self._size, self._before)
        ranges[-1:] = parts
        return len(ranges)


def _parts(current: Interval, keys: Sequence[int], rows: int, size: int, known: Collection[float]) -> list[Interval]:
    """A range of so many rows, some of whose keys are on a page, in parts that a page may hold; the last is next.

    Nobody knows whether a page holds the first rows of its range, the last, or any. What is behind its outmost keys
    tells. An open end is reached for as far as rows take that stand as close as on the page, and at least as far as
    from there to the other end of the keys that are ``known``: where they stand wider, each reach doubles.
    """
    first, last = min(keys) - 1, max(keys)
    low, high = current
    if low == -inf and high == inf:
        return [(-inf, first), (first, last), (last, inf)]
    if low == -inf:
        end = high - max((high - first) * rows // len(keys), max(known) - high, 1)
        return list(pairwise(sorted({low, end, first, high})))
    if high == inf:
        end = low + max((last - low) * rows // len(keys), low - min(known), 1)
        return list(pairwise(sorted({low, last, end, high})))
    return _evenly(int(low), int(high), rows, size)


def _evenly(low: int, high: int, rows: int, size: int) -> list[Interval]:
    """A range in parts as if its keys were spread evenly."""
    count = max(2, int(rows / (size * _FILLED)) + 1)
    return list(pairwise(sorted({low + (high - low) * part // count for part in range(count + 1)})))


def _remaining(page: Page, size: int) -> int:
    """Rows behind a first page. Raises ``TransportError`` where the gateway does not say and the page is full."""
    if page.numremaining is not None:
        return page.numremaining
    if page.totalcount is not None:
        return page.totalcount - page.count
    if page.count < size:
        return 0
    raise TransportError("the page does not say how many rows are behind it")


def _rows_missing(before: int, count: int, left: int) -> TransportError:
    return TransportError(
        f"rows are missing: {before} were left, {count} came and {left} are left", "run the query again"
    )
