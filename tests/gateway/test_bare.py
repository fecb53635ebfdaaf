"""Bare JSON and CSV: the rows XML would give, and plain words for whatever else arrives."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import Error, TransportError
from intacct_ql.gateway.bare import BareReader
from intacct_ql.gateway.messages import ColumnShape, Page, Reply, Result, RowShape
from intacct_ql.gateway.reader import ReplyReader

NAMES = ("RECORDNO", "NAME", "VENDOR.TERM.NAME")
SHAPE = RowShape(columns=tuple(ColumnShape(names=(name,), decode=str) for name in NAMES))
ONE = RowShape(columns=(ColumnShape(names=("NAME",), decode=str),))


def read(body, form, shape=SHAPE, *, step=0, **settings):
    reader = BareReader(shape, form, **settings)
    body = body.encode() if isinstance(body, str) else body
    for start in range(0, len(body), step or len(body) or 1):
        reader.feed(body[start : start + (step or len(body))])
    return reader.close()


def rows(body, form, shape=SHAPE, **settings):
    return read(body, form, shape, **settings).results[0].page.rows


def test_a_page_has_rows_and_nothing_that_only_an_envelope_says():
    page = Page(rows=[("7", "Acme", "")], count=1)
    wanted = Reply(status="success", results=(Result(function="query", status="success", page=page),))
    for form, body in {
        "json": '[{"RECORDNO":"7","NAME":"Acme","VENDOR.TERM.NAME":""}]',
        "csv": "RECORDNO,NAME,VENDOR.TERM.NAME\n7,Acme,\n",
    }.items():
        assert read(body, form) == wanted
        assert not read(body, form).failed
    assert read("[]", "json", function="readByQuery").results[0].function == "readByQuery"


NO_ROWS = [("json", "[]"), ("json", "\ufeff [ ] \n"), ("csv", "RECORDNO,NAME\n"), ("csv", "NAME"), ("csv", "NAME\r\n")]


@pytest.mark.parametrize(("form", "body"), NO_ROWS)
@pytest.mark.parametrize("step", [0, 1])
def test_no_rows(form, body, step):
    assert rows(body, form, step=step) == []


# What stands in one row, and the texts of its cells.
JSON_ROWS = {
    '{"RECORDNO":"1","NAME":"N30","VENDOR.TERM.NAME":"x"}': ("1", "N30", "x"),
    '{"name":"lower","NAME":"upper","recordno":"2"}': ("2", "upper", ""),
    '{"VENDOR.TERM.NAME":"b","SURPLUS":"c","NAME":"a"}': ("", "a", "b"),
    "{}": ("", "", ""),
    '{"NAME":null,"RECORDNO":7}': ("7", "", ""),
    '{"NAME":true,"RECORDNO":false}': ("false", "true", ""),
    '{"NAME":1.50,"RECORDNO":-0,"VENDOR.TERM.NAME":1E+400}': ("-0", "1.50", "1E+400"),
    '{"RECORDNO":' + "9" * 5000 + "}": ("9" * 5000, "", ""),
    '{"NAME":"first","NAME":"second"}': ("", "first", ""),
    r'{"NAME":"a\"b\\c\n\t\u00e9\ud83d\ude00<&>"}': ("", 'a"b\\c\n\té😀<&>', ""),
    '{"VENDOR":{"TERM":{"NAME":"x","AGE":1}}, "NAME":["a",{"b":true},null]}': ("", "atrue", "x"),
    '{"VENDOR.TERM":{"NAME":"x"}, "NAME":{"A":"1","B":{"C":"2"}}}': ("", "12", "x"),
    ' {\r\n"NAME" : " a "\t} ': ("", " a ", ""),
}


@pytest.mark.parametrize("text", JSON_ROWS)
@pytest.mark.parametrize("step", [0, 1])
def test_cells_of_json(text, step):
    assert rows(f"[{text}]", "json", step=step) == [JSON_ROWS[text]]
    assert rows(f"[{text},{text}]", "json", step=step) == [JSON_ROWS[text]] * 2


def test_names_that_stand_twice_are_told_apart_by_their_place():
    shape = RowShape(columns=(ColumnShape(names=("SUM.X", "X"), decode=str), ColumnShape(names=("X",), decode=str)))
    assert rows('[{"X":"1","X":"2"}]', "json", shape) == [("1", "2")]
    assert rows("X,X\n1,2\n", "csv", shape) == [("1", "2")]


# A whole table, and its rows.
CSV_TABLES = {
    "RECORDNO,NAME,VENDOR.TERM.NAME\n1,a,b\n2,,\n": [("1", "a", "b"), ("2", "", "")],
    "RECORDNO,NAME,VENDOR.TERM.NAME\r\n1,a,b\r\n2,c,d": [("1", "a", "b"), ("2", "c", "d")],
    "\ufeffNAME,RECORDNO\na,1\n": [("1", "a", "")],
    "name,NAME,X\nlower,upper,x\n": [("", "upper", "")],
    '"NAME",RECORDNO\n"a ""b"", c",1\n"",2\n': [("1", 'a "b", c', ""), ("2", "", "")],
    'NAME,RECORDNO\n"two\nlines",1\n"a\r\nb\rc",2\n"""",3\n': [
        ("1", "two\nlines", ""),
        ("2", "a\r\nb\rc", ""),
        ("3", '"', ""),
    ],
    'NAME,RECORDNO\n" a ", b \n': [(" b ", " a ", "")],
    'NAME,RECORDNO\n5" pipe and 6" pipe,1\n': [("1", '5" pipe and 6" pipe', "")],
    'RECORDNO,NAME\n1,"ends\nin quotes"': [("1", "ends\nin quotes", "")],
    "NAME\n\na\n": [("", "", ""), ("", "a", "")],
    "NAME,RECORDNO\né😀,1": [("1", "é😀", "")],
}


