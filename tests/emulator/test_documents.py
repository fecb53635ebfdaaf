"""Documents and their lines: bills, invoices, orders."""

import pytest
from emulator.writing import delete, element, errors, keys, refusal, status, where, written

LINES = "APBILLITEM"
TOTALS = "TOTALENTERED TRX_TOTALENTERED TOTALPAID TOTALDUE TRX_TOTALDUE"


def bill(*lines, **fields):
    inside = "".join(element("APBILLITEM", **line) for line in lines)
    own = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    return f"<APBILL>{own}<APBILLITEMS>{inside}</APBILLITEMS></APBILL>"


@pytest.fixture
def vendors(store):
    store.insert("VENDOR", {"RECORDNO": 1, "VENDORID": "V1", "NAME": "One"})
    store.insert("VENDOR", {"RECORDNO": 2, "VENDORID": "V2", "NAME": "Two"})
    store.insert("GLACCOUNT", {"RECORDNO": 5, "ACCOUNTNO": "6220", "TITLE": "Rent"})


@pytest.fixture
def made(post, vendors):
    """The number of a bill with two lines."""
    lines = ({"ACCOUNTNO": "6220", "TRX_AMOUNT": "100.12"}, {"ACCOUNTNO": "6220", "TRX_AMOUNT": "9.88"})
    fields = {"VENDORID": "V1", "RECORDID": "B-1", "WHENCREATED": "12/15/2016", "WHENDUE": "12/25/2016"}
    return keys(post(written("create", bill(*lines, **fields))))[0][1]["RECORDNO"]


def test_lines_are_records_that_point_to_their_document(ask, made):
    fields = "RECORDNO RECORDKEY LINE_NO AMOUNT TRX_AMOUNT VENDORNAME ACCOUNTTITLE ENTRY_DATE STATE RECORDTYPE"
    rows = ask(LINES, fields, "<orderby><order><field>RECORDNO</field><ascending/></order></orderby>").rows
    common = ["One", "Rent", "12/15/2016", "Posted", "pi"]
    assert [list(row.values()) for row in rows] == [
        ["1", made, "1", "100.12", "100.12", *common],
        ["2", made, "2", "9.88", "9.88", *common],
    ]
    assert set(ask(LINES, "APBILL.RECORDID").column("APBILL.RECORDID")) == {"B-1"}


def test_the_totals_of_a_document_are_those_of_its_lines(ask, made):
    assert list(ask("APBILL", TOTALS).rows[0].values()) == ["110.00", "110.00", "0.00", "110.00", "110.00"]


def test_base_amounts_follow_from_the_rate(post, ask):
    line = {"TRX_AMOUNT": "10.01", "EXCHANGE_RATE": "1.0825"}
    post(written("create", bill(line, WHENDUE="01/01/2024", CURRENCY="EUR")))
    assert list(ask(LINES, "AMOUNT TRX_AMOUNT CURRENCY").rows[0].values()) == ["10.84", "10.01", "EUR"]
    assert list(ask("APBILL", TOTALS).rows[0].values()) == ["10.84", "10.01", "0.00", "10.84", "10.01"]


def test_an_order_is_named_by_its_type_and_counts_lines_from_nought(post, ask):
    lines = "".join(element("SODOCUMENTENTRY", ITEMID="I", QUANTITY="3", PRICE=price) for price in ("1.50", "2"))
    order = f"<SODOCUMENT><DOCPARID>Sales Order</DOCPARID><SODOCUMENTENTRIES>{lines}</SODOCUMENTENTRIES></SODOCUMENT>"
    assert keys(post(written("create", order))) == [("sodocument", {"RECORDNO": "1", "DOCID": "Sales Order-1"})]
    rows = ask("SODOCUMENTENTRY", "LINE_NO DOCHDRID TOTAL SODOCUMENT.TOTAL").rows
    assert sorted(list(row.values()) for row in rows) == [
        ["0", "Sales Order-1", "4.50", "10.50"],
        ["1", "Sales Order-1", "6.00", "10.50"],
    ]


