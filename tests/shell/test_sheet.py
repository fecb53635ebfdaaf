"""Rows laid out for the pager, and mended queries: without a terminal."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

import intacct_ql as iql
from intacct_ql.errors import Stopped, TransportError
from intacct_ql.result import Result, ResultColumn, Stats
from intacct_ql.schema.types import DataType
from intacct_ql.shell.mending import mended
from intacct_ql.shell.sheet import WIDEST, Sheet

COLUMNS = [
    ResultColumn(name="NAME", type=DataType.TEXT, path="NAME"),
    ResultColumn(name="DUE", type=DataType.CURRENCY, path="DUE"),
]


class Pages:
    """Rows that come a page at a time, and tell how many pages were asked for; some pages are failures."""

    def __init__(self, *pages: list[tuple[object, ...]], end: Exception | None = None) -> None:
        self.asked = 0
        self._left = [*pages]
        self._end = end

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        raise NotImplementedError

    def pages(self) -> Iterator[list[tuple[object, ...]]]:
        while self._left:
            page = self._left.pop(0)
            self.asked += 1
            if isinstance(page, Exception):
                raise page
            yield page
        if self._end is not None:
            raise self._end


def sheet(pages: Pages) -> Sheet:
    return Sheet(Result(COLUMNS, pages, Stats()))


def test_numbers_stand_at_the_right_and_null_is_seen() -> None:
    one = sheet(Pages([("a", Decimal("1.50")), (None, Decimal("10000.00")), ("会社", None)]))
    one.read()
    assert [one.header(0, 40), *one.lines(0, 9, 0, 40)] == [
        "NAME        DUE",
        "a          1.50",
        "NULL   10000.00",
        "会社       NULL",
    ]


def test_pages_are_read_one_at_a_time_and_only_when_they_are_wanted() -> None:
    pages = Pages([("a", None)], [("b", None)])
    one = sheet(pages)
    assert pages.asked == 0
    one.read()
    assert (pages.asked, len(one.rows), one.ended) == (1, 1, False)
    one.read()
    one.read()
    assert (pages.asked, len(one.rows), one.ended) == (2, 2, True)


def test_the_end_is_known_where_the_gateway_has_counted() -> None:
    with iql.demo() as session:
        one = Sheet(session.query("select RECORDNO from APBILL option (pagesize = 100)"))
        one.read()
        assert (one.ended, len(one.rows) < one.result.stats.total) == (False, True)
        while not one.ended:
            calls = one.result.stats.calls
            one.read()
            assert one.result.stats.calls == calls + 1, "a page is a call, and the end is none"
        assert len(one.rows) == one.result.stats.total


def test_a_page_that_fails_is_asked_for_again() -> None:
    one = sheet(Pages([("a", None)], TransportError("the line broke"), [("b", None)]))
    one.read()
    with pytest.raises(TransportError):
        one.read()
    assert (len(one.rows), one.ended) == (1, False)
    one.read()
    assert (len(one.rows), one.ended) == (2, False)


def test_what_is_wider_than_the_screen_is_cut_and_reached_by_columns() -> None:
    one = sheet(Pages([("long " * 30, Decimal(1))]))
    one.read()
    assert one.widths == [WIDEST, 3]
    (line,) = one.lines(0, 1, 0, 20)
    assert line == "long long long long›"
    assert one.lines(0, 1, 1, 20) == ["  1"]
    assert (one.columns_within(0, 20), one.columns_within(0, 200)) == (1, 2)


def test_no_cell_moves_the_terminal() -> None:
    one = sheet(Pages([("\x1b[2J\u202egnp\n.exe", None)]))
    one.read()
    assert one.rows[0][0] == "\\x1b[2J\\u202egnp\\n.exe"


def test_a_pull_that_is_stopped_keeps_its_rows() -> None:
    one = sheet(Pages([("a", None)], end=Stopped("stop", 0, calls=1, rows=1)))
    one.read()
    one.read()
    assert (len(one.rows), one.ended) == (1, True)
    assert len(one.stopped) == 1


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("select NAM from CUSTOMER where STATUS = actve", ("select NAME from CUSTOMER where STATUS = active",)),
        (
            "select NAME from CUSTOMER where NAME = CUSTOMERID",
            (
                "select NAME from CUSTOMER where NAME = 'CUSTOMERID'",
                "select NAME from CUSTOMER where NAME = field(CUSTOMERID)",
            ),
        ),
        ("select NAME from CUSTOMER where NAME == a", ("select NAME from CUSTOMER where NAME = a",)),
        ("select NAME from CUSTOMER", ()),
        ("select NOTHINGLIKEIT from CUSTOMER", ()),
    ],
)
def test_a_query_is_mended_as_far_as_that_is_clear(text: str, readings: tuple[str, ...]) -> None:
    assert mended(text, iql.check(text)) == readings
    for one in readings:
        assert {found.code for found in iql.check(one) if found.severity == "error"} <= {"IQL301"}  # a scan
