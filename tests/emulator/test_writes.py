"""create, update and delete of single records, read back through query."""

import pytest
from emulator.writing import delete, element, errors, keys, refusal, status, where, written

from intacct_ql.emulator import Accounts, Gateway
from intacct_ql.emulator.formatting import Formatting
from intacct_ql.emulator.users import User

ACME = element("CUSTOMER", CUSTOMERID="ACME", NAME="Acme")


def create(*objects):
    return written("create", *objects)


def update(*objects):
    return written("update", *objects)


def test_what_is_created_has_keys_marks_and_the_values_that_were_sent(post, ask):
    reply = post(
        create(
            "<CUSTOMER><CUSTOMERID>ACME</CUSTOMERID><NAME>Söhne &amp; Co</NAME><CREDITLIMIT>1234.50</CREDITLIMIT>"
            "<ONHOLD>True</ONHOLD><STATUS>Inactive</STATUS><DISPLAYCONTACT><PRINTAS>A &lt; B</PRINTAS>"
            "<MAILADDRESS><CITY>Bonn</CITY></MAILADDRESS></DISPLAYCONTACT></CUSTOMER>"
        )
    )
    assert (status(reply), reply.data) == (["success"], {"listtype": "objects", "count": "1"})
    assert keys(reply) == [("customer", {"RECORDNO": "15", "CUSTOMERID": "ACME"})]
    fields = (
        "NAME CREDITLIMIT ONHOLD STATUS DISPLAYCONTACT.PRINTAS DISPLAYCONTACT.MAILADDRESS.CITY WHENCREATED WHENMODIFIED"
    )
    (row,) = ask("CUSTOMER", fields, where("RECORDNO", "15")).rows
    assert list(row.values()) == [
        "Söhne & Co",
        "1234.50",
        "true",
        "inactive",
        "A < B",
        "Bonn",
        "05/06/2024 07:08:09",
        "05/06/2024 07:08:09",
    ]


def test_objects_of_several_kinds_are_created_in_one_call_in_their_order(post):
    reply = post(create(ACME, element("ARTERM", NAME="Net 60"), element("vendor", NAME="Lower", VENDORID="V1")))
    assert [name for name, _ in keys(reply)] == ["customer", "arterm", "vendor"]
    assert reply.data["count"] == "3"


def test_who_wrote_a_record_is_noted_by_the_number_of_the_user(post, ask, store):
    store.insert("USERINFO", {"RECORDNO": 7, "LOGINID": "demo"})
    post(create(ACME))
    assert ask("CUSTOMER", "CREATEDBY MODIFIEDBY", where("CUSTOMERID", "ACME")).rows == [
        {"CREATEDBY": "7", "MODIFIEDBY": "7"}
    ]


def test_the_day_of_a_document_is_the_one_that_is_given(post, ask):
    line = "<APBILLITEMS><APBILLITEM><TRX_AMOUNT>1</TRX_AMOUNT></APBILLITEM></APBILLITEMS>"
    post(create(f"<APBILL><WHENCREATED>12/15/2016</WHENCREATED><WHENDUE>2016-12-25</WHENDUE>{line}</APBILL>"))
    (row,) = ask("APBILL", "WHENCREATED WHENDUE AUWHENCREATED").rows
    assert list(row.values()) == ["12/15/2016", "12/25/2016", "05/06/2024 07:08:09"]


