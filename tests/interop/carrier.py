"""Between a client and the gateway: carries requests on unchanged, and keeps what went over.

In: the port of a gateway. Out: a URL, and the exchanges since it was asked last. Refuses to know: what they mean.
"""

import gzip
import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

OF_A_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Exchange:
    """One request and its reply."""

    request: bytes
    reply: bytes


@dataclass
class Carrier:
    """Where clients send to, and what they sent."""

    url: str
    _exchanges: list[Exchange] = field(default_factory=list)

    def taken(self) -> list[Exchange]:
        """The exchanges since this was asked last."""
        taken, self._exchanges[:] = list(self._exchanges), []
        return taken


@contextmanager
def carrying(url: str) -> Iterator[Carrier]:
    """A carrier to a gateway, for the length of a ``with`` block."""
    there, exchanges = urlsplit(url), []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            connection = http.client.HTTPConnection(there.hostname or "", there.port)
            headers = {name: text for name, text in self.headers.items() if name.lower() not in OF_A_CONNECTION}
            connection.request("POST", self.path, request, headers)
            answer = connection.getresponse()
            reply = answer.read()
            connection.close()
            plain = gzip.decompress(reply) if answer.headers["Content-Encoding"] == "gzip" else reply
            exchanges.append(Exchange(request, plain))
            self.send_response(answer.status)
            for name, text in answer.getheaders():
                if name.lower() not in OF_A_CONNECTION | {"date", "server"}:
                    self.send_header(name, text)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Nothing: the table of a run is all that is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Carrier(f"http://127.0.0.1:{server.server_port}{there.path}", exchanges)
        finally:
            server.shutdown()
