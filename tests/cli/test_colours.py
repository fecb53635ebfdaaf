"""Colours are for terminals, and for those who did not ask for none."""

import re

import pexpect
import pytest

COMMANDS = {
    "query": ["query", "--demo", "select CUSTOMERID, NAME, TOTALDUE from CUSTOMER limit 3"],
    "explain": ["explain", "select CUSTOMERID from CUSTOMER where TOTALDUE > CREDITLIMIT and STATUS = active"],
    "schema": ["schema", "ARTERM"],
    "check": ["check", "select NAM from CUSTOMER"],
    "doctor": ["doctor", "--demo"],
    "help": ["help", "query"],
}
STYLE = re.compile(r"\x1b\[[0-9;]*m")
COLOUR = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:[349][0-7]|10[0-7]|[34]8;)[0-9;]*m")


def shown(arguments: list[str], environment, **variables: str) -> str:
    program, settings = environment(PAGER="cat", **variables)
    with pexpect.spawn(program, arguments, dimensions=(60, 100), **settings) as terminal:
        terminal.expect(pexpect.EOF)
        return terminal.before


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_no_color_is_obeyed(arguments: list[str], environment) -> None:
    assert not COLOUR.search(shown(arguments, environment, NO_COLOR="1"))


@pytest.mark.parametrize("command", ["explain", "doctor"])
def test_terminals_have_colours(command: str, environment) -> None:
    assert COLOUR.search(shown(COMMANDS[command], environment))


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_what_is_no_terminal_has_no_styles_at_all(arguments: list[str], run) -> None:
    assert not STYLE.search(run(*arguments).output)
