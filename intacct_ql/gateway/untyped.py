"""Rows that are not typed yet: for pages that have to wait for others, which cost a third to keep so.

In: the texts of a page by column, and what decodes them. Out: a sequence of typed tuples, made when they are asked for;
bytes, and the same sequence out of them. Refuses to know: files, and why a page waits.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import overload

Decoded = Callable[[Sequence[str]], Iterable[object]]
"""Gives the values of the cells of a column."""

_BETWEEN = "\0"  # no XML can hold it


class Untyped(Sequence[tuple[object, ...]]):
    """The rows of one page, at least one of one column at least. ``texts`` are its columns, '' for an empty cell."""

    def __init__(self, texts: Sequence[Sequence[str]], decoded: Sequence[Decoded]) -> None:
        self._texts = texts
        self._decoded = decoded

    def __repr__(self) -> str:
        return f"<Untyped: {len(self):,} rows of {len(self._texts)}>"

    def __len__(self) -> int:
        return len(self._texts[0])

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        return zip(*[decoded(texts) for decoded, texts in zip(self._decoded, self._texts, strict=True)], strict=True)

    @overload
    def __getitem__(self, place: int) -> tuple[object, ...]: ...

    @overload
    def __getitem__(self, place: slice) -> "Untyped": ...

    def __getitem__(self, place: int | slice) -> "tuple[object, ...] | Untyped":
        if isinstance(place, slice):
            return Untyped([texts[place] for texts in self._texts], self._decoded)
        at = range(len(self))[place]
        return next(iter(self[at : at + 1]))

    def column(self, place: int) -> list[object]:
        """The typed cells of one column."""
        return list(self._decoded[place](self._texts[place]))

    def narrow(self, width: int) -> "Untyped":
        """The same rows with their first ``width`` columns, at least one."""
        if not 0 < width <= len(self._texts):
            raise ValueError(f"{width} of {len(self._texts)} columns")
        return Untyped(self._texts[:width], self._decoded[:width])

    def dump(self) -> bytes:
        """All the texts; at least one row."""
        return _BETWEEN.join(chain.from_iterable(self._texts)).encode()

    def load(self, data: bytes) -> "Untyped":
        """The rows that ``dump`` wrote for a page of the same columns."""
        cells = data.decode().split(_BETWEEN)
        rows = len(cells) // len(self._decoded)
        texts = [cells[start : start + rows] for start in range(0, len(cells), rows)]
        return Untyped(texts, self._decoded)