def test_what_names_the_type_of_an_order_is_no_order_itself(post):
    days = dict.fromkeys(("INVOICEDATE", "GLPOSTDATE", "ASOFDATE"), "01/31/2024")
    preview = element("GENINVOICEPREVIEW", DOCPARID="Sales Order", **days)
    assert keys(post(written("create", preview))) == [("geninvoicepreview", {"RECORDNO": "1"})]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (bill(WHENDUE="01/01/2024"), "Missing APBILLITEMS: object APBILL needs a line at least."),
        (element("APBILL", WHENDUE="01/01/2024"), "Missing APBILLITEMS: object APBILL needs a line at least."),
        (bill({"AMOUNT": "x"}, WHENDUE="01/01/2024"), "Invalid value 'x' for field AMOUNT: CURRENCY takes a number"),
        (bill({"RECORDNO": "7"}, WHENDUE="01/01/2024"), "Field RECORDNO of object APBILLITEM is read-only."),
        (
            bill({"ACCOUNTNO": "1"}, WHENDUE="01/01/2024"),
            "Invalid ACCOUNTNO '1': no GLACCOUNT has it as its ACCOUNTNO.",
        ),
        (bill({"AMOUNT": "1"}), "Missing WHENDUE: object APBILL needs a value in it."),
        ("<APBILL><APBILLITEMS><GLENTRY/></APBILLITEMS></APBILL>", "Element GLENTRY cannot stand in APBILLITEMS"),
        ("<APBILL><APBILLITEMS/><APBILLITEMS/></APBILL>", "Element APBILLITEMS is written twice."),
        (
            bill({"AMOUNT": "400000000000000"}, {"AMOUNT": "400000000000000"}, WHENDUE="01/01/2024"),
            "The value of field",
        ),
    ],
)
def test_a_document_that_is_wrong_leaves_nothing(post, ask, vendors, document, words):
    assert refusal(post(written("create", document))).startswith(words)
    assert ask("APBILL", "RECORDNO").rows == ask(LINES, "RECORDNO").rows == []


def test_there_is_an_end_to_the_lines_of_a_document(post):
    words = "10001 elements APBILLITEM are in one APBILL; at most 10000 can be."
    assert refusal(post(written("create", bill(*[{}] * 10_001, WHENDUE="01/01/2024")))) == words


def test_who_changed_a_line_when_is_noted_and_who_made_it_stays(post, ask, made, clock):
    clock.forward(days=1)
    post(written("update", bill({"RECORDNO": "2"}, {"AMOUNT": "1"}, RECORDNO=made)))
    assert ask(LINES, "RECORDNO WHENCREATED WHENMODIFIED").rows == [
        {"RECORDNO": "3", "WHENCREATED": "05/07/2024 07:08:09", "WHENMODIFIED": "05/07/2024 07:08:09"},
        {"RECORDNO": "2", "WHENCREATED": "05/06/2024 07:08:09", "WHENMODIFIED": "05/07/2024 07:08:09"},
    ]


def test_a_bill_number_is_one_only_with_its_vendor(post, made):
    again = {"WHENDUE": "01/01/2024", "RECORDID": "B-1"}
    twice = post(written("create", bill({"AMOUNT": "1"}, VENDORID="V1", **again)))
    assert errors(twice)[0] == ("BL34000061", "Another AP bill with the given value(s) B-1 already exists")
    assert status(post(written("create", bill({"AMOUNT": "1"}, VENDORID="V2", **again)))) == ["success"]


def test_lines_in_an_update_are_the_lines_from_then_on(post, ask, made):
    kept, new = {"RECORDNO": "2", "TRX_AMOUNT": "20"}, {"ACCOUNTNO": "6220", "AMOUNT": "5"}
    assert status(post(written("update", bill(kept, new, RECORDNO=made)))) == ["success"]
    rows = ask(LINES, "RECORDNO LINE_NO AMOUNT TRX_AMOUNT ACCOUNTTITLE VENDORID").rows
    assert sorted(list(row.values()) for row in rows) == [
        ["2", "1", "20.00", "20.00", "Rent", "V1"],
        ["3", "2", "5.00", "5.00", "Rent", "V1"],
    ]
    assert ask("APBILL", "TOTALDUE WHENDUE").rows == [{"TOTALDUE": "25.00", "WHENDUE": "12/25/2016"}]


