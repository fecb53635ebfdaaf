"""Pages in an order, several under way: every row that stays is read once, in its place, however pages land."""

import random
from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sorting_gateway import Gateway, sortings

from intacct_ql.errors import TransportError
from intacct_ql.gateway.keyset import Keyset
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.place import Frontier, OrderColumn

ORDERS = st.one_of(
    st.just(()), st.tuples(sortings("A")), st.tuples(*map(sortings, ["A", "B"])), st.tuples(*map(sortings, "ABC"))
)
COUNTS = st.integers(0, 60)
SIZES = st.integers(1, 9)
LIMITS = st.none() | st.integers(0, 70)
SEEDS = st.integers(0, 2**32)
CONNECTIONS = st.integers(1, 8)
KEY = OrderColumn(index=1, key=True)


class Pull:
    """A pull by so many connections. Pages are taken in by lot; some are lost, some glimpsed, some wrongly."""

    def __init__(self, dice, connections, *, lose=0.0, glimpses=0.0, wrong=0.0):
        self.dice, self.connections, self.lose, self.glimpses, self.wrong = dice, connections, lose, glimpses, wrong
        self.requests, self.blocks, self.most_held = [], [], 0

    def run(self, pager, gateway, meanwhile=lambda: None):
        """All rows, in the order they are given in."""
        under_way = []
        while True:
            request = pager.ask() if len(under_way) < self.connections else None
            if request is not None:
                meanwhile()
                self.requests.append(request)
                under_way.append((request, gateway.page(request)))
                self._glimpse(pager, *under_way[-1])
            if under_way and (request is None or self.dice.random() < 0.5):
                request, page = under_way.pop(self.dice.randrange(len(under_way)))
                if self.dice.random() < self.lose:
                    pager.lost(request, None)
                else:
                    self.blocks += pager.take(request, page)
                    self.most_held = max(self.most_held, pager.held)
            elif request is None:
                assert pager.held == 0
                return [row for block in self.blocks for row in block.rows]

    def _glimpse(self, pager, request, page):
        dice, key = self.dice, pager._columns[-1].index
        if page.rows and isinstance(page.rows[-1][key], int) and dice.random() < self.glimpses:
            pager.glimpse(request, page.rows[-1][key], page.numremaining or 0)
        if dice.random() < self.wrong:
            pager.glimpse(request, dice.randint(-5, 130), dice.randint(0, 9))


def gateway_of(order, count, dice, *, falling=False, bare=False):
    gateway = Gateway(order, falling=falling)
    gateway.bare = bare
    gateway.rows = [gateway.by_lot(dice, key) for key in range(0, 2 * count, 2)]
    return gateway


def fewest(rows, size):
    return max(1, ceil(rows / size))


# What does not change.


@given(ORDERS, st.booleans(), COUNTS, SIZES, LIMITS, st.booleans(), SEEDS)
def test_one_after_the_other_the_calls_are_as_few_as_can_be(order, falling, count, size, limit, bare, seed):
    dice = random.Random(seed)
    gateway = gateway_of(order, count, dice, falling=falling, bare=bare)
    pager, found = gateway.pager(size, limit), []
    while (request := pager.ask(ahead=False)) is not None:
        assert pager.ask(ahead=False) is None
        assert request.offset == 0
        found += [row for block in pager.take(request, gateway.page(request)) for row in block.rows]
    wanted = gateway.in_order()[:limit]
    assert found == wanted
    assert gateway.calls == (0 if limit == 0 else fewest(len(wanted), size))
    assert pager.left_over == (limit == 0 or len(wanted) < count)  # nobody has looked where none was wanted


