"""The DTD 2.1 names belong to the catalog, and no two fields of an object share one."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import intacct_ql.schema
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.legacy import legacy_key, legacy_name

TABLES = json.loads((Path(intacct_ql.schema.__file__).parent / "legacy.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("object_name", "field", "name"),
    [
        ("ARINVOICE", "RECORDNO", "key"),
        ("ARINVOICE", "RECORDID", "invoiceno"),
        ("APBILL", "RECORDID", "billno"),
        ("APBILL", "TRX_TOTALENTERED", "trx_totalamount"),
        ("ITEM", "TAXGROUP.NAME", "taxgroup"),
        ("glaccount", "accountno", "glaccountno"),
        ("CUSTOMER", "CREDITLIMIT", "creditlimit"),
        ("CUSTOMER", "RECORDNO", "recordno"),
        ("CUSTOMER", "DISPLAYCONTACT.CONTACTNAME", "displaycontact.contactname"),
        ("MY_OBJECT", "MY_FIELD", "my_field"),
    ],
)
def test_a_field_goes_by_its_published_name_or_by_its_own_in_lower_case(object_name, field, name):
    assert legacy_name(object_name, field) == name


@pytest.mark.parametrize("name", BUNDLED.names())
def test_a_legacy_name_means_one_field_of_its_object(name):
    names = Counter(legacy_name(name, field) for field in BUNDLED.object(name).fields)
    assert [legacy for legacy, times in names.items() if times > 1] == []


def test_every_name_of_the_tables_is_in_the_catalog():
    told = {name: {*fields} for name, fields in TABLES["names"].items()}
    for name, key in TABLES["keys"].items():
        told.setdefault(name, set()).add(key)
    strange = {name: fields - set(BUNDLED.object(name).fields) for name, fields in told.items()}
    assert {name: fields for name, fields in strange.items() if fields} == {}


def test_the_table_holds_exceptions_only():
    same = [
        (name, field) for name, fields in TABLES["names"].items() for field in fields if fields[field] == field.lower()
    ]
    assert same == []


@pytest.mark.parametrize(
    ("object_name", "key"),
    [
        ("CUSTOMER", "CUSTOMERID"),
        ("vendor", "VENDORID"),
        ("ARINVOICE", "RECORDNO"),
        ("SODOCUMENT", "DOCID"),
        ("GLACCOUNT", "ACCOUNTNO"),
        ("PROJECT", None),
        ("MY_OBJECT", None),
    ],
)
def test_the_key_of_get(object_name, key):
    assert legacy_key(object_name) == key


def test_the_tables_are_read_when_first_asked_for():
    code = (
        "from intacct_ql.schema import legacy; assert not legacy._vocabulary.cache_info().currsize;"
        "legacy.legacy_name('A', 'B'); assert legacy._vocabulary.cache_info().currsize;"
        "import sys, intacct_ql; sys.modules.pop('intacct_ql.schema.legacy');"
        "intacct_ql.compile('select NAME from CUSTOMER'); assert 'intacct_ql.schema.legacy' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
