"""A small server on this machine that answers, lags, cuts and lies, and what posts to it.

In: a path, whose last part says how it answers. Out: the answer, posted for by a blocking or an async transport.
"""

import asyncio
import gzip
import socket
import threading
import traceback
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from intacct_ql.transport.http import HttpTransport
from intacct_ql.transport.in_threads import InThreads

SECRET = b"<password>s3cret</password>"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append((self.path, dict(self.headers.items()), body, self.client_address))
        getattr(self, "answer_" + self.path.rpartition("/")[2])(body)

    def give(self, body, status=200, length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def answer_echo(self, body):
        self.give(body, Content_Type="text/xml")

    def answer_once(self, body):
        self.give(body)
        self.close_connection = True

    def finish(self):
        super().finish()
        self.server.closed.set()

    def answer_gzip(self, body):
        self.give(gzip.compress(body), Content_Encoding="gzip")

    def answer_html(self, _body):
        self.give(b"<html>", 503)

    def answer_away(self, _body):
        self.give(b"", 302, Location="/echo")

    def answer_cut(self, _body):
        self.give(b"<response>", length=1000)
        self.close_connection = True

    def answer_silent(self, _body):
        self.close_connection = True

    def answer_nonsense(self, _body):
        self.wfile.write(b"what is HTTP\r\n\r\n")
        self.close_connection = True

    def answer_slow(self, _body):
        self.server.stop.wait(5)
        self.give(b"late")

    def log_message(self, *_args):
        pass


@contextmanager
def serving(context=None, like=None):
    """The server, by TLS where there is a ``context``; what it has seen stands where that of another one does."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.seen = [] if like is None else like.seen
        server.stop, server.closed, server.daemon_threads = threading.Event(), threading.Event(), True
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.stop.set()
        server.shutdown()
        thread.join()


def post(url, body=SECRET, **settings):
    transport = HttpTransport(**settings)
    try:
        with transport.send(url, body) as response:
            return response.status, response.headers, b"".join(response.chunks)
    finally:
        transport.close()


def post_async(url, body=SECRET, **settings):
    async def main():
        transport = InThreads(HttpTransport(**settings))
        try:
            async with transport.send(url, body) as response:
                return response.status, response.headers, b"".join([piece async for piece in response.chunks])
        finally:
            await transport.close()

    return asyncio.run(main())


both = pytest.mark.parametrize("post", [post, post_async])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def check(error, words, *, passing):
    assert words in str(error)
    assert error.status is None
    assert error.passing is passing
    assert "urllib3" not in repr(error) + str(error)
    assert "s3cret" not in repr(error) + str(error) + "".join(traceback.format_exception(error))
    assert error.__suppress_context__
