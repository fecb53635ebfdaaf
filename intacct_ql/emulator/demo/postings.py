"""What every document does to the ledger: one balanced posting each, one more for each payment and each reversal.

In: the company. Out: ``Posting`` records in the order the ledger numbers them. Refuses to know: those numbers, tables.

A round takes the next four invoices with their receipts, three bills with their payments and four journal entries, so
that days, journals and modules are mixed as in life, and the order does not depend on what else is asked for::

    invoice      Dr receivable            Cr income, a line each
    receipt      Dr bank                  Cr receivable
    bill         Dr expense, a line each  Cr payable
    payment      Dr payable               Cr bank
"""

from collections.abc import Iterator
from typing import NamedTuple

from intacct_ql.emulator.demo import journals, payables, receivables, summaries
from intacct_ql.emulator.demo.audit import USERS
from intacct_ql.emulator.demo.chart import BANK, BANKS, PAYABLE, RECEIVABLE
from intacct_ql.emulator.demo.company import Company
from intacct_ql.emulator.demo.documents import Document, Payment
from intacct_ql.emulator.demo.history import DAYS, OPENING, TODAY, modified, stamp
from intacct_ql.emulator.demo.journals import Journal
from intacct_ql.emulator.demo.organisation import BASE_CURRENCY
from intacct_ql.emulator.demo.rows import NOTHING, Named, Tag
from intacct_ql.emulator.tables import SCALE, Row

ROUNDS_PER_SCALE = 100

SOURCE = (
    "RECORDTYPE", "RECORDID", "DOCNUMBER", "PRDESCRIPTION", "STATE", "TOTALENTERED", "TOTALPAID", "TOTALDUE",
    "WHENCREATED", "WHENDUE", "WHENPAID", "CUSTENTITY", "VENDENTITY", "FINANCIALENTITY",
)  # fmt: skip
"""What GLDETAIL repeats of the document behind a posting; ``Posting.source`` has the cells."""

_ACCOUNT = BANKS[0][0]
_BY_HAND: Row = (None,) * len(SOURCE)

Dimensions = tuple[Tag, Tag, Tag, Tag, Tag, Tag]
"""Customer, vendor, employee, item, class, project."""

Entry = tuple[int, int, int, Named, Tag, Tag, Dimensions, str | None]
"""Sign, amount, amount in the document's currency, account, location, department, dimensions, text."""

_NOWHERE: tuple[Tag, Tag] = (NOTHING, NOTHING)


class Posting(NamedTuple):
    """One entry in a journal. ``reversal`` is 1 on what the next posting takes back, -1 on that one, else 0."""

    symbol: str
    module: str
    title: str
    reference: str | None
    day: int
    state: str
    reversal: int
    entity: Named
    currency: str
    rate: int
    summary: int | None
    user: int
    created: str
    modified: str | None
    chance: int
    source: Row
    entries: tuple[Entry, ...]


POSTED = frozenset({"Posted", "Reversed"})
"""States of entries that are in the ledger: what was reversed is still there, with its mirror."""


def postings(company: Company) -> Iterator[Posting]:
    """Every posting of the company."""
    sent, received, by_hand = receivables.side(company), payables.side(company), journals.book(company)
    invoices, bills, made = (
        count // ROUNDS_PER_SCALE for count in (receivables.PER_SCALE, payables.PER_SCALE, journals.PER_SCALE)
    )
    for turn in range(ROUNDS_PER_SCALE * company.scale):
        for number in range(turn * invoices, (turn + 1) * invoices):
            yield from _of_invoice(sent.document(number))
        for number in range(turn * bills, (turn + 1) * bills):
            yield from _of_bill(received.document(number))
        for number in range(turn * made, (turn + 1) * made):
            yield from _of_journal(by_hand.journal(number))


def _of_invoice(document: Document) -> Iterator[Posting]:
    party, lines = document.party, document.lines
    customer = party.tag
    only: Dimensions = (customer, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)
    source = _source("ri", document, document.state, receivables.docnumber(document), receivables.description(document))
    control = (1, document.total, document.trx_total, RECEIVABLE, *lines[0].place, only, None)
    earned = [
        (-1, line.amount, line.trx_amount, line.good[0], *line.place,
         (customer, NOTHING, NOTHING, line.good[1], line.klass, line.project), line.good[2])
        for line in lines
    ]  # fmt: skip
    sub = (*source, f"C{customer[1]}", None, None)
    yield _posting(
        document,
        document.day,
        ("ARJ", receivables.MODULE, *summaries.INVOICES.of(document.day)),
        sub,
        (control, *earned),
    )
    for payment in document.payments:
        yield _posting(
            document, payment.day, ("CRJ", receivables.MODULE, *summaries.RECEIPTS.of(payment.day)),
            (*_paid("rp", f"RCT-{payment.key:06}", "Posted", payment), f"C{customer[1]}", None, _ACCOUNT),
            (
                (1, payment.amount, payment.trx_amount, BANK, *lines[0].place, only, f"For {document.record_id}"),
                (-1, payment.amount, payment.trx_amount, RECEIVABLE, *lines[0].place, only, None),
            ),
        )  # fmt: skip


