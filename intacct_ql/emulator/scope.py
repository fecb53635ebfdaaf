"""What a field name of a query means: a column of the object itself, or of one reached over relationships.

In: field names as asked, dots included. Out: ``Column`` records, and the joins they need. Refuses to know: operators.

A dotted name is first looked up among the object's own fields, which have dots too (``DISPLAYCONTACT.CONTACTNAME`` of
CUSTOMER); only then is its first part taken as a relationship path, and the rest looked up the same way there.
Names are taken in any case. What else a name may be is the function's ``Dialect``.

``related_by`` holds the id of the target (a CUSTOMERID), or its record number: the number where the field is an
INTEGER and the target's id is not, as with the ``...KEY`` fields. A relationship leads to one record at most, so where
an id is not unique (a TASKID is only so within its project) the record with the lowest number is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from intacct_ql.emulator.formatting import USUAL, Formatting
from intacct_ql.emulator.refusals import Error, FunctionRefused, data_failure
from intacct_ql.emulator.store import Store, has_integer_key, quoted
from intacct_ql.schema.legacy import legacy_name
from intacct_ql.schema.model import Field, Object, Relationship
from intacct_ql.schema.types import DataType

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a function takes names and literals.

    ``fold``: text is compared in any case. ``related``: relationships are followed. ``codes``: enumerations and
    booleans are compared by their stored codes. ``legacy``: fields go by their names of DTD 2.1. ``lists``: the field
    list is no part of the query, so fields that may not be queried can stand in it. ``formatting``: the user's dates.
    """

    fold: bool = False
    related: bool = True
    codes: bool = False
    legacy: bool = False
    lists: bool = False
    formatting: Formatting = USUAL


QUERY = Dialect()
READ = Dialect(related=False, codes=True, lists=True)
LEGACY = Dialect(related=False, legacy=True, lists=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field in its place: the name as the reply spells it, the SQL expression and the joins it needs."""

    name: str
    sql: str
    field: Field
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hop:
    target: Object
    alias: str
    sql: str


@dataclass(slots=True, kw_only=True)
class Scope:
    """The names of one query. Collects the joins that its columns have asked for."""

    store: Store
    base: Object
    dialect: Dialect = QUERY
    _hops: dict[Path, _Hop] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        """The column a field name means; ``FunctionRefused`` where it means none or may not be queried."""
        found = self._find(name)
        if found is None:
            raise data_failure(f"Field {name} not found in object {self.base.name}.")
        if found.field.queryable is False:
            raise _unqueryable(found, self._target(found.path))
        return found

    def selected(self, name: str) -> Column:
        """The column of a name in a field list."""
        if not self.dialect.lists:
            return self.column(name)
        found = self._find(name)
        if found is None:
            raise _no_such_field(name, self.base)
        return found

    def columns(self) -> list[Column]:
        """A column for every field of the object."""
        return [self._column(name, found, self.base, ()) for name, found in self.base.fields.items()]

    def _find(self, name: str) -> Column | None:
        asked = legacy_fields(self.base).get(name.lower(), "") if self.dialect.legacy else name.upper()
        at, rest = self.base, asked
        path: Path = ()
        while rest not in at.fields:
            step, dot, rest = rest.partition(".")
            if not dot or step not in at.relationships or not self.dialect.related:
                return None
            path = (*path, step)
            at = self._hop(path, at, name).target
        return self._column(asked, at.fields[rest], at, path)

    def _column(self, name: str, found: Field, at: Object, path: Path) -> Column:
        spelled = legacy_name(at.name, name) if self.dialect.legacy else name
        sql = f"{self.alias(path)}.{quoted(found.name.upper())}"
        return Column(name=spelled, sql=sql, field=found, path=path)

    def _target(self, path: Path) -> Object:
        return self._hops[path].target if path else self.base

    def alias(self, path: Path) -> str:
        """The SQL alias of the base table or of a joined one."""
        return self._hops[path].alias if path else "t"

    def source(self, columns: list[Column]) -> str:
        """The FROM clause with the joins that these columns need, and no other."""
        wanted = {column.path[:length] for column in columns for length in range(1, len(column.path) + 1)}
        joins = [hop.sql for path, hop in self._hops.items() if path in wanted]
        return " ".join([f"FROM {self.store.table(self.base)} AS t", *joins])

    def _hop(self, path: Path, here: Object, name: str) -> _Hop:
        if path not in self._hops:
            way = here.relationships[path[-1]]
            target = self.store.catalog.object(way.object)
            if target is None or way.related_by is None:
                raise data_failure(f"Field {name}: {path[-1]} of {here.name} cannot be followed.")
            if self._again(path, here, target):
                raise data_failure(f"Field {name}: {path[-1]} of {here.name} may be followed only once.")
            self._hops[path] = self._join(path, here, target, way)
        return self._hops[path]

    def _again(self, path: Path, here: Object, target: Object) -> bool:
        """A hierarchy (PARENT) is followed for one step: PARENT.PARENT is an error."""
        return here is target and len(path) > 1 and self._target(path[:-2]) is here

    def _join(self, path: Path, here: Object, target: Object, way: Relationship) -> _Hop:
        alias = f"j{len(self._hops) + 1}"
        by = here.fields[(way.related_by or "").upper()]
        source = f"{self.alias(path[:-1])}.{quoted(by.name.upper())}"
        column = joined_on(by, target)
        if column is None:
            raise data_failure(f"{path[-1]} of {here.name} cannot be followed: {target.name} has no id.")
        table = self.store.table(target)
        self.store.index(target, column)
        if has_integer_key(target, column):
            on = f"{alias}.{quoted(column)} = {source}"
        else:
            on = f"{alias}._rowid_ = (SELECT min(_rowid_) FROM {table} WHERE {quoted(column)} = {source})"  # noqa: S608
        return _Hop(target=target, alias=alias, sql=f"LEFT JOIN {table} AS {alias} ON {on}")


def joined_on(by: Field, target: Object) -> str | None:
    """The column of the target that a related_by field points at."""
    identity = target.fields.get((target.id_field or "").upper())
    numbered = by.type is DataType.INTEGER and (identity is None or identity.type is not DataType.INTEGER)
    if (numbered and has_integer_key(target)) or identity is None:
        return target.key.upper() if target.key else None
    return identity.name.upper()


@lru_cache(maxsize=256)
def legacy_fields(base: Object) -> Mapping[str, str]:
    """The upper-case field names of an object by their names of DTD 2.1."""
    return {legacy_name(base.name, name): name for name in base.fields}


def _unqueryable(column: Column, at: Object) -> FunctionRefused:
    """Seen in the field: fields that ``lookup`` lists and ``query`` refuses."""
    words = f"Field {column.field.name} of object {at.name} cannot be queried."
    return FunctionRefused(Error(errorno="XL03000006", description2=words, correction="Leave the field out."))


def _no_such_field(name: str, base: Object) -> FunctionRefused:
    """A field list is refused with the stranger in the place of the number [C]."""
    words = f"Object {base.name} has no field {name}."
    return FunctionRefused(Error(errorno=f"Invalid fields list {name}", description2=words))
