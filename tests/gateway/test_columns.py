"""Rows by column are the rows of the strict readers, or they are not by column."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from replies import (
    BAD,
    GOOD,
    HIDDEN,
    IRREGULAR,
    KINDS,
    NAMES,
    PLAIN,
    SHAPE,
    TWO,
    WRECKS,
    cells,
    document,
    outcome,
    row_of,
)

from intacct_ql.errors import ConfigError, TransportError
from intacct_ql.gateway import regular, regular_arrow
from intacct_ql.gateway.bare import BareReader
from intacct_ql.gateway.casts import MisfitError, cast
from intacct_ql.gateway.columnar import ColumnsReader
from intacct_ql.gateway.columns import Columns
from intacct_ql.gateway.messages import Page, RowShape
from intacct_ql.gateway.reader import MAX_HELD, ReplyReader
from intacct_ql.gateway.table_reader import TableReader
from intacct_ql.result import Result, ResultColumn, Stats
from intacct_ql.schema.types import decoder

arrow = pytest.importorskip("pyarrow")


@pytest.fixture(scope="module", autouse=True, params=[None, 1], ids=["in large pieces", "row by row"])
def pieces(request):
    """Rows are read so many bytes at a time, and there is nothing between two pieces that neither of them sees."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (regular, regular_arrow) if request.param else ():
            patch.setattr(module, "_PIECE", request.param)
        yield


def as_lists(reply):
    if isinstance(reply, tuple):
        return reply
    results = (
        replace(result, page=result.page and replace(result.page, rows=list(result.page.rows)))
        for result in reply.results
    )
    return replace(reply, results=tuple(results))


def by_column(body, shape, form="xml"):
    """What comes by column, after it was held, as the table that it may be, to what comes by row."""
    rows = ReplyReader(shape) if form == "xml" else BareReader(shape, form)
    reply, strict = outcome(ColumnsReader(shape, form), body), outcome(rows, body)
    assert repr(as_lists(reply)) == repr(strict)
    if form == "xml":
        assert repr(outcome(TableReader(shape), body)) == repr(strict)
    if isinstance(reply, tuple) or not reply.results or reply.results[0].page is None:
        return reply
    found = reply.results[0].page.rows
    if isinstance(found, Columns):
        assert list(zip(*found.batch.to_pydict().values(), strict=True)) == [
            tuple(None if cell == "" else cell for cell in row) for row in found
        ]
    return found


GOOD_ROWS = st.lists(st.tuples(*[st.sampled_from(cells(kind, GOOD)) for kind in KINDS]), min_size=1, max_size=6)


@given(GOOD_ROWS)
def test_a_plain_table_is_read_by_column(rows):
    assert isinstance(by_column(document("".join(map(row_of, rows))), SHAPE), Columns)


def test_days_and_times_in_iso_form():
    shape = RowShape(columns=(SHAPE.columns[KINDS.index("DATE")], SHAPE.columns[KINDS.index("TIMESTAMP")]))
    names = ["F.DATE", "F.TIMESTAMP"]
    rows = row_of(["2024-02-29", "2024-02-29T23:59:59"], names) + row_of(["", "0001-01-01"], names)
    found = by_column(document(rows), shape)
    assert isinstance(found, Columns)
    assert found.batch.to_pydict() == {
        "F.DATE": [date(2024, 2, 29), None],
        "F.TIMESTAMP": [datetime(2024, 2, 29, 23, 59, 59), datetime(1, 1, 1)],
    }


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in BAD.items() for text in texts])
def test_a_cell_that_does_not_fit_is_never_changed(kind, text):
    good = [cells(each, GOOD)[1] for each in KINDS]
    bad = [text if each == kind else cell for each, cell in zip(KINDS, good, strict=True)]
    for rows in ([bad, good], [good, bad]):
        assert not isinstance(by_column(document("".join(map(row_of, rows))), SHAPE), Columns)


ANY_ROWS = st.lists(
    st.tuples(*[st.sampled_from(cells(kind, GOOD) * 5 + cells(kind, BAD)) for kind in KINDS]), max_size=4
)
ORDERS = st.permutations(range(len(NAMES))) | st.just(list(range(len(NAMES))))


