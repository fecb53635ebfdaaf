"""The first tree to the second: names become fields, literals values, and every mistake is said at once.

In: ``ast.Select``, a catalog or None, the caller's parameters and settings. Out: a ``Bound``: the ``tree.Query``, or
None where a mistake was found, with all diagnostics in the order they were made. Refuses to know: doors of the gateway.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from intacct_ql.binder import tree
from intacct_ql.binder.conditions import Conditions
from intacct_ql.binder.moments import Zone
from intacct_ql.binder.options import bind_options
from intacct_ql.binder.parameters import MISSING, Bindings, Parameters, not_bindable
from intacct_ql.binder.scope import Scope, bound_field, open_scope, spelled
from intacct_ql.errors import Diagnostic, Fix, Severity, error, warning
from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.types import NUMERIC, DataType
from intacct_ql.source import Span
from intacct_ql.syntax import ast
from intacct_ql.syntax.refusals import TOO_MANY_ROWS
from intacct_ql.syntax.words import MOST_ROWS, upper


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Bound:
    """What binding found; ``query`` is None when one of the diagnostics is an error.

    ``asked`` are the parameters in the order they were asked for, by name or by number from 0; ``dated`` says that the
    clock was read, so that the query means something else tomorrow. ``zoned`` says that what it means hangs on the zone
    of the user: an offset was read, or the clock.
    """

    query: tree.Query | None
    diagnostics: tuple[Diagnostic, ...]
    asked: tuple[str | int, ...]
    dated: bool
    zoned: bool


_NO_OPTIONS = tree.Options()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the caller decides beside the text.

    ``clock`` is read for relative dates; ``zone`` is that of the session's user, None while unknown. ``unsettled``: it
    will be known before anything is sent, and until then any will do. ``strict`` makes mixed AND and OR an error;
    ``checking`` asks for no parameter values. ``refused`` are fields that the gateway would not give: the object, the
    field, the words.
    """

    clock: Callable[[], datetime] = datetime.now
    zone: tzinfo | None = None
    unsettled: bool = False
    strict: bool = False
    checking: bool = False
    options: tree.Options = _NO_OPTIONS
    refused: frozenset[tuple[str, str, str]] = frozenset()


def bind(
    select: ast.Select,
    catalog: Catalog | None,
    text: str,
    parameters: Parameters = None,
    setting: Setting | None = None,
) -> Bound:
    """Bind a query; ``text`` is only quoted from, in rewrites."""
    setting = setting or Setting()
    found: list[Diagnostic] = []
    scope = open_scope(select.source, catalog, found)
    moment = None

    def clock() -> datetime:  # one reading a statement
        nonlocal moment
        moment = moment or _now(setting)
        return moment

    zoned = False

    def zone() -> tzinfo | None:
        nonlocal zoned
        zoned = True
        return UTC if setting.unsettled else setting.zone

    query = None
    unusable = not_bindable(parameters)
    if unusable is not None:
        found.append(unusable)
    checking = setting.checking or unusable is not None
    bindings = Bindings(values=parameters, checking=checking, found=found)
    if scope is not None:
        if setting.refused:
            scope.refused = {(owner.upper(), field.upper()): words for owner, field, words in setting.refused}
        query = _Binder(scope, bindings, clock, zone, setting, text, found).query(select)
        bindings.finish()
    wrong = any(diagnostic.severity is Severity.ERROR for diagnostic in found)
    return Bound(
        query=None if wrong else query,
        diagnostics=tuple(found),
        asked=tuple(bindings.asked),
        dated=moment is not None,
        zoned=zoned or moment is not None,
    )


def _now(setting: Setting) -> datetime:
    """What the clock of the user shows; this machine's, where the user's zone is not known."""
    now = setting.clock()
    return now if setting.zone is None else now.astimezone(setting.zone)


