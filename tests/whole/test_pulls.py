"""Long pulls over HTTP: several connections, budgets, tokens, throttling, and what is left when one ends early."""

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from math import ceil

import pytest
from endings import ENDS, hold
from gateways import ACCOUNTS, CREDENTIALS

import intacct_ql as iql
from intacct_ql.emulator import Gateway, Running, Store
from intacct_ql.emulator.demo import tables

pytestmark = pytest.mark.unkept("threads decide who asks for what")

PULL = "select RECORDNO, ACCOUNTNO, AMOUNT, ENTRY_DATE from GLENTRY"
SIZE = 60
ROWS = 1_690  # the last page is not full


@pytest.fixture(scope="module")
def store(request):
    """The demo company, with so many entries; all of them in the long run."""
    most = None if request.config.getoption("--long") else ROWS
    entries = next(table for table in tables() if table.object == "GLENTRY")
    cut = replace(entries, rows=[*islice(entries.rows, most)])
    return Store([cut if table.object == "GLENTRY" else table for table in tables()])


@pytest.fixture(scope="module")
def expected(store):
    with (
        Running(Gateway(store, accounts=ACCOUNTS)) as running,
        iql.connect(endpoint_url=running.url, connections=1, **CREDENTIALS) as session,
    ):
        return session.query(PULL).fetchall()


@pytest.fixture
def connect(serving):
    """``connect(connections=4, faults=...)``: a session, and the gateway behind it."""

    @contextmanager
    def connect(connections=2, **settings):
        with (
            serving(**settings) as running,
            iql.connect(endpoint_url=running.url, connections=connections, **CREDENTIALS) as session,
        ):
            yield session, running.gateway

    return connect


@pytest.mark.parametrize("connections", [1, 2, 4, 8])
@pytest.mark.parametrize("order", ["", " order by RECORDNO desc"])
def test_rows_come_in_order_whatever_the_number_of_connections(connect, expected, connections, order):
    with connect(connections) as (session, gateway):
        result = session.query(PULL + order, page_size=SIZE)
        assert result.fetchall() == (expected[::-1] if order else expected)
        assert result.stats.pages == gateway.ledger.calls["query"]
        assert result.stats.pages <= ceil(len(expected) / SIZE) + connections  # a page that is not full for each split
        if connections == 1:
            assert result.stats.pages == ceil(len(expected) / SIZE)


@pytest.mark.parametrize("connections", [2, 8])
def test_rows_in_no_order_are_the_same_rows(connect, expected, connections):
    with connect(connections) as (session, _):
        rows = session.query(PULL, page_size=SIZE, ordered=False).fetchall()
        assert sorted(rows) == expected


@pytest.mark.parametrize("ordered", [True, False])
def test_async_callers_get_them_too(serving, expected, ordered):
    async def main(url):
        async with iql.connect_async(endpoint_url=url, connections=4, **CREDENTIALS) as session:
            rows = await session.query(PULL, page_size=SIZE, ordered=ordered).fetchall()
            pages = [page async for page in session.query(PULL, page_size=SIZE).pages()]
            return rows, [row for page in pages for row in page]

    with serving() as running:
        rows, paged = asyncio.run(main(running.url))
    assert (rows if ordered else sorted(rows)) == expected == paged


def test_several_connections_are_used_and_no_more(connect):
    with connect(4, faults="slow=60ms") as (session, gateway):
        session.query(PULL, page_size=SIZE, ordered=False).fetchall()
        spans = [(one.at, one.at + one.seconds) for one in gateway.ledger.log]
    at_once = [sum(start <= moment < end for start, end in spans) for moment, _ in spans]
    assert 3 <= max(at_once) <= 4


def test_a_small_result_starts_no_thread_and_wastes_no_call(connect, monkeypatch):
    started, start = [], threading.Thread.start

    def told(thread):
        started.append(thread.name)
        start(thread)

    with connect(8) as (session, gateway):
        monkeypatch.setattr(threading.Thread, "start", told)
        assert len(session.query("select RECORDNO from CUSTOMER").fetchall()) == 60
        assert gateway.ledger.calls["query"] == 1
        assert all(name.startswith("intacct-emulator") for name in started)
        assert len(session.query("select RECORDNO from CUSTOMER", page_size=10).fetchall()) == 60
        assert "intacct-ql pull" in started


