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

from collections.abc import Sequence
from dataclasses import replace

from intacct_ql.binder import tree
from intacct_ql.planner.abilities import HERE, Abilities
from intacct_ql.planner.division import Shares, divide, untyped
from intacct_ql.planner.pages import paging
from intacct_ql.planner.predicates import normalise
from intacct_ql.planner.refusals import check_abilities, check_residual, check_types, why_not
from intacct_ql.planner.row import Row, fetched_row, grouped_row, ordered
from intacct_ql.planner.steps import Distinct, Fetch, Filter, Fold, Group, Key, Limit, Plan, Project, Sort, Step


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
    shares = divide(query, where, having, abilities, target)
    fetched = fetched_row(query, shares)
    grouped = grouped_row(query, shares) if shares.groups else fetched
    fetch = _fetch(query, shares, fetched, abilities)
    check_abilities(query, fetch, abilities, target)
    if shares.residual is not None and shares.pushed is None:
        check_residual(query, shares.residual, target)
    check_types(query, untyped(query, shares))
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
    group, *steps = plan(replace(query, where=None), _FETCH_ONLY, target=target).local
    assert isinstance(group, Group)  # noqa: S101 - for the type checker; a query of aggregates is grouped first
    return replace(unasked, local=(replace(group, reason="a group of no rows needs nobody to be asked"), *steps))


def _fetch(query: tree.Query, shares: Shares, row: Row, abilities: Abilities) -> Fetch:
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


def _local(query: tree.Query, shares: Shares, fetched: Row, row: Row, target: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    if shares.residual is not None:
        select = tuple(fetched.select)
        steps.append(Filter(predicate=shares.residual, row=select, reason=_why_filter(shares.residual, shares, target)))
    if shares.groups:
        steps.append(_group(fetched, row, _why_group(shares, f"{target} cannot compute aggregates")))
    if shares.distinct:
        steps.append(Distinct(width=row.width, reason=_why_group(shares, f"{target} cannot group rows")))
    if shares.having is not None:
        select = tuple(row.select)
        steps.append(Filter(predicate=shares.having, row=select, reason="no door of the gateway has HAVING"))
    limit = shares.limit
    if shares.sorts:
        keys = tuple(_key(row, by) for by in ordered(query, shares))
        most = None if limit is None else query.offset + limit
        steps.append(Sort(keys=keys, reason=_why_sort(query, shares, target), most=most))
    if shares.limits and (limit is not None or query.offset):
        steps.append(Limit(limit=limit, offset=query.offset, reason=_why_limit(steps, shares, target)))
    if not row.is_as_shown:
        steps.append(Project(indexes=tuple(row.shown)))
    return tuple(steps)


def _group(fetched: Row, row: Row, reason: str) -> Group:
    folds = [
        Fold(function=one.function, index=fetched.place(one.argument), type=one.type)
        for one in row.select
        if isinstance(one, tree.Aggregate)
    ]
    keys = tuple(fetched.place(one) for one in row.select if isinstance(one, tree.Field))
    return Group(keys=keys, aggregates=tuple(folds), reason=reason)


def _key(row: Row, order: tree.Order) -> Key:
    return Key(index=row.place(order.expression), descending=order.descending, nulls_first=order.nulls_first)


def _why_filter(residual: tree.Predicate, shares: Shares, target: str) -> str:
    if residual is shares.pushed:
        return "how the gateway compares a key that is text is documented nowhere"
    return why_not(residual, target)


def _why_group(shares: Shares, unable: str) -> str:
    if shares.residual is not None:
        return "rows are filtered here first, so the gateway cannot group them"
    return unable


def _why_limit(before: Sequence[Step], shares: Shares, target: str) -> str:
    if before:
        return "rows are counted after the steps before"
    if shares.skips:
        return "further pages go by the rows read before them, so the rows of OFFSET are read, too"
    return f"{target} cannot skip or limit rows"


def _why_sort(query: tree.Query, shares: Shares, target: str) -> str:
    if shares.groups:
        return "the groups are made here"
    if any(isinstance(order.expression, tree.Aggregate) for order in query.order_by):
        return "the gateway orders by fields only, never by an aggregate"
    if any(order.nulls_first is not None for order in query.order_by):
        return "the gateway cannot be told where empty values go"
    return f"{target} cannot order by these fields, or not from one page to the next"
