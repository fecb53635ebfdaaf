"""Values as the user of a session has them written.

In: a fetch and the user's ``Formatting``. Out: the fetch with the texts of its days and times in place of them; whether
there are any; what a query is bound with. Refuses to know: where the preferences come from.

Doors write days as MM/DD/YYYY and times by 24 hours, for most users have them so. For others each such value becomes
its text before a door sees it, and a text is written by every door as it stands.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from intacct_ql.backends.doors import door
from intacct_ql.backends.spelling import is_midnight_of_day
from intacct_ql.binder import tree
from intacct_ql.binder.setting import Setting
from intacct_ql.formatting import Formatting
from intacct_ql.planner.predicates import leaves
from intacct_ql.planner.steps import Fetch
from intacct_ql.schema.types import TEMPORAL, DataType


def bound_with(target: str, known: Formatting | None, **others: Any) -> Setting:
    """What a query through this door is bound with while this is known of the user; ``others`` are the caller's.

    Raises ``ConfigError`` for a door that does not exist.
    """
    if target != "auto" and not door(target).localised:
        return Setting(**others)
    return Setting(zone=None if known is None else known.zone, unsettled=known is None, **others)


def localised(fetch: Fetch, formatting: Formatting) -> Fetch:
    """The fetch as this user would write it."""
    if formatting.is_usual or fetch.where is None:
        return fetch
    return replace(fetch, where=_condition(fetch.where, formatting))


def is_temporal(fetch: Fetch) -> bool:
    """Whether a fetch gives days or times, or compares with them: how they are written matters."""
    return any(expression.type in TEMPORAL for expression in fetch.select) or compares_times(fetch)


def compares_times(fetch: Fetch) -> bool:
    """Whether days or times are written into its request."""
    compared = () if fetch.where is None else leaves(fetch.where)
    return any(isinstance(value.data, date) for leaf in compared for value in _values(leaf))


def _condition(predicate: tree.Predicate, formatting: Formatting) -> tree.Predicate:
    if isinstance(predicate, tree.And | tree.Or):
        return replace(predicate, conditions=tuple([_condition(one, formatting) for one in predicate.conditions]))
    if isinstance(predicate, tree.Compare):
        return replace(predicate, value=localised_value(predicate.value, predicate.left, formatting))
    if isinstance(predicate, tree.In):
        values = [localised_value(one, predicate.left, formatting) for one in predicate.values]
        return replace(predicate, values=tuple(values))
    if isinstance(predicate, tree.Between):
        low, high = (localised_value(one, predicate.left, formatting) for one in (predicate.low, predicate.high))
        return replace(predicate, low=low, high=high)
    return predicate


def _values(leaf: object) -> Iterator[tree.Value]:
    if isinstance(leaf, tree.Compare):
        yield leaf.value
    elif isinstance(leaf, tree.In):
        yield from leaf.values
    elif isinstance(leaf, tree.Between):
        yield from (leaf.low, leaf.high)


def localised_value(value: tree.Value, left: tree.Expression, formatting: Formatting) -> tree.Value:
    """A value beside this expression as this user would write it."""
    data = value.data
    if not isinstance(data, date):
        return value
    if isinstance(data, datetime):
        text = formatting.day(data) if is_midnight_of_day(data, left) else formatting.moment(data)
    elif left.type is DataType.TIMESTAMP:
        text = formatting.moment(datetime.combine(data, time.min))
    else:
        text = formatting.day(data)
    return replace(value, data=text, text=text)
