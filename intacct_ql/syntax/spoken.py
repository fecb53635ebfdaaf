"""Days and ranges of days as people write them, in the spelling of this language.

In: a value, of several words perhaps. Out: the range or the date that is meant, or None where that is not certain.
Refuses to know: the clock, and the field beside the value.
"""

import re
from datetime import date

_WHICH = {
    "LAST": "LAST",
    "PAST": "LAST",
    "PREVIOUS": "LAST",
    "PRIOR": "LAST",
    "THIS": "THIS",
    "CURRENT": "THIS",
    "NEXT": "NEXT",
    "COMING": "NEXT",
}

_DAYS = {
    "TODAY": "TODAY",
    "YESTERDAY": "YESTERDAY",
    "TOMORROW": "TOMORROW",
    "THISDAY": "TODAY",
    "CURRENTDAY": "TODAY",
    "CURRENTDATE": "TODAY",
    "CURDATE": "TODAY",
}

_MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER",
    "DECEMBER",
)  # fmt: skip
_MONTH = {spelled: number for number, name in enumerate(_MONTHS, 1) for spelled in (name, name[:3])} | {"SEPT": 9}

CLOCKS = frozenset(
    {"NOW", "GETDATE", "GETUTCDATE", "SYSDATE", "SYSDATETIME", "SYSTIMESTAMP", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP"}
)
"""Words of other languages for the present moment, which this one does not have: TODAY is a whole day."""

_UNIT = re.compile(rf"({'|'.join(_WHICH)})(WEEK|MONTH|QUARTER|YEAR)")
_COUNTED = re.compile(r"(LAST|PAST|PREVIOUS|PRIOR|NEXT|COMING)([1-9][0-9]{0,4})(DAY|WEEK|MONTH)S?")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})(?:ST|ND|RD|TH)?[\s./,-]*([A-Z]{3,9})[\s./,-]*([0-9]{4})")
_MONTH_FIRST = re.compile(r"([A-Z]{3,9})[\s./-]*([0-9]{1,2})(?:ST|ND|RD|TH)?[\s./,-]+([0-9]{4})")


def written(text: str) -> str | None:
    """The range or the ISO date: LAST_MONTH for ``last month``, LAST_N_DAYS:30 for ``LAST_30_DAYS``."""
    if not text.isascii():
        return None
    wanted = text.strip().upper()
    return _range(re.sub(r"[\s_-]+", "", wanted)) or _date(wanted)


def _range(joined: str) -> str | None:
    if joined in _DAYS:
        return _DAYS[joined]
    unit, counted = _UNIT.fullmatch(joined), _COUNTED.fullmatch(joined)
    if unit is not None:
        return f"{_WHICH[unit[1]]}_{unit[2]}"
    return f"{_WHICH[counted[1]]}_N_{counted[3]}S:{counted[2]}" if counted is not None else None


def _date(text: str) -> str | None:
    """A date with its month by name, or with the year in front; otherwise figures have two orders."""
    if (found := _YEAR_FIRST.fullmatch(text)) and (found[2] or len(text) == 8):
        return _iso(found[1], int(found[3]), found[4])
    if found := _DAY_FIRST.fullmatch(text):
        return _iso(found[3], _MONTH.get(found[2], 0), found[1])
    if found := _MONTH_FIRST.fullmatch(text):
        return _iso(found[3], _MONTH.get(found[1], 0), found[2])
    return None


def _iso(year: str, month: int, day: str) -> str | None:
    try:
        return date(int(year), month, int(day)).isoformat()
    except ValueError:
        return None
