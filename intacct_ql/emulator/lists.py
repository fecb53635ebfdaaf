"""The legacy functions that give rows: ``get_list`` and ``get``.

In: the record of a call, and the ``Scene``. Out: ``Given``, or ``FunctionRefused``. Refuses to know: SQL, how a
request is spelled.

- Names are those of DTD 2.1, in lower case, dotted ones as elements in elements; a DATE has the elements year, month
  and day [D]. A NULL of any type is an empty element ([?]).
- ``listtype`` says where the list stands; ``end`` is the last row's place, so that an empty list ends before its start
  (``start="0" end="-1" total="0"``) ([?]).
- Literals, NULLs and case are those of ``query`` ([?]). There is no ``is not null``: it is documented nowhere.
- Owned lines (``invoiceitems``) are left out.
"""

from dataclasses import replace
from functools import partial

from intacct_ql.emulator.conditions import SIGNS, Comparison, Condition, Negation
from intacct_ql.emulator.fetch import fetch
from intacct_ql.emulator.list_reader import Getting, Listing
from intacct_ql.emulator.pages import Page
from intacct_ql.emulator.query import Query
from intacct_ql.emulator.refusals import Error, FunctionRefused, data_failure
from intacct_ql.emulator.replies import Node
from intacct_ql.emulator.scene import Given, Scene, given
from intacct_ql.emulator.scope import LEGACY
from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.legacy import legacy_key, legacy_name
from intacct_ql.schema.model import Object

LONGEST = 1000
"""The most that ``maxitems`` may ask for ([?])."""

_OPERATORS = {**SIGNS, "!=": "notequalto", "like": "like", "not like": "notlike", "is null": "isnull"}


def get_list(asked: Listing, scene: Scene) -> Given:
    """A part of a list."""
    if asked.parameters:
        raise data_failure("additional_parameters have no meaning for any list here.")
    if asked.maxitems > LONGEST:
        raise data_failure(f"maxitems is {asked.maxitems}; it may be {LONGEST} at most.")
    query = Query(
        object=_object(asked.object, scene.store.catalog).name,
        select=asked.fields,
        condition=None if asked.condition is None else _understood(asked.condition),
        orders=asked.orders,
        dialect=LEGACY,
        showprivate=asked.showprivate,
        pagesize=asked.maxitems,
        offset=asked.start,
    )
    found = fetch(scene.allowed(query), scene.store, scene.counts, scene.view)
    found = replace(found, page=found.page.first(scene.part(found.page.count)))
    sent = scene.sent(found.page)
    places = {"start": found.offset, "end": found.offset + found.page.count - 1, "total": found.total}
    attributes = {name: str(place) for name, place in places.items()}
    listtype = Node(tag="listtype", content=asked.object, attributes=attributes)
    return given(sent, listtype, _data(sent, asked.object))


def get(asked: Getting, scene: Scene) -> Given:
    """One record by its key; ``FunctionRefused`` where there is none."""
    if asked.externalkey:
        raise data_failure("No record here has an external key.")
    target = _object(asked.object, scene.store.catalog)
    key = legacy_key(target.name)
    if key is None:
        raise data_failure(f"What the key of {asked.object} is, no public source says: use get_list.")
    condition = Comparison(operator="equalto", field=legacy_name(target.name, key), values=(asked.key,))
    query = Query(object=target.name, select=asked.fields, condition=condition, dialect=LEGACY, pagesize=1)
    page = fetch(scene.allowed(query), scene.store, scene.counts, scene.view).page
    if not page.count:
        words = f"Could not find {asked.object} record with key {asked.key}."
        raise FunctionRefused(Error(errorno="BL01001973", description2=words))
    return given(page, _data(page, asked.object))


def _data(page: Page, tag: str) -> Node:
    return Node(tag="data", raw=partial(page.nested_xml, tag))


def _object(name: str, catalog: Catalog) -> Object:
    """The object behind a name of DTD 2.1."""
    alias = catalog.alias(name)
    found = catalog.object(alias.object if alias else name)
    if found is None:
        raise data_failure(f"Object {name} is not kept here.")
    return found


def _understood(condition: Condition) -> Condition:
    """A filter with the operators by the names that ``query`` has for them."""
    if isinstance(condition, Negation):
        return replace(condition, member=_understood(condition.member))
    if not isinstance(condition, Comparison):
        return replace(condition, members=tuple(_understood(member) for member in condition.members))
    operator = _OPERATORS.get(condition.operator.strip())
    if operator is None:
        words = f"Unknown operator '{condition.operator}' for field {condition.field}."
        raise data_failure(words, correction=f"Use one of: {', '.join(_OPERATORS)}.")
    if operator != "isnull":
        return replace(condition, operator=operator)
    if condition.values != ("",):
        raise data_failure(f"Operator is null of field {condition.field} takes an empty value.")
    return replace(condition, operator=operator, values=())
