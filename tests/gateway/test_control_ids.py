"""Control ids tell a reply to one request from that to any other, whoever made them."""

import re

import pytest

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Function
from intacct_ql.gateway.session import Conversation

START = "https://api.intacct.com/ia/xml/xmlgw.phtml"
QUERY = Function(name="query", xml="<query/>")


@pytest.fixture
def begun(credentials, gateway):
    """``begun()``: a conversation that has asked once."""

    def begin():
        conversation = Conversation(credentials, START, clock=gateway.clock)
        gateway.run(conversation.call(QUERY))
        return conversation

    return begin


def asked(conversation):
    return next(conversation.call(QUERY))


def controlid(exchange):
    return re.search(rb'<function controlid="(.*?)">', exchange.body)[1]


def test_conversations_that_begin_alike_count_apart(begun):
    ids = [controlid(asked(conversation)) for conversation in (begun(), begun()) for _ in range(50)]
    assert len(set(ids)) == 100


def test_the_reply_to_another_conversation_is_refused(begun, wire):
    steps, other = begun().call(QUERY), asked(begun())
    exchange = next(steps)
    exchange.reader.feed(wire("query").replace(b"f-1", controlid(other)))
    with pytest.raises(TransportError, match="belongs to another request"):
        steps.send(exchange.reader.close())
