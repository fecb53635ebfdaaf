"""The REST body: each operator, joins by number, what is refused, and exchanges that were recorded."""

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.backends.rest import ABILITIES, column_names, render
from intacct_ql.backends.rest_limits import pattern_parts, says
from intacct_ql.binder import tree
from intacct_ql.binder.bind import bind
from intacct_ql.binder.tree import Compare, Field, Value
from intacct_ql.errors import QueryError
from intacct_ql.planner.plan import plan
from intacct_ql.planner.steps import Fetch, Filter, Plan
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.types import DataType
from intacct_ql.syntax.parser import parse


def planned(text: str) -> Plan:
    return plan(bind(parse(text), BUNDLED, text).query, ABILITIES, target="rest")


def fetched(text: str) -> Fetch:
    made = planned(text)
    assert made.fetch is not None
    assert not [step for step in made.local if isinstance(step, Filter)], made.local
    return made.fetch


def body(text: str, **page: int) -> dict[str, object]:
    rendered = render(fetched(text), **page)
    assert json.dumps(json.loads(rendered), separators=(",", ":"), ensure_ascii=False) == rendered
    return json.loads(rendered)


def filters(condition: str, name: str = "ARINVOICE") -> list[dict[str, object]]:
    return body(f"select RECORDNO from {name} where {condition}")["filters"]


def refusal(text: str) -> list[str]:
    with pytest.raises(QueryError) as caught:
        planned(text)
    assert {found.code for found in caught.value.diagnostics} == {"IQL304"}
    return [found.reason for found in caught.value.diagnostics]


def test_nothing_is_said_that_was_not_asked():
    assert render(fetched("select NAME from VENDOR")) == '{"object":"accounts-payable/vendor","fields":["name"]}'


def test_the_recorded_query_of_customers():
    assert body(
        "select CREDITLIMIT, CURRENCY, CUSTOMERID, ONHOLD, RECORDNO, NAME, COMMENTS, STATUS, TOTALDUE from CUSTOMER"
        " option (showprivate)",
        page_size=100,
        offset=0,
    ) == {
        "object": "accounts-receivable/customer",
        "fields": ["creditLimit", "currency", "id", "isOnHold", "key", "name", "notes", "status", "totalDue"],
        "filterParameters": {"includePrivate": True},
        "start": 1,
        "size": 100,
    }


def test_every_part_in_its_place():
    text = """
        select RECORDNO, CUSTOMERID, sum(TRX_TOTALENTERED) from ARINVOICE
        where WHENCREATED >= 2020-01-01 and CUSTOMERID in ('1', '2') group_by RECORDNO, CUSTOMERID
        order_by CUSTOMERID limit 1000 option (caseinsensitive)
    """
    assert render(fetched(text), offset=0) == (
        '{"object":"accounts-receivable/invoice","fields":["key","customer.id","sum:totalTxnAmount"],'
        '"filters":[{"$gte":{"invoiceDate":"2020-01-01"}},{"$in":{"customer.id":["1","2"]}}],'
        '"filterParameters":{"caseSensitiveComparison":false},'
        '"orderBy":[{"customer.id":"asc"}],"start":1,"size":1000}'
    )


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("RECORDID = 'I 1'", {"$eq": {"invoiceNumber": "I 1"}}),
        ("RECORDID != 'I 1'", {"$ne": {"invoiceNumber": "I 1"}}),
        ("TOTALDUE < 10.5", {"$lt": {"totalBaseAmountDue": 10.5}}),
        ("TOTALDUE <= 10", {"$lte": {"totalBaseAmountDue": 10}}),
        ("TOTALDUE > -3", {"$gt": {"totalBaseAmountDue": -3}}),
        ("TOTALDUE >= 0", {"$gte": {"totalBaseAmountDue": 0}}),
        ("RECORDNO > 59", {"$gt": {"key": "59"}}),
        ("CUSTOMERID in ('1', '2')", {"$in": {"customer.id": ["1", "2"]}}),
        ("CUSTOMERID not in ('1', '2')", {"$notIn": {"customer.id": ["1", "2"]}}),
        ("WHENDUE between 2025-01-31 and 2025-02-28", {"$between": {"dueDate": ["2025-01-31", "2025-02-28"]}}),
        ("WHENDUE not between 2025-01-31 and 2025-02-28", {"$notBetween": {"dueDate": ["2025-01-31", "2025-02-28"]}}),
        ("RECORDID like 'I%'", {"$startsWith": {"invoiceNumber": "I"}}),
        ("RECORDID not like 'I%'", {"$notStartsWith": {"invoiceNumber": "I"}}),
        ("RECORDID like '%I'", {"$endsWith": {"invoiceNumber": "I"}}),
        ("RECORDID not like '%I'", {"$notEndsWith": {"invoiceNumber": "I"}}),
        ("RECORDID like '%I%'", {"$contains": {"invoiceNumber": "I"}}),
        ("RECORDID not like '%I%'", {"$notContains": {"invoiceNumber": "I"}}),
        ("RECORDID like 'I'", {"$eq": {"invoiceNumber": "I"}}),
        (r"RECORDID like '50\% \_\\%'", {"$startsWith": {"invoiceNumber": "50% _\\"}}),
        ("DESCRIPTION is null", {"$eq": {"description": None}}),
        ("DESCRIPTION is not null", {"$ne": {"description": None}}),
        ("STATE = 'Partially Paid'", {"$eq": {"state": "partiallyPaid"}}),
        ("STATE not in ('Paid', 'Reversed')", {"$notIn": {"state": ["paid", "reversed"]}}),
        ("CUSTEMAILOPTIN = true", {"$eq": {"customer.emailOption": True}}),
        ("CUSTOMER.STATUS = active", {"$eq": {"customer.status": "active"}}),
        ("CUSTOMER.CREDITLIMIT >= 1000", {"$gte": {"customer.creditLimit": 1000}}),
    ],
)
def test_operators(condition, said):
    assert filters(condition) == [said]


