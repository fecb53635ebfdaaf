"""Replies that are broken, foreign or malicious: each is a TransportError in plain words, none costs much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import Error, TransportError
from intacct_ql.gateway.messages import Reply, RowShape
from intacct_ql.gateway.reader import ReplyReader

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><response><control><status>&c;</status></control></response>'
)
EXTERNAL = (
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><response><control><status>&x;</status></control></response>'
)

FOREIGN = [
    (b"", "empty"),
    (b" \r\n\t ", "empty"),
    (
        b"<!DOCTYPE html><html><head><title>Just a\n moment...</title>",
        "HTML page instead of XML, titled “Just a moment...”",
    ),
    (b"<HTML><body>down</body></HTML>", "HTML page instead of XML"),
    (
        b'<?xml version="1.0"?>\n<!-- x --><html xmlns="http://www.w3.org/1999/xhtml"><title>A &amp; B</title></html>',
        "“A & B”",
    ),
    (b"upstream connect error\nreset", "text instead of XML, beginning “upstream connect error reset”"),
    (b'{"error": 1}', "text instead of XML"),
    (b"\x1b[31mred", r"beginning “\[31mred”"),
    (b"\xff\xfe<\x00r\x00", "text instead of XML"),
    (b"\x1f\x8b\x08\x00", "text instead of XML"),
    (b"<error><message>no</message></error>", "not a response of the gateway"),
    (b"<ns:response xmlns:ns='x'/>", "not a response of the gateway"),
    (b"<?xml version='1.0'?>", "cut off"),
    (b"<?xml vers", "cut off"),
    (b"<resp", "cut off"),
    (b"<!-- half", "cut off"),
    (BOMB.encode(), "DOCTYPE"),
    (EXTERNAL.encode(), "DOCTYPE"),
    (b"<!doctype response><response/>", "DOCTYPE"),
    (b"<!-- > --><?pi ??>  <!DOCTYPE r SYSTEM 'http://127.0.0.1:9/x.dtd'><response/>", "DOCTYPE"),
    (b"<response>" + b"<a>" * 300, "resource limit"),
    (b"<response>&undefined;</response>", "well-formed"),
    (b"<response>&#1;</response>", "well-formed"),
    (b"<response>\x01</response>", "well-formed"),
    (b"<response>\xff</response>", "well-formed"),
    (b"<response></wrong>", "well-formed.*tag name mismatch"),
    (b"<response/><response/>", "well-formed"),
    (b'<?xml version="1.0" encoding="nonsense"?><response/>', "well-formed"),
    (b"<response>" + b"x" * 9_000_000, "more than 8,388,608 bytes"),
    (b"x" * 20_000, "text instead of XML"),
    (b"<!--" + b"-" * 20_000, "text instead of XML"),
]


@pytest.mark.parametrize(("document", "words"), FOREIGN, ids=[words for _, words in FOREIGN])
@pytest.mark.parametrize("step", [0, 7])
def test_what_arrived_is_named(read, document, words, step):
    if step and len(document) > 1_000_000:
        step = 65_536
    with pytest.raises(TransportError, match=words):
        read(document, step=step)


def test_a_page_of_another_encoding_is_read(read):
    reply = read(
        '<?xml version="1.0" encoding="ISO-8859-1"?><response><control><status>é</status></control></response>'.encode(
            "latin-1"
        )
    )
    assert reply.status == "é"


@pytest.mark.parametrize("name", ["query", "sign_in", "failure_login"])
def test_cut_anywhere_is_cut_off(wire, read, vendor, name, secrets):
    document = wire(name).rstrip()
    shape = vendor if name == "query" else None
    for end in range(len(document)):
        with pytest.raises(TransportError, match="cut off" if end else "empty") as caught:
            read(document[:end], shape)
        assert caught.value.passing
        assert not any(secret in repr(caught.value) for secret in secrets)


def pour(reader, piece, times):
    for _ in range(times):
        reader.feed(piece)


def test_a_stream_without_end_is_stopped_at_the_cap(columns):
    reader = ReplyReader(columns("B"))
    reader.feed(b"<response><operation><result><data>")
    piece = b"<A><B>" + b"x" * 65_000 + b"</B></A>"
    with pytest.raises(TransportError, match=r"larger than 67,108,864 bytes"):
        pour(reader, piece, 100 * 2**20 // len(piece))


def test_the_cap_is_a_setting(wire, read, vendor):
    with pytest.raises(TransportError, match="larger than 500 bytes"):
        read(wire("query"), vendor, max_bytes=500)


def test_one_row_without_end_is_stopped_early(columns):
    reader = ReplyReader(columns("B"))
    reader.feed(b"<response><operation><result><data><A>")
    with pytest.raises(TransportError, match="in one piece"):
        pour(reader, b"<B/>" * 4096, 2000)


def test_deep_cells_with_long_names_do_not_multiply(columns):
    # Told out in full, the dotted names of these cells would take 4 GB.
    deep, leaves = b"<" + b"n" * 40_000 + b">", b"<b/>" * 100_000
    row = b"<A>" + deep + leaves + b"</" + deep[1:] + b"<X>1</X></A>"
    reader = ReplyReader(columns("X"))
    reader.feed(b"<response><operation><result><data>" + row + b"</data></result></operation></response>")
    assert reader.close().results[0].page.rows == [("1",)]


def test_a_row_of_too_many_cells_is_refused(read, columns):
    row = b"<A>" + b"<b/>" * 10_001 + b"</A>"
    document = b"<response><operation><result><data>" + row + b"</data></result></operation></response>"
    with pytest.raises(TransportError, match="more than 10,000 cells"):
        read(document, columns("X"))


def test_a_broken_document_is_not_quoted(read):
    document = b"<response><operation><result><data><api><sessionid>s3ssion-1</api>"
    with pytest.raises(TransportError) as caught:
        read(document)
    assert "s3ssion" not in str(caught.value)


def test_an_echo_of_the_request_shows_no_password(read, wire, secrets):
    for body in (
        wire("request_sign_in"),
        b"POST: " + wire("request_sign_in"),
        b"<html><title>" + wire("request_sign_in"),
    ):
        with pytest.raises(TransportError) as caught:
            read(body)
        assert not any(secret in str(caught.value) for secret in secrets)


def test_a_title_cannot_fill_the_screen(read):
    with pytest.raises(TransportError) as caught:
        read(b"<html><title>" + b"long " * 1000 + b"</title></html>")
    assert len(str(caught.value).split("\n")[0]) < 150


FRAGMENTS = st.sampled_from(
    b"<response> </response> <control> <operation> <result> <data> </data> <A> </A> <!DOCTYPE <![CDATA[ ]]> <!-- --> "
    b"<?x ?> &# &amp; <html> \x00".split()
)


def outcome(pieces):
    """The reply, or the kind of our error; anything else comes through."""
    reader = ReplyReader(RowShape(columns=()))
    try:
        for piece in pieces:
            reader.feed(piece)
        return reader.close()
    except Error as error:
        return type(error)


@given(st.lists(st.one_of(FRAGMENTS, st.binary(max_size=5)), max_size=20))
def test_any_bytes_give_a_reply_or_our_error(pieces):
    assert outcome(pieces) == outcome([b"".join(pieces)])


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=3))
def test_any_damage_to_a_good_reply_gives_a_reply_or_our_error(query_document, place, damage):
    document = bytearray(query_document)
    place %= len(document)
    document[place : place + len(damage)] = damage
    assert isinstance(outcome([bytes(document)]), Reply | type)


@pytest.fixture(scope="module")
def query_document(request):
    return (request.path.parent / "wire" / "query.xml").read_bytes()
