"""Every command of the program, those inside others too, with the examples of its help."""

import re
from collections.abc import Iterator

import click

from intacct_ql.cli import main

EXAMPLE = re.compile(r"^ +(intacct-ql .+?) *$", re.MULTILINE)


def options(command: click.Command) -> list[click.Option]:
    """The options of a command, and those of a hidden one that stands for it."""
    hidden = [one for one in getattr(command, "commands", {}).values() if one.hidden]
    return [one for each in (command, *hidden) for one in each.params if isinstance(one, click.Option)]


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command with the words that name it; the program itself has none."""
    yield path, group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        elif not command.hidden:
            yield (*path, name), command


def examples(command: click.Command) -> list[str]:
    """The lines of its help that can be run."""
    return EXAMPLE.findall(command.epilog or "")
