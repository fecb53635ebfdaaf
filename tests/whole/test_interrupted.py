"""Who is interrupted in the middle of a result, or closes it: every row once, or an error; never an end too early."""

import asyncio
import sys
import threading
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from gateways import CREDENTIALS

import intacct_ql as iql
from intacct_ql.connecting import DEMO, DEMO_ENDPOINT, _conversation, demo_formatting
from intacct_ql.emulator import Gateway, Store, Table
from intacct_ql.errors import BudgetExceeded, Error, TransportError
from intacct_ql.executor.drive import AsyncLine, Line
from intacct_ql.executor.lanes import Lanes
from intacct_ql.transport.loopback import AsyncLoopback, Loopback

pytestmark = pytest.mark.unkept("where it is interrupted decides what is asked again")

PACKAGE = str(Path(iql.__file__).parent)
SEEN = tuple(f"{PACKAGE}/{room}/" for room in ("executor", "gateway"))
MOST = 1_200
ROWS = 300
TEXT = "select RECORDNO, NAME from CUSTOMER"
INVOICES = "select RECORDNO, CUSTOMERID from ARINVOICE"
INTERRUPTED = "was interrupted.* and cannot go on"


@pytest.fixture(scope="module")
def store():
    customers = [(number, f"C{number:05}", f"N{number % 7}") for number in range(1, ROWS + 1)]
    entities = [(1, "US", "The States"), (2, "DE", "Germany")]
    invoices = [(number, f"C{number:05}", ("US", "DE")[number % 2]) for number in range(1, 81)]
    return Store(
        [
            Table(object="CUSTOMER", columns=("RECORDNO", "CUSTOMERID", "NAME"), rows=customers),
            Table(object="LOCATIONENTITY", columns=("RECORDNO", "LOCATIONID", "NAME"), rows=entities),
            Table(object="ARINVOICE", columns=("RECORDNO", "CUSTOMERID", "MEGAENTITYID"), rows=invoices),
        ]
    )


@pytest.fixture
def session(store):
    """``session(connections, before)``: a session with a gateway in this process; ``before`` is given each request."""

    def opened(connections=1, before=lambda body: None):
        gateway = Gateway(store)

        def handle(body):
            before(body)
            given = gateway.handle(body, url=DEMO_ENDPOINT)
            return given.status, dict(given.headers), given.body

        line = Line(transport=Loopback(handle), lock=threading.Lock(), lanes=Lanes(connections))
        conversation = _conversation(DEMO, DEMO_ENDPOINT, ())
        return iql.Session(conversation, line, "demo", ahead=connections > 1, formatting=demo_formatting())

    return opened


class Slow:
    """A wire that takes its time, so that time-outs strike in the middle."""

    def __init__(self, gateway):
        self._wire = AsyncLoopback(lambda body: self._answer(gateway.handle(body, url=DEMO_ENDPOINT)))

    def _answer(self, given):
        return given.status, dict(given.headers), given.body

    @asynccontextmanager
    async def send(self, url, body):
        await asyncio.sleep(0.01)
        async with self._wire.send(url, body) as response:
            yield response

    async def close(self):
        pass


@pytest.fixture
def async_session(store):
    def opened(connections=2):
        line = AsyncLine(transport=Slow(Gateway(store)), lock=asyncio.Lock(), lanes=Lanes(connections))
        conversation = _conversation(DEMO, DEMO_ENDPOINT, ())
        return iql.AsyncSession(conversation, line, "demo", ahead=True, formatting=demo_formatting())

    return opened


def interrupting(call):
    """Interrupts the request of this number."""
    calls = iter(range(1, 1000))

    def before(_):
        if next(calls) == call:
            raise KeyboardInterrupt

    return before


def interrupting_at(place):
    """What raises KeyboardInterrupt at this place of ours, counted from the beginning, once.

    Python looks for signals where a function begins and where a call has returned, and these are the places.
    """
    places = iter(range(place))

    def profile(frame, event, _):
        is_ours = event in ("call", "c_return") and frame.f_code.co_filename.startswith(SEEN)
        if is_ours and next(places, None) is None:
            sys.setprofile(None)
            raise KeyboardInterrupt

    return profile


