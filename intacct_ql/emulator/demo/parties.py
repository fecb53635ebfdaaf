"""Customers and vendors have much in common: what a document needs to know of either.

In: nothing. Out: the ``Party`` record and the contacts of one. Refuses to know: which side of the books a party is on.
"""

from dataclasses import dataclass
from random import Random

from intacct_ql.emulator.demo import words
from intacct_ql.emulator.demo.contacts import Contact, contact
from intacct_ql.emulator.demo.organisation import BASE_CURRENCY, Entity
from intacct_ql.emulator.demo.rows import NOTHING, Named, Tag
from intacct_ql.emulator.demo.terms import Term
from intacct_ql.emulator.tables import SCALE, Row

RATES = {BASE_CURRENCY: SCALE, "EUR": 10_825, "GBP": 12_650, "CAD": 7_340}
"""What one unit is worth in the base currency, times 10,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """The contact shown on lists, the one money is asked of, and the one goods go to; often all the same."""

    display: Contact
    money: Contact
    goods: Contact

    def all(self) -> tuple[Contact, ...]:
        """Each contact once."""
        return tuple({who.key: who for who in (self.display, self.money, self.goods)}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A customer or vendor as its documents see it; ``entity`` is the legal entity that deals with it."""

    tag: Named
    currency: str
    term: Term | None
    entity: Entity
    contacts: Contacts
    projects: tuple[Tag, ...] = (NOTHING,)
    repeated: Row = ()

    @property
    def rate(self) -> int:
        """What a unit of the party's currency is worth."""
        return RATES[self.currency]


def contacts_of(chance: Random, *, start: int, name: str, letter: str) -> Contacts:
    """The contacts of one party; a third have somebody else for money, a quarter for goods."""
    shown = contact(chance, key=start, name=f"{name}({letter})", company=name)
    money = contact(chance, key=start + 1, name=f"{name}({letter}, accounts)", company=name)
    goods = contact(chance, key=start + 2, name=f"{name}({letter}, dock)", company=name)
    separate = chance.random()
    return Contacts(
        display=shown,
        money=money if separate < 0.33 else shown,
        goods=goods if 0.2 < separate < 0.45 else shown,
    )


def company_names(chance: Random, count: int, taken: set[str]) -> list[str]:
    """Different made-up names, none of them taken."""
    names: dict[str, None] = {}
    while len(names) < count:
        parts = (words.COMPANY_FIRST, words.COMPANY_SECOND, words.COMPANY_LAST)
        name = " ".join(chance.choice(part) for part in parts)
        if name not in taken:
            names[name] = None
    return list(names)
