"""Fields that the company lists and ``query`` does not give: left out once, told, and remembered."""

from dataclasses import replace
from functools import cache

import pytest
from gateways import ACCOUNTS
from whole.asking import WAYS, asking

import intacct_ql as iql
from intacct_ql.emulator import Gateway, Store
from intacct_ql.emulator.demo import tables
from intacct_ql.executor.knowledge import Knowledge
from intacct_ql.schema.catalog import BUNDLED, Catalog

WORDS = "Field ACTIVATIONDATE of object CUSTOMER cannot be queried."


class Unaware(Catalog):
    """The bundled catalog of a reader who has seen no field refused."""

    def object(self, name):
        return unaware(name.upper())


@cache
def unaware(name):
    found = BUNDLED.object(name)
    if found is None:
        return None
    return replace(found, fields={name: replace(field, queryable=None) for name, field in found.fields.items()})


class Kept:
    """What a snapshot is to a session."""

    def __init__(self):
        self.refusals = []
        self.facts = {}

    def refuse(self, object, field, words):  # noqa: A002
        self.refusals.append(Refusal(object, field, words))

    fact = property(lambda self: self.facts.get)
    put_fact = property(lambda self: self.facts.__setitem__)


class Refusal:
    def __init__(self, *parts):
        self.object, self.field, self.words = parts


@pytest.fixture(scope="module")
def store():
    return Store(tables())


@pytest.fixture
def gateway(store):
    return Gateway(store, strict=True, accounts=ACCOUNTS)


@pytest.fixture
def knowing(gateway):
    """``with knowing(way, kept) as asker``: a session that has seen no field refused but those kept."""
    from contextlib import contextmanager

    @contextmanager
    def open_(way="here", kept=None):
        with asking(gateway, way) as asker:
            asker.session.catalog = Unaware()
            asker.session._knowledge = Knowledge("xml_gateway", kept)
            yield asker

    return open_


def queries(gateway) -> int:
    return gateway.ledger.calls["query"]


@pytest.mark.parametrize("way", WAYS)
def test_it_is_left_out_told_and_remembered(knowing, gateway, way):
    text = "select CUSTOMERID, ACTIVATIONDATE as since, NAME from CUSTOMER order by CUSTOMERID"
    kept = Kept()
    with knowing(way, kept) as asker:
        result, rows = asker.ask(text)
        _, plain = asker.ask("select CUSTOMERID, NAME from CUSTOMER order by CUSTOMERID")
        assert rows == plain
        assert [column.name for column in result.columns] == ["CUSTOMERID", "NAME"]
        (told,) = [finding for finding in result.diagnostics if finding.severity == "warning"]
        assert told.code == "IQL259"
        assert WORDS in told.hints[0]
        assert text[told.span.start : told.span.end].startswith("ACTIVATIONDATE")
        assert [(one.object, one.field) for one in kept.refusals] == [("CUSTOMER", "ACTIVATIONDATE")]
        assert WORDS in kept.refusals[0].words
        before = queries(gateway)
        again, rows = asker.ask(text)
        assert (rows, [found.code for found in again.diagnostics]) == (plain, ["IQL259"])
        assert queries(gateway) == before + 1
    with knowing(way, kept) as asker:  # a later session
        assert asker.ask(text)[1] == plain
        assert queries(gateway) == before + 2


def test_a_star_does_without_it(knowing, gateway):
    with knowing() as asker:
        result, rows = asker.ask("select * from CUSTOMER limit 3 option (allow_scan)")
        names = [column.name for column in result.columns]
        refused = {field.name for field in BUNDLED.object("CUSTOMER").fields.values() if field.queryable is False}
        assert refused
        assert set(names) == set(BUNDLED.object("CUSTOMER").fields) - refused
        assert {len(row) for row in rows} == {len(names)}
        assert len([found for found in result.diagnostics if found.code == "IQL259"]) == len(refused)
        assert queries(gateway) == 1 + len(refused)
        again, _ = asker.ask("select * from CUSTOMER limit 3 option (allow_scan)")
        assert [found.code for found in again.diagnostics] == []
        assert queries(gateway) == 2 + len(refused)


def test_one_of_a_related_object_is_told_apart_from_its_namesake(knowing, gateway):
    kept = Kept()
    with knowing("here", kept) as asker:
        text = "select RECORDID, STATE, CUSTOMER.ACTIVATIONDATE from ARINVOICE order by RECORDNO limit 3"
        result, rows = asker.ask(text)
        assert [column.name for column in result.columns] == ["RECORDID", "STATE"]
        assert len(rows) == 3
        assert [(one.object, one.field) for one in kept.refusals] == [("CUSTOMER", "ACTIVATIONDATE")]
        with pytest.raises(iql.QueryError, match="ACTIVATIONDATE of CUSTOMER cannot be queried"):
            asker.ask("select CUSTOMERID from CUSTOMER where ACTIVATIONDATE is null")
        assert queries(gateway) == 2


