"""Blocks of rows: in whatever order they arrive, they are handed on by key, and the mark stands behind them."""

import random
from itertools import pairwise
from math import inf

import pytest
from files import open_files
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import Error
from intacct_ql.executor.delivery import Delivery
from intacct_ql.executor.spill import Scratch
from intacct_ql.gateway.paging import Block, PageRequest

EVERYTHING = ((-inf, inf),)


def block(low, high, rows=None):
    """The keys from ``low`` to ``high``, a row each unless others are given."""
    if rows is None:
        rows = [(key, f"row {key}") for key in range(int(low) + 1, int(high) + 1)]
    return Block(rows=rows, covers=(low, high))


def blocks(count, size=3):
    """All keys there are, in so many blocks."""
    ends = [-inf, *(size * number for number in range(1, count)), inf]
    keys = [range(size * number + 1, size * (number + 1) + 1) for number in range(count)]
    return [
        Block(rows=[(key, f"row {key}") for key in part], covers=pair)
        for part, pair in zip(keys, pairwise(ends), strict=True)
    ]


@pytest.fixture
def scratch(tmp_path):
    scratch = Scratch(tmp_path)
    yield scratch
    scratch.close()


@pytest.fixture
def deliver(scratch):
    def deliver(mark=EVERYTHING, *, ordered=True):
        return Delivery(scratch, ordered=ordered, mark=mark)

    return deliver


def popped(delivery):
    """All that can be handed on now."""
    found = []
    while (one := delivery.pop()) is not None:
        found.append(one)
    return found


def rows(found):
    return [row for one in found for row in one.rows]


@pytest.mark.parametrize("count", [2, 3, 8])
@pytest.mark.parametrize("arrival", ["in turn", "from behind", "by lot"])
def test_blocks_come_out_by_their_keys(deliver, count, arrival):
    cut = blocks(count)
    arriving = {"in turn": cut, "from behind": cut[::-1], "by lot": random.Random(count).sample(cut, count)}[arrival]
    delivery = deliver()
    found = []
    for one in arriving:
        delivery.put(one)
        found += popped(delivery)
    assert [one.covers for one in found] == [one.covers for one in cut]
    assert rows(found) == rows(cut)
    assert (delivery.mark, delivery.waiting, delivery.handed) == ([], 0, count)


def test_nothing_is_handed_on_before_what_stands_in_front_of_it(deliver):
    delivery = deliver([(0, 30)])
    delivery.put(block(10, 20))
    delivery.put(block(20, 30))
    assert (delivery.pop(), delivery.waiting, delivery.is_starved) == (None, 2, True)
    delivery.put(block(0, 10))
    assert not delivery.is_starved
    assert [one.covers for one in popped(delivery)] == [(0, 10), (10, 20), (20, 30)]
    assert delivery.is_starved


def test_the_mark_has_the_keys_that_are_missing_after_every_block(deliver):
    delivery = deliver([(0, 10), (20, 30), (40, inf)])
    for one in (block(40, 45), block(20, 30), block(5, 10), block(0, 5), block(45, inf, rows=[(50,)])):
        delivery.put(one)
    marks = []
    while delivery.pop() is not None:
        marks.append(delivery.mark)
    assert marks == [
        [(5, 10), (20, 30), (40, inf)],
        [(20, 30), (40, inf)],
        [(40, inf)],
        [(45, inf)],
        [],
    ]


def test_what_waits_is_missing_from_the_mark_until_it_is_handed_on(deliver):
    delivery = deliver([(0, 30)])
    delivery.put(block(20, 30))
    assert delivery.mark == [(0, 30)]
    delivery.put(block(0, 10))
    delivery.pop()
    assert delivery.mark == [(10, 30)]


def test_in_no_order_blocks_come_out_as_they_came_and_leave_gaps(deliver):
    delivery = deliver([(0, 30)], ordered=False)
    delivery.put(block(20, 30))
    delivery.put(block(0, 10))
    assert not delivery.is_starved
    assert delivery.pop().covers == (20, 30)
    assert delivery.mark == [(0, 20)]
    assert delivery.pop().covers == (0, 10)
    assert delivery.mark == [(10, 20)]
    assert delivery.is_starved
    delivery.put(block(13, 17))
    delivery.pop()
    assert delivery.mark == [(10, 13), (17, 20)]


