"""A million rows while two calls in a hundred fail: every row once, and hardly a call more than has to be."""

from array import array
from math import ceil

import pytest
from gateways import ACCOUNTS, CREDENTIALS

import intacct_ql as iql
from intacct_ql.emulator import Gateway, Running, Store, Table

ROWS = 1_000_000
PAGE = 2_000
FAULTS = "retry-after=0s, " + ", ".join(
    f"{name}:0.25%" for name in ("429", "500", "502", "503", "busy", "later", "cut", "drop")
)


@pytest.fixture(scope="module")
def million():
    rows = ((number, f"{number % 997}", number % 100_000) for number in range(1, ROWS + 1))
    return Store([Table(object="GLENTRY", columns=("RECORDNO", "ACCOUNTNO", "AMOUNT"), rows=rows)])


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("connections", "seed"), [(1, 1), (4, 2)])
def test_a_million_rows_while_calls_fail(million, connections, seed):
    keys = array("q")
    with (
        Running(Gateway(million, accounts=ACCOUNTS, faults=FAULTS + f", seed={seed}")) as running,
        iql.connect(endpoint_url=running.url, connections=connections, **CREDENTIALS) as session,
    ):
        result = session.query("select RECORDNO, ACCOUNTNO, AMOUNT from GLENTRY")
        for page in result.pages():
            keys.extend(row[0] for row in page)
    assert keys == array("q", range(1, ROWS + 1))
    failed, asked = sum(running.gateway.ledger.faults.values()), running.gateway.ledger.requests
    ideal = ceil(ROWS / PAGE) + 1
    print(f"{connections} connections: {asked} calls, {failed} of them failed, ideal {ideal}; {result.stats}")
    assert failed >= 3
    assert asked <= ideal * 1.03 + failed
    assert result.stats.retries == failed
