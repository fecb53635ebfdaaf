"""Predicates in normal form and divided: the cases one by one, and the meaning kept for any predicate and any row."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.binder.tree import (
    And,
    Between,
    Compare,
    CompareFields,
    Constant,
    Field,
    In,
    IsNull,
    Like,
    Not,
    Or,
    Predicate,
    Query,
    Value,
)
from intacct_ql.planner.abilities import COMPARISONS, HERE, LISTS_AND_PATTERNS, Abilities
from intacct_ql.planner.predicates import FALSE, TRUE, normalise, operands, operator, split
from intacct_ql.schema.types import DataType

DOOR = Abilities(operators=COMPARISONS | LISTS_AND_PATTERNS | {"BETWEEN"}, related=True, most_values=3)
NARROW = Abilities(operators=frozenset({"=", "!=", "<", "<=", ">", ">=", "LIKE", "IS NULL"}))


QUERY = Query(object="OBJECT", schema=None, key=None, columns=())


def field(path: str) -> Field:
    return Field(path=path, type=DataType.INTEGER)


def value(data: int) -> Value:
    return Value(data=data, text=str(data))


A, B, C = field("A"), field("B"), field("C")
A1 = Compare(left=A, operator="=", value=value(1))
A_NOT_1 = replace(A1, operator="!=")
B2 = Compare(left=B, operator="<", value=value(2))
B_NOT_2 = replace(B2, operator=">=")
C3 = Compare(left=C, operator=">", value=value(3))
C_NOT_3 = replace(C3, operator="<=")
A_IS_B = CompareFields(left=A, operator="=", right=B)
LIKE = Like(left=B, pattern="1%")
BETWEEN = Between(left=A, low=value(1), high=value(5))
NULL = IsNull(left=C)


def all_of(*conditions: Predicate) -> And:
    return And(conditions=conditions)


def any_of(*conditions: Predicate) -> Or:
    return Or(conditions=conditions)


def not_(condition: Predicate) -> Not:
    return Not(condition=condition)


def one_of(*numbers: int, negated: bool = False) -> In:
    return In(left=A, values=tuple(map(value, numbers)), negated=negated)


BELOW_OR_ABOVE = any_of(
    Compare(left=A, operator="<", value=value(1)),
    Compare(left=A, operator=">", value=value(5)),
)

NORMAL_FORMS = {
    "not of a comparison": (not_(A1), A_NOT_1),
    "not twice": (not_(not_(A1)), A1),
    "not of an and": (not_(all_of(A1, LIKE)), any_of(A_NOT_1, replace(LIKE, negated=True))),
    "not of an or": (not_(any_of(A1, NULL)), all_of(A_NOT_1, replace(NULL, negated=True))),
    "not of fields compared": (not_(A_IS_B), replace(A_IS_B, operator="!=")),
    "not of a list": (not_(one_of(1, 2)), one_of(1, 2, negated=True)),
    "not of not like": (not_(replace(LIKE, negated=True)), LIKE),
    "not of between": (not_(BETWEEN), BELOW_OR_ABOVE),
    "not between": (replace(BETWEEN, negated=True), BELOW_OR_ABOVE),
    "not of not between": (not_(replace(BETWEEN, negated=True)), BETWEEN),
    "not between in an or is not nested": (
        any_of(B2, replace(BETWEEN, negated=True)),
        any_of(B2, *BELOW_OR_ABOVE.conditions),
    ),
    "one member": (all_of(A1), A1),
    "nested ands": (all_of(A1, all_of(B2, all_of(C3, NULL))), all_of(A1, B2, C3, NULL)),
    "an or turned into an and is not nested": (all_of(A1, not_(any_of(B2, C3))), all_of(A1, B_NOT_2, C_NOT_3)),
    "true vanishes": (all_of(A1, Constant(truth=True)), A1),
    "false wins": (all_of(A1, not_(Constant(truth=True))), FALSE),
    "false vanishes": (any_of(Constant(truth=False), A1, B2), any_of(A1, B2)),
    "true wins": (any_of(A1, Constant(truth=True)), TRUE),
    "only constants": (all_of(Constant(truth=True), Constant(truth=True)), TRUE),
    "empty list": (one_of(), FALSE),
    "not in an empty list": (not_(one_of()), TRUE),
    "long list": (one_of(1, 2, 3, 4), any_of(one_of(1, 2, 3), one_of(4))),
    "long not in": (
        one_of(1, 2, 3, 4, negated=True),
        all_of(one_of(1, 2, 3, negated=True), one_of(4, negated=True)),
    ),
}


@pytest.mark.parametrize("case", NORMAL_FORMS)
def test_normal_form(case: str):
    given_, expected = NORMAL_FORMS[case]
    assert normalise(given_, DOOR) == expected


@pytest.mark.parametrize("predicate", [A1, LIKE, NULL, BETWEEN, one_of(1), A_IS_B, all_of(A1, any_of(B2, C3))])
def test_what_needs_no_change_is_the_same_object(predicate: Predicate):
    assert normalise(predicate, DOOR) is predicate


def test_a_door_without_lists_and_ranges():
    assert normalise(one_of(1, 2), NARROW) == any_of(A1, Compare(left=A, operator="=", value=value(2)))
    assert normalise(one_of(1, negated=True), NARROW) == A_NOT_1
    assert normalise(BETWEEN, NARROW) == all_of(
        Compare(left=A, operator=">=", value=value(1)),
        Compare(left=A, operator="<=", value=value(5)),
    )


DIVISIONS = {
    "all can be said": (all_of(A1, B2), all_of(A1, B2), None),
    "nothing can be said": (A_IS_B, None, A_IS_B),
    "and": (all_of(A1, A_IS_B, B2), all_of(A1, B2), A_IS_B),
    "or without a bound": (any_of(A1, A_IS_B), None, any_of(A1, A_IS_B)),
    "or with bounds": (
        any_of(all_of(A1, A_IS_B), B2),
        any_of(A1, B2),
        any_of(all_of(A1, A_IS_B), B2),
    ),
    "or with one bound twice": (
        any_of(all_of(A1, A_IS_B), all_of(A1, replace(A_IS_B, operator="<"))),
        A1,
        any_of(all_of(A1, A_IS_B), all_of(A1, replace(A_IS_B, operator="<"))),
    ),
    "an or that can be said beside one that cannot": (
        all_of(any_of(A1, B2), any_of(C3, A_IS_B)),
        any_of(A1, B2),
        any_of(C3, A_IS_B),
    ),
}


@pytest.mark.parametrize("case", DIVISIONS)
def test_division(case: str):
    predicate, pushed, residual = DIVISIONS[case]
    assert split(predicate, QUERY, DOOR) == (pushed, residual)


def test_a_door_keeps_to_its_own_object():
    related = Compare(left=field("CUSTOMER.RECORDNO"), operator="=", value=value(1))
    assert split(all_of(A1, related), QUERY, NARROW) == (A1, related)


def test_a_door_without_or():
    predicate = all_of(A1, any_of(B2, C3))
    assert split(predicate, QUERY, replace(NARROW, disjunction=False)) == (A1, any_of(B2, C3))


def test_operators_and_operands():
    assert [operator(leaf) for leaf in (A1, A_IS_B, LIKE, one_of(1, negated=True), NULL)] == [
        "=",
        "=",
        "LIKE",
        "NOT IN",
        "IS NULL",
    ]
    assert list(operands(all_of(C3, not_(A_IS_B), TRUE))) == [C, A, B]


@pytest.mark.parametrize("width", [10_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_wide_and_deep(width: int):
    wide = Or(conditions=tuple(Compare(left=A, operator="=", value=value(i)) for i in range(width)))
    assert len(normalise(not_(wide), DOOR).conditions) == width  # type: ignore[union-attr]
    deep: Predicate = A1
    for level in range(200):
        deep = all_of(B2, not_(deep)) if level % 2 else any_of(C3, deep)
    assert split(normalise(deep, DOOR), QUERY, DOOR)[1] is None


# Any predicate, any row.

FIELDS = st.sampled_from([A, B, C])
VALUES = st.integers(0, 4).map(value)
LEAVES = st.one_of(
    st.builds(Compare, left=FIELDS, operator=st.sampled_from(sorted(COMPARISONS)), value=VALUES),
    st.builds(CompareFields, left=FIELDS, operator=st.sampled_from(sorted(COMPARISONS)), right=FIELDS),
    st.builds(In, left=FIELDS, values=st.lists(VALUES, max_size=8).map(tuple), negated=st.booleans()),
    st.builds(Between, left=FIELDS, low=VALUES, high=VALUES, negated=st.booleans()),
    st.builds(IsNull, left=FIELDS, negated=st.booleans()),
    st.builds(Constant, truth=st.booleans()),
)


def _groups(inner: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    members = st.lists(inner, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        st.builds(And, conditions=members), st.builds(Or, conditions=members), st.builds(Not, condition=inner)
    )


PREDICATES = st.recursive(LEAVES, _groups, max_leaves=12)
CELLS = st.none() | st.integers(0, 4)
ROWS = st.lists(st.fixed_dictionaries({"A": CELLS, "B": CELLS, "C": CELLS}), min_size=1, max_size=6)
DOORS = st.sampled_from([DOOR, NARROW, HERE, replace(NARROW, disjunction=False)])

Row = Mapping[str, int | None]
FALSE_, UNKNOWN, TRUE_ = 0, 1, 2  # Kleene: AND is the least, OR the greatest, NOT the mirror image


def truth(predicate: Predicate, row: Row) -> int:
    match predicate:
        case Constant():
            return TRUE_ if predicate.truth else FALSE_
        case Not():
            return TRUE_ - truth(predicate.condition, row)
        case And():
            return min(truth(condition, row) for condition in predicate.conditions)
        case Or():
            return max(truth(condition, row) for condition in predicate.conditions)
        case IsNull():
            return TRUE_ if (row[predicate.left.path] is None) is not predicate.negated else FALSE_
        case CompareFields():
            return compare(row[predicate.left.path], predicate.operator, row[predicate.right.path])
        case Compare():
            return compare(row[predicate.left.path], predicate.operator, predicate.value.data)
        case Between():
            low = compare(row[predicate.left.path], ">=", predicate.low.data)
            inside = min(low, compare(row[predicate.left.path], "<=", predicate.high.data))
            return TRUE_ - inside if predicate.negated else inside
        case In():
            found = max((compare(row[predicate.left.path], "=", v.data) for v in predicate.values), default=FALSE_)
            return TRUE_ - found if predicate.negated else found
    raise AssertionError(predicate)


def compare(one: object, sign: str, other: object) -> int:
    if one is None or other is None:
        return UNKNOWN
    assert isinstance(one, int)
    assert isinstance(other, int)
    signs = {"=": one == other, "!=": one != other, "<": one < other, "<=": one <= other, ">": one > other}
    return TRUE_ if signs.get(sign, one >= other) else FALSE_


def parts(predicate: Predicate) -> list[Predicate]:
    inner = predicate.conditions if isinstance(predicate, And | Or) else ()
    return [predicate, *(part for condition in inner for part in parts(condition))]


@given(PREDICATES, DOORS, ROWS)
def test_the_normal_form_means_the_same(predicate: Predicate, door: Abilities, rows: list[Row]):
    normal = normalise(predicate, door)
    assert [truth(normal, row) for row in rows] == [truth(predicate, row) for row in rows]


@given(PREDICATES, DOORS)
def test_the_normal_form_is_one(predicate: Predicate, door: Abilities):
    normal = normalise(predicate, door)
    assert normalise(normal, door) is normal or isinstance(normal, Constant)
    if isinstance(normal, Constant):
        return
    for part in parts(normal):
        assert not isinstance(part, Not | Constant)
        if isinstance(part, And | Or):
            assert len(part.conditions) > 1
            assert all(type(condition) is not type(part) for condition in part.conditions)
        if isinstance(part, In):
            assert 1 <= len(part.values) <= (door.most_values or 8)


@given(PREDICATES, DOORS, ROWS)
def test_the_division_keeps_the_rows(predicate: Predicate, door: Abilities, rows: list[Row]):
    normal = normalise(predicate, door)
    pushed, residual = split(normal, QUERY, door)
    for row in rows:
        kept = truth(normal, row) == TRUE_
        said = pushed is None or truth(pushed, row) == TRUE_
        rest = residual is None or truth(residual, row) == TRUE_
        assert said or not kept
        assert (said and rest) is kept
    for part in [] if pushed is None else parts(pushed):
        assert not isinstance(part, CompareFields)
        assert isinstance(part, And | Or) or operator(part) in door.operators  # type: ignore[arg-type]
