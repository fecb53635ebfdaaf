"""What XML cannot carry is refused in JSON and CSV too: one row is the same on every wire, or an error on each."""

import json

import pytest

from intacct_ql.errors import TransportError
from intacct_ql.gateway.bare import BareReader
from intacct_ql.gateway.columnar import ColumnsReader
from intacct_ql.gateway.escape import escape
from intacct_ql.gateway.messages import ColumnShape, RowShape

SHAPE = RowShape(columns=tuple(ColumnShape(names=(name,), decode=str) for name in ("NAME", "ID")))


def is_carried(char):
    try:
        escape(char)
    except ValueError:
        return False
    return True


ALL = [chr(code) for code in range(0x11000)]
UNCARRIED = [char for char in ALL if not is_carried(char)]
CARRIED = [char for char in ALL if is_carried(char)]
HALVES = [char for char in UNCARRIED if "\ud800" <= char <= "\udfff"]


def bare(form):
    return lambda: BareReader(SHAPE, form)


def by_column():
    return ColumnsReader(SHAPE, "csv")


def read(make, body, step=0):
    reader, body = make(), body.encode()
    for start in range(0, len(body), step or len(body)):
        reader.feed(body[start : start + (step or len(body))])
    return list(reader.close().results[0].page.rows)


def escaped(text):
    return json.dumps([{"NAME": text, "ID": "1"}])


def raw(text):
    return json.dumps([{"NAME": text, "ID": "1"}], ensure_ascii=False)


def csv(text):
    return f"NAME,ID\nfirst,0\n{text},1\n"


def refused(make, body, step=0):
    with pytest.raises(TransportError) as caught:
        read(make, body, step)
    return str(caught.value)


@pytest.mark.parametrize("char", [char for char in UNCARRIED if char not in HALVES], ids=ascii)
def test_every_character_that_xml_cannot_carry_is_refused(char):
    words = f"the reply holds the character U+{ord(char):04X}, which XML cannot carry"
    for step in (0, 1):
        assert words in refused(bare("json"), escaped(f"a{char}b"), step)
        assert words in refused(bare("csv"), csv(f"a{char}b"), step)
        assert words in refused(by_column, csv(f"a{char}b"), step)
    if char > "\x1f":
        assert words in refused(bare("json"), raw(f"a{char}b"))
    assert "leave out the field that holds it" in refused(bare("csv"), csv(char))


def test_half_characters_are_refused_and_whole_ones_are_not():
    for char in HALVES[::97]:
        assert "half of a character" in refused(bare("json"), escaped(char))
    assert read(bare("json"), escaped("😀")) == [("😀", "1")]


def test_upper_case_escapes_are_found():
    assert "U+001F" in refused(bare("json"), r'[{"NAME":"\u001F","ID":""}]')
    assert "U+FFFE" in refused(bare("json"), r'[{"NAME":"\uFFFE","ID":""}]')
    assert "half" in refused(bare("json"), r'[{"NAME":"\uD83D","ID":""}]')


def test_every_other_character_is_read():
    text = "".join(CARRIED)
    assert read(bare("json"), escaped(text)) == read(bare("json"), raw(text)) == [(text, "1")]
    quoted = '"' + text.replace('"', '""').replace("\r", "") + '"'
    wanted = [("first", "0"), (text.replace("\r", ""), "1")]
    assert read(bare("csv"), csv(quoted)) == read(by_column, csv(quoted)) == wanted


def test_a_backslash_before_a_letter_is_no_escape():
    for text in (r"\b", r"\f", r"\u001f", r"\ud83d", r"c:\folder\u0001"):
        assert read(bare("json"), escaped(text)) == [(text, "1")]


def test_what_is_not_wanted_of_json_is_not_looked_at():
    assert read(bare("json"), r'[{"NAME":"a","ID":"1","X":"\u0001"}]') == [("a", "1")]


def test_a_foreign_text_is_named_all_the_same():
    assert "text instead of CSV" in refused(bare("csv"), "down\x01\n")
    assert "text instead of JSON" in refused(bare("json"), "down\x01\n")


@pytest.mark.parametrize("step", [0, 1])
def test_names_of_columns_are_looked_at_too(step):
    assert "U+0001" in refused(bare("csv"), "NAME,ID,\x01\na,b,c\n", step)
