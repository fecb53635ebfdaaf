"""Named texts to typed tuples.

In: the names and texts of rows, in whatever order and case they came, and the shape the caller wants. Out: one typed
tuple a row. Refuses to know: what the rows were written in.

Which name is which column is found out once for each sequence of names; nearly every page has one such sequence, so
most rows cost one comparison of two lists.
"""

from collections.abc import Iterable, Sequence

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import RowShape

MAX_CELLS = 10_000
"""Cells one row may have; a table of a company with many fields of its own has some hundred."""

Tags = list[str]
Texts = Sequence[str]


class Arranger:
    """Puts the cells of one reply into the columns of a shape.

    ``usual`` are the names that stand in the order of the columns already: rows that have them need no arranging.
    ``wanted`` and ``ways`` are for cells inside cells, in upper case: the names that are looked for, and their dotted
    beginnings, each a way there.
    """

    def __init__(self, shape: RowShape) -> None:
        self._names = [column.names for column in shape.columns]
        self._decoded = [column.decoded for column in shape.columns]
        self._orders: dict[tuple[str, ...], list[int]] = {}
        self.usual: Tags | None = None
        self.wanted = {name.upper() for names in self._names for name in names}
        self.ways = {name[:end] for name in self.wanted for end, at in enumerate(name) if at == "."}

    def arranged(self, tags: Tags, texts: Texts) -> Texts:
        """The texts of one row in the order of the columns, '' for each that is missing."""
        order = self.order(tags)
        if order is None:
            return texts
        texts = [*texts, ""]
        return [texts[place] for place in order]

    def order(self, tags: Tags) -> list[int] | None:
        """For each column the place of its name, -1 for a missing one; None for names that stand as they should.

        Raises ``TransportError`` for more than MAX_CELLS names.
        """
        if len(tags) == len(self._names) and all(map(_accepts, self._names, tags)):
            self.usual = tags
            return None
        if len(tags) > MAX_CELLS:
            raise TransportError(f"a row of the reply has more than {MAX_CELLS:,} cells")
        key = tuple(tags)
        order = self._orders.get(key)
        if order is None:
            order = self._find(tags)
            if len(self._orders) < 64:  # a reply that names every row otherwise must not fill the memory
                self._orders[key] = order
        return order

    def typed(self, rows: Sequence[Texts]) -> Iterable[tuple[object, ...]]:
        """The decoded tuple of each row, whose texts stand in the order of the columns."""
        if not self._decoded or not rows:
            return [()] * len(rows)
        # Column by column, so that the loop over the cells is not Python's.
        columns = zip(*rows, strict=True)
        return self.rows_of(columns)

    def rows_of(self, columns: Iterable[Texts]) -> Iterable[tuple[object, ...]]:
        """The decoded tuples of rows whose texts come by column, at least one."""
        return zip(*[decoded(column) for decoded, column in zip(self._decoded, columns, strict=True)], strict=True)

    def _find(self, tags: Tags) -> list[int]:
        """Exact names come before names in another case."""
        exact: dict[str, int] = {}
        folded: dict[str, int] = {}
        for place, tag in enumerate(tags):
            exact.setdefault(tag, place)
            folded.setdefault(tag.upper(), place)
        return [_place(names, exact, folded) for names in self._names]


def _accepts(names: tuple[str, ...], tag: str) -> bool:
    return tag in names


def _place(names: Iterable[str], exact: dict[str, int], folded: dict[str, int]) -> int:
    places = [exact[name] for name in names if name in exact]
    places += [folded[name.upper()] for name in names if name.upper() in folded]
    return places[0] if places else -1