def test_who_stops_early_has_not_fetched_everything(connect, expected):
    with connect(4) as (session, gateway):
        with session.query(PULL, page_size=50) as result:
            result.fetchmany(120)
        time.sleep(0.3)
        assert gateway.ledger.calls["query"] <= 20 < len(expected) / 50
        assert not [thread for thread in threading.enumerate() if thread.name == "intacct-ql pull"]


def test_a_forgotten_result_ends_its_threads(connect):
    with connect(4, faults="slow=20ms") as (session, _):
        result = session.query(PULL, page_size=50)
        result.fetchmany(120)
        assert [thread for thread in threading.enumerate() if thread.name == "intacct-ql pull"]
        del result
        for _ in range(100):
            if not [thread for thread in threading.enumerate() if thread.name == "intacct-ql pull"]:
                break
            time.sleep(0.02)
        assert not [thread for thread in threading.enumerate() if thread.name == "intacct-ql pull"]


BUDGETS = [{"max_calls": 3}, {"max_rows": 777}, {"max_bytes": 40_000}, {"max_rows": 400, "max_calls": 9}]


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("order", ["", " order by ENTRY_DATE desc, ACCOUNTNO"])
def test_a_run_that_is_stopped_goes_on_where_it_stopped(connect, expected, budget, ordered, order):
    with connect(4) as (session, _):
        whole = session.query(PULL + order).fetchall()
        rows, token = [], None
        for _ in range(100):
            result = session.query(PULL + order, page_size=SIZE, resume=token, ordered=ordered, **budget)
            try:
                for row in result:
                    rows.append(row)  # noqa: PERF402 - what came before the stop is what counts
                break
            except iql.BudgetExceeded as stopped:
                token = stopped.resume
                assert token is not None
        assert rows == whole if ordered or order else sorted(rows) == expected


def test_a_limit_counts_on_over_a_stop(connect, expected):
    with connect() as (session, _):
        text = PULL + " where AMOUNT > 0 limit 500"
        first = session.query(text, page_size=SIZE, max_rows=300)
        rows = []
        with pytest.raises(iql.BudgetExceeded) as stopped:
            rows.extend(first)
        rows += session.query(text, page_size=SIZE, resume=stopped.value.resume)
        assert rows == session.query(text).fetchall()
        assert len(rows) == 500


def test_a_local_limit_counts_on_too(connect):
    with connect() as (session, _):
        text = "select RECORDNO from ARINVOICE where TOTALDUE < TOTALENTERED and RECORDNO > 0 limit 90 offset 10"
        rows = []
        first = session.query(text, page_size=50, max_calls=1)
        with pytest.raises(iql.BudgetExceeded) as stopped:
            rows.extend(first)
        rows += session.query(text, resume=stopped.value.resume)
        assert rows == session.query(text).fetchall()


def test_a_token_is_for_its_own_query_only(connect):
    with connect() as (session, _):
        result = session.query(PULL, page_size=SIZE, max_calls=1)
        with pytest.raises(iql.BudgetExceeded) as stopped:
            list(result)
        with pytest.raises(iql.ConfigError, match="belongs to another query"):
            session.query(PULL + " where AMOUNT > 0", resume=stopped.value.resume)
        with pytest.raises(iql.ConfigError, match="cannot be read"):
            session.query(PULL, resume="nonsense")
        newer = json.dumps({**json.loads(stopped.value.resume), "intacct-ql resume": 99})
        with pytest.raises(iql.ConfigError, match="version 99"):
            session.query(PULL, resume=newer)
    with iql.demo() as elsewhere, pytest.raises(iql.ConfigError, match="belongs to another query, company"):
        elsewhere.query(PULL, resume=stopped.value.resume)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("select CUSTOMERID, count(*) n from ARINVOICE order by n", "query"),
        ("select NAME from CUSTOMER order by NAME nulls first", "query"),
        (PULL, "readByQuery"),
    ],
)
def test_what_cannot_be_gone_on_with_says_so(connect, text, target):
    with connect() as (session, _):
        with pytest.raises(iql.BudgetExceeded) as stopped:
            list(session.query(text, target=target, page_size=10, max_calls=1))
        assert stopped.value.resume is None
        with pytest.raises(iql.ConfigError, match="cannot be gone on with"):
            session.query(text, target=target, resume="{}")


