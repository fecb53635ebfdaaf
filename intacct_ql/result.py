"""Rows and what is known about them.

In: columns, an iterator of typed rows, and the counters that the run keeps up to date. Out: rows, one at a time, in
batches, as dictionaries, all at once, or as a stream of Arrow batches.
Refuses to know: where rows come from, and how they are written down.

A result is an iterator object and not a generator, so a failed fetch does not end it. A row that was read is never
lost: ``fetchmany`` gives what it has and raises at the next call, ``fetchall`` raises and keeps what it has for the
next fetch. A source that ends after a failure raises that failure again instead of looking complete.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, Self

from intacct_ql.errors import Diagnostic, Error
from intacct_ql.extras import extra
from intacct_ql.gateway.columns import Columns
from intacct_ql.schema.types import NUMERIC, DataType, Value

Row = tuple[Value, ...]

BATCH = 2_000
"""Rows in one Arrow batch: a page."""

SCALES = {DataType.CURRENCY: 10, DataType.PERCENT: 10, DataType.DECIMAL: 18}
"""Digits after the point that a stream leaves room for, because its later batches have not been seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultColumn:
    """One column: the name the query gave it, the type of its cells, and the field path it was read from.

    ``zone`` is that of its moments, by the name that Arrow has for it, where it is known.
    """

    name: str
    type: DataType
    path: str
    zone: str | None = None


@dataclass(slots=True, kw_only=True)
class Stats:
    """What a run has used so far.

    ``calls`` are pages and ``sign_ins``. Beside them the gateway is asked for the user's date format, once a session
    and only where it matters, and for the entities of the company, where a query goes over all; those requests are
    ``settings``.
    ``seconds`` were spent on calls, ``waited`` on pauses after failures and for the limit of calls a minute; with
    several connections they may add up to more than the run took. ``total`` is the number of rows the gateway
    announced, where it did. ``drifts`` counts the pages by offset between which that number changed: rows may be
    missing or doubled there. Paging by key knows no drift.
    """

    calls: int = 0
    sign_ins: int = 0
    settings: int = 0
    rows: int = 0
    pages: int = 0
    retries: int = 0
    renewals: int = 0
    bytes: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    drifts: int = 0
    total: int | None = None

    def to_dict(self) -> dict[str, int | float | None]:
        """The counters as plain JSON types."""
        return asdict(self)


def unique_names(columns: Sequence[ResultColumn]) -> tuple[str, ...]:
    """The column names, for use as keys; refuses a name that stands twice, because one value would vanish."""
    names = tuple(column.name for column in columns)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Error(f"two columns are named {twice[0]}; give one of them another name with AS")
    return names


