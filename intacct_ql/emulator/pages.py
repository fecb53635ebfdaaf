"""One page of rows, written as XML, JSON or CSV.

In: columns of texts. Out: the body of a ``data`` element, or bare data. Refuses to know: the store, which function
asks and what its ``data`` says about the page.
"""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
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
class Owned:
    """The rows that belong to each row of a page: inside which element, and what each is called."""

    wrapper: str
    tag: str
    pages: tuple["Page", ...]

    def xml(self, margin: str) -> Iterable[str]:
        """For each row of the page the element with what belongs to it."""
        deeper = f"{margin}    " if margin else ""
        for page in self.pages:
            inside = "".join(page.xml(self.tag, deeper))
            yield f"{margin}<{self.wrapper}>{inside}{margin if inside else ''}</{self.wrapper}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows of one object, stored by column. A CSV leaves out what they own ([?])."""

    headings: tuple[Heading, ...]
    columns: tuple[Texts, ...]
    count: int
    owned: Owned | None = None

    def first(self, count: int) -> "Page":
        """A page of its first rows only."""
        return self.part(0, count)

    def part(self, start: int, count: int) -> "Page":
        """A page of so many of its rows, all of which are there."""
        columns = tuple(texts[start : start + count] for texts in self.columns)
        owned = self.owned and replace(self.owned, pages=self.owned.pages[start : start + count])
        return Page(headings=self.headings, columns=columns, count=count, owned=owned)

    def xml(self, tag: str, margin: str = "") -> Iterable[str]:
        """The rows as elements; ``margin`` is the line break and indentation of a row, empty for one long line."""
        step = "    " if margin else ""
        inner = "".join(f"{margin}{step}<{head.name}>%s</{head.name}>" for head in self.headings)
        rows = self._written(range(len(self.headings)), escape_column)
        if self.owned:
            inner += "%s"
            belongings = self.owned.xml(margin + step)
            rows = ((*cells, owned) for cells, owned in zip(rows, belongings, strict=True))
        return map(f"{margin}<{tag}>{inner}{margin}</{tag}>".__mod__, rows)

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
        """An array of objects whose values are all strings; NULL is the empty one. Owned rows are an array ([?])."""
        return json.dumps(self._objects(), ensure_ascii=False, separators=(",", ":")).encode()

    def _objects(self) -> list[dict[str, object]]:
        names = [head.name for head in self.headings]
        rows: list[dict[str, object]] = [dict(zip(names, row, strict=True)) for row in zip(*self.columns, strict=True)]
        if self.owned:
            for row, page in zip(rows, self.owned.pages, strict=True):
                row[self.owned.wrapper] = {self.owned.tag: page._objects()}  # noqa: SLF001 - a page like this one
        return rows

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
