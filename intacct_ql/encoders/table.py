"""A table for people: a thousand rows at most, because a table must be measured whole before its first line.

In: columns, pages, a stream. Out: a table, and the number of rows in it; whoever called says how many were left out.
Refuses to know: how many rows there would have been.

On a terminal it has the terminal's width, long cells fold and very long ones are cut, and more columns than fit become
one block of lines a row. Anywhere else it is plain text: no colour, no folding, no cut, as wide as it needs, NULL as
nothing. Cells are hostile text in both: they are never read as markup, and control characters are shown instead of
obeyed.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, set_cell_size
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from intacct_ql.encoders import FORMATS, Pages, Written, plain, vertical
from intacct_ql.encoders.cells import shown
from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.types import NUMERIC, Value

MOST = FORMATS["table"].most or 0
"""Rows in a table."""

NARROW = 12
"""Columns of a terminal below which a column of a table cannot be read."""

WIDEST = 240
"""Columns of a terminal that a cell takes, folded; what is longer is cut."""


def write(
    columns: Sequence[ResultColumn],
    pages: Pages,
    out: TextIO,
    /,
    *,
    header: bool = True,
    null: str | None = None,
) -> Written:
    """Write a table of the first ``MOST`` rows; give their number. No page after them is read."""
    rows = list(islice(chain.from_iterable(pages), MOST))
    if not out.isatty():
        out.writelines(f"{line}\n" for line in _plain(columns, rows, header=header, null=null or ""))
        return Written(len(rows))
    console = _Console(file=out)
    if _too_wide(columns, rows, console.width):
        return vertical.write(columns, (rows,), out, null=null)
    filling = Text("NULL", style="dim") if null is None else Text(shown(null))
    console.print(_table(columns, rows, header=header, null=filling))
    return Written(len(rows))


def _plain(columns: Sequence[ResultColumn], rows: Sequence[Row], *, header: bool, null: str) -> Iterator[str]:
    """The lines where no terminal is: rich takes ten times as long for them."""
    head = [shown(column.name) for column in columns]
    null = shown(null)
    texts = [[null if value is None else shown(value) for value in row] for row in rows]
    right = frozenset(place for place, column in enumerate(columns) if column.type in NUMERIC)
    widths = plain.widths([head, *texts] if header or not texts else texts)
    return plain.lines(head if header else None, texts, widths, right)


class _Console(Console):
    """Rich ends the program where nobody reads any more; whoever writes a table decides that."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def _table(columns: Sequence[ResultColumn], rows: Sequence[Row], *, header: bool, null: Text) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", show_edge=False, pad_edge=False, show_header=header)
    for column in columns:
        side: JustifyMethod = "right" if column.type in NUMERIC else "left"
        table.add_column(Text(shown(column.name)), justify=side, overflow="fold")
    for row in rows:
        table.add_row(*(null if value is None else Text(_cut(value)) for value in row))
    return table


def _cut(value: Value) -> str:
    text = shown(value)
    return text if cell_len(text) <= WIDEST else set_cell_size(text, WIDEST - 1).rstrip() + "…"


def _too_wide(columns: Sequence[ResultColumn], rows: Sequence[Row], width: int) -> bool:
    if len(columns) * NARROW <= width:
        return False
    texts = ([column.name, *map(shown, cells)] for column, cells in _by_column(columns, rows))
    return sum(max(map(cell_len, cells)) + 2 for cells in texts) > width


def _by_column(columns: Sequence[ResultColumn], rows: Sequence[Row]) -> Iterable[tuple[ResultColumn, Sequence[Value]]]:
    return zip(columns, zip(*rows, strict=True) if rows else [()] * len(columns), strict=True)
