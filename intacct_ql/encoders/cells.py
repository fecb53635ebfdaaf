"""One cell as text.

In: a typed value. Out: the text that ``csv`` and ``table`` show for it, and text that is safe on a terminal.
Refuses to know: columns, formats, quoting.

Money is written out, never as ``0E-10``; a date as YYYY-MM-DD and a moment as YYYY-MM-DD HH:MM:SS, which spreadsheets
and COPY read; true and false in lower case; NULL as nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import methodcaller
from typing import Any

from intacct_ql.schema.types import Value

EXACT = 15
"""Digits that a double surely keeps."""

FARTHEST = 307
"""The exponent, above and below, up to which it keeps so many."""

LONGEST_EXPONENT = 60
"""Exponents beyond this stay as they are: a reply may not make us write a gigabyte of zeros."""


def number_text(number: Decimal) -> str:
    """A decimal with exactly its digits, without an exponent."""
    text = str(number)
    if "E" in text and abs(number.adjusted()) <= LONGEST_EXPONENT:
        return format(number, "f")
    return text


def significant(number: Decimal | int) -> int:
    """How many digits a number needs, zeros at either end left out; a double surely keeps 15."""
    digits = number.as_tuple().digits if isinstance(number, Decimal) else (number,)
    return len("".join(map(str, digits)).strip("-0"))


def is_far(number: Decimal | int) -> bool:
    """Whether a number is too large for a double, or too close to zero."""
    return number != 0 and abs(Decimal(number).adjusted()) > FARTHEST


@lru_cache(maxsize=65_536)  # a page repeats few days: a sixth of the time
def day_text(day: date) -> str:
    """A date as YYYY-MM-DD."""
    return day.isoformat()


def flag_text(flag: bool) -> str:
    """True and false in lower case."""
    return "true" if flag else "false"


FORMS: Mapping[type, Callable[[Any], str]] = {
    str: str,
    int: int.__repr__,
    Decimal: number_text,
    bool: flag_text,
    date: day_text,
    datetime: methodcaller("isoformat", " "),  # as str gives, in less time
}
"""What a cell becomes where it is read as text, by its type."""


def cell_text(value: Value) -> str:
    """A value as people and spreadsheets read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return flag_text(value)
    if isinstance(value, Decimal):
        return number_text(value)
    return str(value)


_BREAKS = {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code not in _BREAKS}
_DIRECTIONS = {
    code: f"\\u{code:04x}" for code in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
_IN_A_CELL = _CONTROLS | _DIRECTIONS | _BREAKS
_IN_LINES = _CONTROLS | _DIRECTIONS | {ord("\r"): "\\r"}


def visible(text: str, *, lines: bool = False) -> str:
    """The text with every character that would move or mislead a terminal spelled out; ``lines`` keeps line ends."""
    return text.translate(_IN_LINES if lines else _IN_A_CELL)


def shown(value: Value) -> str:
    """A value as people may see it anywhere."""
    return visible(cell_text(value))
