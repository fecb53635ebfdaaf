import gzip
import zlib
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import TransportError
from intacct_ql.transport.inflate import MAX_IDLE, MAX_PIECE, Inflater


def inflated(encoding, pieces):
    inflater = Inflater(encoding)
    found = [piece for data in pieces for piece in inflater.feed(data)]
    inflater.close()
    return found


@given(st.binary(max_size=300_000), st.integers(1, 5000))
def test_any_bytes_in_any_pieces_come_out_again(content, step):
    packed = gzip.compress(content, 1)
    pieces = [packed[start : start + step] for start in range(0, len(packed), step)]
    assert b"".join(inflated("gzip", pieces)) == content


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_no_encoding_passes_through(encoding):
    assert inflated(encoding, [b"a", b"b"]) == [b"a", b"b"]


def test_a_bomb_comes_out_in_small_pieces():
    bomb = gzip.compress(bytes(50_000_000))
    inflater = Inflater("GZIP")
    sizes = [len(piece) for piece in inflater.feed(bomb)]
    assert max(sizes) <= MAX_PIECE
    assert sum(sizes) == 50_000_000


@pytest.mark.parametrize("end", [0, 1, 5, 20])
def test_a_cut_stream_is_said_to_be_cut(end):
    with pytest.raises(TransportError, match="cut off"):
        inflated("gzip", [gzip.compress(bytes(1000))[:end]])


def test_no_gzip_stream_at_all():
    with pytest.raises(TransportError, match="not the gzip stream it claims to be"):
        inflated("gzip", [b"<response/>"])


def test_an_encoding_nobody_asked_for():
    with pytest.raises(TransportError, match="not asked for"):
        Inflater("br")


@pytest.mark.parametrize("step", [1, 1_000, 10**7])
def test_a_stream_that_brings_nothing_for_a_megabyte_is_no_reply(step):
    deflated = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    begins = deflated.compress(b"x" * 1_000) + deflated.flush(zlib.Z_FULL_FLUSH)
    idle = b"\0\0\0\xff\xff" * (MAX_IDLE // 5 + 1)  # empty blocks
    inflater = Inflater("gzip")
    assert b"".join(inflater.feed(begins)) == b"x" * 1_000
    with pytest.raises(TransportError, match="goes on and holds nothing any more"):
        list(chain.from_iterable(inflater.feed(idle[start : start + step]) for start in range(0, len(idle), step)))


def test_it_is_told_when_a_stream_has_ended():
    inflater, packed = Inflater("gzip"), gzip.compress(b"x")
    assert b"".join(inflater.feed(packed[:-1])) == b"x"
    assert not inflater.ended
    list(inflater.feed(packed[-1:]))
    assert inflater.ended
    assert not Inflater("").ended
