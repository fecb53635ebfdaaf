"""Rows of a page that are kept by column.

In: the texts of each column, and what decodes them. Out: a sequence of typed tuples, made when they are asked for.
Refuses to know: what the columns are, and what the page was written in.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self, overload

Decoded = Callable[[Sequence[str]], Iterable[object]]
"""Gives the values of the cells of a column."""


class ByColumn(Sequence[tuple[object, ...]]):
    """The rows of one page, of one column at least. ``texts`` are its columns, '' for an empty cell."""

    def __init__(self, texts: Sequence[Any], decoded: Sequence[Decoded]) -> None:
        self._texts = texts
        self._decoded = decoded

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self):,} rows of {len(self._texts)}>"

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
        return self._narrow(width)

    @abstractmethod
    def column(self, place: int) -> list[object]:
        """The typed cells of one column."""

    @abstractmethod
    def dump(self) -> bytes:
        """All of it; at least one row."""

    @abstractmethod
    def load(self, data: bytes) -> Self:
        """The rows that ``dump`` wrote for a page of the same columns."""

    @abstractmethod
    def _part(self, places: range) -> Self: ...

    @abstractmethod
    def _narrow(self, width: int) -> Self: ...
