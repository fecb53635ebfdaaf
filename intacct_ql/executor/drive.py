"""Moves messages between a conversation and a transport.

In: a generator of exchanges and pauses, and the line they go over. Out: what the generator returns. Refuses to know:
what is said.

The generator decides; this performs. A ``TransportError`` is thrown into the generator, at the place that asked, so
that a policy there may ask again. Exclusive exchanges happen under the lock, and only if still needed inside it; the
lock is held until the generator has taken the reply in, so that the next one sees what it changed. A connection is
used until the body of a reply is here; reading it keeps nobody from asking.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields
from io import BytesIO
from time import monotonic, sleep
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import urlsplit

from intacct_ql.errors import TransportError
from intacct_ql.executor.gate import enter, leave
from intacct_ql.executor.lanes import Lanes
from intacct_ql.executor.log import exchanged, paused
from intacct_ql.executor.ride import Answer, Ride, Rooms, Steps, seconds, with_status
from intacct_ql.gateway.envelope import GET_SESSION
from intacct_ql.gateway.messages import Exchange, Pause
from intacct_ql.gateway.settings import SETTINGS
from intacct_ql.result import Stats
from intacct_ql.transport.base import AsyncResponse, AsyncTransport, Response, Transport

if TYPE_CHECKING:
    from intacct_ql.executor.rate import Rate, Ticket

T = TypeVar("T")

SLOW = 30.0
"""Seconds that a body may take to arrive before it is asked at each of its pieces whether there is time for it. What is
on its way is else read to its end, since it is paid for."""


@dataclass(slots=True)
class Traffic:
    """What a call has used so far.

    Calls made, sign-ins among them; beside them questions for the user's settings; bytes received (decompressed),
    pauses after failures, and seconds waited, for those pauses and for the limit of calls a minute.
    """

    calls: int = 0
    sign_ins: int = 0
    settings: int = 0
    bytes: int = 0
    retries: int = 0
    waited: float = 0.0

    def add_to(self, stats: Stats) -> None:
        """Count it as what a run has used."""
        for each in fields(self):
            setattr(stats, each.name, getattr(stats, each.name) + getattr(self, each.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What exchanges go over; threads may share it.

    ``lock`` guards exclusive exchanges, ``lanes`` are the connections that may be in use at a time, ``rate`` the calls
    that may be made in a minute. ``pause`` sleeps, and raises where there is no time for that or nobody waits any more;
    so does a pause of no seconds, which comes before each request, and while a connection for it is waited for.
    """

    transport: Transport
    lock: AbstractContextManager[object]
    lanes: Lanes = field(default_factory=Lanes)
    rate: "Rate | None" = None
    rooms: Rooms = field(default_factory=Rooms)
    pause: Callable[[float], None] = sleep
    on_pause: Callable[[Pause], None] | None = None
    on_wait: Callable[[float], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncLine:
    """The same for async callers."""

    transport: AsyncTransport
    lock: AbstractAsyncContextManager[object]
    lanes: Lanes = field(default_factory=Lanes)
    rate: "Rate | None" = None
    rooms: Rooms = field(default_factory=Rooms)
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    on_pause: Callable[[Pause], None] | None = None
    on_wait: Callable[[float], None] | None = None


def drive(steps: Steps[T], line: Line, traffic: Traffic | None = None) -> T:
    """Run the generator to its end, blocking, and give what it returns.

    Its exceptions come out unchanged. ``traffic``, if given, counts; it belongs to one thread at a time.
    """
    ride, traffic = Ride(steps), traffic if traffic is not None else Traffic()
    finish(ride, line, traffic)
    return ride.value


async def drive_async(steps: Steps[T], line: AsyncLine, traffic: Traffic | None = None) -> T:
    """The same for async callers; long replies are read in a thread, so that the event loop goes on."""
    ride, traffic = Ride(steps), traffic if traffic is not None else Traffic()
    await finish_async(ride, line, traffic)
    return ride.value


def finish(ride: Ride[T], line: Line, traffic: Traffic) -> None:
    """Carry it to its end, reading what waits to be read."""
    carry(ride, line, traffic)
    while not ride.ended:
        ride.absorb(ride.reply())
        carry(ride, line, traffic)


async def finish_async(ride: Ride[T], line: AsyncLine, traffic: Traffic) -> None:
    """The same for async callers."""
    await carry_async(ride, line, traffic)
    while not ride.ended:
        ride.absorb(await asyncio.to_thread(ride.reply))
        await carry_async(ride, line, traffic)


def carry(ride: Ride[T], line: Line, traffic: Traffic) -> None:
    """Make its exchanges and pauses until it has ended or waits."""
    with ride.closing():
        while (asked := ride.asked) is not None and not ride.waits:
            if isinstance(asked, Pause):
                _tell(asked, line, traffic)
                with _counting(asked.seconds, traffic):
                    line.pause(asked.seconds)
                ride.absorb(None)
            elif not asked.exclusive:
                ride.arrive(_performed(asked, line, traffic), read=False)
            else:
                with line.lock:
                    if asked.needed():
                        ride.arrive(_performed(asked, line, traffic), read=True)
                    else:
                        ride.absorb(None)


async def carry_async(ride: Ride[T], line: AsyncLine, traffic: Traffic) -> None:
    """The same for async callers."""
    with ride.closing():
        while (asked := ride.asked) is not None and not ride.waits:
            if isinstance(asked, Pause):
                _tell(asked, line, traffic)
                with _counting(asked.seconds, traffic):
                    await line.pause(asked.seconds)
                ride.absorb(None)
            elif not asked.exclusive:
                ride.arrive(await _performed_async(asked, line, traffic), read=False)
            else:
                async with line.lock:
                    if asked.needed():
                        ride.arrive(await _performed_async(asked, line, traffic), read=True)
                    else:
                        ride.absorb(None)


def _tell(pause: Pause, line: Line | AsyncLine, traffic: Traffic) -> None:
    paused(pause)
    traffic.retries += 1
    if pause.throttled:
        line.lanes.narrow()
    if line.on_pause is not None:
        line.on_pause(pause)


@contextmanager
def _waiting(seconds: float, line: Line | AsyncLine, traffic: Traffic) -> Iterator[None]:
    """A wait for the limit of calls a minute, told and counted."""
    if line.on_wait is not None:
        line.on_wait(seconds)
    with _counting(seconds, traffic):
        yield


@contextmanager
def _counting(seconds: float, traffic: Traffic) -> Iterator[None]:
    """Count a pause; one that is broken off counts as long as it lasted."""
    began = monotonic()
    try:
        yield
    except BaseException:
        traffic.waited += min(seconds, monotonic() - began)
        raise
    traffic.waited += seconds


def _performed(exchange: Exchange, line: Line, traffic: Traffic) -> Answer | TransportError:
    try:
        with line.lanes.one(line.pause):
            ticket = _ticket(line, traffic)
            try:
                return _carried(exchange, line, traffic)
            finally:
                if ticket is not None:
                    ticket.leave()
    except TransportError as error:
        return error


def _ticket(line: Line, traffic: Traffic) -> "Ticket | None":
    if line.rate is None:
        return None
    while isinstance(entered := line.rate.enter(), float):
        with _waiting(entered, line, traffic):
            line.pause(entered)
    return entered


def _carried(exchange: Exchange, line: Line, traffic: Traffic) -> Answer:
    with (
        _Body(exchange, traffic, line.rooms) as body,
        line.transport.send(exchange.url, exchange.body) as response,
        body.arriving(response.status),
    ):
        for chunk in response.chunks:
            if not body.add(chunk):
                break
            if body.is_slow:
                line.pause(0.0)
        return body.answer(response)


async def _performed_async(exchange: Exchange, line: AsyncLine, traffic: Traffic) -> Answer | TransportError:
    try:
        async with line.lanes.one_async(line.pause):
            ticket = await _ticket_async(line, traffic)
            try:
                return await _carried_async(exchange, line, traffic)
            finally:
                if ticket is not None:
                    await leave(ticket)
    except TransportError as error:
        return error


async def _ticket_async(line: AsyncLine, traffic: Traffic) -> "Ticket | None":
    if line.rate is None:
        return None
    while isinstance(entered := await enter(line.rate), float):
        with _waiting(entered, line, traffic):
            await line.pause(entered)
    return entered


async def _carried_async(exchange: Exchange, line: AsyncLine, traffic: Traffic) -> Answer:
    with _Body(exchange, traffic, line.rooms) as body:
        async with line.transport.send(exchange.url, exchange.body) as response:
            with body.arriving(response.status):
                async for chunk in response.chunks:
                    if not body.add(chunk):
                        break
                    if body.is_slow:
                        await line.pause(0.0)
                return body.answer(response)


class _Body:
    """The pieces of a body, as far as its reader would take them. The exchange is counted, and told to the log."""

    def __init__(self, exchange: Exchange, traffic: Traffic, rooms: Rooms) -> None:
        self._exchange = exchange
        self._traffic = traffic
        self._rooms, self._room = rooms, BytesIO()
        self._size = 0
        self._most = exchange.reader.max_bytes
        self._status: int | None = None
        self._began = self._arrives = monotonic()

    def __enter__(self) -> Self:
        self._count(1)
        return self

    def _count(self, calls: int) -> None:
        function, traffic = self._exchange.function, self._traffic
        traffic.calls += calls * (function not in SETTINGS)
        traffic.sign_ins += calls * (function == GET_SESSION.name)
        traffic.settings += calls * (function in SETTINGS)

    def __exit__(self, _: object, failure: BaseException | None, __: object) -> None:
        if isinstance(failure, TransportError) and failure.unsent:
            self._count(-1)
        host = urlsplit(self._exchange.url).hostname or ""
        exchanged(self._exchange, host, status=self._status, size=self._size, seconds=monotonic() - self._began)

    @contextmanager
    def arriving(self, status: int) -> Iterator[None]:
        """What fails from here on has this HTTP status."""
        self._status, self._room, self._arrives = status, self._rooms.take(), monotonic()
        try:
            yield
        except TransportError as error:
            raise with_status(status, error) from None

    def add(self, chunk: bytes) -> bool:
        """Take the next piece; whether any behind it would be read. Of one too many the reader says what is wrong."""
        self._traffic.bytes += len(chunk)
        self._size += len(chunk)
        self._room.write(chunk)
        return self._size <= self._most

    @property
    def is_slow(self) -> bool:
        """Whether it has been arriving for so long that a budget of time is looked at: it may never end."""
        return monotonic() - self._arrives > SLOW

    def answer(self, response: Response | AsyncResponse) -> Answer:
        retry_after = seconds(response.headers.get("retry-after"))
        return Answer(response.status, retry_after, self._room, self._rooms, response.counted)
