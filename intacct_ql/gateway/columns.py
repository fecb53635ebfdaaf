"""Rows that are kept by column.

In: the texts of a page as Arrow arrays, and the same columns typed. Out: a sequence of typed tuples, and the typed
columns as one ``pyarrow.RecordBatch``. Refuses to know: what the page was written in, and where it came from.

Both forms are kept because they differ where it shows: ``6.50`` is a ``Decimal`` of two places in a tuple, and one of
ten in the batch, whose columns have a scale of their own. Tuples are made when they are asked for.
"""

from collections.abc import Callable, Sequence
from typing import Any, Self

from intacct_ql.extras import extra
from intacct_ql.gateway.by_column import ByColumn, Decoded


class Columns(ByColumn):
    """The rows of one page; ``batch`` has one typed column for each that was asked for.

    ``texts`` are string arrays without nulls, '' for an empty cell; ``batch`` is what they say, null for an empty
    cell; ``decoded`` makes the cells of the tuples.
    """

    def __init__(self, texts: Sequence[Any], batch: Any, decoded: Sequence[Decoded]) -> None:
        super().__init__(tuple(texts), tuple(decoded))
        self.batch = batch

    def column(self, place: int) -> list[object]:
        """The typed cells of one column, as they stand in the tuples."""
        return list(self._decoded[place](self._texts[place].to_pylist()))

    def dump(self) -> bytes:
        """Both forms, as a stream of Arrow."""
        arrow = extra("pyarrow")
        both = [*self._texts, *self.batch.columns]
        whole = arrow.record_batch(both, names=[str(place) for place in range(len(both))])
        sink = arrow.BufferOutputStream()
        with extra("pyarrow.ipc").new_stream(sink, whole.schema) as stream:
            stream.write_batch(whole)
        return bytes(sink.getvalue())

    def load(self, data: bytes) -> Self:
        """The rows that ``dump`` wrote for a page of the same columns."""
        found = extra("pyarrow.ipc").open_stream(data).read_next_batch().columns
        width = len(self._texts)
        batch = extra("pyarrow").record_batch(found[width:], schema=self.batch.schema)
        return type(self)(found[:width], batch, self._decoded)

    def _part(self, places: range) -> Self:
        if places.step == 1:
            return self._each(lambda part: part.slice(places.start, len(places)))
        wanted = extra("pyarrow").array(places, "int64")
        return self._each(lambda part: part.take(wanted))

    def _each(self, change: Callable[[Any], Any]) -> Self:
        return type(self)(list(map(change, self._texts)), change(self.batch), self._decoded)

    def _narrow(self, width: int) -> Self:
        return type(self)(self._texts[:width], self.batch.select(list(range(width))), self._decoded[:width])
