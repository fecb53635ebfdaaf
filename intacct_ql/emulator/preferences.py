"""What is set for a user: ``readUserFormatting`` and ``getUserPermissions``.

In: a user's record number or login id, and the ``Scene``. Out: ``Given``. Refuses to know: how rows are read.

A user is one of USERINFO, or one who can sign in: without a row there is no record number to tell ([?]).

Permissions are documented by application and policy, with rights between bars. Here an application is the module of an
object and a policy the object itself; who may read it has ``List`` and ``View``, and ``Add``, ``Edit`` and ``Delete``
where its records are written by themselves; who may not has no such policy ([?]).
They are told to users who may see users [D].
"""

from collections import defaultdict
from dataclasses import dataclass, replace

from intacct_ql.emulator import elements
from intacct_ql.emulator.documents import OWNERS
from intacct_ql.emulator.elements import Element
from intacct_ql.emulator.finding import check_writable, numbered, row
from intacct_ql.emulator.refusals import FunctionRefused, Malformed, data_failure, not_permitted
from intacct_ql.emulator.replies import Node, branch, leaf
from intacct_ql.emulator.scene import Given, Scene
from intacct_ql.schema.model import Object

_APPLICATIONS = {
    "AP": "Accounts Payable",
    "AR": "Accounts Receivable",
    "CM": "Cash Management",
    "CN": "Contracts",
    "CO": "Company",
    "CONSTRUCTION": "Construction",
    "EE": "Time and Expenses",
    "GL": "General Ledger",
    "INV": "Inventory Control",
    "PA": "Projects",
    "PO": "Purchasing",
    "SO": "Order Entry",
    "TAX": "Taxes",
    "": "Platform Services",
}
_FIELDS = {"key": "RECORDNO", "userId": "LOGINID"}
_READING = "List|View"
_WRITING = f"{_READING}|Add|Edit|Delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A user by one of two names, or, without either, who asks."""

    by: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    recordno: str
    userid: str


def read_formatting(element: Element) -> Named | None:
    """The user whose formatting is asked for: by ``key`` or by ``userId``; neither is who asks ([?])."""
    parts = elements.any_order(element, dict.fromkeys(_FIELDS, (0, 1)))
    given = [Named(by=name, what=elements.leaf(found)) for name, found in parts.items() if found is not None]
    if len(given) > 1:
        raise Malformed(
            "Element 'readUserFormatting': one of ( key, userId ) is expected.", line=elements.line(element)
        )
    return given[0] if given else None


def formatting(asked: Named | None, scene: Scene) -> Given:
    """How dates and times are written for a user."""
    user = _user(asked or Named(by="userId", what=scene.session.userid), scene)
    found = scene.sessions.user(user.userid).formatting
    settings = (
        leaf("recordno", user.recordno),
        leaf("locale", found.locale),
        leaf("dateformat", found.dateformat),
        leaf("gmtoffset", found.gmtoffset),
        leaf("clock", str(found.clock)),
    )
    return Given(nodes=(branch("data", branch("userformatting", *settings)),), rows=1)


def read_permissions(element: Element) -> Named:
    """The user whose permissions are asked for."""
    return Named(by="userId", what=elements.leaf(elements.any_order(element, {"userId": (1, 1)})["userId"]))


def permissions(asked: Named, scene: Scene) -> Given:
    """What a user may do, by application and object."""
    if not scene.user.may_read("USERINFO"):
        raise not_permitted("USERINFO")
    theirs = replace(scene, session=replace(scene.session, userid=_user(asked, scene).userid))
    policies: defaultdict[str, list[Node]] = defaultdict(list)
    for name in scene.store.catalog.names():
        found = scene.store.catalog.object(name)
        if found is not None and theirs.user.may_read(found.name):
            application = _APPLICATIONS.get(found.module, found.module)
            policies[application].append(
                branch("policy", leaf("policyName", found.label), leaf("rights", _rights(found, theirs)))
            )
    subscribed = [
        branch("appSubscription", leaf("applicationName", name), branch("policies", *policies[name]))
        for name in sorted(policies)
    ]
    return Given(nodes=(branch("data", branch("permissions", *subscribed)),))


def _rights(target: Object, scene: Scene) -> str:
    try:
        check_writable(target, scene)
    except FunctionRefused:
        return _READING
    return _READING if target.name in OWNERS else _WRITING  # a line is written with its document


def _user(asked: Named, scene: Scene) -> _Known:
    """A user of the company, or one who can sign in; ``FunctionRefused`` for anybody else."""
    table = scene.store.catalog.object("USERINFO")
    if table is not None:
        found = numbered(table, _FIELDS[asked.by], asked.what, scene.store)
        if found:
            return _Known(recordno=str(found[0]), userid=str(row(table, found[0], scene.store)["LOGINID"] or ""))
    if asked.by == "userId" and scene.sessions.knows(asked.what):
        return _Known(recordno="", userid=asked.what)
    named = _FIELDS[asked.by]
    raise data_failure(f"No user has {named} {asked.what}.", correction=f"Query USERINFO for the {named} of users.")
