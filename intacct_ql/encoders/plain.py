"""Texts in columns, for whatever is no terminal, or has room for them: no colour, no folding, no cut.

In: a head, rows of texts that are safe to show, and which columns stand on the right. Out: lines. Refuses to know:
values, types, terminals.
"""

from collections.abc import Iterator, Sequence

GAP = "   "


def widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The width of each column."""
    return [max(map(width, column)) for column in zip(*rows, strict=True)]


def whole(columns: Sequence[int]) -> int:
    """The width of a table with columns of these widths."""
    return sum(columns) + len(GAP) * (len(columns) - 1)


def lines(
    head: Sequence[str] | None,
    rows: Sequence[Sequence[str]],
    columns: Sequence[int],
    right: frozenset[int] = frozenset(),
) -> Iterator[str]:
    """The lines of a table; without a head there is no rule beneath it either."""
    if head is not None:
        yield _line(head, columns, right)
        yield "─" * whole(columns)
    for row in rows:
        yield _line(row, columns, right)


def width(text: str) -> int:
    """The columns that a text takes on a screen."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - rich costs 40 ms, and most texts are ASCII

    return cell_len(text)


def _line(texts: Sequence[str], columns: Sequence[int], right: frozenset[int]) -> str:
    cells = []
    for place, (text, wide) in enumerate(zip(texts, columns, strict=True)):
        room = " " * (wide - width(text))
        cells.append(room + text if place in right else text + room)
    return GAP.join(cells).rstrip()
