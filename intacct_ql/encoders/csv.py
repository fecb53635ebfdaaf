"""Separated values: CSV after RFC 4180 with CRLF, and TSV, tabs and LF with the same quotes.

In: columns, pages, a stream. Out: text, page by page, nothing held. Refuses to know: files and terminals.

A column at a time becomes text, and is looked through for what needs quotes at once: ``csv.writer``, which looks at
each cell, takes twice as long. Its readers read this. NULL is an empty cell, or a text of the caller's.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TextIO

from intacct_ql.encoders import Pages, Written
from intacct_ql.encoders.cells import FORMS
from intacct_ql.encoders.columnwise import Texts, columns_of, texts
from intacct_ql.result import ResultColumn

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
    forms: Mapping[type, Texts] = {**FORMS, str: _defused} if spreadsheet_safe else FORMS
    special = f'"\r\n{delimiter}'
    lone = len(columns) == 1  # an empty cell alone in its line would be an empty line, which readers skip
    if header:
        out.write(delimiter.join(_quoted([forms[str](column.name) for column in columns], special, lone=lone)) + end)
    written = 0
    for page in pages:
        cells = [_quoted(texts(cells, forms, null), special, lone=lone) for cells in columns_of(page)]
        out.write(end.join([*map(delimiter.join, zip(*cells, strict=True)), ""]))
        written += len(page)
        del page, cells  # the next page is read before they would be let go
    return Written(written)


write_tsv = partial(write, delimiter="\t", end="\n")


def _quoted(cells: Sequence[str], special: str, *, lone: bool) -> Sequence[str]:
    together = "".join(cells)
    found = [sign for sign in special if sign in together]  # a fifth of the time of a regular expression
    if not found and not lone:
        return cells
    return [
        '"{}"'.format(cell.replace('"', '""')) if any(sign in cell for sign in found) or (lone and not cell) else cell
        for cell in cells
    ]


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
