"""A table for people: a thousand rows at most, because a table must be measured whole before its first line.

In: columns, rows, a stream. Out: a table, and the number of rows in it; whoever called says how many were left out.
Refuses to know: how many rows there would have been.

On a terminal it has the terminal's width, long cells fold, and more columns than fit become one block of lines a row.
Anywhere else it is plain text: no colour, no folding, no cut, as wide as it needs, NULL as nothing. Cells are hostile
text in both: they are never read as markup, and control characters are shown instead of obeyed.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, set_cell_size
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from intacct_ql.encoders.cells import cell_text, visible
from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.types import NUMERIC, Value

MOST = 1_000
"""Rows in a table."""

UNBOUNDED = 1_000_000
"""Columns of a stream that is no terminal."""

NARROW = 12
"""Columns of a terminal below which a column of a table cannot be read."""


def write(columns: Sequence[ResultColumn], rows: Iterable[Row], out: TextIO) -> int:
    """Write a table of the first ``MOST`` rows; give their number. No row after them is read."""
    shown = list(islice(rows, MOST))
    console = _console(out)
    if console.is_terminal and _too_wide(columns, shown, console.width):
        _write_records(columns, shown, out)
    else:
        console.print(_table(columns, shown, console.is_terminal))
    return len(shown)


class _Console(Console):
    """Rich ends the program where nobody reads any more; whoever writes a table decides that."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def _console(out: TextIO) -> Console:
    if out.isatty():
        return _Console(file=out)
    return _Console(file=out, width=UNBOUNDED, force_terminal=False, color_system=None)


def _table(columns: Sequence[ResultColumn], rows: Sequence[Row], terminal: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", show_edge=False, pad_edge=False)
    for column in columns:
        side: JustifyMethod = "right" if column.type in NUMERIC else "left"
        table.add_column(Text(_visible(column.name)), justify=side, overflow="fold", no_wrap=not terminal)
    null = Text("NULL", style="dim") if terminal else Text("")
    for row in rows:
        table.add_row(*(null if value is None else Text(_visible(value)) for value in row))
    return table


def _visible(value: Value) -> str:
    return visible(cell_text(value))


def _too_wide(columns: Sequence[ResultColumn], rows: Sequence[Row], width: int) -> bool:
    if len(columns) * NARROW <= width:
        return False
    texts = ([column.name, *map(_visible, cells)] for column, cells in _by_column(columns, rows))
    return sum(max(map(cell_len, cells)) + 2 for cells in texts) > width


def _by_column(columns: Sequence[ResultColumn], rows: Sequence[Row]) -> Iterable[tuple[ResultColumn, Sequence[Value]]]:
    return zip(columns, zip(*rows, strict=True) if rows else [()] * len(columns), strict=True)


def _write_records(columns: Sequence[ResultColumn], rows: Sequence[Row], out: TextIO) -> None:
    """One block of lines a row, a line a column."""
    names = [_visible(column.name) for column in columns]
    width = max(map(cell_len, names))
    labels = [set_cell_size(name, width) for name in names]
    for number, row in enumerate(rows, 1):
        out.write(f"─── {number} ───\n")
        out.writelines(f"{label}  {_visible(value)}\n" for label, value in zip(labels, row, strict=True))
