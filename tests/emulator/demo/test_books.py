"""The books balance: entries, documents with their lines, payments with what they paid, parties with what they owe."""

from collections import Counter

import pytest

SIDES = {
    "receivable": ("ARINVOICE", "ARINVOICEITEM", "ARPYMT", "ARPYMTDETAIL", "CUSTOMER", "1200", 1),
    "payable": ("APBILL", "APBILLITEM", "APPYMT", "APPYMTDETAIL", "VENDOR", "2000", -1),
}


@pytest.fixture(params=SIDES)
def side(request, books):
    document, line, payment, detail, party, account, sign = SIDES[request.param]
    return {
        "document": books[document],
        "line": books[line],
        "payment": books[payment],
        "detail": books[detail],
        "party": books[party],
        "id": f"{party}ID",
        "account": account,
        "sign": sign,
    }


def sums(rows):
    totals = Counter()
    for key, *amounts in rows:
        for place, amount in enumerate(amounts):
            totals[key, place] += amount
    return totals


def test_every_batch_balances(books):
    for key, amount in ("BATCHNO", "AMOUNT"), ("BATCHNO", "TRX_AMOUNT"):
        totals = Counter()
        for batch, sign, value in books["GLENTRY"].column(key, "TR_TYPE", amount):
            totals[batch] += sign * value
        assert set(totals.values()) == {0}
        assert set(totals) == set(books["GLBATCH"].column("BATCHNO"))


def test_detail_is_the_posted_entries(books):
    states = dict(books["GLBATCH"].column("BATCHNO", "STATE"))
    shared = ("LINE_NO", "TR_TYPE", "AMOUNT", "TRX_AMOUNT", "ACCOUNTNO", "CUSTOMERID", "VENDORID", "ENTRY_DATE")
    entries = {
        cells
        for cells in books["GLENTRY"].column("RECORDNO", "BATCHNO", *shared)
        if states[cells[1]] in {"Posted", "Reversed"}
    }
    assert set(books["GLDETAIL"].column("GLENTRYKEY", "BATCH_NO", *shared)) == entries
    assert len(entries) < len(books["GLENTRY"].rows)


def test_debits_and_credits_follow_the_sign(books):
    columns = ("TR_TYPE", "AMOUNT", "DEBITAMOUNT", "CREDITAMOUNT", "TRX_AMOUNT", "TRX_DEBITAMOUNT", "TRX_CREDITAMOUNT")
    for sign, amount, debit, credit, trx, trx_debit, trx_credit in books["GLDETAIL"].column(*columns):
        assert amount > 0
        assert (debit, credit, trx_debit, trx_credit) == ((amount, 0, trx, 0) if sign == 1 else (0, amount, 0, trx))


def test_all_states_of_a_batch_occur(small):
    assert set(small["GLBATCH"].column("STATE")) >= {"Draft", "Submitted", "Posted", "Declined", "Reversed"}


def test_reversals_undo_what_they_reverse(books):
    lines = {}
    for batch, sign, amount, account in books["GLENTRY"].column("BATCHNO", "TR_TYPE", "AMOUNT", "ACCOUNTNO"):
        lines.setdefault(batch, []).append((sign, amount, account))
    numbers = dict(books["GLBATCH"].column("RECORDNO", "BATCHNO"))
    pairs = [pair for pair in books["GLBATCH"].column("BATCHNO", "REVERSEDKEY", "STATE") if pair[1]]
    assert pairs
    for number, mirror, state in pairs:
        assert state == "Reversed"
        assert [(-sign, *rest) for sign, *rest in lines[number]] == lines[numbers[mirror]]


def test_documents_are_the_sum_of_their_lines(side):
    columns = ("RECORDNO", "TOTALENTERED", "TOTALPAID", "TRX_TOTALENTERED", "TRX_TOTALPAID")
    of_lines = sums(side["line"].column("RECORDKEY", "AMOUNT", "TOTALPAID", "TRX_AMOUNT", "TRX_TOTALPAID"))
    assert sums(side["document"].column(*columns)) == of_lines


def test_due_is_entered_less_paid(side):
    for prefix in ("", "TRX_"):
        names = (f"{prefix}TOTALENTERED", f"{prefix}TOTALPAID", f"{prefix}TOTALDUE")
        assert all(entered - paid == due >= 0 for entered, paid, due in side["document"].column(*names))


def test_state_follows_from_what_was_paid(side):
    seen = set()
    for state, entered, paid, when in side["document"].column("STATE", "TOTALENTERED", "TOTALPAID", "WHENPAID"):
        expected = {"Paid"} if paid == entered else {"Partially Paid"} if paid else {"Posted", "Selected"}
        assert state in expected
        assert (when is not None) == (state == "Paid")
        seen.add(state)
    assert seen >= {"Paid", "Partially Paid", "Posted"}


def test_payments_explain_what_was_paid(side):
    details = side["detail"].column("RECORDKEY", "PAYMENTAMOUNT", "TRX_PAYMENTAMOUNT")
    paid = {key: total for key, total in sums(details).items() if total}
    documents = sums(side["document"].column("RECORDNO", "TOTALPAID", "TRX_TOTALPAID"))
    assert {key: total for key, total in documents.items() if total} == paid
    by_payment = sums(side["detail"].column("PAYMENTKEY", "PAYMENTAMOUNT", "TRX_PAYMENTAMOUNT"))
    assert sums(side["payment"].column("RECORDNO", "TOTALPAID", "TRX_TOTALPAID")) == by_payment


def test_parties_owe_what_is_open(side):
    opened = Counter()
    for party, due in side["document"].column(side["id"], "TOTALDUE"):
        opened[party] += due
    assert {party: due for party, due in side["party"].column(side["id"], "TOTALDUE") if due} == +opened


def test_control_account_agrees_with_open_documents(side, books):
    balance = sum(
        sign * amount
        for account, sign, amount in books["GLDETAIL"].column("ACCOUNTNO", "TR_TYPE", "AMOUNT")
        if account == side["account"]
    )
    assert balance * side["sign"] == sum(side["document"].column("TOTALDUE"))


@pytest.mark.parametrize(
    ("summary", "document"),
    [("ARINVOICEBATCH", "ARINVOICE"), ("APBILLBATCH", "APBILL"), ("ARPAYMENTBATCH", "ARPYMT")],
)
def test_summaries_total_what_is_in_them(books, summary, document):
    totals = sums(books[document].column("PRBATCHKEY", "TOTALENTERED"))
    assert sums(books[summary].column("RECORDNO", "TOTAL")) == totals


def test_selected_bills_are_selected_whole(books):
    states = set()
    for state, selected, entered in books["APBILL"].column("STATE", "TOTALSELECTED", "TOTALENTERED"):
        assert selected == (entered if state == "Selected" else 0)
        states.add(state)
    assert "Selected" in states


def test_credit_limits_are_kept_broken_and_missing(books):
    pairs = books["CUSTOMER"].column("TOTALDUE", "CREDITLIMIT")
    assert sum(1 for _, limit in pairs if limit is None) > 5
    assert sum(1 for due, limit in pairs if limit is not None and due > limit) > 3
    assert sum(1 for due, limit in pairs if limit is not None and due < limit) > 10
