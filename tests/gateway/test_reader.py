from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from intacct_ql.errors import Error
from intacct_ql.gateway.messages import ColumnShape, RowShape
from intacct_ql.gateway.reader import ReplyReader

VENDORS = [
    (7, "Smith & Sons <Ltd>", "N30"),
    (8, "  O'Hara  ", ""),
    (9, "", "Zürich 東京 😀"),
]


def page_of(rows: str, attributes: str = "") -> bytes:
    return (
        "<response><control><status>success</status></control><operation><result><status>success</status>"
        f"<data {attributes}>{rows}</data></result></operation></response>"
    ).encode()


def test_a_page_of_query(wire, read, vendor):
    reply = read(wire("query"), vendor)
    assert (reply.status, reply.controlid, reply.failed) == ("success", "c-1", False)
    assert reply.authentication.status == "success"
    assert reply.authentication.sessiontimeout == datetime(2026, 2, 8, 2, 21, 1, tzinfo=UTC)
    [result] = reply.results
    assert (result.function, result.controlid, result.status, result.data) == ("query", "f-1", "success", None)
    page = result.page
    assert (page.listtype, page.totalcount, page.offset, page.count, page.numremaining) == ("VENDOR", 18, 0, 3, 15)
    assert page.rows == VENDORS
    assert page.resultid is None


def test_white_space_comments_and_cdata_make_no_difference(wire, read, vendor):
    assert read(wire("query_whitespace"), vendor).results[0].page == read(wire("query"), vendor).results[0].page


def test_no_rows(wire, read, vendor):
    page = read(wire("query_empty"), vendor).results[0].page
    assert (page.rows, page.count, page.totalcount, page.numremaining) == ([], 0, 0, 0)


def test_rows_in_lower_case_and_cells_in_any_order(wire, read, vendor):
    page = read(wire("read_by_query"), vendor).results[0].page
    assert page.rows == [(7, "Acme", ""), (8, "Bolt", "N30")]
    assert (page.listtype, page.resultid, page.numremaining) == ("vendor", "7765623332", 33)


def test_get_list_says_where_it_stands_in_an_element(wire, read, columns):
    page = read(wire("get_list"), columns("key", "DATECREATED", "contact.mail.city", "contact")).results[0].page
    assert (page.listtype, page.totalcount, page.offset, page.count, page.numremaining) == ("bill", 383, 0, 2, 381)
    assert page.rows == [("7", "02/09/2026", "Ulm", "AnnUlm"), ("8", "", "", "")]


def test_without_a_shape_the_data_is_kept(wire, read):
    result = read(wire("lookup")).results[0]
    assert result.page is None
    assert result.data.findtext("Type/Fields/Field/DATATYPE") == "INTEGER"


def test_an_aggregate_may_come_under_either_name(read, columns):
    shape = columns(("SUM.TOTALDUE", "TOTALDUE"), "STATE")
    for name in ("SUM.TOTALDUE", "TOTALDUE"):
        reply = read(page_of(f"<A><STATE>x</STATE><{name}>1</{name}></A>"), shape)
        assert reply.results[0].page.rows == [("1", "x")]


def test_the_same_name_twice_is_told_apart_by_its_place(read, columns):
    shape = columns(("SUM.X", "X"), "X")
    assert read(page_of("<A><X>1</X><X>2</X></A>"), shape).results[0].page.rows == [("1", "2")]


def test_exact_names_come_before_names_in_another_case(read, columns):
    rows = "<A><name>lower</name><NAME>upper</NAME></A>"
    assert read(page_of(rows), columns("NAME", "name", "Name")).results[0].page.rows == [("upper", "lower", "lower")]


def test_a_row_may_miss_every_cell_and_a_shape_every_column(read, columns):
    assert read(page_of("<A/><A><B>1</B></A><A/>"), columns("B")).results[0].page.rows == [("",), ("1",), ("",)]
    assert read(page_of("<A/><A/>"), RowShape(columns=())).results[0].page.rows == [(), ()]


def test_a_field_called_data_is_not_the_data(read, columns):
    rows = "<A><data>1</data><result><data>2</data></result></A><data><data>3</data></data>"
    assert read(page_of(rows), columns("data")).results[0].page.rows == [("1",), ("3",)]


def test_several_results_keep_their_rows_apart(read, columns):
    one = page_of("<A><B>1</B></A>").decode()
    result = one[one.index("<result>") : one.index("</operation>")]
    both = one.replace("</operation>", result.replace("1", "2") + "</operation>").encode()
    assert [result.page.rows for result in read(both, columns("B")).results] == [[("1",)], [("2",)]]


def test_numbers_that_are_none_count_as_missing(read, columns):
    attributes = 'totalcount="many" offset="-1" numremaining="99999999999999999999999"'
    page = read(page_of("<A><B>1</B></A>", attributes), columns("B")).results[0].page
    assert (page.totalcount, page.offset, page.numremaining) == (None, None, None)


def test_a_page_that_announces_other_rows_than_it_holds_is_refused(read, columns):
    with pytest.raises(Error, match="announces 3 rows and holds 1"):
        read(page_of("<A><B>1</B></A>", 'count="3"'), columns("B"))


def test_a_large_page_is_dropped_while_it_arrives(columns):
    # More than may be held at once goes through, because rows leave the tree.
    row = f"<A><B>{'x' * 4000}</B></A>".encode()
    start, end = page_of("", 'numremaining="0"').split(b"</data>")
    reader = ReplyReader(columns("B"))
    reader.feed(start)
    for _ in range(5000):
        reader.feed(row)
    assert len(reader._data) <= 20
    reader.feed(b"</data>" + end)
    assert reader.close().results[0].page.count == 5000


def test_values_are_decoded_by_what_was_handed_in(read):
    shape = RowShape(
        columns=(ColumnShape(names=("A",), decode=Decimal), ColumnShape(names=("B",), decode=lambda cell: cell or None))
    )
    assert read(page_of("<R><A>1.50</A><B/></R>"), shape).results[0].page.rows == [(Decimal("1.50"), None)]


@pytest.mark.parametrize(
    "name", ["query", "query_whitespace", "read_by_query", "get_list", "failure_function", "sign_in"]
)
@given(data=st.data())
def test_the_borders_of_pieces_make_no_difference(name, wire_text, data):
    document = wire_text[name]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(document)), max_size=8)))
    shape = RowShape(
        columns=(ColumnShape(names=("RECORDNO", "key"), decode=str), ColumnShape(names=("NAME",), decode=str))
    )
    reader, whole = ReplyReader(shape), ReplyReader(shape)
    for start, end in zip([0, *cuts], [*cuts, len(document)], strict=True):
        reader.feed(document[start:end])
    whole.feed(document)
    assert reader.close() == whole.close()


@pytest.fixture(scope="module")
def wire_text(request):
    folder = request.path.parent / "wire"
    return {path.stem: path.read_bytes() for path in folder.glob("*.xml")}


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]).filter(
        lambda char: char in "\t\n" or (char >= " " and char not in "\ufffe\uffff")
    )
)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=5))
def test_any_cell_text_comes_out_as_it_went_in(rows):
    data = etree.Element("data")
    for row in rows:
        element = etree.SubElement(data, "VENDOR")
        for name, text in zip(("A", "B.C", "D"), row, strict=True):
            etree.SubElement(element, name).text = text
    inner = etree.tostring(data, encoding="unicode")[6:-7] if rows else ""
    reader = ReplyReader(RowShape(columns=tuple(ColumnShape(names=(n,), decode=str) for n in ("A", "B.C", "D"))))
    reader.feed(page_of(inner))
    assert reader.close().results[0].page.rows == rows
