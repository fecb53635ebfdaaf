"""The server of ``posting``, for a module, and its URL, for a test."""

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
