"""The rows that every door is asked for, as plain Python values beside the gateway that holds them.

In: the demo company and a few rows of odd characters. Out: the values of each object, and the same rows in a store.
Refuses to know: queries. Values are read from the tables as they were written, not through the emulator.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property

from intacct_ql.emulator import Store, Table
from intacct_ql.emulator.demo import tables
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.model import Field, Object
from intacct_ql.schema.types import DataType

Value = str | int | Decimal | bool | date | datetime | None
Row = dict[str, Value]

ODD_NAMES = [
    "O'Brien \\ Co",
    "100% _sure_",
    "100x -sure-",
    "\\%",
    "a\\",
    "a",
    "A",
    "Straße",
    "STRASSE",
    "İstanbul",
    "Ǆ ǆ",
    "ά ΄",
    '東京 <&> "x" ]]>',
    "null",
    "a, b",
    "é",
    "e\u0301",
    "x\u00a0y",
    "two  spaces",
    "tab\tinside",
    "line\nbreak",
]

ODD = [
    Table(
        object="CUSTOMER",
        columns=("RECORDNO", "CUSTOMERID", "NAME", "PARENTID", "STATUS", "ONHOLD", "TOTALDUE", "CREDITLIMIT"),
        rows=[
            (9_000 + number, f"ODD,{number}" if number % 7 == 0 else f"odd'{number}", name, *rest)
            for number, (name, rest) in enumerate(
                zip(
                    ODD_NAMES,
                    [
                        ("9", None, 1, -1, None),
                        ("ODD,0", "active", 0, 1, 1),
                        (None, "inactive", None, None, 0),
                        ("odd'1", "active", 1, 2**53 + 1, 2**53),
                        (None, "active", 0, 12_345, 12_345),
                    ]
                    * 5,
                    strict=False,
                )
            )
        ],
    ),
    Table(
        object="VENDOR",
        columns=("RECORDNO", "VENDORID", "NAME", "COMMENTS", "CREDITLIMIT", "WHENCREATED", "WHENMODIFIED"),
        rows=[
            (9_001, "v_1", "percent % under_score", "it's", 5_000, "2023-12-31 23:59:59", "2024-01-01 00:00:00"),
            (9_002, "v%1", "quote '' twice", "\\", 5_001, "2024-01-01 00:00:00", "2023-12-31 00:00:00"),
            (9_003, "v\\1", "QUOTE '' TWICE", "\\_", None, "2024-01-01 23:59:59", None),
        ],
    ),
]
"""Rows beside those of the demo company: signs that mean something in SQL, XML, LIKE or a list, and letters whose
case folds to several."""


class Company:
    """The rows of every object, read once."""

    @cached_property
    def store(self) -> Store:
        """The same rows as the gateway holds them."""
        return Store(all_tables())

    @cache  # noqa: B019 - one company lives as long as the tests
    def rows(self, name: str) -> list[Row]:
        """Every row of an object, each with every field of the catalog."""
        known = known_object(name)
        rows: list[Row] = []
        for table in all_tables():
            if table.object == name:
                columns = [known.fields[column.upper()] for column in table.columns]
                rows += [_row(known, columns, cells) for cells in table.rows]
        return rows

    def values(self, name: str, field: str) -> list[Value]:
        """The distinct values a field has, NULL left out, in order."""
        return _distinct(self, name, field)


@cache
def _distinct(company: Company, name: str, field: str) -> list[Value]:
    return sorted({row[field] for row in company.rows(name)} - {None})  # type: ignore[type-var]


def all_tables() -> Iterator[Table]:
    yield from tables()
    yield from ODD


def known_object(name: str) -> Object:
    found = BUNDLED.object(name)
    assert found is not None, name
    return found


def _row(known: Object, columns: list[Field], cells: tuple[str | int | None, ...]) -> Row:
    row: Row = dict.fromkeys(known.fields)
    for field, cell in zip(columns, cells, strict=True):
        row[field.name.upper()] = None if cell is None else _READ[field.type](cell)
    return row


def _money(cell: str | int) -> Decimal:
    return Decimal(cell).scaleb(-4)


_READ: dict[DataType, Callable[..., Value]] = {
    DataType.TEXT: str,
    DataType.ENUM: str,
    DataType.SEQUENCE: str,
    DataType.INTEGER: int,
    DataType.BOOLEAN: bool,
    DataType.DECIMAL: _money,
    DataType.CURRENCY: _money,
    DataType.PERCENT: _money,
    DataType.DATE: date.fromisoformat,
    DataType.TIMESTAMP: datetime.fromisoformat,
}
