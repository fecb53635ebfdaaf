"""What is sold and worked on: items and projects, with the little lists of items.

In: the seed, customers' tags, employees' tags, the organisation. Out: ITEM, PROJECT, PRODUCTLINE, UOM, ITEMGLGROUP, and
what document lines need of them. Refuses to know: documents.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intacct_ql.emulator.demo import audit, terms, words
from intacct_ql.emulator.demo.chart import EXPENSE, INCOME
from intacct_ql.emulator.demo.dice import stream
from intacct_ql.emulator.demo.history import DAYS, TODAY
from intacct_ql.emulator.demo.organisation import Organisation
from intacct_ql.emulator.demo.rows import CENT, NOTHING, Named, Record, Tag, master
from intacct_ql.emulator.tables import SCALE, Table

ITEMS = 40
PROJECTS = 20
_LISTS = (
    ("PRODUCTLINE", "PRODUCTLINEID", ("Hardware", "Services")),
    ("UOM", "NAME", ("Count", "Hour", "Metre")),
    ("ITEMGLGROUP", "NAME", ("Stock", "Work")),
)
_ODD_ITEMS = {4: "00024", 11: "3.AP", 17: "A&B/12", 23: "50%_OFF", 30: "100--East"}

Good = tuple[Named, Tag, str]
"""What a document line is about: account, item, description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offerings:
    """The tables of items, the goods that are sold and those that are bought."""

    seed: int
    items: tuple[Named, ...]

    @property
    def sold(self) -> tuple[Good, ...]:
        """One for each item, on its income account."""
        return tuple((INCOME[place % len(INCOME)], item, item[2]) for place, item in enumerate(self.items))

    @property
    def bought(self) -> tuple[Good, ...]:
        """Three for each expense account; a third of them are items for stock."""
        return tuple(
            (account, item, f"{account[2]}: {item[2]}" if item[2] else account[2])
            for place, account in enumerate(EXPENSE)
            for item in (NOTHING, NOTHING, self.items[place * 3])
        )

    def tables(self) -> Iterator[Table]:
        """The tables of items."""
        yield master("ITEM", _items(self.seed, self.items))
        for table, column, names in _LISTS:
            yield master(table, [{"RECORDNO": key, column: name} for key, name in enumerate(names, 1)])


