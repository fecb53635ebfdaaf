"""The file of a snapshot: a SQLite database that several processes share and no crash leaves half written.

In: a file, statements. Out: rows. Refuses to know: what the rows mean.

It is opened anew for every block: a fork inherits no connection, and a process that is killed leaves nothing behind but
what its last whole block wrote. The tables are made by steps; ``user_version`` counts those that were taken, so that a
file of an older version is brought up by the steps it lacks and one of a newer version is left alone.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from intacct_ql.errors import ConfigError

LOCKED = 10.0
"""Seconds to wait for a lock that others hold for milliseconds."""

OWNER = 0x4951_4C53
"""What SQLite's header says of the file's owner, ``IQLS``."""

STEPS = (
    (
        (
            "CREATE TABLE object (name TEXT PRIMARY KEY, spelled TEXT NOT NULL, label TEXT NOT NULL, entry TEXT,"
            " looked_up REAL, refused TEXT, listed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
        ),
        (
            "CREATE TABLE refusal (object TEXT, field TEXT, words TEXT NOT NULL, told REAL NOT NULL,"
            " PRIMARY KEY (object, field)) WITHOUT ROWID"
        ),
        "CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL, told REAL NOT NULL) WITHOUT ROWID",
    ),
)
"""What makes the tables: a step a version."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR})


class Damaged(ConfigError):  # noqa: N818 - read as "raise Damaged"
    """The file is no snapshot, or is one no longer."""


class Database:
    """Opens the file; makes it, and its folder, where something is to be written."""

    def __init__(self, file: str | os.PathLike[str]) -> None:
        self.file = Path(os.path.abspath(os.fspath(file)))  # so that a change of folder is no change of file

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection to read by, all of whose rows are of one moment; None where there is nothing yet.

        Raises:
            Damaged: the file is no snapshot.
            ConfigError: it is of a newer version, or cannot be read.
        """
        if not self.file.exists():
            yield None
            return
        with self._told(), closing(self._connect("rw")) as connection:  # a journal left behind may have to be undone
            version = self._version(connection)
            if 0 < version < len(STEPS):
                with _transaction(connection):
                    self._bring_up(connection)
            connection.execute("BEGIN")
            yield connection if version else None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection to write by, with nobody else on it; all of the block is kept, or nothing.

        Raises:
            Damaged: the file is no snapshot.
            ConfigError: it is of a newer version, or cannot be written.
        """
        with self._told():
            self._make_file()
            with closing(self._connect("rw")) as connection, _transaction(connection):
                self._bring_up(connection)
                yield connection

    def rebuild(self) -> None:
        """Make an empty one of a damaged file; one that is sound, perhaps by another's doing meanwhile, stays."""
        with self._told():
            self._make_file()
            with closing(sqlite3.connect(f"{self.file}.lock", timeout=LOCKED, isolation_level=None)) as lock:
                lock.execute("BEGIN EXCLUSIVE")
                if not self.is_sound():
                    # The journal goes second: beside no file it is a remnant, beside a file it is undone.
                    for file in (self.file, Path(f"{self.file}-journal")):
                        file.unlink(missing_ok=True)
        with self.writing():
            pass

    def is_sound(self) -> bool:
        """Whether the file is whole, as far as a look at all of its pages tells; no file is sound."""
        try:
            with self.reading() as connection:
                if connection is None:
                    return True
                for table in ("object", "refusal", "fact"):
                    connection.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - our own names
                return tuple(connection.execute("PRAGMA quick_check(1)").fetchone()) == ("ok",)
        except Damaged:
            return False

    def _connect(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(f"{self.file.as_uri()}?mode={mode}", uri=True, timeout=LOCKED, isolation_level=None)

    def _make_file(self) -> None:
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # names are a company's own

    def _version(self, connection: sqlite3.Connection) -> int:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        if owner != OWNER and not empty:
            raise Damaged(_damaged(self.file, "it is a database of something else"))
        if owner == OWNER and version > len(STEPS):
            raise ConfigError(
                f"the snapshot {self.file} was written by a newer intacct-ql"
                f" (its version is {version}, this one reads {len(STEPS)})"
                "\n  hint: install the newer one, or go without the snapshot (--no-snapshot), or remove the file"
            )
        return version if owner == OWNER else 0

    def _bring_up(self, connection: sqlite3.Connection) -> None:
        """Take the steps that the file lacks; asked within the transaction, because another may have taken them."""
        for step in STEPS[self._version(connection) :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {OWNER}")
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What fails is told in words that say what to do."""
        try:
            yield
        except sqlite3.DatabaseError as wrong:
            if getattr(wrong, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                raise Damaged(_damaged(self.file, str(wrong))) from None
            raise ConfigError(_unusable(self.file, str(wrong))) from None
        except OSError as wrong:
            raise ConfigError(_unusable(self.file, wrong.strerror or str(wrong))) from None


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of a block, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _damaged(file: Path, why: str) -> str:
    return (
        f"the snapshot {file} is damaged: {why}"
        "\n  hint: intacct-ql schema refresh makes it anew; --no-snapshot goes without it"
    )


def _unusable(file: Path, why: str) -> str:
    return f"the snapshot {file} cannot be used: {why}\n  hint: make {file.parent} a folder that can be written to"
