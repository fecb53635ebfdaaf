"""The wire: HTTP by urllib3, the only module that knows it.

In: a URL and a body. Out: the answer, or a ``TransportError`` in plain words. Refuses to know: XML, sessions, retries.

None of urllib3's types goes out of here. Redirects are not followed, because the body holds credentials. Proxies of the
environment are used, but never for the own machine.
"""

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any
from urllib.parse import unquote, urlsplit

import certifi
import urllib3
from urllib3 import exceptions
from urllib3.util.response import is_fp_closed

from intacct_ql.bounds import is_duration
from intacct_ql.errors import ConfigError, TransportError
from intacct_ql.transport.base import Response
from intacct_ql.transport.framing import Answer
from intacct_ql.transport.inflate import Inflater
from intacct_ql.transport.reach import way

TIMEOUT = 300.0
"""Seconds to wait for the gateway's next bytes; the official SDKs' default."""

_CONNECT_TIMEOUT = 30.0
_LONGEST = 86_400  # sockets count milliseconds, and not for ever
_PIECE = 196_608  # a thread that receives has to wait for the interpreter after each one
_HEADERS = {"Content-Type": "application/xml", "Accept-Encoding": "gzip", "User-Agent": "intacct-ql"}
_COUNTING = {"content-length", "transfer-encoding", "content-encoding"}  # the last is gzip, which shows its end
_FAILURES = (exceptions.HTTPError, UnicodeError)  # the latter for names of hosts that are none

# A router may forget a connection that is silent; then nobody would say so.
_KEEP_ALIVE = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)] + [
    (socket.IPPROTO_TCP, getattr(socket, name), value)
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3))
    if hasattr(socket, name)
]


