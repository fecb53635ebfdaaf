"""A Markdown table, as GitHub and most readers of Markdown take it; numbers to the right.

In: columns, pages, a stream. Out: text, row by row, nothing held. Refuses to know: files and terminals.

Cells are hostile text: whatever Markdown or HTML would read as more than text is escaped, a line break is ``<br>``, and
control characters are shown.
"""

from collections.abc import Sequence
from typing import TextIO

from intacct_ql.encoders import Pages, Written
from intacct_ql.encoders.cells import FORMS, visible
from intacct_ql.encoders.columnwise import columns_of, texts
from intacct_ql.result import ResultColumn
from intacct_ql.schema.types import NUMERIC

_ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>|~&#$!"})


def _escaped(text: str) -> str:
    return "<br>".join(visible(line).translate(_ESCAPES) for line in text.replace("\r\n", "\n").split("\n"))


_FORMS = {**FORMS, str: _escaped}


def write(columns: Sequence[ResultColumn], pages: Pages, out: TextIO, /, *, null: str = "") -> Written:
    """Write the table; give the number of its rows."""
    out.write(_line([_escaped(column.name) for column in columns]))
    out.write(_line(["---:" if column.type in NUMERIC else "---" for column in columns]))
    null, written = _escaped(null), 0
    for page in pages:
        cells = [texts(cells, _FORMS, null) for cells in columns_of(page)]
        out.writelines(map(_line, zip(*cells, strict=True)))
        written += len(page)
        del page, cells  # the next page is read before they would be let go
    return Written(written)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
