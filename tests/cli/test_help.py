"""Help: every command has it, with examples that run."""

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import gateways
import keyrings
import pytest
from commands import commands, examples

from intacct_ql.cli.sections import REST, SECTIONS, sections
from intacct_ql.emulator import Accounts, Running, demo
from intacct_ql.emulator.faults import NAMES, Settings

COMMANDS = dict(commands())
EXAMPLES = [(path, example) for path, command in COMMANDS.items() for example in examples(command)]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_says_what_a_command_does_and_shows_examples(run, path: tuple[str, ...]) -> None:
    result = run(*path, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    command = COMMANDS[path]
    assert command.help
    assert examples(command), "an epilog with Example: and a line that begins with intacct-ql"
    for example in examples(command):
        assert " ".join(["intacct-ql", *path]) in example


def test_every_option_says_what_it_does() -> None:
    silent = [
        f"{' '.join(path)} {parameter.opts[0]}"
        for path, command in COMMANDS.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help and parameter.name not in ("help", "version")
    ]
    assert silent == []


def test_many_options_are_in_sections_each_once() -> None:
    for path in (("query",), ("watch",)):
        context = click.Context(COMMANDS[path])
        found = dict(sections(COMMANDS[path], context))
        assert [one.opts[-1] for one, _ in found.pop(REST)] == ["--help"], "SECTIONS names where an option belongs"
        assert len(found) >= 5


def test_sections_name_no_option_that_is_gone() -> None:
    names = {parameter.name for command in COMMANDS.values() for parameter in command.params}
    assert {name for section in SECTIONS.values() for name in section} - names == set()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    gateway = demo()
    logins = {("demo", "demo"): "demo", ("acme", "xml_gateway"): gateways.USER_PASSWORD}
    gateway.sessions._accounts = Accounts(senders={"demo": "demo", **gateways.ACCOUNTS.senders}, logins=logins)
    with Running(gateway) as running:
        yield running.url


@pytest.fixture
def furnished(home: Path, url: str) -> Iterator[Path]:
    """A home with two profiles, and in it what examples read."""
    values = "".join(f"{key} = {value}\n" for key, value in gateways.CREDENTIALS.items())
    (home / ".intacct").mkdir()
    profiles = "".join(f"[{name}]\n{values}endpoint_url = {url}\n" for name in ("default", "acme"))
    (home / ".intacct" / "credentials.ini").write_text(profiles)
    (home / "passwords.txt").write_text("\n".join([gateways.SENDER_PASSWORD, gateways.USER_PASSWORD]))
    (home / "company").mkdir()
    (home / "company" / "CUSTOMER.csv").write_text("RECORDNO,CUSTOMERID\n1,ZAB001\n")
    (home / "query.sql").write_text("select CUSTOMERID from CUSTOMER limit 5")
    with keyrings.using(keyrings.Memory()):
        yield home


@pytest.mark.parametrize(("path", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
def test_an_example_runs(
    path: tuple[str, ...], example: str, furnished: Path, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path == ("profile", "add"):  # nobody is there to be asked
        (furnished / ".intacct" / "credentials.ini").unlink()
        for name, value in gateways.ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
    if path == ("schema", "export"):  # what was never asked cannot be written
        run("schema", "refresh", "--profile", "acme", "CUSTOMER")
    if path == ("emulate",):
        assert served(example).startswith("http://")
        return
    line, _, file = example.partition(" < ")
    result = run(*shlex.split(line)[1:], stdin=Path(file).read_text() if file else None)
    assert result.exit_code == 0, result.stderr


def served(example: str) -> str:
    """The first line of a command that goes on until it is interrupted."""
    command = f"exec {Path(sys.executable).parent}/{re.sub('--port [0-9]+', '--port 0', example)}"
    begun = subprocess.Popen(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert begun.stdout is not None
    line = begun.stdout.readline()
    begun.send_signal(signal.SIGINT)
    _, said = begun.communicate(timeout=60)
    assert begun.returncode == 0, said
    return line


def test_the_help_of_emulate_names_every_fault_and_setting(run) -> None:
    words = set(re.split(r"[\s=]+", run("emulate", "--help").stdout))
    settings = {field.name.replace("_", "-") for field in fields(Settings)}
    assert words >= {*NAMES, *settings}


def test_no_password_is_ever_the_value_of_an_option() -> None:
    for command in COMMANDS.values():
        for parameter in command.params:
            named = "password" in " ".join(parameter.opts)
            assert not named or (isinstance(parameter, click.Option) and parameter.is_flag)


def test_version(run) -> None:
    assert re.fullmatch(r"intacct-ql, version \d+\.\d+\.\d+\n", run("--version").stdout)


def test_an_unknown_command(run) -> None:
    assert run("qeury").exit_code == 2


def test_a_query_without_quotes_is_told_what_to_do(run) -> None:
    result = run("query", "--demo", "select", "NAME", "from", "CUSTOMER")
    assert result.exit_code == 2
    assert "put it in quotes, as one argument" in result.stderr
