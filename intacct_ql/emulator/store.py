"""The company's rows, in one in-memory SQLite database.

In: ``Table`` records, the file of a ``Kept`` company, and rows changed one at a time. Out: a connection to read from,
under a lock. Refuses to know: the wire, the meaning of a query.

One SQL table an object, created (and its waiting rows read) when the object is first asked for. One connection is
shared by all threads under one lock: SQLite serialises them inside anyway, and a lock of our own also makes a page
and its total count one consistent reading. Tables are STRICT where SQLite knows the word, so that a company in the
wrong storage form fails at loading and not in a comparison.

The rows of a kept company stay in its file, which is only read: an object is copied when it is first changed.
"""

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from weakref import WeakSet

from intacct_ql.emulator.kept import SCHEMA, Kept
from intacct_ql.emulator.misfits import Misfit, check_rows, refused
from intacct_ql.emulator.snapshots import RowRefused, Snapshot, fill
from intacct_ql.emulator.tables import Cell, Row, Table
from intacct_ql.schema.catalog import BUNDLED, Catalog
from intacct_ql.schema.model import Object
from intacct_ql.schema.types import TEMPORAL, TEXTUAL, DataType

MOST_SECONDS = 20.0

_STEPS = 100_000
"""Steps of SQLite's machine, some milliseconds, between two looks at the clock."""

_LIMITS = {sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 10_000, sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000}
"""Of one statement: to get a longer one ready takes minutes, in which nothing can stop it."""

_STRICT = " STRICT" if sqlite3.sqlite_version_info >= (3, 37) else ""
_PRAGMAS = "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF; PRAGMA case_sensitive_like=ON;"


