"""Runs of async callers: budgets, stops, tokens, and what is left when one ends in the middle."""

import asyncio
import gc
import threading
from contextlib import asynccontextmanager

import pytest
from endings import ENDS, hold
from gateways import ACCOUNTS, CREDENTIALS

import intacct_ql as iql
from intacct_ql.emulator import Gateway, Store
from intacct_ql.emulator.demo import tables
from intacct_ql.errors import TransportError
from intacct_ql.executor.drive import AsyncLine
from intacct_ql.executor.lanes import Lanes
from intacct_ql.gateway.messages import Credentials
from intacct_ql.gateway.session import Conversation
from intacct_ql.transport.base import AsyncResponse

pytestmark = pytest.mark.unkept("tasks decide who asks for what")

PULL = "select RECORDNO, AMOUNT from GLENTRY where RECORDNO < 900"
URL = "http://localhost/ia/xml/xmlgw.phtml"
SIZE = 50
NAME = "intacct-ql pull"


class Wire:
    """A gateway in process. Every answer takes some turns of the loop; without ``open`` all of them are held back."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.seconds = 0.001
        self.open = asyncio.Event()
        self.open.set()
        self.arrived = self.under_way = self.most = 0
        self.broken = False

    @asynccontextmanager
    async def send(self, url, body):
        self.arrived += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(self.seconds)
            await self.open.wait()
            if self.broken:
                raise TransportError("the wire is broken", status=524)
            answer = self.gateway.handle(body, url=URL)
            headers = {name.lower(): value for name, value in answer.headers}
            yield AsyncResponse(status=answer.status, headers=headers, chunks=pieces(answer.body))
        finally:
            self.under_way -= 1

    async def close(self):
        pass


async def pieces(body):
    yield body


@pytest.fixture(scope="module")
def store():
    return Store(tables())


@pytest.fixture(scope="module")
def expected():
    with iql.demo() as session:
        return session.query(PULL).fetchall()


@pytest.fixture
def run(store):
    """``run(main)``: a coroutine of a session with four connections and its wire, to its end."""

    def run(main, connections=4, **settings):
        async def around():
            wire = Wire(Gateway(store, accounts=ACCOUNTS, **settings))
            conversation = Conversation(Credentials(**CREDENTIALS), URL, clock=lambda: 0.0)
            line = AsyncLine(transport=wire, lock=asyncio.Lock(), lanes=Lanes(connections))
            async with iql.AsyncSession(conversation, line, "a company") as session:
                return await asyncio.wait_for(main(session, wire), 60)

        return asyncio.run(around())

    return run


def ours():
    """The tasks that read ahead."""
    return [task for task in asyncio.all_tasks() if task.get_name() == NAME]


async def settled():
    """Everything that can go on in the event loop has gone on."""
    for _ in range(10):
        await asyncio.sleep(0)


async def in_the_middle(session, wire):
    """A result of which two pages were read, and more is asked for and held back."""
    result = session.query(PULL, page_size=SIZE)
    for _ in range(2 * SIZE):
        await anext(result)
    wire.open.clear()
    while not wire.under_way:
        await asyncio.sleep(0.001)
    assert ours()
    return result


async def ended(wire):
    """Whether no task reads ahead any more, and nothing is under way, after a while."""
    for _ in range(1000):
        if not ours() and not wire.under_way:
            return True
        await asyncio.sleep(0.001)
    return False


async def rows_until_stopped(result, rows):
    """Add the rows that come; give what stopped them, None for the end."""
    try:
        async for row in result:
            rows.append(row)
    except iql.BudgetExceeded as stopped:
        return stopped
    return None


BUDGETS = [{"max_calls": 1}, {"max_calls": 4}, {"max_rows": 77}, {"max_bytes": 20_000}]


@pytest.mark.parametrize("budget", BUDGETS, ids=str)
@pytest.mark.parametrize("ordered", [True, False], ids=["ordered", "unordered"])
@pytest.mark.parametrize("order", ["", " order by AMOUNT"])
def test_a_run_that_is_stopped_goes_on_where_it_stopped(run, expected, budget, ordered, order):
    async def main(session, wire):
        rows, token, runs = [], None, 0
        while runs == 0 or token is not None:
            result = session.query(PULL + order, page_size=SIZE, ordered=ordered, resume=token, **budget)
            stopped = await rows_until_stopped(result, rows)
            token, runs = stopped and stopped.resume, runs + 1
            assert result.stats.pages <= budget.get("max_calls", 99)
            await settled()
            assert not ours()
        return rows, runs, await session.query(PULL + order).fetchall()

    rows, runs, whole = run(main)
    assert runs > 2
    assert rows == whole if ordered or order else sorted(rows) == expected


@pytest.mark.parametrize("connections", [1, 4])
def test_a_run_ends_when_its_time_is_up(run, connections):
    async def main(session, wire):
        result = session.query(PULL, page_size=SIZE, max_seconds=30, retries=9)
        rows = [await anext(result) for _ in range(10)]
        stopped = await rows_until_stopped(result, rows)
        return rows, stopped

    # A pause that has no room in the time that is left is not begun.
    rows, stopped = run(main, connections, faults="429@call=4+, retry-after=40s")
    assert stopped.limit == "max_seconds"
    assert len(rows) == stopped.rows >= SIZE


@pytest.mark.parametrize("connections", [1, 4])
def test_a_run_can_be_stopped_and_gone_on_with(run, expected, connections):
    async def main(session, wire):
        result = session.query(PULL, page_size=SIZE)
        rows = [await anext(result) for _ in range(10)]
        result.stop()
        stopped = await rows_until_stopped(result, rows)
        assert isinstance(stopped, iql.Stopped)
        given = len(rows)
        rows += await session.query(PULL, resume=stopped.resume).fetchall()
        return given, rows

    given, rows = run(main, connections)
    assert 10 <= given < len(expected)
    assert rows == expected


def test_several_connections_are_used_and_no_more(run, expected):
    async def main(session, wire):
        rows = await session.query(PULL, page_size=SIZE, ordered=False).fetchall()
        return sorted(rows), wire.most

    assert run(main, 3) == (expected, 3)


def test_a_result_that_is_closed_in_the_middle_leaves_no_task_and_no_request(run):
    async def main(session, wire):
        result = await in_the_middle(session, wire)
        await result.close()
        assert not ours()
        assert wire.under_way == 0
        arrived = wire.arrived
        wire.open.set()
        await asyncio.sleep(0.02)
        assert wire.arrived == arrived
        await result.close()
        return await result.fetchall()

    assert run(main) == []


def test_a_forgotten_result_ends_its_tasks(run):
    async def main(session, wire):
        result = await in_the_middle(session, wire)
        del result
        gc.collect()
        return await ended(wire)

    assert run(main)


def test_who_waits_for_a_row_and_is_cancelled_may_ask_again(run, expected):
    async def main(session, wire):
        result = session.query(PULL, page_size=SIZE)
        rows = []
        for _ in range(4):
            wire.open.clear()
            consuming = asyncio.create_task(rows_until_stopped(result, rows))
            while not wire.under_way:
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.01)
            consuming.cancel()
            with pytest.raises(asyncio.CancelledError):
                await consuming
            wire.open.set()
            rows.append(await anext(result))
        rows += await result.fetchall()
        return rows

    assert run(main) == expected


def test_no_cancellation_is_lost_whenever_it_comes(run, expected):
    async def main(session, wire):
        wire.seconds = 0
        for turns in range(1_000):
            reading = asyncio.create_task(session.query(PULL, page_size=10).fetchall())
            for _ in range(turns):
                await asyncio.sleep(0)
            if not reading.cancel():
                return turns, await reading
            with pytest.raises(asyncio.CancelledError):
                await reading
        return None

    turns, rows = run(main, 2)
    assert turns > 30
    assert rows == expected


def test_a_task_that_was_cancelled_reads_on_where_it_cleans_up(run, expected):
    async def main(session, wire):
        async def read():
            result = session.query(PULL, page_size=SIZE)
            rows = [await anext(result) for _ in range(SIZE)]
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                wire.open.clear()
                asyncio.get_running_loop().call_later(0.6, wire.open.set)
                return rows + await result.fetchall()

        reading = asyncio.create_task(read())
        while not wire.arrived:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.1)
        reading.cancel()
        return await reading

    assert run(main) == expected


def test_a_result_that_another_thread_forgets_ends_its_tasks(run):
    async def main(session, wire):
        loop = asyncio.get_running_loop()
        loop.set_debug(True)  # tells of calls from other threads that are to be made in the loop's own
        result = await in_the_middle(session, wire)
        held = [result]
        del result
        await asyncio.to_thread(held.clear)
        return await ended(wire)

    assert run(main)


def test_a_cancelled_task_that_held_the_result_leaves_nothing_behind(run):
    async def main(session, wire):
        async def consume():
            async with session.query(PULL, page_size=SIZE) as result:
                async for _ in result:
                    if wire.arrived > 4:
                        wire.open.clear()

        consuming = asyncio.create_task(consume())
        while wire.open.is_set() or not wire.under_way:
            await asyncio.sleep(0.001)
        consuming.cancel()
        with pytest.raises(asyncio.CancelledError):
            await consuming
        assert not ours()
        assert (wire.under_way, session._line.lanes._users) == (0, set())
        wire.open.set()
        return await session.query("select RECORDNO from CUSTOMER").fetchall()

    assert len(run(main)) == 60


@pytest.mark.parametrize("ordered", [True, False])
def test_a_failure_is_raised_once_and_asking_again_goes_on(run, expected, ordered):
    async def main(session, wire):
        result = session.query(PULL, page_size=SIZE, ordered=ordered)
        rows = [await anext(result) for _ in range(2 * SIZE)]
        wire.broken = True
        with pytest.raises(TransportError, match="broken"):
            await rows_until_stopped(result, rows)
        wire.broken = False
        rows += await result.fetchall()
        return rows

    rows = run(main)
    assert rows == expected if ordered else sorted(rows) == expected


def test_a_page_that_failed_and_is_empty_when_it_comes_is_the_end(run):
    async def main(session, wire):
        await session.query("select NAME from CUSTOMER limit 1").one()
        result = session.query("select RECORDNO from GLENTRY where RECORDNO > 100000000")
        wire.broken = True
        with pytest.raises(TransportError, match="broken"):
            await result.fetchall()
        wire.broken = False
        return await result.fetchall()

    assert run(main) == []


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("rows", [0, 2 * SIZE])
def test_who_waits_for_a_connection_in_vain_asks_for_nothing_any_more(run, end, rows):
    act, words = ENDS[end]

    async def main(session, wire):
        result = session.query(PULL, page_size=SIZE, max_seconds=3_600)
        for _ in range(rows):
            await anext(result)
        while wire.under_way:
            await asyncio.sleep(0.001)
        with hold(session._line.lanes):
            await settled()
            before = wire.arrived
            reading = asyncio.create_task(result.fetchall())
            await settled()
            if (acting := act(result)) is not None:
                await acting
            with pytest.raises(iql.Error, match=words):
                await asyncio.wait_for(reading, 20)
        await asyncio.sleep(0.05)
        return wire.arrived - before

    assert run(main) == 0


def test_a_result_that_is_closed_while_it_pauses_asks_for_nothing_any_more(run):
    async def main(session, wire):
        told = asyncio.Event()
        result = session.query(PULL, page_size=SIZE, on_retry=lambda _: told.set())
        reading = asyncio.create_task(result.fetchall())
        await told.wait()
        arrived = wire.arrived
        await result.close()
        with pytest.raises(iql.Error, match="was closed"):
            await reading
        return wire.arrived - arrived

    assert run(main, faults="429@call=2, retry-after=2s") == 0


@pytest.mark.parametrize("connections", [1, 2])
def test_who_asks_again_at_once_after_a_failure_waits_for_no_task_that_has_ended(run, expected, connections):
    async def main(session, wire):
        result, rows, failures = session.query(PULL, page_size=SIZE), [], 0
        while True:
            wire.broken = len(rows) > SIZE and not failures
            try:
                rows.append(await anext(result))
            except TransportError:
                failures += 1
            except StopAsyncIteration:
                return rows, failures

    assert run(main, connections) == (expected, 1)


def test_pages_and_pauses_are_told_of_and_who_fails_there_is_heard(run):
    told = []

    async def main(session, wire):
        result = session.query("select RECORDNO from CUSTOMER", page_size=20, on_retry=told.append)
        assert len(await result.fetchall()) == 60

        def fail(stats):
            raise ValueError("full disk")

        result = session.query(PULL, page_size=SIZE, on_page=fail)
        with pytest.raises(ValueError, match="full disk"):
            await result.fetchall()
        with pytest.raises(ValueError, match="full disk"):
            await anext(result)
        await result.close()
        return not ours()

    assert run(main, faults="429@call=3, retry-after=0s")
    assert [(pause.throttled, pause.seconds) for pause in told] == [(True, 0.0)]


def test_who_waits_with_rows_in_hand_makes_no_calls(run):
    async def main(session, wire):
        result = session.query("select RECORDNO from GLENTRY", page_size=20)
        for _ in range(30):
            await anext(result)
        before = -1
        while before != wire.arrived:
            before = wire.arrived
            await asyncio.sleep(0.3)
        await result.close()
        return wire.arrived

    assert run(main) < 40


def test_no_thread_is_started_for_pages_that_are_short(run):
    async def main(session, wire):
        before = threading.active_count()
        await session.query(PULL, page_size=10).fetchmany(200)
        return threading.active_count() - before

    assert run(main) == 0
