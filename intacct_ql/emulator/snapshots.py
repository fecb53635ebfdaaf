"""The rows of a store as they were at one moment.

In: the connection of a store, and rows that it reads later. Out: the same rows again. Refuses to know: objects, fields,
who changes what.

A snapshot costs nothing until the first change after it: only then are the rows copied, all of them, page by page into
a second in-memory database (7 ms for the demo company, and its size again). Rows that the store has not read yet are
not read for it: when their time comes they go to both.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from itertools import islice

from intacct_ql.emulator.tables import Row, Table

_AT_ONCE = 10_000


class Snapshot:
    """What ``Store.restore`` goes back to. Used under the lock of its store only."""

    def __init__(self) -> None:
        self.created: set[str] = set()
        self.indexed: set[tuple[str, str]] = set()
        self.waiting: dict[str, list[Table]] = {}
        self._copy: sqlite3.Connection | None = None

    @property
    def held(self) -> bool:
        """Whether the rows have been copied, because the store's are about to change or have changed."""
        return self._copy is not None

    def hold(
        self,
        rows: sqlite3.Connection,
        created: Collection[str],
        indexed: Collection[tuple[str, str]],
        waiting: Mapping[str, Iterable[Table]],
    ) -> None:
        """Copy the rows, unless they have been."""
        if self._copy is None:
            self._copy = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
            rows.backup(self._copy)
            self.created, self.indexed = set(created), set(indexed)
            self.waiting = {name: list(tables) for name, tables in waiting.items()}

    def write_to(self, rows: sqlite3.Connection) -> None:
        """Put the copied rows in the place of all that are there."""
        if self._copy is not None:
            self._copy.backup(rows)

    def wants(self, name: str, create: str, table: Table) -> sqlite3.Connection | None:
        """Where the rows of a table that is read only now are written too; None where they do not belong."""
        waiting = self.waiting.get(name, [])
        if self._copy is None or not any(each is table for each in waiting):
            return None
        self.waiting[name] = [each for each in waiting if each is not table]
        if name not in self.created:
            self._copy.execute(create)
            self.created.add(name)
        return self._copy


class RowRefused(Exception):  # noqa: N818 - said in other words by who knows the object
    """A row could not be written: which, counted from 1, and why."""

    def __init__(self, row: Row, number: int, words: str) -> None:
        super().__init__(words)
        self.row, self.number, self.words = row, number, words


def fill(connections: Collection[sqlite3.Connection], sql: str, rows: Iterable[Row]) -> None:
    """Write rows, which can be read only once, to all connections, or to none; ``RowRefused`` for a wrong one."""
    for connection in connections:
        connection.execute("BEGIN")
    try:
        left, written = iter(rows), 0
        while some := list(islice(left, _AT_ONCE)):
            for connection in connections:
                _write(connection, sql, some, written)
            written += len(some)
    except BaseException:
        for connection in connections:
            connection.execute("ROLLBACK")
        raise
    for connection in connections:
        connection.execute("COMMIT")


def _write(connection: sqlite3.Connection, sql: str, rows: list[Row], before: int) -> None:
    changes = connection.total_changes
    try:
        connection.executemany(sql, rows)
    except (sqlite3.Error, OverflowError, UnicodeError) as wrong:
        done = connection.total_changes - changes  # those before it were written one by one
        raise RowRefused(rows[done], before + done + 1, str(wrong)) from wrong
