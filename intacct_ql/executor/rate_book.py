"""Where the calls of a rate are written down: in memory, or in a file for several processes.

In: a block of code that changes the calls. Out: the calls as they are, with nobody else on them until the block ends.
Refuses to know: how many calls there may be, and what time it is.

The file is a small SQLite database. It is opened anew for every block: then a fork inherits no connection, and a
process that is killed leaves nothing behind but what its last whole block wrote.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

from intacct_ql.errors import ConfigError, Error

LOCKED = 10.0
"""Seconds to wait for a lock that others hold for milliseconds."""

_OURS = 0x4951_4C52
"""What SQLite's header says of the file's owner, ``IQLR``."""

_NEW = (
    "CREATE TABLE window (seconds REAL NOT NULL)",
    "CREATE TABLE call (name TEXT PRIMARY KEY, since REAL NOT NULL, over REAL NOT NULL) WITHOUT ROWID",
    f"PRAGMA application_id = {_OURS}",
)
_READ = "SELECT name, since, over FROM call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that takes a slot, in seconds of the clock.

    Under way: since when, and when it counts as over if it never leaves. Over: both are the moment it left.
    """

    since: float
    over: float


class Book(Protocol):
    """Keeps calls by name."""

    def opened(self) -> AbstractContextManager[dict[str, Call]]:
        """The calls, to be changed in place; what they are when the block ends is kept."""


class MemoryBook:
    """For the threads of one process."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._lock = threading.Lock()

    @contextmanager
    def opened(self) -> Iterator[dict[str, Call]]:
        """The calls, under a lock."""
        with self._lock:
            yield self._calls


class FileBook:
    """For all processes that name the same file, which is made where there is none.

    Raises:
        ConfigError: the file cannot be used, or counts in windows of another length.
        Error: another process keeps the file locked.
    """

    def __init__(self, file: str | os.PathLike[str], *, seconds: float) -> None:
        self._file = os.path.abspath(os.fspath(file))  # so that a change of folder is no change of file
        self._seconds = seconds
        with self.opened():
            pass

    @contextmanager
    def opened(self) -> Iterator[dict[str, Call]]:
        """The calls, under the file's own lock. Raises as the class does."""
        with self._guarded(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            self._prepare(connection)
            before = self._calls(connection)
            calls = dict(before)
            yield calls
            _write(connection, before, calls)
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=LOCKED, isolation_level=None, check_same_thread=False)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make a new file ours; a block that fails before its end takes that back, too."""
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        if owner != _OURS:
            if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise ConfigError(f"{self._file} is a database of another program; name another file for the rate")
            for statement in _NEW:
                connection.execute(statement)
            connection.execute("INSERT INTO window VALUES (?)", (self._seconds,))
        (seconds,) = connection.execute("SELECT seconds FROM window").fetchone() or (None,)
        if not _is_number(seconds):
            raise _unusable(self._file, _DAMAGED)
        if seconds != self._seconds:
            raise ConfigError(
                f"{self._file} counts calls within {seconds:g} seconds, and {self._seconds:g} are wanted; "
                "name another file for this rate"
            )

    def _calls(self, connection: sqlite3.Connection) -> dict[str, Call]:
        calls = {name: Call(since=since, over=over) for name, since, over in connection.execute(_READ)}
        if not all(_is_number(call.since) and _is_number(call.over) for call in calls.values()):
            raise _unusable(self._file, _DAMAGED)
        return calls

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Says of what SQLite and the system refuse which file it was and what helps."""
        try:
            yield
        except sqlite3.DatabaseError as refused:
            raise _refusal(self._file, refused) from None


_DAMAGED = "is damaged; delete it once no program uses it"
_REFUSALS = {
    "SQLITE_CANTOPEN": "cannot be opened; name a file in a folder that exists and can be written to",
    "SQLITE_READONLY": "cannot be written to; change its permissions, or name another file",
    "SQLITE_PERM": "cannot be written to; change its permissions, or name another file",
    "SQLITE_FULL": "cannot be written to, the disk is full; make room there, or name another file",
    "SQLITE_NOTADB": "is not a file of call counts; name another file, or delete this one",
    "SQLITE_CORRUPT": _DAMAGED,
}
"""What is wrong with the file, by SQLite's name of it."""


def _refusal(file: str, refused: sqlite3.DatabaseError) -> Error:
    """The error for what SQLite refuses; its longer names (``SQLITE_BUSY_RECOVERY``) begin with the shorter."""
    name = getattr(refused, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Error(
            f"{file} has been locked for {LOCKED:g} seconds by another program; end that program, or name another file"
        )
    for known, words in _REFUSALS.items():
        if name.startswith(known):
            return _unusable(file, words)
    return _unusable(file, f"cannot be used: {refused}; delete it, or name another file")


def _unusable(file: str, words: str) -> ConfigError:
    return ConfigError(f"the file of the rate, {file}, {words}")


def _is_number(cell: object) -> bool:
    """Whether a cell is what was written there: SQLite keeps what another program puts in its place."""
    return isinstance(cell, int | float) and isfinite(cell)


def _write(connection: sqlite3.Connection, before: dict[str, Call], after: dict[str, Call]) -> None:
    """Only what changed: most blocks touch one call."""
    connection.executemany("DELETE FROM call WHERE name = ?", [(name,) for name in before.keys() - after.keys()])
    changed = [(name, call.since, call.over) for name, call in after.items() if before.get(name) != call]
    connection.executemany("INSERT OR REPLACE INTO call VALUES (?, ?, ?)", changed)