def build(seed: int) -> Offerings:
    """Fill the price list."""
    items = [
        (place + 1 + place // 7, _ODD_ITEMS.get(place, f"I-{1000 + place * 5}"), name)
        for place, name in enumerate(words.GOODS)
    ]
    return Offerings(seed=seed, items=tuple(items))


def _items(seed: int, items: Sequence[Named]) -> list[Record]:
    chance = stream(seed, "ITEM")
    rows: list[Record] = []
    for place, (key, number, name) in enumerate(items):
        stocked = place % 3 != 0
        cost = chance.randrange(200, 90_000) * CENT
        rows.append(
            {
                "RECORDNO": key,
                "ITEMID": number,
                "NAME": name,
                "STATUS": "inactive" if place % 13 == 12 else "active",
                "ITEMTYPE": "Inventory" if stocked else "Non-Inventory",
                "PRODUCTLINEID": "Hardware" if stocked else "Services",
                "COST_METHOD": "Average" if stocked else None,
                "EXTENDED_DESCRIPTION": f"{name} -- sold since 2010" if chance.random() < 0.4 else None,
                "UOMGRP": "Count" if stocked else "Hour",
                "GLGROUP": "Stock" if stocked else "Work",
                "STANDARD_COST": cost if stocked else None,
                "AVERAGE_COST": cost + chance.randrange(99) if stocked else None,
                "BASEPRICE": cost * 2 - CENT,
                "TAXABLE": int(stocked),
                "CONTRACTENABLED": 0,
                "INCOMEACCTKEY": str(INCOME[place % len(INCOME)][0]),
                "SHIP_WEIGHT": chance.randrange(1, 400) * SCALE // 8 if stocked else None,
                "SAFETY_STOCK": chance.randrange(0, 50) if stocked else None,
                "REORDER_POINT": chance.randrange(5, 80) if stocked else None,
                "UPC": f"0{chance.randrange(10**10, 10**11)}" if stocked else None,
                "WHENLASTSOLD": DAYS[TODAY - chance.randrange(300)] if place % 5 else None,
                **audit.marks(chance),
            }
        )
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Projects:
    """The tags of projects, in all and by the customer they are done for."""

    records: tuple[Record, ...]
    tags: tuple[Named, ...]
    by_customer: dict[str, tuple[Tag, ...]]

    def table(self) -> Table:
        """PROJECT."""
        return master("PROJECT", self.records)


def build_projects(
    seed: int, customers: Sequence[Named], employees: Sequence[Named], organisation: Organisation
) -> Projects:
    """Start the projects: every fifth is ours and has no customer, every fourth is part of the one before."""
    chance = stream(seed, "PROJECT")
    tags: list[Named] = [
        (place + 3 + place // 5, f"P-{2401 + place}", name) for place, name in enumerate(words.PROJECTS)
    ]
    own: dict[str, tuple[Tag, ...]] = {}
    records: list[Record] = []
    for place, (key, number, name) in enumerate(tags):
        customer: Tag = NOTHING if place % 5 == 4 else customers[place * 3 // 2]
        parent: Tag = tags[place - 1] if place % 4 == 3 else NOTHING
        manager = employees[place % len(employees)]
        location, department = organisation.entities[0].places[place % 16]
        term = terms.TERMS[place % 5]
        kind, state = terms.PROJECT_TYPES[place % 3], terms.PROJECT_STATES[place % 4]
        amount = chance.randrange(50, 4_000) * 100 * SCALE
        if customer[1]:
            own[customer[1]] = (*own.get(customer[1], ()), (key, number, name))
        records.append(
            {
                "RECORDNO": key,
                "PROJECTID": number,
                "NAME": name,
                "DESCRIPTION": None if place % 3 else f"{name} for {customer[2] or 'ourselves'}",
                "PROJECTCATEGORY": "Contract" if customer[1] else "Internal Non-Billable",
                "PROJECTTYPE": kind[1],
                "PROJECTTYPEKEY": kind[0],
                "PROJECTSTATUS": state[1],
                "PROJECTSTATUSKEY": state[0],
                "STATUS": "inactive" if place in {6, 13} else "active",
                "PARENTKEY": parent[0],
                "PARENTID": parent[1],
                "PARENTNAME": parent[2],
                "CUSTOMERKEY": customer[0],
                "CUSTOMERID": customer[1],
                "CUSTOMERNAME": customer[2],
                "MANAGERKEY": manager[0],
                "MANAGERID": manager[1],
                "MANAGERCONTACTNAME": manager[2],
                "DEPARTMENTID": department[1],
                "DEPARTMENTNAME": department[2],
                "PROJECTDEPTKEY": department[0],
                "LOCATIONID": location[1],
                "LOCATIONNAME": location[2],
                "PROJECTLOCATIONKEY": location[0],
                "TERMNAME": term.name if customer[1] else None,
                "TERMSKEY": term.key if customer[1] else None,
                "BEGINDATE": f"{place % 12 + 1:02}/01/{2024 + place % 2}",
                "ENDDATE": f"{place % 12 + 1:02}/28/2026" if place % 3 else None,
                "CURRENCY": "USD",
                "BUDGETAMOUNT": amount,
                "CONTRACTAMOUNT": amount + amount // 4 if customer[1] else None,
                "PERCENTCOMPLETE": chance.randrange(0, 1_001) * SCALE // 10 if place % 4 else None,
                "BILLABLEEXPDEFAULT": int(bool(customer[1])),
                "INVOICEWITHPARENT": int(bool(parent[1])),
                **audit.marks(chance),
            }
        )
    return Projects(records=tuple(records), tags=tuple(tags), by_customer=own)
