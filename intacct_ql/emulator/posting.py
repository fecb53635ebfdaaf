"""What a written record does elsewhere: entries reach the ledger, and what is due the balance of its party.

In: the cells of a document and of its lines, as they are stored. Out: rows of GLDETAIL, and changed balances. Refuses
to know: elements, who writes.

A journal entry is in GLDETAIL as long as its state is Posted or Reversed. Bills and invoices change what is due from or
to their party; entries of their own in the ledger, which the gateway makes of them, they do not get here.
"""

from intacct_ql.emulator.documents import as_text
from intacct_ql.emulator.finding import numbered, row
from intacct_ql.emulator.numbering import keep_number, next_number
from intacct_ql.emulator.records import Cells
from intacct_ql.emulator.store import Store
from intacct_ql.schema.model import Object

DERIVED = ("APDETAIL", "ARDETAIL", "GLDETAIL")
"""Objects whose records are made of others."""

_POSTED = ("Posted", "Reversed")
_PARTIES = {"APBILL": ("VENDOR", "VENDORID"), "ARINVOICE": ("CUSTOMER", "CUSTOMERID")}
_DUE = "TOTALDUE"

_OF_ENTRY = {
    "GLENTRYKEY": "RECORDNO",
    "LOCATIONID": "LOCATION",
    "DEPARTMENTID": "DEPARTMENT",
    "ENTRYDESCRIPTION": "DESCRIPTION",
    "ENTRY_STATE": "STATE",
    "AUCREATEDBY": "CREATEDBY",
    "AUWHENCREATED": "WHENCREATED",
    "MODIFIED": "WHENMODIFIED",
}
_OF_BATCH = {
    "BATCHKEY": "RECORDNO",
    "BATCH_NO": "BATCHNO",
    "BATCH_DATE": "BATCH_DATE",
    "BATCH_TITLE": "BATCH_TITLE",
    "BATCH_STATE": "STATE",
    "SYMBOL": "JOURNAL",
    "MODULEKEY": "MODULE",
    "REFERENCENO": "REFERENCENO",
}
_SIDES = {1: ("DEBITAMOUNT", "CREDITAMOUNT"), -1: ("CREDITAMOUNT", "DEBITAMOUNT")}


def follow(target: Object, before: Cells, after: Cells, store: Store) -> None:
    """Post and settle a record that is stored: ``before`` is empty where it is new, ``after`` where it is gone."""
    if target.name == "GLBATCH":
        _post(before or after, after, store)
    if target.name in _PARTIES:
        _settle(target, before, after, store)


def _post(known: Cells, batch: Cells, store: Store) -> None:
    """Put the entries of a journal entry in the place of all that GLDETAIL has of it."""
    detail, entry = store.catalog.object("GLDETAIL"), store.catalog.object("GLENTRY")
    if detail is None or entry is None:
        return
    there = numbered(detail, "BATCHKEY", as_text(known["RECORDNO"], "BATCHKEY", detail), store)
    if there:
        keep_number(store, detail)
        store.delete(detail.name, *there)
    if batch.get("STATE") in _POSTED:
        for number in numbered(entry, "BATCHNO", batch["BATCHNO"], store):
            made = _detail(row(entry, number, store), batch, detail)
            store.insert(detail.name, {"RECORDNO": next_number(store, detail)} | made)


def _settle(target: Object, before: Cells, after: Cells, store: Store) -> None:
    """Let the balances of the parties follow a document."""
    name, field = _PARTIES[target.name]
    party = store.catalog.object(name)
    for cells, sign in ((before, -1), (after, 1)):
        due = int(cells.get(_DUE) or 0)
        if party is not None and due and cells.get(field) is not None:
            for number in numbered(party, field, cells[field], store):
                balance = int(row(party, number, store)[_DUE] or 0)
                store.update(party.name, number, {_DUE: balance + sign * due})


def _detail(entry: Cells, batch: Cells, detail: Object) -> Cells:
    """The row of GLDETAIL that an entry is; what both call the same is the same."""
    same = {field: cell for field, cell in entry.items() if field in detail.fields and field != "RECORDNO"}
    made = same | {field: entry.get(source) for field, source in _OF_ENTRY.items()}
    made |= {field: batch.get(source) for field, source in _OF_BATCH.items()}
    made["BOOKID"] = "ACCRUAL"
    for prefix in ("", "TRX_"):
        amount, (side, other) = entry.get(f"{prefix}AMOUNT"), _SIDES[int(entry["TR_TYPE"] or 1)]
        made |= {f"{prefix}{side}": amount, f"{prefix}{other}": 0}
    return {field: as_text(cell, field, detail) for field, cell in made.items() if field in detail.fields}
