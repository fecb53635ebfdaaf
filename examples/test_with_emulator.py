"""Test your own integration against the emulator: a gateway on a free port, with rows that the test brings.

Run it with pytest.
"""

import pytest

import intacct_ql as iql
from intacct_ql.emulator import Gateway, Running, Store, Table

DEMO = dict.fromkeys(("sender_id", "sender_password", "company_id", "user_id", "user_password"), "demo")


def overdue_customers(session: iql.Session) -> list[str]:
    """The code under test."""
    return [name for (name,) in session.query("select NAME from CUSTOMER where TOTALDUE > 0 order_by NAME")]


@pytest.fixture
def gateway() -> Gateway:
    # Amounts are whole numbers of a ten-thousandth: 12.50 is 125_000.
    rows = [(1, "C1", "Ash & Sons", 125_000), (2, "C2", "Birch Ltd", 0), (3, "C3", "Cedar", None)]
    return Gateway(Store([Table(object="CUSTOMER", columns=("RECORDNO", "CUSTOMERID", "NAME", "TOTALDUE"), rows=rows)]))


def test_overdue_customers(gateway):
    with Running(gateway) as running, iql.connect(endpoint_url=running.url, **DEMO) as session:
        assert overdue_customers(session) == ["Ash & Sons"]
    assert gateway.ledger.calls["query"] == 1
