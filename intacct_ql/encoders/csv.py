"""Separated values: CSV after RFC 4180 with CRLF, and TSV, tabs and LF with the same quotes.

In: columns, pages, a stream. Out: text, page by page, nothing held. Refuses to know: files and terminals.

``csv.writer`` writes text, whole numbers, dates and moments without any Python in between; only decimals and booleans
become text before, a column at a time. NULL is an empty cell, or a text of the caller's.
"""

import csv
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from io import StringIO
from typing import TextIO

from intacct_ql.encoders import Pages, Written
from intacct_ql.encoders.cells import flag_text, number_text
from intacct_ql.encoders.columnwise import columns_of, holds, texts
from intacct_ql.result import ResultColumn
from intacct_ql.schema.types import Value

_FORMS: dict[type, Callable[..., str]] = {Decimal: number_text, bool: flag_text}
_REWRITTEN = (Decimal, bool)

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes spreadsheets take a cell for a formula, full-width forms included."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def write(
    columns: Sequence[ResultColumn],
    pages: Pages,
    out: TextIO,
    /,
    *,
    header: bool = True,
    null: str = "",
    spreadsheet_safe: bool = False,
    delimiter: str = ",",
    end: str = "\r\n",
) -> Written:
    """Write a header and the rows; give their number.

    ``spreadsheet_safe`` puts an apostrophe before text that a spreadsheet would run; numbers stay numbers.
    """
    text = partial(_text, delimiter=delimiter, end=end)
    if header:
        names = [column.name for column in columns]
        out.write(text([[_defused(name) for name in names] if spreadsheet_safe else names]))
    steps: list[Callable[[Sequence[Value]], Sequence[Value]]] = [_plain]
    if spreadsheet_safe:
        steps.insert(0, _safe)
    if null:
        steps.append(partial(_filled, null))
    written = 0
    for page in pages:
        cells = list(columns_of(page))
        for step in steps:
            cells = list(map(step, cells))
        out.write(text(list(zip(*cells, strict=True))))
        written += len(page)
    return Written(written)


write_tsv = partial(write, delimiter="\t", end="\n")


def _text(rows: Sequence[Sequence[Value]], *, delimiter: str, end: str) -> str:
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    if end == "\n" and "\r" in text.getvalue():  # which the writer quotes only where lines end in it
        text = StringIO(newline="")
        csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


def _plain(cells: Sequence[Value]) -> Sequence[Value]:
    if not holds(cells, _REWRITTEN):
        return cells
    if holds(cells, (str, int)):
        return [_FORMS[type(cell)](cell) if type(cell) in _FORMS else cell for cell in cells]
    return texts(cells, _FORMS, None)


def _safe(cells: Sequence[Value]) -> Sequence[Value]:
    if not holds(cells, (str,)):
        return cells
    return [_defused(cell) if isinstance(cell, str) else cell for cell in cells]


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _filled(null: str, cells: Sequence[Value]) -> Sequence[Value]:
    return [null if cell is None else cell for cell in cells]
