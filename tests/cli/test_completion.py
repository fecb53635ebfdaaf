"""Completion: as shells ask for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from intacct_ql.cli import COMMANDS
from intacct_ql.cli.codes import known
from intacct_ql.schema.catalog import BUNDLED

BIN = Path(sys.executable).parent
BASH = "/bin/bash"
SCRIPT = """\
eval "$({name} completion bash)"
compopt() {{ :; }}  # it works only where somebody types
COMP_WORDS=({words})
COMP_CWORD={at}
{function} {name}
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def shell_environment(home: Path) -> dict[str, str]:
    (home / ".intacct").mkdir()
    (home / ".intacct" / "credentials.ini").write_text("[acme]\ncompany_id = acme\n[ac me]\n[other]\n")
    return {**os.environ, "HOME": str(home), "PATH": f"{BIN}:{os.environ['PATH']}"}


def completed(words: str, environment: dict[str, str], name: str = "intacct-ql") -> list[str]:
    """What a bash would offer for the last of the words."""
    at = len(words.split()) - 1 + words.endswith(" ")
    script = SCRIPT.format(name=name, words=words, at=at, function="_intacct_ql_completion")
    done = subprocess.run([BASH, "-c", script], env=environment, text=True, capture_output=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("intacct-ql ", [*COMMANDS]),
        ("intacct-ql prof", ["profile"]),
        ("intacct-ql profile re", ["remove"]),
        ("intacct-ql query --no-h", ["--no-header"]),
        ("intacct-ql query --output js", ["json", "jsonl"]),
        ("intacct-ql query --output = js", ["json", "jsonl"]),  # as bash splits --output=js
        ("intacct-ql explain --output =", ["text", "json"]),
        ("intacct-ql query --profile o", ["other"]),
        ("intacct-ql doctor --object CUSTT", ["CUSTTYPE"]),
        ("intacct-ql doctor --object custt", ["CUSTTYPE"]),
        ("intacct-ql profile show o", ["other"]),
        ("intacct-ql schema CUSTT", ["CUSTTYPE"]),
        ("intacct-ql schema ref", ["refresh"]),
        ("intacct-ql schema apbill.vendor.termn", ["APBILL.VENDOR.TERMNAME"]),
        ("intacct-ql schema nothing.x", [""]),
        ("intacct-ql check --explain iql21", [code for code in known() if code.startswith("IQL21")]),
        ("intacct-ql help profile t", ["test"]),
        ("intacct-ql help e", ["emulate", "environment", "exit-status", "explain"]),
    ],
)
def test_bash(words: str, offered: list[str], shell_environment: dict[str, str]) -> None:
    assert sorted(completed(words, shell_environment)) == sorted(offered)


def test_the_other_name_is_completed_too(shell_environment: dict[str, str]) -> None:
    assert completed("iql prof", shell_environment, name="iql") == ["profile"]


@pytest.mark.parametrize(
    ("shell", "words", "at", "lines"),
    [
        ("zsh", "intacct-ql profile show o", "3", ["plain", "other", "_"]),
        ("zsh", "intacct-ql profile show acm", "3", ["plain", "acme", "acme"]),
        ("fish", "intacct-ql profile show acm", "acm", ["plain,acme\tacme"]),
    ],
)
def test_other_shells_are_told_by_their_protocol(
    shell: str, words: str, at: str, lines: list[str], shell_environment: dict[str, str]
) -> None:
    asked = {"_INTACCT_QL_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": at}
    done = subprocess.run([BIN / "intacct-ql"], env={**shell_environment, **asked}, text=True, capture_output=True)
    assert (done.stdout.split("\n")[:-1], done.stderr) == (lines, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_a_script_names_the_program(run, shell: str) -> None:
    result = run("completion", shell)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "_INTACCT_QL_COMPLETE" in result.stdout


def test_profiles_that_cannot_be_read_complete_nothing(shell_environment: dict[str, str], home: Path) -> None:
    (home / ".intacct" / "credentials.ini").write_text("hush\n")
    assert completed("intacct-ql query --profile ", shell_environment) == [""]


def test_every_object_of_the_catalog_is_offered(shell_environment: dict[str, str]) -> None:
    assert completed("intacct-ql doctor --object ", shell_environment) == list(BUNDLED.labels())
