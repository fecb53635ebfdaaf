"""Test your own integration against the emulator: a gateway on a free port, with rows that the test brings.

Run it with pytest.
"""

from typing import TYPE_CHECKING

import intacct_ql as iql
from intacct_ql.emulator import Table

if TYPE_CHECKING:
    from intacct_ql.emulator.pytest import Intacct, MakeCompany

pytest_plugins = ["intacct_ql.emulator.pytest"]

# Amounts are whole numbers of a ten-thousandth: 12.50 is 125_000.
CUSTOMERS = Table(
    object="CUSTOMER",
    columns=("RECORDNO", "CUSTOMERID", "NAME", "TOTALDUE"),
    rows=[(1, "C1", "Ash & Sons", 125_000), (2, "C2", "Birch Ltd", 0), (3, "C3", "Cedar", None)],
)


def overdue_customers(session: iql.Session) -> list[str]:
    """The code under test."""
    return [str(name) for (name,) in session.query("select NAME from CUSTOMER where TOTALDUE > 0 order_by NAME")]


def test_overdue_customers(intacct_company: "MakeCompany") -> None:
    company = intacct_company(CUSTOMERS)
    with iql.connect(endpoint_url=company.url, **company.credentials) as session:
        assert overdue_customers(session) == ["Ash & Sons"]
    assert company.ledger.calls["query"] == 1


def test_the_demo_company_owes_something(intacct: "Intacct") -> None:
    with iql.connect(endpoint_url=intacct.url, **intacct.credentials) as session:
        assert len(overdue_customers(session)) > 10
