"""The loops that move messages, over a loopback gateway of a few lines."""

import asyncio
import re
import threading
import time
from contextlib import nullcontext

import pytest

from intacct_ql.errors import GatewayError, SignInError, TransportError
from intacct_ql.executor.drive import AsyncLine, Line, Traffic, drive, drive_async
from intacct_ql.gateway.messages import ColumnShape, Credentials, Exchange, Function, RowShape
from intacct_ql.gateway.patience import rule_for
from intacct_ql.gateway.reader import ReplyReader
from intacct_ql.gateway.session import Conversation
from intacct_ql.transport.loopback import AsyncLoopback, Loopback

URL = "http://localhost/ia/xml/xmlgw.phtml"
QUERY = Function(name="query", xml="<query/>")
SHAPE = RowShape(columns=(ColumnShape(names=("A",), decode=int),))
CREDENTIALS = Credentials(
    sender_id="s", sender_password="s3cret", company_id="c", user_id="u", user_password="s3cret", entity_id=None
)


def response(controlid, data):
    return (
        "<response><control><status>success</status></control><operation><authentication><status>success</status>"
        "</authentication><result><status>success</status><function>f</function>"
        f"<controlid>{controlid}</controlid>{data}</result></operation></response>"
    ).encode()


def refusal(words):
    return (
        "<response><control><status>success</status></control><operation><authentication><status>failure</status>"
        "</authentication><errormessage><error><errorno>XL03000006</errorno>"
        f"<description2>{words}</description2></error></errormessage></operation></response>"
    ).encode()


class Gateway:
    """One valid session at a time; ``fail`` holds raw answers to give before good ones."""

    def __init__(self):
        self.sign_ins, self.calls, self.session, self.delay = 0, 0, None, 0.0
        self.fail = []
        self.accepts = True

    def handle(self, body):
        controlid = re.search(rb'<function controlid="([^"]*)"', body)[1].decode()
        if b"<login>" in body:
            self.sign_ins += 1
            time.sleep(self.delay)
            if not self.accepts:
                return 200, {}, refusal("Sign-in information is incorrect")
            self.session = f"session-{self.sign_ins}"
            return 200, {}, response(controlid, f"<data><api><sessionid>{self.session}</sessionid></api></data>")
        self.calls += 1
        if self.fail:
            return self.fail.pop(0)
        if f"<sessionid>{self.session}<".encode() not in body:
            return 200, {}, refusal("Invalid session")
        return 200, {}, response(controlid, '<data count="2" numremaining="0"><X><A>1</A></X><X><A>2</A></X></data>')


@pytest.fixture
def gateway():
    return Gateway()


@pytest.fixture
def conversation():
    return Conversation(CREDENTIALS, URL, clock=lambda: 0.0)


def run(steps, gateway, lock=None, traffic=None):
    return drive(steps, Line(transport=Loopback(gateway.handle), lock=lock or threading.Lock()), traffic)


def run_async(steps, gateway, lock=None, traffic=None):
    async def main():
        line = AsyncLine(transport=AsyncLoopback(gateway.handle), lock=lock or asyncio.Lock())
        return await drive_async(steps, line, traffic)

    return asyncio.run(main())


both = pytest.mark.parametrize("run", [run, run_async])


@both
def test_a_call_runs_to_its_result_and_is_counted(run, gateway, conversation):
    traffic = Traffic()
    assert run(conversation.call(QUERY, SHAPE), gateway, traffic=traffic).page.rows == [(1,), (2,)]
    assert (gateway.sign_ins, gateway.calls, traffic.calls) == (1, 1, 2)
    assert 500 < traffic.bytes < 1000
    run(conversation.call(QUERY, SHAPE), gateway, traffic=traffic)
    assert (gateway.sign_ins, traffic.calls) == (1, 3)


@both
def test_a_lost_session_is_renewed(run, gateway, conversation):
    run(conversation.call(QUERY), gateway)
    gateway.session = "another"
    assert run(conversation.call(QUERY, SHAPE), gateway).page.count == 2
    assert (gateway.sign_ins, conversation.renewals) == (2, 1)


HTML = b"<html><title>502 Bad Gateway</title></html>"
REFUSED = (
    b"<response><control><status>failure</status></control><errormessage><error><errorno>GW-0011</errorno>"
    b"<description>Invalid Request</description></error></errormessage></response>"
)


@both
@pytest.mark.parametrize(
    ("answer", "words", "status", "rule"),
    [
        (
            (502, {}, HTML),
            "HTTP status 502: the reply is an HTML page instead of XML, titled “502 Bad Gateway”",
            502,
            "unable",
        ),
        ((200, {}, HTML), "the reply is an HTML page", None, "broken"),
        ((403, {}, HTML), "HTTP status 403: the reply is an HTML page", 403, None),
        ((429, {}, b""), "HTTP status 429: the reply is empty", 429, "throttled"),
        ((524, {}, b"timeout"), "HTTP status 524: the reply is text", 524, None),
        ((302, {}, b""), "redirects are not followed", 302, None),
        ((500, {}, response("", "<data/>")), "HTTP status 500: the reply claims success", 500, "unable"),
        ((200, {}, b"<response><contr"), "cut off", None, "broken"),
    ],
)
def test_what_is_no_reply_is_a_transport_error(run, gateway, conversation, answer, words, status, rule):
    run(conversation.call(QUERY), gateway)
    gateway.fail.append(answer)
    with pytest.raises(TransportError, match=words) as caught:
        run(conversation.call(QUERY), gateway)
    assert caught.value.status == status
    assert (found := rule_for(caught.value)) is None or found.name == rule
    assert (found is None) is (rule is None)


