"""A rate file that others keep locked for a while: async callers wait for it, and their event loop goes on."""

import asyncio
import sqlite3
import threading
from contextlib import closing

import pytest

from intacct_ql.executor import rate_book
from intacct_ql.executor.drive import AsyncLine, drive_async
from intacct_ql.executor.rate import Rate
from intacct_ql.gateway.messages import Exchange, Reply
from intacct_ql.transport.loopback import AsyncLoopback

URL = "http://localhost/ia/xml/xmlgw.phtml"


class Whole:
    max_bytes = 1_000

    def feed(self, data):
        pass

    def close(self):
        return Reply(status="success")


def steps():
    return (yield Exchange(function="f", url=URL, body=b"", reader=Whole()))


class Lock:
    """Another program's lock on the file."""

    def __init__(self, file):
        self._connection = sqlite3.connect(file, isolation_level=None)

    def take(self):
        self._connection.execute("BEGIN IMMEDIATE")

    def give_back(self):
        self._connection.execute("ROLLBACK")

    def close(self):
        self._connection.close()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "rate"


@pytest.fixture
def rate(file, monkeypatch):
    monkeypatch.setattr(rate_book, "LOCKED", 3.0)  # after which a loop that stands still would be told so
    return Rate(5, file=file)


@pytest.fixture
def lock(rate, file):
    with closing(Lock(file)) as lock:
        yield lock


def line(rate, handle=lambda body: (200, {}, b"")):
    return AsyncLine(transport=AsyncLoopback(handle), lock=asyncio.Lock(), rate=rate)


def calls(file):
    """Of each call that was counted: whether it is over."""
    with closing(sqlite3.connect(file)) as connection:
        return [since == over for since, over in connection.execute("SELECT since, over FROM call")]


async def turns(number=50):
    for _ in range(number):
        await asyncio.sleep(0.001)


@pytest.fixture(params=["entering", "leaving"])
def waiting(request, rate, lock):
    """``await waiting()``: a call that waits for the lock, on its way in or out."""

    def handle(body):
        if request.param == "leaving":
            lock.take()
        return 200, {}, b""

    async def begin():
        if request.param == "entering":
            lock.take()
        asking = asyncio.create_task(drive_async(steps(), line(rate, handle)))
        await turns()
        return asking

    return begin


def test_the_event_loop_goes_on_while_a_call_waits(waiting, lock, file):
    async def main():
        asking = await waiting()
        assert not asking.done()
        lock.give_back()
        return await asking

    assert asyncio.run(main()).status == "success"
    assert calls(file) == [True]


def test_who_is_cancelled_meanwhile_leaves_no_call_under_way(waiting, lock, file):
    async def main():
        asking = await waiting()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        lock.give_back()
        for _ in range(2_000):
            if calls(file) == [True]:
                break
            await asyncio.sleep(0.005)

    asyncio.run(main())
    assert calls(file) == [True]


def test_without_a_file_no_thread_is_made(monkeypatch):
    def start(thread):
        raise AssertionError("a thread")

    async def main():
        monkeypatch.setattr(threading.Thread, "start", start)
        return await drive_async(steps(), line(Rate(5)))

    assert asyncio.run(main()).status == "success"
