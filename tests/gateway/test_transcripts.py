"""Every reply that tests got is read by the client as it stands, what it says and what it refuses; and what the client
asked is valid.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import transcripts
from lxml import etree

from intacct_ql.errors import Error
from intacct_ql.gateway.envelope import GET_SESSION
from intacct_ql.gateway.faults import refusal
from intacct_ql.gateway.messages import ColumnShape, RowShape
from intacct_ql.gateway.reader import ReplyReader
from intacct_ql.gateway.validate import _SCHEMA, violations
from intacct_ql.schema.types import decode_text

MODULES = pytest.mark.parametrize("module", transcripts.modules(), ids=lambda path: f"{path.parent.name}-{path.stem}")


def replies(module: Path) -> Iterator[tuple[str, str]]:
    """The kept replies of a module that are whole and XML, each with its test."""
    for name, exchanged in transcripts.kept(module).items():
        for reply in dict.fromkeys(reply for _, reply in exchanged):
            if reply.startswith("<?xml") and transcripts.is_whole(reply):
                yield name, reply


def by_lxml(document: bytes) -> etree._Element | None:
    """The document, by a parser that is not the client's; None where it is no whole one, or has a DOCTYPE."""
    try:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        return None
    return None if root.getroottree().docinfo.doctype or root.tag != "response" else root


def read(document: bytes, shape: RowShape | None = None):
    reader = ReplyReader(shape)
    for start in range(0, len(document), 1000):
        reader.feed(document[start : start + 1000])
    return reader.close()


@MODULES
def test_what_a_reply_says_is_told(module):
    for name, text in replies(module):
        document = text.encode()
        root = by_lxml(document)
        if root is None:
            with pytest.raises(Error):
                read(document)
            continue
        reply = read(document)
        operation = root.find("operation")  # the client asks for one, and reads no other
        results = () if operation is None else operation.iterfind("result")
        told = [(each.findtext("function"), each.findtext("status")) for each in results]
        assert [(each.function, each.status) for each in reply.results] == told, name
        assert (refusal(reply) is not None) == (root.find(".//errormessage") is not None), name
        signed_in = reply.authentication.faults if reply.authentication else ()
        faults = [*reply.faults, *signed_in, *(fault for each in reply.results for fault in each.faults)]
        assert [each.errorno for each in faults] == [each.findtext("errorno") or "" for each in root.iter("error")], (
            name
        )


ASKED = {"query", "readByQuery", "read", "readByName", "get_list", "get"}
"""The functions whose rows the client reads."""


@MODULES
def test_the_rows_of_a_reply_are_read(module):
    for name, text in replies(module):
        document = text.encode()
        root = by_lxml(document)
        data = None if root is None else root.find("operation/result/data")
        refused = root is not None and root.find(".//errormessage") is not None
        if data is None or not len(data) or refused or root.findtext(".//result/function") not in ASKED:
            continue
        tags = list(dict.fromkeys(cell.tag for row in data for cell in row if all(part.tag in DATE for part in cell)))
        shape = RowShape(columns=tuple(ColumnShape(names=(tag,), decode=decode_text) for tag in tags))
        if data.get("count", str(len(data))) != str(len(data)):
            with pytest.raises(Error, match="announces"):
                read(document, shape)
            continue
        expected = [tuple(cell_text(row, tag) for tag in tags) for row in data]
        assert list(read(document, shape).results[0].page.rows) == expected, name


DATE = ("year", "month", "day")


def cell_text(row: etree._Element, tag: str) -> str | None:
    cell = row.find(tag)
    if cell is None or not len(cell):
        return None if cell is None else cell.text
    year, month, day = (cell.findtext(part) or "" for part in DATE)
    return f"{month:0>2}/{day:0>2}/{year}" if year else None


def test_there_is_much_to_read():
    functions = {
        each.text
        for module in transcripts.modules()
        for _, reply in replies(module)
        if (root := by_lxml(reply.encode())) is not None
        for each in root.iter("function")
    }
    assert functions >= {GET_SESSION.name, "query", "readView", "readReport", "readMore", "create", "update", "delete"}


def asked(module: Path) -> list[str]:
    """The kept requests of a module that the client made, by the form of its control ids, and that are whole."""
    requests = dict.fromkeys(request for pairs in transcripts.kept(module).values() for request, _ in pairs)
    return [each for each in requests if "<controlid>iql-{...}</controlid>" in each and transcripts.is_whole(each)]


@MODULES
def test_what_the_client_asked_is_valid(module):
    schema = etree.XMLSchema(file=_SCHEMA)
    wrong = [request for request in asked(module) if not schema.validate(etree.fromstring(request.encode()))]
    assert [(request, violations(request)) for request in wrong] == []


def test_whatever_has_a_schema_was_asked():
    called = {
        re.search(r"<function [^>]*><(\w+)", request)[1]
        for module in transcripts.modules()
        for request in asked(module)
    }
    assert called == set(re.findall(r'<xs:element ref="(\w+)"', Path(_SCHEMA).read_text("utf-8")))


@MODULES
def test_what_is_kept_is_of_a_test(module):
    source = module.read_text("utf-8")
    assert [name for name in transcripts.kept(module) if f"def {transcripts.function(name)}(" not in source] == []
