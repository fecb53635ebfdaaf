"""A process that was forked off and its parent: neither speaks on the other's connections."""

import asyncio
import gc
import os
import warnings

import pytest

from intacct_ql.transport.http import HttpTransport
from intacct_ql.transport.in_threads import InThreads

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def forked(work):
    """Run ``work`` in a process forked off here, which ends at once behind it: what it gives, or what went wrong."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the server has threads, none of which the child needs
        child = os.fork()
    if not child:
        try:
            told = work()
        except BaseException as failure:  # noqa: BLE001 - told by the parent
            told = repr(failure).encode()
        os.write(writing, told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return told


def said(transport, url, words):
    with transport.send(url, words) as response:
        return b"".join(response.chunks)


def clients(server):
    return [client for *_, client in server.seen]


def test_a_child_has_connections_of_its_own(url, server):
    transport = HttpTransport()
    assert said(transport, url + "/echo", b"before") == b"before"
    assert forked(lambda: said(transport, url + "/echo", b"child")) == b"child"
    assert said(transport, url + "/echo", b"parent") == b"parent"
    transport.close()
    first, child, parent = clients(server)
    assert first == parent != child


def test_a_child_keeps_its_own_connections(url, server):
    transport = HttpTransport()
    said(transport, url + "/echo", b"before")
    assert forked(lambda: b"".join(said(transport, url + "/echo", b"child") for _ in range(3))) == b"child" * 3
    transport.close()
    assert len(set(clients(server))) == 2


def test_a_child_leaves_an_answer_alone_that_its_parent_is_reading(url):
    transport = HttpTransport()
    with transport.send(url + "/echo", b"x" * 3_000_000) as response:
        begun = next(response.chunks)
        assert forked(lambda: said(transport, url + "/echo", b"child")) == b"child"
        assert begun + b"".join(response.chunks) == b"x" * 3_000_000
    transport.close()


def test_a_child_that_closes_all_it_has_ends_no_connection_of_its_parent(secure, server):
    transports, echo = [HttpTransport()], f"https://localhost:{secure}/echo"
    said(transports[0], echo, b"before")

    def close():
        told = said(transports[0], echo, b"child")
        transports[0].close()
        transports.clear()
        gc.collect()
        return told

    assert forked(close) == b"child"
    assert said(transports[0], echo, b"parent") == b"parent"
    transports[0].close()
    first, child, parent = clients(server)
    assert first == parent != child


def test_async_callers_have_connections_of_their_own_too(url, server):
    transport = InThreads(HttpTransport())

    async def ask(words):
        async with transport.send(url + "/echo", words) as response:
            return b"".join([piece async for piece in response.chunks])

    assert asyncio.run(ask(b"before")) == b"before"
    assert forked(lambda: asyncio.run(ask(b"child"))) == b"child"
    assert asyncio.run(ask(b"parent")) == b"parent"
    asyncio.run(transport.close())
    first, child, parent = clients(server)
    assert first == parent != child