@pytest.mark.parametrize(
    ("wrong", "number", "words"),
    [
        (element("CUSTOMER", NAME="x"), "BL03000018", "Missing CUSTOMERID: object CUSTOMER needs a value in it."),
        (
            element("CUSTOMER", CUSTOMERID="ZAB001", NAME="x"),
            "BL34000061",
            "Another Customer with the given value(s) ZAB001 already exists",
        ),
        (element("CUSTOMER", CUSTOMERID="x", NAMES="x"), "DL02000001", "Field NAMES not found in object CUSTOMER."),
        (element("CUSTOMER", TOTALDUE="1"), "BL03000018", "Field TOTALDUE of object CUSTOMER is read-only."),
        (element("CUSTOMER", RECORDNO="99"), "BL03000018", "Field RECORDNO of object CUSTOMER is read-only."),
        ("<CUSTOMER><NAME>1</NAME><name>2</name></CUSTOMER>", "BL03000018", "Field NAME is written twice."),
        ("<CUSTOMER>Acme</CUSTOMER>", "BL03000018", "Element CUSTOMER holds text."),
        (
            element("CUSTOMER", CREDITLIMIT="1,000"),
            "BL03000018",
            "Invalid value '1,000' for field CREDITLIMIT: CURRENCY takes a number such as 1234.56.",
        ),
        (element("CUSTOMER", CREDITLIMIT="9" * 20), "BL03000018", "The value of field CREDITLIMIT is too large."),
        (
            element("CUSTOMER", ONHOLD="yes"),
            "BL03000018",
            "Invalid value 'yes' for field ONHOLD: BOOLEAN takes true or false.",
        ),
        (element("CUSTOMER", STATUS="asleep"), "BL03000018", "Invalid value 'asleep' for field STATUS."),
        (
            element("APBILL", WHENDUE="31/12/2024"),
            "BL03000018",
            "Invalid value '31/12/2024' for field WHENDUE: DATE takes MM/DD/YYYY, or ISO such as 2026-10-31.",
        ),
        (
            element("APBILL", WHENDUE="2024-02-30"),
            "BL03000018",
            "Invalid value '2024-02-30' for field WHENDUE: DATE takes MM/DD/YYYY, or ISO such as 2026-10-31.",
        ),
        (
            "<CUSTOMER><TERM><DUEDATE>1</DUEDATE></TERM></CUSTOMER>",
            "DL02000001",
            "Field TERM.DUEDATE not found in object CUSTOMER.",
        ),
        (
            element("CUSTOMER", CUSTOMERID="x", NAME="x", PARENTID="gone"),
            "BL03000018",
            "Invalid PARENTID 'gone': no CUSTOMER has it as its CUSTOMERID.",
        ),
        ("<NOSUCH/>", "DL02000001", "Object definition NOSUCH not found."),
        (
            element("AUDITHISTORY", ID="1"),
            "PL04000005",
            "You do not have permission for this, or it cannot be done with objects of type AUDITHISTORY.",
        ),
    ],
)
def test_what_cannot_be_created_is_refused_and_nothing_of_it_stays(post, ask, wrong, number, words):
    if "AUDITHISTORY" in wrong:
        number, words = "", "You do not have permission to view audit history"
    reply = post(create(wrong))
    name = wrong[1:].partition(">")[0].rstrip("/").lower()
    assert errors(reply) == [(number, words), ("BL01001973", f"Could not create {name} record!")]
    assert (status(reply), reply.data["count"]) == (["failure"], "0")
    assert ask("CUSTOMER", "RECORDNO").data["totalcount"] == "4"


def test_what_to_write_in_the_place_of_a_relationship_is_said(post):
    reply = post(create("<CUSTOMER><TERM><DUEDATE>1</DUEDATE></TERM></CUSTOMER>"))
    correction = reply.text("operation/result/errormessage/error/correction")
    assert correction == "Write TERMNAME to choose another ARTERM; TERM itself is read-only."


def test_an_id_brings_what_the_record_holds_of_the_other(post, ask, store):
    store.insert("CUSTTYPE", {"RECORDNO": 8, "NAME": "Trade"})
    post(create(element("CUSTOMER", CUSTOMERID="ACME", NAME="Acme", PARENTID="ZAB002", CUSTTYPE="Trade")))
    (row,) = ask("CUSTOMER", "PARENTNAME PARENTKEY CUSTTYPEKEY", where("CUSTOMERID", "ACME")).rows
    assert list(row.values()) == ['zabel "north"', "12", "8"]
    post(update(element("CUSTOMER", CUSTOMERID="ACME", PARENTID="")))
    (row,) = ask("CUSTOMER", "PARENTNAME PARENTKEY CUSTTYPEKEY", where("CUSTOMERID", "ACME")).rows
    assert list(row.values()) == ["", "", "8"]


def test_objects_before_one_that_fails_stay_and_those_after_it_are_not_made(post, ask):
    reply = post(create(ACME, element("CUSTOMER", CUSTOMERID="ACME", NAME="Again"), element("ARTERM", NAME="Later")))
    assert (status(reply), reply.data["count"]) == (["failure"], "1")
    assert keys(reply) == [("customer", {"RECORDNO": "15", "CUSTOMERID": "ACME"})]
    assert [number for number, _ in errors(reply)] == ["BL34000061", "BL01001973"]
    assert ask("CUSTOMER", "NAME", where("CUSTOMERID", "ACME")).column("NAME") == ["Acme"]
    assert ask("ARTERM", "NAME", where("NAME", "Later")).rows == []


@pytest.mark.parametrize("count", [0, 101])
def test_none_and_more_than_a_hundred_objects_are_against_the_schema(post, count):
    for function in ("create", "update"):
        assert post(written(function, *[ACME] * count)).error[:2] == ("response", "XL03000003")


def test_a_hundred_objects_are_created_at_once(post, ask):
    reply = post(create(*[element("CUSTOMER", CUSTOMERID=f"N{at}", NAME="n") for at in range(100)]))
    assert reply.data["count"] == "100"
    assert ask("CUSTOMER", "RECORDNO").data["totalcount"] == "104"


