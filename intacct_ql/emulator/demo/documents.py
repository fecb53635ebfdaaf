"""Invoices and bills: one document by its number, with its lines and with the payments that settle it.

In: a ``Side`` (what customers are sent, or what vendors send) and a number. Out: a ``Document`` whose totals add up.
Refuses to know: tables and their columns, the ledger.

A document is worked out from its dice alone, so any table can be made in one pass and none needs another. Named tuples
here, because hundreds of thousands of them are made.

A payment settles one document, first line first::

    lines       40.00   25.00   35.00
    payment 1   40.00   10.00       -      half of 100.00
    payment 2       -   15.00   35.00      the rest
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from intacct_ql.emulator.demo.dice import Throw
from intacct_ql.emulator.demo.history import DAYS, TODAY, day_of, index, modified, stamp
from intacct_ql.emulator.demo.offerings import Good
from intacct_ql.emulator.demo.parties import Party
from intacct_ql.emulator.demo.rows import CENT, Tag
from intacct_ql.emulator.tables import SCALE

UPGRADED_FROM = index(2025, 1, 1)
LINES = 4
"""The most lines a document has; record numbers of lines come in steps of one more."""


class Line(NamedTuple):
    """One line; amounts in the base currency and in the document's."""

    key: int
    amount: int
    trx_amount: int
    good: Good
    place: tuple[Tag, Tag]
    project: Tag
    klass: Tag
    paid: int
    trx_paid: int


class Payment(NamedTuple):
    """Money that came or went on a day; ``shares`` holds what each line got, in both currencies."""

    key: int
    day: int
    amount: int
    trx_amount: int
    shares: tuple[tuple[int, int], ...]


class Document(NamedTuple):
    """An invoice or a bill."""

    number: int
    key: int
    record_id: str
    party: Party
    day: int
    due: int
    total: int
    trx_total: int
    paid: int
    trx_paid: int
    lines: tuple[Line, ...]
    payments: tuple[Payment, ...]
    created: str
    modified: str | None
    dice: Throw

    @property
    def state(self) -> str:
        """STATE, from what has been paid."""
        return "Posted" if not self.paid else "Paid" if self.paid == self.total else "Partially Paid"

    @property
    def paid_on(self) -> str | None:
        """WHENPAID: the day of the payment that settled the last of it."""
        return DAYS[self.payments[-1].day] if self.paid == self.total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of the books: how many documents there are, and the pools their dice choose from.

    ``old`` lists the documents of 2010, day and WHENMODIFIED; ``owing`` the parties, the frequent ones more than once.
    """

    count: int
    throw: Callable[[int], Throw]
    record_id: Callable[[int], str]
    owing: tuple[Party, ...]
    goods: tuple[Good, ...]
    classes: tuple[Tag, ...]
    old: tuple[tuple[int, str | None], ...]

    def documents(self) -> Iterator[Document]:
        """All of them, by number."""
        return map(self.document, range(self.count))

    def document(self, number: int) -> Document:
        """The document of that number."""
        dice = self.throw(number)
        party = self.owing[dice[0] % len(self.owing)]
        day = self.old[number][0] if number < len(self.old) else day_of(number, self.count, len(self.old))
        bare = tuple(self._line(number, place, dice, party) for place in range(1 + dice[1] % LINES))
        payments = tuple(_payments(number, day, dice, bare, party.rate))
        lines = _settled(bare, payments) if payments else bare
        touched = payments[-1].day if payments else day
        return Document(
            number,
            _key(number),
            self.record_id(number),
            party,
            day,
            day + (party.term.days if party.term else 30),
            sum([line.amount for line in lines]),
            sum([line.trx_amount for line in lines]),
            sum([payment.amount for payment in payments]),
            sum([payment.trx_amount for payment in payments]),
            lines,
            payments,
            stamp(day, dice[2]),
            self.old[number][1] if number < len(self.old) else modified(touched, dice[3], UPGRADED_FROM),
            dice,
        )

    def _line(self, number: int, place: int, dice: Throw, party: Party) -> Line:
        size, factor, good, where, project, klass = dice[8 + place * 6 : 14 + place * 6]
        trx_amount = (500 + size * factor // 8_000) * CENT
        places = party.entity.places
        return Line(
            number * (LINES + 1) + place + 1,
            trx_amount if party.rate == SCALE else to_base(trx_amount, party.rate),
            trx_amount,
            self.goods[good % len(self.goods)],
            places[where % len(places)],
            party.projects[project % len(party.projects)],
            self.classes[klass % len(self.classes)],
            0,
            0,
        )


def _key(number: int) -> int:
    """A record number; every seventh one was deleted."""
    return 101 + number + number // 6


def to_base(trx_amount: int, rate: int) -> int:
    """An amount in the base currency, to the cent."""
    return (trx_amount * rate // SCALE + CENT // 2) // CENT * CENT


def _payments(number: int, day: int, dice: Throw, lines: tuple[Line, ...], rate: int) -> Iterator[Payment]:
    """Three fifths pay at once, a fifth in two goes, some only in part, some not yet; nobody after the last day."""
    habit = dice[4] % 20
    first = day + 2 + dice[5] % 58
    if habit >= 18 or first > TODAY:
        return
    if habit < 12:
        shares = tuple([(line.amount, line.trx_amount) for line in lines])
        yield _payment(number * 2 + 1, first, shares)
        return
    total = sum([line.trx_amount for line in lines])
    part = total * (20 + dice[6] % 60) // 100 // CENT * CENT
    yield _payment(number * 2 + 1, first, _shares(lines, 0, part, rate))
    second = first + 7 + dice[7] % 40
    if habit < 16 and second <= TODAY:
        yield _payment(number * 2 + 2, second, _shares(lines, part, total, rate))


def _payment(key: int, day: int, shares: tuple[tuple[int, int], ...]) -> Payment:
    return Payment(key + 500, day, sum([base for base, _ in shares]), sum([trx for _, trx in shares]), shares)


def _shares(lines: tuple[Line, ...], start: int, end: int, rate: int) -> tuple[tuple[int, int], ...]:
    """What each line gets of the money between two marks on the way from nothing to the total."""
    shares = []
    for upto, line in zip(accumulate(line.trx_amount for line in lines), lines, strict=True):
        before = min(max(start - upto + line.trx_amount, 0), line.trx_amount)
        after = min(max(end - upto + line.trx_amount, 0), line.trx_amount)
        shares.append((to_base(after, rate) - to_base(before, rate), after - before))
    return tuple(shares)


def _settled(lines: tuple[Line, ...], payments: tuple[Payment, ...]) -> tuple[Line, ...]:
    """The lines with what the payments brought them."""
    if len(payments) == 1:
        return tuple([Line(*line[:7], *share) for line, share in zip(lines, payments[0].shares, strict=True)])
    pairs = zip(lines, payments[0].shares, payments[1].shares, strict=True)
    return tuple([Line(*line[:7], one[0] + two[0], one[1] + two[1]) for line, one, two in pairs])


def frequent(parties: tuple[Party, ...], inactive: int) -> tuple[Party, ...]:
    """The parties as often as they buy: each once, every third four times more, the last few never."""
    buying = parties[: len(parties) - inactive]
    return (*buying, *buying[::3] * 4)
