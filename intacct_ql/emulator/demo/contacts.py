"""People and addresses: the CONTACT table, and the contact columns that other records repeat.

In: chance and a name. Out: ``Contact`` records, and their cells under a prefix (``BILLTO.MAILADDRESS.CITY``).
Refuses to know: whose contact it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from intacct_ql.emulator.demo import audit, words
from intacct_ql.emulator.demo.rows import Record, master
from intacct_ql.emulator.tables import Cell, Table

SITE = (
    "CONTACTNAME", "PRINTAS", "PHONE1", "PHONE2", "EMAIL1", "FAX", "MAILADDRESS.ADDRESS1", "MAILADDRESS.ADDRESS2",
    "MAILADDRESS.CITY", "MAILADDRESS.STATE", "MAILADDRESS.ZIP", "MAILADDRESS.COUNTRY", "MAILADDRESS.COUNTRYCODE",
)  # fmt: skip
"""What locations repeat of their contact; everybody else repeats ``PERSON``."""

PERSON = (
    "CONTACTNAME", "PREFIX", "FIRSTNAME", "INITIAL", "LASTNAME", "COMPANYNAME", "PRINTAS", "PHONE1", "PHONE2",
    "CELLPHONE", "FAX", "EMAIL1", "URL1", *SITE[6:],
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One row of CONTACT; ``cells`` by wire name, without RECORDNO and the columns every object has."""

    key: int
    name: str
    cells: Record

    def repeated(self, prefix: str, fields: Iterable[str] = PERSON) -> dict[str, Cell]:
        """The columns in which another record repeats this contact."""
        return {f"{prefix}.{field}": self.cells[field] for field in fields}


def contact(
    chance: Random, *, key: int, name: str, person: tuple[str, str] | None = None, company: str | None = None
) -> Contact:
    """Make up phone, mail and street for a person or a company."""
    first, last = person or (chance.choice(words.FIRST_NAMES), chance.choice(words.LAST_NAMES))
    city, state, postcode, country, code = chance.choice(words.PLACES)
    host = "".join(c for c in (company or "kestrel").lower() if c.isascii() and c.isalnum()) or "post"
    mailbox = "".join(c for c in f"{first}.{last}".lower() if c.isascii() and (c.isalnum() or c == "."))
    return Contact(
        key=key,
        name=name,
        cells={
            "CONTACTNAME": name,
            "PREFIX": chance.choice(("Ms.", "Mr.", "Dr.", None, None)),
            "FIRSTNAME": first,
            "INITIAL": chance.choice(("B.", "K.", None, None, None)),
            "LASTNAME": last,
            "COMPANYNAME": company,
            "PRINTAS": company or f"{first} {last}",
            "PHONE1": _phone(chance),
            "PHONE2": _phone(chance) if chance.random() < 0.2 else None,
            "CELLPHONE": _phone(chance) if chance.random() < 0.4 else None,
            "FAX": _phone(chance) if chance.random() < 0.3 else None,
            "EMAIL1": f"{mailbox}@{host[:24]}.example" if chance.random() < 0.9 else None,
            "URL1": f"https://www.{host[:24]}.example/?a=1&b=2" if company and chance.random() < 0.5 else None,
            "MAILADDRESS.ADDRESS1": f"{chance.randrange(1, 999)} {chance.choice(words.STREETS)}",
            "MAILADDRESS.ADDRESS2": f"Suite #{chance.randrange(1, 40)}" if chance.random() < 0.25 else None,
            "MAILADDRESS.CITY": city,
            "MAILADDRESS.STATE": state,
            "MAILADDRESS.ZIP": postcode,
            "MAILADDRESS.COUNTRY": country,
            "MAILADDRESS.COUNTRYCODE": code,
        },
    )


def _phone(chance: Random) -> str:
    return f"({chance.randrange(201, 990)}) 555-01{chance.randrange(100):02}"


def table(contacts: Iterable[Contact], chance: Random) -> Table:
    """CONTACT, in the order of the record numbers."""
    return master("CONTACT", [_row(contact, chance) for contact in sorted(contacts, key=lambda contact: contact.key)])


def _row(contact: Contact, chance: Random) -> Record:
    return {
        "RECORDNO": contact.key,
        **contact.cells,
        "TAXABLE": int(chance.random() < 0.7),
        "STATUS": "inactive" if chance.random() < 0.05 else "active",
        "VISIBLE": 1,
        **audit.marks(chance),
    }