def test_an_amount_keeps_its_digits():
    text = "select RECORDNO from ARINVOICE where TOTALDUE = 12345678901234567890.10"
    assert '"totalBaseAmountDue":12345678901234567890.10}' in render(fetched(text))


def test_stamps_are_sent_as_utc():
    modified = Field(path="WHENMODIFIED", type=DataType.TIMESTAMP)
    due = Field(path="WHENDUE", type=DataType.DATE)
    stamp, midnight = datetime(2024, 1, 2, 3, 4, 5), datetime(2024, 1, 2)

    def said(data: date, left: Field) -> str:
        leaf = Compare(left=left, operator="=", value=Value(data=data, text=""))
        rendered = render(Fetch(object="ARINVOICE", select=(due,), where=leaf))
        return next(iter(json.loads(rendered)["filters"][0]["$eq"].values()))

    assert said(stamp, modified) == "2024-01-02T03:04:05Z"
    assert said(date(2024, 1, 2), modified) == "2024-01-02T00:00:00Z"
    assert said(midnight, due) == said(date(2024, 1, 2), due) == "2024-01-02"


@pytest.mark.parametrize(
    ("condition", "expression", "count"),
    [
        ("TOTALDUE > 0", None, 1),
        ("TOTALDUE > 0 and TOTALPAID > 0 and RECORDNO > 1", None, 3),
        ("TOTALDUE > 0 or TOTALPAID > 0", "1 or 2", 2),
        ("(TOTALDUE > 0 and TOTALPAID > 0) or RECORDNO > 1", "(1 and 2) or 3", 3),
        ("RECORDNO > 1 and (TOTALDUE > 0 or TOTALPAID > 0)", "1 and (2 or 3)", 3),
        (
            "RECORDNO > 1 and (TOTALDUE > 0 or (TOTALPAID > 0 and not (RECORDNO = 7 and STATE = 'Paid')))",
            "1 and (2 or (3 and (4 or 5)))",
            5,
        ),
    ],
)
def test_leaves_are_joined_by_number(condition, expression, count):
    said = body(f"select RECORDNO from ARINVOICE where {condition}")
    assert (said.get("filterExpression"), len(said["filters"])) == (expression, count)


def test_pages_and_limits():
    text = "select NAME from VENDOR limit 5000 offset 20"
    assert [body(text)[part] for part in ("start", "size")] == [21, 4000]
    assert [body(text, page_size=100, offset=40)[part] for part in ("start", "size")] == [41, 100]
    with pytest.raises(ValueError, match="1 to 4000 rows, not 4001"):
        render(fetched("select NAME from VENDOR"), page_size=4001)


