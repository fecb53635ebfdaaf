"""What has been read of an order: no row is lost, wherever empty cells stand and however the gateway sorts labels."""

import random
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from operator import eq, gt, lt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.binder.tree import Aggregate, And, Compare, Field, In, IsNull, Or, Order
from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.paging import keyset
from intacct_ql.gateway.place import Frontier, OrderColumn, advanced
from intacct_ql.planner.pages import behind, paged, walk
from intacct_ql.planner.steps import Fetch, Plan
from intacct_ql.schema.types import DataType

NAME = OrderColumn(index=0)
LABEL = OrderColumn(index=0, discrete=True)
KEY = OrderColumn(index=1, key=True)


def page(*rows):
    return Page(rows=list(rows), count=len(rows))


@pytest.mark.parametrize(
    ("rows", "read"),
    [
        ([("a", 1)], Frontier(open=(("a", Frontier(((1, None),), (1,))),), met=("a",))),
        ([("a", 1), ("a", 4)], Frontier(open=(("a", Frontier(((4, None),), (1,))),), met=("a",))),
        ([("a", 1), ("b", 2)], Frontier(open=(("b", Frontier(((2, None),), (2,))),), met=("a",))),
        ([(None, 3)], Frontier(open=((None, Frontier(((3, None),), (3,))),), met=(None,))),
        ([(None, 3), ("a", 1)], Frontier(open=(("a", Frontier(((1, None),), (1,))),), met=(None, "a"))),
        ([("a", 1), (None, 3)], Frontier(open=((None, Frontier(((3, None),), (3,))),), met=("a", None))),
    ],
    ids=["a value", "the same again", "another", "empty", "empty first", "empty last"],
)
def test_how_far_an_order_has_been_read(rows, read):
    assert advanced([NAME, KEY], page(*rows), None) == read


def test_labels_are_a_class_each():
    read = advanced([LABEL, KEY], page(("Posted", 1), ("Draft", 2)), None)
    assert [cell for cell, _ in read.open] == ["Draft"]
    assert read.met == ("Posted", "Draft")


def test_a_class_stays_open_until_another_one_follows_it_on_the_same_page():
    read = advanced([LABEL, KEY], page(("Posted", 1)), None)
    read = advanced([LABEL, KEY], page(("Draft", 2)), read)
    assert [cell for cell, _ in read.open] == ["Posted", "Draft"]
    read = advanced([LABEL, KEY], page(("Posted", 3), ("Draft", 4)), read)
    assert [cell for cell, _ in read.open] == ["Draft"]


def test_ties_go_on_where_the_last_page_left_them():
    name = OrderColumn(index=0)
    state = OrderColumn(index=1, discrete=True)
    key = OrderColumn(index=2, key=True)
    read = advanced([name, state, key], page(("a", "Draft", 4), ("b", "Draft", 1), ("b", None, 2)), None)
    read = advanced([name, state, key], page(("b", None, 7)), read)
    ((cell, inner),) = read.open
    assert (cell, inner.met) == ("b", ("Draft", None))
    assert inner.open == ((None, Frontier(((7, None),), (2,))),)


def test_another_cell_begins_anew():
    read = advanced([NAME, KEY], page(("a", 4)), None)
    assert advanced([NAME, KEY], page(("b", 2)), read).open == (("b", Frontier(((2, None),), (2,))),)


def test_text_may_be_sorted_otherwise_at_the_gateway():
    assert advanced([NAME, KEY], page(("b", 1), ("A", 2), ("b", 3)), None).open[0][0] == "b"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(Decimal(2), 1), (Decimal(1), 2)], "1 comes after 2"),
        ([(Decimal(1), 2), (Decimal(1), 1)], "1 comes after 2"),
        ([(2, 1), (Decimal("1.5"), 2)], "1.5 comes after 2"),
        ([(date(2026, 2, 1), 1), (date(2026, 1, 1), 2)], "2026-01-01 comes after 2026-02-01"),
        ([(datetime(2026, 2, 1, 5), 1), (datetime(2026, 2, 1, 4), 2)], "04:00:00 comes after"),
        ([(None, 2), (None, 1)], "1 comes after 2"),
        ([(None, 1), ("a", 2), (None, 3)], "None comes again"),
        ([("a", 1), (None, 2), ("b", 3)], "b comes again"),
        ([("a", 1), ("a", 1)], "the key 1 comes twice"),
        ([("a", None)], "a row has no key"),
        ([("a", "")], "a row has no key"),
    ],
)
def test_pages_in_another_order_are_refused(rows, words):
    with pytest.raises(TransportError, match=words):
        advanced([NAME, KEY], page(*rows), None)


