"""The REST vocabulary: what the query service calls the objects, fields and labels of the XML gateway.

In: names of objects and fields as the catalog has them. Out: their REST names, or None. Refuses to know: the catalog's
records, query text, JSON requests.

``rest.json`` holds only names that a source has: ``recorded`` of an object whose model the service itself gave in a
recorded exchange [C], ``docs`` where the published examples show it [D]. Which XML field is which REST field nobody has
published; the two are paired by what they mean, and a pair that is not plain is left out. None means that nobody knows.
The file is read when a name is first asked for.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

_FILE = os.path.join(os.path.dirname(__file__), "rest.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class RestField:
    """A field as the query service knows it.

    ``name`` holds the dots of its groups and references (``customer.id``). ``words`` are the REST spellings of its
    labels where the service writes other values than the gateway (``Partially Paid`` is ``partiallyPaid``): only the
    listed ones can be compared with, and an empty mapping means that no source pairs any. None is a field whose values
    are the same in both.
    """

    name: str
    words: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Object:
    object: str
    source: Literal["docs", "recorded"]
    fields: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]
    refs: Mapping[str, tuple[str, str]]


def rest_object(object_name: str) -> str | None:
    """The REST object of an XML object, in the form ``application/name``; None where no source has it."""
    found = _objects().get(object_name.upper())
    return None if found is None else found.object


def rest_field(object_name: str, field_name: str) -> RestField | None:
    """The REST field of a field, which may lie one reference away (``CUSTOMER.NAME``); None where no source has it.

    A field of the object itself comes before one of a related object: ``JOURNAL`` may be both.
    """
    upper = field_name.upper()
    found = _objects().get(object_name.upper())
    if found is None:
        return None
    own = _own(found, upper)
    head, dot, tail = upper.partition(".")
    if own is not None or not dot or head not in found.refs:
        return own
    way, target = found.refs[head]
    field = _own(_objects()[target], tail)
    return None if field is None else RestField(name=f"{way}.{field.name}", words=field.words)


def _own(of: _Object, upper: str) -> RestField | None:
    name = of.fields.get(upper)
    return None if name is None else RestField(name=name, words=of.words.get(upper))


@cache
def _objects() -> Mapping[str, _Object]:
    with open(_FILE, encoding="utf-8") as file:
        objects: Mapping[str, Mapping[str, Any]] = json.load(file)
    return {name: _Object(**entry) for name, entry in objects.items()}
