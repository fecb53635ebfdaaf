"""One page of rows, written as XML, JSON or CSV.

In: columns of texts. Out: the body of a ``data`` element, or bare data. Refuses to know: the store, which function
asks and what its ``data`` says about the page.
"""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from intacct_ql.emulator.cells import Texts, escape_column
from intacct_ql.schema.types import DataType

FORMATS = ("xml", "json", "csv")
"""What ``returnformat`` and ``returnFormat`` may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The element name of a column and the type that decides whether its texts need escaping."""

    name: str
    type: DataType


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows of one object, stored by column."""

    headings: tuple[Heading, ...]
    columns: tuple[Texts, ...]
    count: int

    def first(self, count: int) -> "Page":
        """A page of its first rows only."""
        return self.part(0, count)

    def part(self, start: int, count: int) -> "Page":
        """A page of so many of its rows, all of which are there."""
        columns = tuple(texts[start : start + count] for texts in self.columns)
        return Page(headings=self.headings, columns=columns, count=count)

    def xml(self, tag: str, margin: str = "") -> Iterable[str]:
        """The rows as elements; ``margin`` is the line break and indentation of a row, empty for one long line."""
        step = "    " if margin else ""
        inner = "".join(f"{margin}{step}<{head.name}>%s</{head.name}>" for head in self.headings)
        return map(
            f"{margin}<{tag}>{inner}{margin}</{tag}>".__mod__, self._written(range(len(self.headings)), escape_column)
        )

    def nested_xml(self, tag: str, margin: str = "") -> Iterable[str]:
        """The rows as DTD 2.1 has them: dotted names as elements in elements, a date as year, month and day."""
        step = "    " if margin else ""
        branches = [(head.name.split("."), place) for place, head in enumerate(self.headings)]
        inner, places = _nested(branches, margin + step, step)
        return map(f"{margin}<{tag}>{inner}{margin}</{tag}>".__mod__, self._written(places, _legacy_column))

    def _written(self, places: Iterable[int], write: Callable[[Texts, DataType], Texts]) -> Iterable[tuple[str, ...]]:
        """The rows as markup, their cells in the order of these places."""
        return zip(*(write(self.columns[place], self.headings[place].type) for place in places), strict=True)

    def json(self) -> bytes:
        """An array of objects whose values are all strings; NULL is the empty one."""
        names = [head.name for head in self.headings]
        rows = [dict(zip(names, row, strict=True)) for row in zip(*self.columns, strict=True)]
        return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()

    def csv(self) -> bytes:
        """A header row and the rows."""
        lines = _Lines()
        table = csv.writer(lines, lineterminator="\r\n")  # what may end a line is what a cell is quoted for
        table.writerow([head.name for head in self.headings])
        table.writerows(zip(*self.columns, strict=True))
        return "".join(lines).encode()


class _Lines(list[str]):
    """Lines that end in LF alone, whatever they are written with."""

    def write(self, line: str) -> None:
        self.append(line.removesuffix("\r\n") + "\n")


def _nested(branches: Sequence[tuple[list[str], int]], margin: str, step: str) -> tuple[str, list[int]]:
    """The template of elements for dotted names, and the places of the columns in the order of its gaps."""
    below: dict[str, list[tuple[list[str], int]]] = {}
    text, places = "", []
    for (name, *rest), place in branches:
        below.setdefault(name, []).append((rest, place))
    for name, group in below.items():
        plain = [place for rest, place in group if not rest]
        text += f"{margin}<{name}>%s</{name}>" * len(plain)
        places += plain
        if deeper := [(rest, place) for rest, place in group if rest]:
            inner, further = _nested(deeper, margin + step, step)
            text += f"{margin}<{name}>{inner}{margin}</{name}>"
            places += further
    return text, places


def _legacy_column(texts: Texts, kind: DataType) -> Texts:
    return list(map(_day_parts, texts)) if kind is DataType.DATE else escape_column(texts, kind)


@lru_cache(maxsize=65_536)
def _day_parts(day: str) -> str:
    """MM/DD/YYYY in three elements; NULL is empty ([?])."""
    month, _, rest = day.partition("/")
    date, _, year = rest.partition("/")
    return f"<year>{year}</year><month>{month}</month><day>{date}</day>" if day else ""
