"""Several pages at a time by ranges of keys: every row once in whatever order pages land, and few calls too many."""

import random
from itertools import count, islice
from math import ceil, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.ranges import EVERYTHING, Ranges

SIZES = st.integers(1, 20)
KEYS = st.lists(st.integers(-50, 2000), unique=True, max_size=200).map(sorted)
SEEDS = st.integers(0, 2**32)


class Table:
    """Rows by key; ``bare``: only pages that have to say how many rows are behind them do."""

    def __init__(self, keys, bare=False):
        self.keys, self.bare, self.calls = sorted(keys), bare, 0

    def page(self, request):
        self.calls += 1
        signs = {">": int.__gt__, ">=": int.__ge__, "<": int.__lt__, "<=": int.__le__}
        keys = [key for key in self.keys if all(signs[sign](key, end) for sign, end in request.bounds)]
        falls = request.backwards != self.falling
        rows = [("x", key) for key in (keys[::-1] if falls else keys)[: request.size]]
        told = {"totalcount": len(keys), "numremaining": len(keys) - len(rows)}
        return Page(rows=rows, count=len(rows), **(told if request.counted or not self.bare else {}))

    falling = False


class Recorded(Ranges):
    """Ranges that keep what they covered."""

    covered = ()

    def take(self, request, page):
        (block,) = super().take(request, page)
        assert all(block.covers[0] < self._sign * key <= block.covers[1] for _, key in block.rows)
        self.covered = (*self.covered, block.covers)
        return [block]


def pull(pager, table, dice, connections, meanwhile=lambda: None, lose=0.0, glimpses=0.0, wrong=0.0):
    """Every key, block by block as they landed, with the pages taken in by lot."""
    under_way, keys = [], []
    while True:
        request = pager.ask() if len(under_way) < connections else None
        if request is not None:
            meanwhile()
            page = table.page(request)
            if page.rows and dice.random() < glimpses:
                pager.glimpse(request, page.rows[-1][1], page.numremaining or 0)
            if dice.random() < wrong:
                pager.glimpse(request, dice.randint(-60, 2100), dice.randint(0, 99))
            under_way.append((request, page))
        if under_way and (request is None or dice.random() < 0.5):
            request, page = under_way.pop(dice.randrange(len(under_way)))
            if dice.random() < lose:
                pager.lost(request, None)
            else:
                keys += [key for block in pager.take(request, page) for _, key in block.rows]
        elif request is None:
            return keys


@given(KEYS, SIZES, st.booleans())
def test_one_after_the_other_the_calls_are_as_few_as_can_be(keys, size, falling):
    table = Table(keys)
    table.falling = falling
    found = pull(Ranges(1, size, descending=falling), table, random.Random(0), 1)
    assert found == (table.keys[::-1] if falling else table.keys)
    assert table.calls == max(1, ceil(len(keys) / size))


@given(KEYS, SIZES, SEEDS, st.integers(1, 8), st.booleans(), st.booleans())
def test_every_row_once_in_whatever_order_pages_land(keys, size, seed, connections, falling, bare):
    dice, table = random.Random(seed), Table(keys, bare)
    table.falling = falling
    pager = Ranges(1, size, descending=falling)
    assert sorted(pull(pager, table, dice, connections, lose=0.1, glimpses=0.5)) == table.keys
    assert not pager.left_over


@given(KEYS, SIZES, SEEDS, st.integers(1, 8), st.booleans(), st.booleans())
def test_what_was_covered_is_everything_and_nothing_twice(keys, size, seed, connections, falling, bare):
    dice, table = random.Random(seed), Table(keys, bare)
    table.falling = falling
    pager = Recorded(1, size, descending=falling)
    pull(pager, table, dice, connections, lose=0.2, glimpses=0.3, wrong=0.2)
    ends = sorted(end for low, high in pager.covered if low < high for end in (low, high))
    assert (ends[0], ends[-1]) == EVERYTHING
    assert ends[1:-1:2] == ends[2:-1:2]


@given(KEYS, SIZES, SEEDS, st.integers(1, 8), st.booleans(), st.booleans())
def test_wrong_glimpses_harm_nothing(keys, size, seed, connections, falling, bare):
    dice, table = random.Random(seed), Table(keys, bare)
    table.falling = falling
    pager = Ranges(1, size, descending=falling)
    assert sorted(pull(pager, table, dice, connections, lose=0.1, wrong=0.5)) == table.keys
    assert not pager.left_over


