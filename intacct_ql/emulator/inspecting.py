"""``inspect``: an object in the words of Platform Services, or the list of all there are.

In: the name of an object, or the word people have for it. Out: ``Given``. Refuses to know: rows, and who asks: objects
are listed whatever a user may do with them [D].

The list has its names in ``typename``, and a ``count`` of 1 however many they are [C]. Without details a field is its
name [C]. With them a field has a type of the platform ([C] for their names, [?] for which DATATYPE has which); what the
catalog does not know is empty: groups, and lengths but those of numbers. The plural of an object is made ([?]), and so
are the ids of fields ([?]).
"""

from dataclasses import dataclass

from intacct_ql.emulator import elements
from intacct_ql.emulator.elements import Element
from intacct_ql.emulator.refusals import Malformed, data_failure
from intacct_ql.emulator.replies import Node, branch, flag, leaf
from intacct_ql.emulator.scene import Given, Scene
from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.model import Field, Object
from intacct_ql.schema.types import DataType

EVERY = "*"

_FIRST_ID = 999_500_400_000_000
_MOST_FIELDS = 1000
_BY = {"object": (0, 1), "name": (0, 1)}
_TYPES = {
    DataType.TEXT: ("Pt_FieldString", "text", ""),
    DataType.ENUM: ("Pt_FieldString", "text", ""),
    DataType.SEQUENCE: ("Pt_FieldString", "text", ""),
    DataType.INTEGER: ("Pt_FieldInt", "integer", "8"),
    DataType.DECIMAL: ("Pt_FieldDouble", "decimal", ""),
    DataType.CURRENCY: ("Pt_FieldDouble", "currency", ""),
    DataType.PERCENT: ("Pt_FieldDouble", "percent", ""),
    DataType.BOOLEAN: ("Pt_FieldBoolean", "boolean", ""),
    DataType.DATE: ("Pt_FieldDate", "date", ""),
    DataType.TIMESTAMP: ("Pt_FieldDateTime", "timestamp", ""),
}
"""``dataName``, ``externalDataName`` and ``maxLength``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """An ``inspect``: ``by`` is ``object`` or ``name``."""

    by: str
    what: str
    detail: bool


def read_inspect(element: Element) -> Inspected:
    """The record of an ``inspect`` element, which holds exactly one of two."""
    parts = elements.sequence(element, _BY, attributes=("detail",))
    given = [(name, found) for name, found in parts.items() if found is not None]
    if len(given) != 1:
        raise Malformed("Element 'inspect': exactly one of ( object, name ).", line=elements.line(element))
    ((by, found),) = given
    return Inspected(by=by, what=elements.leaf(found), detail=_detail(element))


def inspect(asked: Inspected, scene: Scene) -> Given:
    """One object, or the list of them."""
    catalog = scene.store.catalog
    every = asked.by == "object" and asked.what == EVERY
    nodes = _every(catalog) if every else (_type(_found(asked, catalog), catalog, detail=asked.detail),)
    return Given(nodes=(Node(tag="data", content=nodes, attributes={"listtype": "All", "count": "1"}),))


def _detail(element: Element) -> bool:
    return elements.attribute_of(element, "detail", ("0", "1"), default="0") == "1"


def _every(catalog: Catalog) -> tuple[Node, ...]:
    labels = catalog.labels()
    return tuple(Node(tag="type", content=labels[name], attributes={"typename": name}) for name in catalog.names())


def _found(asked: Inspected, catalog: Catalog) -> Object:
    name = asked.what
    if asked.by == "name":
        name = next((each for each, label in catalog.labels().items() if label.lower() == name.lower()), "")
    found = catalog.object(name)
    if found is None:
        words = f"Object definition {asked.what} not found."
        raise data_failure(words, correction="Inspect object * for the list of them.")
    return found


def _type(found: Object, catalog: Catalog, *, detail: bool) -> Node:
    if not detail:
        nodes = (branch("Fields", *(leaf("Field", field.name) for field in found.fields.values())),)
        return Node(tag="Type", content=nodes, attributes={"Name": found.name})
    attributes = branch(
        "Attributes",
        leaf("SingularName", found.label),
        leaf("PluralName", _plural(found.label)),
        leaf("Description", found.description),
    )
    first = _FIRST_ID + catalog.names().index(found.name) * _MOST_FIELDS
    fields = (_field(field, first + place) for place, field in enumerate(found.fields.values(), 1))
    return Node(tag="Type", content=(attributes, branch("Fields", *fields)), attributes={"Name": found.name})


def _field(field: Field, number: int) -> Node:
    data, external, longest = _TYPES[field.type]
    return branch(
        "Field",
        leaf("Name", field.name),
        leaf("GroupName", ""),
        leaf("dataName", data),
        leaf("externalDataName", external),
        flag("isRequired", field.required),
        flag("isReadOnly", field.readonly),
        leaf("maxLength", longest),
        leaf("DisplayLabel", field.label),
        leaf("Description", field.description),
        leaf("id", str(number)),
    )


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in set("aeiou") else f"{word}s"
