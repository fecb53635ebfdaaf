"""What stands in a query, and in the arguments, is obeyed by no terminal and breaks no command."""

import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from intacct_ql.cli.program import Exit

HOSTILE = "select NAM from VENDOR where NAME = 'a\x9b31m\u202eb' and CITY = 'x\ty'"
COMMANDS = [
    ("check",),
    ("compile", "--no-catalog"),
    ("format",),
    ("explain", "--quiet"),
    ("explain", "--quiet", "--output", "json"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_terminal_obeys_a_query(command: tuple[str, ...], environment) -> None:
    program, settings = environment(PYTHONUTF8="1")
    with pexpect.spawn(program, [*command, HOSTILE], dimensions=(60, 200), **settings) as terminal:
        terminal.expect(pexpect.EOF)
        assert "\\x9b31m\\u202eb" in terminal.before
        assert not {*terminal.before} & {"\x9b", "\u202e"}


def test_elsewhere_it_is_what_it_was(run) -> None:
    Path("q.sql").write_text("select NAME from VENDOR where NAME = 'a\x9b\u202eb'", "utf-8")
    assert "'a\x9b\u202eb'" in run("format", "-f", "q.sql").stdout
    assert "a\x9b\u202eb" in run("compile", "-f", "q.sql").stdout


NO_TEXT = os.fsdecode(b"\xc9")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["check", f"select NAM{NO_TEXT} from VENDOR"], Exit.QUERY, "NAM\\udcc9"),
        (["check", "-f", f"{NO_TEXT}.sql"], Exit.OK, "\\udcc9.sql:1:8"),
        (["query", "--demo", "--null", NO_TEXT, "select NAME from VENDOR"], Exit.USAGE, "--null"),
        (["query", "--demo", "-o", "a.db", "--table", NO_TEXT, "select NAME from VENDOR"], Exit.USAGE, "--table"),
    ],
    ids=["query", "name of a file", "null", "table"],
)
def test_an_argument_that_is_no_text(arguments: list[str], status: Exit, words: str) -> None:
    Path(f"{NO_TEXT}.sql").write_text("select NAM from VENDOR", "utf-8")
    program = [sys.executable, "-m", "intacct_ql"]
    ran = subprocess.run([*program, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, words in ran.stdout + ran.stderr) == (status, True)
    assert "internal error" not in ran.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_is_said_of_an_answer_is_no_other_answer(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(".intacct")
    folder.mkdir()
    (folder / "credentials.ini").write_text("[acme]\ncompany_id = ac\x9b\n  plain\n  evil\n[a\u202ec]\n", "utf-8")
    monkeypatch.setenv("COMP_WORDS", "intacct-ql profile show a")
    monkeypatch.setenv("COMP_CWORD", "a" if shell == "fish" else "3")
    monkeypatch.setenv("_INTACCT_QL_COMPLETE", f"{shell}_complete")
    program = [sys.executable, "-m", "intacct_ql"]
    told = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False).stdout
    answers = {
        "bash": "plain,acme",
        "zsh": "plain\nacme\nac\\x9b\\nplain\\nevil",
        "fish": "plain,acme\tac\\x9b\\nplain\\nevil",
    }
    assert told == answers[shell] + "\n"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [("doctor --demo", Exit.OK), ("help query", Exit.OK), ("schema", Exit.OK), ("compile x", Exit.QUERY)],
)
def test_a_closed_standard_output_is_no_failure_of_ours(arguments: str, status: Exit) -> None:
    program = f"{sys.executable} -m intacct_ql {arguments} >&-"
    ran = subprocess.run(["bash", "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, "internal error" in ran.stderr) == (status, False)
