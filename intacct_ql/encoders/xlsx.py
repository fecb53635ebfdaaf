"""An Excel workbook: typed cells, written row by row, nothing held.

In: columns, pages, a stream of bytes. Out: one .xlsx file. Refuses to know: how a workbook is packed, which is
xlsxwriter's business.

Text is written as text and never looked at, so that none becomes a formula or a link. A sheet has 1,048,576 rows; what
is more goes to further sheets. Excel's numbers are doubles: one of more than 15 digits, or too large or too small
for a double, is written as text, which keeps it. A cell holds 32,767 characters. Moments with a zone lose it, because
Excel knows none. The notes tell of each.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from intacct_ql.encoders import Pages, Written
from intacct_ql.encoders.cells import EXACT, is_far, number_text, significant
from intacct_ql.extras import extra
from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.types import DataType

ROWS = 1_048_576
"""Rows of a sheet, the header included."""

LONGEST = 32_767
"""Characters of a cell. Excel counts UTF-16: one beyond U+FFFF, as an emoji, is two."""

FIRST_DAY = date(1900, 3, 1)
"""Excel's 1900 has a 29th of February: days before are off by one, or none at all."""

_STYLES: Mapping[DataType, tuple[str, float]] = {
    DataType.DATE: ("yyyy-mm-dd", 11),
    DataType.TIMESTAMP: ("yyyy-mm-dd hh:mm:ss", 19),
    DataType.CURRENCY: ("#,##0.00", 14),
    DataType.PERCENT: ("General", 10),
    DataType.DECIMAL: ("General", 14),
    DataType.INTEGER: ("0", 11),
    DataType.BOOLEAN: ("General", 8),
}
"""How cells of a type are shown, and how wide their column is."""

_NOTES = {
    "digits": "{count:,} numbers of more than 15 digits are text, because Excel would round them",
    "far": "{count:,} numbers are text, because they are too large or too small for Excel",
    "long": "{count:,} cells were cut: Excel holds 32,767 characters in one",
    "days": "{count:,} dates before March 1900 are text, because Excel has none",
    "zone": "{count:,} moments have lost their zone, because Excel knows none",
    "sheets": "a sheet of Excel ends at 1,048,576 rows; the rest is on {count:,} more",
}


def write(columns: Sequence[ResultColumn], pages: Pages, out: BinaryIO, /, *, sheet_rows: int = ROWS) -> Written:
    """Write the workbook; give the number of its rows."""
    excel, sink = extra("xlsxwriter"), _Sink(out)
    settings = {"constant_memory": True, "remove_timezone": True}
    with TemporaryDirectory(prefix="intacct-ql-") as place, closing(sink):
        book = excel.Workbook(sink, {**settings, "tmpdir": place})
        written = _Book(book, columns, sheet_rows).write(pages)
        try:
            book.close()
        except excel.exceptions.FileCreateError as refused:
            raise refused.args[0] from None
    if sink.failure is not None:
        raise sink.failure
    return written


class _Sink:
    """Where the workbook goes. A failure is kept for later; what comes behind it, or behind the end, goes nowhere.

    Else what packs the workbook would try again to finish it, wherever it is thrown away, and print that this failed.
    """

    def __init__(self, out: BinaryIO) -> None:
        self.failure: OSError | None = None
        self._out: BinaryIO | None = out
        self._at = 0
        if out.seekable():  # a pipe has no places
            self.tell, self.seek, self._at = self._tell, self._seek, out.tell()

    def write(self, data: bytes) -> int:
        """Write, if there is still where to."""
        self._try(lambda out: out.write(data), self._at + len(data))
        return len(data)

    def flush(self) -> None:
        """Let everything written arrive."""
        self._try(lambda out: out.flush(), self._at)

    def close(self) -> None:
        """Let nothing more arrive; whoever gave the stream closes it."""
        self._out = None

    def _tell(self) -> int:
        return self._at

    def _seek(self, place: int) -> int:
        self._try(lambda out: out.seek(place), place)
        return place

    def _try(self, act: Callable[[BinaryIO], object], then: int) -> None:
        if self._out is not None:
            try:
                act(self._out)
            except OSError as failure:
                self.failure, self._out = failure, None
        self._at = then


