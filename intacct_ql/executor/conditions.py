"""Predicates as closures over a row.

In: a bound predicate and where its fields stand in a row. Out: a function that says True, False, or None for *unknown*,
as SQL has it. Refuses to know: steps, pages, requests.

Numbers compare by value, exactly; a day against a time is its midnight; text compares by code point, or case-folded
where the query says so, and the empty text is NULL. A cell that is not of its column's type (the gateway sends such)
is read as the type of the other side, and where that fails both sides compare as text: no row ever ends a run.
Recursion is bounded: the parser limits how deep brackets nest.
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from intacct_ql.binder import tree
from intacct_ql.schema.types import decode_boolean, decode_decimal, decode_timestamp

Row = tuple[Any, ...]
Test = Callable[[Row], bool | None]
Fold = Callable[[str], str] | None
Places = Mapping[tree.Expression, int]


def compiled(predicate: tree.Predicate, places: Places, fold: Fold) -> Test:
    """The predicate as a function of a row; ``places`` says where its fields stand, ``fold`` how case is ignored."""
    return _TESTS[type(predicate)](predicate, places, fold)


def _and(group: tree.And, places: Places, fold: Fold) -> Test:
    tests = [_TESTS[type(condition)](condition, places, fold) for condition in group.conditions]

    def test(row: Row) -> bool | None:
        result: bool | None = True
        for part in tests:
            truth = part(row)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    return test


def _or(group: tree.Or, places: Places, fold: Fold) -> Test:
    tests = [_TESTS[type(condition)](condition, places, fold) for condition in group.conditions]

    def test(row: Row) -> bool | None:
        result: bool | None = False
        for part in tests:
            truth = part(row)
            if truth:
                return True
            if truth is None:
                result = None
        return result

    return test


def _not(condition: tree.Not, places: Places, fold: Fold) -> Test:
    return _negated(compiled(condition.condition, places, fold))


def _negated(test: Test) -> Test:
    return lambda row: None if (truth := test(row)) is None else not truth


def _constant(constant: tree.Constant, _: Places, __: Fold) -> Test:
    return lambda _: constant.truth


def _compare(leaf: tree.Compare, places: Places, fold: Fold) -> Test:
    index, compare, data = places[leaf.left], _OPERATORS[leaf.operator], leaf.value.data
    if _is_empty(data):
        return _unknown
    kinds = frozenset[type]() if fold and isinstance(data, str) else _ALIKE.get(type(data), frozenset())

    def test(row: Row) -> bool | None:
        cell = row[index]
        if cell is None:
            return None
        if type(cell) in kinds:
            try:
                return compare(cell, data)
            except ArithmeticError:  # NaN has no order
                pass
        return compare(*_levelled(cell, data, fold))

    return test


def _compare_fields(leaf: tree.CompareFields, places: Places, fold: Fold) -> Test:
    left, right, compare = places[leaf.left], places[leaf.right], _OPERATORS[leaf.operator]

    def test(row: Row) -> bool | None:
        one, other = row[left], row[right]
        return None if one is None or other is None else compare(*_levelled(one, other, fold))

    return test


def _unknown(_: Row) -> bool | None:
    return None


def _is_empty(data: object) -> bool:
    """Whether a value is NULL; the empty text is, as in the database behind the gateway."""
    return data is None or data == ""


def _in(leaf: tree.In, places: Places, fold: Fold) -> Test:
    index = places[leaf.left]
    data = [value.data for value in leaf.values if not _is_empty(value.data)]
    otherwise = False if len(data) == len(leaf.values) else None
    plain = frozenset(data) if not fold else frozenset()
    kinds = {type(value) for value in data}
    alike = _ALIKE.get(next(iter(kinds)), frozenset()) if len(kinds) == 1 and not fold else frozenset()

    def test(row: Row) -> bool | None:
        cell = row[index]
        if cell is None:
            return None
        if type(cell) in alike:
            return cell in plain or otherwise
        return any(operator.eq(*_levelled(cell, value, fold)) for value in data) or otherwise

    return _negated(test) if leaf.negated else test


def _between(leaf: tree.Between, places: Places, fold: Fold) -> Test:
    ends = (
        tree.Compare(left=leaf.left, operator=">=", value=leaf.low),
        tree.Compare(left=leaf.left, operator="<=", value=leaf.high),
    )
    test = _and(tree.And(conditions=ends), places, fold)
    return _negated(test) if leaf.negated else test


def _is_null(leaf: tree.IsNull, places: Places, _: Fold) -> Test:
    index = places[leaf.left]
    if leaf.negated:
        return lambda row: row[index] is not None
    return lambda row: row[index] is None


def _like(leaf: tree.Like, places: Places, fold: Fold) -> Test:
    if not leaf.pattern:
        return _unknown
    index = places[leaf.left]
    matches = re.compile(_pattern(fold(leaf.pattern) if fold else leaf.pattern), re.DOTALL).fullmatch

    def test(row: Row) -> bool | None:
        cell = row[index]
        if cell is None:
            return None
        spelled = cell if isinstance(cell, str) else text(cell)
        return matches(fold(spelled) if fold else spelled) is not None

    return _negated(test) if leaf.negated else test


_WILD = re.compile(r"\\([%_\\])|([%_])|(.)", re.DOTALL)


def _pattern(like: str) -> str:
    """The regex of a LIKE pattern.

    Each run of text between two ``%`` is looked for once, from the left, and then kept (an atomic group): matching
    takes linear time whatever the pattern.
    """
    runs = [""]
    for escaped, wild, plain in _WILD.findall(like):
        if wild == "%":
            runs.append("")
        else:
            runs[-1] += "." if wild else re.escape(escaped or plain)
    first, *rest = runs
    if not rest:
        return first
    middle = "".join(f"(?>.*?{run})" for run in rest[:-1] if run)
    return f"{first}{middle}.*{rest[-1]}"


_TESTS: dict[type, Callable[[Any, Places, Fold], Test]] = {
    tree.And: _and,
    tree.Or: _or,
    tree.Not: _not,
    tree.Constant: _constant,
    tree.Compare: _compare,
    tree.CompareFields: _compare_fields,
    tree.In: _in,
    tree.Between: _between,
    tree.IsNull: _is_null,
    tree.Like: _like,
}

# Values against each other.

_ALIKE: dict[type, frozenset[type]] = {
    int: frozenset({int, Decimal}),
    Decimal: frozenset({int, Decimal}),
    bool: frozenset({bool}),
    str: frozenset({str}),
    date: frozenset({date}),
}
"""For the type of a value the types of cells that Python itself compares with it as meant."""

_OPERATORS: dict[tree.Operator, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _levelled(one: object, other: object, fold: Fold) -> tuple[Any, Any]:
    """Both sides in a form that compares: numbers, moments, or texts."""
    if isinstance(one, str) is not isinstance(other, str):
        one, other = _read_like(one, other), _read_like(other, one)
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal) and is_finite(one) and is_finite(other):
        return one, other
    if isinstance(one, date) and isinstance(other, date):
        return moment(one), moment(other)
    left, right = text(one), text(other)
    return (fold(left), fold(right)) if fold else (left, right)


def _read_like(side: object, model: object) -> object:
    """A text read as the type of the other side; as it was, where it is no such thing."""
    if not isinstance(side, str):
        return side
    read = next((read for kind, read in _READERS if isinstance(model, kind)), None)
    value = None if read is None else read(side)
    return side if value is None else value


_READERS = ((bool, decode_boolean), ((int, Decimal), decode_decimal), (date, decode_timestamp))


def is_finite(number: int | Decimal) -> bool:
    """Whether the number has a place in an order: NaN and the infinities have none here."""
    return isinstance(number, int) or number.is_finite()


def moment(day: date) -> datetime:
    """A day's midnight; a time by the clock on the wall, because all of a session's times are of one zone."""
    return day.replace(tzinfo=None) if isinstance(day, datetime) else datetime.combine(day, time.min)


def text(cell: object) -> str:
    """A value as the gateway writes it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.strftime("%m/%d/%Y %H:%M:%S" if isinstance(cell, datetime) else "%m/%d/%Y")
    return str(cell)