def test_what_is_paid_stays_paid_when_lines_change(post, ask, store, made):
    store.update("APBILL", int(made), {"TOTALPAID": 100_000})
    post(written("update", bill({"AMOUNT": "30"}, RECORDNO=made)))
    assert ask("APBILL", "TOTALPAID TOTALDUE").rows == [{"TOTALPAID": "10.00", "TOTALDUE": "20.00"}]


def test_a_kept_line_can_lose_a_value_and_what_came_with_it(post, ask, made):
    post(written("update", bill({"RECORDNO": "1", "ACCOUNTNO": ""}, RECORDNO=made)))
    (row,) = ask(LINES, "ACCOUNTNO ACCOUNTTITLE ACCOUNTKEY AMOUNT").rows
    assert list(row.values()) == ["", "", "", "100.12"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (({"RECORDNO": "99"},), "APBILLITEM 99 is no line of this document."),
        (({"RECORDNO": "1"}, {"RECORDNO": "1"}), "A RECORDNO stands in two lines of APBILLITEM."),
        ((), "Missing APBILLITEMS"),
    ],
)
def test_an_update_with_wrong_lines_changes_nothing(post, ask, made, lines, words):
    reply = post(written("update", bill(*lines, RECORDNO=made, DESCRIPTION="new")))
    assert refusal(reply).startswith(words)
    assert len(ask(LINES, "RECORDNO").rows) == 2
    assert ask("APBILL", "DESCRIPTION").column("DESCRIPTION") == [""]


def test_lines_follow_their_document(post, ask, made):
    post(written("update", element("APBILL", RECORDNO=made, VENDORID="V2", WHENCREATED="01/02/2017")))
    assert ask(LINES, "VENDORNAME ENTRY_DATE").rows == [{"VENDORNAME": "Two", "ENTRY_DATE": "01/02/2017"}] * 2
    assert ask("APBILL", "VENDORNAME").column("VENDORNAME") == ["Two"]


def test_a_line_that_is_kept_follows_too_but_for_what_it_says_itself(post, ask, made):
    kept = ({"RECORDNO": "1"}, {"RECORDNO": "2", "VENDORID": "V1", "ENTRY_DATE": "05/05/2020"})
    post(written("update", bill(*kept, RECORDNO=made, VENDORID="V2", WHENCREATED="01/02/2017")))
    post(written("update", element("APBILL", RECORDNO=made, WHENCREATED="01/03/2017")))
    rows = ask(LINES, "RECORDNO VENDORNAME ENTRY_DATE AMOUNT").rows
    assert [list(row.values()) for row in rows] == [
        ["2", "One", "05/05/2020", "9.88"],
        ["1", "Two", "01/03/2017", "100.12"],
    ]


def test_a_document_whose_lines_have_no_amounts_has_none_either(post, ask, made):
    post(written("update", bill({"ACCOUNTNO": "6220"}, RECORDNO=made)))
    assert ask("APBILL", "TOTALENTERED TOTALDUE").rows == [{"TOTALENTERED": "0.00", "TOTALDUE": "0.00"}]


def test_a_bill_may_be_given_another_number(post, ask, made):
    post(written("update", element("APBILL", RECORDNO=made, RECORDID="B-2")))
    assert ask("APBILL", "RECORDNO", where("RECORDID", "B-2")).column("RECORDNO") == [made]


def test_a_deleted_document_takes_its_lines_along(post, ask, made):
    assert status(post(delete("APBILL", made))) == ["success"]
    assert ask(LINES, "RECORDNO").rows == ask("APBILL", "RECORDNO").rows == []
    assert ask("AUDITHISTORY", "OBJECTTYPE OBJECTKEY").rows == [{"OBJECTTYPE": "apbill", "OBJECTKEY": made}]


@pytest.mark.parametrize(
    "function",
    [
        written("create", element("APBILLITEM", AMOUNT="1")),
        written("update", element("APBILLITEM", RECORDNO="1", AMOUNT="1")),
        delete("APBILLITEM", "1"),
    ],
)
def test_a_line_is_not_written_without_its_document(post, made, function):
    words = "Records of object APBILLITEM are lines: they are written with their APBILL."
    assert refusal(post(function)) == words
