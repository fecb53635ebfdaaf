"""A company of one's own from the first question on: looked up, queried by its own fields, in its user's own times.

Fields and objects that no catalog knows, a field that is listed and cannot be queried, a user who writes 31-12-2025 and
03:04:05 PM, nine and a half hours ahead. Every command is a process's work of its own: what one learned the next knows.
"""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import companies
import pytest
from gateways import ACCOUNTS, CREDENTIALS

from intacct_ql.emulator import Gateway, Running
from intacct_ql.emulator.formatting import Formatting
from intacct_ql.emulator.users import User
from intacct_ql.schema.catalog import BUNDLED

USER = User(formatting=Formatting(dateformat="-dmY", gmtoffset="+09:30", clock=12))


@pytest.fixture
def gateway(tmp_path):
    accounts = type(ACCOUNTS)(senders=ACCOUNTS.senders, logins=ACCOUNTS.logins, users={"xml_gateway": USER})
    return Gateway(companies.gateway(tmp_path / "company").store, strict=True, accounts=accounts)


@pytest.fixture
def asked(gateway, run, monkeypatch):
    """Run a command for the company as its user."""
    with Running(gateway) as server:
        for name, value in (CREDENTIALS | {"endpoint_url": server.url}).items():
            monkeypatch.setenv(f"INTACCT_{name.upper()}", value)
        yield run


def rows(result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def query(asked, text: str):
    return asked("query", "--output", "csv", text)


def test_from_the_first_look_to_a_query_by_what_is_its_own(asked):
    assert "2 objects looked up" in asked("schema", "refresh", "CUSTOMER", "rental_property").stderr
    by_home = "select NAME, RENTAL.name from CUSTOMER where RENTAL.monthlyRent > 1000 and CLIENT_HEALTH = Good"
    assert rows(query(asked, by_home)) == [{"NAME": "Ash & Söhne", "RENTAL.name": "Mill Lane 1"}]
    assert BUNDLED.object("rental_property") is None
    assert "CLIENT_HEALTH" not in BUNDLED.object("CUSTOMER").fields


def test_days_and_times_are_right_to_the_second_both_ways(asked, gateway):
    asked("schema", "refresh", "CUSTOMER", "rental_property")
    found = rows(query(asked, "select id, updatedAt from rental_property order by id"))
    assert [datetime.fromisoformat(row["updatedAt"]).astimezone(UTC) for row in found] == [
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2026, 1, 3, tzinfo=UTC),
    ]
    assert found[0]["updatedAt"] == "2026-01-02 12:34:05+09:30"
    for literal in ("2026-01-02T03:04:05Z", "2026-01-02 12:34:05", "2026-01-01T22:04:05-05:00"):
        asks = f"select id from rental_property where updatedAt = '{literal}'"
        assert rows(query(asked, asks)) == [{"id": "11"}], literal
        near = asks.replace(":05", ":06")
        assert rows(query(asked, near)) == [], near
    days = "select NAME from CUSTOMER where RENEWAL_DUE between 2025-12-31 and 2026-01-01"
    assert rows(query(asked, days)) == [{"NAME": "Cedar"}]
    assert gateway.ledger.calls["readUserFormatting"] == 1


@pytest.fixture
def changes(gateway, monkeypatch):
    """Let the company have another field in the place of one: ``changes("NAME", queryable=False)``."""

    def change(of, /, **changed):
        customer, ask = gateway.store.catalog.object("CUSTOMER"), gateway.store.catalog.object
        fields = [replace(field, **changed) if field.name == of else field for field in customer.fields.values()]
        new = replace(customer, fields={field.name: field for field in fields})
        monkeypatch.setattr(
            gateway.store.catalog, "object", lambda name: new if name.upper() == "CUSTOMER" else ask(name)
        )

    return change


def test_a_refused_field_is_told_once_and_left_out_from_then_on(asked, gateway, changes):
    changes("RENEWAL_DUE", queryable=False)
    asked("schema", "refresh", "CUSTOMER")
    first = query(asked, "select CUSTOMERID, RENEWAL_DUE from CUSTOMER order by CUSTOMERID")
    assert rows(first) == [{"CUSTOMERID": "C1"}, {"CUSTOMERID": "C2"}, {"CUSTOMERID": "C3"}]
    assert "Field RENEWAL_DUE of object CUSTOMER cannot be queried" in first.stderr
    assert gateway.ledger.calls["query"] == 2
    star = query(asked, "select * from CUSTOMER")
    assert "CLIENT_HEALTH" in rows(star)[0]
    assert "RENEWAL_DUE" not in rows(star)[0]
    assert gateway.ledger.calls["query"] == 3
    needed = asked("check", "select NAME from CUSTOMER where RENEWAL_DUE > 2026-01-01")
    assert needed.exit_code == 1
    assert "RENEWAL_DUE" in needed.stdout
    shown = asked("schema", "CUSTOMER", "--search", "RENEWAL", "--output", "json").stdout
    assert [field["queryable"] for field in json.loads(shown)["fields"]] == [False]


def test_a_saved_query_fails_its_check_when_a_field_has_gone(asked, changes, tmp_path):
    saved = tmp_path / "health.sql"
    saved.write_text("select NAME from CUSTOMER where CLIENT_HEALTH = Good")
    asked("schema", "refresh", "CUSTOMER")
    assert asked("check", "-f", str(saved)).exit_code == 0
    changes("CLIENT_HEALTH", name="CLIENTS_HEALTH")
    told = asked("schema", "refresh", "CUSTOMER").stdout.splitlines()
    assert [line.split()[:2] for line in told if line[:1] in "+-~"] == [
        ["-", "CUSTOMER.CLIENT_HEALTH"],
        ["+", "CUSTOMER.CLIENTS_HEALTH"],
    ]
    wrong = asked("check", "-f", str(saved))
    assert wrong.exit_code == 1
    assert "unknown field CLIENT_HEALTH on CUSTOMER" in wrong.stdout
    assert "CLIENTS_HEALTH might be meant" in wrong.stdout
