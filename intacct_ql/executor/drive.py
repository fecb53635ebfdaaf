"""Moves messages between a conversation and a transport.

In: a generator of exchanges, a transport, a lock. Out: what the generator returns. Refuses to know: what is said.

The generator decides; this performs. A ``TransportError`` is thrown into the generator, at the place that asked, so
that a policy there may ask again. Exclusive exchanges happen under the lock, and only if still needed inside it; the
lock is held until the generator has taken the reply in, so that the next one sees what it changed.
"""

from collections.abc import Generator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Exchange, Reply
from intacct_ql.gateway.reader import ReplyReader
from intacct_ql.transport.base import AsyncTransport, Transport

T = TypeVar("T")


@dataclass(slots=True)
class Traffic:
    """What a run has used so far: calls made, sign-ins among them, and bytes received, decompressed."""

    calls: int = 0
    sign_ins: int = 0
    bytes: int = 0


def drive(
    steps: Generator[Exchange, Reply | None, T],
    transport: Transport,
    lock: AbstractContextManager[object],
    traffic: Traffic | None = None,
) -> T:
    """Run the generator to its end, blocking, and give what it returns.

    Its exceptions come out unchanged. ``traffic``, if given, counts; it belongs to one thread at a time.
    """
    traffic = traffic if traffic is not None else Traffic()
    run = _Run(steps)
    try:
        while (exchange := run.exchange) is not None:
            if not exchange.exclusive:
                run.absorb(_performed(exchange, transport, traffic))
                continue
            with lock:
                run.absorb(_performed(exchange, transport, traffic) if exchange.needed() else None)
    finally:
        steps.close()
    return run.value


async def drive_async(
    steps: Generator[Exchange, Reply | None, T],
    transport: AsyncTransport,
    lock: AbstractAsyncContextManager[object],
    traffic: Traffic | None = None,
) -> T:
    """The same for async callers. Replies are read in the event loop, a few milliseconds at a time."""
    traffic = traffic if traffic is not None else Traffic()
    run = _Run(steps)
    try:
        while (exchange := run.exchange) is not None:
            if not exchange.exclusive:
                run.absorb(await _performed_async(exchange, transport, traffic))
                continue
            async with lock:
                run.absorb(await _performed_async(exchange, transport, traffic) if exchange.needed() else None)
    finally:
        steps.close()
    return run.value


class _Run(Generic[T]):
    """A generator on its way: ``exchange`` is what it asks for now, None when it has returned ``value``."""

    value: T

    def __init__(self, steps: Generator[Exchange, Reply | None, T]) -> None:
        self._steps = steps
        self.exchange: Exchange | None = None
        self.absorb(None)

    def absorb(self, outcome: Reply | TransportError | None) -> None:
        try:
            if isinstance(outcome, TransportError):
                self.exchange = self._steps.throw(outcome)
            else:
                self.exchange = self._steps.send(outcome)
        except StopIteration as done:
            self.exchange, self.value = None, done.value


def _performed(exchange: Exchange, transport: Transport, traffic: Traffic) -> Reply | TransportError:
    traffic.calls += 1
    traffic.sign_ins += exchange.exclusive
    try:
        with transport.send(exchange.url, exchange.body) as response:
            try:
                for chunk in response.chunks:
                    traffic.bytes += len(chunk)
                    exchange.reader.feed(chunk)
                return _judged(response.status, exchange.reader)
            except TransportError as error:
                return _with_status(response.status, error)
    except TransportError as error:
        return error


async def _performed_async(exchange: Exchange, transport: AsyncTransport, traffic: Traffic) -> Reply | TransportError:
    traffic.calls += 1
    traffic.sign_ins += exchange.exclusive
    try:
        async with transport.send(exchange.url, exchange.body) as response:
            try:
                async for chunk in response.chunks:
                    traffic.bytes += len(chunk)
                    exchange.reader.feed(chunk)
                return _judged(response.status, exchange.reader)
            except TransportError as error:
                return _with_status(response.status, error)
    except TransportError as error:
        return error


# Statuses after which the same read may succeed a little later. Not 524: something on the way gave up waiting, and
# the server is still at work.
_PASSING = frozenset({429, 500, 502, 503, 504})

_STATUS_HINTS = {
    401: "something before the gateway asks for a login of its own",
    403: "something before the gateway forbids the request",
    404: "check the path of the endpoint",
    407: "the proxy asks for a login",
    429: "too many requests; wait, and use fewer connections",
    503: "the service may be under maintenance",
    524: "the answer took too long; ask for smaller pages",
}


def _judged(status: int, reader: ReplyReader) -> Reply:
    """The whole reply. An XML refusal counts whatever the status; good news under a bad status is not believed."""
    reply = reader.close()
    if status >= 300 and not reply.failed:
        raise TransportError("the reply claims success")
    return reply


def _with_status(status: int, error: TransportError) -> TransportError:
    """The error with the HTTP status in front, where the status was bad."""
    if status < 300:
        return error
    hint = _STATUS_HINTS.get(
        status, "redirects are not followed, the request holds credentials" if status < 400 else ""
    )
    hints = [hint] if hint else list(error.hints)
    return TransportError(f"HTTP status {status}: {error.reason}", *hints, status=status, passing=status in _PASSING)
