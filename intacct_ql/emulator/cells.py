"""How stored values are written on the wire.

In: a column of stored values and its data type. Out: a column of texts. Refuses to know: where the values came from.

Dates MM/DD/YYYY, timestamps MM/DD/YYYY HH:MM:SS without a zone, unless the user has them otherwise; booleans
``true``/``false``, NULL as nothing. Numbers carry no needless zeros; CURRENCY keeps two decimals (``6.50`` and
``205375`` both occur in recorded replies).

A page is written column by column, and what repeats (days, amounts) is remembered: that is what keeps a page of
2,000 rows under the time a network would take.
"""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import cast

from intacct_ql.emulator.formatting import USUAL, Formatting
from intacct_ql.emulator.tables import SCALE, Cell
from intacct_ql.schema.types import TEMPORAL, TEXTUAL, DataType

Texts = list[str]
Write = Callable[[Sequence[Cell]], Texts]

AVERAGE_PLACES = 10

_BOOLEANS: dict[Cell, str] = {None: "", 0: "false", 1: "true"}
_SPECIAL = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#039;"), ("\r", "&#13;"))


def writer(kind: DataType, formatting: Formatting = USUAL) -> Write:
    """The function that writes a column of this type for a user."""
    return _formatted(kind, formatting) if kind in TEMPORAL and formatting != USUAL else _WRITERS[kind]


def averages(column: Sequence[Cell], kind: DataType) -> Texts:
    """Averages from ``sum/count`` texts, divided exactly and rounded to ten places."""
    scale = 1 if kind is DataType.INTEGER else SCALE
    return ["" if cell is None else _average(str(cell), scale) for cell in column]


def escape(text: str) -> str:
    """Text as XML character data, with the gateway's habit of escaping quotes (``&#039;``)."""
    for raw, entity in _SPECIAL:
        if raw in text:
            text = text.replace(raw, entity)
    return text


def escape_column(texts: Texts, kind: DataType) -> Texts:
    """A column as XML character data: one pass over all its texts together."""
    return escape("\0".join(texts)).split("\0") if texts and kind in TEXTUAL else texts


def _texts(column: Sequence[Cell]) -> Texts:
    return cast("Texts", [cell or "" for cell in column])  # the store's STRICT tables keep anything but text out


def _integers(column: Sequence[Cell]) -> Texts:
    return ["" if cell is None else str(cell) for cell in column]


def _booleans(column: Sequence[Cell]) -> Texts:
    return [_BOOLEANS[cell] for cell in column]


def _each(write: Callable[[Cell], str]) -> Write:
    remembered = lru_cache(maxsize=65_536)(write)
    return lambda column: list(map(remembered, column))


def _decimal(places: int) -> Callable[[Cell], str]:
    def write(cell: Cell) -> str:
        if cell is None:
            return ""
        whole, rest = divmod(abs(int(cell)), SCALE)
        digits = f"{rest:04d}".rstrip("0").ljust(places, "0")
        return f"{'-' if int(cell) < 0 else ''}{whole}{'.' if digits else ''}{digits}"

    return write


def _date(cell: Cell) -> str:
    return f"{cell[5:7]}/{cell[8:10]}/{cell[:4]}" if isinstance(cell, str) else ""


def _timestamp(cell: Cell) -> str:
    return f"{_date(cell)}{cell[10:]}" if isinstance(cell, str) else ""


@lru_cache(maxsize=32)
def _formatted(kind: DataType, formatting: Formatting) -> Write:
    write = formatting.day if kind is DataType.DATE else formatting.moment
    return _each(lambda cell: write(cell) if isinstance(cell, str) else "")


def _average(pair: str, scale: int) -> str:
    total, _, count = pair.partition("/")
    with localcontext() as context:
        context.prec = 60
        value = Decimal(total) / (int(count) * scale)
        rounded = value.quantize(Decimal(1).scaleb(-AVERAGE_PLACES), rounding=ROUND_HALF_UP)
    text = f"{rounded:f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


_WRITERS: dict[DataType, Write] = {
    DataType.TEXT: _texts,
    DataType.ENUM: _texts,
    DataType.SEQUENCE: _texts,
    DataType.INTEGER: _integers,
    DataType.BOOLEAN: _booleans,
    DataType.DECIMAL: _each(_decimal(0)),
    DataType.PERCENT: _each(_decimal(0)),
    DataType.CURRENCY: _each(_decimal(2)),
    DataType.DATE: _each(_date),
    DataType.TIMESTAMP: _each(_timestamp),
}
