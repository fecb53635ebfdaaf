"""Files of typed columns, whose types may have to grow while rows come.

In: columns, pages, and how a file is written and read. Out: the file, every cell of it exact. Refuses to know: which
format it is.

The first page decides the types, with room for more digits than it has. A later cell that does not fit all the same, a
fraction among whole numbers or a word among dates, makes its column wider, in the end text: what was written is read
back and written anew, for the rows have been paid for. That needs a file; in a pipe it is an Error.
"""

from collections.abc import Callable, Iterable, Sequence
from io import UnsupportedOperation
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any, BinaryIO, NamedTuple

from intacct_ql.encoders import Pages, Written
from intacct_ql.encoders.cells import cell_text
from intacct_ql.errors import Error
from intacct_ql.extras import extra
from intacct_ql.result import ResultColumn, Row
from intacct_ql.result.arrow import arrow_batch, arrow_schema


class Kind(NamedTuple):
    """A format: ``create(out, schema)`` gives what has ``write_batch`` and ``close``, ``read`` a file's batches."""

    create: Callable[[BinaryIO, Any], Any]
    read: Callable[[BinaryIO], Iterable[Any]]


def write_typed(kind: Kind, columns: Sequence[ResultColumn], pages: Pages, out: BinaryIO) -> Written:
    """Write the file; give the number of its rows."""
    left = iter(pages)
    first = next(left, [])
    file = _File(kind, out, arrow_schema(columns, first))
    try:
        file.add(columns, first)
        del first  # the next page is read before it would be let go
        for page in left:
            file.add(columns, page)
            del page
    finally:
        file.close()
    return Written(file.rows, tuple(file.notes))


class _File:
    """The file so far."""

    def __init__(self, kind: Kind, out: BinaryIO, schema: Any) -> None:
        self._kind = kind
        self._out = out
        self._schema = schema
        self._writer = kind.create(out, schema)
        self.rows = 0
        self.notes: list[str] = []

    def add(self, columns: Sequence[ResultColumn], page: Sequence[Row]) -> None:
        """Write a page, with wider types if it needs them."""
        try:
            batch = arrow_batch(self._schema, _spelled(self._schema, page) if self.notes else page)
        except Error:
            batch = self._widen(columns, page)
        self._writer.write_batch(batch)
        self.rows += batch.num_rows

    def close(self) -> None:
        self._writer.close()

    def _widen(self, columns: Sequence[ResultColumn], page: Sequence[Row]) -> Any:
        """Write the file anew with types that fit this page, too; give the page as a batch."""
        self._writer.close()
        with TemporaryFile() as held:
            self._move(held)
            numbers, words = _wider(self._schema, arrow_schema(columns, page))
            try:
                batch = arrow_batch(numbers, _spelled(numbers, page))
                self._writer, schema = self._rewritten(held, numbers), numbers
            except (Error, extra("pyarrow").ArrowInvalid):
                batch = arrow_batch(words, _spelled(words, page))
                self._writer, schema = self._rewritten(held, words), words
        self.notes += [
            f"column {new.name} became {new.type}: a later cell did not fit {old.type}"
            for old, new in zip(self._schema, schema, strict=True)
            if old.type != new.type
        ]
        self._schema = schema
        return batch

    def _move(self, held: BinaryIO) -> None:
        try:
            self._out.seek(0)
            copyfileobj(self._out, held)
        except (UnsupportedOperation, OSError):
            raise Error(
                "a cell does not fit the type of its column, which what went into the pipe has settled: give -o FILE"
            ) from None
        self._out.seek(0)
        self._out.truncate()

    def _rewritten(self, held: BinaryIO, schema: Any) -> Any:
        held.seek(0)
        self._out.seek(0)
        self._out.truncate()
        writer = self._kind.create(self._out, schema)
        for batch in self._kind.read(held):
            writer.write_batch(batch.cast(schema))
        return writer


def _spelled(schema: Any, page: Sequence[Row]) -> Sequence[Row]:
    """The rows with text in the columns that have become text."""
    text = [kind == "string" for kind in map(str, schema.types)]
    return [
        tuple(
            cell_text(cell) if spelled and cell is not None else cell for cell, spelled in zip(row, text, strict=True)
        )
        for row in page
    ]


def _wider(schema: Any, other: Any) -> Sequence[Any]:
    """Two schemas for the rows of both: numbers stay numbers in one, if they fit it; text takes all."""
    arrow = extra("pyarrow")
    pairs = [(field.name, field.type, new.type) for field, new in zip(schema, other, strict=True)]
    return [
        arrow.schema([(name, _common(arrow, old, new, numeric=numeric)) for name, old, new in pairs])
        for numeric in (True, False)
    ]


def _common(arrow: Any, one: Any, other: Any, *, numeric: bool) -> Any:
    if one == other:
        return one
    if not numeric or not all(kind == arrow.int64() or arrow.types.is_decimal(kind) for kind in (one, other)):
        return arrow.string()
    return arrow.decimal128(38, max(getattr(kind, "scale", 0) for kind in (one, other)))
