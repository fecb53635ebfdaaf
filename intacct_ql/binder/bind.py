"""The first tree to the second: names become fields, literals values, and every mistake is said at once.

In: ``ast.Select``, a catalog or None, the caller's parameters and settings. Out: a ``Bound``: the ``tree.Query``, or
None where a mistake was found, with all diagnostics in the order they were made. Refuses to know: doors of the gateway.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from intacct_ql.binder import tree
from intacct_ql.binder.columns import Columns, is_renamed
from intacct_ql.binder.conditions import Conditions
from intacct_ql.binder.groups import Groups
from intacct_ql.binder.moments import Zone
from intacct_ql.binder.options import bind_options
from intacct_ql.binder.order import Ordering
from intacct_ql.binder.parameters import MISSING, Bindings, Parameters, not_bindable
from intacct_ql.binder.scope import Scope, open_scope
from intacct_ql.binder.setting import Setting
from intacct_ql.errors import Diagnostic, Severity, error, warning
from intacct_ql.schema.catalog import Catalog
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
        moment = moment or setting.now()
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
        self.columns = Columns(scope=scope, strict=setting.strict, found=found)
        self.groups = Groups(columns=self.columns, found=found)
        self.ordering = Ordering(scope=scope, columns=self.columns, groups=self.groups, found=found)

    def query(self, select: ast.Select) -> tree.Query:
        columns = self.columns.bind(select)
        self.scope.named = {upper(column.name): column.expression for column in columns if is_renamed(column)}
        plain = [column.expression for column in columns if isinstance(column.expression, tree.Field)]
        aggregated = len(plain) < len(columns)
        where = self.condition(select.where, self.where_operand)
        distinct = self.groups.distinct(select, plain, aggregated)
        grouped = aggregated or distinct
        having = self.having(select, plain, grouped)
        order = self.ordering.bind(select, columns, plain, grouped)
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

    def having(self, select: ast.Select, plain: list[tree.Field], grouped: bool) -> tree.Predicate | None:
        if select.having is None:
            return None
        if not grouped:
            self.found.append(error("IQL207", select.having.span, "HAVING needs groups", "use WHERE, or an aggregate"))
            # Only for its parameters, so that the others keep their place.
            self.condition(select.having, lambda _: None)
            return None
        return self.condition(select.having, lambda operand: self.groups.expression(operand, plain))

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
