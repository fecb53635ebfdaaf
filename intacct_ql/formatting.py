"""How a user has days and times written, and the zone of the times.

In: the settings that ``readUserFormatting`` tells. Out: the texts of days and moments, and what such texts mean.
Refuses to know: fields, cells, requests.

``dateformat`` is a separator and the order of ``m``, ``d`` and ``Y``, or ``y`` for a year of two digits: ``/mdY``,
``-Ymd`` [D]. Public material does not say, and it is supposed here: parts are padded with zeros, and read without, too
[?]; a year of two digits is one of 1969 to 2068 [?]; ``AM`` or ``PM`` stands behind the time of a ``clock`` of 12 hours
[?]; ``gmtoffset`` is that of every moment, whatever the season [?]. Nothing hangs on the ``locale`` [?].
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache

_DATEFORMAT = re.compile(r"[/\-. ](?=.*m)(?=.*d)(?=.*[yY])[mdyY]{3}")
_OFFSET = re.compile(r"([+-])(0[0-9]|1[0-4]):([0-5][0-9])")
_WIDTHS = {"m": 2, "d": 2, "y": 2, "Y": 4}
_TURN = 69
"""The first two-digit year that is one of the last century."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatting:
    """The date and time preferences of one user.

    An empty ``gmtoffset`` says that the zone is not known. Raises ``ValueError`` for what this module cannot read.
    """

    locale: str = "en_US"
    dateformat: str = "/mdY"
    gmtoffset: str = ""
    clock: int = 24

    def __post_init__(self) -> None:
        if not _DATEFORMAT.fullmatch(self.dateformat):
            raise ValueError(f"the date format {self.dateformat!r}")
        if self.gmtoffset and not _OFFSET.fullmatch(self.gmtoffset):
            raise ValueError(f"the offset {self.gmtoffset!r}")
        if self.clock not in (12, 24):
            raise ValueError(f"a clock of {self.clock} hours")

    @classmethod
    def told(cls, settings: Mapping[str, str]) -> "Formatting":
        """The preferences in the gateway's words; raises ``ValueError`` where one is missing or cannot be read."""
        for name in ("dateformat", "gmtoffset", "clock"):
            if not settings.get(name):
                raise ValueError(f"no {name}")
        return cls(
            locale=settings.get("locale") or "en_US",
            dateformat=settings["dateformat"],
            gmtoffset=settings["gmtoffset"].strip(),
            clock=int(settings["clock"]),
        )

    def to_dict(self) -> dict[str, str]:
        """The gateway's words again: ``told`` reads them."""
        return {name: str(getattr(self, name)) for name in ("locale", "dateformat", "gmtoffset", "clock")}

    @property
    def zone(self) -> tzinfo | None:
        """The zone of the user's moments; None while it is not known."""
        return _zone(self.gmtoffset)

    @property
    def zone_name(self) -> str | None:
        """What Arrow calls the zone."""
        return "UTC" if self.zone is UTC else self.gmtoffset or None

    @property
    def is_usual(self) -> bool:
        """Whether days and times are MM/DD/YYYY and 24 hours, as the documentation writes them."""
        return (self.dateformat, self.clock) == ("/mdY", 24)

    def __str__(self) -> str:
        return f"{self.pattern}, {self.clock} hours{self.gmtoffset and f', {self.gmtoffset}'}"

    @property
    def pattern(self) -> str:
        """A day in letters: ``DD-MM-YYYY``."""
        return self.dateformat[0].join(part.upper() * _WIDTHS[part] for part in self.dateformat[1:])

    @property
    def width(self) -> int:
        """The characters of a day."""
        return 2 + sum(_WIDTHS[part] for part in self.dateformat[1:])

    def places(self) -> dict[str, tuple[int, int]]:
        """Where in a day's text each part of it stands."""
        places, at = {}, 0
        for part in self.dateformat[1:]:
            places[part] = at, at + _WIDTHS[part]
            at += _WIDTHS[part] + 1
        return places

    def day(self, day: date) -> str:
        """A day as the user has it."""
        parts = {"Y": f"{day.year:04}", "y": f"{day.year % 100:02}", "m": f"{day.month:02}", "d": f"{day.day:02}"}
        return self.dateformat[0].join(parts[part] for part in self.dateformat[1:])

    def moment(self, moment: datetime) -> str:
        """A moment, to the second, as the user has it; one with a zone is brought into the user's."""
        if moment.tzinfo is not None and self.zone is not None:
            moment = moment.astimezone(self.zone)
        if self.clock == 24:
            return f"{self.day(moment)} {moment.hour:02}:{moment.minute:02}:{moment.second:02}"
        hour, half = moment.hour % 12 or 12, "AM" if moment.hour < 12 else "PM"
        return f"{self.day(moment)} {hour:02}:{moment.minute:02}:{moment.second:02} {half}"


