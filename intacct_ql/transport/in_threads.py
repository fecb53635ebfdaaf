"""Transports for async callers.

In: a transport that blocks. Out: one that does not. Refuses to know: what the transport is.

Each exchange is carried by a thread of its own: with the few connections a company has, that costs less than a second
way of speaking HTTP, and the event loop is left alone but for the pieces that have arrived.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from intacct_ql.transport.base import AsyncResponse, Response, Transport

_WAITING = 8
"""Pieces that may have arrived and not been taken."""


class InThreads:
    """``transport`` for async callers.

    Who leaves before the answer is here leaves the thread behind: it ends with the answer, or the time-out.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @asynccontextmanager
    async def send(self, url: str, body: bytes) -> AsyncIterator[AsyncResponse]:
        """Post ``body`` to ``url``. Raises what the transport raises."""
        carried = _Carried()
        thread = threading.Thread(
            target=carried.run, args=(self._transport, url, body), name="intacct-ql wire", daemon=True
        )
        thread.start()
        try:
            response = await carried.response()
            yield AsyncResponse(
                status=response.status,
                headers=response.headers,
                chunks=carried.pieces(),
                counted=response.counted,
            )
        finally:
            carried.leave()

    async def close(self) -> None:
        """Close the transport."""
        self._transport.close()


class _Carried:
    """One exchange: what its thread has to say comes in the event loop that made it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Queue[Response | bytes | BaseException | None] = asyncio.Queue()
        self._room = threading.Semaphore(_WAITING)
        self._left = threading.Event()

    def run(self, transport: Transport, url: str, body: bytes) -> None:
        """In the thread: the response, each of its pieces, None; or what went wrong."""
        try:
            with transport.send(url, body) as response:
                self._tell(response)
                for piece in response.chunks:
                    self._room.acquire()
                    if self._left.is_set():
                        return
                    self._tell(piece)
            self._tell(None)
        except BaseException as failure:  # noqa: BLE001 - raised where it is waited for
            self._tell(failure)

    async def response(self) -> Response:
        """The beginning of the answer."""
        news = await self._next()
        assert isinstance(news, Response)  # noqa: S101 - for the type checker
        return news

    async def pieces(self) -> AsyncIterator[bytes]:
        """The rest of it."""
        while isinstance(piece := await self._next(), bytes):
            self._room.release()
            yield piece

    def leave(self) -> None:
        """Nobody waits any more."""
        self._left.set()
        self._room.release()

    async def _next(self) -> Response | bytes | None:
        news = await self._news.get()
        if isinstance(news, BaseException):
            raise news
        return news

    def _tell(self, news: Response | bytes | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._news.put_nowait, news)
