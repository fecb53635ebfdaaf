"""What a company says of its objects, as entries in the form of the bundled files.

In: the ``<data>`` of replies to ``lookup``, ``inspect`` and ``getDimensions``. Out: entries, labels, dimensions.
Refuses to know: how replies are got, and what the bundled catalog says.

Names come back as the names of elements and go into requests: what no element can be called is left out. A DATATYPE
that nobody has described is kept and read as TEXT ([?]: ten are known). Only ways from many to one can be followed [D],
so no other is an entry's.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from intacct_ql.errors import TransportError
from intacct_ql.schema.types import DataType

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAME = re.compile(r"[^\W\d][\w-]*")
_PATH = re.compile(r"[^\W\d][\w.-]*")
_TYPES = frozenset(each.value for each in DataType)
_MANY_TO_ONE = ("", "MANY2ONE")


def looked_up(data: "_Element | None", name: str, label: str = "") -> dict[str, Any]:
    """The entry of an object from the reply to ``lookup``. ``label`` is what ``inspect`` calls it.

    Raises ``TransportError`` where the reply describes nothing, or something else.
    """
    found = None if data is None else data.find("Type")
    if found is None:
        raise TransportError(f"the reply to the lookup of {name} describes no object")
    own = (found.get("Name") or "").strip()
    if own and own.upper() != name.upper():
        raise TransportError(f"the reply to the lookup of {name} describes another object")
    fields = _first_by_name("id", map(_field, found.iterfind("Fields/Field")))
    ways = _first_by_name("path", map(_relationship, found.iterfind("Relationships/Relationship")))
    names = {field["id"].upper() for field in fields}
    for way in ways:
        if (way["related_by"] or "").upper() not in names:
            way["related_by"] = None
    return {
        "name": own or name,
        "label": label,
        "coverage": "live",
        "sources": ["lookup"],
        "fields": fields,
        "relationships": ways,
    }


def listed(data: "_Element | None") -> dict[str, str]:
    """The names of all objects, as the company spells them, with their labels, from the reply to ``inspect *``."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for each in () if data is None else data.iterfind("type"):
        name = (each.get("typename") or "").strip()
        if _NAME.fullmatch(name) and name.upper() not in seen:
            seen.add(name.upper())
            found[name] = _text(each)
    if not found:
        raise TransportError("the reply to the inspection of all objects lists none")
    return found


def dimensions(data: "_Element | None") -> list[dict[str, Any]]:
    """The dimensions, user-defined ones among them, from the reply to ``getDimensions``."""
    return [
        {
            "object": _under(each, "objectName"),
            "label": _under(each, "objectLabel"),
            "term": _under(each, "termLabel"),
            "user_defined": _under(each, "userDefinedDimension").lower() == "true",
            "enabled_in_gl": _under(each, "enabledInGL").lower() == "true",
        }
        for each in (() if data is None else data.iterfind("dimensions/dimension"))
        if _NAME.fullmatch(_under(each, "objectName"))
    ]


def _first_by_name(key: str, found: Iterator[dict[str, Any] | None]) -> list[dict[str, Any]]:
    """Those that have a name, each name once."""
    firsts: dict[str, dict[str, Any]] = {}
    for each in found:
        if each is not None:
            firsts.setdefault(each[key].upper(), each)
    return list(firsts.values())


def _field(element: "_Element") -> dict[str, Any] | None:
    name = _under(element, "ID")
    if not _PATH.fullmatch(name):
        return None
    kind = _under(element, "DATATYPE").upper()
    values = [text for each in element.iterfind("VALIDVALUES/VALIDVALUE") if (text := _text(each))]
    field: dict[str, Any] = {
        "id": name,
        "label": _under(element, "LABEL"),
        "type": kind if kind in _TYPES else DataType.TEXT.value,
        "source": "lookup",
    }
    told: Mapping[str, Any] = {
        "valid_values": list(dict.fromkeys(values)),
        "description": _under(element, "DESCRIPTION"),
        "required": _is_true(element, "REQUIRED"),
        "readonly": _is_true(element, "READONLY"),
        "custom": _is_true(element, "ISCUSTOM"),
        "datatype": kind if kind not in _TYPES else "",
    }
    return field | {key: value for key, value in told.items() if value}


def _relationship(element: "_Element") -> dict[str, Any] | None:
    path, target = _under(element, "OBJECTPATH"), _under(element, "OBJECTNAME")
    follows = _under(element, "RELATIONSHIPTYPE").upper() in _MANY_TO_ONE
    if not follows or not _NAME.fullmatch(path) or not _NAME.fullmatch(target):
        return None
    return {"path": path, "object": target, "related_by": _under(element, "RELATEDBY") or None, "source": "lookup"}


def _is_true(element: "_Element", tag: str) -> bool:
    return _under(element, tag).lower() == "true"


def _under(element: "_Element", tag: str) -> str:
    found = element.find(tag)
    return "" if found is None else _text(found)


def _text(element: "_Element") -> str:
    return "".join(element.itertext()).strip()
