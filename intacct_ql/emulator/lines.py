"""The lines of a document in the store: written with it, changed after it, removed with it.

In: the parts of the lines, and the cells of their document before and after. Out: rows, and the totals; or
``FunctionRefused`` before anything is written. Refuses to know: how a document itself is written.

What a kept line had of its document it has of it again when that changes; what it said itself stays.
"""

from dataclasses import dataclass

from intacct_ql.emulator import documents, marks
from intacct_ql.emulator.documents import DOCUMENTS
from intacct_ql.emulator.finding import numbered, row
from intacct_ql.emulator.journals import check_balance
from intacct_ql.emulator.numbering import keep_number, next_number
from intacct_ql.emulator.records import Cells, check_no_text, check_required, read_cells
from intacct_ql.emulator.references import with_references
from intacct_ql.emulator.refusals import bad_value, data_failure
from intacct_ql.emulator.scene import Scene
from intacct_ql.emulator.write_reader import Part
from intacct_ql.schema.model import Object


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """The lines that a document has by now, and what lines have of it before and after a change."""

    target: Object
    key: str
    link: str
    numbers: frozenset[int]
    old: Cells
    new: Cells


def write_lines(parts: tuple[Part, ...], before: Cells, after: Cells, target: Object, scene: Scene) -> Cells:
    """Put these lines in the place of all that a document has; gives its totals. A new document was nothing before."""
    documents.check_count(target.name, len(parts))
    held = _held(before, after, target, scene)
    fresh = marks.created(held.target, scene) | held.new
    lines = [_line(part, place, fresh, held, scene) for place, part in enumerate(parts)]
    if target.name == "GLBATCH":
        check_balance(lines)
    totals = documents.totals(lines, after, target)
    kept = [cells[held.key] for cells in lines if held.key in cells]
    if len(set(kept)) < len(kept):
        raise bad_value(f"A {held.key} stands in two lines of {held.target.name}.", correction="Write each line once.")
    _remove(held, scene)
    for cells in lines:
        numbered_too = {held.key: cells.get(held.key) or next_number(scene.store, held.target)}
        scene.store.insert(held.target.name, cells | numbered_too)
    return totals


def pass_on(before: Cells, after: Cells, target: Object, scene: Scene) -> None:
    """Let the lines follow their document, which has changed."""
    held = _held(before, after, target, scene)
    for number in held.numbers:
        changed = _following(row(held.target, number, scene.store), held, scene)
        if changed:
            scene.store.update(held.target.name, number, changed | marks.modified(held.target, scene))


def remove_lines(document: Cells, target: Object, scene: Scene) -> None:
    """Remove the lines of a document."""
    _remove(_held(document, document, target, scene), scene)


def _remove(held: _Held, scene: Scene) -> None:
    keep_number(scene.store, held.target)
    scene.store.delete(held.target.name, *held.numbers)


def _held(before: Cells, after: Cells, target: Object, scene: Scene) -> _Held:
    lines = DOCUMENTS[target.name]
    line = scene.store.catalog.object(lines.object)
    if line is None:
        raise data_failure(f"Object {lines.object}, which the lines of {target.name} are, is not kept here.")
    owner = before.get(lines.number)
    return _Held(
        target=line,
        key=(line.key or "").upper(),
        link=lines.link,
        numbers=frozenset() if owner is None else frozenset(numbered(line, lines.link, owner, scene.store)),
        old=documents.inherited(before, target.name, line),
        new=documents.inherited(after, target.name, line),
    )


def _line(part: Part, place: int, fresh: Cells, held: _Held, scene: Scene) -> Cells:
    """One line as it will be."""
    check_no_text(part)
    written = read_cells(part.parts, held.target, scene.user.formatting, {held.key} if held.numbers else ())
    written = with_references(written, held.target, scene.store)
    before = _before(written, held, scene) if held.key in written else {}
    cells = documents.completed(before | written, fresh, place, held.target)
    cells = before | written | with_references(cells, held.target, scene.store, but=held.link)
    check_required(cells, held.target, held.target.fields)
    return cells


def _before(written: Cells, held: _Held, scene: Scene) -> Cells:
    """What stays of a line that goes on."""
    number = written[held.key]
    if not isinstance(number, int) or number not in held.numbers:
        words = f"{held.target.name} {number} is no line of this document."
        raise bad_value(words, correction=f"Leave its {held.key} out to add a line.")
    has = row(held.target, number, scene.store)
    has |= _following(has, held, scene)
    outdated = documents.outdated(written)
    return {field: cell for field, cell in has.items() if field not in outdated}


def _following(has: Cells, held: _Held, scene: Scene) -> Cells:
    """What changes of a line with its document: all that it had of it."""
    old, new = held.old, held.new
    changed = {field: cell for field, cell in new.items() if cell != old[field] and has[field] == old[field]}
    return with_references(changed, held.target, scene.store, but=held.link)
