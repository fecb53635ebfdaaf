"""The ``query`` function, the widest door: filters, related fields, aggregates, order, offset.

In: ``steps.Fetch``. Out: the ``<query>`` element as text, and the element names its columns come back under.
Refuses to know: envelopes, replies, and how pages are driven.

What the schema (dtdversion 3.0) demands: names in lower case; ``filter`` holds exactly one operator; ``and`` and
``or`` hold two or more; the field stands before its values; ``options`` is a sequence. The order of the other
elements is the official SDKs'. Enumerations are said by label, days as MM/DD/YYYY.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any

from intacct_ql.backends.door import Door
from intacct_ql.backends.spelling import day, moment, page_rows, truth
from intacct_ql.binder import tree
from intacct_ql.gateway.escape import escape
from intacct_ql.planner.abilities import COMPARISONS, FUNCTIONS, LISTS_AND_PATTERNS, Abilities
from intacct_ql.planner.steps import Fetch

FUNCTION = "query"
"""The wire name of the function."""

ABILITIES = Abilities(
    operators=COMPARISONS | LISTS_AND_PATTERNS | {"BETWEEN"},
    aggregates=FUNCTIONS,
    order=True,
    limit=True,
    offset=True,
    related=True,
    case_switch=True,
    private_switch=True,
    docparid=True,
    most_values=1000,
    most_rows=2000,
)
"""What ``query`` can say. It has no ``not``, no star and no ``notbetween``."""

_COMPARISONS = {
    "=": "equalto",
    "!=": "notequalto",
    "<": "lessthan",
    "<=": "lessthanorequalto",
    ">": "greaterthan",
    ">=": "greaterthanorequalto",
}


def render(
    fetch: Fetch, *, page_size: int | None = None, offset: int | None = None, returnformat: str | None = None
) -> str:
    """The ``<query>`` element of a fetch.

    ``page_size`` and ``offset`` are those of one page; without them the element says what the text says: its own
    page size, its LIMIT as far as one page reaches, its OFFSET. ``returnformat`` json or csv asks for bare data, which
    ``gateway.bare`` reads; without one the answer is XML. Raises ``ValueError`` for a page size the gateway
    would refuse, and as ``escape`` does.
    """
    options = fetch.options
    where = fetch.where
    skip = fetch.offset or None if offset is None else offset
    rows = page_rows(fetch, page_size, ABILITIES.most_rows)
    return (
        f"<query><select>{''.join(map(_selected, fetch.select))}</select><object>{escape(fetch.object)}</object>"
        f"{'' if options.docparid is None else f'<docparid>{escape(options.docparid)}</docparid>'}"
        f"{'' if where is None else f'<filter>{_condition(where)}</filter>'}"
        f"{_orderby(fetch.order_by) if fetch.order_by else ''}"
        f"{_options(options, returnformat)}"
        f"{'' if rows is None else f'<pagesize>{rows}</pagesize>'}"
        f"{'' if skip is None else f'<offset>{skip}</offset>'}</query>"
    )


def column_names(fetch: Fetch) -> tuple[tuple[str, ...], ...]:
    """For each selected expression the element names it may come back under.

    The documents disagree about aggregates: ``COUNT.RECORDNO`` is written with the function, the one sample of a sum
    without. The bare name counts only where no plain column has it.
    """
    plain = {expression.path for expression in fetch.select if isinstance(expression, tree.Field)}
    return tuple([_names(expression, plain) for expression in fetch.select])


def _names(expression: tree.Expression, plain: Collection[str]) -> tuple[str, ...]:
    if isinstance(expression, tree.Field) or expression.argument.path in plain:
        return (expression.path,)
    return expression.path, expression.argument.path


def _selected(expression: tree.Expression) -> str:
    if type(expression) is tree.Field:
        return f"<field>{escape(expression.path)}</field>"
    assert isinstance(expression, tree.Aggregate)  # noqa: S101 - for the type checker; there is no third kind
    name = expression.function.lower()
    return f"<{name}>{escape(expression.argument.path)}</{name}>"


def _orderby(orders: tuple[tree.Order, ...]) -> str:
    return f"<orderby>{''.join(map(_order, orders))}</orderby>"


def _order(order: tree.Order) -> str:
    direction = "descending" if order.descending else "ascending"
    return f"<order><field>{escape(order.expression.path)}</field><{direction}/></order>"


def _options(options: tree.Options, returnformat: str | None) -> str:
    fold = "<caseinsensitive>true</caseinsensitive>" if options.case_insensitive else ""
    private = "<showprivate>true</showprivate>" if options.show_private else ""
    form = "" if returnformat is None else f"<returnformat>{escape(returnformat)}</returnformat>"
    said = f"{fold}{private}{form}"
    return f"<options>{said}</options>" if said else ""


# Conditions. Recursion is bounded, the parser limits how deep brackets nest; and it costs one frame a level.


def _condition(predicate: tree.Predicate) -> str:
    return _CONDITIONS[type(predicate)](predicate)


def _group(group: tree.And | tree.Or) -> str:
    name = "and" if type(group) is tree.And else "or"
    parts = [f"<{name}>"]
    for condition in group.conditions:
        parts.append(_CONDITIONS[type(condition)](condition))  # noqa: PERF401 - a comprehension is a frame more
    parts.append(f"</{name}>")
    return "".join(parts)


def _compare(leaf: tree.Compare) -> str:
    name = _COMPARISONS[leaf.operator]
    return f"<{name}><field>{escape(leaf.left.path)}</field>{_value(leaf.value, leaf.left)}</{name}>"


def _like(leaf: tree.Like) -> str:
    name = "notlike" if leaf.negated else "like"
    return f"<{name}><field>{escape(leaf.left.path)}</field><value>{escape(leaf.pattern)}</value></{name}>"


def _in(leaf: tree.In) -> str:
    name = "notin" if leaf.negated else "in"
    left = leaf.left
    values = "".join([_value(value, left) for value in leaf.values])
    return f"<{name}><field>{escape(left.path)}</field>{values}</{name}>"


def _between(leaf: tree.Between) -> str:
    left = leaf.left
    return f"<between><field>{escape(left.path)}</field>{_value(leaf.low, left)}{_value(leaf.high, left)}</between>"


def _is_null(leaf: tree.IsNull) -> str:
    name = "isnotnull" if leaf.negated else "isnull"
    return f"<{name}><field>{escape(leaf.left.path)}</field></{name}>"


_CONDITIONS: dict[type, Callable[[Any], str]] = {
    tree.And: _group,
    tree.Or: _group,
    tree.Compare: _compare,
    tree.Like: _like,
    tree.In: _in,
    tree.Between: _between,
    tree.IsNull: _is_null,
}


# Values.


def literal(value: tree.Value, left: tree.Expression) -> str:
    """A value as it is written beside a field or an aggregate. Raises as ``escape`` does."""
    write = _WRITERS.get(type(value.data))
    return escape(value.text) if write is None else write(value.data, left)


def _value(value: tree.Value, left: tree.Expression) -> str:
    return f"<value>{literal(value, left)}</value>"


_WRITERS: dict[type, Callable[[Any, tree.Expression], str]] = {bool: truth, date: day, datetime: moment}
"""Values whose spelling is the gateway's; every other value is sent in its source spelling."""

DOOR = Door(
    function=FUNCTION,
    abilities=ABILITIES,
    render=render,
    column_names=column_names,
    literal=literal,
    escape=escape,
)
