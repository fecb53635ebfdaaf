from dataclasses import replace
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.paging import MAX_PAGE, Drift, PageRequest, by_offset, by_result, keyset, single

SIZES = st.integers(1, 40)
COUNTS = st.integers(0, 200)
LIMITS = st.none() | st.integers(0, 250)


class Table:
    """Rows with ascending keys, served as the gateway does; ``cap`` is the most it gives, ``says`` what it tells."""

    def __init__(self, keys, cap=MAX_PAGE, says=True):
        self.keys, self.cap, self.says, self.requests = list(keys), cap, says, []

    def page(self, request):
        self.requests.append(request)
        keys = [key for key in self.keys if request.after is None or key > int(request.after)]
        rows = keys[request.offset : request.offset + min(request.size, self.cap)]
        told = {"totalcount": len(keys), "offset": request.offset}
        told["numremaining"] = max(0, len(keys) - request.offset - len(rows))
        return Page(rows=[("x", key) for key in rows], count=len(rows), **(told if self.says else {}))


def run(pages, table, meanwhile=lambda: None):
    rows, page = [], None
    try:
        while True:
            page = table.page(pages.send(page))
            rows += [key for _, key in page.rows]
            meanwhile()
    except StopIteration:
        return rows


@given(COUNTS, SIZES, LIMITS)
def test_keyset_delivers_each_row_once_in_the_fewest_calls(count, size, limit):
    table = Table(range(10, 10 + 3 * count, 3))
    wanted = table.keys[:limit]
    assert run(keyset(1, size, limit), table) == wanted
    calls = 0 if limit == 0 else max(1, ceil(len(wanted) / size))
    assert len(table.requests) == calls
    assert all(request.offset == 0 for request in table.requests)


@given(COUNTS, SIZES, LIMITS)
def test_keyset_goes_down_as_it_goes_up(count, size, limit):
    # A descending table is an ascending one of negative keys, as the pager sees it.
    table = Table(range(-count, 0))
    pages, page, rows = keyset(1, size, limit, descending=True), None, []
    try:
        while True:
            request = pages.send(page)
            after = None if request.after is None else str(-int(request.after))
            found = table.page(PageRequest(after=after, size=request.size))
            page = replace(found, rows=[(text, -key) for text, key in found.rows])
            rows += [key for _, key in page.rows]
    except StopIteration:
        assert rows == [*range(count, 0, -1)][:limit]


def test_an_order_that_goes_the_other_way_is_refused():
    pages = keyset(1, 2, descending=True)
    next(pages)
    with pytest.raises(TransportError, match="the key 2 comes after 1"):
        pages.send(page([1, 2], numremaining=5))


@given(COUNTS, SIZES, LIMITS, st.integers(0, 50))
def test_by_offset_delivers_each_row_once_in_the_fewest_calls(count, size, limit, start):
    table = Table(range(count))
    wanted = table.keys[start:][:limit]
    assert run(by_offset(size, limit, start), table) == wanted
    assert len(table.requests) == (0 if limit == 0 else max(1, ceil(len(wanted) / size)))


@given(COUNTS, SIZES, st.integers(1, 40), st.booleans())
def test_a_gateway_that_gives_less_than_asked_loses_nothing(count, size, cap, offsets):
    table = Table(range(1, count + 1), cap=cap)
    assert run(by_offset(size) if offsets else keyset(1, size), table) == table.keys


@given(COUNTS, SIZES, st.booleans())
def test_where_the_gateway_says_nothing_a_short_page_is_the_last(count, size, offsets):
    table = Table(range(1, count + 1), says=False)
    assert run(by_offset(size) if offsets else keyset(1, size), table) == table.keys
    assert len(table.requests) == count // size + 1


@given(st.data(), st.integers(1, 60), st.integers(1, 10))
def test_keyset_keeps_its_promise_while_rows_come_and_go(data, count, size):
    table = Table(range(0, count * 2, 2))
    steady = set(table.keys)

    def change():
        gone = data.draw(st.sampled_from(table.keys)) if table.keys else None
        steady.discard(gone)
        table.keys = sorted({key for key in table.keys if key != gone} | {data.draw(st.integers(0, 130)) * 2 + 1})

    rows = run(keyset(1, size), table, change)
    assert len(rows) == len(set(rows))
    assert steady <= set(rows)


def test_the_key_is_sent_as_text():
    table = Table([7, 8, 10**12])
    run(keyset(1, 1), table)
    assert [request.after for request in table.requests] == [None, "7", "8"]


