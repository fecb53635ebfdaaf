"""What a program takes for granted of what it is given: records and errors are plain data, copied and sent whole."""

import copy
import pickle

import pytest

import intacct_ql as iql
from intacct_ql.errors import Stopped

QUERY = "select NAME from VENDOR where RECORDNO > 3"


def wrong(text: str) -> iql.QueryError:
    with pytest.raises(iql.QueryError) as raised:
        iql.compile(text)
    return raised.value


def told(error: iql.Error) -> iql.Error:
    error.retry_after, error.signing_in = 2.5, True
    return error


ERRORS = [
    wrong("select NAM from VENDR"),
    wrong("select"),
    iql.ConfigError("no such profile"),
    iql.RequestError([("query/select", "is missing")]),
    iql.GatewayError("function", [("DL02000001", "no such field"), ("", "more")], "a hint", "another"),
    iql.SignInError("authentication", [("XL03000006", "Sign-in information is incorrect")], "a hint"),
    told(iql.TransportError("cut off", "run it again", status=502, passing=True, unsent=True)),
    iql.BudgetExceeded("max_rows", 3, calls=2, rows=3, held=1, resume="a token"),
    Stopped("stop", 0, calls=2, rows=3, resume="a token"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_an_error_is_copied_and_sent_to_other_processes_whole(error: iql.Error, again) -> None:
    other = again(error)
    assert (type(other), str(other), vars(other)) == (type(error), str(error), vars(error))


def test_what_a_session_gives_is_copied_and_sent_whole() -> None:
    with iql.demo() as session:
        result = session.query(QUERY)
        given = [result.fetchall(), result.columns, result.diagnostics, session.explain(QUERY)]
    for one in [*given, iql.check("select NAM from VENDOR"), iql.parse(QUERY)]:
        assert pickle.loads(pickle.dumps(one)) == one == copy.deepcopy(one)
    statement = pickle.loads(pickle.dumps(iql.prepare(QUERY)))
    assert statement.compile().xml == pickle.loads(pickle.dumps(iql.compile(QUERY))).xml
