import re
import traceback
from dataclasses import replace

import pytest

from intacct_ql.errors import ConfigError, Error, GatewayError, SignInError, TransportError
from intacct_ql.gateway.escape import escape
from intacct_ql.gateway.faults import SessionExpired
from intacct_ql.gateway.messages import Function
from intacct_ql.gateway.session import Conversation

START = "https://api.intacct.com/ia/xml/xmlgw.phtml"
ASSIGNED = "https://na12.intacct.com/ia/xml/xmlgw.phtml"
QUERY = Function(name="query", xml="<query/>")


@pytest.fixture
def conversation(credentials, gateway):
    return Conversation(credentials, START, clock=gateway.clock)


def kinds(gateway):
    return [kind for kind, _ in gateway.log]


def test_the_first_call_signs_in_and_goes_to_the_endpoint_it_was_given(conversation, gateway, vendor):
    result = gateway.run(conversation.call(QUERY, vendor))
    assert result.page.count == 3
    assert gateway.log == [("sign-in", START), ("call", ASSIGNED)]
    gateway.run(conversation.call(QUERY))
    assert gateway.log[2:] == [("call", ASSIGNED)]
    assert (conversation.sign_ins, conversation.renewals) == (1, 0)


def test_every_good_reply_slides_the_end(conversation, gateway):
    for _ in range(10):
        gateway.run(conversation.call(QUERY))
        gateway.now += 3200
    assert kinds(gateway).count("sign-in") == 1


def test_near_its_end_a_session_is_renewed_before_it_is_refused(conversation, gateway):
    gateway.run(conversation.call(QUERY))
    gateway.now += 3600 - 299
    gateway.run(conversation.call(QUERY))
    assert kinds(gateway) == ["sign-in", "call", "sign-in", "call"]
    assert (conversation.sign_ins, conversation.renewals) == (2, 1)


def test_a_short_life_is_used_to_its_half(conversation, gateway):
    gateway.lifetime = 120
    gateway.run(conversation.call(QUERY))
    gateway.now += 59
    gateway.run(conversation.call(QUERY))
    assert kinds(gateway) == ["sign-in", "call", "call"]
    gateway.now += 61
    gateway.run(conversation.call(QUERY))
    assert kinds(gateway)[3:] == ["sign-in", "call"]


@pytest.mark.parametrize("says_lifetime", [True, False])
def test_an_invalid_session_is_replaced_once_and_the_read_repeated(conversation, gateway, says_lifetime):
    gateway.says_lifetime = says_lifetime
    gateway.run(conversation.call(QUERY))
    gateway.ends.clear()
    assert gateway.run(conversation.call(QUERY)).status == "success"
    assert kinds(gateway) == ["sign-in", "call", "call", "sign-in", "call"]


def test_a_life_of_unknown_length_is_used_until_it_is_refused(conversation, gateway):
    gateway.says_lifetime = False
    gateway.run(conversation.call(QUERY))
    gateway.now += 10**9
    gateway.run(conversation.call(QUERY))
    assert kinds(gateway) == ["sign-in", "call", "call", "sign-in", "call"]


def test_a_session_refused_twice_is_given_up(conversation, gateway, wire):
    steps = conversation.call(QUERY)
    exchange = next(steps)
    exchange = steps.send(gateway.handle(exchange))
    gateway.answer = wire("failure_session")
    sign_in = steps.send(gateway.handle(exchange))
    gateway.answer = None
    exchange = steps.send(gateway.handle(sign_in))
    gateway.answer = wire("failure_session")
    with pytest.raises(SessionExpired):
        steps.send(gateway.handle(exchange))
    assert conversation.sign_ins == 2


def test_a_refused_sign_in_is_never_sent_again(conversation, gateway, wire):
    gateway.answer = wire("failure_login")
    for _ in range(3):
        with pytest.raises(SignInError, match="Sign-in information is incorrect"):
            gateway.run(conversation.call(QUERY))
    assert kinds(gateway) == ["sign-in"]


