"""The groups of a query: the gateway groups by the plain fields that are selected.

In: GROUP BY, and names that stand where there are groups. Out: whether rows are merely distinct; fields and aggregates.
Refuses to know: conditions, and what is done with the groups.
"""

from dataclasses import dataclass

from intacct_ql.binder import tree
from intacct_ql.binder.columns import Columns
from intacct_ql.errors import Diagnostic, error
from intacct_ql.source import Span
from intacct_ql.suggest import listed
from intacct_ql.syntax import ast


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class Groups:
    """Holds clauses to the groups. ``found`` collects the diagnostics."""

    columns: Columns
    found: list[Diagnostic]

    def distinct(self, select: ast.Select, plain: list[tree.Field], aggregated: bool) -> bool:
        """Whether rows are distinct by their plain fields without an aggregate; an explicit GROUP BY must agree."""
        if not select.group_by:
            return select.distinct and not aggregated
        named = [self.columns.expression(operand) for operand in select.group_by]
        wanted = dict.fromkeys([field.path for field in plain])
        for operand, one in zip(select.group_by, named, strict=True):
            if one is not None and one.path not in wanted:
                reason = f"{one.path} is grouped by but not selected; the gateway groups by the selected plain fields"
                self.found.append(error("IQL207", operand.span, reason, f"select {one.path} too"))
        grouped = {one.path for one in named if one is not None}
        missing = [path for path in wanted if path not in grouped]
        if missing and None not in named:
            span = Span(select.group_by[0].span.start, select.group_by[-1].span.end)
            are, them = ("are", "them") if len(missing) > 1 else ("is", "it")
            reason = f"{listed(missing)} {are} selected without an aggregate and not grouped by"
            star = isinstance(select.items, ast.Star)
            hint = "* selects every field: name those that are grouped by" if star else f"add {them} to GROUP BY"
            self.found.append(error("IQL207", span, reason, hint))
        return not aggregated

    def expression(self, operand: ast.Operand, plain: list[tree.Field]) -> tree.Expression | None:
        """An aggregate, or one of the fields that are grouped by."""
        expression = self.columns.expression(operand)
        if isinstance(expression, tree.Field) and all(expression.path != field.path for field in plain):
            reason = f"{expression.path} is not one of the fields that are grouped by"
            self.found.append(error("IQL207", operand.span, reason, "select it, or take an aggregate of it"))
            return None
        return expression
