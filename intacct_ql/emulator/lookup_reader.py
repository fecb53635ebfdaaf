"""An object as a real company describes it: a saved ``lookup`` reply.

In: the bytes of a reply, or of its ``Type`` element. Out: an ``Object``. Refuses to know: rows, files.

What ``lookup`` does not tell is taken from the catalog where that knows the object: which field numbers the rows, which
one people know them by, the stored codes of labels. Else the rows are numbered by RECORDNO, or by ``id`` as those of
custom objects are; of a custom object ``name`` is what people know [C].
"""

import re
from collections.abc import Mapping

from intacct_ql.emulator.elements import Element, line, parse, tag
from intacct_ql.emulator.refusals import Malformed
from intacct_ql.schema.catalog import CODES
from intacct_ql.schema.model import Coverage, EnumValue, Field, Object, Relationship
from intacct_ql.schema.types import DataType

_NAME = re.compile(r"[^\W\d][\w.-]*")
_TYPES = {each.value: each for each in DataType}


def read_lookup(body: bytes, name: str, known: Object | None) -> Object:
    """The object of a lookup reply, which is that of the given name.

    Raises:
        ValueError: with the line and what is wrong.
    """
    try:
        root = parse(body)
    except Malformed as wrong:
        raise ValueError(wrong.error.description2.removeprefix("XML Parse schema error: ")) from None
    found = [each for each in root.iter("Type") if each.get("Name")]
    if len(found) != 1:
        raise ValueError(_no_type(root, len(found)))
    if found[0].get("Name", "").upper() != name.upper():
        raise _wrong(found[0], f"this describes {found[0].get('Name')}, not {name}; name the file after its object")
    return _object(found[0], known)


def _no_type(root: Element, count: int) -> str:
    if count:
        return f"{count} Type elements; save the reply to one lookup in a file"
    said = " ".join(text for text in root.xpath("//error/description2/text()") if text)
    return f"no Type element with a Name, so this is no reply to lookup{f': {said}' if said else ''}"


def _object(element: Element, known: Object | None) -> Object:
    fields: dict[str, Field] = {}
    for each in element.iterfind("Fields/Field"):
        field = _field(each, known.fields if known else {})
        fields.setdefault(field.name.upper(), field)
    if not fields:
        raise _wrong(element, "it has no Fields")
    name = element.get("Name", "")
    if not _NAME.fullmatch(name):
        raise _wrong(element, f"the Name {name!a} is no name that an element can have")
    return Object(
        name=known.name if known else name,
        label=known.label if known else name,
        description=known.description if known else "",
        module=known.module if known else "",
        key=_first(fields, known.key if known else None, "RECORDNO", "ID"),
        id_field=_first(fields, known.id_field if known else None, "NAME"),
        legacy_name=known.legacy_name if known else None,
        coverage=Coverage.LIVE,
        fields=fields,
        relationships=_relationships(element, fields),
    )


def _first(fields: Mapping[str, Field], *names: str | None) -> str | None:
    return next((fields[name.upper()].name for name in names if name and name.upper() in fields), None)


def _field(element: Element, known: Mapping[str, Field]) -> Field:
    name = (element.findtext("ID") or "").strip()
    if not name:
        raise _wrong(element, "a Field without ID")
    if not _NAME.fullmatch(name):
        raise _wrong(element, f"the ID {name!a} is no name that an element can have")
    kind = (element.findtext("DATATYPE") or "").strip()
    if kind not in _TYPES:
        raise _wrong(element, f"DATATYPE '{kind}' of field {name} is not one of {', '.join(_TYPES)}")
    codes = CODES.get(name.upper(), {})
    labels = [each.text for each in element.iterfind("VALIDVALUES/VALIDVALUE") if each.text]
    bundled = known.get(name.upper())
    return Field(
        name=name,
        label=element.findtext("LABEL") or "",
        type=_TYPES[kind],
        values=tuple(EnumValue(label=label, code=codes.get(label)) for label in labels),
        queryable=bundled.queryable if bundled else None,
        readonly=element.findtext("READONLY") == "true",
        required=element.findtext("REQUIRED") == "true",
        custom=element.findtext("ISCUSTOM") == "true",
        source="lookup",
        description=element.findtext("DESCRIPTION") or "",
    )


def _relationships(element: Element, fields: Mapping[str, Field]) -> dict[str, Relationship]:
    ways: dict[str, Relationship] = {}
    for each in element.iterfind("Relationships/Relationship"):
        path, target, by = (each.findtext(name) or "" for name in ("OBJECTPATH", "OBJECTNAME", "RELATEDBY"))
        if not path or not target:
            raise _wrong(each, f"a {tag(each)} without OBJECTPATH or OBJECTNAME")
        related_by = by if by.upper() in fields else None  # a way that no field leads along cannot be followed
        ways.setdefault(path.upper(), Relationship(path=path, object=target, related_by=related_by))
    return ways


def _wrong(element: Element, words: str) -> ValueError:
    return ValueError(f"line {line(element)}: {words}")
