"""The generic functions that write: ``create``, ``update`` and ``delete``.

In: the record of a call, and the ``Scene``. Out: ``Given``, or ``FunctionRefused``. Refuses to know: elements, SQL.

- Objects are written one after the other. Where one is refused those before it stay, and the reply has both its data
  and the errors: the particular one, then that the record could not be created [C].
- The reply names the keys alone, in an element in lower case [C]: the record number, and the id where there is one.
- An ``update`` finds its record by the record number or, without it, by the id; what is not in it stays, and an empty
  element is NULL [D]. An id does not change, but a document's RECORDID may ([?]).
- The lines in an update are from then on all lines of the document; one with its RECORDNO goes on being that line
  ([?] but for journal entries, whose lines are replaced [D]).
- A ``delete`` takes record numbers, and ends at the first that is not there or that another record leads to; those
  before it are gone ([?]).
"""

from collections.abc import Callable

from intacct_ql.emulator import documents, marks
from intacct_ql.emulator.documents import DOCUMENTS, OWNERS
from intacct_ql.emulator.finding import check_unique, check_writable, find, row
from intacct_ql.emulator.lines import pass_on, remove_lines, write_lines
from intacct_ql.emulator.numbering import keep_number, next_number
from intacct_ql.emulator.posting import DERIVED, follow
from intacct_ql.emulator.records import Cells, check_no_text, check_required, read_cells
from intacct_ql.emulator.references import check_unused, with_references
from intacct_ql.emulator.refusals import NOT_DONE, Error, FunctionRefused, bad_value, data_failure
from intacct_ql.emulator.replies import Node, branch, leaf
from intacct_ql.emulator.scene import Given, Scene
from intacct_ql.emulator.write_reader import MOST_OBJECTS, Delete, Part
from intacct_ql.schema.model import Object

_Write = Callable[[Part, Scene], Node]


def create(asked: tuple[Part, ...], scene: Scene) -> Given:
    """New records."""
    return _each(asked, scene, _create, "create")


def update(asked: tuple[Part, ...], scene: Scene) -> Given:
    """Changes of records."""
    return _each(asked, scene, _update, "update")


def delete(asked: Delete, scene: Scene) -> Given:
    """Remove records, the lines of documents with them; the reply has no data [D]."""
    found = scene.store.catalog.object(asked.object)
    if found is None:
        raise FunctionRefused(Error(errorno="WS", description2=f"Object definition {asked.object} not found"))
    target = _own(found, scene)
    if not 1 <= len(asked.keys) <= MOST_OBJECTS:
        raise data_failure(f"{len(asked.keys)} keys are to be deleted; 1 to {MOST_OBJECTS} can be.")
    for key in asked.keys:
        with scene.store.reading():
            _delete(target, key, scene)
    return Given(nodes=())


def _each(asked: tuple[Part, ...], scene: Scene, write: _Write, verb: str) -> Given:
    done: list[Node] = []
    errors: tuple[Error, ...] = ()
    for part in asked:
        try:
            with scene.store.reading():  # nobody else writes between the checks and the rows
                done.append(write(part, scene))
        except FunctionRefused as refusal:
            failed = Error(errorno=NOT_DONE, description2=f"Could not {verb} {part.name.lower()} record!")
            errors = (refusal.error, failed)
            break
    attributes = {"listtype": "objects", "count": str(len(done))}
    return Given(nodes=(Node(tag="data", content=tuple(done), attributes=attributes),), errors=errors)


def _create(part: Part, scene: Scene) -> Node:
    target = _target(part, scene)
    own, lines = documents.split(part)
    cells = read_cells(own, target, scene.user.formatting)
    number = next_number(scene.store, target)
    cells = marks.created(target, scene) | documents.at_first(target, cells, number) | {_key(target): number}
    if target.name == "GLBATCH" and cells.get("BATCHNO") is None:
        cells["BATCHNO"] = next_number(scene.store, target, "BATCHNO")
    cells = with_references(cells, target, scene.store)
    check_required(cells, target, target.fields)
    check_unique(cells, target, scene.store)
    if target.name in DOCUMENTS:
        cells |= write_lines(lines or (), {}, cells, target, scene)
    scene.store.insert(target.name, cells)
    follow(target, {}, row(target, number, scene.store), scene.store)
    return _keys(target, cells)


