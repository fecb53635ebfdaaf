"""A JSON array of objects, written as rows come; cells as in ``jsonl``.

In: columns, rows, a stream. Out: text, one row a line, nothing held. Refuses to know: files and terminals.
"""

from collections.abc import Iterable, Sequence
from typing import TextIO

from intacct_ql.encoders.jsonl import objects
from intacct_ql.result import ResultColumn, Row


def write(columns: Sequence[ResultColumn], rows: Iterable[Row], out: TextIO) -> int:
    """Write the array; give the number of its rows."""
    written = 0
    lines = objects(columns, rows)
    out.write("[")
    for written, line in enumerate(lines, 1):
        out.write(("\n" if written == 1 else ",\n") + line)
    out.write("\n]\n" if written else "]\n")
    return written
