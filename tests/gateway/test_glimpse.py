"""The last key of a page before the page is read, as far as it catches the eye."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.gateway.glimpse import glimpse
from intacct_ql.gateway.messages import ColumnShape, RowShape
from intacct_ql.gateway.reader import ReplyReader

SHAPE = RowShape(columns=(ColumnShape(names=("RECORDNO",), decode=int),))


def body(*keys, remaining="7", head="", behind="", name="RECORDNO"):
    rows = "".join(f"<CUSTOMER><{name}>{key}</{name}><NAME>x{behind}</NAME></CUSTOMER>" for key in keys)
    told = f'<data listtype="CUSTOMER" count="{len(keys)}" numremaining="{remaining}">'
    return (
        "<response><control><status>success</status></control><operation><authentication><status>success</status>"
        f"</authentication><result><status>success</status><function>query</function>{head}{told}{rows}</data>"
        "</result></operation></response>"
    ).encode()


def read(data):
    reader = ReplyReader(SHAPE)
    reader.feed(data)
    (result,) = reader.close().results
    return result.page


@given(
    st.lists(st.integers(0, 10**17), min_size=1, max_size=50),
    st.integers(0, 10**17),
    st.text("a<&>\"'é 7", max_size=20),
)
def test_what_is_glimpsed_is_what_is_read(keys, remaining, text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    data = body(*keys, remaining=remaining, behind=escaped)
    page = read(data)
    assert glimpse(data, ("RECORDNO",)) == (page.rows[-1][0], page.numremaining)


@pytest.mark.parametrize("name", ["RECORDNO", "recordno"])
def test_a_key_may_have_several_names(name):
    assert glimpse(body(3, 5, name=name), ("RECORDNO", "recordno")) == (5, 7)


def test_a_key_of_a_related_object_is_not_the_key():
    data = body(3).replace(b"<NAME>", b"<TERM.RECORDNO>99</TERM.RECORDNO><NAME>")
    assert glimpse(data, ("RECORDNO",)) == (3, 7)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        body(),
        body(3)[:-200],
        body(3).replace(b"numremaining", b"left"),
        body(3, remaining=""),
        body(3, remaining="-1"),
        body(3, remaining="1" * 19),
        body(3, head=" " * 4096),
        body(3, behind="y" * 16_384),
        body(3, name="ID"),
        body(""),
        body(-3),
        body("3.0"),
        body(" 3"),
        body("9" * 100),
        body(3).replace(b"<RECORDNO>3", b'<RECORDNO a="b">3'),
    ],
    ids=[
        "nothing",
        "no XML",
        "no rows",
        "cut off",
        "not told",
        "empty",
        "below nothing",
        "too many",
        "too late",
        "too early",
        "another name",
        "no key",
        "a sign",
        "a point",
        "a space",
        "too long",
        "an attribute",
    ],
)
def test_what_is_not_where_it_usually_is_is_not_seen(data):
    assert glimpse(data, ("RECORDNO",)) is None
