"""ORDER_BY: the one clause that knows the names given to columns.

In: the orders of a query, its columns. Out: ``tree.Order`` records. Refuses to know: who can order by what.
"""

from dataclasses import dataclass

from intacct_ql.binder import tree
from intacct_ql.binder.columns import Columns, is_renamed
from intacct_ql.binder.groups import Groups
from intacct_ql.binder.scope import Scope, spelled
from intacct_ql.errors import Diagnostic, Fix, error
from intacct_ql.syntax import ast
from intacct_ql.syntax.words import upper


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class Ordering:
    """Binds an order. ``found`` collects the diagnostics."""

    scope: Scope
    columns: Columns
    groups: Groups
    found: list[Diagnostic]

    def bind(
        self, select: ast.Select, columns: tuple[tree.Column, ...], plain: list[tree.Field], grouped: bool
    ) -> tuple[tree.Order, ...]:
        """The order, by fields or by the names given to columns."""
        aliases: dict[str, list[tree.Expression]] = {}
        for column in columns:
            if is_renamed(column):
                aliases.setdefault(upper(column.name), []).append(column.expression)
        meant: dict[str, tree.Expression | None] = {}
        orders = []
        for order in select.order_by:
            name = upper(order.operand.text) if isinstance(order.operand, ast.Name) else ""
            if name not in aliases:
                expression = self.by_name(order, plain, grouped)
            elif name in meant:
                expression = meant[name]
            else:
                expression = self.by_alias(order.operand, aliases[name], plain if grouped else None)
                meant[name] = expression
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
        """What is named as anywhere else; of groups one of theirs."""
        if grouped:
            return self.groups.expression(order.operand, plain)
        if isinstance(order.operand, ast.Call):
            self.found.append(error("IQL207", order.span, "an aggregate orders groups, and this query has none"))
            return None
        return self.columns.expression(order.operand)

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
