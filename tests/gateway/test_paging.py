"""Pagers of one request after the other: what they ask for, what they refuse, and that they lose nothing."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.paging import MAX_PAGE, Drift, PageRequest, Serial, by_offset, is_last, remaining_behind, single

SIZES = st.integers(1, 40)
COUNTS = st.integers(0, 200)
LIMITS = st.none() | st.integers(0, 250)


class Table:
    """Rows with keys in their order, served as the gateway does; ``cap`` is the most it gives, ``says`` what it tells.

    ``bare``: pages that need not say how many rows are behind them do not.
    """

    def __init__(self, keys, cap=MAX_PAGE, *, says=True, bare=False):
        self.keys, self.cap, self.says, self.bare = list(keys), cap, says, bare
        self.requests = []

    def page(self, request):
        self.requests.append(request)
        rows = self.keys[request.offset : request.offset + min(request.size, self.cap)]
        told = {"totalcount": len(self.keys), "offset": request.offset}
        told["numremaining"] = max(0, len(self.keys) - request.offset - len(rows))
        says = self.says and (request.counted or not self.bare)
        return Page(rows=[("x", key) for key in rows], count=len(rows), **(told if says else {}))


def run(pager, table, meanwhile=lambda: None):
    rows = []
    while (request := pager.ask()) is not None:
        assert pager.ask() is None
        rows += [key for block in pager.take(request, table.page(request)) for _, key in block.rows]
        meanwhile()
    return rows


def take(pager, *pages):
    for page in pages:
        pager.take(pager.ask(), page)


@given(COUNTS, SIZES, LIMITS, st.integers(0, 50))
def test_by_offset_delivers_each_row_once_in_the_fewest_calls(count, size, limit, start):
    table = Table(range(count))
    wanted = table.keys[start:][:limit]
    assert run(by_offset(size, limit, start), table) == wanted
    assert len(table.requests) == (0 if limit == 0 else max(1, ceil(len(wanted) / size)))


@given(COUNTS, SIZES, st.integers(1, 40), st.booleans())
def test_a_gateway_that_gives_less_than_asked_loses_nothing(count, size, cap, bare):
    table = Table(range(1, count + 1), cap=cap, bare=bare)
    assert run(by_offset(size), table) == table.keys


@given(COUNTS, SIZES, LIMITS)
def test_pages_that_say_nothing_cost_no_call_more(count, size, limit):
    table = Table(range(1, count + 1), bare=True)
    pager = by_offset(size, limit)
    wanted = table.keys[:limit]
    assert run(pager, table) == wanted
    assert len(table.requests) == (0 if limit == 0 else max(1, ceil(len(wanted) / size)))
    assert pager.left_over == (limit == 0 or len(wanted) < count)  # nobody has looked where none was wanted


@given(COUNTS, SIZES)
def test_where_the_gateway_says_nothing_a_short_page_is_the_last(count, size):
    table = Table(range(1, count + 1), says=False)
    assert run(by_offset(size), table) == table.keys
    assert len(table.requests) == count // size + 1


@pytest.mark.parametrize(
    ("pager", "left_over"),
    [
        (lambda: by_offset(3, 7), True),
        (lambda: by_offset(3, 9), False),
        (lambda: single(3), True),
        (lambda: single(9), False),
        (lambda: single(0), True),
    ],
)
def test_whether_rows_are_left_over(pager, left_over):
    pager = pager()
    run(pager, Table(range(9)))
    assert pager.left_over == left_over


def test_a_page_that_was_not_answered_is_asked_for_again():
    pager = by_offset(2)
    take(pager, page([1, 2], numremaining=5))
    request = pager.ask()
    assert pager.ask() is None
    assert not pager.lost(request, None)
    assert pager.ask() is request


def test_a_serial_pager_asks_what_it_is_told_to():
    requests = [PageRequest(size=1), PageRequest(size=2), PageRequest(size=0)]
    seen = []

    def follow(request, page):
        seen.append((request, page.count))
        return requests[len(seen)]

    pager = Serial(requests[0], follow)
    blocks = [block for keys in ([1], [2, 3]) for block in pager.take(pager.ask(), page(keys))]
    assert [block.then for block in blocks] == requests[1:]
    assert seen == [(requests[0], 1), (requests[1], 2)]
    assert pager.ask() is None


def test_a_single_page_is_asked_once():
    table = Table(range(100))
    assert run(single(10, 5), table) == list(range(5, 15))
    assert table.requests == [PageRequest(offset=5, size=10)]


@pytest.mark.parametrize(
    ("remaining", "wanted", "counted"),
    [
        (None, None, True),
        (None, 99, True),
        (11, None, False),
        (10, None, True),
        (99, 11, False),
        (99, 10, True),
        (9, 99, True),
    ],
)
def test_only_a_page_that_may_be_the_last_has_to_say_what_is_behind_it(remaining, wanted, counted):
    assert PageRequest(size=10, remaining=remaining, wanted=wanted).counted == counted


FULL, SHORT = [1, 2], [1]


@pytest.mark.parametrize(
    ("before", "keys", "told", "last", "behind"),
    [
        (None, FULL, None, False, None),
        (None, SHORT, None, True, None),
        (9, FULL, None, False, 7),
        (9, SHORT, None, False, None),
        (2, FULL, None, False, 0),
        (2, SHORT, None, True, None),
        (9, FULL, 0, True, 0),
        (None, SHORT, 4, False, 4),
        (None, [], 0, True, 0),
        (None, [], None, True, None),
    ],
)
def test_what_is_behind_a_page(before, keys, told, last, behind):
    request = PageRequest(size=2, remaining=before)
    assert is_last(request, page(keys, numremaining=told)) == last
    assert remaining_behind(request, page(keys, numremaining=told)) == behind


@pytest.mark.parametrize(("now", "rows"), [(12, [*range(12)]), (7, [*range(7)]), (4, [*range(4)])])
def test_drift_is_told_and_paging_goes_on(now, rows):
    table, drifts = Table(range(10)), []

    def change():
        if len(table.requests) == 1:
            table.keys = [*range(now)]

    assert run(by_offset(4, on_drift=drifts.append), table, change) == rows
    assert drifts == [Drift(offset=4, before=10, now=now)]


@pytest.mark.parametrize("says", [True, False])
def test_what_does_not_move_does_not_drift(says):
    drifts = []
    run(by_offset(4, on_drift=drifts.append), Table(range(10), says=says))
    assert drifts == []


def test_drift_need_not_be_told_to_anybody():
    pager = by_offset(2)
    take(pager, page([1, 2], totalcount=9, numremaining=7), page([3, 4], totalcount=8, numremaining=4))
    assert pager.ask().offset == 4


def page(keys, **told):
    return Page(rows=[("x", key) for key in keys], count=len(keys), **told)


def test_an_empty_page_with_more_to_come_is_refused_and_asked_for_again():
    pager = by_offset(2)
    request = pager.ask()
    with pytest.raises(TransportError, match="announces 5 more"):
        pager.take(request, page([], numremaining=5))
    assert not pager.lost(request, TransportError("refused"))
    assert pager.ask() is request


def test_a_gateway_that_ignores_the_offset_is_refused():
    first = page([1, 2], offset=0, numremaining=2)
    with pytest.raises(TransportError, match="asked for offset 2, got 0"):
        take(by_offset(2), first, first)
