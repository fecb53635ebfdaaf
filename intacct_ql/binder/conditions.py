"""Conditions: comparisons of fields with values, ranges, lists and other fields.

In: the conditions of the first tree and the scope they stand in. Out: ``tree.Predicate``, or None where a mistake was
reported. Refuses to know: doors of the gateway; whether something can be sent is the planner's question.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from typing import Any

from intacct_ql.binder import tree
from intacct_ql.binder.literals import NotAValueError, fits, read_bound, read_text
from intacct_ql.binder.moments import RELATIVE_WORDS, Days, NotAMomentError, looks_like_date, read_range
from intacct_ql.binder.parameters import MISSING, Bindings
from intacct_ql.binder.scope import Scope
from intacct_ql.errors import Diagnostic, Fix, error, info, warning
from intacct_ql.schema.types import NUMERIC, TEMPORAL, TEXTUAL, DataType
from intacct_ql.source import Span
from intacct_ql.syntax import ast
from intacct_ql.syntax.words import quoted, upper

Operand = Callable[[ast.Operand], tree.Expression | None]
"""How a clause reads the left side: WHERE refuses aggregates, HAVING wants them."""

_NULL = object()
"""What a literal or parameter that means NULL is read as."""


_NOTHING_KNOWN = (tree.Value(data=None, text="NULL"),)
"""The list of IN (NULL), which is how generated text writes an empty one: nothing is in it, nor surely outside."""


@dataclass(slots=True, kw_only=True)
class Conditions:
    """Binds the conditions of one clause."""

    scope: Scope
    operand: Operand
    bindings: Bindings
    clock: Callable[[], datetime]
    zone: tzinfo | None
    strict: bool
    text: str
    found: list[Diagnostic]
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
        said = self.text[first.span.start : first.span.end]
        return "or" if isinstance(first, ast.Or) and said[0] in "[(" and "," in said else ""

    # Comparisons.

    def bind_compare(self, condition: ast.Comparison) -> tree.Predicate | None:
        """Bind a comparison with a value, a range of days, NULL or a field."""
        left = self.operand(condition.left)
        if left is None:
            self._only_look(condition.right)
            return None
        right = self._right(left, condition.operator, condition.right)
        if right is None:
            return None
        if right is _NULL:
            return self._null(left, condition)
        if isinstance(right, tree.Field):
            return self._fields(left, condition, right)
        if not self._ordered(left, condition):
            return None
        if isinstance(condition.right, ast.Parameter):
            right = replace(right, slot=self.bindings.asked[-1])
        if isinstance(right, Days):
            days = right.first.isoformat() if right.first == right.last else f"{right.first} to {right.last}"
            self.found.append(info("IQL258", condition.right.span, f"{self._spelled(condition.right)} is {days}"))
            return _within(left, condition.operator, right)
        return _compared(left, condition.operator, right)

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
        kinds = [_family(left.type), _family(right.type)]
        if kinds[0] != kinds[1] and all(_is_known(side) for side in (left, right)):
            reason = f"{left.path} is {left.type.value} and {right.path} is {right.type.value}"
            self.found.append(error("IQL215", condition.span, reason, "compare fields of one kind"))
            return None
        return tree.CompareFields(left=left, operator=condition.operator, right=right)

    def _ordered(self, left: tree.Expression, condition: ast.Comparison) -> bool:
        if left.type is DataType.BOOLEAN and condition.operator not in ("=", "!=") and _is_known(left):
            self.found.append(error("IQL213", condition.span, f"{left.path} is BOOLEAN: only = and != make sense"))
            return False
        return True

    def bind_like(self, condition: ast.Like) -> tree.Predicate | None:
        """Bind a pattern."""
        left = self.operand(condition.left)
        pattern = self._pattern(condition.pattern)
        if left is None or pattern is None:
            return None
        if left.type not in TEXTUAL and _is_known(left):
            reason = f"{left.path} is {left.type.value}, and LIKE compares text"
            self.found.append(error("IQL214", condition.span, reason, "use = < > or BETWEEN"))
            return None
        if condition.fold:
            self.folded.append(condition.span)
        return tree.Like(left=left, pattern=pattern, negated=condition.negated)

    def _pattern(self, value: ast.Value | ast.Joined) -> str | None:
        """The pattern in our own escapes; None after a mistake."""
        if not isinstance(value, ast.Joined):
            return self._piece(value)
        pieces = [self._piece(part) for part in value.parts]
        if None in pieces:
            return None
        whole = "".join(pieces)  # type: ignore[arg-type]
        return whole if value.escape is None else _reescaped(whole, value.escape)

    def _piece(self, value: ast.Value) -> str | None:
        if isinstance(value, ast.String):
            return value.text
        if isinstance(value, ast.Word):
            return self._bare_piece(value)
        if isinstance(value, ast.Parameter):
            bound = self.bindings.value(value)
            if bound is MISSING:
                return self._spelled(value) if self.bindings.checking else None
            if isinstance(bound, str):
                return self._sendable(value, bound)
            if bound is None:
                self._like_null(value)
                return None
        self.found.append(error("IQL214", value.span, "a pattern is text", "write it in quotes: 'A%'"))
        return None

    def _bare_piece(self, word: ast.Word) -> str | None:
        """A bareword beside LIKE: as beside any text, but a pattern cannot be a field."""
        if word.text.upper() == "NULL":
            self._like_null(word)
            return None
        field = self.scope.find(word.text)
        if field is None:
            return word.text
        reason = f"{word.text} may be a pattern, or the field {field.path}, which cannot be one"
        fix = Fix(span=word.span, text=quoted(word.text))
        self.found.append(error("IQL210", word.span, reason, fixes=(fix,)))
        return None

    def _like_null(self, value: ast.Value) -> None:
        self.found.append(
            error("IQL211", value.span, "nothing is LIKE NULL, or unlike it", "write IS NULL or IS NOT NULL")
        )

    def _sendable(self, place: ast.Parameter, pattern: str) -> str | None:
        try:
            return read_bound(tree.Field(path="", type=DataType.TEXT), pattern).text
        except NotAValueError as problem:
            self._refuse(place, problem)
            return None

    def bind_is_null(self, condition: ast.IsNull) -> tree.Predicate | None:
        """Bind a test for NULL."""
        left = self.operand(condition.left)
        return None if left is None else tree.IsNull(left=left, negated=condition.negated)

    def bind_between(self, condition: ast.Between) -> tree.Predicate | None:
        """Bind a range of two values."""
        left = self.operand(condition.left)
        if left is None:
            self._only_look(condition.low)
            self._only_look(condition.high)
            return None
        low = self._plain(left, condition.low)
        high = self._plain(left, condition.high)
        if low is None or high is None:
            return None
        if _comes_after(low, high):
            reason = "the lower end stands second, so nothing lies between"
            swapped = f"{self._spelled(condition.high)} AND {self._spelled(condition.low)}"
            fix = Fix(span=Span(condition.low.span.start, condition.high.span.end), text=swapped)
            self.found.append(warning("IQL255", fix.span, reason, fixes=(fix,)))
        if left.type is DataType.TIMESTAMP or _has_fraction(low) or _has_fraction(high):
            # Whole days and fractions of a second at either end, as for any other comparison.
            inside = tree.And(conditions=(_compared(left, ">=", low), _compared(left, "<=", high)))
            return tree.Not(condition=inside) if condition.negated else inside
        return tree.Between(left=left, low=low, high=high, negated=condition.negated)

    def _spelled(self, value: ast.Value) -> str:
        return self.text[value.span.start : value.span.end]

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
        values = tuple(value for value in values if not _has_fraction(value))
        if not values:
            never = _never(left)
            return tree.Not(condition=never) if condition.negated else never
        if left.type is DataType.TIMESTAMP and any(not isinstance(value.data, datetime) for value in values):
            days = tuple(_compared(left, "=", value) for value in values)
            within = days[0] if len(days) == 1 else tree.Or(conditions=days)
            return tree.Not(condition=within) if condition.negated else within
        return tree.In(left=left, values=values, negated=condition.negated)

    def _members(self, left: tree.Expression | None, condition: ast.In) -> tuple[tree.Value, ...] | None:
        if condition.whole:
            members = self._bound_list(left, condition)
        else:
            members = [(value, self._literal(left, value)) for value in condition.values]
        if members is None or left is None:
            return None
        if [value for _, value in members] == [_NULL]:
            return _NOTHING_KNOWN
        if any(value is None for _, value in members):
            return None
        for place, value in members:
            if value is _NULL:
                reason = "NULL in a list matches nothing"
                self.found.append(error("IQL211", place.span, reason, "write OR field IS NULL"))
                return None
            if isinstance(value, tree.Field | Days):
                reason = "a list holds values only"
                self.found.append(error("IQL216", place.span, reason, "join conditions with OR"))
                return None
        return _distinct(value for _, value in members)

    def _bound_list(self, left: tree.Expression | None, condition: ast.In) -> list[tuple[ast.Value, Any]] | None:
        place = condition.values[0]
        assert isinstance(place, ast.Parameter)  # noqa: S101 - the parser makes no other whole list
        bound = self.bindings.value(place)
        if bound is MISSING:
            return [(place, self._unbound(place))]
        if isinstance(bound, str | bytes) or not isinstance(bound, Iterable):
            self.found.append(
                error("IQL223", place.span, "IN needs a list of values", "bind a list, or write IN (:value)")
            )
            return None
        return None if left is None else [(place, self._bound(left, place, value)) for value in bound]

    # Values.

    def _plain(self, left: tree.Expression, value: ast.Value) -> tree.Value | None:
        read = self._literal(left, value)
        if read is None or isinstance(read, tree.Value):
            return read
        self.found.append(error("IQL216", value.span, "BETWEEN takes two values"))
        return None

    def _literal(self, left: tree.Expression | None, value: ast.Value) -> Any:
        """A ``tree.Value``, ``Days``, ``tree.Field`` or ``_NULL``; None after a mistake."""
        if left is None:
            self._only_look(value)
            return None
        return self._right(left, "=", value)

    def _right(self, left: tree.Expression, operator: str, value: ast.Value) -> Any:
        if isinstance(value, ast.String):
            return self._read(left, value, value.text)
        if isinstance(value, ast.Parameter):
            bound = self.bindings.value(value)
            return self._unbound(value) if bound is MISSING else self._bound(left, value, bound)
        if isinstance(value, ast.FieldValue):
            return self.scope.resolve(value.name)
        return self._word(left, operator, value)

    def _unbound(self, place: ast.Parameter) -> tree.Value | None:
        """While a query is only checked, a value that nobody knows yet; a mistake otherwise."""
        return tree.Value(data=None, text=self._spelled(place)) if self.bindings.checking else None

    def _bound(self, left: tree.Expression, place: ast.Parameter, value: object) -> Any:
        if value is None:
            return _NULL
        try:
            return read_bound(_as_field(left), value, self.zone)
        except NotAValueError as problem:
            self._refuse(place, problem)
            return None

    def _word(self, left: tree.Expression, operator: str, word: ast.Word) -> Any:
        """A bareword, in the order of the language's section 4: value, or field, or an error with both rewrites."""
        text = word.text
        if text.upper() == "NULL":
            return _NULL
        if self.scope.schema is None:
            return self._unchecked(left, operator, word)
        if left.type in TEMPORAL:
            try:
                days = read_range(text, self.clock().date())
            except NotAMomentError as problem:
                return self._refuse(word, NotAValueError(problem.reason, problem.hint))
            if days is not None:
                return days
        if text[0].isdigit() or text[0] in "+-." or looks_like_date(text):
            return self._read(left, word, text)
        if self.scope.is_qualified(text):
            return self.scope.resolve(ast.Name(text=upper(text), span=word.span))
        field = self.scope.find(text)
        if field is None:
            return self._read(left, word, text)
        if left.type in TEXTUAL:
            return self._ambiguous(word, field)
        return self._read(left, word, text) if fits(_as_field(left), text) else field

    def _unchecked(self, left: tree.Expression, operator: str, word: ast.Word) -> Any:
        if operator in ("<", "<=", ">", ">=") and word.text.isalpha():
            return self._ambiguous(word, None)
        return self._read(left, word, word.text)

    def _ambiguous(self, word: ast.Word, field: tree.Field | None) -> None:
        name = field.path if field else upper(word.text)
        reason = f"{word.text} may be a value, or the field {name}"
        fixes = (Fix(span=word.span, text=quoted(word.text)), Fix(span=word.span, text=f"field({name})"))
        self.found.append(error("IQL210", word.span, reason, fixes=fixes))

    def _read(self, left: tree.Expression, value: ast.Node, text: str) -> tree.Value | None:
        try:
            return read_text(_as_field(left), text, self.zone)
        except NotAValueError as problem:
            if left.type in TEMPORAL and isinstance(value, ast.Word) and text[:1].isalpha():
                problem = NotAValueError(problem.reason, "relative ranges are " + " ".join(RELATIVE_WORDS[:6]) + " ...")
            self._refuse(value, problem)
            return None

    def _refuse(self, place: ast.Node, problem: NotAValueError) -> None:
        rewrite = problem.rewrite
        fixes: tuple[Fix, ...] = ()
        if rewrite is not None:
            bare = isinstance(place, ast.Word) and " " not in rewrite
            fixes = (Fix(span=place.span, text=rewrite if bare else quoted(rewrite)),)
        hints = (problem.hint,) if problem.hint else ()
        self.found.append(error("IQL212", place.span, problem.reason, *hints, fixes=fixes))

    def _only_look(self, value: ast.Value) -> None:
        """Hand out the parameter of a comparison whose field is unknown, so that it does not count as unused."""
        if isinstance(value, ast.Parameter):
            self.bindings.value(value)


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


