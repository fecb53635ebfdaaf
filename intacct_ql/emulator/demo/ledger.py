"""The general ledger: postings numbered and laid out as GLBATCH, GLENTRY and GLDETAIL.

In: the company. Out: the three tables, each made in a pass of its own over the same postings, so that their numbers
agree. Refuses to know: where a posting comes from.
"""

from collections.abc import Iterator
from typing import NamedTuple

from intacct_ql.emulator.demo.company import Company
from intacct_ql.emulator.demo.history import DAYS
from intacct_ql.emulator.demo.organisation import BASE_CURRENCY, LOGINS
from intacct_ql.emulator.demo.postings import POSTED, SOURCE, Posting, postings
from intacct_ql.emulator.tables import Row, Table


class Batch(NamedTuple):
    """A posting with its numbers; ``entry`` and ``detail`` are those of its first line, less one."""

    key: int
    number: int
    entry: int
    detail: int
    posting: Posting


def batches(company: Company) -> Iterator[Batch]:
    """Number the postings. A number is lost now and then, but never between an entry and its reversal.

    Entries and details start apart, so that one key in place of the other is found out.
    """
    key, entry, detail = 100, 0, 70_000
    for number, posting in enumerate(postings(company), 1):
        lost = posting.chance % 23 == 0 and posting.reversal >= 0
        key += 1 + lost
        entry += lost
        detail += lost
        yield Batch(key, number, entry, detail, posting)
        entry += len(posting.entries)
        if posting.state in POSTED:
            detail += len(posting.entries)


def tables(company: Company) -> Iterator[Table]:
    """The three tables."""
    yield Table(object="GLBATCH", columns=_BATCH, rows=map(_batch, batches(company)))
    yield Table(object="GLENTRY", columns=_ENTRY, rows=_entries(company))
    yield Table(object="GLDETAIL", columns=_DETAIL, rows=_details(company))


_BATCH = (
    "RECORDNO", "BATCHNO", "BATCH_TITLE", "BALANCE", "JOURNAL", "BATCH_DATE", "MODULE", "USERKEY", "REFERENCENO",
    "REVERSED", "REVERSEDKEY", "REVERSEDFROM", "PRBATCHKEY", "MODIFIED", "MODIFIEDBYID", "BASELOCATION",
    "BASELOCATION_NO", "USERINFO.LOGINID", "USERINFO_LOGINID", "WHENCREATED", "WHENMODIFIED", "CREATEDBY", "MODIFIEDBY",
    "STATE", "JOURNALSEQNO", "TAXIMPLICATIONS", "HISTORY_COMMENT", "TRANSACTIONSOURCE", "MEGAENTITYKEY", "MEGAENTITYID",
    "MEGAENTITYNAME",
)  # fmt: skip


def _batch(batch: Batch) -> Row:
    key, number, _, _, posting = batch
    taken_back, mirror = posting.reversal > 0, posting.reversal < 0
    login = LOGINS[posting.user]
    return (
        key, number, posting.title, 0, posting.symbol, DAYS[posting.day], posting.module, posting.user,
        posting.reference, posting.created[:10] if taken_back else None, key + 1 if taken_back else None,
        str(key - 1) if mirror else None, posting.summary,
        posting.modified, login if posting.modified else None,
        str(posting.entity[0]), posting.entity[1], login, login, posting.created, posting.modified, posting.user,
        posting.user if posting.modified else None, posting.state, f"{posting.symbol}-{number:06}", "None",
        "Sent back: \"no receipt\"" if posting.state == "Declined" else None,
        "Manual" if posting.module == "2.GL" else "System", *posting.entity,
    )  # fmt: skip


_DIMENSIONS = (
    "CUSTOMERDIMKEY", "CUSTOMERID", "CUSTOMERNAME", "VENDORDIMKEY", "VENDORID", "VENDORNAME",
    "EMPLOYEEDIMKEY", "EMPLOYEEID", "EMPLOYEENAME", "ITEMDIMKEY", "ITEMID", "ITEMNAME",
    "CLASSDIMKEY", "CLASSID", "CLASSNAME", "PROJECTDIMKEY", "PROJECTID", "PROJECTNAME",
)  # fmt: skip

