"""The wire as it behaves: a small server on this machine that answers, lags, cuts and lies."""

import asyncio
import base64
import gzip
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import traceback
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import certifi
import pytest

from intacct_ql.errors import TransportError
from intacct_ql.transport.http import HttpTransport, trust
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


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.seen, server.stop, server.closed = [], threading.Event(), threading.Event()
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.stop.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def url(server):
    server.seen.clear()
    server.closed.clear()
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
        transport = InThreads(HttpTransport(**settings))
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
    assert "urllib3" not in repr(error) + str(error)
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


@pytest.fixture
def proxied(url, monkeypatch):
    """``proxied(address)``: the environment says so of every request; {} stands for host and port of the server."""

    def proxied(address):
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, address.format(url.removeprefix("http://")))

    return proxied


def test_a_proxy_is_told_the_name_and_password_in_its_address(server, proxied):
    proxied("http://me:p%40ss@{}")
    assert post("http://gateway.example/echo")[2] == SECRET
    [(_, sent, _, _)] = server.seen
    assert sent["proxy-authorization"] == "Basic " + base64.b64encode(b"me:p@ss").decode()


def test_a_proxy_without_a_scheme_speaks_http(server, proxied):
    proxied("{}")
    assert post("http://gateway.example/echo")[2] == SECRET


def test_a_proxy_that_refuses_is_told_without_its_password(proxied):
    proxied(f"http://me:s3cret@127.0.0.1:{free_port()}")
    with pytest.raises(TransportError) as caught:
        post("http://gateway.example/echo")
    check(caught.value, "the proxy on the way to gateway.example refuses", passing=False)


def test_a_proxy_that_speaks_socks_needs_its_library(proxied, monkeypatch):
    monkeypatch.setitem(sys.modules, "urllib3.contrib.socks", None)
    proxied("socks5://me:s3cret@{}")
    with pytest.raises(TransportError, match=r"speaks SOCKS\s+hint: pip install pysocks") as caught:
        post("http://gateway.example/echo")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["http://[proxy", "ftp://{}", "http://{}x"])
def test_a_proxy_that_is_none_is_told(proxied, proxy):
    proxied(proxy)
    with pytest.raises(TransportError) as caught:
        post("http://gateway.example/echo")
    check(caught.value, "the proxy of the environment has an address that is no URL of a proxy", passing=False)


@pytest.fixture
def secure(server, tmp_path, monkeypatch):
    """The same server by TLS, as ``gateway.example``, whose certificate is trusted: its port."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=gateway.example", "-days", "1"]
    names = ["-addext", "subjectAltName=DNS:gateway.example,DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run([*made, *names], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as behind:
        behind.seen, behind.stop, behind.closed, behind.daemon_threads = server.seen, server.stop, server.closed, True
        behind.socket = context.wrap_socket(behind.socket, server_side=True)
        thread = threading.Thread(target=behind.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield behind.server_port
        behind.shutdown()
        thread.join()


class Tunnel(socketserver.StreamRequestHandler):
    """A proxy that connects whoever asks with one port of this machine."""

    def handle(self):
        head = [line.strip() for line in iter(self.rfile.readline, b"\r\n")]
        self.server.asked.append(head)
        if self.server.refuses:
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.server.leads_to)) as there:
            back = threading.Thread(target=copy, args=(there, self.connection))
            back.start()
            copy(self.connection, there)
            back.join()


def copy(source, target):
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def tunnel(secure, monkeypatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel) as tunnel:
        tunnel.asked, tunnel.leads_to, tunnel.refuses, tunnel.daemon_threads = [], secure, False, True
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://me:s3cret@127.0.0.1:{tunnel.server_address[1]}")
        thread = threading.Thread(target=tunnel.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield tunnel
        tunnel.shutdown()
        thread.join()


@both
def test_tls_with_a_trusted_certificate(post, secure):
    assert post(f"https://localhost:{secure}/gzip", b"x" * 300_000)[2] == b"x" * 300_000


@both
def test_tls_goes_through_the_tunnel_of_a_proxy(post, url, tunnel, server):
    assert post("https://gateway.example/echo")[2] == SECRET
    [head] = tunnel.asked
    assert head[0].startswith(b"CONNECT gateway.example:443 HTTP/1.")
    assert any(line.lower().startswith(b"proxy-authorization: basic ") for line in head)
    [(path, sent, body, _)] = server.seen
    assert (path, body) == ("/echo", SECRET)
    assert "proxy-authorization" not in {name.lower() for name in sent}


@both
def test_a_proxy_that_refuses_the_tunnel_is_told(post, tunnel):
    tunnel.refuses = True
    with pytest.raises(TransportError) as caught:
        post("https://gateway.example/echo")
    check(caught.value, "the proxy on the way to gateway.example refuses", passing=False)


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_the_environment_may_name_other_certificates(name, monkeypatch, tmp_path):
    for known in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(known, raising=False)
    assert trust().cert_store_stats()["x509_ca"] > 50
    where = Path(certifi.where())
    monkeypatch.setenv(name, str(tmp_path if name == "SSL_CERT_DIR" else where))
    assert (trust().cert_store_stats()["x509_ca"] > 50) is (name == "SSL_CERT_FILE")


def test_a_connection_that_the_gateway_has_closed_meanwhile_is_not_used(url, server):
    transport = HttpTransport()
    with transport.send(url + "/once", b"x") as response:
        assert list(response.chunks) == [b"x"]
    server.closed.wait(5)
    time.sleep(0.05)
    with transport.send(url + "/echo", b"y") as response:
        assert list(response.chunks) == [b"y"]
    transport.close()


def test_who_gives_up_waiting_gets_on_at_once(url):
    async def main():
        transport = InThreads(HttpTransport())
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), transport.send(url + "/slow", b"x"):
                raise AssertionError("it has answered")
        waited = time.monotonic() - began
        async with transport.send(url + "/echo", b"y") as response:
            assert [piece async for piece in response.chunks] == [b"y"]
        await transport.close()
        return waited

    assert asyncio.run(main()) < 4


def test_a_long_answer_waits_for_who_takes_it(url):
    async def main():
        transport = InThreads(HttpTransport())
        async with transport.send(url + "/echo", b"x" * 9_000_000) as response:
            await asyncio.sleep(0.2)
            size = sum([len(piece) async for piece in response.chunks])
        async with transport.send(url + "/echo", b"x" * 9_000_000) as response:
            pass  # the rest is not taken, and holds nobody up
        await transport.close()
        return size

    assert asyncio.run(main()) == 9_000_000
    for _ in range(100):
        if not any(thread.name == "intacct-ql wire" for thread in threading.enumerate()):
            break
        time.sleep(0.05)
    else:
        raise AssertionError("a thread was left behind")


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