def _reescaped(pattern: str, escape: str) -> str:
    """A pattern with an escape character of its own, in the escapes of this language."""
    plain = re.compile(f"{re.escape(escape)}([%_{re.escape(escape)}])|(\\\\)")
    return plain.sub(lambda found: "\\" + (found[1] or "\\") if found[1] in ("%", "_", None) else found[1], pattern)


def _distinct(values: Iterable[tree.Value]) -> tuple[tree.Value, ...]:
    """The values without those that say the same once more, in another spelling perhaps."""
    found: dict[object, tree.Value] = {}
    for value in values:
        found.setdefault(value.text if value.data is None else value.data, value)
    return tuple(found.values())


def _as_field(expression: tree.Expression) -> tree.Field:
    """The field whose type a literal beside the expression must have."""
    if isinstance(expression, tree.Field):
        return expression
    argument = expression.argument
    return tree.Field(path=expression.path, type=expression.type, known=argument.known, values=argument.values)


def _is_known(expression: tree.Expression) -> bool:
    return expression.known if isinstance(expression, tree.Field) else expression.argument.known


def _family(data_type: DataType) -> str:
    if data_type in NUMERIC:
        return "number"
    if data_type in TEMPORAL:
        return "date"
    return "text" if data_type in TEXTUAL else data_type.value


