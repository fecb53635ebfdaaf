"""Names that could lead to two places."""

import json

import pytest

import intacct_ql as iql
from intacct_ql.schema.catalog import Catalog


def entry(label, fields, ways=()):
    return {
        "label": label,
        "coverage": "live",
        "key": "RECORDNO",
        "fields": [{"id": name, "label": name, "type": "TEXT"} for name in ("RECORDNO", *fields)],
        "relationships": [{"path": path, "object": target} for path, target in ways],
    }


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    """A NODE has a way NODE to the one above it; only the one above is a LEAF and has a COLOUR."""
    folder = tmp_path_factory.mktemp("catalog")
    objects = {
        "NODE": entry("Node", ["NAME", "SIZE", "PART.SIZE"], [("NODE", "LEAF")]),
        "LEAF": entry("Leaf", ["NAME", "COLOUR"]),
    }
    for name, data in objects.items():
        (folder / f"{name}.json").write_text(json.dumps(data))
    (folder / "index.json").write_text(json.dumps({"objects": {"NODE": "Node", "LEAF": "Leaf"}, "aliases": {}}))
    return Catalog(folder)


@pytest.mark.parametrize("text", ["select NODE.NAME from NODE", "select SIZE from NODE where SIZE = NODE.NAME"])
def test_the_objects_own_name_before_a_field_stops_where_both_readings_lead_somewhere(catalog, text):
    with pytest.raises(iql.QueryError, match=r"IQL210 NODE\.NAME may be") as caught:
        iql.compile(text, catalog=catalog)
    assert [fix.text for fix in caught.value.diagnostics[0].fixes] == ["NAME", "NODE.NODE.NAME"]


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("NODE.SIZE", "SIZE"),
        ("NODE.COLOUR", "NODE.COLOUR"),
        ("NODE.NODE.NAME", "NODE.NAME"),
        ("NAME", "NAME"),
        ("n.NAME", "NAME"),
        ("n.NODE.NAME", "NODE.NAME"),
    ],
)
def test_where_one_reading_leads_somewhere_it_is_taken(catalog, written, path):
    alias = " n" * written.startswith("n.")
    assert f"<field>{path}</field>" in iql.compile(f"select {written} from NODE{alias}", catalog=catalog).xml


@pytest.mark.parametrize("alias", ["NODE", "node", "PART"])
def test_a_name_that_already_leads_on_cannot_be_given(catalog, alias):
    with pytest.raises(iql.QueryError, match=f"IQL210 {alias} already") as caught:
        iql.compile(f"select {alias}.SIZE from NODE as {alias}", catalog=catalog)
    assert len(caught.value.diagnostics) == 1


def test_the_rewrites_of_a_name_with_two_readings_have_one():
    text = "select NAME as CUSTOMERID, CUSTOMERID as NAME from CUSTOMER order_by NAME"
    with pytest.raises(iql.QueryError) as caught:
        iql.compile(text)
    fixes = caught.value.diagnostics[0].fixes
    assert [fix.text for fix in fixes] == ["CUSTOMER.NAME", "CUSTOMER.CUSTOMERID"]
    for fix in fixes:
        mended = text[: fix.span.start] + fix.text + text[fix.span.end :]
        assert f"<field>{fix.text[9:]}</field><ascending/>" in iql.compile(mended).xml
