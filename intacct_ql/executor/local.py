"""The local steps over rows: filter, distinct, sort, limit, project.

In: typed rows, a page at a time, and ``steps``. Out: rows. Refuses to know: pages' requests, and where the rows come
from.

Rows are pushed in and what can be given already comes out, so that a page that fails leaves everything as it was, and
one body serves blocking and async callers. Only a sort holds its rows; it is stable, and empty values come last in
ascending order and first in descending order, as in the gateway's database, unless the text says where.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from intacct_ql.binder import tree
from intacct_ql.executor.conditions import Fold, Row, compiled, is_finite, moment, text
from intacct_ql.planner.steps import Distinct, Filter, Key, Limit, Project, Sort, Step


class Stage(Protocol):
    """One step at work. ``full``: no further row would come out."""

    full: bool

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        """What comes out at once."""
        ...

    def finish(self) -> Iterable[Row]:
        """What was held back, once no more rows come."""
        ...


class Pipeline:
    """The local steps of one run, each in its turn."""

    def __init__(self, steps: Sequence[Step], options: tree.Options | None = None) -> None:
        fold = str.casefold if options is not None and options.case_insensitive else None
        self._stages = [_STAGES[type(step)](step, fold) for step in steps]

    @property
    def full(self) -> bool:
        """Whether further rows could change nothing: a limit has all it wants."""
        return any(stage.full for stage in self._stages)

    @property
    def held(self) -> int:
        """Rows that wait for the last one."""
        return sum(len(stage.rows) for stage in self._stages if isinstance(stage, _Sort))

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        """What these rows let out at once."""
        for stage in self._stages:
            rows = stage.push(rows)
        return rows

    def finish(self) -> Iterable[Row]:
        """What is left, once no more rows come."""
        rows: list[Row] = []
        for stage in self._stages:
            rows = [*stage.push(rows), *stage.finish()]
        return rows


def run(rows: Iterable[Row], steps: Sequence[Step], *, options: tree.Options | None = None) -> Iterator[Row]:
    """The rows after all the steps; nothing is read before the first row is asked for, nor behind a full limit."""
    pipeline = Pipeline(steps, options)
    for row in rows:
        yield from pipeline.push((row,))
        if pipeline.full:
            return
    yield from pipeline.finish()


class _Streaming:
    """A stage that holds nothing back."""

    full = False

    def finish(self) -> Iterable[Row]:
        return ()


class _Filter(_Streaming):
    def __init__(self, step: Filter, fold: Fold) -> None:
        places = {expression: index for index, expression in enumerate(step.row)}
        self._test = compiled(step.predicate, places, fold)

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        return list(filter(self._test, rows))


class _Distinct(_Streaming):
    def __init__(self, step: Distinct, _: Fold) -> None:
        self._width = step.width
        self._seen: set[Row] = set()

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        fresh = []
        for row in rows:
            part = row[: self._width]
            if part not in self._seen:
                self._seen.add(part)
                fresh.append(row)
        return fresh


class _Limit(_Streaming):
    def __init__(self, step: Limit, _: Fold) -> None:
        self._skip = step.offset
        self._left = step.limit
        self.full = step.limit == 0

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        kept = list(rows)
        skipped = min(self._skip, len(kept))
        self._skip -= skipped
        kept = kept[skipped:]
        if self._left is not None:
            kept = kept[: self._left]
            self._left -= len(kept)
            self.full = self._left == 0
        return kept


class _Project(_Streaming):
    def __init__(self, step: Project, _: Fold) -> None:
        self._pick: Callable[[Row], Row] = (
            operator.itemgetter(*step.indexes) if len(step.indexes) > 1 else _single(step.indexes[0])
        )

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        return list(map(self._pick, rows))


def _single(index: int) -> Callable[[Row], Row]:
    return lambda row: (row[index],)


class _Sort:
    full = False

    def __init__(self, step: Sort, _: Fold) -> None:
        self._keys = step.keys
        self.rows: list[Row] = []

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        self.rows.extend(rows)
        return ()

    def finish(self) -> Iterable[Row]:
        for key in reversed(self._keys):  # the least key first: each sort keeps the order of the one before
            self.rows = _sorted(self.rows, key)
        return self.rows


def _sorted(rows: list[Row], key: Key) -> list[Row]:
    index = key.index
    empty = [row for row in rows if row[index] is None]
    filled = [row for row in rows if row[index] is not None] if empty else rows
    try:
        ordered = sorted(filled, key=operator.itemgetter(index), reverse=key.descending)
    except (TypeError, ArithmeticError):  # a cell that is not of its column's type
        ordered = sorted(filled, key=lambda row: _rank(row[index]), reverse=key.descending)
    first = key.descending if key.nulls_first is None else key.nulls_first
    return empty + ordered if first else ordered + empty


def _rank(cell: object) -> tuple[int, Any]:
    """A place in one order of all values: numbers, then days and times, then text."""
    if isinstance(cell, int | Decimal) and is_finite(cell):
        return 0, cell
    if isinstance(cell, date):
        return 1, moment(cell)
    return 2, text(cell)


_STAGES: dict[type[Step], Callable[[Any, Fold], Stage]] = {
    Filter: _Filter,
    Distinct: _Distinct,
    Sort: _Sort,
    Limit: _Limit,
    Project: _Project,
}
