"""Results that the gateway keeps: read to their end, and what got lost on its way is found again by ranges of keys."""

import random
from dataclasses import replace
from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import GatewayError, TransportError
from intacct_ql.gateway.kept import Kept
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.paging import PageRequest

SIZES = st.integers(1, 40)
COUNTS = st.integers(0, 200)
LIMITS = st.none() | st.integers(0, 250)
KEYS = st.lists(st.integers(-(10**12), 10**12) | st.integers(0, 300), unique=True, max_size=150)
DICE = st.integers(0, 2**64).map(random.Random)
GONE = GatewayError("function", [("DL02000001", "no such result")])


class Result:
    """What the gateway keeps of some keys: each request gives the next part; ``lost`` ones are passed over.

    Requests with bounds are answered anew from all keys, in no order where there is a dice.
    """

    def __init__(self, keys, size, lost=(), resultid="r", dice=None):
        self.all = list(range(keys)) if isinstance(keys, int) else list(keys)
        self.size, self.lost, self.resultid, self.dice, self.asked = size, lost, resultid, dice, []
        self.rows, self.deleted = list(self.all), set()

    def page(self, request):
        self.asked.append(request)
        if request.bounds or (request.resultid is None and len(self.asked) > 1):
            keys = [key for key in self.all if all(self.stands(key, *bound) for bound in request.bounds)]
            keys = [key for key in keys if key not in self.deleted]
            if self.dice is not None:
                self.dice.shuffle(keys)
            rows, left = keys[: request.size], max(0, len(keys) - request.size)
        else:
            if len(self.asked) in self.lost:
                self.part()
            rows = self.part()
            left = len(self.rows)
        return Page(rows=[("x", row) for row in rows], count=len(rows), numremaining=left, resultid=self.resultid)

    def part(self):
        part, self.rows = self.rows[: self.size], self.rows[self.size :]
        return [key for key in part if key not in self.deleted]

    @staticmethod
    def stands(key, sign, end):
        return key > end if sign == ">" else key <= end


def run(pager, result, meanwhile=lambda: None):
    rows = []
    while (request := pager.ask()) is not None:
        assert pager.ask() is None
        rows += [key for block in pager.take(request, result.page(request)) for _, key in block.rows]
        meanwhile()
    return rows


@given(COUNTS, SIZES, LIMITS)
def test_a_kept_result_is_read_to_its_end_or_its_limit(count, size, limit):
    size = min(size, limit or size)
    result = Result(count, size)
    pager = Kept(size, limit)
    assert run(pager, result)[:limit] == list(range(count))[:limit]
    wanted = count if limit is None else min(count, limit)
    assert [request.resultid for request in result.asked] == (
        [] if limit == 0 else [None, *["r"] * (max(1, ceil(wanted / size)) - 1)]
    )
    assert pager.left_over == (limit is not None and (limit == 0 or len(result.rows) > 0))


def test_a_part_that_got_lost_is_noticed():
    with pytest.raises(TransportError, match="rows are missing: 6 were left, 2 came and 2 are left"):
        run(Kept(2), Result(8, 2, lost=(2,)))


@pytest.mark.parametrize("lost", [2, 3, 4])
def test_a_part_that_got_lost_is_noticed_whenever_more_is_asked_for(lost):
    pager, result, rows = Kept(2), Result(8, 2, lost=(lost,)), []
    for _ in range(9):
        request = pager.ask()
        try:
            rows += [key for block in pager.take(request, result.page(request)) for _, key in block.rows]
        except TransportError as failure:
            pager.lost(request, failure)
    assert rows == list(range(2 * lost - 2))
    assert pager.ask() is not None


@pytest.mark.parametrize("silent", range(3, 10))
def test_a_page_of_a_range_that_is_refused_is_asked_for_again(silent):
    pager, result, rows = Kept(2, index=1), Result(20, 2, lost=(2,)), []
    while (request := pager.ask()) is not None and len(result.asked) < 99:
        page = result.page(request)
        if len(result.asked) == silent:
            page = replace(page, rows=[("x", None)] * 2, count=2, numremaining=None)
        try:
            rows += [key for block in pager.take(request, page) for _, key in block.rows]
        except TransportError as failure:
            pager.lost(request, failure)
    assert sorted(rows) == list(range(20))


