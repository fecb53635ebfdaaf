"""The reference holds every command and option, every exit status and variable; and ``help`` shows its pages."""

import re
from pathlib import Path

import pexpect
import pytest
from commands import commands, examples, options

import intacct_ql
from intacct_ql.cli import reference
from intacct_ql.cli.program import Exit

COMMANDS = dict(commands())
PACKAGE = Path(intacct_ql.__file__).parent
WRITE = ".venv/bin/python -m intacct_ql.cli.reference"


def kept() -> dict[str, str]:
    """The kept page by its headings."""
    parts = re.split(r"^## (.+)\n", reference.PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_kept_page_is_what_the_commands_say() -> None:
    if reference.PAGE.read_text("utf-8") != reference.whole():
        pytest.fail(f"a command, an option or its help has changed; {WRITE} writes {reference.PAGE.name} anew", False)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_option_is_in_it(path: tuple[str, ...]) -> None:
    section = kept().get(" ".join(["intacct-ql", *path]))
    assert section is not None, f"{WRITE} writes it"
    missing = [
        name
        for one in options(COMMANDS[path])
        for name in one.opts
        if not re.search(rf"`[^`]*{re.escape(name)}\b", section)
    ]
    assert missing == [], f"{WRITE} writes them"
    for example in examples(COMMANDS[path]):
        assert example in section


def test_every_exit_status_and_variable_is_in_it() -> None:
    assert set(reference.EXITS) == set(Exit)
    sources = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    named = set(re.findall(r"\bINTACCT_[A-Z_]*[A-Z]\b", sources))
    assert named - set(re.findall(r"\bINTACCT_[A-Z_]+\b", kept()["Environment"])) <= {"INTACCT_COMPANY_PROFILE"}


@pytest.mark.parametrize("words", [(), ("query",), ("profile", "add"), ("exit-status",), ("environment",), ("files",)])
def test_help_shows_a_page(run, words: tuple[str, ...]) -> None:
    result = run("help", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout in reference.PAGE.read_text("utf-8")


def test_help_of_what_there_is_not(run) -> None:
    result = run("help", "profile", "ad")
    assert result.exit_code == 2
    assert "There is no page profile ad. profile add or " in result.stderr


@pytest.mark.parametrize(("colours", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_help_on_a_terminal_is_paged_and_coloured(colours: dict[str, str], coloured: bool, environment) -> None:
    program, settings = environment(**colours, PAGER="less")
    with pexpect.spawn(program, ["help", "query"], dimensions=(20, 80), **settings) as terminal:
        terminal.expect(r"\n?:\x1b|\(END\)|:\s*\x1b|:$")
        first = terminal.before
        terminal.send("q")
        terminal.expect(pexpect.EOF)
    assert "intacct-ql query" in first
    assert bool(re.search(r"\x1b\[[0-9;]*3\dm", first)) is coloured
    assert "--memory" not in first, "there is more than a screen"