@pytest.mark.parametrize("text", CSV_TABLES)
@pytest.mark.parametrize("step", [0, 1])
def test_cells_of_csv(text, step):
    assert rows(text, "csv", step=step) == CSV_TABLES[text]


def test_a_shape_without_columns_counts_rows():
    shape = RowShape(columns=())
    assert rows('[{"A":"1"},{}]', "json", shape) == [(), ()]
    assert rows("A,B\n1,2\n3,4\n", "csv", shape) == [(), ()]


@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize("name", ["failure_function", "failure_login", "failure_session", "query"])
@pytest.mark.parametrize("step", [0, 1])
def test_an_envelope_answered_instead_is_read(wire, form, name, step):
    reader = ReplyReader(SHAPE)
    reader.feed(wire(name))
    assert read(b"\xef\xbb\xbf" + wire(name) if step else wire(name), form, step=step) == reader.close()


FOREIGN = [
    ("json", "", "empty"),
    ("csv", " \r\n ", "empty"),
    ("json", "<html><title>Down</title>", "HTML page instead of XML, titled “Down”"),
    ("csv", "<!DOCTYPE html><html>", "HTML page"),
    ("csv", "<!DOCTYPE response><response/>", "DOCTYPE"),
    ("csv", "<response><control>", "cut off"),
    ("json", "upstream connect error", "text instead of JSON, beginning “upstream connect error”"),
    ("csv", "upstream connect error\nreset", "text instead of CSV, beginning “upstream connect error”"),
    ("csv", "down for\x1b[31m maintenance", r"text instead of CSV, beginning “down for \[31m maintenance”"),
    ("json", '{"error":1}', "text instead of JSON"),
    ("json", " " * 20_000, "empty"),
    ("json", '["a"]', "not well-formed JSON"),
    ("json", '[{"NAME":NaN}]', "not well-formed JSON"),
    ("json", '[{"NAME":"a"}{"NAME":"b"}]', "not well-formed JSON"),
    ("json", '[{"NAME":"a"},]', "not well-formed JSON"),
    ("json", '[,{"NAME":"a"}]', "not well-formed JSON"),
    ("json", '[{"NAME":"a"}] x', "not well-formed JSON"),
    ("json", "[] []", "not well-formed JSON"),
    ("json", '[{"NAME":"raw\nline"}]', "not well-formed JSON"),
    ("json", '[{"NAME":' + "[" * 100_000 + "]" * 100_000 + "}]", "not well-formed JSON"),
    ("json", r'[{"NAME":"\ud83d"}]', "half of a character"),
    ("json", b'[{"NAME":"\xff"}]', "not UTF-8"),
    ("csv", b"NAME,RECORDNO\n\xff\xfe,1\n", "not UTF-8"),
    ("csv", "NAME,RECORDNO\na\nb,2\n", "has 1 cells, its header 2"),
    ("csv", "NAME,RECORDNO\na,1,2\n", "has 3 cells, its header 2"),
    ("csv", "NAME,RECORDNO\n\na,1\n", "has 1 cells, its header 2"),
    ("csv", "NAME,RECORDNO\na\rb,1\n", "not well-formed CSV"),
    ("csv", 'NAME,RECORDNO\n"a"b,1\n', "not well-formed CSV"),
    ("csv", 'NAME,RECORDNO\n5",6"\n7",1\n8",2\n', "not well-formed CSV"),
    ("csv", 'NAME,RECORDNO\n5","6\n7",1\n', "not well-formed CSV"),
    ("csv", "NAME," + "A," * 10_000 + "B\n", "more than 10,000 cells"),
]