@pytest.mark.parametrize("cells", [("Paid", "Draft", "Paid"), (True, False, True), ("Paid", None, "Paid")])
def test_labels_that_come_again_are_refused(cells):
    with pytest.raises(TransportError, match=f"{cells[0]} comes again behind others"):
        advanced([LABEL, KEY], page(*zip(cells, (1, 2, 3), strict=True)), None)


def test_falling_columns_are_refused_where_they_rise():
    falling = OrderColumn(index=0, descending=True)
    assert advanced([falling, KEY], page((2, 1), (1, 2)), None).open[0][0] == 1
    with pytest.raises(TransportError, match="2 comes after 1"):
        advanced([falling, KEY], page((1, 1), (2, 2)), None)


@pytest.mark.parametrize("first", [4, 3])
def test_a_key_alone_must_rise_from_page_to_page(first):
    only = OrderColumn(index=0, key=True)
    read = advanced([only], page((1,), (4,)), None)
    with pytest.raises(TransportError, match=f"the key {first} comes after 4"):
        advanced([only], page((first,), (9,)), read)


def test_truths_alone_are_not_compared_from_page_to_page():
    only = OrderColumn(index=0, discrete=True)
    read = advanced([only], page((True,)), None)
    assert advanced([only], page((False,)), read).met == (True, False)


# A gateway that sorts as it likes, asked with the conditions of the planner, which are judged in plain Python.

CELLS = {
    DataType.INTEGER: [1, 2, 3],
    DataType.TEXT: ["a", "B", "é"],
    DataType.ENUM: ["Draft", "Posted", "Paid"],
    DataType.BOOLEAN: [True, False],
    DataType.DATE: [date(2026, 1, 9), date(2026, 1, 10), date(2027, 1, 1)],
    DataType.CURRENCY: [Decimal(-1), Decimal("0.5"), Decimal(10)],
}
UNDOCUMENTED = {DataType.TEXT, DataType.ENUM, DataType.BOOLEAN}
SIGNS = {"=": eq, "<": lt, ">": gt}
RECORDNO = Field(path="RECORDNO", type=DataType.INTEGER)


class Sorting:
    """How a gateway sorts a field: which way, whether empty cells come first, and its cells from the least on."""

    def __init__(self, path, kind, *, descending, empties_first, ranks):
        self.field, self.descending, self.empties_first = Field(path=path, type=kind), descending, empties_first
        self.ranks = {cell: rank for rank, cell in enumerate(ranks)}

    def place(self, cell):
        rank = 0 if cell is None else self.ranks[cell]
        return (cell is None) != self.empties_first, -rank if self.descending else rank


@st.composite
def sortings(draw, path):
    kind = draw(st.sampled_from(list(CELLS)))
    ranks = draw(st.permutations(CELLS[kind])) if kind in UNDOCUMENTED else CELLS[kind]
    return Sorting(path, kind, descending=draw(st.booleans()), empties_first=draw(st.booleans()), ranks=ranks)


