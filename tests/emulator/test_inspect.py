"""inspect: one object with and without details, by the word for it, and the list of all."""

import pytest

from intacct_ql.schema.catalog import BUNDLED


def inspect(what, detail="", by="object"):
    return f"<inspect{detail}><{by}>{what}</{by}></inspect>"


@pytest.fixture
def types(post):
    def send(*given, **settings):
        data = post(inspect(*given, **settings)).root.find("operation/result/data")
        assert dict(data.attrib) == {"listtype": "All", "count": "1"}
        return list(data)

    return send


@pytest.mark.parametrize("detail", ["", ' detail="0"'])
def test_without_details_a_field_is_its_name(types, detail):
    (found,) = types("employee", detail)
    assert (found.tag, found.attrib) == ("Type", {"Name": "EMPLOYEE"})
    assert [field.text for field in found.find("Fields")] == [
        field.name for field in BUNDLED.object("EMPLOYEE").fields.values()
    ]


def test_with_details_the_object_and_its_fields_are_described(types):
    (found,) = types("EMPLOYEE", ' detail="1"')
    assert [part.tag for part in found] == ["Attributes", "Fields"]
    assert {part.tag: part.text for part in found[0]} == {
        "SingularName": "Employee",
        "PluralName": "Employees",
        "Description": BUNDLED.object("EMPLOYEE").description,
    }
    fields = {field.findtext("Name"): {part.tag: part.text or "" for part in field} for field in found[1]}
    number = fields["RECORDNO"]
    assert list(number) == [
        *("Name", "GroupName", "dataName", "externalDataName", "isRequired", "isReadOnly"),
        *("maxLength", "DisplayLabel", "Description", "id"),
    ]
    assert (number["dataName"], number["externalDataName"], number["maxLength"]) == ("Pt_FieldInt", "integer", "8")
    assert fields["WHENMODIFIED"]["dataName"] == "Pt_FieldDateTime"
    assert len({field["id"] for field in fields.values()}) == len(fields)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("RECORDID", ("Pt_FieldString", "text")),
        ("WHENDUE", ("Pt_FieldDate", "date")),
        ("TOTALDUE", ("Pt_FieldDouble", "currency")),
        ("STATE", ("Pt_FieldString", "text")),
    ],
)
def test_fields_have_types_of_the_platform(types, name, words):
    (found,) = types("ARINVOICE", ' detail="1"')
    (field,) = [each for each in found.iter("Field") if each.findtext("Name") == name]
    assert (field.findtext("dataName"), field.findtext("externalDataName")) == words


def test_an_object_is_found_by_the_word_for_it(types):
    (found,) = types("ar invoice", by="name")
    assert found.get("Name") == "ARINVOICE"


@pytest.mark.parametrize(("name", "plural"), [("ARINVOICE", "AR invoices"), ("CLASS", "Classes"), ("UOM", None)])
def test_plurals(types, name, plural):
    (found,) = types(name, ' detail="1"')
    told = found.findtext("Attributes/PluralName")
    assert told == plural if plural else told.startswith(found.findtext("Attributes/SingularName"))


def test_all_objects_are_listed_with_their_words(types):
    listed = {each.get("typename"): each.text for each in types("*")}
    assert tuple(listed) == BUNDLED.names()
    assert listed["ARINVOICE"] == "AR invoice"
    assert {each.tag for each in types("*")} == {"type"}


def test_fields_that_cannot_be_queried_are_listed_all_the_same(types, post, ask):
    (found,) = types("ARINVOICE")
    assert "CUSTENTITY" in [field.text for field in found.find("Fields")]
    looked_up = post("<lookup><object>ARINVOICE</object></lookup>").root
    assert "CUSTENTITY" in [field.findtext("ID") for field in looked_up.iter("Field")]
    assert ask("ARINVOICE", "CUSTENTITY").error[:2] == ("result", "XL03000006")


@pytest.mark.parametrize("by", ["object", "name"])
def test_an_unknown_object_is_refused(post, by):
    level, number, words = post(inspect("NOTHING", by=by)).error
    assert (level, number) == ("result", "DL02000001")
    assert words == "Object definition NOTHING not found."


@pytest.mark.parametrize(
    "element",
    [
        "<inspect/>",
        "<inspect><object>A</object><name>B</name></inspect>",
        "<inspect><object>A</object><object>B</object></inspect>",
        '<inspect detail="2"><object>A</object></inspect>',
        '<inspect details="1"><object>A</object></inspect>',
        "<inspect><field>A</field></inspect>",
    ],
)
def test_what_breaks_the_schema(post, element):
    assert post(element).error[:2] == ("response", "XL03000003")