@given(ANY_ROWS, ORDERS, st.integers(0, len(NAMES)), st.sampled_from(["", " ", "\n    "]), st.booleans())
def test_any_page_gives_the_rows_of_the_strict_reader(rows, order, width, blank, short):
    names = [NAMES[place] for place in order][:width]
    text = blank.join(row_of([row[place] for place in order][:width], names) for row in rows)
    if short:
        text = text.replace(f"<{NAMES[0]}></{NAMES[0]}>", f"<{NAMES[0]}/>")
    by_column(document(text), SHAPE)


@given(st.lists(st.tuples(st.integers(0, len(PLAIN)), st.integers(0, 4), WRECKS | st.just("")), max_size=4))
@example([])
def test_any_damage_is_judged_as_the_strict_reader_does(damages):
    text = PLAIN
    for place, gone, new in damages:
        text = text[:place] + new + text[place + gone :]
    found = by_column(text.encode(), TWO)
    assert damages or isinstance(found, Columns)


@pytest.mark.parametrize("rows", IRREGULAR.values(), ids=IRREGULAR)
def test_what_is_no_plain_table_is_a_list(rows):
    assert isinstance(by_column(document(rows), TWO), list)


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_rows_in_an_envelope_of_another_kind(text):
    assert not isinstance(by_column(text.encode(), TWO), Columns)


def test_the_envelope_says_what_it_says():
    rows = "<R><B>2</B><a>1</a></R>" * 3
    [result] = outcome(ColumnsReader(TWO), document(rows), step=7).results
    assert isinstance(result.page.rows, Columns)
    assert replace(result.page, rows=[]) == Page(rows=[], listtype="R", totalcount=9, offset=0, count=3, numremaining=5)
    assert (result.status, result.function, list(result.page.rows)) == ("success", "query", [("1", "2")] * 3)


@pytest.mark.parametrize(
    "name", ["query", "query_empty", "read_by_query", "get_list", "failure_function", "failure_login"]
)
def test_recorded_replies(wire, columns, name):
    vendor = columns("RECORDNO", "NAME", "VENDOR.TERM.NAME", "key")
    for form in ("xml", "csv"):
        by_column(wire(name), vendor, form)
    for end in range(0, len(wire(name)), 37):
        by_column(wire(name)[:end], vendor)


# CSV.

CSV_CELL = st.text(st.sampled_from('ab",\n\r \t') | st.characters(codec="utf-8"), max_size=4)