class Result:
    """A stream of typed rows, as plain tuples. Iterate it, or use one of the fetching methods; close it when done."""

    def __init__(
        self,
        columns: Sequence[ResultColumn],
        rows: Iterator[Row],
        stats: Stats,
        diagnostics: Sequence[Diagnostic] = (),
        close: Callable[[], object] | None = None,
    ) -> None:
        self.stats = stats
        self._columns = tuple(columns)
        self._diagnostics = tuple(diagnostics)
        self._rows = rows
        self._on_close = close
        self._held: deque[Row] = deque()
        self._failure: Exception | None = None
        self._closed = False

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """The columns; final when the first row, or the end, has come: a field that is refused is left out."""
        known: tuple[ResultColumn, ...] | None = getattr(self._rows, "columns", None)
        return self._columns if known is None else known

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The remarks about the query; final when the first row, or the end, has come."""
        known: tuple[Diagnostic, ...] | None = getattr(self._rows, "diagnostics", None)
        return self._diagnostics if known is None else known

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Row:
        if self._held:
            return self._held.popleft()
        if self._closed:
            raise StopIteration
        try:
            row = next(self._rows)
        except StopIteration:
            self._end()
            raise
        except Exception as failure:
            self._failure = failure
            raise
        self._failure = None
        return row

    def pages(self) -> Iterator[Sequence[Row]]:
        """The rows that are left, as many at a time as came together; ``resume`` is exact between them."""
        if self._held:
            held, self._held = list(self._held), deque()
            yield held
        pages = getattr(self._rows, "pages", None)
        if pages is not None:
            yield from pages()
        else:
            yield from iter(lambda: self.fetchmany(BATCH), [])

    def read_by_column(self) -> None:
        """Have pages read by column, where that can be: faster for Arrow. To be said before the first row."""
        by_column = getattr(self._rows, "read_by_column", None)
        if by_column is not None:
            by_column()

    @property
    def resume(self) -> str | None:
        """A token to go on with later, behind every page that was begun; None where a run cannot be gone on with."""
        token: str | None = getattr(self._rows, "resume", None)
        return token

    def stop(self) -> None:
        """Ask for nothing more: behind the rows that are here comes ``Stopped``. Signal handlers may call it."""
        stop = getattr(self._rows, "stop", None)
        if stop is not None:
            stop()

    def dicts(self) -> Iterator[dict[str, Value]]:
        """The rows as dictionaries from column name to cell."""
        unique_names(self.columns)  # refused at once
        return (dict(zip(names, row, strict=True)) for names, row in _named(self))

    def fetchmany(self, size: int = 1000) -> list[Row]:
        """At most ``size`` rows; none at the end.

        Rows before a failure are given first; the next call asks again, and raises if that fails too.
        """
        rows: list[Row] = []
        try:
            for row in islice(self, size):
                rows.append(row)  # noqa: PERF402 - extend might lose the rows before a failure
        except Exception as failure:
            if not rows:
                raise
            self._failure = failure
        return rows

    def fetchall(self) -> list[Row]:
        """Every row that is left. After a failure the rows read are still here for the next fetch."""
        rows: list[Row] = []
        try:
            for row in self:
                rows.append(row)  # noqa: PERF402 - as above
        except Exception:
            self._held.extendleft(reversed(rows))
            raise
        return rows

    def one(self) -> Row:
        """The only row; an Error that says how many where there is not exactly one. Reads no further than two."""
        rows = list(islice(self, 2))
        self.close()
        return _only(rows)

    def close(self) -> None:
        """Stop reading and free what the rows came from; iteration ends. Closing twice is harmless."""
        if self._closed:
            return
        self._closed = True
        self._held.clear()
        try:
            end = getattr(self._rows, "close", None)
            if end is not None:
                end()
        finally:
            if self._on_close is not None:
                self._on_close()

    def _end(self) -> None:
        if self._failure is not None:
            raise self._failure from None
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def to_arrow(self) -> Any:
        """Every row as a ``pyarrow.Table``; the types fit all of the data. Needs ``intacct-ql[arrow]``."""
        arrow = _pyarrow()
        rows = self.fetchall()
        schema = _schema(arrow, self.columns, rows, {})
        return arrow.Table.from_batches([_batch(arrow, schema, rows)])

    def to_pandas(self) -> Any:
        """Every row as a ``pandas.DataFrame``."""
        pandas = extra("pandas")
        nullable = {_pyarrow().int64(): pandas.Int64Dtype()}  # float64, the default, would round large numbers
        return self.to_arrow().to_pandas(types_mapper=nullable.get)

    def to_polars(self) -> Any:
        """Every row as a ``polars.DataFrame``."""
        return extra("polars").DataFrame(self.to_arrow())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The rows as a stream of batches; polars, DuckDB, pandas and pyarrow take a result as it stands.

        The first batch decides the types. A later cell that does not fit them is an Error, and never rounded:
        ``to_arrow`` reads everything before it decides.
        """
        self.read_by_column()
        pages = self.pages()
        first = next(pages, [])  # the columns are final with it
        schema, batches = arrow_batches(self.columns, chain((first,), pages))
        reader = _pyarrow().RecordBatchReader.from_batches(schema, batches)
        capsule: object = reader.__arrow_c_stream__(requested_schema)
        return capsule


