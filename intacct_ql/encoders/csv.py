"""Comma-separated values after RFC 4180: a header, CRLF, quotes where they are needed, NULL as an empty cell.

In: columns, rows, a stream. Out: text, row by row, nothing held. Refuses to know: files and terminals.

``csv.writer`` pulls the rows itself and writes text and whole numbers without any Python in between; only columns
whose type may hold a decimal or a boolean are rewritten first.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from operator import itemgetter
from typing import TextIO

from intacct_ql.encoders.cells import cell_text
from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.types import NUMERIC, DataType, Value

_REWRITTEN = NUMERIC | {DataType.BOOLEAN}


def write(columns: Sequence[ResultColumn], rows: Iterable[Row], out: TextIO) -> int:
    """Write a header and the rows; give their number."""
    csv.writer(out).writerow([column.name for column in columns])
    return append(columns, rows, out)


def append(columns: Sequence[ResultColumn], rows: Iterable[Row], out: TextIO) -> int:
    """Write further rows behind others; give their number."""
    writer = csv.writer(out)
    places = [place for place, column in enumerate(columns) if column.type in _REWRITTEN]
    counter = count()
    counted = map(itemgetter(0), zip(rows, counter, strict=False))
    writer.writerows(_rewritten(counted, places) if places else counted)
    return next(counter)


def _rewritten(rows: Iterable[Row], places: Sequence[int]) -> Iterator[list[Value]]:
    for row in rows:
        cells = list(row)
        for place in places:
            if not isinstance(cells[place], str):
                cells[place] = cell_text(cells[place])
        yield cells
