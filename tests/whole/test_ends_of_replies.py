"""Replies without a length, as HTTP/1.0 has them: what is cut there shows in XML and JSON, and in CSV it may not."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from gateways import ACCOUNTS, CREDENTIALS

import intacct_ql as iql
from intacct_ql.emulator import Gateway
from intacct_ql.errors import TransportError

PULL = "select RECORDNO, NAME, TOTALDUE from CUSTOMER where RECORDNO < 30"

pytestmark = pytest.mark.unkept("the gateway stands behind a server of its own")


@contextmanager
def without_length(store, cut):
    """A gateway whose replies end with the connection, those in CSV so many bytes too early."""
    gateway = Gateway(store, accounts=ACCOUNTS)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            answer = gateway.handle(body, url=url)
            self.send_response(answer.status)
            self.end_headers()
            bare = not answer.body.startswith(b"<")
            self.wfile.write(answer.body[: len(answer.body) - cut] if bare else answer.body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}/ia/xml/xmlgw.phtml"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with iql.connect(endpoint_url=url, connections=1, **CREDENTIALS) as session:
                yield session
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("wire", ["xml", "json"])
def test_what_shows_its_end_is_read(store, wire):
    with without_length(store, 0) as session, iql.demo() as here:
        assert session.query(PULL, page_size=10, wire=wire).fetchall() == here.query(PULL).fetchall()


@pytest.mark.parametrize("by_column", [False, True])
@pytest.mark.parametrize("cut", [0, 2])
def test_a_csv_that_may_be_cut_is_no_page(store, cut, by_column):
    with without_length(store, cut) as session:
        result = session.query(PULL, page_size=10, wire="csv")
        if by_column:
            result.read_by_column()
        with pytest.raises(TransportError, match="nothing says where the reply ends") as failure:
            list(result.pages())
    assert "--wire xml" in failure.value.hints[0]


def test_a_json_that_is_cut_shows(store):
    with without_length(store, 2) as session, pytest.raises(TransportError, match="cut off before its end"):
        session.query(PULL, page_size=10, wire="json", retries=0).fetchall()