def _update(part: Part, scene: Scene) -> Node:
    target = _target(part, scene)
    own, lines = documents.split(part)
    id_field = (target.id_field or "").upper()
    written = read_cells(own, target, scene.user.formatting, {_key(target), id_field})
    number = _number(written, target, scene)
    before = row(target, number, scene.store)
    changes = with_references(_without_keys(written, before, target), target, scene.store)
    check_required(changes, target, changes.keys())
    if id_field in changes:
        check_unique(before | changes, target, scene.store)
    changes |= marks.modified(target, scene)
    after = before | changes
    if lines is not None:
        changes |= write_lines(lines, before, after, target, scene)
    elif target.name in DOCUMENTS:
        pass_on(before, after, target, scene)
    if changes:
        scene.store.update(target.name, number, changes)
        follow(target, before, row(target, number, scene.store), scene.store)
    return _keys(target, after)


def _delete(target: Object, key: str, scene: Scene) -> None:
    number = find(target, _key(target), key, scene)
    if number is None:
        words = f"Cannot find {target.name.lower()} with key '{key}' to delete."
        raise FunctionRefused(Error(errorno=NOT_DONE, description2=words))
    before = row(target, number, scene.store)
    lines = DOCUMENTS.get(target.name)
    check_unused(before, target, scene.store, but={lines.object, *DERIVED} if lines else ())
    if lines:
        remove_lines(before, target, scene)
    keep_number(scene.store, target)
    scene.store.delete(target.name, number)
    follow(target, before, {}, scene.store)
    description = before.get((target.id_field or "").upper())
    marks.deleted(target, number, "" if description is None else str(description), scene)


def _target(part: Part, scene: Scene) -> Object:
    found = scene.store.catalog.object(part.name)
    if found is None:
        raise data_failure(f"Object definition {part.name} not found.")
    check_no_text(part)
    return _own(found, scene)


def _own(found: Object, scene: Scene) -> Object:
    """An object that is written by itself."""
    check_writable(found, scene)
    if found.name in OWNERS:
        raise documents.refuse_line(found.name)
    return found


def _number(written: Cells, target: Object, scene: Scene) -> int:
    """The number of the record that an update means."""
    key, id_field = _key(target), (target.id_field or "").upper()
    by = next((name for name in (key, id_field) if written.get(name) is not None), None)
    if by is None:
        names = " or ".join(name for name in (key, id_field) if name)
        raise bad_value(f"Missing {names}: no record of object {target.name} is named.", correction=f"Give {names}.")
    number = find(target, by, str(written[by]), scene)
    if number is None:
        words = f"Cannot find {target.name.lower()} with {by} '{written[by]}' to update."
        raise FunctionRefused(Error(errorno=NOT_DONE, description2=words))
    return number


def _without_keys(written: Cells, before: Cells, target: Object) -> Cells:
    """What is to change: not the record number, and not the id, which may be written as it is."""
    key, id_field = _key(target), (target.id_field or "").upper()
    if id_field in written and written[id_field] != before[id_field] and id_field != "RECORDID":
        words = f"{id_field} of object {target.name} cannot be changed from '{before[id_field]}'."
        raise bad_value(words, correction=f"Leave {id_field} out, or create another record.")
    same = {key} | ({id_field} if written.get(id_field) == before.get(id_field) else set())
    return {name: cell for name, cell in written.items() if name not in same}


def _key(target: Object) -> str:
    return (target.key or "").upper()


def _keys(target: Object, cells: Cells) -> Node:
    """The keys of a record, as the reply to what wrote it has them."""
    names = dict.fromkeys((_key(target), (target.id_field or "").upper()))
    found = [leaf(name, str(cells[name])) for name in names if cells.get(name) is not None]
    return branch(target.name.lower(), *found)
