"""Requests with a transport policy: acknowledged, run, and answered elsewhere."""

import json

import pytest
from lxml import etree

from intacct_ql.emulator import Accounts, Gateway
from intacct_ql.emulator.ledger import DELIVERIES

QUERY = "<query><object>CUSTOMER</object><select><field>RECORDNO</field></select></query>"
SLOW = "<policyid>nightly</policyid>"


@pytest.fixture
def company(store) -> Gateway:
    return Gateway(store, accounts=Accounts(policies=["nightly"]))


def test_a_request_is_acknowledged_and_its_answer_delivered(post, company):
    reply = post(QUERY, to=company, extra=SLOW)
    assert [child.tag for child in reply.root] == ["acknowledgement", "control"]
    assert (reply.text("acknowledgement/status"), reply.text("control/controlid")) == ("success", "c1")
    (delivery,) = company.ledger.deliveries
    assert (delivery.policyid, delivery.controlid) == ("nightly", "c1")
    assert delivery.body.encode() == post(QUERY, to=company).body
    assert company.ledger.calls == {"query": 2}


def test_what_became_of_it_is_only_in_the_delivery(post, company):
    reply = post("<lookup><object>NONSENSE</object></lookup>", to=company, extra=SLOW)
    assert reply.text("acknowledgement/status") == "success"
    delivered = etree.fromstring(company.ledger.deliveries[0].body.encode())
    assert delivered.findtext("operation/result/status") == "failure"


@pytest.mark.parametrize(
    ("function", "settings", "words"),
    [
        (QUERY, {"extra": "<policyid>hourly</policyid>"}, "hourly is not a valid transport policy."),
        (QUERY, {"password": "wrong"}, "Incorrect Intacct XML Partner ID or password."),
        (f"<lookup><object>{'é' * 500_000}</object></lookup>", {}, "a request with a policyid holds at most"),
    ],
)
def test_a_request_that_is_refused_as_a_whole_is_answered_at_once(post, company, function, settings, words):
    level, number, found = post(function, to=company, **{"extra": SLOW} | settings).error
    assert (level, number) == ("response", "XL03000006")
    assert found.startswith(words)
    assert not company.ledger.deliveries


def test_characters_are_counted_and_not_bytes(post, company):
    function = f"<lookup><object>{'é' * 400_000}</object></lookup>"
    assert post(function, to=company, extra=SLOW).text("acknowledgement/status") == "success"


@pytest.mark.unkept("a hundred times the same")
def test_deliveries_are_plain_data_in_the_ledger_and_bounded(post, company):
    for _ in range(DELIVERIES + 1):
        post("<lookup><object>UOM</object></lookup>", extra=SLOW, to=company)
    (first, *_) = deliveries = json.loads(json.dumps(company.ledger.to_dict()))["deliveries"]
    assert (first["policyid"], len(deliveries)) == ("nightly", DELIVERIES)
    company.ledger.clear()
    assert not company.ledger.deliveries
