"""Whether a word on the right is a value or a field: adding a field never changes that, except into an error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.binder import tree
from intacct_ql.binder.bind import bind
from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.types import DataType
from intacct_ql.syntax.parser import parse

TYPES = [kind.value for kind in DataType if kind is not DataType.ENUM]
WORDS = [
    "ALPHA",
    "Beta",
    "gamma",
    "D1",
    "24",
    "2026-01-01",
    "true",
    "TODAY",
    "x-y",
    "A.B",
    "null",
    "1e5",
    "-3",
    "LAST_N_DAYS:3",
]
OPERATORS = ["=", "!=", "<", "<=", ">", ">="]


@pytest.fixture(scope="module")
def catalog_with(tmp_path_factory):
    """A catalog with one object THING and these fields, by type."""

    def make(fields: dict[str, str]) -> Catalog:
        folder = tmp_path_factory.mktemp("catalog")
        entry = {
            "label": "Thing",
            "coverage": "live",
            "key": "RECORDNO",
            "fields": [{"id": name, "label": name, "type": kind} for name, kind in fields.items()],
            "relationships": [],
        }
        (folder / "THING.json").write_text(json.dumps(entry))
        (folder / "index.json").write_text(json.dumps({"objects": {"THING": "Thing"}, "aliases": {}}))
        return Catalog(folder)

    return make


def decision(text: str, catalog: Catalog) -> str:
    """``field``, ``value`` or ``error``: what became of the word on the right."""
    query = bind(parse(text), catalog, text).query
    if query is None:
        return "error"
    waiting = [query.where]
    while waiting:
        condition = waiting.pop()
        if isinstance(condition, tree.CompareFields):
            return "field"
        if isinstance(condition, tree.And | tree.Or):
            waiting += condition.conditions
    return "value"


@given(
    left=st.sampled_from(TYPES),
    word=st.sampled_from(WORDS),
    operator=st.sampled_from(OPERATORS),
    others=st.dictionaries(st.sampled_from(["ALPHA", "BETA", "OMEGA"]), st.sampled_from(TYPES)),
    added=st.tuples(st.sampled_from(["ALPHA", "BETA", "GAMMA", "D1", "TRUE", "TODAY", "A.B"]), st.sampled_from(TYPES)),
)
def test_a_new_field_never_changes_the_reading_but_into_an_error(catalog_with, left, word, operator, others, added):
    text = f"select RECORDNO from THING where LEFTSIDE {operator} {word} option (allow_scan)"
    fields = {"RECORDNO": "INTEGER", "LEFTSIDE": left, **others}
    before = decision(text, catalog_with(fields))
    after = decision(text, catalog_with({**fields, added[0]: fields.get(added[0], added[1])}))
    # What was an error may become a field: then there was no meaning that could change.
    assert after in (before, "error") or before == "error"
