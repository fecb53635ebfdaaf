"""Rows that are not typed yet: for pages that have to wait for others, which cost a third to keep so.

In: the texts of a page by column, and what decodes them. Out: a sequence of typed tuples, made when they are asked for;
bytes, and the same sequence out of them. Refuses to know: files, and why a page waits.
"""

from itertools import chain
from typing import Self

from intacct_ql.gateway.by_column import ByColumn

_BETWEEN = "\0"  # no XML can hold it


class Untyped(ByColumn):
    """The rows of one page, at least one; columns are lists of texts."""

    def column(self, place: int) -> list[object]:
        """The typed cells of one column."""
        return list(self._decoded[place](self._texts[place]))

    def dump(self) -> bytes:
        """All the texts."""
        return _BETWEEN.join(chain.from_iterable(self._texts)).encode()

    def load(self, data: bytes) -> Self:
        """The rows that ``dump`` wrote for a page of the same columns."""
        cells = data.decode().split(_BETWEEN)
        rows = len(cells) // len(self._decoded)
        texts = [cells[start : start + rows] for start in range(0, len(cells), rows)]
        return type(self)(texts, self._decoded)

    def _part(self, places: range) -> Self:
        # Of a range the end may be -1, which a slice counts from the other end.
        part = slice(places.start, places.stop if places.stop >= 0 else None, places.step)
        return type(self)([texts[part] for texts in self._texts], self._decoded)

    def _narrow(self, width: int) -> Self:
        return type(self)(self._texts[:width], self._decoded[:width])
