"""Rows laid out for looking at, page by page as they are asked for.

In: a result, and which part of it is to be seen. Out: lines of text. Refuses to know: keys, and the terminal.

Cells are hostile text: control characters are shown instead of obeyed.
"""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from intacct_ql.encoders.cells import shown
from intacct_ql.errors import BudgetExceeded
from intacct_ql.result import Result, Row
from intacct_ql.schema.types import NUMERIC

WIDEST = 60
"""Columns of the terminal that a cell takes; what is longer is cut."""

GAP = "   "


class Sheet:
    """The rows of a result that were read, and the way to more of them.

    ``pulled``: a company is asked for them; ``most`` are all that the query wants of it.
    """

    def __init__(self, result: Result, *, pulled: bool = True, most: int | None = None) -> None:
        self.result = result
        self._most = most
        self._pulled = pulled
        self._null = "NULL" if pulled else ""
        self.rows: list[tuple[str, ...]] = []
        self.ended = False
        self.stopped: list[BudgetExceeded] = []
        self.widths: list[int] = []
        self.raw: list[Row] = []
        self._pages = result.pages()

    def read(self) -> None:
        """Read one more page. Raises what keeps it from coming; the next time it may. What stops the rows ends them."""
        self._read()
        while not self.ended and self._is_all_here:
            self._read()

    @property
    def _is_all_here(self) -> bool:
        """Whether nobody need be asked to know that the rows end here."""
        stats = self.result.stats
        counted = stats.total is not None and stats.rows >= stats.total
        return counted or len(self.rows) == self._most or not self._pulled

    def _read(self) -> None:
        try:
            page = next(self._pages, None)
        except BudgetExceeded as stop:
            self.stopped.append(stop)
            page = None
        except Exception:
            self._pages = self.result.pages()  # a generator that has failed would seem to be at its end
            raise
        if not self.widths:  # the columns are final with the first page
            self.widths = [min(WIDEST, cell_len(name)) for name in self.names]
        if page is None:
            self.ended = True
            return
        texts = [tuple(self._null if value is None else _cut(shown(value)) for value in row) for row in page]
        for at, cells in enumerate(zip(*texts, strict=True)):
            self.widths[at] = max(self.widths[at], *map(cell_len, cells))
        self.raw += page
        self.rows += texts

    @property
    def names(self) -> list[str]:
        """The names of the columns, safe to be shown."""
        return [shown(column.name) for column in self.result.columns]

    @property
    def width(self) -> int:
        """Columns of a terminal that hold every column."""
        return sum(self.widths) + len(GAP) * (len(self.widths) - 1)

    def header(self, left: int, width: int) -> str:
        """The names of the columns from ``left`` on, as many as there is room for."""
        return self._line([_cut(name) for name in self.names], left, width)

    def lines(self, top: int, height: int, left: int, width: int) -> list[str]:
        """The rows from ``top`` on, their columns from ``left`` on."""
        return [self._line(row, left, width) for row in self.rows[top : top + height]]

    def columns_within(self, left: int, width: int) -> int:
        """How many columns from ``left`` on are seen whole, one at least."""
        used, count = -len(GAP), 0
        for size in self.widths[left:]:
            used += size + len(GAP)
            if used > width:
                break
            count += 1
        return max(1, count)

    def _line(self, cells: Sequence[str], left: int, width: int) -> str:
        numeric = [column.type in NUMERIC for column in self.result.columns]
        parts: list[str] = []
        used = 0
        for at in range(left, len(cells)):
            if used > width:
                break
            parts.append(_aligned(cells[at], self.widths[at], right=numeric[at]))
            used += self.widths[at] + len(GAP)
        line = GAP.join(parts)
        return line if cell_len(line) <= width else set_cell_size(line, max(0, width - 1)) + "›"


def _cut(text: str) -> str:
    return text if cell_len(text) <= WIDEST else set_cell_size(text, WIDEST - 1).rstrip() + "…"


def _aligned(text: str, width: int, *, right: bool) -> str:
    blank = " " * (width - cell_len(text))
    return blank + text if right else text + blank
