"""The people who work here.

In: the seed and the organisation. Out: EMPLOYEE, and the tags by which documents name employees.
Refuses to know: customers, documents.
"""

from dataclasses import dataclass

from intacct_ql.emulator.demo import audit, words
from intacct_ql.emulator.demo.contacts import Contact, contact
from intacct_ql.emulator.demo.dice import stream
from intacct_ql.emulator.demo.organisation import Organisation
from intacct_ql.emulator.demo.rows import Named, Record, master
from intacct_ql.emulator.tables import Table

COUNT = 25

_TITLES = ("Account Manager", "Buyer", "Controller", "Designer", "Engineer", "Fitter", "Project Manager", "Support")


@dataclass(frozen=True, slots=True, kw_only=True)
class Employees:
    """The staff: the first is the head, the next four report to her, everybody else to one of the four."""

    records: tuple[Record, ...]
    contacts: tuple[Contact, ...]
    tags: tuple[Named, ...]

    def table(self) -> Table:
        """EMPLOYEE."""
        return master("EMPLOYEE", self.records)


def build(seed: int, organisation: Organisation) -> Employees:
    """Hire everybody."""
    chance = stream(seed, "EMPLOYEE")
    firsts = chance.sample(words.FIRST_NAMES, COUNT)
    lasts = chance.sample(words.LAST_NAMES, COUNT)
    contacts = [
        contact(chance, key=5_000 + place * 2, name=f"{last}, {first}", person=(first, last))
        for place, (first, last) in enumerate(zip(firsts, lasts, strict=True))
    ]
    tags: list[Named] = [(place + 1 + place // 6, f"E{place + 1:03}", who.name) for place, who in enumerate(contacts)]
    records: list[Record] = []
    for place, ((key, number, _), who) in enumerate(zip(tags, contacts, strict=True)):
        location, department = organisation.entities[place % 4 % 3].places[place % 7]
        boss = None if place == 0 else tags[0] if place < 5 else tags[1 + place % 4]
        left = place % 9 == 8
        records.append(
            {
                "RECORDNO": key,
                "EMPLOYEEID": number,
                "TITLE": "Managing Director" if place == 0 else chance.choice(_TITLES),
                "STATUS": "inactive" if left else "active",
                "STARTDATE": f"{chance.randrange(1, 13):02}/01/{chance.randrange(2010, 2024)}",
                "ENDDATE": "06/30/2025" if left else None,
                "TERMINATIONTYPE": chance.choice(("voluntary", "retired")) if left else None,
                "GENDER": "female" if place == 0 else chance.choice(("female", "male", None)),
                "SUPERVISORKEY": boss and boss[0],
                "SUPERVISORID": boss and boss[1],
                "SUPERVISORNAME": boss and boss[2],
                "DEPARTMENTKEY": department[0],
                "DEPARTMENTID": department[1],
                "DEPARTMENTTITLE": department[2],
                "LOCATIONKEY": location[0],
                "LOCATIONID": location[1],
                "LOCATIONNAME": location[2],
                "CURRENCY": "USD",
                "GENERIC": 0,
                "PAYMENTNOTIFY": 1,
                "MERGEPAYMENTREQ": 1,
                "ACHENABLED": int(chance.random() < 0.5),
                "CONTACTKEY": who.key,
                **who.repeated("PERSONALINFO"),
                **who.repeated("CONTACT"),
                **audit.marks(chance),
            }
        )
    return Employees(records=tuple(records), contacts=tuple(contacts), tags=tuple(tags))