class AsyncResult:
    """The twin of ``Result`` for async callers: ``async for``, and the fetching methods awaited."""

    def __init__(
        self,
        columns: Sequence[ResultColumn],
        rows: AsyncIterator[Row],
        stats: Stats,
        diagnostics: Sequence[Diagnostic] = (),
        close: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self.stats = stats
        self._columns = tuple(columns)
        self._diagnostics = tuple(diagnostics)
        self._rows = rows
        self._on_close = close
        self._held: deque[Row] = deque()
        self._failure: Exception | None = None
        self._closed = False

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """The columns; final when the first row, or the end, has come: a field that is refused is left out."""
        known: tuple[ResultColumn, ...] | None = getattr(self._rows, "columns", None)
        return self._columns if known is None else known

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The remarks about the query; final when the first row, or the end, has come."""
        known: tuple[Diagnostic, ...] | None = getattr(self._rows, "diagnostics", None)
        return self._diagnostics if known is None else known

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Row:
        if self._held:
            return self._held.popleft()
        if self._closed:
            raise StopAsyncIteration
        try:
            row = await anext(self._rows)
        except StopAsyncIteration:
            await self._end()
            raise
        except Exception as failure:
            self._failure = failure
            raise
        self._failure = None
        return row

    async def pages(self) -> AsyncIterator[Sequence[Row]]:
        """The rows that are left, as many at a time as came together; ``resume`` is exact between them."""
        if self._held:
            held, self._held = list(self._held), deque()
            yield held
        pages = getattr(self._rows, "pages", None)
        if pages is not None:
            async for rows in pages():
                yield rows
            return
        while rows := await self.fetchmany(BATCH):
            yield rows

    @property
    def resume(self) -> str | None:
        """A token to go on with later, behind every page that was begun; None where a run cannot be gone on with."""
        token: str | None = getattr(self._rows, "resume", None)
        return token

    def stop(self) -> None:
        """Ask for nothing more: behind the rows that are here comes ``Stopped``."""
        stop = getattr(self._rows, "stop", None)
        if stop is not None:
            stop()

    async def dicts(self) -> AsyncIterator[dict[str, Value]]:
        """The rows as dictionaries from column name to cell."""
        names: tuple[str, ...] = ()
        async for row in self:
            names = names or unique_names(self.columns)
            yield dict(zip(names, row, strict=True))

    async def fetchmany(self, size: int = 1000) -> list[Row]:
        """At most ``size`` rows; none at the end.

        Rows before a failure are given first; the next call asks again, and raises if that fails too.
        """
        rows: list[Row] = []
        try:
            while len(rows) < size:
                rows.append(await anext(self))
        except StopAsyncIteration:
            pass
        except Exception as failure:
            if not rows:
                raise
            self._failure = failure
        return rows

    async def fetchall(self) -> list[Row]:
        """Every row that is left. After a failure the rows read are still here for the next fetch."""
        rows: list[Row] = []
        try:
            async for row in self:
                rows.append(row)  # noqa: PERF401 - a comprehension would lose the rows before a failure
        except Exception:
            self._held.extendleft(reversed(rows))
            raise
        return rows

    async def one(self) -> Row:
        """The only row; an Error that says how many where there is not exactly one. Reads no further than two."""
        rows: list[Row] = []
        async for row in self:
            rows.append(row)
            if len(rows) == 2:
                break
        await self.close()
        return _only(rows)

    async def close(self) -> None:
        """Stop reading and free what the rows came from; iteration ends. Closing twice is harmless."""
        if self._closed:
            return
        self._closed = True
        self._held.clear()
        try:
            end = getattr(self._rows, "aclose", None)
            if end is not None:
                await end()
        finally:
            if self._on_close is not None:
                await self._on_close()

    async def _end(self) -> None:
        if self._failure is not None:
            raise self._failure from None
        await self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _named(result: Result) -> Iterator[tuple[tuple[str, ...], Row]]:
    """The rows with the names of their cells, which are final with the first one."""
    names: tuple[str, ...] = ()
    for row in result:
        names = names or unique_names(result.columns)
        yield names, row


def _only(rows: Sequence[Row]) -> Row:
    if len(rows) == 1:
        return rows[0]
    raise Error(f"exactly one row was wanted; the query gives {'at least two' if rows else 'none'}")


_ARROW = {
    DataType.BOOLEAN: (bool, "bool_", ()),
    DataType.DATE: (date, "date32", ()),
    DataType.TIMESTAMP: (datetime, "timestamp", ("us",)),
}
"""Per type: what its cells are in Python, and the Arrow type with its arguments. Text is what all else becomes."""


def _pyarrow() -> Any:
    return extra("pyarrow")


def arrow_batches(columns: Sequence[ResultColumn], pages: Iterable[Sequence[Row]]) -> tuple[Any, Iterator[Any]]:
    """The schema of a stream and its pages as batches. The first page is read at once: it decides the types.

    A later cell that does not fit them is an Error.
    """
    left = iter(pages)
    first = next(left, [])
    schema = arrow_schema(columns, first)
    return schema, (arrow_batch(schema, rows) for rows in chain((first,), left))


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
        if data_type is DataType.INTEGER and kinds <= {int} and all(abs(number) < 2**63 for number in numbers):
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
    """The cell, unless it is a fraction: pyarrow would cut it off in silence."""
    if isinstance(value, Decimal) and value != value.to_integral_value():
        raise ValueError(f"{value} is no whole number")
    return value


def _finite(value: Value) -> Value:
    """The cell, unless it is NaN: pyarrow would make it NULL in silence."""
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"{value} is no number")
    return value