def test_a_single_page_is_asked_once():
    table = Table(range(100))
    assert run(single(10, 5), table) == list(range(5, 15))
    assert table.requests == [PageRequest(offset=5, size=10)]


def test_drift_is_told_and_paging_goes_on():
    table, drifts = Table(range(10)), []

    def grow():
        if len(table.requests) == 1:
            table.keys = [*range(12)]

    run(by_offset(4, on_drift=drifts.append), table, grow)
    assert drifts == [Drift(offset=4, before=10, now=12)]


def page(keys, **told):
    return Page(rows=[("x", key) for key in keys], count=len(keys), **told)


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
        (["a", "b"], ["a", "b"], "two pages end with the key b"),
    ],
)
def test_pages_that_do_not_progress_are_refused(first, second, words):
    pages = keyset(1, 2)
    next(pages)
    with pytest.raises(TransportError, match=words):  # noqa: PT012 - either page may be the one
        pages.send(page(first, numremaining=5))
        pages.send(page(second, numremaining=5))


@pytest.mark.parametrize("pages", [keyset(1, 2), by_offset(2)])
def test_an_empty_page_with_more_to_come_is_refused(pages):
    next(pages)
    with pytest.raises(TransportError, match="announces 5 more"):
        pages.send(page([], numremaining=5))


def test_a_gateway_that_ignores_the_offset_is_refused():
    pages = by_offset(2)
    next(pages)
    pages.send(page([1, 2], offset=0, numremaining=2))
    with pytest.raises(TransportError, match="asked for offset 2, got 0"):
        pages.send(page([1, 2], offset=0, numremaining=2))


class Kept:
    """A result that the gateway keeps: each request gives the next part, whatever its size says; ``lost`` parts too."""

    def __init__(self, count, lost=(), resultid="r"):
        self.rows, self.lost, self.resultid, self.asked, self.size = list(range(count)), lost, resultid, [], None

    def page(self, request):
        self.asked.append(request.resultid)
        if len(self.asked) in self.lost:
            self.part()
        part = self.part(request.size)
        return Page(rows=part, count=len(part), numremaining=len(self.rows), resultid=self.resultid)

    def part(self, size=None):
        self.size = self.size or size
        part, self.rows = self.rows[: self.size], self.rows[self.size :]
        return [("x", row) for row in part]


@given(COUNTS, SIZES, LIMITS)
def test_a_kept_result_is_read_to_its_end_or_its_limit(count, size, limit):
    kept = Kept(count)
    rows = run(by_result(size, limit), kept)
    assert rows[:limit] == list(range(count))[:limit]
    assert kept.asked == ([] if limit == 0 else [None, *["r"] * (len(kept.asked) - 1)])
    wanted = count if limit is None else min(count, limit)
    assert len(kept.asked) == (0 if limit == 0 else max(1, ceil(wanted / min(size, limit or size))))


def test_a_part_that_got_lost_is_noticed():
    with pytest.raises(TransportError, match="rows are missing: 6 were left, 2 came and 2 are left"):
        run(by_result(2), Kept(8, lost=(2,)))


def test_a_kept_result_without_an_id():
    with pytest.raises(TransportError, match="has no id"):
        run(by_result(2), Kept(8, resultid=None))


def told(**page):
    """What a pager says to these pages, the first of which announces 3 more rows of 5."""
    pages = by_result(2)
    next(pages)
    first = Page(rows=[(1,), (2,)], count=2, totalcount=5, numremaining=3, resultid="r")
    pages.send(first)
    return pages.send(Page(**{"rows": [], "count": 0, **page}))


def test_a_kept_result_does_not_end_without_a_word():
    with pytest.raises(TransportError, match="rows are missing: 3 were left, 0 came and 3 are left"):
        told()
    with pytest.raises(TransportError, match="rows are missing: 3 were left, 0 came and 0 are left"):
        told(numremaining=0)
    with pytest.raises(TransportError, match="rows are missing: 3 were left, 2 came and 2 are left"):
        told(rows=[(3,), (4,)], count=2, numremaining=2)


def test_a_row_that_was_deleted_leaves_a_gap():
    assert told(rows=[(3,)], count=1, numremaining=1) == PageRequest(size=2, resultid="r")


def test_a_first_page_that_contradicts_itself():
    pages = by_result(10)
    next(pages)
    with pytest.raises(TransportError, match="rows are missing: 60 were left, 0 came and 0 are left"):
        pages.send(Page(rows=[], count=0, totalcount=60, numremaining=0))
    pages = by_result(1)
    next(pages)
    with pytest.raises(TransportError, match="does not say how many rows"):
        pages.send(Page(rows=[(1,)], count=1))
