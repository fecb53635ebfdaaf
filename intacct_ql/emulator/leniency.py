"""What real clients send although the schema has it otherwise, put as the schema has it.

In: a parsed request document. Out: the same tree in the schema's own form, as far as its meaning is plain; the readers
stay as strict as the schema. Refuses to know: what the elements mean, whether the rest of the document is valid.

Each habit is one of a client in the field, or of the vendor's own pages; that the live gateway takes all of them is
not known ([?]), only that these clients are in use:

- white space before the document, and a DOCTYPE that names the vendor's DTD and declares nothing
- elements of ``control``, of ``options``, of ``get_list``, of a view's ``filters``, of one order and of one condition
  in another order (a sample of the vendor's has ``fields`` before ``sorts``)
- conditions side by side under ``filter``, which are taken as ``and``
- ``and``, ``or`` and ``logical`` around one condition alone
- ``True`` and ``False``, as Python writes them, in attributes

A ``login`` is left as it is: out of order it fails at the live gateway too. So are the records of a ``create``.
"""

import re
from collections.abc import Collection

from lxml import etree

from intacct_ql.emulator.conditions import CONNECTIVES, OPERATORS
from intacct_ql.emulator.elements import Element, tag
from intacct_ql.emulator.list_reader import EXPRESSION, GET_LIST
from intacct_ql.emulator.query_reader import OPTIONS
from intacct_ql.emulator.reader import CONTROL

_ORDERS: dict[str, Collection[str]] = {
    "options": OPTIONS,
    "get_list": GET_LIST,
    "expression": EXPRESSION,
    "filters": ("filterCondition", "filterExpression"),
    "filterExpression": EXPRESSION,
    "order": ("field", "ascending", "descending"),
    **dict.fromkeys(OPERATORS, ("field", "value")),
}
_GROUPS = frozenset({*CONNECTIVES, "logical"})
_READING = ("query", "get_list", "get", "readView")
_DOCTYPE = re.compile(rb"""(\s*<\?xml[^>]*\?>)?\s*<!DOCTYPE\s+request\s+SYSTEM\s+("[^"]*"|'[^']*')\s*>""")
_BOOLEANS = {"True": "true", "False": "false"}


def without_prologue(body: bytes) -> bytes:
    """A document without what may stand before it and says nothing: in bytes, so that no parser meets a DTD."""
    found = _DOCTYPE.match(body)
    return body[found.end() :] if found else body.lstrip()


def forgive(root: Element) -> None:
    """Put a request document as the schema has it, in place."""
    for control in root.iterfind("control"):
        _arrange(control, CONTROL)
    for operation in root.iterfind("operation"):
        _lower(operation)
    for name in _READING:
        for call in root.iterfind(f"operation/content/function/{name}"):
            _forgive_call(call)


def _forgive_call(call: Element) -> None:
    for element in list(call.iter(etree.Element)):
        _lower(element)
        _arrange(element, _ORDERS.get(tag(element), ()))
    for filter_ in call.iterfind("filter"):
        for group in [each for each in filter_.iterdescendants(*_GROUPS) if len(each) == 1]:
            _unwrap(group)
        if tag(call) == "query" and len(filter_) > 1:
            _join(filter_)


def _lower(element: Element) -> None:
    for name, value in element.attrib.items():
        element.set(name, _BOOLEANS.get(value, value))


def _arrange(element: Element, names: Collection[str]) -> None:
    """Sort the children by a list of names; those it does not have come last, to be refused there."""
    ranks = {name: rank for rank, name in enumerate(names)}
    if ranks:
        element[:] = sorted(element, key=lambda child: ranks.get(tag(child), len(ranks)))


def _unwrap(group: Element) -> None:
    """Put the only child of a group in its place."""
    parent = group.getparent()
    if parent is not None:
        parent.replace(group, group[0])


def _join(filter_: Element) -> None:
    """Put all children under one ``and``."""
    members = list(filter_)
    joined = etree.SubElement(filter_, "and")
    joined.extend(members)
