"""The emulator on a real port.

In: a gateway. Out: a URL that answers until stopped. Refuses to know: what is asked.
"""

import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from intacct_ql.emulator.app import PATH, application
from intacct_ql.emulator.gateway import Gateway

if TYPE_CHECKING:
    import uvicorn

_PATIENCE = 10.0


def serve(
    gateway: Gateway, host: str = "127.0.0.1", port: int = 0, on_ready: Callable[[str], None] | None = None
) -> None:
    """Answer until interrupted. ``on_ready`` is given the URL once connections are accepted; port 0 takes a free one.

    Raises:
        OSError: the address cannot be used.
    """
    bound = _bind(host, port)
    try:
        server = _server(gateway)
        if on_ready:
            on_ready(_url(bound))  # the socket listens already: who connects now waits for the first turn of the loop
        server.run(sockets=[bound])
    finally:
        bound.close()


class Running:
    """A gateway on a free port of the loopback, in a thread, for the length of a ``with`` block."""

    def __init__(self, gateway: Gateway, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.gateway = gateway
        self._socket = _bind(host, port)
        self.url = _url(self._socket)
        self._server = _server(gateway)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="intacct-emulator", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        end = time.monotonic() + _PATIENCE
        while not self._server.started:
            if time.monotonic() > end or not self._thread.is_alive():
                raise RuntimeError("the emulator did not start")
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        self._socket.close()


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(2048)
    except OSError:
        bound.close()
        raise
    return bound


def _url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}{PATH}" if ":" in host else f"http://{host}:{port}{PATH}"


def _server(gateway: Gateway) -> "uvicorn.Server":
    import uvicorn  # noqa: PLC0415 - half of the import time of the emulator, and only needed here

    config = uvicorn.Config(
        application(gateway),
        lifespan="off",
        ws="none",
        access_log=False,
        log_level="critical",
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
