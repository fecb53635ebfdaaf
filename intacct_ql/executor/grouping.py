"""Rows alike in some columns, found by value: the first of each, or one row of aggregates for each.

In: rows. Out: for all rows alike one row, in the order in which the first of each came. Refuses to know: files.

Values are looked up in memory as long as they fit into half of what is allowed. From then on rows of values not seen
yet are deferred: sorted by hash, on disk where need be, so that those alike stand beside each other; settled there; and
put back into the order in which they came. Rows of values seen before need no room.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from sys import getsizeof
from typing import TypeVar

from intacct_ql.executor.aggregates import Aggregates, State
from intacct_ql.executor.conditions import Row
from intacct_ql.executor.order import Order
from intacct_ql.executor.sorter import BLOCK, Sorter
from intacct_ql.executor.spill import Meter, Scratch
from intacct_ql.planner.steps import Distinct, Group, Key

T = TypeVar("T")
Pick = Callable[[Row], Row]
Settle = Callable[[Iterable[Row]], Iterable[Row]]

_NUMBER = 104
"""Bytes of a ``Decimal``: what a state is taken to hold in each slot."""


def picker(indexes: Sequence[int]) -> Pick:
    """The function that gives these columns of a row, always as a tuple."""
    if len(indexes) > 1:
        return operator.itemgetter(*indexes)
    if not indexes:
        return lambda _: ()
    index = indexes[0]
    return lambda row: (row[index],)


def batches(rows: Iterable[T], size: int = BLOCK) -> Iterator[list[T]]:
    """The rows, so many at a time."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


class Firsts:
    """The first row of those alike in the first ``width`` columns."""

    def __init__(self, step: Distinct, memory: int, scratch: Scratch) -> None:
        self._width = step.width
        self._memory = memory
        self._seen: set[Row] = set()
        self._meter = Meter()
        self._deferred = _Deferred(self._part, memory, scratch)
        self._full = False

    @property
    def rows(self) -> int:
        """Rows taken and not given, nor dropped."""
        return self._deferred.rows

    def push(self, rows: Iterable[Row]) -> list[Row]:
        """Take rows; those whose values are new come out at once, while there is room to remember these."""
        seen, width = self._seen, self._width
        if self._full:
            self._deferred.push([row for row in rows if row[:width] not in seen])
            return []
        fresh: list[Row] = []
        parts: list[Row] = []
        for row in rows:
            part = row[:width]
            if part not in seen:
                seen.add(part)
                fresh.append(row)
                parts.append(part)
        self._meter.add(parts)
        self._full = self._meter.bytes + getsizeof(seen) > self._memory // 2
        return fresh

    def finish(self) -> Iterator[Row]:
        """The rows that were deferred, without those whose values came before."""
        self._seen = set()
        return self._deferred.settled(self._first)

    def _part(self, row: Row) -> Row:
        return row[: self._width]

    def _first(self, rows: Iterable[Row]) -> Iterable[Row]:
        firsts: dict[Row, Row] = {}
        for row in rows:
            firsts.setdefault(row[: self._width], row)
        return firsts.values()


class Groups:
    """One row for all rows alike in the keys: those columns, then the aggregates."""

    def __init__(self, step: Group, memory: int, scratch: Scratch) -> None:
        self.rows = 0
        self._pick = picker(step.keys)
        self._aggregates = Aggregates(step.aggregates)
        self._memory = memory
        self._states: dict[Row, State] = {}
        self._meter = Meter()
        self._deferred = _Deferred(self._pick, memory, scratch)
        self._full = False
        if not step.keys:
            self._states[()] = [*self._aggregates.empty]

    def push(self, rows: Sequence[Row]) -> None:
        """Take rows in. Raises ``Error`` for a cell that cannot be added, and where the disk refuses rows."""
        self.rows += len(rows)
        if self._full:
            self._deferred.push(self._added(self._states, rows, grows=False))
            return
        before = len(self._states)
        self._added(self._states, rows)
        self._meter.add(list(islice(reversed(self._states), len(self._states) - before)))
        self._full = self._size > self._memory // 2

    def finish(self) -> Iterator[Row]:
        """The rows of the groups, in the order in which their first rows came."""
        yield from self._results(self._states)
        self._states = {}
        yield from self._deferred.settled(self._grouped)

    @property
    def _size(self) -> int:
        state = getsizeof(self._aggregates.empty) + _NUMBER * len(self._aggregates.empty)
        return self._meter.bytes + len(self._states) * state + getsizeof(self._states)

    def _added(self, states: dict[Row, State], rows: Iterable[Row], *, grows: bool = True) -> list[Row]:
        """Adds rows to their groups, and gives those whose group is new, where no more are to be made."""
        pick, slots, empty = self._pick, self._aggregates.slots, self._aggregates.empty
        strangers: list[Row] = []
        for row in rows:
            key = pick(row)
            state = states.get(key)
            if state is None:
                if not grows:
                    strangers.append(row)
                    continue
                state = states[key] = empty.copy()
            for place, index, add in slots:
                cell = row[index]
                if cell is not None:
                    state[place] = add(state[place], cell)
        return strangers

    def _grouped(self, rows: Iterable[Row]) -> Iterable[Row]:
        states: dict[Row, State] = {}
        self._added(states, rows)
        return list(self._results(states))

    def _results(self, states: dict[Row, State]) -> Iterator[Row]:
        values = self._aggregates.values
        return (key + values(state) for key, state in states.items())


class _Deferred:
    """Rows that wait until those alike stand beside each other.

    They are kept as (hash, number, cells...); the hash is one for all values that are equal, whatever their types, and
    is of this process only.
    """

    def __init__(self, pick: Pick, memory: int, scratch: Scratch) -> None:
        self._pick = pick
        room = memory * 7 // 16  # for each of the two; the rest is for what stands beside them
        self._by_hash = Sorter(_FIRST, room, scratch)
        self._by_number = Sorter(_FIRST, room, scratch)

    @property
    def rows(self) -> int:
        return self._by_hash.rows

    def push(self, rows: Iterable[Row]) -> None:
        numbered = enumerate(rows, self.rows)
        self._by_hash.push([(hash(self._pick(row)), number, *row) for number, row in numbered])

    def settled(self, settle: Settle) -> Iterator[Row]:
        """What ``settle`` makes of rows that may be alike, in the order in which the first of each came.

        It is given the rows of one hash, and gives one row for all alike, in the order of the first of each.
        """
        for batch in batches(self._numbered(settle)):
            self._by_number.push(batch)
        for row in self._by_number.finish():
            yield row[1:]

    def _numbered(self, settle: Settle) -> Iterator[Row]:
        for _, waiting in groupby(self._by_hash.finish(), operator.itemgetter(0)):
            yield from self._of_one_hash(waiting, settle)

    def _of_one_hash(self, waiting: Iterator[Row], settle: Settle) -> list[Row]:
        first, second = next(waiting), next(waiting, None)
        if second is None:  # nearly always, or there would not be so many
            return [(first[1], *row) for row in settle((first[2:],))]
        numbers: dict[Row, int] = {}
        results = settle(self._noted(chain((first, second), waiting), numbers))
        return [(number, *row) for number, row in zip(numbers.values(), results, strict=True)]

    def _noted(self, waiting: Iterable[Row], numbers: dict[Row, int]) -> Iterator[Row]:
        for _, number, *cells in waiting:
            row = tuple(cells)
            numbers.setdefault(self._pick(row), number)
            yield row


_FIRST = Order((Key(index=0),))
