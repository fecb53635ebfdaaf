"""Who does what: a bound query becomes one fetch and the steps its rows go through here.

In: ``tree.Query`` and the ``Abilities`` of a door. Out: ``steps.Plan``, or ``QueryError`` for what can be done neither
there nor here. Refuses to know: XML, page sizes, and which door it is beyond its name.

    select CUSTOMERID, sum(TOTALDUE) from ARINVOICE where STATE = 'Posted' having count(*) > 3 order_by CUSTOMERID
    limit 5

        Fetch   ARINVOICE: CUSTOMERID, SUM(TOTALDUE), COUNT(RECORDNO) where STATE = 'Posted' order by CUSTOMERID
        Filter  COUNT(RECORDNO) > 3
        Limit   5
        Project CUSTOMERID, SUM(TOTALDUE)

The order of the local steps is fixed: residual filter, group, distinct, having, sort, limit, projection. A fetched row
holds the visible columns first, each expression once, and behind them what the local steps need; what is grouped here
is fetched as plain fields, and the row behind the grouping holds the keys first, then the aggregates.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from intacct_ql.binder import tree
from intacct_ql.planner.abilities import HERE, Abilities
from intacct_ql.planner.pages import paging
from intacct_ql.planner.predicates import normalise, operands, split
from intacct_ql.planner.refusals import check_abilities, check_groups, check_residual, no_key
from intacct_ql.planner.steps import Distinct, Fetch, Filter, Fold, Group, Key, Limit, Plan, Project, Sort, Step
from intacct_ql.schema.types import DataType


def plan(query: tree.Query, abilities: Abilities, *, target: str = "query") -> Plan:
    """The plan of a query for one door. Raises ``QueryError`` with IQL3xx diagnostics."""
    where = None if query.where is None else normalise(query.where, abilities)
    having = None if query.having is None else normalise(query.having, HERE)
    if query.limit == 0:
        return _nothing(query, target, "LIMIT 0 asks for no rows")
    if isinstance(having, tree.Constant):
        if not having.truth:
            return _nothing(query, target, "the condition of HAVING is never true")
        having = None
    if isinstance(where, tree.Constant):
        if not where.truth:
            return _nothing_found(query, target)
        where = None
    shares = _divide(query, where, having, abilities, target)
    fetched = _fetched_row(query, shares)
    grouped = _grouped_row(query, shares) if shares.groups else fetched
    fetch = _fetch(query, shares, fetched, abilities)
    check_abilities(query, fetch, abilities, target)
    method, reason, key = paging(query, fetch, abilities)
    return Plan(
        target=target,
        columns=query.columns,
        fetch=fetch,
        local=_local(query, shares, fetched, grouped, target),
        paging=method,
        paging_reason=reason,
        key=key,
        at_most_one=query.options.single,
    )


def _nothing(query: tree.Query, target: str, reason: str) -> Plan:
    return Plan(
        target=target,
        columns=query.columns,
        fetch=None,
        paging="none",
        paging_reason=reason,
        at_most_one=query.options.single,
    )


_FETCH_ONLY = replace(HERE, aggregates=frozenset())


def _nothing_found(query: tree.Query, target: str) -> Plan:
    """Under a condition that is never true only aggregates without plain fields have a row: that of a group of none."""
    unasked = _nothing(query, target, "the condition is never true")
    if not all(isinstance(column.expression, tree.Aggregate) for column in query.columns):
        return unasked
    return replace(unasked, local=plan(replace(query, where=None), _FETCH_ONLY, target=target).local)


# Who does what.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shares:
    """The parts of a query after the division; the truths say what is done here, ``counts`` what the door does."""

    pushed: tree.Predicate | None
    residual: tree.Predicate | None
    having: tree.Predicate | None
    groups: bool
    counts: bool
    distinct: bool
    sorts: bool
    limits: bool
    limit: int | None


def _divide(
    query: tree.Query, where: tree.Predicate | None, having: tree.Predicate | None, abilities: Abilities, target: str
) -> _Shares:
    pushed, residual = (None, None) if where is None else split(where, query, abilities)
    if abilities.keyed and pushed is None:
        raise no_key(query, target)
    if residual is not None:
        check_residual(query, bounded=pushed is not None)
    functions = {one.function for one in _aggregates(query, having)}
    groups = bool(functions) and (residual is not None or not functions <= abilities.aggregates)
    collapses = (query.distinct or query.grouped) and not functions and not _shows_key(query)
    if collapses or functions:
        check_groups(query, having)
    counts = collapses and residual is None and "COUNT" in abilities.aggregates
    distinct = collapses and not counts
    sorts = bool(query.order_by) and (groups or not _door_orders(query.order_by, abilities))
    steps = residual is not None or groups or distinct or having is not None or sorts
    return _Shares(
        pushed=pushed,
        residual=residual,
        having=having,
        groups=groups,
        counts=counts,
        distinct=distinct,
        sorts=sorts,
        limits=steps or not abilities.limit or (query.offset > 0 and not abilities.offset),
        limit=query.limit if abilities.keyed else _limit(query),
    )


def _aggregates(query: tree.Query, having: tree.Predicate | None) -> Iterator[tree.Aggregate]:
    """Every aggregate of a query, in the order of its clauses, repeats included."""
    expressions = chain(
        (column.expression for column in query.columns),
        () if having is None else operands(having),
        (order.expression for order in query.order_by),
    )
    return (one for one in expressions if type(one) is tree.Aggregate)


def _shows_key(query: tree.Query) -> bool:
    """Whether the rows differ anyway, because their numbers are among the columns."""
    return _usable(query.key) and any(column.expression == query.key for column in query.columns)


def _door_orders(orders: Iterable[tree.Order], abilities: Abilities) -> bool:
    return abilities.order and all(
        type(order.expression) is tree.Field
        and order.nulls_first is None
        and (abilities.related or "." not in order.expression.path)
        for order in orders
    )


# The row.


class _Row:
    """The fetched row while it is laid out: ``shown`` holds the places of the visible columns."""

    def __init__(self, columns: Iterable[tree.Column]) -> None:
        self.select: list[tree.Expression] = []
        self._places: dict[tuple[type, str], int] = {}
        self.shown = [self.place(column.expression) for column in columns]
        self.width = len(self.select)

    def place(self, expression: tree.Expression) -> int:
        """Where the expression stands; it is appended when it is new."""
        key = (type(expression), expression.path)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.select)
            self.select.append(expression)
        return place

    @property
    def is_as_shown(self) -> bool:
        """Whether the row is what the user sees: nothing hidden, nothing twice."""
        return self.shown == list(range(len(self.select)))


def _fetched_row(query: tree.Query, shares: _Shares) -> _Row:
    """What the door is asked for: the columns, or what they are grouped from, and what the steps here look at."""
    if shares.groups:
        row = _Row(_keys(query))
        for one in _aggregates(query, shares.having):
            row.place(one.argument)
    else:
        row = _Row(query.columns)
        _place_clauses(row, query, shares)
    for operand in () if shares.residual is None else operands(shares.residual):
        row.place(operand)
    if shares.counts:
        row.place(_count(query))
    return row


def _grouped_row(query: tree.Query, shares: _Shares) -> _Row:
    """The row behind a grouping done here: the keys, then the aggregates, whatever the order of the columns."""
    row = _Row(_keys(query))
    for one in _aggregates(query, shares.having):
        row.place(one)
    row.shown = [row.place(column.expression) for column in query.columns]
    return row


def _keys(query: tree.Query) -> list[tree.Column]:
    """The plain columns: what an aggregate beside them is grouped by."""
    return [column for column in query.columns if isinstance(column.expression, tree.Field)]


def _place_clauses(row: _Row, query: tree.Query, shares: _Shares) -> None:
    for operand in () if shares.having is None else operands(shares.having):
        row.place(operand)
    if shares.sorts:
        for order in query.order_by:
            row.place(order.expression)


def _count(query: tree.Query) -> tree.Aggregate:
    """A count makes the server group; nobody sees it."""
    key = query.key if _usable(query.key) else None
    field = key or next(c.expression for c in query.columns if isinstance(c.expression, tree.Field))
    return tree.Aggregate(function="COUNT", argument=field, type=DataType.INTEGER)


def _usable(key: tree.Field | None) -> bool:
    return key is not None and key.known and key.queryable


# The steps.


def _fetch(query: tree.Query, shares: _Shares, row: _Row, abilities: Abilities) -> Fetch:
    return Fetch(
        object=query.object,
        select=tuple(row.select),
        where=shares.pushed,
        order_by=() if shares.sorts else query.order_by,
        limit=None if shares.limits else shares.limit,
        offset=0 if shares.limits else query.offset,
        options=query.options,
        star=query.star and abilities.star,
    )


def _limit(query: tree.Query) -> int | None:
    """The rows wanted; where one is the most, two are asked for, so that a second is found out."""
    if not query.options.single:
        return query.limit
    return 2 if query.limit is None else min(query.limit, 2)


def _local(query: tree.Query, shares: _Shares, fetched: _Row, row: _Row, target: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    if shares.residual is not None:
        select = tuple(fetched.select)
        steps.append(Filter(predicate=shares.residual, row=select, reason=_why_filter(shares.residual, target)))
    if shares.groups:
        steps.append(_group(fetched, row, _why_group(shares, f"{target} cannot compute aggregates")))
    if shares.distinct:
        steps.append(Distinct(width=row.width, reason=_why_group(shares, f"{target} cannot group rows")))
    if shares.having is not None:
        select = tuple(row.select)
        steps.append(Filter(predicate=shares.having, row=select, reason="no door of the gateway has HAVING"))
    limit = shares.limit
    if shares.sorts:
        keys = tuple(_key(row, by) for by in query.order_by)
        most = None if limit is None else query.offset + limit
        steps.append(Sort(keys=keys, reason=_why_sort(query, shares, target), most=most))
    if shares.limits and (limit is not None or query.offset):
        why = "rows are counted after the steps before" if steps else f"{target} cannot skip or limit rows"
        steps.append(Limit(limit=limit, offset=query.offset, reason=why))
    if not row.is_as_shown:
        steps.append(Project(indexes=tuple(row.shown)))
    return tuple(steps)


def _group(fetched: _Row, row: _Row, reason: str) -> Group:
    folds = [
        Fold(function=one.function, index=fetched.place(one.argument), type=one.type)
        for one in row.select
        if isinstance(one, tree.Aggregate)
    ]
    keys = tuple(fetched.place(one) for one in row.select if isinstance(one, tree.Field))
    return Group(keys=keys, aggregates=tuple(folds), reason=reason)


def _key(row: _Row, order: tree.Order) -> Key:
    return Key(index=row.place(order.expression), descending=order.descending, nulls_first=order.nulls_first)


def _why_filter(residual: tree.Predicate, target: str) -> str:
    waiting = [residual]
    while waiting:
        at = waiting.pop()
        if isinstance(at, tree.CompareFields):
            return "the gateway compares a field with a value only, never with a field"
        if isinstance(at, tree.And | tree.Or):
            waiting.extend(at.conditions)
    return f"{target} cannot say this condition"


def _why_group(shares: _Shares, unable: str) -> str:
    if shares.residual is not None:
        return "rows are filtered here first, so the gateway cannot group them"
    return unable


def _why_sort(query: tree.Query, shares: _Shares, target: str) -> str:
    if shares.groups:
        return "the groups are made here"
    if any(isinstance(order.expression, tree.Aggregate) for order in query.order_by):
        return "the gateway orders by fields only, never by an aggregate"
    if any(order.nulls_first is not None for order in query.order_by):
        return "the gateway cannot be told where empty values go"
    return f"{target} cannot order by these fields"
