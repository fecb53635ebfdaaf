"""Who does what: each clause of the language, planned for a door like ``query``."""

from dataclasses import replace

import pytest

from intacct_ql.binder import tree
from intacct_ql.binder.tree import Aggregate, And, Column, Compare, CompareFields, Constant, Field, Order, Value
from intacct_ql.errors import QueryError
from intacct_ql.planner.abilities import COMPARISONS, FUNCTIONS, LISTS_AND_PATTERNS, Abilities
from intacct_ql.planner.plan import plan
from intacct_ql.planner.steps import Distinct, Filter, Key, Limit, Plan, Project, Sort, Step
from intacct_ql.schema.types import DataType
from intacct_ql.source import Span

DOOR = Abilities(
    operators=COMPARISONS | LISTS_AND_PATTERNS | {"BETWEEN"},
    aggregates=FUNCTIONS,
    order=True,
    limit=True,
    offset=True,
    related=True,
    case_switch=True,
    private_switch=True,
    most_values=1000,
    most_rows=2000,
)
NARROW = Abilities(operators=DOOR.operators)

RECORDNO = Field(path="RECORDNO", type=DataType.INTEGER)
NAME = Field(path="NAME", type=DataType.TEXT)
STATE = Field(path="STATE", type=DataType.TEXT)
DUE = Field(path="TOTALDUE", type=DataType.CURRENCY)
PAID = Field(path="TOTALPAID", type=DataType.CURRENCY)
COUNT = Aggregate(function="COUNT", argument=RECORDNO, type=DataType.INTEGER)
SUM = Aggregate(function="SUM", argument=DUE, type=DataType.CURRENCY)

POSTED = Compare(left=STATE, operator="=", value=Value(data="Posted", text="Posted"))
LATE = CompareFields(left=DUE, operator=">", right=PAID)
MANY = Compare(left=COUNT, operator=">", value=Value(data=3, text="3"))


def query(*shown: tree.Expression, **clauses: object) -> tree.Query:
    columns = tuple(Column(name=one.path, expression=one) for one in shown or (NAME,))
    return tree.Query(object="ARINVOICE", schema=None, key=RECORDNO, columns=columns, **clauses)  # type: ignore[arg-type]


def planned(*shown: tree.Expression, door: Abilities = DOOR, **clauses: object) -> Plan:
    return plan(query(*shown, **clauses), door)


def fetched(made: Plan) -> list[str]:
    assert made.fetch is not None
    return [one.path for one in made.fetch.select]


def kinds(made: Plan) -> list[type[Step]]:
    return [type(step) for step in made.local]


def codes(caught: pytest.ExceptionInfo[QueryError]) -> list[str]:
    return [found.code for found in caught.value.diagnostics]


def by(*expressions: tree.Expression, descending: bool = False) -> tuple[Order, ...]:
    return tuple(Order(expression=one, descending=descending) for one in expressions)


def test_exactly_what_the_text_says():
    made = planned(NAME, STATE, where=POSTED, order_by=by(DUE), limit=5, offset=2)
    assert made.fetch is not None
    assert fetched(made) == ["NAME", "STATE"]
    assert (made.fetch.where, made.fetch.order_by) == (POSTED, by(DUE))
    assert (made.fetch.limit, made.fetch.offset, made.local) == (5, 2, ())


def test_a_column_twice_is_fetched_once():
    made = planned(NAME, STATE, NAME)
    assert fetched(made) == ["NAME", "STATE"]
    assert made.local == (Project(indexes=(0, 1, 0)),)


def test_a_column_twice_beside_a_hidden_one():
    made = planned(NAME, NAME, distinct=True)
    assert fetched(made) == ["NAME", "COUNT.RECORDNO"]
    assert made.local == (Project(indexes=(0, 0)),)


# Nothing to ask.


