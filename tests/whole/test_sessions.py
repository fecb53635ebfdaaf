"""Client and emulator over real HTTP: every row once, whatever happens on the way."""

import asyncio
from contextlib import ExitStack

import pytest
from gateways import ACCOUNTS, CREDENTIALS

import intacct_ql as iql
from intacct_ql.emulator import Gateway, Running, Store
from intacct_ql.emulator.demo import tables

NOBODY = "http://127.0.0.1:9/"
PULL = "select RECORDNO, ACCOUNTNO, AMOUNT, WHENMODIFIED from GLDETAIL"


def numbers(rows) -> list[int]:
    return [row[0] for row in rows]


@pytest.mark.unkept("threads decide who asks for what")
def test_a_full_pull_costs_a_call_a_page_and_one_sign_in(connected):
    with connected() as (session, gateway):
        result = session.query(PULL)
        rows = numbers(result)
        pages = -(-len(rows) // 2000)
        assert rows == sorted(set(rows))
        assert len(rows) > 5000
        assert (result.stats.calls, result.stats.sign_ins, result.stats.pages) == (pages + 1, 1, pages)
        assert gateway.ledger.to_dict()["calls"] == {"getAPISession": 1, "readUserFormatting": 1, "query": pages}
        assert result.stats.settings == 1


@pytest.mark.unkept("threads decide who asks for what")
@pytest.mark.parametrize("at", [3, 5, 8])
def test_a_session_that_expires_in_the_middle_is_renewed_and_no_row_lost_or_repeated(connected, at):
    with connected() as (session, _):
        expected = list(session.query(PULL))
    with connected(faults=f"expire@call={at}") as (session, gateway):
        result = session.query(PULL, page_size=700)
        assert list(result) == expected
        assert result.stats.renewals == 1
        assert gateway.ledger.sign_ins == 2
        assert gateway.ledger.faults == {"expire": 1}


def test_a_session_near_its_end_is_renewed_before_it_ends(connected, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("intacct_ql.connecting.monotonic", lambda: now[0])
    with connected(session_minutes=60) as (session, gateway):
        assert session.query(PULL, max_rows=10, page_size=10).fetchmany(10)
        now[0] += 56 * 60
        assert session.query("select count(*) from CUSTOMER").one() == (60,)
        assert gateway.ledger.sign_ins == 2
        assert gateway.ledger.calls["query"] == 2


@pytest.mark.unkept("threads decide who asks for what")
def test_a_failed_page_is_asked_again_as_a_whole(connected):
    with connected(faults="cut@call=4") as (session, _):
        result = session.query(PULL, page_size=1000, retries=0)
        rows: list[int] = []
        with pytest.raises(iql.TransportError):
            rows.extend(row[0] for row in result)
        rows.extend(row[0] for row in result)
        assert rows == sorted(set(rows))
        assert len(rows) == session.query("select count(*) from GLDETAIL").one()[0]


@pytest.mark.unkept("threads decide who asks for what")
def test_rows_that_come_and_go_between_pages_disturb_no_other(connected):
    rows = Store(tables())
    with connected(rows=rows) as (session, _):
        before = numbers(session.query("select RECORDNO from APBILL"))
        result = session.query("select RECORDNO from APBILL", page_size=50)
        got = numbers(result.fetchmany(120))
        rows.delete("APBILL", before[0], before[70], before[-1])
        rows.insert("APBILL", {"RECORDNO": before[1] - 1000}, {"RECORDNO": before[-1] + 5})
        rows.update("APBILL", before[200], {"STATE": "Paid"})
        got += numbers(result)
        assert len(got) == len(set(got))
        assert set(before) - {before[0], before[70], before[-1]} <= set(got)


@pytest.mark.unkept("threads decide who asks for what")
def test_every_order_gives_every_row_once(connected):
    with connected() as (session, _):
        everything = sorted(numbers(session.query("select RECORDNO from ARINVOICE")))
        for order in ("RECORDNO desc", "WHENMODIFIED", "WHENMODIFIED desc, STATE", "CUSTOMERNAME desc"):
            rows = numbers(session.query(f"select RECORDNO from ARINVOICE order_by {order}", page_size=37))
            assert sorted(rows) == everything, order


@pytest.mark.unkept("threads decide who asks for what")
def test_async_gives_the_same_rows(serving):
    async def pull(url: str) -> list[tuple]:
        async with iql.connect_async(endpoint_url=url, **CREDENTIALS) as session:
            first, second = session.query(PULL, page_size=1000), session.query("select count(*) from GLDETAIL")
            rows, counted = await asyncio.gather(first.fetchall(), second.one())
            assert counted == (len(rows),)
            return rows

    with serving() as running:
        rows = asyncio.run(pull(running.url))
        assert running.gateway.ledger.sign_ins == 1
        with iql.connect(endpoint_url=running.url, **CREDENTIALS) as session:
            assert list(session.query(PULL)) == rows


def test_a_budget_keeps_what_was_read(connected):
    with connected() as (session, _):
        result = session.query(PULL, max_calls=2, page_size=100)
        rows: list = []
        with pytest.raises(iql.BudgetExceeded) as stopped:
            rows.extend(result)
        assert len(rows) == 200 == stopped.value.rows
        result = session.query(PULL, max_rows=150)
        with pytest.raises(iql.BudgetExceeded):
            result.fetchall()
        assert len(result.fetchmany(1000)) == 150
        assert len(list(session.query("select RECORDNO from CUSTOMER", max_rows=60))) == 60


@pytest.mark.unkept("threads decide who asks for what")
@pytest.mark.parametrize(("most", "used"), [(1, "1 call and 20 rows"), (2, "2 calls and 40 rows")])
@pytest.mark.parametrize("earlier", [0, 1])
def test_a_budget_counts_its_own_calls_whether_it_signed_in_or_not(connected, most, used, earlier):
    with connected() as (session, _):
        for _ in range(earlier):
            session.query("select RECORDNO from CUSTOMER where RECORDNO = 1").fetchall()
        with pytest.raises(iql.BudgetExceeded, match=f"^stopped by max_calls = {most}, after {used}$"):
            list(session.query("select RECORDNO from CUSTOMER", page_size=20, max_calls=most))


@pytest.mark.unkept("threads decide who asks for what")
def test_a_session_that_is_closed_takes_no_query_and_its_results_are_read_to_their_end(connected):
    with connected() as (session, _):
        result = session.query("select RECORDNO from CUSTOMER", page_size=50)
        next(result)
        session.close()
        with pytest.raises(iql.ConfigError, match="this session is closed; connect again"):
            session.query("select RECORDNO from CUSTOMER")
        assert len(result.fetchall()) == 59


ASKING = {
    "query": lambda session: session.query("select RECORDNO from CUSTOMER"),
    "entities": lambda session: session.entities(),
    "formatting": lambda session: session.formatting(),
    "estimate": lambda session: session.explain("select NAME from CUSTOMER", count=True),
    "refresh": lambda session: session.refresh("CUSTOMER"),
    "inside": lambda session: session.inside("100"),
}


@pytest.mark.parametrize("ask", ASKING)
@pytest.mark.parametrize("entity", [None, "100"])
def test_a_session_that_is_closed_asks_for_nothing(ask, entity):
    session = iql.connect(endpoint_url=NOBODY, **CREDENTIALS)
    closed = session if entity is None else session.inside(entity)
    session.close()
    with pytest.raises(iql.ConfigError, match="this session is closed; connect again"):
        ASKING[ask](closed)


@pytest.mark.parametrize("ask", ASKING)
@pytest.mark.parametrize("entity", [None, "100"])
def test_nor_does_an_async_one(ask, entity):
    async def main():
        session = iql.connect_async(endpoint_url=NOBODY, **CREDENTIALS)
        closed = session if entity is None else session.inside(entity)
        await session.close()
        with pytest.raises(iql.ConfigError, match="this session is closed; connect again"):
            await ASKING[ask](closed)

    asyncio.run(main())


def test_what_is_known_without_asking_is_told_by_a_closed_session_too():
    with iql.demo() as session:
        pass
    assert session.explain("select NAME from CUSTOMER").columns
    assert session.check("select NAM from CUSTOMER")
    assert session.schema("CUSTOMER") is not None


@pytest.mark.parametrize(
    ("setting", "hint"),
    [
        ("unordered", "a query has no setting unordered; ordered might be meant"),
        ("pagesize", "a query has no setting pagesize; page_size might be meant"),
        ("xyz", "a query has no setting xyz; there are page_size, max_calls, "),
    ],
)
def test_settings_that_are_none_are_told_with_those_that_might_be_meant(connected, setting, hint):
    with connected() as (session, _), pytest.raises(TypeError, match=f"^{hint}"):
        session.query("select RECORDNO from CUSTOMER", **{setting: True})


@pytest.mark.unkept("a page may be asked for when the gateway goes")
def test_a_gateway_that_is_started_anew_is_asked_again(store):
    """What was refused by nobody was not asked: a host that answered before may do so again."""
    gateway, told = Gateway(store, accounts=ACCOUNTS), []
    with ExitStack() as stack:
        first = stack.enter_context(Running(gateway))
        port = int(first.url.split(":")[2].split("/")[0])

        def again(pause):
            told.append((type(pause.failure), pause.failure.reason))
            if len(told) == 1:
                stack.enter_context(Running(gateway, port=port))

        session = stack.enter_context(iql.connect(endpoint_url=first.url, connections=1, **CREDENTIALS))
        result = session.query("select RECORDNO from CUSTOMER", page_size=20, on_retry=again)
        rows = result.fetchmany(20)
        first.__exit__(None, None, None)
        rows += result.fetchall()
        assert [row[0] for row in rows] == [row[0] for row in session.query("select RECORDNO from CUSTOMER")]
    assert (iql.TransportError, "127.0.0.1 refuses the connection") in told
    assert result.stats.metered == result.stats.pages  # what was asked of nobody is no call


def test_a_host_that_never_answered_is_tried_once():
    with Running(Gateway(Store())) as running:
        url = running.url
    told = []
    with iql.connect(endpoint_url=url, **CREDENTIALS) as session:
        result = session.query("select RECORDNO from CUSTOMER", on_retry=told.append)
        with pytest.raises(iql.TransportError, match="refuses the connection"):
            result.fetchall()
    assert (told, result.stats.calls, result.stats.sign_ins) == ([], 0, 0)