def _of_bill(document: Document) -> Iterator[Posting]:
    party, lines = document.party, document.lines
    vendor = party.tag
    only: Dimensions = (NOTHING, vendor, NOTHING, NOTHING, NOTHING, NOTHING)
    source = _source(
        "pi", document, payables.state(document), payables.docnumber(document), payables.description(document)
    )
    spent = [
        (1, line.amount, line.trx_amount, line.good[0], *line.place,
         (NOTHING, vendor, NOTHING, line.good[1], line.klass, line.project), line.good[2])
        for line in lines
    ]  # fmt: skip
    control = (-1, document.total, document.trx_total, PAYABLE, *lines[0].place, only, None)
    sub = (*source, None, f"V{vendor[1]}", None)
    yield _posting(
        document, document.day, ("APJ", payables.MODULE, *summaries.BILLS.of(document.day)), sub, (*spent, control)
    )
    condition = payables.payment_state(document)
    for payment in document.payments:
        yield _posting(
            document, payment.day, ("CDJ", payables.MODULE, f"Payments {DAYS[payment.day][:7]}", None),
            (*_paid("pp", f"PAY-{payment.key:06}", condition, payment), None, f"V{vendor[1]}", _ACCOUNT),
            (
                (1, payment.amount, payment.trx_amount, PAYABLE, *lines[0].place, only, None),
                (-1, payment.amount, payment.trx_amount, BANK, *lines[0].place, only, f"For {document.record_id}"),
            ),
        )  # fmt: skip


def _posting(
    document: Document,
    day: int,
    book: tuple[str, str, str, int | None],
    source: Row,
    entries: tuple[Entry, ...],
) -> Posting:
    """A posting of a document in a ``book``: journal, module, title and number of the summary."""
    symbol, module, title, summary = book
    party, dice = document.party, document.dice
    return Posting(
        symbol, module, f"{title}: {source[1]}", document.record_id, day, "Posted", 0, party.entity.tag, party.currency,
        party.rate, summary, USERS[dice[2] % len(USERS)], stamp(day, dice[2]), modified(day, dice[7], OPENING),
        dice[5], source, entries,
    )  # fmt: skip


def _source(record_type: str, document: Document, state: str, number: str | None, text: str | None) -> Row:
    return (
        record_type, document.record_id, number, text, state,
        document.total, document.paid, document.total - document.paid,
        DAYS[document.day], DAYS[document.due], document.paid_on,
    )  # fmt: skip


def _paid(record_type: str, record_id: str, state: str, payment: Payment) -> Row:
    amount, day = payment.amount, DAYS[payment.day]
    return (record_type, record_id, None, None, state, amount, amount, 0, day, None, day)


def _of_journal(journal: Journal) -> Iterator[Posting]:
    dice, day = journal.dice, journal.day
    entries: tuple[Entry, ...] = tuple([
        (entry.sign, entry.amount, entry.amount, entry.account, *entry.place,
         (NOTHING, NOTHING, entry.employee, NOTHING, entry.klass, entry.project),
         journal.title if entry.sign > 0 else None)
        for entry in journal.entries
    ])  # fmt: skip
    taken_back = journal.state == "Reversed"
    posting = Posting(
        journal.symbol, "2.GL", f"{journal.title} {DAYS[day][:7]}", f"JE-{journal.number + 1}" if dice[1] % 3 else None,
        day, journal.state, int(taken_back), journal.entity.tag, BASE_CURRENCY, SCALE, None,
        USERS[dice[2] % len(USERS)], stamp(day, dice[2]), modified(day, dice[7], OPENING), dice[5], _BY_HAND, entries,
    )  # fmt: skip
    yield posting
    if taken_back:
        later = min(day + 30, TODAY)
        yield posting._replace(
            title=f"Reversed -- {posting.title}",
            day=later,
            state="Posted",
            reversal=-1,
            created=stamp(later, dice[2]),
            modified=modified(later, dice[7], OPENING),
            entries=tuple([(-entry[0], *entry[1:]) for entry in entries]),
        )
