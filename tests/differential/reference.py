"""What a query means, evaluated as plainly as can be: all rows in a list, one clause after the other.

In: the first tree, as the parser made it, and the company's values. Out: ``Answer``: the rows in blocks that the order
does not tell apart. Refuses to know: binder, planner, doors, emulator; where they are wrong, this must not be.
"""

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from itertools import groupby
from typing import Any

from differential.company import Company, Row, Value, known_object

from intacct_ql.schema.model import Field, Object
from intacct_ql.schema.types import NUMERIC, TEXTUAL, DataType
from intacct_ql.syntax import ast

Truth = bool | None
Test = Callable[[Any], Truth]
Read = Callable[[Any], Value]

COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The rows of a query before LIMIT and OFFSET, in blocks of those that ORDER_BY holds equal; and the window."""

    blocks: list[list[tuple[Value, ...]]]
    offset: int
    limit: int | None

    @property
    def count(self) -> int:
        """How many rows are left by LIMIT and OFFSET."""
        left = max(0, sum(map(len, self.blocks)) - self.offset)
        return left if self.limit is None else min(left, self.limit)


def answer(select: ast.Select, company: Company) -> Answer:
    """The rows of a query."""
    evaluation = _Evaluation(select, company)
    rows = evaluation.rows()
    return Answer(
        blocks=evaluation.ordered(rows),
        offset=_number(select.offset) or 0,
        limit=_number(select.limit),
    )


def _number(count: ast.Count | None) -> int | None:
    if count is None:
        return None
    assert isinstance(count.value, int)
    return count.value


class _Evaluation:
    """One query over the rows of its object."""

    def __init__(self, select: ast.Select, company: Company) -> None:
        assert not isinstance(select.items, ast.Star), "the reference knows no star"
        self.select = select
        self.items = [item.operand for item in select.items]
        self.company = company
        self.object = known_object(select.source.object.text)
        self.fold = any(option.name == "caseinsensitive" for option in select.options) or _has_ilike(select)
        self.in_groups = False
        self.renamed = {item.alias.text.upper(): item.operand for item in select.items if item.alias}

    # The clauses.

    def rows(self) -> list[Any]:
        """What ORDER_BY sees: the rows that pass, or the groups they make."""
        found: list[Any] = self.company.rows(self.object.name)
        if self.select.where is not None:
            test = self.test(self.select.where)
            found = [row for row in found if test(row)]
        if self.is_grouped:
            found = self.groups(found)
            self.in_groups = True
        if self.select.having is not None:
            test = self.test(self.select.having)
            found = [row for row in found if test(row)]
        return found

    @property
    def is_grouped(self) -> bool:
        calls = any(isinstance(operand, ast.Call) for operand in self.items)
        return calls or self.select.distinct or bool(self.select.group_by)

    def groups(self, rows: list[Row]) -> list["_Group"]:
        """One group for each combination of the plain items; without plain items one group of all rows."""
        plain = [self.field_reader(item) for item in self.items if isinstance(item, ast.Name)]
        made: dict[tuple[Value, ...], list[Row]] = {}
        for row in rows:
            made.setdefault(tuple(read(row) for read in plain), []).append(row)
        if not plain and not made:
            made[()] = []
        return [_Group(members) for members in made.values()]

    def ordered(self, rows: list[Any]) -> list[list[tuple[Value, ...]]]:
        """The shown rows in order, each block holding those with equal keys."""
        keys = [(self.reader(self.meant(order.operand)), order) for order in self.select.order_by]
        shown = [self.reader(item) for item in self.items]
        for read, order in reversed(keys):
            rows = _sorted(rows, read, order)
        blocks = groupby(rows, key=lambda row: [read(row) for read, _ in keys])
        return [[tuple(read(row) for read in shown) for row in block] for _, block in blocks]

    def meant(self, operand: ast.Operand) -> ast.Operand:
        """The item whose name stands in ORDER_BY, or the operand itself."""
        return self.renamed.get(operand.text.upper(), operand) if isinstance(operand, ast.Name) else operand

    # What stands on the left.

    def reader(self, operand: ast.Operand) -> Read:
        """How a field or an aggregate is read off a row, or off a group once there are groups."""
        if isinstance(operand, ast.Call):
            return self.aggregate(operand)
        read = self.field_reader(operand)
        return (lambda group: read(group.rows[0])) if self.in_groups else read

    def aggregate(self, call: ast.Call) -> Read:
        read = self.field_reader(call.argument) if call.argument else (lambda row: row[(self.object.key or "").upper()])
        name = f"{call.function} {call.argument and call.argument.text}"
        return lambda group: group.value(name, lambda rows: _aggregate(call.function, [read(row) for row in rows]))

    def field_reader(self, name: ast.Name) -> Read:
        """The value at the end of a path, hop by hop; NULL where a hop leads nowhere."""
        hops, field = self.path(name)
        last = field.name.upper()
        if not hops:
            return operator.itemgetter(last)
        company, start = self.company, self.object

        def read(row: Row) -> Value:
            at: Row | None = row
            here = start
            for hop in hops:
                way = here.relationships[hop]
                assert way.related_by is not None
                at = related(company, way.object).get(at[way.related_by.upper()]) if at is not None else None
                here = known_object(way.object)
            return None if at is None else at[last]

        return read

    def path(self, name: ast.Name) -> tuple[list[str], Field]:
        """The hops of a dotted name and the field behind them; an object's own dotted fields come first."""
        text = name.text.upper()
        for qualifier in (self.select.source.alias, self.select.source.object):
            if qualifier and text not in self.object.fields and text.startswith(f"{qualifier.text.upper()}."):
                text = text[len(qualifier.text) + 1 :]
                break
        here: Object = self.object
        hops: list[str] = []
        while text not in here.fields:
            hop, _, text = text.partition(".")
            hops.append(hop)
            here = known_object(here.relationships[hop].object)
        return hops, here.fields[text]

    def field(self, operand: ast.Operand) -> Field:
        """The field whose values are compared: that of the aggregate, where there is one."""
        name = operand if isinstance(operand, ast.Name) else operand.argument
        return self.object.fields[(self.object.key or "").upper()] if name is None else self.path(name)[1]

    def type(self, operand: ast.Operand) -> DataType:
        if isinstance(operand, ast.Call):
            fixed = {"COUNT": DataType.INTEGER, "AVG": DataType.DECIMAL}
            return fixed.get(operand.function) or self.field(operand).type
        return self.field(operand).type

    # Conditions: True, False, or None for unknown.

    def test(self, condition: ast.Condition) -> Test:
        return _TESTS[type(condition)](self, condition)

    def all(self, condition: ast.And) -> Test:
        tests = [self.test(part) for part in condition.conditions]

        def test(row: Any) -> Truth:
            seen = {part(row) for part in tests}
            return False if False in seen else None if None in seen else True

        return test

    def any(self, condition: ast.Or) -> Test:
        tests = [self.test(part) for part in condition.conditions]

        def test(row: Any) -> Truth:
            seen = {part(row) for part in tests}
            return True if True in seen else None if None in seen else False

        return test

    def negation(self, condition: ast.Not) -> Test:
        return _negated(self.test(condition.condition))

    def constant(self, condition: ast.Constant) -> Test:
        return lambda _: condition.truth

    def null(self, condition: ast.IsNull) -> Test:
        read = self.reader(condition.left)
        return lambda row: (read(row) is None) is not condition.negated

    def comparison(self, condition: ast.Comparison) -> Test:
        right = condition.right
        if isinstance(right, ast.Word) and right.text.upper() == "NULL":
            return self.null(ast.IsNull(left=condition.left, negated=condition.operator == "!=", span=condition.span))
        if isinstance(right, ast.Word) and self.names_field(condition.left, right):
            right = ast.FieldValue(name=ast.Name(text=right.text.upper(), span=right.span), span=right.span)
        if isinstance(right, ast.FieldValue):
            return self.two_fields(condition.left, condition.operator, right.name)
        return self.compared(condition.left, condition.operator, right)

    def names_field(self, left: ast.Operand, word: ast.Word) -> bool:
        return self.type(left) not in TEXTUAL and word.text.upper() in self.object.fields

    def two_fields(self, left: ast.Operand, sign: str, right: ast.Name) -> Test:
        """By value; a day is its midnight; text without case where the query says so."""
        one, other, compare = self.reader(left), self.reader(right), COMPARE[sign]

        def test(row: Any) -> Truth:
            a, b = one(row), other(row)
            return None if a is None or b is None else compare(self.level(a), self.level(b))

        return test

    def level(self, value: Value) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value, time.min)
        return value.casefold() if self.fold and isinstance(value, str) else value

    def compared(self, left: ast.Operand, sign: str, right: ast.Value) -> Test:
        """With a value: a stretch of time where a day stands beside a TIMESTAMP."""
        read = self.reader(left)
        first, last = self.literal(left, right)
        if first is None:
            return lambda _: None
        level = self.level

        def test(row: Any) -> Truth:
            value = read(row)
            if value is None:
                return None
            cell: Any = level(value)
            inside = first <= cell <= last
            return {
                "=": inside,
                "!=": not inside,
                "<": cell < first,
                ">": cell > last,
                "<=": cell <= last,
                ">=": cell >= first,
            }[sign]

        return test

    def literal(self, left: ast.Operand, value: ast.Value) -> tuple[Any, Any]:
        """The first and the last value a literal stands for, read by the type beside it; None for the empty text."""
        assert isinstance(value, ast.Word | ast.String), value
        kind, text = self.type(left), value.text
        if kind in TEXTUAL:
            read = self.level(_label(text, self.field(left))) or None
            return read, read
        if kind in NUMERIC:
            return Decimal(text), Decimal(text)
        if kind is DataType.BOOLEAN:
            return text.lower() == "true", text.lower() == "true"
        moment, has_time = _moment(text)
        if has_time or kind is DataType.DATE:
            return moment, moment
        return moment, datetime.combine(moment, time.max)

    def between(self, condition: ast.Between) -> Test:
        low = self.compared(condition.left, ">=", condition.low)
        high = self.compared(condition.left, "<=", condition.high)

        def test(row: Any) -> Truth:
            seen = {low(row), high(row)}
            return False if False in seen else None if None in seen else True

        return _negated(test) if condition.negated else test

    def members(self, condition: ast.In) -> Test:
        """``=`` with one of the values or the other; of an empty list nothing, whatever the field holds."""
        if [_is_null(value) for value in condition.values] == [True]:
            return lambda _: None
        tests = [self.compared(condition.left, "=", value) for value in condition.values]

        def test(row: Any) -> Truth:
            seen = {part(row) for part in tests}
            return True if True in seen else None if None in seen else False

        return _negated(test) if condition.negated else test

    def like(self, condition: ast.Like) -> Test:
        assert isinstance(condition.pattern, ast.Word | ast.String)
        read, pattern = self.reader(condition.left), self.level(condition.pattern.text)
        if not pattern:
            return lambda _: None
        matches, level = _matcher(pattern), self.level

        def test(row: Any) -> Truth:
            value = read(row)
            return None if value is None else matches(level(value)) is not None

        return _negated(test) if condition.negated else test


