"""Rows that are kept by column.

In: the texts of a page as Arrow arrays, and the same columns typed. Out: a sequence of typed tuples, and the typed
columns as one ``pyarrow.RecordBatch``. Refuses to know: what the page was written in, and where it came from.

Both forms are kept because they differ where it shows: ``6.50`` is a ``Decimal`` of two places in a tuple, and one of
ten in the batch, whose columns have a scale of their own. Tuples are made when they are asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self, overload

from intacct_ql.extras import extra

Decoded = Callable[[Sequence[str]], Iterable[object]]
"""Gives the values of the cells of a column."""


class Columns(Sequence[tuple[object, ...]]):
    """The rows of one page, of one column at least; ``batch`` has one typed column for each that was asked for.

    ``texts`` are string arrays without nulls, '' for an empty cell; ``batch`` is what they say, null for an empty
    cell; ``decoded`` makes the cells of the tuples.
    """

    def __init__(self, texts: Sequence[Any], batch: Any, decoded: Sequence[Decoded]) -> None:
        self._texts = tuple(texts)
        self._decoded = tuple(decoded)
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
    def __getitem__(self, place: slice) -> Self: ...

    def __getitem__(self, place: int | slice) -> tuple[object, ...] | Self:
        if isinstance(place, slice):
            return self._part(range(len(self))[place])
        at = range(len(self))[place]
        return next(iter(self[at : at + 1]))

    def narrow(self, width: int) -> Self:
        """The same rows with their first ``width`` columns, at least one."""
        if not 0 < width <= len(self._texts):
            raise ValueError(f"{width} of {len(self._texts)} columns")
        return type(self)(self._texts[:width], self.batch.select(list(range(width))), self._decoded[:width])

    def column(self, place: int) -> list[object]:
        """The typed cells of one column, as they stand in the tuples."""
        return list(self._decoded[place](self._texts[place].to_pylist()))

    def _part(self, places: range) -> Self:
        if places.step == 1:
            return self._each(lambda part: part.slice(places.start, len(places)))
        wanted = extra("pyarrow").array(places, "int64")
        return self._each(lambda part: part.take(wanted))

    def _each(self, change: Callable[[Any], Any]) -> Self:
        return type(self)(list(map(change, self._texts)), change(self.batch), self._decoded)
