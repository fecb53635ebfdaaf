import pytest

from intacct_ql.errors import GatewayError, SignInError
from intacct_ql.gateway.faults import SessionExpired, refusal
from intacct_ql.gateway.messages import Fault, Reply
from intacct_ql.gateway.patience import rule_for

SIX = "XL03000006"  # the number of six different things
CASES = [
    (
        "failure_sender",
        SignInError,
        "control",
        "XL03000006",
        "Incorrect Intacct XML Partner ID or password.",
        "sender id",
    ),
    ("failure_policy", GatewayError, "control", SIX, "nightly is not a valid transport policy.", "policy"),
    ("failure_gateway", GatewayError, "gateway", "GW-0011", "Invalid Request [Request ID: AC47C2BE:1]", "inactive"),
    ("failure_rate", GatewayError, "gateway", "GW-0010", "API rate limit exceeded", "wait"),
    ("failure_login", SignInError, "authentication", SIX, "Sign-in information is incorrect", "user password"),
    (
        "failure_unauthorized",
        SignInError,
        "authentication",
        "XL03000006",
        "Invalid Web Services Authorization",
        "authorizations",
    ),
    (
        "failure_session",
        SessionExpired,
        "authentication",
        "XL03000006",
        "Invalid session [Support ID: x]",
        "refused again",
    ),
    (
        "failure_function",
        GatewayError,
        "function",
        "PL04000005",
        "You do not have permission for this operation",
        "permission",
    ),
    ("failure_prose", GatewayError, "function", "Query Failed", "Invalid fields list x", "permission"),
    ("failure_aborted", GatewayError, "function", "BL34000061", "Already exists", ""),
]


@pytest.mark.parametrize(("name", "kind", "level", "number", "words", "hint"), CASES, ids=[case[0] for case in CASES])
def test_a_refusal_keeps_number_and_words_and_adds_a_hint(wire, read, name, kind, level, number, words, hint):
    reply = read(wire(name))
    error = refusal(reply)
    assert reply.failed
    assert type(error) is kind
    assert (error.level, error.number, error.words) == (level, number, words)
    assert hint in " ".join(error.hints)
    assert f"{number} {words}" in str(error)


@pytest.mark.parametrize("name", ["query", "query_empty", "sign_in", "lookup", "get_list", "acknowledgement"])
def test_good_replies_refuse_nothing(wire, read, name):
    reply = read(wire(name))
    assert not reply.failed
    assert refusal(reply) is None


def test_every_error_of_a_reply_is_there_and_the_support_id_can_be_quoted(wire, read):
    error = refusal(read(wire("failure_control")))
    assert error.errors == (
        (
            "XL03000003",
            "XML Parse schema error: element query is not expected. Line: 19, column: 18. [Support ID: p5rxS~Yr0-1]",
        ),
        ("XL03000003", "Second error"),
    )
    assert "Mend it" in error.hints


def test_corrections_of_the_gateway_come_before_our_hints(wire, read):
    error = refusal(read(wire("failure_function")))
    assert error.hints[0] == "Ask your administrator"
    assert error.errors[1] == ("BL01001973", "Could not find the records")


def test_an_error_may_lack_its_number(wire, read):
    assert refusal(read(wire("failure_prose"))).errors[1] == ("", "You do not have permission to view audit history")


def test_a_failure_without_reasons_is_a_failure():
    error = refusal(Reply(status="failure"))
    assert (type(error), error.number, error.words) == (GatewayError, "", "no reason given")


def test_throttling_at_the_login_is_not_a_refused_login(wire, read):
    throttled = wire("failure_login").replace(b"Sign-in information is incorrect", b"API rate limit exceeded")
    error = refusal(read(throttled))
    assert type(error) is GatewayError
    assert rule_for(error).name == "throttled"


@pytest.mark.parametrize("words", ["[Support ID: ", ".", "again ", "wait 1 "])
def test_words_without_end_cost_no_more_than_their_length(words):
    fault = Fault(errorno="DL02000001", description=words * (1_000_000 // len(words)) + "x")
    error = refusal(Reply(status="failure", faults=(fault,)))
    assert error.words == fault.description
    assert rule_for(error) is None
