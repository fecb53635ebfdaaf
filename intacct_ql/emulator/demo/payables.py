"""Accounts payable: bills, their lines, the payments that settle them, and the vendors' balances.

In: the company. Out: APBILL, APBILLITEM, APPYMT, APPYMTDETAIL, APBILLPAYMENT, the summaries and VENDOR, each made in a
pass of its own. Refuses to know: the ledger.
"""

from collections.abc import Iterator

from intacct_ql.emulator.demo import settlements, summaries, terms
from intacct_ql.emulator.demo.audit import USERS
from intacct_ql.emulator.demo.chart import BANKS, PAYABLE
from intacct_ql.emulator.demo.company import Company
from intacct_ql.emulator.demo.dice import thrower
from intacct_ql.emulator.demo.documents import Document, Side, frequent
from intacct_ql.emulator.demo.history import DAYS, index, later, stamp
from intacct_ql.emulator.demo.organisation import BASE_CURRENCY, LOGINS
from intacct_ql.emulator.demo.rows import NOTHING, master
from intacct_ql.emulator.tables import Row, Table

PER_SCALE = 300
MODULE = "3.AP"

_OLD = (
    (index(2010, 4, 6), "2010-05-03 16:20:11"),
    (index(2010, 9, 30), "2010-10-22 00:00:00"),
    (index(2010, 11, 2), None),
)
_METHODS = ("Printed Check", "EFT", "EFT", "ACH", "Credit Card")
_DESCRIPTIONS = (
    None, None, "Monthly charge", "Parts & labour", "Délivré à Leeds", "Meter reading < 30 days", "\"As discussed\"",
)  # fmt: skip


def side(company: Company) -> Side:
    """The bills of the company."""
    return Side(
        count=PER_SCALE * company.scale,
        throw=thrower(company.seed, "APBILL"),
        record_id=record_id,
        owing=frequent(company.vendors.parties, 3),
        goods=company.offerings.bought,
        classes=(*company.organisation.classes, NOTHING, NOTHING, NOTHING),
        old=_OLD,
    )


def record_id(number: int) -> str:
    """Every vendor numbers bills in another way; no two ways can meet."""
    if number % 7 == 2:
        return f"{142_400 + number}-P"
    return (str(40_000 + number), f"0{number:06}", f"R/{number:04}", f"#{number}-A", f"Bill {number + 1}")[number % 5]


def tables(company: Company) -> Iterator[Table]:
    """The tables of this side of the books."""
    received = side(company)
    yield _vendors(company, received)
    yield summaries.table(summaries.BILLS, lambda: ((bill.day, bill.total) for bill in received.documents()))
    yield Table(object="APBILL", columns=_BILL, rows=map(_bill, received.documents()))
    yield Table(object="APBILLITEM", columns=_ITEM, rows=_items(received))
    yield Table(object="APPYMT", columns=_PAYMENT, rows=_payments(received))
    yield from settlements.tables("APPYMTDETAIL", "APBILLPAYMENT", received)


def _vendors(company: Company, received: Side) -> Table:
    known = master("VENDOR", company.vendors.records)
    return Table(object="VENDOR", columns=(*known.columns, "TOTALDUE"), rows=_with_balances(company, received, known))


def _with_balances(company: Company, received: Side, known: Table) -> Iterator[Row]:
    due: dict[int, int] = {}
    for document in received.documents():
        key = document.party.tag[0]
        due[key] = due.get(key, 0) + document.total - document.paid
    for party, row in zip(company.vendors.parties, known.rows, strict=True):
        yield (*row, due.get(party.tag[0], 0))


def is_selected(document: Document) -> bool:
    """Whether the whole bill is picked for the next payment run: a fifth of those that nothing was paid on."""
    return not document.paid and document.dice[6] % 5 == 0


def state(document: Document) -> str:
    """STATE of a bill."""
    return "Selected" if is_selected(document) else document.state


def payment_state(document: Document) -> str:
    """STATE of the payments of a bill: three quarters have reached the bank's statement."""
    return "Complete" if document.dice[6] % 4 else "Confirmed"


