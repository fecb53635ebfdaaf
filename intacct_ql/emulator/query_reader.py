"""The ``query`` element, read as strictly as the schema of dtdversion 3.0 has it.

In: the element. Out: a ``Query`` record. Refuses to know: which objects and fields exist.

Children of ``query`` come in any order, each once at most; ``options`` is a sequence; ``filter`` holds exactly one
operator, ``and`` and ``or`` hold two or more; there is no ``not``.
"""

from dataclasses import dataclass

from intacct_ql.emulator.conditions import CONNECTIVES, OPERATORS, Comparison, Condition, Group
from intacct_ql.emulator.elements import (
    MANY,
    Element,
    any_order,
    boolean,
    children,
    integer,
    leaf,
    line,
    one_of,
    optional,
    sequence,
    tag,
    unexpected,
)
from intacct_ql.emulator.pages import FORMATS
from intacct_ql.emulator.query import PAGE_SIZE, Order, Query, Selected
from intacct_ql.emulator.refusals import Malformed
from intacct_ql.emulator.scope import Dialect

FUNCTIONS = ("count", "sum", "avg", "min", "max")
LARGEST_PAGE = 2000

_ONE, _MAYBE, _SOME = (1, 1), (0, 1), (1, MANY)
_QUERY = {
    "select": _ONE,
    "object": _ONE,
    "docparid": _MAYBE,
    "filter": _MAYBE,
    "orderby": _MAYBE,
    "options": _MAYBE,
    "pagesize": _MAYBE,
    "offset": _MAYBE,
}
OPTIONS = {"caseinsensitive": _MAYBE, "showprivate": _MAYBE, "returnformat": _MAYBE}
_DIRECTIONS = {"ascending": False, "descending": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A ``query`` element: what is asked for, and how it is to be written.

    ``docparid`` is accepted and changes nothing: the demo has no custom fields.
    """

    query: Query
    returnformat: str


def read_query(element: Element) -> Asked:
    """The record of a ``query`` element; ``Malformed`` where the schema is not met."""
    parts = any_order(element, _QUERY)
    options = sequence(parts["options"], OPTIONS) if parts["options"] is not None else dict.fromkeys(OPTIONS)
    optional(parts["docparid"])
    query = Query(
        select=_select(parts["select"]),
        object=leaf(parts["object"]),
        condition=_filter(parts["filter"]) if parts["filter"] is not None else None,
        orders=_orders(parts["orderby"]) if parts["orderby"] is not None else (),
        dialect=Dialect(fold=boolean(options["caseinsensitive"], default=False)),
        showprivate=boolean(options["showprivate"], default=False),
        pagesize=integer(parts["pagesize"], default=PAGE_SIZE, least=1, most=LARGEST_PAGE),
        offset=integer(parts["offset"], default=0, least=0),
    )
    return Asked(query=query, returnformat=one_of(options["returnformat"], FORMATS, default="xml"))


def read_condition(element: Element) -> Condition:
    """The condition of one operator element, nested ones included."""
    name = tag(element)
    if name in CONNECTIVES:
        members = tuple(read_condition(child) for child in children(element))
        if len(members) < 2:
            raise Malformed(f"Element '{name}': two or more operators are expected.", line=line(element))
        return Group(connective=name, members=members)
    if name not in OPERATORS:
        raise unexpected(element, (*OPERATORS, *CONNECTIVES))
    operator = OPERATORS[name]
    parts = sequence(element, {"field": _ONE, "value": (operator.least, max(operator.most, 2))})
    if len(parts["value"]) > operator.most:
        raise unexpected(parts["value"][operator.most], ("field",) if operator.most == 0 else ("value",))
    return Comparison(operator=name, field=leaf(parts["field"]), values=tuple(leaf(value) for value in parts["value"]))


def _select(element: Element) -> tuple[Selected, ...]:
    found = children(element)
    if not found:
        raise Malformed("Element 'select': Missing child element(s). Expected is ( field ).", line=line(element))
    for child in found:
        if tag(child) not in {"field", *FUNCTIONS}:
            raise unexpected(child, ("field", *FUNCTIONS))
    return tuple(Selected(field=leaf(child), function=None if tag(child) == "field" else tag(child)) for child in found)


def _filter(element: Element) -> Condition:
    found = children(element)
    if len(found) != 1:
        raise Malformed("Element 'filter': exactly one operator is expected.", line=line(element))
    return read_condition(found[0])


def _orders(element: Element) -> tuple[Order, ...]:
    orders = sequence(element, {"order": _SOME})["order"]
    return tuple(_order(order) for order in orders)


def _order(element: Element) -> Order:
    named, *directions = children(element) or [element]
    if tag(named) != "field":
        raise Malformed("Element 'order': Missing child element(s). Expected is ( field ).", line=line(element))
    if len(directions) > 1 or any(tag(direction) not in _DIRECTIONS for direction in directions):
        raise unexpected(directions[-1], tuple(_DIRECTIONS))
    return Order(field=leaf(named), descending=any(_DIRECTIONS[tag(direction)] for direction in directions))