@pytest.mark.parametrize("key", [None, "7", Decimal("7.5")])
def test_a_key_of_another_kind_in_a_range_is_refused(key):
    pager = Kept(2, index=1)
    pager.take(pager.ask(), Page(rows=[("x", 1), ("x", 2)], count=2, numremaining=6, resultid="r"))
    request = pager.ask()
    assert pager.lost(request, GONE)
    with pytest.raises(TransportError, match="no key, or one that is not a whole number"):
        pager.take(pager.ask(), Page(rows=[("x", key), ("x", 2)], count=2, numremaining=6))


@given(KEYS, SIZES, st.sets(st.integers(2, 60)), DICE)
def test_what_got_lost_is_looked_for_by_ranges_of_keys(keys, size, lost, dice):
    rows = run(Kept(size, index=1), Result(keys, size, lost=lost, dice=dice))
    assert sorted(rows) == sorted(keys)


@given(COUNTS, SIZES, st.integers(1, 250), st.sets(st.integers(2, 60)))
def test_what_got_lost_is_looked_for_as_far_as_it_is_wanted(count, size, limit, lost):
    rows = run(Kept(size, limit, index=1), Result(count, min(size, limit), lost=lost))
    assert len(rows) == len(set(rows))
    assert min(count, limit) <= len(rows) < limit + size


@given(COUNTS, SIZES, st.sets(st.integers(2, 20)), DICE)
def test_rows_that_are_deleted_meanwhile_harm_no_other(count, size, lost, dice):
    result = Result(count, size, lost=lost)
    steady = set(result.all[::3])

    def delete():
        result.deleted |= {key for key in result.all if key not in steady and dice.random() < 0.2}

    rows = run(Kept(size, index=1), result, delete)
    assert len(rows) == len(set(rows))
    assert steady <= set(rows)


@given(st.integers(3, 500), SIZES)
def test_looking_for_rows_costs_little_more_than_reading_them(count, size):
    result = Result(count, size, lost={2})
    assert sorted(run(Kept(size, index=1), result)) == result.all
    assert len(result.asked) <= 2 * ceil(count / (size * 0.8)) + 6  # parts of a row or two cannot be cut out well


@pytest.mark.parametrize("step", [1, -1], ids=["lowest first", "highest first"])
@pytest.mark.parametrize("size", [1, 7, 40])
@pytest.mark.parametrize("far", [100, 10**6, 10**12])
def test_keys_in_clusters_far_apart_cost_a_few_calls_more(far, size, step):
    keys = [far * cluster + key for cluster in range(4) for key in range(60)]
    result = Result(keys[::step], size, lost={2})
    assert sorted(run(Kept(size, index=1), result)) == keys
    assert len(result.asked) <= 8 * ceil(240 / size) + 200


@given(st.integers(3, 60), st.integers(1, 2))
def test_a_result_that_is_gone_is_read_on_by_ranges_of_keys(count, size):
    result, pager = Result(count, size), Kept(size, index=1)
    rows = [key for block in pager.take(pager.ask(), result.page(PageRequest(size=size))) for _, key in block.rows]
    assert pager.lost(pager.ask(), GONE)
    assert sorted(rows + run(pager, result)) == list(range(count))


def test_a_result_that_is_gone_before_any_row_came_is_read_by_ranges_of_keys():
    pager, result = Kept(2, index=1), Result(3, 2)
    result.page(pager.ask())
    pager.take(PageRequest(size=2), Page(rows=[], count=0, totalcount=3, numremaining=3, resultid="r"))
    assert pager.lost(pager.ask(), GONE)
    assert sorted(run(pager, result)) == [0, 1, 2]


def test_nothing_makes_up_for_a_result_that_is_gone_where_rows_have_no_key():
    result, pager = Result(9, 2), Kept(2)
    pager.take(pager.ask(), result.page(PageRequest(size=2)))
    assert not pager.lost(pager.ask(), GONE)


@pytest.mark.parametrize(
    "failure",
    [
        None,
        TransportError("cut", passing=True),
        TransportError("no", status=524),
        GatewayError("gateway", [("GW-0010", "API rate limit exceeded")]),
        GatewayError("gateway", [("", "The service is temporarily off-line")]),
    ],
    ids=str,
)
def test_what_did_not_reach_the_result_leaves_it_where_it_is(failure):
    pager = Kept(2, index=1)
    pager.take(pager.ask(), Result(9, 2).page(PageRequest(size=2)))
    request = pager.ask()
    assert not pager.lost(request, failure)
    assert pager.ask() is request


