"""Dates, times and relative ranges.

In: the text of a literal, or a day to count from. Out: ``date``, ``datetime``, or a range of days. Refuses to know:
fields and queries. Month first where slashes are used, always; ISO otherwise; nothing depends on a locale.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

_SLASHES = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{1,4})")
_DASHES = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,6}))?)?"
    r"\s*(?P<half>[ap]m)?(?P<zone>Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?",
    re.IGNORECASE,
)


class NotAMomentError(ValueError):
    """The text is no date; ``hint`` says how to write it, ``iso`` is the rewrite where one reading is left.

    Whether the rewrite can be read in its turn is for the caller to try: 31/02/2010 is no date the other way round.
    """

    def __init__(self, reason: str, hint: str, iso: str | None = None) -> None:
        self.reason = reason
        self.hint = hint
        self.iso = iso
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A range of whole days, both included."""

    first: date
    last: date

    @property
    def after(self) -> date:
        """The day after the range."""
        return self.last + timedelta(days=1)


Zone = Callable[[], tzinfo | None]
"""Gives the zone of the user, None where it is not known; asked only where it matters."""


def unknown_zone() -> tzinfo | None:
    """No zone."""
    return None


def read_moment(text: str, zone: Zone = unknown_zone) -> date | datetime:
    """The date or the zone-less moment a literal names; one with an offset is converted to ``zone``.

    Raises ``NotAMomentError``.
    """
    text = text.strip()
    if not text:
        raise NotAMomentError("an empty text is not a date", "an empty value is tested with IS NULL")
    day_text, gap, time_text = _parted(text)
    try:
        day = _day(day_text)
    except NotAMomentError as problem:
        if problem.iso is not None:
            problem.iso += gap + time_text
        raise
    if not gap:
        return day
    found = _TIME.fullmatch(time_text.strip())
    if found is None:
        raise NotAMomentError(
            f"{time_text.strip()} is not a time", "a time is H:MM or H:MM:SS, with AM or PM or +HH:MM if need be"
        )
    moment = datetime.combine(day, _time(found))
    if not found["zone"]:
        return moment
    return in_zone(datetime.fromisoformat(moment.isoformat() + found["zone"].upper()), zone)


def _parted(text: str) -> tuple[str, str, str]:
    if not text[:1].isdigit():
        return text, "", ""
    for gap in ("T", "t", " "):
        day, found, rest = text.partition(gap)
        if found:
            return day, found, rest
    return text, "", ""


def _day(text: str) -> date:
    found = _SLASHES.fullmatch(text)
    if found:
        return _slashed(*found.groups())
    found = _DASHES.fullmatch(text)
    if found is None:
        raise NotAMomentError(f"{text} is not a date", "write YYYY-MM-DD or M/D/YYYY")
    year, month, day = (int(part) for part in found.groups())
    return _real(year, month, day, text)


def _slashed(month: str, day: str, year: str) -> date:
    text = f"{month}/{day}/{year}"
    if len(year) != 4:
        iso = f"20{year}-{int(month):02}-{int(day):02}" if len(year) == 2 else None
        raise NotAMomentError(f"{text} has no four-digit year", "write YYYY-MM-DD", iso)
    if int(month) > 12 and int(day) <= 12:
        iso = f"{year}-{int(day):02}-{int(month):02}"
        raise NotAMomentError(f"{text} has no month {month}: the month stands first", "write YYYY-MM-DD", iso)
    return _real(int(year), int(month), int(day), text)


