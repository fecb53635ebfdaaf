"""Some rows as bytes and back, column by column.

In: rows of typed cells. Out: bytes, and the same rows again. Refuses to know: files.

Pickle writes text, whole numbers and truths fast, but a ``Decimal`` or a day takes it half a microsecond and more. In a
column of one such type the cells become text or whole numbers first, in loops that are not Python's: that halves the
time of a row of ten columns, both ways. Whatever is mixed goes through pickle as it stands. Only the ``fold`` of a time
without a zone, which no reply can say, is not kept.

Only bytes of this process's own, unlinked files ever come in: pickle must read nothing else.
"""

import operator
import pickle
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import repeat
from typing import Any

from intacct_ql.executor.conditions import Row

Cells = Sequence[Any]
Packed = tuple[type | None, list[bool] | None, Cells]

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the times of a session have no zone
_TICK = timedelta(microseconds=1)
_EMPTY = type(None)


def dump(rows: Sequence[Row]) -> bytes:
    """The rows, which are of one width and at least one, as bytes."""
    return pickle.dumps([_packed(column) for column in zip(*rows, strict=True)], pickle.HIGHEST_PROTOCOL)


def load(data: bytes) -> list[Row]:
    """The rows that ``dump`` wrote."""
    columns: list[Packed] = pickle.loads(data)  # noqa: S301 - bytes of our own, see above
    return list(zip(*[_unpacked(*column) for column in columns], strict=True))


def _packed(column: Cells) -> Packed:
    """The type that was packed (None: the cells are as they were), where cells are empty, and the filled ones."""
    kinds = set(map(type, column))
    empty = _EMPTY in kinds
    kinds.discard(_EMPTY)
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind not in _CODECS:
        return None, None, column
    filled = [cell for cell in column if cell is not None] if empty else column
    try:
        cells = list(_CODECS[kind][0](filled))
    except TypeError:  # a time with a zone
        return None, None, column
    return kind, [cell is None for cell in column] if empty else None, cells


def _unpacked(kind: type | None, gaps: list[bool] | None, cells: Cells) -> Iterable[Any]:
    if kind is None:
        return cells
    filled = iter(_CODECS[kind][1](cells))
    return filled if gaps is None else [None if gap else next(filled) for gap in gaps]


def _ticks(times: Cells) -> Iterable[int]:
    return map(operator.floordiv, map(operator.sub, times, repeat(_EPOCH)), repeat(_TICK))


def _times(ticks: Cells) -> Iterable[datetime]:
    return map(operator.add, repeat(_EPOCH), map(operator.mul, repeat(_TICK), ticks))


_CODECS: dict[type | None, tuple[Callable[[Cells], Iterable[Any]], Callable[[Cells], Iterable[Any]]]] = {
    Decimal: (lambda cells: map(str, cells), lambda cells: map(Decimal, cells)),
    date: (lambda cells: map(date.toordinal, cells), lambda cells: map(date.fromordinal, cells)),
    datetime: (_ticks, _times),
}
