"""What paging adds to a fetch.

In: a bound query with its fetch, later the plan. Out: the paging method with its reason; the fetch with hidden columns
and a total order; the fetch of a further page; the length of a page. Refuses to know: requests and replies.

Every page of the gateway is a new query over data that may have changed, in an undefined order unless one is asked
for. *Keyset*: no two rows are alike in the order, for it ends in the key, and each page asks for the rows behind the
last one seen; nothing is lost or repeated, whatever changes meanwhile. Groups have no key, and are told apart by their
plain fields. *Offset*: rows are counted from the start, so the order must be total; the user's order is completed by
the key, or by all selected fields where there is no key (rows equal in all of them cannot be told apart anyway).
*Result id*: the gateway keeps the result of ``readByQuery`` and is asked for more of it.

    Fetch   CUSTOMER: NAME where STATUS = 'active' order by TERM
    paged   CUSTOMER: NAME, TERM, RECORDNO where STATUS = 'active' order by TERM, RECORDNO
    behind  CUSTOMER: NAME, TERM, RECORDNO where STATUS = 'active'
            and (TERM > 'Net 30' or TERM is null or TERM = 'Net 30' and RECORDNO > 24) order by TERM, RECORDNO
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol, cast

from intacct_ql.binder import tree
from intacct_ql.planner.abilities import Abilities
from intacct_ql.planner.predicates import conjunction, disjunction
from intacct_ql.planner.steps import Fetch, Paging, Plan
from intacct_ql.schema.types import TEXTUAL, DataType, Value

_DISCRETE = frozenset({DataType.ENUM, DataType.BOOLEAN})
"""Types whose order at the gateway is documented nowhere: by label or by stored code. Their values are told apart."""

_BY_KEY = frozenset({">", "<"})
_BY_ANY = _BY_KEY | {"=", "IS NULL", "IS NOT NULL", "NOT IN"}
"""What a door must be able to say for the rows behind another one."""

_BY_RANGE = _BY_KEY | {"<=", ">="}


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One column of the order that pages follow: the field, its place in a row, and how it is gone through."""

    field: tree.Field
    index: int
    descending: bool
    discrete: bool
    key: bool


def paging(query: tree.Query, fetch: Fetch, abilities: Abilities) -> tuple[Paging, str, tree.Field | None]:
    """How the pages of a fetch are told apart, why, and the key where one is used."""
    key = None if is_grouped(fetch) else query.usable_key
    if query.options.single and fetch.limit is not None:
        return "none", "one row is the most: two are asked for, to find a second out", None
    if abilities.pages == "none":
        return "none", "rows found by their keys come at once", None
    if abilities.pages == "resultid":
        return "resultid", "the gateway keeps the result, and each page is the next part of it", key
    if is_grouped(fetch) and not _plain(fetch):
        return "none", "aggregates without a plain field give one row", None
    if key is None and not is_grouped(fetch):
        return "offset", f"no key of {fetch.object} is known", None
    orders = _total(fetch, key)
    against = _against_keyset(fetch, orders, key, abilities)
    if against:
        return "offset", against, key
    rows = "rows" if key else "groups"
    return "keyset", f"each page asks for the {rows} behind the last {_named(orders)}", key


def _against_keyset(fetch: Fetch, orders: Sequence[tree.Order], key: tree.Field | None, abilities: Abilities) -> str:
    """Why rows cannot be found again by their place in the order; empty when they can."""
    fields = [order.expression for order in orders]
    only_key = key is not None and len(fields) == 1
    if not abilities.order or not _operators(only_key) <= abilities.operators:
        return f"this door cannot ask for the rows behind {'a key' if only_key else _named(orders)}"
    text = next((field for field in fields if field.type in TEXTUAL), None)
    if fetch.options.case_insensitive and text is not None:
        # behind 'b' comes 'C' in one reading and not in the other: rows between the two would be lost
        return f"{text.path} is text, which compares without regard to case but may be ordered with it"
    return ""


def can_follow(order: Sequence[str], key: tree.Field | None, abilities: Abilities) -> bool:
    """Whether pages can follow an order of these fields at all; where there is no key nothing else would be better."""
    if key is None or abilities.pages != "anew":
        return True
    return _operators(order[:1] == [key.path]) <= abilities.operators


def _operators(only_key: bool) -> frozenset[str]:
    return _BY_KEY if only_key else _BY_ANY


def paged(plan: Plan) -> Fetch:
    """The fetch of the first page: ``plan.fetch`` with what its paging needs.

    Hidden columns stand behind the selected fields; indexes into the row stay what they were. The rows given to the
    user are the first ``len(plan.fetch.select)`` columns. ``limit`` and ``offset`` are those of the whole query.
    """
    fetch = _asked(plan)
    if plan.paging == "none":
        return fetch
    if plan.paging == "resultid":
        return fetch if plan.key is None else replace(fetch, select=_with(fetch.select, [plan.key]))
    orders = _total(fetch, plan.key)
    if plan.paging == "offset":
        return replace(fetch, order_by=tuple(orders))
    return replace(fetch, select=_with(fetch.select, _fields(orders)), order_by=tuple(orders))


def walk(fetch: Fetch, plan: Plan) -> tuple[Walk, ...]:
    """The columns of the order that the pages of a paged fetch follow; by keyset only."""
    return tuple(
        Walk(
            field=field,
            index=fetch.select.index(field),
            descending=order.descending,
            discrete=field.type in _DISCRETE,
            key=field == plan.key,
        )
        for order, field in zip(fetch.order_by, _fields(fetch.order_by), strict=True)
    )


