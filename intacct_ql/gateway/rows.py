"""Cells to typed tuples.

In: complete row elements and the shape the caller wants. Out: one tuple a row. Refuses to know: the rest of a reply.

The elements of a row are its columns, whatever the row itself is called: ``query`` keeps the case that was asked,
``readByQuery`` turns it to lower case. Which element is which column is found out once for each sequence of element
names; nearly every page has one such sequence, so most rows cost one comparison of two lists.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from lxml import etree

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import RowShape

MAX_CELLS = 10_000
"""Elements one row may have; a table of a company with many fields of its own has some hundred."""

_DATE_PARTS = ["year", "month", "day"]
_holds_nested_cells = etree.XPath("boolean(*/*/*)")


class RowDecoder:
    """Decodes the rows of one reply."""

    def __init__(self, shape: RowShape) -> None:
        self._names = [column.names for column in shape.columns]
        self._decoders = [column.decode for column in shape.columns]
        self._usual: list[str] | None = None
        self._places: dict[tuple[str, ...], list[int]] = {}
        # Looked for inside cells; every dotted beginning is a way there.
        self._wanted = {name.upper() for names in self._names for name in names}
        self._ways = {name[:end] for name in self._wanted for end, char in enumerate(name) if char == "."}

    def decode(self, data: etree._Element, rows: Sequence[etree._Element]) -> Iterable[tuple[object, ...]]:
        """A tuple for each of ``rows``, which are children of ``data``."""
        if not self._decoders:
            return [()] * len(rows)
        read = self._wanted_cells if _holds_nested_cells(data) else _cells
        texts: list[list[str]] = []
        for row in rows:  # the hot loop: 60,000 cells a page
            tags, cells = read(row)
            texts.append(cells if tags == self._usual else self._arranged(tags, cells))
        # Column by column, so that the loop over the cells is not Python's.
        columns = zip(*texts, strict=True)
        return zip(*[map(decode, column) for decode, column in zip(self._decoders, columns, strict=True)], strict=True)

    def _arranged(self, tags: list[str], texts: list[str]) -> list[str]:
        """The texts of a row in the order of the columns, when its names are not known to stand in it."""
        if len(tags) == len(self._names) and all(map(_accepts, self._names, tags)):
            self._usual = tags
            return texts
        if len(tags) > MAX_CELLS:
            raise TransportError(f"a row of the reply has more than {MAX_CELLS:,} cells")
        key = tuple(tags)
        places = self._places.get(key)
        if places is None:
            places = self._find(tags)
            if len(self._places) < 64:  # a reply that names every row otherwise must not fill the memory
                self._places[key] = places
        texts = [*texts, ""]
        return [texts[place] for place in places]

    def _find(self, tags: list[str]) -> list[int]:
        """For each column the place of its cell: exact names before other case, -1 (the added '') for a missing one."""
        exact: dict[str, int] = {}
        folded: dict[str, int] = {}
        for place, tag in enumerate(tags):
            exact.setdefault(tag, place)
            folded.setdefault(tag.upper(), place)
        return [self._place(names, exact, folded) for names in self._names]

    @staticmethod
    def _place(names: Iterable[str], exact: dict[str, int], folded: dict[str, int]) -> int:
        places = [exact[name] for name in names if name in exact]
        places += [folded[name.upper()] for name in names if name.upper() in folded]
        return places[0] if places else -1

    def _wanted_cells(self, row: etree._Element) -> tuple[list[str], list[str]]:
        """Names and texts of a row with elements inside cells, as far as a column wants them.

        Such a cell counts under its own name with all the text in it, and each part under its dotted path
        (``DISPLAYCONTACT.PRINTAS``). No further: paths and texts of all levels of a deep row would fill the memory.
        """
        tags: list[str] = []
        texts: list[str] = []
        ahead = [(str(cell.tag), cell) for cell in reversed(row)]
        while ahead:
            path, cell = ahead.pop()
            if path.upper() in self._wanted:
                tags.append(path)
                texts.append(_inner_text(cell))
            if path.upper() in self._ways:
                ahead += [(f"{path}.{part.tag!s}", part) for part in reversed(cell)]
        return tags, texts


def _accepts(names: tuple[str, ...], tag: str) -> bool:
    return tag in names


def _cells(row: etree._Element) -> tuple[list[Any], list[str]]:
    cells = row[:]
    return [cell.tag for cell in cells], [cell.text or "" for cell in cells]


def _inner_text(cell: etree._Element) -> str:
    """All the text in a cell; the legacy ``get_list`` writes a date as year, month and day elements."""
    if not len(cell):
        return cell.text or ""
    if [part.tag for part in cell] == _DATE_PARTS:
        year, month, day = (part.text or "" for part in cell)
        return f"{month:0>2}/{day:0>2}/{year}" if year else ""
    return "".join(cell.itertext())
