"""The query door: each part of the element as text, and any plan valid by the schema of the whole request."""

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from intacct_ql.backends.query import ABILITIES, FUNCTION, column_names, render
from intacct_ql.binder import tree
from intacct_ql.binder.tree import Aggregate, And, Between, Compare, Field, In, IsNull, Like, Not, Or, Value
from intacct_ql.gateway.envelope import function_request, sign_in_request
from intacct_ql.gateway.messages import Credentials, Function
from intacct_ql.gateway.validate import violations
from intacct_ql.planner.plan import plan
from intacct_ql.planner.steps import Fetch
from intacct_ql.schema.types import DataType

CREDENTIALS = Credentials(
    sender_id="sender", sender_password="secret", company_id="company", user_id="user", user_password="secret"
)
RECORDNO = Field(path="RECORDNO", type=DataType.INTEGER)
NAME = Field(path="NAME", type=DataType.TEXT)
WHENDUE = Field(path="WHENDUE", type=DataType.DATE)
MODIFIED = Field(path="WHENMODIFIED", type=DataType.TIMESTAMP)
ONHOLD = Field(path="ONHOLD", type=DataType.BOOLEAN)
SYMBOL = Field(path="JOURNAL.SYMBOL", type=DataType.TEXT)
TOTALDUE = Field(path="TOTALDUE", type=DataType.CURRENCY)
COUNT = Aggregate(function="COUNT", argument=RECORDNO, type=DataType.INTEGER)
SUM = Aggregate(function="SUM", argument=TOTALDUE, type=DataType.CURRENCY)

PLAIN = Fetch(object="CUSTOMER", select=(NAME,))
BARE = "<query><select><field>NAME</field></select><object>CUSTOMER</object>{}</query>"


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(resources.files("intacct_ql.gateway") / "schemas" / "request.xsd"))


def value(data: object, text: str | None = None) -> Value:
    return Value(data=data, text=str(data) if text is None else text)  # type: ignore[arg-type]


def filtered(predicate: tree.Predicate) -> str:
    xml = render(replace(PLAIN, where=predicate))
    found = re.search("<filter>(.*)</filter>", xml, re.DOTALL)
    assert found
    return found[1]


def compare(field: Field, operator: str, data: object, text: str | None = None) -> Compare:
    return Compare(left=field, operator=operator, value=value(data, text))  # type: ignore[arg-type]


def test_nothing_is_said_that_was_not_asked():
    assert render(PLAIN) == BARE.format("")


@pytest.mark.parametrize("form", ["xml", "json", "csv"])
def test_a_format_is_the_last_option(form):
    asked = f"<returnformat>{form}</returnformat>"
    assert render(PLAIN, returnformat=form) == BARE.format(f"<options>{asked}</options>")
    fetch = replace(PLAIN, options=tree.Options(case_insensitive=True, show_private=True))
    said = "<caseinsensitive>true</caseinsensitive><showprivate>true</showprivate>"
    assert render(fetch, returnformat=form, page_size=5) == BARE.format(
        f"<options>{said}{asked}</options><pagesize>5</pagesize>"
    )
    assert violations(render(fetch, returnformat=form)) == ()


def test_every_part_in_its_place():
    fetch = Fetch(
        object="SODOCUMENT",
        select=(NAME, SYMBOL, COUNT, SUM),
        where=compare(NAME, "=", "Regal Services"),
        order_by=(tree.Order(expression=NAME, descending=True), tree.Order(expression=SYMBOL)),
        limit=10,
        offset=5,
        options=tree.Options(case_insensitive=True, show_private=True, docparid="Sales Order"),
    )
    assert render(fetch) == (
        "<query>"
        "<select><field>NAME</field><field>JOURNAL.SYMBOL</field><count>RECORDNO</count><sum>TOTALDUE</sum></select>"
        "<object>SODOCUMENT</object><docparid>Sales Order</docparid>"
        "<filter><equalto><field>NAME</field><value>Regal Services</value></equalto></filter>"
        "<orderby><order><field>NAME</field><descending/></order>"
        "<order><field>JOURNAL.SYMBOL</field><ascending/></order></orderby>"
        "<options><caseinsensitive>true</caseinsensitive><showprivate>true</showprivate></options>"
        "<pagesize>10</pagesize><offset>5</offset></query>"
    )