@pytest.mark.parametrize(
    "clauses", [{"where": Constant(truth=False)}, {"limit": 0}, {"having": Constant(truth=False)}], ids=str
)
def test_nothing_to_ask(clauses: dict[str, object]):
    made = planned(NAME, **clauses)
    assert (made.fetch, made.rows, made.local, made.paging) == (None, (), (), "none")
    assert made.paging_reason


def test_a_condition_that_is_always_true():
    assert planned(where=Constant(truth=True)) == planned()


def test_aggregates_over_nothing_are_one_row():
    made = planned(SUM, COUNT, where=Constant(truth=False), order_by=by(SUM), limit=3)
    assert made.fetch is None
    assert made.rows == ((None, 0),)
    assert kinds(made) == [Limit]


def test_groups_over_nothing_are_none():
    assert planned(STATE, COUNT, where=Constant(truth=False)).rows == ()


# Residual conditions.


def test_fields_compared_are_a_filter():
    made = planned(NAME, where=And(conditions=(POSTED, LATE)), order_by=by(NAME), limit=5)
    assert made.fetch is not None
    assert fetched(made) == ["NAME", "TOTALDUE", "TOTALPAID"]
    assert (made.fetch.where, made.fetch.limit, made.fetch.order_by) == (POSTED, None, by(NAME))
    assert kinds(made) == [Filter, Limit, Project]
    assert isinstance(made.local[0], Filter)
    assert made.local[0].predicate == LATE
    assert "never with a field" in made.local[0].reason
    assert made.local[2] == Project(indexes=(0,))


def test_nothing_bounds_the_fetch():
    with pytest.raises(QueryError) as caught:
        planned(where=LATE, span=Span(30, 50))
    (found,) = caught.value.diagnostics
    assert (found.code, found.span) == ("IQL301", Span(30, 50))
    assert any("allow_scan" in hint for hint in found.hints)


def test_reading_everything_can_be_allowed():
    made = planned(where=LATE, options=tree.Options(allow_scan=True))
    assert made.fetch is not None
    assert made.fetch.where is None
    assert kinds(made) == [Filter, Project]


def test_a_filter_here_cannot_come_before_groups_there():
    with pytest.raises(QueryError) as caught:
        planned(STATE, COUNT, where=And(conditions=(POSTED, LATE)))
    assert codes(caught) == ["IQL302"]


# Groups.


def test_distinct_is_a_group():
    made = planned(STATE, distinct=True, limit=5)
    assert made.fetch is not None
    assert made.fetch.select == (STATE, COUNT)
    assert made.fetch.limit == 5
    assert made.local == (Project(indexes=(0,)),)


@pytest.mark.parametrize("key", [None, replace(RECORDNO, known=False), replace(RECORDNO, queryable=False)])
def test_distinct_without_a_usable_key_counts_the_first_field(key: Field | None):
    assert fetched(plan(replace(query(STATE, NAME, distinct=True), key=key), DOOR)) == ["STATE", "NAME", "COUNT.STATE"]


def test_distinct_of_aggregates_and_of_keys_is_no_work():
    assert planned(STATE, COUNT, distinct=True) == planned(STATE, COUNT)
    assert planned(RECORDNO, NAME, distinct=True) == planned(RECORDNO, NAME)


def test_group_by_without_aggregates_is_distinct():
    assert planned(STATE, grouped=True) == planned(STATE, distinct=True)


def test_distinct_after_a_filter_here():
    made = planned(STATE, distinct=True, where=And(conditions=(POSTED, LATE)), limit=5)
    assert fetched(made) == ["STATE", "TOTALDUE", "TOTALPAID"]
    assert kinds(made) == [Filter, Distinct, Limit, Project]
    assert isinstance(made.local[1], Distinct)
    assert made.local[1].width == 1


def test_having():
    made = planned(STATE, SUM, having=MANY, order_by=by(STATE), limit=5)
    assert made.fetch is not None
    assert fetched(made) == ["STATE", "SUM.TOTALDUE", "COUNT.RECORDNO"]
    assert (made.fetch.order_by, made.fetch.limit) == (by(STATE), None)
    assert kinds(made) == [Filter, Limit, Project]


