"""What a call is on the bill, and what it is about in one word.

In: the element of a call that ran. Out: a number of transactions, the name of an object. Refuses to know: whether the
call succeeded, what it gave.

The vendor bills transactions: each page of a query is one, and each object of a batch ``create`` is one; the lines of a
document are free [C]. [?] That the objects of an ``update`` and the keys of a ``delete`` are counted like those of a
``create``, and that every other call is one (a sign-in, a lookup, a refusal), is decided here.
"""

from lxml import etree

_Element = etree._Element  # noqa: SLF001 - lxml has no public name for its element class

_BATCHES = frozenset({"create", "update"})


def transactions(element: _Element) -> int:
    """How many transactions a call is."""
    if element.tag in _BATCHES:
        return max(1, len(element))
    if element.tag == "delete":
        return 1 + (element.findtext("keys") or "").count(",")
    return 1


def object_of(element: _Element) -> str | None:
    """The name of the object that a call is about, as it is spelled there; None where it names none."""
    if element.tag in _BATCHES and len(element):
        return str(element[0].tag)
    return element.findtext("object") or element.get("object")
