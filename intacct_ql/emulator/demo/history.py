"""The days of the company: a little of 2010, then January 2024 to the end of October 2026.

In: document numbers and day numbers. Out: dates and time stamps as the emulator stores them. A day is an index into
``DAYS``, so that adding thirty days is adding thirty. Refuses to know: documents, amounts, the real clock.

Two habits of real companies are kept on purpose, because readers trip over them: an upgrade stamped everything that had
last been touched before it with one and the same WHENMODIFIED, and rows that were never modified have none.
"""

from datetime import date

_FIRST = date(2010, 1, 1).toordinal()

DAYS = tuple(date.fromordinal(_FIRST + day).isoformat() for day in range(6_400))
CLOCK = tuple(f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(7 * 3600, 7 * 3600 + 1024 * 41, 41))
NIGHTLY = "23:30:00"
UPGRADED = "2025-07-01 02:00:00"


def index(year: int, month: int, day: int) -> int:
    """The number of a day."""
    return date(year, month, day).toordinal() - _FIRST


OPENING = index(2024, 1, 1)
UPGRADE = index(2025, 7, 1)
TODAY = index(2026, 10, 31)
"""The last day on the books: nothing is paid after it."""


def day_of(number: int, count: int, old: int) -> int:
    """The day of a document, when the first ``old`` of ``count`` lie in 2010 and the rest are spread evenly."""
    return OPENING + (number - old) * (TODAY - OPENING + 1) // (count - old)


def stamp(day: int, die: int) -> str:
    """A moment in the morning of a day, when records are entered."""
    return f"{DAYS[day]} {CLOCK[die & 511]}"


def later(day: int, die: int) -> str:
    """A moment in the afternoon, when they are modified."""
    return f"{DAYS[day]} {CLOCK[512 + (die & 511)]}"


def modified(touched: int, die: int, upgraded_from: int) -> str | None:
    """When a row touched last on that day says it was modified; the upgrade reached back to ``upgraded_from``."""
    if die % 12 == 0:
        return None
    if upgraded_from <= touched < UPGRADE:
        return UPGRADED
    return f"{DAYS[touched]} {NIGHTLY}" if die % 3 == 1 else later(touched, die >> 4)


MONTHS = tuple(dict.fromkeys(day[:7] for day in DAYS[: TODAY + 1] if day < "2011-07" or day >= "2024"))
"""The months that may have books, as YYYY-MM: invoices of late 2010 are paid in early 2011."""
MONTH_NUMBERS = {month: number for number, month in enumerate(MONTHS)}
