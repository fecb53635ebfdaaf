"""A user with few rights: the gateway's words, and what to do."""

import pytest
from gateways import ACCOUNTS, CREDENTIALS
from whole.asking import WAYS, asking

import intacct_ql as iql
from intacct_ql.emulator import Gateway, Running, Store
from intacct_ql.emulator.demo import tables
from intacct_ql.emulator.users import User

WORDS = {
    "VENDOR": "You do not have permission for this, or it cannot be done with objects of type VENDOR.",
    "AUDITHISTORY": "You do not have permission to view audit history",
}
LACKS = (
    "the user's role, or the company's subscription, lacks a permission for this object; "
    "intacct-ql doctor lists what the user can read"
)
TEXTS = {
    "VENDOR": "select VENDORID, NAME from VENDOR order by VENDORID",
    "AUDITHISTORY": "select OBJECTKEY from AUDITHISTORY where OBJECTTYPE = 'customer'",
}


@pytest.fixture(scope="module")
def store():
    return Store(tables())


@pytest.fixture
def gateway(store):
    users = {"xml_gateway": User(unreadable=frozenset(WORDS))}
    accounts = type(ACCOUNTS)(senders=ACCOUNTS.senders, logins=ACCOUNTS.logins, users=users)
    return Gateway(store, strict=True, accounts=accounts)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", WORDS)
def test_an_object_out_of_reach_says_so_with_the_words_of_the_gateway(gateway, way, name):
    with asking(gateway, way) as asker:
        with pytest.raises(iql.GatewayError) as caught:
            asker.ask(TEXTS[name])
        assert WORDS[name] in caught.value.words
        assert f"the query asks for {name}" in caught.value.hints
        assert "intacct-ql doctor lists what the user can read" in str(caught.value)
        assert gateway.ledger.calls["query"] == 1  # nothing is left out, and nothing tried again
        assert asker.ask("select CUSTOMERID from CUSTOMER limit 1")[1]


@pytest.mark.parametrize("target", ["readByQuery", "get_list", "read"])
def test_through_every_door(gateway, target):
    text = "select NAME from VENDOR" + (" where RECORDNO = 1" if target == "read" else "")
    with asking(gateway, "here") as asker, pytest.raises(iql.GatewayError, match="the query asks for VENDOR"):
        asker.ask(text, target=target)


def test_a_field_of_it_that_is_reached_over_a_relationship_is_read(gateway):
    """As the emulator has it ([?])."""
    with asking(gateway, "here") as asker:
        assert asker.ask("select RECORDNO, VENDOR.NAME from APBILL limit 1")[1]


def test_the_command_line(gateway, monkeypatch):
    from click.testing import CliRunner

    from intacct_ql.cli import main

    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(f"INTACCT_{name.upper()}", value)
    with Running(gateway) as running:
        done = CliRunner().invoke(main, ["query", "--quiet", "--endpoint", running.url, TEXTS["VENDOR"]])
    assert (done.exit_code, done.stdout) == (4, "")
    lines = done.stderr.splitlines()
    assert f"PL04000005 {WORDS['VENDOR']}" in lines[0]
    assert [line.strip() for line in lines[1:]] == [
        "hint: the query asks for VENDOR",
        "hint: Ask an administrator for the permission.",
        f"hint: {LACKS}",
    ]