@pytest.mark.parametrize(
    "text",
    [
        "select CUSTOMERID from CUSTOMER where ACTIVATIONDATE > 2024-01-01",
        "select CUSTOMERID from CUSTOMER order by ACTIVATIONDATE",
        "select CUSTOMERID, ACTIVATIONDATE from CUSTOMER where ACTIVATIONDATE is not null",
        "select CUSTOMERID, ACTIVATIONDATE from CUSTOMER order by ACTIVATIONDATE",
        "select distinct STATUS, ACTIVATIONDATE from CUSTOMER",
        "select ACTIVATIONDATE, count(*) from CUSTOMER",
        "select max(ACTIVATIONDATE) from CUSTOMER",
        "select ACTIVATIONDATE from CUSTOMER",
        "select CUSTOMERID from CUSTOMER where ACTIVATIONDATE > WHENCREATED option (allow_scan)",
    ],
)
def test_one_that_is_needed_is_an_error_and_then_known_before_anything_is_sent(knowing, gateway, text):
    with knowing() as asker:
        with pytest.raises(iql.GatewayError) as caught:
            asker.ask(text)
        assert WORDS in caught.value.words
        assert "ACTIVATIONDATE of CUSTOMER cannot be queried, and is needed here" in str(caught.value)
        assert queries(gateway) == 1
        with pytest.raises(iql.QueryError) as known:
            asker.ask(text)
        assert "IQL205" in {found.code for found in known.value.diagnostics}
        assert WORDS in str(known.value)
        assert queries(gateway) == 1


def test_another_refusal_is_not_taken_for_one_of_a_field(knowing, gateway, monkeypatch):
    """A value that does not fit names a field too; nothing is left out that would not have helped."""
    with knowing() as asker:
        asker.session.catalog = None
        with pytest.raises(iql.GatewayError, match="Invalid value"):
            asker.ask("select NAME, TOTALDUE from CUSTOMER where TOTALDUE > 'much'")
        assert queries(gateway) == 1


def test_a_gateway_that_refuses_whatever_is_asked_is_asked_once_a_field(knowing, gateway, monkeypatch):
    from intacct_ql.emulator import scope
    from intacct_ql.emulator.refusals import data_failure

    def refuse(self, name):
        raise data_failure(f"{name} is out of order")

    monkeypatch.setattr(scope.Scope, "column", refuse)
    kept = Kept()
    with knowing("here", kept) as asker:
        with pytest.raises(iql.GatewayError, match="RECORDNO is out of order"):
            asker.ask("select CUSTOMERID, NAME, STATUS, RECORDNO from CUSTOMER order by RECORDNO")
        assert queries(gateway) == 4
        assert kept.refusals == []
        assert asker.session._knowledge.refusals == {}


def test_strictly_it_is_an_error(knowing):
    with knowing() as asker:
        assert asker.ask("select NAME, ACTIVATIONDATE from CUSTOMER limit 1")[1]
        with pytest.raises(iql.QueryError, match="IQL205"):
            asker.ask("select NAME, ACTIVATIONDATE from CUSTOMER limit 1", strict=True)


@pytest.mark.parametrize("target", ["query", "readByQuery"])
def test_local_steps_and_doors(knowing, target):
    with knowing() as asker:
        rest = "from CUSTOMER where TOTALDUE > CREDITLIMIT order by NAME option (allow_scan)"
        text = f"select CUSTOMERID, ACTIVATIONDATE, TOTALDUE {rest}"
        result, rows = asker.ask(text, target=target)
        plain = asker.ask(text.replace("ACTIVATIONDATE, ", ""), target=target)[1]
        if target == "query":
            assert rows == plain
            assert len(result.columns) == 2
        else:  # it gives the field
            assert [(row[0], row[2]) for row in rows] == plain


def test_budgets_and_tokens_are_those_of_the_run_that_is_made(knowing):
    text = "select CUSTOMERID, ACTIVATIONDATE from CUSTOMER"
    with knowing() as asker:
        result = asker.session.query(text, page_size=20, max_calls=1)
        rows = result.fetchmany(20)
        with pytest.raises(iql.BudgetExceeded) as stopped:
            next(result)
        rows += list(asker.session.query(text, page_size=20, resume=stopped.value.resume))
        assert rows == asker.ask("select CUSTOMERID from CUSTOMER")[1]


def test_a_snapshot_keeps_it_and_the_date_format(gateway, tmp_path):
    from intacct_ql.discovery.snapshot import Snapshot

    text = "select CUSTOMERID, ACTIVATIONDATE, WHENMODIFIED from CUSTOMER limit 1"
    for number in (1, 2):
        snapshot = Snapshot(tmp_path / "company.db")
        with asking(gateway, "here", snapshot=snapshot) as asker:
            asker.session.catalog = Unaware()
            result, rows = asker.ask(text)
            assert len(rows[0]) == 2
            assert [found.code for found in result.diagnostics] == ["IQL259"]
            assert gateway.ledger.calls == {"getAPISession": number, "readUserFormatting": 1, "query": number + 1}
    with asking(gateway, "here", snapshot=Snapshot(tmp_path / "company.db")) as asker:  # names are checked by it
        assert [found.code for found in asker.session.check(text)] == ["IQL259"]
