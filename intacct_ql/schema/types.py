"""The ten data types of an Intacct field, and how the text of a cell becomes a Python value.

In: the text of a cell as the gateway sent it. Out: ``int``, ``Decimal``, ``bool``, ``date``, ``datetime``, ``str``
or ``None``. Refuses to know: objects, queries, XML.

The gateway's habits behind the leniency: an INTEGER sometimes holds a decimal, a TIMESTAMP sometimes only a date, a
BOOLEAN may be ``T``/``F`` or empty, dates come as MM/DD/YYYY and at times as YYYY-MM-DD, and empty means NULL. A cell
that fits none of its type's forms stays text: nothing that was read is lost. Python reads ``1_000`` and the digits of
any script as numbers; here they fit no form.
"""

from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache, lru_cache, partial

from intacct_ql.formatting import USUAL, Formatting, day_reader, moment_reader

Value = int | Decimal | bool | date | datetime | str | None
"""What a typed cell may hold; ``datetime`` has no zone unless that of the user is known."""

Decode = Callable[[str], Value]


class DataType(StrEnum):
    """DATATYPE as ``lookup`` spells it."""

    TEXT = "TEXT"
    INTEGER = "INTEGER"
    DECIMAL = "DECIMAL"
    CURRENCY = "CURRENCY"
    PERCENT = "PERCENT"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    ENUM = "ENUM"
    SEQUENCE = "SEQUENCE"


NUMERIC = frozenset({DataType.INTEGER, DataType.DECIMAL, DataType.CURRENCY, DataType.PERCENT})
TEMPORAL = frozenset({DataType.DATE, DataType.TIMESTAMP})
TEXTUAL = frozenset({DataType.TEXT, DataType.ENUM, DataType.SEQUENCE})

BOOLEANS: dict[str, "Value"] = {"true": True, "false": False, "T": True, "F": False, "True": True, "False": False}
"""The forms of a truth."""


def decode_text(cell: str) -> Value:
    """Text as it stands; empty is None, because XML cannot tell the two apart."""
    return cell or None


def decode_integer(cell: str) -> Value:
    """``int``; a ``Decimal`` where the cell holds a fraction."""
    if not cell:
        return None
    try:
        return int(cell) if cell.isascii() and "_" not in cell else cell
    except ValueError:
        return decode_decimal(cell)


def decode_decimal(cell: str) -> Value:
    """``Decimal`` with the scale the gateway sent."""
    if not cell:
        return None
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return cell
    return number if number.is_finite() and cell.isascii() and "_" not in cell else cell


def decode_boolean(cell: str) -> Value:
    """``bool``; empty is None."""
    return BOOLEANS.get(cell, cell or None)


@lru_cache(maxsize=65_536)  # a page repeats few days: 60 ns a cell against 3,700 with strptime
def decode_date(cell: str) -> Value:
    """``date`` from MM/DD/YYYY or YYYY-MM-DD."""
    try:
        if len(cell) == 10 and cell[2] == cell[5] == "/":
            return date.fromisoformat(f"{cell[6:]}-{cell[:2]}-{cell[3:5]}")
        return date.fromisoformat(cell) if cell else None
    except ValueError:
        return cell


def decode_timestamp(cell: str) -> Value:
    """``datetime`` without a zone from MM/DD/YYYY HH:MM:SS, from ISO, or from a date alone (midnight)."""
    day = decode_date(cell[:10])
    if not isinstance(day, date):
        return cell or None
    try:
        return datetime.combine(day, time.fromisoformat(cell[11:]) if len(cell) > 10 else time.min)
    except ValueError:
        return cell


_DECODERS: dict[DataType, Decode] = {
    DataType.TEXT: decode_text,
    DataType.ENUM: decode_text,
    DataType.SEQUENCE: decode_text,
    DataType.INTEGER: decode_integer,
    DataType.DECIMAL: decode_decimal,
    DataType.CURRENCY: decode_decimal,
    DataType.PERCENT: decode_decimal,
    DataType.BOOLEAN: decode_boolean,
    DataType.DATE: decode_date,
    DataType.TIMESTAMP: decode_timestamp,
}


def decoder(data_type: DataType, formatting: Formatting = USUAL) -> Decode:
    """The function that turns a cell's text into the Python value of the type, days and times as a user has them."""
    if formatting is USUAL or data_type not in TEMPORAL:
        return _DECODERS[data_type]
    return _temporal(data_type, formatting)


@cache
def _temporal(data_type: DataType, formatting: Formatting) -> Decode:
    if formatting.is_usual:
        if data_type is DataType.DATE:
            return decode_date
        return decode_timestamp if formatting.zone is None else partial(decode_moment, formatting.zone)
    read: Callable[[str], date | None] = (day_reader if data_type is DataType.DATE else moment_reader)(formatting)

    def decode(cell: str) -> Value:
        found = read(cell)
        return found if found is not None else cell or None

    return decode


def decode_moment(zone: tzinfo, cell: str) -> Value:
    """``decode_timestamp`` for moments of this zone."""
    day = decode_date(cell[:10])
    if not isinstance(day, date):
        return cell or None
    try:
        if len(cell) < 20:
            return datetime.combine(day, time.fromisoformat(cell[11:]) if len(cell) > 10 else time.min, zone)
    except ValueError:
        return cell
    found = decode_timestamp(cell)  # fractions, or a zone of its own
    if not isinstance(found, datetime):
        return found
    return found.replace(tzinfo=zone) if found.tzinfo is None else found.astimezone(zone)
