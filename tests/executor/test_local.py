"""The local steps: what they keep, in which order, and how values compare. SQLite answers the same questions beside."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.binder import tree
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
    Value,
)
from intacct_ql.executor.local import Row, run
from intacct_ql.planner.steps import Distinct, Filter, Key, Limit, Project, Sort
from intacct_ql.schema.types import DataType

A = Field(path="A", type=DataType.INTEGER)
B = Field(path="B", type=DataType.INTEGER)
T = Field(path="T", type=DataType.TEXT)
U = Field(path="U", type=DataType.TEXT)
LAYOUT = (A, B, T, U)
FOLDED = tree.Options(case_insensitive=True)


def value(data: object) -> Value:
    return Value(data=data, text=str(data))  # type: ignore[arg-type]


def kept(predicate: tree.Predicate, rows: list[Row], options: tree.Options | None = None) -> list[Row]:
    return list(run(rows, [Filter(predicate=predicate, row=LAYOUT, reason="")], options=options))


def holds(cell: object, operator: str, data: object, options: tree.Options | None = None) -> bool:
    """Whether ``cell operator data``; said of two fields it must be the same."""
    value_ = Compare(left=A, operator=operator, value=value(data))  # type: ignore[arg-type]
    fields = CompareFields(left=A, operator=operator, right=B)  # type: ignore[arg-type]
    rows: list[Row] = [(cell, data, None, None)]
    assert kept(value_, rows, options) == kept(fields, rows, options)
    return bool(kept(value_, rows, options))


def like(text: str, pattern: str, options: tree.Options | None = None) -> bool:
    return bool(kept(Like(left=T, pattern=pattern), [(None, None, text, None)], options))


# Values.


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (1, Decimal("1.5")),
        (Decimal("0.1"), Decimal("0.10000000000000000000001")),
        (9, 10),
        ("10", "9"),
        ("B", "a"),
        (date(2020, 1, 1), datetime.fromisoformat("2020-01-01T00:00:01")),
        (datetime.fromisoformat("2019-12-31T23:59:59"), date(2020, 1, 1)),
        (False, True),
        (9, "10"),
        (date(2020, 9, 1), "10/02/2020"),
        (Decimal(0), datetime.fromisoformat("2020-01-01")),
        (1, "none"),
        (datetime.fromisoformat("2020-01-01T00:00"), datetime.fromisoformat("2020-01-01T00:01+00:00")),
    ],
)
def test_less_and_more(less: object, more: object):
    assert holds(less, "<", more)
    assert holds(less, "<=", more)
    assert holds(less, "!=", more)
    assert holds(more, ">", less)
    assert holds(more, ">=", less)
    assert not holds(more, "<", less)
    assert not holds(less, "=", more)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, Decimal("1.00")),
        (date(2020, 1, 1), datetime.fromisoformat("2020-01-01")),
        ("1.0", 1),
        ("01/02/2020", date(2020, 1, 2)),
        ("2020-01-02 00:00:00", date(2020, 1, 2)),
        ("true", True),
        (Decimal("NaN"), "NaN"),
    ],
)
def test_equal(one: object, other: object):
    for left, right in ((one, other), (other, one)):
        assert holds(left, "=", right)
        assert holds(left, "<=", right)
        assert not holds(left, "<", right)


def test_numbers_that_are_none_end_no_run():
    nan = Decimal("NaN")
    assert isinstance(holds(nan, "<", 5), bool)
    rows: list[Row] = [(nan,), (1,), (None,), ("x",), (date(2020, 1, 1),)]
    assert len(list(run(rows, [Sort(keys=(Key(index=0),), reason="")]))) == 5


def test_case():
    assert not holds("abc", "=", "ABC")
    assert holds("abc", "=", "ABC", FOLDED)
    assert holds("a", "<", "B", FOLDED)
    assert kept(In(left=T, values=(value("X"),)), [(1, 2, "x", None)], FOLDED)
    assert not kept(In(left=T, values=(value("X"),)), [(1, 2, "x", None)])


@pytest.mark.parametrize(
    ("text", "pattern", "matches"),
    [
        ("abc", "a%", True),
        ("abc", "%C", False),
        ("abc", "a_c", True),
        ("ac", "a_c", False),
        ("a%c", r"a\%c", True),
        ("abc", r"a\%c", False),
        (r"a\c", r"a\\c", True),
        (r"a\c", r"a\c", True),
        ("a\nb", "a%b", True),
        ("a.c", "a.c", True),
        ("abc", "a.c", False),
        ("", "%", True),
        ("aXbXc", "a%b%c", True),
        ("abcb", "a%b", True),
        ("ab", "a%b%b", False),
        ("aab", "%ab", True),
        ("abab", "%a_%", True),
    ],
)
def test_like(text: str, pattern: str, matches: bool):
    assert like(text, pattern) is matches


def test_like_without_case_and_on_other_types():
    assert like("Straße", "STRASSE", FOLDED)
    assert kept(Like(left=A, pattern="1%"), [(12, None, None, None)])
    assert kept(Like(left=A, pattern="%/2020"), [(date(2020, 1, 1), None, None, None)])


def test_a_pattern_cannot_stall_a_run():
    assert not like("a" * 5_000, "%a" * 50 + "%b")  # by trying every way, this would never end


# Steps.


def test_sort_puts_empty_last_and_first():
    rows: list[Row] = [(2, "a"), (None, "b"), (1, "c"), (None, "d"), (1, "e")]
    up = list(run(rows, [Sort(keys=(Key(index=0),), reason="")]))
    down = list(run(rows, [Sort(keys=(Key(index=0, descending=True),), reason="")]))
    assert [row[1] for row in up] == ["c", "e", "a", "b", "d"]
    assert [row[1] for row in down] == ["b", "d", "a", "c", "e"]


@given(st.lists(st.tuples(st.none() | st.integers(0, 3), st.none() | st.integers(0, 3))), st.booleans(), st.booleans())
def test_sort_by_two_keys(rows: list[Row], first: bool, second: bool):
    keys = (Key(index=0, descending=first), Key(index=1, descending=second))

    def place(row: Row) -> list[tuple[bool, int]]:
        return [
            ((cell is None) is not falls, (-1 if falls else 1) * (cell or 0))
            for cell, falls in zip(row, (first, second), strict=True)
        ]

    assert list(run(rows, [Sort(keys=keys, reason="")])) == sorted(rows, key=place)


def test_distinct_looks_at_the_first_columns_only():
    rows: list[Row] = [(1, "x"), (1, "y"), (Decimal("1.0"), "z"), (None, "u"), (None, "v")]
    assert list(run(rows, [Distinct(width=1, reason="")])) == [(1, "x"), (None, "u")]


def test_a_limit_stops_asking():
    asked = []

    def endless() -> Iterator[Row]:
        for number in count():
            asked.append(number)
            yield (number,)

    assert list(run(endless(), [Limit(limit=2, offset=3, reason="")])) == [(3,), (4,)]
    assert asked == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("limit", "offset", "numbers"), [(None, 3, [3, 4]), (0, 0, []), (10**30, 10**30, [])])
def test_limits(limit: int | None, offset: int, numbers: list[int]):
    rows: list[Row] = [(number,) for number in range(5)]
    assert [row[0] for row in run(rows, [Limit(limit=limit, offset=offset, reason="")])] == numbers


@pytest.mark.parametrize(("indexes", "row"), [((0,), ("a",)), ((2, 0, 2), ("c", "a", "c"))])
def test_project(indexes: tuple[int, ...], row: Row):
    assert list(run([("a", "b", "c")], [Project(indexes=indexes)])) == [row]


def test_steps_one_after_another():
    rows: list[Row] = [(number % 7, number, None, None) for number in range(100)]
    steps = [
        Filter(predicate=Compare(left=A, operator=">", value=value(4)), row=LAYOUT, reason=""),
        Distinct(width=1, reason=""),
        Sort(keys=(Key(index=0, descending=True),), reason=""),
        Limit(limit=1, offset=0, reason=""),
        Project(indexes=(1, 0)),
    ]
    assert list(run(rows, steps)) == [(6, 6)]


# Any predicate, any row: SQLite says the same.

TEXTS = st.text("aAb%_\\1", min_size=1, max_size=3)
SIGNS = ["=", "!=", "<", "<=", ">", ">="]
OPERATORS = st.sampled_from(SIGNS)
NUMBERS = st.integers(0, 3)


def _leaves(fields: list[Field], data: st.SearchStrategy[object]) -> st.SearchStrategy[tree.Predicate]:
    left, values = st.sampled_from(fields), data.map(value)
    return st.one_of(
        st.builds(Compare, left=left, operator=OPERATORS, value=values),
        st.builds(CompareFields, left=left, operator=OPERATORS, right=left),
        st.builds(In, left=left, values=st.lists(values, min_size=1, max_size=4).map(tuple), negated=st.booleans()),
        st.builds(Between, left=left, low=values, high=values, negated=st.booleans()),
        st.builds(IsNull, left=left, negated=st.booleans()),
    )


LEAVES = st.one_of(
    _leaves([A, B], NUMBERS),
    _leaves([T, U], TEXTS),
    # a pattern that ends in a lone backslash is an error in SQLite and a backslash here
    st.builds(Like, left=st.just(T), pattern=TEXTS.map(lambda text: text.replace("\\", r"\%")), negated=st.booleans()),
    st.builds(Constant, truth=st.booleans()),
)
PREDICATES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(And, conditions=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, conditions=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, condition=inner),
    ),
    max_leaves=10,
)
ROWS = st.lists(
    st.tuples(st.none() | NUMBERS, st.none() | NUMBERS, st.none() | TEXTS, st.none() | TEXTS), min_size=1, max_size=6
)


def sql(predicate: tree.Predicate) -> str:
    no = "NOT " if getattr(predicate, "negated", False) else ""
    match predicate:
        case Constant():
            return "1" if predicate.truth else "0"
        case Not():
            return f"(NOT {sql(predicate.condition)})"
        case And() | Or():
            word = " AND " if isinstance(predicate, And) else " OR "
            return f"({word.join(map(sql, predicate.conditions))})"
        case CompareFields():
            return f"({predicate.left.path} {predicate.operator} {predicate.right.path})"
        case Compare():
            return f"({predicate.left.path} {predicate.operator} {literal(predicate.value.data)})"
        case In():
            return f"({predicate.left.path} {no}IN ({', '.join(literal(one.data) for one in predicate.values)}))"
        case Between():
            ends = f"{literal(predicate.low.data)} AND {literal(predicate.high.data)}"
            return f"({predicate.left.path} {no}BETWEEN {ends})"
        case IsNull():
            return f"({predicate.left.path} IS {no}NULL)"
        case Like():
            return f"({predicate.left.path} {no}LIKE {literal(predicate.pattern)} ESCAPE '\\')"


def literal(data: object) -> str:
    return str(data) if isinstance(data, int) else f"'{data}'"


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA case_sensitive_like = ON")
    connection.execute("CREATE TABLE rows (A INTEGER, B INTEGER, T TEXT, U TEXT)")
    yield connection
    connection.close()


@given(predicate=PREDICATES, rows=ROWS)
def test_a_filter_keeps_what_sqlite_keeps(database: sqlite3.Connection, predicate: tree.Predicate, rows: list[Row]):
    database.execute("DELETE FROM rows")
    database.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", rows)
    expected = database.execute(f"SELECT A, B, T, U FROM rows WHERE {sql(predicate)} ORDER BY rowid").fetchall()
    assert kept(predicate, rows) == expected


@given(TEXTS, st.text("aAb%_\\", min_size=1, max_size=6))
def test_like_is_what_it_says(text: str, pattern: str):
    simple = re.sub(r"\\([%_\\])|([%_])|(.)", _slow, pattern)
    assert like(text, pattern) is (re.fullmatch(simple, text, re.DOTALL) is not None)


def _slow(found: re.Match[str]) -> str:
    wild = {"%": ".*", "_": "."}
    return wild[found[2]] if found[2] else re.escape(found[1] or found[3])


@pytest.mark.parametrize(
    "predicate",
    [
        *(Compare(left=T, operator=operator, value=value("")) for operator in SIGNS),
        Between(left=T, low=value(""), high=value("z")),
        Like(left=T, pattern=""),
        In(left=T, values=(value(""), value("b"))),
    ],
)
def test_the_empty_text_is_neither_like_a_value_nor_unlike_it(predicate: tree.Predicate):
    assert kept(predicate, [(1, 2, "a", None)]) == []
    assert kept(Not(condition=predicate), [(1, 2, "a", None)]) == []


def test_a_value_in_a_list_is_in_it_whatever_else_is():
    assert kept(In(left=T, values=(value(""), value("a"))), [(1, 2, "a", None)])
    assert not kept(In(left=T, values=(value(""), value("a")), negated=True), [(1, 2, "b", None)])


def test_deep_and_wide():
    deep: tree.Predicate = IsNull(left=A)
    for level in range(200):
        kind = And if level % 2 else Or
        deep = kind(conditions=(Compare(left=B, operator="=", value=value(level % 2)), deep))
    assert kept(deep, [(None, 1, None, None), (1, 2, None, None)]) == [(None, 1, None, None)]
    wide = In(left=A, values=tuple(map(value, range(100_000))))
    assert len(kept(wide, [(number, None, None, None) for number in range(99_000, 101_000)])) == 1_000
