"""The gateway as an ASGI application.

In: HTTP requests. Out: HTTP replies, whole, cut or none. Refuses to know: what the bodies mean.

Paths: POST ``/ia/xml/xmlgw.phtml`` (and ``/``), and the emulator's own (``control``). Everything else is 404. The
gateway works in a thread, so that a slow query does not hold up the others.
"""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from intacct_ql.emulator.answers import Answer, plain
from intacct_ql.emulator.control import ROUTES, Asked, respond
from intacct_ql.emulator.elements import MAX_BYTES
from intacct_ql.emulator.gateway import Gateway

PATH = "/ia/xml/xmlgw.phtml"

_WORTH_PACKING = 4096
_AT_WORK = 64
_PIECES = 20

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class HungUp(Exception):  # noqa: N818 - not an error: the connection is to end here
    """Leaves the application so that the server closes the connection."""


def application(gateway: Gateway) -> App:
    """The ASGI application of a gateway."""

    # more threads than the loop's own, which are few on a small machine: what waits for one is at work for no limit
    threads = ThreadPoolExecutor(_AT_WORK, thread_name_prefix="intacct-emulator")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _send(await _respond(gateway, threads, scope, receive), scope, send)

    return app


async def _respond(gateway: Gateway, threads: Executor, scope: Scope, receive: Receive) -> Answer:
    method, path = scope["method"], scope["path"]
    route = ROUTES.get((method, path))
    if route is None and path not in {PATH, "/"}:
        return plain("Not Found", status=404)
    if route is None and method != "POST":
        return plain("Method Not Allowed", status=405)
    body = await _body(receive)
    if body is None:
        return plain("Content Too Large", status=413)
    if route:  # in a thread of its own: it answers even while all others wait
        return await asyncio.to_thread(respond, route, gateway, _asked(scope, body))
    return await asyncio.get_running_loop().run_in_executor(threads, _handle, gateway, body, scope)


def _asked(scope: Scope, body: bytes) -> Asked:
    host, _ = scope.get("server") or ("", None)
    names = {name: _header(scope, name.encode()) for name in ("host", "origin", "accept")}
    return Asked(scheme=scope.get("scheme", "http"), server=str(host), body=body, **names)


def _handle(gateway: Gateway, body: bytes, scope: Scope) -> Answer:
    content_type = _header(scope, b"content-type") or "application/xml"
    return _packed(gateway.handle(body, content_type=content_type, url=_url(scope)), scope)


async def _body(receive: Receive) -> bytes | None:
    """The body of a request; None where it is too large, in which case it is not kept."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        part = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(part)
        if size <= MAX_BYTES:
            parts.append(part)
    return b"".join(parts) if size <= MAX_BYTES else None


def _packed(given: Answer, scope: Scope) -> Answer:
    if len(given.body) < _WORTH_PACKING or given.cut is not None or "gzip" not in _header(scope, b"accept-encoding"):
        return given
    packed = gzip.compress(given.body, compresslevel=1, mtime=0)
    return replace(given, headers=(*given.headers, ("Content-Encoding", "gzip")), body=packed)


async def _send(given: Answer, scope: Scope, send: Send) -> None:
    if given.drop:
        await asyncio.sleep(given.hang)
        # ASGI has no word for hanging up, and an application that just fails is answered for with a 500. A start
        # without a status counts as started, cannot be written, and leaves the server nothing but to close.
        await send({"type": "http.response.start"})
    headers = [(name.lower().encode(), value.encode()) for name, value in given.headers]
    headers.append((b"content-length", str(len(given.body)).encode()))
    await send({"type": "http.response.start", "status": given.status, "headers": headers})
    if given.cut is not None:
        await send({"type": "http.response.body", "body": given.body[: given.cut], "more_body": True})
        raise HungUp(scope["path"])
    if given.dribble:
        await _dribble(given, send)
    await send({"type": "http.response.body", "body": b"" if given.dribble else given.body})


async def _dribble(given: Answer, send: Send) -> None:
    """The body in pieces, a pause before each."""
    size = -(-len(given.body) // _PIECES) or 1
    for start in range(0, len(given.body), size):
        await asyncio.sleep(given.dribble / _PIECES)
        await send({"type": "http.response.body", "body": given.body[start : start + size], "more_body": True})


def _url(scope: Scope) -> str:
    """The URL a caller used, which getAPISession gives back as the endpoint."""
    host, port = scope.get("server") or ("127.0.0.1", None)
    authority = _header(scope, b"host") or (f"{host}:{port}" if port else str(host))
    return f"{scope.get('scheme', 'http')}://{authority}{scope['path']}"


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for found, value in scope["headers"] if found.lower() == name), "")
