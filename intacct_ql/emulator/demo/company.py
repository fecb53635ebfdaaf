"""The company without its documents, put together.

In: seed and scale. Out: ``Company``: every master record, and the pools that documents draw from. Refuses to know: what
documents do with them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from intacct_ql.emulator.demo import chart, contacts, customers, employees, offerings, organisation, terms, vendors
from intacct_ql.emulator.demo.customers import Customers
from intacct_ql.emulator.demo.dice import stream
from intacct_ql.emulator.demo.employees import Employees
from intacct_ql.emulator.demo.offerings import Offerings, Projects
from intacct_ql.emulator.demo.organisation import Organisation
from intacct_ql.emulator.demo.vendors import Vendors
from intacct_ql.emulator.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Everything that does not grow with the scale."""

    seed: int
    scale: int
    organisation: Organisation
    employees: Employees
    customers: Customers
    vendors: Vendors
    offerings: Offerings
    projects: Projects

    def tables(self) -> Iterator[Table]:
        """The master tables, but for CUSTOMER and VENDOR, which wait for what documents leave open."""
        yield from self.organisation.tables()
        yield self.employees.table()
        yield from terms.tables(self.seed)
        yield from chart.tables(self.seed)
        yield from self.offerings.tables()
        yield self.projects.table()
        parties = (party.contacts.all() for party in chain(self.customers.parties, self.vendors.parties))
        everybody = (*self.organisation.contacts, *self.employees.contacts, *chain.from_iterable(parties))
        yield contacts.table(everybody, stream(self.seed, "CONTACT"))


def build(seed: int, scale: int) -> Company:
    """Found the company."""
    places = organisation.build(seed)
    staff = employees.build(seed, places)
    projects = offerings.build_projects(seed, customers.names(seed), staff.tags, places)
    return Company(
        seed=seed,
        scale=scale,
        organisation=places,
        employees=staff,
        customers=customers.build(seed, places, staff.tags, projects.by_customer, scale),
        vendors=vendors.build(seed, places, projects.tags),
        offerings=offerings.build(seed),
        projects=projects,
    )
