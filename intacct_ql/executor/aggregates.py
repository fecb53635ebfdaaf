"""COUNT, SUM, AVG, MIN and MAX, a cell at a time.

In: ``Fold`` records and rows. Out: for each group of rows the values of its aggregates. Refuses to know: how groups are
told apart.

Values are those the gateway writes [?]: sums are exact, with two digits after the point for CURRENCY and no needless
zeros for the rest; an average is exact division rounded half up at ten digits after the point. Text that is a number is
added as that number, because the cells of a field that no catalog knows are text. Text that is none ends the run with
an ``Error``: a total without it would be wrong, and nobody would see that. MIN and MAX order cells as a sort does.
"""

from collections.abc import Callable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation
from typing import Any

from intacct_ql.errors import Error
from intacct_ql.executor.conditions import is_finite
from intacct_ql.executor.order import rank
from intacct_ql.planner.steps import Fold
from intacct_ql.schema.types import DataType, Value, decode_decimal

Add = Callable[[Any, Any], Any]
State = list[Any]

_DIGITS = 4_000
"""A number of a sum may have so many; Python itself prints whole numbers of hardly more."""

_EXACT = Context(prec=_DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact, InvalidOperation, DivisionByZero])
_QUOTIENT = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[InvalidOperation, DivisionByZero])
_TOO_LONG = 10**_DIGITS
_AVERAGED = Decimal("1E-10")
_QUANTA = {0: Decimal(1), 2: Decimal("0.01")}
_PLACES = {DataType.CURRENCY: 2}
_ZERO = Decimal(0)


class Aggregates:
    """The aggregates of a group: what is kept for each group, and how a row changes it.

    ``empty`` is the state before the first row; ``slots`` are places in it, each with the column whose filled cells
    change it and the function that does. A state is a list, changed in place.
    """

    def __init__(self, folds: Sequence[Fold]) -> None:
        self.empty: State = []
        self.slots: list[tuple[int, int, Add]] = []
        self._results: list[tuple[Callable[[State, int, DataType], Value], int, DataType]] = []
        for fold in folds:
            slots, result = _FUNCTIONS[fold.function]
            self._results.append((result, len(self.empty), fold.type))
            for start, add in slots:
                self.slots.append((len(self.empty), fold.index, add))
                self.empty.append(start)

    def values(self, state: State) -> tuple[Value, ...]:
        """The aggregates of a state. Raises ``Error`` for numbers of more digits than can be added exactly."""
        try:
            return tuple([result(state, place, kind) for result, place, kind in self._results])
        except ArithmeticError as lost:
            raise _too_long() from lost


def _counted(count: int, _: object) -> int:
    return count + 1


def _summed(total: Any, cell: Any) -> Any:
    kind = type(cell)
    number = cell if kind is Decimal or kind is int else _number(cell)
    if total is None:
        return number
    if type(total) is int and type(number) is int:
        return total + number
    try:
        return _EXACT.add(total, number)
    except ArithmeticError as lost:
        raise _too_long() from lost


def _least(least: Any, cell: Any) -> Any:
    if least is None:
        return cell
    try:
        return min(least, cell)
    except (TypeError, ArithmeticError):  # a cell that is not of its column's type
        return cell if rank(cell) < rank(least) else least


def _greatest(greatest: Any, cell: Any) -> Any:
    if greatest is None:
        return cell
    try:
        return max(greatest, cell)
    except (TypeError, ArithmeticError):
        return cell if rank(greatest) < rank(cell) else greatest


def _number(cell: object) -> int | Decimal:
    number = decode_decimal(cell) if isinstance(cell, str) else cell
    if isinstance(number, Decimal) and is_finite(number):
        return number
    shown = str(cell)[:40]
    raise Error(
        f"SUM and AVG need numbers, and a cell holds {shown!r}; leave such rows out by a condition, or use COUNT"
    )


def _too_long() -> Error:
    return Error(f"SUM and AVG are exact, and the numbers of this column need more than {_DIGITS:,} digits for that")


# From a state to a value.


def _as_it_is(state: State, place: int, _: DataType) -> Value:
    value: Value = state[place]
    return value


def _sum(state: State, place: int, kind: DataType) -> Value:
    total = state[place]
    if total is None:
        return None
    if kind is not DataType.INTEGER:
        return _plain(Decimal(total), _PLACES.get(kind, 0))
    number = _plain(total, 0) if isinstance(total, Decimal) else total  # an INTEGER column may hold fractions
    if isinstance(number, Decimal) and number.as_tuple().exponent != 0:
        return number
    if abs(number) >= _TOO_LONG:
        raise _too_long()
    return int(number)


def _average(state: State, place: int, _: DataType) -> Value:
    total, count = state[place : place + 2]
    if total is None:
        return None
    quotient = _QUOTIENT.divide(Decimal(total), count)
    try:
        rounded = quotient.quantize(_AVERAGED, ROUND_HALF_UP, _QUOTIENT)
    except InvalidOperation:  # so long that nothing is left to round
        return quotient
    return _plain(rounded, 0)


def _plain(number: Decimal, places: int) -> Decimal:
    """The number with so many digits behind the point at least, and no more zeros there."""
    quantum = _QUANTA[places]
    if places and number.same_quantum(quantum):
        return number
    short = (number or _ZERO).normalize(_EXACT)
    return short.quantize(quantum, context=_EXACT) if int(short.as_tuple().exponent) > -places else short


_FUNCTIONS: dict[str, tuple[tuple[tuple[int | None, Add], ...], Callable[[State, int, DataType], Value]]] = {
    "COUNT": (((0, _counted),), _as_it_is),
    "SUM": (((None, _summed),), _sum),
    "AVG": (((None, _summed), (0, _counted)), _average),
    "MIN": (((None, _least),), _as_it_is),
    "MAX": (((None, _greatest),), _as_it_is),
}
"""For each function what is kept of a group, from what it starts, and what becomes of it."""
