"""A company is asked what it has; what it says is kept, told where it changed, and used."""

import asyncio
import re
from pathlib import Path

import companies
import pytest
from companies import session, without_column, without_field

import intacct_ql as iql
from intacct_ql.discovery.snapshot import Snapshot
from intacct_ql.schema.model import Coverage, Origin
from intacct_ql.schema.types import DataType

BY_RENT = "select NAME from CUSTOMER where RENTAL.monthlyRent > 1000"


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return Snapshot(tmp_path / "acme.sqlite")


@pytest.fixture
def first(tmp_path: Path, snapshot: Snapshot) -> iql.Session:
    """A session that refreshed CUSTOMER, PROJECT and rental_property."""
    made = session(companies.gateway(tmp_path / "first"), snapshot)
    made.refresh("CUSTOMER", "PROJECT", "rental_property")
    return made


def test_all_objects_are_listed_and_looked_up(tmp_path, snapshot):
    asked = session(companies.gateway(tmp_path / "first"), snapshot, connections=2)
    seen = []
    found = asked.refresh(on_progress=seen.append)
    assert len(found.objects) == len(found.new) == len(iql.BUNDLED.names()) + 1
    assert (found.changes, found.refused) == ((), {})
    assert found.calls == len(found.objects) + 2  # the list, and the dimensions
    assert (seen[-1].done, seen[-1].total, seen[-1].calls) == (220, 220, 222)
    assert "rental_property" in asked.objects()
    assert [one["object"] for one in snapshot.fact("dimensions")][:2] == ["DEPARTMENT", "LOCATION"]


def test_an_object_as_the_company_has_it(first):
    customer = first.schema("customer")
    assert (customer.origin, customer.coverage) == (Origin.SNAPSHOT, Coverage.LIVE)
    assert list(customer.fields) == [
        "RECORDNO", "CUSTOMERID", "NAME", "STATUS", "CLIENT_HEALTH", "RENEWAL_DUE", "RRENTAL",
    ]  # fmt: skip
    health = customer.fields["CLIENT_HEALTH"]
    assert (health.type, health.custom, health.source) == (DataType.ENUM, True, "lookup")
    assert [value.label for value in health.values] == ["Good", "At risk"]
    assert customer.relationships["RENTAL"].object == "rental_property"


def test_what_lookup_does_not_say_is_bundled_fact_by_fact(first):
    customer, project = first.schema("CUSTOMER"), first.schema("PROJECT")
    assert (customer.key, customer.id_field, customer.legacy_name) == ("RECORDNO", "CUSTOMERID", "customer")
    assert customer.facts["key"] == "bundled"
    assert customer.fields["NAME"].label == "Client name"
    agency = project.fields["AGENCY"]
    assert (agency.queryable, agency.label, agency.facts["queryable"]) == (False, "Agency", "bundled")
    assert "CFDA" not in project.fields


def test_a_custom_object_is_spelled_as_the_company_spells_it(first):
    found = first.schema("RENTAL_PROPERTY")
    assert (found.name, found.key, found.id_field) == ("rental_property", "id", "name")
    assert found.facts["key"] == "assumed"
    text = "select Rental_Property.MONTHLYRENT, kind from RENTAL_PROPERTY where updatedat > 2026-01-01 and kind = House"
    xml = iql.compile(text, catalog=first.catalog).xml
    for part in ("<object>rental_property</object>", "<field>monthlyRent</field>", "<field>updatedAt</field>"):
        assert part in xml


def test_a_query_by_custom_fields_and_through_custom_objects(first):
    text = "select NAME, RENTAL.monthlyrent as RENT from CUSTOMER where CLIENT_HEALTH = 'At risk'"
    assert [(str(name), str(rent)) for name, rent in first.query(text)] == [("Birch", "800.00")]
    with first.query("select * from rental_property where name like 'Mill%' order_by id") as result:
        assert [column.name for column in result.columns] == ["id", "name", "updatedAt", "monthlyRent", "kind"]
        assert len(list(result)) == 2


def test_a_field_that_the_company_lacks_is_an_error(first):
    (wrong,) = first.check("select NAME, TOTALDUE from CUSTOMER")
    assert (wrong.code, wrong.reason) == ("IQL202", "unknown field TOTALDUE on CUSTOMER")
    assert iql.check("select NAME, TOTALDUE from CUSTOMER") == []


def test_what_was_never_looked_up_is_bundled(first):
    assert first.schema("VENDOR").origin is Origin.BUNDLED
    assert first.check("select NAME from VENDOR") == []


