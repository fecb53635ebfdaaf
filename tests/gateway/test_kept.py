"""Results that the gateway keeps: read to their end, and what got lost on its way is found again by ranges of keys."""

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
GONE = GatewayError("function", [("DL02000001", "no such result")])


class Result:
    """What the gateway keeps of so many rows: each request gives the next part; ``lost`` ones are passed over.

    Requests with bounds are answered anew from all rows.
    """

    def __init__(self, count, size, lost=(), resultid="r"):
        self.all, self.size, self.lost, self.resultid, self.asked = list(range(count)), size, lost, resultid, []
        self.rows = list(self.all)

    def page(self, request):
        self.asked.append(request)
        if request.bounds or (request.resultid is None and len(self.asked) > 1):
            keys = [key for key in self.all if all(self.stands(key, *bound) for bound in request.bounds)]
            rows, left = keys[: request.size], max(0, len(keys) - request.size)
        else:
            if len(self.asked) in self.lost:
                self.part()
            rows = self.part()
            left = len(self.rows)
        return Page(rows=[("x", row) for row in rows], count=len(rows), numremaining=left, resultid=self.resultid)

    def part(self):
        part, self.rows = self.rows[: self.size], self.rows[self.size :]
        return part

    @staticmethod
    def stands(key, sign, end):
        return key > end if sign == ">" else key <= end


def run(pager, result):
    rows = []
    while (request := pager.ask()) is not None:
        rows += [key for _, key in pager.take(request, result.page(request)).rows]
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


@given(COUNTS, SIZES, st.sets(st.integers(2, 60)))
def test_what_got_lost_is_looked_for_by_ranges_of_keys(count, size, lost):
    rows = run(Kept(size, index=1), Result(count, size, lost=lost))
    assert sorted(rows) == list(range(count))


@given(st.integers(3, 60), st.integers(1, 2))
def test_a_result_that_is_gone_is_read_on_by_ranges_of_keys(count, size):
    result, pager = Result(count, size), Kept(size, index=1)
    rows = [key for _, key in pager.take(pager.ask(), result.page(PageRequest(size=size))).rows]
    assert pager.lost(pager.ask(), GONE)
    assert sorted(rows + run(pager, result)) == list(range(count))


def test_nothing_makes_up_for_a_result_that_is_gone_where_rows_have_no_key():
    result, pager = Result(9, 2), Kept(2)
    pager.take(pager.ask(), result.page(PageRequest(size=2)))
    assert not pager.lost(pager.ask(), GONE)


def test_a_failure_on_the_way_leaves_the_result_where_it_is():
    pager = Kept(2, index=1)
    pager.take(pager.ask(), Result(9, 2).page(PageRequest(size=2)))
    request = pager.ask()
    assert not pager.lost(request, TransportError("cut", passing=True))
    assert pager.ask() is request


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