def test_a_refused_query_is_no_result_that_is_gone():
    pager = Kept(2, index=1)
    request = pager.ask()
    assert not pager.lost(request, GONE)
    assert pager.ask() is request


def test_a_range_that_failed_is_asked_for_again():
    result, pager = Result(9, 2), Kept(2, index=1)
    pager.take(pager.ask(), result.page(PageRequest(size=2)))
    assert pager.lost(pager.ask(), GONE)
    everything = pager.ask()
    assert everything == PageRequest(size=2)
    pager.take(everything, result.page(everything))
    request = pager.ask()
    assert request.bounds
    assert not pager.lost(request, GONE)
    assert pager.ask() is request


def test_the_rows_of_the_part_behind_a_lost_one_are_given_once():
    result, pager = Result(9, 2, lost={2}), Kept(2, index=1)
    pager.take(pager.ask(), result.page(PageRequest(size=2)))
    behind = pager.ask()
    assert pager.take(behind, result.page(behind))[0].rows == [("x", 4), ("x", 5)]
    assert sorted(run(pager, result)) == [2, 3, 6, 7, 8]


@pytest.mark.parametrize("cells", [(1, "a"), (None, None), (10**30, 3)], ids=str)
def test_keys_of_another_kind_help_nobody(cells):
    pager = Kept(2, index=1)
    page = Page(rows=[("x", cell) for cell in cells], count=2, numremaining=3, resultid="r")
    assert pager.take(pager.ask(), page)[0].rows == page.rows
    assert not pager.lost(pager.ask(), GONE)


def test_an_empty_range_that_announces_rows_is_refused():
    pager = Kept(2, index=1)
    pager.take(pager.ask(), Page(rows=[("x", 1), ("x", 2)], count=2, numremaining=3, resultid="r"))
    assert pager.lost(pager.ask(), GONE)
    with pytest.raises(TransportError, match="3 were left, 0 came and 3 are left"):
        pager.take(pager.ask(), Page(rows=[], count=0, numremaining=3))


@pytest.mark.parametrize(
    ("page", "further"),
    [
        ({"totalcount": 5}, True),
        ({"totalcount": 2}, False),
        ({"numremaining": 3}, True),
        ({"numremaining": 3, "totalcount": 5}, True),
        ({"numremaining": 0}, False),
    ],
    ids=str,
)
def test_either_number_tells_whether_rows_are_behind_the_first_part(page, further):
    pager = Kept(2)
    (block,) = pager.take(pager.ask(), Page(rows=[("x", 1), ("x", 2)], count=2, resultid="r", **page))
    assert block.then == (PageRequest(size=2, resultid="r") if further else None)
    assert pager.ask() == block.then


def test_a_short_first_part_that_says_nothing_is_all():
    pager = Kept(2)
    assert pager.take(pager.ask(), Page(rows=[("x", 1)], count=1))[0].then is None
    assert not pager.left_over


def test_a_kept_result_without_an_id():
    with pytest.raises(TransportError, match="has no id"):
        run(Kept(2), Result(8, 2, resultid=None))


def told(**page):
    """What a pager asks behind these pages, the first of which announces 3 more rows of 5."""
    pager = Kept(2)
    first = Page(rows=[("x", 1), ("x", 2)], count=2, totalcount=5, numremaining=3, resultid="r")
    pager.take(pager.ask(), first)
    pager.take(pager.ask(), Page(**{"rows": [], "count": 0, **page}))
    return pager.ask()


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ({}, "3 were left, 0 came and 3 are left"),
        ({"numremaining": 0}, "3 were left, 0 came and 0 are left"),
        ({"rows": [(3,), (4,)], "count": 2, "numremaining": 2}, "3 were left, 2 came and 2 are left"),
    ],
)
def test_a_kept_result_does_not_end_without_a_word(page, words):
    with pytest.raises(TransportError, match=f"rows are missing: {words}"):
        told(**page)


def test_a_row_that_was_deleted_leaves_a_gap():
    assert told(rows=[("x", 3)], count=1, numremaining=1) == PageRequest(size=2, resultid="r")


def test_a_first_page_that_contradicts_itself():
    pager = Kept(10)
    with pytest.raises(TransportError, match="rows are missing: 60 were left, 0 came and 0 are left"):
        pager.take(pager.ask(), Page(rows=[], count=0, totalcount=60, numremaining=0))
    pager = Kept(1)
    with pytest.raises(TransportError, match="does not say how many rows"):
        pager.take(pager.ask(), Page(rows=[(1,)], count=1))