@given(ORDERS, st.booleans(), COUNTS, SIZES, LIMITS, CONNECTIONS, st.booleans(), SEEDS)
def test_several_connections_cost_no_call_more(order, falling, count, size, limit, connections, bare, seed):
    dice = random.Random(seed)
    gateway = gateway_of(order, count, dice, falling=falling, bare=bare)
    pager = gateway.pager(size, limit)
    wanted = gateway.in_order()[:limit]
    assert Pull(dice, connections).run(pager, gateway) == wanted
    assert gateway.calls == (0 if limit == 0 else fewest(len(wanted), size))
    assert pager.left_over == (limit == 0 or len(wanted) < count)


@given(ORDERS, COUNTS, st.integers(1, 9), CONNECTIONS, SEEDS)
def test_where_no_row_can_be_added_to_a_page_each_has_one_row_less(order, count, size, connections, seed):
    dice = random.Random(seed)
    gateway = gateway_of(order, count, dice)
    gateway.most = size
    assert Pull(dice, connections).run(gateway.pager(size, most_rows=size), gateway) == gateway.in_order()
    assert gateway.calls <= (fewest(count, size) if size == 1 else 1 + ceil(max(0, count - size) / (size - 1)))


@given(st.tuples(*map(sortings, "AB")), st.integers(0, 40), SIZES, CONNECTIONS, SEEDS)
def test_groups_are_read_once_and_in_order_however_the_gateway_sorts(order, count, size, connections, seed):
    gateway, dice = Gateway(order, keyed=False), random.Random(seed)
    groups = dict.fromkeys(gateway.by_lot(dice, 0)[:-1] for _ in range(count))
    gateway.rows = [(*group, 1) for group in groups]
    assert Pull(dice, connections, lose=0.1).run(gateway.pager(size), gateway) == gateway.in_order()


@given(ORDERS, COUNTS, SIZES, CONNECTIONS, SEEDS)
def test_what_is_lost_or_glimpsed_wrongly_is_asked_for_again(order, count, size, connections, seed):
    dice = random.Random(seed)
    gateway = gateway_of(order, count, dice)
    pull = Pull(dice, connections, lose=0.2, glimpses=0.4, wrong=0.2)
    assert pull.run(gateway.pager(size), gateway) == gateway.in_order()


@given(ORDERS, COUNTS, SIZES, st.integers(1, 9), CONNECTIONS, st.booleans(), SEEDS)
def test_a_gateway_that_gives_less_than_asked_loses_nothing(order, count, size, most, connections, bare, seed):
    dice = random.Random(seed)
    gateway = gateway_of(order, count, dice, bare=bare)
    gateway.most = most
    assert Pull(dice, connections).run(gateway.pager(size), gateway) == gateway.in_order()


@given(ORDERS, COUNTS, SIZES, LIMITS, st.integers(0, 70), CONNECTIONS, SEEDS)
def test_any_row_can_be_gone_on_behind(order, count, size, limit, offset, connections, seed):
    dice, offset = random.Random(seed), 0 if order else offset
    gateway = gateway_of(order, count, dice)
    pull = Pull(dice, connections)
    wanted = gateway.in_order()[offset:]
    assert pull.run(gateway.pager(size, limit, start_offset=offset), gateway) == wanted[:limit]
    came = 0
    for block in pull.blocks:
        came += len(block.rows)
        if block.then is None:
            assert came == len(wanted)
            continue
        further = gateway.pager(size, start=block.then.behind, start_offset=block.then.offset)
        assert Pull(dice, 1).run(further, gateway) == wanted[came:]


@given(st.tuples(*map(sortings, "AB")), COUNTS, SIZES, st.integers(1, 70), SEEDS)
def test_in_other_orders_one_page_has_to_hold_what_is_wanted_behind_rows_that_are_passed_over(
    order, count, size, offset, seed
):
    gateway = gateway_of(order, count, random.Random(seed))
    pager, wanted = gateway.pager(size, size, start_offset=offset), gateway.in_order()[offset:]
    (block,) = pager.take(request := pager.ask(), gateway.page(request))
    assert (block.rows, block.then, pager.ask()) == (wanted[:size], None, None)
    pager = gateway.pager(size, start_offset=offset)
    page = gateway.page(request := pager.ask())
    if len(wanted) > size:
        with pytest.raises(TransportError, match="rows that were passed over are not known"):
            pager.take(request, page)


