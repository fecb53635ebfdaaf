"""Response envelopes: success, and the four levels of failure.

In: records of what happened. Out: the nodes of a response, and its bytes. Refuses to know: how it came to this.

- gateway failure: ``control`` holds only ``status``, ``error`` only ``errorno`` and ``description``
- control failure: ``errormessage`` under ``response``, no ``operation``
- authentication failure: ``errormessage`` under ``operation``, no ``result``
- function failure: ``errormessage`` in its ``result``

``description2`` ends in ``[Support ID: ...]``, URL-escaped, as in recorded replies; gateway errors end in a request id.
"""

import random
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from intacct_ql.emulator.cells import escape
from intacct_ql.emulator.reader import Call, Control
from intacct_ql.emulator.refusals import Error

_LETTERS = string.ascii_letters + string.digits
_STEP = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An element to write. ``raw`` gives parts that are markup already, when told the line break before each."""

    tag: str
    content: "str | tuple[Node, ...]" = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    raw: Callable[[str], Iterable[str]] | None = None

    @property
    def size(self) -> int:
        """How many elements this is, without those that are markup already."""
        return 1 + sum(child.size for child in self.content if isinstance(child, Node))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the ``authentication`` of a reply says about who asked."""

    userid: str = ""
    companyid: str = ""
    locationid: str = ""
    began: datetime | None = None
    expires: datetime | None = None


def leaf(tag: str, text: str) -> Node:
    """An element with text."""
    return Node(tag=tag, content=text)


def flag(tag: str, holds: object) -> Node:
    """An element that says whether something holds."""
    return leaf(tag, "true" if holds else "false")


def branch(tag: str, *content: Node) -> Node:
    """An element with elements."""
    return Node(tag=tag, content=content)


def document(root: Node, *, whitespace: bool = True) -> bytes:
    """A whole document; indented where the request left ``includewhitespace`` on."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>' if whitespace else '<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(root, "\n" if whitespace else "", out)
    return "".join([*out, "\n"]).encode()


def success(control: Control, operations: Sequence[Node]) -> Node:
    """A reply whose operations were looked at, whatever became of them."""
    return branch("response", _control(control, "success"), *operations)


def acknowledgement(control: Control) -> Node:
    """A reply to a request that is answered elsewhere: it came in, and no more is said of it."""
    accepted = branch("acknowledgement", leaf("status", "success"))
    return branch("response", accepted, _control(control, "success"))


def control_failure(control: Control, errors: Sequence[Error], ids: random.Random) -> Node:
    """A reply to a request that was refused as a whole."""
    return branch("response", _control(control, "failure"), _errormessage(errors, ids))


def gateway_failure(errorno: str, description: str, ids: random.Random) -> Node:
    """What the layer before the application answers."""
    request_id = "".join(ids.choices("0123456789ABCDEF", k=8))
    error = branch("error", leaf("errorno", errorno), leaf("description", f"{description} [Request ID: {request_id}]"))
    return branch("response", branch("control", leaf("status", "failure")), branch("errormessage", error))


def operation(standing: Standing, results: Sequence[Node]) -> Node:
    """An operation whose credentials were accepted."""
    return branch("operation", _authentication("success", standing), *results)


def sign_in_failure(standing: Standing, error: Error, ids: random.Random) -> Node:
    """An operation whose credentials were refused."""
    return branch("operation", _authentication("failure", standing), _errormessage([error], ids))


def result(call: Call, *nodes: Node) -> Node:
    """A function that succeeded: its ``data``, before which legacy functions put a ``listtype``."""
    return _result(call, "success", *nodes)


def failed(call: Call, errors: Sequence[Error], ids: random.Random, *before: Node, status: str = "failure") -> Node:
    """A function that failed, be it after part of its work, or was undone with its transaction (``aborted``)."""
    return _result(call, status, *before, _errormessage(errors, ids))


def _result(call: Call, status: str, *nodes: Node) -> Node:
    names = leaf("status", status), leaf("function", call.name), leaf("controlid", call.controlid)
    return branch("result", *names, *nodes)


def _control(control: Control, status: str) -> Node:
    return branch(
        "control",
        leaf("status", status),
        leaf("senderid", control.senderid),
        leaf("controlid", control.controlid),
        leaf("uniqueid", control.uniqueid),
        leaf("dtdversion", control.dtdversion),
    )


def _authentication(status: str, standing: Standing) -> Node:
    parts = [
        leaf("status", status),
        leaf("userid", standing.userid),
        leaf("companyid", standing.companyid),
        leaf("locationid", standing.locationid),
    ]
    if standing.began and standing.expires:
        parts.append(leaf("sessiontimestamp", standing.began.isoformat(timespec="seconds")))
        parts.append(leaf("sessiontimeout", standing.expires.isoformat(timespec="seconds")))
    return branch("authentication", *parts)


def _errormessage(errors: Sequence[Error], ids: random.Random) -> Node:
    return branch("errormessage", *(_error(error, ids) for error in errors))


def _error(error: Error, ids: random.Random) -> Node:
    support = quote(f"{''.join(ids.choices(_LETTERS, k=6))}~{''.join(ids.choices(_LETTERS + '-_', k=24))}", safe="")
    return branch(
        "error",
        leaf("errorno", error.errorno),
        leaf("description", error.description),
        # quote() leaves the tilde alone, the gateway does not
        leaf("description2", f"{error.description2} [Support ID: {support.replace('~', '%7E')}]"),
        leaf("correction", error.correction),
    )


def _write(node: Node, margin: str, out: list[str]) -> None:
    """Append the parts of a node. They are joined once, at the end: a page is megabytes."""
    out.append(f"{margin}<{node.tag}{_attributes(node)}>")
    if isinstance(node.content, str) and not node.raw:
        out.append(f"{escape(node.content)}</{node.tag}>")
        return
    before, inner = len(out), f"{margin}{_STEP}" if margin else ""
    if node.raw:
        out.extend(node.raw(inner))
    else:
        for child in node.content:
            if isinstance(child, Node):
                _write(child, inner, out)
    out.append(f"{margin if len(out) > before else ''}</{node.tag}>")


def _attributes(node: Node) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
