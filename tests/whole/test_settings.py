"""Settings of a run and of a session that cannot be: refused in words, before anything is asked."""

import math
from decimal import Decimal

import pytest

import intacct_ql as iql

CUSTOMERS = "select CUSTOMERID from CUSTOMER"
CREDENTIALS = dict.fromkeys(("sender_id", "sender_password", "company_id", "user_id", "user_password"), "demo")
COUNTS = [-1, 1.5, "5", Decimal(5)]
RUN = {
    "page_size": (0, *COUNTS),
    "max_calls": COUNTS,
    "max_rows": COUNTS,
    "max_bytes": COUNTS,
    "max_seconds": [-1, -0.5, math.nan, "5"],
    "memory": (0, *COUNTS),
    "retries": COUNTS,
    "wire": ["yaml", None, 1],
}
SESSION = {
    "connections": (0, *COUNTS),
    "calls_per_minute": (0, *COUNTS),
    "timeout": [0, -1, math.nan, math.inf, "5"],
}


def each(settings):
    return [(name, value) for name, values in settings.items() for value in values]


@pytest.mark.parametrize(("name", "value"), each(RUN), ids=repr)
def test_of_a_run(name, value):
    with iql.demo() as session, pytest.raises(iql.ConfigError) as refusal:
        session.query(CUSTOMERS, **{name: value})
    assert str(value) in str(refusal.value)


@pytest.mark.parametrize(("name", "value"), each(SESSION), ids=repr)
@pytest.mark.parametrize("connect", [iql.connect, iql.connect_async])
def test_of_a_session(connect, name, value):
    with pytest.raises(iql.ConfigError) as refusal:
        connect(**CREDENTIALS, **{name: value})
    assert str(value) in str(refusal.value)


@pytest.mark.parametrize(("name", "value"), each({"page_size": RUN["page_size"], "offset": COUNTS}), ids=repr)
def test_of_a_request(name, value):
    with pytest.raises(iql.ConfigError) as refusal:
        iql.compile(CUSTOMERS, **{name: value})
    assert str(value) in str(refusal.value)


def test_nothing_is_too_little_where_nothing_can_be_wanted():
    with iql.demo() as session:
        result = session.query(CUSTOMERS, max_calls=0)
        with pytest.raises(iql.BudgetExceeded):
            result.fetchall()
        assert len(session.query(CUSTOMERS, max_seconds=math.inf, retries=0).fetchall()) == 60
