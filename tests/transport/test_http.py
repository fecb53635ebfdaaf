"""The wire as it behaves: a small server on this machine that answers, lags, cuts and lies."""

import asyncio
import gzip
import socket
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from intacct_ql.errors import TransportError
from intacct_ql.transport.http import AsyncHttpTransport, HttpTransport

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


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.seen, server.stop, server.daemon_threads = [], threading.Event(), True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.stop.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def url(server):
    server.seen.clear()
    return f"http://127.0.0.1:{server.server_port}"


def post(url, body=SECRET, **settings):
    transport = HttpTransport(**settings)
    try:
        with transport.send(url, body) as response:
            return response.status, response.headers, b"".join(response.chunks)
    finally:
        transport.close()


def post_async(url, body=SECRET, **settings):
    async def main():
        transport = AsyncHttpTransport(**settings)
        try:
            async with transport.send(url, body) as response:
                return response.status, response.headers, b"".join([piece async for piece in response.chunks])
        finally:
            await transport.close()

    return asyncio.run(main())


both = pytest.mark.parametrize("post", [post, post_async])


@both
def test_a_body_goes_out_and_an_answer_comes_in(post, url, server):
    status, headers, body = post(url + "/echo", b"<request/>")
    assert (status, headers["content-type"], body) == (200, "text/xml", b"<request/>")
    [(_, sent, _, _)] = server.seen
    sent = {name.lower(): value for name, value in sent.items()}
    assert sent["content-type"] == "application/xml"
    assert sent["accept-encoding"] == "gzip"
    assert sent["user-agent"] == "intacct-ql"
    assert "authorization" not in sent


@both
def test_compressed_answers_are_inflated(post, url):
    assert post(url + "/gzip", b"x" * 300_000)[2] == b"x" * 300_000


@both
def test_a_bad_status_is_an_answer_like_any(post, url):
    assert post(url + "/html")[::2] == (503, b"<html>")


@both
def test_a_redirect_is_not_followed(post, url, server):
    assert post(url + "/away")[0] == 302
    assert [path for path, *_ in server.seen] == ["/away"]


def test_connections_are_kept(url, server):
    transport = HttpTransport()
    for _ in range(3):
        with transport.send(url + "/echo", b"x") as response:
            assert list(response.chunks) == [b"x"]
    transport.close()
    assert len({client for *_, client in server.seen}) == 1


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@both
@pytest.mark.parametrize(
    ("path", "words", "passing"),
    [
        ("/cut", "127.0.0.1 broke off its answer, or does not answer in HTTP", True),
        ("/silent", "127.0.0.1 broke off its answer, or does not answer in HTTP", True),
        ("/nonsense", "127.0.0.1 broke off its answer, or does not answer in HTTP", True),
        ("/slow", "127.0.0.1 does not go on answering", False),
    ],
)
def test_a_failing_answer_is_told_in_our_words(post, url, path, words, passing):
    with pytest.raises(TransportError) as caught:
        post(url + path, timeout=0.2)
    check(caught.value, words, passing=passing)


@both
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:{port}/", "127.0.0.1 refuses the connection"),
        ("http://localhost:{port}/", "localhost refuses the connection"),
        ("http://no-such-host.invalid/", "the name no-such-host.invalid cannot be resolved"),
        ("https://127.0.0.1:{server}/", "no TLS connection with 127.0.0.1 came about"),
        ("http://127.0.0.1:{port}x/", "not a URL"),
    ],
)
def test_no_connection_is_told_in_our_words(post, url, address, words, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(TransportError) as caught:
        post(address.format(port=free_port(), server=url.rpartition(":")[2]))
    check(caught.value, words, passing=False)


def check(error, words, *, passing):
    assert words in str(error)
    assert error.status is None
    assert error.passing is passing
    assert "httpx" not in repr(error) + str(error)
    assert "s3cret" not in repr(error) + str(error) + "".join(traceback.format_exception(error))
    assert error.__suppress_context__


@both
def test_a_proxy_of_the_environment_is_never_used_for_this_machine(post, url, monkeypatch):
    for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert post(url + "/echo")[2] == SECRET


@both
def test_a_proxy_of_the_environment_is_used_elsewhere(post, url, server, monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", url)
    monkeypatch.setenv("http_proxy", url)
    assert post("http://gateway.example/echo")[2] == SECRET
    assert server.seen[0][0] == "http://gateway.example/echo"


def test_more_requests_than_connections_wait(url):
    transport = HttpTransport(connections=2)
    statuses = []

    def one():
        with transport.send(url + "/echo", b"x") as response:
            time.sleep(0.01)
            list(response.chunks)
            statuses.append(response.status)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    transport.close()
    assert statuses == [200] * 8


def test_leaving_early_ends_the_exchange(url):
    transport = HttpTransport()
    with transport.send(url + "/echo", b"x" * 1_000_000) as response:
        assert response.status == 200
    with transport.send(url + "/echo", b"y") as response:
        assert list(response.chunks) == [b"y"]
    transport.close()
