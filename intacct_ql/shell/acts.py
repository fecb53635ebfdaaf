"""What each command of the shell does.

In: the state of the shell, and what stands behind the command. Out: a changed state, rows, words. Refuses to know: how
commands are found and described; that stands in ``command_table``.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

from collections.abc import Callable, Iterator
from threading import Event

from intacct_ql.errors import Error
from intacct_ql.shell.command_table import COMMANDS, near_commands, read_command
from intacct_ql.shell.putting import print_text, put_next
from intacct_ql.shell.rows import explain, explained, give_rows, run_query
from intacct_ql.shell.state import Shell
from intacct_ql.shell.wrapping import listed, wrapped
from intacct_ql.suggest import nearest

Act = Callable[[Shell, str], None]

_SWITCHES = {"on": True, "off": False}


def act(shell: Shell, line: str) -> None:
    """Do what a command says. Raises ``Error`` where there is none such, or it cannot be done."""
    name, argument = read_command(line)
    if not name:
        word = line.split(maxsplit=1)[0]
        near = near_commands(word)
        hint = f"{' or '.join(near)} might be meant" if near else ".help lists them"
        raise Error(f"there is no command {word}; {hint}")
    ACTS[name](shell, argument)


def _help(shell: Shell, argument: str) -> None:
    width = shell.width
    if not argument:
        shell.say(listed(((command.usage, command.does) for command in COMMANDS.values()), width))
        shell.say(wrapped(COMMANDS[".help"].more, width))
        return
    name, _ = read_command(argument if argument.startswith((".", "\\")) else f".{argument}")
    if not name:
        near = near_commands(argument if argument.startswith(".") else f".{argument}")
        raise Error(f"there is no command {argument}" + (f"; {' or '.join(near)} might be meant" if near else ""))
    command = COMMANDS[name]
    shell.say("\n".join(wrapped(text, width) for text in (command.usage, command.does, command.more) if text))
    if name == ".mode":
        from intacct_ql.encoders import FORMATS

        shell.say(wrapped(f"Formats: {', '.join(FORMATS)}", width))


def _tables(shell: Shell, argument: str) -> None:
    wanted = argument.casefold()
    labels = shell.company.catalog.labels()
    found = [(name, label) for name, label in labels.items() if wanted in name.casefold() or wanted in label.casefold()]
    if not found:
        raise Error(f"no object has {argument} in its name or label")
    give_rows(shell, ("OBJECT", "LABEL"), found)


def _schema(shell: Shell, argument: str) -> None:
    from intacct_ql.schema.paths import walk

    if not argument:
        raise Error("which object? .tables lists them")
    catalog = shell.company.catalog
    name, _, path = argument.partition(".")
    start = catalog.find(name)
    if start is None:
        near = nearest(name, catalog.names())
        raise Error(f"unknown object {name}" + (f"; {' or '.join(near)} might be meant" if near else ""))
    found = walk(start, path, catalog)
    if found.rest:
        raise Error(found.why or f"{found.end.name} leads to no {found.rest}")
    rows: list[tuple[str | None, ...]] = [
        (one.name, one.type.value, one.label, "no" if one.queryable is False else None, _values(one.values))
        for one in ([found.field] if found.field is not None else found.end.fields.values())
    ]
    if found.field is None:
        rows += [(f"{way.path}.", f"to {way.object}", None, None, None) for way in found.end.relationships.values()]
    give_rows(shell, ("FIELD", "TYPE", "LABEL", "QUERYABLE", "VALUES"), rows)


def _values(values: tuple[object, ...]) -> str | None:
    return ", ".join(str(getattr(one, "label", one)) for one in values) or None


def _explain(shell: Shell, argument: str) -> None:
    print_text(shell, str(explain(shell, argument)))


def _xml(shell: Shell, argument: str) -> None:
    from intacct_ql import api

    text = shell.wanted(argument)
    company = shell.company
    compiled = api.compile(text, shell.bound(text), catalog=company.catalog, formatting=company.formatting)
    print_text(shell, compiled.xml)


def _plan(shell: Shell, argument: str) -> None:
    import json

    print_text(shell, json.dumps(explained(shell, argument), indent=2, ensure_ascii=False, default=str))


def _timing(shell: Shell, argument: str) -> None:
    shell.timing = _switched("timing", argument, now=shell.timing)
    shell.say(f"timing is {_word(shell.timing)}")


def _pager(shell: Shell, argument: str) -> None:
    shell.pager = _switched("pager", argument, now=shell.pager)
    shell.say(f"the pager is {_word(shell.pager)}")


def _switched(name: str, argument: str, *, now: bool) -> bool:
    """The new position of a switch; without a word it is turned."""
    if not argument:
        return not now
    if argument.lower() not in _SWITCHES:
        raise Error(f".{name} is on or off, not {argument}")
    return _SWITCHES[argument.lower()]


def _word(switch: bool) -> str:
    return "on" if switch else "off"


def _mode(shell: Shell, argument: str) -> None:
    from intacct_ql.encoders import FORMATS

    if argument and argument.lower() not in FORMATS:
        near = nearest(argument, FORMATS)
        hint = f"{' or '.join(near)} might be meant; " if near else ""
        raise Error(f"there is no format {argument}; {hint}there are {', '.join(FORMATS)}")
    shell.mode = argument.lower() or shell.mode
    if not argument:
        shell.say(f"rows are shown as {shell.mode}; there are {', '.join(FORMATS)}")


def _output(shell: Shell, argument: str) -> None:
    put_next(shell, argument.strip("'\""))


def _param(shell: Shell, argument: str) -> None:
    word, _, value = argument.partition(" ")
    name, value = word.removeprefix(":").removesuffix("[]"), value.strip().removeprefix("= ").strip()
    if not name:
        for known, bound in shell.params.items():
            shell.say(f":{known} = {bound}")
        if not shell.params:
            shell.say("no parameter has a value; .param NAME VALUE gives one")
    elif word.endswith("[]"):
        shell.params[name] = [_unquoted(part) for part in _words(value)]
    elif value:
        shell.params[name] = _unquoted(value)
    elif shell.params.pop(name, None) is None:
        raise Error(f"no parameter {name} has a value")


def _words(text: str) -> Iterator[str]:
    import shlex

    try:
        yield from shlex.split(text)
    except ValueError:
        raise Error("a quote is not closed") from None


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] == "'"
    return value[1:-1].replace("''", "'") if quoted else value


def _profile(shell: Shell, argument: str) -> None:
    if not argument:
        names = shell.outside.profiles()
        shell.say(f"{shell.company.told}; profiles: {', '.join(names) or 'none'}")
        return
    company = shell.outside.company(argument)
    shell.company.close()
    shell.company = company
    shell.say(company.told)


def _edit(shell: Shell, argument: str) -> None:
    import click

    if not shell.interactive:
        raise Error(".edit needs a terminal")
    text = click.edit((argument or shell.last).rstrip() + "\n", extension=".sql")
    shell.draft = (text or "").strip()


def _fix(shell: Shell, _: str) -> None:
    if not shell.mends:
        raise Error("nothing is known to be mended")
    shell.draft = shell.mends[0]


def _read(shell: Shell, argument: str) -> None:
    from intacct_ql.shell.script import read_file

    if not argument:
        raise Error("which file?")
    read_file(shell, argument.strip("'\""))


def _watch(shell: Shell, argument: str) -> None:
    from datetime import datetime

    try:
        seconds = float(argument)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 10**6:
        raise Error(f".watch takes a number of seconds, not {argument or 'nothing'}")
    text, waiting = shell.wanted(""), Event()
    while True:
        shell.say(f"{datetime.now().astimezone():%H:%M:%S}, every {seconds:g} s until Ctrl-C")
        run_query(shell, text, paged=False)
        waiting.wait(seconds)


def _quit(shell: Shell, _: str) -> None:
    shell.leaving = True


ACTS: dict[str, Act] = {
    ".help": _help,
    ".tables": _tables,
    ".schema": _schema,
    ".explain": _explain,
    ".xml": _xml,
    ".plan": _plan,
    ".timing": _timing,
    ".pager": _pager,
    ".mode": _mode,
    ".output": _output,
    ".param": _param,
    ".profile": _profile,
    ".edit": _edit,
    ".fix": _fix,
    ".read": _read,
    ".watch": _watch,
    ".quit": _quit,
}
"""Every command; those of ``command_table``."""
