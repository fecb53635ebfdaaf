"""The functions of the gateway, as a table.

In: the element of a call. Out: what it gives, once it is run on a ``Scene``. Refuses to know: envelopes, credentials.

A function is read before anything is run, because the schema is checked for the whole document first: so each entry
reads its element strictly and returns what will run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from intacct_ql.emulator import (
    dimensions,
    elements,
    entities,
    inspecting,
    lists,
    preferences,
    reads,
    reports,
    views,
    writes,
)
from intacct_ql.emulator.elements import Element
from intacct_ql.emulator.list_reader import read_get, read_list
from intacct_ql.emulator.lookup import type_node
from intacct_ql.emulator.query_reader import read_query
from intacct_ql.emulator.read_reader import read_by_query, read_keys, read_more
from intacct_ql.emulator.reader import Call
from intacct_ql.emulator.refusals import FunctionRefused, Malformed, SignInRefused, data_failure
from intacct_ql.emulator.replies import Node, branch, leaf
from intacct_ql.emulator.report_reader import read_report
from intacct_ql.emulator.scene import Given, Run, Scene
from intacct_ql.emulator.view_reader import read_view
from intacct_ql.emulator.write_reader import read_delete, read_objects

MOST_FUNCTIONS = 1000

_ONE, _MAYBE = (1, 1), (0, 1)

Asked = TypeVar("Asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """How an element is read, whether it must be alone in its request, and in which dtdversions it exists."""

    prepare: Callable[[Element], Run]
    alone: bool = False
    versions: tuple[str, ...] = ("3.0",)


def prepare(call: Call, *, dtdversion: str) -> Run:
    """What will run for a call; ``Malformed`` for an unknown function or one that breaks its schema."""
    function = FUNCTIONS.get(call.name)
    if function is None or dtdversion not in function.versions:
        known = [name for name, each in FUNCTIONS.items() if dtdversion in each.versions]
        raise elements.unexpected(call.element, known)
    return function.prepare(call.element)


def _in_two_steps(read: Callable[[Element], Asked], run: Callable[[Asked, Scene], Given]) -> Callable[[Element], Run]:
    """A function that is read now and run later."""

    def prepare_it(element: Element) -> Run:
        asked = read(element)
        return lambda scene: run(asked, scene)

    return prepare_it


def _read_get_api_session(element: Element) -> str | None:
    found = elements.sequence(element, {"locationid": _MAYBE})["locationid"]
    return None if found is None else elements.leaf(found)


def _get_api_session(asked: str | None, scene: Scene) -> Given:
    try:
        opened = scene.sessions.open(scene.session, scene.session.locationid if asked is None else asked)
    except SignInRefused as refusal:
        raise FunctionRefused(refusal.error) from refusal
    texts = (("sessionid", opened.sessionid), ("endpoint", scene.url), ("locationid", opened.locationid))
    return Given(nodes=(branch("data", branch("api", *(leaf(name, text) for name, text in texts))),))


def _read_lookup(element: Element) -> str:
    return elements.leaf(elements.any_order(element, {"object": _ONE, "docparid": _MAYBE})["object"])


def _lookup(asked: str, scene: Scene) -> Given:
    found = scene.store.catalog.object(asked)
    if found is None:
        raise data_failure(f"Object definition {asked} not found.")
    data = Node(tag="data", content=(type_node(found),), attributes={"listtype": "All", "count": "1"})
    return Given(nodes=(data,))


_BOTH = ("3.0", "2.1")

FUNCTIONS = {
    "getAPISession": Function(
        prepare=_in_two_steps(_read_get_api_session, _get_api_session), alone=True, versions=_BOTH
    ),
    "lookup": Function(prepare=_in_two_steps(_read_lookup, _lookup)),
    "query": Function(prepare=_in_two_steps(read_query, reads.query)),
    "readByQuery": Function(prepare=_in_two_steps(read_by_query, reads.by_query)),
    "readView": Function(prepare=_in_two_steps(read_view, views.read_view)),
    "readReport": Function(prepare=_in_two_steps(read_report, reports.read_report)),
    "readMore": Function(prepare=_in_two_steps(read_more, reads.more)),
    "read": Function(prepare=_in_two_steps(read_keys, reads.by_record_number)),
    "readByName": Function(prepare=_in_two_steps(read_keys, reads.by_name)),
    "create": Function(prepare=_in_two_steps(read_objects, writes.create)),
    "update": Function(prepare=_in_two_steps(read_objects, writes.update)),
    "delete": Function(prepare=_in_two_steps(read_delete, writes.delete)),
    "inspect": Function(prepare=_in_two_steps(inspecting.read_inspect, inspecting.inspect)),
    "getDimensions": Function(prepare=_in_two_steps(elements.nothing, dimensions.dimensions)),
    "getDimensionRelationships": Function(prepare=_in_two_steps(elements.nothing, dimensions.relationships)),
    "readEntityDetails": Function(prepare=_in_two_steps(elements.nothing, entities.details)),
    "readUserFormatting": Function(prepare=_in_two_steps(preferences.read_formatting, preferences.formatting)),
    "getUserPermissions": Function(prepare=_in_two_steps(preferences.read_permissions, preferences.permissions)),
    "get_list": Function(prepare=_in_two_steps(read_list, lists.get_list), versions=_BOTH),
    "get": Function(prepare=_in_two_steps(read_get, lists.get), versions=_BOTH),
}


def check_together(calls: list[Call]) -> None:
    """Refuse too many functions, and one that must be alone in its request and is not ([?] in what words).

    Nobody has found out how many functions the gateway takes; here there must be an end somewhere.
    """
    if len(calls) > MOST_FUNCTIONS:
        raise Malformed(f"{len(calls)} functions are in one request; at most {MOST_FUNCTIONS} can be.")
    if len(calls) > 1:
        for call in calls:
            if call.name in FUNCTIONS and FUNCTIONS[call.name].alone:
                raise Malformed(f"Element '{call.name}': it must be the only function of a request.")