@given(st.integers(1, 60), st.integers(2, 9), CONNECTIONS, SEEDS)
def test_pages_wait_only_for_those_that_are_under_way(count, size, connections, seed):
    gateway, most = gateway_of((), count, random.Random(seed)), 0
    pager, under_way, found = gateway.pager(size), [], 0
    while under_way or found < count:
        while len(under_way) + pager.held < connections and (request := pager.ask()) is not None:
            under_way.append((request, gateway.page(request)))
        blocks = pager.take(*under_way.pop())  # the last one first
        found += sum(len(block.rows) for block in blocks)
        most = max(most, pager.held)
    assert most < connections


# What comes and goes.


@given(ORDERS, st.booleans(), COUNTS, SIZES, CONNECTIONS, st.sampled_from([2, 2000]), SEEDS)
def test_steady_rows_are_read_once_and_in_order_while_others_come_go_and_move(
    order, falling, count, size, connections, most, seed
):
    dice = random.Random(seed)
    gateway = gateway_of(order, count, dice, falling=falling)
    gateway.bare = dice.random() < 0.5
    steady = set(gateway.rows[::2])

    def change():
        if gateway.calls > 200:
            return
        moving = {key: gateway.by_lot(dice, key) for key in dice.choices(range(-1, 2 * count + 2), k=3)}
        kept = [row for row in gateway.rows if row in steady or (row[-1] not in moving and dice.random() < 0.9)]
        taken = {row[-1] for row in kept}
        gateway.rows = kept + [row for key, row in moving.items() if key not in taken]

    pull = Pull(dice, connections, lose=0.1, glimpses=0.3, wrong=0.05)
    found = pull.run(gateway.pager(size, most_rows=max(most, size)), gateway, change)
    assert Counter(row for row in found if row in steady) == Counter(steady)
    assert [row for row in found if row in steady] == [row for row in gateway.in_order() if row in steady]


@given(ORDERS, COUNTS, SIZES, st.integers(1, 70), CONNECTIONS, SEEDS)
def test_a_limit_holds_and_can_be_gone_on_behind_while_rows_come_and_go(order, count, size, limit, connections, seed):
    dice = random.Random(seed)
    gateway = gateway_of(order, count, dice)
    steady = set(gateway.rows[::2])

    def change():
        new = [gateway.by_lot(dice, key) for key in dice.choices(range(-1, 2 * count + 2, 2), k=gateway.calls < 200)]
        kept = [row for row in gateway.rows if row in steady or dice.random() < 0.9]
        gateway.rows = [*kept, *(row for row in new if row[-1] not in {one[-1] for one in kept})]

    pull = Pull(dice, connections, lose=0.1, glimpses=0.3)
    found = pull.run(gateway.pager(size, limit), gateway, change)
    assert len(found) <= limit
    if (then := pull.blocks[-1].then) is not None:
        found += Pull(dice, connections).run(gateway.pager(size, start=then.behind), gateway, change)
    assert Counter(row for row in found if row in steady) == Counter(steady)


def told(*keys, remaining=0):
    return Page(rows=[("x", key) for key in keys], count=len(keys), numremaining=remaining)


def begun(size=4, **settings):
    """A pager whose first page has come, of 100 rows."""
    pager = Keyset([KEY], size, **settings)
    pager.take(pager.ask(), told(*range(1, size + 1), remaining=100 - size))
    return pager


def asked(pager, number):
    """What is asked for next: the key it begins behind, the offset, and the rows."""
    requests = [request for request in (pager.ask() for _ in range(number)) if request is not None]
    return requests, [(one.behind.open[0][0], one.offset, one.size) for one in requests]


def rows_of(blocks):
    return [[key for _, key in block.rows] for block in blocks]