class Gateway:
    """Rows of some sorted fields, and of a key behind them unless they are groups."""

    def __init__(self, sortings, *, falling=False, keyed=True):
        self.sortings, self.rows, self.calls, self.falling, self.keyed = sortings, [], 0, falling, keyed
        fields = [one.field for one in sortings]
        orders = [Order(expression=one.field, descending=one.descending) for one in sortings]
        if keyed:
            orders.append(Order(expression=RECORDNO, descending=falling))
        count = Aggregate(function="COUNT", argument=RECORDNO, type=DataType.INTEGER)
        select = tuple(fields) if keyed else (*fields, count)
        fetch = Fetch(object="CUSTOMER", select=select, order_by=tuple(orders))
        self.plan = Plan(target="query", columns=(), fetch=fetch, paging="keyset", key=RECORDNO if keyed else None)
        self.fetch = paged(self.plan)
        self.walk = walk(self.fetch, self.plan)

    def pager(self, size):
        columns = [
            OrderColumn(index=one.index, descending=one.descending, discrete=one.discrete, key=one.key)
            for one in self.walk
        ]
        return keyset(columns, size)

    def page(self, request):
        self.calls += 1
        fetch = self.fetch if request.behind is None else behind(self.fetch, self.walk, request.behind)
        rows = [row for row in self.in_order() if fetch.where is None or self.stands(fetch.where, row)]
        return Page(rows=rows[: request.size], count=len(rows[: request.size]), numremaining=len(rows[request.size :]))

    def in_order(self):
        def place(row):
            cells = zip(self.sortings, row[: len(self.sortings)], strict=True)
            return [*(one.place(cell) for one, cell in cells), -row[-1] if self.falling else row[-1]]

        return sorted(self.rows, key=place)

    def stands(self, condition, row):
        match condition:
            case And(conditions=parts):
                return all(self.stands(part, row) for part in parts)
            case Or(conditions=parts):
                return any(self.stands(part, row) for part in parts)
        cell = row[self.fetch.select.index(condition.left)]
        match condition:
            case IsNull(negated=negated):
                return (cell is None) != negated
            case In(values=values, negated=True):
                return cell is not None and cell not in [value.data for value in values]
            case Compare(operator=operator, value=value):
                return cell is not None and SIGNS[operator](*self.compared(condition.left, operator, cell, value.data))

    def compared(self, field, operator, *cells):
        if field == RECORDNO or operator == "=":
            return cells
        assert field.type not in {DataType.ENUM, DataType.BOOLEAN}
        (ranks,) = [one.ranks for one in self.sortings if one.field == field]
        return [ranks[cell] for cell in cells]

    def by_lot(self, dice, key):
        cells = [dice.choice([None, *one.ranks]) for one in self.sortings]
        return (*cells, key)

    def read(self, size, meanwhile=lambda: None):
        pager, found = self.pager(size), []
        while (request := pager.ask()) is not None:
            found += pager.take(request, self.page(request)).rows
            meanwhile()
        return found


ORDERS = st.one_of(
    st.tuples(sortings("A")), st.tuples(sortings("A"), sortings("B")), st.tuples(*map(sortings, ["A", "B", "C"]))
)
SEEDS = st.integers(0, 2**32)


@given(ORDERS, st.booleans(), st.integers(0, 40), st.integers(1, 9), SEEDS)
def test_every_row_is_read_once_and_in_order_however_the_gateway_sorts(order, falling, count, size, seed):
    gateway, dice = Gateway(order, falling=falling), random.Random(seed)
    gateway.rows = [gateway.by_lot(dice, key) for key in range(count)]
    assert gateway.read(size) == gateway.in_order()
    assert gateway.calls == max(1, ceil(count / size))


@given(ORDERS, st.integers(0, 40), st.integers(1, 9), SEEDS)
def test_groups_are_read_once_and_in_order_however_the_gateway_sorts(order, count, size, seed):
    gateway, dice = Gateway(order, keyed=False), random.Random(seed)
    groups = dict.fromkeys(gateway.by_lot(dice, 0)[:-1] for _ in range(count))
    gateway.rows = [(*group, 1) for group in groups]
    assert gateway.read(size) == gateway.in_order()
    assert gateway.calls == max(1, ceil(len(groups) / size))


@given(ORDERS, st.booleans(), st.integers(0, 40), st.integers(1, 9), SEEDS)
def test_steady_rows_are_read_once_while_others_come_go_and_move(order, falling, count, size, seed):
    gateway, dice = Gateway(order, falling=falling), random.Random(seed)
    gateway.rows = [gateway.by_lot(dice, key) for key in range(0, 2 * count, 2)]
    steady = set(gateway.rows[::2])

    def change():
        if gateway.calls > 100:
            return
        moving = {key: gateway.by_lot(dice, key) for key in dice.choices(range(-1, 2 * count + 2), k=3)}
        kept = [row for row in gateway.rows if row in steady or (row[-1] not in moving and dice.random() < 0.9)]
        taken = {row[-1] for row in kept}
        gateway.rows = kept + [row for key, row in moving.items() if key not in taken]

    times = Counter(row for row in gateway.read(size, change) if row in steady)
    assert times == Counter(steady)
