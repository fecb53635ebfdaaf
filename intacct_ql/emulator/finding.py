"""The records that a written element or a key means.

In: an object, a field and a text, and the ``Scene``. Out: record numbers and stored rows. Refuses to know: what is
written to them.

A session of an entity finds what it sees: its own records and the shared ones. The top level finds all ([?]).
"""

from intacct_ql.emulator.conditions import Comparison
from intacct_ql.emulator.fetch import numbers
from intacct_ql.emulator.literals import number
from intacct_ql.emulator.query import Query
from intacct_ql.emulator.records import Cells
from intacct_ql.emulator.refusals import Error, FunctionRefused, bad_value, not_permitted
from intacct_ql.emulator.scene import Scene
from intacct_ql.emulator.scope import Dialect
from intacct_ql.emulator.store import Store, has_integer_key, quoted
from intacct_ql.emulator.tables import Cell
from intacct_ql.schema.model import Object
from intacct_ql.schema.types import DataType

_KEYS = Dialect(related=False, lists=True)
_READ_ONLY = frozenset({"ACTIVITYLOG", "APDETAIL", "ARDETAIL", "AUDITHISTORY", "GLDETAIL"})
"""What the gateway writes itself: none of it has a page about creating it."""

_WITHIN = {"APADJUSTMENT": "VENDORID", "APBILL": "VENDORID", "TASK": "PROJECTID"}
"""Where an id is one only among the records that agree in this field."""


def check_writable(target: Object, scene: Scene) -> None:
    """Refuse an object that the user may not reach, and one whose records nobody writes."""
    if not scene.user.may_read(target.name) or target.name in _READ_ONLY or not has_integer_key(target):
        raise not_permitted(target.name)


def find(target: Object, field: str, text: str, scene: Scene) -> int | None:
    """The number of the record with this value; ``FunctionRefused`` where there are several."""
    if not text or (target.fields[field].type is DataType.INTEGER and number(text, 1) is None):
        return None  # what is no number is the number of no record
    asked = Query(
        object=target.name,
        condition=Comparison(operator="equalto", field=field, values=(text,)),
        dialect=_KEYS,
        showprivate=True,
    )
    found = numbers(asked, scene.store, scene.view)
    if len(found) > 1:
        words = f"{len(found)} records of object {target.name} have {field} {text}."
        raise bad_value(words, correction=f"Name one of them by {target.key}.")
    return found[0] if found else None


def row(target: Object, number: int, store: Store) -> Cells:
    """The stored values of a record."""
    with store.reading() as connection:
        sql = f"SELECT * FROM {store.table(target)} WHERE _rowid_ = ?"  # noqa: S608
        found = connection.execute(sql, (number,))
        names = [column[0] for column in found.description]
        return dict(zip(names, found.fetchone(), strict=True))


def numbered(target: Object, field: str, value: Cell, store: Store) -> list[int]:
    """The numbers of the records with this stored value, in their order."""
    with store.reading() as connection:
        store.index(target, field)
        sql = f"SELECT _rowid_ FROM {store.table(target)} WHERE {quoted(field)} = ? ORDER BY _rowid_"  # noqa: S608
        return [found for (found,) in connection.execute(sql, (value,))]


def check_unique(cells: Cells, target: Object, store: Store) -> None:
    """Refuse an id that another record has."""
    field = (target.id_field or "").upper()
    if cells.get(field) is None:
        return
    others = numbered(target, field, cells[field], store)
    among = _WITHIN.get(target.name)
    if among:
        others = [number for number in others if row(target, number, store)[among] == cells.get(among)]
    if others:
        words = f"Another {target.label} with the given value(s) {cells[field]} already exists"
        raise FunctionRefused(Error(errorno="BL34000061", description2=words, correction="Use a unique value instead."))
