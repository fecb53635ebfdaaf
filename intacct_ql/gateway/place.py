"""What has been read of rows in an order, so that the others can be asked for.

In: pages of ordered rows. Out: a ``Frontier``. Refuses to know: fields, conditions, and how they are said.

No two rows are alike in the order: it ends in a key, or names all that tells groups apart. What the gateway does with
the columns before it is documented nowhere: whether empty cells come first or last, and in which order it has labels
and truths. So nothing of that is supposed. A column is gone through class by class: the empty cells are one class, and
all others another, whose order is known; labels are a class each. A class is done when another one follows it on the
same page, for a page is one look at the rows. Until then what is behind its last cell may still come:

    order by TERM, RECORDNO      on a page      read so far                 what may still come
                                 Net 15   9     TERM: met (a value),        TERM > Net 30, or TERM = Net 30 and
                                 Net 30   4       open Net 30:                RECORDNO > 7, or TERM is empty:
                                 Net 30   7         RECORDNO: open 7          no empty one was met
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from operator import gt, lt

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page

Cell = object
Cells = Sequence[Cell]

_ORDERED = (int, Decimal, date)
"""What Python puts in the order that the gateway has; text may be sorted otherwise there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderColumn:
    """One column of an order: where it stands in a row, and its direction.

    ``discrete`` values are told apart and never compared: labels, whose order at the gateway nobody knows. A ``key`` is
    never empty.
    """

    index: int
    descending: bool = False
    discrete: bool = False
    key: bool = False

    def knows_order(self, cell: Cell, other: Cell) -> bool:
        """Whether it is known which of two unlike cells comes first."""
        return not self.discrete and cell is not None and other is not None


@dataclass(frozen=True, slots=True)
class Frontier:
    """How far one column has been read, among rows alike in the columns before it.

    ``open`` are the last cells of the classes that may go on, each with the frontier of the next column among the rows
    with that cell (None behind the last column). ``met`` has a cell of every class that was met.
    """

    open: tuple[tuple[Cell, "Frontier | None"], ...] = ()
    met: tuple[Cell, ...] = ()


def advanced(columns: Sequence[OrderColumn], page: Page, before: Frontier | None) -> Frontier:
    """The frontier with a page that is not empty behind the one ``before`` it.

    Raises ``TransportError`` where the rows of the page are not in the order that was asked for.
    """
    read = [page.column(column.index) for column in columns]
    if columns[-1].key and (None in read[-1] or "" in read[-1]):
        raise TransportError("paging cannot go on: a row has no key")
    _check_order(columns, read)
    if len(columns) == 1 and before is not None:
        _check_progress(columns[0], before, read[0][0])
    if len(columns) == 1 and columns[0].key and not columns[0].discrete:  # one class, of all cells: nothing to look for
        return Frontier(open=((read[0][-1], None),), met=before.met if before is not None else (read[0][0],))
    return _advanced(columns, read, 0, len(read[0]), before or Frontier())


def _advanced(
    columns: Sequence[OrderColumn], read: Sequence[Cells], start: int, stop: int, before: Frontier
) -> Frontier:
    column, still_open, met = columns[0], dict(_by_class(columns[0], before.open)), list(before.met)
    last: Cell = None
    followed = False
    done: list[Cell] = []
    for cell, cells in groupby(read[0][start:stop]):
        length = sum(1 for _ in cells)
        kind = _class(column, cell)
        if followed and kind != last:
            still_open.pop(last, None)
            done.append(last)
        if kind in done:
            raise TransportError(f"paging does not progress: {cell} comes again behind others")
        if kind not in (_class(column, one) for one in met):
            met.append(cell)
        known = still_open.get(kind, (None, None))
        if len(columns) == 1:
            still_open[kind] = cell, None
        else:
            inner = known[1] if kind in still_open and known[0] == cell else None
            still_open[kind] = cell, _advanced(columns[1:], read[1:], start, start + length, inner or Frontier())
        last, followed, start = kind, True, start + length
    return Frontier(open=tuple(still_open.values()), met=tuple(met))


def _class(column: OrderColumn, cell: Cell) -> Cell:
    """What stands for all cells whose order among themselves is known."""
    return cell if column.discrete or cell is None else True


def _by_class(
    column: OrderColumn, entries: Sequence[tuple[Cell, Frontier | None]]
) -> list[tuple[Cell, tuple[Cell, Frontier | None]]]:
    return [(_class(column, cell), (cell, inner)) for cell, inner in entries]


def _check_order(columns: Sequence[OrderColumn], read: Sequence[Cells]) -> None:
    """Every row of a page must lie behind the one before it."""
    if len(columns) == 1 and _rises(columns[0], read[0]):
        return
    for one, other in pairwise(zip(*read, strict=True)):
        for column, before, behind in zip(columns, one, other, strict=True):
            if before != behind:
                if not column.discrete and _falls(column, before, behind):
                    raise TransportError(f"paging does not progress: {behind} comes after {before}")
                break
        else:
            raise TransportError(f"paging does not progress: the key {one[-1]} comes twice")


def _check_progress(column: OrderColumn, before: Frontier, first: Cell) -> None:
    """The first row of a page lies behind the last one of the page before, where there is only a key."""
    for last, _ in before.open:
        if last == first or (not column.discrete and _falls(column, last, first)):
            raise TransportError(f"paging does not progress: the key {first} comes after {last}")


def _rises(column: OrderColumn, keys: Cells) -> bool:
    """Whether whole numbers strictly rise, or fall; the common case, without a step a row."""
    if {*map(type, keys)} != {int}:
        return False
    return all(map(gt if column.descending else lt, keys, keys[1:]))  # type: ignore[arg-type]


def _falls(column: OrderColumn, before: Cell, behind: Cell) -> bool:
    numbers = isinstance(before, int | Decimal) and isinstance(behind, int | Decimal)
    if not isinstance(before, _ORDERED) or not isinstance(behind, _ORDERED):
        return False
    if type(before) is not type(behind) and not numbers:
        return False
    return before < behind if column.descending else before > behind  # type: ignore[operator]
