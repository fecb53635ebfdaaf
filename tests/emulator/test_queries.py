"""Cells, order, paging, aggregates, relationships, options."""

import csv
import io
import json
from collections import Counter

import pytest

from intacct_ql.emulator import Store, Table, demo


def ordered(*orders: str) -> str:
    """``ordered("NAME", "-RECORDNO")``."""
    inside = "".join(
        f"<order><field>{name.lstrip('-')}</field>{'<descending/>' if name[0] == '-' else '<ascending/>'}</order>"
        for name in orders
    )
    return f"<orderby>{inside}</orderby>"


def paged(size: int, offset: int = 0) -> str:
    return f"<pagesize>{size}</pagesize><offset>{offset}</offset>"


def after(number: str) -> str:
    return f"<filter><greaterthan><field>RECORDNO</field><value>{number}</value></greaterthan></filter>"


def test_cells_are_written_as_the_gateway_does(ask):
    names = (
        "RECORDNO NAME TOTALDUE CREDITLIMIT RETAINAGEPERCENTAGE ONHOLD STATUS LAST_INVOICEDATE WHENMODIFIED "
        "DISPLAYCONTACT.CONTACTNAME"
    )
    rows = [list(row.values()) for row in ask("CUSTOMER", names, ordered("RECORDNO")).rows]
    assert rows == [
        [
            "11",
            "Zabel & Söhne",
            "6.50",
            "1000.00",
            "12.5",
            "false",
            "active",
            "01/31/2024",
            "01/31/2024 09:00:00",
            "Zabel",
        ],
        ["12", 'zabel "north"', "205375.00", "", "0", "true", "active", "02/29/2024", "02/29/2024 00:00:00", "Zabel"],
        ["13", "O'Neil <co>", "-1.2345", "0.00", "", "false", "inactive", "", "02/29/2024 23:59:59", ""],
        ["14", "", "", "", "", "", "active", "12/31/2023", "", "Nobody"],
    ]


def test_names_are_taken_in_any_case_and_repeated_as_often_as_asked(ask):
    reply = ask("customer", "recordno Recordno", paged(1))
    assert reply.data["listtype"] == "CUSTOMER"
    assert [cell.tag for cell in reply.root.find("operation/result/data/CUSTOMER")] == ["RECORDNO", "RECORDNO"]


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        (("RECORDNO",), "11 12 13 14"),
        (("-RECORDNO",), "14 13 12 11"),
        (("NAME",), "13 11 12 14"),
        (("-NAME",), "14 12 11 13"),
        (("STATUS", "RECORDNO"), "11 12 14 13"),
        (("-STATUS", "-CUSTOMERID"), "13 14 12 11"),
        (("TOTALDUE",), "13 11 12 14"),
        (("WHENMODIFIED",), "11 12 13 14"),
        (("DISPLAYCONTACT.MAILADDRESS.CITY", "RECORDNO"), "11 12 13 14"),
    ],
)
def test_order_puts_null_last_ascending_and_first_descending(ask, orders, expected):
    assert " ".join(ask("CUSTOMER", "RECORDNO", ordered(*orders)).column("RECORDNO")) == expected


def test_without_order_the_newest_record_comes_first(ask):
    assert ask("CUSTOMER", "RECORDNO").column("RECORDNO") == ["14", "13", "12", "11"]


def test_an_order_without_direction_ascends(ask):
    reply = ask("CUSTOMER", "RECORDNO", "<orderby><order><field>RECORDNO</field></order></orderby>")
    assert reply.column("RECORDNO") == ["11", "12", "13", "14"]


@pytest.mark.parametrize(
    ("size", "offset", "count", "remaining"), [(3, 0, 3, 1), (3, 3, 1, 0), (4, 0, 4, 0), (1, 99, 0, 0), (2000, 0, 4, 0)]
)
def test_a_page_says_where_it_stands(ask, size, offset, count, remaining):
    reply = ask("CUSTOMER", "RECORDNO", paged(size, offset))
    assert reply.data == {
        "listtype": "CUSTOMER",
        "totalcount": "4",
        "offset": str(offset),
        "count": str(count),
        "numremaining": str(remaining),
    }
    assert len(reply.rows) == count


def test_a_page_holds_a_hundred_rows_unless_asked(ask, store):
    store.insert("VENDOR", *({"VENDORID": f"V{number}"} for number in range(150)))
    assert ask("VENDOR", "RECORDNO").data["count"] == "100"


