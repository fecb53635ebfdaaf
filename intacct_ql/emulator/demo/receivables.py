"""Accounts receivable: invoices, their lines, the receipts that settle them, and the customers' balances.

In: the company. Out: ARINVOICE, ARINVOICEITEM, ARPYMT, ARPYMTDETAIL, ARINVOICEPAYMENT, the summaries and CUSTOMER, each
made in a pass of its own. Refuses to know: the ledger.
"""

from collections.abc import Iterator

from intacct_ql.emulator.demo import settlements, summaries, terms
from intacct_ql.emulator.demo.audit import USERS
from intacct_ql.emulator.demo.chart import BANKS, RECEIVABLE
from intacct_ql.emulator.demo.company import Company
from intacct_ql.emulator.demo.contacts import PERSON
from intacct_ql.emulator.demo.dice import thrower
from intacct_ql.emulator.demo.documents import Document, Side, frequent
from intacct_ql.emulator.demo.history import DAYS, index, later, stamp
from intacct_ql.emulator.demo.organisation import BASE_CURRENCY
from intacct_ql.emulator.demo.rows import NOTHING, master
from intacct_ql.emulator.tables import Row, Table

PER_SCALE = 400
MODULE = "4.AR"

_OLD = (
    (index(2010, 3, 1), "2010-04-02 09:15:00"),
    (index(2010, 5, 17), None),
    (index(2010, 8, 30), "2010-10-21 23:59:59"),
    (index(2010, 9, 13), "2010-10-22 00:00:00"),
    (index(2010, 9, 20), "2010-10-22 00:00:00"),
    (index(2010, 9, 27), "2010-10-22 00:00:01"),
    (index(2010, 10, 21), "2010-10-22 23:59:59"),
    (index(2010, 10, 22), "2010-10-23 00:00:00"),
)
"""Invoices around midnight of 10/22/2010, the moment in the published example."""

_METHODS = ("Printed Check", "EFT", "EFT", "Credit Card", "Online ACH Debit", "Cash")
_DESCRIPTIONS = (
    None, None, None, "Monthly order", "Rush -- call first", "50% deposit & balance", "Per \"frame\" agreement",
    "Nachlieferung für März", "Customer's own freight", "See C:\\temp\\orders", "Q1 <revised>",
)  # fmt: skip


def side(company: Company) -> Side:
    """The invoices of the company."""
    return Side(
        count=PER_SCALE * company.scale,
        throw=thrower(company.seed, "ARINVOICE"),
        record_id=lambda number: f"{142_400 + number}-P" if number % 9 == 8 else f"INV-{number + 1:05}",
        owing=frequent(company.customers.parties, 4),
        goods=company.offerings.sold,
        classes=(*company.organisation.classes, NOTHING, NOTHING),
        old=_OLD,
    )


def tables(company: Company) -> Iterator[Table]:
    """The tables of this side of the books."""
    sent = side(company)
    yield _customers(company, sent)
    yield summaries.table(summaries.INVOICES, lambda: ((document.day, document.total) for document in sent.documents()))
    yield Table(object="ARINVOICE", columns=_INVOICE, rows=map(_invoice, sent.documents()))
    yield Table(object="ARINVOICEITEM", columns=_ITEM, rows=_items(sent))
    yield summaries.table(
        summaries.RECEIPTS,
        lambda: ((payment.day, payment.amount) for document in sent.documents() for payment in document.payments),
    )
    yield Table(object="ARPYMT", columns=_RECEIPT, rows=_receipts(sent))
    yield from settlements.tables("ARPYMTDETAIL", "ARINVOICEPAYMENT", sent)


def _customers(company: Company, sent: Side) -> Table:
    known = master("CUSTOMER", company.customers.records)
    return Table(
        object="CUSTOMER",
        columns=(*known.columns, "TOTALDUE", "LAST_INVOICEDATE"),
        rows=_with_balances(company, sent, known),
    )


