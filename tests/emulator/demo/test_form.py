"""Tables as the emulator wants them: known columns, cells that fit their type, record numbers that rise."""

import re
from itertools import pairwise

from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.types import DataType

DATE = re.compile(r"\d{4}-\d\d-\d\d")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
WHOLE = {DataType.INTEGER, DataType.DECIMAL, DataType.CURRENCY, DataType.PERCENT}

ASKED_FOR = {
    "CUSTOMER", "VENDOR", "EMPLOYEE", "CONTACT", "ITEM", "PROJECT", "LOCATION", "LOCATIONENTITY", "DEPARTMENT",
    "CLASS", "GLACCOUNT", "GLJOURNAL", "JOURNAL", "GLBATCH", "GLENTRY", "GLDETAIL", "ARINVOICE", "ARINVOICEITEM",
    "ARPYMT", "ARPYMTDETAIL", "ARINVOICEPAYMENT", "ARINVOICEBATCH", "ARPAYMENTBATCH", "APBILL", "APBILLITEM",
    "APPYMT", "APPYMTDETAIL", "APBILLPAYMENT", "APBILLBATCH", "ARTERM", "APTERM", "USERINFO", "REPORTINGPERIOD",
    "CUSTTYPE", "VENDTYPE", "TERRITORY", "PROJECTTYPE", "PROJECTSTATUS", "CHECKINGACCOUNT", "ARACCOUNTLABEL",
    "APACCOUNTLABEL", "PRODUCTLINE", "UOM", "ITEMGLGROUP",
}  # fmt: skip


def fits(field, cell):
    if cell is None:
        return True
    if field.type in WHOLE:
        return type(cell) is int
    if field.type is DataType.BOOLEAN:
        return cell in {0, 1} and type(cell) is int
    if not isinstance(cell, str) or not cell:
        return False
    if field.type is DataType.DATE:
        return DATE.fullmatch(cell) is not None
    if field.type is DataType.TIMESTAMP:
        return TIMESTAMP.fullmatch(cell) is not None
    return not field.values or cell in {value.label for value in field.values}


def test_every_object_is_there_and_has_rows(books):
    assert set(books) == ASKED_FOR
    assert all(sheet.rows for sheet in books.values())


def test_columns_are_the_catalogs(books):
    for name, sheet in books.items():
        known = BUNDLED.object(name)
        assert len(set(sheet.columns)) == len(sheet.columns), name
        assert {column for column in sheet.columns if column not in known.fields} == set(), name
        assert {row for row in sheet.rows if len(row) != len(sheet.columns)} == set(), name


def test_cells_fit_their_type(books):
    for name, sheet in books.items():
        fields = BUNDLED.object(name).fields
        for place, column in enumerate(sheet.columns):
            odd = {row[place] for row in sheet.rows if not fits(fields[column], row[place])}
            assert not odd, (name, column, list(odd)[:3])


def test_money_is_in_whole_cents(books):
    for name in ("GLDETAIL", "GLENTRY", "ARINVOICE", "ARINVOICEITEM", "ARPYMT", "APBILL", "APBILLITEM", "APPYMT"):
        fields = BUNDLED.object(name).fields
        for column in books[name].columns:
            if fields[column].type is DataType.CURRENCY:
                assert not any(cell and cell % 100 for cell in books[name].column(column)), (name, column)


def test_no_column_is_always_null(small):
    for name, sheet in small.items():
        empty = [column for column in sheet.columns if set(sheet.column(column)) == {None}]
        assert not empty, name


def test_record_numbers_rise_and_leave_gaps(books):
    for name, sheet in books.items():
        keys = sheet.column("RECORDNO")
        assert all(type(key) is int and key > 0 for key in keys), name
        assert all(one < two for one, two in pairwise(keys)), name
    for name in ("CUSTOMER", "VENDOR", "ITEM", "ARINVOICE", "APBILL", "GLBATCH", "GLENTRY", "GLDETAIL", "CONTACT"):
        keys = books[name].column("RECORDNO")
        assert keys[-1] - keys[0] + 1 > len(keys), name


def test_ids_are_unique(books):
    for name, sheet in books.items():
        id_field = BUNDLED.object(name).id_field
        if id_field:
            ids = sheet.column(id_field)
            assert len(set(ids)) == len(ids), name
            assert None not in ids, name


def test_star_looks_real(small):
    assert len(small["CUSTOMER"].columns) > 100
    assert len(small["ARINVOICE"].columns) > 100
    assert len(small["GLDETAIL"].columns) > 60
