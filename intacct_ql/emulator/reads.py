"""The generic functions that give rows: ``query``, ``readByQuery``, ``readMore``, ``read``, ``readByName``.

In: the record of a call, and the ``Scene``. Out: ``Given``, or ``FunctionRefused``. Refuses to know: SQL, how a
request is spelled.

- ``query`` names its rows in upper case, ``readByQuery`` in lower case, ``read`` as the object was asked for [C].
- ``readByQuery`` and ``read`` write dotted fields under their dotted names [C for listed ones, ? for all].
- An unknown key of a ``read`` is simply missing; no keys at all give the first hundred rows in no order [C].
- A ``read`` of all fields gives documents with their lines.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from intacct_ql.emulator import reports
from intacct_ql.emulator.conditions import Comparison, Condition
from intacct_ql.emulator.fetch import fetch, numbers, rows_of
from intacct_ql.emulator.literals import number
from intacct_ql.emulator.owned import with_lines
from intacct_ql.emulator.predicate import read_predicate
from intacct_ql.emulator.query import Query, Selected
from intacct_ql.emulator.query_reader import Asked
from intacct_ql.emulator.read_reader import Read, ReadByQuery, ReadMore
from intacct_ql.emulator.refusals import DATA_LAYER, Error, FunctionRefused, data_failure
from intacct_ql.emulator.replies import Node
from intacct_ql.emulator.result_sets import Portion
from intacct_ql.emulator.scene import Given, Scene, given
from intacct_ql.emulator.scope import READ
from intacct_ql.schema.model import Object
from intacct_ql.schema.types import DataType

MOST_KEYS = 100


def query(asked: Asked, scene: Scene) -> Given:
    """A page of a ``query``."""
    found = fetch(scene.allowed(asked.query), scene.store, scene.counts, scene.view)
    found = replace(found, page=found.page.first(scene.part(found.page.count)))
    sent = scene.sent(found.page)
    tag = asked.query.object.upper()
    attributes = {
        "listtype": tag,
        "totalcount": str(found.total),
        "offset": str(found.offset),
        "count": str(found.page.count),
        "numremaining": str(found.remaining),
    }
    data = Node(tag="data", attributes=attributes, raw=partial(sent.xml, tag))
    return given(sent, data, returnformat=asked.returnformat)


def by_query(asked: ReadByQuery, scene: Scene) -> Given:
    """The first page of a ``readByQuery``, whose rows are fixed by now."""
    with _query_failed():
        wanted = _query(asked.object, asked.fields, read_predicate(asked.query))
        wanted = scene.allowed(replace(wanted, pagesize=asked.pagesize))
        taken = numbers(wanted, scene.store, scene.view)
        return written(scene.session.results.begin(wanted, asked.returnformat, taken, scene.ids, scene.part), scene)


def more(asked: ReadMore, scene: Scene) -> Given:
    """A further page of a ``readByQuery``, a view or a report."""
    results = scene.session.results
    if asked.by == "reportId":
        return reports.more(asked.what, scene)
    if asked.by == "resultId":
        return written(results.go_on(asked.what, scene.part), scene)
    name = scene.saved.view(asked.what).name if asked.by == "view" else asked.what
    return written(results.go_on_with(asked.by, name, scene.part), scene)


def by_record_number(asked: Read, scene: Scene) -> Given:
    """The rows of a ``read``."""
    return _by_keys(asked, scene, lambda found: found.key)


def by_name(asked: Read, scene: Scene) -> Given:
    """The rows of a ``readByName``."""
    return _by_keys(asked, scene, lambda found: found.id_field)


def _by_keys(asked: Read, scene: Scene, key_of: Callable[[Object], str | None]) -> Given:
    if len(asked.keys) > MOST_KEYS:
        raise data_failure(f"{len(asked.keys)} keys are asked for; at most {MOST_KEYS} can be.")
    condition = None
    base = scene.store.catalog.object(asked.object)
    if base is not None and asked.keys:
        condition = _one_of(asked.keys, base, key_of(base))
    wanted = replace(_query(asked.object, asked.fields, condition), pagesize=MOST_KEYS)
    page = fetch(scene.allowed(wanted), scene.store, scene.counts, scene.view).page
    if not wanted.select:
        page = with_lines(page, asked.object, scene)
    attributes = {"listtype": asked.object, "count": str(page.count)}
    sent = scene.sent(page)
    data = Node(tag="data", attributes=attributes, raw=partial(sent.xml, asked.object))
    return given(sent, data, returnformat=asked.returnformat)


def _one_of(keys: tuple[str, ...], base: Object, key: str | None) -> Condition:
    if key is None:
        raise data_failure(f"Object {base.name} has no such key to be read by.")
    if base.fields[key.upper()].type is DataType.INTEGER:  # what is no number is the number of no row
        keys = tuple(text for text in keys if number(text, 1) is not None)
    return Comparison(operator="in", field=key, values=keys)


def _query(name: str, fields: tuple[str, ...], condition: Condition | None) -> Query:
    select = tuple(Selected(field=field) for field in fields)
    return Query(object=name, select=select, condition=condition, dialect=READ)


def written(portion: Portion, scene: Scene) -> Given:
    """A page of a ``readByQuery`` or a view."""
    page = rows_of(portion.query, scene.store, portion.numbers)
    tag = portion.query.object.lower()
    attributes = {
        "listtype": "view" if portion.view else tag,
        "count": str(page.count),
        "totalcount": str(portion.total),
        "numremaining": str(portion.remaining),
        "resultId": portion.resultid,
    }
    sent = scene.sent(page)
    rows = partial(sent.xml, tag)
    if portion.view:
        data = Node(tag="data", attributes=attributes, content=(Node(tag="view", raw=rows),))
    else:
        data = Node(tag="data", attributes=attributes, raw=rows)
    return given(sent, data, returnformat=portion.returnformat)


@contextmanager
def _query_failed() -> Iterator[None]:
    """The mistakes of a ``readByQuery`` have these words in the place of a number [C]."""
    try:
        yield
    except FunctionRefused as refusal:
        error = refusal.error
        if error.errorno != DATA_LAYER:
            raise
        words = Error(errorno="Query Failed", description2=error.description2, correction=error.correction)
        raise FunctionRefused(words) from refusal