def test_order_by_an_aggregate():
    made = planned(STATE, SUM, order_by=(*by(COUNT, descending=True), *by(STATE)), limit=5, offset=1)
    assert made.fetch is not None
    assert fetched(made) == ["STATE", "SUM.TOTALDUE", "COUNT.RECORDNO"]
    assert (made.fetch.order_by, made.fetch.limit, made.fetch.offset) == ((), None, 0)
    assert kinds(made) == [Sort, Limit, Project]
    assert isinstance(made.local[0], Sort)
    assert made.local[0].keys == (Key(index=2, descending=True), Key(index=0))


@pytest.mark.parametrize(
    "asked",
    [
        query(STATE, COUNT, order_by=by(NAME)),
        query(STATE, distinct=True, order_by=by(NAME)),
        query(STATE, COUNT, having=Compare(left=NAME, operator="=", value=Value(data="x", text="x"))),
    ],
)
def test_a_field_the_groups_do_not_have(asked: tree.Query):
    with pytest.raises(QueryError) as caught:
        plan(asked, DOOR)
    assert codes(caught) == ["IQL303"]
    assert "NAME" in str(caught.value)


# One row at most.


def test_single_asks_for_two():
    made = planned(where=POSTED, options=tree.Options(single=True))
    assert made.fetch is not None
    assert (made.fetch.limit, made.at_most_one, made.paging) == (2, True, "none")


def test_single_with_a_filter_here():
    made = planned(where=And(conditions=(POSTED, LATE)), options=tree.Options(single=True))
    assert made.fetch is not None
    assert (made.fetch.limit, made.paging) == (None, "keyset")
    assert made.local[1] == Limit(limit=2, offset=0, reason="rows are counted after the steps before")


# Paging.


@pytest.mark.parametrize(
    ("asked", "method"),
    [
        (query(), "keyset"),
        (query(limit=5000), "keyset"),
        (query(order_by=by(RECORDNO)), "keyset"),
        (query(order_by=by(RECORDNO, descending=True)), "keyset"),
        (query(order_by=by(RECORDNO, NAME)), "offset"),
        (query(order_by=by(NAME)), "offset"),
        (query(offset=3), "offset"),
        (query(STATE, COUNT), "offset"),
        (query(STATE, distinct=True), "offset"),
        (query(COUNT), "none"),
        (replace(query(), key=None), "offset"),
        (replace(query(), key=replace(RECORDNO, known=False)), "offset"),
        (replace(query(), key=replace(RECORDNO, queryable=False)), "offset"),
        (replace(query(), key=NAME), "keyset"),
        (replace(query(options=tree.Options(case_insensitive=True)), key=NAME), "offset"),
        (query(options=tree.Options(case_insensitive=True)), "keyset"),
        (query(where=And(conditions=(POSTED, LATE)), offset=3), "keyset"),
    ],
)
def test_paging(asked: tree.Query, method: str):
    made = plan(asked, DOOR)
    assert made.paging == method
    assert made.paging_reason


# Narrower doors.


def test_a_door_that_cannot_order_or_skip():
    made = planned(NAME, order_by=by(STATE), limit=5, door=NARROW)
    assert fetched(made) == ["NAME", "STATE"]
    assert kinds(made) == [Sort, Limit, Project]


def test_a_door_that_cannot_group():
    assert kinds(planned(STATE, distinct=True, door=NARROW)) == [Distinct]


@pytest.mark.parametrize(
    "asked",
    [
        query(STATE, COUNT),
        query(options=tree.Options(case_insensitive=True)),
        query(options=tree.Options(show_private=True)),
        query(Field(path="CUSTOMER.NAME", type=DataType.TEXT)),
    ],
)
def test_what_a_door_cannot_say_and_nobody_can_do(asked: tree.Query):
    with pytest.raises(QueryError) as caught:
        plan(asked, NARROW, target="narrow")
    assert codes(caught) == ["IQL304"]
    assert "narrow cannot" in str(caught.value)
