"""JSON lines: one object a row.

In: columns, pages, a stream. Out: text, page by page, nothing held. Refuses to know: files and terminals.

A decimal is a JSON number with exactly its digits; dates and moments are ISO 8601 strings; NULL is null. Cells are
encoded by what they are and not by their column's type, because a cell the gateway garbled stays text.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, TextIO

from intacct_ql.encoders import Pages, Written
from intacct_ql.encoders.cells import day_text, flag_text, number_text
from intacct_ql.encoders.columnwise import columns_of, texts
from intacct_ql.result import ResultColumn, unique_names


def _decimal(number: Decimal) -> str:
    return number_text(number) if number.is_finite() else f'"{number}"'


_FORMS: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: int.__repr__,
    Decimal: _decimal,
    bool: flag_text,
    date: lambda day: f'"{day_text(day)}"',
    datetime: lambda moment: f'"{moment.isoformat()}"',
}


def objects(columns: Sequence[ResultColumn], pages: Pages) -> Iterator[list[str]]:
    """The rows of each page as texts of JSON objects; an Error where two columns have one name."""
    keys = (encode_basestring(name).replace("%", "%%") for name in unique_names(columns))
    template = "{" + ", ".join(f"{key}: %s" for key in keys) + "}"
    return (
        [*map(template.__mod__, zip(*[texts(cells, _FORMS, "null") for cells in columns_of(page)], strict=True))]
        for page in pages
    )


def write(columns: Sequence[ResultColumn], pages: Pages, out: TextIO, /) -> Written:
    """Write one line a row; give their number."""
    written = 0
    for lines in objects(columns, pages):
        out.write("\n".join([*lines, ""]))
        written += len(lines)
    return Written(written)
