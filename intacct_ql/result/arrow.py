"""Rows as Arrow has them.

In: columns, pages of rows. Out: schemas and batches of ``pyarrow``, no cell rounded. Refuses to know: streams and
files.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from intacct_ql.errors import Error
from intacct_ql.extras import extra
from intacct_ql.gateway.columns import Columns
from intacct_ql.result.records import ResultColumn, Row
from intacct_ql.schema.types import NUMERIC, DataType, Value

SCALES = {DataType.CURRENCY: 10, DataType.PERCENT: 10, DataType.DECIMAL: 18}
"""Digits after the point that a stream leaves room for, because its later batches have not been seen."""

_ROOM = 2**63  # of whole numbers

_ARROW = {
    DataType.BOOLEAN: (bool, "bool_", ()),
    DataType.DATE: (date, "date32", ()),
    DataType.TIMESTAMP: (datetime, "timestamp", ("us",)),
}
"""Per type: what its cells are in Python, and the Arrow type with its arguments. Text is what all else becomes."""


def _pyarrow() -> Any:
    return extra("pyarrow")


def arrow_table(columns: Sequence[ResultColumn], rows: Sequence[Row]) -> Any:
    """All rows as a table, whose types fit all of them."""
    arrow = _pyarrow()
    schema = _schema(arrow, columns, rows, {})
    return arrow.Table.from_batches([_batch(arrow, schema, rows)])


def arrow_schema(columns: Sequence[ResultColumn], first: Sequence[Row]) -> Any:
    """The schema of a stream whose first page this is."""
    arrow = _pyarrow()
    if not isinstance(first, Columns):
        return _schema(arrow, columns, first, SCALES)
    types = first.batch.schema.types
    return arrow.schema([arrow.field(column.name, kind) for column, kind in zip(columns, types, strict=True)])


def arrow_batch(schema: Any, rows: Sequence[Row]) -> Any:
    """A page as a batch of the stream; one read by column is one already. Raises an Error where a cell does not fit."""
    arrow = _pyarrow()
    if isinstance(rows, Columns) and rows.batch.schema.types == schema.types:
        return arrow.RecordBatch.from_arrays(rows.batch.columns, schema=schema)
    return _batch(arrow, schema, rows)


def _schema(arrow: Any, columns: Sequence[ResultColumn], rows: Sequence[Row], scales: Mapping[DataType, int]) -> Any:
    """The Arrow schema that fits these rows; decimals get at least the digits that ``scales`` asks for."""
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    types = [
        _arrow_type(arrow, column, values, scales.get(column.type, 0))
        for column, values in zip(columns, cells, strict=True)
    ]
    return arrow.schema([arrow.field(column.name, kind) for column, kind in zip(columns, types, strict=True)])


def _arrow_type(arrow: Any, column: ResultColumn, values: Sequence[Value], scale: int) -> Any:
    data_type = column.type
    kinds = {type(value) for value in values if value is not None}
    if data_type in NUMERIC and kinds <= {int, Decimal}:
        numbers = [Decimal(value) for value in values if isinstance(value, (int, Decimal))]
        if data_type is DataType.INTEGER and kinds <= {int} and all(abs(number) < _ROOM for number in numbers):
            return arrow.int64()
        return _decimal_type(arrow, numbers, scale)
    if data_type is DataType.TIMESTAMP and column.zone is not None and kinds <= {datetime}:
        return arrow.timestamp("us", column.zone)
    if data_type in _ARROW and kinds <= {_ARROW[data_type][0]}:
        _, name, arguments = _ARROW[data_type]
        return getattr(arrow, name)(*arguments)
    return arrow.string()


def _decimal_type(arrow: Any, numbers: Sequence[Decimal], scale: int) -> Any:
    """``decimal128(38, s)`` with room for every number; text where 38 digits are too few."""
    if not all(number.is_finite() for number in numbers):
        return arrow.string()
    digits = [(number.adjusted() + 1, -int(number.as_tuple().exponent)) for number in numbers]
    whole = max((before for before, _ in digits), default=0)
    fraction = max((after for _, after in digits), default=0)
    if max(whole, 0) + max(fraction, 0) > 38:
        return arrow.string()
    return arrow.decimal128(38, max(fraction, min(scale, 38 - max(whole, 0))))


def _batch(arrow: Any, schema: Any, rows: Sequence[Row]) -> Any:
    cells = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [_array(arrow, field, values) for field, values in zip(schema, cells, strict=True)]
    return arrow.record_batch(arrays, schema=schema)


def _array(arrow: Any, field: Any, values: Sequence[Value]) -> Any:
    if field.type == arrow.string():
        values = [value if value is None or isinstance(value, str) else str(value) for value in values]
    try:
        if field.type == arrow.int64():
            values = [_whole(value) for value in values]
        elif arrow.types.is_decimal(field.type):
            values = [_finite(value) for value in values]
        return arrow.array(values, type=field.type)
    except (ArithmeticError, TypeError, ValueError) as misfit:
        raise Error(
            f"column {field.name} is {field.type}, and a cell is not: {misfit}; to_arrow() fits all"
        ) from misfit


def _whole(value: Value) -> Value:
    """The cell, unless it is a fraction, which pyarrow would cut off, or so large that pyarrow would never end."""
    if isinstance(value, Decimal) and (value.copy_abs() >= _ROOM or value != value.to_integral_value()):
        raise ValueError(f"{value} is no whole number of 64 bits")
    return value


def _finite(value: Value) -> Value:
    """The cell, unless it is NaN: pyarrow would make it NULL in silence."""
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"{value} is no number")
    return value