def _comes_after(low: tree.Value, high: tree.Value) -> bool:
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


def _compared(left: tree.Expression, operator: str, value: tree.Value) -> tree.Predicate:
    """A comparison; a day beside a TIMESTAMP means the whole day."""
    if _has_fraction(value):
        return _between_seconds(left, operator, value)
    whole_day = (
        left.type is DataType.TIMESTAMP and isinstance(value.data, date) and not isinstance(value.data, datetime)
    )
    if not whole_day:
        return tree.Compare(left=left, operator=operator, value=value)  # type: ignore[arg-type]
    day = value.data
    assert isinstance(day, date)  # noqa: S101 - for the type checker
    return _within(left, operator, Days(first=day, last=day))


def _has_fraction(value: tree.Value) -> bool:
    return isinstance(value.data, datetime) and value.data.microsecond > 0


def _between_seconds(left: tree.Expression, operator: str, value: tree.Value) -> tree.Predicate:
    """A comparison with a moment between two seconds; the gateway's moments are whole seconds, and so is its format."""
    if operator in ("=", "!="):
        never = _never(left)
        return never if operator == "=" else tree.Not(condition=never)
    assert isinstance(value.data, datetime)  # noqa: S101 - for the type checker
    sign: tree.Operator = "<=" if operator in ("<", "<=") else ">"
    return tree.Compare(left=left, operator=sign, value=_moment(value.data.replace(microsecond=0)))


def _never(left: tree.Expression) -> tree.Predicate:
    """Equal to what no row can hold: false, and neither true nor false where the field is NULL."""
    return tree.And(conditions=(tree.IsNull(left=left), tree.Constant(truth=None)))


def _within(left: tree.Expression, operator: str, days: Days) -> tree.Predicate:
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
