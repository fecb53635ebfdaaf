"""Payment terms, party types and territories: the small lists that customers and vendors point to.

In: the seed. Out: ARTERM, APTERM, CUSTTYPE, VENDTYPE, TERRITORY, PROJECTTYPE, PROJECTSTATUS, and ``Term`` records.
Refuses to know: the parties themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from intacct_ql.emulator.demo import audit
from intacct_ql.emulator.demo.dice import stream
from intacct_ql.emulator.demo.rows import Record, master
from intacct_ql.emulator.tables import SCALE, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Days until due; with a discount, days until that lapses and its per cent."""

    key: int
    name: str
    days: int
    discount_days: int | None = None
    discount: int | None = None

    @property
    def value(self) -> str:
        """TERMVALUE, the rule in the gateway's shorthand."""
        return f"{self.discount_days or ''}:{self.discount or ''}%:{self.days}:day"


def cells(term: Term | None) -> tuple[str | None, int | None, str | None]:
    """TERMNAME, the record number that stands beside it, and TERMVALUE."""
    return (term.name, term.key, term.value) if term else (None, None, None)


TERMS = (
    Term(key=1, name="Net 30", days=30),
    Term(key=2, name="Net 15", days=15),
    Term(key=3, name="Due on receipt", days=0),
    Term(key=5, name="2% 10, Net 30", days=30, discount_days=10, discount=2),
    Term(key=6, name="Net 60", days=60),
    Term(key=9, name="Net 90 (old)", days=90),
)
"""The last is inactive, and nobody's."""

Names = tuple[tuple[int, str], ...]
"""Record numbers and names."""

CUSTOMER_TYPES: Names = ((1, "Retail"), (2, "Wholesale"), (4, "Public & Charity"), (5, "Partner"))
VENDOR_TYPES: Names = ((1, "Goods"), (2, "Services"), (3, "Contractor 1099"), (6, "Utility"))
PROJECT_TYPES: Names = ((1, "Fixed Fee"), (2, "Time & Material"), (3, "Internal"))
PROJECT_STATES: Names = ((1, "Planned"), (2, "In Progress"), (3, "Completed"), (5, "On Hold"))

TERRITORIES: tuple[tuple[int, str, str, str | None], ...] = (
    (1, "NA", "North America", None),
    (2, "NA-E", "East Coast", "NA"),
    (3, "NA-W", "West Coast", "NA"),
    (6, "EU", "Europe", None),
    (7, "EU-DACH", "Deutschland, Österreich, Schweiz", "EU"),
)


def tables(seed: int) -> Iterator[Table]:
    """The tables of the lists."""
    yield master("ARTERM", _terms(seed, "ARTERM"))
    yield master("APTERM", _terms(seed, "APTERM"))
    yield master("CUSTTYPE", _names(seed, "CUSTTYPE", CUSTOMER_TYPES))
    yield master("VENDTYPE", _names(seed, "VENDTYPE", VENDOR_TYPES))
    yield master("PROJECTTYPE", _names(seed, "PROJECTTYPE", PROJECT_TYPES))
    yield master("PROJECTSTATUS", _names(seed, "PROJECTSTATUS", PROJECT_STATES))
    yield master("TERRITORY", _territories(seed))


def _terms(seed: int, name: str) -> list[Record]:
    chance = stream(seed, name)
    return [
        {
            "RECORDNO": term.key,
            "NAME": term.name,
            "DESCRIPTION": f"Payable within {term.days} days" if term.days else None,
            "STATUS": "inactive" if term is TERMS[-1] else "active",
            "DUEDATE": term.days,
            "DUEFROM": "from invoice/bill date",
            "DISCDATE": term.discount_days,
            "DISCFROM": "from invoice/bill date" if term.discount else None,
            "DISCAMOUNT": term.discount and term.discount * SCALE,
            "DISCPERCAMN": "%" if term.discount else None,
            "PEN_TYPES": "No Penalty",
            **audit.marks(chance),
        }
        for term in TERMS
    ]


def _names(seed: int, table: str, names: Names) -> list[Record]:
    chance = stream(seed, table)
    return [{"RECORDNO": key, "NAME": name, "STATUS": "active", **audit.marks(chance)} for key, name in names]


def _territories(seed: int) -> list[Record]:
    chance, names = stream(seed, "TERRITORY"), {number: name for _, number, name, _ in TERRITORIES}
    return [
        {
            "RECORDNO": key,
            "TERRITORYID": number,
            "NAME": name,
            "PARENTID": parent,
            "PARENTNAME": names[parent] if parent else None,
            "STATUS": "active",
            **audit.marks(chance),
        }
        for key, number, name, parent in TERRITORIES
    ]
