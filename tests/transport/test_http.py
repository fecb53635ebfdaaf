"""The wire as it behaves, by blocking and by async transports."""

import asyncio
import threading
import time

import pytest
from posting import both, check, free_port

from intacct_ql.errors import TransportError
from intacct_ql.transport.http import HttpTransport
from intacct_ql.transport.in_threads import InThreads


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
    ("address", "words", "passing"),
    [
        ("http://127.0.0.1:{port}/", "127.0.0.1 refuses the connection", True),
        ("http://localhost:{port}/", "localhost refuses the connection", True),
        ("http://no-such-host.invalid/", "the name no-such-host.invalid cannot be resolved", True),
        ("https://127.0.0.1:{server}/", "no TLS connection with 127.0.0.1 came about", False),
        ("http://127.0.0.1:{port}x/", "not a URL", False),
    ],
)
def test_no_connection_is_told_in_our_words(post, url, address, words, passing, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(TransportError) as caught:
        post(address.format(port=free_port(), server=url.rpartition(":")[2]))
    check(caught.value, words, passing=passing)


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
