"""What can be done neither at the gateway nor here, said with what to write instead.

In: a query whose condition has been divided. Out: nothing, or ``QueryError`` with every finding.
Refuses to know: how a plan is laid out.

Codes: IQL301 nothing bounds the fetch, IQL302 groups over rows that must be filtered here first, IQL303 a field that
the groups do not have, IQL304 a thing the door cannot say and we cannot do.
"""

from collections.abc import Iterator

from intacct_ql.binder import tree
from intacct_ql.errors import Diagnostic, QueryError, error
from intacct_ql.planner.abilities import Abilities
from intacct_ql.planner.predicates import operands


def check_residual(query: tree.Query, *, bounded: bool, aggregated: bool) -> None:
    """Refuse a residual condition that would read a whole object, or that must come before a grouping."""
    found = []
    if not bounded and not query.options.allow_scan:
        found.append(
            error(
                "IQL301",
                query.span,
                f"nothing in the condition can be checked by the gateway: all of {query.object} would be read",
                "add a condition that compares a field with a value",
                "or write OPTION (allow_scan) to read everything",
            )
        )
    if aggregated:
        found.append(
            error(
                "IQL302",
                query.span,
                "rows that are filtered here cannot be grouped by the gateway, which groups before they arrive",
                "select the rows without aggregates and group them afterwards",
                "or write the condition against a value instead of a field",
            )
        )
    if found:
        raise QueryError(found)


def check_groups(query: tree.Query, having: tree.Predicate | None) -> None:
    """Refuse a plain field beside groups that are not made by it: each group holds many of its values."""
    shown = {column.expression.path for column in query.columns}
    asked = [order.expression for order in query.order_by] + ([] if having is None else list(operands(having)))
    strange = {field.path for field in asked if isinstance(field, tree.Field)} - shown
    if strange:
        raise QueryError([_not_grouped(path) for path in sorted(strange)])


def _not_grouped(path: str) -> Diagnostic:
    return error(
        "IQL303",
        None,
        f"{path} is not one of the fields that make the groups",
        f"select {path} as well, or use an aggregate such as MAX({path})",
    )


def check_abilities(query: tree.Query, abilities: Abilities, target: str, *, aggregated: bool) -> None:
    """Refuse what this door cannot say and no local step makes up for."""
    found = [
        error("IQL304", None, f"{target} cannot {what}", "use the target query")
        for what in _unable(query, abilities, aggregated=aggregated)
    ]
    if found:
        raise QueryError(found)


def _unable(query: tree.Query, abilities: Abilities, *, aggregated: bool) -> Iterator[str]:
    if aggregated and not abilities.aggregates:
        yield "compute aggregates"
    if query.options.case_insensitive and not abilities.case_switch:
        yield "compare without regard to case"
    if query.options.show_private and not abilities.private_switch:
        yield "show the rows of private entities"
    if not abilities.related:
        shown = [column.expression for column in query.columns]
        fields = [one if isinstance(one, tree.Field) else one.argument for one in shown]
        yield from (f"read the field {one.path} of another object" for one in dict.fromkeys(fields) if "." in one.path)
