"""Requests held to schemas of our own.

In: a whole request, or one function's element. Out: what is wrong with it, each finding with its place.
Refuses to know: who made it, and what it asks for.

The schemas lie in ``schemas/``, one file a family of functions; ``request.xsd`` takes in the others. libxml2, which
lxml brings along, reads them all in a millisecond: every call has its own, and threads share nothing.
"""

import os
import re
from dataclasses import dataclass

from lxml import etree

from intacct_ql.errors import RequestError

_SCHEMA = os.path.join(os.path.dirname(__file__), "schemas", "request.xsd")

_SHOWN = 150
"""Characters that are kept of either end of a long reason: in its middle a wrong value is quoted."""

_WORDS = re.compile(
    r"Element '[^']*'(?:, attribute '(?P<attribute>[^']*)')?: (?:\[facet '\w+'\] )?(?P<reason>.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that the schema forbids: where (``/query/filter/and``, an attribute as ``/get/@object``), and why."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def violations(document: str | bytes, root: str | None = None) -> tuple[Violation, ...]:
    """Everything the schema forbids in a request or a function's element, in the order of the document.

    ``root`` names the element that is expected; without it any function's element will do, and ``request``. Raises
    nothing: what is not XML at all is a violation too. No password and no session id is ever quoted.
    """
    try:
        element = _read(document)
    except etree.XMLSyntaxError as wrong:  # its own words may quote what stands there
        line, column = wrong.position
        return (Violation(path="/", reason=f"this is not well-formed XML (line {line}, column {column})"),)
    if element.getroottree().docinfo.doctype:
        return (Violation(path="/", reason="a DOCTYPE is not allowed"),)
    if root not in (None, element.tag):
        return (Violation(path=f"/{element.tag!s}", reason=f"the element {root} is expected here"),)
    schema = etree.XMLSchema(file=_SCHEMA)
    schema.validate(element)
    return tuple([_violation(entry.path or "/", entry.message) for entry in schema.error_log]) + _company(element)


def demand_valid(document: str | bytes, root: str | None = None) -> None:
    """Raise ``RequestError`` if there is any violation."""
    found = violations(document, root)
    if found:
        raise RequestError([(one.path, one.reason) for one in found])


def _read(document: str | bytes) -> etree._Element:
    data = document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)


def _violation(path: str, message: str) -> Violation:
    """The validator's words without what the path says already, and without the length of a long value."""
    found = _WORDS.fullmatch(message)
    if found is None:
        return Violation(path=path, reason=message)
    attribute = found["attribute"]
    return Violation(path=f"{path}/@{attribute}" if attribute else path, reason=_shortened(found["reason"]))


def _shortened(reason: str) -> str:
    return reason if len(reason) <= 2 * _SHOWN else f"{reason[:_SHOWN]} … {reason[-_SHOWN:]}"


def _company(element: etree._Element) -> tuple[Violation, ...]:
    """The rule that XSD 1.0 has no words for: the gateway wants ``getAPISession`` alone in its request [D]."""
    calls = element.findall("operation/content/function/*")
    if len(calls) < 2 or not any(call.tag == "getAPISession" for call in calls):
        return ()
    return (Violation(path="/request/operation/content", reason="getAPISession must be alone in its request"),)
