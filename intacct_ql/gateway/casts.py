"""Columns of texts to columns of values, without a Python object for each cell.

In: a ``pyarrow`` array of texts, '' for NULL, the data type as ``lookup`` spells it, and how the user has days and
times. Out: a typed array, by the types of a stream: ``int64``, ``decimal128(38, 10)`` for money and percents,
``(38, 18)`` for other decimals, ``date32``, ``timestamp[us]`` with the user's zone where it is known, ``bool``,
``string``. Refuses to know: rows, and where the texts came from.

A column is cast only where the row decoder would take every cell for the same value; else it is a ``MisfitError``, and
nothing is rounded or lost. pyarrow is more lenient than the decoder in places, and that is what the checks are for.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from intacct_ql.extras import extra
from intacct_ql.formatting import HOURS, USUAL, Formatting, full_year

_TRUE, _FALSE = ("true", "T", "True"), ("false", "F", "False")


class MisfitError(ValueError):
    """A cell may be something else than the type of its column says."""


def cast(texts: Any, kind: str, formatting: Formatting = USUAL) -> Any:
    """The typed array of texts; days and times are written in this way.

    Raises ``MisfitError`` or ``pyarrow.ArrowException`` for a cell that does not fit.
    """
    arrow, compute = extra("pyarrow"), extra("pyarrow.compute")
    cells = compute.if_else(compute.not_equal(texts, constant("")), texts, constant(None))
    if kind in _TEMPORAL:
        return _TEMPORAL[kind](arrow, compute, cells, formatting)
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


def _date(arrow: Any, compute: Any, cells: Any, formatting: Formatting) -> Any:
    _demand_length(compute, cells, formatting.width)
    return _iso_day(compute, cells, formatting).cast(arrow.date32())


def _timestamp(arrow: Any, compute: Any, cells: Any, formatting: Formatting) -> Any:
    width, midnight = formatting.width, "00:00:00" if formatting.clock == 24 else "12:00:00 AM"
    lengths = compute.binary_length(cells)
    if compute.min(lengths).as_py() == width:
        days = compute.binary_join_element_wise(cells, constant(midnight), constant(" "))
        cells = compute.if_else(compute.equal(lengths, width), days, cells)
    _demand_length(compute, cells, width + 1 + len(midnight))
    times = compute.utf8_slice_codeunits(cells, width + 1, width + 1 + len(midnight))
    if formatting.clock == 12:
        times = _of_24_hours(compute, times)
    moments = compute.binary_join_element_wise(_iso_day(compute, cells, formatting), times, constant(" "))
    return _in_zone(arrow, compute, moments.cast(arrow.timestamp("us")), formatting)


def _in_zone(arrow: Any, compute: Any, moments: Any, formatting: Formatting) -> Any:
    """Clock readings of the user's zone as moments, where the zone is known."""
    zone = formatting.zone
    if zone is None:
        return moments
    offset = arrow.scalar(zone.utcoffset(None), arrow.duration("us"))
    return compute.subtract_checked(moments, offset).cast(arrow.timestamp("us", formatting.zone_name))


def _of_24_hours(compute: Any, times: Any) -> Any:
    """HH:MM:SS of times with AM or PM."""
    hours = compute.utf8_slice_codeunits(times, 0, 2)
    named = compute.binary_join_element_wise(hours, compute.utf8_slice_codeunits(times, 9, 11), constant(" "))
    place = compute.index_in(named, _halves())
    if place.null_count != times.null_count or not _all_equal(compute, times, 8, " "):
        raise MisfitError
    rest = compute.utf8_slice_codeunits(times, 2, 8)
    return compute.binary_join_element_wise(compute.take(_hours(), place), rest, constant(""))


@cache
def _halves() -> Any:
    return extra("pyarrow").array(list(HOURS))


@cache
def _hours() -> Any:
    return extra("pyarrow").array([f"{hour:02}" for hour in HOURS.values()])


def _iso_day(compute: Any, cells: Any, formatting: Formatting) -> Any:
    """YYYY-MM-DD from the characters of a day: pyarrow reads that form strictly, and strptime loosely."""

    def part(place: tuple[int, int]) -> Any:
        return compute.utf8_slice_codeunits(cells, *place)

    places, separator = formatting.places(), formatting.dateformat[0]
    if all(_all_equal(compute, cells, stop, separator) for _, stop in [*places.values()][:-1]):
        year = part(places["Y"]) if "Y" in places else _full_years(compute, part(places["y"]))
        day = compute.binary_join_element_wise(year, part(places["m"]), part(places["d"]), constant("-"))
    elif formatting.width == 10:
        year, day = part((0, 4)), part((0, 10))
    else:
        raise MisfitError
    if compute.any(compute.equal(year, constant("0000"))).as_py():  # no year of Python's calendar
        raise MisfitError
    return day


def _all_equal(compute: Any, cells: Any, at: int, sign: str) -> bool:
    """Whether every filled cell has this sign at a place."""
    here = compute.utf8_slice_codeunits(cells, at, at + 1)
    return compute.all(compute.equal(here, constant(sign))).as_py() is not False


def _full_years(compute: Any, years: Any) -> Any:
    place = compute.index_in(years, _short_years())
    if place.null_count != years.null_count:
        raise MisfitError
    return compute.take(_long_years(), place)


@cache
def _short_years() -> Any:
    return extra("pyarrow").array([f"{year:02}" for year in range(100)])


@cache
def _long_years() -> Any:
    return extra("pyarrow").array([str(full_year(year)) for year in range(100)])


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
}
_TEMPORAL: dict[str, Callable[[Any, Any, Any, Formatting], Any]] = {"DATE": _date, "TIMESTAMP": _timestamp}
