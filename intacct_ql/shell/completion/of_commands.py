"""What may stand in a line that is a command of the shell.

In: the line up to the cursor. Out: suggestions. Refuses to know: what commands do.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from intacct_ql.schema.catalog import Catalog
from intacct_ql.shell.command_table import COMMANDS, Takes, read_command
from intacct_ql.shell.completion.subject import Subject
from intacct_ql.shell.completion.suggestion import Kind, Offer, Suggestion, fitting

Complete = Callable[[int], list[Suggestion]]
"""Completes the query that begins at this place of the line."""


def of_commands(
    line: str, catalog: Catalog, parameters: Sequence[str], profiles: Iterable[str], complete: Complete
) -> list[Suggestion]:
    """Suggestions for a line that begins with a dot or a backslash."""
    indent = len(line) - len(line.lstrip())
    word, space, argument = line[indent:].partition(" ")
    if not space:
        return fitting(word, _names(), indent)
    name, _ = read_command(f"{word} x")
    if not name:
        return []
    start = len(line) - len(argument.lstrip())
    takes, argument = COMMANDS[name].takes, argument.lstrip()
    if takes is Takes.QUERY:
        return [replace(one, start=one.start + start) for one in complete(start)]
    if takes is Takes.OBJECT and "." in argument:
        path, _, last = argument.rpartition(".")
        return fitting(last, _ways(path, catalog), start + len(path) + 1)
    offers = _offers(takes, catalog, parameters, profiles)
    return [] if " " in argument else fitting(argument, offers, start)


def _names() -> Iterator[Offer]:
    for name, command in COMMANDS.items():
        yield Offer(name=name, kind=Kind.COMMAND, detail=command.does)


def _ways(path: str, catalog: Catalog) -> Iterator[Offer]:
    first, *hops = path.split(".")
    start = catalog.object(first)
    for way, target in Subject(object=start, alias=None, catalog=catalog).ways(tuple(hops)):
        label = "" if target is None else target.label
        yield Offer(name=way.path, kind=Kind.WAY, label=label, detail=f"to {way.object}")


def _offers(takes: Takes, catalog: Catalog, parameters: Sequence[str], profiles: Iterable[str]) -> Iterator[Offer]:
    if takes is Takes.OBJECT:
        for name, label in catalog.labels().items():
            yield Offer(name=name, kind=Kind.OBJECT, label=label)
    elif takes is Takes.FORMAT:
        from intacct_ql.encoders import FORMATS  # noqa: PLC0415 - only where a format is chosen

        for name in FORMATS:
            yield Offer(name=name, kind=Kind.ARGUMENT)
    elif takes is Takes.COMMAND:
        for name, command in COMMANDS.items():
            yield Offer(name=name, kind=Kind.COMMAND, detail=command.does)
    else:
        plain = {Takes.SWITCH: ("on", "off"), Takes.PROFILE: profiles, Takes.PARAMETER: parameters}
        for name in plain.get(takes, ()):
            yield Offer(name=name, kind=Kind.ARGUMENT)
