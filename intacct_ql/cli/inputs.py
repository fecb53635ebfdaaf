"""What several commands take: the query, its parameters, and options with one meaning everywhere.

In: arguments. Out: a ``Source`` and values ready for the stages. Refuses to know: what a stage does with them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click

from intacct_ql import errors
from intacct_ql.cli.program import SOURCE, Source, say

Command = TypeVar("Command", bound=Callable[..., Any])


def options(*decorators: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Several options as one decorator; help shows them in this order."""

    def decorate(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


def _parameters(
    _: click.Context, __: click.Parameter, given: Sequence[str]
) -> Mapping[str, object] | list[object] | None:
    """NAME=VALUE pairs as a mapping, several values of a name as a list; 1=, 2= ... as the values of the ? marks."""
    values: dict[str, list[str]] = {}
    lists: set[str] = set()
    for pair in given:
        left, sign, value = pair.partition("=")
        name = left.removeprefix(":").removesuffix("[]")
        if not sign or not name:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE")
        if left.endswith("[]") or name in values:
            lists.add(name)
        values.setdefault(name, []).append(value)
    bound: dict[str, object] = {name: found if name in lists else found[0] for name, found in values.items()}
    if not any(name.isdecimal() for name in bound):
        return bound or None
    marks = [str(number) for number in range(1, len(bound) + 1)]
    if set(marks) != set(bound):
        raise click.BadParameter("the values of the ? marks are 1=VALUE, 2=VALUE and so on, and no names beside them")
    return [bound[mark] for mark in marks]


FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
COUNT = click.IntRange(min=1)


def _one_text(_: click.Context, __: click.Parameter, given: Sequence[str]) -> str | None:
    if len(given) > 1:
        raise click.UsageError("The query came as several words: put it in quotes, as one argument.")
    return given[0] if given else None


text = options(
    click.argument("text", nargs=-1, metavar="[TEXT]", callback=_one_text),
    click.option("-f", "--file", type=FILE, metavar="FILE", help="Read the query from a file; - is standard input."),
)
param = click.option(
    "--param",
    "params",
    multiple=True,
    callback=_parameters,
    metavar="NAME=VALUE",
    help="Bind a value to :NAME. NAME[]=VALUE, repeated, binds a list; 1=VALUE the first ? mark.",
)
TARGETS = ("query", "readByQuery", "get_list", "get", "read", "readByName", "rest", "auto")
"""What a query can be compiled to; written out, so that no door is imported for a page of help."""

aim = click.option(
    "--target",
    default="query",
    type=click.Choice(TARGETS),
    is_eager=True,  # --page-size is checked by it
    help="The request to compile to; auto takes the one that reads least.",
    show_default=True,
)
strict = click.option("--strict", is_flag=True, help="Refuse what is only unclear.")
MOST_ROWS = {"query": 2000, "readByQuery": 1000, "get_list": 1000, "rest": 4000}
"""The rows that a page of each target can hold, written out for the same reason; the others know no pages."""


def page(*targets: str) -> Callable[[Command], Command]:
    """The option for the length of a page of one of these targets."""
    most = ", ".join(f"{name} {MOST_ROWS[name]:,}" for name in targets)
    return click.option("--page-size", type=COUNT, callback=_page, metavar="N", help=f"Rows in a page. Most: {most}.")


def _page(context: click.Context, _: click.Parameter, given: int | None) -> int | None:
    target = context.params.get("target", "query")
    most = MOST_ROWS.get(target)
    if given is not None and most is not None and given > most:
        raise click.BadParameter(f"a page of {target} holds 1 to {most} rows, not {given}")
    return given


no_catalog = click.option("--no-catalog", is_flag=True, help="Send names and values unchecked.")
retries = click.option("--retries", type=click.IntRange(min=0), metavar="N", help="Tries after a failure that passes.")
validate = click.option("--validate", is_flag=True, help="Hold the XML to its schema; exit status 70 if it breaks it.")
log = click.option(
    "--log", type=click.Path(dir_okay=False, allow_dash=True), metavar="FILE", help="Add a JSON line for each call."
)
quiet = click.option("-q", "--quiet", is_flag=True, help="No notes, no progress, no summary; warnings stay.")
text_or_json = click.option(
    "--output", type=click.Choice(["text", "json"]), default="text", help="For people or for tools.", show_default=True
)


def read(text: str | None, file: str | None) -> Source:
    """The query text, and its name for messages; remembered for what may be said about it later."""
    if (text is None) == (file is None):
        raise click.UsageError("Give the query as TEXT, as - for standard input, or with -f FILE.")
    given = text not in (None, "-")
    source = Source(text=text or "", name="query") if given else _read_file(file or "-")
    click.get_current_context().meta[SOURCE] = source
    return source


def _read_file(file: str) -> Source:
    name = "standard input" if file == "-" else file
    try:
        with click.open_file(file, "rb") as stream:
            return Source(text=stream.read().decode("utf-8-sig"), name=name, script=True)
    except UnicodeDecodeError as wrong:
        raise click.UsageError(f"{name} is not UTF-8 text (byte {wrong.start}).") from None
    except OSError as unreadable:
        raise click.UsageError(f"{name} cannot be read: {unreadable.strerror}.") from None
    except RuntimeError:  # click's word for a closed standard input
        raise click.UsageError(f"{name} is closed.") from None


def remark(found: Iterable[errors.Diagnostic], source: Source, *, quiet: bool = False) -> None:
    """Say the warnings of a query that runs, and the notes unless told to be quiet."""
    said = [one for one in found if not quiet or one.severity is not errors.Severity.INFO]
    if said:
        say(errors.draw_all(said, source.text, source.name))
