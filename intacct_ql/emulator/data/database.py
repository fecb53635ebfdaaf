"""Rows from a SQLite database, one table an object.

In: a database file, which is only read. Out: a ``Source`` for each table. Refuses to know: types.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from intacct_ql.emulator.data.mistakes import DataError, Mistakes
from intacct_ql.emulator.data.sources import Brought, Source
from intacct_ql.emulator.store import quoted

_LONGEST = 10_000_000
_MAGIC = b"SQLite format 3\x00"
_TABLES = """SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
             AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"""


def is_database(path: Path) -> bool:
    """Whether a file is a SQLite database."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def read_database(path: Path) -> list[Source]:
    """The tables of a database; their rows are read when they are asked for."""
    with _opened(path) as connection:
        return [_source(path, name, connection) for (name,) in connection.execute(_TABLES)]


def _source(path: Path, name: str, connection: sqlite3.Connection) -> Source:
    found = connection.execute(f"SELECT * FROM {quoted(name)} LIMIT 0").description  # noqa: S608
    columns = {column.upper(): f"{path} table {name}, column {column}" for (column, *_) in found}
    return Source(
        object=name, file=f"{path} table {name}", columns=columns, rows=lambda mistakes: _rows(path, name, mistakes)
    )


def _rows(path: Path, name: str, mistakes: Mistakes) -> Iterator[Brought]:
    with _opened(path) as connection:
        found = connection.execute(f"SELECT * FROM {quoted(name)}")  # noqa: S608
        columns = [column for (column, *_) in found.description]
        for number, row in enumerate(found, 1):
            texts = [_text(value) for value in row]
            if None in texts:
                place = f"{path} table {name} row {number}, {columns[texts.index(None)]}"
                mistakes.add(place, "bytes (a BLOB) are no cell; store text or a number")
            else:
                yield Brought(f"row {number}", [text or "" for text in texts])


def _text(value: object) -> str | None:
    """The text of a value; None where it is none. A REAL loses the noise behind its tenth decimal."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    return str(value) if isinstance(value, int | str) else None


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")  # a stranger's database may not call functions
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)  # nor fill the memory with one cell
            yield connection
    except sqlite3.Error as wrong:
        raise DataError(f"{path}: this database cannot be read: {wrong}") from None
