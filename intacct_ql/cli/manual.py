"""``help``: the page of a command, or of what all commands share.

In: the words that name a page. Out: the page, on a terminal by its pager. Refuses to know: what is on the pages.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import sys
from io import StringIO

import click

from intacct_ql.cli import completing
from intacct_ql.cli.program import NAME, on_terminal

WIDEST = 100
"""Columns of a page, on however wide a terminal."""


@click.command(
    "help",
    epilog="""\b
Examples:
  intacct-ql help query
  intacct-ql help profile add
  intacct-ql help exit-status""",
)
@click.argument(
    "words", nargs=-1, metavar="[COMMAND|exit-status|environment|files]...", shell_complete=completing.help_pages
)
def manual(words: tuple[str, ...]) -> None:
    """Show the page of a command, or what is said of exit statuses, the environment and files."""
    from intacct_ql.cli.reference import pages
    from intacct_ql.suggest import nearest

    found = dict(pages())
    page = found.get(words)
    if page is None:
        near = nearest(" ".join(words), [" ".join(path) for path in found if path])
        hint = f" {' or '.join(near)} might be meant." if near else f" {NAME} help lists them."
        raise click.UsageError(f"There is no page {' '.join(words)}.{hint}")
    if on_terminal():
        click.echo_via_pager(_drawn(page))
    else:
        click.echo(page, nl=False)


def _drawn(page: str) -> str:
    """A page as a terminal shows it, in colour where it has it and nobody asked for none."""
    from rich.console import Console
    from rich.markdown import Markdown

    width = min(Console(file=sys.stdout).width, WIDEST)
    console = Console(file=(drawn := StringIO()), force_terminal=True, width=width)
    console.print(Markdown(page))
    return drawn.getvalue()