def test_keyset_pages_count_what_is_left_and_see_changes_between_them(ask, store):
    store.insert("VENDOR", *({"RECORDNO": number, "STATUS": "active"} for number in range(1, 11)))
    first = ask("VENDOR", "RECORDNO", after("0") + ordered("RECORDNO") + paged(4))
    assert (first.column("RECORDNO"), first.data["totalcount"]) == (["1", "2", "3", "4"], "10")
    store.delete("VENDOR", 6, 7)
    store.insert("VENDOR", {"RECORDNO": 20})
    second = ask("VENDOR", "RECORDNO", after("4") + ordered("RECORDNO") + paged(4))
    assert (second.column("RECORDNO"), second.data["totalcount"]) == (["5", "8", "9", "10"], "5")
    store.update("VENDOR", 20, {"STATUS": "inactive"})
    third = ask("VENDOR", "RECORDNO STATUS", after("10") + ordered("RECORDNO") + paged(4))
    assert (third.column("STATUS"), third.data["numremaining"]) == (["inactive"], "0")


@pytest.mark.parametrize(
    "operator", ["equalto", "lessthan", "lessthanorequalto", "greaterthan", "greaterthanorequalto"]
)
@pytest.mark.parametrize("bound", ["-1", "3", "3.5", "7", "99"])
def test_counts_of_key_ranges_agree_with_the_rows(ask, store, operator, bound):
    store.insert(
        "VENDOR", *({"RECORDNO": number, "NAME": "even" if number % 2 else None} for number in (1, 3, 4, 7, 8))
    )
    key = f"<{operator}><field>RECORDNO</field><value>{bound}</value></{operator}>"
    condition = f"<filter><and>{key}<isnotnull><field>NAME</field></isnotnull></and></filter>"
    whole = ask("VENDOR", "RECORDNO", condition)
    for _ in range(2):  # the second answer comes from what was remembered
        assert ask("VENDOR", "RECORDNO", condition + paged(1)).data["totalcount"] == str(len(whole.rows))


def test_aggregates_group_by_every_plain_field(ask):
    functions = "<count>RECORDNO</count> <count>NAME</count> <sum>TOTALDUE</sum> <avg>TOTALDUE</avg>"
    reply = ask("CUSTOMER", f"STATUS {functions} <min>WHENMODIFIED</min> <max>NAME</max>", ordered("STATUS"))
    assert reply.data["totalcount"] == "2"
    assert reply.rows == [
        {
            "STATUS": "active",
            "COUNT.RECORDNO": "3",
            "COUNT.NAME": "2",
            "SUM.TOTALDUE": "205381.50",
            "AVG.TOTALDUE": "102690.75",
            "MIN.WHENMODIFIED": "01/31/2024 09:00:00",
            "MAX.NAME": 'zabel "north"',
        },
        {
            "STATUS": "inactive",
            "COUNT.RECORDNO": "1",
            "COUNT.NAME": "1",
            "SUM.TOTALDUE": "-1.2345",
            "AVG.TOTALDUE": "-1.2345",
            "MIN.WHENMODIFIED": "02/29/2024 23:59:59",
            "MAX.NAME": "O'Neil <co>",
        },
    ]


def test_averages_are_exact_to_ten_places(ask):
    reply = ask("ARINVOICE", "<avg>TOTALENTERED</avg> <avg>RECORDNO</avg>")
    assert reply.rows == [{"AVG.TOTALENTERED": "44.6111", "AVG.RECORDNO": "102.5"}]
    assert ask("ARINVOICEITEM", "<avg>RECORDKEY</avg>").rows == [{"AVG.RECORDKEY": "101.6666666667"}]


def test_aggregates_without_plain_field_give_one_row_also_of_nothing(ask):
    none = "<filter><equalto><field>RECORDNO</field><value>0</value></equalto></filter>"
    reply = ask("CUSTOMER", "<count>RECORDNO</count> <sum>TOTALDUE</sum> <avg>TOTALDUE</avg>", none + paged(1))
    assert reply.rows == [{"COUNT.RECORDNO": "0", "SUM.TOTALDUE": "", "AVG.TOTALDUE": ""}]
    assert reply.data["totalcount"] == "1"


def test_null_is_a_group_and_groups_are_paged(ask):
    reply = ask("CUSTOMER", "TERMNAME <count>RECORDNO</count>", ordered("TERMNAME") + paged(2, 1))
    assert [list(row.values()) for row in reply.rows] == [["Net 30", "2"], ["", "1"]]
    assert (reply.data["totalcount"], reply.data["numremaining"]) == ("3", "0")


@pytest.mark.parametrize(
    ("select", "rest", "words"),
    [
        ("<sum>NAME</sum>", "", "sum needs a number: NAME is TEXT."),
        ("<avg>WHENMODIFIED</avg>", "", "avg needs a number: WHENMODIFIED is TIMESTAMP."),
        ("<count>RECORDNO</count>", ordered("NAME"), "Field NAME cannot order groups"),
    ],
)
def test_refuses_aggregates_that_cannot_be(ask, select, rest, words):
    assert ask("CUSTOMER", select, rest).error[2].startswith(words)