def test_a_lost_sign_in_may_be_tried_again(conversation, gateway):
    steps = conversation.call(QUERY)
    next(steps)
    with pytest.raises(TransportError):
        steps.throw(TransportError("cut off"))
    assert gateway.run(conversation.call(QUERY)).status == "success"


def test_a_sign_in_that_failed_has_failed_for_all_that_waited_for_it(conversation, gateway):
    failure = TransportError("HTTP status 503: off", "wait", status=503)
    failure.retry_after = 7.0
    callers = [conversation.call(QUERY) for _ in range(3)]
    wanted = [next(caller) for caller in callers]
    with pytest.raises(TransportError):
        callers[0].throw(failure)
    for caller, exchange in zip(callers[1:], wanted[1:], strict=True):
        assert not exchange.needed()
        with pytest.raises(TransportError) as told:
            caller.send(None)
        assert told.value is not failure
        assert vars(told.value) == vars(failure)
        assert told.value.signing_in
    late, caller = conversation.call(QUERY), conversation.call(QUERY)
    exchange = next(late)
    assert gateway.run(caller).status == "success"
    assert kinds(gateway) == ["sign-in", "call"]
    assert not exchange.needed()
    assert late.send(None).function == QUERY.name


def test_a_refused_function_is_not_a_refused_session(conversation, gateway, wire):
    gateway.run(conversation.call(QUERY))
    gateway.answer = wire("failure_function")
    with pytest.raises(GatewayError, match="PL04000005"):
        gateway.run(conversation.call(QUERY))
    gateway.answer = None
    gateway.run(conversation.call(QUERY))
    assert conversation.sign_ins == 1


def test_two_callers_need_one_sign_in(conversation, gateway):
    first, second = conversation.call(QUERY), conversation.call(QUERY)
    wanted_first, wanted_second = next(first), next(second)
    assert wanted_first.exclusive
    assert wanted_second.exclusive
    assert wanted_first.needed()
    first.send(gateway.handle(wanted_first))
    assert not wanted_second.needed()
    call = second.send(None)
    assert not call.exclusive
    assert (conversation.sign_ins, call.url) == (1, ASSIGNED)


def test_a_late_refusal_of_an_old_session_does_not_drop_the_new_one(conversation, gateway):
    gateway.run(conversation.call(QUERY))
    late, early = conversation.call(QUERY), conversation.call(QUERY)
    late_call, early_call = next(late), next(early)
    gateway.ends.clear()
    early_sign_in = early.send(gateway.handle(early_call))
    early.send(gateway.handle(early_sign_in))
    repeated = late.send(gateway.handle(late_call))
    assert not repeated.exclusive
    assert conversation.sign_ins == 2


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("https://evil.example/ia", "not sent to evil.example"),
        ("http://na12.intacct.com/ia", "without TLS"),
        ("http://localhost:1/", "own machine"),
        ("http://localhost.:1/", "own machine"),
        ("https://u:p@na12.intacct.com/", "user name"),
    ],
)
def test_the_named_endpoint_obeys_the_rule_too(conversation, gateway, endpoint, words):
    gateway.endpoint = endpoint
    with pytest.raises(SignInError, match=words):
        gateway.run(conversation.call(QUERY))
    assert kinds(gateway) == ["sign-in"]


def test_no_named_endpoint_means_the_one_in_use(conversation, gateway):
    gateway.endpoint = ""
    gateway.run(conversation.call(QUERY))
    assert gateway.log[1] == ("call", START)


def test_a_wrong_endpoint_is_refused_before_anything_is_sent(credentials, gateway):
    with pytest.raises(ConfigError):
        Conversation(credentials, "https://evil.example/", clock=gateway.clock)


def test_credentials_that_xml_cannot_carry_are_refused_by_name(credentials, gateway):
    broken = replace(credentials, user_password="us3r\x00pw")
    with pytest.raises(ConfigError, match=r"user_password cannot be sent: .* U\+0000 \(at position 4\)") as caught:
        Conversation(broken, START, clock=gateway.clock)
    assert "us3r" not in str(caught.value)


