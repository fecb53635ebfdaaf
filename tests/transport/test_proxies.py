"""What stands on the way: proxies of the environment, TLS, and the certificates that are trusted."""

import base64
import socket
import socketserver
import sys
import threading
from contextlib import suppress
from pathlib import Path

import certifi
import pytest
from posting import SECRET, both, check, free_port, post

from intacct_ql.errors import TransportError
from intacct_ql.transport.http import trust


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
    monkeypatch.setitem(sys.modules, "socks", None)
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