def test_related_fields_are_followed_and_named_as_asked(ask):
    names = "RECORDID CUSTOMER.NAME CUSTOMER.TERM.DUEDATE CUSTOMER.PARENT.NAME CUSTOMER.DISPLAYCONTACT.CONTACTNAME"
    reply = ask("ARINVOICE", names, ordered("RECORDNO"))
    assert [list(row.values()) for row in reply.rows] == [
        ["INV-1", "Zabel & Söhne", "30", "", "Zabel"],
        ["INV-2", "Zabel & Söhne", "30", "", "Zabel"],
        ["INV-3", "O'Neil <co>", "15", 'zabel "north"', ""],
        ["INV-4", "", "", "", ""],
    ]
    assert list(reply.rows[0]) == names.split()


def test_a_relationship_leads_to_one_record_although_its_name_is_not_unique(ask):
    reply = ask("CUSTOMER", "RECORDNO PRIMARYCONTACT.MAILADDRESS.CITY DISPLAYCONTACT.PRINTAS", ordered("RECORDNO"))
    assert reply.column("RECORDNO") == ["11", "12", "13", "14"]


def test_a_key_field_leads_to_the_record_number(ask):
    reply = ask("ARINVOICEITEM", "AMOUNT ARINVOICE.RECORDID", ordered("RECORDNO"))
    assert reply.column("ARINVOICE.RECORDID") == ["INV-1", "INV-1", "INV-3"]


def test_related_fields_filter_group_and_count(ask):
    by_term = "<filter><equalto><field>CUSTOMER.TERM.DUEDATE</field><value>30</value></equalto></filter>"
    reply = ask("ARINVOICE", "RECORDID", by_term + paged(1))
    assert (reply.data["totalcount"], reply.data["numremaining"]) == ("2", "1")
    reply = ask(
        "ARINVOICE", "CUSTOMER.STATUS <max>CUSTOMER.TOTALDUE</max> <count>RECORDNO</count>", ordered("CUSTOMER.STATUS")
    )
    assert [list(row.values()) for row in reply.rows] == [
        ["active", "6.50", "2"],
        ["inactive", "-1.2345", "1"],
        ["", "", "1"],
    ]


def test_an_unmatched_relationship_is_null(ask):
    null = "<filter><isnull><field>CUSTOMER.CUSTOMERID</field></isnull></filter>"
    assert ask("ARINVOICE", "RECORDID", null).column("RECORDID") == ["INV-4"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NONSENSE", "Field NONSENSE not found in object CUSTOMER."),
        ("PARENT.NONSENSE", "Field PARENT.NONSENSE not found in object CUSTOMER."),
        ("PARENT", "Field PARENT not found in object CUSTOMER."),
        ("PARENT.PARENT.NAME", "Field PARENT.PARENT.NAME: PARENT of CUSTOMER may be followed only once."),
    ],
)
def test_unknown_fields_and_longer_hierarchies_are_refused(ask, name, words):
    assert ask("CUSTOMER", name).error == ("result", "DL02000001", words)


def test_fields_that_may_not_be_queried_are_refused_wherever_they_stand(ask):
    words = ("result", "XL03000006", "Field CUSTENTITY of object ARINVOICE cannot be queried.")
    assert ask("ARINVOICE", "CUSTENTITY").error == words
    assert ask("ARINVOICE", "RECORDNO", "<filter><isnull><field>CUSTENTITY</field></isnull></filter>").error == words
    assert ask("ARINVOICE", "RECORDNO", ordered("CUSTENTITY")).error == words
    assert ask("ARINVOICEITEM", "ARINVOICE.CUSTENTITY").error == words


def test_unknown_objects_are_refused(ask):
    assert ask("INVOICE", "RECORDNO").error == ("result", "DL02000001", "Object definition INVOICE not found.")


def test_an_object_without_rows_is_empty(ask):
    reply = ask("TASK", "RECORDNO")
    assert (reply.rows, reply.data["count"], reply.data["totalcount"]) == ([], "0", "0")


def test_json_and_csv_are_bare_data(ask):
    options = "<options><returnformat>{}</returnformat></options>" + ordered("RECORDNO") + paged(2)
    rows = json.loads(ask("CUSTOMER", "RECORDNO NAME CREDITLIMIT", options.format("json")).body)
    assert rows[1] == {"RECORDNO": "12", "NAME": 'zabel "north"', "CREDITLIMIT": ""}
    text = ask("CUSTOMER", "RECORDNO NAME CREDITLIMIT", options.format("csv")).body.decode()
    assert list(csv.reader(io.StringIO(text)))[0:2] == [
        ["RECORDNO", "NAME", "CREDITLIMIT"],
        ["11", "Zabel & Söhne", "1000.00"],
    ]


