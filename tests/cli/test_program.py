"""Every failure has one exit status and says so without a traceback."""

import click
import pytest
from click.testing import CliRunner, Result

from intacct_ql import errors
from intacct_ql.cli.program import Exit, Program

FAILURES = [
    (errors.QueryError([errors.error("IQL999", None, "the query is odd")]), 1, "IQL999 the query is odd"),
    (errors.QuerySyntaxError([errors.error("IQL999", None, "odd")]), 1, "IQL999 odd"),
    (errors.Error("two columns are named X"), 1, "error: two columns are named X"),
    (errors.ConfigError("no company"), 3, "error: no company"),
    (errors.SignInError("authentication", [("XL03000006", "Sign-in failed")]), 3, "XL03000006 Sign-in failed"),
    (errors.TransportError("no reply", "wait"), 3, "error: no reply\n  hint: wait"),
    (errors.GatewayError("function", [("DL02000001", "Query Failed")]), 4, "DL02000001 Query Failed"),
    (
        errors.BudgetExceeded("max_calls", 3, calls=3, rows=6),
        5,
        "stopped by --max-calls 3 after 6 rows; what was read is kept",
    ),
    (KeyboardInterrupt(), 130, "interrupted"),
    (OSError(28, "No space left on device"), 70, "error: No space left on device"),
    (RecursionError("deep"), 70, "internal error: RecursionError in test_program.py line"),
]


def run(failure: BaseException) -> Result:
    @click.command()
    def fail() -> None:
        raise failure

    program = Program(name="intacct-ql", places={})
    program.get_command = lambda *_: fail  # type: ignore[method-assign]
    return CliRunner().invoke(program, ["fail"])


@pytest.mark.parametrize(("failure", "status", "words"), FAILURES, ids=lambda value: type(value).__name__)
def test_status_and_words(failure: BaseException, status: int, words: str) -> None:
    result = run(failure)
    assert result.exit_code == status
    assert words in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_reader_that_left_is_no_failure() -> None:
    result = run(BrokenPipeError())
    assert (result.exit_code, result.stderr) == (Exit.OK, "")


def test_an_unexpected_message_is_not_repeated_for_it_might_hold_a_secret() -> None:
    assert "hunter2" not in run(RuntimeError("password hunter2")).stderr


def test_a_traceback_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTACCT_QL_TRACEBACK", "1")
    assert isinstance(run(RuntimeError("x")).exception, RuntimeError)


def test_a_gateway_cannot_move_the_cursor() -> None:
    result = run(errors.GatewayError("function", [("X", "red\x9b31m and \x1b[2J")]))
    assert r"red\x9b31m and \x1b[2J" in result.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["qurey", "select NAME from CUSTOMER"], "No such command 'qurey'. Did you mean 'query'?"),
        (["doktor"], "No such command 'doktor'. Did you mean 'doctor'?"),
        (["zzzzz"], "No such command 'zzzzz'."),
        (["select NAME from CUSTOMER"], 'A query follows a command: intacct-ql query "select ...".'),
        (["SELECT", "NAME", "from", "CUSTOMER"], 'A query follows a command: intacct-ql query "select ...".'),
    ],
)
def test_a_command_that_there_is_not(run, given: list[str], said: str) -> None:
    result = run(*given)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, f"Error: {said}")
