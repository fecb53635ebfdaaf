"""Rows for blocking callers.

In: an iterator of typed rows. Out: rows, in every way that callers want them. Refuses to know: tasks.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Self

from intacct_ql.errors import Diagnostic, Error
from intacct_ql.extras import extra
from intacct_ql.result.ahead import Ahead
from intacct_ql.result.arrow import arrow_batch, arrow_schema, arrow_table
from intacct_ql.result.records import BATCH, ResultColumn, Row, Stats, Told, only, unique_names
from intacct_ql.schema.types import Value


class Result(Told[Iterator[Row]]):
    """A stream of typed rows, as plain tuples. Iterate it, or use one of the fetching methods; close it when done."""

    def __init__(
        self,
        columns: Sequence[ResultColumn],
        rows: Iterator[Row],
        stats: Stats,
        diagnostics: Sequence[Diagnostic] = (),
        close: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(columns, rows, stats, diagnostics)
        self._on_close = close
        self._streamed = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Row:
        if self._reading:
            raise self._refusal()
        self._reading = True
        try:
            if self._held:
                return self._held.popleft()
            if self._closed:
                raise StopIteration  # noqa: TRY301 - a call a row less
            row = next(self._rows)
        except StopIteration:
            self._end()
            raise
        except Exception as failure:
            self._failure = failure
            raise
        except BaseException as interruption:
            self._stopped_by(interruption)
            raise
        finally:
            self._reading = self._broken is not None
        self._failure = None
        return row

    def pages(self) -> Iterator[Sequence[Row]]:
        """The rows that are left, as many at a time as came together; ``resume`` is exact between them."""
        if self._held:
            yield self._take_held()
        pages = getattr(self._rows, "pages", None)
        if pages is None:
            yield from iter(lambda: self.fetchmany(BATCH), [])
            return
        source = pages()
        while (rows := self._alone(source)) is not None:
            yield rows

    def _alone(self, pages: Iterator[Sequence[Row]]) -> Sequence[Row] | None:
        """The next page, None behind the last one, while nobody else reads."""
        if self._reading:
            raise self._refusal()
        self._reading = True
        try:
            return next(pages, None)
        except BaseException as failure:
            self._stopped_by(failure)
            raise
        finally:
            self._reading = self._broken is not None

    def read_by_column(self) -> None:
        """Have pages read by column, where that can be: faster for Arrow. To be said before the first row."""
        by_column = getattr(self._rows, "read_by_column", None)
        if by_column is not None:
            by_column()

    def dicts(self) -> Iterator[dict[str, Value]]:
        """The rows as dictionaries from column name to cell."""
        unique_names(self.columns)  # refused at once
        return (dict(zip(names, row, strict=True)) for names, row in _named(self))

    def fetchmany(self, size: int = 1000) -> list[Row]:
        """At most ``size`` rows; none at the end.

        Rows before a failure are given first; the next call asks again, and raises if that fails too.
        """
        try:
            return self._gathered(size)
        except Exception as failure:
            if not self._held:
                raise
            self._failure = failure
            return self._take_held()

    def fetchall(self) -> list[Row]:
        """Every row that is left. After a failure the rows read are still here for the next fetch."""
        return self._gathered()

    def one(self) -> Row:
        """The only row; an Error that says how many where there is not exactly one. Reads no further than two."""
        rows = self._gathered(2)
        self.close()
        return only(rows)

    def _gathered(self, most: int | None = None) -> list[Row]:
        """The next rows; those before a failure or an interruption are held for the next one who asks."""
        rows: list[Row] = []
        try:
            for row in islice(self, most):
                rows.append(row)  # noqa: PERF402 - extend might lose the rows before a failure
        except BaseException:
            self._held.extendleft(reversed(rows))
            raise
        return rows

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
        self._check_whole()
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def to_arrow(self) -> Any:
        """Every row as a ``pyarrow.Table``; the types fit all of the data. Needs ``intacct-ql[arrow]``."""
        rows = self.fetchall()
        return arrow_table(self.columns, rows)

    def to_pandas(self) -> Any:
        """Every row as a ``pandas.DataFrame``."""
        pandas = extra("pandas")
        nullable = {extra("pyarrow").int64(): pandas.Int64Dtype()}  # float64, the default, would round large numbers
        return self.to_arrow().to_pandas(types_mapper=nullable.get)

    def to_polars(self) -> Any:
        """Every row as a ``polars.DataFrame``."""
        return extra("polars").DataFrame(self.to_arrow())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The rows as a stream of batches; polars, DuckDB, pandas and pyarrow take a result as it stands.

        The first batch decides the types. A later cell that does not fit them is an Error, and never rounded:
        ``to_arrow`` reads everything before it decides. Some ask for a stream to look at its schema, and for another
        one to read: the rows are those of whoever asks for the first batch. Raises ``Error`` once they have been read.
        """
        if self._streamed:
            raise Error("the rows of this result have been read; run the query again")
        self.read_by_column()
        schema = arrow_schema(self.columns, self._next_page())
        reader = extra("pyarrow").RecordBatchReader.from_batches(schema, self._batches(schema))
        capsule: object = reader.__arrow_c_stream__(requested_schema)
        return capsule

    def _next_page(self) -> Sequence[Row]:
        """The page that comes next, and stays where it is; the columns are final with it."""
        page = getattr(self._rows, "page", None)
        if self._held or page is None:
            page = next(self.pages(), [])
            self._rows = Ahead(self._rows, page)
        return page

    def _batches(self, schema: Any) -> Iterator[Any]:
        """A batch a page; no page is kept while the next one is read."""
        yield from map(partial(arrow_batch, schema), self.pages())
        self._streamed = True


def _named(result: Result) -> Iterator[tuple[tuple[str, ...], Row]]:
    """The rows with the names of their cells, which are final with the first one."""
    names: tuple[str, ...] = ()
    for row in result:
        names = names or unique_names(result.columns)
        yield names, row