@pytest.mark.parametrize(
    ("predicate", "xml"),
    [
        (compare(NAME, "!=", "x"), "<notequalto><field>NAME</field><value>x</value></notequalto>"),
        (compare(TOTALDUE, "<", 1), "<lessthan><field>TOTALDUE</field><value>1</value></lessthan>"),
        (
            compare(TOTALDUE, "<=", 1),
            "<lessthanorequalto><field>TOTALDUE</field><value>1</value></lessthanorequalto>",
        ),
        (compare(TOTALDUE, ">", 1), "<greaterthan><field>TOTALDUE</field><value>1</value></greaterthan>"),
        (
            compare(TOTALDUE, ">=", 1),
            "<greaterthanorequalto><field>TOTALDUE</field><value>1</value></greaterthanorequalto>",
        ),
        (Like(left=NAME, pattern=r"a\%%"), r"<like><field>NAME</field><value>a\%%</value></like>"),
        (Like(left=NAME, pattern="a", negated=True), "<notlike><field>NAME</field><value>a</value></notlike>"),
        (
            In(left=NAME, values=(value("a"), value("b"))),
            "<in><field>NAME</field><value>a</value><value>b</value></in>",
        ),
        (In(left=NAME, values=(value("a"),), negated=True), "<notin><field>NAME</field><value>a</value></notin>"),
        (
            Between(left=TOTALDUE, low=value(1), high=value(2)),
            "<between><field>TOTALDUE</field><value>1</value><value>2</value></between>",
        ),
        (IsNull(left=NAME), "<isnull><field>NAME</field></isnull>"),
        (IsNull(left=NAME, negated=True), "<isnotnull><field>NAME</field></isnotnull>"),
        (
            Or(conditions=(IsNull(left=NAME), And(conditions=(IsNull(left=SYMBOL), IsNull(left=WHENDUE))))),
            (
                "<or><isnull><field>NAME</field></isnull><and><isnull><field>JOURNAL.SYMBOL</field></isnull>"
                "<isnull><field>WHENDUE</field></isnull></and></or>"
            ),
        ),
    ],
)
def test_operators(predicate: tree.Predicate, xml: str):
    assert filtered(predicate) == xml


@pytest.mark.parametrize(
    ("left", "data", "source", "sent"),
    [
        (NAME, "00123", "00123", "00123"),
        (RECORDNO, 24, "024", "024"),
        (TOTALDUE, Decimal("10.50"), "10.50", "10.50"),
        (ONHOLD, True, "TRUE", "true"),
        (ONHOLD, False, "f", "false"),
        (WHENDUE, date(2020, 1, 2), "2020-01-02", "01/02/2020"),
        (WHENDUE, datetime.fromisoformat("2020-01-02"), "1/2/2020", "01/02/2020"),
        (MODIFIED, datetime.fromisoformat("2020-01-02T15:04:05"), "2020-01-02T15:04:05", "01/02/2020 15:04:05"),
        (MODIFIED, date(2020, 1, 2), "1/2/2020", "01/02/2020 00:00:00"),
        (NAME, "<&>", "<&>", "&lt;&amp;&gt;"),
        (NAME, "", "", ""),
    ],
)
def test_values(left: Field, data: object, source: str, sent: str):
    assert filtered(compare(left, "=", data, source)) == (
        f"<equalto><field>{left.path}</field><value>{sent}</value></equalto>"
    )


def test_names_are_escaped():
    odd = Field(path="A<B&C", type=DataType.TEXT)
    xml = render(Fetch(object="X&Y", select=(odd,), order_by=(tree.Order(expression=odd),)))
    assert xml.count("A&lt;B&amp;C") == 2
    assert "<object>X&amp;Y</object>" in xml


@pytest.mark.parametrize(
    ("limit", "option", "page_size", "sent"),
    [
        (None, None, None, None),
        (5, None, None, 5),
        (5000, None, None, 2000),
        (None, 500, None, 500),
        (5, 500, None, 5),
        (None, 500, 100, 100),
        (50, None, 100, 50),
    ],
)
def test_page_size(limit: int | None, option: int | None, page_size: int | None, sent: int | None):
    fetch = replace(PLAIN, limit=limit, options=tree.Options(page_size=option))
    expected = "" if sent is None else f"<pagesize>{sent}</pagesize>"
    assert render(fetch, page_size=page_size) == BARE.format(expected)


@pytest.mark.parametrize("page_size", [0, 2001])
def test_a_page_the_gateway_would_refuse(page_size: int):
    with pytest.raises(ValueError, match="1 to 2000"):
        render(PLAIN, page_size=page_size)


def test_offset_of_a_page_stands_for_that_of_the_text():
    assert render(replace(PLAIN, offset=7), offset=2007) == BARE.format("<offset>2007</offset>")
    assert render(replace(PLAIN, offset=7)) == BARE.format("<offset>7</offset>")


def test_column_names():
    fetch = replace(PLAIN, select=(NAME, SUM, COUNT))
    assert column_names(fetch) == (("NAME",), ("SUM.TOTALDUE", "TOTALDUE"), ("COUNT.RECORDNO", "RECORDNO"))
    assert column_names(replace(PLAIN, select=(TOTALDUE, SUM))) == (("TOTALDUE",), ("SUM.TOTALDUE",))