def read_on(result):
    """The keys of all rows, by somebody who goes on after an interruption, and whether there was one."""
    keys, interrupted = [], False
    while True:
        try:
            keys.extend(row[0] for row in result)
        except KeyboardInterrupt:
            interrupted = True
        else:
            return keys, interrupted


def pytest_generate_tests(metafunc):
    if "places" in metafunc.fixturenames:
        step = 1 if metafunc.config.getoption("--long") else 19
        metafunc.parametrize("places", [range(step // 2, MOST, step)], ids=[f"each {step}"])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of one that met an object's end
def test_at_any_place(session, places):
    ends = {"every row": 0, "an error": 0, "not interrupted": 0}
    for at in places:
        with session() as one:
            result = one.query(TEXT, page_size=100)
            before = sys.getprofile()
            sys.setprofile(interrupting_at(at))
            try:
                keys, interrupted = read_on(result)
            except Error as told:
                assert "interrupted" in str(told)  # noqa: PT017 - one of two right ends
                ends["an error"] += 1
            else:
                assert keys == list(range(1, ROWS + 1)), at
                ends["every row" if interrupted else "not interrupted"] += 1
            finally:
                sys.setprofile(before)
    assert ends["every row"] > 10
    assert ends["an error"] > 10


@pytest.mark.parametrize("call", [2, 3, 4])
def test_fetching_all_keeps_what_was_read(session, call):
    with session(before=interrupting(call)) as one:
        result = one.query(TEXT, page_size=100)
        with pytest.raises(KeyboardInterrupt):
            result.fetchall()
        assert [row[0] for row in result.fetchall()] == list(range(1, ROWS + 1))


def test_the_only_row_is_not_the_only_one_that_is_left(session):
    with session(before=interrupting(3)) as one:
        result = one.query(f"{TEXT} where RECORDNO < 3", page_size=1)
        with pytest.raises(KeyboardInterrupt):
            result.one()
        with pytest.raises(Error, match="at least two"):
            result.one()


@pytest.mark.parametrize("fetch", ["fetchall", "fetchmany"])
def test_time_outs_lose_no_rows(async_session, fetch):
    async def main():
        rows = []
        async with async_session() as one:
            result = one.query(TEXT, page_size=50)
            asking = getattr(result, fetch)
            for seconds in (0.025, 0.035, 0.03, None):
                try:
                    rows += await asyncio.wait_for(asking(*[ROWS] * (fetch == "fetchmany")), seconds)
                except TimeoutError:
                    continue
        return rows

    assert [row[0] for row in asyncio.run(main())] == list(range(1, ROWS + 1))


def test_all_entities_are_not_over_when_one_was_interrupted(session):
    with session(before=interrupting(5)) as one:
        result = one.query(INVOICES, all_entities=True, page_size=10)
        with pytest.raises(KeyboardInterrupt):
            list(result)
        for _ in range(2):
            with pytest.raises(Error, match=INTERRUPTED):
                next(result)


def test_all_entities_are_not_over_after_a_time_out(async_session):
    async def main():
        async with async_session() as one:
            result = one.query(INVOICES, all_entities=True, page_size=10)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(result.fetchall(), 0.03)
            with pytest.raises(Error, match=INTERRUPTED):
                await result.fetchall()

    asyncio.run(main())


def test_who_leaves_the_pages_of_all_entities_goes_on_with_the_rows(session):
    with session() as one:
        result = one.query(INVOICES, all_entities=True, page_size=10)
        for rows in result.pages():
            first = list(rows)
            break
        assert len(first + result.fetchall()) == 80


def test_one_thread_at_a_time(session):
    waits, goes_on = threading.Event(), threading.Event()

    def before(body):
        if b"<greaterthan>" in body:
            waits.set()
            goes_on.wait(20)

    with session(before=before) as one:
        result, rows = one.query(TEXT, page_size=100), []
        reading = threading.Thread(target=lambda: rows.extend(result))
        reading.start()
        assert waits.wait(20)
        for ask in (result.fetchall, lambda: next(result), lambda: next(result.pages())):
            with pytest.raises(Error, match="one thread or task at a time"):
                ask()
        goes_on.set()
        reading.join(20)
        assert [row[0] for row in rows] == list(range(1, ROWS + 1))


def test_one_task_at_a_time(async_session):
    async def main():
        async with async_session() as one:
            result = one.query(TEXT, page_size=100)
            return await asyncio.gather(result.fetchall(), result.fetchall(), return_exceptions=True)

    rows, refused = asyncio.run(main())
    assert [row[0] for row in rows] == list(range(1, ROWS + 1))
    assert "one thread or task at a time" in str(refused)


@pytest.mark.parametrize("connections", [1, 2])
def test_a_page_that_cannot_be_asked_for_is_not_the_end(session, monkeypatch, connections):
    with session(connections) as one:
        result = one.query(TEXT, page_size=100)
        rows = result.fetchmany(100)
        course = result._rows._course

        def unfit(*_, **__):
            raise ValueError("XML cannot carry the character U+001F")

        monkeypatch.setattr(type(course.asking._door), "render", unfit)
        with pytest.raises(Error, match=r"cannot be asked for: XML cannot carry the character U\+001F"):
            rows += result.fetchall()
        monkeypatch.undo()
        rows += result.fetchall()
        assert [row[0] for row in rows] == list(range(1, ROWS + 1))


def test_before_the_zone_is_known_a_run_has_the_token_that_it_goes_on_with(serving):
    text = "select RECORDNO, WHENMODIFIED from ARINVOICE where WHENMODIFIED < '2026-10-01T00:00:00Z'"

    def asked(faults="", **settings):
        """Rows; the token before the first one; that of the budget which ended the run."""
        with serving(faults=faults) as running, iql.connect(endpoint_url=running.url, **CREDENTIALS) as one:
            result, rows = one.query(text, page_size=20, **settings), []
            token = result.resume
            try:
                rows.extend(result)
            except BudgetExceeded as stopped:
                return rows, token, stopped.resume
            return rows, token, None

    whole, token, _ = asked()
    assert token is None
    first, _, place = asked(max_calls=2)
    assert asked(resume=place) == (whole[len(first) :], place, None)
    throttled = "429@call=1+,retry-after=60s"
    assert asked(throttled, resume=place, max_seconds=0.2) == ([], place, place)


CLOSED = "the result was closed while it was read"


@pytest.mark.parametrize(("connections", "pages"), [(1, 0), (1, 1), (2, 0), (2, 1)])
def test_a_result_that_another_thread_closes_asks_for_nothing_more(session, connections, pages):
    """Neither is the reader left waiting, nor is a page asked for that nobody reads."""
    asked, failures, goes_on = [], [], threading.Event()

    def before(body):
        asked.append(body)
        if len(asked) > 1 + pages:  # behind signing in and what is read before
            goes_on.wait(20)

    def read():
        try:
            list(result)
        except Error as failure:
            failures.append(str(failure))

    with session(connections, before) as one:
        result = one.query(TEXT, page_size=100)
        result.fetchmany(pages * 100 - 50 * bool(pages))
        reading = threading.Thread(target=read)
        reading.start()
        while len(asked) < 2 + pages:
            time.sleep(0.001)
        result.close()
        at_close = len(asked)
        goes_on.set()
        reading.join(20)
        assert not reading.is_alive()
        assert failures == [CLOSED]
        assert len(asked) <= at_close + connections


def test_a_result_that_a_hook_closes_asks_for_nothing_more(session):
    asked = []

    def before(body):
        asked.append(body)
        if len(asked) == 2:
            raise TransportError("the reply is empty", passing=True)

    with session(before=before) as one:
        result = one.query(TEXT, page_size=100, on_retry=lambda _: result.close())
        with pytest.raises(Error, match=CLOSED):
            list(result)
    assert len(asked) == 2


def test_a_result_that_another_task_closes_asks_for_nothing_more(async_session):
    async def main():
        async with async_session() as one:
            result = one.query(TEXT, page_size=10)
            reading = asyncio.create_task(result.fetchall())
            while not result.stats.pages:
                await asyncio.sleep(0.001)
            await result.close()
            with pytest.raises(Error, match=CLOSED):
                await asyncio.wait_for(reading, 10)
            return result.stats.calls

    assert asyncio.run(main()) < 10


def test_the_pages_of_a_closed_result_are_none(session):
    with session() as one:
        for settings in ({}, {"all_entities": True}):
            result = one.query(INVOICES, page_size=10, **settings)
            next(result)
            result.close()
            assert list(result.pages()) == []