def test_the_answer_to_another_request_is_refused(conversation, gateway, wire):
    gateway.run(conversation.call(QUERY))
    gateway.answer = wire("query").replace(b"f-1", b"iql-1")
    with pytest.raises(TransportError, match="belongs to another request"):
        gateway.run(conversation.call(QUERY))


def test_a_reply_without_result_or_data_is_refused(conversation, gateway, wire, vendor):
    gateway.run(conversation.call(QUERY))
    gateway.answer = wire("acknowledgement")
    with pytest.raises(TransportError, match="no result"):
        gateway.run(conversation.call(QUERY))
    gateway.answer = b"<response><operation><result><status>success</status></result></operation></response>"
    with pytest.raises(TransportError, match="no data"):
        gateway.run(conversation.call(QUERY, vendor))


def test_a_sign_in_without_a_session_is_refused(conversation, gateway, wire):
    gateway.answer = wire("lookup")
    with pytest.raises(TransportError, match="no session id"):
        gateway.run(conversation.call(QUERY))


def test_no_secret_is_shown_anywhere(conversation, credentials, gateway, wire, secrets):
    shown = [repr(credentials), str(credentials), repr(conversation)]
    steps = conversation.call(QUERY)
    sign_in = next(steps)
    shown.append(repr(sign_in))
    call = steps.send(gateway.handle(sign_in))
    shown += [repr(call), repr(conversation), repr(conversation._session), repr(call.reader)]
    for name in ("failure_login", "failure_function", "failure_session", "failure_control"):
        gateway.answer = wire(name)
        try:
            gateway.run(Conversation(credentials, START, clock=gateway.clock).call(QUERY))
        except Error as error:
            shown += [repr(error), str(error), "".join(traceback.format_exception(error))]
    assert len(shown) == 20
    for secret in secrets:
        assert not [text for text in shown if secret in text]


ECHOES = [
    "invalid near <password>us3r<pw</password>",
    "s3nder&amp;pw US3R&LT;PW",
    "us3r&amp;lt;pw, s3nder&#38;pw, s3nder&#x26;pw",
    "password=s3nder%26pw&user=us3r%253Cpw",
    "s3ssion-1 is no session",
]


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("name", ["failure_control", "failure_login", "failure_function", "failure_session"])
def test_no_refusal_quotes_a_secret(conversation, gateway, secrets, wire, name, echo):
    gateway.run(conversation.call(QUERY))
    refusal = wire(name).decode()
    for part in ("errorno", "description", "description2", "correction"):
        words = f"before {escape(echo)} after"
        gateway.answer = re.sub(f"<{part}>.*?</{part}>|<{part}/>", f"<{part}>{words}</{part}>", refusal).encode()
        with pytest.raises(GatewayError) as caught:
            gateway.run(conversation.call(QUERY))
        said = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(vars(caught.value))
        assert not any(secret in said.lower() for secret in (*secrets, "s3nder", "us3r"))
        assert "before " in said
        assert "•••" in said


def test_no_foreign_page_quotes_a_secret(conversation):
    for body in (b"<html><title>s3nder%26pw us3r&lt;pw!</title></html>", b"echo s3nder&pw us3r%3cpw!"):
        steps = conversation.call(QUERY)
        reader = next(steps).reader
        reader.feed(body)
        with pytest.raises(TransportError) as read:
            reader.close()
        with pytest.raises(TransportError, match="•••") as caught:
            steps.throw(read.value)
        assert not re.search("s3nder|us3r", repr(caught.value) + str(caught.value))


def test_a_password_that_is_a_public_word_leaves_the_words_as_they_are(credentials, gateway, wire):
    demo = replace(credentials, sender_password="acme", user_password="reader")
    gateway.answer = wire("failure_gateway").replace(b"<description>", b"<description>acme reader ")
    with pytest.raises(GatewayError, match="acme reader"):
        gateway.run(Conversation(demo, START, clock=gateway.clock).call(QUERY))
