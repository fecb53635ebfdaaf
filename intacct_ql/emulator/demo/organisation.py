"""Where things happen: users, locations with their entities, departments, classes.

In: the seed. Out: the tables USERINFO, LOCATION, LOCATIONENTITY, DEPARTMENT, CLASS, and the tags by which documents
name their rows. Refuses to know: documents, customers, vendors.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from intacct_ql.emulator.demo import audit
from intacct_ql.emulator.demo.contacts import PERSON, SITE, Contact, contact
from intacct_ql.emulator.demo.dice import stream
from intacct_ql.emulator.demo.rows import NOTHING, Named, Record, Tag, master
from intacct_ql.emulator.tables import Cell, Table

BASE_CURRENCY = "USD"

_LOCATIONS = (  # record number, id, name, parent
    (1, "100", "Kestrel Supply Inc.", None),
    (2, "100--East", "East Region", "100"),
    (3, "100--West", "West Region", "100"),
    (5, "110", "New York Office", "100--East"),
    (6, "120", "Boston Depot", "100--East"),
    (7, "130", "Portland Yard", "100--West"),
    (10, "200", "Kestrel Supply UK Ltd", None),
    (11, "210", "London & South", "200"),
    (12, "220", "Leeds \"North\" Depot", "200"),
    (15, "300", "Kestrel Handel GmbH", None),
    (16, "310", "München", "300"),
    (19, "900", "Old Warehouse <closed>", "100--West"),
)  # fmt: skip
_CLOSED = frozenset({"900"})

_DEPARTMENTS = (
    (1, "100", "Sales", None),
    (2, "110", "Inside Sales", "100"),
    (3, "200", "Marketing & Events", None),
    (5, "300", "Engineering", None),
    (6, "310", "R&D \"Skunk Works\"", "300"),
    (7, "400", "Finance", None),
    (9, "500", "Customer Success", None),
    (10, "600", "Café", None),
    (12, "900", "Mail Room (closed)", None),
)  # fmt: skip

_CLASSES = (
    (1, "ENT", "Enterprise", None, "More than 500 seats"),
    (2, "SMB", "Small & Medium", None, None),
    (3, "SMB-EU", "Small & Medium, Europe", "SMB", None),
    (6, "GOV", "Government", None, "Tenders only"),
    (7, "EDU", "Éducation", None, None),
    (8, "OLD", "Retired class", None, "Do not use"),
)

_USERS = (
    ("admin", "Xavier", "Underhill", "Full"),
    ("jdoe", "Jorge", "D'Amico", "Business"),
    ("ws_reader", "Nadia", "Ivanova", "Web Services"),
    ("closer", "Søren", "Quiñones", "Business"),
    ("gone", "Wanda", "Ashdown", "Business"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A legal entity: its own tag, and the location and department of lines that belong to it."""

    tag: Named
    places: tuple[tuple[Tag, Tag], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The five tables and what documents need of them."""

    seed: int
    entities: tuple[Entity, ...]
    departments: tuple[Named, ...]
    classes: tuple[Named, ...]
    contacts: tuple[Contact, ...]

    def tables(self) -> Iterator[Table]:
        """The tables of this part of the company."""
        sites = dict(zip((key for key, _, _, parent in _LOCATIONS if parent is None), self.contacts, strict=False))
        yield master("USERINFO", _users(self.seed, self.contacts[len(sites) :]))
        yield master("LOCATION", _locations(self.seed, sites))
        yield master("LOCATIONENTITY", _entities(self.seed, sites))
        yield master("DEPARTMENT", _departments(self.seed))
        yield master("CLASS", _classes(self.seed))


def build(seed: int) -> Organisation:
    """Lay out the organisation."""
    chance = stream(seed, "organisation")
    departments = tuple((key, number, title) for key, number, title, _ in _DEPARTMENTS[:-1])
    roots = [row for row in _LOCATIONS if row[3] is None]
    people = [
        contact(chance, key=9_100 + key, name=f"{last}, {first} ({login})", person=(first, last))
        for key, (login, first, last, _) in zip(audit.USERS, _USERS, strict=True)
    ]
    sites = [contact(chance, key=9_000 + key, name=f"{name} (site)", company=name) for key, _, name, _ in roots]
    return Organisation(
        seed=seed,
        entities=tuple(
            Entity(tag=row[:3], places=tuple(_places(row[1], departments, start))) for start, row in enumerate(roots)
        ),
        departments=departments,
        classes=tuple(row[:3] for row in _CLASSES[:-1]),
        contacts=(*sites, *people),
    )


def _places(entity: str, departments: tuple[Named, ...], start: int) -> Iterator[tuple[Tag, Tag]]:
    inside = [row[:3] for row in _LOCATIONS if row[1] not in _CLOSED and _root(row[1]) == entity]
    some: tuple[Tag, ...] = (*departments, NOTHING)
    for step in range(16):
        yield inside[(start + step) % len(inside)], some[(start + step * 5) % len(some)]


def _root(location: str) -> str:
    parent = next(row[3] for row in _LOCATIONS if row[1] == location)
    return location if parent is None else _root(parent)


def _parents(rows: tuple[tuple[int, str, str, str | None], ...]) -> dict[str | None, Record]:
    known: dict[str | None, Record] = {None: {"PARENTKEY": None, "PARENTID": None, "PARENTNAME": None}}
    known.update({number: {"PARENTKEY": key, "PARENTID": number, "PARENTNAME": name} for key, number, name, _ in rows})
    return known


def _locations(seed: int, sites: dict[int, Contact]) -> list[Record]:
    chance, parents = stream(seed, "LOCATION"), _parents(_LOCATIONS)
    return [
        {
            "RECORDNO": key,
            "LOCATIONID": number,
            "NAME": name,
            **parents[parent],
            "STATUS": "inactive" if number in _CLOSED else "active",
            "STARTDATE": "11/02/2009" if parent is None else None,
            "ENDDATE": "12/31/2019" if number in _CLOSED else None,
            "CURRENCY": BASE_CURRENCY if parent is None else None,
            "ISROOT": int(parent is None),
            "ENTITY": f"E{number}" if parent is None else None,
            "ENTITYRECORDNO": str(key) if parent is None else None,
            "HAS_IE_RELATION": 0,
            "REPORTPRINTAS": name if parent is None else None,
            "CONTACTKEY": sites[key].key if key in sites else None,
            **(sites[key].repeated("CONTACTINFO", SITE) if key in sites else {}),
            **audit.marks(chance),
        }
        for key, number, name, parent in _LOCATIONS
    ]


def _entities(seed: int, sites: dict[int, Contact]) -> list[Record]:
    chance = stream(seed, "LOCATIONENTITY")
    return [
        {
            "RECORDNO": key,
            "LOCATIONID": number,
            "NAME": name,
            "STATUS": "active",
            "REPORTPRINTAS": name,
            "FIRSTMONTH": 1,
            "FIRSTMONTHTAX": 4 if number == "200" else 1,
            "WEEKSTART": "Monday",
            "FEDERALID": f"{chance.randrange(10, 99)}-{chance.randrange(1_000_000, 9_999_999)}",
            "STARTDATE": "2009-11-02",
            "HAS_IE_RELATION": 0,
            "CURRENCY": BASE_CURRENCY,
            "ENABLELEGALCONTACT": 1,
            "LEGALNAME": name,
            "LEGALCITY": sites[key].cells["MAILADDRESS.CITY"],
            "OPCOUNTRY": sites[key].cells["MAILADDRESS.COUNTRY"],
            "ISROOT": 1,
            "ENTITY": f"E{number}",
            "ENTITYRECORDNO": str(key),
            "CONTACTKEY": sites[key].key,
            **sites[key].repeated("CONTACTINFO", SITE),
            **audit.marks(chance),
        }
        for key, number, name, parent in _LOCATIONS
        if parent is None
    ]


def _departments(seed: int) -> list[Record]:
    chance, parents = stream(seed, "DEPARTMENT"), _parents(_DEPARTMENTS)
    return [
        {
            "RECORDNO": key,
            "DEPARTMENTID": number,
            "TITLE": title,
            "PARENTKEY": parents[parent]["PARENTKEY"],
            "PARENTID": parent,
            "STATUS": "inactive" if number == "900" else "active",
            **audit.marks(chance),
        }
        for key, number, title, parent in _DEPARTMENTS
    ]


def _classes(seed: int) -> list[Record]:
    chance, parents = stream(seed, "CLASS"), _parents(tuple(row[:4] for row in _CLASSES))
    return [
        {
            "RECORDNO": key,
            "CLASSID": number,
            "NAME": name,
            "DESCRIPTION": description,
            **parents[parent],
            "STATUS": "inactive" if number == "OLD" else "active",
            **audit.marks(chance),
        }
        for key, number, name, parent, description in _CLASSES
    ]


def _users(seed: int, people: tuple[Contact, ...]) -> list[Record]:
    chance = stream(seed, "USERINFO")
    return [_user(key, login, kind, person, audit.marks(chance)) for key, (login, _, _, kind), person in zip(
        audit.USERS, _USERS, people, strict=True
    )]  # fmt: skip


def _user(key: int, login: str, kind: str, person: Contact, marks: dict[str, Cell]) -> Record:
    return {
        "RECORDNO": key,
        "LOGINID": login,
        "DESCRIPTION": f"{person.cells['FIRSTNAME']} {person.cells['LASTNAME']}",
        "USERTYPE": kind,
        "ADMIN": "Full" if login == "admin" else "None",
        "STATUS": "inactive" if login == "gone" else "active",
        "LOGINDISABLED": int(login == "gone"),
        "SSO_ENABLED": 0,
        **person.repeated("CONTACTINFO", PERSON),
        **marks,
    }


LOGINS = {key: login for key, (login, *_) in zip(audit.USERS, _USERS, strict=True)}
"""Login ids by the record number of the user."""
