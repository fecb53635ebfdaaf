"""--validate and validate=True: a request that breaks its schema is named, and never sent."""

import asyncio

import pytest
from gateways import CREDENTIALS, SECRETS

import intacct_ql as iql
from intacct_ql.gateway import envelope

PULL = "select RECORDNO, NAME from CUSTOMER where CUSTOMERID != ZAB001 or TERMNAME is null"


@pytest.fixture
def false_in_capitals(monkeypatch):
    """A mistake in the envelope, as it is seen in the field."""
    wrong = envelope._REQUEST.replace("<includewhitespace>false", "<includewhitespace>False")
    monkeypatch.setattr(envelope, "_REQUEST", wrong)


@pytest.mark.unkept("threads decide who asks for what")
def test_what_is_valid_is_sent(serving):
    with serving() as running, iql.connect(endpoint_url=running.url, validate=True, **CREDENTIALS) as session:
        result = session.query(PULL, page_size=10)
        assert len(list(result)) > 20
        assert running.gateway.ledger.to_dict()["calls"] == {"getAPISession": 1, "query": result.stats.pages}


def test_what_is_not_valid_is_not_sent(serving, false_in_capitals):
    with serving() as running, iql.connect(endpoint_url=running.url, validate=True, **CREDENTIALS) as session:
        for _ in range(2):
            with pytest.raises(iql.RequestError) as caught:
                session.query(PULL).fetchmany(1)
        ((place, reason),) = caught.value.violations
        assert (place, "'true', 'false'" in reason) == ("/request/control/includewhitespace", True)
        assert not any(secret in str(caught.value) for secret in SECRETS)
        assert running.gateway.ledger.to_dict()["calls"] == {}


@pytest.mark.unkept("a request that the client never makes")
def test_it_is_sent_where_nobody_asked_for_validation(serving, false_in_capitals):
    with serving() as running, iql.connect(endpoint_url=running.url, **CREDENTIALS) as session:
        assert session.query(PULL).fetchmany(1)


def test_async_callers_have_it_too(serving, monkeypatch):
    async def main(url):
        async with iql.connect_async(endpoint_url=url, validate=True, **CREDENTIALS) as session:
            rows = [row async for row in session.query(PULL)]
            monkeypatch.setattr(envelope, "_REQUEST", envelope._REQUEST.replace("3.0", "2.1"))
            with pytest.raises(iql.RequestError, match="/request/control/dtdversion"):
                [row async for row in session.query(PULL)]
            return rows

    with serving() as running:
        assert len(asyncio.run(main(running.url))) > 20


def test_the_demo_company_too(false_in_capitals):
    with iql.demo(validate=True) as session, pytest.raises(iql.RequestError):
        session.query(PULL).fetchmany(1)
