"""The vendors.

In: the seed, the organisation and all projects. Out: VENDOR without ``TOTALDUE``, which the bills decide, and a
``Party`` each. Refuses to know: bills.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from intacct_ql.emulator.demo import audit, terms
from intacct_ql.emulator.demo.dice import stream
from intacct_ql.emulator.demo.organisation import Organisation
from intacct_ql.emulator.demo.parties import Party, company_names, contacts_of
from intacct_ql.emulator.demo.rows import NOTHING, Named, Record, Tag
from intacct_ql.emulator.tables import SCALE

_NOTABLE = {
    2: ("20000", "Pacific Paper & Pulp"),
    4: ("V-00042", "D'Angelo Brothers"),
    5: ("V%_1", "One Hundred % Wool"),
    7: ("R&R", "R&R Rentals <Tools>"),
    9: ("00124", "Nordlicht Energie GmbH"),
    12: ("3.AP", "Point Three Printing"),
    15: ("V-1099", "Dr. \"Doc\" Hollis, Consultant"),
    16: ("v-1100", "lower case hosting"),
    18: ("100--East", "East Hundred Storage"),
    20: ("BLK001", "Black and Decker Supply"),
    23: ("OSA001", "大阪包装有限会社"),
    24: ("ZAB001", "Zabriskie Point Outfitters"),
}  # fmt: skip
_GAPS = frozenset({1, 3, 10, 11, 30})
_LAST = 45
_FOREIGN = {9: "EUR", 12: "GBP", 33: "CAD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendors:
    """The records of VENDOR, and the parties in the same order."""

    records: tuple[Record, ...]
    parties: tuple[Party, ...]


def build(seed: int, organisation: Organisation, projects: Sequence[Tag]) -> Vendors:
    """Enter every vendor."""
    chance = stream(seed, "VENDOR")
    keys = [key for key in range(1, _LAST + 1) if key not in _GAPS]
    rest = iter(company_names(chance, len(keys), {name for _, name in _NOTABLE.values()}))
    tags: list[Named] = [(key, *(_NOTABLE.get(key) or (f"V-{20_000 + key * 3}", next(rest)))) for key in keys]
    records: list[Record] = []
    parties: list[Party] = []
    for place, tag in enumerate(tags):
        key, number, name = tag
        contacts = contacts_of(chance, start=1_000 + place * 3, name=name, letter=f"V{number}")
        term = None if place % 9 == 8 else chance.choice(terms.TERMS[:-1])
        entity = organisation.entities[2 if key == 9 else 1 if key == 12 else 0]
        party = Party(
            tag=tag,
            currency=_FOREIGN.get(key, "USD"),
            term=term,
            entity=entity,
            contacts=contacts,
            projects=(NOTHING, NOTHING, NOTHING, *projects),
        )
        parties.append(party)
        kind = chance.choice(terms.VENDOR_TYPES)
        parent: Tag = tags[place - 3] if place % 13 == 12 else NOTHING
        records.append(
            {
                "RECORDNO": key,
                "VENDORID": number,
                "NAME": name,
                "ENTITY": f"V{number}",
                "STATUS": "inactive" if place % 10 == 8 else "active",
                "ONETIME": int(place % 19 == 7),
                "ONHOLD": int(place % 9 == 5),
                "DONOTCUTCHECK": 0,
                "PARENTKEY": parent[0],
                "PARENTID": parent[1],
                "PARENTNAME": parent[2],
                "VENDTYPE": kind[1] if place % 6 else None,
                "VENDTYPEKEY": kind[0] if place % 6 else None,
                "FORM1099TYPE": "NEC" if kind[0] == 3 else None,
                "FORM1099BOX": "1" if kind[0] == 3 else None,
                "NAME1099": name if kind[0] == 3 else None,
                **dict(zip(("TERMNAME", "TERMSKEY", "TERMVALUE"), terms.cells(term), strict=True)),
                "CURRENCY": party.currency,
                "CREDITLIMIT": chance.choice((5_000, 20_000, 75_000)) * SCALE if place % 3 == 0 else None,
                "TAXID": f"{chance.randrange(10, 99)}-{chance.randrange(10**6, 10**7):07}" if place % 4 else None,
                "VENDORACCOUNTNO": f"{chance.randrange(10**6):07}" if place % 3 else None,
                "BILLINGTYPE": "balanceforward" if place % 8 == 2 else "openitem",
                "PAYMENTPRIORITY": chance.choice(("normal", "normal", "high", "low")),
                "PREFERRED_PAYMENT_METHOD": chance.choice(("Printed Check", "ACH", "EFT")),
                "MERGEPAYMENTREQ": 1,
                "PAYMENTNOTIFY": int(chance.random() < 0.5),
                "COMMENTS": "Pays on \\\\share\\ap & nowhere else" if place % 14 == 3 else None,
                "OBJECTRESTRICTION": "Unrestricted",
                "DISPLAYCONTACTKEY": contacts.display.key,
                "CONTACTKEY": contacts.display.key,
                "PAYTOKEY": contacts.money.key,
                "RETURNTOKEY": contacts.goods.key,
                **contacts.display.repeated("DISPLAYCONTACT"),
                "CONTACTINFO.CONTACTNAME": contacts.display.name,
                **contacts.money.repeated("PAYTO"),
                **contacts.goods.repeated("RETURNTO"),
                "MEGAENTITYKEY": entity.tag[0] if entity is not organisation.entities[0] else None,
                "MEGAENTITYID": entity.tag[1] if entity is not organisation.entities[0] else None,
                "MEGAENTITYNAME": entity.tag[2] if entity is not organisation.entities[0] else None,
                **audit.marks(chance),
            }
        )
    return Vendors(records=tuple(records), parties=tuple(parties))