@pytest.mark.parametrize("ordered", [True, False])
def test_blocks_of_one_request_after_the_other_move_the_mark_to_the_next_one(deliver, ordered):
    start, second = PageRequest(size=0), PageRequest(offset=3, size=3)
    delivery = deliver(start, ordered=ordered)
    delivery.put(Block(rows=[(1,)], then=second))
    delivery.put(Block(rows=[(2,)], then=None))
    assert delivery.mark == start
    assert (delivery.pop().rows, delivery.mark) == ([(1,)], second)
    assert (delivery.pop().rows, delivery.mark) == ([(2,)], None)
    assert (delivery.pop(), delivery.is_starved) == (None, True)


@pytest.mark.parametrize("ordered", [True, False])
def test_an_empty_block_is_handed_on_where_it_covers_keys(deliver, ordered):
    delivery = deliver([(0, 30)], ordered=ordered)
    delivery.put(block(0, 30, rows=[]))
    assert delivery.pop().rows == []
    assert delivery.mark == []


def test_a_block_that_others_had_covered_is_dropped(deliver):
    delivery = deliver([(0, 30)])
    delivery.put(block(0, 10))
    delivery.put(block(10, 10))
    assert (delivery.waiting, len(popped(delivery)), delivery.handed) == (1, 1, 1)


def test_nothing_is_there_where_nothing_was_put(deliver):
    delivery = deliver(None)
    assert (delivery.pop(), delivery.mark, delivery.waiting, delivery.is_starved) == (None, [], 0, True)


# The file.


def test_only_what_comes_next_waits_in_memory_and_all_else_in_a_file(deliver, tmp_path):
    delivery, cut = deliver(), blocks(3)
    for one in cut[:0:-1]:
        delivery.put(one)
        assert open_files(tmp_path) == 1
    delivery.put(cut[0])
    assert rows(popped(delivery)) == rows(cut)


def test_what_comes_next_is_never_put_into_the_file(deliver, tmp_path):
    delivery, cut = deliver(), blocks(8)
    for one in cut:
        delivery.put(one)
        assert popped(delivery) == [one]
    assert open_files(tmp_path) == 0


def test_a_file_that_cannot_be_made_is_told_of(tmp_path):
    delivery = Delivery(Scratch(tmp_path / "missing"), ordered=True, mark=EVERYTHING)
    cut = blocks(2)
    with pytest.raises(Error, match=r"rows that do not fit into memory cannot be kept in .*missing"):
        delivery.put(cut[1])
    assert delivery.waiting == 0


# Any blocks, in any order.


@st.composite
def arrivals(draw):
    """Ranges of keys that follow each other, with a gap here and there, and the order they arrive in."""
    ends = sorted(draw(st.lists(st.integers(-50, 50), min_size=2, max_size=24, unique=True)))
    ends = [-inf if draw(st.booleans()) else ends[0], *ends[1:-1], inf if draw(st.booleans()) else ends[-1]]
    pairs = [*pairwise(ends)]
    gone = draw(st.sets(st.sampled_from(range(len(pairs))), max_size=len(pairs) // 3))
    wanted = [pair for number, pair in enumerate(pairs) if number not in gone]
    return wanted, draw(st.permutations(wanted)), draw(st.lists(st.booleans(), min_size=24, max_size=24))


@given(arrivals(), st.booleans())
def test_every_row_comes_out_once_and_the_mark_tells_the_rest(given, ordered):
    wanted, arriving, reading = given
    delivery = Delivery(scratch := Scratch(), ordered=ordered, mark=wanted)
    found = []

    def read(most):
        while most and (one := delivery.pop()) is not None:
            found.append(one)
            most -= 1
            keys = sorted(one.covers for one in found)
            assert merged([*keys, *delivery.mark]) == merged(wanted)  # nothing is missing, nothing there twice
            assert delivery.waiting + len(found) == put

    for put, covers in enumerate(arriving, 1):
        delivery.put(Block(rows=[(covers,)], covers=covers))
        read(reading[put - 1])
    read(inf)
    scratch.close()
    assert rows(found) == [(covers,) for covers in (wanted if ordered else arriving)]
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
