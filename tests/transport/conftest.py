"""The server of ``posting``, for a module; for a test its URL, and the same by TLS."""

import ssl
import subprocess

import pytest
from posting import serving


@pytest.fixture(scope="module")
def server():
    with serving() as server:
        yield server


@pytest.fixture
def url(server):
    server.seen.clear()
    server.closed.clear()
    return f"http://127.0.0.1:{server.server_port}"


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
    with serving(context, like=server) as behind:
        server.seen.clear()
        yield behind.server_port
