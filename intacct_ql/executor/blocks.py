"""Some rows as bytes and back, column by column.

In: rows of typed cells. Out: bytes, and the same rows again. Refuses to know: files.

Pickle writes text, whole numbers and truths fast, but a ``Decimal`` or a day takes it half a microsecond and more. In a
column of one such type the cells become text or whole numbers first, in loops that are not Python's: that halves the
time of a row of ten columns, both ways. Whatever is mixed goes through pickle as it stands, and so do times of several
zones. Only the ``fold`` of a time, which no reply can say, is not kept.

Only bytes of this process's own, unlinked files ever come in: pickle must read nothing else.
"""

import pickle
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from io import BytesIO
from itertools import repeat
from typing import Any

from intacct_ql.executor.conditions import Row

Cells = Sequence[Any]
Packed = tuple[type | None, tzinfo | None, list[int], Cells]

_EMPTY = type(None)
_AS_KEPT: Callable[..., datetime] = datetime  # how pickle calls it, and nobody else


def dump(rows: Sequence[Row]) -> bytes:
    """The rows, which are of one width and at least one, as bytes."""
    buffer = BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True  # cells do not refer to each other: to remember each of them takes as long as to write it
    pickler.dump([_packed(column) for column in zip(*rows, strict=True)])
    return buffer.getvalue()


def load(data: bytes) -> list[Row]:
    """The rows that ``dump`` wrote."""
    columns: list[Packed] = pickle.loads(data)  # noqa: S301 - bytes of our own, see above
    return list(zip(*[_unpacked(*column) for column in columns], strict=True))


def _packed(column: Cells) -> Packed:
    """The type that was packed (None: the cells are as they were), its zone, where cells are empty, and the others."""
    kind = type(next((cell for cell in column if cell is not None), None))
    if kind not in _CODECS:
        return None, None, [], column
    kinds = set(map(type, column))
    empty = _EMPTY in kinds
    if len(kinds) > 1 + empty:
        return None, None, [], column
    filled = [cell for cell in column if cell is not None] if empty else column
    zone: tzinfo | None = None
    if kind is datetime:
        zone = filled[0].tzinfo
        if any(cell.tzinfo is not zone for cell in filled):
            return None, None, [], column
    gaps = [place for place, cell in enumerate(column) if cell is None] if empty else []
    return kind, zone, gaps, list(_CODECS[kind][0](filled))


def _unpacked(kind: type | None, zone: tzinfo | None, gaps: list[int], cells: Cells) -> Iterable[Any]:
    if kind is None:
        return cells
    filled = map(_AS_KEPT, cells, repeat(zone)) if zone is not None else _CODECS[kind][1](cells)
    if not gaps:
        return filled
    column = list(filled)
    for gap in gaps:
        column.insert(gap, None)
    return column


def _states(times: Cells) -> Iterable[bytes]:
    """The ten bytes that pickle, too, knows a time by."""
    return [arguments[0] for _, arguments in map(datetime.__reduce__, times)]  # type: ignore[misc, str-unpack]


_CODECS: dict[type | None, tuple[Callable[[Cells], Iterable[Any]], Callable[[Cells], Iterable[Any]]]] = {
    Decimal: (lambda cells: map(str, cells), lambda cells: map(Decimal, cells)),
    date: (lambda cells: map(date.toordinal, cells), lambda cells: map(date.fromordinal, cells)),
    datetime: (_states, lambda cells: map(_AS_KEPT, cells)),
}
