"""What a field name of a query means: a column of the object itself, or of one reached over relationships.

In: field names as asked, dots included. Out: ``Column`` records, and the joins they need. Refuses to know: operators.

A dotted name is first looked up among the object's own fields, which have dots too (``DISPLAYCONTACT.CONTACTNAME`` of
CUSTOMER); only then is its first part taken as a relationship path, and the rest looked up the same way there.
Names are taken in any case.

``related_by`` holds the id of the target (a CUSTOMERID), or its record number: the number where the field is an
INTEGER and the target's id is not, as with the ``...KEY`` fields. A relationship leads to one record at most, so where
an id is not unique (a TASKID is only so within its project) the record with the lowest number is taken.
"""

from dataclasses import dataclass, field

from intacct_ql.emulator.refusals import Error, FunctionRefused, data_failure
from intacct_ql.emulator.store import Store, has_integer_key, quoted
from intacct_ql.schema.model import Field, Object, Relationship
from intacct_ql.schema.types import DataType

Path = tuple[str, ...]


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
    _hops: dict[Path, _Hop] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        """The column a field name means; ``FunctionRefused`` where it means none or may not be queried."""
        asked = name.upper()
        at, rest = self.base, asked
        path: Path = ()
        while rest not in at.fields:
            step, dot, rest = rest.partition(".")
            if not dot or step not in at.relationships:
                raise data_failure(f"Field {name} not found in object {self.base.name}.")
            path = (*path, step)
            at = self._hop(path, at, name).target
        found = at.fields[rest]
        if found.queryable is False:
            raise _unqueryable(found.name, at)
        return Column(name=asked, sql=f"{self.alias(path)}.{quoted(rest)}", field=found, path=path)

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
        before = self._hops[path[:-2]].target if path[:-2] else self.base
        return here is target and len(path) > 1 and before is here

    def _join(self, path: Path, here: Object, target: Object, way: Relationship) -> _Hop:
        alias = f"j{len(self._hops) + 1}"
        by = here.fields[(way.related_by or "").upper()]
        source = f"{self.alias(path[:-1])}.{quoted(by.name.upper())}"
        column = _joined_on(by, target)
        if column is None:
            raise data_failure(f"{path[-1]} of {here.name} cannot be followed: {target.name} has no id.")
        table = self.store.table(target)
        self.store.index(target, column)
        if has_integer_key(target, column):
            on = f"{alias}.{quoted(column)} = {source}"
        else:
            on = f"{alias}.rowid = (SELECT min(rowid) FROM {table} WHERE {quoted(column)} = {source})"  # noqa: S608
        return _Hop(target=target, alias=alias, sql=f"LEFT JOIN {table} AS {alias} ON {on}")


def _joined_on(by: Field, target: Object) -> str | None:
    """The column of the target that a related_by field points at."""
    identity = target.fields.get((target.id_field or "").upper())
    numbered = by.type is DataType.INTEGER and (identity is None or identity.type is not DataType.INTEGER)
    if (numbered and has_integer_key(target)) or identity is None:
        return target.key.upper() if target.key else None
    return identity.name.upper()


def _unqueryable(name: str, at: Object) -> FunctionRefused:
    """Seen in the field: fields that ``lookup`` lists and ``query`` refuses."""
    words = f"Field {name} of object {at.name} cannot be queried."
    return FunctionRefused(Error(errorno="XL03000006", description2=words, correction="Leave the field out."))
