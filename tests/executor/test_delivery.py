"""Blocks of rows: they are handed on as they came, and the mark stands behind them."""

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.executor.delivery import Delivery
from intacct_ql.gateway.paging import Block, PageRequest


def block(low, high):
    """The keys from ``low`` to ``high``, a row each."""
    return Block(rows=[(key, f"row {key}") for key in range(low + 1, high + 1)], covers=(low, high))


def test_blocks_of_ranges_come_out_as_they_came_and_leave_gaps():
    delivery = Delivery([(0, 30)])
    delivery.put(block(20, 30))
    delivery.put(block(0, 10))
    assert delivery.waiting == 2
    assert delivery.pop().covers == (20, 30)
    assert delivery.mark == [(0, 20)]
    assert delivery.pop().covers == (0, 10)
    assert delivery.mark == [(10, 20)]
    assert delivery.pop() is None
    delivery.put(block(13, 17))
    delivery.pop()
    assert delivery.mark == [(10, 13), (17, 20)]


def test_what_waits_is_missing_from_the_mark_until_it_is_handed_on():
    delivery = Delivery([(0, 30)])
    delivery.put(block(20, 30))
    assert delivery.mark == [(0, 30)]
    delivery.pop()
    assert delivery.mark == [(0, 20)]


def test_blocks_of_requests_move_the_mark_to_the_next_one():
    start, second = PageRequest(size=0), PageRequest(offset=3, size=3)
    delivery = Delivery(start)
    delivery.put(Block(rows=[(1,)], then=second))
    delivery.put(Block(rows=[(2,)], then=None))
    assert delivery.mark == start
    assert (delivery.pop().rows, delivery.mark) == ([(1,)], second)
    assert (delivery.pop().rows, delivery.mark) == ([(2,)], None)
    assert delivery.pop() is None


def test_a_block_without_rows_is_handed_on_too():
    delivery = Delivery([(0, 30)])
    delivery.put(Block(rows=[], covers=(0, 30)))
    assert delivery.pop().rows == []
    assert delivery.mark == []


@pytest.mark.parametrize("mark", [None, []])
def test_nothing_is_there_where_nothing_was_put(mark):
    delivery = Delivery(mark)
    assert (delivery.pop(), delivery.mark, delivery.waiting) == (None, [], 0)


@st.composite
def arrivals(draw):
    """Ranges of keys that follow each other, with a gap here and there, and the order they arrive in."""
    ends = sorted(draw(st.lists(st.integers(-50, 50), min_size=2, max_size=24, unique=True)))
    ends = [-inf if draw(st.booleans()) else ends[0], *ends[1:-1], inf if draw(st.booleans()) else ends[-1]]
    pairs = [*pairwise(ends)]
    gone = draw(st.sets(st.sampled_from(range(len(pairs))), max_size=len(pairs) // 3))
    wanted = [pair for number, pair in enumerate(pairs) if number not in gone]
    return wanted, draw(st.permutations(wanted)), draw(st.lists(st.booleans(), min_size=24, max_size=24))


@given(arrivals())
def test_every_block_comes_out_once_and_the_mark_tells_the_rest(given):
    wanted, arriving, reading = given
    delivery, found = Delivery(wanted), []

    def read(most):
        while most and (one := delivery.pop()) is not None:
            found.append(one)
            most -= 1
            assert merged([*(one.covers for one in found), *delivery.mark]) == merged(wanted)
            assert delivery.waiting + len(found) == put

    for put, covers in enumerate(arriving, 1):
        delivery.put(Block(rows=[(covers,)], covers=covers))
        read(reading[put - 1])
    read(inf)
    assert [one.covers for one in found] == arriving
    assert delivery.mark == []


def merged(gaps):
    """The same keys in as few ranges as possible. No two may share a key."""
    found = []
    for low, high in sorted(gaps):
        assert not found or found[-1][1] <= low
        if found and found[-1][1] == low:
            found[-1] = found[-1][0], high
        else:
            found.append((low, high))
    return found
