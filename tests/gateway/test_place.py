"""What has been read of an order: no row is lost, wherever empty cells stand and however the gateway sorts labels."""

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.place import Frontier, OrderColumn, advanced

NAME = OrderColumn(index=0)
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
    label = OrderColumn(index=0, discrete=True)
    read = advanced([label, KEY], page(("Posted", 1), ("Draft", 2)), None)
    assert [cell for cell, _ in read.open] == ["Draft"]
    assert read.met == ("Posted", "Draft")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(Decimal(2), 1), (Decimal(1), 2)], "1 comes after 2"),
        ([(Decimal(1), 2), (Decimal(1), 1)], "1 comes after 2"),
        ([("a", 1), ("a", 1)], "the key 1 comes twice"),
        ([("a", None)], "a row has no key"),
        ([("a", "")], "a row has no key"),
    ],
)
def test_pages_in_another_order_are_refused(rows, words):
    with pytest.raises(TransportError, match=words):
        advanced([NAME, KEY], page(*rows), None)


# A gateway that sorts as it likes, and the condition of what has not been read, in plain Python.

CELLS = st.sampled_from([None, 1, 2, 3])


class Sorted:
    """Rows of two columns and a key. ``first``: empty cells first; labels go by their place in ``ranks``."""

    def __init__(self, rows, columns, first, ranks):
        self.rows, self.columns, self.first, self.ranks = rows, columns, first, ranks

    def page(self, read, size):
        rows = [row for row in self.rows if read is None or unread(self.columns, read, row)]
        for column in reversed(self.columns):
            rows.sort(key=lambda row, column=column: self.rank(column, row[column.index]), reverse=column.descending)
            rows.sort(key=lambda row, column=column: (row[column.index] is None) != self.first)
        return rows[:size]

    def rank(self, column, cell):
        if cell is None:
            return 0
        return self.ranks.index(cell) if column.discrete else cell


def unread(columns, read, row):
    """Whether a row lies in what has not been read: what the planner says in conditions."""
    (column, *others), cell = columns, row[columns[0].index]
    for last, inner in read.open:
        if inner is not None and cell == last and unread(others, inner, row):
            return True
        behind = None in (cell, last) or column.discrete or (cell < last if column.descending else cell > last)
        if not column.discrete and None not in (cell, last) and behind:
            return True
    kind = cell if column.discrete or cell is None else True
    met = {one if column.discrete or one is None else True for one in read.met}
    return kind not in met


@given(
    st.lists(st.tuples(CELLS, CELLS), max_size=40),
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=2),
    st.booleans(),
    st.permutations([1, 2, 3]),
    st.integers(1, 8),
    st.integers(0, 2**32),
)
def test_every_steady_row_is_read_once_however_the_gateway_sorts(cells, kinds, first, ranks, size, seed):
    dice = random.Random(seed)
    rows = [(*pair, number) for number, pair in enumerate(cells)]
    columns = [OrderColumn(index=at, descending=falls, discrete=label) for at, (falls, label) in enumerate(kinds)]
    columns.append(OrderColumn(index=2, key=True))
    table, steady = Sorted(rows, columns, first, ranks), set(rows[::2])
    read, found = None, []
    for _ in range(500):
        got = table.page(read, size)
        found += got
        if len(got) < size:
            break
        read = advanced(columns, page(*got), read)
        moving = (dice.choice([None, 1, 2, 3]), dice.choice([None, 1, 2, 3]), 1000 + dice.randrange(50))
        table.rows = [row for row in table.rows if row in steady or (row[2] != moving[2] and dice.random() < 0.9)]
        table.rows.append(moving)
    assert len([row for row in found if row in steady]) == len(steady)
    assert steady <= set(found)