def docnumber(document: Document) -> str | None:
    """Our order number, where there is one."""
    die = document.dice[7]
    return None if die % 2 == 0 else f"ORD-{die % 90_000:05}"


def description(document: Document) -> str | None:
    """What the bill says it is for."""
    return _DESCRIPTIONS[document.dice[1] // 4 % len(_DESCRIPTIONS)]


_BILL = (
    "RECORDNO", "RECORDTYPE", "RECORDID", "FINANCIALENTITY", "STATE", "VENDORID", "VENDORNAME", "DOCNUMBER",
    "DESCRIPTION", "TERMNAME", "TERMKEY", "TERMVALUE", "WHENCREATED", "WHENPOSTED", "WHENDISCOUNT", "WHENDUE",
    "WHENPAID", "RECPAYMENTDATE", "PAYMENTPRIORITY", "ONHOLD", "BASECURR", "CURRENCY", "EXCH_RATE_DATE",
    "EXCHANGE_RATE", "TOTALENTERED", "TOTALSELECTED", "TOTALPAID", "TOTALDUE",
    "TRX_TOTALENTERED", "TRX_TOTALSELECTED", "TRX_TOTALPAID", "TRX_TOTALDUE",
    "BILLTOPAYTOCONTACTNAME", "SHIPTORETURNTOCONTACTNAME", "BILLTOPAYTOKEY", "SHIPTORETURNTOKEY",
    "PRBATCH", "PRBATCHKEY", "MODULEKEY", "SYSTEMGENERATED", "INCLUSIVETAX", "RETAINAGERELEASED", "USERID",
    "AUWHENCREATED", "WHENMODIFIED", "CREATEDBY", "MODIFIEDBY", "MEGAENTITYKEY", "MEGAENTITYID", "MEGAENTITYNAME",
)  # fmt: skip


def _bill(document: Document) -> Row:
    party, term, dice = document.party, document.party.term, document.dice
    contacts, user, day = party.contacts, USERS[dice[2] % len(USERS)], DAYS[document.day]
    selected = is_selected(document)
    return (
        document.key, "pi", document.record_id, BANKS[0][0] if document.payments or selected else None,
        state(document), party.tag[1], party.tag[2], docnumber(document), description(document),
        *terms.cells(term), day, day,
        DAYS[document.day + term.discount_days] if term and term.discount_days else None,
        DAYS[document.due], document.paid_on, DAYS[document.due - 2] if selected else None,
        "urgent" if dice[7] % 20 == 0 else "normal", int(not document.paid and dice[7] % 6 == 0),
        BASE_CURRENCY, party.currency, day, party.rate,
        document.total, document.total if selected else 0, document.paid, document.total - document.paid,
        document.trx_total, document.trx_total if selected else 0, document.trx_paid,
        document.trx_total - document.trx_paid,
        contacts.money.name, contacts.goods.name, contacts.money.key, contacts.goods.key,
        *summaries.BILLS.of(document.day), MODULE, "F", 0, 0, LOGINS[user],
        document.created, document.modified, user, user if document.modified else None, *party.entity.tag,
    )  # fmt: skip


_ITEM = (
    "RECORDNO", "RECORDKEY", "ACCOUNTKEY", "ACCOUNTNO", "ACCOUNTTITLE", "OFFSETGLACCOUNTNO", "OFFSETGLACCOUNTTITLE",
    "ENTRY_DATE", "AMOUNT", "TRX_AMOUNT", "TOTALTRXAMOUNT", "LOCATIONID", "LOCATIONNAME", "DEPARTMENTID",
    "DEPARTMENTNAME", "ENTRYDESCRIPTION", "EXCH_RATE_DATE", "EXCHANGE_RATE", "FORM1099", "LINEITEM", "LINE_NO",
    "CURRENCY", "BASECURR", "TOTALPAID", "TRX_TOTALPAID", "TOTALSELECTED", "TRX_TOTALSELECTED", "BILLABLE", "BILLED",
    "RELEASETOPAY", "STATE", "RECORDTYPE", "WHENCREATED", "WHENMODIFIED", "CREATEDBY", "MODIFIEDBY",
    "VENDORDIMKEY", "VENDORID", "VENDORNAME", "ITEMDIMKEY", "ITEMID", "ITEMNAME",
    "CLASSDIMKEY", "CLASSID", "CLASSNAME", "PROJECTID", "PROJECTNAME",
)  # fmt: skip


def _items(received: Side) -> Iterator[Row]:
    for document in received.documents():
        party, day, user = document.party, DAYS[document.day], USERS[document.dice[2] % len(USERS)]
        condition, selected, changed = state(document), is_selected(document), user if document.modified else None
        for number, line in enumerate(document.lines, 1):
            account, item, text = line.good
            (_, location, location_name), (_, department, department_name) = line.place
            yield (
                line.key, document.key, *account, *PAYABLE[1:], day, line.amount, line.trx_amount, line.trx_amount,
                location, location_name, department, department_name, text if line.key % 4 else None, day, party.rate,
                "F", "T", str(number), party.currency, BASE_CURRENCY, line.paid, line.trx_paid,
                line.amount if selected else 0, line.trx_amount if selected else 0,
                int(line.project[0] is not None), 0, 1, condition, "pi",
                document.created, document.modified, user, changed,
                *party.tag, *item, *line.klass, *line.project[1:],
            )  # fmt: skip


_PAYMENT = (
    "RECORDNO", "RECORDTYPE", "RECORDID", "FINANCIALENTITY", "FINANCIALENTITYTYPE", "FINANCIALACCOUNTNAME",
    "FINANCIALACCOUNTCURRENCY", "STATE", "PAYMENTMETHOD", "ENTITY", "VENDORID", "VENDORNAME", "DOCNUMBER",
    "DESCRIPTION", "WHENCREATED", "WHENPAID", "WHENPOSTED", "BASECURR", "CURRENCY", "EXCH_RATE_DATE", "EXCHANGE_RATE",
    "TOTALENTERED", "TOTALSELECTED", "TOTALPAID", "TOTALDUE", "TRX_TOTALENTERED", "TRX_TOTALSELECTED",
    "TRX_TOTALPAID", "TRX_TOTALDUE", "BILLTOPAYTOCONTACTNAME", "BILLTOPAYTOKEY", "AUWHENCREATED", "WHENMODIFIED",
    "CREATEDBY", "MODIFIEDBY", "CLEARED", "CLRDATE", "MEGAENTITYKEY", "MEGAENTITYID", "MEGAENTITYNAME",
)  # fmt: skip


def _payments(received: Side) -> Iterator[Row]:
    bank, bank_name, _, _ = BANKS[0]
    for document in received.documents():
        party, dice = document.party, document.dice
        user, payee = USERS[dice[5] % len(USERS)], party.contacts.money
        for payment in document.payments:
            day, condition = DAYS[payment.day], payment_state(document)
            cleared = condition == "Complete"
            touched = later(payment.day, dice[7]) if dice[7] % 5 else None
            yield (
                payment.key, "pp", f"PAY-{payment.key:06}", bank, "Checking account", bank_name, BASE_CURRENCY,
                condition, _METHODS[dice[7] % len(_METHODS)], f"V{party.tag[1]}",
                party.tag[1], party.tag[2], str(10_000 + payment.key) if dice[7] % len(_METHODS) == 0 else None,
                f"For {document.record_id}", day, day, day, BASE_CURRENCY, party.currency, day, party.rate,
                payment.amount, payment.amount, payment.amount, 0,
                payment.trx_amount, payment.trx_amount, payment.trx_amount, 0,
                payee.name, payee.key, stamp(payment.day, dice[6]), touched, user, user if touched else None,
                "T" if cleared else "F", DAYS[payment.day + 3] if cleared else None, *party.entity.tag,
            )  # fmt: skip