class Store:
    """The rows of one company, by object. Safe to share between threads.

    ``most_seconds`` is what the statement of a request may take; others wait for it that long. ``kept`` is a company
    in a file, with nothing on top of it. ``connection`` is where the rows go, memory of the store's own unless given.
    """

    def __init__(
        self,
        tables: Iterable[Table] = (),
        *,
        catalog: Catalog = BUNDLED,
        most_seconds: float = MOST_SECONDS,
        kept: Kept | None = None,
        connection: sqlite3.Connection | None = None,
    ) -> None:
        self.catalog = catalog
        self.most_seconds = most_seconds
        self.version = 0
        self._lock = threading.RLock()
        self._waiting: defaultdict[str, list[Table]] = defaultdict(list)
        self._broken: dict[str, str] = {}
        self._created: set[str] = set()
        self._indexed: set[tuple[str, str]] = set()
        self._kept: set[str] = set()
        self._connection = _prepared(connection or _memory())
        if kept is not None:
            kept.attach(self._connection)
            self._kept, self._created, self._indexed = set(kept.names), set(kept.names), set(kept.indexed)
        self._snapshots: WeakSet[Snapshot] = WeakSet()
        self._same: WeakSet[Snapshot] = WeakSet()
        for table in tables:
            self.add(table)

    def add(self, table: Table) -> None:
        """Take in the rows of an object; they are read when the object is next asked for.

        Raises:
            ValueError: the catalog does not know the object or a column, or a row that is there is in a wrong form.
        """
        known = self._known(table.object)
        if strangers := [name for name in table.columns if name.upper() not in known.fields]:
            raise ValueError(f"{known.name} has no field {strangers[0]}")
        check_rows(known, table)
        with self.changing():
            self._waiting[known.name].append(table)

    def load(self, *names: str) -> None:
        """Read the waiting rows of these objects now, of all unless some are named."""
        for name in names or (*self._broken, *self._waiting):
            self.table(self._known(name))

    def insert(self, name: str, *rows: Mapping[str, Cell]) -> None:
        """Add records in storage form; an integer key that is left out is numbered by the store."""
        target = self._known(name)
        with self.changing() as connection:
            table = self._own(target)
            for row in rows:
                columns = ", ".join(quoted(column.upper()) for column in row)
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", _cells(row))  # noqa: S608

    def update(self, name: str, key: Cell, changes: Mapping[str, Cell]) -> int:
        """Change fields of the record with this key; gives the number of records changed."""
        target = self._known(name)
        with self.changing() as connection:
            settings = ", ".join(f"{quoted(column.upper())} = ?" for column in changes)
            where = f"WHERE {quoted(_key(target))} = ?"
            sql = f"UPDATE {self._own(target)} SET {settings} {where}"  # noqa: S608
            return connection.execute(sql, (*_cells(changes), key)).rowcount

    def delete(self, name: str, *keys: Cell) -> int:
        """Remove the records with these keys; gives the number of records removed."""
        target = self._known(name)
        with self.changing() as connection:
            sql = f"DELETE FROM {self._own(target)} WHERE {quoted(_key(target))} = ?"  # noqa: S608
            return sum(connection.execute(sql, (key,)).rowcount for key in keys)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, with nobody else on it until the block ends."""
        with self._lock:
            yield self._connection

    @contextmanager
    def searching(self) -> Iterator[sqlite3.Connection]:
        """The same, for a statement that a stranger's request has shaped: it is stopped when it takes too long.

        Raises:
            sqlite3.OperationalError: it was stopped; so is every statement of the block from there on.
        """
        with self._lock:
            ends = monotonic() + self.most_seconds
            self._connection.set_progress_handler(lambda: monotonic() > ends, _STEPS)
            try:
                yield self._connection
            finally:
                self._connection.set_progress_handler(None, 0)

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """The same to write with: every change goes through here, so that snapshots keep what was there before."""
        with self._lock:
            self._hold()
            try:
                yield self._connection
            finally:
                self.version += 1

    def snapshot(self) -> Snapshot:
        """The rows of now, to go back to; free until the first change, which copies all of them."""
        with self._lock:
            made = Snapshot()
            self._snapshots.add(made)
            self._same.add(made)
            return made

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to the rows of a snapshot, as often as is wanted; free where nothing has changed since.

        Raises:
            ValueError: the snapshot was taken of another store.
        """
        with self._lock:
            if snapshot not in self._snapshots:
                raise ValueError("this snapshot was taken of another store")
            if snapshot not in self._same:
                with self.changing() as connection:
                    snapshot.write_to(connection)
                    self._created, self._indexed = set(snapshot.created), set(snapshot.indexed)
                    self._kept = self._created - _tables(connection)
                    self._waiting.clear()
                    self._waiting.update({name: list(tables) for name, tables in snapshot.waiting.items()})
                    self._same.add(snapshot)

    def names(self) -> set[str]:
        """The objects that have a table, or rows to be read into one."""
        with self._lock:
            return self._created | {name for name, tables in self._waiting.items() if tables}

    def sizes(self) -> dict[str, int | None]:
        """How many rows each object of the company has; None where they have not been read yet."""
        with self._lock:
            count = "SELECT count(*) FROM {}"
            read = {
                name: self._connection.execute(count.format(self._place(name))).fetchone()[0] for name in self._created
            }
            return {name: None if self._waiting.get(name) else read.get(name) for name in sorted(self.names())}

    def table(self, target: Object) -> str:
        """The quoted SQL name of an object's table, which exists and holds its rows from here on.

        Raises:
            Misfit: a row is in a wrong form; it stays so, as the others have been read and are lost.
        """
        with self._lock:
            if target.name in self._broken:
                raise Misfit(self._broken[target.name])
            if target.name not in self._created:
                self._connection.execute(_create(target))
                self._created.add(target.name)
            for waiting in self._waiting.pop(target.name, ()):
                self._read(target, waiting)
            if "WHENMODIFIED" in target.fields:
                self.index(target, "WHENMODIFIED")  # after the rows: sorting once is cheaper than inserting each
        return self._place(target.name)

    def index(self, target: Object, column: str) -> None:
        """Make sure that a column can be searched fast."""
        with self._lock:
            if (target.name, column) in self._indexed or has_integer_key(target, column) or target.name in self._kept:
                return
            self._indexed.add((target.name, column))
            name = quoted(f"{target.name}.{column}")
            self._connection.execute(f"CREATE INDEX {name} ON {self.table(target)} ({quoted(column)})")

    def index_ways(self) -> None:
        """Make sure that the columns by which records are found and related can be searched fast."""
        with self._lock:
            for target in map(self._known, self._created):
                ways = {target.id_field, *(way.related_by for way in target.relationships.values())}
                for column in {way.upper() for way in ways if way}.intersection(target.fields):
                    self.index(target, column)

    def _own(self, target: Object) -> str:
        """The table of an object that is to be changed; rows of a kept company are copied first."""
        table = self.table(target)
        if target.name in self._kept:
            self._connection.execute(_create(target))
            self._kept.remove(target.name)
            own = self._place(target.name)
            self._connection.execute(f"INSERT INTO {own} SELECT * FROM {table}")  # noqa: S608
            self._indexed = {(name, column) for name, column in self._indexed if name != target.name}
        return self._place(target.name)

    def _place(self, name: str) -> str:
        """Where the rows of an object lie.

        A kept table must be called by its whole name: a statement that SQLite has ready goes on reading it when a table
        of the same name turns up in memory.
        """
        return f"{SCHEMA}.{quoted(name)}" if name in self._kept else quoted(name)

    def _read(self, target: Object, table: Table) -> None:
        columns = ", ".join(quoted(name.upper()) for name in table.columns)
        marks = ", ".join("?" * len(table.columns))
        sql = f"INSERT INTO {quoted(target.name)} ({columns}) VALUES ({marks})"  # noqa: S608
        kept = [snapshot.wants(target.name, _create(target), table) for snapshot in self._snapshots]
        try:
            fill([self._connection, *filter(None, kept)], sql, table.rows)
        except RowRefused as wrong:
            misfit = refused(target, table.columns, wrong.row, wrong.number, wrong.words)
            self._broken[target.name] = str(misfit)
            raise misfit from None
        self.version += 1

    def _hold(self) -> None:
        """Before a change: let every snapshot that the rows are still equal to have its copy."""
        for snapshot in self._same:
            snapshot.hold(self._connection, self._created, self._indexed, self._waiting)
        self._same.clear()

    def _known(self, name: str) -> Object:
        target = self.catalog.object(name)
        if target is None:
            raise ValueError(f"no object {name} in the catalog")
        return target


