"""Moves messages between a conversation and a transport.

In: a generator of exchanges and pauses, and the line they go over. Out: what the generator returns. Refuses to know:
what is said.

The generator decides; this performs. A ``TransportError`` is thrown into the generator, at the place that asked, so
that a policy there may ask again. Exclusive exchanges happen under the lock, and only if still needed inside it; the
lock is held until the generator has taken the reply in, so that the next one sees what it changed. A connection is
used until the body of a reply is here; reading it keeps nobody from asking.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic, sleep
from typing import TYPE_CHECKING, Generic, Self, TypeVar
from urllib.parse import urlsplit

from intacct_ql.errors import TransportError
from intacct_ql.executor.lanes import Lanes
from intacct_ql.executor.log import exchanged, paused
from intacct_ql.gateway.envelope import GET_SESSION
from intacct_ql.gateway.glimpse import TAIL
from intacct_ql.gateway.messages import Exchange, Pause, Reply
from intacct_ql.gateway.settings import SETTINGS
from intacct_ql.result import Stats
from intacct_ql.transport.base import AsyncTransport, Transport

if TYPE_CHECKING:
    from intacct_ql.executor.rate import Rate, Ticket

T = TypeVar("T")
Steps = Generator[Exchange | Pause, Reply | None, T]


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
    that may be made in a minute. ``pause`` sleeps, and raises where there is no time for that or nobody waits any more.
    """

    transport: Transport
    lock: AbstractContextManager[object]
    lanes: Lanes = field(default_factory=Lanes)
    rate: "Rate | None" = None
    pause: Callable[[float], None] = sleep
    on_pause: Callable[[Pause], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncLine:
    """The same for async callers."""

    transport: AsyncTransport
    lock: AbstractAsyncContextManager[object]
    lanes: Lanes = field(default_factory=Lanes)
    rate: "Rate | None" = None
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    on_pause: Callable[[Pause], None] | None = None


def drive(steps: Steps[T], line: Line, traffic: Traffic | None = None) -> T:
    """Run the generator to its end, blocking, and give what it returns.

    Its exceptions come out unchanged. ``traffic``, if given, counts; it belongs to one thread at a time.
    """
    traffic = traffic if traffic is not None else Traffic()
    run = _Run(steps, line.lanes)
    try:
        while (asked := run.asked) is not None:
            if isinstance(asked, Pause):
                run.told(asked, line.on_pause, traffic)
                line.pause(asked.seconds)
                run.absorb(None)
            elif not asked.exclusive:
                run.absorb(_performed(asked, line, traffic))
            else:
                with line.lock:
                    run.absorb(_performed(asked, line, traffic) if asked.needed() else None)
    finally:
        steps.close()
    return run.value


async def drive_async(steps: Steps[T], line: AsyncLine, traffic: Traffic | None = None) -> T:
    """The same for async callers; long replies are read in a thread, so that the event loop goes on."""
    traffic = traffic if traffic is not None else Traffic()
    run = _Run(steps, line.lanes)
    try:
        while (asked := run.asked) is not None:
            if isinstance(asked, Pause):
                run.told(asked, line.on_pause, traffic)
                await line.pause(asked.seconds)
                run.absorb(None)
            elif not asked.exclusive:
                run.absorb(await _performed_async(asked, line, traffic))
            else:
                async with line.lock:
                    run.absorb(await _performed_async(asked, line, traffic) if asked.needed() else None)
    finally:
        steps.close()
    return run.value


class _Run(Generic[T]):
    """A generator on its way: ``asked`` is what it asks for now, None when it has returned ``value``."""

    value: T

    def __init__(self, steps: Steps[T], lanes: Lanes) -> None:
        self._steps = steps
        self._lanes = lanes
        self.asked: Exchange | Pause | None = None
        self.absorb(None)

    def absorb(self, outcome: Reply | TransportError | None) -> None:
        try:
            if isinstance(outcome, TransportError):
                self.asked = self._steps.throw(outcome)
            else:
                self.asked = self._steps.send(outcome)
        except StopIteration as done:
            self.asked, self.value = None, done.value

    def told(self, pause: Pause, on_pause: Callable[[Pause], None] | None, traffic: Traffic) -> None:
        paused(pause)
        traffic.retries += 1
        traffic.waited += pause.seconds
        if pause.throttled:
            self._lanes.narrow()
        if on_pause is not None:
            on_pause(pause)


@dataclass(slots=True)
class _Answer:
    """The pieces of a body and what came with it, not yet read; ``size`` is that of all pieces."""

    status: int
    retry_after: float | None
    parts: list[bytes]
    size: int

    def ends(self) -> bytes:
        """The first piece and the last ones, of which a glimpse takes what it needs."""
        at, size = len(self.parts), 0
        while at > 1 and size < TAIL:
            at -= 1
            size += len(self.parts[at])
        return b"".join([*self.parts[:1], *self.parts[at:]])

    def pieces(self) -> Iterator[bytes]:
        """Each piece, which is let go."""
        self.parts.reverse()
        while self.parts:
            yield self.parts.pop()


def _performed(exchange: Exchange, line: Line, traffic: Traffic) -> Reply | TransportError:
    try:
        with line.lanes.one():
            ticket = _ticket(line, traffic)
            try:
                answer = _carried(exchange, line.transport, traffic)
            finally:
                if ticket is not None:
                    ticket.leave()
        return _read(exchange, answer)
    except TransportError as error:
        return error


def _ticket(line: Line, traffic: Traffic) -> "Ticket | None":
    if line.rate is None:
        return None
    while isinstance(entered := line.rate.enter(), float):
        traffic.waited += entered
        line.pause(entered)
    return entered


def _carried(exchange: Exchange, transport: Transport, traffic: Traffic) -> _Answer:
    with (
        _Body(exchange, traffic) as body,
        transport.send(exchange.url, exchange.body) as response,
        body.arriving(response.status),
    ):
        for chunk in response.chunks:
            body.add(chunk)
        return body.answer(response.headers.get("retry-after"))


async def _performed_async(exchange: Exchange, line: AsyncLine, traffic: Traffic) -> Reply | TransportError:
    try:
        async with line.lanes.one_async():
            ticket = await _ticket_async(line, traffic)
            try:
                answer = await _carried_async(exchange, line.transport, traffic)
            finally:
                if ticket is not None:
                    ticket.leave()
        if answer.size < _SHORT:
            return _read(exchange, answer)
        return await asyncio.to_thread(_read, exchange, answer)
    except TransportError as error:
        return error


async def _ticket_async(line: AsyncLine, traffic: Traffic) -> "Ticket | None":
    if line.rate is None:
        return None
    while isinstance(entered := line.rate.enter(), float):
        traffic.waited += entered
        await line.pause(entered)
    return entered


async def _carried_async(exchange: Exchange, transport: AsyncTransport, traffic: Traffic) -> _Answer:
    with _Body(exchange, traffic) as body:
        async with transport.send(exchange.url, exchange.body) as response:
            with body.arriving(response.status):
                async for chunk in response.chunks:
                    body.add(chunk)
                return body.answer(response.headers.get("retry-after"))


_SHORT = 65_536
"""Bytes of a reply that are read faster than a thread takes it over."""

_READING = threading.Lock()
"""Long replies are read one at a time: threads that read at once fight for the interpreter, and those that carry, which
need it for every piece, starve beside them. With 4 and 8 connections pulls take half the time so."""


_HANDING_ON = 0.002
"""Seconds in which whoever takes the connection over can ask for the next page: a thread that reads gives the
interpreter away every 5 ms only, and to ask takes several turns."""


class _Body:
    """The pieces of a body, as far as its reader would take them. The exchange is counted, and told to the log."""

    def __init__(self, exchange: Exchange, traffic: Traffic) -> None:
        self._exchange = exchange
        self._traffic = traffic
        self._parts: list[bytes] = []
        self._size = 0
        self._most = exchange.reader.max_bytes
        self._status: int | None = None
        self._began = monotonic()

    def __enter__(self) -> Self:
        function, traffic = self._exchange.function, self._traffic
        traffic.calls += function not in SETTINGS
        traffic.sign_ins += function == GET_SESSION.name
        traffic.settings += function in SETTINGS
        return self

    def __exit__(self, *_: object) -> None:
        host = urlsplit(self._exchange.url).hostname or ""
        exchanged(self._exchange, host, status=self._status, size=self._size, seconds=monotonic() - self._began)

    @contextmanager
    def arriving(self, status: int) -> Iterator[None]:
        """What fails from here on has this HTTP status."""
        self._status = status
        try:
            yield
        except TransportError as error:
            raise _with_status(status, error) from None

    def add(self, chunk: bytes) -> None:
        self._traffic.bytes += len(chunk)
        self._size += len(chunk)
        if self._size - len(chunk) <= self._most:  # one piece too many: the reader says what is wrong
            self._parts.append(chunk)

    def answer(self, retry_after: str | None) -> _Answer:
        return _Answer(self._status or 0, _seconds(retry_after), self._parts, self._size)


def _read(exchange: Exchange, answer: _Answer) -> Reply:
    """The whole reply. An XML refusal counts whatever the status; good news under a bad status is not believed."""
    try:
        if exchange.glimpse is not None and answer.status < 300:
            exchange.glimpse(answer.ends())
            if answer.size > _SHORT:
                sleep(_HANDING_ON)
        with _READING if answer.size > _SHORT else nullcontext():
            for piece in answer.pieces():
                exchange.reader.feed(piece)
            reply = exchange.reader.close()
    except TransportError as error:
        raise _told(answer, error) from None
    if answer.status >= 300 and not reply.failed:
        raise _told(answer, TransportError("the reply claims success"))
    return reply if answer.retry_after is None else replace(reply, retry_after=answer.retry_after)


def _told(answer: _Answer, error: TransportError) -> TransportError:
    """The error with all that the answer says of it."""
    told = _with_status(answer.status, error)
    told.retry_after = answer.retry_after
    return told


def _seconds(header: str | None) -> float | None:
    """What ``Retry-After`` asks for: a number of seconds, or a day and time of the clock."""
    if header is None:
        return None
    if header.strip().isdecimal() and len(header) < 10:
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


_STATUS_HINTS = {
    401: "something before the gateway asks for a login of its own",
    403: "something before the gateway forbids the request",
    404: "check the path of the endpoint",
    407: "the proxy asks for a login",
    429: "too many requests; wait, and use fewer connections",
    503: "the service may be under maintenance",
    524: "the answer took too long; ask for smaller pages",
}


def _with_status(status: int, error: TransportError) -> TransportError:
    """The error with the HTTP status in front, where the status was bad."""
    if status < 300:
        return error
    hint = _STATUS_HINTS.get(
        status, "redirects are not followed, the request holds credentials" if status < 400 else ""
    )
    hints = [hint] if hint else list(error.hints)
    return TransportError(f"HTTP status {status}: {error.reason}", *hints, status=status)
