"""How many rows a filter matches, answered fast for every page of a long reading.

In: an SQL condition, and which part of it is a range of keys. Out: a number. Refuses to know: pages, the wire.

A reader that pages by key sends the same filter with another ``RECORDNO greaterthan`` for every page, and each page's
``totalcount`` is exact. So the keys that match the rest of the filter are kept, sorted, for as long as no row changes,
and each page is two bisections instead of one more scan of the table.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence

from intacct_ql.emulator.conditions import Comparison, Condition, Sql, flattened, joined, translate
from intacct_ql.emulator.literals import literal
from intacct_ql.emulator.scope import Scope
from intacct_ql.emulator.store import Store, has_integer_key, quoted

_KEYS_KEPT = 8
_NUMBERS_KEPT = 1024

_Keys = Sequence[int]
_Cut = Callable[[_Keys, Sequence[float]], tuple[int, int]]

_RANGES: dict[str, _Cut] = {
    "equalto": lambda keys, at: (bisect_left(keys, at[0]), bisect_right(keys, at[0])),
    "lessthan": lambda keys, at: (0, bisect_left(keys, at[0])),
    "lessthanorequalto": lambda keys, at: (0, bisect_right(keys, at[0])),
    "greaterthan": lambda keys, at: (bisect_right(keys, at[0]), len(keys)),
    "greaterthanorequalto": lambda keys, at: (bisect_left(keys, at[0]), len(keys)),
    "between": lambda keys, at: (bisect_left(keys, at[0]), bisect_right(keys, at[1])),
}


class Counts:
    """Counts matching rows; remembers until the store changes. Used under the store's lock only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = store.version
        self._numbers: dict[object, int] = {}
        self._keys: OrderedDict[object, array[int]] = OrderedDict()

    def rows(self, scope: Scope, condition: Condition | None, visible: Sql | None) -> int:
        """How many rows of the base object meet the condition and are visible."""
        ranges, rest = _split(condition, scope)
        parts = [translate(part, scope) for part in rest] + ([visible] if visible else [])
        where = joined(" AND ", parts) if parts else Sql(text="1")
        source = scope.source(list(where.columns))
        if not ranges:
            return self.number(f"SELECT count(*) {source} WHERE {where.text}", where.values)
        keys = self._matching(scope, f"{source} WHERE {where.text}", where.values)
        low, high = 0, len(keys)
        for part in ranges:
            first, end = _RANGES[part.operator](keys, _bounds(part, scope))
            low, high = max(low, first), min(high, end)
        return max(0, high - low)

    def number(self, sql: str, values: tuple[object, ...]) -> int:
        """The one number an SQL query gives."""
        self._refresh()
        if len(self._numbers) >= _NUMBERS_KEPT:
            self._numbers.clear()
        if (sql, values) not in self._numbers:
            with self._store.searching() as connection:
                self._numbers[sql, values] = int(connection.execute(sql, values).fetchone()[0])
        return self._numbers[sql, values]

    def _matching(self, scope: Scope, source: str, values: tuple[object, ...]) -> "array[int]":
        self._refresh()
        name = (source, values)
        if name not in self._keys:
            key = f"t.{quoted((scope.base.key or '').upper())}"
            with self._store.searching() as connection:
                found = connection.execute(f"SELECT {key} {source}", values)
                # Sorted here: asked for an order, SQLite walks whole rows where an index would do.
                self._keys[name] = array("q", sorted(row[0] for row in found))
            if len(self._keys) > _KEYS_KEPT:
                self._keys.popitem(last=False)
        self._keys.move_to_end(name)
        return self._keys[name]

    def _refresh(self) -> None:
        if self._version != self._store.version:
            self._version = self._store.version
            self._numbers.clear()
            self._keys.clear()


def _split(condition: Condition | None, scope: Scope) -> tuple[list[Comparison], list[Condition]]:
    """The parts under the top ``and`` that are ranges of the key, and the others."""
    ranges: list[Comparison] = []
    rest: list[Condition] = []
    for part in flattened(condition, "and") if condition else ():
        if isinstance(part, Comparison) and _is_range(part, scope):
            ranges.append(part)
        else:
            rest.append(part)
    return ranges, rest


def _is_range(part: Comparison, scope: Scope) -> bool:
    if part.operator not in _RANGES or not all(part.values):
        return False
    column = scope.column(part.field)
    return not column.path and has_integer_key(scope.base, column.field.name.upper())


def _bounds(part: Comparison, scope: Scope) -> list[float]:
    field = scope.column(part.field).field
    bounds = [literal(value, field) for value in part.values]
    return [bound for bound in bounds if isinstance(bound, int | float)]