def test_only_the_first_page_is_asked_for_before_its_rows_are_counted():
    pager = Keyset([KEY], 4)
    first = pager.ask()
    assert pager.ask() is None
    assert rows_of(pager.take(first, told(1, 2, 3, 4))) == [[1, 2, 3, 4]]
    assert pager.ask() is None


def test_each_page_begins_with_the_row_that_the_one_before_is_to_end_with():
    _, requests = asked(begun(), 3)
    assert requests == [(4, 0, 4), (4, 3, 5), (4, 7, 5)]
    _, requests = asked(begun(most_rows=4), 3)
    assert requests == [(4, 0, 4), (4, 3, 4), (4, 6, 4)]


@pytest.mark.parametrize(("left", "at_once"), [(8, 1), (9, 3), (10, 3), (12, 1), (76, 1), (77, 3), (80, 1), (84, 3)])
def test_few_pages_cost_no_call_more_where_no_row_can_be_added(left, at_once):
    pager = Keyset([KEY], 4, most_rows=4)
    pager.take(pager.ask(), told(1, 2, 3, 4, remaining=left))
    assert len(asked(pager, 3)[1]) == at_once


@given(st.integers(0, 120), st.integers(2, 4), LIMITS, CONNECTIONS, SEEDS)
def test_few_pages_or_a_limit_never_cost_a_call_more(count, size, limit, connections, seed):
    dice = random.Random(seed)
    gateway = gateway_of((), count, dice)
    gateway.most = size
    wanted = gateway.in_order()[:limit]
    assert Pull(dice, connections).run(gateway.pager(size, limit, most_rows=size), gateway) == wanted
    pages = 0 if limit == 0 else fewest(len(wanted), size)
    if pages > 20 and limit is None:
        pages = 1 + ceil((count - size) / (size - 1))
    assert gateway.calls <= pages


def test_pages_wait_for_the_one_in_front_and_are_given_together():
    pager = begun()
    (front, second, third), _ = asked(pager, 3)
    assert pager.take(third, told(12, 13, 14, 15, 16, remaining=84)) == []
    assert pager.take(second, told(8, 9, 10, 11, 12, remaining=88)) == []
    assert pager.held == 2
    assert rows_of(pager.take(front, told(5, 6, 7, 8, remaining=92))) == [
        [5, 6, 7, 8],
        [9, 10, 11, 12],
        [13, 14, 15, 16],
    ]
    assert (pager.held, asked(pager, 2)[1]) == (0, [(16, 0, 4), (16, 3, 5)])


def test_no_page_is_asked_for_beyond_the_last_row():
    pager = Keyset([KEY], 4)
    pager.take(pager.ask(), told(1, 2, 3, 4, remaining=5))
    assert asked(pager, 9)[1] == [(4, 0, 4), (4, 3, 5)]


def test_rows_that_came_in_front_of_a_page_are_passed_over():
    pager = begun()
    (front, second), _ = asked(pager, 2)
    pager.take(front, told(5, 6, 7, 8, remaining=92))
    assert rows_of(pager.take(second, told(6, 7, 8, 9, 10, remaining=90))) == [[9, 10]]


def test_rows_that_may_be_missing_in_front_of_a_page_are_asked_for_first():
    pager = begun()
    (front, second), _ = asked(pager, 2)
    pager.take(front, told(5, 6, 7, 8, remaining=92))
    assert pager.take(second, told(10, 11, 12, 13, 14, remaining=86)) == []  # 5 is gone, and 9 is not on any page
    (between, _), requests = asked(pager, 2)
    assert requests == [(8, 0, 4), (8, 3, 5)]
    blocks = pager.take(between, told(9, 10, 11, 12, remaining=88))
    assert rows_of(blocks) == [[9, 10, 11, 12], [13, 14]]