@both
def test_a_refusal_in_xml_counts_whatever_the_status(run, gateway, conversation):
    run(conversation.call(QUERY), gateway)
    gateway.fail.append((400, {}, REFUSED))
    with pytest.raises(GatewayError, match="GW-0011 Invalid Request"):
        run(conversation.call(QUERY), gateway)


@both
def test_a_policy_may_catch_what_happened_on_the_way_and_ask_again(run, gateway, conversation):
    def stubborn():
        for _ in range(3):
            try:
                return (yield from conversation.call(QUERY, SHAPE))
            except TransportError as error:
                seen.append(error.status)
        raise AssertionError("never reached")

    seen = []
    gateway.fail = [(503, {}, b""), (502, {}, HTML)]
    assert run(stubborn(), gateway).page.count == 2
    assert (seen, gateway.sign_ins, gateway.calls) == ([503, 502], 1, 3)


class Watched:
    """A lock that knows whether it is held."""

    def __init__(self):
        self.held = self.taken = 0

    def __enter__(self):
        self.held += 1
        self.taken += 1

    def __exit__(self, *_):
        self.held -= 1

    async def __aenter__(self):
        self.__enter__()

    async def __aexit__(self, *_):
        self.__exit__()


@both
@pytest.mark.parametrize("needed", [True, False])
def test_an_exclusive_exchange_happens_and_is_absorbed_under_the_lock(run, gateway, needed):
    lock, held = Watched(), []

    def ask_needed():
        held.append(lock.held)
        return needed

    def steps():
        body = b'<login><function controlid="1">'
        reply = yield Exchange(
            function="f", url=URL, body=body, reader=ReplyReader(), exclusive=True, needed=ask_needed
        )
        held.append(lock.held)
        yield Exchange(function="f", url=URL, body=body, reader=ReplyReader())
        held.append(lock.held)
        return reply

    reply = run(steps(), gateway, lock)
    assert (reply is not None) is needed
    assert (held, lock.taken, gateway.sign_ins) == ([1, 1, 0], 1, 1 + needed)


@both
def test_a_generator_that_asks_nothing_just_returns(run, gateway):
    def steps():
        return 42
        yield

    assert run(steps(), gateway) == 42


@both
def test_any_other_exception_closes_the_generator_and_comes_out(run):
    closed = []

    def steps():
        try:
            yield Exchange(function="f", url=URL, body=b"", reader=ReplyReader())
        finally:
            closed.append(True)

    class Broken:
        def handle(self, body):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(steps(), Broken())
    assert closed == [True]


def together(work, number=8):
    outcomes, start = [], threading.Barrier(number)

    def one():
        start.wait()
        try:
            outcomes.append(work())
        except Exception as error:  # noqa: BLE001 - the test looks at whatever came
            outcomes.append(error)

    threads = [threading.Thread(target=one) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_threads_that_start_together_sign_in_once(gateway, conversation):
    gateway.delay, lock = 0.02, threading.Lock()
    outcomes = together(lambda: run(conversation.call(QUERY, SHAPE), gateway, lock).page.count)
    assert outcomes == [2] * 8
    assert (gateway.sign_ins, gateway.calls) == (1, 8)


def test_threads_that_lose_their_session_together_renew_it_once(gateway, conversation):
    lock = threading.Lock()
    run(conversation.call(QUERY), gateway, lock)
    for round_ in range(2, 6):
        gateway.delay, gateway.session = 0.01, "another"
        outcomes = together(lambda: run(conversation.call(QUERY, SHAPE), gateway, lock).page.count)
        assert outcomes == [2] * 8
        assert gateway.sign_ins == round_


def test_a_refused_sign_in_is_sent_once_for_all_threads(gateway, conversation):
    gateway.delay, gateway.accepts, lock = 0.02, False, threading.Lock()
    outcomes = together(lambda: run(conversation.call(QUERY), gateway, lock))
    assert [type(outcome) for outcome in outcomes] == [SignInError] * 8
    assert len(set(map(id, outcomes))) == 8
    assert gateway.sign_ins == 1


def test_tasks_that_start_together_sign_in_once(gateway, conversation):
    async def main():
        line = AsyncLine(transport=AsyncLoopback(gateway.handle), lock=asyncio.Lock())
        calls = (drive_async(conversation.call(QUERY, SHAPE), line) for _ in range(8))
        return await asyncio.gather(*calls)

    assert [result.page.count for result in asyncio.run(main())] == [2] * 8
    assert gateway.sign_ins == 1


def test_traffic_need_not_be_counted(gateway, conversation):
    line = Line(transport=Loopback(gateway.handle), lock=nullcontext())
    assert drive(conversation.call(QUERY), line).status == "success"