def has_integer_key(target: Object, column: str | None = None) -> bool:
    """Whether the object's rows are numbered by an INTEGER key; with a column, whether that column is this key."""
    key = (target.key or "").upper()
    return key in target.fields and target.fields[key].type is DataType.INTEGER and column in {None, key}


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _tables(connection: sqlite3.Connection) -> set[str]:
    """The objects that have a table in the store's own memory."""
    return {name for (name,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}


def _memory() -> sqlite3.Connection:
    return sqlite3.connect(
        "file::memory:", uri=True, check_same_thread=False, isolation_level=None, cached_statements=512
    )


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.executescript(_PRAGMAS)
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    connection.create_function("fold", 1, _fold, deterministic=True)
    return connection


def _fold(value: Cell) -> Cell:
    return value.casefold() if isinstance(value, str) else value


def _create(target: Object) -> str:
    """An integer key becomes the row id itself: key ranges and orders then cost nothing."""
    key = (target.key or "").upper()
    columns = []
    for name, field in target.fields.items():
        form = "TEXT" if field.type in TEXTUAL | TEMPORAL else "INTEGER"
        columns.append(f"{quoted(name)} {form}{' PRIMARY KEY' if name == key else ''}")
    return f"CREATE TABLE {quoted(target.name)} ({', '.join(columns)}){_STRICT}"


def _key(target: Object) -> str:
    if target.key is None:
        raise ValueError(f"{target.name} has no key to find a record by")
    return target.key.upper()


def _cells(row: Mapping[str, Cell]) -> Row:
    return tuple(None if cell == "" else cell for cell in row.values())
