"""Who does what: each clause of the language, planned for a door like ``query``."""

from dataclasses import replace
from decimal import Decimal

import pytest

from intacct_ql.binder import tree
from intacct_ql.binder.tree import (
    Aggregate,
    And,
    Column,
    Compare,
    CompareFields,
    Constant,
    Field,
    Or,
    Order,
    Value,
)
from intacct_ql.errors import QueryError
from intacct_ql.planner.abilities import COMPARISONS, FUNCTIONS, LISTS_AND_PATTERNS, Abilities
from intacct_ql.planner.plan import plan
from intacct_ql.planner.steps import Distinct, Filter, Fold, Group, Key, Limit, Plan, Project, Sort, Step
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
KEYED = Abilities(operators=frozenset({"="}), keys=lambda query: query.key and query.key.path, pages="none")

RECORDNO = Field(path="RECORDNO", type=DataType.INTEGER)
NAME = Field(path="NAME", type=DataType.TEXT)
STATE = Field(path="STATE", type=DataType.TEXT)
DUE = Field(path="TOTALDUE", type=DataType.CURRENCY)
PAID = Field(path="TOTALPAID", type=DataType.CURRENCY)
COUNT = Aggregate(function="COUNT", argument=RECORDNO, type=DataType.INTEGER)
SUM = Aggregate(function="SUM", argument=DUE, type=DataType.CURRENCY)

POSTED = Compare(left=STATE, operator="=", value=Value(data="Posted", text="Posted"))
LATE = CompareFields(left=DUE, operator=">", right=PAID)
OWING = Compare(left=DUE, operator=">", value=Value(data=Decimal(5), text="5"))
FIRST = Compare(left=RECORDNO, operator="=", value=Value(data=1, text="1"))
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
    assert (made.fetch, made.local, made.paging) == (None, (), "none")
    assert made.paging_reason


def test_a_condition_that_is_always_true():
    assert planned(where=Constant(truth=True)) == planned()


def test_aggregates_over_nothing_are_one_row():
    made = planned(SUM, COUNT, where=Constant(truth=False), order_by=by(SUM), limit=3)
    assert made.fetch is None
    assert kinds(made) == [Group, Sort, Limit]


def test_groups_over_nothing_are_none():
    assert planned(STATE, COUNT, where=Constant(truth=False)).local == ()


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


def test_rows_filtered_here_are_grouped_here():
    made = planned(COUNT, STATE, SUM, where=And(conditions=(POSTED, LATE)), having=MANY, order_by=by(SUM), limit=2)
    assert fetched(made) == ["STATE", "RECORDNO", "TOTALDUE", "TOTALPAID"]
    assert kinds(made) == [Filter, Group, Filter, Sort, Limit, Project]
    group, having, sort, project = made.local[1], made.local[2], made.local[3], made.local[5]
    assert isinstance(group, Group)
    assert group.keys == (0,)
    assert group.aggregates == (
        Fold(function="COUNT", index=1, type=DataType.INTEGER),
        Fold(function="SUM", index=2, type=DataType.CURRENCY),
    )
    assert isinstance(having, Filter)
    assert having.row == (STATE, COUNT, SUM)
    assert isinstance(sort, Sort)
    assert (sort.keys, sort.most) == ((Key(index=2),), 2)
    assert project == Project(indexes=(1, 0, 2))


def test_a_door_without_aggregates():
    made = planned(STATE, COUNT, order_by=by(COUNT), door=NARROW)
    assert fetched(made) == ["STATE", "RECORDNO"]
    assert kinds(made) == [Group, Sort]


def test_case_is_ignored_here_where_the_door_minds_it():
    asked = {"where": And(conditions=(POSTED, OWING)), "options": tree.Options(case_insensitive=True)}
    made = planned(door=replace(DOOR, case_switch=False), **asked)
    assert made.fetch is not None
    assert made.fetch.where == OWING
    assert [step.predicate for step in made.local if isinstance(step, Filter)] == [POSTED]


def test_a_keyed_door_takes_one_condition_and_leaves_the_rest():
    made = planned(where=And(conditions=(POSTED, FIRST, OWING)), door=KEYED)
    assert made.fetch is not None
    assert (made.fetch.where, made.paging) == (FIRST, "none")
    assert [step.predicate for step in made.local if isinstance(step, Filter)] == [And(conditions=(POSTED, OWING))]


def test_a_key_of_text_is_compared_once_more():
    made = planned(where=POSTED, door=replace(KEYED, keys=lambda _: "STATE"))
    assert made.fetch is not None
    assert made.fetch.where == POSTED
    assert [step.predicate for step in made.local if isinstance(step, Filter)] == [POSTED]


@pytest.mark.parametrize("clauses", [{}, {"where": OWING}, {"where": Or(conditions=(FIRST, OWING))}], ids=str)
def test_a_keyed_door_needs_a_key(clauses: dict[str, object]):
    with pytest.raises(QueryError) as caught:
        planned(door=KEYED, options=tree.Options(allow_scan=True), **clauses)
    assert codes(caught) == ["IQL304"]


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
        (query(order_by=by(RECORDNO, NAME)), "keyset"),
        (query(order_by=by(NAME)), "keyset"),
        (query(offset=3), "keyset"),
        (query(STATE, COUNT), "keyset"),
        (query(STATE, distinct=True), "keyset"),
        (query(COUNT), "none"),
        (replace(query(), key=None), "offset"),
        (replace(query(), key=replace(RECORDNO, known=False)), "offset"),
        (replace(query(), key=replace(RECORDNO, queryable=False)), "offset"),
        (replace(query(), key=NAME), "keyset"),
        (replace(query(options=tree.Options(case_insensitive=True)), key=NAME), "offset"),
        (query(options=tree.Options(case_insensitive=True)), "keyset"),
        (query(order_by=by(NAME), options=tree.Options(case_insensitive=True)), "offset"),
        (replace(query(order_by=by(NAME)), key=None), "offset"),
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
    assert fetched(made) == ["NAME", "STATE", "RECORDNO"]
    assert kinds(made) == [Sort, Limit, Project]
    assert made.local[0].keys == (Key(index=1), Key(index=2))  # type: ignore[union-attr]  # ties as at other doors


def test_a_door_that_cannot_group():
    assert kinds(planned(STATE, distinct=True, door=NARROW)) == [Distinct]


@pytest.mark.parametrize(
    "asked",
    [
        query(options=tree.Options(show_private=True)),
        query(options=tree.Options(docparid="Sales Invoice")),
        query(where=And(conditions=(POSTED, replace(POSTED, left=Field(path="CUSTOMER.NAME", type=DataType.TEXT))))),
        query(Field(path="CUSTOMER.NAME", type=DataType.TEXT)),
    ],
)
def test_what_a_door_cannot_say_and_nobody_can_do(asked: tree.Query):
    with pytest.raises(QueryError) as caught:
        plan(asked, NARROW, target="narrow")
    assert codes(caught) == ["IQL304"]
    assert "narrow cannot" in str(caught.value)
