"""One page of rows, written as XML, JSON or CSV.

In: columns of texts with their counts. Out: the body of a ``data`` element, or bare data. Refuses to know: the store.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass

from intacct_ql.emulator.cells import Texts, escape_column
from intacct_ql.schema.types import DataType


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The element name of a column and the type that decides whether its texts need escaping."""

    name: str
    type: DataType


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows of one object, stored by column, and where they stand in the whole answer."""

    listtype: str
    headings: tuple[Heading, ...]
    columns: tuple[Texts, ...]
    count: int
    totalcount: int
    offset: int

    @property
    def numremaining(self) -> int:
        """How many rows come after this page."""
        return max(0, self.totalcount - self.offset - self.count)

    def attributes(self) -> dict[str, str]:
        """The attributes of ``data``, in the order of recorded replies."""
        return {
            "listtype": self.listtype,
            "totalcount": str(self.totalcount),
            "offset": str(self.offset),
            "count": str(self.count),
            "numremaining": str(self.numremaining),
        }

    def xml(self, margin: str = "") -> Iterable[str]:
        """The rows as elements; ``margin`` is the line break and indentation of a row, empty for one long line."""
        step = "    " if margin else ""
        inner = "".join(f"{margin}{step}<{head.name}>%s</{head.name}>" for head in self.headings)
        row = f"{margin}<{self.listtype}>{inner}{margin}</{self.listtype}>"
        columns = [escape_column(texts, head.type) for texts, head in zip(self.columns, self.headings, strict=True)]
        return map(row.__mod__, zip(*columns, strict=True))

    def json(self) -> bytes:
        """An array of objects whose values are all strings; NULL is the empty one."""
        names = [head.name for head in self.headings]
        rows = [dict(zip(names, row, strict=True)) for row in zip(*self.columns, strict=True)]
        return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()

    def csv(self) -> bytes:
        """A header row and the rows."""
        text = io.StringIO(newline="")
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow([head.name for head in self.headings])
        lines.writerows(zip(*self.columns, strict=True))
        return text.getvalue().encode()
