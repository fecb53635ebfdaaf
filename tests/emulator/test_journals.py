"""Journal entries: debits and credits in balance."""

import pytest
from emulator.writing import delete, element, keys, refusal, status, written

HEAD = {"JOURNAL": "GJ", "BATCH_DATE": "03/31/2016", "BATCH_TITLE": "t"}


def entry(sign, amount, currency="", **others):
    also = {"CURRENCY": currency} if currency else {}
    return element("GLENTRY", ACCOUNTNO="2080", TR_TYPE=sign, AMOUNT=amount, **also, **others)


def journal(*entries, **fields):
    own = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    return f"<GLBATCH>{own}<ENTRIES>{''.join(entries)}</ENTRIES></GLBATCH>"


def test_a_journal_entry_is_numbered_and_posted(post, ask):
    reply = post(written("create", journal(entry(-1, "10.00"), entry(1, "4"), entry(1, "6"), **HEAD)))
    assert keys(reply) == [("glbatch", {"RECORDNO": "1", "BATCHNO": "1"})]
    again = post(written("create", journal(entry(-1, "1"), entry(1, "1"), **HEAD)))
    assert keys(again) == [("glbatch", {"RECORDNO": "2", "BATCHNO": "2"})]
    rows = ask("GLENTRY", "BATCHNO LINE_NO TR_TYPE AMOUNT TRX_AMOUNT ENTRY_DATE BATCHTITLE STATE").rows
    common = ["03/31/2016", "t", "Posted"]
    assert [list(row.values()) for row in rows[::-1]] == [
        ["1", "1", "-1", "10.00", "10.00", *common],
        ["1", "2", "1", "4.00", "4.00", *common],
        ["1", "3", "1", "6.00", "6.00", *common],
        ["2", "1", "-1", "1.00", "1.00", *common],
        ["2", "2", "1", "1.00", "1.00", *common],
    ]
    assert ask("GLENTRY", "GLBATCH.BATCH_TITLE GLBATCH.RECORDNO").rows[-1]["GLBATCH.RECORDNO"] == "1"


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ((entry(-1, "10"), entry(1, "9.99")), "The entries do not balance: Credits are more by 0.01."),
        ((entry(1, "10"), entry(1, "10")), "The entries do not balance: Debits are more by 20."),
        (
            (entry(1, "10", "EUR"), entry(-1, "10", "USD")),
            "The entries do not balance: Debits are more by 10 EUR.",
        ),
        ((entry(1, "0"),), "Missing ENTRIES: object GLBATCH needs 2 lines at least."),
        ((entry(1, "1"), entry(2, "1")), "Invalid TR_TYPE '2'."),
        ((element("GLENTRY", ACCOUNTNO="1", TR_TYPE="1"), entry(1, "1")), "Missing TRX_AMOUNT: object GLENTRY needs"),
        ((element("GLENTRY", AMOUNT="1", TR_TYPE="1"), entry(1, "1")), "Missing ACCOUNTNO: object GLENTRY needs"),
    ],
)
def test_what_does_not_balance_is_refused(post, ask, entries, words):
    assert refusal(post(written("create", journal(*entries, **HEAD)))).startswith(words)
    assert ask("GLBATCH", "RECORDNO").rows == ask("GLENTRY", "RECORDNO").rows == []


def test_each_currency_balances_by_itself(post):
    entries = [entry(sign, amount, money) for sign in (1, -1) for amount, money in (("3", "EUR"), ("4", "USD"))]
    assert status(post(written("create", journal(*entries, **HEAD)))) == ["success"]


def test_an_update_replaces_the_entries_if_they_balance(post, ask):
    post(written("create", journal(entry(-1, "1"), entry(1, "1"), **HEAD)))
    wrong = post(written("update", journal(entry(-1, "2"), entry(1, "1"), RECORDNO="1")))
    assert refusal(wrong).startswith("The entries do not balance")
    assert ask("GLENTRY", "AMOUNT").column("AMOUNT") == ["1.00", "1.00"]
    right = post(written("update", journal(entry(-1, "2"), entry(1, "2"), BATCHNO="1")))
    assert status(right) == ["success"]
    assert ask("GLENTRY", "RECORDNO AMOUNT BATCHNO").rows == [
        {"RECORDNO": "4", "AMOUNT": "2.00", "BATCHNO": "1"},
        {"RECORDNO": "3", "AMOUNT": "2.00", "BATCHNO": "1"},
    ]


def test_entries_follow_the_day_and_title_of_their_batch(post, ask):
    post(written("create", journal(entry(-1, "1"), entry(1, "1"), **HEAD)))
    post(written("update", element("GLBATCH", RECORDNO="1", BATCH_DATE="04/01/2016", BATCH_TITLE="new")))
    assert (
        ask("GLENTRY", "BATCH_DATE ENTRY_DATE BATCHTITLE").rows
        == [{"BATCH_DATE": "04/01/2016", "ENTRY_DATE": "04/01/2016", "BATCHTITLE": "new"}] * 2
    )


def test_a_deleted_batch_takes_its_entries_along(post, ask):
    post(written("create", journal(entry(-1, "1"), entry(1, "1"), **HEAD)))
    post(written("create", journal(entry(-1, "2"), entry(1, "2"), **HEAD)))
    assert status(post(delete("GLBATCH", "1"))) == ["success"]
    assert ask("GLENTRY", "AMOUNT").column("AMOUNT") == ["2.00", "2.00"]
