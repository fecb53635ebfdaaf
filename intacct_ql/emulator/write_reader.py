"""The elements of the generic writing functions, read as the schema of dtdversion 3.0 has them.

In: the elements of ``create``, ``update`` and ``delete``. Out: records. Refuses to know: which objects and fields
exist: to the schema any element will do inside ``create`` and ``update``.

That no element has attributes, and none text besides its elements, is decided here ([?]): either would be lost.
"""

from dataclasses import dataclass

from intacct_ql.emulator.elements import Element, any_order, children, leaf, line, tag
from intacct_ql.emulator.refusals import Malformed

MOST_OBJECTS = 100

_ONE = (1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An element of an object that is written, or the object itself: a text, or parts in their order."""

    name: str
    text: str = ""
    parts: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """A ``delete``: the keys of records of one object."""

    object: str
    keys: tuple[str, ...]


def read_objects(element: Element) -> tuple[Part, ...]:
    """The objects of a ``create`` or ``update``; ``Malformed`` for none and for more than a hundred."""
    found = children(element)
    if not 1 <= len(found) <= MOST_OBJECTS:
        words = f"Element '{tag(element)}': {len(found)} objects; 1 to {MOST_OBJECTS} are expected."
        raise Malformed(words, line=line(element))
    return tuple(map(_part, found))


def read_delete(element: Element) -> Delete:
    """The record of a ``delete`` element."""
    parts = any_order(element, {"object": _ONE, "keys": _ONE})
    keys = (key.strip() for key in leaf(parts["keys"]).split(","))
    return Delete(object=leaf(parts["object"]).strip(), keys=tuple(key for key in keys if key))


def _part(element: Element) -> Part:
    if len(element):
        return Part(name=tag(element), parts=tuple(map(_part, children(element))))
    return Part(name=tag(element), text=leaf(element))