def is_ranged(columns: Sequence[Walk], abilities: Abilities) -> bool:
    """Whether pages can be told apart by ranges of the key: it is a whole number, and the whole order."""
    only = columns[0]
    return (
        len(columns) == 1
        and only.key
        and only.field.known
        and only.field.type is DataType.INTEGER
        and abilities.operators >= _BY_RANGE
    )


def number_index(fetch: Fetch, plan: Plan) -> int | None:
    """Where the key stands in the rows of a paged fetch; None where it is not known to be a whole number."""
    key = plan.key
    whole = key is not None and key.known and key.type is DataType.INTEGER
    return fetch.select.index(key) if whole and key in fetch.select else None


class Read(Protocol):
    """How far one column of an order has been read, among rows alike in the columns before it.

    ``open`` are the last cells of what may go on, each with what has been read of the next column; ``met`` has a cell
    of every class of cells that was met: the empty ones, the others, or each of them where they are discrete.
    """

    @property
    def open(self) -> "Sequence[tuple[object, Read | None]]":
        """The last cells."""
        ...

    @property
    def met(self) -> Sequence[object]:
        """One cell of each class."""
        ...


def behind(fetch: Fetch, columns: Sequence[Walk], read: Read) -> Fetch:
    """The fetch of the rows that have not been read."""
    condition = disjunction(*_unread(columns, read)) or _nothing(columns[0].field)
    return replace(fetch, where=conjunction(fetch.where, condition), offset=0)


def within(fetch: Fetch, plan: Plan, bounds: Iterable[tuple[str, int]], *, backwards: bool = False) -> Fetch:
    """The fetch of the rows whose key stands these comparisons, perhaps from the other end."""
    key = plan.key
    if key is None:
        raise ValueError("this plan has no key")
    limits = [tree.Compare(left=key, operator=sign, value=_value(end)) for sign, end in bounds]  # type: ignore[arg-type]
    orders = fetch.order_by
    if backwards:
        orders = tuple([replace(order, descending=not order.descending) for order in orders])
    return replace(fetch, where=conjunction(fetch.where, *limits), order_by=orders)


def rows_a_page(fetch: Fetch, asked: int | None, abilities: Abilities) -> int:
    """How many rows each page holds: those asked for by the caller or else by the query, as far as the door goes.

    Where rows are passed over and one page can hold all that is wanted, it does: pages that go by what was read before
    them have not read those.
    """
    most = abilities.most_rows
    size = min(asked or fetch.options.page_size or most, most)
    if not fetch.offset or fetch.limit is None or fetch.limit > most:
        return size
    return max(size, fetch.limit)


def is_grouped(fetch: Fetch) -> bool:
    """Whether the door groups: it does as soon as one aggregate is selected."""
    return tree.Aggregate in map(type, fetch.select)


# The order.


def _total(fetch: Fetch, key: tree.Field | None) -> list[tree.Order]:
    """The user's order, each field once, completed so that no two rows are alike in it; nothing stands behind a key."""
    orders: list[tree.Order] = []
    tie_breakers = _plain(fetch) if key is None else [key]
    for order in (*fetch.order_by, *(tree.Order(expression=field) for field in tie_breakers)):
        if order.expression.path not in {one.expression.path for one in orders}:
            orders.append(order)
        if key is not None and order.expression.path == key.path:
            break
    return orders


def _with(select: tuple[tree.Expression, ...], fields: Iterable[tree.Field]) -> tuple[tree.Expression, ...]:
    return tuple(dict.fromkeys((*select, *fields)))


def _plain(fetch: Fetch) -> list[tree.Field]:
    return [expression for expression in fetch.select if isinstance(expression, tree.Field)]


def _fields(orders: Iterable[tree.Order]) -> list[tree.Field]:
    """The fields of an order that a door makes: it orders by nothing else."""
    return [order.expression for order in orders if isinstance(order.expression, tree.Field)]


def _named(orders: Sequence[tree.Order]) -> str:
    names = ", ".join(order.expression.path for order in orders)
    return names if len(orders) == 1 else f"({names})"


def _asked(plan: Plan) -> Fetch:
    if plan.fetch is None:
        raise ValueError("this plan asks nothing of the gateway")
    return plan.fetch


# The condition of the rows that have not been read.


def _unread(columns: Sequence[Walk], read: Read) -> list[tree.Predicate]:
    """The alternatives: what goes on behind the last cells, and classes of cells that were not met."""
    column, *others = columns
    field, filled = column.field, [_value(cell) for cell in read.met if cell is not None]
    parts: list[tree.Predicate] = []
    for cell, inner in read.open:
        if cell is not None and not column.discrete:
            parts.append(tree.Compare(left=field, operator="<" if column.descending else ">", value=_value(cell)))
        rest = disjunction(*_unread(others, inner)) if inner is not None else None
        if rest is not None:
            parts.append(conjunction(_same(field, cell), rest) or rest)
    if column.discrete and filled:
        parts.append(tree.In(left=field, values=tuple(filled), negated=True))
    elif not filled:
        parts.append(tree.IsNull(left=field, negated=True))
    if not column.key and None not in read.met:
        parts.append(tree.IsNull(left=field))
    return parts


def _same(field: tree.Field, cell: object) -> tree.Predicate:
    return tree.IsNull(left=field) if cell is None else tree.Compare(left=field, operator="=", value=_value(cell))


def _nothing(field: tree.Field) -> tree.Predicate:
    """True of no row: every value of the only column has been met."""
    return tree.And(conditions=(tree.IsNull(left=field), tree.IsNull(left=field, negated=True)))


def _value(cell: object) -> tree.Value:
    return tree.Value(data=cast("Value", cell), text=_text(cell))


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, date) else str(cell)