def test_what_does_not_lead_up_to_a_page_is_asked_for_anew():
    pager = begun()
    (front, second, third), _ = asked(pager, 3)
    pager.take(front, told(5, 6, 7, 8, remaining=92))
    pager.take(second, told(40, 41, 42, 43, 44, remaining=56))
    (between,), _ = asked(pager, 1)
    assert rows_of(pager.take(between, told(9, 10, 11, 12, remaining=88))) == [[9, 10, 11, 12]]
    assert asked(pager, 1)[1] == [(12, 0, 4)]
    assert pager.take(third, told(45, 46, 47, 48, remaining=52)) == []


def test_pages_do_not_follow_rows_of_a_class_that_comes_up_late():
    """Empty cells come first at this gateway, and there was none until 4 had been read."""
    pager = Keyset([OrderColumn(index=0, descending=True), KEY], 1)

    def page(*rows, remaining):
        return Page(rows=list(rows), count=len(rows), numremaining=remaining)

    pager.take(pager.ask(), page((9, 5), remaining=2))
    front, second = pager.ask(), pager.ask()
    assert rows_of(pager.take(front, page((1, 4), remaining=1))) == [[4]]
    assert pager.take(second, page((None, 10), (2, 7), remaining=2)) == []  # 10 and 7 are new, 4 comes behind them
    assert rows_of(pager.take(pager.ask(), page((None, 10), remaining=1))) == [[10]]
    assert pager.ask().offset == 0


def test_no_more_rows_are_given_than_are_wanted():
    pager = Keyset([KEY], 4, 14)
    pager.take(pager.ask(), told(1, 2, 3, 4, remaining=96))
    (front, second, third), _ = asked(pager, 9)
    pager.take(third, told(13, 14, 15, remaining=85))
    pager.take(second, told(9, 10, 11, 12, 13, remaining=87))  # 5 is gone
    pager.take(front, told(5, 6, 7, 8, remaining=92))
    blocks = pager.take(pager.ask(), told(9, 10, 11, 12, remaining=88))
    assert rows_of(blocks) == [[9, 10, 11, 12], [13], [14]]
    assert (blocks[-1].then.wanted, pager.left_over, pager.ask()) == (0, True, None)


def test_where_rows_move_all_the_time_nothing_is_asked_for_ahead_until_many_pages_have_come():
    pager, at_once, last = begun(), [], 4
    for _ in range(400):
        requests = [*iter(pager.ask, None)][:2]
        at_once.append(len(requests))
        pager.take(requests[0], told(*range(last + 1, last + 5), remaining=10_000))
        last += 4
        for request in requests[1:]:
            pager.take(request, told(1_000_000, remaining=9))
    assert sum(at_once) <= 400 * 1.1


def test_a_page_that_is_wrong_is_told_of_and_asked_for_again():
    pager = begun()
    (front, second), _ = asked(pager, 2)
    assert pager.take(second, told(8, 7, 6, remaining=92)) == []
    blocks = pager.take(front, told(5, 6, 7, 8, remaining=92))
    assert rows_of(blocks) == [[5, 6, 7, 8]]
    again = pager.ask()
    assert (again.behind.open[0][0], again.offset) == (8, 0)
    with pytest.raises(TransportError, match="does not progress"):
        pager.take(again, told(9, 8, remaining=92))
    assert rows_of(pager.take(pager.ask(), told(9, 10, remaining=90))) == [[9, 10]]


def test_a_page_that_was_not_answered_is_asked_for_again():
    pager = begun()
    (front, second), _ = asked(pager, 2)
    assert not pager.lost(front, None)
    again = pager.ask()
    assert again == front
    pager.lost(second, None)
    pager.take(again, told(5, 6, 7, 8, remaining=92))
    assert asked(pager, 1)[1] == [(8, 0, 4)]


def test_a_glimpse_lets_the_next_page_begin_behind_its_last_row():
    pager = begun()
    (front,), _ = asked(pager, 1)
    pager.glimpse(front, 8, 92)
    (second,), requests = asked(pager, 1)
    assert requests == [(8, 0, 4)]
    assert pager.take(second, told(9, 10, 11, 12, remaining=88)) == []
    assert rows_of(pager.take(front, told(5, 6, 7, 8, remaining=92))) == [[5, 6, 7, 8], [9, 10, 11, 12]]


