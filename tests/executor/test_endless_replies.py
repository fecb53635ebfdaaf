"""Replies that do not end: no more is taken off the wire than the reader would take, and a budget of time counts."""

import asyncio
import threading
from contextlib import asynccontextmanager, contextmanager

import pytest

from intacct_ql.errors import BudgetExceeded, TransportError
from intacct_ql.executor import drive as drive_module
from intacct_ql.executor.drive import AsyncLine, Line, Traffic, drive, drive_async
from intacct_ql.gateway.messages import Exchange
from intacct_ql.gateway.reader import ReplyReader
from intacct_ql.transport.base import AsyncResponse, Response

URL = "http://localhost/ia/xml/xmlgw.phtml"
MOST = 1_000
PIECE = b"<response>" + b" " * 90


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(drive_module, "monotonic", clock)
    return clock


class Endless:
    """Answers without an end, a piece in ``seconds`` of the clock; ``taken`` counts them, ``left`` those who left."""

    def __init__(self, clock, piece=PIECE, seconds=0.0, status=200):
        self.clock, self.piece, self.seconds, self.status = clock, piece, seconds, status
        self.taken = self.left = 0

    def _next(self):
        self.taken += 1
        self.clock.now += self.seconds
        assert self.taken < 5_000, "it would go on for ever"
        return self.piece

    @contextmanager
    def send(self, url, body):
        yield Response(status=self.status, headers={}, chunks=iter(self._next, None))
        self.left += 1

    @asynccontextmanager
    async def send_async(self, url, body):
        async def chunks():
            while True:
                yield self._next()

        yield AsyncResponse(status=self.status, headers={}, chunks=chunks())
        self.left += 1


class Async:
    def __init__(self, endless):
        self.send = endless.send_async


def steps():
    return (yield Exchange(function="f", url=URL, body=b"", reader=ReplyReader(max_bytes=MOST)))


def run(endless, pause, traffic):
    return drive(steps(), Line(transport=endless, lock=threading.Lock(), pause=pause), traffic)


def run_async(endless, pause, traffic):
    async def paused(seconds):
        pause(seconds)

    line = AsyncLine(transport=Async(endless), lock=asyncio.Lock(), pause=paused)
    return asyncio.run(drive_async(steps(), line, traffic))


both = pytest.mark.parametrize("run", [run, run_async])


def before(endless):
    """A pause that may come before a request, and not while its answer arrives: nothing is slow."""

    def pause(seconds):
        assert (seconds, endless.taken) == (0.0, 0)

    return pause


@both
@pytest.mark.parametrize(("status", "words"), [(200, "^the reply is larger"), (502, "^HTTP status 502: the reply is")])
def test_no_more_is_taken_than_would_be_read(run, clock, status, words):
    endless, traffic = Endless(clock, status=status), Traffic()
    with pytest.raises(TransportError, match=words + ".* larger than 1,000 bytes" if status > 200 else words):
        run(endless, before(endless), traffic)
    assert (endless.taken, endless.left, traffic.bytes) == (11, 1, 1_100)


@both
def test_a_body_that_trickles_ends_with_the_time_there_is(run, clock):
    def pause(seconds):
        asked.append(seconds)
        if clock.now > 100:
            raise BudgetExceeded("max_seconds", 100, calls=1, rows=0)

    asked = []
    endless = Endless(clock, piece=b"", seconds=7.0)
    with pytest.raises(BudgetExceeded):
        run(endless, pause, Traffic())
    assert endless.taken == 15
    assert set(asked) == {0.0}
    assert len(asked) < endless.taken  # what arrives at the usual pace is read to its end
