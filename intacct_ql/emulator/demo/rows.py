"""Master records turned into tables, and the short names of their parts.

In: records by wire name. Out: ``Table``. Refuses to know: what any column means.
"""

from collections.abc import Mapping, Sequence

from intacct_ql.emulator.tables import SCALE, Cell, Table

Record = Mapping[str, Cell]

Tag = tuple[int | None, str | None, str | None]
"""How a line names a dimension: record number, id, name."""

Named = tuple[int, str, str]
"""A tag that names something."""

NOTHING: Tag = (None, None, None)

CENT = SCALE // 100
"""What a hundredth of the currency is stored as."""


def master(name: str, records: Sequence[Record]) -> Table:
    """A small table; columns come in the order first seen, and those that are NULL on every row are left out."""
    filled = {column: None for record in records for column, cell in record.items() if cell is not None}
    columns = tuple(column for column in dict.fromkeys(c for record in records for c in record) if column in filled)
    return Table(object=name, columns=columns, rows=[tuple(map(record.get, columns)) for record in records])
