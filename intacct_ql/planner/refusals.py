"""What can be done neither at the gateway nor here, said with what to write instead.

In: a query whose condition has been divided. Out: nothing, or ``QueryError`` with every finding.
Refuses to know: how a plan is laid out.

Codes: IQL301 nothing bounds the fetch, IQL303 a field that the groups do not have, IQL304 a thing the door cannot say
and we cannot do, IQL305 a comparison here of what has no known type.
"""

from collections.abc import Iterable, Iterator

from intacct_ql.binder import tree
from intacct_ql.errors import Diagnostic, QueryError, error
from intacct_ql.planner.abilities import Abilities, Obstacle
from intacct_ql.planner.predicates import leaves, operands
from intacct_ql.planner.steps import Fetch
from intacct_ql.planner.words import few
from intacct_ql.source import Span


def check_residual(query: tree.Query, residual: tree.Predicate, target: str) -> None:
    """Refuse a condition that nothing bounds at the door: a whole object would be read for it."""
    if query.options.allow_scan:
        return
    cannot = why_not(residual, target)
    hints = ["add a condition that compares a field with a value", "or write OPTION (allow_scan) to read everything"]
    if not any(isinstance(leaf, tree.CompareFields) for leaf in leaves(residual)):
        hints = ["use the target query", *hints[1:]]
    raise QueryError([error("IQL301", query.span, f"{cannot}: all of {query.object} would be read", *hints)])


def why_not(residual: tree.Predicate, target: str) -> str:
    """Why a door leaves a condition to us."""
    found = list(leaves(residual))
    if any(isinstance(leaf, tree.CompareFields) for leaf in found):
        return "the gateway compares a field with a value only, never with a field"
    paths = list(dict.fromkeys(leaf.left.path for leaf in found))
    return f"{target} cannot compare {few(paths, shown=3)} like this"


def no_key(query: tree.Query, key: str | None, target: str) -> QueryError:
    """The refusal of a query without a condition that a door can find rows by; ``key`` is the field it needs."""
    if key is None:
        reason = f"{target} finds rows by a key, and which that is of {query.object} no source says"
        hints = []
    elif query.where is not None and any(operand.path == key for operand in operands(query.where)):
        reason = f"{target} finds rows by {key}, and cannot take this condition on it"
        hints = ["one value, or a list of up to 100 for read, beside other conditions with AND; a key has no comma"]
    else:
        reason = f"{target} finds rows by {key} and by nothing else, and no condition says which"
        hints = [f"compare {key} with a value"]
    return QueryError([error("IQL304", query.span, reason, *hints, "or use the target query")])


def check_types(query: tree.Query, strange: Iterable[str]) -> None:
    """Refuse to compare or order here what no catalog knows the type of; ``strange`` are the names of such fields."""
    found = [
        error(
            "IQL305",
            query.span,
            f"{path} would be compared here, and no catalog knows its type: as text, 9 comes after 10",
            "let the gateway compare it: with a value, in a condition of its own, at the target query",
            "or use a catalog that knows the field",
        )
        for path in dict.fromkeys(strange)
    ]
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


_MOST_SAID = 5
"""Of more obstacles only the number is told: a star may meet a hundred."""


def check_abilities(query: tree.Query, fetch: Fetch, abilities: Abilities, target: str) -> None:
    """Refuse what this door cannot say and no local step makes up for."""
    if abilities.related and abilities.private_switch and abilities.docparid and abilities.unable is None:
        return  # nothing can be asked that it cannot do
    unable = dict.fromkeys(_unable(query, fetch, abilities))
    found = [
        error("IQL304", None if field is None else _place(query, field), f"{target} cannot {what}", _ELSEWHERE)
        for what, field in unable
    ]
    if len(found) > _MOST_SAID:
        more = f"{target} cannot do {len(found) - _MOST_SAID} more things like these"
        found[_MOST_SAID:] = [error("IQL304", None, more, _ELSEWHERE)]
    if found:
        raise QueryError(found)


_ELSEWHERE = "use the target query"


def _place(query: tree.Query, field: tree.Field) -> Span | None:
    """Where a query names a field: in its columns, its order, or else in its condition."""
    places: tuple[tree.Column | tree.Order, ...] = (*query.columns, *query.order_by)
    for named in places:
        expression = named.expression
        if field in (expression, expression.argument if isinstance(expression, tree.Aggregate) else None):
            return named.span
    return query.span


def _unable(query: tree.Query, fetch: Fetch, abilities: Abilities) -> Iterator[Obstacle]:
    if query.options.show_private and not abilities.private_switch:
        yield "show the rows of private entities", None
    if query.options.docparid is not None and not abilities.docparid:
        yield "read by a transaction definition (docparid)", None
    if not abilities.related:
        yield from ((f"read the field {field.path} of another object", field) for field in _related(query, fetch))
    if abilities.unable is not None:
        yield from abilities.unable(query, fetch)


def _related(query: tree.Query, fetch: Fetch) -> Iterator[tree.Field]:
    """The fields that are reached over a relationship; an object has dotted fields of its own as well."""
    own = {} if query.schema is None else query.schema.fields
    fields = [one if isinstance(one, tree.Field) else one.argument for one in fetch.select]
    return (field for field in dict.fromkeys(fields) if "." in field.path and field.path.upper() not in own)
