"""What paging adds: hidden keys, stable orders, and the condition of the next page."""

from dataclasses import replace

import pytest

from intacct_ql.binder import tree
from intacct_ql.binder.tree import Aggregate, And, Compare, Field, IsNull, Order, Value
from intacct_ql.planner.pages import after, is_descending, key_index, paged
from intacct_ql.planner.steps import Fetch, Paging, Plan
from intacct_ql.schema.types import DataType

RECORDNO = Field(path="RECORDNO", type=DataType.INTEGER)
NAME = Field(path="NAME", type=DataType.TEXT)
STATE = Field(path="STATE", type=DataType.TEXT)
COUNT = Aggregate(function="COUNT", argument=RECORDNO, type=DataType.INTEGER)
NO_NAME = IsNull(left=NAME)
BEHIND_24 = Compare(left=RECORDNO, operator=">", value=Value(data="24", text="24"))


def planned(
    *select: tree.Expression, paging: Paging = "keyset", key: Field | None = RECORDNO, **clauses: object
) -> Plan:
    fetch = Fetch(object="CUSTOMER", select=select, **clauses)  # type: ignore[arg-type]
    return Plan(target="query", columns=(), fetch=fetch, paging=paging, key=key)


def by(*fields: Field, descending: bool = False) -> tuple[Order, ...]:
    return tuple(Order(expression=field, descending=descending) for field in fields)


def test_keyset_hides_the_key_behind_the_row():
    plan = planned(NAME, limit=7)
    fetch = paged(plan)
    assert fetch == replace(plan.fetch, select=(NAME, RECORDNO), order_by=by(RECORDNO))  # type: ignore[type-var]
    assert key_index(fetch, plan) == 1


def test_keyset_uses_a_selected_key():
    plan = planned(RECORDNO, NAME)
    assert paged(plan).select == (RECORDNO, NAME)
    assert key_index(paged(plan), plan) == 0


def test_keyset_is_not_misled_by_a_count_of_the_key():
    assert key_index(paged(planned(COUNT, NAME)), planned(NAME)) == 2


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (None, BEHIND_24),
        (NO_NAME, And(conditions=(NO_NAME, BEHIND_24))),
        (And(conditions=(NO_NAME, NO_NAME)), And(conditions=(NO_NAME, NO_NAME, BEHIND_24))),
    ],
)
def test_the_page_behind_a_key(where: tree.Predicate | None, expected: tree.Predicate):
    plan = planned(NAME, where=where)
    fetch = paged(plan)
    assert after(fetch, plan, "24") == replace(fetch, where=expected)


def test_keys_may_fall():
    plan = planned(NAME, order_by=by(RECORDNO, descending=True))
    fetch = paged(plan)
    assert fetch.order_by == by(RECORDNO, descending=True)
    assert is_descending(fetch)
    assert after(fetch, plan, "24").where == replace(BEHIND_24, operator="<")


@pytest.mark.parametrize(
    ("plan", "order"),
    [
        (planned(NAME, order_by=by(NAME)), by(NAME, RECORDNO)),
        (planned(NAME, order_by=by(NAME, RECORDNO)), by(NAME, RECORDNO)),
        (planned(NAME, offset=3), by(RECORDNO)),
        (planned(NAME, STATE, key=None), by(NAME, STATE)),
        (planned(NAME, STATE, key=None, order_by=by(STATE)), by(STATE, NAME)),
        (planned(NAME, STATE, COUNT, key=None), by(NAME, STATE)),
        (planned(NAME, STATE, COUNT, key=None, order_by=by(STATE)), by(STATE, NAME)),
    ],
)
def test_offset_pages_have_a_total_order(plan: Plan, order: tuple[Order, ...]):
    fetch = paged(replace(plan, paging="offset"))
    assert fetch.order_by == order
    assert plan.fetch is not None
    assert fetch.select == plan.fetch.select


def test_one_request_needs_nothing():
    plan = planned(NAME, paging="none")
    assert paged(plan) is plan.fetch


def test_a_plan_that_asks_nothing_has_no_pages():
    with pytest.raises(ValueError, match="asks nothing"):
        paged(replace(planned(NAME), fetch=None))