def test_a_run_ends_when_its_time_is_up(connect, expected):
    with connect(1, faults="slow=100ms") as (session, _):
        rows = []
        with pytest.raises(iql.BudgetExceeded, match="max_seconds = 1") as stopped:
            rows.extend(session.query(PULL, page_size=SIZE, max_seconds=1))
        assert 0 < len(rows) < len(expected)
        rows += session.query(PULL, resume=stopped.value.resume)
        assert rows == expected


@pytest.mark.timeout(60)
def test_no_pause_goes_beyond_the_time_that_is_left(connect):
    with (
        connect(1, faults="429@call=3+, retry-after=300s") as (session, _),
        pytest.raises(iql.BudgetExceeded, match="max_seconds"),
    ):
        list(session.query(PULL, page_size=SIZE, max_seconds=5))


@pytest.mark.parametrize(("connections", "first"), [(1, 10), (2, 10), (4, 150)])
def test_a_run_can_be_stopped_from_outside(connect, expected, connections, first):
    with connect(connections) as (session, _):
        result = session.query(PULL, page_size=SIZE)
        rows = result.fetchmany(first)
        result.stop()
        with pytest.raises(iql.Stopped) as stopped:
            rows.extend(result)
        assert 0 < len(rows) < len(expected)
        rows += session.query(PULL, resume=stopped.value.resume)
        assert rows == expected


def test_throttling_narrows_the_road_and_is_lived_through(connect, expected):
    told = []
    with connect(6, faults="at-most=2, slow=10ms, retry-after=0s") as (session, gateway):
        result = session.query(PULL, page_size=SIZE, ordered=False, on_retry=told.append)
        assert sorted(result.fetchall()) == expected
        assert gateway.ledger.faults["429"] == result.stats.retries == len(told) > 0
        assert session._line.lanes.open < 6
        assert all(pause.throttled for pause in told)


def test_retry_after_is_obeyed(connect):
    with connect(1, faults="429@call=3, retry-after=1s") as (session, gateway):
        result = session.query(PULL, page_size=2000)
        result.fetchall()
        refused, again = [one.at for one in gateway.ledger.log][2:4]
        assert timedelta(seconds=again - refused) >= timedelta(seconds=1)
        assert (result.stats.retries, result.stats.waited) == (1, 1.0)


def test_no_answer_of_524_is_asked_for_again(connect):
    with connect(1, faults="524@call=2") as (session, gateway):
        with pytest.raises(iql.TransportError, match="524"):
            session.query(PULL).fetchall()
        assert gateway.ledger.requests == 2


def test_a_page_that_failed_and_is_empty_when_it_comes_is_the_end(connect):
    with connect(1, faults="524@call=2") as (session, gateway):
        result = session.query("select RECORDNO from GLENTRY where RECORDNO > 100000000")
        with pytest.raises(iql.TransportError, match="524"):
            result.fetchall()
        assert result.fetchall() == []
        assert gateway.ledger.calls["query"] == 2