def test_the_old_dtd_does_not_know_them(post):
    assert post(create(ACME), version="2.1").error[:2] == ("response", "XL03000003")


@pytest.mark.parametrize(
    "key", [{"RECORDNO": "11"}, {"CUSTOMERID": "ZAB001"}, {"RECORDNO": "11", "CUSTOMERID": "ZAB001"}]
)
def test_an_update_changes_what_is_in_it_and_nothing_else(post, ask, clock, key):
    clock.forward(days=1)
    reply = post(update(element("CUSTOMER", **key, NAME="New", COMMENTS="")))
    assert keys(reply) == [("customer", {"RECORDNO": "11", "CUSTOMERID": "ZAB001"})]
    (row,) = ask("CUSTOMER", "NAME COMMENTS TERMNAME TOTALDUE WHENMODIFIED", where("RECORDNO", "11")).rows
    assert list(row.values()) == ["New", "", "Net 30", "6.50", "05/07/2024 07:08:09"]
    assert ask("CUSTOMER", "NAME", where("RECORDNO", "12")).column("NAME") == ['zabel "north"']


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"NAME": "x"}, "Missing RECORDNO or CUSTOMERID: no record of object CUSTOMER is named."),
        ({"RECORDNO": "99", "NAME": "x"}, "Cannot find customer with RECORDNO '99' to update."),
        ({"CUSTOMERID": "nobody"}, "Cannot find customer with CUSTOMERID 'nobody' to update."),
        ({"RECORDNO": "11", "CUSTOMERID": "X"}, "CUSTOMERID of object CUSTOMER cannot be changed from 'ZAB001'."),
        ({"RECORDNO": "11", "NAME": ""}, "Missing NAME: object CUSTOMER needs a value in it."),
        ({"RECORDNO": "11", "TOTALDUE": "1"}, "Field TOTALDUE of object CUSTOMER is read-only."),
        ({"RECORDNO": "11", "TERMNAME": "Net 99"}, "Invalid TERMNAME 'Net 99': no ARTERM has it as its NAME."),
    ],
)
def test_an_update_that_cannot_be_is_refused(post, ask, fields, words):
    reply = post(update(element("CUSTOMER", **fields)))
    assert (refusal(reply), reply.data["count"]) == (words, "0")
    assert errors(reply)[1] == ("BL01001973", "Could not update customer record!")
    assert ask("CUSTOMER", "NAME", where("RECORDNO", "11")).column("NAME") == ["Zabel & Söhne"]


def test_an_id_that_several_records_have_is_no_key(post):
    assert refusal(post(update(element("CONTACT", CONTACTNAME="Zabel", PRINTAS="x")))) == (
        "2 records of object CONTACT have CONTACTNAME Zabel."
    )


def test_what_is_deleted_is_gone_and_noted_in_the_audit_history(post, ask, clock):
    post(delete("ARINVOICE", "103"))
    reply = post(delete("CUSTOMER", "13, 14"))
    assert status(reply) == ["success"]
    assert reply.root.find("operation/result/data") is None
    assert ask("CUSTOMER", "RECORDNO").column("RECORDNO") == ["12", "11"]
    notes = ask("AUDITHISTORY", "ID OBJECTTYPE OBJECTKEY OBJECTDESC ACCESSMODE ACCESSTIME USERID").rows
    assert [list(note.values()) for note in notes] == [
        ["1:3", "customer", "14", "abc001", "D", "05/06/2024 07:08:09", "demo"],
        ["1:2", "customer", "13", "ABC001", "D", "05/06/2024 07:08:09", "demo"],
        ["1:1", "arinvoice", "103", "INV-3", "D", "05/06/2024 07:08:09", "demo"],
    ]


def test_the_number_of_a_deleted_record_is_given_to_no_other(post):
    post(delete("CUSTOMER", "14"))
    assert keys(post(create(ACME))) == [("customer", {"RECORDNO": "15", "CUSTOMERID": "ACME"})]
    post(delete("CUSTOMER", "15"))
    assert keys(post(create(ACME)))[0][1]["RECORDNO"] == "16"


@pytest.mark.parametrize(
    ("name", "given", "number", "words"),
    [
        ("CUSTOMER", "14,99,12", "BL01001973", "Cannot find customer with key '99' to delete."),
        ("CUSTOMER", "14,ZAB002", "BL01001973", "Cannot find customer with key 'ZAB002' to delete."),
        ("NOSUCH", "1", "WS", "Object definition NOSUCH not found"),
        ("CUSTOMER", " , ", "DL02000001", "0 keys are to be deleted; 1 to 100 can be."),
        ("CUSTOMER", "11," * 101, "DL02000001", "101 keys are to be deleted; 1 to 100 can be."),
        ("GLDETAIL", "1", "PL04000005", None),
    ],
)
def test_a_delete_that_cannot_be_is_refused(post, ask, name, given, number, words):
    reply = post(delete(name, given))
    assert status(reply) == ["failure"]
    assert errors(reply)[0][0] == number
    assert words is None or refusal(reply) == words
    before = {"11", "12", "13"} if number == "BL01001973" else {"11", "12", "13", "14"}
    assert set(ask("CUSTOMER", "RECORDNO").column("RECORDNO")) == before


