"""How a user has dates and times written.

In: the settings of a user. Out: the texts of stored days and moments, and what such texts mean. Refuses to know: users,
fields, rows.

``dateformat`` is a separator and the order of ``m``, ``d`` and ``Y``, or ``y`` for a year of two digits: ``/mdY``,
``-Ymd`` [D]. A year of two digits is read as one of 1969 to 2068 ([?]).

Moments have no zone in a reply; they are those of the user's ``gmtoffset`` [C]. Stored ones are UTC ([?]). With a
``clock`` of 12 hours ``AM`` or ``PM`` follows the time ([?]). No text here depends on the ``locale`` ([?]).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import permutations

CLOCKS = (12, 24)
SEPARATORS = "/-. "

_ORDERS = frozenset("".join(order) for year in "yY" for order in permutations(("m", "d", year)))
_OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d", re.ASCII)
_DIGITS = {"m": "MM", "d": "DD", "y": "YY", "Y": "YYYY"}
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_HALVES = {0: "AM", 1: "PM"}
_TURN = 69
"""The first two-digit year that is one of the last century."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatting:
    """The date and time preferences of one user; without any, those that the documentation is written in.

    Raises:
        ValueError: a setting is none that can be chosen.
    """

    locale: str = "en_US"
    dateformat: str = "/mdY"
    gmtoffset: str = "+00:00"
    clock: int = 24

    def __post_init__(self) -> None:
        if self.dateformat[:1] not in set(SEPARATORS) or self.dateformat[1:] not in _ORDERS:
            raise ValueError(f"dateformat is a separator and an order, such as /mdY or -Ymd, not {self.dateformat!r}")
        if not _OFFSET.fullmatch(self.gmtoffset):
            raise ValueError(f"gmtoffset is written like +09:30, not {self.gmtoffset!r}")
        if self.clock not in CLOCKS:
            raise ValueError(f"clock is 12 or 24, not {self.clock!r}")

    @property
    def words(self) -> str:
        """What a literal has to look like."""
        day = self.dateformat[0].join(_DIGITS[part] for part in self.dateformat[1:])
        return f"{day} or {day} HH:MM:SS{' AM' if self.clock == 12 else ''}"

    def day(self, stored: str) -> str:
        """A stored day as the user has it."""
        parts = {"Y": stored[:4], "y": stored[2:4], "m": stored[5:7], "d": stored[8:10]}
        return self.dateformat[0].join(parts[part] for part in self.dateformat[1:])

    def moment(self, stored: str) -> str:
        """A stored moment as the user has it, or a day where only that is stored."""
        if len(stored) == 10:
            return self.day(stored)
        moment = _moved(datetime.fromisoformat(stored), self._offset)
        return f"{self.day(moment.isoformat())} {self._clock(moment)}"

    def read(self, text: str) -> datetime | None:
        """What a text means where the user is: a moment, or a day's first one; None where it is neither."""
        found = _pattern(self).fullmatch(text)
        if found is None:
            return None
        parts = {name: int(number) for name, number in found.groupdict(default="0").items() if name != "half"}
        try:
            day = date(_year(parts), parts["m"], parts["d"])
            return datetime.combine(day, time(_hour(parts["hour"], found["half"]), parts["minute"], parts["second"]))
        except ValueError:
            return None

    def stored(self, moment: datetime) -> datetime:
        """A moment where the user is as it is stored."""
        return _moved(moment, -self._offset)

    @property
    def _offset(self) -> timedelta:
        hours, minutes = self.gmtoffset[1:].split(":")
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        return -offset if self.gmtoffset[0] == "-" else offset

    def _clock(self, moment: datetime) -> str:
        if self.clock == 24:
            return moment.time().isoformat()
        half, hour = divmod(moment.hour, 12)
        return f"{hour or 12:02d}{moment.time().isoformat()[2:]} {_HALVES[half]}"


USUAL = Formatting()
"""MM/DD/YYYY and 24 hours, in UTC."""


@lru_cache(maxsize=64)
def _pattern(formatting: Formatting) -> re.Pattern[str]:
    day = re.escape(formatting.dateformat[0]).join(
        rf"(?P<{part}>\d{{{len(_DIGITS[part])}}})" for part in formatting.dateformat[1:]
    )
    half = " (?P<half>AM|PM)" if formatting.clock == 12 else "(?P<half>)"
    return re.compile(f"{day}(?: {_TIME}{half})?", re.ASCII)


def _year(parts: dict[str, int]) -> int:
    if "Y" in parts:
        return parts["Y"]
    return parts["y"] + (1900 if parts["y"] >= _TURN else 2000)


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"{hour} is no hour of half a day")
    return hour % 12 + (12 if half == "PM" else 0)


def _moved(moment: datetime, offset: timedelta) -> datetime:
    """A moment in another zone; at either end of the calendar it stays what it is."""
    try:
        return moment + offset
    except OverflowError:
        return moment
