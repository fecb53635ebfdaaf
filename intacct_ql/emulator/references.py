"""What a written field says of another record: that there must be one, and what the gateway copies of it.

In: the cells of a record. Out: the same with the copies, or ``FunctionRefused``. Refuses to know: elements, documents.

An id of a record that is not there is refused, unless the company keeps no records of that object at all; its number
and words are a guess ([?]). Ids inside a contact (``DISPLAYCONTACT.CONTACTNAME``) are not looked up: the contact may
come with the record. With an id come the name and the number of what it leads to, wherever the record has a field for
them: VENDORID brings VENDORNAME and VENDORDIMKEY, ACCOUNTNO brings ACCOUNTTITLE and ACCOUNTKEY.

A record that others lead to is not deleted ([?] in what words): first go those that lead to it.
"""

from collections.abc import Collection, Iterator

from intacct_ql.emulator.finding import numbered, row
from intacct_ql.emulator.records import Cells
from intacct_ql.emulator.refusals import bad_value
from intacct_ql.emulator.scope import joined_on
from intacct_ql.emulator.store import Store
from intacct_ql.schema.model import Object, Relationship

_ENDINGS = ("ID", "NO", "NAME", "")
_COPIES = {"NAME": "NAME", "TITLE": "TITLE", "DIMKEY": "RECORDNO", "KEY": "RECORDNO"}


def with_references(cells: Cells, target: Object, store: Store, but: str = "") -> Cells:
    """The cells with what the records bring that they lead to; ``but`` is a field that is not looked at."""
    found: Cells = {}
    for way in target.relationships.values():
        name = (way.related_by or "").upper()
        if name in cells and "." not in name and name != but:
            found |= _brought(name, cells, way, target, store)
    return found | cells


def check_unused(cells: Cells, target: Object, store: Store, but: Collection[str] = ()) -> None:
    """Refuse to delete a record that others lead to; ``but`` are objects that go or change with it."""
    for name in sorted(store.names()):
        other = store.catalog.object(name)
        if other is None or name in but:
            continue
        for way in other.relationships.values():
            count = _leading(way, other, cells, target, store)
            if count:
                called = cells.get((target.id_field or "").upper()) or cells[(target.key or "").upper()]
                records = f"{count} record{'s' if count > 1 else ''} of {other.name} lead{'' if count > 1 else 's'}"
                raise bad_value(
                    f"{target.name} {called} cannot be deleted: {records} to it by {way.related_by}.",
                    correction="Delete those first, or make this one inactive.",
                )


def _leading(way: Relationship, other: Object, cells: Cells, target: Object, store: Store) -> int:
    """How many records of another object lead to one of this."""
    field = other.fields.get((way.related_by or "").upper())
    column = joined_on(field, target) if field is not None and way.object.upper() == target.name else None
    value = cells.get(column or "")
    if field is None or value is None:
        return 0
    found = numbered(other, field.name.upper(), value, store)
    return len(found) - (other is target and cells[(target.key or "").upper()] in found)


def _brought(name: str, cells: Cells, way: Relationship, target: Object, store: Store) -> Cells:
    other = store.catalog.object(way.object)
    column = joined_on(target.fields[name], other) if other else None
    if other is None or column is None:
        return {}
    copies = [(field, source) for field, source in _copies(name, target) if source in other.fields]
    if cells[name] is None:
        return dict.fromkeys([field for field, _ in copies])
    there = numbered(other, column, cells[name], store)
    if not there:
        if _is_empty(other, store):
            return {}
        words = f"Invalid {name} '{cells[name]}': no {other.name} has it as its {column}."
        raise bad_value(words, correction=f"Create the {other.name} first, or use one that exists.")
    values = row(other, there[0], store)
    return {field: values[source] for field, source in copies}


def _copies(name: str, target: Object) -> Iterator[tuple[str, str]]:
    """The fields beside an id that hold something of what it leads to."""
    ending = next(ending for ending in _ENDINGS if name.endswith(ending))
    stem = name.removesuffix(ending)
    for addition, source in _COPIES.items():
        field = target.fields.get(stem + addition)
        if field is not None and field.name.upper() != name:
            yield stem + addition, source


def _is_empty(target: Object, store: Store) -> bool:
    with store.reading() as connection:
        sql = f"SELECT 1 FROM {store.table(target)} LIMIT 1"  # noqa: S608
        return connection.execute(sql).fetchone() is None
