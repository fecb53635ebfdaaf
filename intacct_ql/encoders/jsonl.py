"""JSON lines: one object a row.

In: columns, rows, a stream. Out: text, row by row, nothing held. Refuses to know: files and terminals.

A decimal is a JSON number with exactly its digits; dates and moments are ISO 8601 strings; NULL is null. Cells are
encoded by what they are and not by their column's type, because a cell the gateway garbled stays text.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from types import NoneType
from typing import Any, TextIO

from intacct_ql.encoders.cells import number_text
from intacct_ql.result import ResultColumn, Row, unique_names


def _decimal(number: Decimal) -> str:
    return number_text(number) if number.is_finite() else f'"{number}"'


_CELLS: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    NoneType: lambda _: "null",
    int: int.__repr__,
    Decimal: _decimal,
    bool: lambda flag: "true" if flag else "false",
    date: lambda day: f'"{day.isoformat()}"',
    datetime: lambda moment: f'"{moment.isoformat()}"',
}


def objects(columns: Sequence[ResultColumn], rows: Iterable[Row]) -> Iterator[str]:
    """Each row as the text of a JSON object; an Error where two columns have one name."""
    keys = (encode_basestring(name).replace("%", "%%") for name in unique_names(columns))
    template = "{" + ", ".join(f"{key}: %s" for key in keys) + "}"
    cells = _CELLS
    return (template % tuple([cells[type(value)](value) for value in row]) for row in rows)


def write(columns: Sequence[ResultColumn], rows: Iterable[Row], out: TextIO) -> int:
    """Write one line a row; give their number."""
    written = 0
    for written, line in enumerate(objects(columns, rows), 1):  # noqa: B007 - the count is the answer
        out.write(line + "\n")
    return written


append = write
"""Rows behind others are written like the first ones."""
