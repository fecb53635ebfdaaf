"""What paging adds: hidden keys, stable orders, and the condition of the next page."""

from dataclasses import replace

import pytest

from intacct_ql.binder import tree
from intacct_ql.binder.tree import Aggregate, And, Compare, Field, In, IsNull, Or, Order, Value
from intacct_ql.gateway.place import Frontier
from intacct_ql.planner.pages import behind, number_index, paged, walk, within
from intacct_ql.planner.steps import Fetch, Paging, Plan
from intacct_ql.schema.types import DataType

RECORDNO = Field(path="RECORDNO", type=DataType.INTEGER)
NAME = Field(path="NAME", type=DataType.TEXT)
STATE = Field(path="STATE", type=DataType.ENUM)
COUNT = Aggregate(function="COUNT", argument=RECORDNO, type=DataType.INTEGER)
NO_NAME = IsNull(left=NAME)
BEHIND_24 = Compare(left=RECORDNO, operator=">", value=Value(data=24, text="24"))


def planned(
    *select: tree.Expression, paging: Paging = "keyset", key: Field | None = RECORDNO, **clauses: object
) -> Plan:
    fetch = Fetch(object="CUSTOMER", select=select, **clauses)  # type: ignore[arg-type]
    return Plan(target="query", columns=(), fetch=fetch, paging=paging, key=key)


def names_where(plan: Plan, read: Frontier) -> tree.Predicate | None:
    """The condition of the rows that have not been read."""
    fetch = paged(plan)
    return behind(fetch, walk(fetch, plan), read).where


def at(field: Field, sign: str, cell: object) -> Compare:
    text = str(cell)
    return Compare(left=field, operator=sign, value=Value(data=cell, text=text))  # type: ignore[arg-type]


def by(*fields: Field, descending: bool = False) -> tuple[Order, ...]:
    return tuple(Order(expression=field, descending=descending) for field in fields)


def test_keyset_hides_the_key_behind_the_row():
    plan = planned(NAME, limit=7)
    fetch = paged(plan)
    assert fetch == replace(plan.fetch, select=(NAME, RECORDNO), order_by=by(RECORDNO))  # type: ignore[type-var]
    assert [one.index for one in walk(fetch, plan)] == [1]


def test_keyset_uses_a_selected_key():
    plan = planned(RECORDNO, NAME)
    assert paged(plan).select == (RECORDNO, NAME)
    assert [one.index for one in walk(paged(plan), plan)] == [0]
    assert number_index(paged(plan), plan) == 0


def test_keyset_is_not_misled_by_a_count_of_the_key():
    plan = planned(COUNT, NAME)
    assert paged(plan).select == (COUNT, NAME, RECORDNO)
    assert number_index(paged(plan), plan) == 2


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
    assert names_where(plan, Frontier(open=((24, None),), met=(24,))) == expected


def test_keys_may_fall():
    plan = planned(NAME, order_by=by(RECORDNO, descending=True))
    fetch = paged(plan)
    assert fetch.order_by == by(RECORDNO, descending=True)
    assert walk(fetch, plan)[0].descending
    assert names_where(plan, Frontier(open=((24, None),), met=(24,))) == replace(BEHIND_24, operator="<")


BY_NAME = planned(NAME, order_by=by(NAME))
BY_STATE = planned(NAME, order_by=by(STATE))


def inner(*keys: int) -> Frontier:
    return Frontier(open=tuple((key, None) for key in keys), met=keys)


@pytest.mark.parametrize(
    ("plan", "read", "expected"),
    [
        (  # values were met and no empty cell yet: whether those come first or last is not supposed
            BY_NAME,
            Frontier(open=(("b", inner(7)),), met=("a",)),
            (at(NAME, ">", "b"), And(conditions=(at(NAME, "=", "b"), at(RECORDNO, ">", 7))), NO_NAME),
        ),
        (  # only empty cells were met
            BY_NAME,
            Frontier(open=((None, inner(7)),), met=(None,)),
            (And(conditions=(NO_NAME, at(RECORDNO, ">", 7))), replace(NO_NAME, negated=True)),
        ),
        (  # the empty cells are done, for values followed them on one page
            BY_NAME,
            Frontier(open=(("b", inner(7)),), met=(None, "a")),
            (at(NAME, ">", "b"), And(conditions=(at(NAME, "=", "b"), at(RECORDNO, ">", 7)))),
        ),
        (
            planned(NAME, order_by=by(NAME, descending=True)),
            Frontier(open=(("b", inner(7)),), met=("z",)),
            (at(NAME, "<", "b"), And(conditions=(at(NAME, "=", "b"), at(RECORDNO, ">", 7))), NO_NAME),
        ),
        (  # labels are told apart and never compared
            BY_STATE,
            Frontier(open=(("Paid", inner(7)),), met=("Posted", "Paid")),
            (
                And(conditions=(at(STATE, "=", "Paid"), at(RECORDNO, ">", 7))),
                In(
                    left=STATE,
                    values=(Value(data="Posted", text="Posted"), Value(data="Paid", text="Paid")),
                    negated=True,
                ),
                IsNull(left=STATE),
            ),
        ),
    ],
    ids=["no empty cell met", "only empty cells", "empty cells done", "falling", "labels"],
)
def test_the_rows_that_have_not_been_read(plan: Plan, read: Frontier, expected: tuple[tree.Predicate, ...]):
    assert names_where(plan, read) == Or(conditions=expected)


def test_nothing_is_left_where_every_label_was_met_and_no_row_is_open():
    plan = planned(STATE, COUNT, key=None)
    read = Frontier(open=(), met=(None, "Paid"))
    assert names_where(plan, read) == In(left=STATE, values=(Value(data="Paid", text="Paid"),), negated=True)


def test_ranges_of_keys_may_be_asked_for_from_either_end():
    plan = planned(NAME)
    fetch = within(paged(plan), plan, [(">", 3), ("<=", 9)], backwards=True)
    assert fetch.where == And(conditions=(at(RECORDNO, ">", 3), at(RECORDNO, "<=", 9)))
    assert fetch.order_by == by(RECORDNO, descending=True)


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
