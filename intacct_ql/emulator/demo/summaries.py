"""Summaries: the monthly batches that invoices, bills and receipts are entered in.

In: days and amounts. Out: record numbers and titles of summaries, and ARINVOICEBATCH, APBILLBATCH, ARPAYMENTBATCH.
Refuses to know: documents. Summaries of all kinds share one sequence of record numbers, as in the real thing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from intacct_ql.emulator.demo.history import DAYS, MONTH_NUMBERS, MONTHS
from intacct_ql.emulator.tables import Row, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of summary: its object, the word in its titles, and its turn in the shared sequence."""

    object: str
    word: str
    record_type: str
    turn: int

    def of(self, day: int) -> tuple[str, int]:
        """PRBATCH and PRBATCHKEY of what was entered on a day."""
        month = DAYS[day][:7]
        return f"{self.word} {month}", MONTH_NUMBERS[month] * 4 + self.turn


INVOICES = Kind(object="ARINVOICEBATCH", word="Invoices", record_type="ri", turn=1)
BILLS = Kind(object="APBILLBATCH", word="Bills", record_type="pi", turn=2)
RECEIPTS = Kind(object="ARPAYMENTBATCH", word="Receipts", record_type="rp", turn=3)

_COLUMNS = (
    "RECORDNO", "TITLE", "CREATED", "STATUS", "RECORDTYPE", "TOTAL", "OPEN", "NOGL", "WHENCREATED", "CREATEDBY",
    "WHENMODIFIED",
)  # fmt: skip


def table(kind: Kind, entered: Callable[[], Iterable[tuple[int, int]]]) -> Table:
    """The summaries of one kind; ``entered`` gives the day and the amount of everything in them."""
    return Table(object=kind.object, columns=_COLUMNS, rows=_rows(kind, entered))


def _rows(kind: Kind, entered: Callable[[], Iterable[tuple[int, int]]]) -> Iterator[Row]:
    totals: dict[str, int] = {}
    for day, amount in entered():
        month = DAYS[day][:7]
        totals[month] = totals.get(month, 0) + amount
    for month in sorted(totals):
        first = f"{month}-01"
        is_open = month == MONTHS[-1]
        yield (
            MONTH_NUMBERS[month] * 4 + kind.turn, f"{kind.word} {month}", first, "active", kind.record_type,
            totals[month], "Open" if is_open else "Closed", 0, f"{first} 00:00:01", 1,
            None if is_open else f"{month}-28 23:30:00",
        )  # fmt: skip