_TESTS: dict[type, Callable[[_Evaluation, Any], Test]] = {
    ast.And: _Evaluation.all,
    ast.Or: _Evaluation.any,
    ast.Not: _Evaluation.negation,
    ast.Constant: _Evaluation.constant,
    ast.IsNull: _Evaluation.null,
    ast.Comparison: _Evaluation.comparison,
    ast.Between: _Evaluation.between,
    ast.In: _Evaluation.members,
    ast.Like: _Evaluation.like,
}


class _Group:
    """The rows of one group; what was worked out about it is kept."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self._known: dict[str, Value] = {}

    def value(self, name: str, work_out: Callable[[list[Row]], Value]) -> Value:
        if name not in self._known:
            self._known[name] = work_out(self.rows)
        return self._known[name]


def _aggregate(function: str, cells: list[Value]) -> Value:
    filled: list[Any] = [cell for cell in cells if cell is not None]
    if function == "COUNT":
        return len(filled)
    if not filled:
        return None
    if function == "AVG":
        with localcontext() as context:
            context.prec = 100
            return (Decimal(sum(filled)) / len(filled)).quantize(Decimal("1e-10"), rounding=ROUND_HALF_UP)
    return {"SUM": sum, "MIN": min, "MAX": max}[function](filled)


def _sorted(rows: list[Any], read: Read, order: ast.Order) -> list[Any]:
    empty = [row for row in rows if read(row) is None]
    filled = [row for row in rows if read(row) is not None]
    filled.sort(key=read, reverse=order.descending)  # type: ignore[arg-type]
    first = order.descending if order.nulls_first is None else order.nulls_first
    return empty + filled if first else filled + empty


def _negated(test: Test) -> Test:
    def negated(row: Any) -> Truth:
        truth = test(row)
        return None if truth is None else not truth

    return negated


def _is_null(value: ast.Value) -> bool:
    return isinstance(value, ast.Word) and value.text.upper() == "NULL"


def _has_ilike(node: object) -> bool:
    return any(isinstance(condition, ast.Like) and condition.fold for condition in conditions(node))


def conditions(node: object) -> Iterable[ast.Condition]:
    """Every condition below a query, a clause or a condition, groups and negations included."""
    if isinstance(node, ast.Select):
        yield from conditions(node.where)
        yield from conditions(node.having)
    elif isinstance(node, ast.And | ast.Or):
        yield node
        for part in node.conditions:
            yield from conditions(part)
    elif isinstance(node, ast.Not):
        yield node
        yield from conditions(node.condition)
    elif node is not None:
        yield node  # type: ignore[misc]


def _label(text: str, field: Field) -> str:
    """The label an ENUM literal means; label before code, in any case."""
    if field.type is not DataType.ENUM:
        return text
    by_label = {value.label.casefold(): value.label for value in field.values}
    by_code = {value.code.casefold(): value.label for value in field.values if value.code is not None}
    return by_label.get(text.casefold()) or by_code.get(text.casefold()) or text


_FORMS = ("%Y-%m-%d", "%m/%d/%Y")
_TIMES = ("%H:%M:%S.%f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p")


def _moment(text: str) -> tuple[datetime, bool]:
    """A moment, and whether it has a time of day."""
    day, _, rest = text.replace("T", " ", 1).partition(" ")
    for form in _FORMS:
        for clock in _TIMES if rest else ("",):
            try:
                moment = datetime.strptime(f"{day} {rest}".strip(), f"{form} {clock}".strip())  # noqa: DTZ007
                return moment, bool(rest)
            except ValueError:
                continue
    raise ValueError(text)


@cache
def related(company: Company, name: str) -> dict[Value, Row]:
    """The rows of an object by the id people know them by; of several with one id that with the lowest number."""
    known = known_object(name)
    rows = sorted(company.rows(name), key=lambda row: row["RECORDNO"], reverse=True)  # type: ignore[arg-type, return-value]
    found = {row[(known.id_field or "").upper()]: row for row in rows}
    found.pop(None, None)
    return found


@cache
def _matcher(pattern: str) -> Callable[[str], object]:
    parts = re.findall(r"\\[%_\\]|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    regex = "".join(wild.get(part) or re.escape(part[1:] if len(part) == 2 else part) for part in parts)
    return re.compile(regex, re.DOTALL).fullmatch
