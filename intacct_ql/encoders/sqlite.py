"""A table in a SQLite file, beside whatever else the file holds.

In: columns, pages, the path of the file. Out: the rows in a table, within one transaction: all of them, or the file as
it was. Refuses to know: what else is in the file.

Whole numbers are INTEGER, true and false 1 and 0, dates and moments ISO 8601 text, which SQLite's date functions read.
SQLite has no decimals. Money is NUMERIC here, a number that compares, orders and adds up as one: up to 15 digits it
reads back exactly (``Decimal(str(cell))``). Text would keep every digit, but then ``TOTALDUE > 1000`` would compare
text and be wrong without a word. Numbers of more digits, or too large or too small for a double, are kept as the
nearest one, and the notes say in which columns.
Text stays text in a TEXT column, and so does whatever the gateway garbled in a column of dates.
"""

import errno
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from intacct_ql.encoders import Pages, Written
from intacct_ql.encoders.cells import EXACT, is_far, number_text, significant
from intacct_ql.encoders.columnwise import columns_of
from intacct_ql.errors import Error
from intacct_ql.result import ResultColumn, unique_names
from intacct_ql.schema.types import NUMERIC, DataType, Value

_NOTES = {
    "digits": "{name} holds {count:,} numbers of more than 15 digits, which SQLite keeps rounded",
    "far": "{name} holds {count:,} numbers beyond 1E+307 or 1E-307, which SQLite keeps as infinite or as 0",
}

_TYPES = {DataType.INTEGER: "INTEGER", DataType.BOOLEAN: "INTEGER"} | dict.fromkeys(
    NUMERIC - {DataType.INTEGER}, "NUMERIC"
)


def write(
    columns: Sequence[ResultColumn],
    pages: Pages,
    out: Path,
    /,
    *,
    table: str | None = None,
    if_exists: Literal["fail", "replace", "append"] = "fail",
) -> Written:
    """Write the rows into ``table``, which is named like the file unless told; give their number.

    A table that is there already is an Error, is replaced, or gets further rows if it has the same columns.
    """
    name = _quoted(table or out.stem)
    cells = _Cells(columns)
    fields = ", ".join(map(_quoted, _distinct(columns)))
    written = 0
    with _changing(out) as base:
        _prepare(base, name, columns, if_exists)
        insert = f"INSERT INTO {name} ({fields}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - quoted
        for page in pages:
            base.executemany(insert, cells.stored(columns_of(page)))
            written += len(page)
            del page  # the next one is read before it would be let go
    return Written(written, cells.notes())


@contextmanager
def _changing(path: Path) -> Iterator[sqlite3.Connection]:
    """The file within a transaction; one that was not there before is not there after a failure.

    Raises ``OSError`` where it cannot be written, because it is no database, or locked, or the disk is full.
    """
    new = not path.exists()
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            base.execute("BEGIN IMMEDIATE")
            yield base
            base.execute("COMMIT")
    except sqlite3.Error as refused:
        raise OSError(errno.EIO, f"{path.name} cannot be written: {refused}") from refused
    finally:
        if new and path.exists() and not path.stat().st_size:
            path.unlink()


def _prepare(base: sqlite3.Connection, name: str, columns: Sequence[ResultColumn], if_exists: str) -> None:
    """Make the table, or see that rows can be added to it."""
    known = [str(row[1]) for row in base.execute(f"PRAGMA table_info({name})")]
    if known and if_exists == "fail":
        raise Error(f"there is a table {name} already: --if-exists replace or append, or another --table")
    if known and if_exists == "append":
        lacking = {column.name.upper() for column in columns} - {column.upper() for column in known}
        if lacking:
            raise Error(f"table {name} has no column {min(lacking)}: rows of other columns cannot be added to it")
        return
    if known:
        base.execute(f"DROP TABLE {name}")
    fields = ", ".join(f"{_quoted(column.name)} {_TYPES.get(column.type, 'TEXT')}" for column in columns)
    base.execute(f"CREATE TABLE {name} ({fields})")


def _distinct(columns: Sequence[ResultColumn]) -> Sequence[str]:
    """The names; an Error where two are one to SQLite, which takes capitals and small letters for the same."""
    names = unique_names(columns)
    seen: set[str] = set()
    for name in names:
        if name.upper() in seen:
            raise Error(f"two columns are named {name} to SQLite; give one of them another name with AS")
        seen.add(name.upper())
    return names


def _quoted(name: str) -> str:
    if "\0" in name or not name:
        raise Error("a name in SQLite has at least one character, and no NUL")
    return '"' + name.replace('"', '""') + '"'


class _Cells:
    """Cells as SQLite stores them; remembers where digits were lost."""

    def __init__(self, columns: Sequence[ResultColumn]) -> None:
        self._names = [column.name for column in columns]
        self._lost: Counter[tuple[str, str]] = Counter()

    def notes(self) -> tuple[str, ...]:
        """What was rounded."""
        return tuple(_NOTES[kind].format(name=name, count=count) for (name, kind), count in self._lost.items())

    def stored(self, columns: Iterable[Sequence[Value]]) -> Iterable[tuple[Any, ...]]:
        """The rows of a page."""
        return zip(*[self._column(name, cells) for name, cells in zip(self._names, columns, strict=True)], strict=True)

    def _column(self, name: str, cells: Sequence[Value]) -> Sequence[Any]:
        kinds = set(map(type, cells)) & _FORMS.keys()
        if not kinds:
            return cells
        if kinds & {Decimal, int}:
            losses = (_loss(cell) for cell in cells if isinstance(cell, Decimal | int))
            self._lost.update((name, kind) for kind in losses if kind is not None)
        return [_FORMS[type(cell)](cell) if type(cell) in _FORMS else cell for cell in cells]


def _loss(number: Decimal | int) -> str | None:
    """The note that a number needs; None for one that SQLite keeps."""
    if isinstance(number, int) and -(2**63) <= number < 2**63:
        return None
    if is_far(number):
        return "far"
    return "digits" if isinstance(number, int) or significant(number) > EXACT else None


def _whole(number: int) -> int | str:
    return number if -(2**63) <= number < 2**63 else str(number)


_FORMS: dict[type, Callable[[Any], Any]] = {
    Decimal: number_text,
    int: _whole,
    date: date.isoformat,
    datetime: lambda moment: moment.isoformat(" "),
}
"""What is not stored as it stands. A decimal goes in as text: the column's affinity makes the number of it."""
