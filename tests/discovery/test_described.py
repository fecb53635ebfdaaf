"""Replies to lookup, inspect and getDimensions, right and wrong ones, as entries of a catalog."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from intacct_ql.discovery.described import dimensions, listed, looked_up
from intacct_ql.errors import TransportError
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.layered import Layered
from intacct_ql.schema.model import Origin


def data(inner: str):
    return etree.fromstring(f"<data>{inner}</data>")


def reply(fields: str, ways: str = "", name: str = "CUSTOMER"):
    return data(f'<Type Name="{name}"><Fields>{fields}</Fields><Relationships>{ways}</Relationships></Type>')


def field(name: str, kind: str = "TEXT", more: str = "") -> str:
    return f"<Field><ID>{name}</ID><LABEL>A label</LABEL><DATATYPE>{kind}</DATATYPE>{more}</Field>"


def way(path: str, to: str, by: str, kind: str = "MANY2ONE") -> str:
    return (
        f"<Relationship><OBJECTPATH>{path}</OBJECTPATH><OBJECTNAME>{to}</OBJECTNAME>"
        f"<RELATIONSHIPTYPE>{kind}</RELATIONSHIPTYPE><RELATEDBY>{by}</RELATEDBY></Relationship>"
    )


def test_a_field_with_all_that_lookup_says_of_it():
    values = "".join(f"<VALIDVALUE>{value}</VALIDVALUE>" for value in ("A", "", "B", "A"))
    flags = "<REQUIRED>true</REQUIRED><READONLY>True</READONLY><ISCUSTOM>true</ISCUSTOM>"
    more = f"<VALIDVALUES>{values}</VALIDVALUES>{flags}<DESCRIPTION> Two words </DESCRIPTION>"
    (found,) = looked_up(reply(field("MOOD", "ENUM", more)), "CUSTOMER")["fields"]
    assert found == {
        "id": "MOOD", "label": "A label", "type": "ENUM", "source": "lookup", "valid_values": ["A", "B"],
        "description": "Two words", "required": True, "readonly": True, "custom": True,
    }  # fmt: skip


def test_a_type_that_nobody_described_is_read_as_text_and_kept():
    (found,) = looked_up(reply(field("PLACE", "GEOGRAPHY")), "CUSTOMER")["fields"]
    assert (found["type"], found["datatype"]) == ("TEXT", "GEOGRAPHY")


def test_names_that_no_element_can_have_and_second_ones_are_left_out():
    fields = "".join(map(field, ["GOOD", "A B", "", "1ST", "good", "X.Y", "A&lt;B", "É_1"]))
    assert [one["id"] for one in looked_up(reply(fields), "CUSTOMER")["fields"]] == ["GOOD", "X.Y", "É_1"]


def test_only_ways_that_can_be_followed_are_taken():
    ways = [
        way("TERM", "ARTERM", "TERMNAME"),
        way("ITEMS", "ARINVOICEITEM", "RECORDNO", "ONE2MANY"),
        way("BROKEN PATH", "ARTERM", "TERMNAME"),
        way("NOWHERE", "", "TERMNAME"),
        way("LOOSE", "ARTERM", "ABSENT"),
    ]
    found = looked_up(reply(field("TERMNAME"), "".join(ways)), "CUSTOMER")["relationships"]
    assert [(one["path"], one["related_by"]) for one in found] == [("TERM", "TERMNAME"), ("LOOSE", None)]


def test_the_company_has_the_last_word_on_how_a_name_is_spelled():
    assert looked_up(reply(field("id"), name="Rental"), "RENTAL")["name"] == "Rental"


@pytest.mark.parametrize("wrong", [None, data(""), data("<Other/>"), reply(field("A"), name="VENDOR")])
def test_a_reply_that_describes_nothing_or_something_else(wrong):
    with pytest.raises(TransportError, match="the reply to the lookup of CUSTOMER describes"):
        looked_up(wrong, "CUSTOMER")


def test_the_list_of_all_objects():
    types = '<type typename="CUSTOMER">Customer</type><type typename="my_thing">Thing</type>'
    odd = '<type typename="Sales Order">x</type><type>y</type><type typename="customer">again</type>'
    assert listed(data(types + odd)) == {"CUSTOMER": "Customer", "my_thing": "Thing"}
    for nothing in (None, data(""), data(odd.replace("customer", ""))):
        with pytest.raises(TransportError, match="lists none"):
            listed(nothing)


def test_dimensions():
    one = "<objectName>my_region</objectName><termLabel>Region</termLabel>"
    one += "<userDefinedDimension>true</userDefinedDimension>"
    odd = "<dimension><objectName>no name</objectName></dimension>"
    found = dimensions(data(f"<dimensions><dimension>{one}</dimension>{odd}</dimensions>"))
    assert found == [
        {"object": "my_region", "label": "", "term": "Region", "user_defined": True, "enabled_in_gl": False}
    ]
    assert dimensions(None) == []


class Shelf:
    origin = Origin.SNAPSHOT

    def __init__(self, entry):
        self._entry = entry

    def labels(self):
        return {self._entry["name"]: self._entry["label"]}

    def times(self):
        return {}

    def barred(self):
        return {}

    def about(self, name):
        return (self._entry if name.upper() == self._entry["name"].upper() else None), {}


@given(
    name=st.sampled_from(["CUSTOMER", "PROJECT", "own_object"]),
    rows=st.lists(st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)] * 5)),
)
def test_whatever_a_company_says_becomes_an_object(name, rows):
    found = etree.Element("data")
    kind = etree.SubElement(found, "Type", Name=name)
    fields, ways = etree.SubElement(kind, "Fields"), etree.SubElement(kind, "Relationships")
    for row in rows:
        one, other = etree.SubElement(fields, "Field"), etree.SubElement(ways, "Relationship")
        for tag, text in zip(("ID", "LABEL", "DATATYPE", "REQUIRED", "DESCRIPTION"), row, strict=True):
            etree.SubElement(one, tag).text = text
        for tag, text in zip(("OBJECTPATH", "OBJECTNAME", "RELATEDBY", "RELATIONSHIPTYPE", "LABEL"), row, strict=True):
            etree.SubElement(other, tag).text = text
    made = Layered(Shelf(looked_up(found, name))).object(name)
    assert made is not None
    assert made.name == name
    assert made.key is None or made.key.upper() in made.fields
    assert all(path == way.path.upper() for path, way in made.relationships.items())
    assert BUNDLED.object(name) is not made
