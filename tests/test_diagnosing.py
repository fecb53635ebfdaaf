"""What ``doctor`` sends is held to the schemas of requests; what it finds of odd answers."""

from collections.abc import Callable

import pytest

from intacct_ql import connecting
from intacct_ql.diagnosing.case import Case
from intacct_ql.diagnosing.course import examine
from intacct_ql.diagnosing.finding import Finding
from intacct_ql.gateway.validate import demand_valid
from intacct_ql.profiles import Settings
from intacct_ql.transport.checked import Checked
from intacct_ql.transport.loopback import Loopback

DEMO = Settings(**connecting.DEMO, endpoint_url=connecting.DEMO_ENDPOINT)


def found(change: Callable[[bytes], bytes], **headers: str) -> dict[str, Finding]:
    """The first finding of each step, where each answer of the demo company is changed, or has other headers."""
    demo = connecting.demo_transport()

    def handle(body: bytes) -> tuple[int, dict[str, str], bytes]:
        with demo.send("", body) as answer:
            return answer.status, {**answer.headers, **headers}, change(b"".join(answer.chunks))

    checked = Checked(Loopback(handle), lambda body: demand_valid(body, "request"))
    told: dict[str, Finding] = {}
    for one in examine(Case(find=lambda: DEMO, transport=lambda: checked, embedded=True)):
        told.setdefault(one.step, one)
    return told


def test_what_it_sends_is_valid() -> None:
    assert {one.state for one in found(lambda answer: answer).values()} == {"ok", "skipped"}


@pytest.mark.parametrize(
    ("before", "after", "step", "state", "words"),
    [
        (b"/mdY", b"mdY", "formats", "warning", "the user's preferences cannot be read: the date format 'mdY'"),
        (b"<LOCATIONID>", b"<OTHER>", "entities", "failed", "the reply is not well-formed XML"),
        (b"locationentity", b"entity", "entities", "ok", "3 of them: 100, 200, 300; the session is at the top level"),
        (b"appSubscription", b"unknown", "permissions", "ok", "0 of 0 policies in 0 applications let the user read"),
        (b"localhost", b"evil.example", "gateway", "failed", "the sign-in answer names another endpoint"),
        (b"<sessionid>", b"<sessionid></sessionid><x>", "gateway", "failed", "not well-formed"),
    ],
)
def test_odd_answers(before: bytes, after: bytes, step: str, state: str, words: str) -> None:
    one = found(lambda answer: answer.replace(before, after))[step]
    assert one.state == state
    assert words in one.words


@pytest.mark.parametrize("date", ["", "soon", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"])
def test_a_time_that_is_none(date: str) -> None:
    assert found(lambda answer: answer, date=date)["clock"].state == "skipped"
