"""What the shell may complete: names of profiles and of objects.

In: the beginning of a word. Out: whole words, with what they mean. Refuses to know: shells.

What cannot be read completes nothing: an error has no place on a line that is being typed.
"""
# ruff: noqa: PLC0415 - only asked for while somebody presses Tab

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


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


def objects(_: click.Context, __: click.Parameter, begun: str) -> "list[CompletionItem[str]]":
    """Objects of the catalog, with their labels; in any case, as objects are named."""
    from click.shell_completion import CompletionItem

    from intacct_ql.schema.catalog import BUNDLED

    return [
        CompletionItem(name, help=label) for name, label in BUNDLED.labels().items() if name.startswith(begun.upper())
    ]