@pytest.mark.parametrize("seen", [6, 10])
def test_a_glimpse_that_was_wrong_loses_nothing(seen):
    pager = begun()
    (front,), _ = asked(pager, 1)
    pager.glimpse(front, seen, 92)
    (second,), _ = asked(pager, 1)
    pager.take(front, told(5, 6, 7, 8, remaining=92))
    keys = range(seen + 1, seen + 5)
    blocks = pager.take(second, told(*keys, remaining=100 - keys[-1]))
    if blocks:
        assert rows_of(blocks) == [[9, 10]]
    else:
        assert rows_of(pager.take(pager.ask(), told(9, 10, 11, 12, remaining=88))) == [[9, 10, 11, 12], [13, 14]]


def test_rows_are_passed_over_on_the_first_page_alone():
    start = Frontier(open=((1, None),), met=(0,))
    pager = Keyset([KEY], 3, start=start, start_offset=2)
    first = pager.ask()
    assert (first.behind, first.offset) == (start, 2)
    pager.take(first, told(4, 5, 6, remaining=9))
    assert asked(pager, 2)[1] == [(6, 0, 3), (6, 2, 4)]


def test_the_last_requests_ask_for_what_is_still_wanted():
    pager = Keyset([KEY], 30, 70)
    pager.take(pager.ask(), told(*range(30), remaining=200))
    (front, second), requests = asked(pager, 9)
    assert requests == [(29, 0, 30), (29, 29, 11)]
    assert [(one.wanted, one.remaining) for one in (front, second)] == [(40, 200), (11, 171)]


def test_a_short_page_that_says_nothing_is_not_the_last():
    pager = Keyset([KEY], 2)
    pager.take(pager.ask(), told(1, 2, remaining=8))
    pager.take(pager.ask(), Page(rows=[("x", 3)], count=1))
    request = pager.ask()
    assert request.behind.open == ((3, None),)
    assert request.counted


@given(COUNTS, SIZES, CONNECTIONS, SEEDS)
def test_where_the_gateway_says_nothing_a_short_page_is_the_last(count, size, connections, seed):
    dice = random.Random(seed)
    gateway = gateway_of((), count, dice)
    page = gateway.page
    gateway.page = lambda request: Page(rows=(found := page(request)).rows, count=found.count)
    assert Pull(dice, connections).run(gateway.pager(size), gateway) == gateway.in_order()
    assert gateway.calls == count // size + 1


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ([1, 2], [2, 3], "does not progress"),
        ([1, 2], [1, 2], "does not progress"),
        ([2, 1], [3], "does not progress"),
        ([1, 1], [3], "does not progress"),
        ([1, None], [3], "no key"),
        (["a", ""], ["c"], "no key"),
        (["a", "b"], ["b", "c"], "does not progress"),
        (["a", "b"], ["a", "b"], "does not progress"),
        (["b", "c"], ["a", "c"], "two pages end with the same row"),
    ],
)
def test_pages_that_do_not_progress_are_refused(first, second, words):
    pager = Keyset([KEY], 2)

    def read():
        for keys in (first, second):
            pager.take(pager.ask(), told(*keys, remaining=5))

    with pytest.raises(TransportError, match=words):
        read()


def test_an_order_that_goes_the_other_way_is_refused():
    pager = Keyset([OrderColumn(index=1, key=True, descending=True)], 2)
    with pytest.raises(TransportError, match="2 comes after 1"):
        pager.take(pager.ask(), told(1, 2, remaining=5))


def test_an_empty_page_with_more_to_come_is_refused_and_asked_for_again():
    pager = Keyset([KEY], 2)
    request = pager.ask()
    with pytest.raises(TransportError, match="announces 5 more"):
        pager.take(request, told(remaining=5))
    assert not pager.lost(request, TransportError("refused"))
    assert pager.ask() == request