def test_aggregates_and_order():
    text = "select VENDORID, avg(TOTALDUE), min(WHENDUE), max(WHENDUE), count(*) from APBILL group_by VENDORID"
    assert body(text + " order_by VENDORID desc") == {
        "object": "accounts-payable/bill",
        "fields": ["vendor.id", "avg:totalBaseAmountDue", "min:dueDate", "max:dueDate", "count:key"],
        "orderBy": [{"vendor.id": "desc"}],
    }
    assert column_names(fetched(text))[:2] == (("vendor.id",), ("avg:totalBaseAmountDue",))


def test_a_document_type_is_part_of_the_object():
    text = "select DOCID from SODOCUMENT option (docparid = 'Sales Invoice')"
    assert body(text)["object"] == "order-entry/document::Sales Invoice"


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("select RECORDNO from GLDETAIL", ["rest cannot read GLDETAIL: no source says what REST calls it"]),
        (
            "select DESCRIPTION2, RECORDNO from ARINVOICE order_by PC_DESCRIPTION",
            [
                f"rest cannot read the field {name}: no source says what REST calls it"
                for name in ("DESCRIPTION2", "PC_DESCRIPTION")
            ],
        ),
        (
            "select NAME from VENDOR option (docparid = 'Sales Invoice')",
            ["rest cannot read one document type of VENDOR"],
        ),
    ],
)
def test_refusals(text, reasons):
    assert refusal(text) == reasons


@pytest.mark.parametrize(
    "condition",
    ["DESCRIPTION like 'a_b%'", "STATE = 'Parked'", "STATE > 'Paid'", "STATE like 'P%'", "TOTALDUE > TOTALPAID"],
)
def test_what_cannot_be_said_is_done_here(condition):
    made = planned(f"select RECORDNO from ARINVOICE where {condition} and RECORDNO > 5")
    assert made.fetch is not None
    assert json.loads(render(made.fetch))["filters"] == [{"$gt": {"key": "5"}}]
    assert [type(step) for step in made.local[:1]] == [Filter]


def test_what_can_be_said_of_a_leaf():
    state = Field(path="STATE", type=DataType.TEXT)
    due = Field(path="TOTALDUE", type=DataType.CURRENCY)
    paid = Value(data="Paid", text="Paid")
    total = tree.Aggregate(function="SUM", argument=due, type=DataType.CURRENCY)
    invoices = tree.Query(object="ARINVOICE", schema=None, key=None, columns=())
    assert says(invoices, Compare(left=state, operator="=", value=paid))
    assert says(invoices, tree.IsNull(left=state))
    assert not says(replace(invoices, object="GLDETAIL"), tree.IsNull(left=state))
    assert not says(invoices, Compare(left=state, operator="<", value=paid))
    assert not says(invoices, tree.Between(left=state, low=paid, high=paid))
    assert not says(invoices, tree.Like(left=due, pattern="1%"))
    assert not says(invoices, Compare(left=total, operator=">", value=Value(data=Decimal(1), text="1")))
    assert not says(invoices, tree.CompareFields(left=due, operator=">", right=due))
    assert not says(invoices, tree.Constant(truth=True))


@given(st.text(), st.booleans(), st.booleans())
def test_a_pattern_gives_back_the_text_it_was_made_of(text, opens, closes):
    pattern = "%" * opens + "".join(f"\\{one}" if one in "\\%_" else one for one in text) + "%" * closes
    assert pattern_parts(pattern) == ((opens, text, closes) if text else None)


@pytest.mark.parametrize("pattern", ["", "%", "%%", "_", "a_", "a%b", "%%a", "a%%", r"%a\%b%c%"])
def test_other_patterns_cannot_be_said(pattern):
    assert pattern_parts(pattern) is None


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_arrives(text):
    name = Field(path="NAME", type=DataType.TEXT)
    leaf = Compare(left=name, operator="=", value=Value(data=text, text=text))
    rendered = render(Fetch(object="CUSTOMER", select=(name,), where=leaf))
    assert json.loads(rendered)["filters"] == [{"$eq": {"name": text}}]


def test_half_a_character_is_refused():
    name = Field(path="NAME", type=DataType.TEXT)
    leaf = Compare(left=name, operator="=", value=Value(data="\ud800", text="\ud800"))
    with pytest.raises(ValueError, match="surrogates"):
        render(Fetch(object="CUSTOMER", select=(name,), where=leaf))
