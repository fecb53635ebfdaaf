"""Replies that public clients got and understood are understood here."""

from pathlib import Path

import pytest
from lxml import etree

EXCHANGES = Path(__file__).parents[1] / "exchanges"
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
