"""The wire: HTTP by httpx, the only module that knows it.

In: a URL and a body. Out: the answer, or a ``TransportError`` in plain words. Refuses to know: XML, sessions, retries.

None of httpx's types goes out of here; moving to its continuation means rewriting this file. Redirects are not
followed, because the body holds credentials. Proxies of the environment are used, but never for the own machine.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from intacct_ql.errors import TransportError
from intacct_ql.transport.base import AsyncResponse, Response
from intacct_ql.transport.inflate import Inflater

TIMEOUT = 300.0
"""Seconds to wait for the gateway's next bytes; the official SDKs' default."""

_CONNECT_TIMEOUT = 30.0
_KEEP_ALIVE = 30.0
_HEADERS = {"content-type": "application/xml", "accept-encoding": "gzip", "user-agent": "intacct-ql"}
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)


class HttpTransport:
    """Posts over HTTP and keeps connections alive. Threads may share it.

    ``timeout`` is in seconds. ``verify`` False accepts any certificate; an ``ssl.SSLContext`` sets another trust.
    ``connections`` bounds those open at a time; a further request waits for a free one.
    """

    def __init__(self, *, timeout: float = TIMEOUT, verify: bool | ssl.SSLContext = True, connections: int = 8) -> None:
        self._settings = _settings(timeout, verify, connections)
        self._clients: dict[bool, httpx.Client] = {}
        self._lock = threading.Lock()

    @contextmanager
    def send(self, url: str, body: bytes) -> Iterator[Response]:
        """Post ``body`` to ``url``. Raises ``TransportError`` when no answer, or not all of it, arrives."""
        client = self._client(_is_own_machine(url))
        try:
            with client.stream("POST", url, content=body) as answer:
                headers = dict(answer.headers)
                yield Response(status=answer.status_code, headers=headers, chunks=_chunks(answer))
        except _FAILURES as error:
            raise _failure(error, url) from None

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()

    def _client(self, at_home: bool) -> httpx.Client:
        """One for the own machine, one for the rest; made when first needed, because TLS settings cost 30 ms."""
        with self._lock:
            if at_home not in self._clients:
                self._clients[at_home] = httpx.Client(trust_env=not at_home, **_trusting(self._settings))
            return self._clients[at_home]


class AsyncHttpTransport:
    """The same for async callers of one event loop."""

    def __init__(self, *, timeout: float = TIMEOUT, verify: bool | ssl.SSLContext = True, connections: int = 8) -> None:
        self._settings = _settings(timeout, verify, connections)
        self._clients: dict[bool, httpx.AsyncClient] = {}

    @asynccontextmanager
    async def send(self, url: str, body: bytes) -> AsyncIterator[AsyncResponse]:
        """Post ``body`` to ``url``. Raises ``TransportError`` when no answer, or not all of it, arrives."""
        client = self._client(_is_own_machine(url))
        try:
            async with client.stream("POST", url, content=body) as answer:
                headers = dict(answer.headers)
                yield AsyncResponse(status=answer.status_code, headers=headers, chunks=_async_chunks(answer))
        except _FAILURES as error:
            raise _failure(error, url) from None

    async def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()

    def _client(self, at_home: bool) -> httpx.AsyncClient:
        if at_home not in self._clients:
            self._clients[at_home] = httpx.AsyncClient(trust_env=not at_home, **_trusting(self._settings))
        return self._clients[at_home]


def _settings(timeout: float, verify: bool | ssl.SSLContext, connections: int) -> dict[str, Any]:
    return {
        "headers": _HEADERS,
        # No limit on the wait for a free connection: how many run at a time is the caller's business.
        "timeout": httpx.Timeout(timeout, connect=min(timeout, _CONNECT_TIMEOUT), pool=None),
        "verify": verify,
        "limits": httpx.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=_KEEP_ALIVE
        ),
    }


def trust() -> ssl.SSLContext:
    """The certificates that are trusted unless a caller says otherwise: those built in, or of SSL_CERT_FILE."""
    return httpx.create_ssl_context()


def _trusting(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with that trust: of its own accord httpx takes SSL_CERT_FILE only where it takes proxies, too."""
    return {**settings, "verify": trust()} if settings["verify"] is True else settings


def _chunks(answer: httpx.Response) -> Iterator[bytes]:
    inflater = Inflater(answer.headers.get("content-encoding", ""))
    for raw in answer.iter_raw():
        yield from inflater.feed(raw)
    inflater.close()


async def _async_chunks(answer: httpx.Response) -> AsyncIterator[bytes]:
    inflater = Inflater(answer.headers.get("content-encoding", ""))
    async for raw in answer.aiter_raw():
        for piece in inflater.feed(raw):
            yield piece
    inflater.close()


def _is_own_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_AGAIN = "run it again: reading changes nothing"

# What is looked for in an exception and in what caused it, in this order; {host} is filled in.
_REASONS: tuple[tuple[type[BaseException], str, str, bool], ...] = (
    (socket.gaierror, "the name {host} cannot be resolved", "check the endpoint and the network", False),
    (ConnectionRefusedError, "{host} refuses the connection", "check host and port of the endpoint", False),
    (ssl.SSLCertVerificationError, "the certificate of {host} is not trusted", "a proxy may be reading along", False),
    (ssl.SSLError, "no TLS connection with {host} came about", "check that the endpoint speaks https", False),
    (httpx.ProxyError, "the proxy on the way to {host} refuses", "see HTTPS_PROXY and NO_PROXY", False),
    (httpx.ConnectTimeout, "{host} does not answer the connection", "check the network and its proxy", False),
    (httpx.TimeoutException, "{host} does not go on answering", "ask for smaller pages or raise the time-out", False),
    (httpx.ConnectError, "no connection with {host} came about", "check the network and its proxy", False),
    (httpx.RemoteProtocolError, "{host} broke off its answer, or does not answer in HTTP", _AGAIN, True),
    (httpx.NetworkError, "the connection with {host} broke", _AGAIN, True),
    (httpx.HTTPError, "the exchange with {host} failed", "", False),
    (httpx.InvalidURL, "the endpoint is not a URL", "", False),
    (httpx.StreamError, "the exchange with {host} failed", "", False),
)


def _failure(error: Exception, url: str) -> TransportError:
    """The failure in our words: httpx's own messages and requests stay here, for they hold the body."""
    causes = list(_causes(error))
    for kind, reason, hint, passing in _REASONS:
        if any(isinstance(cause, kind) for cause in causes):
            host = urlsplit(url).hostname or "the endpoint"
            return TransportError(reason.format(host=host), *([hint] if hint else []), passing=passing)
    return TransportError("the exchange failed")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):  # several addresses of one name, tried at once
            yield from error.exceptions
        error = error.__cause__ or error.__context__
