"""The texts of a column, decoded together.

In: what decodes one cell. Out: what decodes many of them at once, to the same values. Refuses to know: rows.

A call of Python's a cell is what decoding costs most. Where a whole column has the plain form of its type it is decoded
in loops that are not Python's; else each cell is, by the function that says what its value is.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import repeat

from intacct_ql.schema.types import (
    BOOLEANS,
    decode_boolean,
    decode_decimal,
    decode_integer,
    decode_moment,
    decode_text,
    decode_timestamp,
)

Texts = Sequence[str]
Column = Callable[[Texts], Iterable[object]]


def by_column(decode: Callable[[str], object]) -> Column:
    """What gives the same as ``map(decode, texts)``, faster where ``decode`` is one of the usual ones."""
    if isinstance(decode, partial) and decode.func is decode_moment:
        return partial(_moments, decode, decode.args)
    return _COLUMNS.get(decode, partial(map, decode))


def _texts(texts: Texts) -> Iterable[object]:
    return [text or None for text in texts] if "" in texts else texts


def _integers(texts: Texts) -> Iterable[object]:
    if _is_odd("".join(texts)):
        return map(decode_integer, texts)
    try:
        return [int(text) if text else None for text in texts] if "" in texts else list(map(int, texts))
    except ValueError:
        return map(decode_integer, texts)


def _decimals(texts: Texts) -> Iterable[object]:
    together = "".join(texts)
    if "n" in together or "N" in together or _is_odd(together):  # NaN and Infinity
        return map(decode_decimal, texts)
    try:
        return [Decimal(text) if text else None for text in texts] if "" in texts else list(map(Decimal, texts))
    except InvalidOperation:
        return map(decode_decimal, texts)


def _is_odd(together: str) -> bool:
    """Whether some number may be one to Python only."""
    return "_" in together or not together.isascii()


def _booleans(texts: Texts) -> Iterable[object]:
    return [BOOLEANS.get(text, text or None) for text in texts]


_GIVEN, _MADE = "mn/de/uvwx hi:jk:lo", "uvwx-mn-de|hi:jk:lo|"
"""A moment as it comes and as Python reads it fastest; each letter is a digit."""

_DIGITS = [(_MADE.index(letter), place) for place, letter in enumerate(_GIVEN) if letter.isalpha()]
_SIGNS = [(place, sign.encode()) for place, sign in enumerate(_GIVEN) if not sign.isalpha()]


def _moments(decode: Callable[[str], object], zone: tuple[tzinfo, ...], texts: Texts) -> Iterable[object]:
    filled = [text for text in texts if text] if "" in texts else texts
    try:
        found = _usual_moments(filled, zone)
    except ValueError:
        return map(decode, texts)
    if len(filled) == len(texts):
        return found
    left = iter(found)
    return [next(left) if text else None for text in texts]


def _usual_moments(texts: Texts, zone: tuple[tzinfo, ...]) -> list[datetime]:
    """Moments in the usual form, their digits put in the order of ISO for all at once; ``ValueError`` for others."""
    given, count, width = "".join(texts).encode("ascii"), len(texts), len(_GIVEN)
    if {*map(len, texts)} - {width} or any(given[place::width] != sign * count for place, sign in _SIGNS):
        raise ValueError
    made = bytearray(_MADE.encode() * count)
    for place, taken in _DIGITS:
        made[place :: len(_MADE)] = given[taken::width]
    parts = made.decode().split("|")
    days, clocks = map(date.fromisoformat, parts[:-1:2]), map(time.fromisoformat, parts[1::2])
    return list(map(datetime.combine, days, clocks, *map(repeat, zone)))


_COLUMNS: dict[Callable[[str], object], Column] = {
    decode_text: _texts,
    decode_integer: _integers,
    decode_decimal: _decimals,
    decode_boolean: _booleans,
    decode_timestamp: partial(_moments, decode_timestamp, ()),
}
