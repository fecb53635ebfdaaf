"""Which part of a query the door does, and which part is done here.

In: a bound query with its conditions in normal form, and what a door can say. Out: ``Shares``, or ``QueryError`` for
what can be done neither there nor here. Refuses to know: the columns of a row, and how steps are laid out.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from intacct_ql.binder import tree
from intacct_ql.planner.abilities import Abilities
from intacct_ql.planner.pages import can_follow
from intacct_ql.planner.predicates import leaves, operands, split
from intacct_ql.planner.refusals import check_groups, no_key


class Shares(NamedTuple):
    """The parts of a query after the division.

    ``pushed`` is the door's part of WHERE, ``residual`` ours. The truths say what is done here; ``counts`` alone says
    what the door does: it groups, for a count that nobody sees. ``limit`` is the rows wanted of whoever limits.
    """

    pushed: tree.Predicate | None
    residual: tree.Predicate | None
    having: tree.Predicate | None
    groups: bool
    counts: bool
    distinct: bool
    sorts: bool
    skips: bool
    limits: bool
    limit: int | None


def divide(
    query: tree.Query, where: tree.Predicate | None, having: tree.Predicate | None, abilities: Abilities, target: str
) -> Shares:
    """Divide a query whose WHERE and HAVING are in normal form. Raises ``QueryError`` with IQL3xx diagnostics."""
    pushed, residual = (None, None) if where is None else split(where, query, abilities)
    if abilities.keys is not None and pushed is None:
        raise no_key(query, abilities.keys(query), target)
    functions = {one.function for one in aggregates(query, having)}
    groups = bool(functions) and (residual is not None or not functions <= abilities.aggregates)
    collapses = (query.distinct or query.grouped) and not functions and not _shows_key(query)
    if collapses or functions:
        check_groups(query, having)
    counts = collapses and residual is None and "COUNT" in abilities.aggregates
    distinct = collapses and not counts
    sorts = bool(query.order_by) and (groups or not _door_orders(query, abilities))
    steps = residual is not None or groups or distinct or having is not None or sorts
    skips = query.offset > 0 and not _can_skip(query, abilities, groups=collapses or bool(functions))
    return Shares(
        pushed=pushed,
        residual=residual,
        having=having,
        groups=groups,
        counts=counts,
        distinct=distinct,
        sorts=sorts,
        skips=skips,
        limits=steps or skips or not abilities.limit or (query.offset > 0 and not abilities.offset),
        limit=_limit(query) if abilities.keys is None else query.limit,
    )


def aggregates(query: tree.Query, having: tree.Predicate | None) -> list[tree.Aggregate]:
    """Every aggregate of a query, in the order of its clauses, repeats included."""
    expressions = [column.expression for column in query.columns]
    if having is not None:
        expressions += operands(having)
    if query.order_by:
        expressions += [order.expression for order in query.order_by]
    return [one for one in expressions if type(one) is tree.Aggregate]


def untyped(query: tree.Query, shares: Shares) -> Iterator[str]:
    """The fields of unknown type that would be compared or ordered here."""
    if shares.residual is None and shares.having is None and not shares.sorts and not shares.groups:
        return
    local = [predicate for predicate in (shares.residual, shares.having) if predicate is not None]
    compared = [one for predicate in local for leaf in leaves(predicate) for one in _compared(leaf)]
    ordered = [order.expression for order in query.order_by] if shares.sorts else []
    extremes = (
        [one for one in aggregates(query, shares.having) if one.function in ("MIN", "MAX")] if shares.groups else []
    )
    for one in (*compared, *ordered, *extremes):
        if not _is_typed(one):
            yield one.path


_NUMBER = re.compile(r"[+-]?[0-9.]+")


def _compared(leaf: tree.Leaf) -> tuple[tree.Expression, ...]:
    """What a comparison puts in order, or tells apart by more than how it is spelled."""
    if isinstance(leaf, tree.CompareFields):
        return () if leaf.operator in ("=", "!=") else (leaf.left, leaf.right)
    if isinstance(leaf, tree.Compare) and leaf.operator in ("=", "!="):
        return (leaf.left,) if _NUMBER.fullmatch(leaf.value.text) else ()
    if isinstance(leaf, tree.In):
        return (leaf.left,) if any(_NUMBER.fullmatch(value.text) for value in leaf.values) else ()
    return (leaf.left,) if isinstance(leaf, tree.Compare | tree.Between) else ()


def _is_typed(expression: tree.Expression) -> bool:
    if isinstance(expression, tree.Field):
        return expression.known
    return expression.argument.known or expression.function not in ("MIN", "MAX")


def _shows_key(query: tree.Query) -> bool:
    """Whether the rows differ anyway, because their numbers are among the columns."""
    key = query.usable_key
    return key is not None and any(column.expression == key for column in query.columns)


def _door_orders(query: tree.Query, abilities: Abilities) -> bool:
    """Whether the door makes the order, and its pages can follow it: unless one page holds all that is wanted."""
    orders = query.order_by
    made = abilities.order and all(
        type(order.expression) is tree.Field
        and order.nulls_first is None
        and (abilities.related or "." not in order.expression.path)
        for order in orders
    )
    return made and (
        _in_one_page(query, abilities)
        or can_follow([order.expression.path for order in orders], query.usable_key, abilities)
    )


def _can_skip(query: tree.Query, abilities: Abilities, *, groups: bool) -> bool:
    """Whether the rows of OFFSET can be passed over unread.

    Pages go on without them only in the order of a key: in any other some of them, with empty cells or with labels that
    nobody has seen, would be taken for rows that are still to come.
    """
    if _in_one_page(query, abilities) or abilities.pages != "anew":
        return True
    key = query.usable_key
    return not groups and (key is None or {order.expression for order in query.order_by} <= {key})


def _in_one_page(query: tree.Query, abilities: Abilities) -> bool:
    """Whether one page holds all that is wanted."""
    return query.limit is not None and query.limit <= abilities.most_rows


def _limit(query: tree.Query) -> int | None:
    """The rows wanted; where one is the most, two are asked for, so that a second is found out."""
    if not query.options.single:
        return query.limit
    return 2 if query.limit is None else min(query.limit, 2)