@given(KEYS, SIZES, SEEDS, st.integers(1, 8), st.booleans())
def test_right_glimpses_cost_no_call_more(keys, size, seed, connections, falling):
    table = Table(keys)
    table.falling = falling
    pull(Ranges(1, size, descending=falling, joined=False), table, random.Random(seed), connections, glimpses=1)
    assert table.calls == max(1, ceil(len(keys) / size))


@given(KEYS, SIZES, SEEDS, st.integers(1, 8))
def test_two_callers_cost_no_call_more_and_others_one_a_split(keys, size, seed, connections):
    table = Table(keys)
    pull(Ranges(1, size), table, random.Random(seed), connections)
    assert table.calls <= max(1, ceil(len(keys) / size)) + connections


@given(KEYS, SIZES, SEEDS, st.integers(1, 8), st.booleans())
def test_rows_that_come_and_go_harm_no_other(keys, size, seed, connections, bare):
    dice, table = random.Random(seed), Table(keys, bare)
    steady = set(dice.sample(keys, len(keys) // 2))

    def change():
        moving = [key for key in table.keys if key not in steady]
        gone = {key for key in moving if dice.random() < 0.1}
        table.keys = sorted({*table.keys, dice.randint(-60, 2100)} - gone)

    pager = Ranges(1, size)
    found = pull(pager, table, dice, connections, change, lose=0.1, glimpses=0.5, wrong=0.1)
    assert len([key for key in found if key in steady]) == len(steady)
    assert steady <= set(found)
    assert not pager.left_over


@given(KEYS, SIZES, SEEDS, st.integers(1, 8), st.integers(0, 60))
def test_no_more_is_asked_for_than_is_wanted(keys, size, seed, connections, limit):
    table = Table(keys)
    pager = Ranges(1, size, limit)
    found = pull(pager, table, random.Random(seed), connections, lose=0.1, glimpses=0.3)
    assert len(found) == min(limit, len(keys))
    assert len(set(found)) == len(found)
    assert pager.left_over or len(found) == len(keys)


@given(KEYS, SIZES, st.integers(0, 60))
def test_in_turn_the_first_rows_are_those_of_the_limit(keys, size, limit):
    table = Table(keys)
    assert pull(Ranges(1, size, limit, joined=False), table, random.Random(0), 1) == keys[:limit]
    assert table.calls == (max(1, ceil(min(limit, len(keys)) / size)) if limit else 0)


@given(KEYS, SIZES, SEEDS, st.integers(1, 8), st.sets(st.integers(-60, 2100), max_size=8), st.booleans())
def test_gaps_are_filled_and_nothing_beside_them(keys, size, seed, connections, ends, falling):
    ends = sorted(ends)
    gaps = list(zip(ends[::2], ends[1::2], strict=False))
    table, sign = Table(keys), -1 if falling else 1
    table.falling = falling
    pager = Ranges(1, size, gaps=gaps, descending=falling)
    wanted = [key for key in keys if any(low < sign * key <= high for low, high in gaps)]
    found = pull(pager, table, random.Random(seed), connections, lose=0.1, glimpses=0.3)
    assert sorted(found) == wanted


def told(*keys, remaining=0):
    return Page(rows=[("x", key) for key in keys], count=len(keys), numremaining=remaining)


def test_only_the_first_page_is_asked_for_before_its_rows_are_counted():
    pager = Ranges(1, 2)
    first = pager.ask()
    assert pager.ask() is None
    pager.take(first, told(1, 2, remaining=98))
    assert [pager.ask().backwards for _ in range(2)] == [False, True]


def test_what_comes_next_alone_may_be_asked_for():
    pager = Ranges(1, 2)
    pager.take(pager.ask(), told(1, 2, remaining=98))
    assert pager.ask(ahead=False).bounds == ((">", 2),)
    assert pager.ask(ahead=False) is None


def test_requests_that_may_not_join_come_one_after_the_other():
    pager = Ranges(1, 2, joined=False)
    pager.take(pager.ask(), told(1, 2, remaining=98))
    assert pager.ask().bounds == ((">", 2),)
    assert pager.ask() is None


def test_gaps_that_may_not_join_come_one_after_the_other():
    pager = Ranges(1, 2, joined=False, gaps=[(0, 10), (20, 30)])
    assert pager.ask().bounds == ((">", 0), ("<=", 10))
    assert pager.ask() is None


def asked(pager, number):
    return [(request.bounds, request.backwards) for request in (pager.ask() for _ in range(number)) if request]


def test_a_third_caller_splits_what_two_have_left():
    pager = Ranges(1, 10)
    pager.take(pager.ask(), told(*range(10), remaining=990))
    up, down = pager.ask(), pager.ask()
    pager.take(down, told(*range(999, 989, -1), remaining=970))
    pager.take(up, told(*range(10, 20), remaining=970))
    assert asked(pager, 3) == [
        (((">", 19), ("<=", 989)), False),
        (((">", 19), ("<=", 989)), True),
        (((">", 504), ("<=", 989)), False),
    ]


@pytest.mark.parametrize(("remaining", "number"), [(970, 3), (60, 3), (59, 2), (21, 2), (20, 1), (0, 1)])
def test_nobody_helps_with_what_is_little(remaining, number):
    pager = Ranges(1, 10)
    pager.take(pager.ask(), told(*range(10), remaining=990))
    up, down = pager.ask(), pager.ask()
    pager.take(down, told(*range(999, 989, -1), remaining=remaining + 10))
    pager.take(up, told(*range(10, 20), remaining=remaining + 10))
    assert len(asked(pager, 3)) == number


def test_what_has_no_bounds_is_not_split():
    pager = Ranges(1, 10)
    pager.take(pager.ask(), told(*range(10), remaining=990))
    assert len(asked(pager, 5)) == 2


def test_what_another_one_has_covered_is_dropped():
    pager = Ranges(1, 4)
    pager.take(pager.ask(), told(1, 2, 3, 4, remaining=9))
    up, down = pager.ask(), pager.ask()
    assert pager.take(down, told(10, 9, 8, 7, remaining=2))[0].covers == (6, inf)
    (block,) = pager.take(up, told(5, 6, 7, 8, remaining=2))
    assert (block.rows, block.covers) == ([("x", 5), ("x", 6)], (4, 6))
    assert pager.ask() is None
    assert not pager.left_over


def test_an_empty_page_that_says_nothing_is_asked_for_again_and_counted():
    pager = Ranges(1, 2)
    pager.take(pager.ask(), told(1, 2, remaining=98))
    request = pager.ask(ahead=False)
    assert not request.counted
    assert pager.take(request, Page(rows=[], count=0))[0].covers == (2, 2)
    again = pager.ask(ahead=False)
    assert (again.bounds, again.counted) == (request.bounds, True)


def test_a_request_that_was_given_up_leaves_nothing_over_where_another_one_found_the_end():
    pager = Ranges(1, 2)
    pager.take(pager.ask(), told(1, 2, remaining=8))
    up, down = pager.ask(), pager.ask()
    pager.take(up, told(3, 4))
    pager.lost(down, None)
    assert pager.ask() is None
    assert not pager.left_over


def test_a_request_that_was_given_up_does_not_hide_what_comes_next():
    pager = Ranges(1, 2, gaps=[(0, 100), (200, 300)])
    first, second = pager.ask(), pager.ask()
    pager.take(first, told(1, 2, remaining=9))
    pager.take(second, told(201, 202, remaining=3))
    up, further, down = pager.ask(), pager.ask(), pager.ask()
    pager.take(up, told(3, 4))
    for request in (further, down):
        pager.lost(request, None)
    assert pager.ask(ahead=False).bounds == ((">", 202), ("<=", 300))


def test_a_glimpse_lets_the_next_page_be_asked_for():
    pager = Ranges(1, 2)
    first = pager.ask()
    pager.glimpse(first, 2, 98)
    assert pager.ask().bounds == ((">", 2),)
    assert pager.take(first, told(1, 2, remaining=98))[0].covers[1] == 2


def test_a_glimpse_that_saw_too_far_leaves_a_gap_that_is_filled():
    pager, table = Ranges(1, 2), Table(range(1, 10))
    first = pager.ask()
    pager.glimpse(first, 5, 4)
    (block,) = pager.take(first, table.page(first))
    assert [key for _, key in block.rows] == [1, 2]
    assert pull(pager, table, random.Random(0), 1) == [3, 4, 5, 6, 7, 8, 9]


def test_a_glimpse_that_saw_too_little_leaves_the_rest_to_the_next_page():
    pager, table = Ranges(1, 3), Table(range(1, 8))
    first = pager.ask()
    pager.glimpse(first, 2, 5)
    (block,) = pager.take(first, table.page(first))
    assert ([key for _, key in block.rows], block.covers) == ([1, 2], (-inf, 2))
    assert pull(pager, table, random.Random(0), 1) == [3, 4, 5, 6, 7]


def test_a_page_that_is_lost_after_a_glimpse_is_asked_for_up_to_there():
    pager = Ranges(1, 2)
    first = pager.ask()
    pager.glimpse(first, 2, 98)
    behind = pager.ask()
    pager.lost(first, None)
    assert behind.bounds == ((">", 2),)
    assert pager.ask().bounds == (("<=", 2),)


@pytest.mark.parametrize(("last", "remaining"), [(2, 98), (8, 98), (100, 98), (5, 0)])
def test_glimpses_that_cannot_be_are_passed_over(last, remaining):
    pager = Ranges(1, 2, gaps=[(2, 8)], joined=False)
    pager.glimpse(pager.ask(), last, remaining)
    assert pager.ask() is None


def test_a_glimpse_counts_once_and_not_once_the_page_is_read():
    pager = Ranges(1, 2, joined=False)
    first = pager.ask()
    pager.glimpse(first, 2, 98)
    pager.glimpse(first, 3, 97)
    second = pager.ask()
    assert second.bounds == ((">", 2),)
    pager.take(first, told(1, 2, remaining=98))
    pager.glimpse(first, 50, 50)
    assert pager.ask() is None


def test_a_page_from_behind_is_glimpsed_too():
    pager = Ranges(1, 2)
    pager.take(pager.ask(), told(1, 2, remaining=98))
    up, down = pager.ask(), pager.ask()
    pager.glimpse(down, 99, 96)
    further = pager.ask()
    assert (further.bounds, further.backwards) == (((">", 2), ("<=", 98)), True)
    assert pager.take(up, told(3, 4, remaining=96))[0].covers == (2, 4)
    assert pager.take(further, told(98, 97, remaining=92))[0].covers == (96, 98)
    assert pager.take(down, told(100, 99, remaining=96))[0].covers == (98, inf)


def test_a_glimpse_from_behind_that_saw_too_far_leaves_a_gap_that_is_filled():
    pager, table = Ranges(1, 2), Table(range(1, 10))
    first = pager.ask()
    pager.take(first, table.page(first))
    up, down = pager.ask(), pager.ask()
    pager.glimpse(down, 6, 3)
    (block,) = pager.take(down, table.page(down))
    assert ([key for _, key in block.rows], block.covers) == ([8, 9], (7, inf))
    pager.lost(up, None)
    assert sorted(pull(pager, table, random.Random(0), 1)) == [3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (told(2, 1), "not in the order asked for"),
        (told(1, 1), "not in the order asked for"),
        (told(1, None), "no key"),
        (told(1, True), "no key"),
        (told("1", "2"), "no key"),
        (told(remaining=3), "announces 3 more"),
    ],
)
def test_pages_that_cannot_be_are_refused_and_asked_for_again(page, words):
    pager = Ranges(1, 2)
    request = pager.ask()
    with pytest.raises(TransportError, match=words):
        pager.take(request, page)
    pager.lost(request, None)
    assert pager.ask() == request


def test_keys_that_were_not_asked_for_are_refused():
    pager = Ranges(1, 2)
    pager.take(pager.ask(), told(5, 6, remaining=9))
    for keys in ((6, 7), (1, 7)):
        request = pager.ask()
        with pytest.raises(TransportError, match="keys that were not asked for"):
            pager.take(request, told(*keys, remaining=2))
        pager.lost(request, None)


def test_the_whole_numbers_of_keys_have_no_bound():
    keys = list(islice(count(2**62, 2**40), 30))
    assert sorted(pull(Ranges(1, 3), Table(keys), random.Random(3), 4)) == keys
