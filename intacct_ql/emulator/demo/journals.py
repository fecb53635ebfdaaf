"""Journal entries made by hand: salaries, rent, accruals that are reversed, drafts that were never posted.

In: the company and a number. Out: a ``Journal`` whose lines sum to nothing. Refuses to know: invoices, bills, tables.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from intacct_ql.emulator.demo.chart import ACCOUNTS
from intacct_ql.emulator.demo.company import Company
from intacct_ql.emulator.demo.dice import Throw, thrower
from intacct_ql.emulator.demo.history import day_of, index
from intacct_ql.emulator.demo.organisation import Entity
from intacct_ql.emulator.demo.rows import CENT, NOTHING, Named, Tag

PER_SCALE = 400

_OLD = (index(2010, 1, 31), index(2010, 10, 22))

_TEMPLATES = (  # symbol, title, debited, credited
    ("GJ", "Month-end accrual", ("6500", "6510", "6110"), "2050"),
    ("PYRJ", "Payroll & taxes", ("6000", "6010", "6020"), "2100"),
    ("ADJ", "Depreciation", ("6700",), "1590"),
    ("GJ", 'Prepaid "insurance" released', ("6600",), "1400"),
    ("GJ", "Software, monthly share -- all sites", ("6210",), "1410"),
    ("GJ", "Bank fees < 50", ("6800", "6900"), "1010"),
    ("GJ", "Interest on the line of credit", ("7100",), "2400"),
    ("PYRJ", "Vacation accrued", ("6020",), "2120"),
    ("ADJ", "Inventory count", ("5000", "5010"), "1300"),
    ("GJ", "Reclass café to meals", ("6310",), "6200"),
)
_UNPOSTED = ("Draft", "Draft", "Submitted", "Partially Approved", "Approved", "Declined", "Reversal pending")


class Entry(NamedTuple):
    """One line: 1 for a debit or -1 for a credit, and what it is about."""

    sign: int
    amount: int
    account: Named
    place: tuple[Tag, Tag]
    project: Tag
    employee: Tag
    klass: Tag


class Journal(NamedTuple):
    """One journal entry with its lines. ``state`` Reversed means that its mirror follows it."""

    number: int
    symbol: str
    title: str
    day: int
    state: str
    entity: Entity
    entries: tuple[Entry, ...]
    dice: Throw


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All journal entries, and the pools their dice choose from."""

    count: int
    throw: Callable[[int], Throw]
    entities: tuple[Entity, ...]
    projects: tuple[Tag, ...]
    employees: tuple[Tag, ...]
    classes: tuple[Tag, ...]

    def journal(self, number: int) -> Journal:
        """The journal entry of that number."""
        dice = self.throw(number)
        symbol, title, debited, credited = _TEMPLATES[dice[0] % len(_TEMPLATES)]
        entity = self.entities[(0, 0, 0, 1, 2)[dice[1] % 5]]
        day = _OLD[number] if number < len(_OLD) else day_of(number, self.count, len(_OLD))
        debits = [self._debit(dice, place, debited, entity) for place in range(1 + dice[2] % 4)]
        total = sum([entry.amount for entry in debits])
        where = entity.places[dice[3] % len(entity.places)]
        credit = Entry(-1, total, ACCOUNTS[credited], where, NOTHING, NOTHING, NOTHING)
        return Journal(number, symbol, title, day, _state(dice), entity, (*debits, *_split(credit, dice)), dice)

    def _debit(self, dice: Throw, place: int, accounts: Sequence[str], entity: Entity) -> Entry:
        size, factor, where, project, employee, klass = dice[8 + place * 6 : 14 + place * 6]
        return Entry(
            1,
            (500 + size * factor // 20_000) * CENT,
            ACCOUNTS[accounts[place % len(accounts)]],
            entity.places[where % len(entity.places)],
            self.projects[project % len(self.projects)],
            self.employees[employee % len(self.employees)],
            self.classes[klass % len(self.classes)],
        )


def book(company: Company) -> Book:
    """The journal entries of the company."""
    return Book(
        count=PER_SCALE * company.scale,
        throw=thrower(company.seed, "GLBATCH"),
        entities=company.organisation.entities,
        projects=(*company.projects.tags, *(NOTHING,) * 30),
        employees=(*company.employees.tags, *(NOTHING,) * 40),
        classes=(*company.organisation.classes, *(NOTHING,) * 6),
    )


def _state(dice: Throw) -> str:
    """A twelfth never got as far as the ledger, a sixteenth was taken back."""
    if dice[4] % 12 == 0:
        return _UNPOSTED[dice[5] % len(_UNPOSTED)]
    return "Reversed" if dice[6] % 16 == 0 else "Posted"


def _split(credit: Entry, dice: Throw) -> tuple[Entry, ...]:
    """Half of the credits go to two lines."""
    if dice[7] % 2:
        return (credit,)
    part = credit.amount // 3 // CENT * CENT
    return credit._replace(amount=part), credit._replace(amount=credit.amount - part)
