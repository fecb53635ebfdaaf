"""``getDimensions`` and ``getDimensionRelationships``: what journal lines are sorted by.

In: the catalog. Out: ``Given``. Refuses to know: rows.

The dimensions and their order are those of a recorded reply [C], as far as the catalog has such objects. One is enabled
in the general ledger where a journal entry line leads to it. The demo renames none and has no user-defined ones.

Two dimensions are related where the catalog has a way between them, told from both sides [D]; a hierarchy (PARENT) is
none. The numbers of objects and relationships are made ([?]). Nothing fills itself in ([?]: that is a setting).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from intacct_ql.emulator.replies import Node, branch, flag, leaf
from intacct_ql.emulator.scene import Given, Scene
from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.model import Object

STANDARD = (
    "DEPARTMENT",
    "LOCATION",
    "PROJECT",
    "CUSTOMER",
    "VENDOR",
    "EMPLOYEE",
    "ITEM",
    "CLASS",
    "CONTRACT",
    "TASK",
    "WAREHOUSE",
)

_LINE = "GLENTRY"
_FIRST_OBJECT = 5001
_FIRST_RELATIONSHIP = 10_001


@dataclass(frozen=True, slots=True, kw_only=True)
class _Related:
    """A relationship as one of its sides sees it."""

    dimension: str
    number: int
    source: str
    related: str


def dimensions(_asked: None, scene: Scene) -> Given:
    """The dimensions of the company."""
    catalog = scene.store.catalog
    line = catalog.object(_LINE)
    reached = {way.object for way in line.relationships.values()} if line else set()
    found = [_dimension(each, enabled=each.name in reached) for each in _known(catalog)]
    return Given(nodes=(branch("data", branch("dimensions", *found)),), rows=len(found))


def relationships(_asked: None, scene: Scene) -> Given:
    """How the dimensions of the company are related."""
    known = _known(scene.store.catalog)
    numbers = {each.name: str(_FIRST_OBJECT + STANDARD.index(each.name)) for each in known}
    sides = list(_sides(known, numbers))
    found = []
    for each in known:
        related = [_related(side, numbers[side.dimension]) for name, side in sides if name == each.name]
        parts = (leaf("dimension", each.name), leaf("object_id", numbers[each.name]))
        settings = (flag("autofillrelated", False), flag("enableoverride", False))
        found.append(branch("relationship", *parts, *settings, *related))
    return Given(nodes=(branch("data", *found),), rows=len(found))


def _known(catalog: Catalog) -> list[Object]:
    return [found for name in STANDARD if (found := catalog.object(name)) is not None]


def _dimension(found: Object, *, enabled: bool) -> Node:
    return branch(
        "dimension",
        leaf("objectName", found.name),
        leaf("objectLabel", found.label),
        leaf("termLabel", found.label),
        flag("userDefinedDimension", False),
        flag("enabledInGL", enabled),
    )


def _sides(known: list[Object], names: dict[str, str]) -> Iterator[tuple[str, _Related]]:
    """Both sides of every relationship, each with the dimension that sees it."""
    number = _FIRST_RELATIONSHIP
    for each in known:
        for way in each.relationships.values():
            if way.object in names and way.object != each.name:
                yield each.name, _Related(dimension=way.object, number=number, source="Many", related="One")
                yield way.object, _Related(dimension=each.name, number=number, source="One", related="Many")
                number += 1


def _related(side: _Related, object_id: str) -> Node:
    return branch(
        "related",
        leaf("dimension", side.dimension),
        leaf("object_id", object_id),
        leaf("relationship_id", str(side.number)),
        leaf("source_side", side.source),
        leaf("related_side", side.related),
    )
