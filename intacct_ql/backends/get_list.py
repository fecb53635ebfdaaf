"""``get_list``, the list function of DTD 2.1: filters, sorts, and pages by their place.

In: ``steps.Fetch``. Out: the ``<get_list>`` element as text, and the element names its columns come back under.
Refuses to know: envelopes, replies, and how pages are driven.

Objects and fields have the names of DTD 2.1. The schema has a sequence: filter, sorts, fields [D]; the operators are
``= != < <= > >=``, ``like`` and ``is null`` [D], and ``not like`` [C]. Fields are always named: what an object gives
unasked is not all it has. How many rows one answer may hold is written nowhere [?]; the older reads hold 1,000.
Days are elements, and the same for every user [?]; of which zone times are is written nowhere, so they have none here.
"""

from collections.abc import Callable, Iterator
from typing import Any

from intacct_ql.backends.door import Door
from intacct_ql.backends.query import literal
from intacct_ql.backends.spelling import page_rows
from intacct_ql.binder import tree
from intacct_ql.gateway.escape import escape
from intacct_ql.planner.abilities import COMPARISONS, Abilities, Obstacle
from intacct_ql.planner.predicates import operator
from intacct_ql.planner.steps import Fetch
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.legacy import is_unlisted, legacy_name


def unable(query: tree.Query, fetch: Fetch) -> Iterator[Obstacle]:
    """Objects that came after DTD 2.1 have no list, nor have some that it knows."""
    if query.schema is not None and (query.schema.legacy_name is None or is_unlisted(fetch.object)):
        yield f"read {fetch.object}: DTD 2.1 has no list of it", None


ABILITIES = Abilities(
    operators=COMPARISONS | {"LIKE", "NOT LIKE", "IS NULL"},
    order=True,
    limit=True,
    offset=True,
    private_switch=True,
    most_rows=1000,
    unable=unable,
)
"""What ``get_list`` can say."""


def render(fetch: Fetch, *, page_size: int | None = None, offset: int | None = None) -> str:
    """The ``<get_list>`` element; a page is ``maxitems`` rows from ``start``, counted from 0.

    Raises ``ValueError`` for a page size the gateway would refuse, and as ``escape`` does.
    """
    where = fetch.where
    attributes = {
        "object": escape(legacy_object(fetch.object)),
        "start": fetch.offset or None if offset is None else offset,
        "maxitems": page_rows(fetch, page_size, ABILITIES.most_rows),
        "showprivate": "true" if fetch.options.show_private else None,
    }
    words = "".join([f' {name}="{value}"' for name, value in attributes.items() if value is not None])
    return (
        f"<get_list{words}>{'' if where is None else f'<filter>{_condition(where, fetch.object)}</filter>'}"
        f"{_sorts(fetch) if fetch.order_by else ''}{fields(fetch)}</get_list>"
    )


def legacy_object(name: str) -> str:
    """What DTD 2.1 calls an object; in lower case where it is not known to have it."""
    known = BUNDLED.object(name)
    return name.lower() if known is None or known.legacy_name is None else known.legacy_name


def fields(fetch: Fetch) -> str:
    """The ``<fields>`` element with every selected field."""
    names = [f"<field>{escape(legacy_name(fetch.object, one.path))}</field>" for one in fetch.select]
    return f"<fields>{''.join(names)}</fields>"


def column_names(fetch: Fetch) -> tuple[tuple[str, ...], ...]:
    """For each selected field the element name it comes back under: its legacy name."""
    return tuple([(legacy_name(fetch.object, one.path),) for one in fetch.select])


def _sorts(fetch: Fetch) -> str:
    return f"<sorts>{''.join([_sort(order, fetch.object) for order in fetch.order_by])}</sorts>"


def _sort(order: tree.Order, of: str) -> str:
    direction = "desc" if order.descending else "asc"
    return f'<sortfield order="{direction}">{escape(legacy_name(of, order.expression.path))}</sortfield>'


# Conditions. Recursion is bounded, the parser limits how deep brackets nest.


def _condition(predicate: tree.Predicate, of: str) -> str:
    return _CONDITIONS[type(predicate)](predicate, of)


def _group(group: tree.And | tree.Or, of: str) -> str:
    word = "and" if isinstance(group, tree.And) else "or"
    parts = "".join([_condition(condition, of) for condition in group.conditions])
    return f'<logical logical_operator="{word}">{parts}</logical>'


def _compare(leaf: tree.Compare, of: str) -> str:
    return _expression(leaf, literal(leaf.value, leaf.left), of)


def _like(leaf: tree.Like, of: str) -> str:
    return _expression(leaf, escape(leaf.pattern), of)


def _is_null(leaf: tree.IsNull, of: str) -> str:
    return _expression(leaf, "", of)  # the schema wants a value beside every operator


def _expression(leaf: tree.Compare | tree.Like | tree.IsNull, value: str, of: str) -> str:
    return (
        f"<expression><field>{escape(legacy_name(of, leaf.left.path))}</field>"
        f"<operator>{escape(operator(leaf).lower())}</operator><value>{value}</value></expression>"
    )


_CONDITIONS: dict[type, Callable[[Any, str], str]] = {
    tree.And: _group,
    tree.Or: _group,
    tree.Compare: _compare,
    tree.Like: _like,
    tree.IsNull: _is_null,
}

DOOR = Door(
    function="get_list",
    abilities=ABILITIES,
    render=render,
    column_names=column_names,
    localised=False,
    literal=literal,
    escape=escape,
)
