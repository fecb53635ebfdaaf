"""Runs that stop early, fail in the middle, or do part of the work here."""

import asyncio

import pytest
from gateways import CREDENTIALS

import intacct_ql as iql
from intacct_ql.emulator import Store
from intacct_ql.emulator.demo import tables

LOCAL = "select RECORDNO from ARINVOICE where TOTALDUE < TOTALENTERED and RECORDNO > 0"


async def pulled(url, text, connections=2, **settings):
    async with iql.connect_async(endpoint_url=url, connections=connections, **CREDENTIALS) as session:
        result = session.query(text, **settings)
        rows = []
        try:
            async for row in result:
                rows.append(row)  # noqa: PERF401 - what came before a failure must be kept
        except iql.Error as error:
            again = [row async for row in result] if isinstance(error, iql.TransportError) else []
            return rows, again, error, result.stats
        return rows, [], None, result.stats


def both(serving, text, **settings):
    """The same run, blocking and async: rows, pages."""
    with serving() as running:
        rows, _, _, stats = asyncio.run(pulled(running.url, text, **settings))
        with iql.connect(endpoint_url=running.url, **CREDENTIALS) as session:
            result = session.query(text, **settings)
            assert list(result) == rows
            assert result.stats.pages == stats.pages
    return rows, stats.pages


ORDERS = ["RECORDNO", "RECORDNO desc", "TERMNAME", "TERMNAME desc", "STATUS desc, TERMNAME desc", "TOTALDUE desc, NAME"]


@pytest.mark.parametrize("order", ORDERS)
def test_rows_that_are_skipped_stay_skipped_on_every_page(order):
    with iql.demo() as session:
        text = f"select RECORDNO, TERMNAME, STATUS, TOTALDUE from CUSTOMER order by {order}"
        whole = session.query(text).fetchall()
        for limit, offset in ((1, 1), (9, 6), (50, 3), (2_500, 7), (2_500, 41), (5, 70)):
            found = session.query(f"{text} limit {limit} offset {offset}", page_size=5).fetchall()
            assert found == whole[offset:][:limit]


def test_groups_that_are_skipped_stay_skipped_on_every_page():
    with iql.demo() as session:
        text = "select TERMNAME, count(*) from CUSTOMER order by TERMNAME desc"
        whole = session.query(text).fetchall()
        for limit, offset in ((2, 1), (2_500, 1), (2_500, 2)):
            assert (
                session.query(f"{text} limit {limit} offset {offset}", page_size=2).fetchall()
                == (whole[offset:][:limit])
            )


def test_a_limit_behind_a_local_filter_stops_asking(serving):
    rows, pages = both(serving, f"{LOCAL} limit 2", page_size=10)
    assert len(rows) == 2
    assert pages == 1


@pytest.mark.unkept("threads decide which pages are asked for ahead")
def test_a_local_sort_gives_everything(serving):
    rows, _ = both(serving, "select CUSTOMERID, count(*) n from ARINVOICE order by n desc limit 3", page_size=7)
    assert [n for _, n in rows] == sorted((n for _, n in rows), reverse=True)


@pytest.mark.parametrize(
    ("connections", "before"),
    [
        (1, {200}),
        # The second page and the third are asked for at once: either may be the one.
        pytest.param(2, {100, 200}, marks=pytest.mark.unkept("threads decide who asks for what")),
    ],
)
def test_async_survives_a_failed_page(serving, connections, before):
    with serving(faults="cut@call=4") as running:
        rows, again, error, _ = asyncio.run(
            pulled(running.url, "select RECORDNO from ARINVOICE", connections, page_size=100, retries=0)
        )
    assert isinstance(error, iql.TransportError)
    assert len(rows) in before
    assert len({*rows, *again}) == len(rows) + len(again) == 400


@pytest.mark.unkept("threads decide who asks for what")
def test_a_local_filter_survives_a_failed_page(connected):
    with connected() as (session, _):
        expected = list(session.query(LOCAL))
    with connected(faults="cut@call=4") as (session, _):
        result = session.query(LOCAL, page_size=100, retries=0)
        rows = []
        with pytest.raises(iql.TransportError):
            rows.extend(result)
        rows.extend(result)
        assert rows == expected


def test_a_budget_of_nothing_stops_at_once(connected):
    with connected() as (session, gateway):
        for text in ("select NAME from CUSTOMER", "select count(*) from CUSTOMER"):
            for budget in ({"max_rows": 0}, {"max_calls": 0}):
                with pytest.raises(iql.BudgetExceeded):
                    list(session.query(text, **budget))
        assert gateway.ledger.calls["query"] == 0


def test_a_budget_says_what_a_sort_holds(connected):
    with connected() as (session, _):
        text = "select CUSTOMERID, count(*) n from ARINVOICE order by n desc"
        with pytest.raises(iql.BudgetExceeded) as stopped:
            list(session.query(text, max_calls=1, page_size=20))
        assert (stopped.value.rows, stopped.value.held) == (20, 20)


@pytest.mark.unkept("threads decide which pages are asked for ahead")
def test_drift_is_counted(connected):
    rows = Store(tables())
    with connected(rows=rows) as (session, _):
        text = "select RECORDNO from APBILL order by VENDORID option (caseinsensitive)"
        result = session.query(text, page_size=50)
        first = result.fetchmany(60)
        rows.delete("APBILL", first[0][0])
        list(result)
        assert result.stats.drifts == 1


def test_offset_of_no_rows(connected):
    with connected() as (session, _):
        assert list(session.query("select count(*) from CUSTOMER where 1 = 0")) == [(0,)]
        assert list(session.query("select count(*) from CUSTOMER where 1 = 0 limit 5 offset 1")) == []


@pytest.mark.parametrize("size", [0, -1, 2001])
def test_a_page_size_that_cannot_be(connected, size):
    with connected() as (session, _), pytest.raises(iql.ConfigError):
        session.query("select NAME from CUSTOMER", page_size=size)
    with pytest.raises(iql.ConfigError):
        iql.compile("select NAME from CUSTOMER", page_size=size)
    with pytest.raises(iql.ConfigError):
        iql.compile("select NAME from CUSTOMER", offset=-1)


def test_explain_draws_under_the_text_as_written():
    text = "select   NAME\n  from CUSTOMER    where NAME = null"
    drawn = str(iql.explain(text)).split("\n")
    line = next(number for number, line in enumerate(drawn) if "2 |" in line)
    marked = drawn[line + 1]
    assert drawn[line][marked.index("^") : marked.rindex("^") + 1] == "NAME = null"
