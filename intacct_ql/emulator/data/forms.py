"""How the text of a cell becomes a stored value.

In: a text in the words of the wire and the field it belongs to. Out: the storage form, or ``ValueError`` that says
what is expected. Refuses to know: files, rows.

Dates are MM/DD/YYYY as the gateway writes them, or YYYY-MM-DD; timestamps the same with a time of day behind a space
or a ``T``, and a ``Z`` at the end means nothing, because the gateway gives no zone. A database has no booleans, so 1
and 0 are taken too. Nothing is rounded: a number with more decimals than are stored is a mistake.
"""

import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

from intacct_ql.emulator.tables import SCALE, Cell
from intacct_ql.schema.model import Field
from intacct_ql.schema.types import DataType

_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,19}(\.\d*)?|\.\d+)", re.ASCII)
_BOOLEANS = {"true": 1, "false": 0, "1": 1, "0": 0}
_DAY = r"(?:(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4})|(?P<iso>\d{4}-\d\d-\d\d))"
_DATE = re.compile(_DAY, re.ASCII)
_TIMESTAMP = re.compile(rf"{_DAY}(?:[ T](?P<clock>\d\d:\d\d:\d\d)Z?)?", re.ASCII)
_LEAST, _MOST = -(2**63), 2**63 - 1
_UNSENDABLE = re.compile("[^\\t\\n\\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cell(text: str, field: Field) -> Cell:
    """The stored value of a text; nothing is NULL.

    Raises:
        ValueError: with what is expected.
    """
    if not text:
        return None
    if found := _UNSENDABLE.search(text):
        raise ValueError(f"text without the character U+{ord(found[0]):04X}, which XML cannot carry")
    return _FORMS[field.type](text, field)


def _text(text: str, _field: Field) -> Cell:
    return text


def _enum(text: str, field: Field) -> Cell:
    labels = [value.label for value in field.values]
    if labels and text not in labels:
        raise ValueError(f"one of {', '.join(labels)}")
    return text


def _boolean(text: str, _field: Field) -> Cell:
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise ValueError("true or false")
    return value


def _integer(text: str, _field: Field) -> Cell:
    if not _WHOLE.fullmatch(text) or not _LEAST <= int(text) <= _MOST:
        raise ValueError("a whole number of 64 bits, such as 1234")
    return int(text)


def _decimal(text: str, _field: Field) -> Cell:
    value = Decimal(text) * SCALE if _NUMBER.fullmatch(text) and len(text) <= 40 else None
    if value is None or value != value.to_integral_value() or not _LEAST <= value <= _MOST:
        raise ValueError("a number with at most four decimals, such as 1234.56")
    return int(value)


def _date(text: str, _field: Field) -> Cell:
    found = _DATE.fullmatch(text)
    day = _day(found) if found else None
    if day is None:
        raise ValueError("a date, MM/DD/YYYY or YYYY-MM-DD")
    return day


def _timestamp(text: str, _field: Field) -> Cell:
    found = _TIMESTAMP.fullmatch(text)
    day = _day(found) if found else None
    clock = _clock(found["clock"] or "00:00:00") if found else None
    if day is None or clock is None:
        raise ValueError("a timestamp, MM/DD/YYYY HH:MM:SS or YYYY-MM-DD HH:MM:SS")
    return f"{day} {clock}"


def _day(found: "re.Match[str]") -> str | None:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"]).isoformat()
        return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        return None


def _clock(text: str) -> str | None:
    try:
        return time.fromisoformat(text).isoformat()
    except ValueError:
        return None


_FORMS: dict[DataType, Callable[[str, Field], Cell]] = {
    DataType.TEXT: _text,
    DataType.SEQUENCE: _text,
    DataType.ENUM: _enum,
    DataType.BOOLEAN: _boolean,
    DataType.INTEGER: _integer,
    DataType.DECIMAL: _decimal,
    DataType.CURRENCY: _decimal,
    DataType.PERCENT: _decimal,
    DataType.DATE: _date,
    DataType.TIMESTAMP: _timestamp,
}
