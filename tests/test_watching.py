"""News of rows, by simulation: whatever the window lets be seen is news once for each of its versions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import Error
from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.types import DataType
from intacct_ql.syntax.parser import parse
from intacct_ql.watching import Look, Memory, Watched, watched

BEGIN = datetime(2024, 1, 1)
NOW = datetime(2024, 6, 1, tzinfo=UTC)
BACK = timedelta(minutes=30)
COLUMNS = [
    ResultColumn(name="NAME", type=DataType.TEXT, path="NAME"),
    ResultColumn(name="IQL_RECORDNO", type=DataType.INTEGER, path="RECORDNO"),
    ResultColumn(name="IQL_WHENMODIFIED", type=DataType.TIMESTAMP, path="WHENMODIFIED"),
    ResultColumn(name="IQL_WHENCREATED", type=DataType.TIMESTAMP, path="WHENCREATED"),
]


def watch(text: str, *, compare: bool = False) -> Watched:
    select = parse(text)
    found = BUNDLED.object(select.source.object.text)
    assert found is not None
    return watched(select, found, compare=compare)


CUSTOMERS = watch("select NAME from CUSTOMER")

moments = st.none() | st.integers(0, 200).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
changes = st.dictionaries(st.integers(1, 6), st.tuples(st.sampled_from("abc"), moments, moments), max_size=4)


def within(row: Row, since: datetime | None) -> bool:
    """The condition of the query, in words of our own."""
    _, _, modified, created = row
    assert modified is None or isinstance(modified, datetime)
    assert created is None or isinstance(created, datetime)
    if since is None:
        return True
    return modified >= since if modified is not None else created is None or created >= since


def pages(rows: list[Row]) -> Iterator[list[Row]]:
    yield from (rows[start : start + 2] for start in range(0, len(rows), 2))


@given(st.lists(changes, max_size=8))
def test_each_version_that_can_be_seen_is_news_once(
    runs: list[dict[int, tuple[str, datetime | None, datetime | None]]],
) -> None:
    table: dict[int, Row] = {}
    memory = Memory()
    given_before: dict[int, Row] = {}
    for run in runs:
        table |= {key: (name, key, modified, created) for key, (name, modified, created) in run.items()}
        asked = [row for row in table.values() if within(row, memory.since)]
        look = Look(CUSTOMERS, memory, BACK, NOW)
        found = [row for page in pages(asked) for row in look.news(COLUMNS, page)]
        news = [row for row in asked if given_before.get(int(str(row[1]))) != row]
        # What is not asked for is forgotten: where a change brings it back into the window, it is news.
        assert sorted(found) == sorted(row[:1] for row in news)
        given_before = {int(str(row[1])): row for row in asked}
        memory = look.end()


def test_the_window_never_reaches_behind_what_is_remembered() -> None:
    rows: list[Row] = [("a", 1, BEGIN, None)]
    first = Look(CUSTOMERS, Memory(), BACK, NOW)
    first.news(COLUMNS, rows)
    second = Look(CUSTOMERS, first.end(), timedelta(days=9), NOW)
    assert second.news(COLUMNS, rows) == []
    assert second.end().since == BEGIN - BACK


def test_a_zone_that_becomes_known_changes_no_row() -> None:
    first = Look(CUSTOMERS, Memory(), BACK, NOW)
    first.news(COLUMNS, [("a", 1, BEGIN, None)])
    zone = timezone(timedelta(hours=-8))
    second = Look(CUSTOMERS, first.end(), BACK, NOW)
    assert second.news(COLUMNS, [("a", 1, BEGIN.replace(tzinfo=zone), None)]) == []
    later = BEGIN.replace(tzinfo=zone) + timedelta(hours=1)
    assert second.news(COLUMNS, [("b", 2, later, None)]) == [("b",)]
    memory = second.end()
    assert (memory.mark, memory.since) == (later, later - BACK)
    third = Look(CUSTOMERS, memory, BACK, NOW)
    assert third.news(COLUMNS, [("b", 2, later.replace(tzinfo=None), None)]) == []


@pytest.mark.parametrize("hours", [-8, 0, 9.5])
def test_another_zone_of_the_user_changes_no_row(hours: float) -> None:
    moment = BEGIN.replace(tzinfo=timezone(timedelta(hours=9, minutes=30)))
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    for query in (CUSTOMERS, watch("select NAME from CUSTOMER", compare=True)):
        first = Look(query, Memory(), BACK, NOW)
        first.news(COLUMNS, [("a", 1, moment, None)])
        second = Look(query, first.end(), BACK, NOW)
        assert second.news(COLUMNS, [("a", 1, elsewhere, None)]) == []
        assert [row[0] for row in second.news(COLUMNS, [("b", 2, elsewhere, None)])] == ["b"]


def test_what_is_remembered_stays_small() -> None:
    look = Look(CUSTOMERS, Memory(), BACK, NOW)
    look._limit = 100
    for number in range(2_000):
        look.news(COLUMNS, [("a", number, BEGIN + timedelta(minutes=number), None)])
        assert len(look._found) <= 101
    assert len(look.end().seen) == 31


def test_rows_without_a_key_are_told_by_their_cells_and_their_number() -> None:
    query = Watched(select=parse("select NAME from CUSTOMER"), key=None, modified=None, created=None)
    first = Look(query, Memory(), BACK, NOW)
    assert first.news(COLUMNS[:1], [("a",), ("a",), ("b",)]) == [("a",), ("a",), ("b",)]
    second = Look(query, first.end(), BACK, NOW)
    assert second.news(COLUMNS[:1], [("a",), ("a",), ("a",)]) == [("a",)]
    assert second.gone == 1


HIDDEN = "RECORDNO AS IQL_RECORDNO, WHENMODIFIED AS IQL_WHENMODIFIED"


def test_the_query_of_a_window() -> None:
    query = watch("select NAME from CUSTOMER")
    assert query.text(BEGIN) == (
        f"SELECT NAME, {HIDDEN}, WHENCREATED AS IQL_WHENCREATED "
        "FROM CUSTOMER WHERE WHENMODIFIED >= '2024-01-01 00:00:00' OR (WHENMODIFIED IS NULL AND "
        "(WHENCREATED >= '2024-01-01 00:00:00' OR WHENCREATED IS NULL))"
    )
    assert query.text(None) == f"SELECT NAME, {HIDDEN}, WHENCREATED AS IQL_WHENCREATED FROM CUSTOMER"


def test_the_day_of_a_document_is_not_when_it_was_created() -> None:
    assert watch("select RECORDID from ARINVOICE where STATE = Paid or TOTALDUE = 0").text(BEGIN) == (
        f"SELECT RECORDID, {HIDDEN}, AUWHENCREATED AS IQL_AUWHENCREATED FROM ARINVOICE "
        "WHERE (STATE = Paid OR TOTALDUE = 0) AND (WHENMODIFIED >= '2024-01-01 00:00:00' OR (WHENMODIFIED IS NULL AND "
        "(AUWHENCREATED >= '2024-01-01 00:00:00' OR AUWHENCREATED IS NULL)))"
    )


@pytest.mark.parametrize("text", ["select count(*) from CUSTOMER", "select distinct NAME from CUSTOMER"])
def test_what_is_no_row_is_refused(text: str) -> None:
    with pytest.raises(Error, match="one by one"):
        watch(text)


def test_the_newest_stamp_of_the_same_rows() -> None:
    text = "select NAME, STATUS from CUSTOMER where NAME like 'a%' order_by NAME"
    assert watch(text).newest() == "SELECT MAX(WHENMODIFIED) FROM CUSTOMER WHERE NAME LIKE 'a%'"
    text = "select DOCNO from SODOCUMENT option (docparid = 'Sales Order', showprivate)"
    whole = "SELECT MAX(WHENMODIFIED) FROM SODOCUMENT OPTION (docparid = 'Sales Order', showprivate)"
    assert watch(text).newest() == whole


def test_a_window_begins_at_a_whole_second() -> None:
    look = Look(CUSTOMERS, Memory(), timedelta(seconds=0.5), NOW)
    look.news(COLUMNS, [("a", 1, BEGIN, None)])
    assert look.end().since == BEGIN - timedelta(seconds=1)
