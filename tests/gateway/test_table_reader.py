"""Regular pages are read by the column, and nothing else is. That it is right is held to rows in ``test_columns``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replies import GOOD, HIDDEN, IRREGULAR, KINDS, NAMES, SHAPE, TWO, cells, document, outcome, row_of

from intacct_ql.errors import TransportError
from intacct_ql.gateway import table_reader
from intacct_ql.gateway.reader import MAX_HELD, ReplyReader
from intacct_ql.gateway.table_reader import TableReader


class Watched(ReplyReader):
    """A strict reader that tells what it was fed."""

    fed: bytes

    def feed(self, data):
        Watched.fed += data
        super().feed(data)


@pytest.fixture
def read(monkeypatch):
    """Read a reply; what comes out, and what the strict reader saw of it in the end."""
    monkeypatch.setattr(table_reader, "ReplyReader", Watched)

    def reading(body, shape, step=0):
        Watched.fed = b""
        return outcome(TableReader(shape), body, step), Watched.fed

    return reading


def page_of(rows, tags=NAMES):
    return document("".join(row_of(row, tags) for row in rows))


@pytest.mark.parametrize("place", range(7))
def test_of_a_regular_page_the_strict_reader_sees_the_envelope(read, place):
    row = [texts[place % len(texts)] for texts in (cells(kind, GOOD) for kind in KINDS)]
    body = page_of([row] * 3)
    reply, seen = read(body, SHAPE, step=100)
    assert seen == document("")
    assert reply.results[0].page.count == 3
    assert (reply.results[0].page.totalcount, reply.results[0].page.numremaining) == (9, 5)


def test_a_page_of_many_pieces(read):
    rows = [[str(number), f"é {number} &amp; more"] for number in range(9_000)]
    reply, seen = read(page_of(rows, "AB"), TWO, step=65_536)
    assert seen == document("")
    assert reply.results[0].page.rows == [(one, two.replace("&amp;", "&")) for one, two in rows]


@pytest.mark.parametrize("wrong", ["<A>1</A>", "<A>1</A><C></C>", "<A>1</A><B>\x01</B>", "<A>]]></A><B></B>"])
def test_a_page_that_is_irregular_late_is_read_as_it_comes(read, wrong):
    body = document(row_of("12", "AB") * 9_000 + f"<R>{wrong}</R>")
    reply, seen = read(body, TWO)
    assert body in seen
    assert repr(reply) == repr(outcome(ReplyReader(TWO), body))


@pytest.mark.parametrize("body", [*map(document, IRREGULAR.values()), *(text.encode() for text in HIDDEN.values())])
def test_what_is_irregular_is_read_as_it_comes(read, body):
    reply, seen = read(body, TWO)
    assert body in seen
    assert repr(reply) == repr(outcome(ReplyReader(TWO), body))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_any_text_in_a_cell(text):
    for texts in ([text, "x"], ["x", text]):
        body = document(row_of(texts, "AB") + row_of("12", "AB") + row_of(texts, "AB"))
        assert repr(outcome(TableReader(TWO), body)) == repr(outcome(ReplyReader(TWO), body))


def test_a_page_too_large_to_be_held_is_read_as_it_comes():
    row = row_of(["x" * 4000, ""], "AB").encode()
    start, end = document("", 'numremaining="0"').split(b"</data>")
    reader = TableReader(TWO)
    reader.feed(start)
    for _ in range(MAX_HELD // 4000 + 10):
        reader.feed(row)
    assert reader._held == []
    reader.feed(b"</data>" + end)
    assert reader.close().results[0].page.count == MAX_HELD // 4000 + 10


def test_the_cap_is_a_setting():
    with pytest.raises(TransportError, match="larger than 500 bytes"):
        TableReader(TWO, max_bytes=500).feed(document("<R><A>1</A><B>2</B></R>" * 30))