_ENTRY = (
    "RECORDNO", "BATCHNO", "LINE_NO", "TR_TYPE", "AMOUNT", "TRX_AMOUNT", "ACCOUNTKEY", "ACCOUNTNO", "ACCOUNTTITLE",
    "LOCATIONKEY", "LOCATION", "LOCATIONNAME", "DEPARTMENTKEY", "DEPARTMENT", "DEPARTMENTTITLE", "DESCRIPTION",
    *_DIMENSIONS,
    "USERNO", "ENTRY_DATE", "BASECURR", "CURRENCY", "EXCH_RATE_DATE", "EXCHANGE_RATE", "DOCUMENT", "CLEARED", "ADJ",
    "BILLABLE", "BILLED", "STATISTICAL", "STATE", "BATCH_DATE", "BATCHTITLE", "BATCH_NUMBER", "BASELOCATION",
    "BASELOCATION_NO", "BASELOCATION_NAME", "WHENCREATED", "WHENMODIFIED", "CREATEDBY", "CREATEDBYLOGINID",
    "MODIFIEDBY", "MODIFIEDBYLOGINID",
)  # fmt: skip


def _entries(company: Company) -> Iterator[Row]:
    for _, number, entry, _, posting in batches(company):
        day, user, login = DAYS[posting.day], posting.user, LOGINS[posting.user]
        was_modified = posting.modified is not None
        shared = (
            user, day, BASE_CURRENCY, posting.currency, day, posting.rate, posting.reference,
            "T" if posting.symbol in {"CRJ", "CDJ"} else "F", "T" if posting.symbol == "ADJ" else "F",
            0, 0, 0, posting.state, day, posting.title, str(number),
            str(posting.entity[0]), posting.entity[1], posting.entity[2],
            posting.created, posting.modified, user, login,
            user if was_modified else None, login if was_modified else None,
        )  # fmt: skip
        for line, posted in enumerate(posting.entries, 1):
            sign, amount, trx_amount, account, location, department, dimensions, text = posted
            customer, vendor, employee, item, klass, project = dimensions
            yield (
                entry + line, number, line, sign, amount, trx_amount, *account, *location, *department, text,
                *customer, *vendor, *employee, *item, *klass, *project, *shared,
            )  # fmt: skip


_DETAIL = (
    "RECORDNO", "GLENTRYKEY", "LINE_NO", "TR_TYPE", "AMOUNT", "DEBITAMOUNT", "CREDITAMOUNT", "TRX_AMOUNT",
    "TRX_DEBITAMOUNT", "TRX_CREDITAMOUNT", "ACCOUNTNO", "ACCOUNTTITLE", "LOCATIONID", "LOCATIONNAME", "DEPARTMENTID",
    "DEPARTMENTTITLE", "ENTRYDESCRIPTION", *_DIMENSIONS,
    "BATCHKEY", "BATCH_NO", "BATCH_DATE", "BATCH_TITLE", "BATCH_STATE", "SYMBOL", "BOOKID", "ADJ", "STATISTICAL",
    "ENTRY_DATE", "ENTRY_STATE", "BASECURR", "CURRENCY", "REFERENCENO", "DOCUMENT", "MODULEKEY", "LOCENTITY", "CLEARED",
    "CREATEDBY", "AUCREATEDBY", "AUWHENCREATED", "MODIFIED", "WHENMODIFIED", "MODIFIEDBY",
    *SOURCE,
)  # fmt: skip


def _details(company: Company) -> Iterator[Row]:
    for key, number, entry, detail, posting in batches(company):
        if posting.state not in POSTED:
            continue
        day, user = DAYS[posting.day], posting.user
        shared = (
            str(key), number, day, posting.title, posting.state, posting.symbol, "ACCRUAL",
            int(posting.symbol == "ADJ"), "F", day, posting.state, BASE_CURRENCY, posting.currency, posting.reference,
            posting.reference, posting.module, f"E{posting.entity[1]}",
            "T" if posting.symbol in {"CRJ", "CDJ"} else "F", str(user), user, posting.created,
            posting.modified, posting.modified, user if posting.modified else None, *posting.source,
        )  # fmt: skip
        for line, posted in enumerate(posting.entries, 1):
            sign, amount, trx_amount, account, location, department, dimensions, text = posted
            customer, vendor, employee, item, klass, project = dimensions
            debit, credit, trx_debit, trx_credit = (
                (amount, 0, trx_amount, 0) if sign > 0 else (0, amount, 0, trx_amount)
            )
            yield (
                detail + line, entry + line, line, sign, amount, debit, credit, trx_amount, trx_debit, trx_credit,
                account[1], account[2], location[1], location[2], department[1], department[2], text,
                *customer, *vendor, *employee, *item, *klass, *project, *shared,
            )  # fmt: skip