@given(st.lists(st.tuples(CSV_CELL, CSV_CELL), max_size=4), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_csv_gives_the_rows_of_the_strict_reader(rows, end, quoted):
    def cell(text):
        return '"' + text.replace('"', '""') + '"' if quoted or {*text} & {*'",\n\r'} else text

    body = "".join(",".join(map(cell, row)) + end for row in [("A", "B"), *rows])
    by_column(body.encode(), TWO, "csv")
    by_column(body.rstrip().encode(), TWO, "csv")


@given(st.text('a",\n\r', max_size=12))
def test_any_signs_after_a_header(text):
    by_column(f"B,A\n{text}".encode(), TWO, "csv")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("body", ["A,B|1,2|,|", "b,C,A|1,2,3", '\ufeffA,B|"a ""x"", b","two\nlines"|,""|'])
def test_a_plain_csv_is_read_by_column(body, end):
    assert isinstance(by_column(body.replace("|", end).encode(), TWO, "csv"), Columns)


@pytest.mark.parametrize(
    "body", ["A\n1\n", "A,B\n", "A,B\n1,2\n\n", "A,B\n\n", 'A,B\n1,"a\n\nb"\n', "A,B\na\rb,2\n", "C,D\n1,2\n"]
)
def test_what_is_no_plain_csv_is_left_to_the_strict_reader(body):
    assert not isinstance(by_column(body.encode(), TWO, "csv"), Columns)


# The sequence.


def columns_of(rows=5):
    names = ["F.CURRENCY", "F.TEXT", "F.DATE"]
    shape = RowShape(columns=tuple(SHAPE.columns[KINDS.index(name[2:])] for name in names))
    text = "".join(row_of([f"{number}.50", "" if number % 2 else "x", "02/29/2024"], names) for number in range(rows))
    return by_column(document(text), shape)


def test_a_sequence_of_typed_tuples():
    found = columns_of()
    rows = list(found)
    assert rows[1] == (Decimal("1.50"), None, date(2024, 2, 29))
    assert (len(found), found[1], found[-1], rows[1] in found) == (5, rows[1], rows[4], True)
    assert [str(row[0]) for row in found] == ["0.50", "1.50", "2.50", "3.50", "4.50"]
    assert found.column(1) == ["x", None, "x", None, "x"]
    for place in (5, -6):
        with pytest.raises(IndexError):
            found[place]


@pytest.mark.parametrize(
    "part", [slice(1, 3), slice(None), slice(None, None, -1), slice(4, 0, -2), slice(9, 20), slice(-2, None)]
)
def test_a_part_is_columns_again(part):
    found = columns_of()
    cut = found[part]
    assert isinstance(cut, Columns)
    assert list(cut) == list(found)[part]
    assert cut.batch.to_pylist() == found.batch.to_pylist()[part]
    assert list(cut[::-1]) == list(found)[part][::-1]


def test_fewer_columns():
    narrow = columns_of().narrow(2)
    assert list(narrow) == [row[:2] for row in columns_of()]
    assert narrow.batch.schema.names == ["F.CURRENCY", "F.TEXT"]
    for width in (0, 4):
        with pytest.raises(ValueError, match="of 3 columns"):
            columns_of().narrow(width)


def test_a_page_gives_a_column_of_either():
    found = columns_of()
    for rows in (found, list(found)):
        assert Page(rows=rows, count=5).column(0) == [Decimal(f"{number}.50") for number in range(5)]


def test_the_types_are_those_of_a_stream():
    columns = [ResultColumn(name=name, type=kind, path=name) for name, kind in zip(NAMES, KINDS, strict=True)]
    found = by_column(document(row_of([cells(kind, GOOD)[1] for kind in KINDS])), SHAPE)
    stream = arrow.RecordBatchReader.from_stream(Result(columns, iter(list(found)), Stats()))
    assert found.batch.schema == stream.schema
    assert found.batch.to_pylist() == stream.read_all().to_pylist()


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_without_values(kind):
    assert cast(arrow.array(["", ""]), kind).to_pylist() == [None, None]


@given(
    st.sampled_from(KINDS),
    st.text("0123 +-._/:eExTruefalsNaN", min_size=1, max_size=8) | st.text(min_size=1, max_size=3),
)
def test_a_cast_is_what_the_decoder_says_or_none(kind, text):
    try:
        [found] = cast(arrow.array([text]), kind).to_pylist()
    except (MisfitError, arrow.ArrowException):
        return
    assert (found, type(found)) == (decoder(kind)(text), type(decoder(kind)(text)))


# Bounds.


def test_a_page_too_large_to_be_held_is_read_as_rows():
    row = row_of(["x" * 4000, ""], "AB").encode()
    start, end = document("", 'numremaining="0"').split(b"</data>")
    for form, first, each, last in (
        ("xml", start, row, b"</data>" + end),
        ("csv", b"A,B\n", b"x" * 4000 + b",\n", b""),
    ):
        reader = ColumnsReader(TWO, form)
        reader.feed(first)
        for _ in range(MAX_HELD // 4000 + 10):
            reader.feed(each)
        assert reader._held == []
        reader.feed(last)
        page = reader.close().results[0].page
        assert isinstance(page.rows, list)
        assert page.count == MAX_HELD // 4000 + 10


@pytest.mark.parametrize("form", ["xml", "csv"])
def test_the_cap_is_a_setting(form):
    reader = ColumnsReader(TWO, form, max_bytes=500)
    with pytest.raises(TransportError, match="larger than 500 bytes"):
        reader.feed(document("<R><A>1</A><B>2</B></R>" * 30))


def test_the_extra_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"pip install 'intacct-ql\[arrow\]'"):
        ColumnsReader(TWO)
