"""Comparisons that mean a stretch of time: whole days, ranges of days, moments between two seconds.

In: the left side, an operator, and a value or a range. Out: predicates over moments and days the gateway can hold.
Refuses to know: query text and diagnostics.
"""

from datetime import date, datetime, time

from intacct_ql.binder import tree
from intacct_ql.binder.moments import Days
from intacct_ql.schema.types import DataType


def comes_after(low: tree.Value, high: tree.Value) -> bool:
    """Whether the lower end of a range lies above its upper end; text is not compared here."""
    first, second = low.data, high.data
    if type(first) is not type(second) or first is None or isinstance(first, str | bool):
        return False
    return bool(first > second)  # type: ignore[operator]


def _at(day: date) -> tree.Value:
    return _moment(datetime.combine(day, time.min))


def _moment(moment: datetime) -> tree.Value:
    return tree.Value(data=moment, text=moment.isoformat(sep=" "))


def _on(day: date) -> tree.Value:
    return tree.Value(data=day, text=day.isoformat())


def compared(left: tree.Expression, operator: str, value: tree.Value) -> tree.Predicate:
    """A comparison; a day beside a TIMESTAMP means the whole day."""
    if has_fraction(value):
        return _between_seconds(left, operator, value)
    whole_day = (
        left.type is DataType.TIMESTAMP and isinstance(value.data, date) and not isinstance(value.data, datetime)
    )
    if not whole_day:
        return tree.Compare(left=left, operator=operator, value=value)  # type: ignore[arg-type]
    day = value.data
    assert isinstance(day, date)  # noqa: S101 - for the type checker
    return within(left, operator, Days(first=day, last=day))


def has_fraction(value: tree.Value) -> bool:
    """Whether the value is a moment between two whole seconds."""
    return isinstance(value.data, datetime) and value.data.microsecond > 0


def _between_seconds(left: tree.Expression, operator: str, value: tree.Value) -> tree.Predicate:
    """A comparison with a moment between two seconds; the gateway's moments are whole seconds, and so is its format."""
    if operator in ("=", "!="):
        nothing = never(left)
        return nothing if operator == "=" else tree.Not(condition=nothing)
    assert isinstance(value.data, datetime)  # noqa: S101 - for the type checker
    sign: tree.Operator = "<=" if operator in ("<", "<=") else ">"
    return tree.Compare(left=left, operator=sign, value=_moment(value.data.replace(microsecond=0)))


def never(left: tree.Expression) -> tree.Predicate:
    """Equal to what no row can hold: false, and neither true nor false where the field is NULL."""
    return tree.And(conditions=(tree.IsNull(left=left), tree.Constant(truth=None)))


def within(left: tree.Expression, operator: str, days: Days) -> tree.Predicate:
    """A comparison with a range of days: = inside, < before, > after, <= and >= including it."""
    if left.type is DataType.TIMESTAMP and days.last == date.max:
        start, end, below, above = _at(days.first), _moment(datetime.combine(date.max, time(23, 59, 59))), "<=", ">"
    elif left.type is DataType.TIMESTAMP:
        start, end, below, above = _at(days.first), _at(days.after), "<", ">="
    else:
        start, end, below, above = _on(days.first), _on(days.last), "<=", ">"

    def compare(sign: str, value: tree.Value) -> tree.Compare:
        return tree.Compare(left=left, operator=sign, value=value)  # type: ignore[arg-type]

    inside: tree.Predicate = tree.And(conditions=(compare(">=", start), compare(below, end)))
    if below == "<=":
        inside = tree.Between(left=left, low=start, high=end)
    outside = tree.Or(conditions=(compare("<", start), compare(above, end)))
    readings: dict[str, tree.Predicate] = {
        "=": inside,
        "!=": outside,
        "<": compare("<", start),
        ">=": compare(">=", start),
        "<=": compare(below, end),
        ">": compare(above, end),
    }
    return readings[operator]
