"""Replies that public clients got and understood are understood here; so is every reply the emulator is held to."""

from pathlib import Path

import pytest
from lxml import etree

EXCHANGES = Path(__file__).parents[1] / "exchanges"
WIRE = Path(__file__).parents[1] / "emulator" / "wire"
REPLIES = sorted(EXCHANGES.glob("*/*.reply.xml"))


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: f"{path.parent.name}/{path.name.removesuffix('.reply.xml')}")
def test_a_recorded_reply_is_read(read, columns, path):
    document = path.read_bytes()
    root = etree.fromstring(document)
    data = root.find("operation/result/data")
    rows = (
        data is not None and "count" in data.attrib and data.find("Type") is None and data.get("listtype") != "objects"
    )
    reply = read(document, columns("RECORDNO", "NAME") if rows else None, step=100)
    assert (reply.failed, reply.status, reply.controlid) == (False, "success", root.findtext("control/controlid"))
    assert [result.function for result in reply.results] == [each.text for each in root.iter("function")]
    if rows:
        expected = [(row.findtext("RECORDNO") or "", row.findtext("NAME") or "") for row in data]
        assert reply.results[0].page.rows == expected
    elif data is not None:
        assert [child.tag for child in reply.results[0].data] == [child.tag for child in data]


@pytest.mark.parametrize("path", sorted(WIRE.glob("*.reply.xml")), ids=lambda path: path.name.split(".")[0])
def test_a_reply_that_the_emulator_is_held_to_is_read(read, path):
    """What it says is told: which function succeeded, and every error."""
    document = path.read_bytes()
    root = etree.fromstring(document)
    reply = read(document, step=1000)
    assert reply.controlid == (root.findtext("control/controlid") or "")
    assert reply.failed == (root.find(".//errormessage") is not None)
    told = [(each.findtext("function"), each.findtext("status")) for each in root.iterfind("operation/result")]
    assert [(each.function, each.status) for each in reply.results] == told
    signed_in = reply.authentication.faults if reply.authentication else ()
    faults = [*reply.faults, *signed_in, *(fault for each in reply.results for fault in each.faults)]
    assert [fault.errorno for fault in faults] == [each.findtext("errorno") or "" for each in root.iter("error")]