def test_counts_and_orders_follow_every_write(post, ask):
    big = "<filter><greaterthan><field>RECORDNO</field><value>12</value></greaterthan></filter>"
    assert ask("CUSTOMER", "RECORDNO", big).data["totalcount"] == "2"
    post(create(ACME))
    assert ask("CUSTOMER", "RECORDNO", f"{big}<pagesize>1</pagesize>").data["totalcount"] == "3"
    post(delete("CUSTOMER", "14,15"))
    assert ask("CUSTOMER", "RECORDNO", f"{big}<pagesize>1</pagesize>").data["totalcount"] == "1"


def test_pages_that_are_kept_do_not_see_what_comes_later(post, sign_in):
    session = sign_in()
    asked = (
        "<readByQuery><object>CUSTOMER</object><query/><fields>RECORDNO</fields><pagesize>2</pagesize></readByQuery>"
    )
    first = post(asked, authentication=session)
    post(create(ACME))
    more = f"<readMore><resultId>{first.data['resultId']}</resultId></readMore>"
    assert post(more, authentication=session).column("RECORDNO") == ["12", "11"]


def test_a_field_may_be_named_like_a_column_of_the_database(post):
    assert keys(post(create(element("BIN", BINID="B", ROWID="R"))))[0][1]["RECORDNO"] == "1"
    asked = "<readByQuery><object>BIN</object><query/><fields>BINID,ROWID</fields></readByQuery>"
    assert post(asked).rows == [{"BINID": "B", "ROWID": "R"}]
    assert status(post(delete("BIN", "1"))) == ["success"]


def test_legacy_functions_see_what_was_written(post):
    post(create(ACME))
    reply = post('<get_list object="customer" maxitems="1"><fields><field>name</field></fields></get_list>')
    assert reply.text("operation/result/data/customer/name") == "Acme"


def test_what_is_created_in_an_entity_belongs_to_it(post, ask, sign_in):
    one, two = sign_in("E1"), sign_in("E2")
    line = "<ARINVOICEITEMS><ARINVOICEITEM><AMOUNT>1</AMOUNT></ARINVOICEITEM></ARINVOICEITEMS>"
    made = post(create(f"<ARINVOICE><RECORDID>N</RECORDID>{line}</ARINVOICE>"), authentication=one)
    assert status(made) == ["success"]
    number = keys(made)[0][1]["RECORDNO"]
    (row,) = ask("ARINVOICE", "MEGAENTITYID MEGAENTITYKEY MEGAENTITYNAME", where("RECORDID", "N")).rows
    assert list(row.values()) == ["E1", "1", "One"]
    assert refusal(post(delete("ARINVOICE", number), authentication=two)).startswith("Cannot find arinvoice")
    assert refusal(post(update(element("ARINVOICE", RECORDID="N")), authentication=two)).startswith("Cannot find")
    assert status(post(delete("ARINVOICE", number), authentication=one)) == ["success"]


def test_an_object_out_of_a_users_reach_cannot_be_written(post, store):
    accounts = Accounts(users={"demo": User(unreadable={"CUSTOMER"})})
    narrow = Gateway(store, strict=True, accounts=accounts)
    for function in (create(ACME), update(element("CUSTOMER", RECORDNO="11")), delete("CUSTOMER", "11")):
        assert errors(post(function, to=narrow))[0][0] == "PL04000005"


def test_dates_are_read_as_their_user_writes_them(post, ask, store):
    formatting = Formatting(dateformat="-dmY", gmtoffset="+02:00")
    there = Gateway(store, strict=True, accounts=Accounts(users={"demo": User(formatting=formatting)}))
    line = "<ARINVOICEITEMS><ARINVOICEITEM><AMOUNT>1</AMOUNT></ARINVOICEITEM></ARINVOICEITEMS>"
    fields = "<RECORDID>N</RECORDID><WHENDUE>03-02-2024</WHENDUE>"
    assert status(post(create(f"<ARINVOICE>{fields}{line}</ARINVOICE>"), to=there)) == ["success"]
    assert ask("ARINVOICE", "WHENDUE", where("RECORDID", "N")).column("WHENDUE") == ["02/03/2024"]
