"""A field a line, a block of lines a row: for rows that are wider than a screen.

In: columns, pages, a stream. Out: text, row by row, nothing held. Refuses to know: how wide the screen is.

Cells are hostile text: control characters are shown instead of obeyed.
"""

from collections.abc import Sequence
from itertools import chain
from typing import TextIO

from rich.cells import cell_len, set_cell_size

from intacct_ql.encoders import Pages, Written
from intacct_ql.encoders.cells import shown
from intacct_ql.result import ResultColumn


def write(columns: Sequence[ResultColumn], pages: Pages, out: TextIO, /, *, null: str | None = None) -> Written:
    """Write a block of lines for each row; give their number. NULL is ``null``, or NULL on a terminal."""
    if null is None:
        null = "NULL" if out.isatty() else ""
    names = [shown(column.name) for column in columns]
    width = max(map(cell_len, names))
    labels = [set_cell_size(name, width) for name in names]
    written = 0
    for written, row in enumerate(chain.from_iterable(pages), 1):
        out.write(f"─── {written} ───\n")
        out.writelines(
            f"{label}  {null if value is None else shown(value)}".rstrip() + "\n"
            for label, value in zip(labels, row, strict=True)
        )
    return Written(written)
