"""What explain foretells is what a run takes; counting is one metered call."""

import asyncio

import corpus_files
import pytest
from gateways import CREDENTIALS

import intacct_ql as iql
from intacct_ql.emulator import Gateway
from intacct_ql.planner.explain import Explanation

QUERIES = [
    "select NAME from CUSTOMER",
    "select NAME from CUSTOMER where RECORDNO = 1",
    "select NAME from CUSTOMER where RECORDNO in (1, 2, 3) or RECORDNO = 5",
    "select NAME from CUSTOMER limit 5",
    "select NAME from CUSTOMER order_by NAME limit 23 offset 4",
    "select NAME from CUSTOMER where NAME = 'nobody at all'",
    "select CUSTOMERID from CUSTOMER where TOTALDUE < CREDITLIMIT and STATUS = active limit 3",
    "select CUSTOMERID from CUSTOMER where TOTALDUE < CREDITLIMIT and STATUS = active order_by NAME nulls first",
    "select STATUS, count(*) from CUSTOMER",
    "select STATE, count(*) from ARINVOICE having count(*) > 3 order_by count(*) desc limit 2",
    "select count(*), max(TOTALDUE) from CUSTOMER",
    "select distinct CUSTOMERID from ARINVOICE where TOTALDUE < TOTALENTERED and STATE = Posted",
    "select NAME from CUSTOMER where CUSTOMERID in ()",
    "select NAME from CUSTOMER limit 0",
]
CASES = [corpus_files.read(path) for path in corpus_files.cases("explain")]
GOLDEN = [case.text for case in CASES if "target" not in case.settings]


@pytest.fixture(scope="module")
def company():
    with iql.demo() as session:
        yield session


def hold(company: iql.Session, text: str, size: int, target: str) -> None:
    """What a run takes lies within what was foretold, and is what was estimated where nothing may end it early."""
    told = company.explain(text, page_size=size, count=True, target=target)
    with company.query(text, page_size=size, target=target) as result:
        list(result)
    calls, rows = result.stats.calls - result.stats.sign_ins, result.stats.rows
    for found, foretold in ((calls, told.calls), (rows, told.rows)):
        assert foretold.at_least <= found
        assert foretold.at_most is None or found <= foretold.at_most
        assert foretold.estimated is None or found <= foretold.estimated
    if told.calls.estimated is not None and "fewer where" not in told.cost.calls.text:
        assert (calls, rows) == (told.calls.estimated, told.rows.estimated)


@pytest.mark.parametrize("size", [1, 60, 2000])
@pytest.mark.parametrize("text", [*QUERIES, *GOLDEN])
def test_a_run_keeps_to_its_bounds(company, text, size):
    if size == 1 and "GLENTRY" in text:
        size = 500  # thousands of pages tell no more than a dozen
    hold(company, text, size, "query")


@pytest.mark.parametrize("target", ["readByQuery", "get_list"])
@pytest.mark.parametrize(
    "text",
    [
        "select NAME from CUSTOMER where STATUS = active",
        "select NAME from CUSTOMER limit 23",
        "select NAME from CUSTOMER limit 23 offset 4",
        "select RECORDID from ARINVOICE where TOTALDUE > 0 order_by RECORDNO",
        "select RECORDID from ARINVOICE where TOTALDUE > 0 order_by WHENDUE limit 30",
    ],
)
def test_the_other_doors_keep_to_their_bounds(company, text, target):
    hold(company, text, 20, target)


def test_rows_by_their_keys_are_one_call(company):
    hold(company, "select NAME from CUSTOMER where RECORDNO in (1, 2, 3)", 20, "read")


def metered(gateway: Gateway) -> dict[str, int]:
    """The functions that a bill names: signing in is not metered."""
    return {name: count for name, count in gateway.ledger.calls.items() if name != "getAPISession"}


def test_counting_is_one_metered_call(connected):
    with connected() as (session, gateway):
        told = session.explain("select NAME from CUSTOMER where STATUS = active", count=True, page_size=10)
        assert metered(gateway) == {"query": 1}
        assert told.counted is not None
        assert told.counted.calls == 1
        assert told.rows.estimated == len(list(session.query("select NAME from CUSTOMER where STATUS = active")))


@pytest.mark.parametrize(
    "text",
    ["select NAME from CUSTOMER limit 0", "select count(*) from CUSTOMER", "select NAME from CUSTOMER where 1 = 0"],
)
def test_what_is_known_is_not_counted(connected, text):
    with connected() as (session, gateway):
        told = session.explain(text, count=True)
        assert (gateway.ledger.requests, told.counted) == (0, None)


def test_nobody_is_asked_without_leave(connected):
    with connected() as (session, gateway):
        assert session.explain("select NAME from CUSTOMER").rows.estimated is None
        assert gateway.ledger.requests == 0


def test_parameters_and_the_switch_of_case_are_counted_with(connected):
    text = "select NAME from CUSTOMER where NAME = :name option (caseinsensitive)"
    with connected() as (session, _):
        told = session.explain(text, {"name": "REGAL services"}, count=True)
        assert told.rows.estimated == len(list(session.query(text, {"name": "REGAL services"}))) == 1


def test_async_callers(serving):
    async def ask(url: str) -> tuple[Explanation, Explanation, Explanation]:
        async with iql.connect_async(endpoint_url=url, **CREDENTIALS) as session:
            plain = session.explain("select NAME from CUSTOMER")
            counted = await session.explain("select NAME from CUSTOMER", count=True)
            known = await session.explain("select NAME from CUSTOMER limit 0", count=True)
            return plain, counted, known

    with serving() as running:
        plain, counted, known = asyncio.run(ask(running.url))
        assert metered(running.gateway) == {"query": 1}
    assert (plain.rows.estimated, known.counted) == (None, None)
    assert counted.rows.estimated == counted.counted.rows > 0


def test_a_gateway_that_refuses_to_count(connected):
    with connected(faults="524@call=2+") as (session, _), pytest.raises(iql.TransportError, match="524"):
        session.explain("select NAME from CUSTOMER", count=True)


def test_runs_that_cannot_be():
    with pytest.raises(iql.ConfigError, match="1 time a month or more"):
        iql.explain("select NAME from CUSTOMER", runs_per_month=0)
    with pytest.raises(iql.ConfigError, match="no tier 9"):
        iql.explain("select NAME from CUSTOMER", tier="9")