def test_a_local_step_that_fails_at_the_end_never_looks_complete(connect, monkeypatch):
    def fail():
        raise OSError("no room on the disk")

    with connect(1) as (session, _):
        result = session.query("select NAME from CUSTOMER order by NAME nulls first")
        monkeypatch.setattr(result._rows._pipeline, "finish", fail)
        for _ in range(3):
            with pytest.raises(OSError, match="no room"):
                result.fetchall()


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("signed_in", [False, True])
def test_who_waits_for_a_connection_in_vain_asks_for_nothing_any_more(connect, end, signed_in):
    act, words = ENDS[end]
    with connect(2) as (session, gateway):
        if signed_in:
            session.query("select NAME from CUSTOMER limit 1").one()
        before, lanes = gateway.ledger.requests, session._line.lanes
        result = session.query(PULL, page_size=SIZE, max_seconds=3_600)
        with ThreadPoolExecutor() as threads, hold(lanes):
            reading = threads.submit(result.fetchall)
            while not lanes._free._waiters:
                time.sleep(0.01)
            act(result)
            with pytest.raises(iql.Error, match=words):
                reading.result(30)
        assert gateway.ledger.requests == before


def test_threads_that_wait_for_a_connection_ask_for_nothing_any_more_once_the_result_is_closed(connect):
    with connect(4) as (session, gateway):
        result = session.query(PULL, page_size=SIZE)
        result.fetchmany(2)
        with hold(session._line.lanes):
            before = gateway.ledger.requests
            reading = threading.Thread(target=lambda: suppressed(result.fetchall))
            reading.start()
            while len(pulling()) < 4:
                time.sleep(0.01)
            result.close()
        reading.join(30)
        for thread in pulling():
            thread.join(30)
        assert gateway.ledger.requests == before


def pulling():
    return [thread for thread in threading.enumerate() if thread.name == "intacct-ql pull"]


def suppressed(call):
    with suppress(iql.Error):
        call()


def test_a_hook_that_ends_the_program_is_heard_from_any_thread(connect):
    def give_up(pause):
        where.append(threading.current_thread().name)
        raise SystemExit("enough")

    where = []
    with connect(2, faults="429@call=4+, retry-after=0s") as (session, gateway):
        with pytest.raises(SystemExit, match="enough"):
            session.query(PULL, page_size=SIZE, on_retry=give_up).fetchall()
        assert "intacct-ql pull" in where
        assert len(where) <= 4
        assert gateway.ledger.requests <= 3 + len(where) + 2


@pytest.mark.timeout(60)
def test_who_asks_again_at_once_after_a_failure_waits_for_no_thread_that_ends(connect, expected, monkeypatch):
    run = threading.Thread.run

    def slow_to_end(thread):
        run(thread)
        if thread.name == "intacct-ql pull":
            time.sleep(0.5)  # it is alive, and takes no errand any more

    monkeypatch.setattr(threading.Thread, "run", slow_to_end)
    with connect(1, faults="524@call=5") as (session, _):
        result = session.query(PULL, page_size=SIZE)
        rows = []
        with pytest.raises(iql.TransportError, match="524"):
            rows.extend(iter(lambda: next(result), None))
        rows.extend(result)
        assert rows == expected


def test_a_session_that_ends_is_renewed_once_for_all_threads(connect, expected):
    with connect(6, faults="expire@call=9") as (session, gateway):
        result = session.query(PULL, page_size=SIZE)
        assert result.fetchall() == expected
        assert gateway.ledger.sign_ins == 2
        assert (result.stats.sign_ins, result.stats.renewals) == (2, 1)


def test_arrow_batches_come_over_several_connections(connect, expected):
    pyarrow = pytest.importorskip("pyarrow")
    with connect(4) as (session, _):
        for wire in ("xml", "csv"):
            table = pyarrow.table(session.query(PULL, page_size=SIZE, wire=wire))
            assert [tuple(row.values()) for row in table.to_pylist()] == expected


@pytest.mark.parametrize("wire", ["json", "csv"])
def test_the_other_wires_give_the_same_rows(connect, expected, wire):
    with connect(2) as (session, _):
        result = session.query(PULL, page_size=SIZE, wire=wire)
        assert result.fetchall() == expected
        assert session.query(PULL + " order by ENTRY_DATE", page_size=SIZE, wire=wire).fetchall() == (
            session.query(PULL + " order by ENTRY_DATE").fetchall()
        )
        with pytest.raises(iql.ConfigError, match="read in xml only"):
            session.query(PULL, wire=wire, target="readByQuery")
