"""The customers.

In: the seed, organisation, employees and projects. Out: CUSTOMER without the two columns that the invoices decide
(``TOTALDUE``, ``LAST_INVOICEDATE``), and a ``Party`` each. Refuses to know: invoices.

Some are there to be stumbled over: an id of digits only, a name that is a keyword, one in every script.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from intacct_ql.emulator.demo import audit, terms
from intacct_ql.emulator.demo.dice import stream
from intacct_ql.emulator.demo.organisation import Organisation
from intacct_ql.emulator.demo.parties import Contacts, Party, company_names, contacts_of
from intacct_ql.emulator.demo.rows import Named, Record, Tag
from intacct_ql.emulator.tables import SCALE, Row

_NOTABLE = {
    3: ("00123", "Leading Zero Logistics"),
    5: ("24", "Twenty-Four Seven Couriers"),
    8: ("REG001", "Regal Services"),
    9: ("REG002", "REGAL SERVICES LTD"),
    11: ("BLK001", "Black and Decker Supply"),
    12: ("BLK002", "Black & White Print"),
    14: ("OBR001", "O'Brien \\ Co"),
    17: ("3.AP", "Third Avenue Partners"),
    19: ("SMI001", "Smith <Holdings> \"East\""),
    20: ("50%_OFF", "Half Price Outlet 50% & More"),
    21: ("MUL001", "Müller & Söhne GmbH"),
    22: ("CAF001", "Café Señorita"),
    23: ("TOK001", "東京商事株式会社"),
    24: ("ZAB001", "Zabriskie Point Outfitters"),
    25: ("ZAB002", "Zabriskie Point Outfitters (Depot)"),
    26: ("ZAB0010", "Zabriskie Tents"),
    27: ("EMO001", "Happy Paws \U0001f43e Pet Care"),
    29: ("100--East", "Hundred East Holdings"),
    30: ("TRA001", "Trailing Space Traders "),
    33: ("NUL001", "null"),
    34: ("SEL001", "Select From Where, Inc."),
    35: ("QUO001", "The \"Quoted\" Company"),
    36: ("PIP001", "Either|Or Consulting; Partners"),
    38: ("ANG001", "ÅNGSTRÖM Optik AB"),
    39: ("142507-P", "Fourteen Bricks & Mortar"),
}  # fmt: skip
_PARENTS = {25: 24, 26: 25, 9: 8, 12: 11}
"""Record numbers of parents; ZAB0010 is two steps below ZAB001. Some of the others follow below."""

_GAPS = frozenset({1, 2, 4, 13, 28, 37, 50, 51, 60})
_LAST = 69
_FOREIGN = {21: "EUR", 22: "EUR", 38: "EUR", 14: "GBP", 42: "GBP", 55: "CAD"}
_LIMITS = (1_000, 2_500, 5_000, 10_000, 25_000, 50_000)
_PINNED = {24: 500}
"""Limits that are not left to chance: ZAB001 is over its own whenever it owes anything to speak of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """The records of CUSTOMER, and the parties in the same order."""

    records: tuple[Record, ...]
    parties: tuple[Party, ...]


def names(seed: int) -> tuple[Named, ...]:
    """Who the customers are, by record number."""
    keys = [key for key in range(1, _LAST + 1) if key not in _GAPS]
    rest = iter(company_names(stream(seed, "CUSTOMER names"), len(keys), {name for _, name in _NOTABLE.values()}))
    return tuple((key, *(_NOTABLE.get(key) or (f"C{10_000 + key * 7}", next(rest)))) for key in keys)


