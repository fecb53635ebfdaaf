"""The lines inside a document that is read with all its fields."""

import json
from decimal import Decimal

import pytest

from intacct_ql.emulator import demo

READ = "<read><object>{}</object><keys>{}</keys><fields>{}</fields>{}</read>"


def read(post, name, keys, fields="*", rest="", **settings):
    return post(READ.format(name, keys, fields, rest), **settings)


def lines(document, wrapper):
    """The lines of a document as lists of pairs."""
    return [[(cell.tag, cell.text) for cell in line] for line in document.find(wrapper)]


def test_a_document_has_its_lines_and_no_others(post):
    reply = read(post, "ARINVOICE", "101,103,102")
    documents = list(reply.root.find("operation/result/data"))
    assert [document.findtext("RECORDNO") for document in documents] == ["103", "102", "101"]
    numbers = {
        document.findtext("RECORDNO"): [line.findtext("RECORDNO") for line in document.find("ARINVOICEITEMS")]
        for document in documents
    }
    assert numbers == {"101": ["1001", "1002"], "102": [], "103": ["1003"]}
    assert {line.tag for document in documents for line in document.find("ARINVOICEITEMS")} == {"arinvoiceitem"}


def test_a_line_has_all_its_fields(post, store):
    first = lines(read(post, "ARINVOICE", "101").root.find("operation/result/data/ARINVOICE"), "ARINVOICEITEMS")[0]
    assert [name for name, _ in first] == list(store.catalog.object("ARINVOICEITEM").fields)
    assert dict(first)["AMOUNT"] == "60.00"


def test_by_name_too(post):
    reply = post("<readByName><object>ARINVOICE</object><keys>INV-1</keys><fields>*</fields></readByName>")
    assert len(reply.root.find("operation/result/data/ARINVOICE/ARINVOICEITEMS")) == 2


def test_who_names_fields_gets_those(post):
    reply = read(post, "ARINVOICE", "101", "RECORDNO,RECORDID")
    assert [cell.tag for cell in reply.root.find("operation/result/data/ARINVOICE")] == ["RECORDNO", "RECORDID"]


@pytest.mark.parametrize("name", ["CUSTOMER", "ARINVOICEITEM"])
def test_what_owns_nothing_has_no_element_for_it(post, name):
    (row,) = read(post, name, "1001" if name == "ARINVOICEITEM" else "11").root.find("operation/result/data")
    assert [cell.tag for cell in row if cell.tag.endswith("ITEMS")] == []


def test_no_row_has_no_line(post):
    assert read(post, "ARINVOICE", "999").data["count"] == "0"


def test_in_json(post):
    given = read(post, "ARINVOICE", "103", rest="<returnFormat>json</returnFormat>")
    (document,) = json.loads(given.body)
    assert [line["RECORDNO"] for line in document["ARINVOICEITEMS"]["arinvoiceitem"]] == ["1003"]


def test_csv_leaves_them_out(post):
    given = read(post, "ARINVOICE", "103", rest="<returnFormat>csv</returnFormat>")
    header, row = given.body.decode().splitlines()
    assert "ITEMS" not in header
    assert row.count(",") == header.count(",")


def test_a_journal_entry_is_found_by_its_batch_number(post):
    reply = read(post, "GLBATCH", "101", to=demo())
    batch = reply.root.find("operation/result/data/GLBATCH")
    assert {line.findtext("BATCHNO") for line in batch.find("ENTRIES")} == {batch.findtext("BATCHNO")}
    assert sum(int(line.findtext("TR_TYPE")) * Decimal(line.findtext("AMOUNT")) for line in batch.find("ENTRIES")) == 0
