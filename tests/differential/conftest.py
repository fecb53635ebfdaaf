"""A session with the company whose rows the reference knows."""

from threading import Lock
from time import monotonic

import pytest
from differential.queries import COMPANY

from intacct_ql.connecting import DEMO_ENDPOINT
from intacct_ql.emulator import Gateway
from intacct_ql.executor.drive import Line
from intacct_ql.formatting import USUAL
from intacct_ql.gateway.messages import Credentials
from intacct_ql.gateway.session import Conversation
from intacct_ql.sessions import Session
from intacct_ql.transport.loopback import Loopback

DEMO = Credentials(sender_id="demo", sender_password="demo", company_id="demo", user_id="demo", user_password="demo")


@pytest.fixture(scope="session")
def transport() -> Loopback:
    gateway = Gateway(COMPANY.store, strict=True)

    def handle(body: bytes):
        answer = gateway.handle(body, url=DEMO_ENDPOINT)
        return answer.status, dict(answer.headers), answer.body

    return Loopback(handle)


@pytest.fixture(scope="session")
def conversation() -> Conversation:
    return Conversation(DEMO, DEMO_ENDPOINT, clock=monotonic)


@pytest.fixture(scope="session")
def session(conversation, transport) -> Session:
    """Of a user whose zone is not known: the reference has no zones."""
    return Session(conversation, Line(transport=transport, lock=Lock()), "differential", ahead=False, formatting=USUAL)
