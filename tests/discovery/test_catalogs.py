"""Catalogs and sessions in Python: what one session learns, the next one and ``iql.catalog`` know."""

import os
from pathlib import Path

import companies
import pytest

import intacct_ql as iql
from intacct_ql.discovery.place import snapshot_file
from intacct_ql.discovery.shelf import exported
from intacct_ql.emulator import Running
from intacct_ql.schema.model import Origin

QUERY = "select NAME from CUSTOMER where CLIENT_HEALTH = Good"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in [*os.environ]:
        if name.startswith("INTACCT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with Running(companies.gateway(tmp_path_factory.mktemp("company") / "files")) as server:
        yield server.url


def test_where_nothing_is_configured_or_was_learned_the_bundled_catalog_counts(url):
    assert iql.catalog() is iql.BUNDLED
    unasked = iql.catalog(endpoint_url=url)
    assert (unasked.names(), unasked.asks, iql.BUNDLED.asks) == (iql.BUNDLED.names(), True, False)
    assert iql.demo().catalog is iql.BUNDLED
    assert iql.demo().snapshot is None


def test_what_a_session_learns_is_known_without_asking(url):
    with iql.connect(endpoint_url=url, validate=True) as session:
        assert session.check(QUERY) != []
        assert session.refresh("customer").objects == ("CUSTOMER",)
        assert list(session.query(QUERY)) == [("Ash & Söhne",)]
    catalog = iql.catalog(endpoint_url=url)
    assert iql.check(QUERY, catalog=catalog) == []
    assert "CLIENT_HEALTH" in iql.compile(QUERY, catalog=catalog).xml
    assert "CLIENT_HEALTH" in iql.prepare(QUERY, catalog=catalog).compile().xml
    assert iql.explain(QUERY, catalog=catalog).basis[0].origin is Origin.SNAPSHOT
    with iql.connect(endpoint_url=url) as again, iql.connect(endpoint_url=url, snapshot=False) as without:
        assert again.check(QUERY) == []
        assert without.check(QUERY) != []
        assert without.snapshot is None


def test_each_entity_has_its_own(url):
    with iql.connect(endpoint_url=url) as session:
        session.refresh("CUSTOMER")
    assert iql.check(QUERY, catalog=iql.catalog(endpoint_url=url)) == []
    assert iql.catalog(endpoint_url=url, entity_id="E1").names() == iql.BUNDLED.names()


def test_an_exported_catalog_is_read(url, tmp_path):
    with iql.connect(endpoint_url=url) as session:
        session.refresh("CUSTOMER", "rental_property")
        session.snapshot.refuse("CUSTOMER", "STATUS", "no")
        (tmp_path / "acme.json").write_text(exported(session.snapshot), "utf-8")
    catalog = iql.catalog(file=tmp_path / "acme.json")
    assert iql.check(QUERY, catalog=catalog) == []
    assert catalog.object("rental_property").origin is Origin.FILE
    assert catalog.object("CUSTOMER").fields["STATUS"].facts["queryable"] == "refused"
    assert catalog.object("VENDOR").origin is Origin.BUNDLED


def test_the_file_is_called_after_who_asks_and_holds_no_secret(url):
    def name(**other: str | None) -> str:
        who = {"company": "Acme & Söhne", "user": "xml_gateway", "entity": None, "endpoint": url, **other}
        return snapshot_file(**who).name

    assert name().startswith("acme-s-hne-xml-gateway-")
    others = [
        name(entity="E1"),
        name(user="xml-gateway"),
        name(company="ACME & Söhne"),
        name(endpoint="https://api.intacct.com/"),
    ]
    assert len({name(), *others}) == 5
    assert name(endpoint="https://user:secret@api.intacct.com/x") == name(endpoint="https://api.intacct.com/y")
    assert (
        Path(snapshot_file(company="../../etc", user="..", entity="/", endpoint=url)).parent
        == Path(snapshot_file(company="a", user="b", entity=None, endpoint=url)).parent
    )


def test_a_query_needs_no_room_for_what_it_learns(url, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))  # as where nothing can be written
    with iql.connect(endpoint_url=url) as session:
        assert list(session.query("select WHENMODIFIED from VENDOR where WHENMODIFIED > 2020-01-01")) == []
        with pytest.raises(iql.ConfigError, match="cannot be used: Not a directory\n  hint: "):
            session.refresh("CUSTOMER")
