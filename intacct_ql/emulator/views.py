"""``readView``: the records of a view that the company keeps.

In: the record of a call, and the ``Scene``. Out: ``Given``, or ``FunctionRefused``. Refuses to know: SQL, elements.

The rows stand under ``data/view`` [C], newest first: a view has no order of its own here ([?]). Element names and
attributes are those of ``readByQuery`` ([?]), and further pages are like the first ([?]).
"""

from intacct_ql.emulator import reads
from intacct_ql.emulator.conditions import Condition, grouped
from intacct_ql.emulator.fetch import numbers
from intacct_ql.emulator.predicate import read_predicate
from intacct_ql.emulator.query import Query, Selected
from intacct_ql.emulator.saved import SAVED, SavedView
from intacct_ql.emulator.scene import Given, Scene
from intacct_ql.emulator.view_reader import ReadView


def read_view(asked: ReadView, scene: Scene) -> Given:
    """The first page of a view, whose rows are fixed by now."""
    view = scene.saved.view(asked.view)
    query = Query(
        object=view.object,
        select=tuple(Selected(field=name) for name in view.fields),
        condition=_condition(view, asked),
        dialect=SAVED,
        pagesize=asked.pagesize,
    )
    query = scene.allowed(query)
    taken = numbers(query, scene.store, scene.view)
    results = scene.session.results
    first = results.begin(query, asked.returnformat, taken, scene.ids, scene.part, view=view.name)
    return reads.written(first, scene)


def _condition(view: SavedView, asked: ReadView) -> Condition | None:
    parts = [part for part in (read_predicate(view.condition), asked.condition()) if part is not None]
    return grouped("and", parts) if parts else None
