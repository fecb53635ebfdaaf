"""The options of a command in sections, where there are many.

In: the options of a command. Out: its help, and the same for the reference. Refuses to know: what an option does.
"""

from collections.abc import Iterator

import click

SECTIONS = {
    "Query": ("file", "params", "target", "strict", "catalog", "no_snapshot", "no_catalog"),
    "Company": ("endpoint", "profile", "demo", "entity", "all_entities", "trust_host"),
    "Output": (
        *("output", "out", "resume", "spill", "header", "null", "spreadsheet_safe", "table", "if_exists"),
        *("quiet", "unordered"),
    ),
    "Schedule": ("every", "times", "once", "look_back", "state", "changes_only", "compare"),
    "Limits": ("max_calls", "max_rows", "max_bytes", "max_seconds", "memory"),
    "Requests": (
        *("connections", "calls_per_minute", "rate_file", "retries", "page_size", "wire", "validate", "log"),
        "show_private",
    ),
}
"""Options by their parameter, under a title each; what stands nowhere comes last."""

REST = "Other options"
MANY = 20
"""Options of a command below which sections would only be in the way."""

Option = tuple[click.Option, tuple[str, str]]


def sections(command: click.Command, context: click.Context) -> Iterator[tuple[str, list[Option]]]:
    """The options that help shows, with their records, under the title of each section."""
    shown = [
        (one, record)
        for one in _parameters(command, context)
        if isinstance(one, click.Option) and (record := one.get_help_record(context)) is not None
    ]
    if len(shown) < MANY:
        if shown:
            yield "Options", shown
        return
    titles = {name: title for title, names in SECTIONS.items() for name in names}
    for title in (*SECTIONS, REST):
        found = [each for each in shown if titles.get(each[0].name or "", REST) == title]
        if found:
            yield title, found


def _parameters(command: click.Command, context: click.Context) -> list[click.Parameter]:
    """Those of a command; of a group also those of the hidden command that stands for it where none is named."""
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    return [*(one for hidden in inner if hidden.hidden for one in hidden.params), *command.get_params(context)]


class Sectioned(click.Command):
    """A command whose help has sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write them."""
        for title, found in sections(self, ctx):
            with formatter.section(title):
                formatter.write_dl([record for _, record in found])