def test_sign_in_is_valid():
    schema().validate(etree.fromstring(sign_in_request(CREDENTIALS, "c1")))


@pytest.mark.parametrize(
    "wrong",
    [
        "<filter><isnull><field>A</field></isnull><isnull><field>B</field></isnull></filter>",
        "<filter><and><isnull><field>A</field></isnull></and></filter>",
        "<filter><not><isnull><field>A</field></isnull></not></filter>",
        "<filter/>",
        "<options><showprivate>true</showprivate><caseinsensitive>true</caseinsensitive></options>",
        "<pagesize>2001</pagesize>",
        "<offset>-1</offset>",
        "<filter><between><field>A</field><value>1</value></between></filter>",
        "<filter><equalto><value>1</value><field>A</field></equalto></filter>",
        "<orderby/>",
        "<orderby><order><field>A..B</field></order></orderby>",
    ],
)
def test_the_schema_is_strict(wrong: str):
    assert schema().is_valid(request_of(BARE.format("")))
    assert not schema().is_valid(request_of(BARE.format(wrong)))


def request_of(xml: str) -> etree._Element:
    return etree.fromstring(function_request(CREDENTIALS, "session", Function(name=FUNCTION, xml=xml), "c1"))


# Any query.

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))
FIELDS = st.sampled_from([RECORDNO, NAME, WHENDUE, MODIFIED, ONHOLD, SYMBOL, TOTALDUE])
DATA = st.one_of(TEXTS, st.integers(), st.booleans(), st.dates(), st.datetimes())
VALUES = st.builds(value, DATA)
OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
LEAVES = st.one_of(
    st.builds(Compare, left=FIELDS, operator=OPERATORS, value=VALUES),
    st.builds(Like, left=FIELDS, pattern=TEXTS, negated=st.booleans()),
    st.builds(In, left=FIELDS, values=st.lists(VALUES, min_size=1, max_size=5).map(tuple), negated=st.booleans()),
    st.builds(Between, left=FIELDS, low=VALUES, high=VALUES, negated=st.booleans()),
    st.builds(IsNull, left=FIELDS, negated=st.booleans()),
    st.builds(tree.CompareFields, left=FIELDS, operator=OPERATORS, right=FIELDS),
    st.builds(tree.Constant, truth=st.booleans()),
)
PREDICATES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(And, conditions=st.lists(inner, min_size=1, max_size=4).map(tuple)),
        st.builds(Or, conditions=st.lists(inner, min_size=1, max_size=4).map(tuple)),
        st.builds(Not, condition=inner),
    ),
    max_leaves=10,
)
OPTIONS = st.builds(
    tree.Options,
    case_insensitive=st.booleans(),
    show_private=st.booleans(),
    docparid=st.none() | TEXTS,
    single=st.booleans(),
    allow_scan=st.just(True),
    page_size=st.none() | st.integers(1, 2000),
)
QUERIES = st.builds(
    tree.Query,
    object=st.just("CUSTOMER"),
    schema=st.none(),
    key=st.none() | st.just(RECORDNO),
    columns=st.lists(FIELDS.map(lambda f: tree.Column(name=f.path, expression=f)), min_size=1, max_size=4).map(tuple),
    distinct=st.booleans(),
    where=st.none() | PREDICATES,
    order_by=st.just(()),
    limit=st.none() | st.integers(0, 9999),
    offset=st.integers(0, 50),
    options=OPTIONS,
)


@given(QUERIES)
def test_every_plan_is_a_valid_request(query: tree.Query):
    fetch = plan(query, ABILITIES).fetch
    if fetch is not None:
        schema().validate(request_of(render(fetch)))


@given(TEXTS)
def test_any_value_arrives_unchanged(text: str):
    request = request_of(render(replace(PLAIN, where=compare(NAME, "=", text))))
    assert (request.findtext(".//value") or "") == text
    assert len(request.findall(".//filter//*")) == 3


def test_a_long_list_is_several_short_ones():
    names = tuple(value(f"C{i}") for i in range(2500))
    query = tree.Query(
        object="CUSTOMER",
        schema=None,
        key=RECORDNO,
        columns=(tree.Column(name="NAME", expression=NAME),),
        where=In(left=NAME, values=names),
    )
    fetch = plan(query, ABILITIES).fetch
    assert fetch is not None
    request = request_of(render(fetch))
    schema().validate(request)
    assert [len(one) - 1 for one in request.iterfind(".//filter/or/in")] == [1000, 1000, 500]


def test_deep_conditions():
    deep: tree.Predicate = IsNull(left=NAME)
    for level in range(200):
        deep = (And if level % 2 else Or)(conditions=(compare(NAME, "=", "x"), deep))
    assert filtered(deep).count("<equalto>") == 200
