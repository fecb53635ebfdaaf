"""What public clients sent to the emulator, sent again: it still answers in the same form.

The exchanges of a client are those of one conversation, in order: a session or a result that a reply named is the one
that later requests go on with. ``make interop RECORD=1`` writes them anew.
"""

import re
from pathlib import Path

import pytest
from lxml import etree

from intacct_ql.emulator import demo

EXCHANGES = Path(__file__).parents[1] / "exchanges"
CLIENTS = sorted(path.name for path in EXCHANGES.iterdir())
DRAWN = re.compile(rb'<sessionid>([^<]+)<|resultId="([^"]+)"')


def form(element) -> tuple:
    """Names of elements and attributes, in order; what is repeated in the same form counts once."""
    inside = dict.fromkeys(form(child) for child in element)
    return (element.tag, tuple(sorted(element.attrib)), tuple(inside))


def drawn(reply: bytes) -> list[bytes]:
    """The ids that a reply names."""
    return [session or result for session, result in DRAWN.findall(reply)]


@pytest.mark.unkept("kept beside the other exchanges of public clients")
@pytest.mark.parametrize("client", CLIENTS)
def test_a_recorded_conversation_is_answered_in_the_same_form(client):
    gateway = demo(seed=7)
    now = {b"PASSWORD": b"demo"}
    for path in sorted((EXCHANGES / client).glob("*.request.xml")):
        recorded = path.with_name(path.name.replace(".request.", ".reply.")).read_bytes()
        request = path.read_bytes()
        for before, after in now.items():
            request = request.replace(before, after)
        reply = gateway.handle(request).body
        assert form(etree.fromstring(reply)) == form(etree.fromstring(recorded)), path.name
        now |= zip(drawn(recorded), drawn(reply), strict=True)


def test_there_are_conversations_without_secrets():
    assert {"intacct-sdk-js", "pyintacct", "sageintacctsdk"} <= set(CLIENTS)
    for path in EXCHANGES.glob("*/*.xml"):
        assert set(re.findall("<(?:password|sessionid)>([^<]*)<", path.read_text("utf-8"))) <= {"PASSWORD", "SESSION"}
