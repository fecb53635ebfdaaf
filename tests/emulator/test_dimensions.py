"""getDimensions and getDimensionRelationships."""

import pytest

from intacct_ql.emulator import Gateway
from intacct_ql.schema.catalog import BUNDLED


@pytest.fixture
def dimensions(post):
    return post("<getDimensions/>").root.find("operation/result/data/dimensions")


@pytest.fixture
def relationships(post):
    data = post("<getDimensionRelationships/>").root.find("operation/result/data")
    return {each.findtext("dimension"): each for each in data.findall("relationship")}


def test_dimensions_are_described(dimensions):
    assert {part.tag: part.text for part in dimensions[0]} == {
        "objectName": "DEPARTMENT",
        "objectLabel": "Department",
        "termLabel": "Department",
        "userDefinedDimension": "false",
        "enabledInGL": "true",
    }
    names = [each.findtext("objectName") for each in dimensions]
    assert names[:4] == ["DEPARTMENT", "LOCATION", "PROJECT", "CUSTOMER"]
    assert all(BUNDLED.object(name) for name in names)


def test_only_what_journal_lines_lead_to_is_enabled_in_the_ledger(dimensions):
    enabled = {each.findtext("objectName") for each in dimensions if each.findtext("enabledInGL") == "true"}
    reached = {way.object for way in BUNDLED.object("GLENTRY").relationships.values()}
    assert enabled == {each.findtext("objectName") for each in dimensions} & reached
    assert {"CUSTOMER", "PROJECT"} <= enabled


def test_every_dimension_has_a_relationship_element(dimensions, relationships):
    assert list(relationships) == [each.findtext("objectName") for each in dimensions]
    department = relationships["DEPARTMENT"]
    assert [part.tag for part in department][:4] == ["dimension", "object_id", "autofillrelated", "enableoverride"]


def test_a_relationship_is_told_from_both_sides(relationships):
    def sides(dimension, other):
        return [
            {part.tag: part.text for part in each}
            for each in relationships[dimension].findall("related")
            if each.findtext("dimension") == other
        ]

    (there,), (back,) = sides("PROJECT", "CUSTOMER"), sides("CUSTOMER", "PROJECT")
    assert (there["source_side"], there["related_side"]) == ("Many", "One")
    assert (back["source_side"], back["related_side"]) == ("One", "Many")
    assert there["relationship_id"] == back["relationship_id"]
    assert there["object_id"] == relationships["CUSTOMER"].findtext("object_id")
    assert list(there) == ["dimension", "object_id", "relationship_id", "source_side", "related_side"]


def test_a_hierarchy_is_no_relationship(relationships):
    for name, each in relationships.items():
        assert name not in [related.findtext("dimension") for related in each.findall("related")]


def test_a_catalog_without_an_object_has_no_such_dimension(post, store, monkeypatch):
    class Smaller:
        def object(self, name):
            return None if name == "WAREHOUSE" else BUNDLED.object(name)

    monkeypatch.setattr(store, "catalog", Smaller())
    data = post("<getDimensions/>", to=Gateway(store)).root
    assert "WAREHOUSE" not in [each.text for each in data.iter("objectName")]
    related = post("<getDimensionRelationships/>", to=Gateway(store)).root
    assert "WAREHOUSE" not in [each.text for each in related.iter("dimension")]


@pytest.mark.parametrize("name", ["getDimensions", "getDimensionRelationships"])
def test_neither_takes_anything(post, name):
    assert post(f"<{name}><object>A</object></{name}>").error[:2] == ("response", "XL03000003")
