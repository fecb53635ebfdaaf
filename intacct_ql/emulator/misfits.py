"""Rows that are not in storage form, in words.

In: an object, columns, and a row that does not fit. Out: ``Misfit`` with the place, the value and what is expected.
Refuses to know: SQL, where rows come from.
"""

from collections.abc import Sequence

from intacct_ql.emulator.tables import Cell, Table
from intacct_ql.schema.model import Object
from intacct_ql.schema.types import DataType

_AMOUNT = "a whole number of ten-thousandths, such as 125000 for 12.50"
_FORMS: dict[DataType, tuple[type, str]] = {
    DataType.TEXT: (str, "a text"),
    DataType.SEQUENCE: (str, "a text"),
    DataType.ENUM: (str, "a text, the label"),
    DataType.INTEGER: (int, "a whole number of 64 bits"),
    DataType.BOOLEAN: (int, "0 or 1"),
    DataType.DECIMAL: (int, _AMOUNT),
    DataType.CURRENCY: (int, _AMOUNT),
    DataType.PERCENT: (int, _AMOUNT),
    DataType.DATE: (str, "a text such as '2024-01-31'"),
    DataType.TIMESTAMP: (str, "a text such as '2024-01-31 09:00:00'"),
}
_WIDEST = 2**63


class Misfit(ValueError):  # noqa: N818 - named after what it tells of
    """A row is not in storage form: a mistake of whoever made the company, and of no request."""


def check_rows(target: Object, table: Table) -> None:
    """Look at rows that are there already, before they are read; ``Misfit`` for the first that does not fit."""
    if not isinstance(table.rows, list | tuple):
        return
    key = (target.key or "").upper()
    names = [name.upper() for name in table.columns]
    at = names.index(key) if key in names else None
    seen: set[Cell] = set()
    for number, row in enumerate(table.rows, 1):
        if wrong := _misfit(target, names, row, number):
            raise wrong
        if at is not None and row[at] in seen:
            raise _taken(target, row[at], number)
        if at is not None and row[at] is not None:
            seen.add(row[at])


def refused(target: Object, columns: Sequence[str], row: Sequence[object], number: int, words: str) -> Misfit:
    """What is wrong with a row that could not be stored, for the reason in ``words``."""
    names = [name.upper() for name in columns]
    if wrong := _misfit(target, names, row, number):
        return wrong
    key = (target.key or "").upper()
    if key in names and "UNIQUE" in words:
        return _taken(target, row[names.index(key)], number)
    return Misfit(f"{target.name} row {number}: {words}")


def _misfit(target: Object, names: Sequence[str], row: Sequence[object], number: int) -> Misfit | None:
    if not isinstance(row, list | tuple) or len(row) != len(names):
        cells = f"{len(row)} cells" if isinstance(row, list | tuple) else f"{row!r} is no tuple of cells"
        return Misfit(f"{target.name} row {number}: {cells}, but its table has {len(names)} columns")
    for name, value in zip(names, row, strict=True):
        form, expected = _FORMS[target.fields[name].type]
        if value is not None and not (isinstance(value, form) and _fits(value)):
            return Misfit(f"{target.name} row {number}, {target.fields[name].name}: {value!r} is not {expected}")
    return None


def _fits(value: object) -> bool:
    return not isinstance(value, int) or -_WIDEST <= value < _WIDEST


def _taken(target: Object, value: object, number: int) -> Misfit:
    return Misfit(f"{target.name} row {number}, {target.key}: {value!r} is in another row already; take another")