@pytest.mark.parametrize(("form", "body", "words"), FOREIGN)
@pytest.mark.parametrize("step", [0, 7])
def test_what_arrived_is_named(form, body, words, step):
    with pytest.raises(TransportError, match=words):
        rows(body, form, step=step)


def test_a_json_body_cut_anywhere_is_cut_off():
    body = '[{"RECORDNO":"1","NAME":"é\\n"}, {"NAME":null}]'.encode()
    for end in range(len(body)):
        with pytest.raises(TransportError, match="cut off" if end else "empty") as caught:
            rows(body[:end], "json")
        assert caught.value.passing


@pytest.mark.parametrize("body", ["NAME,RECORDNO\na,1\nb", 'NAME,RECORDNO\n"a,1\nb', b"NAME\n\xc3", 'NAME\n"a\n'])
def test_a_csv_body_that_shows_its_cut(body):
    with pytest.raises(TransportError, match="cut off") as caught:
        rows(body, "csv")
    assert caught.value.passing


def pour(reader, start, piece, times):
    reader.feed(start)
    for _ in range(times):
        reader.feed(piece)


STREAMS = [("json", b"[{}", b',{"NAME":"' + b"x" * 65_000 + b'"}'), ("csv", b"NAME\n", b"x" * 65_000 + b"\n")]


@pytest.mark.parametrize(("form", "start", "row"), STREAMS)
def test_a_stream_without_end_is_stopped_at_the_cap(form, start, row):
    with pytest.raises(TransportError, match=r"larger than 67,108,864 bytes"):
        pour(BareReader(ONE, form), start, row, 1100)
    with pytest.raises(TransportError, match="larger than 500 bytes"):
        pour(BareReader(ONE, form, max_bytes=500), start, row, 1)


@pytest.mark.parametrize(("form", "start"), [("json", b'[{"NAME":"'), ("csv", b'NAME\n"'), ("csv", b"NAME\n")])
def test_one_row_without_end_is_stopped_early(form, start):
    with pytest.raises(TransportError, match="in one piece"):
        pour(BareReader(ONE, form), start, b"x" * 65_000, 500)


def test_rows_do_not_wait_for_the_end():
    for form, start, row in STREAMS:
        reader = BareReader(ONE, form)
        pour(reader, start, row, 200)
        assert reader._bare.held < 200_000


PIECES = st.sampled_from(
    [b"[", b"]", b"{", b"}", b'"', b",", b":", b"\n", b"\r", b"NAME", b'"NAME"', b"\\u00", b"1", b"<response/>"]
)


def outcome(form, pieces):
    """The reply, or the kind of our error; anything else comes through."""
    reader = BareReader(ONE, form)
    try:
        for piece in pieces:
            reader.feed(piece)
        return reader.close()
    except Error as error:
        return type(error)


@given(st.sampled_from(["json", "csv"]), st.lists(st.one_of(PIECES, st.binary(max_size=3)), max_size=20))
def test_any_bytes_give_a_reply_or_our_error(form, pieces):
    assert outcome(form, pieces) == outcome(form, [b"".join(pieces)])
    begun = [b"NAME\n" if form == "csv" else b'[{"NAME":"1"},', *pieces]
    assert outcome(form, begun) == outcome(form, [b"".join(begun)])


UNCARRIED = [*map(chr, {*range(0x20)} - {9, 10, 13}), "\ufffe", "\uffff"]
CARRIED = st.text(st.characters(codec="utf-8", exclude_characters=UNCARRIED))


@given(st.lists(st.dictionaries(st.sampled_from(["NAME", "name", "X"]), CARRIED | st.none() | st.booleans())))
def test_any_json_that_python_writes(records):
    shown = {None: "", True: "true", False: "false"}

    def cell(record):
        value = record.get("NAME", record.get("name"))
        return (shown[value] if value is None or value is True or value is False else value,)

    body = json.dumps(records, ensure_ascii=False).encode()
    assert rows(body, "json", ONE) == [cell(record) for record in records]
