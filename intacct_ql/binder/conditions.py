"""Conditions: comparisons of fields with values, ranges, lists and other fields.

In: the conditions of the first tree and the scope they stand in. Out: ``tree.Predicate``, or None where a mistake was
reported. Refuses to know: doors of the gateway; whether something can be sent is the planner's question.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from intacct_ql.binder import tree
from intacct_ql.binder.misread import family
from intacct_ql.binder.moments import Days
from intacct_ql.binder.parameters import MISSING
from intacct_ql.binder.ranges import comes_after, compared, has_fraction, never, within
from intacct_ql.binder.thousands import two_readings
from intacct_ql.binder.values import NULL, Values, is_known
from intacct_ql.errors import Fix, error, info, warning
from intacct_ql.schema.types import NUMERIC, TEXTUAL, DataType
from intacct_ql.source import Span
from intacct_ql.syntax import ast

Operand = Callable[[ast.Operand], tree.Expression | None]
"""How a clause reads the left side: WHERE refuses aggregates, HAVING wants them."""

_NOTHING_KNOWN = (tree.Value(data=None, text="NULL"),)
"""The list of IN (NULL), which is how generated text writes an empty one: nothing is in it, nor surely outside."""


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class Conditions(Values):
    """Binds the conditions of one clause."""

    operand: Operand
    strict: bool
    folded: list[Span]

    def bind(self, condition: ast.Condition) -> tree.Predicate | None:
        """The bound condition; None after a mistake somewhere in it was reported."""
        bound: tree.Predicate | None = _BINDERS[type(condition)](self, condition)
        return bound

    # Connectives.

    def bind_both(self, condition: ast.And) -> tree.Predicate | None:
        """Bind a conjunction."""
        parts = self._all(condition.conditions)
        return None if parts is None else tree.And(conditions=parts)

    def bind_either(self, condition: ast.Or) -> tree.Predicate | None:
        """Bind a disjunction; AND beside OR without brackets is said."""
        if condition.mixed is not None:
            self._mixed(condition, condition.mixed)
        parts = self._all(condition.conditions)
        return None if parts is None else tree.Or(conditions=parts)

    def _all(self, conditions: Iterable[ast.Condition]) -> tuple[tree.Predicate, ...] | None:
        bound = [self.bind(condition) for condition in conditions]
        return None if None in bound else tuple(bound)  # type: ignore[arg-type]

    def bind_not(self, condition: ast.Not) -> tree.Predicate | None:
        """Bind a negation, left where the text had it."""
        inner = self.bind(condition.condition)
        return None if inner is None else tree.Not(condition=inner)

    def bind_constant(self, condition: ast.Constant) -> tree.Predicate:
        """Bind a constant."""
        return tree.Constant(truth=condition.truth)

    def _mixed(self, condition: ast.Or, span: Span) -> None:
        say = error if self.strict else warning
        bracketed = f"({self._lead(condition, span)}{self.text[span.start : span.end]})"
        reason = "AND binds tighter than OR, and both stand at one level without brackets"
        self.found.append(say("IQL130", span, reason, fixes=(Fix(span=span, text=bracketed),)))

    def _lead(self, condition: ast.Or, span: Span) -> str:
        """The connective that a comma list at the front of a part needs once brackets cut it off from its own."""
        joined = next(part for part in condition.conditions if part.span == span)
        first = joined.conditions[0] if isinstance(joined, ast.And) else joined
        if not isinstance(first, ast.Or) or self.text[first.span.start] not in "[(":
            return ""
        gaps = [self.text[one.span.end : other.span.start] for one, other in pairwise(first.conditions)]
        return "or" if any("," in gap for gap in gaps) else ""

    # Comparisons.

    def bind_compare(self, condition: ast.Comparison) -> tree.Predicate | None:
        """Bind a comparison with a value, a range of days, NULL or a field."""
        left = self.operand(condition.left)
        if left is None:
            self.only_look(condition.right)
            return None
        right = self.right(left, condition.operator, condition.right)
        if right is None:
            return None
        if right is NULL:
            return self._null(left, condition)
        if isinstance(right, tree.Field):
            return self._fields(left, condition, right)
        if not self._ordered(left, condition):
            return None
        if isinstance(condition.right, ast.Parameter):
            right = replace(right, slot=self.bindings.asked[-1])
        if isinstance(right, Days):
            days = right.first.isoformat() if right.first == right.last else f"{right.first} to {right.last}"
            self.found.append(info("IQL258", condition.right.span, f"{self.spelled(condition.right)} is {days}"))
            return within(left, condition.operator, right)
        return compared(left, condition.operator, right)

    def _null(self, left: tree.Expression, condition: ast.Comparison) -> tree.Predicate | None:
        if condition.operator not in ("=", "!="):
            reason = f"nothing is {condition.operator} NULL"
            self.found.append(error("IQL211", condition.right.span, reason, "write IS NULL or IS NOT NULL"))
            return None
        negated = condition.operator == "!="
        meaning = "IS NOT NULL" if negated else "IS NULL"
        self.found.append(info("IQL254", condition.span, f"{condition.operator} null is read as {meaning}"))
        return tree.IsNull(left=left, negated=negated)

    def _fields(self, left: tree.Expression, condition: ast.Comparison, right: tree.Field) -> tree.Predicate | None:
        kinds = [family(left.type), family(right.type)]
        if kinds[0] != kinds[1] and all(is_known(side) for side in (left, right)):
            reason = f"{left.path} is {left.type.value} and {right.path} is {right.type.value}"
            self.found.append(error("IQL215", condition.span, reason, "compare fields of one kind"))
            return None
        return tree.CompareFields(left=left, operator=condition.operator, right=right)

    def _ordered(self, left: tree.Expression, condition: ast.Comparison) -> bool:
        if left.type is DataType.BOOLEAN and condition.operator not in ("=", "!="):
            self.found.append(error("IQL213", condition.span, f"{left.path} is BOOLEAN: only = and != make sense"))
            return False
        return True

    def bind_like(self, condition: ast.Like) -> tree.Predicate | None:
        """Bind a pattern."""
        left = self.operand(condition.left)
        pattern = self.pattern(condition.pattern)
        if left is None or pattern is None:
            return None
        if left.type not in TEXTUAL and is_known(left):
            reason = f"{left.path} is {left.type.value}, and LIKE compares text"
            self.found.append(error("IQL214", condition.span, reason, "use = < > or BETWEEN"))
            return None
        if condition.fold:
            self.folded.append(condition.span)
        return tree.Like(left=left, pattern=pattern, negated=condition.negated)

    def bind_is_null(self, condition: ast.IsNull) -> tree.Predicate | None:
        """Bind a test for NULL."""
        left = self.operand(condition.left)
        return None if left is None else tree.IsNull(left=left, negated=condition.negated)

    def bind_between(self, condition: ast.Between) -> tree.Predicate | None:
        """Bind a range of two values."""
        left = self.operand(condition.left)
        low = self.plain(left, condition.low)
        high = self.plain(left, condition.high)
        if left is None or low is None or high is None:
            return None
        if comes_after(low, high):
            reason = "the lower end stands second, so nothing lies between"
            swapped = f"{self.spelled(condition.high)} AND {self.spelled(condition.low)}"
            fix = Fix(span=Span(condition.low.span.start, condition.high.span.end), text=swapped)
            self.found.append(warning("IQL255", fix.span, reason, fixes=(fix,)))
        if left.type is DataType.TIMESTAMP or has_fraction(low) or has_fraction(high):
            # Whole days and fractions of a second at either end, as for any other comparison.
            inside = tree.And(conditions=(compared(left, ">=", low), compared(left, "<=", high)))
            return tree.Not(condition=inside) if condition.negated else inside
        return tree.Between(left=left, low=low, high=high, negated=condition.negated)

    def bind_in(self, condition: ast.In) -> tree.Predicate | None:
        """Bind a list; an empty one is a constant."""
        left = self.operand(condition.left)
        values = self._members(left, condition)
        if left is None or values is None:
            return None
        if not values:
            outcome = "every row" if condition.negated else "no row"
            self.found.append(warning("IQL256", condition.span, f"the list is empty, so {outcome} matches"))
            return tree.Constant(truth=condition.negated)
        if values is _NOTHING_KNOWN:
            return tree.Constant(truth=None)
        values = tuple(value for value in values if not has_fraction(value))
        if not values:
            nothing = never(left)
            return tree.Not(condition=nothing) if condition.negated else nothing
        if left.type is DataType.TIMESTAMP and any(not isinstance(value.data, datetime) for value in values):
            days = tuple(compared(left, "=", value) for value in values)
            inside = days[0] if len(days) == 1 else tree.Or(conditions=days)
            return tree.Not(condition=inside) if condition.negated else inside
        return tree.In(left=left, values=values, negated=condition.negated)

    def _members(self, left: tree.Expression | None, condition: ast.In) -> tuple[tree.Value, ...] | None:
        if condition.whole:
            members = self._bound_list(left, condition)
        else:
            members = [(value, self.literal(left, value)) for value in condition.values]
        if members is None or left is None:
            return None
        if [value for _, value in members] == [NULL]:
            return _NOTHING_KNOWN
        if any(value is None for _, value in members):
            return None
        for place, value in members:
            if value is NULL:
                reason = "NULL in a list matches nothing"
                self.found.append(error("IQL211", place.span, reason, "write OR field IS NULL"))
                return None
            if isinstance(value, tree.Field | Days):
                reason = "a list holds values only"
                self.found.append(error("IQL216", place.span, reason, "join conditions with OR"))
                return None
        unclear = two_readings(self.text, condition.values) if left.type in NUMERIC else None
        if unclear is not None:
            self.found.append(unclear)
            return None
        return _distinct(value for _, value in members)

    def _bound_list(self, left: tree.Expression | None, condition: ast.In) -> list[tuple[ast.Value, Any]] | None:
        place = condition.values[0]
        assert isinstance(place, ast.Parameter)  # noqa: S101 - the parser makes no other whole list
        bound = self.bindings.value(place)
        if bound is MISSING:
            return [(place, self.unbound(place))]
        if isinstance(bound, str | bytes) or not isinstance(bound, Iterable):
            self.found.append(
                error("IQL223", place.span, "IN needs a list of values", "bind a list, or write IN (:value)")
            )
            return None
        return None if left is None else [(place, self.bound(left, place, value)) for value in bound]


_BINDERS: dict[type, Callable[[Conditions, Any], tree.Predicate | None]] = {
    ast.And: Conditions.bind_both,
    ast.Or: Conditions.bind_either,
    ast.Not: Conditions.bind_not,
    ast.Constant: Conditions.bind_constant,
    ast.Comparison: Conditions.bind_compare,
    ast.Like: Conditions.bind_like,
    ast.In: Conditions.bind_in,
    ast.Between: Conditions.bind_between,
    ast.IsNull: Conditions.bind_is_null,
}


def _distinct(values: Iterable[tree.Value]) -> tuple[tree.Value, ...]:
    """The values without those that say the same once more, in another spelling perhaps."""
    found: dict[object, tree.Value] = {}
    for value in values:
        found.setdefault(value.data, value)
    return tuple(found.values())