def _with_balances(company: Company, sent: Side, known: Table) -> Iterator[Row]:
    due: dict[int, int] = {}
    last: dict[int, int] = {}
    for document in sent.documents():
        key = document.party.tag[0]
        due[key] = due.get(key, 0) + document.total - document.paid
        last[key] = document.day
    for party, row in zip(company.customers.parties, known.rows, strict=True):
        key = party.tag[0]
        yield (*row, due.get(key, 0), DAYS[last[key]] if key in last else None)


REPEATED = tuple(f"{prefix}.{field}" for prefix in ("CONTACT", "SHIPTO", "BILLTO") for field in PERSON)
_INVOICE = (
    "RECORDNO", "RECORDTYPE", "RECORDID", "STATE", "ENTITY", "CUSTOMERID", "CUSTOMERNAME", "DOCNUMBER", "DESCRIPTION",
    "TERMNAME", "TERMKEY", "TERMVALUE", "WHENCREATED", "WHENPOSTED", "WHENDISCOUNT", "WHENDUE", "WHENPAID",
    "BASECURR", "CURRENCY", "EXCH_RATE_DATE", "EXCHANGE_RATE",
    "TOTALENTERED", "TOTALSELECTED", "TOTALPAID", "TOTALDUE",
    "TRX_TOTALENTERED", "TRX_TOTALSELECTED", "TRX_TOTALPAID", "TRX_TOTALDUE",
    "BILLTOPAYTOCONTACTNAME", "SHIPTORETURNTOCONTACTNAME", "BILLTOPAYTOKEY", "SHIPTORETURNTOKEY",
    "PRBATCH", "PRBATCHKEY", "MODULEKEY", "SYSTEMGENERATED", "DUNNINGCOUNT", "RETAINAGERELEASED",
    "AUWHENCREATED", "WHENMODIFIED", "CREATEDBY", "MODIFIEDBY", "MEGAENTITYKEY", "MEGAENTITYID", "MEGAENTITYNAME",
    *REPEATED,
)  # fmt: skip


def docnumber(document: Document) -> str | None:
    """The customer's order number, where there is one."""
    die = document.dice[6]
    return None if die % 3 == 0 else f"PO {die % 9_000 + 1_000}/{DAYS[document.day][2:4]}"


