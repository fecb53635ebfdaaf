"""What the gateway does and what is done here, thing by thing.

In: a plan. Out: ``Part`` records in the order of the work. Refuses to know: which doors there are; a door is its name,
and the reasons are those that the plan carries.

A kind of local step is one entry of ``KINDS``: its words, and what it does to the number of rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from typing import Literal as OneOf

from intacct_ql.binder import tree
from intacct_ql.planner.pages import is_grouped
from intacct_ql.planner.steps import Distinct, Fetch, Filter, Group, Limit, Plan, Project, Sort, Step
from intacct_ql.planner.words import describe, few, limited, name, ordered

Row = Sequence[str]
"""The columns of a row, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that is done: ``what`` in one word, ``how``, and ``why`` where it could have been otherwise."""

    what: str
    how: str
    why: str = ""

    def to_dict(self) -> dict[str, str]:
        """As plain data; ``why`` only where there is one."""
        record = {"what": self.what, "how": self.how}
        return {**record, "why": self.why} if self.why else record


Effect = OneOf["same", "fewer", "limit", "holds"]
"""What a step does to the number of rows: lets all through, drops some as they come, stops at a number, or waits for
the last row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of local step.

    ``how`` describes a step beside the row it is given and the columns that the user sees; ``row`` is the row it gives
    on.
    """

    what: str
    effect: Effect
    how: Callable[[Any, Row, Row], str]
    row: Callable[[Any, Row], Row] = lambda _, row: row


def asked(plan: Plan, fetch: Fetch) -> Iterator[Part]:
    """What the gateway does for a fetch as it is paged."""
    shown = {column.expression.path for column in plan.columns}
    seen = [name(one) for one in fetch.select if one.path in shown]
    hidden = [name(one) for one in fetch.select if one.path not in shown]
    yield Part(what="fetch", how="; ".join(filter(None, (few(seen), f"hidden: {few(hidden)}" if hidden else ""))))
    if fetch.where is not None:
        yield Part(what="filter", how=describe(fetch.where))
    if is_grouped(fetch):
        yield Part(what="group", how=_grouped([one.path for one in fetch.select if isinstance(one, tree.Field)]))
    if fetch.order_by:
        keys = [
            ordered(name(by.expression), descending=by.descending, nulls_first=by.nulls_first) for by in fetch.order_by
        ]
        yield Part(what="order", how="by " + ", ".join(keys))
    if fetch.limit is not None or fetch.offset:
        yield Part(what="limit", how=limited(fetch.limit, fetch.offset))


def done(plan: Plan) -> Iterator[Part]:
    """What is done here; each step is described beside the row that the one before gives on."""
    shown = [column.name for column in plan.columns]
    row: Row = list(dict.fromkeys(map(name, _unasked(plan) if plan.fetch is None else plan.fetch.select)))
    for step in plan.local:
        kind = kind_of(step)
        yield Part(what=kind.what, how=kind.how(step, row, shown), why=getattr(step, "reason", ""))
        row = kind.row(step, row)


def _unasked(plan: Plan) -> Iterator[tree.Field]:
    """What would have been fetched for the columns, where nothing is."""
    for column in plan.columns:
        one = column.expression
        yield one if isinstance(one, tree.Field) else one.argument


def kind_of(step: Step) -> Kind:
    """The kind of a step."""
    return KINDS[type(step)]


def _grouped(keys: Row) -> str:
    return f"by {few(keys)}" if keys else "all rows into one"


def _sorted(step: Any, row: Row, _: Row) -> str:
    keys = [ordered(_at(row, key.index), descending=key.descending, nulls_first=key.nulls_first) for key in step.keys]
    return "by " + ", ".join(keys)


def _group_row(step: Any, row: Row) -> Row:
    folds = [f"{fold.function}({_at(row, fold.index)})" for fold in step.aggregates]
    return [*(_at(row, key) for key in step.keys), *folds]


def _at(row: Row, index: int) -> str:
    """A column in words; where nothing is fetched, only those that are shown are known by name."""
    return row[index] if index < len(row) else "a hidden column"


KINDS: Mapping[type[Step], Kind] = {
    Filter: Kind(what="filter", effect="fewer", how=lambda step, *_: describe(step.predicate)),
    Distinct: Kind(what="distinct", effect="fewer", how=lambda step, row, _: few(row[: step.width])),
    Group: Kind(
        what="group",
        effect="holds",
        how=lambda step, row, _: _grouped([_at(row, key) for key in step.keys]),
        row=_group_row,
    ),
    Sort: Kind(what="sort", effect="holds", how=_sorted),
    Limit: Kind(what="limit", effect="limit", how=lambda step, *_: limited(step.limit, step.offset)),
    Project: Kind(
        what="show",
        effect="same",
        how=lambda _, __, shown: few(shown),
        row=lambda step, row: [_at(row, index) for index in step.indexes],
    ),
}
"""Every kind of local step."""
