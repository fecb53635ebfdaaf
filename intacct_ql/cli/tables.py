"""Tables of texts that a command prints.

In: names of columns, rows. Out: a table on standard output. Refuses to know: what it tells.
"""
# ruff: noqa: PLC0415 - rich costs 40 ms, and only tables need it

import sys
from collections.abc import Sequence
from shutil import get_terminal_size

import click

from intacct_ql.cli.program import say


def print_table(names: Sequence[str], rows: Sequence[tuple[str | None, ...]]) -> None:
    """Print a table, as rows of a query are."""
    from intacct_ql.encoders.table import write
    from intacct_ql.result import ResultColumn
    from intacct_ql.schema.types import DataType

    columns = [ResultColumn(name=name, type=DataType.TEXT, path="") for name in names]
    write(columns, (rows,), sys.stdout)


def print_fitting(head: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
    """A table. Where it fits, or there is no terminal that it has to fit, none is drawn by what folds long cells.

    That takes three times as long.
    """
    lines = [head, *([shown(text or "") for text in row] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    whole = sum(widths) + 3 * (len(widths) - 1)
    if sys.stdout is not None and sys.stdout.isatty() and whole > get_terminal_size().columns:
        from intacct_ql.encoders.table import MOST

        print_table(head, [tuple(row) for row in rows])
        if len(rows) > MOST:
            say(f"note: {len(rows) - MOST:,} more are not shown; --output json gives all of them")
        return
    texts = [
        "   ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    click.echo("\n".join([texts[0], "─" * whole, *texts[1:]]))


def _width(text: str) -> int:
    """The columns that a text takes on a screen."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def shown(text: str) -> str:
    """The text with control characters shown, for it is another's."""
    if text.isprintable():
        return text
    from intacct_ql.encoders.cells import visible

    return visible(text)
