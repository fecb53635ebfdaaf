"""Which door a query goes through.

In: a bound query and the target asked for. Out: its plan, and the door. Refuses to know: query text and requests.

    ... where CUSTOMERID = 'C1' option (single)    query becomes readByName, get_list becomes get
    ... where RECORDNO in (1, 2), target read      read; with ids in place of record numbers readByName
    ... where TOTALDUE > 5                         stays where it was asked

``auto`` plans the query for every door and takes the one that reads least: the plan with the fewest conditions left to
us, because each of them reads rows in vain; then the fewest calls; then the fewest steps here; then the widest door.
"""

from collections.abc import Iterator
from math import ceil, inf

from intacct_ql.backends.door import Door
from intacct_ql.backends.doors import TARGETS, door
from intacct_ql.binder import tree
from intacct_ql.errors import QueryError
from intacct_ql.planner.plan import plan
from intacct_ql.planner.predicates import operands
from intacct_ql.planner.steps import Filter, Group, Plan

AUTO = "auto"
"""The target that leaves the choice to us."""

_SENT = tuple(name for name in TARGETS if name != "rest")

_BY_KEY = {
    "query": ("read", "readByName"),
    "readByQuery": ("read", "readByName"),
    "get_list": ("get",),
    "read": ("readByName",),
}
"""The doors that read by a key, for those that search."""


def route(query: tree.Query, target: str) -> tuple[Plan, Door]:
    """The plan of a query, and its door. Raises ``QueryError`` as planning does, ``ConfigError`` for no such target."""
    if not is_routed(query, target):
        made = plan(query, door(target).abilities, target=target)
    elif target == AUTO:
        made = min(_plans(query, _SENT, "query"), key=_cost)
    else:
        made = next(_plans(query, (*_BY_KEY.get(target, ()), target), target))
    return made, door(made.target)


def is_routed(query: tree.Query, target: str) -> bool:
    """Whether more than one door is tried, so that the values of a query have a say in which it goes through."""
    return target in (AUTO, "read") or (target in _BY_KEY and _is_one_key(query))


def _plans(query: tree.Query, targets: tuple[str, ...], asked: str) -> Iterator[Plan]:
    """The plans of the doors that can answer; where none can, the refusal of the one that was asked is raised."""
    refused: dict[str, QueryError] = {}
    for target in targets:
        try:
            made = plan(query, door(target).abilities, target=target)
        except QueryError as error:
            refused[target] = error
        else:
            yield made
    if len(refused) == len(targets):
        raise refused[asked]


def _is_one_key(query: tree.Query) -> bool:
    """Whether a query for one row asks by one value, of a key perhaps: the doors know which fields are keys."""
    where = query.where
    return query.options.single and isinstance(where, tree.Compare) and where.operator == "="


def _cost(made: Plan) -> tuple[float, ...]:
    """What a plan reads, the least first; of equal ones the first is taken."""
    conditions = sum(len(list(operands(step.predicate))) for step in made.local if isinstance(step, Filter))
    groups = sum(isinstance(step, Group) for step in made.local)
    most = door(made.target).abilities.most_rows
    return conditions, groups, _calls(made, most), -most, len(made.local)


def _calls(made: Plan, most: int) -> float:
    if made.fetch is None:
        return 0
    if made.paging == "none":
        return 1
    return inf if made.fetch.limit is None else ceil(made.fetch.limit / most)