def build(
    seed: int, organisation: Organisation, employees: Sequence[Named], projects: dict[str, tuple[Tag, ...]], scale: int
) -> Customers:
    """Enter every customer. Credit limits grow with the number of invoices, so that at any scale some are over."""
    chance = stream(seed, "CUSTOMER")
    tags = names(seed)
    known: dict[int | None, Tag] = {tag[0]: tag for tag in tags}
    records: list[Record] = []
    parties: list[Party] = []
    for place, tag in enumerate(tags):
        key, number, name = tag
        party = Party(
            tag=tag,
            currency=_FOREIGN.get(key, "USD"),
            term=None if place % 11 == 10 else chance.choice(terms.TERMS[:-1]),
            entity=organisation.entities[1 if key in {14, 42} else 2 if key in {21, 38} else 0],
            contacts=contacts_of(chance, start=100 + place * 3, name=name.strip(), letter=f"C{number}"),
            projects=projects.get(number, ((None, None, None),)),
        )
        parties.append(replace(party, repeated=_repeated(party.contacts)))
        parent = known.get(_PARENTS.get(key, tags[place // 2][0] if key > 40 and place % 6 == 0 else None))
        limit = None if place % 4 == 1 else _PINNED.get(key, chance.choice(_LIMITS)) * SCALE * scale
        kind, territory = chance.choice(terms.CUSTOMER_TYPES), chance.choice(terms.TERRITORIES)
        representative = chance.choice(employees)
        records.append(
            {
                "RECORDNO": key,
                "CUSTOMERID": number,
                "NAME": name,
                "ENTITY": f"C{number}",
                **_parent(parent),
                "STATUS": "inactive" if place % 10 == 3 else "active",
                "ONETIME": int(place % 17 == 16),
                "ONHOLD": int(place % 8 == 7),
                **_terms(party.term),
                "CREDITLIMIT": limit,
                "CURRENCY": party.currency,
                "CUSTTYPE": kind[1] if place % 7 else None,
                "CUSTTYPEKEY": kind[0] if place % 7 else None,
                "TERRITORYKEY": str(territory[0]) if place % 3 else None,
                "TERRITORYID": territory[1] if place % 3 else None,
                "TERRITORYNAME": territory[2] if place % 3 else None,
                "CUSTREPKEY": representative[0] if place % 2 else None,
                "CUSTREPID": representative[1] if place % 2 else None,
                "CUSTREPNAME": representative[2] if place % 2 else None,
                "SHIPPINGMETHOD": chance.choice(("Ground", "Air & Sea", "Pick-up", None)),
                "DELIVERY_OPTIONS": chance.choice(("Print", "E-Mail", "Print#~#E-Mail")),
                "TAXID": f"{chance.randrange(10, 99)}-{chance.randrange(10**6, 10**7):07}" if place % 3 else None,
                "RESALENO": f"R{chance.randrange(1000):04}" if place % 9 == 4 else None,
                "DISCOUNT": chance.choice((0, 0, 5, 10)),
                "COMMENTS": 'Calls on Fridays; "don\'t" mail <ever>.' if place % 12 == 5 else None,
                "OBJECTRESTRICTION": "Restricted" if party.entity is not organisation.entities[0] else "Unrestricted",
                "EMAILOPTIN": int(chance.random() < 0.6),
                **_places(party),
                **audit.marks(chance),
            }
        )
    return Customers(records=tuple(records), parties=tuple(parties))


def _parent(parent: Tag | None) -> Record:
    key, number, name = parent or (None, None, None)
    return {"PARENTKEY": key, "PARENTID": number, "PARENTNAME": name}


def _terms(term: terms.Term | None) -> Record:
    return dict(zip(("TERMNAME", "TERMSKEY", "TERMVALUE"), terms.cells(term), strict=True))


def _places(party: Party) -> Record:
    contacts, entity = party.contacts, party.entity.tag
    at_top = entity[1] == "100"
    return {
        "DISPLAYCONTACTKEY": contacts.display.key,
        "CONTACTKEY": contacts.display.key,
        "BILLTOKEY": contacts.money.key,
        "SHIPTOKEY": contacts.goods.key,
        **contacts.display.repeated("DISPLAYCONTACT"),
        **contacts.display.repeated("CONTACTINFO"),
        **contacts.money.repeated("BILLTO"),
        **contacts.goods.repeated("SHIPTO"),
        "MEGAENTITYKEY": None if at_top else entity[0],
        "MEGAENTITYID": None if at_top else entity[1],
        "MEGAENTITYNAME": None if at_top else entity[2],
    }


def _repeated(contacts: Contacts) -> Row:
    """What every invoice repeats, in the order of ``receivables.REPEATED``."""
    return (
        *contacts.display.repeated("CONTACT").values(),
        *contacts.goods.repeated("SHIPTO").values(),
        *contacts.money.repeated("BILLTO").values(),
    )
