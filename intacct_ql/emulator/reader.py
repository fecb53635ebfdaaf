"""The request envelope, read strictly.

In: the bytes of a request document. Out: a ``Request`` of frozen records, the functions still as elements.
Refuses to know: whether the credentials are right, what the functions mean.

The order of elements inside ``control``, ``operation`` and ``login`` is part of the schema (api.xsd, dtdversion 3.0):
a ``password`` before the ``companyid`` makes the request invalid. ``validate`` is a word of dtdversion 2.1 alone.
"""

from dataclasses import dataclass, field

from intacct_ql.emulator.elements import (
    MANY,
    Element,
    any_order,
    boolean,
    children,
    leaf,
    line,
    optional,
    parse,
    sequence,
    tag,
    unexpected,
)
from intacct_ql.emulator.refusals import Malformed

_ONE, _MAYBE, _SOME, _ANY = (1, 1), (0, 1), (1, MANY), (0, MANY)

_REQUEST = {"control": _ONE, "operation": _SOME}
CONTROL = {
    "appid": _MAYBE,
    "senderid": _ONE,
    "password": _MAYBE,
    "controlid": _ONE,
    "uniqueid": _MAYBE,
    "dtdversion": _MAYBE,
    "policyid": _MAYBE,
    "debug": _MAYBE,
    "validate": _MAYBE,
    "includewhitespace": _MAYBE,
    "showadditionalerrorinfo": _MAYBE,
}
_OPERATION = {"authentication": _ONE, "preferences": _ANY, "content": _ANY}
_CONTENT = {"function": _SOME}
_AUTHENTICATION = {"login": _MAYBE, "sessionid": _MAYBE, "oauth": _MAYBE}
_LOGIN = {"userid": _ONE, "companyid": _ONE, "password": _ONE, "clientid": _MAYBE, "locationid": _MAYBE}
_VERSIONS = ("3.0", "2.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Who sends, and what is echoed back. ``uniqueid`` is echoed as it was sent."""

    senderid: str = ""
    password: str = field(default="", repr=False)
    controlid: str = ""
    uniqueid: str = "false"
    dtdversion: str = "3.0"
    policyid: str = ""
    includewhitespace: bool = True
    showadditionalerrorinfo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """User credentials. ``locationid`` is the entity; None where the element was missing."""

    userid: str
    companyid: str
    password: str = field(repr=False)
    clientid: str | None = None
    locationid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionId:
    """A session to go on with."""

    sessionid: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """The schema's third way to sign in, documented nowhere: readable, never accepted."""


Authentication = Login | SessionId | OAuth


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One function of a request: its control id, its name and its element."""

    controlid: str
    name: str
    element: Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One authentication and the functions that run under it."""

    transaction: bool
    authentication: Authentication
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A whole request document."""

    control: Control
    operations: tuple[Operation, ...]


def read_root(body: bytes) -> Element:
    """The root element of a request document; ``Malformed`` if there is none."""
    root = parse(body)
    if tag(root) != "request":
        raise unexpected(root, ("request",))
    return root


def read_control(root: Element) -> Control:
    """The control block, which is echoed in the reply even where the rest of the document is malformed."""
    first = children(root)[:1]
    if not first or tag(first[0]) != "control":
        raise Malformed("Element 'request': Missing child element(s). Expected is ( control ).", line=line(root))
    parts = sequence(first[0], CONTROL)
    version = optional(parts["dtdversion"], "3.0")
    if version not in _VERSIONS:
        raise Malformed(f"Element 'dtdversion': '{version}' is not one of 3.0, 2.1.", line=line(parts["dtdversion"]))
    if parts["validate"] is not None and version != "2.1":
        raise unexpected(parts["validate"], ("includewhitespace", "showadditionalerrorinfo"))
    controlid = leaf(parts["controlid"])
    if len(controlid) > 256:
        raise Malformed("Element 'controlid': longer than 256 characters.", line=line(parts["controlid"]))
    return Control(
        senderid=leaf(parts["senderid"]),
        password=optional(parts["password"]),
        controlid=controlid,
        uniqueid=optional(parts["uniqueid"], "false"),
        dtdversion=version,
        policyid=optional(parts["policyid"]),
        includewhitespace=boolean(parts["includewhitespace"], default=True),
        showadditionalerrorinfo=boolean(parts["showadditionalerrorinfo"], default=False),
    )


def read_operations(root: Element) -> tuple[Operation, ...]:
    """The operations of a document whose control block has been read."""
    return tuple(_operation(element) for element in sequence(root, _REQUEST)["operation"])


def read_request(body: bytes) -> Request:
    """A request document from its bytes; ``Malformed`` where the schema is not met."""
    root = read_root(body)
    return Request(control=read_control(root), operations=read_operations(root))


def _operation(element: Element) -> Operation:
    parts = sequence(element, _OPERATION, attributes=("transaction",))
    functions = [function for content in parts["content"] for function in sequence(content, _CONTENT)["function"]]
    return Operation(
        transaction=element.get("transaction", "false").lower() == "true",
        authentication=_authentication(parts["authentication"]),
        calls=tuple(_call(function) for function in functions),
    )


def _authentication(element: Element) -> Authentication:
    parts = {name: found for name, found in any_order(element, _AUTHENTICATION).items() if found is not None}
    if len(parts) != 1:
        raise Malformed("Element 'authentication': exactly one of ( login, sessionid, oauth ).", line=line(element))
    if "sessionid" in parts:
        return SessionId(sessionid=leaf(parts["sessionid"]))
    return _login(parts["login"]) if "login" in parts else OAuth()


def _login(element: Element) -> Login:
    parts = sequence(element, _LOGIN)
    return Login(
        userid=leaf(parts["userid"]),
        companyid=leaf(parts["companyid"]),
        password=leaf(parts["password"]),
        clientid=None if parts["clientid"] is None else leaf(parts["clientid"]),
        locationid=None if parts["locationid"] is None else leaf(parts["locationid"]),
    )


def _call(element: Element) -> Call:
    if element.get("controlid") is None:
        raise Malformed("Element 'function': The attribute 'controlid' is required but missing.", line=line(element))
    found = children(element, attributes=("controlid",))
    if len(found) != 1:
        raise Malformed("Element 'function': exactly one call is expected.", line=line(element))
    return Call(controlid=element.get("controlid", ""), name=tag(found[0]), element=found[0])
