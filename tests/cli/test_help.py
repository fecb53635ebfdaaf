"""Help: every command has it, with an example that runs."""

import re
import shlex
from dataclasses import fields

import pytest

from intacct_ql.cli import COMMANDS
from intacct_ql.emulator.faults import NAMES, Settings


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_shows_an_example_that_runs(run, command: str | None) -> None:
    result = run(*([command] if command else []), "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    examples = re.findall(r"^ +intacct-ql (\w+ .+)$", result.stdout, re.MULTILINE)
    assert examples
    for example in examples:
        if not example.startswith("emulate"):
            assert run(*shlex.split(example)).exit_code == 0, example


def test_the_help_of_emulate_names_every_fault_and_setting(run) -> None:
    words = set(re.split(r"[\s=]+", run("emulate", "--help").stdout))
    settings = {field.name.replace("_", "-") for field in fields(Settings)}
    assert words >= {*NAMES, *settings}


def test_no_password_is_ever_an_option(run) -> None:
    assert not any("--" in word and "password" in word for word in run("query", "--help").stdout.split())


def test_version(run) -> None:
    assert re.fullmatch(r"intacct-ql, version \d+\.\d+\.\d+\n", run("--version").stdout)


def test_an_unknown_command(run) -> None:
    assert run("qeury").exit_code == 2