def description(document: Document) -> str | None:
    """What the invoice says it is for."""
    return _DESCRIPTIONS[document.dice[1] // 4 % len(_DESCRIPTIONS)]


def _invoice(document: Document) -> Row:
    party, term, dice = document.party, document.party.term, document.dice
    contacts, user = party.contacts, USERS[dice[2] % len(USERS)]
    open_amount = document.total - document.paid
    day = DAYS[document.day]
    return (
        document.key, "ri", document.record_id, document.state, f"C{party.tag[1]}", party.tag[1], party.tag[2],
        docnumber(document), description(document),
        *terms.cells(term), day, day,
        DAYS[document.day + term.discount_days] if term and term.discount_days else None,
        DAYS[document.due], document.paid_on,
        BASE_CURRENCY, party.currency, day, party.rate,
        document.total, 0, document.paid, open_amount,
        document.trx_total, 0, document.trx_paid, document.trx_total - document.trx_paid,
        contacts.money.name, contacts.goods.name, contacts.money.key, contacts.goods.key,
        *summaries.INVOICES.of(document.day), MODULE, "F", dice[7] % 3 if open_amount else 0, 0,
        document.created, document.modified, user, user if document.modified else None, *party.entity.tag,
        *party.repeated,
    )  # fmt: skip


_ITEM = (
    "RECORDNO", "RECORDKEY", "ACCOUNTKEY", "ACCOUNTNO", "ACCOUNTTITLE", "OFFSETGLACCOUNTNO", "OFFSETGLACCOUNTTITLE",
    "ENTRY_DATE", "AMOUNT", "TRX_AMOUNT", "LOCATIONID", "LOCATIONNAME", "DEPARTMENTID", "DEPARTMENTNAME",
    "ENTRYDESCRIPTION", "EXCH_RATE_DATE", "EXCHANGE_RATE", "LINEITEM", "LINE_NO", "CURRENCY", "BASECURR",
    "TOTALPAID", "TRX_TOTALPAID", "TOTALSELECTED", "TRX_TOTALSELECTED", "SUBTOTAL", "DEFERREVENUE", "STATE",
    "RECORDTYPE", "WHENCREATED", "WHENMODIFIED", "CREATEDBY", "MODIFIEDBY",
    "CUSTOMERDIMKEY", "CUSTOMERID", "CUSTOMERNAME", "ITEMDIMKEY", "ITEMID", "ITEMNAME",
    "CLASSDIMKEY", "CLASSID", "CLASSNAME", "PROJECTDIMKEY", "PROJECTID", "PROJECTNAME",
)  # fmt: skip


def _items(sent: Side) -> Iterator[Row]:
    for document in sent.documents():
        party, day, user = document.party, DAYS[document.day], USERS[document.dice[2] % len(USERS)]
        state, changed = document.state, user if document.modified else None
        for number, line in enumerate(document.lines, 1):
            account, item, text = line.good
            (_, location, location_name), (_, department, department_name) = line.place
            yield (
                line.key, document.key, *account, *RECEIVABLE[1:], day, line.amount, line.trx_amount,
                location, location_name, department, department_name, text if line.key % 3 else None, day, party.rate,
                "T", str(number), party.currency, BASE_CURRENCY, line.paid, line.trx_paid, 0, 0, "F", 0, state, "ri",
                document.created, document.modified, user, changed,
                *party.tag, *item, *line.klass, *line.project,
            )  # fmt: skip


_RECEIPT = (
    "RECORDNO", "PRBATCHKEY", "PRBATCH", "RECORDTYPE", "RECORDID", "FINANCIALENTITY", "FINANCIALENTITYTYPE",
    "FINANCIALACCOUNTNAME", "FINANCIALACCOUNTCURRENCY", "STATE", "DISPLAYSTATE", "PAYMENTMETHOD", "CUSTOMERID",
    "CUSTOMERNAME", "PAYERNAME", "DOCNUMBER", "DESCRIPTION", "WHENCREATED", "RECEIPTDATE", "WHENPAID", "BASECURR",
    "CURRENCY", "EXCH_RATE_DATE", "EXCHANGE_RATE", "TOTALENTERED", "TOTALPAID", "TOTALDUE", "TRX_TOTALENTERED",
    "TRX_TOTALPAID", "TRX_TOTALDUE", "BILLTOPAYTONAME", "BILLTOPAYTOKEY", "AUWHENCREATED", "WHENMODIFIED",
    "CREATEDBY", "MODIFIEDBY", "CLEARED", "CLRDATE", "MEGAENTITYKEY", "MEGAENTITYID", "MEGAENTITYNAME",
)  # fmt: skip


def _receipts(sent: Side) -> Iterator[Row]:
    bank, bank_name, _, _ = BANKS[0]
    for document in sent.documents():
        party, dice = document.party, document.dice
        user, payer = USERS[dice[5] % len(USERS)], party.contacts.money
        for payment in document.payments:
            day, (title, summary) = DAYS[payment.day], summaries.RECEIPTS.of(payment.day)
            cleared = dice[6] % 4 > 0
            touched = later(payment.day, dice[7]) if dice[7] % 5 else None
            yield (
                payment.key, summary, title, "rp", f"RCT-{payment.key:06}", bank, "Checking account", bank_name,
                BASE_CURRENCY, "Posted", "Posted", _METHODS[dice[7] % len(_METHODS)], party.tag[1], party.tag[2],
                party.tag[2], str(dice[6] % 9_000 + 1_000) if dice[7] % 6 < 1 else None,
                f"For {document.record_id}", day, day, day, BASE_CURRENCY, party.currency, day, party.rate,
                payment.amount, payment.amount, 0, payment.trx_amount, payment.trx_amount, 0, payer.name, payer.key,
                stamp(payment.day, dice[6]), touched, user, user if touched else None,
                "T" if cleared else "F", DAYS[payment.day + 3] if cleared else None, *party.entity.tag,
            )  # fmt: skip
