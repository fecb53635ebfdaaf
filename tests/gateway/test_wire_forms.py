"""XML, JSON and CSV of the same query give the same typed rows."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intacct_ql.emulator import Gateway, Store, Table, demo
from intacct_ql.emulator.demo import tables
from intacct_ql.gateway.bare import BareReader
from intacct_ql.gateway.columnar import ColumnsReader
from intacct_ql.gateway.columns import Columns
from intacct_ql.gateway.envelope import function_request
from intacct_ql.gateway.escape import escape
from intacct_ql.gateway.messages import ColumnShape, Credentials, Function, RowShape
from intacct_ql.gateway.reader import ReplyReader
from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.types import DataType, decoder

CATALOG = Catalog()
LOGIN = Credentials(sender_id="demo", sender_password="demo", company_id="demo", user_id="demo", user_password="demo")
READERS = {
    "xml": ReplyReader,
    "json": partial(BareReader, form="json"),
    "csv": partial(BareReader, form="csv"),
    "xml by column": ColumnsReader,
    "csv by column": partial(ColumnsReader, form="csv"),
}


def session_of(gateway):
    login = "".join(f"<{name}>demo</{name}>" for name in ("userid", "companyid", "password"))
    request = function_request(LOGIN, "", Function(name="getAPISession", xml="<getAPISession/>"), "c1")
    reader = ReplyReader()
    reader.feed(gateway.handle(request.replace(b"<sessionid></sessionid>", f"<login>{login}</login>".encode())).body)
    return reader.close().results[0].data.findtext("api/sessionid")


def answers(gateway, session, name, fields, size=100):
    """What the gateway answers, for each way to read it."""
    select = "".join(f"<field>{escape(field)}</field>" for field in fields)
    for way in READERS:
        form = way.split()[0]
        query = (
            f"<query><object>{name}</object><select>{select}</select>"
            f"<options><returnformat>{form}</returnformat></options><pagesize>{size}</pagesize></query>"
        )
        body = gateway.handle(function_request(LOGIN, session, Function(name="query", xml=query), "c1")).body
        yield way, body


def shape_of(name, fields):
    kinds = [(field, CATALOG.object(name).fields[field].type) for field in fields]
    return RowShape(
        columns=tuple(ColumnShape(names=(field,), decode=decoder(kind), kind=kind) for field, kind in kinds)
    )


def rows_of(way, body, shape):
    reader = READERS[way](shape)
    reader.feed(body)
    return reader.close().results[0].page.rows


@pytest.fixture(scope="module")
def company():
    gateway = demo()
    return gateway, session_of(gateway)


DEMO = {table.object: table.columns for table in tables()}


def test_the_demo_company_has_every_type_that_occurs():
    types = {CATALOG.object(name).fields[column].type for name, columns in DEMO.items() for column in columns}
    assert types == set(DataType) - {DataType.SEQUENCE}


@pytest.mark.parametrize("name", DEMO)
def test_every_object_of_the_demo_company(company, name):
    fields = [field.name for field in CATALOG.object(name).queryable_fields()]
    shape = shape_of(name, fields)
    found = {way: rows_of(way, body, shape) for way, body in answers(*company, name, fields)}
    assert found["xml"]
    assert isinstance(found["xml by column"], Columns)
    for rows in found.values():
        assert list(rows) == found["xml"]


AWKWARD = [
    "a",
    " a ",
    " ",
    "\t",
    "\n",
    "two\nlines",
    "\r",
    "\r\n",
    "a\rb",
    ",",
    '"',
    '""',
    '"a","b"',
    'a"b',
    "'",
    "<b>&amp;</b>",
    "&#233;",
    "]]>",
    "<![CDATA[x]]>",
    "\\u00e9 \\n \\",
    "null",
    "[]",
    "ß 東京 😀 \u2028 \u0085 \ufeff",
    None,
]
FIELDS = ("RECORDNO", "NAME", "COMMENTS")


def test_awkward_texts():
    rows = [(number, text, AWKWARD[-number]) for number, text in enumerate(AWKWARD)]
    gateway = Gateway(Store([Table(object="CUSTOMER", columns=FIELDS, rows=rows)]))
    shape = shape_of("CUSTOMER", FIELDS)
    for way, body in answers(gateway, session_of(gateway), "CUSTOMER", FIELDS):
        assert sorted(rows_of(way, body, shape)) == sorted(rows), way


def test_one_column_of_nothing():
    gateway = Gateway(Store([Table(object="CUSTOMER", columns=("NAME",), rows=[(None,), ("a",), (None,)])]))
    for way, body in answers(gateway, session_of(gateway), "CUSTOMER", ["NAME"]):
        assert sorted(rows_of(way, body, shape_of("CUSTOMER", ["NAME"])), key=str) == [("a",), (None,), (None,)], way


def carried(char):
    """Whether XML can carry a character."""
    return char in "\t\n\r" or (char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff")


TEXTS = st.none() | st.text(st.characters(codec="utf-8").filter(carried) | st.sampled_from('",\n\r<&>\\'), min_size=1)


@settings(max_examples=30)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6))
def test_any_texts(texts):
    rows = [(number, *cells) for number, cells in enumerate(texts)]
    gateway = Gateway(Store([Table(object="CUSTOMER", columns=FIELDS, rows=rows)]))
    shape = shape_of("CUSTOMER", FIELDS)
    for way, body in answers(gateway, session_of(gateway), "CUSTOMER", FIELDS):
        assert sorted(rows_of(way, body, shape), key=lambda row: row[0]) == rows, way
