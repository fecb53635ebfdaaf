"""Row elements to typed tuples.

In: complete row elements and the shape the caller wants. Out: one tuple a row. Refuses to know: the rest of a reply.

The elements of a row are its columns, whatever the row itself is called: ``query`` keeps the case that was asked,
``readByQuery`` turns it to lower case.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from lxml import etree

from intacct_ql.gateway.arrange import Arranger, Texts
from intacct_ql.gateway.messages import RowShape

_DATE_PARTS = ["year", "month", "day"]
_holds_nested_cells = etree.XPath("boolean(*/*/*)")


class RowDecoder:
    """Decodes the rows of one reply."""

    def __init__(self, shape: RowShape) -> None:
        self._arranger = Arranger(shape)
        self._columns = len(shape.columns)

    def decode(self, data: etree._Element, rows: Sequence[etree._Element]) -> Iterable[tuple[object, ...]]:
        """A tuple for each of ``rows``, which are children of ``data``."""
        if not self._columns:
            return [()] * len(rows)
        arranger = self._arranger
        read = self._wanted_cells if _holds_nested_cells(data) else _cells
        texts: list[Texts] = []
        for row in rows:  # the hot loop: 60,000 cells a page
            tags, cells = read(row)
            texts.append(cells if tags == arranger.usual else arranger.arranged(tags, cells))
        return arranger.typed(texts)

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
            if path.upper() in self._arranger.wanted:
                tags.append(path)
                texts.append(_inner_text(cell))
            if path.upper() in self._arranger.ways:
                ahead += [(f"{path}.{part.tag!s}", part) for part in reversed(cell)]
        return tags, texts


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
