"""Rows that are kept by column.

In: the texts of a page as Arrow arrays, and the same columns typed. Out: a sequence of typed tuples, and the typed
columns as one ``pyarrow.RecordBatch``. Refuses to know: what the page was written in, and where it came from.

Both forms are kept because they differ where it shows: ``6.50`` is a ``Decimal`` of two places in a tuple, and one of
ten in the batch, whose columns have a scale of their own. Tuples are made when they are asked for.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from intacct_ql.extras import extra

Decode = Callable[[str], object]


class Columns(Sequence[tuple[object, ...]]):
    """The rows of one page; ``batch`` has one typed column for each that was asked for.

    ``texts`` are string arrays without nulls, '' for an empty cell; ``batch`` is what they say, null for an empty
    cell; ``decoders`` make the cells of the tuples.
    """

    def __init__(self, texts: Sequence[Any], batch: Any, decoders: Sequence[Decode]) -> None:
        self._texts = tuple(texts)
        self._decoders = tuple(decoders)
        self.batch = batch

    def __repr__(self) -> str:
        return f"<Columns: {len(self):,} rows of {len(self._texts)}>"

    def __len__(self) -> int:
        return len(self._texts[0])

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        return zip(*map(self.column, range(len(self._texts))), strict=True)

    @overload
    def __getitem__(self, place: int) -> tuple[object, ...]: ...

    @overload
    def __getitem__(self, place: slice) -> "Columns": ...

    def __getitem__(self, place: int | slice) -> "tuple[object, ...] | Columns":
        if isinstance(place, slice):
            return self._part(range(len(self))[place])
        at = range(len(self))[place]
        return tuple(decode(texts[at].as_py()) for decode, texts in zip(self._decoders, self._texts, strict=True))

    def column(self, place: int) -> list[object]:
        """The typed cells of one column, as they stand in the tuples."""
        return list(map(self._decoders[place], self._texts[place].to_pylist()))

    def narrow(self, width: int) -> "Columns":
        """The same rows with their first ``width`` columns, at least one."""
        if not 0 < width <= len(self._texts):
            raise ValueError(f"{width} of {len(self._texts)} columns")
        return Columns(self._texts[:width], self.batch.select(list(range(width))), self._decoders[:width])

    def dump(self) -> bytes:
        """Both forms, as a stream of Arrow."""
        arrow = extra("pyarrow")
        both = [*self._texts, *self.batch.columns]
        whole = arrow.record_batch(both, names=[str(place) for place in range(len(both))])
        sink = arrow.BufferOutputStream()
        with extra("pyarrow.ipc").new_stream(sink, whole.schema) as stream:
            stream.write_batch(whole)
        return bytes(sink.getvalue())

    def load(self, data: bytes) -> "Columns":
        """The rows that ``dump`` wrote for a page of the same columns."""
        found = extra("pyarrow.ipc").open_stream(data).read_next_batch().columns
        width = len(self._texts)
        batch = extra("pyarrow").record_batch(found[width:], schema=self.batch.schema)
        return Columns(found[:width], batch, self._decoders)

    def _part(self, places: range) -> "Columns":
        if places.step == 1:
            return self._each(lambda part: part.slice(places.start, len(places)))
        wanted = extra("pyarrow").array(places, "int64")
        return self._each(lambda part: part.take(wanted))

    def _each(self, change: Callable[[Any], Any]) -> "Columns":
        return Columns(list(map(change, self._texts)), change(self.batch), self._decoders)
