"""The demo company at two sizes, read into lists once a run."""

from collections.abc import Mapping

import pytest

from intacct_ql.emulator.demo import tables
from intacct_ql.emulator.tables import Cell, Row


class Sheet:
    """One table, read."""

    def __init__(self, columns: tuple[str, ...], rows: list[Row]) -> None:
        self.columns = columns
        self.rows = rows

    def column(self, *names: str) -> list[Cell] | list[Row]:
        """The cells of one column, or the rows of several."""
        places = [self.columns.index(name) for name in names]
        if len(places) == 1:
            return [row[places[0]] for row in self.rows]
        return [tuple(row[place] for place in places) for row in self.rows]

    def find(self, **cells: Cell) -> list[dict[str, Cell]]:
        """The records with these cells."""
        records = (dict(zip(self.columns, row, strict=True)) for row in self.rows)
        return [record for record in records if all(record[name] == cell for name, cell in cells.items())]


Books = Mapping[str, Sheet]


def read(scale: int) -> Books:
    return {table.object: Sheet(table.columns, list(table.rows)) for table in tables(scale=scale)}


@pytest.fixture(scope="session")
def small() -> Books:
    return read(1)


@pytest.fixture(scope="session", params=[1, 3], ids=["scale-1", "scale-3"])
def books(request: pytest.FixtureRequest, small: Books) -> Books:
    return small if request.param == 1 else read(request.param)
