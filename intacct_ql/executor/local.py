"""The local steps over rows: filter, distinct, group, sort, limit, project.

In: typed rows, a page at a time, and ``steps``. Out: rows. Refuses to know: pages' requests, and where the rows come
from.

Rows are pushed in and what can be given already comes out, so that a page that fails leaves everything as it was, and
one body serves blocking and async callers. Sort and group hold their rows until the last one has come, distinct only
those that it cannot judge yet. What they hold is bounded: beyond the memory of ``Storage`` rows go to temporary files,
and what comes out is the same, in the same order, whatever the bound.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Protocol

from intacct_ql.binder import tree
from intacct_ql.errors import ConfigError
from intacct_ql.executor.conditions import Fold, Row, compiled
from intacct_ql.executor.grouping import Firsts, Groups, batches, picker
from intacct_ql.executor.order import Order
from intacct_ql.executor.sorter import Sorter
from intacct_ql.executor.spill import Scratch, Storage
from intacct_ql.planner.steps import Distinct, Filter, Group, Limit, Project, Sort, Step


class Stage(Protocol):
    """One step at work. ``full``: no further row would come out. ``held``: rows that wait for the last one."""

    full: bool

    @property
    def held(self) -> int:
        """Rows that wait for the last one."""
        ...

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        """What comes out at once."""
        ...

    def finish(self) -> Iterable[Row]:
        """What was held back, once no more rows come."""
        ...


class Pipeline:
    """The local steps of one run, each in its turn. Close it when the rows are not wanted any more.

    ``push`` and ``finish`` raise ``Error`` where temporary files cannot be written, and for a sum of what is no number;
    the rows pushed are lost then.
    """

    def __init__(
        self, steps: Sequence[Step], options: tree.Options | None = None, storage: Storage | None = None
    ) -> None:
        storage = storage or Storage()
        holding = sum(isinstance(step, Sort | Group | Distinct) for step in steps)
        self._scratch = Scratch(storage.folder)
        room = _Room(
            fold=str.casefold if options is not None and options.case_insensitive else None,
            memory=storage.memory // max(1, holding),
            scratch=self._scratch,
        )
        self._stages = [_STAGES[type(step)](step, room) for step in steps]

    @property
    def full(self) -> bool:
        """Whether further rows could change nothing: a limit has all it wants."""
        return any(stage.full for stage in self._stages)

    @property
    def held(self) -> int:
        """Rows that wait for the last one."""
        return sum(stage.held for stage in self._stages)

    @property
    def is_empty(self) -> bool:
        """Whether rows pass as they are."""
        return not self._stages

    @property
    def limits(self) -> tuple[tuple[int, int | None], ...] | None:
        """What each limit has still to skip and to give; None where a stage holds rows and cannot be gone on with."""
        if not all(isinstance(stage, _Streaming) for stage in self._stages):
            return None
        return tuple([stage.state for stage in self._stages if isinstance(stage, _Limit)])

    def go_on(self, limits: Sequence[Sequence[Any]]) -> None:
        """Let the limits go on where they were. Raises ``ConfigError`` where there are not as many."""
        own = [stage for stage in self._stages if isinstance(stage, _Limit)]
        if len(own) != len(limits):
            raise ConfigError("the resume token cannot be read; run the query from its start")
        for stage, state in zip(own, limits, strict=True):
            stage.go_on(*state)

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        """What these rows let out at once."""
        for stage in self._stages:
            rows = stage.push(rows)
        return rows

    def finish(self) -> Iterator[Row]:
        """What is left, once no more rows come; read from disk as it is asked for. The pipeline is closed behind it."""
        parts: Iterable[Iterable[Row]] = ()
        for stage in self._stages:
            parts = _through(stage, parts)
        return chain.from_iterable(self._to_the_end(parts))

    def _to_the_end(self, parts: Iterable[Iterable[Row]]) -> Iterator[Iterable[Row]]:
        try:
            yield from parts
        finally:
            self.close()

    def close(self) -> None:
        """Remove the temporary files. Closing twice is harmless."""
        self._stages = []
        self._scratch.close()


def _through(stage: Stage, parts: Iterable[Iterable[Row]]) -> Iterator[Iterable[Row]]:
    """What comes out of a stage for these last rows, and what it held back, part by part."""
    left = batches(chain.from_iterable(parts))
    while not stage.full and (batch := next(left, None)):
        yield stage.push(batch)
    if not stage.full:
        yield stage.finish()


def run(
    rows: Iterable[Row], steps: Sequence[Step], *, options: tree.Options | None = None, storage: Storage | None = None
) -> Generator[Row]:
    """The rows after all the steps; nothing is read before the first row is asked for, nor behind a full limit."""
    pipeline = Pipeline(steps, options, storage)
    try:
        for row in rows:
            yield from pipeline.push((row,))
            if pipeline.full:
                return
        yield from pipeline.finish()
    finally:
        pipeline.close()


class _Room:
    """What a stage is given: how case is ignored, bytes of memory, and where temporary files are made."""

    def __init__(self, *, fold: Fold, memory: int, scratch: Scratch) -> None:
        self.fold = fold
        self.memory = memory
        self.scratch = scratch


class _Streaming:
    """A stage that holds nothing back."""

    full = False
    held = 0

    def finish(self) -> Iterable[Row]:
        return ()


class _Filter(_Streaming):
    def __init__(self, step: Filter, room: _Room) -> None:
        places = {expression: index for index, expression in enumerate(step.row)}
        self._test = compiled(step.predicate, places, room.fold)

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        return list(filter(self._test, rows))


class _Limit(_Streaming):
    def __init__(self, step: Limit, _: _Room) -> None:
        self._skip = step.offset
        self._left = step.limit
        self.full = step.limit == 0

    @property
    def state(self) -> tuple[int, int | None]:
        return self._skip, self._left

    def go_on(self, skip: int, left: int | None) -> None:
        self._skip, self._left, self.full = skip, left, left == 0

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
    def __init__(self, step: Project, _: _Room) -> None:
        self._pick = picker(step.indexes)

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        return list(map(self._pick, rows))


class _Distinct:
    full = False

    def __init__(self, step: Distinct, room: _Room) -> None:
        self._firsts = Firsts(step, room.memory, room.scratch)

    @property
    def held(self) -> int:
        return self._firsts.rows

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        return self._firsts.push(rows)

    def finish(self) -> Iterable[Row]:
        return self._firsts.finish()


class _Holding:
    """A stage that gives nothing before it has every row."""

    full = False

    def __init__(self, kept: Sorter | Groups) -> None:
        self._kept = kept

    @property
    def held(self) -> int:
        return self._kept.rows

    def push(self, rows: Iterable[Row]) -> Iterable[Row]:
        self._kept.push(rows if isinstance(rows, list) else list(rows))
        return ()

    def finish(self) -> Iterable[Row]:
        return self._kept.finish()


def _sort(step: Sort, room: _Room) -> Stage:
    return _Holding(Sorter(Order(step.keys), room.memory, room.scratch, most=step.most))


def _group(step: Group, room: _Room) -> Stage:
    return _Holding(Groups(step, room.memory, room.scratch))


_STAGES: dict[type[Step], Callable[[Any, _Room], Stage]] = {
    Filter: _Filter,
    Distinct: _Distinct,
    Group: _group,
    Sort: _sort,
    Limit: _Limit,
    Project: _Project,
}