class _Binder:
    """Binds the clauses of one query, in the order of the text."""

    def __init__(
        self,
        scope: Scope,
        bindings: Bindings,
        clock: Callable[[], datetime],
        zone: Zone,
        setting: Setting,
        text: str,
        found: list[Diagnostic],
    ) -> None:
        self.scope = scope
        self.bindings = bindings
        self.clock = clock
        self.zone = zone
        self.setting = setting
        self.text = text
        self.found = found
        self.folded: list[Span] = []

    def query(self, select: ast.Select) -> tree.Query:
        columns = self.columns(self.without_refused(select))
        self.scope.named = {upper(column.name): column.expression for column in columns if _is_renamed(column)}
        plain = [column.expression for column in columns if isinstance(column.expression, tree.Field)]
        aggregated = len(plain) < len(columns)
        where = self.condition(select.where, self.where_operand)
        distinct = self.grouping(select, plain, aggregated)
        grouped = aggregated or distinct
        having = self.having(select, plain, grouped)
        order = self.order(select, columns, plain, grouped)
        limit = self.rows(select.limit)
        offset = self.rows(select.offset) or 0
        options = bind_options(select.options, self.setting.options, self.bindings, self.found)
        return tree.Query(
            object=self.scope.object,
            schema=self.scope.schema,
            key=self.scope.key(),
            columns=columns,
            star=isinstance(select.items, ast.Star),
            distinct=distinct,
            where=where,
            grouped=grouped,
            having=having,
            order_by=order,
            limit=limit,
            offset=offset,
            options=self.with_folding(select, options),
            span=select.where.span if select.where else select.source.span,
        )

    # Columns.

    def columns(self, select: ast.Select) -> tuple[tree.Column, ...]:
        if isinstance(select.items, ast.Star):
            return self.star(select.items)
        columns = []
        for item in select.items:
            expression = self.expression(item.operand)
            if expression is not None:
                columns.append(
                    tree.Column(
                        name=item.alias.text if item.alias else expression.path, expression=expression, span=item.span
                    )
                )
        return tuple(columns)

    def star(self, star: ast.Star) -> tuple[tree.Column, ...]:
        schema = self.scope.schema
        if schema is None:
            self.found.append(
                error("IQL203", star.span, "* needs a catalog, because the gateway has no star", "name the fields")
            )
            return ()
        fields = [bound_field(field.name, field, schema) for field in schema.queryable_fields()]
        return tuple(
            [tree.Column(name=field.path, expression=field) for field in fields if not self.scope.refusal(field)]
        )

    def without_refused(self, select: ast.Select) -> ast.Select:
        """The query without the columns that the gateway is known to refuse; each is told.

        Of groups none is left out, for they would be other ones; and one column has to stay.
        """
        items = select.items
        if isinstance(items, ast.Star) or not self.scope.refused or self.setting.strict or select.distinct:
            return select
        names = [item.operand.text for item in items if isinstance(item.operand, ast.Name)]
        fields = [self.scope.find(name) for name in names]
        words = [self.scope.refusal(field) for field in fields]
        if len(names) < len(items) or all(words):
            return select
        for item, name, field, why in zip(items, names, fields, words, strict=True):
            if field is not None and why:
                reason = f"{upper(name)} is left out, because the gateway refuses it"
                hints = (f"the gateway says: {why}", *self.scope.asking(field))
                self.found.append(warning("IQL259", item.span, reason, *hints))
        return replace(select, items=tuple([item for item, why in zip(items, words, strict=True) if not why]))

    def expression(self, operand: ast.Operand) -> tree.Expression | None:
        return self.scope.resolve(operand) if isinstance(operand, ast.Name) else self.aggregate(operand)

    def aggregate(self, call: ast.Call) -> tree.Aggregate | None:
        argument = self.scope.resolve(call.argument) if call.argument else self.counted(call)
        if argument is None:
            return None
        if call.function in ("SUM", "AVG") and argument.known and argument.type not in NUMERIC:
            reason = f"{call.function} needs a number, and {argument.path} is {argument.type.value}"
            self.found.append(error("IQL208", call.span, reason))
            return None
        return tree.Aggregate(function=call.function, argument=argument, type=_aggregate_type(call.function, argument))

    def counted(self, call: ast.Call) -> tree.Field | None:
        """What COUNT(*) counts: the key, RECORDNO where no catalog says otherwise."""
        if self.scope.schema is None:
            return tree.Field(path="RECORDNO", type=DataType.INTEGER, known=False)
        key = self.scope.key()
        if key is None:
            self.found.append(
                error("IQL209", call.span, f"{self.scope.object} has no key to count", "count a field: COUNT(NAME)")
            )
        return key

    # Conditions.

    def condition(
        self, condition: ast.Condition | None, operand: Callable[[ast.Operand], tree.Expression | None]
    ) -> tree.Predicate | None:
        if condition is None:
            return None
        binder = Conditions(
            scope=self.scope,
            operand=operand,
            bindings=self.bindings,
            clock=self.clock,
            zone=self.zone,
            strict=self.setting.strict,
            text=self.text,
            found=self.found,
            folded=self.folded,
        )
        return binder.bind(condition)

    def where_operand(self, operand: ast.Operand) -> tree.Expression | None:
        if isinstance(operand, ast.Name):
            return self.scope.resolve(operand)
        self.found.append(
            error("IQL206", operand.span, "WHERE looks at rows, before they are grouped", "move it to HAVING")
        )
        return None

    # Grouping.

    def grouping(self, select: ast.Select, plain: list[tree.Field], aggregated: bool) -> bool:
        """Whether rows are distinct by their plain fields without an aggregate; an explicit GROUP BY must agree."""
        if not select.group_by:
            return select.distinct and not aggregated
        named = [self.expression(operand) for operand in select.group_by]
        wanted = {field.path for field in plain}
        for operand, one in zip(select.group_by, named, strict=True):
            if one is not None and one.path not in wanted:
                reason = f"{one.path} is grouped by but not selected; the gateway groups by the selected plain fields"
                self.found.append(error("IQL207", operand.span, reason, f"select {one.path} too"))
        missing = wanted - {one.path for one in named if one is not None}
        if missing and None not in named:
            span = Span(select.group_by[0].span.start, select.group_by[-1].span.end)
            reason = f"{', '.join(sorted(missing))} is selected without an aggregate and not grouped by"
            self.found.append(error("IQL207", span, reason, "add it to GROUP BY"))
        return not aggregated

    def having(self, select: ast.Select, plain: list[tree.Field], grouped: bool) -> tree.Predicate | None:
        if select.having is None:
            return None
        if not grouped:
            self.found.append(error("IQL207", select.having.span, "HAVING needs groups", "use WHERE, or an aggregate"))
            # Only for its parameters, so that the others keep their place.
            self.condition(select.having, lambda _: None)
            return None
        return self.condition(select.having, lambda operand: self.of_group(operand, plain))

    def of_group(self, operand: ast.Operand, plain: list[tree.Field]) -> tree.Expression | None:
        """An aggregate, or one of the fields that are grouped by."""
        expression = self.expression(operand)
        if isinstance(expression, tree.Field) and all(expression.path != field.path for field in plain):
            reason = f"{expression.path} is not one of the fields that are grouped by"
            self.found.append(error("IQL207", operand.span, reason, "select it, or take an aggregate of it"))
            return None
        return expression

    def order(
        self, select: ast.Select, columns: tuple[tree.Column, ...], plain: list[tree.Field], grouped: bool
    ) -> tuple[tree.Order, ...]:
        aliases: dict[str, list[tree.Expression]] = {}
        for column in columns:
            if _is_renamed(column):
                aliases.setdefault(upper(column.name), []).append(column.expression)
        orders = []
        for order in select.order_by:
            aliased = aliases.get(upper(order.operand.text)) if isinstance(order.operand, ast.Name) else None
            expression = (
                self.by_name(order, plain, grouped)
                if aliased is None
                else self.by_alias(order.operand, aliased, plain if grouped else None)
            )
            if expression is not None:
                orders.append(
                    tree.Order(
                        expression=expression,
                        descending=order.descending,
                        nulls_first=order.nulls_first,
                        span=order.span,
                    )
                )
        return tuple(orders)

    def by_name(self, order: ast.Order, plain: list[tree.Field], grouped: bool) -> tree.Expression | None:
        if grouped:
            return self.of_group(order.operand, plain)
        if isinstance(order.operand, ast.Call):
            self.found.append(error("IQL207", order.span, "an aggregate orders groups, and this query has none"))
            return None
        return self.expression(order.operand)

    def by_alias(
        self, operand: ast.Operand, aliased: list[tree.Expression], groups: list[tree.Field] | None
    ) -> tree.Expression | None:
        """The column of this name, unless another one or a field of that name could be meant as well.

        ``groups`` are the fields that are grouped by, and among groups nothing else can be meant; None without groups.
        """
        assert isinstance(operand, ast.Name)  # noqa: S101 - only a name can be an alias
        known = self.scope.find(operand.text)
        if known is not None and (groups is None or known in groups):
            meant = list(dict.fromkeys((known, *aliased)))
            reason = f"{operand.text} is both a field and the name given to {' and '.join(map(spelled, meant[1:]))}"
        else:
            meant = list(dict.fromkeys(aliased))
            reason = f"{operand.text} is the name given to {' and '.join(map(spelled, meant))}"
        if len(meant) == 1:
            return meant[0]
        fixes = tuple(Fix(span=operand.span, text=self.unmistakable(one)) for one in meant)
        self.found.append(error("IQL210", operand.span, reason, fixes=fixes))
        return None

    def unmistakable(self, expression: tree.Expression) -> str:
        """The expression as ORDER_BY reads it and nothing else; qualified where a column bears the field's name."""
        text = spelled(expression)
        return f"{self.scope.object}.{text}" if upper(text) in self.scope.named else text

    # Rows and options.

    def rows(self, count: ast.Count | None) -> int | None:
        if count is None:
            return None
        if isinstance(count.value, int):
            return count.value
        bound = self.bindings.value(count.value)
        if bound is MISSING:
            return None
        if isinstance(bound, str) and re.fullmatch("[0-9]{1,99}", bound):
            bound = int(bound)
        if not isinstance(bound, int) or isinstance(bound, bool) or bound < 0:
            self.found.append(error("IQL115", count.span, "a number of rows is a whole number"))
            return None
        if bound >= MOST_ROWS:
            self.found.append(error("IQL115", count.span, TOO_MANY_ROWS))
            return None
        return bound

    def with_folding(self, select: ast.Select, options: tree.Options) -> tree.Options:
        """ILIKE switches the whole query; say so where other text is compared."""
        if not self.folded or options.case_insensitive:
            return options
        if isinstance(select.where, ast.And | ast.Or):
            reason = "ILIKE ignores case in every comparison of the query, because the gateway knows one switch for all"
            hint = "write OPTION (caseinsensitive) to say that this is meant"
            self.found.append(warning("IQL257", self.folded[0], reason, hint))
        return replace(options, case_insensitive=True)


def _is_renamed(column: tree.Column) -> bool:
    return column.name != column.expression.path


def _aggregate_type(function: str, argument: tree.Field) -> DataType:
    if function == "COUNT":
        return DataType.INTEGER
    if function == "AVG":
        return DataType.DECIMAL
    if function == "SUM" and not argument.known:
        return DataType.DECIMAL
    return argument.type
