"""What has been read of an order, and what of it is refused."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.place import Frontier, OrderColumn, advanced

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