def _real(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotAMomentError(f"{text} is not in the calendar", "write YYYY-MM-DD") from None


def _time(found: re.Match[str]) -> time:
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise NotAMomentError(f"{found.group()} is not a time", "with AM or PM the hour goes from 1 to 12")
        hour = hour % 12 + (12 if half == "pm" else 0)
    fraction = (found["fraction"] or "").ljust(6, "0")
    try:
        return time(hour, int(found["minute"]), int(found["second"] or 0), int(fraction))
    except ValueError:
        raise NotAMomentError(
            f"{found.group()} is not a time", "hours go from 0 to 23, minutes and seconds to 59"
        ) from None


def in_zone(moment: datetime, zone: Zone) -> datetime:
    """A moment that says its zone, by the clock of the user and without one. Raises ``NotAMomentError``."""
    known = zone()
    if known is None:
        raise NotAMomentError(
            "an offset needs the session's zone, which is not known",
            "write the time as the company's users see it, without offset",
        )
    if moment.year in (1, 9999):
        raise NotAMomentError("the year is out of reach for another zone", "write the time without offset")
    return moment.astimezone(known).replace(tzinfo=None)


# Relative ranges: a word, or a word with a number, beside a DATE or TIMESTAMP field. Weeks start on Monday (ISO 8601),
# quarters are those of the calendar. LAST_N_DAYS:n begins n days ago and ends with today, n + 1 days in all, as SOQL's
# does; the other counted ranges are whole units before or after the current one.

_RELATIVE = re.compile(r"(?P<word>[A-Z_]+)(?::(?P<count>[0-9]{1,5}))?", re.IGNORECASE | re.ASCII)


def _week(day: date, step: int) -> date:
    return day - timedelta(days=day.weekday()) + timedelta(weeks=step)


def _month(day: date, step: int) -> date:
    index = day.year * 12 + day.month - 1 + step
    return date(index // 12, index % 12 + 1, 1)


def _quarter(day: date, step: int) -> date:
    return _month(day, step * 3 - (day.month - 1) % 3)


def _year(day: date, step: int) -> date:
    return date(day.year + step, 1, 1)


_UNITS: dict[str, Callable[[date, int], date]] = {"WEEK": _week, "MONTH": _month, "QUARTER": _quarter, "YEAR": _year}
"""The first day of the unit that lies ``step`` units away."""


def _units(unit: str, first: int, last: int) -> Callable[[date], Days]:
    start = _UNITS[unit]
    return lambda today: Days(first=start(today, first), last=start(today, last + 1) - timedelta(days=1))


def _single(step: int) -> Callable[[date], Days]:
    def days(today: date) -> Days:
        day = today + timedelta(days=step)
        return Days(first=day, last=day)

    return days


_WORDS: dict[str, Callable[[date], Days]] = {
    "TODAY": _single(0),
    "YESTERDAY": _single(-1),
    "TOMORROW": _single(1),
    **{
        f"{which}_{unit}": _units(unit, step, step)
        for unit in _UNITS
        for which, step in (("LAST", -1), ("THIS", 0), ("NEXT", 1))
    },
}

_COUNTED: dict[str, Callable[[date, int], Days]] = {
    "LAST_N_DAYS": lambda today, n: Days(first=today - timedelta(days=n), last=today),
    "NEXT_N_DAYS": lambda today, n: Days(first=today + timedelta(days=1), last=today + timedelta(days=n)),
    "LAST_N_WEEKS": lambda today, n: _units("WEEK", -n, -1)(today),
    "NEXT_N_WEEKS": lambda today, n: _units("WEEK", 1, n)(today),
    "LAST_N_MONTHS": lambda today, n: _units("MONTH", -n, -1)(today),
    "NEXT_N_MONTHS": lambda today, n: _units("MONTH", 1, n)(today),
}

PLAIN_WORDS, COUNTED_WORDS = tuple(_WORDS), tuple(_COUNTED)
"""The words of ranges: those that stand alone, and those that need a number."""

RELATIVE_WORDS = (*PLAIN_WORDS, *(f"{word}:n" for word in COUNTED_WORDS))
"""Every relative range, as it is written."""

RANGES = (
    f"relative ranges are TODAY YESTERDAY TOMORROW, LAST_ THIS_ NEXT_ with {' '.join(_UNITS)}, "
    "LAST_N_ NEXT_N_ with DAYS:n WEEKS:n MONTHS:n"
)
"""The same in a line."""


def is_range(text: str) -> bool:
    """Whether the text is a relative range as it is written."""
    found = _RELATIVE.fullmatch(text)
    if found is None:
        return False
    word, count = found["word"].upper(), found["count"]
    return word in _WORDS if count is None else word in _COUNTED and int(count) > 0


def read_range(text: str, today: Callable[[], date]) -> Days | None:
    """The days a relative word stands for, or None if it is no such word; ``today`` is asked only where it matters.

    Raises ``NotAMomentError`` for a counted word without a number, or one that leaves the calendar.
    """
    found = _RELATIVE.fullmatch(text)
    if found is None:
        return None
    word, count = found["word"].upper(), found["count"]
    try:
        if word in _WORDS and count is None:
            return _WORDS[word](today())
        if word in _COUNTED:
            if not count or int(count) == 0:
                raise NotAMomentError(f"{word} needs a number from 1", f"write {word}:30")
            return _COUNTED[word](today(), int(count))
    except (OverflowError, ValueError) as unreal:
        if isinstance(unreal, NotAMomentError):
            raise
        raise NotAMomentError(f"{text} leaves the calendar", "use a smaller number") from None
    return None
