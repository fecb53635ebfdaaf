"""The numbers that new records get.

In: the store and an object. Out: a number that no record of the object has or had. Refuses to know: what is written.

The last number of each object is kept among the rows, in a table that no object can be named like: so it goes back with
them, and a deleted record's number is not given to another one.
"""

from intacct_ql.emulator.store import Store, quoted
from intacct_ql.schema.model import Object

_LAST = quoted("last numbers")
_CREATE = f"CREATE TABLE IF NOT EXISTS {_LAST} (object TEXT, field TEXT, number INTEGER, PRIMARY KEY (object, field))"


def next_number(store: Store, target: Object, field: str = "_rowid_") -> int:
    """The next number of an object's records, or of a field that numbers them too."""
    with store.changing() as connection:
        number = _last(store, target, field) + 1
        connection.execute(f"REPLACE INTO {_LAST} VALUES (?, ?, ?)", (target.name, field, number))  # noqa: S608
        return number


def keep_number(store: Store, target: Object) -> None:
    """Before records are removed: let their numbers be counted from then on."""
    with store.changing() as connection:
        last = _last(store, target, "_rowid_")
        connection.execute(f"REPLACE INTO {_LAST} VALUES (?, '_rowid_', ?)", (target.name, last))  # noqa: S608


def _last(store: Store, target: Object, field: str) -> int:
    with store.changing() as connection:
        connection.execute(_CREATE)
        column = field if field == "_rowid_" else quoted(field)
        highest = connection.execute(f"SELECT max({column}) FROM {store.table(target)}").fetchone()[0]  # noqa: S608
        sql = f"SELECT number FROM {_LAST} WHERE object = ? AND field = ?"  # noqa: S608
        kept = connection.execute(sql, (target.name, field)).fetchone()
    return max(highest or 0, kept[0] if kept else 0)
