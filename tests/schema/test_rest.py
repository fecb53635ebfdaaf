"""The REST names belong to the catalog, no two fields of an object share one, and nobody guesses."""

import json
from collections import Counter
from pathlib import Path

import pytest

import intacct_ql.schema
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.rest import RestField, rest_field, rest_object

TABLE = json.loads((Path(intacct_ql.schema.__file__).parent / "rest.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "rest"),
    [("ARINVOICE", "accounts-receivable/invoice"), ("glaccount", "general-ledger/account"), ("GLDETAIL", None)],
)
def test_objects(name, rest):
    assert rest_object(name) == rest


@pytest.mark.parametrize(
    ("name", "field", "rest"),
    [
        ("CUSTOMER", "RECORDNO", "key"),
        ("customer", "totaldue", "totalDue"),
        ("ARINVOICE", "CUSTOMERID", "customer.id"),
        ("ARINVOICE", "CUSTOMER.CREDITLIMIT", "customer.creditLimit"),
        ("APBILLITEM", "APBILL.WHENPOSTED", "bill.postingDate"),
        ("CUSTOMER", "DISPLAYCONTACT.MAILADDRESS.CITY", "contacts.default.mailingAddress.city"),
        ("GLBATCH", "JOURNAL", "glJournal.id"),
        ("GLBATCH", "JOURNAL.TITLE", "glJournal.name"),
        ("ARINVOICE", "CUSTOMER.NOSUCH", None),
        ("ARINVOICE", "NOSUCH.NAME", None),
        ("ARINVOICE", "NOSUCH", None),
        ("GLDETAIL", "RECORDNO", None),
    ],
)
def test_fields(name, field, rest):
    found = rest_field(name, field)
    assert (None if found is None else found.name) == rest


def test_words_are_kept_along_a_reference():
    assert rest_field("ARINVOICE", "STATE").words["Partially Paid"] == "partiallyPaid"
    assert rest_field("ARINVOICE", "CUSTOMER.STATUS") == RestField(
        name="customer.status", words={"active": "active", "inactive": "inactive"}
    )
    assert rest_field("ARINVOICE", "CUSTOMERID").words is None


@pytest.mark.parametrize("name", TABLE)
def test_the_table_and_the_catalog(name):
    """Fields, labels and references are the catalog's; each REST name is one field; enumerations are spelled out."""
    entry, known = TABLE[name], BUNDLED.object(name)
    assert entry["source"] in ("docs", "recorded")
    assert set(entry["fields"]) - set(known.fields) == set()
    assert [rest for rest, times in Counter(entry["fields"].values()).items() if times > 1] == []
    assert set(entry["words"]) - set(entry["fields"]) == set()
    assert {path: target for path, (_, target) in entry["refs"].items() if target not in TABLE} == {}
    assert set(entry["refs"]) - set(known.relationships) == set()
    for field in entry["fields"]:
        labels = {value.label for value in known.fields[field].values}
        if labels:
            assert set(entry["words"][field]) <= labels, field