USUAL = Formatting()
"""What is supposed of a user nobody has asked about: MM/DD/YYYY and 24 hours, in a zone that is not known."""

HOURS = {f"{hour % 12 or 12:02} {'AM' if hour < 12 else 'PM'}": hour for hour in range(24)}
"""The hours of a day by how a clock of 12 hours has them."""


def full_year(year: int) -> int:
    """The year that two digits stand for."""
    return year + (1900 if year >= _TURN else 2000)


@cache
def day_reader(formatting: Formatting) -> Callable[[str], date | None]:
    """What reads a text as a day; None for one that is none."""
    separator, parts = formatting.dateformat[0], formatting.dateformat[1:]
    pattern = re.compile(re.escape(separator).join(f"(?P<{part}>[0-9]{_DIGITS[part]})" for part in parts))

    @lru_cache(maxsize=65_536)  # a page repeats few days
    def read(text: str) -> date | None:
        found = pattern.fullmatch(text)
        try:
            if found is None:
                return date.fromisoformat(text) if text[4:5] == "-" and len(text) == 10 else None
            year = int(found["Y"]) if "Y" in parts else full_year(int(found["y"]))
            return date(year, int(found["m"]), int(found["d"]))
        except ValueError:
            return None

    return read


@cache
def moment_reader(formatting: Formatting) -> Callable[[str], datetime | None]:
    """What reads a text as a moment, with its zone where that is known: a day alone is its midnight."""
    read_day, zone, width = day_reader(formatting), formatting.zone, formatting.width
    read_time = _time_of_24 if formatting.clock == 24 else _time_of_12

    def read(text: str) -> datetime | None:
        day, rest = read_day(text[:width]), text[width + 1 :]
        if day is None:  # without padding, perhaps
            at = _TIME.search(text)
            day, rest = read_day(text[: at.start()] if at else text), at["time"] if at else ""
        if day is None:
            return None
        try:
            return datetime.combine(day, read_time(rest) if rest else time.min, zone)
        except (KeyError, ValueError):
            return None

    def read_any(text: str) -> datetime | None:
        return _iso_moment(text, zone) if text[10:11] == "T" else read(text)

    return read_any


def _iso_moment(text: str, zone: tzinfo | None) -> datetime | None:
    """A moment in ISO's form, in this zone; one that says its own is brought there."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone or moment.tzinfo)


_DIGITS = {"m": "{1,2}", "d": "{1,2}", "y": "{2}", "Y": "{4}"}
_TIME = re.compile(r" (?P<time>[0-9]{1,2}:[0-9]{2}:[0-9]{2}( [AP]M)?)$")


def _time_of_24(text: str) -> time:
    return time.fromisoformat(text.rjust(8, "0"))


def _time_of_12(text: str) -> time:
    text = text.rjust(11, "0")
    return time.fromisoformat(text[:8]).replace(hour=HOURS[f"{text[:2]} {text[9:]}"])


@cache
def _zone(gmtoffset: str) -> tzinfo | None:
    found = _OFFSET.fullmatch(gmtoffset)
    if found is None:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-offset if found[1] == "-" else offset) if offset else UTC
