"""Rows from bare CSV.

In: pieces of text, a line of names first. Out: typed rows, line by line. Refuses to know: bytes, and what the reply
means.

A line of the file is complete where its quotes are even; quotes are doubled inside quotes (RFC 4180), and a quote
inside a cell that is not quoted is refused where it makes the cells uncertain. Lines end in LF or CRLF. With one
column an empty line is an empty cell.
"""

import csv
from collections.abc import Iterable, Sequence

from intacct_ql.errors import TransportError
from intacct_ql.gateway.arrange import Arranger
from intacct_ql.gateway.characters import demand_characters
from intacct_ql.gateway.messages import RowShape
from intacct_ql.gateway.prolog import cut_off, what_arrived


class CsvRows:
    """Reads one table with its header."""

    def __init__(self, shape: RowShape) -> None:
        self._arranger = Arranger(shape)
        self._columns = len(shape.columns)
        self._line = ""
        self._open: list[str] = []
        self._header: list[str] | None = None
        self._order: list[int] | None = None
        self.held = 0

    def feed(self, text: str) -> Iterable[tuple[object, ...]]:
        """The rows that are complete with this text.

        Raises ``TransportError`` for what is no table, or holds what XML cannot carry.
        """
        *lines, self._line = (self._line + text).split("\n")
        records = list(self._records(lines))
        self.held = len(self._line) + sum(map(len, self._open))
        rows = self._rows(self._cells(records))
        if self._header is not None:  # else the text may be none of ours, and is named when it is known
            demand_characters(text)
        return rows

    def close(self) -> Iterable[tuple[object, ...]]:
        """The row of the last line, if no line end closed it. Raises ``TransportError`` for one that was cut."""
        records = list(self._records([self._line])) if self._line or self._open else []
        if self._open:
            raise cut_off()
        rows = self._cells(records)
        if self._header is not None and rows and len(rows[0]) < len(self._header):
            raise cut_off()
        return self._rows(rows)

    def _records(self, lines: Iterable[str]) -> Iterable[str]:
        """Lines put together again where a quoted cell holds their end."""
        for line in lines:
            odd = line.count('"') % 2 == 1
            if not self._open and not odd:
                yield line
                continue
            self._open.append(line)
            if odd and len(self._open) > 1:
                yield "\n".join(self._open)
                self._open = []

    def _rows(self, rows: list[list[str]]) -> Iterable[tuple[object, ...]]:
        if rows and self._header is None:
            self._name(rows.pop(0))
        return self._typed(rows)

    def _cells(self, records: Sequence[str]) -> list[list[str]]:
        try:
            rows = list(csv.reader(records, strict=True))
        except csv.Error as wrong:
            raise TransportError(f"the reply is not well-formed CSV: {wrong}") from None
        if len(rows) != len(records):
            raise TransportError("the reply is not well-formed CSV: a quote stands inside a cell without quotes")
        return [row or [""] for row in rows]

    def _name(self, header: list[str]) -> None:
        names = {name.upper() for name in header}
        if self._columns and not names & self._arranger.wanted:
            raise what_arrived(",".join(header).encode(), "CSV")
        demand_characters("".join(header))
        self._header = header
        self._order = self._arranger.order(header)

    def _typed(self, rows: list[list[str]]) -> Iterable[tuple[object, ...]]:
        width = len(self._header or ())
        for row in rows:
            if len(row) != width:
                raise TransportError(f"a line of the reply has {len(row)} cells, its header {width}")
        order = self._order
        if order is None:
            return self._arranger.typed(rows)
        for row in rows:
            row.append("")  # what -1 is the place of
        return self._arranger.typed([[row[place] for place in order] for row in rows])
