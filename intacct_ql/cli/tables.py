"""Tables of texts that a command prints.

In: names of columns, rows. Out: a table on standard output. Refuses to know: what it tells.
"""
# ruff: noqa: PLC0415 - rich costs 40 ms, and only tables need it

from collections.abc import Sequence
from shutil import get_terminal_size

import click

from intacct_ql.cli.outputs import destination
from intacct_ql.cli.program import on_terminal, say


def print_table(names: Sequence[str], rows: Sequence[tuple[str | None, ...]]) -> None:
    """Print a table, as rows of a query are."""
    from intacct_ql.encoders.table import write
    from intacct_ql.result import ResultColumn
    from intacct_ql.schema.types import DataType

    columns = [ResultColumn(name=name, type=DataType.TEXT, path="") for name in names]
    with destination(None) as stream:
        write(columns, (rows,), stream)


def print_fitting(head: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
    """A table. Where it fits, or there is no terminal that it has to fit, none is drawn by what folds long cells.

    That takes three times as long.
    """
    from intacct_ql.encoders import plain

    texts = [[shown(text or "") for text in row] for row in rows]
    widths = plain.widths([head, *texts])
    whole = plain.whole(widths)
    if on_terminal() and whole > get_terminal_size().columns:
        from intacct_ql.encoders.table import MOST

        print_table(head, [tuple(row) for row in rows])
        if len(rows) > MOST:
            say(f"note: {len(rows) - MOST:,} more are not shown; --output json gives all of them")
        return
    click.echo("\n".join(plain.lines(head, texts, widths)))


def shown(text: str) -> str:
    """The text with control characters shown, for it is another's."""
    if text.isprintable():
        return text
    from intacct_ql.encoders.cells import visible

    return visible(text)
