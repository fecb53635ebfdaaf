"""Answers that do not end: who has enough leaves, and what brings nothing is given up."""

import gzip
import zlib
from contextlib import suppress
from io import BytesIO
from itertools import chain, repeat

import pytest
from posting import Handler, both

from intacct_ql.errors import TransportError
from intacct_ql.transport.http import HttpTransport

_EMPTY_BLOCK = b"\0\0\0\xff\xff"
"""Five bytes of a deflated stream that hold nothing."""


def stream(handler, begins, goes_on):
    """Give a body of gzip that does not end before the caller leaves."""
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.close_connection = True
    with suppress(OSError):
        for piece in chain([begins], repeat(goes_on)):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))


def padded(handler, body):
    """The whole answer, and blanks behind it for ever."""
    stream(handler, gzip.compress(body), b" " * 65_536)


def hollow(handler, body):
    """The answer without its end, and nothing for ever."""
    deflated = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    stream(handler, deflated.compress(body) + deflated.flush(zlib.Z_FULL_FLUSH), _EMPTY_BLOCK * 10_000)


def framed(handler, begins, goes_on):
    """Give an answer as it is written, and then the same for ever."""
    handler.close_connection = True
    with suppress(OSError):
        for piece in chain([begins], repeat(goes_on)):
            handler.wfile.write(piece)
    handler.wfile = BytesIO()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def trailing(handler, body):
    """The whole answer, and fields behind its last chunk for ever."""
    framed(handler, CHUNKED + b"%x\r\n%s\r\n0\r\n" % (len(body), body), b"X: y\r\n" * 1_000)


def waiting(handler, _):
    """The word that the answer will come, for ever."""
    framed(handler, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)


def negative(handler, _):
    """A chunk of less than nothing, and bytes for ever."""
    framed(handler, CHUNKED + b"-1\r\n", b"x" * 65_536)


def sizes(handler, _):
    """The size of a chunk, for ever."""
    framed(handler, CHUNKED + b"1;", b"x" * 65_536)


@pytest.fixture(autouse=True)
def _answers(monkeypatch):
    for answer in (padded, hollow, trailing, waiting, negative, sizes):
        monkeypatch.setattr(Handler, f"answer_{answer.__name__}", answer, raising=False)
    monkeypatch.setattr(Handler, "finish", finish)


def finish(handler):
    with suppress(OSError):  # what was still to be written
        super(Handler, handler).finish()
    handler.server.closed.set()


def said(transport, url, words):
    with transport.send(url, words) as response:
        return b"".join(response.chunks)


def test_who_leaves_an_endless_answer_uses_its_connection_no_more(url, server):
    transport = HttpTransport(connections=1)
    with transport.send(url + "/padded", b"x") as response:
        assert next(response.chunks) == b"x"
    assert server.closed.wait(30)
    assert said(transport, url + "/echo", b"y") == b"y"
    transport.close()
    assert len({client for *_, client in server.seen}) == 2


@both
def test_what_follows_behind_the_end_of_a_compressed_answer_is_left(post, url):
    assert post(url + "/padded", b"x" * 3_000)[2] == b"x" * 3_000


@both
def test_a_compressed_answer_that_goes_on_and_brings_nothing_is_given_up(post, url):
    with pytest.raises(TransportError, match=r"^the reply goes on and holds nothing any more"):
        post(url + "/hollow")


@both
@pytest.mark.parametrize("path", ["trailing", "waiting", "negative", "sizes"])
def test_what_stands_around_a_body_is_bounded(post, url, path):
    with pytest.raises(TransportError, match="broke off its answer, or does not answer in HTTP"):
        post(f"{url}/{path}")
