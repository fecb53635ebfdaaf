"""Which failures are asked again, after how long, and how often."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import GatewayError, SignInError, TransportError
from intacct_ql.gateway.messages import Pause
from intacct_ql.gateway.patience import LONGEST_HINT, RULES, Patience, passes, patiently, rule_for


def http(status, reason="no", **told):
    return TransportError(reason, status=status, **told)


def refused(number, words="", *hints):
    return GatewayError("function", [(number, words)], *hints)


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (http(429), "throttled"),
        (http(500, "API rate limit exceeded"), "throttled"),
        (refused("GW-0010"), "throttled"),
        (refused("GW-0010", "API rate limit exceeded"), "throttled"),
        (GatewayError("function", [("XX", "first"), ("GW-0010", "second")]), "throttled"),
        (refused("", "Error: API rate limit exceeded"), "throttled"),
        (refused("", "too many operations"), "throttled"),
        (http(503), "off-line"),
        (refused("", "The Service is Temporarily Off-line"), "off-line"),
        (refused("XX", "Something", "Please Try Again Later"), "later"),
        (http(500), "unable"),
        (http(502), "unable"),
        (http(504), "unable"),
        (refused("GW-0001"), "unable"),
        (refused("GW-0009"), "unable"),
        (refused("DL02000001"), "data layer"),
        (refused("DL02000001", "There was an error processing the request. [Support ID: x%7Ey]"), "data layer"),
        (TransportError("cut off", passing=True), "broken"),
        (TransportError("cut off", passing=True, status=200), "broken"),
    ],
)
def test_what_passes(error, name):
    assert rule_for(error).name == name


@pytest.mark.parametrize(
    "error",
    [
        http(524),
        http(524, passing=True),
        http(400),
        http(401),
        http(403, passing=True),
        TransportError("it does not go on answering"),
        refused("GW-0011", "Invalid Request"),
        refused("GW-0042"),
        refused("PL04000005", "no permission"),
        refused("XL03000003"),
        refused("DL02000001", "Unknown field FOO"),
        refused("", "You do not have permission to view audit history"),
        SignInError("authentication", [("XL03000006", "Sign-in information is incorrect")]),
        SignInError("authentication", [("", "API rate limit exceeded")]),
        SignInError("authentication", [("GW-0010", "")]),
        http(302, passing=True),
        refused("GW-0000"),
        refused("GW-"),
        ValueError("a bug"),
    ],
    ids=str,
)
def test_what_does_not(error):
    assert rule_for(error) is None


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ([("XL03000006", "API rate limit exceeded")], True),
        ([("XL03000006", "Sign-in information"), ("", "is temporarily off-line")], True),
        ([("GW-0001", "")], True),
        ([("XL03000006", "Sign-in information is incorrect")], False),
        ([], False),
    ],
)
def test_numbers_and_words_tell_whether_a_refusal_passes(errors, told):
    assert passes(iter(errors)) == told


STEADY = Patience(dice=lambda: 0)


def waits(patience, error, most=20):
    rule = rule_for(error)
    return [patience.wait(rule, error, tried) for tried in range(1, most)]


def test_waits_double_until_they_are_long_enough_and_end():
    assert waits(STEADY, http(429))[:11] == [2, 4, 8, 16, 32, 60, 60, 60, 60, 60, None]
    assert waits(STEADY, http(503))[:7] == [5, 10, 20, 40, 80, 120, None]
    assert waits(STEADY, http(500))[:7] == [1, 2, 4, 8, 16, 30, None]
    assert waits(STEADY, refused("DL02000001"))[:2] == [2, None]
    assert waits(STEADY, TransportError("cut", passing=True))[:7] == [0.5, 1, 2, 4, 8, 15, None]


ERROR = http(500)


def test_callers_part_by_up_to_a_half():
    assert Patience(dice=lambda: 1).wait(rule_for(http(429)), http(429), 1) == 1
    assert Patience(dice=lambda: 0.5).wait(rule_for(http(429)), http(429), 1) == 1.5


@given(st.sampled_from(RULES), st.integers(1, 12), st.floats(0, 1), st.floats(0, 10))
def test_no_wait_is_longer_than_the_longest(rule, tried, dice, factor):
    wait = Patience(dice=lambda: dice, factor=factor).wait(rule, ERROR, tried)
    assert (wait is None) == (tried > rule.tries)
    assert wait is None or rule.first * factor / 2 <= wait <= rule.longest * factor


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_caller_may_bound_the_tries_and_not_raise_them(rule):
    error = http(500)
    assert Patience(tries=0).wait(rule, error, 1) is None
    assert Patience(tries=99, dice=lambda: 0).wait(rule, error, rule.tries + 1) is None


@pytest.mark.parametrize(("hint", "wait"), [(0.0, 0.0), (7.0, 7.0), (LONGEST_HINT, LONGEST_HINT), (901.0, None)])
def test_what_the_gateway_asks_for_is_obeyed_to_the_second(hint, wait):
    error = http(429)
    error.retry_after = hint
    assert Patience(factor=0.1, dice=lambda: 1).wait(rule_for(error), error, 1) == wait


def test_what_the_gateway_asks_for_does_not_add_tries():
    error = http(429)
    error.retry_after = 0.0
    assert waits(STEADY, error) == [0.0] * 10 + [None] * 9


@pytest.mark.parametrize(
    ("error", "again"),
    [(http(429), True), (http(503), True), (http(500), False), (TransportError("cut", passing=True), False)],
)
def test_a_sign_in_is_asked_again_only_where_nothing_was_done(error, again):
    error.signing_in = True
    assert (STEADY.wait(rule_for(error), error, 1) is not None) == again


def attempts(*outcomes):
    """A call that ends as told, one time after the other."""
    left = list(outcomes)

    def call():
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
        yield

    return call


def ran(steps):
    pauses = []
    try:
        while True:
            pauses.append(steps.send(None))
    except StopIteration as done:
        return pauses, done.value


def test_a_call_is_made_again_until_it_succeeds():
    pauses, value = ran(patiently(attempts(http(429), http(500), http(429), "rows"), STEADY))
    assert value == "rows"
    assert [(pause.seconds, pause.tries, pause.throttled) for pause in pauses] == [
        (2, 1, True),
        (1, 2, False),
        (4, 3, True),
    ]
    assert all(isinstance(pause, Pause) for pause in pauses)


def test_what_a_call_asks_for_and_is_told_goes_through():
    def call():
        replies.append((yield "exchange"))
        if len(replies) == 1:
            raise http(500)
        return "rows"

    replies = []
    steps = patiently(call, STEADY)
    assert next(steps) == "exchange"
    assert isinstance(steps.send("a reply"), Pause)
    assert steps.send(None) == "exchange"
    with pytest.raises(StopIteration) as done:
        steps.send("another")
    assert (done.value.value, replies) == ("rows", ["a reply", "another"])


def test_a_pause_says_why():
    failure = http(429)
    pauses, _ = ran(patiently(attempts(failure, "rows"), STEADY))
    assert [pause.failure for pause in pauses] == [failure]


def test_a_failure_is_raised_at_once_where_a_longer_wait_is_asked_for():
    failure = http(429)
    failure.retry_after = LONGEST_HINT + 1
    with pytest.raises(TransportError) as raised:
        ran(patiently(attempts(failure, "rows"), STEADY))
    assert raised.value is failure


@pytest.mark.parametrize("failure", [http(524), refused("GW-0011"), ValueError("a bug")], ids=str)
def test_what_does_not_pass_is_raised_unchanged(failure):
    with pytest.raises(type(failure)) as raised:
        ran(patiently(attempts(failure, "rows"), STEADY))
    assert raised.value is failure


def test_the_last_failure_is_raised_where_the_tries_end():
    failures = [http(500, f"no {number}") for number in range(9)]
    with pytest.raises(TransportError, match="no 6"):
        ran(patiently(attempts(*failures), STEADY))
