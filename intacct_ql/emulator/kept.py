"""A large company in a file: made once, opened in no time ever after.

In: tables, a path, and words that tell one company from another. Out: ``Kept``, whose rows a store reads where they
lie; nothing is ever written to the file again. Refuses to know: requests, how rows change.

The file is a SQLite database, a table an object, with every index that reading asks for. It is written beside its place
and moved there when it is whole, so a file that is there is a whole one.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from intacct_ql.emulator.tables import Table

SCHEMA = "kept"
"""What the file is called in SQL."""

_ABOUT = "intacct-ql company"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> ?"
_INDEXES = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
_FAST = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-200000;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The file of one company: ``names`` are its objects, ``indexed`` objects and columns."""

    path: Path
    names: frozenset[str]
    indexed: frozenset[tuple[str, str]]

    def attach(self, connection: sqlite3.Connection) -> None:
        """Let a connection, which takes URIs, read the rows."""
        connection.execute(f"ATTACH ? AS {SCHEMA}", (f"{self.path.resolve().as_uri()}?immutable=1",))
        connection.execute(f"PRAGMA {SCHEMA}.mmap_size={1 << 36}")


def keep(
    path: str | os.PathLike[str],
    identity: str,
    tables: Callable[[], Iterable[Table]],
    on_object: Callable[[str], None] = lambda _: None,
) -> Kept:
    """The company of a file, which is made from ``tables`` if it is not there; ``on_object`` is told of each one made.

    Raises:
        ValueError: the file is another thing, or holds a company of another ``identity``.
        OSError: the file cannot be read or written.
    """
    at = Path(path)
    if not at.exists():
        _make(at, identity, tables(), on_object)
    with at.open("rb"):  # says in the system's words why it cannot be read
        pass
    try:
        return _opened(at, identity)
    except sqlite3.Error as wrong:
        raise ValueError(f"{at} is no company that was kept here: {wrong}") from None


def _opened(path: Path, identity: str) -> Kept:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        (found,) = connection.execute(f'SELECT identity FROM "{_ABOUT}"').fetchone()  # noqa: S608
        if found != identity:
            raise ValueError(f"{path} holds {found}, not {identity}; name another file, or remove this one")
        names = frozenset(name for (name,) in connection.execute(_TABLES, (_ABOUT,)))
        indexes = connection.execute(_INDEXES)
        return Kept(
            path=path, names=names, indexed=frozenset((table, name[len(table) + 1 :]) for table, name in indexes)
        )


def _make(path: Path, identity: str, tables: Iterable[Table], on_object: Callable[[str], None]) -> None:
    from intacct_ql.emulator.store import Store  # noqa: PLC0415 - which opens what is made here

    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    part.touch(exist_ok=False)
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as file:
            file.executescript(_FAST)
            store = Store(tables, connection=file)
            for name in sorted(store.names()):
                on_object(name)
                store.load(name)
            store.index_ways()
            file.execute(f'CREATE TABLE "{_ABOUT}" (identity TEXT)')
            file.execute(f'INSERT INTO "{_ABOUT}" VALUES (?)', (identity,))  # noqa: S608
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
