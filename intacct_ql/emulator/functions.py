"""The functions of the gateway, as a table.

In: the element of a call. Out: what it gives, once it is run on a ``Scene``. Refuses to know: envelopes, credentials.

A function is read before anything is run, because the schema is checked for the whole document first: so each entry
reads its element strictly and returns what will run.
"""

from collections.abc import Callable
from dataclasses import dataclass

from intacct_ql.emulator import elements
from intacct_ql.emulator.counting import Counts
from intacct_ql.emulator.elements import Element
from intacct_ql.emulator.lookup import type_node
from intacct_ql.emulator.query import View, run_query
from intacct_ql.emulator.query_reader import read_query
from intacct_ql.emulator.reader import Call
from intacct_ql.emulator.refusals import FunctionRefused, Malformed, SignInRefused, data_failure
from intacct_ql.emulator.replies import Node, branch, leaf
from intacct_ql.emulator.sessions import Session, Sessions
from intacct_ql.emulator.store import Store

_ONE, _MAYBE = (1, 1), (0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a running function may look at: the company, who asks, and where the request came in."""

    store: Store
    counts: Counts
    private_entities: frozenset[str]
    sessions: Sessions
    session: Session
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """A reply without an envelope, as ``returnformat`` json and csv have it."""

    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a function gives: its ``data`` element, or bare data, and how many rows were in it."""

    data: Node
    rows: int = 0
    bare: Bare | None = None


Run = Callable[[Scene], Given]


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


def _prepare_get_api_session(element: Element) -> Run:
    parts = elements.sequence(element, {"locationid": _MAYBE})
    asked = None if parts["locationid"] is None else elements.leaf(parts["locationid"])

    def run(scene: Scene) -> Given:
        try:
            opened = scene.sessions.open(scene.session, scene.session.locationid if asked is None else asked)
        except SignInRefused as refusal:
            raise FunctionRefused(refusal.error) from refusal
        texts = (("sessionid", opened.sessionid), ("endpoint", scene.url), ("locationid", opened.locationid))
        return Given(data=branch("data", branch("api", *(leaf(name, text) for name, text in texts))))

    return run


def _prepare_lookup(element: Element) -> Run:
    asked = elements.leaf(elements.any_order(element, {"object": _ONE, "docparid": _MAYBE})["object"])

    def run(scene: Scene) -> Given:
        found = scene.store.catalog.object(asked)
        if found is None:
            raise data_failure(f"Object definition {asked} not found.")
        return Given(data=Node(tag="data", content=(type_node(found),), attributes={"listtype": "All", "count": "1"}))

    return run


def _prepare_query(element: Element) -> Run:
    query = read_query(element)

    def run(scene: Scene) -> Given:
        view = View(entity=scene.session.locationid, private=scene.private_entities)
        page = run_query(query, scene.store, scene.counts, view)
        formats = {"json": ("application/json", page.json), "csv": ("text/csv; charset=UTF-8", page.csv)}
        bare = None
        if query.returnformat in formats:
            content_type, write = formats[query.returnformat]
            bare = Bare(content_type=content_type, body=write())
        return Given(data=Node(tag="data", attributes=page.attributes(), raw=page.xml), rows=page.count, bare=bare)

    return run


FUNCTIONS = {
    "getAPISession": Function(prepare=_prepare_get_api_session, alone=True, versions=("3.0", "2.1")),
    "lookup": Function(prepare=_prepare_lookup),
    "query": Function(prepare=_prepare_query),
}


def check_alone(calls: list[Call]) -> None:
    """Refuse a function that must be alone in its request and is not ([?] in what words the gateway does so)."""
    if len(calls) > 1:
        for call in calls:
            if call.name in FUNCTIONS and FUNCTIONS[call.name].alone:
                raise Malformed(f"Element '{call.name}': it must be the only function of a request.")