class HttpTransport:
    """Posts over HTTP and keeps connections alive, at most so many. Threads may share it. ``timeout`` is in seconds.

    How many requests are under way at a time is the caller's business. A process that is forked off has connections of
    its own. Raises ``ConfigError`` for a time-out that is none.
    """

    def __init__(self, *, timeout: float = TIMEOUT, connections: int = 8) -> None:
        if not (is_duration(timeout) and 0 < timeout <= _LONGEST):
            raise ConfigError(f"the time-out is more than 0 seconds and at most {_LONGEST:,}, not {timeout!r}")
        self._timeout = urllib3.Timeout(connect=min(timeout, _CONNECT_TIMEOUT), read=timeout)
        self._connections = connections
        self._pools: dict[int, _Pools] = {}

    @contextmanager
    def send(self, url: str, body: bytes) -> Iterator[Response]:
        """Post ``body`` to ``url``. Raises ``TransportError`` when no answer, or not all of it, arrives."""
        try:
            answer = self._own.pool(url).request(
                "POST",
                url,
                body=body,
                headers=_HEADERS,
                timeout=self._timeout,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            try:
                headers = {name.lower(): value for name, value in answer.headers.items()}
                yield Response(
                    status=answer.status,
                    headers=headers,
                    chunks=_chunks(answer),
                    counted=not _COUNTING.isdisjoint(headers),
                )
            finally:
                if not is_fp_closed(answer):  # what is left of the answer must not be taken for the next one
                    answer.close()
                answer.release_conn()
        except _FAILURES as error:
            raise _failure(error, url) from None

    def close(self) -> None:
        """Close every connection of this process."""
        self._own.clear()

    @property
    def _own(self) -> "_Pools":
        """The pools of this process. Those of the one it was forked off are kept as they are, for they are shared."""
        process = os.getpid()
        return self._pools.get(process) or self._pools.setdefault(process, _Pools(self._connections))


class _Pools:
    """Pools of connections, one a host. Threads may share it; its lock is no other process's."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._made: dict[tuple[str, str], urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def pool(self, url: str) -> urllib3.PoolManager:
        """Made when first needed, because to look for proxies and certificates costs up to 30 ms."""
        parts = urlsplit(url)
        key = parts.scheme, parts.hostname or ""
        with self._lock:
            if key not in self._made:
                self._made[key] = _manager(parts.scheme, way(url), self._connections)
            return self._made[key]

    def clear(self) -> None:
        """Close every connection."""
        with self._lock:
            for pool in self._made.values():
                pool.clear()


def _manager(scheme: str, proxy: str, connections: int) -> urllib3.PoolManager:
    options: dict[str, Any] = {
        "maxsize": connections,
        "socket_options": [*urllib3.connection.HTTPConnection.default_socket_options, *_KEEP_ALIVE],
    }
    if scheme == "https":
        options["ssl_context"] = trust()
    return _bounded(_by_proxy(proxy, options) if proxy else urllib3.PoolManager(**options))


def _bounded(manager: urllib3.PoolManager) -> urllib3.PoolManager:
    """The same, whose connections read answers by ``Answer``."""
    known: dict[str, Any] = manager.pool_classes_by_scheme
    pools = {}
    for scheme, pool in known.items():
        connection = type("Connection", (pool.ConnectionCls,), {"response_class": Answer})
        pools[scheme] = type("Pool", (pool,), {"ConnectionCls": connection})
    manager.pool_classes_by_scheme = pools
    return manager


def trust() -> ssl.SSLContext:
    """The certificates that are trusted: those of SSL_CERT_FILE or SSL_CERT_DIR, or else those built in."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or not folder:
        return ssl.create_default_context(cafile=file or certifi.where())
    return ssl.create_default_context(capath=folder)


def _by_proxy(proxy: str, options: dict[str, Any]) -> urllib3.PoolManager:
    """Connections that go by the proxy with this URL."""
    try:
        if proxy.lower().startswith("socks"):
            if find_spec("socks") is None:
                raise TransportError("the proxy of the environment speaks SOCKS", "pip install pysocks")
            from urllib3.contrib.socks import SOCKSProxyManager  # noqa: PLC0415 - needs a library that few have

            return SOCKSProxyManager(proxy, **options)
        parts = urlsplit(proxy)
        if parts.username is not None:
            named = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            options["proxy_headers"] = urllib3.make_headers(proxy_basic_auth=named)
        if parts.scheme == "https":
            options["proxy_ssl_context"] = trust()
        return urllib3.ProxyManager(proxy, **options)
    except (exceptions.HTTPError, ValueError):
        words = "the proxy of the environment has an address that is no URL of a proxy"
        raise TransportError(words, "see HTTPS_PROXY and ALL_PROXY") from None


def _chunks(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    inflater = Inflater(answer.headers.get("content-encoding", ""))
    for raw in answer.stream(_PIECE, decode_content=False):
        if inflater.ended:  # what follows is not read, or it could go on for ever
            break
        yield from inflater.feed(raw)
    inflater.close()


_SMALLER = "ask for smaller pages (--page-size, page_size=) or raise the time-out"
_AGAIN = "run it again: reading changes nothing"

# What is looked for in an exception and in what caused it, in this order; {host} is filled in. A host that could not be
# reached, and that answered before, may do so again; signing in comes first, and once.
_REASONS: tuple[tuple[type[BaseException], str, str, bool], ...] = (
    (exceptions.ProxyError, "the proxy on the way to {host} refuses", "see HTTPS_PROXY and NO_PROXY", False),
    (socket.gaierror, "the name {host} cannot be resolved", "check the endpoint and the network", True),
    (ConnectionRefusedError, "{host} refuses the connection", "check host and port of the endpoint", True),
    (ssl.SSLCertVerificationError, "the certificate of {host} is not trusted", "a proxy may be reading along", False),
    (ssl.SSLEOFError, "{host} broke off its answer, or does not answer in HTTP", _AGAIN, True),
    (ssl.SSLError, "no TLS connection with {host} came about", "check that the endpoint speaks https", False),
    (exceptions.SSLError, "no TLS connection with {host} came about", "check that the endpoint speaks https", False),
    (exceptions.ConnectTimeoutError, "{host} does not answer the connection", "check the network and its proxy", True),
    (exceptions.TimeoutError, "{host} does not go on answering", _SMALLER, False),
    (exceptions.NewConnectionError, "no connection with {host} came about", "check the network and its proxy", True),
    (exceptions.ProtocolError, "{host} broke off its answer, or does not answer in HTTP", _AGAIN, True),
    (exceptions.LocationParseError, "the endpoint is not a URL", "", False),
    (exceptions.HTTPError, "the exchange with {host} failed", "", False),
)


_UNSENT = (
    socket.gaierror,
    ConnectionRefusedError,
    ssl.SSLCertVerificationError,
    exceptions.ConnectTimeoutError,
    exceptions.NewConnectionError,
)


def _failure(error: Exception, url: str) -> TransportError:
    """The failure in our words: urllib3's own messages and requests stay here, for they hold the body."""
    causes = list(_causes(error))
    for kind, reason, hint, passing in _REASONS:
        if any(isinstance(cause, kind) for cause in causes):
            host = urlsplit(url).hostname or "the endpoint"
            hints = [hint] if hint else []
            return TransportError(reason.format(host=host), *hints, passing=passing, unsent=kind in _UNSENT)
    return TransportError("the exchange failed")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