class _Book:
    """The workbook so far."""

    def __init__(self, book: Any, columns: Sequence[ResultColumn], sheet_rows: int) -> None:
        self._book = book
        self._columns = columns
        self._most = sheet_rows
        self._told: Counter[str] = Counter()
        self._bold = book.add_format({"bold": True})
        self._looks = [
            book.add_format({"num_format": _STYLES.get(column.type, ("General", 0))[0]}) for column in columns
        ]
        self._day = book.add_format({"num_format": _STYLES[DataType.DATE][0]})
        self._moment = book.add_format({"num_format": _STYLES[DataType.TIMESTAMP][0]})
        self._forms: dict[type, Callable[[Any, int, int, Any], object]] = {
            str: self._text,
            int: self._number,
            Decimal: self._number,
            bool: lambda flag, row, place, _: self._sheet.write_boolean(row, place, flag),
            date: self._date,
            datetime: self._date,
        }
        self._next = 0
        self._sheet: Any = None
        self._begin_sheet()

    def write(self, pages: Pages) -> Written:
        written = 0
        for page in pages:
            for row in page:
                self._row(row)
            written += len(page)
        notes = (_NOTES[kind].format(count=count) for kind, count in self._told.items())
        return Written(written, tuple(notes))

    def _begin_sheet(self) -> None:
        number = len(self._book.worksheets()) + 1
        self._sheet = self._book.add_worksheet("Rows" if number == 1 else f"Rows {number}")
        self._sheet._xml_rich_inline_string = self._inline  # noqa: SLF001 - the trap is told there
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._columns):
            width = max(_STYLES.get(column.type, ("", 24))[1], min(40, len(column.name) + 2))
            self._sheet.set_column(place, place, width)
        for place, column in enumerate(self._columns):
            self._sheet.write_string(0, place, _held(column.name), self._bold)
        self._next = 1

    def _inline(self, string: str, attributes: Any) -> None:
        """Text from ``<r>`` to ``</r>`` would be taken for XML, made by the caller, and go into the file as it is."""
        self._sheet._xml_inline_string(string, True, attributes)  # noqa: SLF001 - as xlsxwriter calls it

    def _row(self, row: Row) -> None:
        if self._next >= self._most:
            self._told["sheets"] += 1
            self._begin_sheet()
        forms, looks = self._forms, self._looks
        for place, cell in enumerate(row):
            if cell is not None:
                forms[type(cell)](cell, self._next, place, looks[place])
        self._next += 1

    def _text(self, text: str, row: int, place: int, _: Any = None) -> None:
        held = _held(text)
        if held is not text:
            self._told["long"] += 1
        self._sheet.write_string(row, place, held)

    def _number(self, number: Decimal | int, row: int, place: int, look: Any) -> None:
        text = number_text(number) if isinstance(number, Decimal) else str(number)
        if len(text) > EXACT and significant(number) > EXACT:
            self._told["digits"] += 1
            self._text(text, row, place)
        elif is_far(number):
            self._told["far"] += 1
            self._text(text, row, place)
        else:
            self._sheet.write_number(row, place, number, look)

    def _date(self, day: date | datetime, row: int, place: int, _: Any) -> None:
        moment = isinstance(day, datetime)
        if (day.date() if isinstance(day, datetime) else day) < FIRST_DAY:
            self._told["days"] += 1
            self._text(str(day), row, place)
            return
        if isinstance(day, datetime) and day.tzinfo is not None:
            self._told["zone"] += 1
        self._sheet.write_datetime(row, place, day, self._moment if moment else self._day)


def _held(text: str) -> str:
    """As much of a text as a cell holds; the very text where that is all of it."""
    if len(text) <= LONGEST // 2 or len(text.encode("utf-16-le")) <= 2 * LONGEST:
        return text
    return text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore")
