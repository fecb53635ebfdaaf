"""What the shell may complete: names of profiles and of objects.

In: the beginning of a word. Out: whole words, with what they mean. Refuses to know: shells.

What cannot be read completes nothing: an error has no place on a line that is being typed.
"""
# ruff: noqa: PLC0415 - only asked for while somebody presses Tab

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from intacct_ql.schema.catalog import Catalog


def profiles(_: click.Context, __: click.Parameter, begun: str) -> "list[CompletionItem[str]]":
    """Profiles of the file, with their companies."""
    from click.shell_completion import CompletionItem

    from intacct_ql.errors import ConfigError
    from intacct_ql.profiles import file

    try:
        sections = file.read(file.locate()) or {}
    except ConfigError:
        return []
    return [
        CompletionItem(name, help=values.get("company_id", ""))
        for name, values in sections.items()
        if name.startswith(begun)
    ]


def help_pages(context: click.Context, _: click.Parameter, begun: str) -> "list[CompletionItem[str]]":
    """The next word of what names a page of ``help``."""
    from click.shell_completion import CompletionItem

    from intacct_ql.cli.reference import pages

    before = tuple(context.params.get("words") or ())
    at = len(before)
    next_words = dict.fromkeys(path[at] for path, _ in pages() if path[:at] == before and len(path) > at)
    return [CompletionItem(word) for word in next_words if word.startswith(begun)]


def objects(context: click.Context, _: click.Parameter, begun: str) -> "list[CompletionItem[str]]":
    """Objects of the company, with their labels; in any case, as objects are named."""
    from click.shell_completion import CompletionItem

    labels = _catalog(context).labels()
    return [CompletionItem(name, help=label) for name, label in labels.items() if name.startswith(begun.upper())]


def paths(context: click.Context, parameter: click.Parameter, begun: str) -> "list[CompletionItem[str]]":
    """What ``schema`` can be followed by: its commands, objects, and behind a dot where an object leads."""
    from click.shell_completion import CompletionItem

    from intacct_ql.schema.paths import walk

    path, dot, last = begun.upper().rpartition(".")
    if not dot:
        group = None if context.parent is None else context.parent.command
        commands = group.list_commands(context) if isinstance(group, click.Group) else []
        own = [CompletionItem(name) for name in commands if name.startswith(begun) and name != context.info_name]
        return own + objects(context, parameter, begun)
    catalog = _catalog(context)
    first, _, rest = path.partition(".")
    start = catalog.object(first)
    walked = walk(start, rest, catalog) if start is not None else None
    if walked is None or walked.rest or walked.field is not None:
        return []
    found = {name: way.object for name, way in walked.end.relationships.items()}
    found |= {name: one.label for name, one in walked.end.fields.items()}
    return [CompletionItem(f"{path}.{name}", help=words) for name, words in found.items() if name.startswith(last)]


def _catalog(context: click.Context) -> "Catalog":
    """The catalog of the company that the line names so far."""
    from intacct_ql.cli.company import Access
    from intacct_ql.cli.known import Known
    from intacct_ql.errors import Error
    from intacct_ql.schema.catalog import BUNDLED

    given = context.params
    access = Access(given.get("endpoint"), given.get("profile"), bool(given.get("demo")), given.get("entity"))
    try:
        return Known(given.get("catalog"), bool(given.get("no_snapshot"))).of(access)
    except (Error, click.UsageError):
        return BUNDLED
