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
}
"""The doors that read by a key, for those that search."""


def route(query: tree.Query, target: str) -> tuple[Plan, Door]:
    """The plan of a query, and its door. Raises ``QueryError`` as planning does, ``ConfigError`` for no such target."""
    if target == AUTO:
        made = min(_plans(query, _SENT), key=_cost)
    elif target == "read":
        made = next(_plans(query, ("read", "readByName")))
    elif _is_one_key(query):
        made = next(_plans(query, (*_BY_KEY.get(target, ()), target)))
    else:
        made = plan(query, door(target).abilities, target=target)
    return made, door(made.target)


def _plans(query: tree.Query, targets: tuple[str, ...]) -> Iterator[Plan]:
    """The plans of the doors that can answer; where none can, the first one's refusal is raised."""
    refused = None
    found = False
    for target in targets:
        try:
            made = plan(query, door(target).abilities, target=target)
        except QueryError as error:
            refused = refused or error
        else:
            found = True
            yield made
    if not found and refused is not None:
        raise refused


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
