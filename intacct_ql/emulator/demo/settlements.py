"""What each payment brought each line: the two detail tables that either side of the books has.

In: a ``Side`` and the names of its two objects. Out: ARPYMTDETAIL and ARINVOICEPAYMENT, or APPYMTDETAIL and
APBILLPAYMENT. Refuses to know: who paid.
"""

from collections.abc import Iterator

from intacct_ql.emulator.demo.audit import USERS
from intacct_ql.emulator.demo.documents import Side
from intacct_ql.emulator.demo.history import DAYS, stamp
from intacct_ql.emulator.tables import Row, Table

_DETAIL = (
    "RECORDNO", "RECORDKEY", "ENTRYKEY", "PAYMENTKEY", "PAYMENTDATE", "PAYMENTAMOUNT", "TRX_PAYMENTAMOUNT", "CURRENCY",
    "STATE", "WHENCREATED", "CREATEDBY",
)  # fmt: skip
_SHARE = (
    "RECORDNO", "RECORDKEY", "PAIDITEMKEY", "PAYMENTKEY", "PAYMENTDATE", "AMOUNT", "TRX_AMOUNT", "CURRENCY",
    "STATE", "WHENCREATED", "CREATEDBY", "PARENTPYMT", "INVBASEAMT", "INVTRXAMT",
)  # fmt: skip


def tables(details: str, shares: str, side: Side) -> Iterator[Table]:
    """Both tables, under these names."""
    yield Table(object=details, columns=_DETAIL, rows=_details(side))
    yield Table(object=shares, columns=_SHARE, rows=_shares(side))


def _details(side: Side) -> Iterator[tuple[int, int, int, int, str, int, int, str, str, str, int]]:
    for document in side.documents():
        currency, user = document.party.currency, USERS[document.dice[5] % len(USERS)]
        for payment in document.payments:
            day, entered = DAYS[payment.day], stamp(payment.day, document.dice[6])
            for place, (line, (amount, trx_amount)) in enumerate(zip(document.lines, payment.shares, strict=True)):
                if trx_amount:
                    yield (
                        payment.key * 4 + place, document.key, line.key, payment.key, day, amount, trx_amount,
                        currency, "Posted", entered, user,
                    )  # fmt: skip


def _shares(side: Side) -> Iterator[Row]:
    for row in _details(side):
        yield (*row, row[3], row[5], row[6])
