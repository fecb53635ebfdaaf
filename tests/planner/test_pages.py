"""What paging adds: hidden keys, stable orders, and the condition of the next page."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from intacct_ql.binder import tree
from intacct_ql.binder.tree import Aggregate, And, Compare, Field, In, IsNull, Or, Order, Value
from intacct_ql.gateway.place import Frontier
from intacct_ql.planner.abilities import COMPARISONS, FUNCTIONS, LISTS_AND_PATTERNS, Abilities
from intacct_ql.planner.pages import (
    behind,
    can_follow,
    is_grouped,
    is_ranged,
    number_index,
    paged,
    paging,
    rows_a_page,
    walk,
    within,
)
from intacct_ql.planner.steps import Fetch, Paging, Plan
from intacct_ql.schema.types import DataType

RECORDNO = Field(path="RECORDNO", type=DataType.INTEGER)
NAME = Field(path="NAME", type=DataType.TEXT)
STATE = Field(path="STATE", type=DataType.ENUM)
DOOR = Abilities(operators=COMPARISONS | LISTS_AND_PATTERNS, aggregates=FUNCTIONS, order=True, limit=True, offset=True)
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


def labels(*texts: str) -> In:
    return In(left=STATE, values=tuple(Value(data=text, text=text) for text in texts), negated=True)


BY_NAMES = planned(NAME, COUNT, key=None)
BY_STATES = planned(STATE, COUNT, key=None)
NOTHING = And(conditions=(NO_NAME, replace(NO_NAME, negated=True)))


@pytest.mark.parametrize(
    ("plan", "read", "expected"),
    [
        (BY_NAMES, Frontier(open=(("b", None),), met=("a",)), Or(conditions=(at(NAME, ">", "b"), NO_NAME))),
        (BY_NAMES, Frontier(open=(("b", None),), met=(None, "a")), at(NAME, ">", "b")),
        (BY_NAMES, Frontier(open=((None, None),), met=(None,)), replace(NO_NAME, negated=True)),
        (BY_NAMES, Frontier(open=((None, None),), met=("a", None)), NOTHING),
        (
            BY_STATES,
            Frontier(open=(("Paid", None),), met=("Paid",)),
            Or(conditions=(labels("Paid"), IsNull(left=STATE))),
        ),
        (BY_STATES, Frontier(open=((None, None),), met=("Paid", None)), labels("Paid")),
        (BY_STATES, Frontier(open=((None, None),), met=(None,)), IsNull(left=STATE, negated=True)),
    ],
    ids=["values", "empty cells done", "only empty", "all", "labels", "labels and empty", "no label"],
)
def test_the_groups_that_have_not_been_read(plan: Plan, read: Frontier, expected: tree.Predicate):
    assert names_where(plan, read) == expected


def test_groups_of_two_fields_end_in_no_key():
    plan = planned(STATE, NAME, COUNT, key=None)
    inner_names = Frontier(open=((None, None),), met=("a", None))
    read = Frontier(
        open=(("Paid", inner_names), ("Draft", Frontier(open=(("c", None),), met=(None, "c")))), met=("Paid", "Draft")
    )
    assert names_where(plan, read) == Or(
        conditions=(
            And(conditions=(at(STATE, "=", "Draft"), at(NAME, ">", "c"))),
            labels("Paid", "Draft"),
            IsNull(left=STATE),
        )
    )


def test_ties_in_several_columns_go_on_where_they_were_left():
    plan = planned(NAME, order_by=by(NAME, STATE))
    read = Frontier(open=((None, Frontier(open=((None, inner(7)),), met=(None,))),), met=("a", None))
    assert names_where(plan, read) == And(
        conditions=(
            NO_NAME,
            Or(
                conditions=(
                    And(conditions=(IsNull(left=STATE), at(RECORDNO, ">", 7))),
                    IsNull(left=STATE, negated=True),
                )
            ),
        )
    )


@pytest.mark.parametrize(
    ("kind", "cell", "text"),
    [
        (DataType.DATE, date(2026, 2, 1), "2026-02-01"),
        (DataType.TIMESTAMP, datetime(2026, 2, 1, 5, 4), "2026-02-01T05:04:00"),
        (DataType.CURRENCY, Decimal("1E+3"), "1000"),
        (DataType.TEXT, "it's", "it's"),
    ],
)
def test_how_the_last_cell_is_written(kind: DataType, cell: object, text: str):
    field = Field(path="X", type=kind)
    condition = names_where(planned(field, COUNT, key=None), Frontier(open=((cell, None),), met=(None, cell)))
    assert condition == Compare(left=field, operator=">", value=Value(data=cell, text=text))  # type: ignore[arg-type]


def test_truths_are_told_apart_and_never_compared():
    held = Field(path="ONHOLD", type=DataType.BOOLEAN)
    plan = planned(held, COUNT, key=None)
    assert walk(paged(plan), plan)[0].discrete
    condition = names_where(plan, Frontier(open=((True, None),), met=(None, True)))
    assert condition == In(left=held, values=(Value(data=True, text="true"),), negated=True)


def test_the_next_page_begins_at_its_first_row():
    plan = planned(NAME, offset=5, limit=9)
    fetch = paged(plan)
    further = behind(fetch, walk(fetch, plan), inner(24))
    assert (fetch.offset, further.offset) == (5, 0)
    assert replace(further, where=None, offset=5) == fetch


def test_ranges_of_keys_may_be_asked_for_from_either_end():
    plan = planned(NAME)
    fetch = within(paged(plan), plan, [(">", 3), ("<=", 9)], backwards=True)
    assert fetch.where == And(conditions=(at(RECORDNO, ">", 3), at(RECORDNO, "<=", 9)))
    assert fetch.order_by == by(RECORDNO, descending=True)


def test_the_last_range_may_have_no_bounds():
    plan = planned(NAME, where=NO_NAME)
    assert within(paged(plan), plan, []) == paged(plan)


def test_ranges_need_a_key():
    plan = planned(NAME, key=None)
    with pytest.raises(ValueError, match="no key"):
        within(paged(plan), plan, [(">", 3)])


@pytest.mark.parametrize(
    ("plan", "abilities", "ranged"),
    [
        (planned(NAME), DOOR, True),
        (planned(NAME, order_by=by(RECORDNO, descending=True)), DOOR, True),
        (planned(NAME), replace(DOOR, operators=frozenset({"<", ">", "<=", ">="})), True),
        (planned(NAME), replace(DOOR, operators=frozenset({"<", ">"})), False),
        (planned(NAME, order_by=by(NAME)), DOOR, False),
        (planned(STATE, key=NAME), DOOR, False),
        (planned(NAME, key=replace(RECORDNO, known=False)), DOOR, False),
        (planned(NAME, key=replace(RECORDNO, type=DataType.DECIMAL)), DOOR, False),
        (planned(RECORDNO, COUNT, key=None), DOOR, False),
    ],
)
def test_whole_number_keys_alone_are_told_apart_by_ranges(plan: Plan, abilities: Abilities, ranged: bool):
    assert is_ranged(walk(paged(plan), plan), abilities) == ranged


@pytest.mark.parametrize(
    ("plan", "index"),
    [
        (planned(NAME, paging="resultid"), 1),
        (planned(RECORDNO, NAME, paging="resultid"), 0),
        (planned(NAME, paging="resultid", key=None), None),
        (planned(STATE, paging="resultid", key=NAME), None),
        (planned(NAME, paging="resultid", key=replace(RECORDNO, known=False)), None),
        (planned(NAME, paging="offset"), None),
    ],
)
def test_where_a_whole_number_key_stands(plan: Plan, index: int | None):
    assert number_index(paged(plan), plan) == index


def test_a_kept_result_has_the_key_and_no_order_of_its_own():
    plan = planned(NAME, paging="resultid", limit=3)
    assert paged(plan) == replace(plan.fetch, select=(NAME, RECORDNO))  # type: ignore[type-var]
    assert paged(replace(plan, key=None)) is plan.fetch


@pytest.mark.parametrize(
    ("asked", "by_query", "most", "rows"),
    [
        (None, None, 2000, 2000),
        (None, 50, 2000, 50),
        (20, 50, 2000, 20),
        (80, 50, 2000, 80),
        (5000, None, 2000, 2000),
        (None, 5000, 1000, 1000),
    ],
)
def test_rows_a_page(asked: int | None, by_query: int | None, most: int, rows: int):
    fetch = Fetch(object="CUSTOMER", select=(NAME,), options=tree.Options(page_size=by_query))
    assert rows_a_page(fetch, asked, replace(DOOR, most_rows=most)) == rows


def asked_of(
    abilities: Abilities, *select: tree.Expression, key: Field | None = RECORDNO, **clauses: object
) -> tuple[str, str, Field | None]:
    fetch = Fetch(object="CUSTOMER", select=select, **clauses)  # type: ignore[arg-type]
    query = tree.Query(object="CUSTOMER", schema=None, key=key, columns=(), options=fetch.options)
    return paging(query, fetch, abilities)


ONLY_ORDER = replace(DOOR, operators=frozenset({"<", ">"}))
IGNORING = tree.Options(case_insensitive=True)


@pytest.mark.parametrize(
    ("found", "method", "words", "key"),
    [
        (asked_of(DOOR, NAME), "keyset", "each page asks for the rows behind the last RECORDNO", RECORDNO),
        (asked_of(DOOR, NAME, order_by=by(NAME)), "keyset", "the rows behind the last (NAME, RECORDNO)", RECORDNO),
        (asked_of(DOOR, NAME, order_by=by(RECORDNO, NAME)), "keyset", "behind the last RECORDNO", RECORDNO),
        (asked_of(DOOR, NAME, COUNT), "keyset", "the groups behind the last NAME", None),
        (asked_of(DOOR, NAME, STATE, COUNT), "keyset", "the groups behind the last (NAME, STATE)", None),
        (asked_of(DOOR, COUNT), "none", "aggregates without a plain field give one row", None),
        (asked_of(DOOR, NAME, key=None), "offset", "no key of CUSTOMER is known", None),
        (asked_of(DOOR, NAME, limit=2, options=tree.Options(single=True)), "none", "one row is the most", None),
        (asked_of(DOOR, NAME, options=tree.Options(single=True)), "keyset", "behind the last RECORDNO", RECORDNO),
        (asked_of(replace(DOOR, pages="none"), NAME), "none", "rows found by their keys come at once", None),
        (asked_of(replace(DOOR, pages="resultid"), NAME), "resultid", "the gateway keeps the result", RECORDNO),
        (asked_of(replace(DOOR, order=False), NAME), "offset", "cannot ask for the rows behind a key", RECORDNO),
        (asked_of(ONLY_ORDER, NAME), "keyset", "behind the last RECORDNO", RECORDNO),
        (asked_of(ONLY_ORDER, NAME, order_by=by(NAME)), "offset", "rows behind (NAME, RECORDNO)", RECORDNO),
        (asked_of(ONLY_ORDER, NAME, COUNT), "offset", "cannot ask for the rows behind NAME", None),
        (asked_of(DOOR, NAME, order_by=by(NAME), options=IGNORING), "offset", "NAME is text", RECORDNO),
        (asked_of(DOOR, STATE, order_by=by(STATE), options=IGNORING), "offset", "STATE is text", RECORDNO),
        (asked_of(DOOR, STATE, options=IGNORING), "keyset", "behind the last RECORDNO", RECORDNO),
    ],
)
def test_how_pages_are_told_apart_and_why(
    found: tuple[str, str, Field | None], method: str, words: str, key: Field | None
):
    assert (found[0], found[2]) == (method, key)
    assert words in found[1]


@pytest.mark.parametrize(
    ("order", "key", "abilities", "follows"),
    [
        (["NAME"], RECORDNO, DOOR, True),
        (["NAME"], RECORDNO, ONLY_ORDER, False),
        (["RECORDNO", "NAME"], RECORDNO, ONLY_ORDER, True),
        (["NAME"], None, ONLY_ORDER, True),
        (["NAME"], RECORDNO, replace(ONLY_ORDER, pages="resultid"), True),
    ],
)
def test_whether_pages_can_follow_an_order(order: list[str], key: Field | None, abilities: Abilities, follows: bool):
    assert can_follow(order, key, abilities) == follows


@pytest.mark.parametrize(("select", "grouped"), [((NAME,), False), ((NAME, COUNT), True), ((COUNT,), True)])
def test_one_aggregate_makes_groups(select: tuple[tree.Expression, ...], grouped: bool):
    assert is_grouped(Fetch(object="CUSTOMER", select=select)) == grouped


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