def test_what_changed_is_told(tmp_path, snapshot, first):
    def other_values(text):
        text = text.replace("<LABEL>Client name</LABEL>", "<LABEL>Name of client</LABEL>")
        text = text.replace("<VALIDVALUE>At risk</VALIDVALUE>", "<VALIDVALUE>Shaky</VALIDVALUE>")
        return without_field("RRENTAL")(text).replace("RENEWAL_DUE", "RENEWED")

    edits = {
        "CUSTOMER.lookup.xml": other_values,
        "CUSTOMER.csv": lambda text: (
            without_column("RRENTAL")(text).replace("RENEWAL_DUE", "RENEWED").replace("At risk", "Shaky")
        ),
    }
    later = session(companies.gateway(tmp_path / "later", edits), snapshot)
    found = later.refresh("customer")
    assert [str(change) for change in found.changes] == [
        "- CUSTOMER.RENEWAL_DUE DATE",
        "- CUSTOMER.RRENTAL INTEGER",
        "~ CUSTOMER.NAME label: Client name -> Name of client",
        "~ CUSTOMER.CLIENT_HEALTH values: Good, At risk -> Good, Shaky",
        "+ CUSTOMER.RENEWED DATE",
        "- relationship CUSTOMER.RENTAL to rental_property",
    ]
    assert found.to_dict()["changes"][0] == {
        "sign": "-", "kind": "field", "object": "CUSTOMER", "name": "RENEWAL_DUE", "old": "DATE",
    }  # fmt: skip
    (wrong,) = later.check("select RENEWAL_DUE from CUSTOMER")
    assert (wrong.code, wrong.hints[0], wrong.fixes) == ("IQL202", "RENEWED might be meant", ())
    assert later.refresh("CUSTOMER").changes == ()


def test_objects_that_come_and_go_are_told(tmp_path, snapshot):
    gone = {"rental_property.lookup.xml": lambda _: None, "rental_property.csv": lambda _: None,
            "CUSTOMER.lookup.xml": without_field("RRENTAL"), "CUSTOMER.csv": without_column("RRENTAL")}  # fmt: skip
    without = companies.gateway(tmp_path / "without", gone)
    with_it = companies.gateway(tmp_path / "with")
    few = companies.listing("CUSTOMER", "PROJECT", "rental_property")
    session(without, snapshot, answered=few).refresh()
    came = session(with_it, snapshot, answered=few).refresh()
    assert [str(one) for one in came.changes if one.kind == "object"] == ["+ object rental_property 5 fields"]
    went = session(without, snapshot, answered=few)
    assert [str(one) for one in went.refresh().changes if one.kind == "object"] == ["- object rental_property"]
    assert went.schema("rental_property") is None


def test_an_object_that_may_not_be_looked_up_does_not_stop_the_rest(first, snapshot):
    found = first.refresh("CUSTOMER", "NOSUCH")
    assert found.objects == ("CUSTOMER",)
    assert "NOSUCH" in found.refused["NOSUCH"]
    assert "NOSUCH" not in {one.name for one in snapshot.objects()}  # nobody ever said that there is one


def test_a_reply_that_describes_no_object_does_not_stop_the_rest(tmp_path, snapshot):
    few = companies.listing("APTERM", "CUSTOMER", "PROJECT", "VENDOR")

    def answered(body):
        told = few(body)
        if b'Name="CUSTOMER"' in told:
            return re.sub(rb"<data .*</data>", b'<data listtype="All" count="0"></data>', told, flags=re.DOTALL)
        return told.replace(b'Name="PROJECT"', b'Name="TASK"')

    found = session(companies.gateway(tmp_path / "first"), snapshot, answered=answered).refresh()
    assert {"APTERM", "VENDOR"} <= {*found.objects}
    assert found.refused == {
        "CUSTOMER": "the reply to the lookup of CUSTOMER describes no object",
        "PROJECT": "the reply to the lookup of PROJECT describes another object",
    }
    assert snapshot.about("CUSTOMER").entry is None


def test_an_object_that_is_named_twice_is_looked_up_once(first):
    assert first.refresh("CUSTOMER", "customer", "APTERM").objects == ("APTERM", "CUSTOMER")


def test_an_object_that_is_barred_is_remembered_with_the_words_of_the_gateway(tmp_path, snapshot):
    def barred(body):
        return body.replace(b"<object>PROJECT</object>", b"<object>FORBIDDEN</object>")

    asked = session(companies.gateway(tmp_path / "first"), snapshot, asked=barred)
    found = asked.refresh("PROJECT", "CUSTOMER")
    assert found.objects == ("CUSTOMER",)
    assert "Object definition FORBIDDEN not found." in found.refused["PROJECT"]
    assert asked.catalog.barred() == found.refused
    assert asked.schema("PROJECT").origin is Origin.BUNDLED
    allowed = session(companies.gateway(tmp_path / "again"), snapshot)
    assert allowed.refresh("PROJECT").refused == {}
    assert allowed.catalog.barred() == {}