def test_json_of_nothing_is_an_empty_array_and_an_error_is_xml(ask):
    options = "<options><returnformat>json</returnformat></options>"
    assert ask("TASK", "RECORDNO", options).body == b"[]"
    assert ask("TASK", "NONSENSE", options).error[0] == "result"


def test_bare_data_needs_a_request_of_its_own(post):
    query = "<query><object>TASK</object><select><field>RECORDNO</field></select>{}</query>"
    reply = post(query.format("<options><returnformat>csv</returnformat></options>"), query.format(""))
    assert [result.findtext("status") for result in reply.root.iter("result")] == ["failure", "success"]


def test_private_entities_are_shown_on_request_and_entities_see_their_own(ask, sign_in, gateway, store):
    private = type(gateway)(store, private_entities=["E2"])
    assert ask("ARINVOICE", "RECORDNO", to=gateway).data["totalcount"] == "4"
    assert ask("ARINVOICE", "RECORDNO", to=private).column("RECORDNO") == ["102", "101"]
    assert ask("ARINVOICE", "RECORDNO", after("100") + paged(1), to=private).data["totalcount"] == "2"
    shown = "<options><showprivate>true</showprivate></options>"
    assert ask("ARINVOICE", "RECORDNO", shown, to=private).data["totalcount"] == "4"
    at_entity = sign_in("E2", to=private)
    assert ask("ARINVOICE", "RECORDNO", to=private, authentication=at_entity).column("RECORDNO") == [
        "104",
        "103",
        "101",
    ]


def test_lines_are_seen_where_their_document_is(ask, sign_in, gateway, store):
    private = type(gateway)(store, private_entities=["E2"])
    items = ("ARINVOICEITEM", "RECORDNO")
    assert ask(*items, to=gateway).column("RECORDNO") == ["1003", "1002", "1001"]
    assert ask(*items, to=private).column("RECORDNO") == ["1002", "1001"]
    assert ask(*items, "<options><showprivate>true</showprivate></options>", to=private).data["totalcount"] == "3"
    assert ask(*items, to=private, authentication=sign_in("E1", to=private)).column("RECORDNO") == ["1002", "1001"]
    assert ask(*items, to=private, authentication=sign_in("E2", to=private)).data["totalcount"] == "3"


@pytest.mark.parametrize(
    ("name", "link", "document", "key"),
    [
        ("APBILLITEM", "RECORDKEY", "APBILL", "RECORDNO"),
        ("APBILLPAYMENT", "RECORDKEY", "APBILL", "RECORDNO"),
        ("ARPYMTDETAIL", "PAYMENTKEY", "ARPYMT", "RECORDNO"),
        ("GLENTRY", "BATCHNO", "GLBATCH", "BATCHNO"),
        ("GLDETAIL", "BATCHKEY", "GLBATCH", "RECORDNO"),
    ],
)
def test_what_belongs_to_a_document_is_seen_where_it_is(ask, gateway, name, link, document, key):
    numbers = ["11", "12", "13", None] if name == "GLDETAIL" else [11, 12, 13, None]
    store = Store(
        [
            Table(object=document, columns=(key, "MEGAENTITYID"), rows=[(11, "E1"), (12, "E2"), (13, None)]),
            Table(object=name, columns=("RECORDNO", link), rows=list(enumerate(numbers, 1))),
        ]
    )
    private = type(gateway)(store, strict=True, private_entities=["E2"])
    assert ask(name, "RECORDNO", to=private).column("RECORDNO") == ["4", "3", "1"]
    assert ask(name, "RECORDNO", to=type(gateway)(store, strict=True)).data["totalcount"] == "4"


def test_the_ledger_of_each_entity_balances(ask, sign_in):
    company, totals = demo(), Counter()
    for entity in ("100", "200", "300"):
        inside = sign_in(entity, to=company)
        asked = "<count>RECORDNO</count> <sum>DEBITAMOUNT</sum> <sum>CREDITAMOUNT</sum>"
        (row,) = ask("GLDETAIL", asked, to=company, authentication=inside).rows
        assert row["SUM.DEBITAMOUNT"] == row["SUM.CREDITAMOUNT"]
        totals["GLDETAIL"] += int(row["COUNT.RECORDNO"])
        (lines,) = ask("ARINVOICEITEM", "<count>RECORDNO</count>", to=company, authentication=inside).rows
        totals["ARINVOICEITEM"] += int(lines["COUNT.RECORDNO"])
    for name, total in totals.items():
        assert ask(name, "<count>RECORDNO</count>", to=company).column("COUNT.RECORDNO") == [str(total)]
