"""What a written record does elsewhere: in the ledger, in the balance of its party, and to those that lead to it."""

import pytest
from emulator.writing import delete, element, keys, refusal, status, where, written

from intacct_ql.emulator import demo


@pytest.fixture(scope="module")
def company():
    return demo(seed=1)


@pytest.fixture
def gateway(company):
    moment = company.snapshot()
    yield company
    company.reset(moment)


def journal(*signs, **fields):
    entries = "".join(
        element("GLENTRY", ACCOUNTNO="6200", TR_TYPE=sign, AMOUNT="12.50", LOCATION="100") for sign in signs
    )
    own = {"JOURNAL": "GJ", "BATCH_DATE": "03/31/2026", "BATCH_TITLE": "posted here"} | fields
    return element("GLBATCH", **own, ENTRIES=entries)


def bill(number, amount):
    line = element("APBILLITEM", ACCOUNTNO="6200", TRX_AMOUNT=amount)
    days = {"WHENCREATED": "03/01/2026", "WHENDUE": "03/31/2026"}
    return element("APBILL", **days, VENDORID=VENDOR, RECORDID=number, APBILLITEMS=line)


VENDOR = "V-20126"
DETAILS = (
    "BATCHKEY BATCH_NO BATCH_TITLE SYMBOL ACCOUNTNO ACCOUNTTITLE TR_TYPE AMOUNT DEBITAMOUNT CREDITAMOUNT LOCATIONID"
)


def details(ask):
    return ask("GLDETAIL", DETAILS, where("BATCH_TITLE", "posted here")).rows


def test_an_entry_is_in_the_ledger_until_it_is_deleted(post, ask):
    ((_, made),) = keys(post(written("create", journal(1, -1))))
    debit, credit = details(ask)[::-1]
    assert (debit["BATCHKEY"], debit["BATCH_NO"]) == (made["RECORDNO"], made["BATCHNO"])
    assert (debit["SYMBOL"], debit["ACCOUNTNO"], debit["LOCATIONID"]) == ("GJ", "6200", "100")
    assert debit["ACCOUNTTITLE"] == ask("GLACCOUNT", "TITLE", where("ACCOUNTNO", "6200")).rows[0]["TITLE"]
    sides = [[each[name] for name in ("TR_TYPE", "DEBITAMOUNT", "CREDITAMOUNT")] for each in (debit, credit)]
    assert sides == [["1", "12.50", "0.00"], ["-1", "0.00", "12.50"]]
    post(written("update", journal(1, 1, -1, -1, RECORDNO=made["RECORDNO"])))
    assert len(details(ask)) == 4
    post(delete("GLBATCH", made["RECORDNO"]))
    assert details(ask) == []


def test_a_draft_is_not_in_the_ledger(post, ask):
    post(written("create", journal(1, -1, STATE="Draft")))
    assert details(ask) == []


def test_what_is_due_to_a_vendor_follows_the_bills(post, ask):
    def due():
        (vendor,) = ask("VENDOR", "TOTALDUE", where("VENDORID", VENDOR)).rows
        return round(100 * float(vendor["TOTALDUE"]))

    before = due()
    ((_, made),) = keys(post(written("create", bill("B-1", "100.50"))))
    assert due() == before + 10_050
    line = element("APBILLITEM", ACCOUNTNO="6200", TRX_AMOUNT="80.00")
    post(written("update", element("APBILL", RECORDNO=made["RECORDNO"], APBILLITEMS=line)))
    assert due() == before + 8_000
    post(delete("APBILL", made["RECORDNO"]))
    assert due() == before


def test_a_record_that_others_lead_to_is_not_deleted(post, ask):
    (vendor,) = ask("VENDOR", "RECORDNO", where("VENDORID", VENDOR)).rows
    reply = post(delete("VENDOR", vendor["RECORDNO"]))
    assert refusal(reply).startswith(f"VENDOR {VENDOR} cannot be deleted: ")
    assert ask("VENDOR", "RECORDNO", where("VENDORID", VENDOR)).rows == [vendor]


def test_a_record_that_nobody_leads_to_is(post):
    ((_, made),) = keys(post(written("create", element("VENDOR", VENDORID="NEW", NAME="New"))))
    assert status(post(delete("VENDOR", made["RECORDNO"]))) == ["success"]
