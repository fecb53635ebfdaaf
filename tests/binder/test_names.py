"""Names that could lead to two places."""

import json

import pytest

import intacct_ql as iql
from intacct_ql.binder.bind import bind
from intacct_ql.binder.scope import open_scope
from intacct_ql.schema.catalog import Catalog
from intacct_ql.syntax.parser import parse


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
    """A NODE has a way NODE to the one above it; only the one above is a LEAF and has a COLOUR.

    The way TREE of a TREE leads to another one. The fields of an ODD have odd names and types.
    """
    folder = tmp_path_factory.mktemp("catalog")
    objects = {
        "NODE": entry("Node", ["NAME", "SIZE", "PART.SIZE"], [("NODE", "LEAF")]),
        "LEAF": entry("Leaf", ["NAME", "COLOUR"]),
        "TREE": entry("Tree", ["NAME"], [("TREE", "TREE")]),
        "ODD": entry("Odd", ["NAME", "Colour", "1099", "-5", ".5", "+5", "TRUE"]),
    }
    for name, kind in (("OPEN", "BOOLEAN"), ("SERIAL", "SEQUENCE"), ("STATE", "ENUM")):
        objects["ODD"]["fields"].append({"id": name, "label": name, "type": kind})
    for name, data in objects.items():
        (folder / f"{name}.json").write_text(json.dumps(data))
    (folder / "index.json").write_text(json.dumps({"objects": {name: name for name in objects}, "aliases": {}}))
    return Catalog(folder)


@pytest.mark.parametrize("text", ["select NODE.NAME from NODE", "select SIZE from NODE where SIZE = NODE.NAME"])
def test_the_objects_own_name_before_a_field_stops_where_both_readings_lead_somewhere(catalog, text):
    with pytest.raises(iql.QueryError, match=r"IQL210 NODE\.NAME may be") as caught:
        iql.compile(text, catalog=catalog)
    (found,) = caught.value.diagnostics
    assert found.hints == ("or give the object another name in FROM",)
    assert [fix.text for fix in found.fixes] == ["NAME", "NODE.NODE.NAME"]
    for span in (found.span, *(fix.span for fix in found.fixes)):
        assert text[span.start : span.end] == "NODE.NAME"


def test_a_way_of_the_objects_own_name_to_itself(catalog):
    with pytest.raises(iql.QueryError, match=r"IQL210 TREE\.NAME may be") as caught:
        iql.compile("select TREE.NAME from TREE", catalog=catalog)
    assert [fix.text for fix in caught.value.diagnostics[0].fixes] == ["NAME"]
    with pytest.raises(iql.QueryError, match="IQL204 TREE leads from TREE to TREE"):
        iql.compile("select TREE.TREE.NAME from TREE", catalog=catalog)


def test_a_pattern_is_not_a_field_behind_the_objects_own_name(catalog):
    with pytest.raises(iql.QueryError, match=r"IQL210 NODE\.COLOUR may be a pattern"):
        iql.compile("select NAME from NODE where NAME like NODE.COLOUR", catalog=catalog)


@pytest.mark.parametrize("word", ["1099", "-5", ".5", "+5"])
def test_a_word_that_starts_as_a_number_is_a_value_whatever_fields_there_are(catalog, word):
    assert f"<value>{word}</value>" in iql.compile(f"select NAME from ODD where NAME = {word}", catalog=catalog).xml


def test_a_word_that_is_a_truth_is_one_beside_a_boolean(catalog):
    assert "<value>true</value>" in iql.compile("select NAME from ODD where OPEN = true", catalog=catalog).xml


def test_a_field_is_named_as_the_catalog_spells_it(catalog):
    with pytest.raises(iql.QueryError, match="may be a value, or the field Colour"):
        iql.compile("select NAME from ODD where NAME = COLOUR", catalog=catalog)


def test_types_without_rules_of_their_own(catalog):
    text = "select NAME from ODD where SERIAL = a-7 and STATE = Posted"
    values = [condition.value for condition in bind(parse(text), catalog, text).query.where.conditions]
    assert [(value.data, value.text) for value in values] == [("a-7", "a-7"), ("Posted", "Posted")]


@pytest.mark.parametrize(
    ("word", "qualified"),
    [
        ("NODE.NAME", True),
        ("n.NAME", True),
        ("N.a.b", True),
        ("n.A2.B2", True),
        ("n._A", True),
        ("n.Größe", True),
        ("NAME", False),
        ("m.NAME", False),
        ("n.", False),
        ("n.5A", False),
        ("n.-A", False),
        ("n.A-B", False),
        ("n.A.", False),
        ("n.A.5B", False),
        ("n.A.-B", False),
    ],
)
def test_a_word_is_qualified_by_its_form(catalog, word, qualified):
    scope = open_scope(parse("select NAME from NODE n").source, catalog, [])
    assert scope.is_qualified(word) is qualified


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


def test_a_name_given_to_many_columns_is_looked_up_and_told_once():
    many = 2000
    same = f"select {'A as x, ' * many}B from T order by {'x, ' * many}x"
    fields = [order.expression.path for order in bind(parse(same), None, same).query.order_by]
    assert fields == ["A"] * (many + 1)
    others = ", ".join(f"A{number} as x" for number in range(many))
    with pytest.raises(iql.QueryError, match="IQL210 X is the name given to A0 and A1 and") as caught:
        iql.compile(f"select {others} from T order by {'x, ' * many}x", catalog=None)
    assert len(caught.value.diagnostics) == 1
    assert len(caught.value.diagnostics[0].fixes) == many