def test_a_user_defined_dimension_is_told(tmp_path, snapshot):
    own = b"<objectName>rental_property</objectName><objectLabel>Property</objectLabel><termLabel>Home</termLabel>"
    flags = b"<userDefinedDimension>true</userDefinedDimension><enabledInGL>true</enabledInGL>"

    few = companies.listing("CUSTOMER", "APTERM")

    def answered(body):
        return few(body).replace(b"<dimensions>", b"<dimensions><dimension>" + own + flags + b"</dimension>")

    asked = session(companies.gateway(tmp_path / "first"), snapshot, connections=2, answered=answered)
    asked.refresh()
    home, customer = (asked.schema(name).dimension for name in ("rental_property", "CUSTOMER"))
    assert (home.term, home.user_defined, home.enabled_in_gl) == ("Home", True, True)
    assert (customer.term, customer.user_defined) == ("Customer", False)
    assert asked.schema("APTERM").dimension is None
    asked.refresh("rental_property")  # without the list of dimensions the earlier one counts
    assert asked.schema("rental_property").dimension == home


def test_what_was_learned_before_a_refresh_breaks_off_is_kept(tmp_path, snapshot):
    few = companies.listing(*iql.BUNDLED.names()[:30])
    broken = companies.gateway(tmp_path / "first", faults="524@call=28")
    with pytest.raises(iql.TransportError):
        session(broken, snapshot, answered=few).refresh()
    assert sum(one.looked_up is not None for one in snapshot.objects()) == 24  # a sign-in, two lists, then objects
    assert session(companies.gateway(tmp_path / "again"), snapshot, answered=few).refresh().changes == ()


def test_an_object_that_is_not_listed_and_can_be_looked_up_is_not_gone(tmp_path, snapshot, first):
    some = session(companies.gateway(tmp_path / "again"), snapshot, answered=companies.listing("CUSTOMER", "VENDOR"))
    found = some.refresh()
    assert set(found.objects) >= {"CUSTOMER", "PROJECT", "VENDOR", "rental_property"}
    assert found.changes == ()


def test_async_callers_refresh_too(tmp_path, snapshot):
    async def refreshed():
        async with companies.async_session(companies.gateway(tmp_path / "first"), snapshot) as asked:
            found = await asked.refresh("CUSTOMER", "NOSUCH", "rental_property")
            return found, asked.check("select CLIENT_HEALTH from CUSTOMER"), await asked.query(BY_RENT).one()

    found, remarks, row = asyncio.run(refreshed())
    assert (found.objects, list(found.refused), found.calls) == (("CUSTOMER", "rental_property"), ["NOSUCH"], 3)
    assert (remarks, row) == ([], ("Ash & Söhne",))


def test_an_async_refresh_raises_what_stopped_it(tmp_path, snapshot):
    async def refreshed():
        broken = companies.gateway(tmp_path / "first", faults="524@call=3")
        async with companies.async_session(broken, snapshot) as asked:
            await asked.refresh("CUSTOMER", "PROJECT", "rental_property")

    with pytest.raises(iql.TransportError):
        asyncio.run(refreshed())


def test_a_refused_field_cannot_be_queried_any_more(first, snapshot):
    snapshot.refuse("CUSTOMER", "client_health", "Field CLIENT_HEALTH cannot be queried.")
    snapshot.refuse("VENDOR", "NAME", "no")
    first.refresh("PROJECT")  # the catalog of a session stays as it was read
    health = first.schema("CUSTOMER").fields["CLIENT_HEALTH"]
    assert (health.queryable, health.facts["queryable"]) == (False, "refused")
    assert [one.code for one in first.check("select CLIENT_HEALTH from CUSTOMER")] == ["IQL205"]
    assert first.schema("VENDOR").fields["NAME"].queryable is False  # never looked up, and known all the same
    again = first.refresh("CUSTOMER")
    assert list(map(str, again.changes)) == ["~ CUSTOMER.CLIENT_HEALTH queryable: refused -> to be tried again"]
    assert first.check("select CLIENT_HEALTH from CUSTOMER") == []


def test_a_damaged_snapshot_is_made_anew(tmp_path, snapshot):
    snapshot.file.write_bytes(b"no database " * 100)
    asked = session(companies.gateway(tmp_path / "first"), snapshot)
    with pytest.raises(iql.ConfigError, match="is damaged"):
        asked.check("select NAME from CUSTOMER")
    assert asked.refresh("CUSTOMER").objects == ("CUSTOMER",)
    assert asked.check("select CLIENT_HEALTH from CUSTOMER") == []


def test_a_session_without_a_snapshot_has_nothing_to_refresh(tmp_path):
    with pytest.raises(iql.ConfigError, match="keeps no snapshot"):
        session(companies.gateway(tmp_path / "first"), None).refresh()
