"""Columns of texts to columns of values, without a Python object for each cell.

In: a ``pyarrow`` array of texts, '' for NULL, and the data type as ``lookup`` spells it. Out: a typed array, by the
types of a stream: ``int64``, ``decimal128(38, 10)`` for money and percents, ``(38, 18)`` for other decimals,
``date32``, ``timestamp[us]``, ``bool``, ``string``. Refuses to know: rows, and where the texts came from.

A column is cast only where the row decoder would take every cell for the same value; else it is a ``MisfitError``, and
nothing is rounded or lost. pyarrow is more lenient than the decoder in places, and that is what the checks are for.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from intacct_ql.extras import extra

_TRUE, _FALSE = ("true", "T", "True"), ("false", "F", "False")


class MisfitError(ValueError):
    """A cell may be something else than the type of its column says."""


def cast(texts: Any, kind: str) -> Any:
    """The typed array of texts. Raises ``MisfitError`` or ``pyarrow.ArrowException`` for a cell that does not fit."""
    arrow, compute = extra("pyarrow"), extra("pyarrow.compute")
    cells = compute.if_else(compute.not_equal(texts, constant("")), texts, constant(None))
    found = _CASTS.get(kind)
    return cells if found is None else found(arrow, compute, cells)


@cache
def constant(text: str | None) -> Any:
    """A text as pyarrow's functions want it; made once, because making one costs more than a column of comparing."""
    arrow = extra("pyarrow")
    return arrow.scalar(text, arrow.string())


def _integer(arrow: Any, _: Any, cells: Any) -> Any:
    _refuse(cells, b"xX")  # 0x1F
    return cells.cast(arrow.int64())


def _decimal(scale: int) -> "Callable[[Any, Any, Any], Any]":
    def cast_decimal(arrow: Any, _: Any, cells: Any) -> Any:
        _refuse(cells, b"eE")  # 1e0x1 is ten to pyarrow
        return cells.cast(arrow.decimal128(38, scale))

    return cast_decimal


def _boolean(_: Any, compute: Any, cells: Any) -> Any:
    place = compute.index_in(cells, _booleans())
    if place.null_count != cells.null_count:
        raise MisfitError
    return compute.less(place, _first_false())


@cache
def _booleans() -> Any:
    return extra("pyarrow").array(_TRUE + _FALSE)


@cache
def _first_false() -> Any:
    return extra("pyarrow").scalar(len(_TRUE))


def _date(arrow: Any, compute: Any, cells: Any) -> Any:
    _demand_length(compute, cells, 10)
    return _iso_day(compute, cells).cast(arrow.date32())


def _timestamp(arrow: Any, compute: Any, cells: Any) -> Any:
    lengths = compute.binary_length(cells)
    if compute.min(lengths).as_py() == 10:
        midnight = compute.binary_join_element_wise(cells, constant("00:00:00"), constant(" "))
        cells = compute.if_else(compute.equal(lengths, 10), midnight, cells)
    _demand_length(compute, cells, 19)
    time = compute.utf8_slice_codeunits(cells, 11, 19)
    return compute.binary_join_element_wise(_iso_day(compute, cells), time, constant(" ")).cast(arrow.timestamp("us"))


def _iso_day(compute: Any, cells: Any) -> Any:
    """YYYY-MM-DD from the first ten characters: pyarrow reads that form strictly, and strptime loosely."""

    def part(start: int, stop: int) -> Any:
        return compute.utf8_slice_codeunits(cells, start, stop)

    if compute.all(compute.equal(part(2, 3), constant("/"))).as_py() is False:
        year, day = part(0, 4), part(0, 10)
    else:
        year = part(6, 10)
        day = compute.binary_join_element_wise(year, part(0, 2), part(3, 5), constant("-"))
    if compute.any(compute.equal(year, constant("0000"))).as_py():  # no year of Python's calendar
        raise MisfitError
    return day


def _demand_length(compute: Any, cells: Any, length: int) -> None:
    lengths = compute.min_max(compute.binary_length(cells)).as_py()
    if lengths["min"] not in (None, length) or lengths["max"] not in (None, length):
        raise MisfitError


def _refuse(cells: Any, letters: bytes) -> None:
    data = cells.buffers()[2]
    raw = b"" if data is None else data.to_pybytes()
    if any(letter in raw for letter in letters):
        raise MisfitError


_CASTS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "INTEGER": _integer,
    "DECIMAL": _decimal(18),
    "CURRENCY": _decimal(10),
    "PERCENT": _decimal(10),
    "BOOLEAN": _boolean,
    "DATE": _date,
    "TIMESTAMP": _timestamp,
}
